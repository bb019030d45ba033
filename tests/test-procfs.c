/* SPDX-License-Identifier: MIT */
/* Reading entries of /proc: hostile and broken ones in directories of our own, and real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "fake-proc.h"
#include "proc/procfs.h"
#include "proctree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NS_PER_S UINT64_C(1000000000)
#define PF_EXITING 0x4u
#define PF_KTHREAD 0x200000u
#define NOBODY 65534

struct fixture {
	char *root;
	struct ptree_procfs *fake, *real;
};

static const struct procfs_units units = { .ticks_per_s = 100, .page_bytes = 4096 };

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&fixture->fake, fixture->root), 0);
	assert_int_equal(ptree_procfs_open(&fixture->real, NULL), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_procfs_close(fixture->fake);
	ptree_procfs_close(fixture->real);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

/* ---- the parsers ---- */

static int parse(const char *text, struct ptree_process *process, uint32_t *flags)
{
	return procfs_parse_stat(text, strlen(text), &units, process, flags);
}

#define REST " S 7 8 9 -1 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 300 1\n"

static void every_field_of_stat_is_read(void **state)
{
	struct ptree_process process = { .euid = 77 };
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("42 (cat)" REST, &process, &flags), 0);
	assert_int_equal(process.pid, 42);
	assert_string_equal(process.comm, "cat");
	assert_int_equal(process.state, 'S');
	assert_int_equal(process.ppid, 7);
	assert_int_equal(process.pgrp, 8);
	assert_int_equal(process.sid, 9);
	assert_int_equal(process.tty, UINT32_MAX);
	assert_int_equal(flags, 64);
	assert_false(process.is_kernel_thread);
	assert_int_equal(process.cpu_user_ns, 2500000000);
	assert_int_equal(process.cpu_system_ns, 500000000);
	assert_int_equal(process.thread_count, 3);
	assert_int_equal(process.start_ns, 42 * NS_PER_S);
	assert_int_equal(process.rss_bytes, 300 * 4096);
	assert_int_equal(process.euid, 77);
}

static void hostile_names_are_kept_as_they_are(void **state)
{
	static const char *const names[] = {
		")", "a) R 1", "((", "\n", "x\ny", "\033]0;x\007", " ", "", ") S 1 2 3", "\xff\xfe",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct ptree_process process;
		uint32_t flags;
		char line[256];

		snprintf(line, sizeof(line), "42 (%s)" REST, names[i]);
		assert_int_equal(parse(line, &process, &flags), 0);
		assert_string_equal(process.comm, names[i]);
		assert_int_equal(process.ppid, 7);
	}
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	struct ptree_process process;
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("42 (kworker/u8:3-events_unbound)" REST, &process, &flags), 0);
	assert_string_equal(process.comm, "kworker/u8:3-ev");
}

static void kernel_threads_are_told_by_their_flag(void **state)
{
	struct ptree_process process;
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 "
			       "1\n",
			       &process, &flags),
			 0);
	assert_int_equal(flags, 2129984);
	assert_true(process.is_kernel_thread);
}

static void what_children_used_that_were_waited_for_is_read(void **state)
{
	static const struct {
		const char *user, *system;
		uint64_t ns;
	} samples[] = {
		{ "150", "50", UINT64_C(2000000000) },
		{ "0", "0", 0 },
		{ "-3", "50", UINT64_C(500000000) },
		{ "9223372036854775807", "9223372036854775807", UINT64_MAX },
	};
	struct ptree_process process;
	char line[256];
	uint32_t flags;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		snprintf(line, sizeof(line),
			 "9 (make) S 2 0 0 0 -1 0 0 0 0 0 7 8 %s %s 20 0 1 0 5 0 0 1\n",
			 samples[i].user, samples[i].system);
		assert_int_equal(parse(line, &process, &flags), 0);
		assert_int_equal(process.waited_cpu_ns, samples[i].ns);
	}
}

static void a_kernel_threads_name_is_kept_whole(void **state)
{
	struct ptree_process process;
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("9 (kworker/R-inet_frag_wq) S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 "
			       "0 1 0 5 0 0 1\n",
			       &process, &flags),
			 0);
	assert_string_equal(process.comm, "kworker/R-inet_");
	assert_string_equal(process.name, "kworker/R-inet_frag_wq");
}

