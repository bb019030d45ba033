/* SPDX-License-Identifier: MIT */
/* Choosing from a short list; see picker.h. What is chosen, and why, is up to the asker. */
#include "model/picker.h"

#include <stdlib.h>

bool picker_add(struct picker *picker, const struct picker_item *item)
{
	if (picker->count == picker->capacity) {
		size_t capacity = picker->capacity ? 2 * picker->capacity : 16;
		struct picker_item *bigger = reallocarray(picker->items, capacity, sizeof(*bigger));

		if (!bigger)
			return false;
		picker->items = bigger;
		picker->capacity = capacity;
	}
	picker->items[picker->count++] = *item;
	return true;
}

void picker_move(struct picker *picker, int64_t items)
{
	int64_t at = (int64_t)picker->at + items;
	int64_t last = picker->count ? (int64_t)picker->count - 1 : 0;

	picker->at = at < 0 ? 0 : at > last ? (size_t)last : (size_t)at;
}

const struct picker_item *picker_chosen(const struct picker *picker)
{
	return picker->at < picker->count ? &picker->items[picker->at] : NULL;
}

void picker_clear(struct picker *picker)
{
	free(picker->items);
	*picker = (struct picker){ 0 };
}
