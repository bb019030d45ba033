/* SPDX-License-Identifier: MIT */
/*
 * Accounting on the running kernel: real children, and what taskstats says of them compared with
 * what wait4() and the children themselves say. Other processes end as well, so a test looks at its
 * own only. Where there is no taskstats, or no privilege for it, every test is skipped.
 *
 * A task's record is queued before its parent is told and before a joining thread goes on, so
 * nothing here has to wait for one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proctree.h"

#define NOBODY 65534
#define MS UINT64_C(1000000)
#define MIB ((size_t)1 << 20)
#define ROUNDING_NS 10000 /* of a sum of times in microseconds */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TASK_KNOWN                                                                                 \
	(PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_ELAPSED | PTREE_ACCOUNTING_WHO |                  \
	 PTREE_ACCOUNTING_MEMORY | PTREE_ACCOUNTING_IO)

struct list {
	struct ptree_accounting *records;
	size_t count, capacity;
};

struct fixture {
	struct ptree_taskstats *taskstats; /* NULL: there is none */
	struct list list;
};

/* A child that is over, as its parent saw it. */
struct child {
	pid_t pid;
	int status;
	struct rusage usage;
	uint64_t most_ns; /* that it can have lasted */
	const struct ptree_accounting *record;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int ret;

	if (!fixture)
		return -1;
	ret = ptree_taskstats_open(&fixture->taskstats, 0);
	if (ret < 0)
		fprintf(stderr, "# no taskstats: %s\n", strerror(-ret));
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_taskstats_close(fixture->taskstats);
	free(fixture->list.records);
	free(fixture);
	return 0;
}

static struct fixture *need_taskstats(void **state)
{
	struct fixture *fixture = *state;

	if (!fixture->taskstats)
		skip();
	return fixture;
}

static void make_room(struct list *list, size_t more)
{
	if (list->capacity - list->count >= more)
		return;
	list->capacity = 2 * list->capacity + more;
	list->records = reallocarray(list->records, list->capacity, sizeof(*list->records));
	assert_non_null(list->records);
}

static void drain(struct ptree_taskstats *taskstats, struct list *list)
{
	int n;

	do {
		make_room(list, 256);
		n = ptree_taskstats_receive(taskstats, list->records + list->count, 256);
		assert_in_range(n, 0, 256);
		list->count += (size_t)n;
	} while (n > 0);
}

static const struct ptree_accounting *find(const struct list *list, pid_t pid, bool is_process)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->records[i].pid == pid && list->records[i].is_process == is_process)
			return &list->records[i];
	return NULL;
}

/* Runs it in a process of its own, to its end. */
static struct child run(int (*load)(unsigned), unsigned argument)
{
	uint64_t begin_ns = clock_ns(CLOCK_MONOTONIC);
	struct child child = { .pid = fork() };

	assert_true(child.pid >= 0);
	if (child.pid == 0)
		_exit(load(argument));
	assert_int_equal(wait4(child.pid, &child.status, 0, &child.usage), child.pid);
	child.most_ns = clock_ns(CLOCK_MONOTONIC) - begin_ns;
	return child;
}

/* The same, and finds its record. */
static struct child account(struct fixture *fixture, int (*load)(unsigned), unsigned argument)
{
	struct child child = run(load, argument);

	drain(fixture->taskstats, &fixture->list);
	child.record = find(&fixture->list, child.pid, false);
	assert_non_null(child.record);
	return child;
}

static uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

static uint64_t usage_ns(const struct rusage *usage)
{
	return timeval_ns(&usage->ru_utime) + timeval_ns(&usage->ru_stime);
}

