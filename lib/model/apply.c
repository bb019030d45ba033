/* SPDX-License-Identifier: MIT */
/*
 * Events, turned into changes of the tree. What the kernel means by each event is known here.
 *
 * A scan and the events that queued while it ran are merged by when each was true: an event older
 * than what was read of the process never overwrites it.
 */
#include "tree.h"

#include <errno.h>
#include <string.h>

/* A begin read from /proc is as fine as a tick, and the event comes a little after the fork. */
#define SAME_BEGIN_NS (50 * NS_PER_MS)
#define KTHREADD_PID 2

static uint64_t distance_ns(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void inherit(struct ptree_tree *tree, struct ptree_node *child,
		    const struct ptree_node *parent)
{
	child->ruid = parent->ruid;
	child->euid = parent->euid;
	child->rgid = parent->rgid;
	child->egid = parent->egid;
	child->sid = parent->sid;
	if (parent->is_kernel_thread || parent->pid == KTHREADD_PID) {
		child->is_kernel_thread = true;
		tree->counts.kernel_threads++;
	}
	image_inherit(tree, child, parent);
	watch_inherit(tree, child, parent);
}

static void inherit_unknown(struct ptree_tree *tree, struct ptree_node *child,
			    const struct ptree_node *parent)
{
	if (child->euid == PTREE_UNKNOWN_ID)
		child->euid = parent->euid;
	if (!child->sid)
		child->sid = parent->sid;
	/* Without an image it has not exec'd either, but its parent may have since. */
	if (!child->image && parent->image && parent->image->pub.begin_ns <= child->begin_ns)
		image_inherit(tree, child, parent);
}

static struct ptree_node *next_forked(struct ptree_node *node, const struct ptree_node *top)
{
	if (node->last_forked)
		return node->last_forked;
	while (node != top && !node->fork_prev)
		node = node->origin;
	return node == top ? NULL : node->fork_prev;
}

void tree_bequeath(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_node *heir = next_forked(node, node);

	for (; heir; heir = next_forked(heir, node))
		inherit_unknown(tree, heir, heir->origin);
}

static void count_fork(struct ptree_tree *tree, struct ptree_node *parent)
{
	tree->counts.forks++;
	activity_note(tree, parent, ACTIVITY_FORK);
}

/* The fork of a process that a scan has already shown: to the feed it is news all the same. */
static void confirm_fork(struct ptree_tree *tree, struct ptree_node *node,
			 struct ptree_node *parent, const struct ptree_event *event,
			 uint64_t now_ns)
{
	if (!node->is_begin_exact) {
		count_fork(tree, parent);
		tree_note(tree, node, PTREE_CHANGE_FORKED, now_ns, event);
	}
	node->begin_ns = now_ns;
	node->is_begin_exact = true;
	if (now_ns > node->event_ns)
		node->event_ns = now_ns;
	if (node->is_origin_told)
		return;
	tree_set_origin(tree, node, parent);
	node->is_origin_told = true;
	watch_inherit(tree, node, parent);
}

enum known_as {
	UNHEARD_OF,
	THE_SAME,
	AN_OLDER_ONE, /* what lives under this pid is younger than the event */
};

static enum known_as recognize(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	if (node->is_placeholder)
		return UNHEARD_OF;
	if (node->is_begin_exact && now_ns == node->begin_ns)
		return THE_SAME;
	if (!node->is_begin_exact && distance_ns(node->begin_ns, now_ns) <= SAME_BEGIN_NS)
		return THE_SAME;
	if (now_ns < node->begin_ns)
		return AN_OLDER_ONE;
	/* The kernel gave the pid away again: this one's end was missed. */
	tree_end(tree, node, now_ns);
	tree_note(tree, node, PTREE_CHANGE_EXITED, now_ns, NULL);
	return UNHEARD_OF;
}

static struct ptree_node *add_forked(struct ptree_tree *tree, pid_t pid, struct ptree_node *parent,
				     uint64_t now_ns)
{
	struct ptree_node *node = tree_live(tree, pid);

	if (node) { /* a placeholder for one whose child was heard of first */
		tree_set_known(tree, node);
		node->begin_ns = now_ns;
		tree_move(tree, node, parent, now_ns);
	} else {
		node = tree_add(tree, pid, parent, now_ns);
	}
	if (!node)
		return NULL;
	node->is_begin_exact = true;
	node->is_origin_told = true;
	tree_set_origin(tree, node, parent);
	inherit(tree, node, parent);
	tree_bequeath(tree, node);
	return node;
}

/* A scan came so late that it found the process over, and its fork is still to be heard of. */
static bool is_seen_zombie(const struct ptree_node *node, uint64_t now_ns)
{
	return !node->is_begin_exact && !node->is_status_known && node->read_ns > now_ns &&
	       distance_ns(node->begin_ns, now_ns) <= SAME_BEGIN_NS;
}

static int apply_process_fork(struct ptree_tree *tree, const struct ptree_event *event,
			      uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, event->tgid);
	struct ptree_node *parent;

	if (event->parent_tgid == event->tgid)
		return 0; /* not the kernel's: nobody is its own parent */
	parent = tree_live_or_placeholder(tree, event->parent_tgid, now_ns);
	if (!parent)
		return -ENOMEM;
	if (node && node->has_ended && !is_seen_zombie(node, now_ns))
		node = NULL;
	switch (node ? recognize(tree, node, now_ns) : UNHEARD_OF) {
	case AN_OLDER_ONE:
		return 0;
	case THE_SAME:
		confirm_fork(tree, node, parent, event, now_ns);
		return 0;
	case UNHEARD_OF:
		break;
	}
	node = add_forked(tree, event->tgid, parent, now_ns);
	if (!node)
		return -ENOMEM;
	node->event_ns = now_ns;
	count_fork(tree, parent);
	tree_note(tree, node, PTREE_CHANGE_FORKED, now_ns, event);
	return 0;
}

