/* SPDX-License-Identifier: MIT */
/*
 * The ends of tasks, and of processes with their last one.
 *
 * Which status a process has is what wait(2) gives its parent: the group's, if exit_group() or a
 * fatal signal ended it, or if the kernel has synchronize_group_exit() that of the last task to
 * *begin* its exit. The events come when exits are done: of a main that joined its threads and then
 * exits with 44 the thread's EXIT, 0, can come after the leader's. So where two tasks end closely
 * with different statuses it takes more to tell: the zombie's own word, or the kernel's accounting,
 * which is exact about when an exit began. Where neither does, a failure is the likelier one (a
 * thread's status is nearly always 0), and is marked as inferred.
 */
#include "exit.h"
#include "rare.h"
#include "tell.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>

/* A late thread can have been kept from ending for as long as the machine is busy. */
#define LATE_THREAD_NS NS_PER_S
#define CLOSE_NS (2 * NS_PER_MS)
/* Begins are told by events, a little after the fact; seldom by more than this. */
#define BEGIN_SLACK_NS (NS_PER_MS / 20)
#define ELAPSED_SLACK_NS (NS_PER_MS / 500) /* accounting tells microseconds */
#define ENDED_TIDS_MAX 8192

/* One of the ways in which its tasks ended. */
struct departure {
	uint64_t event_ns;
	uint64_t began_ns; /* when its exit began, as accounting has it; 0: not known */
	uint32_t status;
	bool is_leader;
};

/* The latest two with different statuses, the latest first. */
struct leaving {
	struct departure last[2];
	unsigned count;
};

size_t exit_leaving_size(void)
{
	return sizeof(struct leaving);
}

/* ---- how its tasks ended ---- */

static uint64_t task_begin_ns(const struct ptree_tree *tree, const struct ptree_node *node,
			      pid_t tid)
{
	const struct ptree_thread *thread;

	if (tid == node->pid)
		return node->is_begin_exact ? node->begin_ns : 0;
	thread = thread_find(tree, node, tid);
	return thread ? thread->begin_ns : 0;
}

static struct departure departure_of(const struct ptree_tree *tree, const struct ptree_node *node,
				     const struct ptree_event *event, uint64_t now_ns,
				     const struct exit_evidence *evidence)
{
	uint64_t begin_ns = task_begin_ns(tree, node, event->pid);
	struct departure departure = { .event_ns = now_ns,
				       .status = event->u.exit.status,
				       .is_leader = event->pid == node->pid };

	for (unsigned i = 0; i < evidence->record_count; i++) {
		const struct ptree_accounting *record = &evidence->records[i];

		if (begin_ns && !record->is_process && record->known & PTREE_ACCOUNTING_ELAPSED)
			departure.began_ns = begin_ns + record->elapsed_ns;
	}
	return departure;
}

/* Without memory it is as if nobody had ended before: rarely is that another status. */
static void remember(struct ptree_tree *tree, struct ptree_node *node,
		     const struct departure *departure)
{
	struct rare *rare = rare_of(tree, node);
	struct leaving *leaving;

	if (rare && !rare->leaving)
		rare->leaving = pool_get(&tree->leavings);
	leaving = node_rare(node)->leaving;
	if (!leaving)
		return;
	if (leaving->count && leaving->last[0].status != departure->status) {
		leaving->last[1] = leaving->last[0];
		leaving->count = 2;
	} else if (!leaving->count) {
		leaving->count = 1;
	}
	leaving->last[0] = *departure;
}

static void forget(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node_rare(node)->leaving)
		return;
	pool_put(&tree->leavings, node->rare->leaving);
	node->rare->leaving = NULL;
}

/* Another status that a task ended with so shortly before that it may be the process's. */
static const struct departure *rival_of(const struct ptree_node *node, const struct departure *last)
{
	const struct leaving *leaving = node_rare(node)->leaving;

	for (unsigned i = 0; leaving && i < leaving->count; i++) {
		const struct departure *rival = &leaving->last[i];
		bool is_late_thread = rival->is_leader && rival->status && !last->status;
		uint64_t window_ns = is_late_thread ? LATE_THREAD_NS : CLOSE_NS;

		if (rival->status != last->status && last->event_ns <= rival->event_ns + window_ns)
			return rival;
	}
	return NULL;
}

