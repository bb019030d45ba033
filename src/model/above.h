/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ABOVE_H
#define PROCTOP_ABOVE_H

#include <proctree.h>

/* Whom a process stands below: who forked it, as far as that is asked for and known, else its
   parent. */
static inline const struct ptree_node *node_above(const struct ptree_node *node, bool by_origin)
{
	const struct ptree_node *origin = by_origin ? ptree_node_origin(node) : NULL;

	return origin ? origin : ptree_node_parent(node);
}

/* By a mix of origins and parents one can meet a circle: whoever has gone up so often goes round in
   one. */
static inline size_t above_most(const struct ptree_tree *tree)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(tree, &counts);
	return counts.live + counts.zombies + counts.exited;
}

#endif
