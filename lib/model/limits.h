/* SPDX-License-Identifier: MIT */
#ifndef PTREE_LIMITS_H
#define PTREE_LIMITS_H

#include "tree.h"

#define LIMITS_IMAGES 16 /* of one process */
#define LIMITS_EXITED_MAX 20000
#define LIMITS_EXITED_AGE_NS (600 * NS_PER_S)

/* After an end, of which latest is the last one. What finds no memory has its turn at the next. */
void limits_keep(struct ptree_tree *tree, const struct ptree_node *latest, uint64_t now_ns);

#endif
