/* SPDX-License-Identifier: MIT */
/* Choosing from a short list; see picker.h. What is chosen, and why, is up to the asker. */
#include "picker.h"

#include <stdlib.h>

void picker_reset(struct picker *picker)
{
	picker->count = picker->at = 0;
}

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

enum picker_result picker_key(struct picker *picker, const struct key *key)
{
	size_t last = picker->count ? picker->count - 1 : 0;

	switch (key->code) {
	case 'j':
	case TERM_KEY_DOWN:
	case TERM_KEY_WHEEL_DOWN:
		picker->at += picker->at < last;
		return PICKER_MOVED;
	case 'k':
	case TERM_KEY_UP:
	case TERM_KEY_WHEEL_UP:
		picker->at -= picker->at > 0;
		return PICKER_MOVED;
	case 'g':
	case TERM_KEY_HOME:
		picker->at = 0;
		return PICKER_MOVED;
	case 'G':
	case TERM_KEY_END:
		picker->at = last;
		return PICKER_MOVED;
	case TERM_KEY_ENTER:
	case ' ':
		return PICKER_CHOSEN;
	case TERM_KEY_ESC:
	case TERM_CTRL('C'):
	case 'q':
	case 'u':
	case 's':
		return PICKER_CANCELLED;
	default:
		return PICKER_MOVED;
	}
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
