/* SPDX-License-Identifier: MIT */
#ifndef PTREE_HELD_H
#define PTREE_HELD_H

#include "proctree.h"

/*
 * Events that wait: an exec for its command line, and whatever came after it, so that the order
 * stays true. A queue that grows as needed; what it holds was received and cannot be lost.
 */
struct held_event {
	struct ptree_event event;
	uint64_t since_ns; /* boot time of its arrival */
};

struct held {
	struct held_event *ring;
	size_t first, count, capacity; /* capacity: a power of two, or 0 */
};

int held_push(struct held *held, const struct ptree_event *event, uint64_t now_ns); /* -ENOMEM */
const struct held_event *held_first(const struct held *held); /* NULL: it is empty */
void held_pop(struct held *held);
void held_clear(struct held *held);

#endif