static void what_is_not_stat_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"42",
		"42 (cat",
		"42 cat) S 1",
		"42 (cat)",
		"42 (cat) S",
		"x (cat)" REST,
		"-1 (cat)" REST,
		"0 (cat)" REST,
		"99999999999 (cat)" REST,
		"99999999999999999999999 (cat)" REST,
		"42  (cat)" REST,
		")42 (",
		/* a state that is none, no parent, a negative parent, pages beyond any memory */
		"42 (cat) 1 7 8 9 0 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 300 1\n",
		"42 (cat) S  8 9 0 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 300 1\n",
		"42 (cat) S -7 8 9 0 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 300 1\n",
		"42 (cat) S 7 8 9 0 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 "
		"9223372036854775807 1\n",
		/* a negative time, one that is no number, a last field that may have been cut */
		"42 (cat) S 7 8 9 0 -1 64 10 11 12 13 -2 50 14 15 20 0 3 0 4200 1000000 300 1\n",
		"42 (cat) S 7 8 9 0 -1 64 10 11 12 13 2x 50 14 15 20 0 3 0 4200 1000000 300 1\n",
		"42 (cat) S 7 8 9 0 -1 64 10 11 12 13 250 50 14 15 20 0 3 0 4200 1000000 300",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ptree_process process = { .pid = 1, .comm = "as before" };
		uint32_t flags = 5;

		assert_int_equal(parse(texts[i], &process, &flags), -EBADMSG);
		assert_int_equal(process.pid, 1);
		assert_string_equal(process.comm, "as before");
		assert_int_equal(flags, 5);
	}
}

static void every_cut_of_stat_is_refused(void **state)
{
	const char *whole = "42 (c)t) S 7 8 9 0 -1 64 1 1 1 1 2 5 1 1 20 0 3 0 42 1000000 300 ";

	(void)state;
	for (size_t size = 0; size < strlen(whole); size++) {
		char *cut = malloc(size ? size : 1);
		struct ptree_process process;
		uint32_t flags;

		assert_non_null(cut);
		memcpy(cut, whole, size);
		assert_int_equal(procfs_parse_stat(cut, size, &units, &process, &flags), -EBADMSG);
		free(cut);
	}
}

static void the_remains_of_a_reaped_process_are_not_a_process(void **state)
{
	struct ptree_process process;
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("42 (cat) X 0 -1 -1 0 -1 4 0 0 0 0 0 0 0 0 20 0 0 0 4200 0 0 1\n",
			       &process, &flags),
			 -ESRCH);
}

static void times_beyond_all_measure_do_not_wrap(void **state)
{
	struct ptree_process process;
	uint32_t flags;

	(void)state;
	assert_int_equal(parse("42 (cat) S 7 8 9 0 -1 64 1 1 1 1 9223372036854775807 5 1 1 20 0 3 "
			       "0 42 1000000 300 1\n",
			       &process, &flags),
			 0);
	assert_int_equal(process.cpu_user_ns, UINT64_MAX);
}

static void ids_and_tracer_are_read_from_status(void **state)
{
	const char *text = "Name:\tcat\nTgid:\t42\nTracerPid:\t17\nUid:\t1\t2\t3\t4\n"
			   "Gid:\t4294967294\t6\t7\t8\nFDSize:\t64\n";
	struct ptree_process process = { 0 };

	(void)state;
	assert_int_equal(procfs_parse_status(text, strlen(text), &process), 0);
	assert_int_equal(process.ruid, 1);
	assert_int_equal(process.rgid, 4294967294);
	assert_int_equal(process.egid, 6);
	assert_int_equal(process.tracer, 17);
}

static void a_status_that_lacks_something_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"Uid:",
		"TracerPid:\t1\nUid:\t1\t2\t3\t4\n",
		"TracerPid:\t1\nGid:\t1\t2\t3\t4\n",
		"Uid:\t1\t2\t3\t4\nGid:\t1\t2\t3\t4\n",
		"TracerPid:\t1\nUid:\t1\t2\t3\t4\nGid:\t1\t2",
		"TracerPid:\t-1\nUid:\t1\t2\t3\t4\nGid:\t1\t2\t3\t4\n",
		"TracerPid:\t1\nUid:\t1\t4294967296\t3\t4\nGid:\t1\t2\t3\t4\n",
		"Name:\tUid:\t1\t2\t3\t4\nTracerPid:\t1\nGid:\t1\t2\t3\t4\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ptree_process process = { .ruid = 9, .tracer = 9 };

		assert_int_equal(procfs_parse_status(texts[i], strlen(texts[i]), &process),
				 -EBADMSG);
		assert_int_equal(process.ruid, 9);
		assert_int_equal(process.tracer, 9);
	}
}

/* ---- entries of a fake root ---- */

