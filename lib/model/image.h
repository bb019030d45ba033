/* SPDX-License-Identifier: MIT */
#ifndef PTREE_IMAGE_H
#define PTREE_IMAGE_H

#include "tree.h"

/* NULL: no memory. It has one reference, the caller's. */
struct image *image_new(struct ptree_tree *tree, uint64_t id, uint64_t begin_ns);
void image_unref(struct ptree_tree *tree, struct image *image);
/* It runs this now. Takes over the reference. There are fewer than UINT16_MAX. */
void image_push(struct ptree_node *node, struct image *image);
/* Cuts what lies below so many of the node's own; 0: nothing. */
void image_keep(struct ptree_tree *tree, struct ptree_node *node, uint16_t count);
void image_share(struct ptree_tree *tree, struct ptree_node *child, const struct ptree_node *from);
/* Of those that are its own, the present one first; NULL. */
struct image *image_find(const struct ptree_node *node, uint64_t id);
/* A copy of the present one, or an empty one if there is none, that it shares with nobody. */
int image_make_own(struct ptree_tree *tree, struct ptree_node *node, uint64_t id);
void image_set_comm(struct image *image, const char comm[PTREE_COMM_SIZE]);
/* The arguments: twin's, if it has the same ones, or a copy; NULL if size is 0. -ENOMEM. */
struct words;
int words_get(struct words **out, const struct image *twin, const char *bytes, size_t size);
void words_put(struct words *words);
/* Takes over the words. */
void image_take_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		     struct words *words, size_t size);

#endif
