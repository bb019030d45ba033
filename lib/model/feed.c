/* SPDX-License-Identifier: MIT */
/*
 * The change feed: a ring of the latest changes, which readers pull from at their own pace. A
 * reader that was overtaken is told so.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

int feed_init(struct feed *feed, size_t size)
{
	*feed = (struct feed){ .size = size };
	if (!size)
		return 0;
	feed->ring = calloc(size, sizeof(*feed->ring));
	return feed->ring ? 0 : -ENOMEM;
}

void feed_push(struct ptree_tree *tree, enum ptree_change_kind kind, const struct ptree_node *node,
	       uint64_t boot_ns, const struct ptree_event *event)
{
	struct feed *feed = &tree->feed;
	struct ptree_change *change;

	if (!feed->size)
		return;
	change = &feed->ring[feed->next++ % feed->size];
	*change = (struct ptree_change){
		.kind = kind, .is_inferred = !event, .id = node ? node->id : 0, .boot_ns = boot_ns
	};
	if (event)
		change->event = *event;
}

void tree_note(struct ptree_tree *tree, struct ptree_node *node, enum ptree_change_kind kind,
	       uint64_t boot_ns, const struct ptree_event *event)
{
	node->change = (uint8_t)kind;
	node->change_ns = boot_ns;
	tree->generation++;
	feed_push(tree, kind, node, boot_ns, event);
}

uint64_t ptree_tree_feed_position(const struct ptree_tree *tree)
{
	return tree->feed.next;
}

int ptree_tree_feed_read(const struct ptree_tree *tree, uint64_t *position,
			 const struct ptree_change **change)
{
	const struct feed *feed = &tree->feed;

	if (!feed->size)
		return -ENOTSUP;
	if (*position >= feed->next)
		return 0;
	if (feed->next - *position > feed->size) {
		*position = feed->next - feed->size;
		return -EOVERFLOW;
	}
	*change = &feed->ring[*position % feed->size];
	return 1;
}
