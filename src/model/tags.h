/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TAGS_H
#define PROCTOP_TAGS_H

#include <proctree.h>

/* The processes that somebody has marked, to do something to all of them. Zeroed it is empty. */
struct tags {
	uint64_t *ids; /* sorted */
	size_t count, capacity;
};

void tags_clear(struct tags *tags);
bool tags_has(const struct tags *tags, uint64_t id);
int tags_add(struct tags *tags, uint64_t id); /* 0 or -ENOMEM */
void tags_remove(struct tags *tags, uint64_t id);
/* Who is over is marked no more. */
void tags_drop_ended(struct tags *tags, const struct ptree_tree *tree);

#endif
