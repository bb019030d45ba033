/* SPDX-License-Identifier: MIT */
#ifndef PTREE_SCAN_H
#define PTREE_SCAN_H

#include "proctree.h"

/* One reading of all of /proc, by threads of its own, so that the main loop never waits for it. */
struct scan;

struct scan_entry {
	struct ptree_process process;
	pid_t *tids; /* of a process with more than one task; else NULL */
	size_t tid_count;
};

/*
 * what: PTREE_READ_*. procfs and wake_fd are borrowed until scan_free(). wake_fd: an eventfd,
 * written when there is something to take and at the end; clear it before taking, not after.
 * Errors: -ENOMEM, -EAGAIN, -EINVAL for no threads.
 */
int scan_start(struct scan **scan, struct ptree_procfs *procfs, unsigned what, unsigned threads,
	       int wake_fd);

/* Moves up to max entries out; clear them. Wakes again if some are left. */
size_t scan_take(struct scan *scan, struct scan_entry *out, size_t max);
void scan_entry_clear(struct scan_entry *entry);

/* All was read, and taken. */
bool scan_is_done(struct scan *scan);
/*
 * 0, or why processes that exist may be missing: the list could not be read, or there was no
 * memory or descriptor for an entry. Those that are refused or make no sense are not an error.
 */
int scan_error(struct scan *scan);
/* Boot time before the list was read. */
uint64_t scan_start_ns(const struct scan *scan);
/* Processes of the list that were looked at, and those on it: 0 until it is read. */
void scan_get_progress(struct scan *scan, size_t *done, size_t *total);

/* Stops and joins: waits for the entries being read. With PTREE_READ_ARGV that can hang. */
void scan_free(struct scan *scan);

#endif