static void an_entry_says_what_its_files_say(void **state)
{
	struct fixture *fixture = *state;
	uint64_t before_ns = ptree_boot_now_ns();
	struct ptree_process process;

	fake_stat(fixture->root, 42, "cat) S 1", 'S', 1, 64);
	fake_text(fixture->root, "42/status",
		  "Name:\tcat\nTracerPid:\t0\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n");
	fake_file(fixture->root, "42/cmdline", "cat\0-n\0", 7);
	assert_int_equal(
	    ptree_procfs_read(fixture->fake, 42, PTREE_READ_STATUS | PTREE_READ_ARGV, &process), 0);
	assert_string_equal(process.comm, "cat) S 1");
	assert_int_equal(process.tty, 34816);
	assert_true(process.read_ns >= before_ns && process.read_ns <= ptree_boot_now_ns());
	assert_int_equal(process.euid, geteuid());
	assert_int_equal(process.ruid, 1);
	assert_int_equal(process.rgid, 5);
	assert_int_equal(process.egid, 6);
	assert_int_equal(process.argv_status, PTREE_ARGV_READ);
	assert_int_equal(process.argv_size, 7);
	assert_memory_equal(process.argv, "cat\0-n\0", 7);
	ptree_process_clear(&process);
	assert_null(process.argv);
}

static void what_was_not_asked_for_is_unknown(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;

	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, 0, &process), 0);
	assert_int_equal(process.ruid, PTREE_UNKNOWN_ID);
	assert_int_equal(process.rgid, PTREE_UNKNOWN_ID);
	assert_int_equal(process.egid, PTREE_UNKNOWN_ID);
	assert_int_equal(process.tracer, 0);
	assert_int_equal(process.argv_status, PTREE_ARGV_PENDING);
	assert_null(process.argv);
}

static void parent_and_start_time_are_those_of_stat(void **state)
{
	struct fixture *fixture = *state;
	uint64_t start_ns = 0;
	pid_t ppid = 0;

	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	assert_int_equal(ptree_procfs_parent(fixture->fake, 42, &ppid), 0);
	assert_int_equal(ptree_procfs_start_time(fixture->fake, 42, &start_ns), 0);
	assert_int_equal(ppid, 7);
	assert_int_equal(start_ns, 4200 * NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}

static void a_pidfd_says_whose_it_is_until_it_was_waited_for(void **state)
{
	struct fixture *fixture = *state;
	pid_t child = fork(), pid = 0;
	int pidfd;

	if (!child)
		_exit(0);
	assert_true(child > 0);
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	if (pidfd < 0) {
		waitpid(child, NULL, 0);
		skip();
	}
	assert_int_equal(ptree_procfs_pidfd(fixture->real, pidfd, &pid), 0);
	assert_int_equal(pid, child);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(ptree_procfs_pidfd(fixture->real, pidfd, &pid), -ESRCH);
	assert_int_equal(ptree_procfs_pidfd(fixture->real, STDERR_FILENO, &pid), -EOPNOTSUPP);
	assert_int_equal(ptree_procfs_pidfd(fixture->real, -1, &pid), -ESRCH);
	assert_int_equal(ptree_procfs_pidfd(fixture->fake, pidfd, &pid), -ESRCH);
	close(pidfd);
}

static void what_is_not_there_is_gone(void **state)
{
	struct fixture *fixture = *state;
	enum ptree_argv_status status = PTREE_ARGV_PENDING;
	struct ptree_process process = { .pid = 1 };
	char comm[PTREE_COMM_SIZE] = "as before";
	char *argv = comm;
	pid_t *tids = NULL, ppid = 3;
	uint64_t start_ns = 4;
	size_t size = 5;

	assert_int_equal(ptree_procfs_read(fixture->fake, 42, 0, &process), -ESRCH);
	assert_int_equal(ptree_procfs_read(fixture->fake, 0, 0, &process), -ESRCH);
	assert_int_equal(ptree_procfs_read(fixture->fake, -1, 0, &process), -ESRCH);
	assert_int_equal(ptree_procfs_parent(fixture->fake, 42, &ppid), -ESRCH);
	assert_int_equal(ptree_procfs_start_time(fixture->fake, 42, &start_ns), -ESRCH);
	assert_int_equal(ptree_procfs_comm(fixture->fake, 42, comm), -ESRCH);
	assert_int_equal(ptree_procfs_task_comm(fixture->fake, 42, 43, comm), -ESRCH);
	assert_int_equal(ptree_procfs_tasks(fixture->fake, 42, &tids), -ESRCH);
	assert_int_equal(ptree_procfs_argv(fixture->fake, 42, 100, &argv, &size, &status), -ESRCH);
	assert_int_equal(process.pid, 1);
	assert_string_equal(comm, "as before");
	assert_ptr_equal(argv, comm);
	assert_int_equal(ppid, 3);
	assert_int_equal(start_ns, 4);
	assert_int_equal(size, 5);
	assert_int_equal(status, PTREE_ARGV_PENDING);
}

static void an_entry_that_loses_a_file_halfway_is_gone(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;

	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, PTREE_READ_STATUS, &process), -ESRCH);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, PTREE_READ_ARGV, &process), -ESRCH);
}

