/* SPDX-License-Identifier: MIT */
/*
 * Images: what a process runs, and ran before. A fork shares the parent's image, so a storm of
 * forks copies no text; the first change of the child's own makes a copy. Arguments that are the
 * same are kept once for a process and its children, also where a scan read each of them: a
 * server's many workers differ in nothing else.
 */
#include "image.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Arguments, shared by all images that have them; argv of these points to bytes. */
struct words {
	uint32_t refs;
	char bytes[];
};

static struct words *words_of(const struct image *image)
{
	uintptr_t bytes = (uintptr_t)image->pub.argv;

	return bytes ? (struct words *)(bytes - offsetof(struct words, bytes)) : NULL;
}

int words_get(struct words **out, const struct image *twin, const char *bytes, size_t size)
{
	struct words *words = NULL;

	if (size && twin && twin->pub.argv_size == size &&
	    memcmp(twin->pub.argv, bytes, size) == 0) {
		words = words_of(twin);
		words->refs++;
	} else if (size) {
		words = malloc(sizeof(*words) + size);
		if (!words)
			return -ENOMEM;
		words->refs = 1;
		memcpy(words->bytes, bytes, size);
	}
	*out = words;
	return 0;
}

void words_put(struct words *words)
{
	if (words && --words->refs == 0)
		free(words);
}

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

void image_unref(struct ptree_tree *tree, struct image *image)
{
	if (!image || --image->refs)
		return;
	words_put(words_of(image));
	pool_put(&tree->images, image);
}

static void drop_past(struct ptree_tree *tree, struct past_image **list)
{
	struct past_image *past = *list;

	*list = NULL;
	while (past) {
		struct past_image *older = past->older;

		image_unref(tree, past->image);
		pool_put(&tree->past_images, past);
		past = older;
	}
}

void image_keep(struct ptree_tree *tree, struct ptree_node *node, uint16_t count)
{
	struct past_image **rest = &node->past_images;

	if (!count || node->image_count <= count)
		return;
	for (unsigned i = 1; i < count; i++)
		rest = &(*rest)->older;
	drop_past(tree, rest);
	node->image_count = count;
}

void image_drop_all(struct ptree_tree *tree, struct ptree_node *node)
{
	drop_past(tree, &node->past_images);
	image_unref(tree, node->image);
	node->image = NULL;
	node->image_count = 0;
}

int image_add_past(struct ptree_tree *tree, struct ptree_node *node, struct image *image)
{
	struct past_image *past = pool_get(&tree->past_images);

	if (!past)
		return -ENOMEM;
	past->image = image;
	past->older = node->past_images;
	node->past_images = past;
	node->image_count++;
	return 0;
}

int image_push(struct ptree_tree *tree, struct ptree_node *node, struct image *image)
{
	int err = node->image ? image_add_past(tree, node, node->image) : 0;

	if (err)
		return err;
	node->image = image;
	if (!node->image_count)
		node->image_count = 1;
	return 0;
}

void image_share(struct ptree_node *node, struct image *image)
{
	if (!image)
		return;
	image->refs++;
	node->image = image;
	node->image_count = 1;
}

struct image *image_find(const struct ptree_node *node, uint64_t id)
{
	const struct past_image *past = node->past_images;
	struct image *image = node->image;

	while (image && image->pub.id != id)
		image = image_before(&past);
	return image;
}

void image_take_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		     struct words *words, size_t size)
{
	words_put(words_of(image));
	image->pub.argv = words ? words->bytes : NULL;
	image->pub.argv_size = (uint32_t)size;
	image->pub.argv_status = status;
	image->pub.read_ns = read_ns;
}

void image_set_comm(struct image *image, uint64_t named_ns, const char comm[PTREE_COMM_SIZE])
{
	image->named_ns = named_ns;
	memcpy(image->pub.comm, comm, PTREE_COMM_SIZE);
	image->pub.comm[PTREE_COMM_SIZE - 1] = '\0';
}

static void share_text(struct image *to, const struct image *from)
{
	struct words *words = words_of(from);

	if (words)
		words->refs++;
	image_take_argv(to, from->pub.read_ns, from->pub.argv_status, words, from->pub.argv_size);
	to->reader = from->reader;
	image_set_comm(to, from->named_ns, from->pub.comm);
}

int image_make_own(struct ptree_tree *tree, struct ptree_node *node, uint64_t id)
{
	struct image *shared = node->image;
	struct image *own = image_new(tree, id, shared ? shared->pub.begin_ns : node->begin_ns);

	if (!own)
		return -ENOMEM;
	if (shared)
		share_text(own, shared);
	else
		node->image_count = 1;
	image_unref(tree, shared);
	node->image = own;
	return 0;
}
