/* SPDX-License-Identifier: MIT */
/*
 * Keeps a tree current: joins connector, /proc and tree, and decides when to believe which.
 *
 *   STARTING  subscribed; the first scan is under way, events are applied as they come
 *   LIVE      the tree follows the events
 *   STALE     events were lost: a scan repairs the tree
 *   DEAF      the kernel stopped sending without an error: a new socket, then a scan
 *   POLLING   no connector, or not one to be believed: scans on a timer
 *
 * A scan always begins after the subscription or the loss that it is to make good. Its result is
 * merged by the time at which each thing was read; processes that it did not meet are ended only
 * when the events from before it have all been read.
 */
#include "accounting.h"
#include "clock.h"
#include "held.h"
#include "model/exit.h"
#include "model/tree.h"
#include "reaping.h"
#include "sampler.h"
#include "scan.h"
#include "texts.h"
#include "told.h"
#include "kernel/connector.h"
#include "proc/procfs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BATCH 256
#define TICK_NS NS_PER_S
#define DEFAULT_SAMPLE_NS (3 * NS_PER_S / 2)
#define DEFAULT_BUDGET_NS (10 * NS_PER_MS)
#define SCAN_THREADS 2
#define HEARTBEATS_MISSED_MAX 2
#define ORPHANS_PER_TURN 32
/* How long an exec, and all that came after it, waits for its command line; and how many do. */
#define HOLD_NS (20 * NS_PER_MS)
#define HELD_MAX 16384
#define RECONNECT_NS (30 * NS_PER_S)
/* After a loss that none has followed for so long the next scan is not put off any more. */
#define LOSSES_OVER_NS (300 * NS_PER_MS)
/* So many first scans in a row that were not whole, and something stands in the way. */
#define FIRST_SCANS_MAX 5
/* Of a scan's own duration: how long to leave /proc alone after it. */
#define REPAIR_PAUSE 3
#define POLL_PAUSE 20
/* Events this much younger than a scan's start prove that those from before it have been read. */
#define ORDER_SLACK_NS (200 * NS_PER_MS)

struct ptree_monitor {
	struct ptree_tree *tree;
	struct ptree_procfs *procfs;
	struct ptree_connector *connector; /* NULL: polling */
	struct ptree_host *host;
	struct texts texts;
	struct held held;
	struct accounting accounting;
	struct sampler sampler;
	struct scan *scan; /* the one under way, or NULL */
	struct reaping reaping;
	struct ptree_monitor_options options;
	struct ptree_monitor_status status;
	int epoll_fd, wake_fd, timer_fd, hold_fd, sample_fd;
	pid_t self;
	struct clock clock;
	uint64_t lost_before; /* by sockets that are closed */
	uint64_t ignored_before;
	uint64_t last_event_ns; /* when the connector last had something to say */
	uint64_t newest_ns;	/* the youngest event's own time */
	uint64_t scan_end_ns;	/* when the last scan ended, and how long it took */
	uint64_t scan_duration_ns;
	uint64_t reconnect_ns; /* when the connector was last tried */
	size_t unknown_left; /* placeholders that the last scan could not fill: /proc hides them */
	unsigned heartbeats_missed;
	bool is_drained;       /* the socket was empty when last looked at */
	bool needs_repair;     /* a loss that no scan has made good yet */
	uint64_t loss_ns;      /* when the last loss was noticed */
	unsigned scans_failed; /* in a row */
	int scan_error;	       /* why the last one did */
	bool is_scan_for_loss;
	struct ptree_event events[BATCH];
};

/* ---- the connector ---- */

