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
	struct {
		uint64_t id, seen_ns;
	} exits[REAPING_EXITS_MAX]; /* that were just seen, in their order: a ring */
	size_t exit_first, exit_count;
	bool has_overflowed; /* more exits than that: only a scan can tell */
	struct {
		uint64_t *id;
		size_t count, capacity, next;
	} zombies;
};

void reaping_exit_seen(struct reaping *reaping, uint64_t id, uint64_t seen_ns);
void reaping_zombie_seen(struct reaping *reaping, uint64_t id);
/* Looks at some of those whose exit was a while ago. False: there are more. */
bool reaping_look_at_exits(struct reaping *reaping, struct ptree_tree *tree,
			   struct ptree_procfs *procfs, uint64_t now_ns);
/* And at some of the zombies. */
void reaping_look_at_zombies(struct reaping *reaping, struct ptree_tree *tree,
			     struct ptree_procfs *procfs);
void reaping_clear(struct reaping *reaping);

#endif
