/* SPDX-License-Identifier: MIT */
#ifndef PTREE_RARE_H
#define PTREE_RARE_H

#include "tree.h"

/* After it so many nodes can be given one. -ENOMEM. */
int rare_reserve(struct ptree_tree *tree, size_t count);
/* Its own, which is made on first need. NULL: no memory. */
struct rare *rare_of(struct ptree_tree *tree, struct ptree_node *node);
/* There is room for one more edge. -ENOMEM. */
int rare_reserve_edge(struct ptree_tree *tree, struct ptree_node *node);
/* With the edges; all else in it is others' to release, and was. */
void rare_release(struct ptree_tree *tree, struct ptree_node *node);

#endif
