/* SPDX-License-Identifier: MIT */
/*
 * Objects of one size. Freed ones are reused; memory goes back only when the pool is cleared, so
 * that a storm of processes allocates nothing once its peak is reached.
 */
#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS_PER_BLOCK 128

void pool_init(struct pool *pool, size_t object_size)
{
	*pool = (struct pool){ .object_size = object_size };
}

static int pool_grow(struct pool *pool)
{
	unsigned char *block = malloc(sizeof(max_align_t) + OBJECTS_PER_BLOCK * pool->object_size);

	if (!block)
		return -ENOMEM;
	memcpy(block, &pool->blocks, sizeof(pool->blocks));
	pool->blocks = block;
	for (size_t i = 0; i < OBJECTS_PER_BLOCK; i++)
		pool_put(pool, block + sizeof(max_align_t) + i * pool->object_size);
	return 0;
}

int pool_reserve(struct pool *pool, size_t more)
{
	int err = 0;

	while (pool->free_count < more && !err)
		err = pool_grow(pool);
	return err;
}

void *pool_get(struct pool *pool)
{
	void *object;

	if (pool_reserve(pool, 1))
		return NULL;
	object = pool->free;
	pool->free_count--;
	memcpy(&pool->free, object, sizeof(pool->free));
	return memset(object, 0, pool->object_size);
}

void pool_put(struct pool *pool, void *object)
{
	memcpy(object, &pool->free, sizeof(pool->free));
	pool->free = object;
	pool->free_count++;
}

void pool_clear(struct pool *pool)
{
	while (pool->blocks) {
		void *block = pool->blocks;

		memcpy(&pool->blocks, block, sizeof(pool->blocks));
		free(block);
	}
	pool->free = NULL;
	pool->free_count = 0;
}
