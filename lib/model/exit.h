/* SPDX-License-Identifier: MIT */
#ifndef PTREE_EXIT_H
#define PTREE_EXIT_H

#include "tree.h"

/* What is known of a task's exit beside its event. */
struct exit_evidence {
	const struct ptree_accounting *records; /* its own, and if it was the last its process's */
	unsigned record_count;
	bool has_wait_status; /* what its parent is given was read from the zombie */
	uint32_t wait_status;
};

size_t exit_leaving_size(void); /* of what a node remembers of tasks that ended */

/*
 * The process ends with this event, another of its tasks ended with another status just before,
 * and the records do not tell which of them the parent is given. Then it is worth looking.
 */
bool exit_is_disputed(const struct ptree_tree *tree, const struct ptree_event *event,
		      const struct exit_evidence *evidence);

/* 0, -ENOMEM. */
int exit_apply(struct ptree_tree *tree, const struct ptree_event *event,
	       const struct exit_evidence *evidence);
/* Ends one whose leader's exit was seen, and whose other tasks turned out to be gone as well. */
int exit_finish_leaderless(struct ptree_tree *tree, struct ptree_node *node);

#endif
