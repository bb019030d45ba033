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
	while (image && --image->refs == 0) {
		struct image *older = image->older;

		words_put(words_of(image));
		pool_put(&tree->images, image);
		image = older;
	}
}

void image_keep(struct ptree_tree *tree, struct ptree_node *node, uint16_t count)
{
	struct image *last = node->image;

	if (!count || node->image_depth <= count)
		return;
	for (unsigned i = 1; i < count; i++)
		last = last->older;
	image_unref(tree, last->older);
	last->older = NULL;
	node->image_depth = count;
}

void image_push(struct ptree_node *node, struct image *image)
{
	image->older = node->image;
	node->image = image;
	node->image_depth++;
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

void image_take_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		     struct words *words, size_t size)
{
	words_put(words_of(image));
	image->pub.argv = words ? words->bytes : NULL;
	image->pub.argv_size = (uint32_t)size;
	image->pub.argv_status = status;
	image->pub.read_ns = read_ns;
}

static void share_text(struct image *to, const struct image *from)
{
	struct words *words = words_of(from);

	if (words)
		words->refs++;
	image_take_argv(to, from->pub.read_ns, from->pub.argv_status, words, from->pub.argv_size);
	to->reader = from->reader;
	memcpy(to->pub.comm, from->pub.comm, PTREE_COMM_SIZE);
}

int image_make_own(struct ptree_tree *tree, struct ptree_node *node, uint64_t id)
{
	struct image *shared = node->image;
	struct image *own = image_new(tree, id, shared ? shared->pub.begin_ns : node->begin_ns);

	if (!own)
		return -ENOMEM;
	if (shared)
		share_text(own, shared);
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
