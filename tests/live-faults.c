/* SPDX-License-Identifier: MIT */
/*
 * A monitor on the running kernel whose events are lost, withheld or not to be had, and whose
 * /proc is partly closed: it must say so, count exactly, and be right again soon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake-proc.h"
#include "live-monitor.h"

#include "../lib/monitor/monitor.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define NOBODY 65534
#define SKIPPED 77
#define BURST 3000
#define UNHEARD 100
#define CROWD 200

static struct live *need_events(void **state)
{
	struct live *live = *state;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	return live;
}

static int setup_small_buffer(void **state)
{
	const struct ptree_monitor_options options = { .receive_buffer_size = 4096,
						       .tree = { .feed_bytes = 16 << 20 } };

	return live_setup_with(state, &options);
}

static int setup_polling(void **state)
{
	const struct ptree_monitor_options options = { .poll_only = true,
						       .tree = { .feed_bytes = 16 << 20 } };

	return live_setup_with(state, &options);
}

/* ---- losses ---- */

/* By vfork(), whose cost does not depend on how much memory the test has. */
static void spawn_one(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static int fork_a_burst(struct live *live)
{
	(void)live;
	for (int i = 0; i < BURST; i++)
		spawn_one();
	return 0;
}

static uint64_t count_lost(const struct live *live)
{
	return live->lost;
}

/* An event on each CPU shows what was lost there before. Each is received before the next comes: a
   small buffer has no room for many. */
static void touch_every_cpu(struct live *live)
{
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		live_dispatch(live);
		assert_int_equal(prctl(PR_SET_NAME, "live-faults"), 0);
		live_dispatch(live);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static bool is_settled(const struct live *live)
{
	return live_status(live).state == PTREE_MONITOR_LIVE && live_status(live).resyncs;
}

static void a_burst_into_a_small_buffer_is_counted_and_repaired(void **state)
{
	struct live *live = need_events(state);
	pid_t holder = fork_holder(live), load = start(live, fork_a_burst);

	live->states_seen = 0;
	/* Nobody receives meanwhile. */
	assert_int_equal(wait_for(load), 0);
	live_dispatch(live);
	AWAIT(live, is_settled(live));
	assert_true(live->states_seen & (1u << PTREE_MONITOR_STALE));
	touch_every_cpu(live);
	AWAIT(live, is_settled(live));
	/* A fork and an exit each, less what fits into 4 KiB. */
	assert_in_range(live_status(live).lost, 2 * BURST - 16, UINT32_MAX);
	assert_equals_proc(live);
	assert_true(is_live(live, holder));
	open_gate(live);
	wait_for(holder);
}

/*
 * What was dropped before every CPU was touched shows as a gap; where others keep the machine busy,
 * more is dropped meanwhile. Where they do not, this is equality. unseen: dropped before the first
 * event of a CPU, which no gap can show.
 */
static bool counts_agree(struct live *live, uint64_t unseen)
{
	uint64_t before = live_status(live).lost;

	touch_every_cpu(live);
	live_dispatch(live);
	return count_lost(live) + unseen >= before &&
	       count_lost(live) + unseen <= live_status(live).lost;
}

/* What the socket says that it dropped, and what is missing in the CPUs' sequences. */
static void losses_are_counted_alike_by_the_kernel_and_by_the_gaps(void **state)
{
	struct live *live = need_events(state);
	uint64_t unseen;

	touch_every_cpu(live);
	touch_every_cpu(live);
	unseen = live_status(live).lost - count_lost(live);
	assert_int_equal(wait_for(start(live, fork_a_burst)), 0);
	AWAIT(live, counts_agree(live, unseen));
	assert_in_range(count_lost(live), 2 * BURST - 16, UINT32_MAX);
	AWAIT(live, is_settled(live));
}

/* ---- deafness ---- */

static void a_deaf_socket_is_noticed_and_replaced(void **state)
{
	struct live *live = need_events(state);
	const struct ptree_connector *connector = live->monitor->source.connector;
	uint64_t lost_before;
	int group = 1;
	pid_t load;

	live->states_seen = 0;
	touch_every_cpu(live); /* no gap shows what came before a CPU's first event */
	assert_int_equal(setsockopt(ptree_connector_fd(connector), SOL_NETLINK,
				    NETLINK_DROP_MEMBERSHIP, &group, sizeof(group)),
			 0);
	load = fork_holder(live);
	lost_before = live_status(live).lost;
	for (int i = 0; i < UNHEARD; i++)
		spawn_one();
	AWAIT_FOR(live, 4 * NS_PER_S, live->states_seen & (1u << PTREE_MONITOR_DEAF));
	AWAIT(live, live_status(live).state == PTREE_MONITOR_LIVE);
	touch_every_cpu(live);
	/* A fork and an exit each; the numbers are the CPUs', not the socket's. */
	AWAIT(live, live_status(live).lost >= lost_before + 2 * UNHEARD);
	AWAIT(live, parent_of(live, load) == getpid());
	assert_equals_proc(live);
	open_gate(live);
	wait_for(load);
	AWAIT(live, has_status(live, load, 0));
}

/* ---- no events ---- */

/* In a child: prepares, opens a monitor, and looks whether it polls for that reason. */
static int poll_elsewhere(int (*prepare)(void), int reason)
{
	const struct ptree_monitor_options options = { .argv_max = 256 };
	struct ptree_monitor_status status;
	struct ptree_monitor *monitor;
	struct ptree_process self;
	struct ptree_procfs *procfs;
	int result = 1;

	if (prepare() < 0)
		return SKIPPED;
	if (ptree_monitor_new(&monitor, &options))
		return 2;
	if (ptree_monitor_wait_ready(monitor, false, 20000))
		return 3;
	ptree_monitor_get_status(monitor, &status);
	if (ptree_procfs_open(&procfs, NULL))
		return 4;
	if (status.state != (reason ? PTREE_MONITOR_POLLING : PTREE_MONITOR_LIVE))
		result = 5;
	else if (status.reason != reason)
		result = 6;
	else if (reason && !*ptree_monitor_reason_text(status.reason))
		result = 7;
	else if (!ptree_procfs_read(procfs, getpid(), 0, &self) &&
		 !ptree_tree_find(ptree_monitor_tree(monitor), getpid()))
		result = 8;
	else
		result = 0;
	ptree_procfs_close(procfs);
	ptree_monitor_free(monitor);
	return result;
}

static void check_elsewhere(void **state, int (*prepare)(void), int reason)
{
	struct live *live = need_events(state);
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(poll_elsewhere(prepare, reason));
	status = wait_for(pid);
	live_dispatch(live);
	if (status == SKIPPED << 8)
		skip();
	assert_int_equal(status, 0);
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

static int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY))
		return -1;
	return setresuid(NOBODY, NOBODY, NOBODY);
}

