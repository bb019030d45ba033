/* SPDX-License-Identifier: MIT */
/*
 * Images: what a process runs, and ran before. A fork shares the parent's image, so a storm of
 * forks copies no text; the first change of the child's own makes a copy.
 */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IMAGES_KEPT 16

struct image *image_new(struct ptree_tree *tree, uint64_t id, uint64_t begin_ns)
{
	struct image *image = pool_get(&tree->images);

	if (!image)
		return NULL;
	image->refs = 1;
	image->pub.id = id;
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

void image_push(struct ptree_tree *tree, struct ptree_node *node, struct image *image)
{
	image->older = node->image;
	node->image = image;
	node->image_depth++;
	trim(tree, node);
}

void image_share(struct ptree_tree *tree, struct ptree_node *child, const struct ptree_node *from)
{
	if (from->image)
		from->image->refs++;
	image_unref(tree, child->image);
	child->image = from->image;
	child->image_depth = child->image ? 1 : 0;
}

struct image *image_find(const struct ptree_node *node, uint64_t id)
{
	struct image *image = node->image;

	for (unsigned i = 0; image && i < node->image_depth; i++, image = image->older) {
		if (image->pub.id == id)
			return image;
	}
	return NULL;
}

static char *copy_bytes(const char *bytes, size_t size)
{
	char *copy = malloc(size);

	return copy ? memcpy(copy, bytes, size) : NULL;
}

static int copy_text(struct image *to, const struct image *from)
{
	char *argv = NULL;

	if (from->pub.argv_size) {
		argv = copy_bytes(from->pub.argv, from->pub.argv_size);
		if (!argv)
			return -ENOMEM;
	}
	to->pub.argv = argv;
	to->pub.argv_size = from->pub.argv_size;
	to->pub.argv_status = from->pub.argv_status;
	to->pub.read_ns = from->pub.read_ns;
	to->reader = from->reader;
	memcpy(to->pub.comm, from->pub.comm, PTREE_COMM_SIZE);
	return 0;
}

int image_make_own(struct ptree_tree *tree, struct ptree_node *node, uint64_t id)
{
	struct image *shared = node->image;
	struct image *own = image_new(tree, id, shared ? shared->pub.begin_ns : node->begin_ns);

	if (!own)
		return -ENOMEM;
	if (shared && copy_text(own, shared)) {
		image_unref(tree, own);
		return -ENOMEM;
	}
	if (shared && shared->older) {
		own->older = shared->older;
		own->older->refs++;
	}
	image_unref(tree, shared);
	node->image = own;
	node->image_depth = node->image_depth ? node->image_depth : 1;
	return 0;
}

void image_set_comm(struct image *image, const char comm[PTREE_COMM_SIZE])
{
	memcpy(image->pub.comm, comm, PTREE_COMM_SIZE);
	image->pub.comm[PTREE_COMM_SIZE - 1] = '\0';
}

void image_take_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		     char *argv, size_t size)
{
	free_argv(image);
	image->pub.argv = argv;
	image->pub.argv_size = (uint32_t)size;
	image->pub.argv_status = status;
	image->pub.read_ns = read_ns;
}
