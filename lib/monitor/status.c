/* SPDX-License-Identifier: MIT */
/* What a monitor says of itself. */
#include "monitor.h"
#include "base/sized.h"

#include <errno.h>

static void get_accounting_status(const struct accounting *accounting,
				  struct ptree_monitor_status *status)
{
	if (!accounting->taskstats)
		status->accounting_error = accounting->error ? accounting->error : -EOPNOTSUPP;
	status->accounted = accounting->joined;
	status->accounting_lost = accounting_lost(accounting);
	status->unaccounted = accounting->missing;
}

static void read_status(const struct ptree_monitor *monitor, struct ptree_monitor_status *status)
{
	*status = (struct ptree_monitor_status){
		.state = monitor->state,
		.reason = monitor->reason,
		.events = monitor->intake.events,
		.execs = monitor->intake.execs,
		.lost = monitor->source.lost,
		.ignored = monitor->source.ignored,
		.receive_buffer_size = monitor->source.receive_buffer_size,
		.resyncs = monitor->repair.count,
		.argv_read = monitor->texts.execs_read,
		.argv_late = monitor->texts.execs_late,
		.argv_hung = texts_hung(&monitor->texts),
		.is_realtime = texts_is_realtime(&monitor->texts),
	};
	get_accounting_status(&monitor->accounting, status);
	if (monitor->repair.scan)
		scan_get_progress(monitor->repair.scan, &status->scan_done, &status->scan_total);
}

void ptree_monitor_get_status_sized(const struct ptree_monitor *monitor,
				    struct ptree_monitor_status *status, size_t size)
{
	struct ptree_monitor_status whole;

	read_status(monitor, &whole);
	sized_write(status, size, &whole, sizeof(whole));
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
	case -EPIPE:
		return "the source of events that was given has ended";
	default:
		return "the process connector failed";
	}
}
