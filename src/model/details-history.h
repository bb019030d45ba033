/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_DETAILS_HISTORY_H
#define PROCTOP_DETAILS_HISTORY_H

#include "model/listing.h"

#include <proctree.h>

#define DETAILS_HISTORY 60

/* What a process used in the last minute, a value a tick, from when somebody looked. Plain data;
   all zero is a beginning. */
struct details_history {
	uint64_t tick; /* of the world, of the latest value */
	unsigned count;
	uint32_t cpu_permille[DETAILS_HISTORY]; /* the latest first; or not known: */
	uint64_t rss_bytes[DETAILS_HISTORY];
};
#define DETAILS_CPU_UNKNOWN UINT32_MAX
#define DETAILS_RSS_UNKNOWN UINT64_MAX

/* Takes a value, once in a tick. */
void details_history_tick(struct details_history *history, const struct ptree_node *node,
			  uint64_t tick);

/* A line for CPU or memory, if more than one value of it is known: as many of the latest as have
   room in that many cells, and between what they are. */
void details_list_cpu_history(struct listing *listing, const struct details_history *history,
			      int cells, bool utf8);
void details_list_rss_history(struct listing *listing, const struct details_history *history,
			      int cells, bool utf8);

#endif
