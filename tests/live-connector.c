/* SPDX-License-Identifier: MIT */
/*
 * The connector on the running kernel: each test does something to processes and looks for the
 * kernel's word of it. Other processes' events arrive as well, so a test looks at its own only.
 * Where there is no connector every test is skipped.
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
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proctree.h"

#define PATIENCE_NS UINT64_C(10000000000)
#define NOBODY 65534
#define PID_MAX_LIMIT (4 * 1024 * 1024)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct list {
	struct ptree_event *events;
	size_t count, capacity;
};

struct fixture {
	struct ptree_connector *connector; /* NULL: there is none */
	struct list list;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int ret;

	if (!fixture)
		return -1;
	ret = ptree_connector_open(&fixture->connector, NULL);
	if (ret < 0)
		fprintf(stderr, "# no process connector: %s\n", strerror(-ret));
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_connector_close(fixture->connector);
	free(fixture->list.events);
	free(fixture);
	return 0;
}

static struct fixture *need_connector(void **state)
{
	struct fixture *fixture = *state;

	if (!fixture->connector)
		skip();
	return fixture;
}

static void make_room(struct list *list, size_t more)
{
	if (list->capacity - list->count >= more)
		return;
	list->capacity = 2 * list->capacity + more;
	list->events = reallocarray(list->events, list->capacity, sizeof(*list->events));
	assert_non_null(list->events);
}

/* Appends what comes within timeout_ms, once. Overruns are passed over. Returns how many. */
static size_t receive_more(struct ptree_connector *connector, struct list *list, int timeout_ms)
{
	int n;

	make_room(list, 256);
	do
		n = ptree_connector_receive(connector, list->events + list->count, 256, timeout_ms);
	while (n == -ENOBUFS || n == -EINTR);
	assert_true(n >= 0);
	list->count += (size_t)n;
	return (size_t)n;
}

static void drain(struct ptree_connector *connector, struct list *list)
{
	while (receive_more(connector, list, 0) > 0)
		;
}

static const struct ptree_event *find(const struct list *list, enum ptree_event_kind kind,
				      pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->events[i].kind == kind && list->events[i].pid == pid)
			return &list->events[i];
	return NULL;
}

static void await(struct fixture *fixture, enum ptree_event_kind kind, pid_t pid)
{
	uint64_t end_ns = now_ns() + PATIENCE_NS;
	struct list *list = &fixture->list;
	bool is_there = find(list, kind, pid);

	while (!is_there && now_ns() < end_ns) {
		size_t before = list->count;

		receive_more(fixture->connector, list, 100);
		for (size_t i = before; i < list->count; i++)
			is_there |= list->events[i].kind == kind && list->events[i].pid == pid;
	}
	assert_true(is_there);
}

/* Runs it in a process of its own and receives until the kernel told the end of that process. */
static pid_t run(struct fixture *fixture, int (*load)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(load());
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	await(fixture, PTREE_EVENT_EXIT, pid);
	return pid;
}

static int return_7(void)
{
	return 7;
}

static int exec_true(void)
{
	execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
	return 127;
}

static void fork_exec_and_exit_are_told_in_this_order(void **state)
{
	struct fixture *fixture = need_connector(state);
	uint64_t begin_ns = now_ns();
	pid_t pid = run(fixture, exec_true);
	uint64_t end_ns = now_ns();
	const struct ptree_event *fork = find(&fixture->list, PTREE_EVENT_FORK, pid);
	const struct ptree_event *exec = find(&fixture->list, PTREE_EVENT_EXEC, pid);
	const struct ptree_event *exit = find(&fixture->list, PTREE_EVENT_EXIT, pid);

	assert_true(fork && exec && exit);
	assert_true(fork < exec && exec < exit);
	assert_int_equal(fork->tgid, pid);
	assert_int_equal(fork->parent_pid, getpid());
	assert_int_equal(fork->parent_tgid, getpid());
	assert_int_equal(exec->tgid, pid);
	assert_int_equal(exit->tgid, pid);
	assert_int_equal(exit->u.exit.status, 3 << 8);
	assert_int_equal(exit->u.exit.signal, SIGCHLD);
	assert_true(fork->time_ns >= begin_ns && exit->time_ns <= end_ns);
	assert_true(fork->time_ns < exec->time_ns && exec->time_ns < exit->time_ns);
}

