/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SUMMARY_H
#define PROCTOP_SUMMARY_H

#include <proctree.h>
#include <stdio.h>

/* The line of --summary, with its newline. */
void summary_print(FILE *out, const struct ptree_monitor_status *status, uint64_t elapsed_ns);

/* "live", "stale", ..., for JSON. */
const char *summary_mode(enum ptree_monitor_state state);

#endif