static int watch_fd(struct ptree_monitor *monitor, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(monitor->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* Without events there is nothing to tell command lines and accounting by. */
static void forget_helpers(struct ptree_monitor *monitor)
{
	texts_close_witness(&monitor->texts);
	accounting_close(&monitor->accounting);
}

static int connect_events(struct ptree_monitor *monitor, const struct ptree_connector *before)
{
	const struct ptree_connector_options options = {
		.receive_buffer_size = monitor->options.receive_buffer_size,
		.no_enobufs = true,
	};
	int err;

	monitor->reconnect_ns = ptree_boot_now_ns();
	if (monitor->options.poll_only)
		return 0;
	/* Before it, so that they hear of everything that it hears of. */
	texts_open_witness(&monitor->texts, monitor->options.no_realtime);
	accounting_open(&monitor->accounting);
	err = connector_open_after(&monitor->connector, &options, before);
	if (err) {
		forget_helpers(monitor);
		return err;
	}
	monitor->heartbeats_missed = 0;
	monitor->last_event_ns = monitor->reconnect_ns;
	err = watch_fd(monitor, ptree_connector_fd(monitor->connector));
	if (err) {
		ptree_connector_close(monitor->connector);
		monitor->connector = NULL;
		forget_helpers(monitor);
	}
	return err;
}

/* What it counted stays counted. It is the caller's to close. */
static struct ptree_connector *take_leave(struct ptree_monitor *monitor)
{
	struct ptree_connector *connector = monitor->connector;
	struct ptree_connector_stats stats;

	if (!connector)
		return NULL;
	ptree_connector_get_stats(connector, &stats);
	monitor->lost_before += stats.lost > stats.dropped ? stats.lost : stats.dropped;
	monitor->ignored_before += stats.spoofed + stats.truncated + stats.malformed;
	monitor->connector = NULL;
	forget_helpers(monitor);
	return connector;
}

static void disconnect_events(struct ptree_monitor *monitor)
{
	ptree_connector_close(take_leave(monitor));
}

static void note_loss(struct ptree_monitor *monitor)
{
	monitor->needs_repair = true;
	monitor->loss_ns = ptree_boot_now_ns();
}

static void update_counts(struct ptree_monitor *monitor)
{
	struct ptree_connector_stats stats;
	uint64_t lost;

	if (!monitor->connector)
		return;
	ptree_connector_get_stats(monitor->connector, &stats);
	/* The socket knows what it dropped before the next event shows the gap. */
	lost = monitor->lost_before + (stats.lost > stats.dropped ? stats.lost : stats.dropped);
	if (lost != monitor->status.lost)
		note_loss(monitor);
	monitor->status.lost = lost;
	monitor->status.ignored =
	    monitor->ignored_before + stats.spoofed + stats.truncated + stats.malformed;
	monitor->status.receive_buffer_size = stats.receive_buffer_size;
}

/* ---- clocks ---- */

static void look_at_clocks(struct ptree_monitor *monitor)
{
	uint64_t offset_ns = ptree_boot_offset_ns();

	clock_look(&monitor->clock, ptree_boot_now_ns() - offset_ns, offset_ns);
	ptree_tree_set_clock_offset(monitor->tree, monitor->clock.offset_ns);
}

/* The tree's offset is that of the event which is being taken in. */
static uint64_t set_event_clock(struct ptree_monitor *monitor, const struct ptree_event *event)
{
	uint64_t offset_ns = clock_offset_ns(&monitor->clock, event->time_ns);

	ptree_tree_set_clock_offset(monitor->tree, offset_ns);
	return event->time_ns + offset_ns;
}

/* ---- states ---- */

static void tell_source(struct ptree_monitor *monitor)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(monitor, &status);
	told_source(monitor->tree, &status);
}

static void enter(struct ptree_monitor *monitor, enum ptree_monitor_state state)
{
	monitor->status.state = state;
	ptree_tree_set_polling(monitor->tree, state == PTREE_MONITOR_POLLING);
	tell_source(monitor);
}

static void start_polling(struct ptree_monitor *monitor, int reason)
{
	disconnect_events(monitor);
	monitor->status.reason = reason;
	monitor->needs_repair = false;
	if (monitor->status.state != PTREE_MONITOR_STARTING)
		enter(monitor, PTREE_MONITOR_POLLING);
}

static int start_scan(struct ptree_monitor *monitor)
{
	int err = scan_start(&monitor->scan, monitor->procfs, 0, SCAN_THREADS, monitor->wake_fd);

	if (err) {
		monitor->scan = NULL;
		monitor->scan_end_ns = ptree_boot_now_ns(); /* try again, but not at once */
		return err;
	}
	monitor->is_scan_for_loss = monitor->needs_repair;
	monitor->needs_repair = false;
	return 0;
}

/*
 * The old socket is closed only when there is a new one, which goes on counting where it stopped.
 * What it still held is older than the scan to come.
 */
static void replace_deaf_socket(struct ptree_monitor *monitor)
{
	struct ptree_connector *old;
	int err;

	if (monitor->status.state != PTREE_MONITOR_STARTING)
		enter(monitor, PTREE_MONITOR_DEAF);
	old = take_leave(monitor);
	err = connect_events(monitor, old);
	ptree_connector_close(old);
	if (err)
		start_polling(monitor, err);
	else
		note_loss(monitor);
}

static bool has_rested(const struct ptree_monitor *monitor, uint64_t now_ns, uint64_t pause,
		       uint64_t least_ns)
{
	uint64_t rest_ns = monitor->scan_duration_ns * pause;

	return now_ns >= monitor->scan_end_ns + (rest_ns > least_ns ? rest_ns : least_ns);
}

/* Boot time at which the next scan may begin. While losses go on it is to leave /proc alone now and
   then; of the last one it is to make good at once. */
static uint64_t repair_due_ns(const struct ptree_monitor *monitor)
{
	uint64_t pause_ns = monitor->scan_duration_ns * REPAIR_PAUSE;
	uint64_t rested_ns =
	    monitor->scan_end_ns + (pause_ns > 50 * NS_PER_MS ? pause_ns : 50 * NS_PER_MS);
	uint64_t over_ns = monitor->loss_ns + LOSSES_OVER_NS;

	return rested_ns < over_ns ? rested_ns : over_ns;
}

/* What it has read already was before the loss. While losses go on there is no point in that. */
static bool is_scan_outdated(const struct ptree_monitor *monitor, uint64_t now_ns)
{
	return monitor->scan && scan_start_ns(monitor->scan) < monitor->loss_ns &&
	       now_ns >= monitor->loss_ns + LOSSES_OVER_NS;
}

static void repair_if_needed(struct ptree_monitor *monitor, uint64_t now_ns)
{
	if (!monitor->needs_repair)
		return;
	if (monitor->status.state == PTREE_MONITOR_LIVE)
		enter(monitor, PTREE_MONITOR_STALE);
	if (is_scan_outdated(monitor, now_ns)) {
		scan_free(monitor->scan);
		monitor->scan = NULL;
	}
	if (!monitor->scan && now_ns >= repair_due_ns(monitor))
		start_scan(monitor);
}

/* ---- events ---- */

/*
 * The heartbeat and the names of our own threads are COMM events of this process; that its
 * threads come and go is nobody's concern either.
 */
static bool is_own_noise(const struct ptree_monitor *monitor, const struct ptree_event *event)
{
	return event->tgid == monitor->self &&
	       (event->kind == PTREE_EVENT_COMM || event->pid != event->tgid);
}

static void follow_up(struct ptree_monitor *monitor, const struct ptree_event *event)
{
	struct ptree_node *node;

	if (event->kind == PTREE_EVENT_EXEC) {
		monitor->status.execs++;
		node = tree_present(monitor->tree, event->tgid);
		if (node)
			texts_want_of_exec(&monitor->texts, node, event);
		if (node)
			sampler_wake(&monitor->sampler, node);
	} else if (event->kind == PTREE_EVENT_EXIT) {
		node = tree_latest(monitor->tree, event->tgid);
		if (node && (node->has_ended || node->is_leader_gone))
			reaping_exit_seen(&monitor->reaping, node->id);
	} else if (event->kind == PTREE_EVENT_FORK && event->pid == event->tgid) {
		node = tree_present(monitor->tree, event->tgid);
		if (node && ptree_node_is_kernel_thread(node))
			texts_want_name(&monitor->texts, node);
		if (node)
			sampler_wake(&monitor->sampler, node);
	}
}

/* While nobody has waited for it, /proc knows what its parent will be given. */
static void ask_zombie(struct ptree_monitor *monitor, const struct ptree_event *event,
		       struct exit_evidence *evidence)
{
	const struct ptree_node *node = tree_live(monitor->tree, event->tgid);
	struct ptree_process process = { 0 };
	uint32_t status;

	if (!node || procfs_read_zombie(monitor->procfs, event->tgid, &process, &status) ||
	    !tree_is_same(node, process.start_ns))
		return;
	evidence->has_wait_status = true;
	evidence->wait_status = status;
}

/* What the kernel says that the task has used, before it is over in the tree. */
static unsigned take_records(struct ptree_monitor *monitor, const struct ptree_event *event,
			     struct ptree_accounting records[2])
{
	const struct ptree_node *node = tree_live(monitor->tree, event->tgid);
	uint64_t end_ns = event->time_ns + monitor->tree->clock_offset_ns;
	uint64_t lived_ns =
	    node && !node->is_placeholder && end_ns > node->begin_ns ? end_ns - node->begin_ns : 0;

	return accounting_take(&monitor->accounting, event->pid, lived_ns, records);
}

static int apply_exit(struct ptree_monitor *monitor, const struct ptree_event *event)
{
	struct ptree_accounting records[2];
	struct exit_evidence evidence = { .records = records };

	evidence.record_count = take_records(monitor, event, records);
	if (exit_is_disputed(monitor->tree, event, &evidence))
		ask_zombie(monitor, event, &evidence);
	return exit_apply(monitor->tree, event, &evidence);
}

static int take_event(struct ptree_monitor *monitor, const struct ptree_event *event)
{
	uint64_t boot_ns = set_event_clock(monitor, event);
	struct ptree_accounting own[2];
	int err;

	if (is_own_noise(monitor, event)) {
		if (event->kind == PTREE_EVENT_EXIT) /* nobody asks for its record */
			accounting_take(&monitor->accounting, event->pid, 0, own);
		return 0;
	}
	if (event->kind == PTREE_EVENT_LOST)
		note_loss(monitor);
	else
		monitor->status.events++;
	if (boot_ns > monitor->newest_ns)
		monitor->newest_ns = boot_ns;
	err = event->kind == PTREE_EVENT_EXIT ? apply_exit(monitor, event)
					      : ptree_tree_apply(monitor->tree, event);
	if (!err)
		follow_up(monitor, event);
	return err;
}

static bool must_wait(struct ptree_monitor *monitor, const struct ptree_event *event,
		      uint64_t since_ns, uint64_t now_ns)
{
	return event->kind == PTREE_EVENT_EXEC && now_ns < since_ns + HOLD_NS &&
	       monitor->held.count <= HELD_MAX && texts_is_awaited(&monitor->texts, event, now_ns);
}

/* Applies what need not wait any longer. 0 or -ENOMEM. */
static int release_held(struct ptree_monitor *monitor, bool all)
{
	const struct held_event *first;
	uint64_t now_ns = ptree_boot_now_ns();
	int result = 0;

	while ((first = held_first(&monitor->held))) {
		struct ptree_event event = first->event;
		int err;

		if (!all && must_wait(monitor, &event, first->since_ns, now_ns))
			break;
		if (event.kind == PTREE_EVENT_EXEC && now_ns >= first->since_ns + HOLD_NS &&
		    !texts_has(&monitor->texts, &event))
			texts_give_up(&monitor->texts);
		held_pop(&monitor->held);
		err = take_event(monitor, &event);
		result = result ? result : err;
	}
	return result;
}

static int hold_or_take(struct ptree_monitor *monitor, const struct ptree_event *event,
			uint64_t now_ns)
{
	int err;

	if (!monitor->held.count && !must_wait(monitor, event, now_ns, now_ns))
		return take_event(monitor, event);
	if (!held_push(&monitor->held, event, now_ns))
		return 0;
	err = release_held(monitor, true);
	return err ? err : take_event(monitor, event);
}

/* Returns how many were taken, or -ENOMEM. */
static int take_batch(struct ptree_monitor *monitor)
{
	int count = ptree_connector_receive(monitor->connector, monitor->events, BATCH, 0);
	uint64_t now_ns = ptree_boot_now_ns();
	int result;

	if (count == -ENOBUFS || count == -EINTR) {
		if (count == -ENOBUFS)
			note_loss(monitor);
		return 1; /* go on */
	}
	if (count < 0) {
		replace_deaf_socket(monitor);
		return 0;
	}
	look_at_clocks(monitor);
	result = texts_take(&monitor->texts);
	/* The records of all exits of this batch, and of those held, are there by now. */
	if (!result && count)
		result = accounting_drain(&monitor->accounting, now_ns);
	if (!result)
		result = release_held(monitor, false);
	for (int i = 0; i < count; i++) {
		int err = hold_or_take(monitor, &monitor->events[i], now_ns);

		result = result ? result : err;
	}
	if (count) {
		monitor->last_event_ns = now_ns;
		monitor->heartbeats_missed = 0;
	}
	return result ? result : count;
}

static int take_events(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	int total = 0;
	int err = monitor->connector ? 0 : release_held(monitor, true);

	monitor->is_drained = false;
	while (monitor->connector && !err) {
		int count = take_batch(monitor);

		err = count < 0 ? count : 0;
		monitor->is_drained = count == 0 && !monitor->held.count;
		total += count > 0 ? count : 0;
		if (count <= 0 || ptree_boot_now_ns() >= deadline_ns)
			break;
	}
	return err ? err : total;
}

/* Until a scan may begin, or one under way turns out to be outdated. */
static uint64_t repair_wait_ns(const struct ptree_monitor *monitor, uint64_t now_ns)
{
	uint64_t due_ns =
	    monitor->scan ? monitor->loss_ns + LOSSES_OVER_NS : repair_due_ns(monitor);

	return due_ns > now_ns ? due_ns - now_ns : 1;
}

/* Comes back when the first of those held has waited for long enough, if nothing comes before. */
static void time_held(struct ptree_monitor *monitor)
{
	const struct held_event *first = held_first(&monitor->held);
	struct itimerspec due = { 0 };
	uint64_t now_ns = ptree_boot_now_ns();
	uint64_t wait_ns = texts_check_witness(&monitor->texts, now_ns);

	if (first)
		wait_ns =
		    first->since_ns + HOLD_NS > now_ns ? first->since_ns + HOLD_NS - now_ns : 1;
	else if (!wait_ns && monitor->needs_repair)
		wait_ns = repair_wait_ns(monitor, now_ns);
	if (!wait_ns)
		return;
	due.it_value.tv_nsec = (long)wait_ns;
	timerfd_settime(monitor->hold_fd, 0, &due, NULL);
}

/* ---- scans ---- */

static void observe_tasks(struct ptree_monitor *monitor, const struct scan_entry *entry)
{
	if (entry->process.pid == monitor->self)
		return;
	if (entry->tids || entry->process.thread_count <= 1)
		ptree_tree_observe_tasks(monitor->tree, &entry->process, entry->tids,
					 entry->tid_count);
}

static int take_entry(struct ptree_monitor *monitor, const struct scan_entry *entry)
{
	const struct ptree_node *node = tree_latest(monitor->tree, entry->process.pid);
	uint64_t known_zombie_id = node && node->is_zombie ? node->id : 0;
	int err = ptree_tree_observe(monitor->tree, &entry->process);

	node = tree_latest(monitor->tree, entry->process.pid);
	if (err || !node)
		return err;
	observe_tasks(monitor, entry);
	if (node->is_zombie && node->id != known_zombie_id)
		reaping_zombie_seen(&monitor->reaping, node->id);
	return 0;
}

/* Everything from before the scan is in the tree. */
static bool is_past_scan_start(const struct ptree_monitor *monitor)
{
	return !monitor->connector || monitor->is_drained ||
	       monitor->newest_ns > scan_start_ns(monitor->scan) + ORDER_SLACK_NS;
}

/* A tree that a whole scan has seeded is one, whatever was lost since. */
static void enter_after_scan(struct ptree_monitor *monitor)
{
	if (!monitor->connector)
		enter(monitor, PTREE_MONITOR_POLLING);
	else
		enter(monitor, monitor->needs_repair ? PTREE_MONITOR_STALE : PTREE_MONITOR_LIVE);
}

static void finish_whole_scan(struct ptree_monitor *monitor, uint64_t began_ns)
{
	ptree_tree_sweep(monitor->tree, began_ns);
	monitor->unknown_left = monitor->tree->placeholder_count;
	monitor->scans_failed = 0;
	if (monitor->is_scan_for_loss) {
		monitor->status.resyncs++;
		told_compared(monitor->tree, monitor->scan_end_ns);
	}
	enter_after_scan(monitor);
}

/* Some of those that exist may be missing: it is no scan, and is done again. */
static void finish_failed_scan(struct ptree_monitor *monitor, int error)
{
	monitor->unknown_left = 0;
	monitor->scans_failed++;
	monitor->scan_error = error;
	monitor->loss_ns = monitor->scan_end_ns; /* again, but not at once */
	if (monitor->connector)
		monitor->needs_repair = true;
}

static void finish_scan(struct ptree_monitor *monitor)
{
	uint64_t began_ns = scan_start_ns(monitor->scan);
	int error = scan_error(monitor->scan);

	scan_free(monitor->scan);
	monitor->scan = NULL;
	monitor->scan_end_ns = ptree_boot_now_ns();
	monitor->scan_duration_ns = monitor->scan_end_ns - began_ns;
	if (error < 0)
		finish_failed_scan(monitor, error);
	else
		finish_whole_scan(monitor, began_ns);
	texts_want_all_unknown(&monitor->texts);
	monitor->is_scan_for_loss = false;
}

/* Without a first scan there is no tree. */
static int first_scan_error(const struct ptree_monitor *monitor)
{
	return monitor->status.state == PTREE_MONITOR_STARTING &&
		       monitor->scans_failed >= FIRST_SCANS_MAX
		   ? monitor->scan_error
		   : 0;
}

static int take_scan(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	struct scan_entry entries[64];
	size_t count;
	int err = 0;

	if (!monitor->scan)
		return 0;
	do {
		count = scan_take(monitor->scan, entries, 64);
		for (size_t i = 0; i < count; i++) {
			int result = take_entry(monitor, &entries[i]);

			err = err ? err : result;
			scan_entry_clear(&entries[i]);
		}
	} while (count && ptree_boot_now_ns() < deadline_ns);
	if (scan_is_done(monitor->scan) && is_past_scan_start(monitor))
		finish_scan(monitor);
	return err;
}

/* ---- text ---- */

void ptree_monitor_refresh(struct ptree_monitor *monitor, uint64_t id)
{
	texts_want_again(&monitor->texts, id);
}

void ptree_monitor_refresh_thread(struct ptree_monitor *monitor, pid_t tid)
{
	const struct ptree_thread *thread = ptree_tree_find_thread(monitor->tree, tid);
	struct ptree_process task;

	if (!thread || ptree_procfs_read_task(monitor->procfs, thread->node->pid, tid, &task))
		return;
	ptree_tree_set_thread_comm(monitor->tree, tid, task.comm);
	ptree_tree_sample_thread(monitor->tree, &task);
}

/* ---- usage ---- */

void ptree_monitor_sample(struct ptree_monitor *monitor, uint64_t id)
{
	struct ptree_node *node = map_find(&monitor->tree->by_id, id);

	if (node)
		sampler_wake(&monitor->sampler, node);
}

const struct ptree_host *ptree_monitor_host(const struct ptree_monitor *monitor)
{
	return monitor->host;
}

/* ---- orphans ---- */

/* One child's answer holds for all that its dead parent left. */
static bool settle_orphans(struct ptree_monitor *monitor, pid_t child)
{
	struct ptree_node *node = tree_latest(monitor->tree, child);
	pid_t ppid;
	int err = ptree_procfs_parent(monitor->procfs, child, &ppid);

	if (!err)
		return !ptree_tree_adopt(monitor->tree, child, ppid);
	if (!node || !node->is_zombie)
		return false; /* gone as well: its own exit is on the way */
	ptree_tree_set_zombie(monitor->tree, node->id, false);
	return true;
}

static void wake_self(struct ptree_monitor *monitor)
{
	ssize_t written = write(monitor->wake_fd, &(uint64_t){ 1 }, sizeof(uint64_t));

	(void)written; /* it fails when the counter is full, and then it wakes all the same */
}

/* Those that cannot be settled wait for the next turn; the others only if time is over. */
static void adopt_orphans(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	unsigned settled = 0;
	size_t skip = 0;
	pid_t child;

	while (skip < ORPHANS_PER_TURN && ptree_tree_orphaned(monitor->tree, skip, &child)) {
		if (settled >= ORPHANS_PER_TURN && ptree_boot_now_ns() >= deadline_ns) {
			wake_self(monitor);
			return;
		}
		if (settle_orphans(monitor, child))
			settled++;
		else
			skip++;
	}
}

/* ---- the tick ---- */

/*
 * Any other process's event proves that the socket hears. Where it is silent, an event of our own
 * must come: setting a thread's name to what it is already.
 */
static void heartbeat(struct ptree_monitor *monitor, uint64_t now_ns)
{
	char name[PTREE_COMM_SIZE] = "";

	if (now_ns < monitor->last_event_ns + TICK_NS)
		return;
	if (monitor->heartbeats_missed >= HEARTBEATS_MISSED_MAX) {
		replace_deaf_socket(monitor);
		return;
	}
	monitor->heartbeats_missed++;
	prctl(PR_GET_NAME, name);
	prctl(PR_SET_NAME, name);
}

static void poll_tick(struct ptree_monitor *monitor, uint64_t now_ns)
{
	if (!monitor->options.poll_only && now_ns >= monitor->reconnect_ns + RECONNECT_NS &&
	    !connect_events(monitor, NULL)) {
		monitor->status.reason = 0;
		monitor->needs_repair = true;
		enter(monitor, PTREE_MONITOR_STALE);
		return;
	}
	if (!monitor->scan && has_rested(monitor, now_ns, monitor->scans_failed ? 0 : POLL_PAUSE,
					 monitor->scans_failed ? 0 : TICK_NS / 2))
		start_scan(monitor);
}

static void check_tick(struct ptree_monitor *monitor, uint64_t now_ns)
{
	size_t unknown = monitor->tree->placeholder_count;
	bool is_unsure;

	if (unknown < monitor->unknown_left)
		monitor->unknown_left = unknown;
	is_unsure = monitor->reaping.has_overflowed || unknown > monitor->unknown_left;

	if (is_unsure && !monitor->scan && has_rested(monitor, now_ns, POLL_PAUSE, 2 * NS_PER_S)) {
		monitor->reaping.has_overflowed = false;
		start_scan(monitor);
	}
}

static void tick(struct ptree_monitor *monitor)
{
	uint64_t now_ns = ptree_boot_now_ns();

	look_at_clocks(monitor);
	texts_check(&monitor->texts, now_ns);
	accounting_expire(&monitor->accounting, now_ns);
	reaping_look(&monitor->reaping, monitor->tree, monitor->procfs, now_ns);
	ptree_tree_expire(monitor->tree, now_ns);
	if (!monitor->connector) {
		poll_tick(monitor, now_ns);
		return;
	}
	heartbeat(monitor, now_ns);
	check_tick(monitor, now_ns);
}

static bool was_signalled(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

int ptree_monitor_dispatch(struct ptree_monitor *monitor, uint64_t budget_ns)
{
	uint64_t deadline_ns = ptree_boot_now_ns() + (budget_ns ? budget_ns : DEFAULT_BUDGET_NS);
	int applied, err, result;

	was_signalled(monitor->wake_fd);
	was_signalled(monitor->hold_fd);
	result = texts_take(&monitor->texts);
	if (was_signalled(monitor->timer_fd))
		tick(monitor);
	if (was_signalled(monitor->sample_fd)) {
		sampler_tick(&monitor->sampler, ptree_boot_now_ns());
		told_host(monitor->tree, monitor->host);
		tell_source(monitor);
	}
	applied = take_events(monitor, deadline_ns);
	err = take_scan(monitor, deadline_ns);
	if (sampler_work(&monitor->sampler, deadline_ns))
		wake_self(monitor);
	time_held(monitor);
	adopt_orphans(monitor, deadline_ns);
	update_counts(monitor);
	repair_if_needed(monitor, ptree_boot_now_ns());
	err = err ? err : result;
	err = err ? err : first_scan_error(monitor);
	return applied < 0 ? applied : err ? err : applied;
}

int ptree_monitor_settle(struct ptree_monitor *monitor)
{
	int applied = ptree_monitor_dispatch(monitor, 0);
	int err = release_held(monitor, true);

	return applied < 0 || !err ? applied : err;
}

/* ---- life ---- */

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S) };
}

