/* SPDX-License-Identifier: MIT */
/*
 * Numbers (pids, tids, ids) to pointers: open addressing with linear probing, at most three
 * quarters full. Removal shifts back what follows, so that churn leaves no tombstones.
 */
#include "map.h"

#include <errno.h>
#include <stdlib.h>

#define SMALLEST_CAPACITY 256

static size_t slot_of(const struct map *map, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (map->capacity - 1);
}

static size_t probe(const struct map *map, uint64_t key)
{
	size_t at = slot_of(map, key);

	while (map->slots[at].key && map->slots[at].key != key)
		at = (at + 1) & (map->capacity - 1);
	return at;
}

void *map_find(const struct map *map, uint64_t key)
{
	return map->count ? map->slots[probe(map, key)].value : NULL;
}

static int rehash(struct map *map, size_t capacity)
{
	struct map bigger = { .capacity = capacity };

	bigger.slots = calloc(capacity, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->slots[i].key)
			bigger.slots[probe(&bigger, map->slots[i].key)] = map->slots[i];
	}
	bigger.count = map->count;
	free(map->slots);
	*map = bigger;
	return 0;
}

int map_reserve(struct map *map, size_t more)
{
	size_t capacity = map->capacity ? map->capacity : SMALLEST_CAPACITY;

	while (capacity / 4 * 3 < map->count + more) {
		if (capacity > SIZE_MAX / 4 / sizeof(*map->slots))
			return -ENOMEM;
		capacity *= 2;
	}
	return capacity == map->capacity ? 0 : rehash(map, capacity);
}

int map_set(struct map *map, uint64_t key, void *value)
{
	int err = map_reserve(map, 1);
	size_t at;

	if (err)
		return err;
	at = probe(map, key);
	map->count += !map->slots[at].key;
	map->slots[at] = (struct map_slot){ key, value };
	return 0;
}

void map_remove(struct map *map, uint64_t key)
{
	size_t mask = map->capacity - 1;
	size_t hole, at;

	if (!map->count)
		return;
	hole = probe(map, key);
	if (!map->slots[hole].key)
		return;
	map->count--;
	for (at = (hole + 1) & mask; map->slots[at].key; at = (at + 1) & mask) {
		size_t home = slot_of(map, map->slots[at].key);

		/* It may move back only if its home is not between the hole and it. */
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			map->slots[hole] = map->slots[at];
			hole = at;
		}
	}
	map->slots[hole] = (struct map_slot){ 0 };
}

void map_clear(struct map *map)
{
	free(map->slots);
	*map = (struct map){ 0 };
}
