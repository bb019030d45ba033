/* SPDX-License-Identifier: MIT */
/*
 * Events, translated into facts. What the kernel means by each event is known here, and by exit.c.
 *
 * A scan and the events that queued while it ran are merged by when each was true: an event older
 * than what was read of the process is told as what was, and changes nothing that is.
 */
#include "exit.h"
#include "limits.h"
#include "tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KTHREADD_PID 2
/* A reading is dated before it begins, and a fork after the child is there. */
#define READ_SLACK_NS (5 * NS_PER_MS)

static void heard(struct ptree_node *node, uint64_t now_ns)
{
	if (now_ns > node->evidence.event_ns)
		node->evidence.event_ns = now_ns;
}

/* ---- fork ---- */

static struct ptree_fact birth_of(const struct ptree_node *parent, pid_t pid, uint64_t now_ns)
{
	return (struct ptree_fact){
		.kind = PTREE_FACT_APPEARED,
		.source = PTREE_FACT_TOLD,
		.is_news = true,
		.time_ns = now_ns,
		.u.birth = { .pid = pid,
			     .begin_ns = now_ns,
			     .parent = parent->id,
			     .origin = parent->id,
			     .image = parent->image ? parent->image->pub.id : 0,
			     .ruid = parent->ruid,
			     .euid = parent->euid,
			     .rgid = parent->rgid,
			     .egid = parent->egid,
			     .sid = parent->sid,
			     .is_begin_exact = true,
			     .is_origin_told = true,
			     .is_kernel_thread =
				 parent->is_kernel_thread || parent->pid == KTHREADD_PID },
	};
}

/* The fork of a process that a scan has already shown: to the feed it is news all the same. */
static int confirm_fork(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
			uint64_t now_ns)
{
	struct ptree_fact date = tell_about(node, PTREE_FACT_REDATED, PTREE_FACT_TOLD, now_ns);
	int err = 0;

	date.is_news = true;
	date.u.date.begin_ns = now_ns;
	date.u.date.is_exact = true;
	date.u.date.parent = parent->id;
	if (!node->is_origin_told)
		err = tell_origin(tree, node, parent, true, now_ns);
	if (!err && !node->is_begin_exact)
		err = ptree_tree_learn(tree, &date);
	heard(node, now_ns);
	return err;
}

enum known_as {
	UNHEARD_OF,
	THE_SAME,
	AN_OLDER_ONE, /* what lives under this pid is younger than the event */
};

static enum known_as recognize(const struct ptree_node *node, uint64_t now_ns)
{
	if (node->is_placeholder)
		return UNHEARD_OF;
	if (node->is_begin_exact ? now_ns == node->begin_ns : tree_is_same(node, now_ns))
		return THE_SAME;
	return now_ns < node->begin_ns ? AN_OLDER_ONE : UNHEARD_OF;
}

/* What it has by birth, unless something of it was heard of before its birth. */
static int inherit(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *birth,
		   uint64_t now_ns)
{
	struct ptree_fact shared = tell_about(node, PTREE_FACT_SHARED, PTREE_FACT_INFERRED, now_ns);
	int err = tell_kernel_thread(tree, node, birth->u.birth.is_kernel_thread, now_ns);

	if (!err && node->euid == PTREE_UNKNOWN_ID)
		err = tell_users(tree, node, birth->u.birth.ruid, birth->u.birth.euid, now_ns);
	if (!err && node->egid == PTREE_UNKNOWN_ID)
		err = tell_groups(tree, node, birth->u.birth.rgid, birth->u.birth.egid, now_ns);
	if (!err && !node->sid)
		err = tell_session(tree, node, birth->u.birth.sid, now_ns);
	shared.u.image.id = birth->u.birth.image;
	if (!err && !node->image && shared.u.image.id && node->origin)
		err = ptree_tree_learn(tree, &shared);
	return err;
}

/* A placeholder for one whose child was heard of first. */
static int fill(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
		const struct ptree_fact *birth, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_FILLED, PTREE_FACT_TOLD, now_ns);
	int err;

	fact.is_news = true;
	fact.u.date.begin_ns = now_ns;
	fact.u.date.is_exact = true;
	fact.u.date.parent = parent->id;
	err = tell_move(tree, node, parent, PTREE_FACT_TOLD, now_ns);
	if (!err)
		err = tell_origin(tree, node, parent, true, now_ns);
	if (!err)
		err = ptree_tree_learn(tree, &fact);
	if (!err)
		err = inherit(tree, node, birth, now_ns);
	return err ? err : tell_heirs(tree, node, now_ns);
}

