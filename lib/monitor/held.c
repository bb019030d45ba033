/* SPDX-License-Identifier: MIT */
/* A queue of events; see held.h. For how long one is held is up to its user. */
#include "held.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 64
#define CAPACITY_KEPT 1024 /* more is given back when the queue is empty */

static int grow(struct held *held)
{
	size_t capacity = held->capacity ? 2 * held->capacity : CAPACITY_MIN;
	struct held_event *bigger = reallocarray(NULL, capacity, sizeof(*bigger));
	size_t before_end = held->capacity - held->first;

	if (!bigger)
		return -ENOMEM;
	if (held->count) {
		if (before_end > held->count)
			before_end = held->count;
		memcpy(bigger, held->ring + held->first, before_end * sizeof(*bigger));
		memcpy(bigger + before_end, held->ring,
		       (held->count - before_end) * sizeof(*bigger));
	}
	free(held->ring);
	held->ring = bigger;
	held->first = 0;
	held->capacity = capacity;
	return 0;
}

int held_push(struct held *held, const struct ptree_event *event, uint64_t now_ns)
{
	struct held_event *place;

	if (held->count == held->capacity && grow(held))
		return -ENOMEM;
	place = &held->ring[(held->first + held->count++) & (held->capacity - 1)];
	*place = (struct held_event){ .event = *event, .since_ns = now_ns };
	return 0;
}

const struct held_event *held_first(const struct held *held)
{
	return held->count ? &held->ring[held->first] : NULL;
}

void held_pop(struct held *held)
{
	held->first = (held->first + 1) & (held->capacity - 1);
	if (!--held->count && held->capacity > CAPACITY_KEPT)
		held_clear(held);
}

void held_clear(struct held *held)
{
	free(held->ring);
	*held = (struct held){ 0 };
}
