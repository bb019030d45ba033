/* SPDX-License-Identifier: MIT */
/*
 * What a scan of /proc saw, translated into facts. Events say what exists; a scan seeds the tree,
 * repairs it after a loss, and stands in for the events where there are none. It never throws
 * away what events taught, and what it finds as it was is no fact.
 */
#include "observe.h"
#include "limits.h"
#include "tell.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

#define INIT_PID 1 /* there in every pid namespace, and nobody's who is not root */

static bool is_same_process(const struct ptree_node *node, const struct ptree_process *process)
{
	return node->is_placeholder || tree_is_same(node, process->start_ns);
}

/* ---- text ---- */

static bool has_name(const struct ptree_node *node, const char comm[PTREE_COMM_SIZE])
{
	return node->image && !strncmp(node->image->pub.comm, comm, PTREE_COMM_SIZE - 1);
}

/* Most renames are execs; there is no telling from outside. Kernel workers are named after what
   they work on. */
static int tell_unseen_exec(struct ptree_tree *tree, struct ptree_node *node,
			    const struct ptree_process *process)
{
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_IMAGE, PTREE_FACT_INFERRED, process->read_ns);

	if (!node->image || !tree->is_polling || node->is_kernel_thread)
		return 0;
	fact.is_news = true;
	fact.u.image.id = tree->next_id;
	fact.u.image.begin_ns = process->read_ns;
	fact.u.image.kept = LIMITS_IMAGES;
	return ptree_tree_learn(tree, &fact);
}

static int take_name(struct ptree_tree *tree, struct ptree_node *node,
		     const struct ptree_process *process)
{
	bool is_first = !node->image;
	int err;

	if (has_name(node, process->comm))
		return 0;
	err = tell_unseen_exec(tree, node, process);
	if (!err)
		err = tell_name(tree, node, tell_own_image(tree, node), process->comm,
				process->read_ns);
	if (err || is_first || node->image->pub.argv_status == PTREE_ARGV_PENDING ||
	    node->is_kernel_thread)
		return err;
	/* Most renames are execs, and this one's event is late or lost. */
	return tell_arguments(tree, node, node->image->pub.id, 0, PTREE_ARGV_PENDING, NULL, 0);
}

static bool has_argv(const struct ptree_image *image, enum ptree_argv_status status,
		     const char *argv, size_t size)
{
	return image->argv_status == status && image->argv_size == size &&
	       (!size || !memcmp(image->argv, argv, size));
}

/* With its NUL; 0: comm has all of it. */
static size_t whole_name_size(const char name[PTREE_NAME_SIZE])
{
	size_t length = strnlen(name, PTREE_NAME_SIZE - 1);

	return length < PTREE_COMM_SIZE ? 0 : length + 1;
}

static int take_argv(struct ptree_tree *tree, struct ptree_node *node,
		     const struct ptree_process *process)
{
	const struct ptree_image *image = &node->image->pub;
	enum ptree_argv_status status = process->argv_status;
	const char *argv = process->argv;
	size_t size = process->argv_size;

	if (node->is_kernel_thread) {
		status = PTREE_ARGV_NONE;
		argv = process->name;
		size = whole_name_size(process->name);
	}
	if (status == PTREE_ARGV_PENDING || (node->image->refs > 1 && !node->is_kernel_thread) ||
	    has_argv(image, status, argv, size))
		return 0;
	return tell_arguments(tree, node, image->id, process->read_ns, status, argv, size);
}

static int take_text(struct ptree_tree *tree, struct ptree_node *node,
		     const struct ptree_process *process)
{
	int err = take_name(tree, node, process);

	return err || !node->image ? err : take_argv(tree, node, process);
}

/* ---- attributes and links ---- */