static int kill_itself(void)
{
	raise(SIGKILL);
	return 0;
}

static void an_exit_tells_the_wait_status(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t returned = run(fixture, return_7);
	pid_t killed = run(fixture, kill_itself);

	assert_int_equal(find(&fixture->list, PTREE_EVENT_EXIT, returned)->u.exit.status, 7 << 8);
	assert_int_equal(find(&fixture->list, PTREE_EVENT_EXIT, killed)->u.exit.status, SIGKILL);
}

static int change_ids(void)
{
	return setresgid(1, 2, 3) < 0 || setresuid(4, 5, 6) < 0;
}

static void changed_user_and_group_ids_are_told(void **state)
{
	struct fixture *fixture = need_connector(state);
	const struct ptree_event *uid, *gid;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = run(fixture, change_ids);
	uid = find(&fixture->list, PTREE_EVENT_UID, pid);
	gid = find(&fixture->list, PTREE_EVENT_GID, pid);
	assert_true(uid && gid);
	assert_int_equal(gid->u.id.real, 1);
	assert_int_equal(gid->u.id.effective, 2);
	assert_int_equal(uid->u.id.real, 4);
	assert_int_equal(uid->u.id.effective, 5);
}

static int start_session(void)
{
	return setsid() < 0;
}

static void a_new_session_is_told(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pid = run(fixture, start_session);
	const struct ptree_event *sid = find(&fixture->list, PTREE_EVENT_SID, pid);

	assert_non_null(sid);
	assert_int_equal(sid->tgid, pid);
}

/* Attaches to a child of its own and detaches. */
static int trace_a_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (pid < 0 || ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0 || waitpid(pid, NULL, 0) != pid)
		return 1;
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
		return 1;
	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0) != pid;
}

static void attaching_and_detaching_a_tracer_is_told(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t tracer = run(fixture, trace_a_child);
	const struct ptree_event *attached = NULL, *detached = NULL;

	for (size_t i = 0; i < fixture->list.count; i++) {
		const struct ptree_event *event = &fixture->list.events[i];

		if (event->kind != PTREE_EVENT_PTRACE)
			continue;
		if (event->u.ptrace.tracer_pid == tracer)
			attached = event;
		else if (attached && event->pid == attached->pid)
			detached = event;
	}
	assert_non_null(attached);
	assert_int_equal(attached->u.ptrace.tracer_tgid, tracer);
	assert_non_null(detached);
	assert_int_equal(detached->u.ptrace.tracer_pid, 0);
	assert_int_equal(detached->u.ptrace.tracer_tgid, 0);
}

static int rename_itself(void)
{
	return prctl(PR_SET_NAME, "\x1b[2J (a) \xff\n too long");
}

static void a_new_name_is_told_with_its_raw_bytes(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pid = run(fixture, rename_itself);
	const struct ptree_event *comm = find(&fixture->list, PTREE_EVENT_COMM, pid);

	assert_non_null(comm);
	assert_string_equal(comm->u.comm, "\x1b[2J (a) \xff\n too");
}

/* The event comes whether a core is written or not. */
static int abort_without_core(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	return 0;
}

static void a_core_dump_is_told(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pid = run(fixture, abort_without_core);
	const struct ptree_event *coredump = find(&fixture->list, PTREE_EVENT_COREDUMP, pid);

	assert_non_null(coredump);
	assert_int_equal(coredump->tgid, pid);
	assert_int_equal(find(&fixture->list, PTREE_EVENT_EXIT, pid)->u.exit.status, SIGABRT);
}

static void *nothing(void *argument)
{
	return argument;
}

static int start_a_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL);
}