/* Events and accounting agree on who was the last. That a leader left before a thread did, and not
   with it, is rare, and takes more to be believed. */
static bool is_order_sure(const struct departure *rival, const struct departure *last)
{
	uint64_t slack_ns = last->is_leader ? ELAPSED_SLACK_NS : BEGIN_SLACK_NS;

	return rival->began_ns && last->began_ns && last->began_ns > rival->began_ns + slack_ns;
}

static bool is_last_task(const struct ptree_tree *tree, const struct ptree_node *node, pid_t tid)
{
	if (tid == node->pid)
		return !node_rare(node)->thread_count;
	return node->is_leader_gone &&
	       node_rare(node)->thread_count == (thread_find(tree, node, tid) ? 1 : 0);
}

bool exit_is_disputed(const struct ptree_tree *tree, const struct ptree_event *event,
		      const struct exit_evidence *evidence)
{
	uint64_t now_ns = event->time_ns + tree->clock_offset_ns;
	const struct ptree_node *node = tree_live(tree, event->tgid);
	const struct departure *rival;
	struct departure last;

	if (!node || !node_rare(node)->leaving || !is_last_task(tree, node, event->pid))
		return false;
	last = departure_of(tree, node, event, now_ns, evidence);
	rival = rival_of(node, &last);
	return rival && !is_order_sure(rival, &last);
}

static void decide(const struct ptree_node *node, const struct departure *last,
		   const struct exit_evidence *evidence, struct ptree_fact *end)
{
	const struct departure *rival = rival_of(node, last);

	end->u.end.is_status_known = true;
	end->u.end.status = last->status;
	if (evidence->has_wait_status) {
		end->u.end.status = evidence->wait_status;
	} else if (rival && !is_order_sure(rival, last)) {
		if (rival->is_leader && !last->status)
			end->u.end.status = rival->status;
		end->u.end.is_status_inferred = true;
	}
}

/* ---- ends ---- */

static int account(struct ptree_tree *tree, const struct ptree_node *node,
		   const struct exit_evidence *evidence)
{
	int err = 0;

	for (unsigned i = 0; i < evidence->record_count && !err; i++)
		err = ptree_tree_account(tree, node->pid, &evidence->records[i]);
	return err;
}

/* What a scan found to be a zombie, or missed, before its event was read. */
static int complete(struct ptree_tree *tree, struct ptree_node *node,
		    const struct ptree_event *event, uint64_t now_ns,
		    const struct exit_evidence *evidence)
{
	struct ptree_fact end = tell_about(node, PTREE_FACT_STATUS, PTREE_FACT_TOLD, now_ns);
	int err;

	if (node->is_status_known || event->pid != event->tgid)
		return 0;
	err = account(tree, node, evidence);
	if (err)
		return err;
	end.is_news = true;
	end.u.end.end_ns = now_ns ? now_ns : 1;
	end.u.end.status = event->u.exit.status;
	end.u.end.is_status_known = true;
	return ptree_tree_learn(tree, &end);
}

/* A process's own threads, so that a scan's older list of them does not bring this one back. */
static void note_ended_tid(struct ptree_tree *tree, pid_t tid, uint64_t now_ns)
{
	struct ended_tid *place;

	if (!tree->ended_tids)
		tree->ended_tids = calloc(ENDED_TIDS_MAX, sizeof(*tree->ended_tids));
	if (!tree->ended_tids || map_reserve(&tree->by_ended_tid, 1))
		return;
	place = &tree->ended_tids[tree->ended_tid_next];
	if (place->tid && map_find(&tree->by_ended_tid, (uint64_t)place->tid) == place)
		map_remove(&tree->by_ended_tid, (uint64_t)place->tid);
	*place = (struct ended_tid){ tid, now_ns };
	map_set(&tree->by_ended_tid, (uint64_t)tid, place);
	tree->ended_tid_next = (tree->ended_tid_next + 1) % ENDED_TIDS_MAX;
}

