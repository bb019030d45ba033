/* SPDX-License-Identifier: MIT */
/* Reading nodes: every public question that one node, or a look-up, answers. */
#include "node.h"
#include "base/sized.h"
#include "image.h"

#include <fnmatch.h>
#include <string.h>

/* A begin read from /proc is as fine as a tick, and the event comes a little after the fork. */
#define SAME_BEGIN_NS (50 * NS_PER_MS)

struct ptree_node *tree_latest(const struct ptree_tree *tree, pid_t pid)
{
	return pid > 0 ? map_find(&tree->by_pid, (uint64_t)pid) : NULL;
}

struct ptree_node *tree_live(const struct ptree_tree *tree, pid_t pid)
{
	struct ptree_node *node = tree_latest(tree, pid);

	return node && !node->has_ended ? node : NULL;
}

struct ptree_node *tree_present(const struct ptree_tree *tree, pid_t pid)
{
	struct ptree_node *node = tree_latest(tree, pid);

	return node && node->fate == NODE_PRESENT ? node : NULL;
}

struct ptree_node *tree_node(const struct ptree_tree *tree, uint64_t id)
{
	return id ? map_find(&tree->by_id, id) : NULL;
}

const struct offspring *node_offspring(const struct ptree_node *node)
{
	static const struct offspring nobody;

	return node->offspring ? node->offspring : &nobody;
}

bool tree_is_same(const struct ptree_node *node, uint64_t begin_ns)
{
	uint64_t a = node->begin_ns, b = begin_ns;

	return (a > b ? a - b : b - a) <= SAME_BEGIN_NS;
}

bool node_has_failed(const struct ptree_node *node)
{
	return node->is_status_known && node->over.status;
}

uint64_t ptree_tree_generation(const struct ptree_tree *tree)
{
	return tree->generation;
}

void ptree_tree_get_counts_sized(const struct ptree_tree *tree, struct ptree_tree_counts *counts,
				 size_t size)
{
	sized_write(counts, size, &tree->counts, sizeof(tree->counts));
}

const struct ptree_node *ptree_tree_root(const struct ptree_tree *tree)
{
	return &tree->root;
}

const struct ptree_node *ptree_tree_find(const struct ptree_tree *tree, pid_t pid)
{
	return tree_present(tree, pid);
}

const struct ptree_node *ptree_tree_find_latest(const struct ptree_tree *tree, pid_t pid)
{
	return tree_latest(tree, pid);
}

const struct ptree_node *ptree_tree_find_id(const struct ptree_tree *tree, uint64_t id)
{
	return id ? map_find(&tree->by_id, id) : NULL;
}

uint64_t ptree_node_id(const struct ptree_node *node)
{
	return node->id;
}

pid_t ptree_node_pid(const struct ptree_node *node)
{
	return node->pid;
}

const struct ptree_node *ptree_node_parent(const struct ptree_node *node)
{
	return node->parent;
}

const struct ptree_node *ptree_node_parent_at(const struct ptree_tree *tree,
					      const struct ptree_node *node, uint64_t boot_ns)
{
	const struct rare *rare = node_rare(node);

	if (boot_ns < node->begin_ns)
		return NULL;
	for (uint32_t i = 0; i < rare->edge_count; i++) {
		if (boot_ns < rare->edges[i].to_ns)
			return ptree_tree_find_id(tree, rare->edges[i].parent_id);
	}
	return node->parent;
}

const struct ptree_node *ptree_node_origin(const struct ptree_node *node)
{
	return node->origin;
}

bool ptree_node_is_origin_inferred(const struct ptree_node *node)
{
	return node->origin && !node->is_origin_told;
}

uint32_t ptree_node_elided(const struct ptree_node *node)
{
	return node->elided;
}

const struct ptree_node *ptree_node_first_child(const struct ptree_node *node)
{
	return node_offspring(node)->live.head;
}

static const struct ptree_node *if_present(const struct ptree_node *node, bool present)
{
	return node && (node->fate == NODE_PRESENT) == present ? node : NULL;
}

const struct ptree_node *ptree_node_next_sibling(const struct ptree_node *node)
{
	return if_present(node->next, true);
}

const struct ptree_node *ptree_node_last_exited(const struct ptree_node *node)
{
	return node_offspring(node)->past.tail;
}

const struct ptree_node *ptree_node_prev_exited(const struct ptree_node *node)
{
	return if_present(node->prev, false);
}

const struct ptree_node *ptree_tree_last_failed(const struct ptree_tree *tree)
{
	return tree->failed_queue.tail;
}

const struct ptree_node *ptree_node_prev_failed(const struct ptree_node *node)
{
	return node->fate == NODE_QUEUED && node->is_in_failed_queue ? node->over.queue_prev : NULL;
}

const struct ptree_node *ptree_node_last_forked(const struct ptree_node *node)
{
	return node_offspring(node)->last_forked;
}

const struct ptree_node *ptree_node_prev_forked(const struct ptree_node *node)
{
	return node->fork_prev;
}

size_t ptree_node_child_count(const struct ptree_node *node)
{
	return node_offspring(node)->live_count;
}

uint64_t ptree_node_begin_ns(const struct ptree_node *node)
{
	return node->begin_ns;
}

bool ptree_node_is_begin_exact(const struct ptree_node *node)
{
	return node->is_begin_exact;
}

uint64_t ptree_node_end_ns(const struct ptree_node *node)
{
	return node_over(node)->end_ns;
}

bool ptree_node_has_ended(const struct ptree_node *node)
{
	return node->has_ended;
}

bool ptree_node_is_zombie(const struct ptree_node *node)
{
	return node->is_zombie;
}

bool ptree_node_is_leaderless(const struct ptree_node *node)
{
	return node->is_leader_gone && !node->has_ended;
}