static void a_thread_is_a_task_of_its_process_with_the_parent_of_its_process(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pid = run(fixture, start_a_thread);
	const struct ptree_event *thread = NULL;

	for (size_t i = 0; i < fixture->list.count && !thread; i++) {
		const struct ptree_event *event = &fixture->list.events[i];

		if (event->kind == PTREE_EVENT_FORK && event->tgid == pid && event->pid != pid)
			thread = event;
	}
	assert_non_null(thread);
	assert_int_equal(thread->parent_tgid, getpid());
	await(fixture, PTREE_EVENT_EXIT, thread->pid);
	assert_int_equal(find(&fixture->list, PTREE_EVENT_EXIT, thread->pid)->tgid, pid);
}

/* ------------------------------------------------------------------------------------------ */

/* Children that end at once. */
static void fork_many(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
}

/* The messages of one CPU that were accounted for, as received or as lost. */
struct span {
	uint32_t first, last;
	uint64_t accounted;
};

/* What a connector was told in all, and of our own children. */
struct account {
	struct ptree_connector *connector;
	uint64_t returned, lost;
	uint64_t forks, exits;
	struct span spans[CPU_SETSIZE];
	unsigned char is_child[PID_MAX_LIMIT]; /* by pid */
};

static struct account *open_account(size_t receive_buffer_size, bool no_enobufs)
{
	const struct ptree_connector_options options = {
		.receive_buffer_size = receive_buffer_size,
		.no_enobufs = no_enobufs,
	};
	struct account *account = calloc(1, sizeof(*account));

	assert_non_null(account);
	assert_int_equal(ptree_connector_open(&account->connector, &options), 0);
	return account;
}

static void close_account(struct account *account)
{
	ptree_connector_close(account->connector);
	free(account);
}

static void extend_span(struct span *span, uint32_t seq, uint64_t count)
{
	if (span->accounted == 0)
		span->first = seq;
	span->last = seq + (uint32_t)count - 1;
	span->accounted += count;
}

static void count_child(struct account *account, const struct ptree_event *event)
{
	if (event->pid != event->tgid)
		return;
	if (event->kind == PTREE_EVENT_FORK && event->parent_tgid == getpid()) {
		account->is_child[event->pid] = true;
		account->forks++;
	} else if (event->kind == PTREE_EVENT_EXIT && account->is_child[event->pid]) {
		account->is_child[event->pid] = false;
		account->exits++;
	}
}

static void count_event(struct account *account, const struct ptree_event *event)
{
	assert_in_range(event->cpu, 0, CPU_SETSIZE - 1);
	if (event->kind == PTREE_EVENT_LOST) {
		account->lost += event->u.lost.count;
		extend_span(&account->spans[event->cpu], event->seq, event->u.lost.count);
		return;
	}
	account->returned++;
	extend_span(&account->spans[event->cpu], event->seq, 1);
	count_child(account, event);
}

/* Returns how many events came. Overruns are passed over. */
static int count_more(struct account *account, int timeout_ms)
{
	struct ptree_event events[256];
	int n;

	do
		n = ptree_connector_receive(account->connector, events, COUNT(events), timeout_ms);
	while (n == -ENOBUFS || n == -EINTR);
	assert_true(n >= 0);
	for (int i = 0; i < n; i++)
		count_event(account, &events[i]);
	return n;
}

static void await_exits(struct account *account, uint64_t count)
{
	uint64_t end_ns = now_ns() + PATIENCE_NS;

	while (account->exits < count && now_ns() < end_ns)
		count_more(account, 100);
}

/*
 * Every number between the first and the last that a CPU sent must be accounted for. Only
 * acknowledgements, which other subscribers provoke as well, have numbers and are not returned.
 */
static void check_account(const struct account *account, const struct ptree_connector_stats *stats)
{
	uint64_t sent = 0, accounted = 0;

	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		const struct span *span = &account->spans[cpu];

		if (span->accounted)
			sent += (uint64_t)(span->last - span->first) + 1;
		accounted += span->accounted;
	}
	assert_int_equal(account->lost, stats->lost);
	assert_in_range(sent - accounted, 0, stats->received - account->returned);
}

