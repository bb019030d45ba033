/* SPDX-License-Identifier: MIT */
/* Sorting within a tree: siblings change places and take along what is below them. */
#include "model/sort.h"

#include <errno.h>
#include <stdlib.h>

/* An item among its siblings. */
struct place {
	uint32_t index, parent;
	uint64_t key;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->parent != y->parent) /* the tops come last, since theirs is the greatest number */
		return x->parent < y->parent ? -1 : 1;
	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Where the children of each item begin among the places; there are none if another's stand there.
 */
static void find_children(const struct place *places, size_t count, uint32_t *first)
{
	for (size_t i = 0; i < count; i++)
		first[i] = UINT32_MAX;
	for (size_t i = count; i-- > 0;) {
		if (places[i].parent != SORT_NO_PARENT)
			first[places[i].parent] = (uint32_t)i;
	}
}

/* Follows the places down and along; next: a stack of where to go on, as deep as the forest. */
static void lay_out(const struct place *places, size_t count, const uint32_t *first, uint32_t *next,
		    uint32_t *order)
{
	size_t depth = 0, laid = 0;
	size_t at = 0;

	while (at < count && places[at].parent != SORT_NO_PARENT)
		at++;
	while (laid < count) {
		uint32_t index;

		if (at >= count ||
		    (depth && places[at].parent != places[next[depth - 1] - 1].index)) {
			at = next[--depth];
			continue;
		}
		index = places[at].index;
		order[laid++] = index;
		if (first[index] == UINT32_MAX) {
			at++;
		} else {
			next[depth++] = (uint32_t)at + 1;
			at = first[index];
		}
	}
}

int sort_forest(const struct sort_item *items, size_t count, uint32_t *order)
{
	struct place *places = reallocarray(NULL, count + 1, sizeof(*places));
	uint32_t *scratch = reallocarray(NULL, count + 1, 2 * sizeof(*scratch));
	int err = places && scratch ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		places[i] = (struct place){ (uint32_t)i, items[i].parent, items[i].key };
	if (!err) {
		qsort(places, count, sizeof(*places), compare_places);
		find_children(places, count, scratch);
		lay_out(places, count, scratch, scratch + count + 1, order);
	}
	free(places);
	free(scratch);
	return err;
}
