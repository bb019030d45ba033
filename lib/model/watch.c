/* SPDX-License-Identifier: MIT */
/*
 * Watching: a mark that a process gets by its id or its name, and that all who come from it
 * inherit when they are forked. What exists already, or is over, is marked in one walk, without
 * recursion: the marks depend on names, images and origins, not on when somebody asks.
 */
#include "watch.h"
#include "image.h"
#include "node.h"
#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int append_if_unwatched(struct ptree_nodes *work, struct ptree_node *node)
{
	if (node->is_watched)
		return 0;
	node->is_watched = true;
	return nodes_append(work, node);
}

static int append_children(struct ptree_nodes *work, const struct ptree_node *node,
			   struct ptree_node *first)
{
	int err = 0;

	for (struct ptree_node *n = first; n && err >= 0; n = n->next) {
		if (n->origin == node || !n->is_origin_told)
			err = append_if_unwatched(work, n);
	}
	return err;
}

static int append_below(struct ptree_nodes *work, const struct ptree_node *node)
{
	int err = append_children(work, node, node_offspring(node)->live.head);

	if (err >= 0)
		err = append_children(work, node, node_offspring(node)->past.head);
	for (struct ptree_node *n = node_offspring(node)->last_forked; n && err >= 0;
	     n = n->fork_prev)
		err = append_if_unwatched(work, n);
	return err;
}

/* Without memory some descendants stay unmarked. */
static int mark(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_nodes work = { 0 };
	int err = append_if_unwatched(&work, node);

	for (size_t i = 0; i < work.count && err >= 0; i++)
		err = append_below(&work, work.node[i]);
	ptree_nodes_clear(&work);
	tree->generation++;
	return err < 0 ? err : 0;
}

void watch_inherit(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_node *from)
{
	if (!from->is_watched || node->is_watched)
		return;
	if (node->offspring)
		mark(tree, node);
	else
		node->is_watched = true;
}

void watch_check_name(struct ptree_tree *tree, struct ptree_node *node)
{
	if (node->is_watched)
		return;
	for (size_t i = 0; i < tree->watched_name_count; i++) {
		const struct watched_name *watched = &tree->watched_names[i];

		if (node->pid != watched->ignored_pid && ptree_node_is_named(node, watched->name)) {
			mark(tree, node);
			return;
		}
	}
}

/* Under any name that it ran under. */
static bool was_named(const struct ptree_node *node, const char *name)
{
	const struct past_image *past = node->past_images;

	for (const struct image *image = node->image; image; image = image_before(&past)) {
		if (image_is_named(image, name))
			return true;
	}
	return false;
}

/* As if it had been asked from the start: of those that are over and those that run something else
   by now, what came from them lives on. */
static void check_all(struct ptree_tree *tree, const struct watched_name *watched)
{
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		struct ptree_node *node = tree->by_id.slots[i].value;

		if (node && !node->is_watched && node->pid != watched->ignored_pid &&
		    was_named(node, watched->name))
			mark(tree, node);
	}
}

int ptree_tree_watch_id(struct ptree_tree *tree, uint64_t id)
{
	struct ptree_node *node = map_find(&tree->by_id, id);

	if (!node)
		return -ESRCH;
	return node->is_watched ? 0 : mark(tree, node);
}

int ptree_tree_watch_name(struct ptree_tree *tree, const char *name, pid_t ignored_pid)
{
	size_t count = tree->watched_name_count;
	struct watched_name *bigger = realloc(tree->watched_names, (count + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	tree->watched_names = bigger;
	bigger[count] = (struct watched_name){ strdup(name), ignored_pid };
	if (!bigger[count].name)
		return -ENOMEM;
	tree->watched_name_count++;
	check_all(tree, &bigger[count]);
	return 0;
}

void watch_clear_names(struct ptree_tree *tree)
{
	for (size_t i = 0; i < tree->watched_name_count; i++)
		free(tree->watched_names[i].name);
	free(tree->watched_names);
	tree->watched_names = NULL;
	tree->watched_name_count = 0;
}

void ptree_tree_unwatch_all(struct ptree_tree *tree)
{
	watch_clear_names(tree);
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		struct ptree_node *node = tree->by_id.slots[i].value;

		if (node)
			node->is_watched = false;
	}
	tree->generation++;
}
