/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_METERS_H
#define PROCTOP_METERS_H

#include <proctree.h>

#define METERS_HISTORY 64
#define METERS_LIFETIMES 4 /* as ptree_tree_counts.exited_cpu_ns */

#define METERS_LONG_HISTORY 512

/* The last four in KiB. */
enum meters_rate {
	METERS_FORKS,
	METERS_EXECS,
	METERS_FAILURES,
	METERS_DISK_READ,
	METERS_DISK_WRITTEN,
	METERS_NET_RECEIVED,
	METERS_NET_SENT,
};
#define METERS_RATE_COUNT 7

/* Parts of 1000 of what there is. */
enum meters_part { METERS_CPU, METERS_MEMORY };
#define METERS_PART_COUNT 2

/* The last minute of the machine, a value a tick. Plain data; all zero is a beginning. */
struct meters {
	uint64_t tick_ns;
	struct ptree_tree_counts before;
	unsigned ticks;
	uint32_t rates[METERS_RATE_COUNT][METERS_HISTORY]; /* in a second; by tick, wrapping */
	uint16_t parts[METERS_PART_COUNT][METERS_LONG_HISTORY];
	uint32_t live[METERS_HISTORY];
	/* running sums, by tick: */
	uint64_t busy_ns[METERS_HISTORY];
	uint64_t exited_cpu_ns[METERS_HISTORY][METERS_LIFETIMES];
	uint64_t spawner_id; /* who forks most; 0: nobody */
	uint32_t spawner_forks_per_ks;
	uint32_t bomb_growth; /* processes more in five ticks, if that is suspicious; else 0 */
	uint64_t bomb_id;     /* under whom they are; 0: not one process */
};

void meters_tick(struct meters *meters, const struct ptree_tree *tree,
		 const struct ptree_host *host, uint64_t now_ns);

/* In a second; back: ticks ago. 0 before the beginning. */
uint32_t meters_rate(const struct meters *meters, enum meters_rate which, unsigned back);

/* Likewise; it looks further back. */
uint32_t meters_part(const struct meters *meters, enum meters_part which, unsigned back);

/* Of the CPU time of the last ten ticks, parts of 1000 that went to processes that are over and
   lived as long as that. False: too early, or the machine was idle. */
bool meters_lifetimes(const struct meters *meters, uint32_t permille[METERS_LIFETIMES]);

#endif
