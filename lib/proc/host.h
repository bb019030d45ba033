/* SPDX-License-Identifier: MIT */
/*
 * The parsers of host.c, as pure functions over bytes. What they refuse, with -EBADMSG, changes
 * nothing. A text that does not end with a newline was cut and is refused.
 */
#ifndef PTREE_HOST_H
#define PTREE_HOST_H

#include "proctree.h"

/* The columns of a cpu line, in its order. Two more, for guests, are within the first two. */
enum {
	HOST_USER,
	HOST_NICE,
	HOST_SYSTEM,
	HOST_IDLE,
	HOST_IOWAIT,
	HOST_IRQ,
	HOST_SOFTIRQ,
	HOST_STEAL,
	HOST_TICKS,
};

struct host_cpu {
	unsigned number;
	uint64_t ticks[HOST_TICKS];
};

struct host_stat {
	uint64_t ticks[HOST_TICKS]; /* of all CPUs */
	bool has_runnable, has_forks;
	uint64_t runnable, forks;
};

/*
 * Parses /proc/stat. Returns how many CPUs it lists; their numbers rise. More than max: nothing is
 * written, come again with room for them.
 */
ssize_t host_parse_stat(const char *buf, size_t size, struct host_stat *stat, struct host_cpu *cpu,
			size_t max);

/* Parses /proc/meminfo. What is free or available is never more than there is in total. */
int host_parse_meminfo(const char *buf, size_t size, struct ptree_memory *memory);

/* Parses /proc/loadavg. */
int host_parse_loadavg(const char *buf, size_t size, double load[3]);

/* Parses a file of /proc/pressure. Without a line for "full" there is none of it. */
int host_parse_pressure(const char *buf, size_t size, struct ptree_pressure *pressure);

/*
 * Parse /proc/diskstats and /proc/net/dev: bytes since boot, of all disks that stand for themselves
 * (no partitions, and none made of others or of memory), and of all interfaces but lo.
 */
int host_parse_diskstats(const char *buf, size_t size, uint64_t *in_bytes, uint64_t *out_bytes);
int host_parse_net_dev(const char *buf, size_t size, uint64_t *in_bytes, uint64_t *out_bytes);

struct host_transfer {
	bool is_known;
	uint64_t boot_ns; /* of the last sample */
	struct ptree_transfer pub;
};
/* The next sample; not known: what was read is of no use. */
void host_note_transfer(struct host_transfer *transfer, bool is_known, uint64_t in_bytes,
			uint64_t out_bytes, uint64_t boot_ns);

/*
 * How the time between two readings was spent. The parts of busy add up to it, and with iowait to
 * no more than 1000. False: no time has passed, or all counters ran backwards.
 */
bool host_share(const uint64_t before[HOST_TICKS], const uint64_t now[HOST_TICKS],
		struct ptree_cpu_share *share);

#endif