static int become_nobody_with_a_closed_proc(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, "hidepid=2"))
		return -1;
	return become_nobody();
}

static void another_network_namespace_is_polled(void **state)
{
	check_elsewhere(state, enter_net_namespace, -ECONNREFUSED);
}

static void another_user_namespace_is_polled(void **state)
{
	check_elsewhere(state, enter_user_namespace, -EOPNOTSUPP);
}

static void another_pid_namespace_is_polled(void **state)
{
	check_elsewhere(state, enter_pid_namespace, -EOPNOTSUPP);
}

static void nobody_is_told_events_too(void **state)
{
	check_elsewhere(state, become_nobody, 0);
}

static void hidden_processes_do_no_harm(void **state)
{
	check_elsewhere(state, become_nobody_with_a_closed_proc, 0);
}

static void polling_finds_what_comes_and_goes(void **state)
{
	struct live *live = *state;
	pid_t pid = fork_holder(live);

	assert_int_equal(live_status(live).state, PTREE_MONITOR_POLLING);
	assert_int_equal(live_status(live).reason, 0);
	AWAIT(live, parent_of(live, pid) == getpid());
	assert_equals_proc_within(live, 5 * NS_PER_S);
	open_gate(live);
	wait_for(pid);
	AWAIT(live, has_ended(live, pid));
	assert_equals_proc_within(live, 5 * NS_PER_S);
}

