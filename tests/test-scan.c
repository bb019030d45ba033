/* SPDX-License-Identifier: MIT */
/* Scans of directories of our own, where every process is known, and of the real /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fake-proc.h"
#include "monitor/scan.h"

#define PROCESSES 5000
#define FIRST_PID 100
#define WAIT_MS 60000

struct fixture {
	char *root;
	struct ptree_procfs *procfs;
	int wake_fd;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&fixture->procfs, fixture->root), 0);
	fixture->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(fixture->wake_fd >= 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_procfs_close(fixture->procfs);
	close(fixture->wake_fd);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

static int setup_many(void **state)
{
	struct fixture *fixture;

	setup(state);
	fixture = *state;
	for (int i = 0; i < PROCESSES; i++)
		fake_stat(fixture->root, FIRST_PID + i, "many", 'S', 1, 64);
	return 0;
}

static void wait_for_wake(int wake_fd)
{
	struct pollfd poll_fd = { .fd = wake_fd, .events = POLLIN };
	uint64_t wakes;

	assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
	assert_int_equal(read(wake_fd, &wakes, sizeof(wakes)), sizeof(wakes));
}

/* Takes everything, as the main loop does: only when woken, so many at a time, once a wake. */
static void finish(struct scan *scan, int wake_fd, size_t max,
		   void (*visit)(const struct scan_entry *entry, void *argument), void *argument)
{
	struct scan_entry entries[256];

	while (!scan_is_done(scan)) {
		size_t count;

		wait_for_wake(wake_fd);
		count = scan_take(scan, entries, max);
		for (size_t i = 0; i < count; i++) {
			visit(&entries[i], argument);
			scan_entry_clear(&entries[i]);
		}
	}
	assert_int_equal(scan_take(scan, entries, max), 0);
}

static void count_seen(const struct scan_entry *entry, void *argument)
{
	unsigned *seen = argument;

	assert_in_range(entry->process.pid, FIRST_PID, FIRST_PID + PROCESSES - 1);
	assert_string_equal(entry->process.comm, "many");
	assert_null(entry->tids);
	seen[entry->process.pid - FIRST_PID]++;
}

static void check_all_seen_once(struct fixture *fixture, unsigned threads, size_t max)
{
	unsigned *seen = calloc(PROCESSES, sizeof(*seen));
	uint64_t before_ns = ptree_boot_now_ns();
	struct scan *scan;
	size_t done, total;

	assert_non_null(seen);
	assert_int_equal(scan_start(&scan, fixture->procfs, 0, threads, fixture->wake_fd), 0);
	finish(scan, fixture->wake_fd, max, count_seen, seen);
	for (int i = 0; i < PROCESSES; i++)
		assert_int_equal(seen[i], 1);
	scan_get_progress(scan, &done, &total);
	assert_int_equal(done, PROCESSES);
	assert_int_equal(total, PROCESSES);
	assert_int_equal(scan_error(scan), 0);
	assert_true(scan_start_ns(scan) >= before_ns && scan_start_ns(scan) <= ptree_boot_now_ns());
	scan_free(scan);
	free(seen);
}

static void every_process_is_seen_once_whatever_the_number_of_threads(void **state)
{
	for (unsigned threads = 1; threads <= 4; threads++)
		check_all_seen_once(*state, threads, 256);
	check_all_seen_once(*state, 1000, 256);
}

static void every_process_is_seen_once_however_few_are_taken_at_a_time(void **state)
{
	check_all_seen_once(*state, 2, 1);
	check_all_seen_once(*state, 2, 63);
}

static void a_scan_may_be_freed_at_any_point(void **state)
{
	struct fixture *fixture = *state;

	for (size_t taken = 0; taken <= 1024; taken += 128) {
		struct scan_entry entries[128];
		struct scan *scan;

		assert_int_equal(scan_start(&scan, fixture->procfs, 0, 2, fixture->wake_fd), 0);
		for (size_t left = taken; left;) {
			size_t count;

			wait_for_wake(fixture->wake_fd);
			count = scan_take(scan, entries, left < 128 ? left : 128);
			for (size_t i = 0; i < count; i++)
				scan_entry_clear(&entries[i]);
			left -= count;
		}
		assert_false(scan_is_done(scan));
		scan_free(scan);
	}
	scan_free(NULL);
}

static void never_visit(const struct scan_entry *entry, void *argument)
{
	(void)argument;
	fail_msg("%d should not be seen", entry->process.pid);
}

static void an_empty_root_is_done_at_once_and_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct scan *scan;

	assert_int_equal(scan_start(&scan, fixture->procfs, 0, 2, fixture->wake_fd), 0);
	finish(scan, fixture->wake_fd, 256, never_visit, NULL);
	assert_int_equal(scan_error(scan), 0);
	scan_free(scan);
}

