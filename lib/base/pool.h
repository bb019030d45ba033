/* SPDX-License-Identifier: MIT */
#ifndef PTREE_POOL_H
#define PTREE_POOL_H

#include <stddef.h>

/* Objects of one size, kept for reuse when freed. */
struct pool {
	size_t object_size;
	size_t free_count;
	void *free;   /* list through the objects' first word */
	void *blocks; /* list through the blocks' first word */
};

void pool_init(struct pool *pool, size_t object_size);
int pool_reserve(struct pool *pool, size_t more); /* after it, so many gets cannot fail; -ENOMEM */
void *pool_get(struct pool *pool);		  /* zeroed; NULL: no memory */
void pool_put(struct pool *pool, void *object);
void pool_clear(struct pool *pool);

#endif