/* ---- a strange /proc ---- */

static void a_strange_proc_does_no_harm(void **state)
{
	struct ptree_monitor_options options = { .poll_only = true };
	char *root = fake_root_new(), closed[512];
	struct ptree_monitor *monitor;

	(void)state;
	fake_stat(root, 7, "init", 'S', 1, 0);
	fake_stat(root, 100, "fine", 'S', 1, 0);
	fake_text(root, "100/cmdline", "fine");
	fake_fifo(root, "101/stat");
	fake_text(root, "102/stat", "102 (cut) S 1");
	fake_directories(root, "103/stat/");
	fake_directories(root, "104/");
	fake_stat(root, 105, "closed", 'S', 1, 0);
	fake_path(closed, sizeof(closed), root, "105");
	assert_int_equal(chmod(closed, 0), 0);
	options.proc_path = root;
	assert_int_equal(ptree_monitor_new(&monitor, &options), 0);
	assert_int_equal(ptree_monitor_wait_ready(monitor, true, 20000), 0);
	assert_non_null(ptree_tree_find(ptree_monitor_tree(monitor), 100));
	assert_null(ptree_tree_find(ptree_monitor_tree(monitor), 101));
	assert_null(ptree_tree_find(ptree_monitor_tree(monitor), 102));
	assert_null(ptree_tree_find(ptree_monitor_tree(monitor), 103));
	ptree_monitor_free(monitor);
	assert_int_equal(chmod(closed, 0755), 0);
	fake_root_free(root);
}

/* ---- no descriptors ---- */

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Threads that were told to end, also those of an earlier test, close theirs a little later. */
static void await_descriptors(size_t count)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;

	while (count_descriptors() > count && live_now_ns() < end_ns)
		sched_yield();
	assert_in_range(count_descriptors(), 0, count);
}

static void set_descriptor_limit(rlim_t limit)
{
	struct rlimit rlimit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rlimit), 0);
	rlimit.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rlimit), 0);
}

static int lowest_free_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static void a_monitor_without_descriptors_is_a_clean_error(void **state)
{
	struct ptree_monitor *monitor;
	struct rlimit before;
	size_t count;
	int lowest, err = -1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	count = count_descriptors();
	lowest = lowest_free_descriptor();
	for (int more = 0; more < 20 && err; more++) {
		set_descriptor_limit((rlim_t)(lowest + more));
		err = ptree_monitor_new(&monitor, NULL);
		set_descriptor_limit(before.rlim_cur);
		assert_true(err == 0 || err == -EMFILE);
		if (err)
			await_descriptors(count);
	}
	assert_int_equal(err, 0);
	ptree_monitor_free(monitor);
	await_descriptors(count);
}

static void scans_without_descriptors_end_nobody_and_succeed_later(void **state)
{
	struct live *live = *state;
	pid_t pid = fork_holder(live);
	struct rlimit before;

	AWAIT(live, is_live(live, pid));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	set_descriptor_limit((rlim_t)lowest_free_descriptor());
	for (uint64_t end_ns = live_now_ns() + 3 * NS_PER_S; live_now_ns() < end_ns;)
		live_pump(live, 100);
	set_descriptor_limit(before.rlim_cur);
	assert_true(is_live(live, pid));
	assert_equals_proc_within(live, 5 * NS_PER_S);
	open_gate(live);
	wait_for(pid);
	AWAIT(live, has_ended(live, pid));
}

/* ---- first scans ---- */

static bool knows_all(struct ptree_tree *tree, const pid_t pids[CROWD])
{
	for (int i = 0; i < CROWD; i++) {
		if (!tree_live(tree, pids[i]))
			return false;
	}
	return true;
}

