/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_LINE_H
#define PROCTOP_LOG_LINE_H

#include "json.h"

#include <proctree.h>

/* What every line depends on beside its change. */
struct log_lines {
	struct output *output;	   /* borrowed */
	struct ptree_users *users; /* borrowed */
	bool json, utf8;
	uint64_t real_offset_ns; /* add to boot time for the time of day */
};

/*
 * The kind of event that a change is told as; LOST also for a resync. False: it is not told.
 */
bool log_line_kind(const struct ptree_change *change, enum ptree_event_kind *kind);

/* node: the process it is about, or NULL if there is none or it is forgotten. */
void log_line_change(const struct log_lines *lines, const struct ptree_change *change,
		     const struct ptree_node *node);

/* The members "time" and "boot_ns". */
void log_line_time(const struct log_lines *lines, struct json *json, uint64_t boot_ns);

/* The last line of JSON. */
void log_line_summary(const struct log_lines *lines, const struct ptree_monitor_status *status);

#endif
