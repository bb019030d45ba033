/* SPDX-License-Identifier: MIT */
/*
 * The parsers of procfs.c, as pure functions over bytes, and its way to files of no process.
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

/* Parses /proc/PID/status. Sets ruid, rgid, egid and tracer, -EBADMSG if one is missing; and tgid.
 */
int procfs_parse_status(const char *buf, size_t size, struct ptree_process *process);

/*
 * Reads a file that is of no process, by its path under the root. Returns its size; as much as size
 * means that more may follow. -ESRCH: there is none; -EACCES, -EBADMSG, -EMFILE, -ENFILE and what
 * read(2) says.
 */
ssize_t procfs_read_path(const struct ptree_procfs *procfs, const char *path, char *buf,
			 size_t size);

/* USER_HZ ticks, which /proc counts time in; UINT64_MAX if they do not fit. */
uint64_t procfs_ticks_ns(const struct ptree_procfs *procfs, uint64_t ticks);

/* Reads and parses stat, and nothing else; sets read_ns, too. Never waits for the process. */
int procfs_read_stat(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process);

/*
 * Reads stat of a zombie without other tasks, and the status that its parent will be given (since
 * Linux 3.5; only where we may trace it). -ESRCH: it is none, or is gone; -EACCES: it does not say.
 */
int procfs_read_zombie(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process,
		       uint32_t *status);

#endif