/* In a child: 0: an error that says so, or a tree of all. */
static int watch_with_few_descriptors(rlim_t descriptors, const pid_t pids[CROWD])
{
	const struct rlimit few = { descriptors, descriptors };
	struct ptree_monitor *monitor;
	int err;

	if (setrlimit(RLIMIT_NOFILE, &few))
		return 1;
	err = ptree_monitor_new(&monitor, NULL);
	if (err)
		return err == -EMFILE ? 0 : 2;
	err = ptree_monitor_wait_ready(monitor, false, 10000);
	if (err)
		return err == -EMFILE ? 0 : 3;
	return knows_all(ptree_monitor_tree(monitor), pids) ? 0 : 4;
}

static void few_descriptors_give_a_whole_tree_or_a_clear_error(void **state)
{
	struct live *live = *state;
	pid_t pids[CROWD];

	for (int i = 0; i < CROWD; i++)
		pids[i] = fork_holder(live);
	for (rlim_t descriptors = 10; descriptors <= 34; descriptors += 2) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit(watch_with_few_descriptors(descriptors, pids));
		status = wait_for(pid);
		if (status)
			print_error("%d descriptors: %d\n", (int)descriptors, WEXITSTATUS(status));
		assert_int_equal(status, 0);
	}
}

static int spawn_until_killed(struct live *live)
{
	(void)live;
	for (long i = 0; i < 100000000; i++)
		spawn_one();
	return 0;
}

static void it_starts_though_losses_go_on_and_is_live_soon_after_the_last(void **state)
{
	struct live *live = need_events(state);
	const struct ptree_monitor_options options = { .receive_buffer_size = 4096,
						       .tree = { .feed_bytes = 64 << 20 } };
	pid_t storm[2];
	uint64_t end_ns;

	for (int i = 0; i < 2; i++)
		storm[i] = start(live, spawn_until_killed);
	ptree_monitor_free(live->monitor);
	assert_int_equal(ptree_monitor_new(&live->monitor, &options), 0);
	live->tree = ptree_monitor_tree(live->monitor);
	live->position = (struct ptree_feed_reader){ 0 };
	AWAIT_FOR(live, 5 * NS_PER_S, live_status(live).state != PTREE_MONITOR_STARTING);
	end_ns = live_now_ns() + NS_PER_S;
	while (live_now_ns() < end_ns) {
		live_pump(live, 5);
		usleep(20000);
	}
	assert_true(live_status(live).lost > 0);
	for (int i = 0; i < 2; i++) {
		kill(storm[i], SIGKILL);
		wait_for(storm[i]);
	}
	AWAIT_FOR(live, 2 * NS_PER_S, live_status(live).state == PTREE_MONITOR_LIVE);
	assert_equals_proc(live);
}

#define WITH(name, how) cmocka_unit_test_setup_teardown(name, how, live_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_burst_into_a_small_buffer_is_counted_and_repaired, setup_small_buffer),
		WITH(losses_are_counted_alike_by_the_kernel_and_by_the_gaps, setup_small_buffer),
		WITH(a_deaf_socket_is_noticed_and_replaced, live_setup),
		WITH(few_descriptors_give_a_whole_tree_or_a_clear_error, live_setup),
		WITH(it_starts_though_losses_go_on_and_is_live_soon_after_the_last, live_setup),
		WITH(another_network_namespace_is_polled, live_setup),
		WITH(another_user_namespace_is_polled, live_setup),
		WITH(another_pid_namespace_is_polled, live_setup),
		WITH(nobody_is_told_events_too, live_setup),
		WITH(hidden_processes_do_no_harm, live_setup),
		WITH(polling_finds_what_comes_and_goes, setup_polling),
		cmocka_unit_test(a_strange_proc_does_no_harm),
		cmocka_unit_test(a_monitor_without_descriptors_is_a_clean_error),
		WITH(scans_without_descriptors_end_nobody_and_succeed_later, setup_polling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