static int take_attributes(struct ptree_tree *tree, struct ptree_node *node,
			   const struct ptree_process *process)
{
	bool has_status = process->ruid != PTREE_UNKNOWN_ID;
	struct ptree_fact tracer =
	    tell_about(node, PTREE_FACT_TRACER, PTREE_FACT_READ, process->read_ns);
	int err = tell_users(tree, node, has_status ? process->ruid : node->ruid, process->euid,
			     process->read_ns);

	if (!err)
		err = tell_session(tree, node, process->sid, process->read_ns);
	if (err || !has_status)
		return err;
	err = tell_groups(tree, node, process->rgid, process->egid, process->read_ns);
	tracer.u.pid = process->tracer;
	if (!err && node_rare(node)->tracer != process->tracer)
		err = ptree_tree_learn(tree, &tracer);
	return err;
}

/* The kernel's parent, unless an event told of a later one. */
static int take_parent(struct ptree_tree *tree, struct ptree_node *node,
		       const struct ptree_process *process)
{
	struct ptree_node *parent = tree_latest(tree, process->ppid);

	if (process->read_ns < node_parent_ns(node))
		return 0;
	if (!parent || process->ppid <= 0)
		parent = tell_of_somebody(tree, process->ppid, process->read_ns);
	if (!parent)
		return -ENOMEM;
	return tell_move(tree, node, parent, PTREE_FACT_READ, process->read_ns);
}

static int infer_origin(struct ptree_tree *tree, struct ptree_node *node, uint64_t read_ns)
{
	if (node->origin || node->is_origin_told || node->parent == &tree->root)
		return 0;
	return tell_origin(tree, node, node->parent, false, read_ns);
}

static int fill_placeholder(struct ptree_tree *tree, struct ptree_node *node,
			    const struct ptree_process *process)
{
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_FILLED, PTREE_FACT_READ, process->read_ns);
	int err;

	fact.u.date.begin_ns = process->start_ns;
	err = ptree_tree_learn(tree, &fact);
	return err ? err : take_attributes(tree, node, process);
}

/* ---- samples ---- */

/* Two samples as close as this tell nothing: CPU time in /proc counts in ticks of 10 ms. */
#define LEAST_INTERVAL_NS (200 * NS_PER_MS)

/*
 * Since when it has used what it used. It has used nothing when it begins, if that was seen. A
 * rate is that of the whole interval, so that the sum of all is never more than there is.
 */
static uint64_t sampled_before_ns(const struct ptree_tree *tree, const struct ptree_node *node)
{
	if (node->sampled_ns || !node->is_begin_exact)
		return node->sampled_ns;
	return tree->tick_before_ns && tree->tick_before_ns < node->begin_ns ? tree->tick_before_ns
									     : node->begin_ns;
}

static bool is_news_of(const struct ptree_node *node, const struct ptree_fact *fact)
{
	const struct sample *sample = node_sample(node);

	if (sample->rss_bytes != fact->u.sample.rss_bytes ||
	    sample->state != fact->u.sample.state || sample->nice != fact->u.sample.nice ||
	    sample->priority != fact->u.sample.priority || sample->pgrp != fact->u.sample.pgrp ||
	    sample->tty != fact->u.sample.tty ||
	    sample->virtual_bytes != fact->u.sample.virtual_bytes)
		return true;
	if (!fact->u.sample.has_cpu)
		return false;
	return node->cpu_user_ns != fact->u.sample.cpu_user_ns ||
	       node_rare(node)->waited_cpu_ns != fact->u.sample.waited_cpu_ns ||
	       node->cpu_system_ns != fact->u.sample.cpu_system_ns || !node->sampled_ns ||
	       (fact->u.sample.interval_ns && (!node->has_rate || sample->cpu_permille));
}