/* A scan came so late that it found the process over, and its fork is still to be heard of. */
static bool is_seen_zombie(const struct ptree_node *node, uint64_t now_ns)
{
	return !node->is_begin_exact && !node->is_status_known && node->evidence.read_ns > now_ns &&
	       tree_is_same(node, now_ns);
}

/* Its arguments were read when the kernel had given its pid to this one, before which nobody heard
   of its end: they are another's. */
static int take_back_text(struct ptree_tree *tree, struct ptree_node *former, uint64_t now_ns)
{
	static const char nothing[PTREE_COMM_SIZE] = "";
	const struct image *image = former ? former->image : NULL;
	int err = 0;

	if (!image || image->reader != former->id || !image->pub.argv_size ||
	    image->pub.read_ns + READ_SLACK_NS < now_ns)
		return 0;
	if (image->named_ns + READ_SLACK_NS >= now_ns)
		err = tell_name(tree, former, image->pub.id, nothing, now_ns);
	return err ? err
		   : tell_arguments(tree, former, image->pub.id, now_ns, PTREE_ARGV_LATE, NULL, 0);
}

static int add_forked(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
		      pid_t pid, uint64_t now_ns)
{
	struct ptree_fact birth = birth_of(parent, pid, now_ns);

	if (node && node->is_placeholder) {
		heard(node, now_ns);
		return fill(tree, node, parent, &birth, now_ns);
	}
	node = tell_birth(tree, &birth);
	if (!node)
		return -ENOMEM;
	node->evidence.event_ns = now_ns;
	return 0;
}

static int apply_process_fork(struct ptree_tree *tree, const struct ptree_event *event,
			      uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, event->tgid), *former = node;
	struct ptree_node *parent;
	int err = 0;

	if (event->parent_tgid == event->tgid)
		return 0; /* not the kernel's: nobody is its own parent */
	parent = tell_of_somebody(tree, event->parent_tgid, now_ns);
	if (!parent)
		return -ENOMEM;
	if (node && node->has_ended && !is_seen_zombie(node, now_ns))
		node = NULL;
	switch (node ? recognize(node, now_ns) : UNHEARD_OF) {
	case AN_OLDER_ONE:
		return 0;
	case THE_SAME:
		return confirm_fork(tree, node, parent, now_ns);
	case UNHEARD_OF:
		break;
	}
	if (former && !former->is_placeholder)
		err = take_back_text(tree, former, now_ns);
	if (err)
		return err;
	/* The kernel gave the pid away again: the end of whoever has it was missed. */
	if (node && !node->is_placeholder) {
		err = tell_end_unseen(tree, node, now_ns, true);
		node = NULL;
		parent = tell_of_somebody(tree, event->parent_tgid, now_ns);
	}
	if (!parent)
		return -ENOMEM;
	return err ? err : add_forked(tree, node, parent, event->tgid, now_ns);
}

/* The forking thread is not told, so that the new one's name can only be the process's. */
static int apply_thread_fork(struct ptree_tree *tree, const struct ptree_event *event,
			     uint64_t now_ns)
{
	struct ptree_thread *known = map_find(&tree->by_tid, (uint64_t)event->pid);
	struct ptree_node *node = tell_of_somebody(tree, event->tgid, now_ns);
	struct ptree_fact fact;
	int err;

	if (!node)
		return -ENOMEM;
	node->evidence.event_ns = now_ns;
	err = known ? tell_thread_end(tree, known, PTREE_FACT_INFERRED, now_ns) : 0;
	if (err)
		return err;
	fact = tell_about(node, PTREE_FACT_THREAD_BEGAN, PTREE_FACT_TOLD, now_ns);
	fact.u.thread.id = tree->next_id;
	fact.u.thread.tid = event->pid;
	fact.u.thread.begin_ns = now_ns;
	return ptree_tree_learn(tree, &fact);
}

static int apply_fork(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	if (event->pid <= 0 || event->tgid <= 0)
		return 0;
	return event->pid == event->tgid ? apply_process_fork(tree, event, now_ns)
					 : apply_thread_fork(tree, event, now_ns);
}

/* ---- exec ---- */

/* An exec from a thread looks like the exit of the process first: it lives on. */
static struct ptree_node *live_or_revived(struct ptree_tree *tree, pid_t pid, uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, pid);
	uint64_t since_ns = 0;

	if (node && node->has_ended)
		since_ns = node->over.end_ns > now_ns ? node->over.end_ns - now_ns
						      : now_ns - node->over.end_ns;
	if (node && node->has_ended && since_ns < NS_PER_S) {
		struct ptree_fact fact =
		    tell_about(node, PTREE_FACT_REVIVED, PTREE_FACT_INFERRED, now_ns);

		if (ptree_tree_learn(tree, &fact))
			return NULL;
	}
	return tell_of_somebody(tree, pid, now_ns);
}

