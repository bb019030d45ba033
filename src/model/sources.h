/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SOURCES_H
#define PROCTOP_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

struct cgroups;
struct readings;

/* What is known of processes beyond what the tree has; all of it borrowed. All zero: nothing. */
struct sources {
	const struct cgroups *cgroups;	 /* or NULL */
	const struct readings *readings; /* or NULL */
	uint64_t memory_bytes;		 /* of the machine; 0: not known */
	bool has_activity;		 /* the tree is told of forks and execs as they happen */
};

#endif