int observe_usage(struct ptree_tree *tree, struct ptree_node *node,
		  const struct ptree_process *process, uint64_t idle_until_ns)
{
	uint64_t before_ns = sampled_before_ns(tree, node);
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_SAMPLED, PTREE_FACT_READ, process->read_ns);

	fact.u.sample.state = process->state;
	fact.u.sample.rss_bytes = process->rss_bytes;
	fact.u.sample.has_cpu = !before_ns || process->read_ns >= before_ns + LEAST_INTERVAL_NS;
	if (before_ns && before_ns < idle_until_ns &&
	    process->read_ns > idle_until_ns + LEAST_INTERVAL_NS)
		before_ns = idle_until_ns;
	fact.u.sample.cpu_user_ns = process->cpu_user_ns;
	fact.u.sample.cpu_system_ns = process->cpu_system_ns;
	fact.u.sample.waited_cpu_ns = process->waited_cpu_ns;
	fact.u.sample.nice = process->nice;
	fact.u.sample.priority = process->priority;
	fact.u.sample.pgrp = process->pgrp;
	fact.u.sample.tty = process->tty;
	fact.u.sample.virtual_bytes = process->virtual_bytes;
	fact.u.sample.minor_faults = process->minor_faults;
	fact.u.sample.major_faults = process->major_faults;
	if (before_ns && fact.u.sample.has_cpu)
		fact.u.sample.interval_ns = process->read_ns - before_ns;
	if (is_news_of(node, &fact))
		return ptree_tree_learn(tree, &fact);
	if (fact.u.sample.has_cpu)
		node->sampled_ns = process->read_ns;
	return 0;
}

int ptree_tree_sample(struct ptree_tree *tree, const struct ptree_process *process)
{
	struct ptree_node *node = tree_live(tree, process->pid);

	return node ? observe_usage(tree, node, process, 0) : -ESRCH;
}

void ptree_tree_tick(struct ptree_tree *tree, uint64_t now_ns)
{
	struct ptree_fact tick = tell_about(NULL, PTREE_FACT_TICK, PTREE_FACT_READ, now_ns);

	if (now_ns <= tree->tick_ns)
		return;
	/* How long it took to come to the first is not known. */
	tick.u.interval_ns = tree->tick_ns ? now_ns - tree->tick_ns : NS_PER_S;
	tree->tick_before_ns = tree->tick_ns;
	tree->tick_ns = now_ns;
	if (tree->active)
		ptree_tree_learn(tree, &tick);
}

/* ---- one entry ---- */

static int take_state(struct ptree_tree *tree, struct ptree_node *node,
		      const struct ptree_process *process)
{
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_ENDED, PTREE_FACT_READ, process->read_ns);
	int err;

	if (process->state != 'Z')
		return 0;
	err = tell_leader(tree, node, true, process->read_ns);
	if (err || process->thread_count > 1)
		return err;
	if (node->image && node->image->refs == 1 &&
	    node->image->pub.argv_status == PTREE_ARGV_PENDING)
		err = tell_arguments(tree, node, node->image->pub.id, process->read_ns,
				     PTREE_ARGV_LATE, NULL, 0);
	fact.is_news = tree->is_polling;
	fact.u.end.end_ns = process->read_ns ? process->read_ns : 1;
	if (!err)
		err = tell_end(tree, node, &fact);
	fact.kind = PTREE_FACT_ZOMBIE;
	fact.is_news = false;
	return err ? err : ptree_tree_learn(tree, &fact);
}

static int refresh(struct ptree_tree *tree, struct ptree_node *node,
		   const struct ptree_process *process)
{
	bool was_placeholder = node->is_placeholder;
	bool is_newer = process->read_ns >= node->evidence.event_ns;
	int err = 0;

	node->evidence.read_ns = process->read_ns;
	if (was_placeholder)
		err = fill_placeholder(tree, node, process);
	if (!err)
		err = tell_kernel_thread(tree, node, process->is_kernel_thread, process->read_ns);
	if (!err)
		err = take_parent(tree, node, process);
	if (!err)
		err = infer_origin(tree, node, process->read_ns);
	if (!err && is_newer)
		err = take_attributes(tree, node, process);
	if (!err && (is_newer || !node->image))
		err = take_text(tree, node, process);
	if (!err && was_placeholder)
		err = tell_heirs(tree, node, process->read_ns);
	if (!err)
		err = observe_usage(tree, node, process, 0);
	return err ? err : take_state(tree, node, process);
}