/* The forking thread is not told, so that the new one's name can only be the process's. */
static int apply_fork(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_node *node;

	if (event->pid <= 0 || event->tgid <= 0)
		return 0;
	if (event->pid == event->tgid)
		return apply_process_fork(tree, event, now_ns);
	node = tree_live_or_placeholder(tree, event->tgid, now_ns);
	if (!node)
		return -ENOMEM;
	node->event_ns = now_ns;
	return thread_add(tree, node, event->pid, now_ns, NULL);
}

/* An exec from a thread looks like the exit of the process first: it lives on. */
static struct ptree_node *live_or_revived(struct ptree_tree *tree, pid_t pid, uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, pid);

	if (node && node->has_ended && distance_ns(node->end_ns, now_ns) < NS_PER_S)
		tree_revive(tree, node);
	return tree_live_or_placeholder(tree, pid, now_ns);
}

static void set_user_process(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node->is_kernel_thread)
		return;
	node->is_kernel_thread = false;
	tree->counts.kernel_threads--;
}

static int apply_exec(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_node *node = live_or_revived(tree, event->tgid, now_ns);

	if (!node || node == &tree->root)
		return node ? 0 : -ENOMEM;
	if (node->image && node->read_ns > now_ns ? image_redate(tree, node, now_ns)
						  : image_push(tree, node, now_ns))
		return -ENOMEM;
	set_user_process(tree, node);
	thread_remove_all(tree, node);
	node->is_leader_gone = false;
	node->exec_count++;
	tree->counts.execs++;
	activity_note(tree, node, ACTIVITY_EXEC);
	node->event_ns = now_ns;
	tree_note(tree, node, PTREE_CHANGE_EXECED, now_ns, event);
	return 0;
}

/* Whether the process is over with this task. */
static bool task_exits(struct ptree_tree *tree, struct ptree_node *node, pid_t tid)
{
	struct ptree_thread *thread = thread_find(tree, node, tid);

	if (tid == node->pid) {
		node->is_leader_gone = true;
		tree->generation++;
	} else if (thread) {
		thread_remove(tree, thread);
	}
	return node->is_leader_gone && !node->thread_count;
}

/* What a scan found to be a zombie, or missed, before its event was read. */
static void complete_exit(struct ptree_tree *tree, struct ptree_node *node,
			  const struct ptree_event *event, uint64_t now_ns)
{
	if (node->is_status_known || event->pid != event->tgid)
		return;
	node->status = event->u.exit.status;
	node->is_status_known = true;
	node->end_ns = now_ns;
	tree_end_status_told(tree, node);
	usage_recharge(tree, node);
	tree_note(tree, node, PTREE_CHANGE_EXITED, now_ns, event);
}

static void finish(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns,
		   const struct ptree_event *event)
{
	node->is_status_known = true;
	tree_end(tree, node, now_ns);
	tree_note(tree, node, PTREE_CHANGE_EXITED, now_ns, event);
}

void tree_finish_leaderless(struct ptree_tree *tree, struct ptree_node *node)
{
	if (node->is_leader_gone && !node->has_ended)
		finish(tree, node, node->event_ns, NULL);
}

/*
 * It began before anybody looked. A scan under way may have read it and not have said so yet: who
 * it was may still become known, and that it is over must not be forgotten until then.
 */
static int add_ended(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_node *parent = tree_live(tree, event->parent_tgid);
	struct ptree_node *node;

	if (event->pid != event->tgid || event->tgid <= 0)
		return 0;
	node = tree_add(tree, event->tgid, parent ? parent : &tree->root, now_ns);
	if (!node)
		return -ENOMEM;
	node->event_ns = now_ns;
	node->status = event->u.exit.status;
	finish(tree, node, now_ns, event);
	return 0;
}