/* The task is gone, and others of its process are not. */
static int leave(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_event *event,
		 uint64_t now_ns)
{
	struct ptree_thread *thread = thread_find(tree, node, event->pid);

	if (event->pid == node->pid)
		return tell_leader(tree, node, true, now_ns);
	note_ended_tid(tree, event->pid, now_ns);
	return thread ? tell_thread_end(tree, thread, PTREE_FACT_TOLD, now_ns) : 0;
}

static int finish(struct ptree_tree *tree, struct ptree_node *node, uint64_t now_ns,
		  struct ptree_fact *end)
{
	end->is_news = true;
	end->u.end.end_ns = now_ns ? now_ns : 1;
	forget(tree, node);
	return tell_end(tree, node, end);
}

int exit_finish_leaderless(struct ptree_tree *tree, struct ptree_node *node)
{
	const struct leaving *leaving = node_rare(node)->leaving;
	struct ptree_fact end =
	    tell_about(node, PTREE_FACT_ENDED, PTREE_FACT_INFERRED, node->evidence.event_ns);

	if (!node->is_leader_gone || node->has_ended)
		return 0;
	if (leaving && leaving->count) {
		end.u.end.status = leaving->last[0].status;
		end.u.end.is_status_known = true;
		end.u.end.is_status_inferred = true;
	}
	return finish(tree, node, node->evidence.event_ns, &end);
}

/*
 * It began before anybody looked. A scan under way may have read it and not have said so yet: who
 * it was may still become known, and that it is over must not be forgotten until then.
 */
static int add_ended(struct ptree_tree *tree, const struct ptree_event *event, uint64_t now_ns,
		     const struct exit_evidence *evidence)
{
	const struct ptree_node *parent = tree_live(tree, event->parent_tgid);
	struct ptree_fact birth = {
		.kind = PTREE_FACT_APPEARED,
		.source = PTREE_FACT_INFERRED,
		.time_ns = now_ns,
		.u.birth = { .pid = event->tgid,
			     .begin_ns = now_ns,
			     .parent = parent ? parent->id : 0,
			     .ruid = PTREE_UNKNOWN_ID,
			     .euid = PTREE_UNKNOWN_ID,
			     .rgid = PTREE_UNKNOWN_ID,
			     .egid = PTREE_UNKNOWN_ID },
	};
	struct ptree_fact end;
	struct ptree_node *node;
	int err;

	if (event->pid != event->tgid || event->tgid <= 0)
		return 0;
	node = tell_birth(tree, &birth);
	if (!node)
		return -ENOMEM;
	node->evidence.event_ns = now_ns;
	err = account(tree, node, evidence);
	end = tell_about(node, PTREE_FACT_ENDED, PTREE_FACT_TOLD, now_ns);
	end.u.end.status = event->u.exit.status;
	end.u.end.is_status_known = true;
	return err ? err : finish(tree, node, now_ns, &end);
}

static int apply_to_live(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_event *event, uint64_t now_ns,
			 const struct exit_evidence *evidence)
{
	struct departure departure = departure_of(tree, node, event, now_ns, evidence);
	bool is_last = is_last_task(tree, node, event->pid);
	struct ptree_fact end = tell_about(node, PTREE_FACT_ENDED, PTREE_FACT_TOLD, now_ns);
	int err = account(tree, node, evidence);

	if (err)
		return err;
	node->evidence.event_ns = now_ns;
	if (!is_last) {
		remember(tree, node, &departure);
		return leave(tree, node, event, now_ns);
	}
	decide(node, &departure, evidence, &end);
	return finish(tree, node, now_ns, &end);
}

int exit_apply(struct ptree_tree *tree, const struct ptree_event *event,
	       const struct exit_evidence *evidence)
{
	uint64_t now_ns = event->time_ns + tree->clock_offset_ns;
	struct ptree_node *node = tree_latest(tree, event->tgid);

	if (!node)
		return add_ended(tree, event, now_ns, evidence);
	if (node->has_ended)
		return complete(tree, node, event, now_ns, evidence);
	if (now_ns < node->begin_ns && !tree_is_same(node, now_ns))
		return 0; /* of an older process with this pid */
	return apply_to_live(tree, node, event, now_ns, evidence);
}