static void nothing_is_lost_of_a_burst(void **state)
{
	struct account *account;
	struct ptree_connector_stats stats;

	need_connector(state);
	account = open_account(0, false);
	fork_many(500);
	await_exits(account, 500);
	ptree_connector_get_stats(account->connector, &stats);
	assert_int_equal(account->forks, 500);
	assert_int_equal(account->exits, 500);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(stats.spoofed + stats.truncated + stats.malformed + stats.unknown, 0);
	check_account(account, &stats);
	close_account(account);
}

static void one_call_returns_many_events(void **state)
{
	struct fixture *fixture = need_connector(state);
	struct ptree_event *events = calloc(1024, sizeof(*events));
	int n;

	assert_non_null(events);
	fork_many(100);
	n = ptree_connector_receive(fixture->connector, events, 1024, 0);
	free(events);
	/* All are queued but perhaps the exit of the last. */
	assert_in_range(n, 199, 1024);
}

/* An event on each CPU shows what was lost there before. */
static void touch_every_cpu(struct account *small, struct account *large)
{
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		count_more(small, 0);
		assert_int_equal(prctl(PR_SET_NAME, "live-connector"), 0);
		count_more(small, 0);
		count_more(large, 0);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* The same load on a small buffer, and on a large one that tells what there was to receive. */
static void check_overflow(void **state, bool no_enobufs)
{
	struct ptree_connector_stats stats, large_stats;
	struct account *small, *large;

	need_connector(state);
	small = open_account(4096, no_enobufs);
	large = open_account(0, false);
	touch_every_cpu(small, large);
	for (uint64_t count = 50; count <= 300; count += 50) {
		fork_many(50);
		await_exits(large, count);
	}
	touch_every_cpu(small, large);
	ptree_connector_get_stats(small->connector, &stats);
	ptree_connector_get_stats(large->connector, &large_stats);

	assert_int_equal(large_stats.lost, 0);
	assert_int_equal(large->forks, 300);
	assert_int_equal(large->exits, 300);
	check_account(large, &large_stats);

	assert_true(stats.lost >= 600 - small->forks - small->exits);
	assert_true(stats.lost > 500);
	check_account(small, &stats);
	assert_true(stats.dropped >= stats.lost);
	assert_true(no_enobufs ? stats.overruns == 0 : stats.overruns > 0);
	assert_in_range(stats.receive_buffer_size, 2048, 8192);
	close_account(small);
	close_account(large);
}

static void losses_of_a_small_buffer_are_counted_exactly(void **state)
{
	check_overflow(state, false);
}

static void losses_without_enobufs_are_counted_exactly(void **state)
{
	check_overflow(state, true);
}

/* ------------------------------------------------------------------------------------------ */

static bool is_kernel_at_least(unsigned major, unsigned minor)
{
	unsigned have_major = 0, have_minor = 0;
	struct utsname name;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &have_major, &have_minor) != 2)
		return false;
	return have_major > major || (have_major == major && have_minor >= minor);
}

static void only_the_kinds_asked_for_are_received(void **state)
{
	struct fixture *fixture = need_connector(state);
	const struct ptree_connector_options options = {
		.kinds = 1u << PTREE_EVENT_EXEC | 1u << PTREE_EVENT_EXIT,
	};
	pid_t pid;

	ptree_connector_close(fixture->connector);
	assert_int_equal(ptree_connector_open(&fixture->connector, &options), 0);
	pid = run(fixture, exec_true);
	assert_non_null(find(&fixture->list, PTREE_EVENT_EXEC, pid));
	for (size_t i = 0; i < fixture->list.count; i++)
		assert_true(options.kinds & (1u << fixture->list.events[i].kind));
}

static void other_kinds_are_filtered_by_the_kernel(void **state)
{
	struct fixture *fixture = need_connector(state);
	const struct ptree_connector_options options = { .kinds = 1u << PTREE_EVENT_COREDUMP };
	struct ptree_connector_stats before, after;

	if (!is_kernel_at_least(6, 6))
		skip();
	ptree_connector_close(fixture->connector);
	assert_int_equal(ptree_connector_open(&fixture->connector, &options), 0);
	drain(fixture->connector, &fixture->list);
	ptree_connector_get_stats(fixture->connector, &before);
	for (int i = 0; i < 1000; i++)
		prctl(PR_SET_NAME, "live-connector");
	drain(fixture->connector, &fixture->list);
	ptree_connector_get_stats(fixture->connector, &after);
	assert_true(after.received - before.received < 100);
}

