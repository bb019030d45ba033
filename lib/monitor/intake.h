/* SPDX-License-Identifier: MIT */
#ifndef PTREE_INTAKE_H
#define PTREE_INTAKE_H

#include "accounting.h"
#include "clock.h"
#include "held.h"
#include "own.h"
#include "reaping.h"
#include "sampler.h"
#include "texts.h"

/*
 * The way of an event into the tree. Owns the events that are held back, the clock by which they
 * are dated, and what was counted of them: our own noise is dropped, an exec waits for its command
 * line (and all that came after it, so that the order stays true), an exit is joined with the
 * kernel's account of it.
 */
struct intake {
	struct ptree_tree *tree; /* borrowed, as are all that follow */
	struct ptree_procfs *procfs;
	struct texts *texts;
	struct accounting *accounting;
	struct sampler *sampler;
	struct reaping *reaping;
	struct own *own;
	struct held held;
	struct clock clock;
	uint64_t events, execs; /* taken in */
	uint64_t losses;	/* of those, PTREE_EVENT_LOST, which are no events */
	uint64_t newest_ns;	/* the youngest event's own time */
};

/* Before events are taken in, and now and then. */
void intake_look_at_clocks(struct intake *intake);
/* Takes in what was received just now, and what need not be held back any longer. 0 or -ENOMEM. */
int intake_take(struct intake *intake, const struct ptree_event *events, int count,
		uint64_t now_ns);
/* Takes in what was held back, whether it has its command line or not. */
int intake_release_all(struct intake *intake);
/* When the first of those that are held has waited for long enough; 0: none is. */
uint64_t intake_due_ns(const struct intake *intake);
void intake_clear(struct intake *intake);

#endif
