/* SPDX-License-Identifier: MIT */
/*
 * The states of a monitor, and its turns: it decides whether to believe the events or /proc.
 *
 *   STARTING  subscribed; the first scan is under way, events are applied as they come
 *   LIVE      the tree follows the events
 *   STALE     events were lost: a scan repairs the tree
 *   DEAF      the kernel stopped sending without an error: a new socket, then a scan
 *   POLLING   no connector, or not one to be believed: scans on a timer
 *
 * The events' way into the tree is intake.c's, what scans are for repair.c's, the sockets are
 * source.c's.
 */
#include "monitor.h"
#include "kernel/connector.h"
#include "model/tree.h"
#include "told.h"

#include <errno.h>

#define DEFAULT_BUDGET_NS (10 * NS_PER_MS)
#define RECONNECT_NS (30 * NS_PER_S)
#define BURST_TURNS 8
#define REST_NS (2 * NS_PER_MS)
#define REST_LEAST_EVENTS 4
#define REST_LEAST_BATCH 16 /* fewer have come while the last ones were taken: they wait, too */

/* ---- the source ---- */

/* Without events there is nothing to tell command lines and accounting by. */
static void forget_helpers(struct ptree_monitor *monitor)
{
	texts_close_witness(&monitor->texts);
	accounting_close(&monitor->accounting);
}

static void open_helpers(struct ptree_monitor *monitor)
{
	texts_open_witness(&monitor->texts, monitor->options.no_realtime);
	accounting_open(&monitor->accounting);
}

static int watch_source(struct ptree_monitor *monitor)
{
	return wakeups_watch(&monitor->wakeups, ptree_connector_fd(monitor->source.connector));
}

/* What others hear of this machine can only be joined with what the kernel said here. */
static int connect_given(struct ptree_monitor *monitor)
{
	source_give(&monitor->source, monitor->options.connector);
	if (connector_is_netlink(monitor->source.connector))
		open_helpers(monitor);
	return watch_source(monitor);
}

/* From events, and from threads that have read something about them. The hold ends it. */
static void rest(struct ptree_monitor *monitor, bool rests)
{
	struct ptree_connector *connector = monitor->source.connector;
	struct burst *burst = &monitor->burst;

	if (rests == burst->is_resting)
		return;
	burst->is_resting = rests && connector;
	if (connector)
		wakeups_mute(&monitor->wakeups, ptree_connector_fd(connector), burst->is_resting);
	wakeups_mute(&monitor->wakeups, monitor->wakeups.wake_fd, burst->is_resting);
}

static int connect_events(struct ptree_monitor *monitor, const struct ptree_connector *before)
{
	const struct ptree_connector_options options = {
		.receive_buffer_size = monitor->options.receive_buffer_size,
		.no_enobufs = true,
	};
	int err;

	if (monitor->options.poll_only)
		return 0;
	/* Before it, so that they hear of everything that it hears of. */
	texts_open_witness(&monitor->texts, monitor->options.no_realtime);
	accounting_open(&monitor->accounting);
	rest(monitor, false);
	err = source_open(&monitor->source, &options, before);
	if (!err) {
		err =
		    wakeups_watch(&monitor->wakeups, ptree_connector_fd(monitor->source.connector));
		if (!err)
			return 0;
		source_close(&monitor->source);
	}
	forget_helpers(monitor);
	return err;
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
	monitor->state = state;
	ptree_tree_set_polling(monitor->tree, state == PTREE_MONITOR_POLLING);
	tell_source(monitor);
}

static void start_polling(struct ptree_monitor *monitor, int reason)
{
	source_close(&monitor->source);
	forget_helpers(monitor);
	monitor->reason = reason;
	repair_forget_losses(&monitor->repair);
	if (monitor->state != PTREE_MONITOR_STARTING)
		enter(monitor, PTREE_MONITOR_POLLING);
}

/*
 * The old socket is closed only when there is a new one, which goes on counting where it stopped.
 * What it still held is older than the scan to come.
 */
static void replace_deaf_socket(struct ptree_monitor *monitor)
{
	struct ptree_connector *old;
	int err;

	if (monitor->source.is_given) {
		start_polling(monitor, -EPIPE);
		return;
	}
	if (monitor->state != PTREE_MONITOR_STARTING)
		enter(monitor, PTREE_MONITOR_DEAF);
	old = source_take_leave(&monitor->source);
	forget_helpers(monitor);
	err = connect_events(monitor, old);
	ptree_connector_close(old);
	if (err)
		start_polling(monitor, err);
	else
		repair_note_loss(&monitor->repair);
}

