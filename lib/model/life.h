/* SPDX-License-Identifier: MIT */
#ifndef PTREE_LIFE_H
#define PTREE_LIFE_H

#include "tree.h"

/*
 * What it means to a process and to those around it that it begins, ends, lives on or is forgotten:
 * links, threads, sums, marks and counts, in the one order in which they agree. Nothing here can
 * fail once life_reserve() has been asked.
 */
int life_reserve(struct ptree_tree *tree); /* -ENOMEM */

/* The birth is a possible one. */
struct ptree_node *life_begin(struct ptree_tree *tree, const struct ptree_fact *fact,
			      struct ptree_node *parent, struct ptree_node *origin);
void life_set_begin(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns,
		    bool is_exact);
void life_set_known(struct ptree_tree *tree, struct ptree_node *node); /* no placeholder any more */
void life_set_kernel_thread(struct ptree_tree *tree, struct ptree_node *node, bool is);
void life_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin,
		     bool is_told);
void life_count_fork(struct ptree_tree *tree, struct ptree_node *parent);
/* Nobody knows any more since when it has its parent. */
void life_set_parent_unknown_since(struct ptree_node *node);
/* It was given what is rare, and if it has a parent there is room for one more edge. */
void life_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	       uint64_t when_ns);
void life_end(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *fact);
void life_set_status(struct ptree_tree *tree, struct ptree_node *node,
		     const struct ptree_fact *fact);
void life_revive(struct ptree_tree *tree, struct ptree_node *node);
void life_set_zombie(struct ptree_tree *tree, struct ptree_node *node, bool is_zombie);
/* It leaves its queue and stays. */
void life_retain(struct ptree_tree *tree, struct ptree_node *node);
void life_forget(struct ptree_tree *tree, struct ptree_node *node);
/* Of a tree that goes as a whole, too. */
void life_free(struct ptree_tree *tree, struct ptree_node *node);

#endif
