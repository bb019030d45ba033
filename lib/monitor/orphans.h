/* SPDX-License-Identifier: MIT */
#ifndef PTREE_ORPHANS_H
#define PTREE_ORPHANS_H

#include "proctree.h"

/*
 * Whose children the children of the dead are: reparenting has no event, so the kernel is asked for
 * the parent of one child, whose answer holds for all that the dead one left. Returns false if time
 * was over before everybody had a turn.
 */
bool orphans_settle(struct ptree_tree *tree, struct ptree_procfs *procfs, uint64_t deadline_ns);

#endif
