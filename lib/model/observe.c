/* SPDX-License-Identifier: MIT */
/*
 * What a scan of /proc saw, merged into the tree. Events say what exists; a scan seeds the tree,
 * repairs it after a loss, and stands in for the events where there are none. It never throws
 * away what events taught.
 */
#include "tree.h"

#include <errno.h>
#include <string.h>

#define SAME_BEGIN_NS (50 * NS_PER_MS)
#define INIT_PID 1 /* there in every pid namespace, and nobody's who is not root */

static bool is_same_process(const struct ptree_node *node, const struct ptree_process *process)
{
	uint64_t a = node->begin_ns;
	uint64_t b = process->start_ns;

	return node->is_placeholder || (a > b ? a - b : b - a) <= SAME_BEGIN_NS;
}

static void news(struct ptree_tree *tree, struct ptree_node *node, enum ptree_change_kind kind,
		 uint64_t now_ns)
{
	if (tree->is_polling)
		tree_note(tree, node, kind, now_ns, NULL);
	else
		tree->generation++;
}

static void end_unseen(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	tree_end(tree, node, now_ns);
	tree_note(tree, node, PTREE_CHANGE_EXITED, now_ns, NULL);
}

static void set_kernel_thread(struct ptree_tree *tree, struct ptree_node *node, bool is)
{
	if (node->is_kernel_thread == is)
		return;
	node->is_kernel_thread = is;
	tree->counts.kernel_threads += is ? 1 : (size_t)-1;
}

static void take_text(struct ptree_tree *tree, struct ptree_node *node,
		      const struct ptree_process *process)
{
	bool is_other = !node->image || memcmp(node->image->pub.comm, process->comm,
					       strnlen(process->comm, PTREE_COMM_SIZE - 1) + 1);
	bool is_first = !node->image;

	if (is_other && !is_first && tree->is_polling) {
		/* Most renames are execs; there is no telling from outside. */
		if (image_push(tree, node, process->read_ns))
			return;
		node->exec_count++;
		news(tree, node, PTREE_CHANGE_EXECED, process->read_ns);
	}
	if (is_other && image_set_comm(tree, node, process->comm))
		return;
	if (is_other) /* most renames are execs, and this one's event is late or lost */
		image_forget_argv(node->image);
	if (node->is_kernel_thread)
		node->image->pub.argv_status = PTREE_ARGV_NONE;
	else if (process->argv_status != PTREE_ARGV_PENDING && node->image->refs == 1)
		image_set_argv(node->image, process->read_ns, process->argv_status, process->argv,
			       process->argv_size);
	if (is_other)
		tree->generation++;
	watch_check_name(tree, node);
}

static void take_attributes(struct ptree_node *node, const struct ptree_process *process)
{
	node->euid = process->euid;
	node->sid = process->sid;
	if (process->ruid == PTREE_UNKNOWN_ID)
		return;
	node->ruid = process->ruid;
	node->rgid = process->rgid;
	node->egid = process->egid;
	node->tracer = process->tracer;
}

/* The kernel's parent, unless an event told of a later one. */
static int take_parent(struct ptree_tree *tree, struct ptree_node *node,
		       const struct ptree_process *process)
{
	struct ptree_node *parent = tree_latest(tree, process->ppid);

	if (process->read_ns < node->parent_ns)
		return 0;
	if (!parent || process->ppid <= 0)
		parent = tree_live_or_placeholder(tree, process->ppid, process->read_ns);
	if (!parent)
		return -ENOMEM;
	if (node->parent == parent || parent == node)
		return 0;
	tree_move(tree, node, parent, process->read_ns);
	feed_push(tree, PTREE_CHANGE_MOVED, node, process->read_ns, NULL);
	return 0;
}

static void infer_origin(struct ptree_tree *tree, struct ptree_node *node)
{
	if (node->origin || node->is_origin_told || node->parent == &tree->root)
		return;
	tree_set_origin(tree, node, node->parent);
	watch_inherit(tree, node, node->parent);
}

