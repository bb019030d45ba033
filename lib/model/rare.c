/* SPDX-License-Identifier: MIT */
/*
 * What few processes have: most have no threads, never waited for a child, are traced by nobody and
 * have the parent that forked them. Whoever needs it reserves it before anything changes. One that
 * is empty again stays until its process is forgotten: what was needed once often is again.
 */
#include "rare.h"

#include <errno.h>
#include <stdlib.h>

int rare_reserve(struct ptree_tree *tree, size_t count)
{
	return pool_reserve(&tree->rares, count);
}

struct rare *rare_of(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node->rare)
		node->rare = pool_get(&tree->rares);
	return node->rare;
}

int rare_reserve_edge(struct ptree_tree *tree, struct ptree_node *node)
{
	struct rare *rare = rare_of(tree, node);
	struct edge *bigger;

	if (!rare)
		return -ENOMEM;
	bigger = reallocarray(rare->edges, rare->edge_count + 1u, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	rare->edges = bigger;
	return 0;
}

void rare_release(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node->rare)
		return;
	free(node->rare->edges);
	pool_put(&tree->rares, node->rare);
	node->rare = NULL;
}
