/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_INSPECT_H
#define PROCTOP_INSPECT_H

#include "model/listing.h"

#include <proctree.h>

/*
 * Reads what /proc says inside a process, in threads: any of it can wait for ever. One process is
 * inspected at a time; a reading that is given up is left to itself, and its answer is dropped.
 */
struct inspector;

enum inspect_what {
	INSPECT_DETAILS,
	INSPECT_ENVIRONMENT, /* this and what follows is told in pieces */
	INSPECT_FILES,
	INSPECT_MAPS,
	INSPECT_THREADS,
};

/* Of what is told in pieces so many rows and bytes are kept; of the rest only the number. */
#define INSPECT_ROWS_MAX ((size_t)10000)
#define INSPECT_BYTES_MAX ((size_t)2 << 20)

/* What of the details waits for nobody, and what can: two answers. */
enum inspect_stage { INSPECT_QUICK, INSPECT_SLOW };
#define INSPECT_STAGES 2

/* The CPU time of threads as of one reading, by which the next one tells what they use. */
struct inspect_sample {
	pid_t tid;
	uint64_t start_ns, cpu_ns;
};
struct inspect_samples {
	struct inspect_sample *list;
	size_t count, capacity;
	uint64_t at_ns;
};

struct inspect_request {
	enum inspect_what what;
	pid_t pid;
	uint64_t start_ns;	       /* with the pid, who it is */
	struct inspect_samples before; /* THREADS: inspector_ask() takes them, whatever it says */
};

/* An answer. It is whose it was collected by. */
struct inspection {
	struct inspection *next; /* the inspector's */
	enum inspect_stage stage;
	bool is_last; /* of this request */
	int error;    /* it could not be looked into at all: an error of a probe */
	struct ptree_details details;
	struct ptree_details own; /* QUICK: of proctop itself its namespaces */
	char *argv;		  /* SLOW: the whole command line, NUL-separated; NULL: not known */
	size_t argv_size;
	/* Of what is told in pieces: */
	struct listing listing; /* more rows */
	bool replaces;		/* all that were told before, and not more of them */
	uint64_t done;		/* so many there are, as far as it was read */
	uint64_t left_out;	/* so many of these are not among the rows */
	struct inspect_samples samples;
};

/* What a thread does: it reads, and tells each answer by inspect_tell(), which takes it. */
struct inspect_reading;
typedef void inspect_function(struct inspect_reading *reading, const char *proc_path,
			      const struct inspect_request *request);
inspect_function inspect_read; /* inspect-read.c: what is in /proc */
void inspect_tell(struct inspect_reading *reading, struct inspection *inspection);
/* False: it was given up. */
bool inspect_is_wanted(const struct inspect_reading *reading);

/* proc_path: NULL for /proc. 0 or -errno. */
int inspector_new(struct inspector **inspector, const char *proc_path, inspect_function *read);
void inspector_free(struct inspector *inspector); /* or NULL; waits for nobody */

/* Readable when an answer has come; taking the wake-up is not yet collecting it. */
int inspector_fd(const struct inspector *inspector);
bool inspector_take_wake(struct inspector *inspector);

/* Begins to read; what was read before is given up. -EAGAIN: too many readings hang already;
   -ENOMEM and what pthread_create(3) says. */
int inspector_ask(struct inspector *inspector, struct inspect_request *request);
void inspector_give_up(struct inspector *inspector);
/* NULL: there is nothing yet. */
struct inspection *inspector_collect(struct inspector *inspector);
void inspection_free(struct inspection *inspection); /* or NULL */

#endif