static struct ptree_fact birth_of(const struct ptree_tree *tree,
				  const struct ptree_process *process)
{
	return (struct ptree_fact){
		.kind = PTREE_FACT_APPEARED,
		.source = PTREE_FACT_READ,
		.is_news = tree->is_polling,
		.time_ns = process->read_ns,
		.u.birth = { .pid = process->pid,
			     .begin_ns = process->start_ns,
			     .ruid = process->ruid,
			     .euid = process->euid,
			     .rgid = process->rgid,
			     .egid = process->egid,
			     .sid = process->sid,
			     .tracer = process->tracer,
			     .is_kernel_thread = process->is_kernel_thread },
	};
}

/* Its parent's node is its origin, too, as far as anybody can tell. */
static int add(struct ptree_tree *tree, const struct ptree_process *process)
{
	struct ptree_node *parent = tree_latest(tree, process->ppid);
	struct ptree_fact birth = birth_of(tree, process);
	struct ptree_node *node;

	if (!parent || process->ppid <= 0)
		parent = process->ppid == process->pid
			     ? &tree->root
			     : tell_of_somebody(tree, process->ppid, process->read_ns);
	if (!parent)
		return -ENOMEM;
	birth.u.birth.parent = birth.u.birth.origin = parent->id;
	if (process->ruid == PTREE_UNKNOWN_ID) {
		birth.u.birth.rgid = birth.u.birth.egid = PTREE_UNKNOWN_ID;
		birth.u.birth.tracer = 0;
	}
	node = tell_birth(tree, &birth);
	return node ? refresh(tree, node, process) : -ENOMEM;
}

/* It was read before it ended: that it lives is no longer true, but who it was is. */
static int observe_late(struct ptree_tree *tree, struct ptree_node *node,
			const struct ptree_process *process)
{
	struct ptree_fact date =
	    tell_about(node, PTREE_FACT_REDATED, PTREE_FACT_READ, process->read_ns);
	int err = 0;

	if (node->is_begin_exact && !is_same_process(node, process))
		return 0;
	if (process->state == 'Z' && !node->is_zombie)
		err = ptree_tree_set_zombie(tree, node->id, true);
	if (err || node->image)
		return err;
	date.u.date.begin_ns = process->start_ns;
	err = ptree_tree_learn(tree, &date);
	if (!err)
		err = tell_name(tree, node, tree->next_id, process->comm, process->read_ns);
	if (!err)
		err = tell_arguments(tree, node, node->image->pub.id, process->read_ns,
				     PTREE_ARGV_LATE, NULL, 0);
	if (!err)
		err = tell_kernel_thread(tree, node, process->is_kernel_thread, process->read_ns);
	return err ? err : take_attributes(tree, node, process);
}

static int revive(struct ptree_tree *tree, struct ptree_node *node, uint64_t read_ns)
{
	const struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_REVIVED, PTREE_FACT_READ, read_ns);

	return ptree_tree_learn(tree, &fact);
}

/* One that is over in the tree, and of which /proc still has an entry. */
static int observe_ended(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_process *process)
{
	bool is_leader_gone = process->state == 'Z';
	int err = 0;

	if (is_leader_gone && process->thread_count <= 1) {
		if (!node->is_zombie)
			err = ptree_tree_set_zombie(tree, node->id, true);
	} else if (process->read_ns > node->over.end_ns) {
		err = revive(tree, node, process->read_ns);
		if (!err)
			err = tell_leader(tree, node, is_leader_gone, process->read_ns);
	}
	node->evidence.read_ns = process->read_ns;
	return err;
}

int ptree_tree_observe(struct ptree_tree *tree, const struct ptree_process *process)
{
	struct ptree_node *node = tree_latest(tree, process->pid);
	int err = 0;

	if (process->pid <= 0)
		return -EINVAL;
	if (process->state == 'X')
		return 0; /* it was being reaped */
	if (!node)
		return add(tree, process);
	if (node->has_ended && process->read_ns < node->over.end_ns)
		return observe_late(tree, node, process);
	if (is_same_process(node, process))
		return node->has_ended ? observe_ended(tree, node, process)
				       : refresh(tree, node, process);
	if (process->start_ns < node->begin_ns)
		return 0; /* the pid was given away again after the reading */
	if (!node->has_ended)
		err = tell_end_unseen(tree, node, process->start_ns, true);
	else if (node->is_zombie)
		err = ptree_tree_set_zombie(tree, node->id, false);
	return err ? err : add(tree, process);
}

