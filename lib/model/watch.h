/* SPDX-License-Identifier: MIT */
#ifndef PTREE_WATCH_H
#define PTREE_WATCH_H

#include "tree.h"

void watch_inherit(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_node *from);
void watch_check_name(struct ptree_tree *tree, struct ptree_node *node);
void watch_clear_names(struct ptree_tree *tree);

#endif
