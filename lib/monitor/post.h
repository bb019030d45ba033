/* SPDX-License-Identifier: MIT */
#ifndef PTREE_POST_H
#define PTREE_POST_H

#include "witness.h"

#include <time.h>

/*
 * One thread of the witness, with its socket and its ring. Where there are several, each stays at a
 * CPU and hears only of execs there: the kernel wakes it on the CPU that the new program is about
 * to run on, and at a real-time priority it is first. A thread that sleeps elsewhere may be late
 * even though that CPU is idle: waking one up takes as long as a short program lives.
 */
struct post;

#define POST_CPUS_MAX WITNESS_THREADS_MAX

/* CPUs in order. Of others that come to be the first one's post hears. */
struct post_place {
	int cpus[POST_CPUS_MAX];
	unsigned count;	 /* 1: execs of all CPUs, and it stays nowhere */
	unsigned number; /* whose this post is */
};

/* How many abandoned watchers there are, of all posts. Outlives them for their sake. */
struct tally;
struct tally *tally_new(void);
void tally_leave(struct tally *tally);

/* As the witness's, of one post. */
int post_open(struct post **post, const struct witness_options *options,
	      const struct post_place *place, struct tally *tally);
/* Until its thread is where it is to be, or that time of CLOCK_MONOTONIC. */
void post_wait_begun(struct post *post, const struct timespec *until);
void post_close(struct post *post);
bool post_take(struct post *post, struct witness_testimony *testimony);
void post_await(struct post *post);
bool post_is_stuck(const struct post *post, uint64_t now_ns);
void post_check(struct post *post, uint64_t now_ns);
void post_get_stats(const struct post *post, struct witness_stats *stats);

#endif
