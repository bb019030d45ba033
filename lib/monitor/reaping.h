/* SPDX-License-Identifier: MIT */
#ifndef PTREE_REAPING_H
#define PTREE_REAPING_H

#include "proctree.h"

#define REAPING_EXITS_MAX 4096

/*
 * An exit is not the end: until its parent waits for it, a process is a zombie, and neither
 * becoming one nor ceasing to be one has an event. This looks again, a bounded number at a time.
 */
struct reaping {
	uint64_t exits[REAPING_EXITS_MAX]; /* ids of processes whose exit was just seen */
	size_t exit_count;
	bool has_overflowed; /* more exits than that: only a scan can tell */
	struct {
		uint64_t *id;
		size_t count, capacity, next;
	} zombies;
};

void reaping_exit_seen(struct reaping *reaping, uint64_t id);
void reaping_zombie_seen(struct reaping *reaping, uint64_t id);
/* Looks at those, and at some of the zombies; more than delay_ns after their exits. */
void reaping_look(struct reaping *reaping, struct ptree_tree *tree, struct ptree_procfs *procfs,
		  uint64_t now_ns);
void reaping_clear(struct reaping *reaping);

#endif
