/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SORT_H
#define PROCTOP_SORT_H

#include <stddef.h>
#include <stdint.h>

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
