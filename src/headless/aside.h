/* SPDX-License-Identifier: MIT */
/*
 * Work that may hang, beside whoever waits for it: a thread does it and says when it got further.
 * If it gets no further it is left to itself, and the last of the two gives the work back.
 */
#ifndef PROCTOP_ASIDE_H
#define PROCTOP_ASIDE_H

#include <stdbool.h>
#include <stdint.h>

struct aside;

struct aside_kind {
	void (*run)(struct aside *aside, void *work); /* by the thread */
	void (*free)(void *work);
};

/* 0, or -ENOMEM, -EAGAIN; then the work has been given back. */
int aside_start(struct aside **out, const struct aside_kind *kind, void *work);

/* What both look at of the work is looked at between these. */
void aside_lock(struct aside *aside);
void aside_unlock(struct aside *aside);

/* By the thread, locked: it got further. False: nobody waits any more. */
bool aside_tell(struct aside *aside);

/* The rest by the one who waits, locked. */

/* How often it got further; when it has ended, too. */
uint64_t aside_steps(const struct aside *aside);
bool aside_is_over(const struct aside *aside);
/* Until it gets further than that, or so long. */
void aside_wait(struct aside *aside, uint64_t steps, uint64_t most_ns);
/* Unlocks; the work is no longer to be looked at. */
void aside_leave(struct aside *aside);

#endif