static void an_entry_with_anothers_stat_makes_no_sense(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;

	fake_text(fixture->root, "42/stat", "43 (cat)" REST);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, 0, &process), -EBADMSG);
}

static void nothing_but_a_file_is_a_file(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	char comm[PTREE_COMM_SIZE], path[512];

	fake_fifo(fixture->root, "42/stat");
	fake_text(fixture->root, "43/stat/x", "a directory");
	fake_directories(fixture->root, "44/");
	fake_path(path, sizeof(path), fixture->root, "44/stat");
	assert_int_equal(symlink("/proc/self/stat", path), 0);
	fake_fifo(fixture->root, "42/comm");
	for (pid_t pid = 42; pid <= 44; pid++)
		assert_int_equal(ptree_procfs_read(fixture->fake, pid, 0, &process), -EBADMSG);
	assert_int_equal(ptree_procfs_comm(fixture->fake, 42, comm), -EBADMSG);
}

static void a_fifo_as_cmdline_does_not_hang_with_or_without_a_writer(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	char path[512];
	int fd;

	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	fake_fifo(fixture->root, "42/cmdline");
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, PTREE_READ_ARGV, &process), 0);
	assert_int_equal(process.argv_status, PTREE_ARGV_FAILED);
	fake_path(path, sizeof(path), fixture->root, "42/cmdline");
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, PTREE_READ_ARGV, &process), 0);
	assert_int_equal(process.argv_status, PTREE_ARGV_FAILED);
	close(fd);
}

static void what_is_refused_is_said_to_be(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	char path[512];
	int stat_error, argv_error;

	if (geteuid())
		skip();
	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	fake_text(fixture->root, "42/cmdline", "cat");
	fake_path(path, sizeof(path), fixture->root, "42/cmdline");
	assert_int_equal(chmod(path, 0), 0);
	fake_stat(fixture->root, 43, "cat", 'S', 1, 64);
	fake_path(path, sizeof(path), fixture->root, "43/stat");
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	argv_error = ptree_procfs_read(fixture->fake, 42, PTREE_READ_ARGV, &process);
	stat_error = ptree_procfs_read(fixture->fake, 43, 0, &process);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(argv_error, 0);
	assert_int_equal(process.argv_status, PTREE_ARGV_FAILED);
	assert_int_equal(stat_error, -EACCES);
}

static void running_out_of_descriptors_is_passed_on(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before, none;
	struct ptree_process process;
	pid_t *pids = NULL;
	ssize_t count;
	int err;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 3, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	err = ptree_procfs_read(fixture->real, getpid(), 0, &process);
	count = ptree_procfs_pids(fixture->real, &pids);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(err, -EMFILE);
	assert_int_equal(count, -EMFILE);
	assert_null(pids);
}

/* Takes all that are left below a limit. Returns how many. */
static size_t take_descriptors(int *fds, size_t max)
{
	size_t count = 0;

	while (count < max && (fds[count] = dup(0)) >= 0)
		count++;
	return count;
}

