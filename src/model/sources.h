/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SOURCES_H
#define PROCTOP_SOURCES_H

#include <stdint.h>

struct cgroups;

/* What is known of processes beyond what the tree has; all of it borrowed. All zero: nothing. */
struct sources {
	const struct cgroups *cgroups; /* or NULL */
	uint64_t memory_bytes;	       /* of the machine; 0: not known */
};

#endif
