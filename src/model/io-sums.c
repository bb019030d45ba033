/* SPDX-License-Identifier: MIT */
/* Sums over branches of what is read and written; see io-sums.h. */
#include "model/io-sums.h"
#include "model/above.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>

#define ABOVE_MAX 256 /* by origins, where each is looked for among those before */

void io_sums_clear(struct io_sums *sums)
{
	free(sums->items);
	*sums = (struct io_sums){ 0 };
}

/* By a mix of origins and parents one can come round in a circle: no more than once. */
static bool has_been(const struct io_sums *sums, size_t first, uint64_t id)
{
	for (size_t i = first; i < sums->count; i++)
		if (sums->items[i].id == id)
			return true;
	return sums->count - first == ABOVE_MAX;
}

int io_sums_add(struct io_sums *sums, const struct ptree_node *node, bool by_origin,
		uint64_t bytes_per_s)
{
	size_t first = sums->count;

	while (node && ptree_node_id(node) &&
	       !(by_origin && has_been(sums, first, ptree_node_id(node)))) {
		if (array_reserve(&sums->items, &sums->capacity, sums->count + 1,
				  sizeof(*sums->items)))
			return -ENOMEM;
		sums->items[sums->count++] = (struct io_sum){ ptree_node_id(node), bytes_per_s };
		node = node_above(node, by_origin);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct io_sum *x = a;
	const struct io_sum *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

void io_sums_settle(struct io_sums *sums)
{
	size_t kept = 0;

	if (sums->count)
		qsort(sums->items, sums->count, sizeof(*sums->items), compare);
	for (size_t i = 0; i < sums->count; i++) {
		if (kept && sums->items[kept - 1].id == sums->items[i].id)
			sums->items[kept - 1].bytes_per_s += sums->items[i].bytes_per_s;
		else
			sums->items[kept++] = sums->items[i];
	}
	sums->count = kept;
}

uint64_t io_sums_find(const struct io_sums *sums, uint64_t id)
{
	const struct io_sum wanted = { .id = id };
	const struct io_sum *found =
	    sums->count ? bsearch(&wanted, sums->items, sums->count, sizeof(*sums->items), compare)
			: NULL;

	return found ? found->bytes_per_s : 0;
}

void io_sums_note_changes(const struct io_sums *before, const struct io_sums *now,
			  struct changes *changes)
{
	size_t i = 0, j = 0;

	while (i < before->count || j < now->count) {
		uint64_t old = i < before->count ? before->items[i].id : UINT64_MAX;
		uint64_t new = j < now->count ? now->items[j].id : UINT64_MAX;

		if (old != new || before->items[i].bytes_per_s != now->items[j].bytes_per_s)
			changes_note(changes, old < new ? old : new);
		i += old <= new;
		j += new <= old;
	}
}