static void fill_placeholder(struct ptree_tree *tree, struct ptree_node *node,
			     const struct ptree_process *process)
{
	tree_set_known(tree, node);
	node->begin_ns = process->start_ns;
	node->parent_ns = 0;
	take_attributes(node, process);
}

static void take_state(struct ptree_tree *tree, struct ptree_node *node,
		       const struct ptree_process *process)
{
	if (process->state != 'Z')
		return;
	node->is_leader_gone = true;
	if (process->thread_count > 1)
		return;
	if (node->image && node->image->pub.argv_status == PTREE_ARGV_PENDING)
		node->image->pub.argv_status = PTREE_ARGV_LATE;
	tree_end(tree, node, process->read_ns);
	tree_set_zombie(tree, node, true);
	news(tree, node, PTREE_CHANGE_EXITED, process->read_ns);
}

static int refresh(struct ptree_tree *tree, struct ptree_node *node,
		   const struct ptree_process *process)
{
	bool was_placeholder = node->is_placeholder;
	int err;

	node->read_ns = process->read_ns;
	if (was_placeholder)
		fill_placeholder(tree, node, process);
	set_kernel_thread(tree, node, process->is_kernel_thread);
	err = take_parent(tree, node, process);
	if (err)
		return err;
	infer_origin(tree, node);
	if (process->read_ns >= node->event_ns)
		take_attributes(node, process);
	if (process->read_ns >= node->event_ns || !node->image)
		take_text(tree, node, process);
	if (was_placeholder)
		tree_bequeath(tree, node);
	usage_observe(tree, node, process);
	take_state(tree, node, process);
	return 0;
}

static int add(struct ptree_tree *tree, const struct ptree_process *process)
{
	struct ptree_node *node = tree_add(tree, process->pid, &tree->root, process->start_ns);

	if (!node)
		return -ENOMEM;
	node->parent_ns = 0; /* it is not known how long its parent has been that */
	news(tree, node, PTREE_CHANGE_FORKED, process->read_ns);
	return refresh(tree, node, process);
}

/* It was read before it ended: that it lives is no longer true, but who it was is. */
static void observe_late(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_process *process)
{
	if (node->is_begin_exact && !is_same_process(node, process))
		return;
	if (process->state == 'Z')
		tree_set_zombie(tree, node, true);
	if (node->image || image_set_comm(tree, node, process->comm))
		return;
	node->image->pub.argv_status = PTREE_ARGV_LATE;
	node->begin_ns = process->start_ns;
	node->is_kernel_thread = process->is_kernel_thread;
	take_attributes(node, process);
	tree->generation++;
}

/* One that is over in the tree, and of which /proc still has an entry. */
static void observe_ended(struct ptree_tree *tree, struct ptree_node *node,
			  const struct ptree_process *process)
{
	bool is_leader_gone = process->state == 'Z';

	if (is_leader_gone && process->thread_count <= 1) {
		tree_set_zombie(tree, node, true);
	} else if (process->read_ns > node->end_ns) {
		tree_revive(tree, node);
		node->is_leader_gone = is_leader_gone;
	}
	node->read_ns = process->read_ns;
}

int ptree_tree_observe(struct ptree_tree *tree, const struct ptree_process *process)
{
	struct ptree_node *node = tree_latest(tree, process->pid);

	if (process->pid <= 0)
		return -EINVAL;
	if (process->state == 'X')
		return 0; /* it was being reaped */
	if (!node)
		return add(tree, process);
	if (node->has_ended && process->read_ns < node->end_ns) {
		observe_late(tree, node, process);
		return 0;
	}
	if (is_same_process(node, process)) {
		if (!node->has_ended)
			return refresh(tree, node, process);
		observe_ended(tree, node, process);
		return 0;
	}
	if (process->start_ns < node->begin_ns)
		return 0; /* the pid was given away again after the reading */
	if (!node->has_ended)
		end_unseen(tree, node, process->start_ns);
	else
		tree_set_zombie(tree, node, false);
	return add(tree, process);
}

static bool is_unseen(const struct ptree_node *node, uint64_t scan_start_ns)
{
	return node->read_ns < scan_start_ns && node->event_ns < scan_start_ns &&
	       node->begin_ns < scan_start_ns;
}

