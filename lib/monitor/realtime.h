/* SPDX-License-Identifier: MIT */
#ifndef PTREE_REALTIME_H
#define PTREE_REALTIME_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A thread at a real-time priority (SCHED_FIFO), for its share of a core at most: who takes more is
 * an ordinary thread until the next window of a tenth of a second. One belongs to one thread, which
 * alone may use it. What that thread starts is ordinary.
 */
struct realtime {
	int priority;
	unsigned per_cent; /* of a core */
	uint64_t slice_ns; /* while it is ordinary; 0: the usual */
	bool has_begun, is_on;
	bool is_allowed; /* it was on before */
	uint64_t window_ns, window_cpu_ns, checked_ns;
};

/* At that priority, or the highest that RLIMIT_RTPRIO allows; where the kernel refuses all of them
   an ordinary thread with a short slice. */
void realtime_begin(struct realtime *realtime, int priority, unsigned per_cent);
/* A thread of somebody's: it is left as it is if that is refused, or if it was given any other
   priority than the usual. */
void realtime_begin_ordinary(struct realtime *realtime, int priority, unsigned per_cent);
/* As it was before that. */
void realtime_end(struct realtime *realtime);
/* With a short slice. */
void realtime_be_ordinary(void);
/* Often: looks at the clock, and now and then at what was used. True: is_on is another one now. */
bool realtime_keep(struct realtime *realtime, uint64_t now_ns);
/* It took more than its share; realtime_keep() is to be called within a window. */
bool realtime_is_demoted(const struct realtime *realtime);

#endif
