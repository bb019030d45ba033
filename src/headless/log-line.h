/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_LINE_H
#define PROCTOP_LOG_LINE_H

#include "headless/output.h"

#include <proctree.h>

/* What every line depends on beside its fact. */
struct log_lines {
	struct output *output;	   /* borrowed */
	struct ptree_users *users; /* borrowed */
	bool json, utf8;
	uint64_t real_offset_ns; /* add to boot time for the time of day */
};

/*
 * tree: has just learned the fact. node: the process that it is about, in that tree; NULL if it is
 * about none.
 */
void log_line_fact(const struct log_lines *lines, const struct ptree_fact *fact,
		   const struct ptree_tree *tree, const struct ptree_node *node);

/* What lines that tell of no event have, too: the time of day, the nearest ancestors. */
void log_line_local_time(const struct log_lines *lines, uint64_t boot_ns);
void log_line_ancestors(const struct log_lines *lines, const struct ptree_node *node,
			bool names_parent);
/* The members "ancestry" and "ancestry_cut". */
void log_line_ancestry(struct ptree_json *json, const struct ptree_node *node);

/* The members "time" and "boot_ns". */
void log_line_time(const struct log_lines *lines, struct ptree_json *json, uint64_t boot_ns);

/* The last line of JSON. */
void log_line_summary(const struct log_lines *lines, const struct ptree_monitor_status *status);

#endif
