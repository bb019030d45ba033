/* SPDX-License-Identifier: MIT */
/* Marked processes; see tags.h. */
#include "model/tags.h"
#include "model/array.h"

#include <stdlib.h>
#include <string.h>

void tags_clear(struct tags *tags)
{
	free(tags->ids);
	*tags = (struct tags){ 0 };
}

/* Where it is, or would be. */
static size_t place_of(const struct tags *tags, uint64_t id)
{
	size_t low = 0, high = tags->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tags->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool tags_has(const struct tags *tags, uint64_t id)
{
	size_t at = place_of(tags, id);

	return at < tags->count && tags->ids[at] == id;
}

int tags_add(struct tags *tags, uint64_t id)
{
	size_t at = place_of(tags, id);
	int err;

	if (tags_has(tags, id))
		return 0;
	err = array_reserve(&tags->ids, &tags->capacity, tags->count + 1, sizeof(*tags->ids));
	if (err)
		return err;
	memmove(tags->ids + at + 1, tags->ids + at, (tags->count - at) * sizeof(*tags->ids));
	tags->ids[at] = id;
	tags->count++;
	return 0;
}

void tags_remove(struct tags *tags, uint64_t id)
{
	size_t at = place_of(tags, id);

	if (!tags_has(tags, id))
		return;
	tags->count--;
	memmove(tags->ids + at, tags->ids + at + 1, (tags->count - at) * sizeof(*tags->ids));
}

void tags_drop_ended(struct tags *tags, const struct ptree_tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < tags->count; i++) {
		const struct ptree_node *node = ptree_tree_find_id(tree, tags->ids[i]);

		if (node && (!ptree_node_has_ended(node) || ptree_node_is_zombie(node)))
			tags->ids[kept++] = tags->ids[i];
	}
	tags->count = kept;
}
