/* SPDX-License-Identifier: MIT */
/*
 * Images: what a process runs, and ran before. A fork shares the parent's image, so a storm of
 * forks copies no text; the first change of the child's own makes a copy.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IMAGES_KEPT 16

struct image *image_new(struct ptree_tree *tree, uint64_t begin_ns)
{
	struct image *image = pool_get(&tree->images);

	if (!image)
		return NULL;
	image->refs = 1;
	image->pub.begin_ns = begin_ns;
	image->pub.argv_status = PTREE_ARGV_PENDING;
	return image;
}

static void free_argv(struct image *image)
{
	free((void *)(uintptr_t)image->pub.argv);
	image->pub.argv = NULL;
	image->pub.argv_size = 0;
}

void image_forget_argv(struct image *image)
{
	free_argv(image);
	image->pub.argv_status = PTREE_ARGV_PENDING;
}

void image_unref(struct ptree_tree *tree, struct image *image)
{
	while (image && --image->refs == 0) {
		struct image *older = image->older;

		free_argv(image);
		pool_put(&tree->images, image);
		image = older;
	}
}

/* Cuts what lies below the images that the node keeps. */
static void trim(struct ptree_tree *tree, struct ptree_node *node)
{
	struct image *last = node->image;

	if (node->image_depth <= IMAGES_KEPT)
		return;
	for (unsigned i = 1; i < IMAGES_KEPT; i++)
		last = last->older;
	image_unref(tree, last->older);
	last->older = NULL;
	node->image_depth = IMAGES_KEPT;
}

/* If the old image's text was read only after this exec, it is the new one's, name and all. */
static void hand_over_argv(struct image *old, struct image *new)
{
	if (old->pub.argv_status == PTREE_ARGV_PENDING) {
		old->pub.argv_status = PTREE_ARGV_LATE;
		return;
	}
	if (old->refs > 1 || old->pub.read_ns <= new->pub.begin_ns)
		return;
	new->pub.argv = old->pub.argv;
	new->pub.argv_size = old->pub.argv_size;
	new->pub.argv_status = old->pub.argv_status;
	new->pub.read_ns = old->pub.read_ns;
	memcpy(new->pub.comm, old->pub.comm, PTREE_COMM_SIZE);
	old->pub.comm[0] = '\0';
	old->pub.argv = NULL;
	old->pub.argv_size = 0;
	old->pub.argv_status = PTREE_ARGV_LATE;
}

int image_push(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns)
{
	struct image *image = image_new(tree, begin_ns);

	if (!image)
		return -ENOMEM;
	if (node->image && node->image->refs == 1)
		hand_over_argv(node->image, image);
	image->older = node->image;
	node->image = image;
	node->image_depth++;
	trim(tree, node);
	return 0;
}

void image_inherit(struct ptree_tree *tree, struct ptree_node *child, const struct ptree_node *from)
{
	image_unref(tree, child->image);
	child->image = from->image;
	child->image_depth = child->image ? 1 : 0;
	if (child->image)
		child->image->refs++;
}

static char *copy_bytes(const char *bytes, size_t size)
{
	char *copy = malloc(size);

	return copy ? memcpy(copy, bytes, size) : NULL;
}

/* Gives the node an image that it shares with nobody. */
static int make_own(struct ptree_tree *tree, struct ptree_node *node)
{
	struct image *shared = node->image;
	struct image *own;

	if (shared && shared->refs == 1)
		return 0;
	own = image_new(tree, shared ? shared->pub.begin_ns : node->begin_ns);
	if (!own)
		return -ENOMEM;
	if (shared) {
		own->pub = shared->pub;
		own->pub.argv = NULL;
		own->older = shared->older;
		if (own->older)
			own->older->refs++;
	}
	if (shared && shared->pub.argv_size) {
		own->pub.argv = copy_bytes(shared->pub.argv, shared->pub.argv_size);
		if (!own->pub.argv) {
			own->pub.argv_size = 0;
			image_unref(tree, own);
			return -ENOMEM;
		}
	}
	image_unref(tree, shared);
	node->image = own;
	node->image_depth = node->image_depth ? node->image_depth : 1;
	return 0;
}

int image_set_comm(struct ptree_tree *tree, struct ptree_node *node,
		   const char comm[PTREE_COMM_SIZE])
{
	int err = make_own(tree, node);

	if (err)
		return err;
	memcpy(node->image->pub.comm, comm, PTREE_COMM_SIZE);
	node->image->pub.comm[PTREE_COMM_SIZE - 1] = '\0';
	return 0;
}

int image_set_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		   const char *argv, size_t size)
{
	char *copy = NULL;

	if (size > UINT32_MAX)
		return -EINVAL;
	if (size) {
		copy = copy_bytes(argv, size);
		if (!copy)
			return -ENOMEM;
	}
	free_argv(image);
	image->pub.argv = copy;
	image->pub.argv_size = (uint32_t)size;
	image->pub.argv_status = status;
	image->pub.read_ns = read_ns;
	return 0;
}

int image_redate(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns)
{
	char comm[PTREE_COMM_SIZE];
	int err;

	memcpy(comm, node->image->pub.comm, sizeof(comm));
	err = image_set_comm(tree, node, comm);
	if (err)
		return err;
	node->image->pub.begin_ns = begin_ns;
	if (node->image->pub.read_ns < begin_ns)
		image_forget_argv(node->image);
	return 0;
}
