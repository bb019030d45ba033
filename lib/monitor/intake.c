/* SPDX-License-Identifier: MIT */
/* From events to the tree; see intake.h. */
#include "intake.h"
#include "model/exit.h"
#include "model/tree.h"
#include "proc/procfs.h"

/* How long an exec, and all that came after it, waits for its command line; and how many do. */
#define HOLD_NS (20 * NS_PER_MS)
#define HELD_MAX 16384

/* ---- clocks ---- */

void intake_look_at_clocks(struct intake *intake)
{
	uint64_t offset_ns = ptree_boot_offset_ns();

	clock_look(&intake->clock, ptree_boot_now_ns() - offset_ns, offset_ns);
	ptree_tree_set_clock_offset(intake->tree, intake->clock.offset_ns);
}

/* The tree's offset is that of the event which is being taken in. */
static uint64_t set_event_clock(struct intake *intake, const struct ptree_event *event)
{
	uint64_t offset_ns = clock_offset_ns(&intake->clock, event->time_ns);

	ptree_tree_set_clock_offset(intake->tree, offset_ns);
	return event->time_ns + offset_ns;
}

/* ---- one event ---- */

static void follow_up_exec(struct intake *intake, const struct ptree_event *event)
{
	struct ptree_node *node = tree_present(intake->tree, event->tgid);

	intake->execs++;
	if (!node)
		return;
	texts_want_of_exec(intake->texts, node, event);
	sampler_wake(intake->sampler, node);
}

static void follow_up_exit(struct intake *intake, const struct ptree_event *event)
{
	const struct ptree_node *node = tree_latest(intake->tree, event->tgid);

	if (node && (node->has_ended || node->is_leader_gone))
		reaping_exit_seen(intake->reaping, node->id, node->evidence.event_ns);
}

static void follow_up_fork(struct intake *intake, const struct ptree_event *event)
{
	struct ptree_node *node = tree_present(intake->tree, event->tgid);

	if (!node || event->pid != event->tgid)
		return;
	if (ptree_node_is_kernel_thread(node))
		texts_want_name(intake->texts, node);
	sampler_wake(intake->sampler, node);
}

static void follow_up(struct intake *intake, const struct ptree_event *event)
{
	if (event->kind == PTREE_EVENT_EXEC)
		follow_up_exec(intake, event);
	else if (event->kind == PTREE_EVENT_EXIT)
		follow_up_exit(intake, event);
	else if (event->kind == PTREE_EVENT_FORK)
		follow_up_fork(intake, event);
}

/* While nobody has waited for it, /proc knows what its parent will be given. */
static void ask_zombie(struct intake *intake, const struct ptree_event *event,
		       struct exit_evidence *evidence)
{
	const struct ptree_node *node = tree_live(intake->tree, event->tgid);
	struct ptree_process process = { 0 };
	uint32_t status;

	if (!node || procfs_read_zombie(intake->procfs, event->tgid, &process, &status) ||
	    !tree_is_same(node, process.start_ns))
		return;
	evidence->has_wait_status = true;
	evidence->wait_status = status;
}

/* What the kernel says that the task has used, before it is over in the tree. */
static unsigned take_records(struct intake *intake, const struct ptree_event *event,
			     struct ptree_accounting records[2])
{
	const struct ptree_node *node = tree_live(intake->tree, event->tgid);
	uint64_t end_ns = event->time_ns + intake->tree->clock_offset_ns;
	uint64_t lived_ns =
	    node && !node->is_placeholder && end_ns > node->begin_ns ? end_ns - node->begin_ns : 0;

	return accounting_take(intake->accounting, event->pid, lived_ns, records);
}

static int apply_exit(struct intake *intake, const struct ptree_event *event)
{
	struct ptree_accounting records[2];
	struct exit_evidence evidence = { .records = records };

	evidence.record_count = take_records(intake, event, records);
	if (exit_is_disputed(intake->tree, event, &evidence))
		ask_zombie(intake, event, &evidence);
	return exit_apply(intake->tree, event, &evidence);
}

static int take_foreign(struct intake *intake, const struct ptree_event *event)
{
	uint64_t boot_ns = set_event_clock(intake, event);
	int err;

	if (event->kind == PTREE_EVENT_LOST)
		intake->losses++;
	else
		intake->events++;
	if (boot_ns > intake->newest_ns)
		intake->newest_ns = boot_ns;
	err = event->kind == PTREE_EVENT_EXIT ? apply_exit(intake, event)
					      : ptree_tree_apply(intake->tree, event);
	if (!err)
		follow_up(intake, event);
	return err;
}

static int take_event(struct intake *intake, const struct ptree_event *event)
{
	struct ptree_accounting records[2];
	struct ptree_event birth;
	int err = 0;

	if (own_is_noise(intake->own, event)) {
		if (event->kind == PTREE_EVENT_EXIT) /* nobody asks for its record */
			accounting_take(intake->accounting, event->pid, 0, records);
		return 0;
	}
	if (own_take_doubtful(intake->own, event, &birth))
		err = take_foreign(intake, &birth);
	return err ? err : take_foreign(intake, event);
}

/* ---- those that wait ---- */

static bool must_wait(struct intake *intake, const struct ptree_event *event, uint64_t since_ns,
		      uint64_t now_ns)
{
	return event->kind == PTREE_EVENT_EXEC && now_ns < since_ns + HOLD_NS &&
	       intake->held.count <= HELD_MAX && texts_is_awaited(intake->texts, event, now_ns);
}

/* Applies what need not wait any longer. 0 or -ENOMEM. */
static int release_held(struct intake *intake, bool all)
{
	const struct held_event *first;
	uint64_t now_ns = ptree_boot_now_ns();
	int result = 0;

	while ((first = held_first(&intake->held))) {
		struct ptree_event event = first->event;
		int err;

		if (!all && must_wait(intake, &event, first->since_ns, now_ns))
			break;
		if (event.kind == PTREE_EVENT_EXEC && now_ns >= first->since_ns + HOLD_NS &&
		    !texts_has(intake->texts, &event))
			texts_give_up(intake->texts, &event);
		held_pop(&intake->held);
		err = take_event(intake, &event);
		result = result ? result : err;
	}
	return result;
}

int intake_release_all(struct intake *intake)
{
	return release_held(intake, true);
}

static int hold_or_take(struct intake *intake, const struct ptree_event *event, uint64_t now_ns)
{
	int err;

	if (!intake->held.count && !must_wait(intake, event, now_ns, now_ns))
		return take_event(intake, event);
	if (!held_push(&intake->held, event, now_ns))
		return 0;
	err = release_held(intake, true);
	return err ? err : take_event(intake, event);
}

int intake_take(struct intake *intake, const struct ptree_event *events, int count, uint64_t now_ns)
{
	int result;

	intake_look_at_clocks(intake);
	result = texts_take(intake->texts);
	/* The records of all exits of this batch, and of those held, are there by now. */
	if (!result && count)
		result = accounting_drain(intake->accounting, now_ns);
	if (!result)
		result = release_held(intake, false);
	for (int i = 0; i < count; i++) {
		int err = hold_or_take(intake, &events[i], now_ns);

		result = result ? result : err;
	}
	return result;
}

uint64_t intake_due_ns(const struct intake *intake)
{
	const struct held_event *first = held_first(&intake->held);

	return first ? first->since_ns + HOLD_NS : 0;
}

void intake_clear(struct intake *intake)
{
	held_clear(&intake->held);
}