static void somebody_else_taking_all_descriptors_stops_no_reading(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before, few;
	struct ptree_process process;
	int fds[256], err;
	pid_t *pids = NULL, *tids = NULL;
	ssize_t count, task_count;
	size_t taken;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ .rlim_cur = 256, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	err = ptree_procfs_read(fixture->real, getpid(), 0, &process);
	taken = take_descriptors(fds, sizeof(fds) / sizeof(*fds));
	for (int i = 0; i < 3 && !err; i++)
		err = ptree_procfs_read(fixture->real, getpid(), 0, &process);
	count = ptree_procfs_pids(fixture->real, &pids);
	task_count = ptree_procfs_tasks(fixture->real, getpid(), &tids);
	for (size_t i = 0; i < taken; i++)
		close(fds[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(err, 0);
	assert_true(count > 0);
	assert_true(task_count > 0);
	free(pids);
	free(tids);
}

static void a_root_that_is_not_there_or_no_directory_is_not_opened(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_procfs *procfs = NULL;
	char path[512];

	fake_path(path, sizeof(path), fixture->root, "nothing");
	assert_int_equal(ptree_procfs_open(&procfs, path), -ENOENT);
	fake_fifo(fixture->root, "fifo");
	fake_path(path, sizeof(path), fixture->root, "fifo");
	assert_int_equal(ptree_procfs_open(&procfs, path), -ENOTDIR);
	assert_null(procfs);
	ptree_procfs_close(NULL);
}

/* ---- names ---- */

static void a_name_ends_before_its_last_newline(void **state)
{
	struct fixture *fixture = *state;
	char comm[PTREE_COMM_SIZE];

	fake_text(fixture->root, "42/comm", "a\nb\n");
	fake_text(fixture->root, "43/comm", "\n");
	fake_text(fixture->root, "44/comm", "kworker/u8:3-events_unbound\n");
	fake_text(fixture->root, "45/comm", "");
	fake_text(fixture->root, "46/task/47/comm", "\033[2J\n");
	assert_int_equal(ptree_procfs_comm(fixture->fake, 42, comm), 0);
	assert_string_equal(comm, "a\nb");
	assert_int_equal(ptree_procfs_comm(fixture->fake, 43, comm), 0);
	assert_string_equal(comm, "");
	assert_int_equal(ptree_procfs_comm(fixture->fake, 44, comm), 0);
	assert_string_equal(comm, "kworker/u8:3-ev");
	assert_int_equal(ptree_procfs_comm(fixture->fake, 45, comm), -EBADMSG);
	assert_int_equal(ptree_procfs_task_comm(fixture->fake, 46, 47, comm), 0);
	assert_string_equal(comm, "\033[2J");
}

/* ---- arguments ---- */

static void check_argv(struct ptree_procfs *procfs, pid_t pid, size_t max, const char *expected,
		       size_t expected_size, enum ptree_argv_status expected_status)
{
	enum ptree_argv_status status;
	char *argv;
	size_t size;

	assert_int_equal(ptree_procfs_argv(procfs, pid, max, &argv, &size, &status), 0);
	assert_int_equal(status, expected_status);
	assert_int_equal(size, expected_size);
	if (size)
		assert_memory_equal(argv, expected, size);
	free(argv);
}

static void arguments_are_cut_only_when_there_are_more_than_fit(void **state)
{
	static const size_t sizes[] = { 1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 16385, 100000 };
	struct fixture *fixture = *state;
	char *text = malloc(100000);

	assert_non_null(text);
	for (size_t i = 0; i < 100000; i++)
		text[i] = i % 7 ? (char)('a' + i % 23) : '\0';
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t size = sizes[i];

		fake_file(fixture->root, "42/cmdline", text, size);
		check_argv(fixture->fake, 42, size, text, size, PTREE_ARGV_READ);
		check_argv(fixture->fake, 42, size + 1, text, size, PTREE_ARGV_READ);
		check_argv(fixture->fake, 42, SIZE_MAX, text, size, PTREE_ARGV_READ);
		check_argv(fixture->fake, 42, size - 1, text, size - 1, PTREE_ARGV_TRUNCATED);
	}
	free(text);
}

static void arguments_without_a_nul_at_the_end_stay_so(void **state)
{
	struct fixture *fixture = *state;

	fake_text(fixture->root, "42/cmdline", "sshd: alice@pts/3");
	check_argv(fixture->fake, 42, 4096, "sshd: alice@pts/3", 17, PTREE_ARGV_READ);
}

static void empty_arguments_are_none(void **state)
{
	struct fixture *fixture = *state;

	fake_stat(fixture->root, 42, "cat", 'S', 1, 64);
	fake_text(fixture->root, "42/cmdline", "");
	check_argv(fixture->fake, 42, 4096, NULL, 0, PTREE_ARGV_NONE);
}

static void a_kernel_thread_has_none_and_is_not_asked(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;

	fake_stat(fixture->root, 42, "kswapd0", 'S', 1, PF_KTHREAD);
	assert_int_equal(ptree_procfs_read(fixture->fake, 42, PTREE_READ_ARGV, &process), 0);
	assert_int_equal(process.argv_status, PTREE_ARGV_NONE);
	assert_true(process.is_kernel_thread);
	fake_text(fixture->root, "42/cmdline", "");
	check_argv(fixture->fake, 42, 4096, NULL, 0, PTREE_ARGV_NONE);
}

static void empty_arguments_of_a_process_that_is_over_were_read_too_late(void **state)
{
	struct fixture *fixture = *state;

	fake_text(fixture->root, "42/cmdline", "");
	fake_stat(fixture->root, 42, "cat", 'Z', 1, PF_EXITING);
	check_argv(fixture->fake, 42, 4096, NULL, 0, PTREE_ARGV_LATE);
	fake_stat(fixture->root, 42, "cat", 'R', 1, PF_EXITING);
	check_argv(fixture->fake, 42, 4096, NULL, 0, PTREE_ARGV_LATE);
}

static void a_leader_that_is_over_is_asked_through_its_threads(void **state)
{
	struct fixture *fixture = *state;

	fake_stat(fixture->root, 42, "cat", 'Z', 3, PF_EXITING);
	fake_text(fixture->root, "42/cmdline", "");
	fake_text(fixture->root, "42/task/42/cmdline", "");
	fake_text(fixture->root, "42/task/43/comm", "has no cmdline");
	fake_file(fixture->root, "42/task/44/cmdline", "cat\0-n\0", 7);
	check_argv(fixture->fake, 42, 4096, "cat\0-n", 7, PTREE_ARGV_READ);
	check_argv(fixture->fake, 42, 3, "cat", 3, PTREE_ARGV_TRUNCATED);
	fake_text(fixture->root, "42/task/44/cmdline", "");
	check_argv(fixture->fake, 42, 4096, NULL, 0, PTREE_ARGV_LATE);
}

/* ---- directories ---- */

static void only_numbers_are_processes(void **state)
{
	static const char *const names[] = { "1",   "4194304", "self", "0",	    "007",
					     "12a", "-3",      "+4",   "2147483648" };
	struct fixture *fixture = *state;
	pid_t *pids;
	ssize_t count;

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/", names[i]);
		fake_directories(fixture->root, path);
	}
	count = ptree_procfs_pids(fixture->fake, &pids);
	assert_int_equal(count, 2);
	assert_int_equal(pids[0] + pids[1], 4194304 + 1);
	free(pids);
}

