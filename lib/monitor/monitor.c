/* SPDX-License-Identifier: MIT */
/* Keeps a tree current: a monitor's life, and what its owner asks of it; see states.c. */
#include "monitor.h"
#include "base/sized.h"
#include "model/tree.h"
#include "proc/procfs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_SAMPLE_NS (3 * NS_PER_S / 2)

/* ---- life ---- */

/* Who works for whom. */
static void join_parts(struct ptree_monitor *monitor)
{
	monitor->own = (struct own){ .pid = getpid(), .procfs = monitor->procfs };
	monitor->sampler = (struct sampler){ .tree = monitor->tree,
					     .procfs = monitor->procfs,
					     .host = monitor->host };
	monitor->intake = (struct intake){ .tree = monitor->tree,
					   .procfs = monitor->procfs,
					   .texts = &monitor->texts,
					   .accounting = &monitor->accounting,
					   .sampler = &monitor->sampler,
					   .reaping = &monitor->reaping,
					   .own = &monitor->own };
	monitor->repair = (struct repair){ .tree = monitor->tree,
					   .procfs = monitor->procfs,
					   .texts = &monitor->texts,
					   .reaping = &monitor->reaping,
					   .wake_fd = monitor->wakeups.wake_fd,
					   .own = &monitor->own };
}

static int open_parts(struct ptree_monitor *monitor)
{
	uint64_t sample_ns = monitor->options.sample_ns;
	int err = wakeups_open(&monitor->wakeups, MONITOR_TICK_NS,
			       sample_ns ? sample_ns : DEFAULT_SAMPLE_NS);

	if (!err)
		err = ptree_tree_new(&monitor->tree, &monitor->options.tree);
	if (!err)
		err = ptree_procfs_open(&monitor->procfs, monitor->options.proc_path);
	if (!err)
		err = ptree_host_new(&monitor->host, monitor->procfs);
	if (err)
		return err;
	ptree_host_sample(monitor->host);
	join_parts(monitor);
	return texts_open(&monitor->texts, monitor->tree, monitor->options.proc_path,
			  monitor->options.argv_max, monitor->wakeups.wake_fd);
}

int ptree_monitor_new_sized(struct ptree_monitor **out, const struct ptree_monitor_options *options,
			    size_t size)
{
	struct ptree_monitor_options own;
	struct ptree_monitor *monitor;
	int err = sized_read(&own, sizeof(own), options, size);

	if (err)
		return err;
	if (own.connector && own.poll_only)
		return -EINVAL;
	monitor = calloc(1, sizeof(*monitor));
	if (!monitor)
		return -ENOMEM;
	monitor->options = own;
	err = open_parts(monitor);
	if (!err)
		err = states_start(monitor);
	if (err) {
		if (monitor->options.connector) /* it stays the caller's */
			monitor->source.connector = NULL;
		ptree_monitor_free(monitor);
		return err;
	}
	*out = monitor;
	return 0;
}

void ptree_monitor_free(struct ptree_monitor *monitor)
{
	if (!monitor)
		return;
	realtime_end(&monitor->realtime);
	repair_clear(&monitor->repair);
	texts_close(&monitor->texts);
	source_close(&monitor->source);
	ptree_procfs_close(monitor->procfs);
	ptree_tree_free(monitor->tree);
	reaping_clear(&monitor->reaping);
	accounting_close(&monitor->accounting);
	sampler_clear(&monitor->sampler);
	ptree_host_free(monitor->host);
	intake_clear(&monitor->intake);
	own_clear(&monitor->own);
	wakeups_close(&monitor->wakeups);
	free(monitor);
}

int ptree_monitor_fd(const struct ptree_monitor *monitor)
{
	return monitor->wakeups.epoll_fd;
}

static bool is_ready(const struct ptree_monitor *monitor, bool with_argv)
{
	if (monitor->state == PTREE_MONITOR_STARTING)
		return false;
	return !with_argv || (!texts_pending(&monitor->texts) && !monitor->intake.held.count);
}

int ptree_monitor_wait_ready(struct ptree_monitor *monitor, bool with_argv, int timeout_ms)
{
	uint64_t wait_ns = timeout_ms < 0 ? UINT64_MAX / 2 : (uint64_t)timeout_ms * NS_PER_MS;
	uint64_t deadline_ns = ptree_boot_now_ns() + wait_ns;

	while (!is_ready(monitor, with_argv)) {
		struct pollfd poll_fd = { .fd = ptree_monitor_fd(monitor), .events = POLLIN };
		uint64_t now_ns = ptree_boot_now_ns();
		int err;

		if (now_ns >= deadline_ns)
			return -ETIMEDOUT;
		wait_ns =
		    deadline_ns - now_ns < MONITOR_TICK_NS ? deadline_ns - now_ns : MONITOR_TICK_NS;
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

/* ---- what is asked for ---- */

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
