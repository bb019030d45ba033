/* SPDX-License-Identifier: MIT */
#ifndef PTREE_ORPHANS_H
#define PTREE_ORPHANS_H

#include "proctree.h"

/*
 * Whose children the children of the dead are: reparenting has no event, so the kernel is asked for
 * the parent of one child, whose answer holds for all that the dead one left.
 *
 * Where /proc hides others' processes some are never answered. Those that were asked for in vain
 * are the first ones of the tree's set (so many as in_vain says); they are asked for again in turn,
 * a few at a time and less and less often, and hold up none that is new.
 */
struct orphans {
	size_t in_vain;
	size_t next;	  /* of those: whose turn it is */
	uint64_t due_ns;  /* boot time of the next turn */
	uint64_t wait_ns; /* until the one after it */
	uint64_t asked;	  /* so far */
};

/* Returns false if time was over before everybody new had a turn. */
bool orphans_settle(struct orphans *orphans, struct ptree_tree *tree, struct ptree_procfs *procfs,
		    uint64_t now_ns, uint64_t deadline_ns);

#endif
