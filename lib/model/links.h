/* SPDX-License-Identifier: MIT */
#ifndef PTREE_LINKS_H
#define PTREE_LINKS_H

#include "tree.h"

/*
 * The links between nodes. Every list is ordered by a key that the node has, so that the order
 * does not depend on who came first: present children by birth (begin, pid, id), what is over by
 * over_key, those that were forked by id.
 */

/* After it an attach, a detach, an origin or an end cannot fail. -ENOMEM. */
int links_reserve(struct ptree_tree *tree);

/* Among its parent's children, or not any more; by its fate among the present or the past ones. */
void links_attach(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent);
void links_detach(struct ptree_tree *tree, struct ptree_node *node);
/* Its children wait to be adopted if there are any, or wait no more. */
void links_orphan(struct ptree_tree *tree, struct ptree_node *parent);
void links_unorphan(struct ptree_tree *tree, struct ptree_node *parent);

/* NULL: none. */
void links_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin);

/* In the queue of those that are over, by its over_key; failures have one of their own. */
void links_enqueue(struct ptree_tree *tree, struct ptree_node *node);
void links_dequeue(struct ptree_tree *tree, struct ptree_node *node);

/* Node would be below itself. An ended child may still have live ones. */
bool links_is_below(const struct ptree_node *node, const struct ptree_node *ancestor);
bool links_is_forked_from(const struct ptree_node *node, const struct ptree_node *origin);

#endif
