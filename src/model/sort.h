/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SORT_H
#define PROCTOP_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By what the screen's rows are sorted. */
enum sort_order {
	SORT_BY_BIRTH,
	SORT_BY_CPU,	/* with all that is below */
	SORT_BY_MEMORY, /* likewise */
	SORT_BY_TIME,	/* likewise, and with all that is over below */
	SORT_BY_THREADS,
	SORT_BY_PID,
	SORT_BY_USER,
	SORT_BY_COMMAND,
};
#define SORT_ORDER_COUNT 8

/* "birth", "cpu", ... */
const char *sort_order_name(enum sort_order order);

#define SORT_NO_PARENT UINT32_MAX

/* One item of a forest that is laid out so that each parent comes before what is below it. */
struct sort_item {
	uint32_t parent; /* index, or SORT_NO_PARENT */
	uint64_t key;
};

/*
 * Sorts siblings by their keys, the greatest first, and those with the same key as they were.
 * order[i]: the index of the item that comes i-th, again each parent before what is below it.
 * 0 or -ENOMEM with order undefined.
 */
int sort_forest(const struct sort_item *items, size_t count, uint32_t *order);

#endif
