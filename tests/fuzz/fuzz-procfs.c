/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as stat and as status. What is taken must be within its bounds; what is refused must
 * leave everything as it was.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proc/procfs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_stat(const char *text, size_t size)
{
	const struct procfs_units units = { .ticks_per_s = 100, .page_bytes = 4096 };
	const struct ptree_process before = { .pid = 12345, .comm = "before", .start_ns = 6789 };
	struct ptree_process process = before;
	uint32_t flags = 99;
	int err = procfs_parse_stat(text, size, &units, &process, &flags);

	if (err) {
		require(err == -EBADMSG || err == -ESRCH);
		require(!memcmp(&process, &before, sizeof(process)) && flags == 99);
		return;
	}
	require(process.pid > 0 && process.ppid >= 0 && process.pgrp >= 0 && process.sid >= 0);
	require(process.thread_count > 0 && process.thread_count <= INT_MAX);
	require(!process.comm[PTREE_COMM_SIZE - 1]);
	require(process.rss_bytes % units.page_bytes == 0);
	require(process.start_ns == UINT64_MAX || process.start_ns % 10000000 == 0);
}

static void check_status(const char *text, size_t size)
{
	const struct ptree_process before = { .ruid = 1, .rgid = 2, .egid = 3, .tracer = 4 };
	struct ptree_process process = before;
	int err = procfs_parse_status(text, size, &process);

	require(!err || err == -EBADMSG);
	if (err)
		require(!memcmp(&process, &before, sizeof(process)));
	else
		require(process.tracer >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check_stat(text, size);
	check_status(text, size);
	return 0;
}
