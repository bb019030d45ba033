/* SPDX-License-Identifier: MIT */
#ifndef PTREE_IMAGE_H
#define PTREE_IMAGE_H

#include "tree.h"

/* NULL: no memory. It has one reference, the caller's. */
struct image *image_new(struct ptree_tree *tree, uint64_t id, uint64_t begin_ns);
void image_unref(struct ptree_tree *tree, struct image *image);
/* It runs this now. Takes over the reference. There are fewer than UINT16_MAX. -ENOMEM. */
int image_push(struct ptree_tree *tree, struct ptree_node *node, struct image *image);
/* It ran this before, later than what it is known to have run. As image_push(). */
int image_add_past(struct ptree_tree *tree, struct ptree_node *node, struct image *image);
/* Drops the oldest ones beyond so many; 0: none. */
void image_keep(struct ptree_tree *tree, struct ptree_node *node, uint16_t count);
void image_drop_all(struct ptree_tree *tree, struct ptree_node *node);
/* One of which nothing is known runs what another one runs, which may be NULL. */
void image_share(struct ptree_node *node, struct image *image);

/*
 * All that a node runs and ran, the present one first:
 *	const struct past_image *past = node->past_images;
 *	for (const struct image *image = node->image; image; image = image_before(&past))
 */
static inline struct image *image_before(const struct past_image **past)
{
	struct image *image = *past ? (*past)->image : NULL;

	if (*past)
		*past = (*past)->older;
	return image;
}

/* Of what it runs and ran; NULL. */
struct image *image_find(const struct ptree_node *node, uint64_t id);
/* A copy of the present one, or an empty one if there is none, that it shares with nobody. */
int image_make_own(struct ptree_tree *tree, struct ptree_node *node, uint64_t id);
void image_set_comm(struct image *image, uint64_t named_ns, const char comm[PTREE_COMM_SIZE]);
/* The arguments: twin's, if it has the same ones, or a copy; NULL if size is 0. -ENOMEM. */
struct words;
int words_get(struct words **out, const struct image *twin, const char *bytes, size_t size);
void words_put(struct words *words);
/* Takes over the words. */
void image_take_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		     struct words *words, size_t size);

#endif
