/* SPDX-License-Identifier: MIT */
#ifndef PTREE_CREW_H
#define PTREE_CREW_H

#include "hand.h"

#include <stddef.h>

/*
 * Threads that do jobs which may hang, and the jobs: a queue of those to do, and one of those that
 * are done. One that takes too long is given up; it costs its one answer, or delays it, and the
 * thread that is stuck in it is left to itself and replaced.
 *
 * A job is what the user allocates with malloc(): a struct with a struct crew_job first. It passes
 * from the queue to a thread to those that are done, and is freed when it is collected, so that
 * nothing can be lost for want of memory.
 */
struct crew;

struct crew_job {
	struct crew_job *next; /* the crew's */
	uint64_t since_ns;     /* when a thread began it; boot time */
};

struct crew_work {
	const char *thread_name; /* HAND_NAME_PREFIX and more */
	size_t stack_bytes;
	size_t job_size;
	unsigned stuck_max;  /* with so many left to themselves nothing that can hang is tried */
	uint64_t give_up_ns; /* how long a job may take */
	/* In a thread. may_hang: false if too many hang; then it does what cannot. */
	void (*run)(void *shared, struct crew_job *job, bool may_hang);
	/* Says in a job that it hung, and its late answer is dropped. NULL: it is waited for, and
	   only the thread is replaced. */
	void (*give_up)(struct crew_job *job);
	/* Frees what an answer owns, not the job itself. */
	void (*clear)(struct crew_job *job);
	/* When nobody uses it any more. */
	void (*free_shared)(void *shared);
};

/*
 * work is borrowed for good: make it static. shared is the crew's from then on, on failure, too.
 * wake_fd: an eventfd, duplicated, and written when there is something to collect; clear it before
 * collecting, not after. -1: see crew_fd(). -ENOMEM, -EMFILE, -EBADF.
 */
int crew_new(struct crew **crew, const struct crew_work *work, void *shared, unsigned threads,
	     int wake_fd);
/* Does not wait for a job that is being done. */
void crew_free(struct crew *crew);

/* Starts all threads now rather than with the first jobs. 0 or why not all could be started. */
int crew_start(struct crew *crew);
/*
 * The job is the crew's then. is_first: before those that wait. Errors: no thread can be started,
 * and there is none; the job stays the caller's.
 */
int crew_submit(struct crew *crew, struct crew_job *job, bool is_first);
/* Takes those that are done, up to max, in a list; free each. Wakes again if some are left. */
struct crew_job *crew_collect(struct crew *crew, size_t max);
/* Submitted and not collected yet. */
size_t crew_pending(const struct crew *crew);
/* With a wake_fd of -1: readable if, and only if, there is something to collect. */
int crew_fd(const struct crew *crew);
/* Replaces the threads that have been at a job for too long; call it now and then. */
void crew_check(struct crew *crew, uint64_t now_ns);

#endif