static void tasks_are_listed_and_a_process_without_any_is_gone(void **state)
{
	struct fixture *fixture = *state;
	pid_t *tids = NULL;

	fake_directories(fixture->root, "42/task/");
	assert_int_equal(ptree_procfs_tasks(fixture->fake, 42, &tids), -ESRCH);
	assert_null(tids);
	fake_directories(fixture->root, "42/task/42/");
	fake_directories(fixture->root, "42/task/43/");
	assert_int_equal(ptree_procfs_tasks(fixture->fake, 42, &tids), 2);
	assert_int_equal(tids[0] + tids[1], 85);
	free(tids);
}

/* ---- the real /proc ---- */

static void this_process_is_read_as_it_is(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	uint64_t start_ns;
	pid_t ppid;

	assert_int_equal(prctl(PR_SET_NAME, "a) \nS 1 \033"), 0);
	assert_int_equal(ptree_procfs_read(fixture->real, getpid(),
					   PTREE_READ_STATUS | PTREE_READ_ARGV, &process),
			 0);
	assert_int_equal(process.pid, getpid());
	assert_int_equal(process.ppid, getppid());
	assert_int_equal(process.pgrp, getpgrp());
	assert_int_equal(process.sid, getsid(0));
	assert_int_equal(process.state, 'R');
	assert_string_equal(process.comm, "a) \nS 1 \033");
	assert_int_equal(process.euid, geteuid());
	assert_int_equal(process.ruid, getuid());
	assert_int_equal(process.rgid, getgid());
	assert_int_equal(process.egid, getegid());
	assert_true(process.rss_bytes > 0);
	assert_true(process.start_ns > 0 && process.start_ns <= process.read_ns);
	assert_int_equal(process.argv_status, PTREE_ARGV_READ);
	assert_non_null(memmem(process.argv, process.argv_size, program_invocation_short_name,
			       strlen(program_invocation_short_name)));
	assert_int_equal(ptree_procfs_parent(fixture->real, getpid(), &ppid), 0);
	assert_int_equal(ppid, getppid());
	assert_int_equal(ptree_procfs_start_time(fixture->real, getpid(), &start_ns), 0);
	assert_int_equal(start_ns, process.start_ns);
	ptree_process_clear(&process);
}

/* Lets others run until the process is in the state, for ten seconds at most. */
static void wait_for_state(struct ptree_procfs *procfs, pid_t pid, char state)
{
	uint64_t end_ns = ptree_boot_now_ns() + 10 * NS_PER_S;
	struct ptree_process process;

	do {
		assert_int_equal(ptree_procfs_read(procfs, pid, 0, &process), 0);
		assert_true(ptree_boot_now_ns() < end_ns);
		sched_yield();
	} while (process.state != state);
}

static void a_zombie_is_there_until_it_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child)
		_exit(0);
	wait_for_state(fixture->real, child, 'Z');
	assert_int_equal(ptree_procfs_read(fixture->real, child, PTREE_READ_ARGV, &process), 0);
	assert_int_equal(process.ppid, getpid());
	assert_int_equal(process.thread_count, 1);
	assert_int_equal(process.argv_status, PTREE_ARGV_LATE);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(ptree_procfs_read(fixture->real, child, 0, &process), -ESRCH);
}

