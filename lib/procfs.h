/* SPDX-License-Identifier: MIT */
/*
 * The parsers of procfs.c, as pure functions over bytes.
 */
#ifndef PTREE_PROCFS_H
#define PTREE_PROCFS_H

#include "proctree.h"

/* What the kernel's figures are measured in. */
struct procfs_units {
	uint64_t ticks_per_s, page_bytes;
};

/*
 * Parses /proc/PID/stat. Sets pid, ppid, pgrp, sid, tty, state, comm, is_kernel_thread,
 * thread_count, start_ns, the CPU times and rss_bytes, and *flags to the kernel's PF_*.
 * -EBADMSG; -ESRCH for the remains of a process that its parent has just reaped.
 */
int procfs_parse_stat(const char *buf, size_t size, const struct procfs_units *units,
		      struct ptree_process *process, uint32_t *flags);

/* Parses /proc/PID/status. Sets ruid, rgid, egid and tracer. -EBADMSG if one is missing. */
int procfs_parse_status(const char *buf, size_t size, struct ptree_process *process);

#endif