/* Its arguments were read after this exec, though it was not heard of yet: they are the new ones.
   Of those who share the image they are only if it was one of them who was asked. */
static bool has_been_read_since(const struct ptree_node *node, uint64_t now_ns)
{
	const struct image *image = node->image;

	return image && image->pub.read_ns > now_ns &&
	       (image->refs == 1 || image->reader == node->id);
}

/* What was read of an image, and is another's. comm: "": that was read before. */
struct text {
	struct ptree_image image;
	char *argv;
};

static int copy_text(const struct image *image, uint64_t since_ns, struct text *text)
{
	*text = (struct text){ .image = image->pub };
	if (image->named_ns <= since_ns)
		text->image.comm[0] = '\0';
	if (!image->pub.argv_size)
		return 0;
	text->argv = malloc(image->pub.argv_size);
	if (!text->argv)
		return -ENOMEM;
	memcpy(text->argv, image->pub.argv, image->pub.argv_size);
	return 0;
}

/* Nobody knows what it really was. Those who share it can still be asked. */
static int take_away(struct ptree_tree *tree, struct ptree_node *node, const struct text *text,
		     uint64_t now_ns)
{
	static const char nothing[PTREE_COMM_SIZE] = "";
	const struct image *image = node->image;
	bool is_shared = image->refs > 1;
	int err = 0;

	if (text->image.comm[0] && !is_shared)
		err = tell_name(tree, node, image->pub.id, nothing, now_ns);
	return err ? err
		   : tell_arguments(tree, node, image->pub.id, 0,
				    is_shared ? PTREE_ARGV_PENDING : PTREE_ARGV_LATE, NULL, 0);
}

static int give(struct ptree_tree *tree, struct ptree_node *node, const struct text *text,
		uint64_t now_ns)
{
	uint64_t image = node->image->pub.id;
	int err = 0;

	if (text->image.comm[0])
		err = tell_name(tree, node, image, text->image.comm, now_ns);
	return err ? err
		   : tell_arguments(tree, node, image, text->image.read_ns, text->image.argv_status,
				    text->argv, text->image.argv_size);
}

/* What nobody read before it was replaced is not to be read any more. */
static int give_up(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	const struct image *image = node->image;

	if (!image || image->refs > 1 || image->pub.argv_status != PTREE_ARGV_PENDING)
		return 0;
	return tell_arguments(tree, node, image->pub.id, now_ns, PTREE_ARGV_LATE, NULL, 0);
}

static int tell_image(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_IMAGE, PTREE_FACT_TOLD, now_ns);

	fact.is_news = true;
	fact.u.image.id = tree->next_id;
	fact.u.image.begin_ns = now_ns;
	fact.u.image.kept = LIMITS_IMAGES;
	return ptree_tree_learn(tree, &fact);
}

static int hand_over(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	struct text text;
	int err = copy_text(node->image, now_ns, &text);

	if (!err)
		err = take_away(tree, node, &text, now_ns);
	if (!err)
		err = tell_image(tree, node, now_ns);
	if (!err)
		err = give(tree, node, &text, now_ns);
	free(text.argv);
	return err;
}

static int push_image(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	int err;

	if (has_been_read_since(node, now_ns))
		return hand_over(tree, node, now_ns);
	err = give_up(tree, node, now_ns);
	return err ? err : tell_image(tree, node, now_ns);
}

/* The name is that of an image which began only then; arguments read before are not its own. */
static int redate_image(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_IMAGE_DATED, PTREE_FACT_TOLD, now_ns);
	bool is_old = node->image->pub.read_ns < now_ns ||
		      (node->image->refs > 1 && node->image->reader != node->id);
	int err;

	fact.is_news = true;
	fact.u.image.id = tell_own_image(tree, node);
	fact.u.image.begin_ns = now_ns;
	err = ptree_tree_learn(tree, &fact);
	if (err || !is_old)
		return err;
	return tell_arguments(tree, node, node->image->pub.id, 0, PTREE_ARGV_PENDING, NULL, 0);
}

static int apply_exec(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_node *node = live_or_revived(tree, event->tgid, now_ns);
	int err;

	if (!node || node == &tree->root)
		return node ? 0 : -ENOMEM;
	err = tell_kernel_thread(tree, node, false, now_ns);
	if (err)
		return err;
	err = node->image && node->evidence.read_ns > now_ns ? redate_image(tree, node, now_ns)
							     : push_image(tree, node, now_ns);
	node->evidence.event_ns = now_ns;
	return err;
}