/* Tells its id, and lives until the other end is closed. */
static void *tell_id(void *argument)
{
	const int *fds = argument;
	pid_t tid = gettid();
	char byte;

	if (write(fds[1], &tid, sizeof(tid)) != sizeof(tid))
		return NULL;
	return read(fds[2], &byte, 1) == 0 ? argument : NULL;
}

/* fds: a pipe for the id, and one for the end. */
static pid_t start_thread(pthread_t *thread, int fds[4])
{
	pid_t tid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(pipe2(fds + 2, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(thread, NULL, tell_id, fds), 0);
	assert_int_equal(read(fds[0], &tid, sizeof(tid)), sizeof(tid));
	return tid;
}

static void end_thread(pthread_t thread, int fds[4])
{
	close(fds[3]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}

static void a_thread_that_is_read_says_whose_it_is(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	pthread_t thread;
	int fds[4];
	pid_t tid = start_thread(&thread, fds);
	int thread_error = ptree_procfs_read(fixture->real, tid, PTREE_READ_STATUS, &process);
	pid_t tgid = process.tgid;

	end_thread(thread, fds);
	assert_int_equal(thread_error, 0);
	assert_int_equal(tgid, getpid());
	assert_int_equal(ptree_procfs_read(fixture->real, getpid(), PTREE_READ_STATUS, &process),
			 0);
	assert_int_equal(process.tgid, getpid());
	assert_int_equal(ptree_procfs_read(fixture->real, getpid(), 0, &process), 0);
	assert_int_equal(process.tgid, 0);
}

static void resolving_a_thread_finds_its_process_and_makes_no_other(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_node *node = NULL;
	struct ptree_tree *tree;
	pthread_t thread;
	int fds[4];
	pid_t tid = start_thread(&thread, fds);
	int err;

	assert_int_equal(ptree_tree_new(&tree, &(struct ptree_tree_options){ 0 }), 0);
	err = ptree_tree_resolve(tree, fixture->real, tid, &node);
	end_thread(thread, fds);
	assert_int_equal(err, 0);
	assert_int_equal(ptree_node_pid(node), getpid());
	assert_null(ptree_tree_find(tree, tid));
	assert_int_equal(ptree_node_pid(ptree_node_parent(node)), getppid());

	/* It is over now. */
	node = NULL;
	assert_int_equal(ptree_tree_resolve(tree, fixture->real, tid, &node), -ESRCH);
	assert_null(node);
	ptree_tree_free(tree);
}

static void *sleep_for_ever(void *argument)
{
	while (pause() < 0)
		;
	return argument;
}

static void the_arguments_of_a_real_process_outlive_its_leader(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_process process;
	pid_t *tids;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		pthread_t thread;

		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		pthread_create(&thread, NULL, sleep_for_ever, NULL);
		pthread_exit(NULL);
	}
	wait_for_state(fixture->real, child, 'Z');
	assert_int_equal(ptree_procfs_read(fixture->real, child, PTREE_READ_ARGV, &process), 0);
	assert_int_equal(process.thread_count, 2);
	assert_int_equal(process.argv_status, PTREE_ARGV_READ);
	assert_non_null(memmem(process.argv, process.argv_size, program_invocation_short_name,
			       strlen(program_invocation_short_name)));
	ptree_process_clear(&process);
	assert_int_equal(ptree_procfs_tasks(fixture->real, child, &tids), 2);
	free(tids);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void boot_time_is_the_kernels(void **state)
{
	struct timespec boot, monotonic;
	uint64_t boot_ns, monotonic_ns;

	(void)state;
	clock_gettime(CLOCK_BOOTTIME, &boot);
	boot_ns = (uint64_t)boot.tv_sec * NS_PER_S + (uint64_t)boot.tv_nsec;
	assert_true(ptree_boot_now_ns() >= boot_ns);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	monotonic_ns = (uint64_t)monotonic.tv_sec * NS_PER_S + (uint64_t)monotonic.tv_nsec;
	assert_true(monotonic_ns + ptree_boot_offset_ns() >= boot_ns);
	assert_true(monotonic_ns + ptree_boot_offset_ns() < ptree_boot_now_ns() + NS_PER_S);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/* ---- zombies ---- */

/* The 52 fields; the resident set's limit is more than a signed number holds. */
#define ZOMBIE(state, threads, code)                                                               \
	"42 (gone) " state " 1 42 42 0 -1 0 0 0 0 0 1 2 0 0 20 0 " threads                         \
	" 0 500 0 0 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 "      \
	"0 " code "\n"

static void a_zombie_tells_what_its_parent_will_be_given(void **state)
{
	static const struct {
		const char *stat;
		int expected;
		uint32_t status;
	} cases[] = {
		{ ZOMBIE("Z", "1", "11264"), 0, 44 << 8 },
		{ ZOMBIE("Z", "1", "9"), 0, 9 },
		{ ZOMBIE("S", "1", "0"), -ESRCH, 0 }, /* it lives */
		{ ZOMBIE("Z", "2", "0"), -ESRCH, 0 }, /* its threads do */
		{ ZOMBIE("Z", "1", "70000"), -EBADMSG, 0 },
		{ "42 (gone) Z 1 42 42 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 500 0 0 1\n", -EACCES, 0 },
	};
	char *root = fake_root_new();
	struct ptree_procfs *procfs;

	(void)state;
	assert_int_equal(ptree_procfs_open(&procfs, root), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ptree_process process = { 0 };
		uint32_t status = 0;

		fake_text(root, "42/stat", cases[i].stat);
		assert_int_equal(procfs_read_zombie(procfs, 42, &process, &status),
				 cases[i].expected);
		if (!cases[i].expected)
			assert_int_equal(status, cases[i].status);
	}
	ptree_procfs_close(procfs);
	fake_root_free(root);
}

static void a_real_zombie_tells_it_too(void **state)
{
	struct ptree_procfs *procfs;
	struct ptree_process process;
	uint32_t status = 0;
	siginfo_t info;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(44);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	assert_int_equal(procfs_read_zombie(procfs, pid, &process, &status), 0);
	assert_int_equal(status, 44 << 8);
	waitpid(pid, NULL, 0);
	assert_int_equal(procfs_read_zombie(procfs, pid, &process, &status), -ESRCH);
	ptree_procfs_close(procfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_stat_is_read),
		cmocka_unit_test(a_zombie_tells_what_its_parent_will_be_given),
		cmocka_unit_test(a_real_zombie_tells_it_too),
		cmocka_unit_test(hostile_names_are_kept_as_they_are),
		cmocka_unit_test(a_name_that_is_too_long_is_cut),
		cmocka_unit_test(kernel_threads_are_told_by_their_flag),
		cmocka_unit_test(a_kernel_threads_name_is_kept_whole),
		cmocka_unit_test(what_children_used_that_were_waited_for_is_read),
		cmocka_unit_test(what_is_not_stat_is_refused_and_changes_nothing),
		cmocka_unit_test(every_cut_of_stat_is_refused),
		cmocka_unit_test(the_remains_of_a_reaped_process_are_not_a_process),
		cmocka_unit_test(times_beyond_all_measure_do_not_wrap),
		cmocka_unit_test(ids_and_tracer_are_read_from_status),
		cmocka_unit_test(a_status_that_lacks_something_is_refused_and_changes_nothing),
		TEST(an_entry_says_what_its_files_say),
		TEST(what_was_not_asked_for_is_unknown),
		TEST(parent_and_start_time_are_those_of_stat),
		TEST(a_pidfd_says_whose_it_is_until_it_was_waited_for),
		TEST(what_is_not_there_is_gone),
		TEST(an_entry_that_loses_a_file_halfway_is_gone),
		TEST(an_entry_with_anothers_stat_makes_no_sense),
		TEST(nothing_but_a_file_is_a_file),
		TEST(a_fifo_as_cmdline_does_not_hang_with_or_without_a_writer),
		TEST(what_is_refused_is_said_to_be),
		TEST(running_out_of_descriptors_is_passed_on),
		TEST(somebody_else_taking_all_descriptors_stops_no_reading),
		TEST(a_root_that_is_not_there_or_no_directory_is_not_opened),
		TEST(a_name_ends_before_its_last_newline),
		TEST(arguments_are_cut_only_when_there_are_more_than_fit),
		TEST(arguments_without_a_nul_at_the_end_stay_so),
		TEST(empty_arguments_are_none),
		TEST(a_kernel_thread_has_none_and_is_not_asked),
		TEST(empty_arguments_of_a_process_that_is_over_were_read_too_late),
		TEST(a_leader_that_is_over_is_asked_through_its_threads),
		TEST(only_numbers_are_processes),
		TEST(tasks_are_listed_and_a_process_without_any_is_gone),
		TEST(this_process_is_read_as_it_is),
		TEST(a_zombie_is_there_until_it_is_waited_for),
		TEST(a_thread_that_is_read_says_whose_it_is),
		TEST(resolving_a_thread_finds_its_process_and_makes_no_other),
		TEST(the_arguments_of_a_real_process_outlive_its_leader),
		cmocka_unit_test(boot_time_is_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
