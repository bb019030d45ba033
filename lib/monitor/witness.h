/* SPDX-License-Identifier: MIT */
#ifndef PTREE_WITNESS_H
#define PTREE_WITNESS_H

#include "proctree.h"

/*
 * Threads that do nothing but read the command line of every new image, as early as the scheduler
 * lets them: on a real-time priority where that is allowed, else with a short time slice. There is
 * one at each CPU (see post.h), or one in all where there are many CPUs. They have subscriptions of
 * their own, to execs only. What they found is told by the exec's event: CPU and sequence number
 * are the same on every socket.
 */
struct witness;

#define WITNESS_THREADS_MAX 8

/* The read itself, so that a test can make it hang. */
struct witness_source {
	int (*argv)(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		    enum ptree_argv_status *status);
};

struct witness_options {
	const char *proc_path; /* NULL: /proc */
	size_t argv_max;
	int wake_fd;			     /* an eventfd; duplicated */
	bool no_realtime;		     /* do not even try */
	const struct witness_source *source; /* NULL: the real one */
};

struct witness_testimony {
	uint32_t cpu, seq; /* of the event */
	uint64_t time_ns;  /* the event's: CLOCK_MONOTONIC */
	uint64_t read_ns;  /* boot time just before it was read */
	pid_t pid;
	int error;     /* 0, or why argv is not there: -ESRCH, -EACCES, ... */
	bool has_comm; /* only in real time */
	char comm[PTREE_COMM_SIZE];
	enum ptree_argv_status argv_status;
	const char *argv; /* borrowed until the next witness_take() */
	size_t argv_size;
};

struct witness_stats {
	bool is_realtime;
	uint64_t read;	    /* execs that it looked at */
	uint64_t discarded; /* testimonies that nobody took in time */
	uint64_t abandoned; /* reads that hung */
};

/*
 * Errors: those of ptree_connector_open(), -ENOMEM, -EAGAIN. Execs of before its return are not
 * seen for certain.
 */
int witness_open(struct witness **witness, const struct witness_options *options);
/* Does not wait for a read that is under way. */
void witness_close(struct witness *witness);

/* The next testimony; of different CPUs they come in any order. false: there is none. */
bool witness_take(struct witness *witness, struct witness_testimony *testimony);
/* Which of its threads hears of the execs of a CPU: 0 to WITNESS_THREADS_MAX - 1. */
unsigned witness_thread_of(const struct witness *witness, uint32_t cpu);
/* Writes wake_fd with that one's next testimony. Look once more after it and before sleeping. */
void witness_await(struct witness *witness, unsigned thread);
/* That one is so long at one read that there is no point in waiting for it. */
bool witness_is_stuck(const struct witness *witness, unsigned thread, uint64_t now_ns);
bool witness_is_any_stuck(const struct witness *witness, uint64_t now_ns);
/* Replaces threads that hang. Call it now and then. */
void witness_check(struct witness *witness, uint64_t now_ns);

void witness_get_stats(const struct witness *witness, struct witness_stats *stats);

#endif
