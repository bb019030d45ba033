/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ID_SET_H
#define PROCTOP_ID_SET_H

#include <proctree.h>

/* A set of processes. Zeroed it is empty; clear it in the end. */
struct id_set {
	uint64_t *ids; /* sorted */
	size_t count, capacity;
};

void id_set_clear(struct id_set *set);
bool id_set_has(const struct id_set *set, uint64_t id);
int id_set_add(struct id_set *set, uint64_t id); /* 0 or -ENOMEM */
void id_set_remove(struct id_set *set, uint64_t id);
/* Whom the tree does not know any more. */
void id_set_drop_forgotten(struct id_set *set, const struct ptree_tree *tree);
/* Who is over is in it no more, a zombie aside. */
void id_set_drop_ended(struct id_set *set, const struct ptree_tree *tree);

#endif
