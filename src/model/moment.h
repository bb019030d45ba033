/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_MOMENT_H
#define PROCTOP_MOMENT_H

#include <proctree.h>

/*
 * The time that is shown, and the tree as it was then. Stopped, that is a tree of its own, which
 * learned all that the live one knew, while that goes on. Ids are the same in both: selection,
 * folds and watches stay.
 */
struct moment {
	struct ptree_tree *tree; /* that is shown: the live one, or stopped_tree */
	struct ptree_tree *stopped_tree;
	uint64_t now_ns;		     /* of the frame being drawn */
	uint64_t stopped_ns;		     /* 0: it is not */
	struct ptree_feed_reader stopped_at; /* the end of what has happened by then */
	uint64_t glow_ns;		     /* how long a change glows */
	bool is_held; /* a key is answered: what has happened since can wait */
};

void moment_clear(struct moment *moment);
uint64_t moment_shown_ns(const struct moment *moment);
/* 0, or a negative errno: then it goes on. */
int moment_stop(struct moment *moment, const struct ptree_tree *live);
void moment_go_on(struct moment *moment, struct ptree_tree *live);
/* Processes that were forked since it was stopped. */
uint64_t moment_new_since(const struct moment *moment, const struct ptree_tree *live);
/* How much a change of that time glows in so many steps: 0 to that. */
int moment_glow(const struct moment *moment, uint64_t changed_ns, int steps);

#endif
