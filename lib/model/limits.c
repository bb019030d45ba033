/* SPDX-License-Identifier: MIT */
/*
 * Which of those that are over are to be forgotten. One waits in its queue until the limits of the
 * history reach it. Then it is forgotten, unless something kept was forked by it: as an ancestor it
 * stays, but of a long chain of ended ancestors with one kept child each the middle is left out.
 */
#include "limits.h"

#define FAILED_PART 10 /* of the limit, so much are failures that the others do not push out */
#define CHAIN_KEPT 32

static int tell(struct ptree_tree *tree, const struct ptree_node *node, enum ptree_fact_kind kind,
		uint64_t now_ns)
{
	const struct ptree_fact fact = {
		.kind = kind, .source = PTREE_FACT_INFERRED, .time_ns = now_ns, .id = node->id
	};

	return ptree_tree_learn(tree, &fact);
}

static bool is_link_of_chain(const struct ptree_node *node)
{
	return node && node->fate == NODE_ANCESTOR && node_offspring(node)->forked_count == 1;
}

/* It is in a chain that is longer than what is kept of it. */
static bool is_deep(const struct ptree_node *node)
{
	for (unsigned i = 0; i < CHAIN_KEPT; i++) {
		if (!is_link_of_chain(node))
			return false;
		node = node->origin;
	}
	return true;
}

/* Forgets an ended node, or keeps it as an ancestor; then the ancestors kept only for it. */
static int forget(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	int err = 0;

	while (node && node->fate != NODE_PRESENT && node_offspring(node)->forked_count == 0) {
		struct ptree_node *origin = node->origin;

		err = tell(tree, node, PTREE_FACT_FORGOTTEN, now_ns);
		if (err)
			return err;
		node = origin && origin->fate == NODE_ANCESTOR ? origin : NULL;
	}
	if (!node || node->fate == NODE_PRESENT)
		return 0;
	if (node->fate == NODE_QUEUED)
		err = tell(tree, node, PTREE_FACT_RETAINED, now_ns);
	return err || !is_deep(node) ? err : tell(tree, node, PTREE_FACT_FORGOTTEN, now_ns);
}

/* A storm of either kind leaves the other its place. The one that has just ended stays. */
void limits_keep(struct ptree_tree *tree, const struct ptree_node *latest, uint64_t now_ns)
{
	size_t failed_max = tree->options.exited_max / FAILED_PART;

	while (tree->counts.exited > tree->options.exited_max) {
		bool from_failed = tree->failed_count > failed_max || !tree->queue.head;
		struct ptree_node *oldest =
		    from_failed ? tree->failed_queue.head : tree->queue.head;

		if (oldest == latest)
			oldest = from_failed ? tree->queue.head : tree->failed_queue.head;
		if (!oldest || oldest == latest || forget(tree, oldest, now_ns))
			return;
	}
}

static void expire(struct ptree_tree *tree, struct node_list *queue, uint64_t now_ns)
{
	uint64_t age_ns = tree->options.exited_age_ns;

	while (queue->head && queue->head->over.end_ns < now_ns &&
	       now_ns - queue->head->over.end_ns > age_ns) {
		if (forget(tree, queue->head, now_ns))
			return;
	}
}

void ptree_tree_expire(struct ptree_tree *tree, uint64_t now_ns)
{
	expire(tree, &tree->queue, now_ns);
	expire(tree, &tree->failed_queue, now_ns);
}
