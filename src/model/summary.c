/* SPDX-License-Identifier: MIT */
/* What is said on leaving. It prints what it is given and measures nothing. */
#include "model/summary.h"

#include <inttypes.h>

#define NS_PER_S UINT64_C(1000000000)

void summary_print(FILE *out, const struct ptree_monitor_status *status, uint64_t elapsed_ns)
{
	uint64_t tenths = elapsed_ns / (NS_PER_S / 10);

	fprintf(out,
		"proctop: %" PRIu64 ".%" PRIu64 " s, %" PRIu64 " events, %" PRIu64 " lost, %" PRIu64
		" of %" PRIu64 " command lines read, %" PRIu64 " resyncs\n",
		tenths / 10, tenths % 10, status->events, status->lost, status->argv_read,
		status->execs, status->resyncs);
}

const char *summary_mode(enum ptree_monitor_state state)
{
	switch (state) {
	case PTREE_MONITOR_STARTING:
		return "starting";
	case PTREE_MONITOR_LIVE:
		return "live";
	case PTREE_MONITOR_STALE:
		return "stale";
	case PTREE_MONITOR_DEAF:
		return "deaf";
	case PTREE_MONITOR_POLLING:
		return "polling";
	}
	return "unknown";
}