static int open_sample_fd(struct ptree_monitor *monitor)
{
	uint64_t ns = monitor->options.sample_ns ? monitor->options.sample_ns : DEFAULT_SAMPLE_NS;
	const struct itimerspec every = { .it_interval = to_timespec(ns),
					  .it_value = to_timespec(ns) };

	monitor->sample_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (monitor->sample_fd < 0 || timerfd_settime(monitor->sample_fd, 0, &every, NULL))
		return -errno;
	return watch_fd(monitor, monitor->sample_fd);
}

static int open_fds(struct ptree_monitor *monitor)
{
	const struct itimerspec every_tick = { .it_interval.tv_sec = TICK_NS / NS_PER_S,
					       .it_value.tv_sec = TICK_NS / NS_PER_S };
	int err;

	monitor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	monitor->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	monitor->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	monitor->hold_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (monitor->epoll_fd < 0 || monitor->wake_fd < 0 || monitor->timer_fd < 0 ||
	    monitor->hold_fd < 0 || timerfd_settime(monitor->timer_fd, 0, &every_tick, NULL))
		return -errno;
	err = watch_fd(monitor, monitor->wake_fd);
	if (!err)
		err = watch_fd(monitor, monitor->hold_fd);
	if (!err)
		err = watch_fd(monitor, monitor->timer_fd);
	return err ? err : open_sample_fd(monitor);
}