/* A tree that a whole scan has seeded is one, whatever was lost since. */
static void enter_after_scan(struct ptree_monitor *monitor)
{
	if (!monitor->source.connector)
		enter(monitor, PTREE_MONITOR_POLLING);
	else
		enter(monitor,
		      monitor->repair.is_needed ? PTREE_MONITOR_STALE : PTREE_MONITOR_LIVE);
}

static void repair_if_needed(struct ptree_monitor *monitor)
{
	if (!monitor->repair.is_needed)
		return;
	if (monitor->state == PTREE_MONITOR_LIVE)
		enter(monitor, PTREE_MONITOR_STALE);
	repair_go_on(&monitor->repair, ptree_boot_now_ns());
}

/* ---- events ---- */

static int take_in(struct ptree_monitor *monitor, int count)
{
	uint64_t now_ns = ptree_boot_now_ns();
	int err = intake_take(&monitor->intake, monitor->events, count, now_ns);

	if (monitor->intake.losses != monitor->losses_seen)
		repair_note_loss(&monitor->repair);
	monitor->losses_seen = monitor->intake.losses;
	if (count)
		source_heard(&monitor->source, now_ns);
	return err ? err : count;
}

/* Returns how many were taken, or -ENOMEM. */
static int take_batch(struct ptree_monitor *monitor)
{
	int count =
	    ptree_connector_receive(monitor->source.connector, monitor->events, MONITOR_BATCH, 0);

	if (count >= 0)
		return take_in(monitor, count);
	if (count == -EINTR)
		return 1; /* go on */
	if (count == -ENOBUFS) {
		repair_note_loss(&monitor->repair);
		return 1;
	}
	replace_deaf_socket(monitor);
	return 0;
}

static int take_events(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	int total = 0;
	int err = monitor->source.connector ? 0 : intake_release_all(&monitor->intake);

	monitor->is_drained = false;
	while (monitor->source.connector && !err) {
		int count = take_batch(monitor);

		err = count < 0 ? count : 0;
		monitor->is_drained = count == 0 && !monitor->intake.held.count;
		total += count > 0 ? count : 0;
		if (count <= (monitor->burst.is_resting ? REST_LEAST_BATCH : 0) ||
		    ptree_boot_now_ns() >= deadline_ns)
			break;
	}
	return err ? err : total;
}

/* Comes back when what waits has waited for long enough, if nothing comes before. */
static void time_next_turn(struct ptree_monitor *monitor)
{
	uint64_t now_ns = ptree_boot_now_ns();
	uint64_t held_ns = intake_due_ns(&monitor->intake);
	uint64_t wait_ns = texts_check_witness(&monitor->texts, now_ns);

	if (held_ns)
		wait_ns = held_ns > now_ns ? held_ns - now_ns : 1;
	else if (!wait_ns && monitor->repair.is_needed)
		wait_ns = repair_wait_ns(&monitor->repair, now_ns);
	if (monitor->burst.is_resting && (!wait_ns || wait_ns > REST_NS))
		wait_ns = REST_NS;
	if (wait_ns)
		wakeups_hold(&monitor->wakeups, wait_ns);
}

/* ---- bursts ---- */

/* In real time it would be woken for each event, do little but wake, and take a core from who makes
   them. An ordinary thread has enough waiting to do: where it sleeps it comes late. */
static void rest_in_a_burst(struct ptree_monitor *monitor, uint64_t begin_ns, uint64_t deadline_ns,
			    int applied)
{
	struct burst *burst = &monitor->burst;
	uint64_t now_ns = ptree_boot_now_ns();
	bool is_soon = begin_ns < burst->turn_ns + 2 * REST_NS;

	if (burst->is_resting && applied < REST_LEAST_EVENTS)
		burst->turns = 0;
	else if (applied > 0)
		burst->turns = is_soon ? burst->turns + 1 : 0;
	if (applied > 0)
		burst->turn_ns = now_ns;
	rest(monitor,
	     monitor->realtime.is_on && burst->turns >= BURST_TURNS && now_ns < deadline_ns);
}

/* ---- scans ---- */

/* Of events from before that none is still to come. */
static uint64_t read_until_ns(const struct ptree_monitor *monitor)
{
	return !monitor->source.connector || monitor->is_drained ? UINT64_MAX
								 : monitor->intake.newest_ns;
}

static int take_scan(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	enum repair_outcome outcome;
	int err = repair_take(&monitor->repair, deadline_ns, read_until_ns(monitor), &outcome);

	if (outcome == REPAIR_WHOLE)
		enter_after_scan(monitor);
	else if (outcome == REPAIR_FAILED && monitor->source.connector)
		monitor->repair.is_needed = true;
	return err;
}

/* Without a first scan there is no tree. */
static int first_scan_error(const struct ptree_monitor *monitor)
{
	return monitor->state == PTREE_MONITOR_STARTING ? repair_error(&monitor->repair) : 0;
}

