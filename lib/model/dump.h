/* SPDX-License-Identifier: MIT */
#ifndef PTREE_DUMP_H
#define PTREE_DUMP_H

#include "proctree.h"

/*
 * All that the tree learned, as text, malloc()ed: every node, thread and image, the order of every
 * list, every sum and count. Trees that learned the same have the same. What a person asked, and
 * what translators remember, is not in it. -ENOMEM.
 */
int tree_dump(const struct ptree_tree *tree, char **text);

#endif