/* What /proc has never shown may be hidden from us rather than gone. */
static bool is_gone(const struct ptree_node *node, uint64_t scan_start_ns, bool is_partial)
{
	return node->fate == NODE_PRESENT && is_unseen(node, scan_start_ns) &&
	       (node->read_ns || !is_partial);
}

static size_t sweep_once(struct ptree_tree *tree, uint64_t scan_start_ns, bool is_partial)
{
	size_t swept = 0;

	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		struct ptree_node *node = tree->by_id.slots[i].value;

		if (!node || !is_gone(node, scan_start_ns, is_partial))
			continue;
		if (node->is_zombie)
			tree_set_zombie(tree, node, false);
		else
			end_unseen(tree, node, scan_start_ns);
		swept++;
	}
	return swept;
}

void ptree_tree_sweep(struct ptree_tree *tree, uint64_t scan_start_ns)
{
	const struct ptree_node *init = tree_live(tree, INIT_PID);
	bool is_partial = !init || init->read_ns < scan_start_ns;

	/* Ending one can forget others, which shifts the map's slots: repeat until all are met. */
	while (sweep_once(tree, scan_start_ns, is_partial))
		;
}

void ptree_tree_set_polling(struct ptree_tree *tree, bool polling)
{
	tree->is_polling = polling;
}

int ptree_tree_adopt(struct ptree_tree *tree, pid_t child, pid_t ppid)
{
	struct ptree_node *node = tree_present(tree, child);
	struct ptree_node *parent = ppid == 0 ? &tree->root : tree_latest(tree, ppid);
	struct ptree_node *old;

	if (!node || !parent)
		return -ESRCH;
	old = node->parent;
	if (parent == old) { /* the kernel says that it lives, after all */
		tree_revive(tree, old);
		return 0;
	}
	while (old->live.head) {
		struct ptree_node *orphan = old->live.head;

		tree_move(tree, orphan, parent, old->end_ns ? old->end_ns : node->event_ns);
		if (orphan->parent == old)
			return -EINVAL;
		feed_push(tree, PTREE_CHANGE_MOVED, orphan, orphan->parent_ns, NULL);
	}
	return 0;
}

int ptree_tree_set_comm(struct ptree_tree *tree, uint64_t id, const char comm[PTREE_COMM_SIZE])
{
	struct ptree_node *node = map_find(&tree->by_id, id);

	if (!node)
		return -ESRCH;
	if (node->image && !strncmp(node->image->pub.comm, comm, PTREE_COMM_SIZE))
		return 0;
	if (image_set_comm(tree, node, comm))
		return -ENOMEM;
	watch_check_name(tree, node);
	tree->generation++;
	return 0;
}

static bool is_known_argv(const struct ptree_image *image, enum ptree_argv_status status,
			  const char *argv, size_t size)
{
	return image->argv_status == status && image->argv_size == size &&
	       (!size || !memcmp(image->argv, argv, size));
}

int ptree_tree_set_argv(struct ptree_tree *tree, uint64_t id, uint64_t image_ns, uint64_t read_ns,
			enum ptree_argv_status status, const char *argv, size_t size)
{
	struct ptree_node *node = map_find(&tree->by_id, id);
	bool was_pending;
	int err;

	if (!node || !node->image)
		return -ESRCH;
	if (node->image->pub.begin_ns != image_ns)
		return -ESTALE;
	if (is_known_argv(&node->image->pub, status, argv, size))
		return 0;
	was_pending = node->image->pub.argv_status == PTREE_ARGV_PENDING;
	if (!was_pending && node->image->refs > 1) {
		/* This one rewrote its arguments; those that share the image did not. */
		err = image_set_comm(tree, node, node->image->pub.comm);
		if (err)
			return err;
	}
	err = image_set_argv(node->image, read_ns, status, argv, size);
	if (err)
		return err;
	watch_check_name(tree, node);
	tree->generation++;
	if (was_pending)
		feed_push(tree, PTREE_CHANGE_ARGV, node, read_ns, NULL);
	return 0;
}
