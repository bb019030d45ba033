/* SPDX-License-Identifier: MIT */
#ifndef PTREE_TOLD_H
#define PTREE_TOLD_H

#include "proctree.h"

/* What the tree is told that is about no process: the clock, the source, the machine. */

/* Boot time's distance to the time of day, and which boot it is. */
void told_clock(struct ptree_tree *tree, const struct ptree_procfs *procfs);
/* Nothing, if the tree knows just that. */
void told_source(struct ptree_tree *tree, const struct ptree_monitor_status *status);
void told_host(struct ptree_tree *tree, const struct ptree_host *host);
void told_compared(struct ptree_tree *tree, uint64_t now_ns);

#endif
