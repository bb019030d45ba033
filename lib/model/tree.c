/* SPDX-License-Identifier: MIT */
/* A tree as a whole: its making and its end. */
#include "base/sized.h"
#include "tree.h"
#include "exit.h"
#include "feed.h"
#include "keyframe.h"
#include "life.h"
#include "limits.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>

static void init_pools(struct ptree_tree *tree)
{
	pool_init(&tree->nodes, sizeof(struct ptree_node));
	pool_init(&tree->threads, sizeof(struct ptree_thread));
	pool_init(&tree->images, sizeof(struct image));
	pool_init(&tree->past_images, sizeof(struct past_image));
	pool_init(&tree->rares, sizeof(struct rare));
	pool_init(&tree->offspring, sizeof(struct offspring));
	pool_init(&tree->accounts, sizeof(struct account));
	pool_init(&tree->summaries, sizeof(struct ptree_summary));
	pool_init(&tree->activities, sizeof(struct activity));
	pool_init(&tree->leavings, exit_leaving_size());
}

int ptree_tree_new_sized(struct ptree_tree **out, const struct ptree_tree_options *options,
			 size_t size)
{
	struct ptree_tree_options own;
	struct ptree_tree *tree;
	int err = sized_read(&own, sizeof(own), options, size);

	if (err)
		return err;
	tree = calloc(1, sizeof(*tree));
	if (!tree)
		return -ENOMEM;
	tree->options = own;
	if (!tree->options.exited_max)
		tree->options.exited_max = LIMITS_EXITED_MAX;
	if (!tree->options.exited_age_ns)
		tree->options.exited_age_ns = LIMITS_EXITED_AGE_NS;
	if (feed_init(&tree->feed, tree->options.feed_bytes)) {
		free(tree);
		return -ENOMEM;
	}
	init_pools(tree);
	tree->next_id = 1;
	tree->next_key = 1;
	*out = tree;
	return 0;
}

static void free_facts(struct ptree_tree *tree)
{
	for (size_t i = 0; i < KEPT_FACTS; i++)
		ptree_facts_clear(&tree->last[i].bytes);
	for (size_t i = 0; i < tree->user_names.capacity; i++)
		free(tree->user_names.slots[i].value);
	map_clear(&tree->user_names);
	feed_clear(&tree->feed);
}

static void clear_pools(struct ptree_tree *tree)
{
	pool_clear(&tree->nodes);
	pool_clear(&tree->threads);
	pool_clear(&tree->images);
	pool_clear(&tree->past_images);
	pool_clear(&tree->rares);
	pool_clear(&tree->offspring);
	pool_clear(&tree->accounts);
	pool_clear(&tree->summaries);
	pool_clear(&tree->activities);
	pool_clear(&tree->leavings);
}

void ptree_tree_free(struct ptree_tree *tree)
{
	if (!tree)
		return;
	keyframe_clear(tree);
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		if (tree->by_id.slots[i].value)
			life_free(tree, tree->by_id.slots[i].value);
	}
	map_clear(&tree->by_pid);
	map_clear(&tree->by_id);
	map_clear(&tree->by_tid);
	map_clear(&tree->by_ended_tid);
	clear_pools(tree);
	free_facts(tree);
	watch_clear_names(tree);
	free(tree->orphaned);
	free(tree->ended_tids);
	free(tree);
}