/* ---- tasks ---- */

/* Of those that the list is about: not of one that had the pid before, nor of before an exec. */
static bool is_list_of(const struct ptree_node *node, const struct ptree_process *process)
{
	if (!is_same_process(node, process))
		return false;
	if (node->is_begin_exact && process->read_ns < node->begin_ns)
		return false;
	return !node->exec_count || !node->image || process->read_ns > node->image->pub.begin_ns;
}

static bool has_ended_since(const struct ptree_tree *tree, pid_t tid, uint64_t read_ns)
{
	const struct ended_tid *ended = map_find(&tree->by_ended_tid, (uint64_t)tid);

	return ended && ended->end_ns >= read_ns;
}

static int see_task(struct ptree_tree *tree, struct ptree_node *node, pid_t tid, uint64_t read_ns)
{
	struct ptree_thread *thread = tid > 0 ? map_find(&tree->by_tid, (uint64_t)tid) : NULL;
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_THREAD_BEGAN, PTREE_FACT_READ, read_ns);
	int err = 0;

	if (tid <= 0 || tid == node->pid || has_ended_since(tree, tid, read_ns))
		return 0;
	if (thread && thread->node != node) {
		if (thread->begin_ns > read_ns)
			return 0; /* the tid is another's by now */
		err = tell_thread_end(tree, thread, PTREE_FACT_INFERRED, read_ns);
		thread = NULL;
	}
	fact.u.thread.id = tree->next_id;
	fact.u.thread.tid = tid;
	if (!err && !thread)
		err = ptree_tree_learn(tree, &fact);
	thread = err ? NULL : thread_find(tree, node, tid);
	if (thread)
		thread->read_ns = read_ns;
	return err;
}

static int sweep_tasks(struct ptree_tree *tree, struct ptree_node *node, uint64_t read_ns)
{
	struct ptree_thread *thread, *next;
	int err = 0;

	for (thread = node_rare(node)->threads; thread && !err; thread = next) {
		next = thread->next;
		if (thread->read_ns < read_ns && thread->begin_ns < read_ns)
			err = tell_thread_end(tree, thread, PTREE_FACT_INFERRED, read_ns);
	}
	return err;
}

int ptree_tree_observe_tasks(struct ptree_tree *tree, const struct ptree_process *process,
			     const pid_t *tids, size_t count)
{
	struct ptree_node *node = tree_live(tree, process->pid);
	int err = 0;

	if (!node)
		return -ESRCH;
	if (!is_list_of(node, process))
		return 0;
	for (size_t i = 0; i < count && !err; i++)
		err = see_task(tree, node, tids[i], process->read_ns);
	return err ? err : sweep_tasks(tree, node, process->read_ns);
}

/* ---- the end of a scan ---- */

static bool is_unseen(const struct ptree_node *node, uint64_t scan_start_ns)
{
	return node->evidence.read_ns < scan_start_ns && node->evidence.event_ns < scan_start_ns &&
	       node->begin_ns < scan_start_ns;
}

/* What /proc has never shown may be hidden from us rather than gone. */
static bool is_gone(const struct ptree_node *node, uint64_t scan_start_ns, bool is_partial)
{
	return node->fate == NODE_PRESENT && is_unseen(node, scan_start_ns) &&
	       (node->evidence.read_ns || !is_partial);
}

static size_t sweep_once(struct ptree_tree *tree, uint64_t scan_start_ns, bool is_partial)
{
	size_t swept = 0;

	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		struct ptree_node *node = tree->by_id.slots[i].value;

		if (!node || !is_gone(node, scan_start_ns, is_partial))
			continue;
		if (node->is_zombie)
			swept += !ptree_tree_set_zombie(tree, node->id, false);
		else
			swept += !tell_end_unseen(tree, node, scan_start_ns, true);
	}
	return swept;
}