static int apply_exit(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, event->tgid);

	if (!node)
		return add_ended(tree, event, now_ns);
	if (node->has_ended) {
		complete_exit(tree, node, event, now_ns);
		return 0;
	}
	if (now_ns + SAME_BEGIN_NS < node->begin_ns)
		return 0; /* of an older process with this pid */
	node->event_ns = now_ns;
	node->status = event->u.exit.status; /* the last task's is the process's */
	if (!task_exits(tree, node, event->pid))
		return 0;
	finish(tree, node, now_ns, event);
	return 0;
}

static enum ptree_change_kind change_of(enum ptree_event_kind kind)
{
	switch (kind) {
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		return PTREE_CHANGE_CREDENTIALS;
	case PTREE_EVENT_SID:
		return PTREE_CHANGE_SESSION;
	case PTREE_EVENT_PTRACE:
		return PTREE_CHANGE_TRACED;
	case PTREE_EVENT_COMM:
		return PTREE_CHANGE_RENAMED;
	case PTREE_EVENT_COREDUMP:
		return PTREE_CHANGE_COREDUMP;
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_EXEC:
	case PTREE_EVENT_EXIT:
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		break;
	}
	return PTREE_CHANGE_NONE;
}

static int take_attribute(struct ptree_tree *tree, struct ptree_node *node,
			  const struct ptree_event *event)
{
	if (event->kind == PTREE_EVENT_UID) {
		node->ruid = event->u.id.real;
		node->euid = event->u.id.effective;
	} else if (event->kind == PTREE_EVENT_GID) {
		node->rgid = event->u.id.real;
		node->egid = event->u.id.effective;
	} else if (event->kind == PTREE_EVENT_SID) {
		node->sid = event->tgid;
	} else if (event->kind == PTREE_EVENT_PTRACE) {
		node->tracer = event->u.ptrace.tracer_tgid;
	} else if (event->kind == PTREE_EVENT_COMM) {
		if (image_set_comm(tree, node, event->u.comm))
			return -ENOMEM;
		watch_check_name(tree, node);
	}
	return 0;
}

static void rename_thread(struct ptree_tree *tree, const struct ptree_node *node,
			  const struct ptree_event *event)
{
	struct ptree_thread *thread = thread_find(tree, node, event->pid);

	if (!thread)
		return;
	memcpy(thread->comm, event->u.comm, sizeof(thread->comm));
	thread->comm[PTREE_COMM_SIZE - 1] = '\0';
	tree->generation++;
}

/* A thread's own attribute is not the process's. */
static int apply_attribute(struct ptree_tree *tree, const struct ptree_event *event,
			   uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, event->tgid);

	if (!node)
		node = tree_live_or_placeholder(tree, event->tgid, now_ns);
	if (!node || node == &tree->root)
		return node ? 0 : -ENOMEM;
	if (event->pid != event->tgid) {
		if (event->kind == PTREE_EVENT_COMM)
			rename_thread(tree, node, event);
		return 0;
	}
	if (now_ns >= node->read_ns && take_attribute(tree, node, event))
		return -ENOMEM;
	node->event_ns = now_ns;
	tree_note(tree, node, change_of(event->kind), now_ns, event);
	return 0;
}

int ptree_tree_apply(struct ptree_tree *tree, const struct ptree_event *event)
{
	uint64_t now_ns = event->time_ns + tree->clock_offset_ns;

	switch (event->kind) {
	case PTREE_EVENT_FORK:
		return apply_fork(tree, event, now_ns);
	case PTREE_EVENT_EXEC:
		return apply_exec(tree, event, now_ns);
	case PTREE_EVENT_EXIT:
		return apply_exit(tree, event, now_ns);
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
	case PTREE_EVENT_SID:
	case PTREE_EVENT_PTRACE:
	case PTREE_EVENT_COMM:
	case PTREE_EVENT_COREDUMP:
		return apply_attribute(tree, event, now_ns);
	case PTREE_EVENT_UNKNOWN:
		feed_push(tree, PTREE_CHANGE_UNKNOWN, NULL, now_ns, event);
		return 0;
	case PTREE_EVENT_LOST:
		feed_push(tree, PTREE_CHANGE_LOST, NULL, now_ns, event);
		return 0;
	case PTREE_EVENT_ACK:
		return 0;
	}
	return 0;
}

int ptree_tree_apply_many(struct ptree_tree *tree, const struct ptree_event *events, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count; i++) {
		int result = ptree_tree_apply(tree, &events[i]);

		err = err ? err : result;
	}
	return err;
}
