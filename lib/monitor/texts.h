/* SPDX-License-Identifier: MIT */
#ifndef PTREE_TEXTS_H
#define PTREE_TEXTS_H

#include "model/tree.h"
#include "witness.h"

struct arrival;
struct reader;

/*
 * Names and command lines: who is to be asked for them, and what the answers mean to the tree.
 * What was asked about a program that was replaced since is nobody's answer.
 *
 * The command line of an exec comes from the witness, which needs no asking; the readers are asked
 * where it has nothing to say.
 */
struct texts {
	struct ptree_tree *tree; /* borrowed */
	struct reader *reader;
	struct witness *witness; /* NULL: there is none */
	struct witness_options witness_options;
	struct map arrived; /* cpu and seq of an exec -> what the witness said of it */
	struct arrival *oldest, *newest;
	/* Execs in a row of which a thread of the witness said nothing in time. */
	unsigned unanswered[WITNESS_THREADS_MAX];
	uint64_t reopened_ns, checked_ns; /* when the witness was */
	uint64_t execs_read;		  /* execs whose command line was read in time */
	uint64_t execs_late;		  /* and not */
	uint64_t hung;			  /* reads given up, by witnesses that are closed */
	size_t arrived_count; /* those that were used and wait for an older one included */
};

/* argv_max 0: the default. wake_fd: an eventfd, written when texts_take() has something to do. */
int texts_open(struct texts *texts, struct ptree_tree *tree, const char *proc_path, size_t argv_max,
	       int wake_fd);
void texts_close(struct texts *texts);

/* A witness from now on, instead of the one before. Without one the readers do what they can. */
void texts_open_witness(struct texts *texts, bool no_realtime);
void texts_close_witness(struct texts *texts);

/* It is worth waiting for what the witness is going to say of this exec. */
bool texts_is_awaited(const struct texts *texts, const struct ptree_event *exec, uint64_t now_ns);
/* The witness has spoken of it already. */
bool texts_has(const struct texts *texts, const struct ptree_event *exec);
/* Nothing was said of it for long enough. */
void texts_give_up(struct texts *texts, const struct ptree_event *exec);
/* Replaces a witness that hangs. Returns how long until it is to be asked again; 0: no need. */
uint64_t texts_check_witness(struct texts *texts, uint64_t now_ns);

/* The new image of an exec, before everything else; a new kernel thread's name. */
void texts_want_of_exec(struct texts *texts, const struct ptree_node *node,
			const struct ptree_event *exec);
void texts_want_name(struct texts *texts, const struct ptree_node *node);
/* All that nobody has asked about. After a scan, which must not wait for the readers. */
void texts_want_all_unknown(struct texts *texts);
/* What may have been rewritten. */
void texts_want_again(struct texts *texts, uint64_t id);

/* Puts the answers into the tree; those of execs that are still to come are kept. 0 or -ENOMEM. */
int texts_take(struct texts *texts);
bool texts_pending(const struct texts *texts);
/* Gives up what hangs, and forgets what nobody came for. */
void texts_check(struct texts *texts, uint64_t now_ns);
bool texts_is_realtime(const struct texts *texts);
uint64_t texts_hung(const struct texts *texts); /* reads of the witness that were given up */

#endif
