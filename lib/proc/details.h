/* SPDX-License-Identifier: MIT */
/*
 * The parsers of details.c, as pure functions over bytes. Numbers that may have been cut, for want
 * of a newline behind them, are not taken.
 */
#ifndef PTREE_DETAILS_H
#define PTREE_DETAILS_H

#include "proctree.h"
#include "span.h"

#define PIECE(piece) (UINT32_C(1) << (piece))

/* What of stat procfs_parse_stat() does not tell. */
struct details_stat {
	int64_t foreground_pgrp, minor_faults, major_faults, nice, last_cpu, realtime_priority,
	    policy;
};
/* 0 or -EBADMSG. */
int details_parse_stat(struct span text, struct details_stat *stat);

/*
 * Parses status. Returns a mask of 1 << PTREE_PIECE_* of what it found and wrote; the lists are
 * spans of the text.
 */
uint32_t details_parse_status(struct span text, struct ptree_details *details, struct span *groups,
			      struct span *allowed_cpus);
/* The next of a list of numbers that are separated by blanks. */
bool details_next_group(struct span *groups, uint32_t *group);

/* Parses limits. Returns how many rows there are, at most max. */
uint32_t details_parse_limits(struct span text, struct ptree_limit *limits, uint32_t max);

/* The next line of cgroup; false at the end. What makes no sense is passed over. */
struct details_cgroup {
	uint32_t hierarchy;
	struct span controllers, path;
};
bool details_next_cgroup(struct span *text, struct details_cgroup *cgroup);

/* "mnt:[4026531840]", of which the inode. */
bool details_parse_namespace(struct span target, uint64_t *inode);

/* Parses smaps_rollup, or what smaps says of one map: 0, or -EBADMSG without its Pss. */
int details_parse_pss(struct span text, struct ptree_details *details);

/* Parses io: 0 or -EBADMSG. */
int details_parse_io(struct span text, struct ptree_details *details);

/*
 * The device's name by tty/drivers, "/dev/pts/3"; where that does not know it, and it is one of
 * Unix98's, the same. False: it is not known.
 */
bool details_tty_name(struct span drivers, uint32_t device, char *name, size_t size);

/* "key: 123 kB" in any line of the text, in bytes. */
bool details_find_kb(struct span text, const char *key, uint64_t *bytes);

#endif
