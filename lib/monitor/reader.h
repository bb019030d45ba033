/* SPDX-License-Identifier: MIT */
#ifndef PTREE_READER_H
#define PTREE_READER_H

#include "proctree.h"

/*
 * Threads that read what can hang: command lines. A read that takes too long is given up; it
 * costs its one answer, and the thread that is stuck in it.
 */
struct reader;

#define READER_STUCK_MAX 8
#define READER_JOBS_MAX (1u << 20)

enum {
	READER_ARGV = 1,
	READER_COMM = 2,
	READER_NAME = 4, /* of a kernel thread: comm, and if that is not all of it, argv is */
};

struct reader_job {
	uint64_t id;	   /* the asker's */
	uint64_t image_ns; /* the asker's */
	uint64_t start_ns; /* 0, or when the process began, to the tick: another one is -ESRCH */
	pid_t pid;
	unsigned what; /* READER_*; other bits are the asker's */
};

struct reader_result {
	struct reader_job job;
	/* 0, or why the arguments (if only the name was asked for: the name) are not there: -ESRCH,
	   -EACCES, ...; -ETIMEDOUT: it hung; -EBUSY: not even tried, since too many reads hang */
	int error;
	uint64_t read_ns; /* just before */
	bool has_comm;
	char comm[PTREE_COMM_SIZE];
	enum ptree_argv_status argv_status; /* PENDING if it was not asked for */
	char *argv;			    /* malloc()ed; whoever collects frees it */
	size_t argv_size;
};

/* The reads themselves, so that a test can make them hang. */
struct reader_source {
	int (*argv)(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		    enum ptree_argv_status *status);
};

/*
 * Takes over nothing: procfs_path is opened anew and wake_fd duplicated, since a stuck thread may
 * outlive everything else. wake_fd: an eventfd, written when there are results; clear it before
 * collecting, not after. source: NULL is the real one.
 */
int reader_new(struct reader **reader, const char *procfs_path, unsigned threads, size_t argv_max,
	       int wake_fd, const struct reader_source *source);

/*
 * urgent: before all that is not, and the latest first, since it is the likeliest to be there
 * still. Every job gets a result. -ENOMEM; -ENOBUFS: READER_JOBS_MAX are pending.
 */
int reader_submit(struct reader *reader, const struct reader_job *job, bool urgent);
/* Moves up to max results out. Wakes again if some are left. */
size_t reader_collect(struct reader *reader, struct reader_result *out, size_t max);
/* Asked for and not collected yet. */
size_t reader_pending(struct reader *reader);

/* Gives up reads that began more than 2 s before now; call it now and then. */
void reader_check(struct reader *reader, uint64_t now_ns);

/* Does not wait for a read that is under way. */
void reader_free(struct reader *reader);

#endif