/* ------------------------------------------------------------------------------------------ */

static bool has_heard(struct fixture *fixture, pid_t pid)
{
	for (size_t i = 0; i < fixture->list.count; i++)
		if (fixture->list.events[i].pid == pid)
			return true;
	return false;
}

/* Runs it to its end, without a look at the events. */
static pid_t run_unheard(int (*load)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(load());
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static uint64_t count_lost(struct fixture *fixture)
{
	struct ptree_connector_stats stats;

	ptree_connector_get_stats(fixture->connector, &stats);
	return stats.lost;
}

static void what_happens_in_a_pause_is_neither_told_nor_lost(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t before, during, after;

	drain(fixture->connector, &fixture->list);
	before = run_unheard(return_7);
	/* Its exit may come after its parent was told. */
	await(fixture, PTREE_EVENT_EXIT, run_unheard(return_7));
	assert_int_equal(ptree_connector_pause(fixture->connector), 0);
	assert_int_equal(ptree_connector_pause(fixture->connector), 0);
	during = run_unheard(exec_true);
	assert_int_equal(ptree_connector_resume(fixture->connector), 0);
	assert_int_equal(ptree_connector_resume(fixture->connector), 0);
	after = run(fixture, exec_true);

	assert_non_null(find(&fixture->list, PTREE_EVENT_FORK, before));
	assert_false(has_heard(fixture, during));
	assert_non_null(find(&fixture->list, PTREE_EVENT_EXEC, after));
	assert_int_equal(count_lost(fixture), 0);
}

static void what_was_told_before_a_pause_is_received_in_it(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pids[300];

	for (size_t i = 0; i < COUNT(pids); i++)
		pids[i] = run_unheard(return_7);
	assert_int_equal(ptree_connector_pause(fixture->connector), 0);
	drain(fixture->connector, &fixture->list);
	for (size_t i = 0; i < COUNT(pids); i++)
		assert_non_null(find(&fixture->list, PTREE_EVENT_FORK, pids[i]));
	assert_int_equal(count_lost(fixture), 0);
}

static void another_mask_holds_from_then_on_and_can_be_taken_back(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t narrowed, whole;

	drain(fixture->connector, &fixture->list);
	assert_int_equal(ptree_connector_set_kinds(fixture->connector, 1u << PTREE_EVENT_EXIT), 0);
	narrowed = run(fixture, exec_true);
	assert_null(find(&fixture->list, PTREE_EVENT_FORK, narrowed));
	assert_null(find(&fixture->list, PTREE_EVENT_EXEC, narrowed));

	assert_int_equal(ptree_connector_set_kinds(fixture->connector, 0), 0);
	whole = run(fixture, exec_true);
	assert_non_null(find(&fixture->list, PTREE_EVENT_FORK, whole));
	assert_non_null(find(&fixture->list, PTREE_EVENT_EXEC, whole));
	assert_int_equal(count_lost(fixture), 0);
}

static void a_mask_set_in_a_pause_holds_after_it(void **state)
{
	struct fixture *fixture = need_connector(state);
	pid_t pid;

	assert_int_equal(ptree_connector_pause(fixture->connector), 0);
	assert_int_equal(ptree_connector_set_kinds(fixture->connector, 1u << PTREE_EVENT_EXIT), 0);
	assert_int_equal(ptree_connector_resume(fixture->connector), 0);
	pid = run(fixture, exec_true);
	assert_null(find(&fixture->list, PTREE_EVENT_EXEC, pid));
}

static int return_0(void)
{
	return 0;
}

static int die_of_a_signal(void)
{
	kill(getpid(), SIGKILL);
	return 0;
}

static void of_the_exits_those_that_failed_can_be_asked_for(void **state)
{
	struct fixture *fixture = need_connector(state);
	struct ptree_connector_stats before, after;
	pid_t good, bad, killed;

	assert_int_equal(ptree_connector_set_kinds(fixture->connector, PTREE_KINDS_FAILED_EXIT), 0);
	drain(fixture->connector, &fixture->list);
	ptree_connector_get_stats(fixture->connector, &before);
	for (int i = 0; i < 100; i++)
		good = run_unheard(return_0);
	bad = run(fixture, return_7);
	killed = run(fixture, die_of_a_signal);
	ptree_connector_get_stats(fixture->connector, &after);

	assert_false(has_heard(fixture, good));
	assert_null(find(&fixture->list, PTREE_EVENT_FORK, bad));
	assert_true(find(&fixture->list, PTREE_EVENT_EXIT, bad)->u.exit.status);
	assert_true(find(&fixture->list, PTREE_EVENT_EXIT, killed)->u.exit.status);
	/* Older kernels send all, and the connector chooses. */
	if (is_kernel_at_least(6, 6))
		assert_in_range(after.received - before.received, 2, 50);
}

static void the_buffer_can_be_changed_while_open(void **state)
{
	struct fixture *fixture = need_connector(state);
	struct ptree_connector_stats stats;
	pid_t pid = run_unheard(return_7);

	ptree_connector_set_receive_buffer(fixture->connector, 128 << 10);
	ptree_connector_get_stats(fixture->connector, &stats);
	assert_int_equal(stats.receive_buffer_size, 128 << 10);
	await(fixture, PTREE_EVENT_EXIT, pid);
	ptree_connector_set_receive_buffer(fixture->connector, 192 << 10);
	ptree_connector_get_stats(fixture->connector, &stats);
	assert_int_equal(stats.receive_buffer_size, 192 << 10);
}

/* The requests are made by hand here, as what a program of one's own might send. */
static void a_message_of_ones_own_reaches_the_kernel(void **state)
{
	struct fixture *fixture = need_connector(state);
	const uint32_t ignore = 2, listen = 1;
	struct ptree_message message = {
		.idx = 1,
		.val = 1,
		.payload = &ignore,
		.payload_size = sizeof(ignore),
	};
	pid_t unheard;

	if (!is_kernel_at_least(6, 6))
		skip();
	assert_int_equal(ptree_connector_send(fixture->connector, &message), 0);
	unheard = run_unheard(return_7);
	message.payload = &listen;
	assert_int_equal(ptree_connector_send(fixture->connector, &message), 0);
	run(fixture, return_7);
	assert_false(has_heard(fixture, unheard));
}

static void without_events_the_time_runs_out(void **state)
{
	struct fixture *fixture = need_connector(state);
	const struct ptree_connector_options options = { .kinds = 1u << PTREE_EVENT_LOST };
	struct ptree_event events[2];
	uint64_t begin_ns = now_ns();

	ptree_connector_close(fixture->connector);
	assert_int_equal(ptree_connector_open(&fixture->connector, &options), 0);
	assert_int_equal(ptree_connector_receive(fixture->connector, events, 2, 20), 0);
	assert_true(now_ns() - begin_ns >= 19 * 1000 * 1000);
	assert_int_equal(ptree_connector_receive(fixture->connector, events, 2, 0), 0);
}

static void a_subscriber_that_leaves_takes_nobody_along(void **state)
{
	struct fixture *fixture = need_connector(state);
	struct ptree_connector *other;
	pid_t pid;

	for (int i = 0; i < 20; i++) {
		assert_int_equal(ptree_connector_open(&other, NULL), 0);
		ptree_connector_close(other);
	}
	pid = run(fixture, return_7);
	assert_non_null(find(&fixture->list, PTREE_EVENT_FORK, pid));
}

/* A load that never pauses. It ends with us. */
static pid_t start_storm(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		prctl(PR_SET_NAME, "storm");
}

static void a_subscription_is_acknowledged_in_a_storm(void **state)
{
	static const size_t sizes[] = { 4096, 0 };
	struct fixture *fixture = need_connector(state);
	struct ptree_event events[64];
	struct ptree_connector *other;
	pid_t storm = start_storm();

	assert_true(storm > 0);
	await(fixture, PTREE_EVENT_COMM, storm);
	for (size_t i = 0; i < 200; i++) {
		const struct ptree_connector_options options = {
			.receive_buffer_size = sizes[i % COUNT(sizes)],
		};

		assert_int_equal(ptree_connector_open(&other, &options), 0);
		assert_int_not_equal(ptree_connector_receive(other, events, 64, 1000), 0);
		ptree_connector_close(other);
	}
	kill(storm, SIGKILL);
	assert_int_equal(waitpid(storm, NULL, 0), storm);
}

/* Runs open() where prepare() leads and returns its errno, 0, or 255 if that cannot be done. */
static int open_elsewhere(int (*prepare)(void))
{
	struct ptree_connector *connector = NULL;
	int status, ret;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (prepare() < 0)
			_exit(255);
		ret = ptree_connector_open(&connector, NULL);
		ptree_connector_close(connector);
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

static int enter_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

/* It is the first child that is in the new namespace. */
static int enter_pid_namespace(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0)
		return -1;
	pid = fork();
	if (pid <= 0)
		return pid;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	_exit(WEXITSTATUS(status));
}

static void check_open_elsewhere(void **state, int (*prepare)(void), int expected)
{
	int got;

	need_connector(state);
	got = open_elsewhere(prepare);
	if (got == 255)
		skip();
	assert_int_equal(got, expected);
}

static void no_privilege_is_needed(void **state)
{
	if (!is_kernel_at_least(6, 6))
		skip();
	check_open_elsewhere(state, become_nobody, 0);
}

static void another_network_namespace_refuses(void **state)
{
	check_open_elsewhere(state, enter_net_namespace, ECONNREFUSED);
}

static void another_user_namespace_is_not_acknowledged(void **state)
{
	check_open_elsewhere(state, enter_user_namespace, EOPNOTSUPP);
}

static void another_pid_namespace_is_not_acknowledged(void **state)
{
	check_open_elsewhere(state, enter_pid_namespace, EOPNOTSUPP);
}

static void the_socket_is_closed_on_exec_and_does_not_block(void **state)
{
	struct fixture *fixture = need_connector(state);
	int fd = ptree_connector_fd(fixture->connector);

	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fork_exec_and_exit_are_told_in_this_order),
		TEST(an_exit_tells_the_wait_status),
		TEST(changed_user_and_group_ids_are_told),
		TEST(a_new_session_is_told),
		TEST(attaching_and_detaching_a_tracer_is_told),
		TEST(a_new_name_is_told_with_its_raw_bytes),
		TEST(a_core_dump_is_told),
		TEST(a_thread_is_a_task_of_its_process_with_the_parent_of_its_process),
		TEST(nothing_is_lost_of_a_burst),
		TEST(one_call_returns_many_events),
		TEST(losses_of_a_small_buffer_are_counted_exactly),
		TEST(losses_without_enobufs_are_counted_exactly),
		TEST(only_the_kinds_asked_for_are_received),
		TEST(other_kinds_are_filtered_by_the_kernel),
		TEST(what_happens_in_a_pause_is_neither_told_nor_lost),
		TEST(what_was_told_before_a_pause_is_received_in_it),
		TEST(another_mask_holds_from_then_on_and_can_be_taken_back),
		TEST(a_mask_set_in_a_pause_holds_after_it),
		TEST(of_the_exits_those_that_failed_can_be_asked_for),
		TEST(the_buffer_can_be_changed_while_open),
		TEST(a_message_of_ones_own_reaches_the_kernel),
		TEST(without_events_the_time_runs_out),
		TEST(a_subscriber_that_leaves_takes_nobody_along),
		TEST(a_subscription_is_acknowledged_in_a_storm),
		TEST(no_privilege_is_needed),
		TEST(another_network_namespace_refuses),
		TEST(another_user_namespace_is_not_acknowledged),
		TEST(another_pid_namespace_is_not_acknowledged),
		TEST(the_socket_is_closed_on_exec_and_does_not_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