void ptree_tree_sweep(struct ptree_tree *tree, uint64_t scan_start_ns)
{
	const struct ptree_node *init = tree_live(tree, INIT_PID);
	bool is_partial = !init || init->evidence.read_ns < scan_start_ns;

	/* Ending one can forget others, which shifts the map's slots: repeat until all are met. */
	while (sweep_once(tree, scan_start_ns, is_partial))
		;
}

void ptree_tree_set_polling(struct ptree_tree *tree, bool polling)
{
	tree->is_polling = polling;
}

/* ---- orphans and zombies ---- */

const struct ptree_node *ptree_tree_orphaning(const struct ptree_tree *tree, size_t skip)
{
	return skip < tree->orphaned_count ? tree->orphaned[skip] : NULL;
}

pid_t ptree_tree_orphaned(const struct ptree_tree *tree, size_t skip, pid_t *child)
{
	if (skip >= tree->orphaned_count)
		return 0;
	*child = node_offspring(tree->orphaned[skip])->live.head->pid;
	return tree->orphaned[skip]->pid;
}

int ptree_tree_adopt(struct ptree_tree *tree, pid_t child, pid_t ppid)
{
	struct ptree_node *node = tree_present(tree, child);
	struct ptree_node *parent = ppid == 0 ? &tree->root : tree_latest(tree, ppid);
	struct ptree_node *old, *orphan;

	if (!node || !parent)
		return -ESRCH;
	old = node->parent;
	if (parent == old) /* the kernel says that it lives, after all */
		return old->has_ended ? revive(tree, old, node->evidence.event_ns) : 0;
	while ((orphan = node_offspring(old)->live.head)) {
		int err = tell_move(tree, orphan, parent, PTREE_FACT_INFERRED,
				    old->has_ended ? old->over.end_ns : node->evidence.event_ns);

		if (err)
			return err;
		if (orphan->parent == old)
			return -EINVAL;
	}
	return 0;
}

int ptree_tree_set_zombie(struct ptree_tree *tree, uint64_t id, bool is_zombie)
{
	struct ptree_node *node = tree_node(tree, id);
	struct ptree_fact fact;

	if (!node || !node->has_ended)
		return -ESRCH;
	if (node->is_zombie == is_zombie)
		return 0;
	fact = tell_about(node, is_zombie ? PTREE_FACT_ZOMBIE : PTREE_FACT_REAPED, PTREE_FACT_READ,
			  node->over.end_ns);
	return ptree_tree_learn(tree, &fact);
}

/* ---- what readers found ---- */

int ptree_tree_set_comm(struct ptree_tree *tree, uint64_t id, uint64_t read_ns,
			const char comm[PTREE_COMM_SIZE])
{
	struct ptree_node *node = tree_node(tree, id);

	if (!node)
		return -ESRCH;
	if (has_name(node, comm))
		return 0;
	return tell_name(tree, node, tell_own_image(tree, node), comm, read_ns);
}

int ptree_tree_set_argv(struct ptree_tree *tree, uint64_t id, uint64_t image_ns, uint64_t read_ns,
			enum ptree_argv_status status, const char *argv, size_t size)
{
	struct ptree_node *node = tree_node(tree, id);
	const struct ptree_image *image = node && node->image ? &node->image->pub : NULL;
	uint64_t target;

	if (!image)
		return -ESRCH;
	if (image->begin_ns != image_ns)
		return -ESTALE;
	if (has_argv(image, status, argv, size))
		return 0;
	/* One that rewrote its arguments: those that share the image did not. */
	target = image->argv_status == PTREE_ARGV_PENDING ? image->id : tell_own_image(tree, node);
	return tell_arguments(tree, node, target, read_ns, status, argv, size);
}

