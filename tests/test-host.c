/* SPDX-License-Identifier: MIT */
/* The machine as a whole: what its files may say, in directories of our own, and the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>

#include "fake-proc.h"
#include "proc/host.h"
#include "proc/procfs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NS_PER_S UINT64_C(1000000000)
#define CPUS 4
#define MANY_CPUS 512
#define STAT_MAX_BYTES 200000
#define NOBODY 65534

#define OLD_STAT "cpu  40 30 20 10\ncpu0 40 30 20 10\n"
#define MEMORY "MemTotal: 2000 kB\nMemFree: 500 kB\nBuffers: 100 kB\nCached: 600 kB\n"
#define SWAP "SwapTotal: 1000 kB\nSwapFree: 900 kB\n"
#define SOME "some avg10=1.23 avg60=0.50 avg300=0.10 total=456\n"
#define FULL "full avg10=0.45 avg60=0.02 avg300=0.01 total=78\n"

struct fixture {
	char *root;
	struct ptree_procfs *fake, *real;
	struct ptree_host *host; /* of the fake one */
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&fixture->fake, fixture->root), 0);
	assert_int_equal(ptree_procfs_open(&fixture->real, NULL), 0);
	assert_int_equal(ptree_host_new(&fixture->host, fixture->fake), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_host_free(fixture->host);
	ptree_procfs_close(fixture->fake);
	ptree_procfs_close(fixture->real);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

/* ---- stat ---- */

static ssize_t parse_stat(const char *text, struct host_stat *stat, struct host_cpu *cpu)
{
	return host_parse_stat(text, strlen(text), stat, cpu, CPUS);
}

static void every_column_and_count_of_stat_is_read(void **state)
{
	static const uint64_t all[] = { 10, 11, 12, 13, 14, 15, 16, 17 };
	static const uint64_t second[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct host_cpu cpu[CPUS];
	struct host_stat stat;

	(void)state;
	assert_int_equal(parse_stat("cpu  10 11 12 13 14 15 16 17 5 6\n"
				    "cpu0 9 9 9 9 9 9 9 9 5 6\n"
				    "cpu1 1 2 3 4 5 6 7 8 0 0\n"
				    "intr 999 1 2 3 0 0 0\n"
				    "ctxt 254641\n"
				    "btime 1795269652\n"
				    "processes 3642\n"
				    "procs_running 2\n"
				    "procs_blocked 0\n"
				    "softirq 12 3 4\n",
				    &stat, cpu),
			 2);
	assert_memory_equal(stat.ticks, all, sizeof(all));
	assert_memory_equal(cpu[1].ticks, second, sizeof(second));
	assert_int_equal(cpu[1].number, 1);
	assert_true(stat.has_runnable && stat.has_forks);
	assert_int_equal(stat.runnable, 2);
	assert_int_equal(stat.forks, 3642);
}

static void columns_that_a_kernel_does_not_have_are_0(void **state)
{
	static const struct {
		const char *text;
		int columns;
	} cases[] = {
		{ "cpu  1 1 1 1\n", 4 },	   { "cpu 1 1 1 1\n", 4 },
		{ "cpu  1 1 1 1 \n", 4 },	   { "cpu  1 1 1 1 1\n", 5 },
		{ "cpu  1 1 1 1 1 1 1\n", 7 },	   { "cpu  1 1 1 1 1 1 1 1\n", 8 },
		{ "cpu  1 1 1 1 1 1 1 1 1\n", 8 }, { "cpu  1 1 1 1 1 1 1 1 1 1 1 x\n", 8 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct host_stat stat;

		assert_int_equal(parse_stat(cases[i].text, &stat, NULL), 0);
		for (int j = 0; j < HOST_TICKS; j++)
			assert_int_equal(stat.ticks[j], j < cases[i].columns);
	}
}

static void cpus_that_are_offline_are_not_listed(void **state)
{
	struct host_cpu cpu[CPUS];
	struct host_stat stat;

	(void)state;
	assert_int_equal(
	    parse_stat("cpu  4 4 4 4\ncpu0 1 1 1 1\ncpu2 2 2 2 2\ncpu17 1 1 1 1\n", &stat, cpu), 3);
	assert_int_equal(cpu[0].number, 0);
	assert_int_equal(cpu[1].number, 2);
	assert_int_equal(cpu[1].ticks[HOST_IDLE], 2);
	assert_int_equal(cpu[2].number, 17);
}

static void more_cpus_than_there_is_room_for_are_only_counted(void **state)
{
	const char *text = "cpu  4 4 4 4\ncpu0 1 1 1 1\ncpu1 2 2 2 2\nprocs_running 3\n";
	struct host_cpu cpu[2] = { { .number = 77 }, { .number = 88 } };
	struct host_stat stat = { .runnable = 99 };

	(void)state;
	assert_int_equal(host_parse_stat(text, strlen(text), &stat, cpu, 1), 2);
	assert_int_equal(cpu[0].number, 77);
	assert_int_equal(stat.runnable, 99);
	assert_int_equal(host_parse_stat(text, strlen(text), &stat, cpu, 2), 2);
	assert_int_equal(cpu[1].number, 1);
	assert_int_equal(stat.runnable, 3);
}

static void counts_of_tasks_that_are_missing_or_no_numbers_are_not_known(void **state)
{
	static const struct {
		const char *text;
		bool has_runnable, has_forks;
	} cases[] = {
		{ OLD_STAT, false, false },
		{ OLD_STAT "processes 1\n", false, true },
		{ OLD_STAT "procs_running 1\n", true, false },
		{ OLD_STAT "processes 1\nprocs_running 18446744073709551615\n", true, true },
		{ OLD_STAT "processes 1\nprocs_running 18446744073709551616\n", false, true },
		{ OLD_STAT "processes -1\nprocs_running 1x\n", false, false },
		{ OLD_STAT "processes\nprocs_running \nprocs 1\n", false, false },
		{ OLD_STAT " processes 1\nxprocs_running 1\n", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct host_cpu cpu[CPUS];
		struct host_stat stat;

		assert_int_equal(parse_stat(cases[i].text, &stat, cpu), 1);
		assert_int_equal(stat.has_runnable, cases[i].has_runnable);
		assert_int_equal(stat.has_forks, cases[i].has_forks);
	}
}

static void lines_that_nobody_knows_are_passed_over(void **state)
{
	struct host_cpu cpu[CPUS];
	struct host_stat stat;

	(void)state;
	assert_int_equal(
	    parse_stat("cpu  4 4 4 4\ncpufreq 1\ncpu \n\ncpu3 1 1 1 1\n\xff\n", &stat, cpu), 1);
	assert_int_equal(cpu[0].number, 3);
}

static void what_is_not_stat_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"cpu",
		"cpu\n",
		"cpu  \n",
		"cpu  1 1 1\n",
		"cpu  1 1 1 x\n",
		"cpu  1 1 1 1x\n",
		"cpu  1 1 1 -1\n",
		"cpu  1 1 1 1 1 1 1 1x\n",
		"cpu  1 1 1 18446744073709551616\n",
		"cpu  1 1 1 99999999999999999999999\n",
		"cpu\t1 1 1 1\n",
		"CPU  1 1 1 1\n",
		"\ncpu  1 1 1 1\n",
		"cpu0 1 1 1 1\n",
		"intr 1\ncpu  1 1 1 1\n",
		/* one of the CPUs: too little, too far, twice, out of order */
		OLD_STAT "cpu1\n",
		OLD_STAT "cpu1 1 1 1\n",
		OLD_STAT "cpu1 1 1 1 y\n",
		OLD_STAT "cpu1x 1 1 1 1\n",
		OLD_STAT "cpu2147483648 1 1 1 1\n",
		OLD_STAT "cpu99999999999999999999999 1 1 1 1\n",
		OLD_STAT "cpu0 1 1 1 1\n",
		OLD_STAT "cpu00 1 1 1 1\n",
		OLD_STAT "cpu2 1 1 1 1\ncpu1 1 1 1 1\n",
		/* a last line that may have been cut */
		OLD_STAT "cpu1 1 1 1 1",
		OLD_STAT "procs_running 1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct host_stat stat = { .ticks = { 77 }, .forks = 88 };
		struct host_cpu cpu[CPUS] = { { .number = 99 } };

		assert_int_equal(parse_stat(texts[i], &stat, cpu), -EBADMSG);
		assert_int_equal(stat.ticks[0], 77);
		assert_int_equal(stat.forks, 88);
		assert_int_equal(cpu[0].number, 99);
	}
}

/* ---- meminfo ---- */

static int parse_meminfo(const char *text, struct ptree_memory *memory)
{
	return host_parse_meminfo(text, strlen(text), memory);
}

static void every_figure_of_meminfo_is_read(void **state)
{
	struct ptree_memory memory;

	(void)state;
	assert_int_equal(parse_meminfo("MemTotal:        2000 kB\n"
				       "MemFree:          500 kB\n"
				       "MemAvailable:    1500 kB\n"
				       "Buffers:          100 kB\n"
				       "Cached:           600 kB\n"
				       "SwapCached:         7 kB\n"
				       "SwapTotal:       1000 kB\n"
				       "SwapFree:         900 kB\n"
				       "Slab:              99 kB\n"
				       "SReclaimable:      50 kB\n"
				       "HugePages_Total:       0\n",
				       &memory),
			 0);
	assert_int_equal(memory.total_bytes, 2000 * 1024);
	assert_int_equal(memory.free_bytes, 500 * 1024);
	assert_int_equal(memory.available_bytes, 1500 * 1024);
	assert_int_equal(memory.buffers_bytes, 100 * 1024);
	assert_int_equal(memory.cached_bytes, 650 * 1024);
	assert_int_equal(memory.swap_total_bytes, 1000 * 1024);
	assert_int_equal(memory.swap_free_bytes, 900 * 1024);
}

static void what_meminfo_lacks_is_worked_out_or_none(void **state)
{
	static const struct {
		const char *text;
		uint64_t available_kb, cached_kb, swap_kb;
	} cases[] = {
		{ MEMORY, 1200, 600, 0 },
		{ MEMORY SWAP, 1200, 600, 1000 },
		{ MEMORY "SReclaimable: 50 kB\n", 1250, 650, 0 },
		{ MEMORY "SReclaimable: 900 kB\n", 2000, 1500, 0 },
		{ MEMORY "MemAvailable: 0 kB\n", 0, 600, 0 },
		{ MEMORY "MemAvailable: x kB\n", 1200, 600, 0 },
		{ MEMORY "MemAvailable: 18446744073709551616 kB\n", 1200, 600, 0 },
		{ MEMORY "NoMemAvailable: 1 kB\n MemAvailable: 1 kB\n", 1200, 600, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ptree_memory memory;

		assert_int_equal(parse_meminfo(cases[i].text, &memory), 0);
		assert_int_equal(memory.available_bytes, cases[i].available_kb * 1024);
		assert_int_equal(memory.cached_bytes, cases[i].cached_kb * 1024);
		assert_int_equal(memory.swap_total_bytes, cases[i].swap_kb * 1024);
	}
}

static void there_is_never_more_free_than_there_is(void **state)
{
	struct ptree_memory memory;

	(void)state;
	assert_int_equal(parse_meminfo("MemTotal: 2 kB\nMemFree: 3 kB\nBuffers: 0 kB\n"
				       "Cached: 9 kB\nMemAvailable: 5 kB\nSwapTotal: 0 kB\n"
				       "SwapFree: 7 kB\n",
				       &memory),
			 0);
	assert_int_equal(memory.free_bytes, 2 * 1024);
	assert_int_equal(memory.available_bytes, 2 * 1024);
	assert_int_equal(memory.cached_bytes, 9 * 1024);
	assert_int_equal(memory.swap_free_bytes, 0);
}

static void memory_beyond_all_measure_does_not_wrap(void **state)
{
	struct ptree_memory memory;

	(void)state;
	assert_int_equal(
	    parse_meminfo("MemTotal: 4503599627370495 kB\nMemFree: 4503599627370495 kB\n"
			  "Buffers: 4503599627370495 kB\nCached: 4503599627370495 kB\n"
			  "SReclaimable: 4503599627370495 kB\n",
			  &memory),
	    0);
	assert_int_equal(memory.total_bytes, UINT64_C(4503599627370495) * 1024);
	assert_int_equal(memory.available_bytes, memory.total_bytes);
	assert_int_equal(memory.cached_bytes, UINT64_C(4503599627370495) * 2048);
}

static void what_is_not_meminfo_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"MemTotal: 1 kB\n",
		"MemTotal: 0 kB\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 1 kB\nMemFree: 0 kB\nBuffers: 0 kB\n",
		"MemTotal: 1 kB\nMemFree: 0 kB\nCached: 0 kB\n",
		"MemTotal: 1 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemFree: 1 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 1 MB\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 1\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: -1 kB\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 1 kB!\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 4503599627370496 kB\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		"MemTotal: 18446744073709551616 kB\nMemFree: 0 kB\nBuffers: 0 kB\nCached: 0 kB\n",
		MEMORY "SwapTotal: 1000 kB\n",
		MEMORY "SwapFree: 1000 kB\n",
		MEMORY "SwapTotal: 1000 kB\nSwapFree: ",
		MEMORY SWAP "Slab",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ptree_memory memory = { .total_bytes = 77, .swap_free_bytes = 88 };

		assert_int_equal(parse_meminfo(texts[i], &memory), -EBADMSG);
		assert_int_equal(memory.total_bytes, 77);
		assert_int_equal(memory.swap_free_bytes, 88);
	}
}

/* ---- loadavg and pressure ---- */

static void load_is_read_to_the_hundredth(void **state)
{
	static const struct {
		const char *text;
		double load[3];
	} cases[] = {
		{ "0.12 0.34 0.56 2/345 6789\n", { 0.12, 0.34, 0.56 } },
		{ "0.00 0.05 1.00 0/0 0\n", { 0, 0.05, 1 } },
		{ "1234.99 10.01 0.10 1/1 1\n", { 1234.99, 10.01, 0.1 } },
		{ "1.00 2.00 3.00 \n", { 1, 2, 3 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		double load[3];

		assert_int_equal(host_parse_loadavg(cases[i].text, strlen(cases[i].text), load), 0);
		for (int j = 0; j < 3; j++)
			assert_true(load[j] == cases[i].load[j]);
	}
}

static void what_is_not_loadavg_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"0.12 0.34 0.56\n",
		"0.12 0.34\n",
		"0.12 0.34 0.56 2/345 6789",
		"0,12 0,34 0,56 2/345 6789\n",
		"0.1 0.34 0.56 2/345 6789\n",
		"0.123 0.34 0.56 2/345 6789\n",
		"0.1x 0.34 0.56 2/345 6789\n",
		".12 0.34 0.56 2/345 6789\n",
		"-0.12 0.34 0.56 2/345 6789\n",
		"nan 0.34 0.56 2/345 6789\n",
		"0.12  0.34 0.56 2/345 6789\n",
		"0.12 0.34 184467440737095516.16 2/345 6789\n",
		"0.12 0.34 18446744073709551616.00 2/345 6789\n",
		"0.12 0.34 0.\n",
		"0.12 0.34 0.5\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		double load[3] = { -1, -2, -3 };

		assert_int_equal(host_parse_loadavg(texts[i], strlen(texts[i]), load), -EBADMSG);
		assert_true(load[0] == -1 && load[1] == -2 && load[2] == -3);
	}
}

static void pressure_is_read_with_and_without_a_line_for_full(void **state)
{
	static const struct {
		const char *text;
		struct ptree_pressure expected;
	} cases[] = {
		{ SOME FULL, { true, 123, 45, 456, 78 } },
		{ SOME, { true, 123, 0, 456, 0 } },
		{ SOME FULL "more avg10=9.99 total=9\n", { true, 123, 45, 456, 78 } },
		{ "some avg10=100.00 total=18446744073709551615\n",
		  { true, 10000, 0, UINT64_MAX, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct ptree_pressure *expected = &cases[i].expected;
		struct ptree_pressure pressure = { .full_avg10 = 7, .full_total_us = 8 };

		assert_int_equal(
		    host_parse_pressure(cases[i].text, strlen(cases[i].text), &pressure), 0);
		assert_true(pressure.is_known);
		assert_int_equal(pressure.some_avg10, expected->some_avg10);
		assert_int_equal(pressure.full_avg10, expected->full_avg10);
		assert_int_equal(pressure.some_total_us, expected->some_total_us);
		assert_int_equal(pressure.full_total_us, expected->full_total_us);
	}
}

static void what_is_not_pressure_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		FULL,
		FULL SOME,
		"some\n",
		"some avg10=\n",
		"some avg10=1.23\n",
		"some avg10=1.23 total=\n",
		"some avg10=1.23 total=1x\n",
		"some avg10=1.23 total=-1\n",
		"some avg10=1.23 total=18446744073709551616\n",
		"some avg10=1.2 total=1\n",
		"some avg10=-1.23 total=1\n",
		"some avg10=100.01 total=1\n",
		"some avg10=655.36 total=1\n",
		"some avg10=184467440737095516.16 total=1\n",
		"some avg60=1.23 total=1\n",
		"some avg10=1.23 total=1\nfull avg10=1.23\n",
		"some avg10=1.23 total=1\nfull",
		"some avg10=1.23 total=1",
		"some avg10=1.23 \ntotal=1\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ptree_pressure pressure = { .some_avg10 = 7, .full_total_us = 8 };

		assert_int_equal(host_parse_pressure(texts[i], strlen(texts[i]), &pressure),
				 -EBADMSG);
		assert_false(pressure.is_known);
		assert_int_equal(pressure.some_avg10, 7);
		assert_int_equal(pressure.full_total_us, 8);
	}
}

/* Copies of just the size, so that a sanitizer sees a read beyond them. */
/* ---- diskstats and net/dev ---- */

#define DISKS                                                                                      \
	"   7       0 loop0 1 2 3 4 5 6 7 8 9 10 11\n"                                             \
	"   8       0 sda 10 0 100 0 20 0 200 0 0 0 0 0 0 0 0 0 0\n"                               \
	"   8       1 sda1 9 0 90 0 19 0 190 0 0 0 0\n"                                            \
	" 259       0 nvme0n1 1 0 1000 0 1 0 2000 0 0 0 0\n"                                       \
	" 259       1 nvme0n1p1 1 0 999 0 1 0 1999 0 0 0 0\n"                                      \
	" 253       0 dm-0 1 0 7 0 1 0 7 0 0 0 0\n"                                                \
	"   8      16 sdb 1 0 1 0 1 0 1 0 0 0 0\n"
#define INTERFACES                                                                                 \
	"Inter-|   Receive                            |  Transmit\n"                               \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets\n"     \
	"    lo:   31913     157    0    0    0     0          0         0    31913     157 0\n"   \
	"  eth0:1000 1 0 0 0 0 0 0 2000 2 0 0 0 0 0 0\n"                                           \
	"br-1a2b: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n"

static void disks_are_counted_once_and_networks_without_lo(void **state)
{
	uint64_t in = 7, out = 8;

	(void)state;
	assert_int_equal(host_parse_diskstats(DISKS, strlen(DISKS), &in, &out), 0);
	assert_int_equal(in, 1101 * 512);
	assert_int_equal(out, 2201 * 512);
	assert_int_equal(host_parse_net_dev(INTERFACES, strlen(INTERFACES), &in, &out), 0);
	assert_int_equal(in, 1010);
	assert_int_equal(out, 2020);
}

static void what_counts_no_transfer_is_refused_and_changes_nothing(void **state)
{
	static const char *const disks[] = { "",
					     "\n",
					     "8 0 sda 1 2 3 4 5 6 7",
					     "8 0 sda 1 2 3 4 5 6\n",
					     "8 sda 1 2 3 4 5 6 7 8\n",
					     "8 0 sda 1 2 18446744073709551615 4 5 6 7 8\n",
					     "8 0 sda 1 2 18446744073709551616 4 5 6 7 8\n" };
	static const char *const networks[] = { "", "one\n", "one\ntwo\neth0 1 2\n",
						"one\ntwo\neth0: 1 2 3 4 5 6 7 8\n",
						"one\ntwo\neth0: x 2 3 4 5 6 7 8 9\n" };
	uint64_t in = 7, out = 8;

	(void)state;
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		assert_int_equal(host_parse_diskstats(disks[i], strlen(disks[i]), &in, &out),
				 -EBADMSG);
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		assert_int_equal(host_parse_net_dev(networks[i], strlen(networks[i]), &in, &out),
				 -EBADMSG);
	assert_int_equal(in, 7);
	assert_int_equal(out, 8);
}

static void rates_are_of_the_last_two_samples_and_never_negative(void **state)
{
	struct host_transfer transfer = { .is_known = false };

	(void)state;
	host_note_transfer(&transfer, true, 1000, 10, NS_PER_S);
	assert_false(transfer.pub.has_rates);
	assert_int_equal(transfer.pub.in_bytes, 1000);
	host_note_transfer(&transfer, true, 4000, 5, 3 * NS_PER_S);
	assert_true(transfer.pub.has_rates);
	assert_int_equal(transfer.pub.in_bytes_per_s, 1500);
	assert_int_equal(transfer.pub.out_bytes_per_s, 0); /* a disk has gone */
	host_note_transfer(&transfer, false, 0, 0, 4 * NS_PER_S);
	assert_false(transfer.is_known);
	host_note_transfer(&transfer, true, 5000, 5, 5 * NS_PER_S);
	assert_false(transfer.pub.has_rates); /* a gap is no interval */
}

static void nothing_is_read_beyond_a_cut(void **state)
{
	static const char *const texts[] = {
		"cpu  1 2 3 4 5\ncpu0 1 2 3 4 5\ncpu2 1 2 3 4 5\nprocesses 12\nprocs_running 1\n",
		MEMORY SWAP "SReclaimable: 50 kB\nMemAvailable: 50 kB\n",
		"0.12 0.34 0.56 2/345 6789\n",
		SOME FULL,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		for (size_t size = 0; size < strlen(texts[i]); size++) {
			bool is_cut = !size || texts[i][size - 1] != '\n';
			char *cut = malloc(size ? size : 1);
			struct host_cpu cpu[CPUS];
			struct host_stat stat;
			struct ptree_memory memory;
			struct ptree_pressure pressure;
			double load[3];

			assert_non_null(cut);
			memcpy(cut, texts[i], size);
			if (host_parse_stat(cut, size, &stat, cpu, CPUS) >= 0 ||
			    !host_parse_meminfo(cut, size, &memory) ||
			    !host_parse_loadavg(cut, size, load) ||
			    !host_parse_pressure(cut, size, &pressure))
				assert_false(is_cut);
			free(cut);
		}
	}
}

/* ---- shares ---- */

#define HUGE UINT64_MAX

static void shares_are_parts_of_1000_that_add_up(void **state)
{
	static const struct {
		uint64_t before[HOST_TICKS], now[HOST_TICKS];
		struct ptree_cpu_share expected; /* user nice system irq steal iowait busy */
	} cases[] = {
		{ { 0 }, { 0, 0, 0, 100 }, { 0, 0, 0, 0, 0, 0, 0 } },
		{ { 0 }, { 100 }, { 1000, 0, 0, 0, 0, 0, 1000 } },
		{ { 5, 5, 5, 5, 5, 5, 5, 5 },
		  { 15, 25, 35, 15, 15, 10, 10, 15 },
		  { 100, 200, 300, 100, 100, 100, 800 } },
		{ { 0 }, { 1, 1, 1 }, { 333, 333, 334, 0, 0, 0, 1000 } },
		{ { 0 }, { 1, 1, 1, 1, 1, 1, 1 }, { 142, 143, 143, 286, 0, 143, 714 } },
		{ { 0 }, { 1, 0, 0, 1000000 }, { 0, 0, 0, 0, 0, 0, 0 } },
		{ { 0 }, { 1000000, 0, 0, 1 }, { 999, 0, 0, 0, 0, 0, 999 } },
		{ { 0 }, { 0, 0, 0, 0, 7 }, { 0, 0, 0, 0, 0, 1000, 0 } },
		/* idle, iowait and all but one run backwards */
		{ { 0, 0, 0, 10, 10 }, { 50, 0, 50, 9, 8 }, { 500, 0, 500, 0, 0, 0, 1000 } },
		{ { 9, 9, 9, 9, 9, 9, 9, 9 },
		  { 8, 8, 8, 8, 8, 8, 8, 10 },
		  { 0, 0, 0, 0, 1000, 0, 1000 } },
		/* wrapped; a jump that no time can make; as much as can be */
		{ { HUGE }, { 0, 0, 5, 5 }, { 0, 0, 500, 0, 0, 0, 500 } },
		{ { 0 }, { HUGE, 0, 5, 5, HUGE - 1 }, { 0, 0, 500, 0, 0, 0, 500 } },
		{ { 0 },
		  { HUGE / 8000, 0, 0, HUGE / 8000, 0, HUGE / 8000, HUGE / 8000, HUGE / 8000 },
		  { 200, 0, 0, 400, 200, 0, 800 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct ptree_cpu_share *expected = &cases[i].expected;
		struct ptree_cpu_share share;

		assert_true(host_share(cases[i].before, cases[i].now, &share));
		assert_int_equal(share.user, expected->user);
		assert_int_equal(share.nice, expected->nice);
		assert_int_equal(share.system, expected->system);
		assert_int_equal(share.irq, expected->irq);
		assert_int_equal(share.steal, expected->steal);
		assert_int_equal(share.iowait, expected->iowait);
		assert_int_equal(share.busy, expected->busy);
	}
}

static void there_is_no_share_of_no_time(void **state)
{
	static const uint64_t cases[][2][HOST_TICKS] = {
		{ { 0 }, { 0 } },
		{ { 1, 2, 3, 4, 5, 6, 7, 8 }, { 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ { 1, 2, 3, 4, 5, 6, 7, 8 }, { 0 } },
		{ { 0 }, { HUGE, 0, 0, HUGE } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ptree_cpu_share share = { .busy = 77 };

		assert_false(host_share(cases[i][0], cases[i][1], &share));
		assert_int_equal(share.busy, 77);
	}
}

/* ---- samples of a fake root ---- */

static void fake_machine(const char *root)
{
	fake_text(root, "stat", OLD_STAT "processes 12\nprocs_running 3\n");
	fake_text(root, "meminfo", MEMORY SWAP);
	fake_text(root, "loadavg", "0.12 0.34 0.56 2/345 6789\n");
	fake_text(root, "pressure/cpu", SOME);
	fake_text(root, "pressure/memory", SOME FULL);
	fake_text(root, "pressure/io", "some avg10=7.00 avg60=0.00 avg300=0.00 total=9\n" FULL);
	fake_text(root, "diskstats", DISKS);
	fake_text(root, "net/dev", INTERFACES);
}

static void assert_nothing_but_stat_is_known(const struct ptree_host *host)
{
	struct ptree_memory memory = { .total_bytes = 77 };
	double load[3] = { -1 };

	assert_false(ptree_host_memory(host, &memory));
	assert_int_equal(memory.total_bytes, 77);
	assert_false(ptree_host_load(host, load));
	assert_true(load[0] == -1);
	for (int i = 0; i < PTREE_RESOURCE_COUNT; i++) {
		struct ptree_pressure pressure = { .some_avg10 = 77 };

		assert_false(ptree_host_pressure(host, (enum ptree_resource)i, &pressure));
		assert_int_equal(pressure.some_avg10, 77);
	}
	for (int i = 0; i < PTREE_CHANNEL_COUNT; i++) {
		struct ptree_transfer transfer = { .in_bytes = 77 };

		assert_false(ptree_host_transfer(host, (enum ptree_channel)i, &transfer));
		assert_int_equal(transfer.in_bytes, 77);
	}
}

static void before_the_first_sample_nothing_is_known(void **state)
{
	struct fixture *fixture = *state;
	uint64_t interval_ns = 77, runnable = 88, forks = 99;
	struct ptree_cpu_times times;
	struct ptree_cpu_share share;

	fake_machine(fixture->root);
	assert_int_equal(ptree_host_sampled_ns(fixture->host, &interval_ns), 0);
	assert_int_equal(interval_ns, 0);
	assert_int_equal(ptree_host_cpu_count(fixture->host), 0);
	assert_false(ptree_host_cpu_times(fixture->host, SIZE_MAX, &times));
	assert_false(ptree_host_cpu_times(fixture->host, 0, &times));
	assert_false(ptree_host_cpu_share(fixture->host, SIZE_MAX, &share));
	assert_false(ptree_host_cpu_share(fixture->host, 0, &share));
	assert_false(ptree_host_tasks(fixture->host, &runnable, &forks));
	assert_int_equal(runnable, 88);
	assert_int_equal(forks, 99);
	assert_nothing_but_stat_is_known(fixture->host);
	ptree_host_free(NULL);
}

static void a_sample_says_what_the_files_say(void **state)
{
	struct fixture *fixture = *state;
	const uint64_t tick_ns = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
	struct ptree_cpu_times times;
	struct ptree_memory memory;
	struct ptree_pressure pressure[PTREE_RESOURCE_COUNT];
	struct ptree_transfer transfer;
	uint64_t runnable, forks;
	double load[3];

	fake_machine(fixture->root);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_int_equal(ptree_host_cpu_count(fixture->host), 1);
	assert_int_equal(ptree_host_cpu_number(fixture->host, 0), 0);
	assert_int_equal(ptree_host_cpu_number(fixture->host, 1), PTREE_UNKNOWN_ID);
	assert_true(ptree_host_cpu_times(fixture->host, SIZE_MAX, &times));
	assert_int_equal(times.user_ns, 40 * tick_ns);
	assert_int_equal(times.nice_ns, 30 * tick_ns);
	assert_int_equal(times.system_ns, 20 * tick_ns);
	assert_int_equal(times.idle_ns, 10 * tick_ns);
	assert_int_equal(times.steal_ns, 0);
	assert_true(ptree_host_cpu_times(fixture->host, 0, &times));
	assert_false(ptree_host_cpu_times(fixture->host, 1, &times));
	assert_true(ptree_host_memory(fixture->host, &memory));
	assert_int_equal(memory.swap_free_bytes, 900 * 1024);
	assert_true(ptree_host_load(fixture->host, load));
	assert_true(load[2] == 0.56);
	for (int i = 0; i < PTREE_RESOURCE_COUNT; i++)
		assert_true(
		    ptree_host_pressure(fixture->host, (enum ptree_resource)i, &pressure[i]));
	assert_int_equal(pressure[PTREE_RESOURCE_CPU].full_avg10, 0);
	assert_int_equal(pressure[PTREE_RESOURCE_MEMORY].full_avg10, 45);
	assert_int_equal(pressure[PTREE_RESOURCE_IO].some_avg10, 700);
	assert_true(ptree_host_tasks(fixture->host, &runnable, &forks));
	assert_int_equal(runnable, 3);
	assert_int_equal(forks, 12);
	assert_true(ptree_host_transfer(fixture->host, PTREE_CHANNEL_DISK, &transfer));
	assert_int_equal(transfer.in_bytes, 1101 * 512);
	assert_true(ptree_host_transfer(fixture->host, PTREE_CHANNEL_NETWORK, &transfer));
	assert_int_equal(transfer.out_bytes, 2020);
	assert_false(transfer.has_rates);
}

static void every_column_becomes_nanoseconds_and_does_not_wrap(void **state)
{
	struct fixture *fixture = *state;
	const uint64_t tick_ns = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
	struct ptree_cpu_times times;

	fake_text(fixture->root, "stat", "cpu  1 2 3 4 5 6 18446744073709551615 8 1 1\n");
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_true(ptree_host_cpu_times(fixture->host, SIZE_MAX, &times));
	assert_int_equal(times.iowait_ns, 5 * tick_ns);
	assert_int_equal(times.irq_ns, 6 * tick_ns);
	assert_int_equal(times.softirq_ns, UINT64_MAX);
	assert_int_equal(times.steal_ns, 8 * tick_ns);
}

static void a_sample_tells_when_it_was_and_how_long_after_the_last(void **state)
{
	struct fixture *fixture = *state;
	uint64_t before_ns = ptree_boot_now_ns(), first_ns, second_ns, interval_ns = 77;

	fake_machine(fixture->root);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	first_ns = ptree_host_sampled_ns(fixture->host, &interval_ns);
	assert_int_equal(interval_ns, 0);
	assert_true(first_ns >= before_ns && first_ns <= ptree_boot_now_ns());
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	second_ns = ptree_host_sampled_ns(fixture->host, &interval_ns);
	assert_true(second_ns > first_ns);
	assert_int_equal(interval_ns, second_ns - first_ns);
	assert_int_equal(ptree_host_sampled_ns(fixture->host, NULL), second_ns);
}

static int sample_text(const struct fixture *fixture, const char *text)
{
	fake_text(fixture->root, "stat", text);
	return ptree_host_sample(fixture->host);
}

/* -1: no share. */
static int busy(const struct ptree_host *host, size_t index)
{
	struct ptree_cpu_share share = { .busy = 7777 };

	if (ptree_host_cpu_share(host, index, &share))
		return share.busy;
	assert_int_equal(share.busy, 7777);
	return -1;
}

static void shares_are_of_the_last_two_samples(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(sample_text(fixture, "cpu  0 0 0 0\ncpu0 0 0 0 0\n"), 0);
	assert_int_equal(busy(fixture->host, SIZE_MAX), -1);
	assert_int_equal(busy(fixture->host, 0), -1);
	assert_int_equal(sample_text(fixture, "cpu  10 0 0 0\ncpu0 1 0 0 9\n"), 0);
	assert_int_equal(busy(fixture->host, SIZE_MAX), 1000);
	assert_int_equal(busy(fixture->host, 0), 100);
	assert_int_equal(busy(fixture->host, 1), -1);
	assert_int_equal(sample_text(fixture, "cpu  10 0 0 5\ncpu0 3 0 0 17\n"), 0);
	assert_int_equal(busy(fixture->host, SIZE_MAX), 0);
	assert_int_equal(busy(fixture->host, 0), 200);
	/* nothing moved */
	assert_int_equal(sample_text(fixture, "cpu  10 0 0 5\ncpu0 3 0 0 17\n"), 0);
	assert_int_equal(busy(fixture->host, SIZE_MAX), -1);
	assert_int_equal(busy(fixture->host, 0), -1);
}

static void cpus_that_come_and_go_are_compared_by_number(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(sample_text(fixture, "cpu  9 0 0 9\ncpu0 0 0 0 0\ncpu2 0 0 0 0\n"), 0);
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 10\ncpu0 1 0 0 9\ncpu1 5 0 0 5\n"
					      "cpu2 2 0 0 8\ncpu3 5 0 0 5\n"),
			 0);
	assert_int_equal(ptree_host_cpu_count(fixture->host), 4);
	assert_int_equal(busy(fixture->host, 0), 100);
	assert_int_equal(busy(fixture->host, 1), -1);
	assert_int_equal(busy(fixture->host, 2), 200);
	assert_int_equal(busy(fixture->host, 3), -1);
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 11\ncpu3 8 0 0 12\n"), 0);
	assert_int_equal(ptree_host_cpu_count(fixture->host), 1);
	assert_int_equal(ptree_host_cpu_number(fixture->host, 0), 3);
	assert_int_equal(busy(fixture->host, 0), 300);
	assert_int_equal(busy(fixture->host, 1), -1);
	/* back, with counters that began anew; then none is listed */
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 12\ncpu0 0 0 0 1\ncpu3 0 0 0 1\n"), 0);
	assert_int_equal(busy(fixture->host, 0), -1);
	assert_int_equal(busy(fixture->host, 1), -1);
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 13\n"), 0);
	assert_int_equal(ptree_host_cpu_count(fixture->host), 0);
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 14\ncpu0 1 0 0 1\n"), 0);
	assert_int_equal(busy(fixture->host, 0), -1);
	assert_int_equal(busy(fixture->host, SIZE_MAX), 0);
}

/* As a machine with that many CPUs writes it; each was busy for as many ticks as its number. */
static void fake_many_cpus(const char *root, unsigned count, unsigned round)
{
	char *text = malloc(STAT_MAX_BYTES);
	size_t size = 0;

	assert_non_null(text);
	size += (size_t)sprintf(text, "cpu  1 0 0 %u 0 0 0 0 0 0\n", round + 1);
	for (unsigned i = 0; i < count; i++)
		size += (size_t)sprintf(text + size, "cpu%u %u 0 0 %u 0 0 0 0 0 0\n", i, round * i,
					round * (1000 - i));
	size += (size_t)sprintf(text + size, "intr 12345678");
	while (size < STAT_MAX_BYTES - 100)
		size += (size_t)sprintf(text + size, " %u", round);
	size += (size_t)sprintf(text + size, "\nprocesses 12\nprocs_running 3\n");
	fake_file(root, "stat", text, size);
	free(text);
}

static void a_machine_with_many_cpus_is_read_whole(void **state)
{
	struct fixture *fixture = *state;
	uint64_t runnable, forks;

	for (unsigned round = 0; round < 3; round++) {
		fake_many_cpus(fixture->root, MANY_CPUS, round);
		assert_int_equal(ptree_host_sample(fixture->host), 0);
	}
	assert_int_equal(ptree_host_cpu_count(fixture->host), MANY_CPUS);
	for (unsigned i = 0; i < MANY_CPUS; i++) {
		assert_int_equal(ptree_host_cpu_number(fixture->host, i), i);
		assert_int_equal(busy(fixture->host, i), i);
	}
	assert_true(ptree_host_tasks(fixture->host, &runnable, &forks));
	assert_int_equal(runnable, 3);
	assert_int_equal(forks, 12);
}

/* Around the sizes that a buffer may begin with, and grow to. */
static void a_stat_of_any_size_is_read_to_its_end(void **state)
{
	struct fixture *fixture = *state;
	static const char first[] = "cpu  1 1 1 1\nintr",
			  last[] = "\nprocesses 1\nprocs_running 2\n";
	uint64_t runnable, forks;

	for (size_t base = 1024; base <= 65536; base *= 2) {
		for (size_t size = base - 1; size <= base + 1; size++) {
			char *text = malloc(size);

			assert_non_null(text);
			memset(text, ' ', size);
			memcpy(text, first, strlen(first));
			memcpy(text + size - strlen(last), last, strlen(last));
			fake_file(fixture->root, "stat", text, size);
			free(text);
			assert_int_equal(ptree_host_sample(fixture->host), 0);
			assert_true(ptree_host_tasks(fixture->host, &runnable, &forks));
		}
	}
}

static void a_stat_without_end_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char path[512];

	fake_text(fixture->root, "stat", "cpu  1 1 1 1\n");
	fake_path(path, sizeof(path), fixture->root, "stat");
	assert_int_equal(truncate(path, 64 << 20), 0);
	assert_int_equal(ptree_host_sample(fixture->host), -EBADMSG);
}

static void what_cannot_be_read_any_more_is_unknown(void **state)
{
	static const char *const paths[] = { "meminfo",		"loadavg",     "pressure/cpu",
					     "pressure/memory", "pressure/io", "diskstats",
					     "net/dev" };
	struct fixture *fixture = *state;
	char path[512];

	fake_machine(fixture->root);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {
		fake_path(path, sizeof(path), fixture->root, paths[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_nothing_but_stat_is_known(fixture->host);
	fake_machine(fixture->root);
	for (size_t i = 0; i < COUNT(paths); i++)
		fake_text(fixture->root, paths[i], "garbage\n");
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_nothing_but_stat_is_known(fixture->host);
}

static void files_that_are_none_are_unknown_and_do_not_hang(void **state)
{
	struct fixture *fixture = *state;
	char path[512];

	fake_text(fixture->root, "stat", OLD_STAT);
	fake_fifo(fixture->root, "meminfo");
	fake_directories(fixture->root, "loadavg/x");
	fake_fifo(fixture->root, "pressure/cpu");
	fake_directories(fixture->root, "pressure/memory/x");
	fake_path(path, sizeof(path), fixture->root, "pressure/io");
	assert_int_equal(symlink("/proc/pressure/io", path), 0);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_nothing_but_stat_is_known(fixture->host);
}

static void tasks_that_stat_does_not_count_any_more_are_unknown(void **state)
{
	struct fixture *fixture = *state;
	uint64_t runnable = 77, forks = 88;

	fake_machine(fixture->root);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	assert_true(ptree_host_tasks(fixture->host, &runnable, &forks));
	assert_int_equal(sample_text(fixture, OLD_STAT "processes 9\n"), 0);
	assert_false(ptree_host_tasks(fixture->host, &runnable, &forks));
	assert_int_equal(runnable, 3);
	assert_int_equal(forks, 12);
}

static void without_stat_nothing_is_taken_and_what_was_known_stays(void **state)
{
	struct fixture *fixture = *state;
	uint64_t sampled_ns, interval_ns, interval_after_ns;
	struct ptree_memory memory;
	char path[512];

	fake_machine(fixture->root);
	assert_int_equal(sample_text(fixture, "cpu  0 0 0 0\ncpu0 0 0 0 0\n"), 0);
	assert_int_equal(sample_text(fixture, "cpu  1 0 0 1\ncpu0 1 0 0 3\n"), 0);
	sampled_ns = ptree_host_sampled_ns(fixture->host, &interval_ns);
	fake_text(fixture->root, "meminfo", "garbage\n");
	assert_int_equal(sample_text(fixture, "cpu  9 0 0 9\ncpu0 9 0 0 9\ncpu1 x\n"), -EBADMSG);
	assert_int_equal(sample_text(fixture, ""), -EBADMSG);
	fake_path(path, sizeof(path), fixture->root, "stat");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ptree_host_sample(fixture->host), -ENOENT);
	fake_fifo(fixture->root, "stat");
	assert_int_equal(ptree_host_sample(fixture->host), -EBADMSG);
	assert_int_equal(ptree_host_sampled_ns(fixture->host, &interval_after_ns), sampled_ns);
	assert_int_equal(interval_after_ns, interval_ns);
	assert_int_equal(busy(fixture->host, SIZE_MAX), 500);
	assert_int_equal(busy(fixture->host, 0), 250);
	assert_true(ptree_host_memory(fixture->host, &memory));
	assert_int_equal(memory.total_bytes, 2000 * 1024);
}

static void a_failure_does_not_come_between_two_samples(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(sample_text(fixture, "cpu  0 0 0 0\n"), 0);
	assert_int_equal(sample_text(fixture, "cpu  5 0 0\n"), -EBADMSG);
	assert_int_equal(sample_text(fixture, "cpu  2 0 0 8\n"), 0);
	assert_int_equal(busy(fixture->host, SIZE_MAX), 200);
}

static void a_stat_that_is_refused_is_said_to_be(void **state)
{
	struct fixture *fixture = *state;
	char path[512];
	int err;

	if (geteuid())
		skip();
	fake_machine(fixture->root);
	fake_path(path, sizeof(path), fixture->root, "stat");
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	err = ptree_host_sample(fixture->host);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(err, -EACCES);
}

static void running_out_of_descriptors_is_passed_on(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before, none;
	int err;

	fake_machine(fixture->root);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 3, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	err = ptree_host_sample(fixture->host);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(err, -EMFILE);
	assert_int_equal(ptree_host_sampled_ns(fixture->host, NULL), 0);
}

/* ---- the real /proc ---- */

static uint64_t sum_of(const struct ptree_cpu_times *times)
{
	return times->user_ns + times->nice_ns + times->system_ns + times->idle_ns +
	       times->iowait_ns + times->irq_ns + times->softirq_ns + times->steal_ns;
}

/* Of each CPU: a container may have its own idea of how many there are. */
static void check_real_cpus(const struct ptree_host *host)
{
	uint64_t boot_ns = ptree_boot_now_ns();
	struct ptree_cpu_times times;

	for (size_t i = 0; i < ptree_host_cpu_count(host); i++) {
		assert_true(ptree_host_cpu_times(host, i, &times));
		assert_true(sum_of(&times) > 0);
		/* irq and steal are counted apart, and nothing is exact */
		assert_true(sum_of(&times) < boot_ns + boot_ns / 2 + 10 * NS_PER_S);
	}
	assert_true(ptree_host_cpu_times(host, SIZE_MAX, &times));
	assert_true(times.user_ns + times.nice_ns + times.system_ns > 0);
}

static void this_machine_is_read_as_it_is(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_host *host;
	struct ptree_memory memory;
	uint64_t runnable, forks;
	double load[3];

	assert_int_equal(ptree_host_new(&host, fixture->real), 0);
	assert_int_equal(ptree_host_sample(host), 0);
	assert_true(ptree_host_cpu_count(host) > 0);
	check_real_cpus(host);
	assert_true(ptree_host_memory(host, &memory));
	assert_true(memory.total_bytes > 0 && memory.available_bytes > 0);
	assert_true(ptree_host_load(host, load));
	assert_true(load[0] >= 0 && load[0] < 1e6);
	assert_true(ptree_host_tasks(host, &runnable, &forks));
	assert_true(runnable > 0 && forks > 0);
	assert_int_equal(ptree_host_sample(host), 0);
	ptree_host_free(host);
}

static void what_goes_over_the_real_networks_is_known(void **state)
{
	struct ptree_transfer transfer;
	struct ptree_procfs *procfs;
	struct ptree_host *host;

	(void)state;
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	assert_int_equal(ptree_host_new(&host, procfs), 0);
	assert_int_equal(ptree_host_sample(host), 0);
	assert_true(ptree_host_transfer(host, PTREE_CHANNEL_NETWORK, &transfer));
	assert_int_equal(ptree_host_transfer(host, PTREE_CHANNEL_DISK, &transfer),
			 access("/proc/diskstats", R_OK) == 0);
	usleep(20000);
	assert_int_equal(ptree_host_sample(host), 0);
	assert_true(ptree_host_transfer(host, PTREE_CHANNEL_NETWORK, &transfer));
	assert_true(transfer.has_rates);
	ptree_host_free(host);
	ptree_procfs_close(procfs);
}

static void the_real_pressure_is_known_if_its_file_can_be_read(void **state)
{
	static const char *const paths[PTREE_RESOURCE_COUNT] = {
		[PTREE_RESOURCE_CPU] = "pressure/cpu",
		[PTREE_RESOURCE_MEMORY] = "pressure/memory",
		[PTREE_RESOURCE_IO] = "pressure/io",
	};
	struct fixture *fixture = *state;
	struct ptree_host *host;

	assert_int_equal(ptree_host_new(&host, fixture->real), 0);
	assert_int_equal(ptree_host_sample(host), 0);
	for (int i = 0; i < PTREE_RESOURCE_COUNT; i++) {
		struct ptree_pressure pressure;
		char text[512];
		bool is_there = procfs_read_path(fixture->real, paths[i], text, sizeof(text)) > 0;

		assert_int_equal(ptree_host_pressure(host, (enum ptree_resource)i, &pressure),
				 is_there);
	}
	ptree_host_free(host);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_and_count_of_stat_is_read),
		cmocka_unit_test(columns_that_a_kernel_does_not_have_are_0),
		cmocka_unit_test(cpus_that_are_offline_are_not_listed),
		cmocka_unit_test(more_cpus_than_there_is_room_for_are_only_counted),
		cmocka_unit_test(counts_of_tasks_that_are_missing_or_no_numbers_are_not_known),
		cmocka_unit_test(lines_that_nobody_knows_are_passed_over),
		cmocka_unit_test(what_is_not_stat_is_refused_and_changes_nothing),
		cmocka_unit_test(every_figure_of_meminfo_is_read),
		cmocka_unit_test(what_meminfo_lacks_is_worked_out_or_none),
		cmocka_unit_test(there_is_never_more_free_than_there_is),
		cmocka_unit_test(memory_beyond_all_measure_does_not_wrap),
		cmocka_unit_test(what_is_not_meminfo_is_refused_and_changes_nothing),
		cmocka_unit_test(load_is_read_to_the_hundredth),
		cmocka_unit_test(what_is_not_loadavg_is_refused_and_changes_nothing),
		cmocka_unit_test(pressure_is_read_with_and_without_a_line_for_full),
		cmocka_unit_test(what_is_not_pressure_is_refused_and_changes_nothing),
		cmocka_unit_test(disks_are_counted_once_and_networks_without_lo),
		cmocka_unit_test(what_counts_no_transfer_is_refused_and_changes_nothing),
		cmocka_unit_test(rates_are_of_the_last_two_samples_and_never_negative),
		cmocka_unit_test(nothing_is_read_beyond_a_cut),
		cmocka_unit_test(shares_are_parts_of_1000_that_add_up),
		cmocka_unit_test(there_is_no_share_of_no_time),
		TEST(before_the_first_sample_nothing_is_known),
		TEST(a_sample_says_what_the_files_say),
		TEST(every_column_becomes_nanoseconds_and_does_not_wrap),
		TEST(a_sample_tells_when_it_was_and_how_long_after_the_last),
		TEST(shares_are_of_the_last_two_samples),
		TEST(cpus_that_come_and_go_are_compared_by_number),
		TEST(a_machine_with_many_cpus_is_read_whole),
		TEST(a_stat_of_any_size_is_read_to_its_end),
		TEST(a_stat_without_end_is_refused),
		TEST(what_cannot_be_read_any_more_is_unknown),
		TEST(files_that_are_none_are_unknown_and_do_not_hang),
		TEST(tasks_that_stat_does_not_count_any_more_are_unknown),
		TEST(without_stat_nothing_is_taken_and_what_was_known_stays),
		TEST(a_failure_does_not_come_between_two_samples),
		TEST(a_stat_that_is_refused_is_said_to_be),
		TEST(running_out_of_descriptors_is_passed_on),
		TEST(this_machine_is_read_as_it_is),
		cmocka_unit_test(what_goes_over_the_real_networks_is_known),
		TEST(the_real_pressure_is_known_if_its_file_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
