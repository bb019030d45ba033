/* SPDX-License-Identifier: MIT */
/* Sets of processes; see id-set.h. */
#include "model/id-set.h"
#include "model/array.h"

#include <stdlib.h>
#include <string.h>

void id_set_clear(struct id_set *set)
{
	free(set->ids);
	*set = (struct id_set){ 0 };
}

/* Where it is, or would be. Processes are met nearly in the order of their ids. */
static size_t place_of(const struct id_set *set, uint64_t id)
{
	size_t low = 0, high = set->count;

	if (high && set->ids[high - 1] < id)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool id_set_has(const struct id_set *set, uint64_t id)
{
	size_t at = place_of(set, id);

	return at < set->count && set->ids[at] == id;
}

int id_set_add(struct id_set *set, uint64_t id)
{
	size_t at = place_of(set, id);
	int err;

	if (id_set_has(set, id))
		return 0;
	err = array_reserve(&set->ids, &set->capacity, set->count + 1, sizeof(*set->ids));
	if (err)
		return err;
	memmove(set->ids + at + 1, set->ids + at, (set->count - at) * sizeof(*set->ids));
	set->ids[at] = id;
	set->count++;
	return 0;
}

void id_set_remove(struct id_set *set, uint64_t id)
{
	size_t at = place_of(set, id);

	if (!id_set_has(set, id))
		return;
	set->count--;
	memmove(set->ids + at, set->ids + at + 1, (set->count - at) * sizeof(*set->ids));
}

void id_set_drop_forgotten(struct id_set *set, const struct ptree_tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (ptree_tree_find_id(tree, set->ids[i]))
			set->ids[kept++] = set->ids[i];
	}
	set->count = kept;
}

void id_set_drop_ended(struct id_set *set, const struct ptree_tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct ptree_node *node = ptree_tree_find_id(tree, set->ids[i]);

		if (node && (!ptree_node_has_ended(node) || ptree_node_is_zombie(node)))
			set->ids[kept++] = set->ids[i];
	}
	set->count = kept;
}