int ptree_tree_set_thread_comm(struct ptree_tree *tree, pid_t tid, const char comm[PTREE_COMM_SIZE])
{
	const struct ptree_thread *thread = tid > 0 ? map_find(&tree->by_tid, (uint64_t)tid) : NULL;
	struct ptree_fact fact;

	if (!thread)
		return -ESRCH;
	if (!strncmp(thread->comm, comm, PTREE_COMM_SIZE))
		return 0;
	fact = tell_about(thread->node, PTREE_FACT_THREAD_NAMED, PTREE_FACT_READ,
			  thread->node->evidence.event_ns);
	fact.u.thread.id = thread->id;
	fact.u.thread.tid = tid;
	memcpy(fact.u.thread.comm, comm, PTREE_COMM_SIZE);
	return ptree_tree_learn(tree, &fact);
}

/* A tick's resolution at both ends: a begin that was told is finer than one that is read. */
#define THREAD_BEGIN_NS (20 * NS_PER_MS)

static bool is_same_thread(const struct ptree_thread *thread, const struct ptree_process *task)
{
	uint64_t begin_ns = thread->begin_ns, start_ns = task->start_ns;

	return !begin_ns ||
	       (begin_ns < start_ns + THREAD_BEGIN_NS && start_ns < begin_ns + THREAD_BEGIN_NS);
}

int ptree_tree_sample_thread(struct ptree_tree *tree, const struct ptree_process *task)
{
	const struct ptree_thread *thread =
	    task->pid > 0 ? map_find(&tree->by_tid, (uint64_t)task->pid) : NULL;
	uint64_t cpu_ns = task->cpu_user_ns + task->cpu_system_ns, since_ns;
	struct ptree_fact fact;

	if (!thread || !is_same_thread(thread, task))
		return -ESRCH;
	since_ns = thread->sampled_ns && task->read_ns > thread->sampled_ns
		       ? task->read_ns - thread->sampled_ns
		       : 0;
	fact = tell_about(thread->node, PTREE_FACT_THREAD_SAMPLED, PTREE_FACT_READ, task->read_ns);
	fact.u.thread.id = thread->id;
	fact.u.thread.tid = task->pid;
	fact.u.thread.begin_ns = thread->begin_ns ? thread->begin_ns : task->start_ns;
	fact.u.thread.sampled_ns = task->read_ns;
	fact.u.thread.cpu_ns = cpu_ns;
	fact.u.thread.cpu_permille =
	    since_ns && cpu_ns >= thread->cpu_ns
		? (uint32_t)((double)(cpu_ns - thread->cpu_ns) * 1000 / (double)since_ns)
		: PTREE_UNKNOWN_ID;
	return ptree_tree_learn(tree, &fact);
}

/* ---- accounting ---- */

/* Whose name nobody read in time. */
static int take_accounted_name(struct ptree_tree *tree, struct ptree_node *node,
			       const struct ptree_accounting *record)
{
	int err = 0;

	if (!(record->known & PTREE_ACCOUNTING_WHO) || record->pid != node->pid)
		return 0;
	if (node->euid == PTREE_UNKNOWN_ID)
		err = tell_users(tree, node, record->uid, record->uid, node->evidence.event_ns);
	if (err || (node->image ? node->image->pub.comm[0] : !record->comm[0]))
		return err;
	err = tell_name(tree, node, tell_own_image(tree, node), record->comm,
			node->evidence.event_ns);
	if (!err && node->image->pub.argv_status == PTREE_ARGV_PENDING && node->has_ended)
		err = tell_arguments(tree, node, node->image->pub.id, node->evidence.event_ns,
				     PTREE_ARGV_LATE, NULL, 0);
	return err;
}

int ptree_tree_account(struct ptree_tree *tree, pid_t pid, const struct ptree_accounting *record)
{
	struct ptree_node *node = tree_latest(tree, pid);
	struct ptree_fact fact;
	int err;

	if (!node)
		return -ESRCH;
	fact = tell_about(node, PTREE_FACT_ACCOUNTED, PTREE_FACT_TOLD, node->evidence.event_ns);
	fact.u.accounting = *record;
	err = ptree_tree_learn(tree, &fact);
	return err ? err : take_accounted_name(tree, node, record);
}
