/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as stat, meminfo, loadavg and pressure, and as two readings of a CPU's counters. What
 * is taken must be within its bounds; what is refused must leave everything as it was.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proc/host.h"

#define CPUS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

/* Not to the byte: there is padding. */
static void require_same(const struct host_stat *a, const struct host_stat *b)
{
	require(!memcmp(a->ticks, b->ticks, sizeof(a->ticks)));
	require(a->has_runnable == b->has_runnable && a->has_forks == b->has_forks);
	require(a->runnable == b->runnable && a->forks == b->forks);
}

static void check_stat(const char *text, size_t size, size_t max)
{
	const struct host_stat before = { .ticks = { 1, 2 }, .runnable = 3, .forks = 4 };
	const struct host_cpu untouched = { .number = UINT_MAX };
	struct host_cpu cpu[CPUS];
	struct host_stat stat = before;
	ssize_t count;

	for (size_t i = 0; i < CPUS; i++)
		cpu[i] = untouched;
	count = host_parse_stat(text, size, &stat, cpu, max);
	require(count >= 0 || count == -EBADMSG);
	if (count < 0 || (size_t)count > max) {
		require_same(&stat, &before);
		count = 0;
	} else {
		require(stat.has_runnable || !stat.runnable);
		require(stat.has_forks || !stat.forks);
	}
	for (ssize_t i = 0; i < count; i++)
		require(cpu[i].number <= INT_MAX && (!i || cpu[i].number > cpu[i - 1].number));
	for (size_t i = (size_t)count; i < CPUS; i++)
		require(cpu[i].number == UINT_MAX);
}

static void check_meminfo(const char *text, size_t size)
{
	const struct ptree_memory before = { .total_bytes = 1, .swap_free_bytes = 2 };
	struct ptree_memory memory = before;
	int err = host_parse_meminfo(text, size, &memory);

	if (err) {
		require(err == -EBADMSG && !memcmp(&memory, &before, sizeof(memory)));
		return;
	}
	require(memory.total_bytes && memory.total_bytes % 1024 == 0);
	require(memory.free_bytes <= memory.total_bytes);
	require(memory.available_bytes <= memory.total_bytes);
	require(memory.swap_free_bytes <= memory.swap_total_bytes);
}

static void check_loadavg(const char *text, size_t size)
{
	double load[3] = { -1, -2, -3 };
	int err = host_parse_loadavg(text, size, load);

	if (err) {
		require(err == -EBADMSG && load[0] == -1 && load[1] == -2 && load[2] == -3);
		return;
	}
	for (int i = 0; i < 3; i++)
		require(load[i] >= 0 && load[i] <= (double)UINT64_MAX / 100);
}

static void check_pressure(const char *text, size_t size)
{
	struct ptree_pressure pressure = { .some_avg10 = 1, .full_total_us = 2 };
	int err = host_parse_pressure(text, size, &pressure);

	if (err) {
		require(err == -EBADMSG && !pressure.is_known);
		require(pressure.some_avg10 == 1 && pressure.full_avg10 == 0);
		require(pressure.some_total_us == 0 && pressure.full_total_us == 2);
		return;
	}
	require(pressure.is_known);
	require(pressure.some_avg10 <= 10000 && pressure.full_avg10 <= 10000);
}

static void check_share(const uint8_t *data, size_t size)
{
	uint64_t ticks[2][HOST_TICKS] = { 0 };
	struct ptree_cpu_share share = { .busy = UINT16_MAX };

	memcpy(ticks, data, size < sizeof(ticks) ? size : sizeof(ticks));
	if (!host_share(ticks[0], ticks[1], &share)) {
		require(share.busy == UINT16_MAX);
		return;
	}
	require(share.busy + share.iowait <= 1000);
	require(share.user + share.nice + share.system + share.irq + share.steal == share.busy);
}

static void check_transfer(const char *text, size_t size,
			   int (*parse)(const char *, size_t, uint64_t *, uint64_t *))
{
	uint64_t in = 1, out = 2;
	int err = parse(text, size, &in, &out);

	require(!err || (err == -EBADMSG && in == 1 && out == 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check_stat(text, size, CPUS);
	check_stat(text, size, 1);
	check_meminfo(text, size);
	check_loadavg(text, size);
	check_pressure(text, size);
	check_transfer(text, size, host_parse_diskstats);
	check_transfer(text, size, host_parse_net_dev);
	if (size)
		check_share(data, size);
	return 0;
}
