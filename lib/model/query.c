/* SPDX-License-Identifier: MIT */
/*
 * Questions to the tree whose answer is a list. Every walk up is guarded against circles and no
 * walk down recurses: the list that is the answer is its own queue.
 */
#include "query.h"
#include "node.h"
#include "tree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

int nodes_append(struct ptree_nodes *nodes, const struct ptree_node *node)
{
	if (nodes->count == INT_MAX)
		return -EOVERFLOW;
	if (nodes->count == nodes->capacity) {
		size_t capacity = nodes->capacity ? 2 * nodes->capacity : 16;
		const struct ptree_node **bigger = realloc(nodes->node, capacity * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		nodes->node = bigger;
		nodes->capacity = capacity;
	}
	nodes->node[nodes->count++] = node;
	return (int)nodes->count;
}

void ptree_nodes_clear(struct ptree_nodes *nodes)
{
	free(nodes->node);
	*nodes = (struct ptree_nodes){ 0 };
}

static int append_children(struct ptree_nodes *out, const struct ptree_node *node,
			   const struct ptree_node *except)
{
	for (const struct ptree_node *n = node_offspring(node)->live.head; n; n = n->next) {
		if (n != except && nodes_append(out, n) < 0)
			return -ENOMEM;
	}
	return (int)out->count;
}

static const struct ptree_node *find_or_root(const struct ptree_tree *tree, pid_t pid)
{
	return pid == 0 ? &tree->root : tree_present(tree, pid);
}

int ptree_tree_children(const struct ptree_tree *tree, pid_t pid, struct ptree_nodes *out)
{
	const struct ptree_node *node = find_or_root(tree, pid);

	if (!node)
		return -ESRCH;
	out->count = 0;
	return append_children(out, node, NULL);
}

int ptree_tree_siblings(const struct ptree_tree *tree, pid_t pid, struct ptree_nodes *out)
{
	const struct ptree_node *node = tree_present(tree, pid);

	if (!node)
		return -ESRCH;
	out->count = 0;
	return append_children(out, node->parent, node);
}

int ptree_tree_descendants(const struct ptree_tree *tree, pid_t pid, struct ptree_nodes *out)
{
	const struct ptree_node *node = find_or_root(tree, pid);
	int err;

	if (!node)
		return -ESRCH;
	out->count = 0;
	err = append_children(out, node, NULL);
	for (size_t i = 0; i < out->count && err >= 0; i++)
		err = append_children(out, out->node[i], NULL);
	return err < 0 ? err : (int)out->count;
}

static const struct ptree_node *step_up(const struct ptree_node *node, bool by_origin)
{
	if (by_origin && node->origin)
		return node->origin;
	return node->parent;
}

int ptree_tree_ancestry(const struct ptree_tree *tree, pid_t pid, bool by_origin,
			struct ptree_nodes *out)
{
	const struct ptree_node *node = tree_latest(tree, pid);

	if (!node)
		return -ESRCH;
	out->count = 0;
	for (; node && node != &tree->root; node = step_up(node, by_origin)) {
		if (nodes_append(out, node) < 0)
			return -ENOMEM;
		if (out->count > tree->by_id.count)
			return -ELOOP;
	}
	return (int)out->count;
}

static int find_where(const struct ptree_tree *tree, struct ptree_nodes *out,
		      bool (*matches)(const struct ptree_node *, const void *), const void *what)
{
	out->count = 0;
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		const struct ptree_node *node = tree->by_id.slots[i].value;

		if (!node || node->has_ended || !matches(node, what))
			continue;
		if (nodes_append(out, node) < 0)
			return -ENOMEM;
	}
	return (int)out->count;
}

static bool has_name(const struct ptree_node *node, const void *name)
{
	return ptree_node_is_named(node, name);
}

static bool has_user(const struct ptree_node *node, const void *euid)
{
	return node->euid == *(const uint32_t *)euid;
}

int ptree_tree_find_command(const struct ptree_tree *tree, const char *name,
			    struct ptree_nodes *out)
{
	return find_where(tree, out, has_name, name);
}

static bool has_real_user(const struct ptree_node *node, const void *ruid)
{
	return node->ruid == *(const uint32_t *)ruid;
}

static bool matches_glob(const struct ptree_node *node, const void *pattern)
{
	return node->image && image_matches(node->image, pattern);
}

int ptree_tree_find_glob(const struct ptree_tree *tree, const char *pattern,
			 struct ptree_nodes *out)
{
	return find_where(tree, out, matches_glob, pattern);
}

int ptree_tree_find_real_user(const struct ptree_tree *tree, uint32_t ruid, struct ptree_nodes *out)
{
	return find_where(tree, out, has_real_user, &ruid);
}

int ptree_tree_find_user(const struct ptree_tree *tree, uint32_t euid, struct ptree_nodes *out)
{
	return find_where(tree, out, has_user, &euid);
}

static bool has_named_above(const struct ptree_tree *tree, const struct ptree_node *node,
			    const char *name, bool by_origin)
{
	size_t steps = 0;

	for (node = step_up(node, by_origin); node && node != &tree->root;
	     node = step_up(node, by_origin)) {
		if (ptree_node_is_named(node, name))
			return true;
		if (++steps > tree->by_id.count)
			return false;
	}
	return false;
}

bool ptree_tree_is_under_command(const struct ptree_tree *tree, pid_t pid, const char *name)
{
	const struct ptree_node *node = tree_latest(tree, pid);

	return node && (has_named_above(tree, node, name, false) ||
			has_named_above(tree, node, name, true));
}