static int open_parts(struct ptree_monitor *monitor)
{
	int err = open_fds(monitor);

	if (!err)
		err = ptree_tree_new(&monitor->tree, &monitor->options.tree);
	if (!err)
		err = ptree_procfs_open(&monitor->procfs, monitor->options.proc_path);
	if (!err)
		err = ptree_host_new(&monitor->host, monitor->procfs);
	if (err)
		return err;
	ptree_host_sample(monitor->host);
	monitor->sampler = (struct sampler){ .tree = monitor->tree,
					     .procfs = monitor->procfs,
					     .host = monitor->host };
	return texts_open(&monitor->texts, monitor->tree, monitor->options.proc_path,
			  monitor->options.argv_max, monitor->wake_fd);
}

static int start(struct ptree_monitor *monitor)
{
	int err;

	look_at_clocks(monitor);
	told_clock(monitor->tree, monitor->procfs);
	err = connect_events(monitor, NULL);
	if (err == -ENOMEM || err == -EMFILE || err == -ENFILE)
		return err;
	if (err)
		start_polling(monitor, err);
	return start_scan(monitor);
}

int ptree_monitor_new(struct ptree_monitor **out, const struct ptree_monitor_options *options)
{
	struct ptree_monitor *monitor = calloc(1, sizeof(*monitor));
	int err;

	if (!monitor)
		return -ENOMEM;
	monitor->epoll_fd = monitor->wake_fd = monitor->timer_fd = monitor->hold_fd = -1;
	monitor->sample_fd = -1;
	monitor->self = getpid();
	if (options)
		monitor->options = *options;
	err = open_parts(monitor);
	if (!err)
		err = start(monitor);
	if (err) {
		ptree_monitor_free(monitor);
		return err;
	}
	*out = monitor;
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void ptree_monitor_free(struct ptree_monitor *monitor)
{
	if (!monitor)
		return;
	scan_free(monitor->scan);
	texts_close(&monitor->texts);
	ptree_connector_close(monitor->connector);
	ptree_procfs_close(monitor->procfs);
	ptree_tree_free(monitor->tree);
	reaping_clear(&monitor->reaping);
	accounting_close(&monitor->accounting);
	sampler_clear(&monitor->sampler);
	ptree_host_free(monitor->host);
	held_clear(&monitor->held);
	close_fd(monitor->sample_fd);
	close_fd(monitor->hold_fd);
	close_fd(monitor->timer_fd);
	close_fd(monitor->wake_fd);
	close_fd(monitor->epoll_fd);
	free(monitor);
}

int ptree_monitor_fd(const struct ptree_monitor *monitor)
{
	return monitor->epoll_fd;
}

static bool is_ready(const struct ptree_monitor *monitor, bool with_argv)
{
	if (monitor->status.state == PTREE_MONITOR_STARTING)
		return false;
	return !with_argv || (!texts_pending(&monitor->texts) && !monitor->held.count);
}

int ptree_monitor_wait_ready(struct ptree_monitor *monitor, bool with_argv, int timeout_ms)
{
	uint64_t wait_ns = timeout_ms < 0 ? UINT64_MAX / 2 : (uint64_t)timeout_ms * NS_PER_MS;
	uint64_t deadline_ns = ptree_boot_now_ns() + wait_ns;

	while (!is_ready(monitor, with_argv)) {
		struct pollfd poll_fd = { .fd = monitor->epoll_fd, .events = POLLIN };
		uint64_t now_ns = ptree_boot_now_ns();
		int err;

		if (now_ns >= deadline_ns)
			return -ETIMEDOUT;
		wait_ns = deadline_ns - now_ns < TICK_NS ? deadline_ns - now_ns : TICK_NS;
		poll(&poll_fd, 1, (int)(wait_ns / NS_PER_MS) + 1);
		err = ptree_monitor_dispatch(monitor, 0);
		if (err < 0)
			return err;
	}
	return 0;
}

struct ptree_tree *ptree_monitor_tree(struct ptree_monitor *monitor)
{
	return monitor->tree;
}

void ptree_monitor_get_status(const struct ptree_monitor *monitor,
			      struct ptree_monitor_status *status)
{
	*status = monitor->status;
	status->argv_read = monitor->texts.execs_read;
	status->argv_late = monitor->texts.execs_late;
	status->argv_hung = texts_hung(&monitor->texts);
	status->is_realtime = texts_is_realtime(&monitor->texts);
	status->accounting_error = monitor->accounting.taskstats ? 0
				   : monitor->accounting.error	 ? monitor->accounting.error
								 : -EOPNOTSUPP;
	status->accounted = monitor->accounting.joined;
	status->accounting_lost = accounting_lost(&monitor->accounting);
	status->unaccounted = monitor->accounting.missing;
	if (monitor->scan)
		scan_get_progress(monitor->scan, &status->scan_done, &status->scan_total);
}

const char *ptree_monitor_reason_text(int reason)
{
	switch (reason) {
	case 0:
		return "asked to poll";
	case -EPERM:
	case -EACCES:
		return "no privilege for the process connector: run as root or give CAP_NET_ADMIN";
	case -EPROTONOSUPPORT:
		return "this kernel has no netlink connector (CONFIG_CONNECTOR)";
	case -EOPNOTSUPP:
		return "the kernel sends no process events here: no CONFIG_PROC_EVENTS, or a "
		       "container";
	case -ECONNREFUSED:
		return "no process events in this network namespace: run in the host's";
	default:
		return "the process connector failed";
	}
}