/* ---- the turns ---- */

static void poll_tick(struct ptree_monitor *monitor, uint64_t now_ns)
{
	if (!monitor->options.poll_only && now_ns >= monitor->source.opened_ns + RECONNECT_NS &&
	    !connect_events(monitor, NULL)) {
		monitor->reason = 0;
		monitor->repair.is_needed = true;
		enter(monitor, PTREE_MONITOR_STALE);
		return;
	}
	repair_poll(&monitor->repair, now_ns);
}

static void tick(struct ptree_monitor *monitor)
{
	uint64_t now_ns = ptree_boot_now_ns();

	intake_look_at_clocks(&monitor->intake);
	texts_check(&monitor->texts, now_ns);
	accounting_expire(&monitor->accounting, now_ns);
	reaping_look_at_zombies(&monitor->reaping, monitor->tree, monitor->procfs);
	ptree_tree_expire(monitor->tree, now_ns);
	if (!monitor->source.connector) {
		poll_tick(monitor, now_ns);
		return;
	}
	if (!source_beat(&monitor->source, &monitor->own, now_ns, MONITOR_TICK_NS))
		replace_deaf_socket(monitor);
	repair_check(&monitor->repair, now_ns);
}

static void sample(struct ptree_monitor *monitor)
{
	sampler_tick(&monitor->sampler, ptree_boot_now_ns());
	told_host(monitor->tree, monitor->host);
	tell_source(monitor);
}

/* What no event tells. */
static void work(struct ptree_monitor *monitor, uint64_t deadline_ns)
{
	uint64_t now_ns = ptree_boot_now_ns();
	bool has_more = sampler_work(&monitor->sampler, deadline_ns);

	time_next_turn(monitor);
	if (!reaping_look_at_exits(&monitor->reaping, monitor->tree, monitor->procfs, now_ns))
		has_more = true;
	if (!orphans_settle(&monitor->orphans, monitor->tree, monitor->procfs, ptree_boot_now_ns(),
			    deadline_ns) ||
	    has_more)
		wakeups_wake(&monitor->wakeups);
	if (source_has_lost(&monitor->source))
		repair_note_loss(&monitor->repair);
	repair_if_needed(monitor);
}

/* Of the thread that dispatches. Returns the time. */
static uint64_t keep_priority(struct ptree_monitor *monitor)
{
	uint64_t now_ns = ptree_boot_now_ns();

	if (!monitor->options.realtime_dispatch)
		return now_ns;
	if (monitor->realtime.has_begun)
		realtime_keep(&monitor->realtime, now_ns);
	else
		realtime_begin_ordinary(&monitor->realtime, REALTIME_PRIORITY, REALTIME_PER_CENT);
	return now_ns;
}

int ptree_monitor_dispatch(struct ptree_monitor *monitor, uint64_t budget_ns)
{
	uint64_t deadline_ns = ptree_boot_now_ns() + (budget_ns ? budget_ns : DEFAULT_BUDGET_NS);
	uint64_t begin_ns = keep_priority(monitor);
	int applied, err, result;

	wakeups_take(monitor->wakeups.wake_fd);
	wakeups_take(monitor->wakeups.hold_fd);
	result = texts_take(&monitor->texts);
	if (wakeups_take(monitor->wakeups.tick_fd))
		tick(monitor);
	if (wakeups_take(monitor->wakeups.sample_fd))
		sample(monitor);
	applied = take_events(monitor, deadline_ns);
	rest_in_a_burst(monitor, begin_ns, deadline_ns, applied);
	err = take_scan(monitor, deadline_ns);
	work(monitor, deadline_ns);
	err = err ? err : result;
	err = err ? err : first_scan_error(monitor);
	return applied < 0 ? applied : err ? err : applied;
}

int ptree_monitor_settle(struct ptree_monitor *monitor)
{
	int applied, err;

	rest(monitor, false); /* all that has come, to the last */
	applied = ptree_monitor_dispatch(monitor, 0);
	err = intake_release_all(&monitor->intake);

	return applied < 0 || !err ? applied : err;
}

/* Of what the owner gave nothing else can take the place. */
static bool must_connect(const struct ptree_monitor *monitor, int err)
{
	return monitor->options.connector || err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

int states_start(struct ptree_monitor *monitor)
{
	int err;

	intake_look_at_clocks(&monitor->intake);
	told_clock(monitor->tree, monitor->procfs);
	err = monitor->options.connector ? connect_given(monitor) : connect_events(monitor, NULL);
	if (err && must_connect(monitor, err))
		return err;
	if (err)
		start_polling(monitor, err);
	return repair_scan(&monitor->repair);
}
