/* SPDX-License-Identifier: MIT */
/*
 * The parsers of procfs.c, as pure functions over bytes, and its ways to files for the others of
 * this room.
 */
#ifndef PTREE_PROCFS_H
#define PTREE_PROCFS_H

#include "proctree.h"

#include <fcntl.h>

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

/* How a file of /proc is opened: whatever it turns out to be, without waiting. */
#define PROCFS_FILE (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
#define PROCFS_DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

/*
 * Opens a path under a directory, with what is in reserve if there are no descriptors left: call
 * procfs_refill() once it is closed. A descriptor, or an error as of procfs_error().
 */
int procfs_open_at(const struct ptree_procfs *procfs, int directory, const char *path, int flags);
void procfs_refill(const struct ptree_procfs *procfs);
/* The root's descriptor, and the units of all in it. */
int procfs_directory(const struct ptree_procfs *procfs);
const struct procfs_units *procfs_units(const struct ptree_procfs *procfs);

/* read(2), again if it was interrupted. Its size, or an error as of procfs_error(). */
ssize_t procfs_read_once(int fd, void *buf, size_t size);

/* What an errno of /proc says: -ESRCH it is gone, or is not there, -EACCES refused, -EBADMSG it is
   not what /proc has, or itself, negative, which is about us. */
int procfs_error(int error);

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