bool ptree_node_exit_status(const struct ptree_node *node, uint32_t *status)
{
	if (!node->is_status_known)
		return false;
	*status = node->over.status;
	return true;
}

bool ptree_node_is_status_inferred(const struct ptree_node *node)
{
	return node->is_status_known && node->is_status_inferred;
}

bool ptree_node_is_kernel_thread(const struct ptree_node *node)
{
	return node->is_kernel_thread;
}

bool ptree_node_is_watched(const struct ptree_node *node)
{
	return node->is_watched;
}

uint32_t ptree_node_euid(const struct ptree_node *node)
{
	return node->euid;
}

uint32_t ptree_node_ruid(const struct ptree_node *node)
{
	return node->ruid;
}

uint32_t ptree_node_egid(const struct ptree_node *node)
{
	return node->egid;
}

uint32_t ptree_node_rgid(const struct ptree_node *node)
{
	return node->rgid;
}

uint64_t ptree_node_users_changed_ns(const struct ptree_node *node)
{
	return node_rare(node)->users_ns;
}

pid_t ptree_node_sid(const struct ptree_node *node)
{
	return node->sid;
}

pid_t ptree_node_tracer(const struct ptree_node *node)
{
	return node_rare(node)->tracer;
}

const struct ptree_image *ptree_node_image(const struct ptree_node *node, unsigned back)
{
	const struct past_image *past = node->past_images;
	const struct image *image = node->image;

	while (image && back--)
		image = image_before(&past);
	return image ? &image->pub : NULL;
}

const struct ptree_image *ptree_node_image_at(const struct ptree_node *node, uint64_t boot_ns)
{
	const struct past_image *past = node->past_images;
	const struct image *image = node->image;

	while (image && image->pub.begin_ns > boot_ns)
		image = image_before(&past);
	return image ? &image->pub : NULL;
}

uint32_t ptree_node_exec_count(const struct ptree_node *node)
{
	return node->exec_count;
}

/* The last one that has a name, and how many images ago. NULL: none has. */
static const struct ptree_image *latest_named(const struct ptree_node *node, unsigned *back)
{
	const struct past_image *past = node->past_images;
	const struct image *image = node->image;

	for (*back = 0; image; ++*back, image = image_before(&past)) {
		if (image->pub.comm[0])
			return &image->pub;
	}
	return NULL;
}

const char *ptree_node_comm(const struct ptree_node *node)
{
	unsigned back;
	const struct ptree_image *image = latest_named(node, &back);

	return image ? image->comm : "";
}

const char *ptree_image_name(const struct ptree_image *image)
{
	size_t last = image->argv_size - 1;
	bool is_whole = image->argv_status == PTREE_ARGV_NONE && image->argv_size &&
			!image->argv[last] &&
			!strncmp(image->argv, image->comm, PTREE_COMM_SIZE - 1);

	/* Workers change their names; what was read of the former one is not the name of this. */
	return is_whole ? image->argv : image->comm;
}

const char *ptree_node_name(const struct ptree_node *node)
{
	unsigned back;
	const struct ptree_image *image = latest_named(node, &back);

	return image ? ptree_image_name(image) : "";
}

bool ptree_node_is_comm_old(const struct ptree_node *node)
{
	unsigned back;

	return latest_named(node, &back) && back;
}

/* argv[0]'s last component, without the dash of a login shell. Not NUL-terminated if cut. */
static size_t program_name(const struct ptree_image *image, const char **name)
{
	const char *slash;
	size_t length;

	if (!image->argv_size || image->argv_status == PTREE_ARGV_NONE)
		return 0;
	*name = image->argv;
	length = strnlen(image->argv, image->argv_size);
	slash = memrchr(image->argv, '/', length);
	if (slash) {
		length -= (size_t)(slash + 1 - *name);
		*name = slash + 1;
	}
	if (length && **name == '-') {
		(*name)++;
		length--;
	}
	return length;
}

bool image_is_named(const struct image *image, const char *name)
{
	const char *program = NULL;
	size_t length;

	if (!*name)
		return false;
	if (!strcmp(image->pub.comm, name) || !strcmp(ptree_image_name(&image->pub), name))
		return true;
	length = program_name(&image->pub, &program);
	return length && length == strlen(name) && !memcmp(program, name, length);
}

/* The name is not terminated if it was cut. */
static bool program_matches(const struct ptree_image *image, const char *pattern)
{
	char terminated[256];
	const char *program;
	size_t length = program_name(image, &program);

	if (!length || length >= sizeof(terminated))
		return false;
	memcpy(terminated, program, length);
	terminated[length] = '\0';
	return !fnmatch(pattern, terminated, 0);
}

bool image_matches(const struct image *image, const char *pattern)
{
	const struct ptree_image *pub = &image->pub;

	if (pub->comm[0] &&
	    (!fnmatch(pattern, pub->comm, 0) || !fnmatch(pattern, ptree_image_name(pub), 0)))
		return true;
	return program_matches(pub, pattern);
}

bool ptree_node_is_named(const struct ptree_node *node, const char *name)
{
	return node->image && image_is_named(node->image, name);
}

void node_name(const struct ptree_node *node, char name[PTREE_COMM_SIZE])
{
	const char *program = node->image ? node->image->pub.comm : "";
	size_t length = strlen(program);

	if (!length && node->image)
		length = program_name(&node->image->pub, &program);
	length = length < PTREE_COMM_SIZE ? length : PTREE_COMM_SIZE - 1;
	memcpy(name, program, length);
	name[length] = '\0';
}

enum ptree_change_kind ptree_node_last_change(const struct ptree_node *node, uint64_t *boot_ns)
{
	if (boot_ns)
		*boot_ns = node->change_ns;
	return (enum ptree_change_kind)node->change;
}