static void what_is_gone_refused_or_makes_no_sense_is_left_out_without_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct scan *scan;
	size_t done, total;

	fake_directories(fixture->root, "100/");
	fake_text(fixture->root, "101/stat", "nonsense");
	fake_fifo(fixture->root, "102/stat");
	assert_int_equal(scan_start(&scan, fixture->procfs, 0, 2, fixture->wake_fd), 0);
	finish(scan, fixture->wake_fd, 256, never_visit, NULL);
	assert_int_equal(scan_error(scan), 0);
	scan_get_progress(scan, &done, &total);
	assert_int_equal(done, 3);
	assert_int_equal(total, 3);
	scan_free(scan);
}

/* A scan under a limit of open files. The limit is checked after all that needed none. */
static void check_error(struct ptree_procfs *procfs, int wake_fd, rlim_t open_files, int expected)
{
	struct rlimit before, limit;
	struct scan *scan;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = open_files, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(scan_start(&scan, procfs, 0, 1, wake_fd), 0);
	finish(scan, wake_fd, 256, never_visit, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(scan_error(scan), expected);
	scan_free(scan);
}

static void a_list_that_cannot_be_read_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	fake_stat(fixture->root, 100, "cat", 'S', 1, 64);
	check_error(fixture->procfs, fixture->wake_fd, 3, -EMFILE);
}

static void no_threads_are_no_scan(void **state)
{
	struct fixture *fixture = *state;
	struct scan *scan = NULL;

	assert_int_equal(scan_start(&scan, fixture->procfs, 0, 0, fixture->wake_fd), -EINVAL);
	assert_null(scan);
}

static void count_threads(const struct scan_entry *entry, void *argument)
{
	size_t *tids = argument;

	*tids += entry->tid_count;
	if (entry->process.pid == 100) {
		assert_null(entry->tids);
		assert_int_equal(entry->tid_count, 0);
	} else {
		assert_non_null(entry->tids);
	}
}

static void tasks_are_read_of_those_that_have_several(void **state)
{
	struct fixture *fixture = *state;
	struct scan *scan;
	size_t tids = 0;

	fake_stat(fixture->root, 100, "one", 'S', 1, 64);
	fake_directories(fixture->root, "100/task/100/");
	fake_stat(fixture->root, 200, "two", 'S', 2, 64);
	fake_directories(fixture->root, "200/task/200/");
	fake_directories(fixture->root, "200/task/201/");
	assert_int_equal(scan_start(&scan, fixture->procfs, 0, 2, fixture->wake_fd), 0);
	finish(scan, fixture->wake_fd, 256, count_threads, &tids);
	assert_int_equal(tids, 2);
	scan_free(scan);
}

struct family {
	pid_t child;
	bool has_self, has_child;
};

static void look_for_family(const struct scan_entry *entry, void *argument)
{
	const struct ptree_process *process = &entry->process;
	struct family *family = argument;

	if (process->pid == getpid()) {
		family->has_self = true;
		assert_true(process->thread_count >= 2 && entry->tid_count >= 2);
		assert_int_equal(process->argv_status, PTREE_ARGV_READ);
	} else if (process->pid == family->child) {
		family->has_child = true;
		assert_int_equal(process->ppid, getpid());
	}
}

static void the_real_proc_has_this_process_and_its_child(void **state)
{
	struct fixture *fixture = *state;
	struct family family = { .child = fork() };
	struct ptree_procfs *procfs;
	struct scan *scan;

	assert_true(family.child >= 0);
	if (!family.child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		pause();
		_exit(0);
	}
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	assert_int_equal(scan_start(&scan, procfs, PTREE_READ_ARGV, 2, fixture->wake_fd), 0);
	finish(scan, fixture->wake_fd, 256, look_for_family, &family);
	assert_int_equal(scan_error(scan), 0);
	scan_free(scan);
	ptree_procfs_close(procfs);
	assert_int_equal(kill(family.child, SIGKILL), 0);
	assert_int_equal(waitpid(family.child, NULL, 0), family.child);
	assert_true(family.has_self);
	assert_true(family.has_child);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define TEST_MANY(function) cmocka_unit_test_setup_teardown(function, setup_many, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_MANY(every_process_is_seen_once_whatever_the_number_of_threads),
		TEST_MANY(every_process_is_seen_once_however_few_are_taken_at_a_time),
		TEST_MANY(a_scan_may_be_freed_at_any_point),
		TEST(an_empty_root_is_done_at_once_and_says_so),
		TEST(what_is_gone_refused_or_makes_no_sense_is_left_out_without_an_error),
		TEST(a_list_that_cannot_be_read_is_an_error),
		TEST(no_threads_are_no_scan),
		TEST(tasks_are_read_of_those_that_have_several),
		TEST(the_real_proc_has_this_process_and_its_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