/* ---- attributes ---- */

static struct ptree_fact attribute_of(const struct ptree_tree *tree, const struct ptree_node *node,
				      const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_CORE_DUMP, PTREE_FACT_TOLD, now_ns);

	if (event->kind == PTREE_EVENT_UID || event->kind == PTREE_EVENT_GID) {
		fact.kind = event->kind == PTREE_EVENT_UID ? PTREE_FACT_USERS : PTREE_FACT_GROUPS;
		fact.u.ids.real = event->u.id.real;
		fact.u.ids.effective = event->u.id.effective;
	} else if (event->kind == PTREE_EVENT_SID) {
		fact.kind = PTREE_FACT_SESSION;
		fact.u.pid = event->tgid;
	} else if (event->kind == PTREE_EVENT_PTRACE) {
		fact.kind = PTREE_FACT_TRACER;
		fact.u.pid = event->u.ptrace.tracer_tgid;
	} else if (event->kind == PTREE_EVENT_COMM) {
		fact.kind = PTREE_FACT_NAME;
		fact.u.name.image = tell_own_image(tree, node);
		memcpy(fact.u.name.comm, event->u.comm, PTREE_COMM_SIZE);
		fact.u.name.comm[PTREE_COMM_SIZE - 1] = '\0';
	}
	return fact;
}

static int rename_thread(struct ptree_tree *tree, const struct ptree_node *node,
			 const struct ptree_event *event, uint64_t now_ns)
{
	const struct ptree_thread *thread =
	    event->pid > 0 ? map_find(&tree->by_tid, (uint64_t)event->pid) : NULL;
	struct ptree_fact fact = tell_about(node, PTREE_FACT_THREAD_NAMED, PTREE_FACT_TOLD, now_ns);

	if (!thread || thread->node != node)
		return 0;
	fact.u.thread.id = thread->id;
	fact.u.thread.tid = thread->tid;
	memcpy(fact.u.thread.comm, event->u.comm, PTREE_COMM_SIZE);
	fact.u.thread.comm[PTREE_COMM_SIZE - 1] = '\0';
	return ptree_tree_learn(tree, &fact);
}

/* A thread's own attribute is not the process's. */
static int apply_attribute(struct ptree_tree *tree, const struct ptree_event *event,
			   uint64_t now_ns)
{
	struct ptree_node *node = tree_latest(tree, event->tgid);
	struct ptree_fact fact;
	int err;

	if (!node)
		node = tell_of_somebody(tree, event->tgid, now_ns);
	if (!node || node == &tree->root)
		return node ? 0 : -ENOMEM;
	if (event->pid != event->tgid)
		return event->kind == PTREE_EVENT_COMM ? rename_thread(tree, node, event, now_ns)
						       : 0;
	fact = attribute_of(tree, node, event, now_ns);
	fact.is_news = true;
	fact.is_past = now_ns < node->evidence.read_ns;
	err = ptree_tree_learn(tree, &fact);
	node->evidence.event_ns = now_ns;
	return err;
}

/* ---- all ---- */

static int apply_unknown(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(NULL, PTREE_FACT_UNHEARD_OF, PTREE_FACT_TOLD, now_ns);
	size_t size = event->u.raw.size;

	fact.is_news = true;
	fact.u.unknown.what = event->what;
	fact.u.unknown.size = event->u.raw.size;
	fact.u.unknown.bytes = event->u.raw.bytes;
	fact.u.unknown.byte_count = size < PTREE_RAW_SIZE ? size : PTREE_RAW_SIZE;
	return ptree_tree_learn(tree, &fact);
}

static int apply_lost(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns)
{
	struct ptree_fact fact = tell_about(NULL, PTREE_FACT_LOST, PTREE_FACT_TOLD, now_ns);

	fact.is_news = true;
	fact.u.count = event->u.lost.count;
	return ptree_tree_learn(tree, &fact);
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
		return exit_apply(tree, event, &(struct exit_evidence){ 0 });
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
	case PTREE_EVENT_SID:
	case PTREE_EVENT_PTRACE:
	case PTREE_EVENT_COMM:
	case PTREE_EVENT_COREDUMP:
		return apply_attribute(tree, event, now_ns);
	case PTREE_EVENT_UNKNOWN:
		return apply_unknown(tree, event, now_ns);
	case PTREE_EVENT_LOST:
		return apply_lost(tree, event, now_ns);
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

void ptree_tree_set_clock_offset(struct ptree_tree *tree, uint64_t offset_ns)
{
	tree->clock_offset_ns = offset_ns;
}
