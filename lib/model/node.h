/* SPDX-License-Identifier: MIT */
#ifndef PTREE_NODE_H
#define PTREE_NODE_H

#include "tree.h"

/* Its name, or if nobody read it in time that of its program; "": neither is known. */
void node_name(const struct ptree_node *node, char name[PTREE_COMM_SIZE]);
bool image_is_named(const struct image *image, const char *name);
bool image_matches(const struct image *image, const char *pattern); /* as of glob(7) */
bool node_has_failed(const struct ptree_node *node); /* it ended with a status other than 0 */

#endif