static uint64_t ticks_ns(const struct ptree_accounting *record)
{
	return record->cpu_user_ns + record->cpu_system_ns;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* ------------------------------------------------------------------------------------------ */

static int return_code(unsigned code)
{
	return (int)code;
}

/* Reading the clock is what makes the kernel's own count as large as what is read. */
static void burn(unsigned ms, clockid_t clock)
{
	while (clock_ns(clock) < ms * MS)
		;
}

/* On a busy machine others run at most ticks, and are charged; nobody is before this. */
static bool go_first(void)
{
	const struct sched_param param = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

/* Returns whether its ticks say anything. */
static int burn_cpu(unsigned ms)
{
	bool is_first = go_first();

	burn(ms, CLOCK_PROCESS_CPUTIME_ID);
	return is_first;
}

static int touch_memory(unsigned mib)
{
	size_t size = mib * MIB;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		return 255;
	memset(memory, 1, size);
	return 2;
}

/* Where the test runs; there may be no storage below it, and then both sides say 0. */
static int write_file(unsigned mib)
{
	char name[] = "live-taskstats-XXXXXX";
	int fd = mkstemp(name);
	char block[4096];

	if (fd < 0)
		return 255;
	unlink(name);
	memset(block, 'x', sizeof(block));
	for (size_t i = 0; i < mib * MIB / sizeof(block); i++)
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return 255;
	return fsync(fd) < 0 ? 255 : 3;
}

/* What holds for every child of one thread that did not exec. */
static void check_child(const struct child *child)
{
	const struct ptree_accounting *record = child->record;

	assert_int_equal(record->known & TASK_KNOWN, TASK_KNOWN);
	assert_int_equal(record->status, child->status);
	assert_int_equal(record->uid, getuid());
	assert_int_equal(record->gid, getgid());
	assert_int_equal(record->ppid, getpid());
	assert_true(record->elapsed_ns > 0 && record->elapsed_ns <= child->most_ns);
	assert_true(record->cpu_run_ns <= usage_ns(&child->usage) + ROUNDING_NS);
	assert_true(record->cpu_run_ns <= record->elapsed_ns + ROUNDING_NS);
	/* The kernel counts pages per CPU and sums them up now and then. */
	assert_true(distance(record->max_rss_bytes, (uint64_t)child->usage.ru_maxrss * 1024) <=
		    2 * MIB);
	assert_int_equal(record->write_bytes >> 9, child->usage.ru_oublock);
	assert_int_equal(record->read_bytes >> 9, child->usage.ru_inblock);
}

static void what_ends_is_told_as_wait_tells_it(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	char comm[PTREE_COMM_SIZE];
	struct child child;

	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	for (unsigned i = 0; i < 200; i++) {
		child = account(fixture, return_code, i);
		assert_int_equal(child.status, (int)i << 8);
		check_child(&child);
		assert_string_equal(child.record->comm, comm);
	}
}

/* Ticks are samples: of one child they say little, of many that go first at least the order. */
static void check_ticks(uint64_t ticks, uint64_t usage, int status)
{
	if (WEXITSTATUS(status) == 1)
		assert_true(ticks >= usage / 4 && ticks <= usage * 4);
}

/* What is run is exact here, because these children read their clocks to the last. */
static void cpu_time_is_told(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	uint64_t usage = 0, ticks = 0;
	struct child child = { 0 };

	for (unsigned i = 0; i < 24; i++) {
		unsigned ms = 30 + i % 4 * 10;

		child = account(fixture, burn_cpu, ms);
		check_child(&child);
		assert_true(child.record->known & PTREE_ACCOUNTING_RUN);
		assert_true(child.record->cpu_run_ns >= ms * MS);
		assert_true(child.record->elapsed_ns >= ms * MS);
		usage += usage_ns(&child.usage);
		ticks += ticks_ns(child.record);
	}
	check_ticks(ticks, usage, child.status);
}

static void the_largest_resident_set_is_told(void **state)
{
	struct fixture *fixture = need_taskstats(state);

	for (unsigned mib = 1; mib <= 21; mib += 10) {
		struct child child = account(fixture, touch_memory, mib);

		assert_int_equal(child.status, 2 << 8);
		check_child(&child);
		assert_true(child.record->max_rss_bytes >= mib * MIB);
		assert_true(child.record->max_rss_bytes < (mib + 200) * MIB);
	}
}

static void bytes_to_storage_are_told(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child = account(fixture, write_file, 2);

	assert_int_equal(child.status, 3 << 8);
	check_child(&child);
}

static int kill_itself(unsigned number)
{
	raise((int)number);
	return 0;
}

static void a_signal_is_told(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child = account(fixture, kill_itself, SIGKILL);

	assert_int_equal(child.status, SIGKILL);
	check_child(&child);
}

static int change_ids(unsigned argument)
{
	(void)argument;
	return setresgid(1, 2, 3) < 0 || setresuid(4, 5, 6) < 0;
}

static void the_real_ids_are_told(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child;

	if (geteuid() != 0)
		skip();
	child = account(fixture, change_ids, 0);
	assert_int_equal(child.status, 0);
	assert_int_equal(child.record->uid, 4);
	assert_int_equal(child.record->gid, 1);
}

static int rename_itself(unsigned argument)
{
	(void)argument;
	return prctl(PR_SET_NAME, "\x1b[2J (a) \xff\n too long");
}

static void a_name_is_told_with_its_raw_bytes(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child = account(fixture, rename_itself, 0);

	assert_string_equal(child.record->comm, "\x1b[2J (a) \xff\n too");
}

static int exec_something(unsigned argument)
{
	(void)argument;
	execl("/bin/sh", "a name", "-c", "exit 5", (char *)NULL);
	return 127;
}

static void a_program_is_told_by_its_own_name(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child = account(fixture, exec_something, 0);

	assert_int_equal(child.record->status, 5 << 8);
	assert_string_equal(child.record->comm, "sh");
}

/* ------------------------------------------------------------------------------------------ */
/* Threads                                                                                    */

/* In memory that parent and child share. */
struct thread_report {
	unsigned ms;
	pid_t tid;
};

static struct thread_report *make_reports(size_t count)
{
	struct thread_report *reports = mmap(NULL, count * sizeof(*reports), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(reports != MAP_FAILED);
	return reports;
}

static void *burn_in_thread(void *argument)
{
	struct thread_report *report = argument;

	report->tid = (pid_t)syscall(SYS_gettid);
	burn(report->ms, CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

static int burn_in_threads(struct thread_report *reports, size_t count)
{
	pthread_t threads[8];
	bool is_first = go_first();

	for (size_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, burn_in_thread, &reports[i]) != 0)
			return 255;
	for (size_t i = 0; i < count; i++)
		if (pthread_join(threads[i], NULL) != 0)
			return 255;
	return is_first;
}

static void a_threaded_process_is_told_by_task_and_as_a_whole(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct thread_report *reports = make_reports(3);
	uint64_t begin_ns = clock_ns(CLOCK_MONOTONIC), most_ns, run_ns = 0;
	const struct ptree_accounting *process, *task;
	struct rusage usage;
	int status;
	pid_t pid;

	for (unsigned i = 0; i < 3; i++)
		reports[i].ms = 30 + 10 * i;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(burn_in_threads(reports, 3));
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	most_ns = clock_ns(CLOCK_MONOTONIC) - begin_ns;
	assert_in_range(status >> 8, 0, 1);
	drain(fixture->taskstats, &fixture->list);

	process = find(&fixture->list, pid, true);
	assert_non_null(process);
	assert_int_equal(process->known,
			 PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_ELAPSED);
	assert_true(process->elapsed_ns <= most_ns);
	for (int i = 0; i < 3; i++) {
		task = find(&fixture->list, reports[i].tid, false);
		assert_non_null(task);
		assert_int_equal(task->ppid, getpid());
		assert_true(task->cpu_run_ns >= reports[i].ms * MS);
		assert_true(task->elapsed_ns <= process->elapsed_ns);
		run_ns += task->cpu_run_ns;
	}
	task = find(&fixture->list, pid, false);
	assert_non_null(task);
	assert_int_equal(task->status, status);
	run_ns += task->cpu_run_ns;
	assert_true(process->cpu_run_ns >= 120 * MS);
	assert_true(process->cpu_run_ns <= usage_ns(&usage) + ROUNDING_NS);
	assert_true(process->cpu_run_ns <= run_ns + ROUNDING_NS);
	check_ticks(ticks_ns(process), usage_ns(&usage), status);
	munmap(reports, 3 * sizeof(*reports));
}

static void *exit_alone(void *argument)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	*(pid_t *)argument = (pid_t)syscall(SYS_gettid);
	nanosleep(&pause, NULL);
	syscall(SYS_exit, 7);
	return NULL;
}

static void a_task_that_outlives_the_leader_brings_the_process(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct thread_report *report = make_reports(1);
	const struct ptree_accounting *leader, *last, *process;
	pthread_t thread;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (pthread_create(&thread, NULL, exit_alone, &report->tid) != 0)
			_exit(255);
		syscall(SYS_exit, 5);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	drain(fixture->taskstats, &fixture->list);
	leader = find(&fixture->list, pid, false);
	last = find(&fixture->list, report->tid, false);
	process = find(&fixture->list, pid, true);
	assert_true(leader && last && process);
	assert_int_equal(leader->status, 5 << 8);
	assert_int_equal(status, 7 << 8);
	assert_int_equal(last->status, 7 << 8);
	assert_true(process->elapsed_ns >= last->elapsed_ns);
	assert_true(process->elapsed_ns >= 20 * MS);
	assert_true(leader->elapsed_ns <= process->elapsed_ns);
	munmap(report, sizeof(*report));
}

static void a_process_of_one_task_has_no_record_as_a_whole(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct child child = account(fixture, return_code, 0);

	assert_null(find(&fixture->list, child.pid, true));
}

/* ------------------------------------------------------------------------------------------ */
/* The sockets                                                                                */

static void tasks_are_told_from_every_cpu(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		account(fixture, return_code, 0);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static bool is_exit_there(struct ptree_connector *connector, pid_t pid)
{
	struct ptree_event events[64];
	int n;

	do {
		n = ptree_connector_receive(connector, events, COUNT(events), 10000);
		for (int i = 0; i < n; i++)
			if (events[i].kind == PTREE_EVENT_EXIT && events[i].pid == pid)
				return true;
	} while (n > 0 || n == -EINTR || n == -ENOBUFS);
	return false;
}

static void a_record_is_there_before_the_exit_event_is(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct ptree_connector *connector;

	if (ptree_connector_open(&connector, NULL) < 0)
		skip();
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(0);
		assert_true(is_exit_there(connector, pid));
		drain(fixture->taskstats, &fixture->list);
		assert_non_null(find(&fixture->list, pid, false));
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	ptree_connector_close(connector);
}

static void run_many(size_t count)
{
	for (size_t i = 0; i < count; i++)
		run(return_code, 0);
}

/* Every message has the record of one task, and some have a process's. */
static uint64_t count_messages(const struct list *list)
{
	uint64_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += !list->records[i].is_process;
	return count;
}

static void nothing_is_dropped_of_a_burst(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct ptree_taskstats_stats stats;

	run_many(500);
	drain(fixture->taskstats, &fixture->list);
	ptree_taskstats_get_stats(fixture->taskstats, &stats);
	assert_true(count_messages(&fixture->list) >= 500);
	assert_int_equal(stats.received, fixture->list.count);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(stats.malformed + stats.spoofed, 0);
	assert_true(stats.sockets >= 1);
	assert_true(stats.receive_buffer_size * stats.sockets >= 16 * MIB / 2);
}

/* The large one was there before the small one and is read after it: it is told at least as much.
 */
static void drops_of_a_small_buffer_are_counted_exactly(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct ptree_taskstats_stats stats, large_stats;
	struct ptree_taskstats *small;
	struct list list = { 0 };
	uint64_t told;

	drain(fixture->taskstats, &fixture->list);
	fixture->list.count = 0;
	assert_int_equal(ptree_taskstats_open(&small, 16384), 0);
	run_many(300);
	drain(small, &list);
	ptree_taskstats_get_stats(small, &stats);
	drain(small, &list);
	drain(fixture->taskstats, &fixture->list);
	ptree_taskstats_get_stats(fixture->taskstats, &large_stats);
	told = count_messages(&list) + stats.dropped;
	assert_int_equal(large_stats.dropped, 0);
	assert_true(stats.dropped >= 200);
	assert_true(told >= 300);
	assert_true(told <= count_messages(&fixture->list));
	ptree_taskstats_close(small);
	free(list.records);
}

static void the_descriptor_is_readable_when_a_task_has_ended(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct pollfd pollfd = { .fd = ptree_taskstats_fd(fixture->taskstats), .events = POLLIN };

	drain(fixture->taskstats, &fixture->list);
	run(return_code, 0);
	assert_int_equal(poll(&pollfd, 1, 0), 1);
	assert_true(fcntl(pollfd.fd, F_GETFD) & FD_CLOEXEC);
}

static void one_that_leaves_takes_nobody_along(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct ptree_taskstats *other;

	for (int i = 0; i < 50; i++) {
		assert_int_equal(ptree_taskstats_open(&other, 0), 0);
		ptree_taskstats_close(other);
	}
	account(fixture, return_code, 0);
}

/* A load that never pauses. It ends with us. */
static pid_t start_storm(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (fork() == 0)
			_exit(0);
}

static void registering_works_in_a_storm(void **state)
{
	struct fixture *fixture = need_taskstats(state);
	struct ptree_taskstats *other;
	pid_t storm = start_storm();

	assert_true(storm > 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(ptree_taskstats_open(&other, i % 2 ? 4096 : 0), 0);
		ptree_taskstats_close(other);
	}
	kill(storm, SIGKILL);
	assert_int_equal(waitpid(storm, NULL, 0), storm);
	drain(fixture->taskstats, &fixture->list);
}

/* ------------------------------------------------------------------------------------------ */
/* Elsewhere                                                                                  */

/* Runs open() where prepare() leads and returns its errno, 0, or 255 if that cannot be done. */
static int open_elsewhere(int (*prepare)(void))
{
	struct ptree_taskstats *taskstats = NULL;
	int status, ret;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (prepare() < 0)
			_exit(255);
		ret = ptree_taskstats_open(&taskstats, 0);
		ptree_taskstats_close(taskstats);
		_exit(-ret);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int become_nobody(void)
{
	return setresgid(NOBODY, NOBODY, NOBODY) < 0 ? -1 : setresuid(NOBODY, NOBODY, NOBODY);
}

static int enter_net_namespace(void)
{
	return unshare(CLONE_NEWNET);
}

/* It is the first child that is in the new namespace. */
static int enter_pid_namespace_and(int flags)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | flags) < 0)
		return -1;
	pid = fork();
	if (pid <= 0)
		return pid;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	_exit(WEXITSTATUS(status));
}

static int enter_pid_namespace(void)
{
	return enter_pid_namespace_and(0);
}

static int enter_user_and_pid_namespace(void)
{
	return enter_pid_namespace_and(CLONE_NEWUSER);
}

static void check_open_elsewhere(void **state, int (*prepare)(void), int expected)
{
	int got;

	need_taskstats(state);
	got = open_elsewhere(prepare);
	if (got == 255)
		skip();
	assert_int_equal(got, expected);
}

static void without_privilege_it_is_refused(void **state)
{
	check_open_elsewhere(state, become_nobody, EPERM);
}

static void another_pid_namespace_is_refused(void **state)
{
	check_open_elsewhere(state, enter_pid_namespace, EINVAL);
}

/* All privileges of another user namespace are none here. */
static void another_user_namespace_is_refused(void **state)
{
	check_open_elsewhere(state, enter_user_and_pid_namespace, EPERM);
}

/* The kernel would take the registration and send to somebody else. */
static void another_network_namespace_is_refused(void **state)
{
	struct ptree_connector *connector;

	if (ptree_connector_open(&connector, NULL) < 0)
		skip();
	ptree_connector_close(connector);
	check_open_elsewhere(state, enter_net_namespace, ECONNREFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_ends_is_told_as_wait_tells_it),
		TEST(cpu_time_is_told),
		TEST(the_largest_resident_set_is_told),
		TEST(bytes_to_storage_are_told),
		TEST(a_signal_is_told),
		TEST(the_real_ids_are_told),
		TEST(a_name_is_told_with_its_raw_bytes),
		TEST(a_program_is_told_by_its_own_name),
		TEST(a_threaded_process_is_told_by_task_and_as_a_whole),
		TEST(a_task_that_outlives_the_leader_brings_the_process),
		TEST(a_process_of_one_task_has_no_record_as_a_whole),
		TEST(tasks_are_told_from_every_cpu),
		TEST(a_record_is_there_before_the_exit_event_is),
		TEST(nothing_is_dropped_of_a_burst),
		TEST(drops_of_a_small_buffer_are_counted_exactly),
		TEST(the_descriptor_is_readable_when_a_task_has_ended),
		TEST(one_that_leaves_takes_nobody_along),
		TEST(registering_works_in_a_storm),
		TEST(without_privilege_it_is_refused),
		TEST(another_pid_namespace_is_refused),
		TEST(another_user_namespace_is_refused),
		TEST(another_network_namespace_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
