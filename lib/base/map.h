/* SPDX-License-Identifier: MIT */
#ifndef PTREE_MAP_H
#define PTREE_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Key -> pointer, open addressing. Keys are never 0. */
struct map_slot {
	uint64_t key;
	void *value;
};
struct map {
	struct map_slot *slots;
	size_t count, capacity; /* capacity: a power of two, or 0 */
};

void *map_find(const struct map *map, uint64_t key);
int map_reserve(struct map *map, size_t more); /* after it, so many insertions cannot fail */
int map_set(struct map *map, uint64_t key, void *value);
void map_remove(struct map *map, uint64_t key);
void map_clear(struct map *map);

#endif
