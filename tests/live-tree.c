/* SPDX-License-Identifier: MIT */
/*
 * A monitor on the running kernel: each test runs a load that writes down what it did, and the
 * tree must say the same, and the same as /proc. Where there are no events every test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "live-monitor.h"
#include "raw-thread.h"

#include "../lib/monitor/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define SPAWNERS 4
#define FORKS_PER_SPAWNER (PIDS_MAX / SPAWNERS)

extern char **environ;

static struct live *need_events(void **state)
{
	struct live *live = *state;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	return live;
}

static struct live *need_root(void **state)
{
	struct live *live = need_events(state);

	if (geteuid() != 0)
		skip();
	return live;
}

static void check_ends(struct live *live, pid_t pid)
{
	uint32_t status = (uint32_t)wait_for(pid);

	AWAIT(live, has_status(live, pid, status));
	assert_equals_proc(live);
}

static void end_load(struct live *live, pid_t pid)
{
	open_gate(live);
	check_ends(live, pid);
}

/* ---- births ---- */

static char *cat_argv[] = { (char[]){ "cat" }, NULL };

static pid_t vfork_holder(const struct live *live)
{
	pid_t pid = vfork();

	if (pid == 0) {
		dup2(live->gate[0], STDIN_FILENO);
		execvp(cat_argv[0], cat_argv);
		_exit(127);
	}
	return pid;
}

static pid_t spawn_holder(const struct live *live)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, live->gate[0], STDIN_FILENO);
	if (posix_spawnp(&pid, cat_argv[0], &actions, NULL, cat_argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static pid_t clone_holder(const struct live *live, uint64_t flags)
{
	struct clone_args args = { .flags = flags,
				   .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(hold(live));
	return pid;
}

static int be_born_in_every_way(struct live *live)
{
	live->oracle->pid[0] = fork_holder(live);
	live->oracle->pid[1] = vfork_holder(live);
	live->oracle->pid[2] = spawn_holder(live);
	live->oracle->pid[3] = clone_holder(live, 0);
	live->oracle->step = 1;
	hold(live);
	for (int i = 0; i < 4; i++)
		waitpid(live->oracle->pid[i], NULL, 0);
	return 3;
}

static void every_way_to_be_born_makes_a_child(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, be_born_in_every_way);

	AWAIT(live, live->oracle->step == 1);
	for (int i = 0; i < 4; i++) {
		pid_t pid = live->oracle->pid[i];

		assert_true(pid > 0);
		AWAIT(live, parent_of(live, pid) == load);
		assert_int_equal(origin_of(live, pid), load);
		assert_false(ptree_node_is_origin_inferred(latest(live, pid)));
		assert_true(ptree_node_is_begin_exact(latest(live, pid)));
	}
	assert_int_equal(ptree_node_child_count(latest(live, load)), 4);
	assert_equals_proc(live);
	end_load(live, load);
	for (int i = 0; i < 4; i++)
		AWAIT(live, has_status(live, live->oracle->pid[i], 0));
	assert_equals_proc(live);
}

static int give_parent_a_child(struct live *live)
{
	live->oracle->pid[0] = clone_holder(live, CLONE_PARENT);
	live->oracle->step = 1;
	return hold(live);
}

static void clone_parent_makes_a_sibling(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, give_parent_a_child);

	AWAIT(live, live->oracle->step == 1);
	AWAIT(live, parent_of(live, live->oracle->pid[0]) == getpid());
	assert_int_equal(parent_of(live, load), getpid());
	assert_equals_proc(live);
	end_load(live, load);
}

/* ---- threads ---- */

static void *hold_as_thread(void *argument)
{
	struct live *live = argument;
	int index = live->oracle->step + 1;

	live->oracle->pid[index] = gettid();
	prctl(PR_SET_NAME, "worker");
	if (index == 3)
		live->oracle->pid[4] = fork_holder(live);
	live->oracle->step = index;
	hold(live);
	return NULL;
}

static int run_three_threads(struct live *live)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++) {
		if (pthread_create(&threads[i], NULL, hold_as_thread, live))
			return 1;
		while (live->oracle->step != i + 1)
			sched_yield();
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static bool is_thread_of(const struct live *live, pid_t tid, pid_t pid)
{
	const struct ptree_thread *thread = ptree_tree_find_thread(live->tree, tid);

	return thread && thread->node->pid == pid && !strcmp(ptree_thread_comm(thread), "worker");
}

static void threads_belong_to_their_process_and_so_do_the_children_they_fork(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, run_three_threads);

	AWAIT(live, live->oracle->step == 3);
	for (int i = 1; i <= 3; i++)
		AWAIT(live, is_thread_of(live, live->oracle->pid[i], load));
	AWAIT(live, parent_of(live, live->oracle->pid[4]) == load);
	assert_int_equal(ptree_node_thread_count(latest(live, load)), 3);
	assert_int_equal(ptree_node_child_count(latest(live, load)), 1);
	assert_string_not_equal(ptree_node_comm(latest(live, load)), "worker");
	assert_equals_proc(live);
	end_load(live, load);
	assert_null(ptree_tree_find_thread(live->tree, live->oracle->pid[1]));
}

static int exec_as_thread(void *argument)
{
	(void)argument;
	execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
	return 1;
}

static int exec_from_a_thread(struct live *live)
{
	static struct raw_thread thread;

	if (!raw_thread_start(&thread, exec_as_thread, live))
		return 1;
	for (;;)
		pause();
}

static void an_exec_from_a_thread_is_the_same_process_and_ends_once(void **state)
{
	struct live *live = need_events(state);

	for (int i = 0; i < 200; i++) {
		pid_t pid = start(live, exec_from_a_thread);
		uint64_t id;

		assert_int_equal(wait_for(pid), 9 << 8);
		AWAIT(live, has_status(live, pid, 9 << 8));
		id = ptree_node_id(latest(live, pid));
		assert_int_equal(count_changes(live, PTREE_CHANGE_FORKED, id), 1);
		assert_int_equal(count_changes(live, PTREE_CHANGE_EXECED, id), 1);
		assert_int_equal(count_changes(live, PTREE_CHANGE_EXITED, id), 1);
		assert_int_equal(ptree_node_exec_count(latest(live, pid)), 1);
	}
	assert_equals_proc(live);
}

static void *exit_last(void *argument)
{
	struct live *live = argument;

	hold(live);
	syscall(SYS_exit, 7);
	return NULL;
}

static int exit_as_leader(struct live *live)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exit_last, live))
		return 1;
	syscall(SYS_exit, 5);
	return 1;
}

static bool is_leaderless(const struct live *live, pid_t pid)
{
	return is_live(live, pid) && ptree_node_is_leaderless(latest(live, pid));
}

static void a_process_outlives_its_leader_and_ends_with_its_last_thread(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, exit_as_leader);
	uint64_t id;
	int status;

	AWAIT(live, is_leaderless(live, load));
	assert_equals_proc(live);
	id = ptree_node_id(latest(live, load));
	open_gate(live);
	status = wait_for(load);
	AWAIT(live, has_status(live, load, (uint32_t)status));
	assert_int_equal(count_changes(live, PTREE_CHANGE_EXITED, id), 1);
	assert_equals_proc(live);
}

/* ---- statuses ---- */

#define STATUS_RUNS 3000

static int leave_with(void *argument)
{
	return (int)(uintptr_t)argument;
}

static int join_and_fail(struct live *live)
{
	static struct raw_thread threads[2];

	(void)live;
	for (int i = 0; i < 2; i++) {
		if (!raw_thread_start(&threads[i], leave_with, NULL))
			return 1;
	}
	for (int i = 0; i < 2; i++)
		raw_thread_join(&threads[i]);
	return 44;
}

static int leave_soon_with(void *argument)
{
	usleep(100);
	return leave_with(argument);
}

static int leave_before_a_thread(struct live *live)
{
	uintptr_t status = live->oracle->step % 2 ? 7 : 0;
	static struct raw_thread thread;

	if (!raw_thread_start(&thread, leave_soon_with, (void *)status))
		return 1;
	syscall(SYS_exit, 5);
	return 1;
}

struct statuses {
	unsigned wrong, inferred, wrong_unsaid;
};

/* A batch at a time, so that the tree keeps all of it. */
static bool has_begun_and_ended(const struct live *live, pid_t pid, uint64_t since_ns)
{
	return has_ended(live, pid) && ptree_node_begin_ns(latest(live, pid)) >= since_ns;
}

static void run_statuses(struct live *live, int (*load)(struct live *), unsigned runs,
			 struct statuses *sums)
{
	for (unsigned i = 0; i < runs; i++) {
		uint32_t truth, status = 0;
		uint64_t since_ns = live_now_ns(); /* pids wrap */
		bool is_inferred;
		pid_t pid;

		live->oracle->step = (int)i;
		pid = start(live, load);
		truth = (uint32_t)wait_for(pid);
		AWAIT(live, has_begun_and_ended(live, pid, since_ns));
		assert_true(ptree_node_exit_status(latest(live, pid), &status));
		is_inferred = ptree_node_is_status_inferred(latest(live, pid));
		sums->wrong += status != truth;
		sums->inferred += is_inferred;
		sums->wrong_unsaid += status != truth && !is_inferred;
	}
}

static void a_failure_behind_joined_threads_is_never_shown_as_success(void **state)
{
	struct live *live = need_events(state);
	struct statuses sums = { 0 };

	run_statuses(live, join_and_fail, STATUS_RUNS, &sums);
	print_message("# joined: %u of %u wrong, %u inferred\n", sums.wrong, STATUS_RUNS,
		      sums.inferred);
	assert_int_equal(sums.wrong, 0);
}

static void a_status_that_may_be_wrong_is_said_to_be_inferred(void **state)
{
	struct live *live = need_events(state);
	struct statuses sums = { 0 };

	run_statuses(live, leave_before_a_thread, STATUS_RUNS / 3, &sums);
	print_message("# the leader first: %u of %u wrong, %u inferred\n", sums.wrong,
		      STATUS_RUNS / 3, sums.inferred);
	assert_int_equal(sums.wrong_unsaid, 0);
}

/* ---- parents ---- */

static int fork_twice(struct live *live)
{
	pid_t middle = fork();

	if (middle == 0) {
		live->oracle->pid[1] = fork_holder(live);
		_exit(0);
	}
	waitpid(middle, NULL, 0);
	live->oracle->pid[0] = middle;
	live->oracle->step = 1;
	hold(live);
	while (wait(NULL) > 0)
		;
	return 0;
}

static int fork_twice_as_subreaper(struct live *live)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1) ? 1 : fork_twice(live);
}

static void check_adopted(struct live *live, pid_t load, pid_t adopter)
{
	pid_t middle, orphan;

	AWAIT(live, live->oracle->step == 1);
	middle = live->oracle->pid[0];
	orphan = live->oracle->pid[1];
	AWAIT(live, parent_of(live, orphan) == adopter);
	assert_int_equal(origin_of(live, orphan), middle);
	assert_int_equal(origin_of(live, middle), load);
	assert_true(has_ended(live, middle));
	assert_equals_proc(live);
	end_load(live, load);
}

static void a_daemon_goes_to_the_nearest_subreaper_and_keeps_its_origin(void **state)
{
	struct live *live = need_events(state);

	check_adopted(live, start(live, fork_twice), getpid());
}

static void a_subreaper_adopts_what_its_children_leave(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, fork_twice_as_subreaper);

	check_adopted(live, load, load);
}

static int fork_two_thousand(struct live *live)
{
	for (int i = 0; i < 2000; i++) {
		live->oracle->pid[i] = fork_holder(live);
		if (live->oracle->pid[i] < 0)
			return 1;
	}
	live->oracle->step = 1;
	wait_for_go(live);
	return 0;
}

static bool all_have_parent(const struct live *live, int count, pid_t parent)
{
	for (int i = 0; i < count; i++)
		if (parent_of(live, live->oracle->pid[i]) != parent)
			return false;
	return true;
}

static void two_thousand_children_get_the_kernels_new_parent(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, fork_two_thousand);

	AWAIT_FOR(live, 3 * PATIENCE_NS, live->oracle->step == 1);
	AWAIT(live, all_have_parent(live, 2000, load));
	say_go(live);
	assert_int_equal(wait_for(load), 0);
	AWAIT(live, all_have_parent(live, 2000, getpid()));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(origin_of(live, live->oracle->pid[i]), load);
	assert_equals_proc(live);
	open_gate(live);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < 2000; i++)
		AWAIT(live, has_status(live, live->oracle->pid[i], 0));
	assert_equals_proc(live);
}

/* ---- images ---- */

static const char script[] = "exec cat - # \xff two words";

static int exec_twice(struct live *live)
{
	dup2(live->gate[0], STDIN_FILENO);
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	return 127;
}

static bool runs(const struct live *live, pid_t pid, const char *argv, size_t size)
{
	const struct ptree_node *node = tree_live(live->tree, pid);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

	return image && image->argv_status == PTREE_ARGV_READ && image->argv_size == size &&
	       !memcmp(image->argv, argv, size);
}

static void an_exec_is_a_new_image_with_its_name_and_command_line(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, exec_twice);
	const struct ptree_node *node;

	AWAIT(live, runs(live, load, "cat\0-", 6));
	node = latest(live, load);
	assert_string_equal(ptree_node_comm(node), "cat");
	assert_int_equal(ptree_node_exec_count(node), 2);
	assert_non_null(ptree_node_image(node, 1));
	assert_non_null(ptree_node_image(node, 2));
	assert_true(ptree_node_image(node, 1)->begin_ns < ptree_node_image(node, 0)->begin_ns);
	assert_string_equal(ptree_node_image(node, 2)->comm,
			    ptree_node_comm(latest(live, getpid())));
	end_load(live, load);
}

static int run_a_shell(struct live *live)
{
	dup2(live->gate[0], STDIN_FILENO);
	execl("/bin/sh", "a shell", "-c", "read line; exit 4", "", "\x1b[2J\n", (char *)NULL);
	return 127;
}

static void a_command_line_is_read_byte_for_byte(void **state)
{
	static const char expected[] = "a shell\0-c\0read line; exit 4\0\0\x1b[2J\n";
	struct live *live = need_events(state);
	pid_t load = start(live, run_a_shell);

	AWAIT(live, runs(live, load, expected, sizeof(expected)));
	AWAIT(live, !strcmp(ptree_node_comm(latest(live, load)), "sh"));
	end_load(live, load);
	assert_true(has_status(live, load, 4 << 8));
}

/* Where its own arguments are: fields 48 and 49 of stat. */
static bool find_arguments(uintptr_t *begin, uintptr_t *end)
{
	char line[1024];
	const char *at;
	FILE *file = fopen("/proc/self/stat", "re");
	size_t size = file ? fread(line, 1, sizeof(line) - 1, file) : 0;

	if (file)
		fclose(file);
	line[size] = '\0';
	at = strrchr(line, ')');
	for (int field = 2; at && field < 48; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, "%" SCNuPTR " %" SCNuPTR, begin, end) == 2;
}

static int rewrite_arguments(struct live *live)
{
	uintptr_t begin, end;

	if (!find_arguments(&begin, &end))
		return 1;
	live->oracle->step = 1;
	wait_for_go(live);
	memset((void *)begin, 0, end - begin);
	memcpy((void *)begin, "new", 3);
	live->oracle->step = 2;
	return hold(live);
}

static bool has_argv_beginning(const struct live *live, pid_t pid, const char *text)
{
	const struct ptree_image *image = ptree_node_image(latest(live, pid), 0);

	return image && image->argv_size > strlen(text) && !strcmp(image->argv, text);
}

static void a_rewritten_command_line_is_seen_when_it_is_read_again(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, rewrite_arguments);

	AWAIT(live, live->oracle->step == 1);
	AWAIT(live, is_live(live, load));
	assert_false(has_argv_beginning(live, load, "new"));
	say_go(live);
	AWAIT(live, live->oracle->step == 2);
	ptree_monitor_refresh(live->monitor, ptree_node_id(latest(live, load)));
	AWAIT(live, has_argv_beginning(live, load, "new"));
	assert_false(has_argv_beginning(live, getpid(), "new"));
	end_load(live, load);
}

/* ---- attributes ---- */

static int change_ids(struct live *live)
{
	if (setresgid(1, 2, 3) || setresuid(4, 5, 6))
		return 1;
	return hold(live);
}

static bool has_ids(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = tree_live(live->tree, pid);

	return node && ptree_node_rgid(node) == 1 && ptree_node_egid(node) == 2 &&
	       ptree_node_ruid(node) == 4 && ptree_node_euid(node) == 5;
}

static void changed_user_and_group_ids_are_followed(void **state)
{
	struct live *live = need_root(state);
	pid_t load = start(live, change_ids);

	AWAIT(live, has_ids(live, load));
	end_load(live, load);
}

static int start_session(struct live *live)
{
	return setsid() < 0 ? 1 : hold(live);
}

static void a_new_session_is_followed(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, start_session);

	AWAIT(live, is_live(live, load) && ptree_node_sid(latest(live, load)) == load);
	end_load(live, load);
}

static int rename_itself(struct live *live)
{
	prctl(PR_SET_NAME, "\x1b[2J (a) \xff\n too long");
	return hold(live);
}

static void a_new_name_is_followed_byte_for_byte(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, rename_itself);

	AWAIT(live, is_live(live, load) &&
			!strcmp(ptree_node_comm(latest(live, load)), "\x1b[2J (a) \xff\n too"));
	assert_equals_proc(live);
	end_load(live, load);
}

static int trace_a_child(struct live *live)
{
	pid_t pid = live->oracle->pid[0] = fork_holder(live);

	if (pid < 0 || ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0 || waitpid(pid, NULL, 0) != pid)
		return 1;
	live->oracle->step = 1;
	wait_for_go(live);
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
		return 1;
	live->oracle->step = 2;
	hold(live);
	return waitpid(pid, NULL, 0) != pid;
}

static bool has_tracer(const struct live *live, pid_t pid, pid_t tracer)
{
	return is_live(live, pid) && ptree_node_tracer(latest(live, pid)) == tracer;
}

static void a_tracer_comes_and_goes(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, trace_a_child);

	AWAIT(live, live->oracle->step == 1);
	AWAIT(live, has_tracer(live, live->oracle->pid[0], load));
	assert_int_equal(parent_of(live, live->oracle->pid[0]), load);
	say_go(live);
	AWAIT(live, live->oracle->step == 2);
	AWAIT(live, has_tracer(live, live->oracle->pid[0], 0));
	end_load(live, load);
}

/* ---- ends ---- */

static int end_as_told(struct live *live)
{
	int how = live->oracle->pid[0];

	if (how >= 0)
		return how;
	signal(-how, SIG_DFL);
	raise(-how);
	return 255;
}

static void the_wait_status_is_what_its_parent_is_told(void **state)
{
	static const int ways[] = { 0, 1, 254, -SIGKILL, -SIGTERM, -SIGUSR1 };
	struct live *live = need_events(state);

	for (size_t i = 0; i < COUNT(ways); i++) {
		pid_t pid;

		live->oracle->pid[0] = ways[i];
		pid = start(live, end_as_told);
		check_ends(live, pid);
		assert_true(has_status(live, pid,
				       ways[i] < 0 ? (uint32_t)-ways[i] : (uint32_t)ways[i] << 8));
	}
}

static int dump_core(struct live *live)
{
	const struct rlimit limit = { .rlim_cur = 64 << 20, .rlim_max = 64 << 20 };

	(void)live;
	if (chdir("/tmp") || setrlimit(RLIMIT_CORE, &limit))
		return 1;
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	return 1;
}

static void remove_core(pid_t pid)
{
	char path[64];

	unlink("/tmp/core");
	snprintf(path, sizeof(path), "/tmp/core.%d", pid);
	unlink(path);
}

static void a_core_dump_is_told_and_the_status_says_so(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, dump_core);
	int status = wait_for(load);

	remove_core(load);
	assert_int_equal(WTERMSIG(status), SIGABRT);
	AWAIT(live, has_status(live, load, (uint32_t)status));
	assert_int_equal(
	    count_changes(live, PTREE_CHANGE_COREDUMP, ptree_node_id(latest(live, load))), 1);
}

static int leave_a_zombie(struct live *live)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(6);
	live->oracle->pid[0] = pid;
	live->oracle->step = 1;
	wait_for_go(live);
	if (waitpid(pid, NULL, 0) != pid)
		return 1;
	live->oracle->step = 2;
	return hold(live);
}

static bool is_zombie(const struct live *live, pid_t pid)
{
	return has_ended(live, pid) && ptree_node_is_zombie(latest(live, pid));
}

static void a_zombie_is_shown_until_its_parent_waits(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, leave_a_zombie), zombie;

	AWAIT(live, live->oracle->step == 1);
	zombie = live->oracle->pid[0];
	AWAIT(live, has_status(live, zombie, 6 << 8));
	AWAIT_FOR(live, 2 * NS_PER_S, is_zombie(live, zombie));
	assert_int_equal(ptree_node_pid(ptree_node_parent(latest(live, zombie))), load);
	say_go(live);
	AWAIT(live, live->oracle->step == 2);
	AWAIT_FOR(live, 2 * NS_PER_S, !is_zombie(live, zombie));
	assert_true(has_status(live, zombie, 6 << 8));
	end_load(live, load);
}

static int hold_only(struct live *live)
{
	return hold(live);
}

static void set_next_pid(pid_t pid)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");

	if (!file)
		skip();
	fprintf(file, "%d", pid - 1);
	fclose(file);
}

/* Others fork as well and can take it first. */
static bool reuse_pid(struct live *live, pid_t pid)
{
	for (int i = 0; i < 50; i++) {
		set_next_pid(pid);
		if (start(live, hold_only) == pid)
			return true;
	}
	return false;
}

static void a_reused_pid_is_another_process(void **state)
{
	struct live *live = need_root(state);
	pid_t pid = start(live, leave_a_zombie);
	uint64_t first;

	AWAIT(live, is_live(live, pid));
	first = ptree_node_id(latest(live, pid));
	kill(pid, SIGKILL);
	wait_for(pid);
	if (!reuse_pid(live, pid))
		skip();
	AWAIT(live, is_live(live, pid) && ptree_node_id(latest(live, pid)) != first);
	assert_int_equal(parent_of(live, pid), getpid());
	assert_true(ptree_node_has_ended(ptree_tree_find_id(live->tree, first)));
	assert_int_equal(count_changes(live, PTREE_CHANGE_EXITED, first), 1);
	assert_equals_proc(live);
	end_load(live, pid);
}

/* By vfork(), whose cost does not depend on how much memory the test has. */
static pid_t spawn_one(int code)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(code);
	waitpid(pid, NULL, 0);
	return pid;
}

#define REUSES 400

/* Runs true with the case as its argument, if it is the process that is wanted. */
static bool run_case(pid_t wanted, int number)
{
	char text[16];
	char *argv[] = { (char[]){ "true" }, text, NULL };
	pid_t pid;

	snprintf(text, sizeof(text), "%d", number);
	set_next_pid(wanted);
	pid = vfork();
	if (pid == 0) {
		if (getpid() == wanted)
			execvp(argv[0], argv);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return pid == wanted;
}

/* Others may take the pid, and keep it: then another one is used again. */
static int reuse_pids(struct live *live)
{
	pid_t wanted = spawn_one(0);

	for (int misses = 0; live->oracle->step < REUSES; misses++) {
		if (run_case(wanted, live->oracle->step)) {
			live->oracle->step++;
			misses = 0;
		} else if (misses == 20) {
			wanted = spawn_one(0);
			misses = 0;
		}
	}
	return hold(live);
}

/* Not read, or its own: never that of who has the pid after it. */
static void check_case(const struct ptree_node *node, int number)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	char text[24];
	int size = snprintf(text, sizeof(text), "true%c%d", '\0', number) + 1;

	if (image->argv_status != PTREE_ARGV_READ)
		return;
	assert_int_equal(image->argv_size, size);
	assert_memory_equal(image->argv, text, (size_t)size);
}

static void no_process_has_the_arguments_of_the_next_one_with_its_pid(void **state)
{
	struct live *live = need_root(state);
	pid_t load = start(live, reuse_pids);
	uint64_t id;
	const struct ptree_node *node;
	int number = REUSES;

	AWAIT_FOR(live, 20 * NS_PER_S, live->oracle->step == REUSES);
	id = ptree_node_id(latest(live, load));
	end_load(live, load);
	node = ptree_node_last_forked(ptree_tree_find_id(live->tree, id));
	for (; node; node = ptree_node_prev_forked(node)) {
		if (ptree_node_exec_count(node))
			check_case(node, --number);
	}
	assert_int_equal(number, 0);
}

/* ---- storms ---- */

static void spawn(struct live *live, int spawner)
{
	pid_t *pids = live->oracle->pid + (size_t)spawner * FORKS_PER_SPAWNER;

	for (int i = 0; i < FORKS_PER_SPAWNER && !live->oracle->step; i++)
		pids[i] = spawn_one(i & 1);
	_exit(0);
}

static int run_storm(struct live *live)
{
	for (int i = 0; i < SPAWNERS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			spawn(live, i);
		live->oracle->status[i] = pid;
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

struct told {
	uint64_t id;
	int index; /* which of the spawner's forks it was */
};

/* The spawner's children as they were told, which must be as it forked them. */
static void check_forks(const struct live *live, int spawner, struct told told[FORKS_PER_SPAWNER])
{
	const pid_t *expected = live->oracle->pid + (size_t)spawner * FORKS_PER_SPAWNER;
	int count = 0;

	for (size_t i = 0; i < live->count; i++) {
		const struct live_change *change = &live->changes[i];

		if (change->kind != PTREE_CHANGE_FORKED || change->is_inferred ||
		    change->parent_pid != live->oracle->status[spawner])
			continue;
		assert_true(count < FORKS_PER_SPAWNER);
		assert_int_equal(change->pid, expected[count]);
		told[count] = (struct told){ .id = change->id, .index = count };
		count++;
	}
	assert_int_equal(count, FORKS_PER_SPAWNER);
}

static int order_by_id(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* One exit each. An exit is told after the parent was: their order is not that of the forks. */
static void check_exits(const struct live *live, struct told told[FORKS_PER_SPAWNER])
{
	unsigned char exits[FORKS_PER_SPAWNER] = { 0 };

	qsort(told, FORKS_PER_SPAWNER, sizeof(*told), order_by_id);
	for (size_t i = 0; i < live->count; i++) {
		const struct live_change *change = &live->changes[i];
		const struct told key = { .id = change->id };
		const struct told *fork =
		    bsearch(&key, told, FORKS_PER_SPAWNER, sizeof(key), order_by_id);

		if (!fork || change->kind != PTREE_CHANGE_EXITED || change->is_inferred)
			continue;
		assert_int_equal(change->status, (fork->index & 1) << 8);
		exits[fork->index]++;
	}
	for (int i = 0; i < FORKS_PER_SPAWNER; i++)
		assert_int_equal(exits[i], 1);
}

static void check_storm(struct live *live)
{
	struct told told[FORKS_PER_SPAWNER];

	assert_int_equal(live_status(live).lost, 0);
	assert_int_equal(live_status(live).resyncs, 0);
	for (int i = 0; i < SPAWNERS; i++) {
		check_forks(live, i, told);
		check_exits(live, told);
	}
	assert_equals_proc(live);
}

static void a_storm_of_forks_is_told_completely_and_in_order(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, run_storm);

	AWAIT_FOR(live, 3 * PATIENCE_NS, has_status(live, load, 0));
	wait_for(load);
	check_storm(live);
}

static int spawn_programs(struct live *live)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	for (int i = 0; i < 1000; i++) {
		if (posix_spawnp(&live->oracle->pid[i], argv[0], NULL, NULL, argv, environ))
			return 1;
		waitpid(live->oracle->pid[i], NULL, 0);
	}
	return 0;
}

static void a_storm_of_execs_is_told_completely(void **state)
{
	struct live *live = need_events(state);
	pid_t load = start(live, spawn_programs);

	AWAIT_FOR(live, 3 * PATIENCE_NS, has_status(live, load, 0));
	wait_for(load);
	for (int i = 0; i < 1000; i++) {
		const struct ptree_node *node = latest(live, live->oracle->pid[i]);

		assert_non_null(node);
		assert_int_equal(ptree_node_exec_count(node), 1);
		assert_int_equal(count_changes(live, PTREE_CHANGE_EXECED, node->id), 1);
		assert_true(has_status(live, node->pid, 0));
	}
	assert_equals_proc(live);
}

/* Scans go on all the time beside the events, and neither spoils what the other says. */
static void a_storm_beside_scans_is_told_completely_and_leaves_no_ghost(void **state)
{
	struct live *live = need_events(state);
	struct ptree_procfs *procfs;
	pid_t load = start(live, run_storm);

	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	AWAIT_FOR(live, 3 * PATIENCE_NS,
		  ptree_tree_read_proc(live->tree, procfs, 0) < 0 || has_status(live, load, 0));
	wait_for(load);
	ptree_procfs_close(procfs);
	check_storm(live);
}

/* What a first scan meets is over before it is taken in. */
static void monitors_that_start_in_a_storm_have_no_ghosts(void **state)
{
	struct live *live = need_events(state);
	struct live others[10];
	pid_t load = start(live, run_storm);

	for (size_t i = 0; i < COUNT(others); i++) {
		others[i] = (struct live){ .oracle = live->oracle };
		assert_int_equal(ptree_monitor_new(&others[i].monitor, NULL), 0);
		others[i].tree = ptree_monitor_tree(others[i].monitor);
		assert_int_equal(ptree_monitor_wait_ready(others[i].monitor, false, 30000), 0);
	}
	live->oracle->step = 1;
	wait_for(load);
	for (size_t i = 0; i < COUNT(others); i++) {
		AWAIT(&others[i], has_ended(&others[i], load)); /* what queued meanwhile */
		assert_equals_proc_within(&others[i], NS_PER_S);
		ptree_monitor_free(others[i].monitor);
	}
}

static int hold_and_fork(struct live *live)
{
	live->oracle->pid[0] = fork_holder(live);
	live->oracle->step = 1;
	hold(live);
	return waitpid(live->oracle->pid[0], NULL, 0) != live->oracle->pid[0];
}

/* ---- watching ---- */

static int become_watched(struct live *live)
{
	prctl(PR_SET_NAME, "watch-me");
	return hold_and_fork(live);
}

static int exec_watched(struct live *live)
{
	dup2(live->gate[0], STDIN_FILENO);
	execl("/bin/sh", "/opt/watch-me", "-c", "read line; exit 0", (char *)NULL);
	return 127;
}

static bool is_watched(const struct live *live, pid_t pid)
{
	return is_live(live, pid) && ptree_node_is_watched(latest(live, pid));
}

static void a_name_can_be_watched_before_anybody_has_it(void **state)
{
	struct live *live = need_events(state);
	pid_t renamed, executed, other;

	assert_int_equal(ptree_tree_watch_name(live->tree, "watch-me", 0), 0);
	renamed = start(live, become_watched);
	executed = start(live, exec_watched);
	other = start(live, hold_only);
	AWAIT(live, live->oracle->step == 1);
	AWAIT(live, is_watched(live, renamed));
	AWAIT(live, is_watched(live, live->oracle->pid[0]));
	AWAIT(live, is_watched(live, executed));
	AWAIT(live, is_live(live, other));
	assert_false(is_watched(live, other));
	assert_false(is_watched(live, getpid()));
	end_load(live, renamed);
}

/* ---- a program that has a monitor ---- */

/* As a helper with more privilege would hand it over. */
static void a_subscription_of_another_is_followed(void **state)
{
	struct live *live = need_events(state);
	struct ptree_monitor_options options = { 0 };
	struct ptree_connector *subscribed;
	pid_t child;

	assert_int_equal(ptree_connector_open(&subscribed, NULL), 0);
	assert_int_equal(
	    ptree_connector_adopt(&options.connector, dup(ptree_connector_fd(subscribed)), NULL),
	    0);
	ptree_monitor_free(live->monitor);
	assert_int_equal(ptree_monitor_new(&live->monitor, &options), 0);
	live->tree = ptree_monitor_tree(live->monitor);
	live->position = (struct ptree_feed_reader){ 0 };
	AWAIT(live, live_status(live).state == PTREE_MONITOR_LIVE);
	child = fork_holder(live);
	AWAIT(live, parent_of(live, child) == getpid());
	/* Beats are heard on it, too: it does not seem deaf. */
	own_beat(&live->monitor->own);
	AWAIT(live, !live->monitor->own.beats);
	open_gate(live);
	wait_for(child);
	AWAIT(live, has_status(live, child, 0));
	ptree_connector_close(subscribed);
}

static void *hold_with_a_name(void *argument)
{
	pthread_setname_np(pthread_self(), "a-worker");
	hold(argument);
	return NULL;
}

static void *leave_at_once(void *argument)
{
	return argument;
}

static bool has_thread_named(const struct live *live, const char *name)
{
	const struct ptree_node *self = latest(live, getpid());
	const struct ptree_thread *thread = self ? ptree_node_first_thread(self) : NULL;

	for (; thread; thread = ptree_thread_next(thread)) {
		if (!strcmp(ptree_thread_comm(thread), name))
			return true;
	}
	return false;
}

/* Facts about threads of this process, and of them those that are about the library's. */
static size_t count_thread_births(struct live *live, size_t *noise)
{
	uint64_t self = ptree_node_id(latest(live, getpid()));
	struct ptree_feed_reader reader;
	struct ptree_fact fact;
	size_t count = 0;

	*noise = 0;
	ptree_tree_feed_begin(live->tree, &reader);
	while (ptree_tree_feed_read(live->tree, &reader, &fact) == 1) {
		bool is_birth = fact.kind == PTREE_FACT_THREAD_BEGAN && fact.id == self;

		count += is_birth;
		if (is_birth || (fact.kind == PTREE_FACT_THREAD_NAMED && fact.id == self))
			*noise += !strncmp(fact.u.thread.comm, "proctree-", 9);
	}
	return count;
}

static void a_programs_own_threads_are_seen_and_the_librarys_are_not(void **state)
{
	struct live *live = need_events(state);
	pthread_t worker, brief[20];
	size_t noise, before = count_thread_births(live, &noise);

	assert_int_equal(before, 0);
	assert_int_equal(pthread_create(&worker, NULL, hold_with_a_name, live), 0);
	AWAIT(live, has_thread_named(live, "a-worker"));
	for (int i = 0; i < 20; i++)
		assert_int_equal(pthread_create(&brief[i], NULL, leave_at_once, NULL), 0);
	for (int i = 0; i < 20; i++)
		pthread_join(brief[i], NULL);
	AWAIT(live, count_thread_births(live, &noise) == 21);
	AWAIT(live, ptree_node_thread_count(latest(live, getpid())) == 1);
	open_gate(live);
	pthread_join(worker, NULL);
	AWAIT(live, !ptree_node_thread_count(latest(live, getpid())));
	assert_int_equal(count_thread_births(live, &noise), 21);
	assert_int_equal(noise, 0);
}

static size_t count_own_names(struct live *live, const char *name, size_t *others)
{
	uint64_t self = ptree_node_id(latest(live, getpid()));
	struct ptree_feed_reader reader;
	struct ptree_fact fact;
	size_t count = 0;

	*others = 0;
	ptree_tree_feed_begin(live->tree, &reader);
	while (ptree_tree_feed_read(live->tree, &reader, &fact) == 1) {
		if (fact.kind == PTREE_FACT_NAME && fact.is_news && fact.id == self)
			*(strcmp(fact.u.name.comm, name) ? others : &count) += 1;
	}
	return count;
}

static void a_programs_own_name_is_seen_and_the_heartbeat_is_not(void **state)
{
	struct live *live = need_events(state);
	char before[16];
	size_t others;

	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, "a new name");
	AWAIT(live, !strcmp(ptree_node_comm(latest(live, getpid())), "a new name"));
	for (int i = 0; i < 3; i++)
		own_beat(&live->monitor->own);
	AWAIT(live, !live->monitor->own.beats);
	assert_int_equal(count_own_names(live, "a new name", &others), 1);
	assert_int_equal(others, 0);
	prctl(PR_SET_NAME, before);
	AWAIT(live, count_own_names(live, before, &others) == 1);
}

static void a_scan_sees_a_programs_own_threads_and_not_the_librarys(void **state)
{
	const struct ptree_monitor_options options = { .poll_only = true,
						       .tree = { .feed_bytes = 16 << 20 } };
	struct live *live = need_events(state);
	pthread_t worker;
	size_t noise;

	ptree_monitor_free(live->monitor);
	assert_int_equal(ptree_monitor_new(&live->monitor, &options), 0);
	live->tree = ptree_monitor_tree(live->monitor);
	live->position = (struct ptree_feed_reader){ 0 };
	assert_int_equal(pthread_create(&worker, NULL, hold_with_a_name, live), 0);
	AWAIT(live, latest(live, getpid()) && ptree_node_thread_count(latest(live, getpid())) == 1);
	assert_int_equal(count_thread_births(live, &noise), 1);
	open_gate(live);
	pthread_join(worker, NULL);
	AWAIT(live, !ptree_node_thread_count(latest(live, getpid())));
	assert_int_equal(count_thread_births(live, &noise), 1);
	assert_int_equal(noise, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_way_to_be_born_makes_a_child),
		TEST(clone_parent_makes_a_sibling),
		TEST(threads_belong_to_their_process_and_so_do_the_children_they_fork),
		TEST(an_exec_from_a_thread_is_the_same_process_and_ends_once),
		TEST(a_process_outlives_its_leader_and_ends_with_its_last_thread),
		TEST(a_failure_behind_joined_threads_is_never_shown_as_success),
		TEST(a_status_that_may_be_wrong_is_said_to_be_inferred),
		TEST(a_daemon_goes_to_the_nearest_subreaper_and_keeps_its_origin),
		TEST(a_subreaper_adopts_what_its_children_leave),
		TEST(two_thousand_children_get_the_kernels_new_parent),
		TEST(an_exec_is_a_new_image_with_its_name_and_command_line),
		TEST(a_command_line_is_read_byte_for_byte),
		TEST(a_rewritten_command_line_is_seen_when_it_is_read_again),
		TEST(changed_user_and_group_ids_are_followed),
		TEST(a_new_session_is_followed),
		TEST(a_new_name_is_followed_byte_for_byte),
		TEST(a_tracer_comes_and_goes),
		TEST(the_wait_status_is_what_its_parent_is_told),
		TEST(a_core_dump_is_told_and_the_status_says_so),
		TEST(a_zombie_is_shown_until_its_parent_waits),
		TEST(a_reused_pid_is_another_process),
		TEST(no_process_has_the_arguments_of_the_next_one_with_its_pid),
		TEST(a_storm_of_forks_is_told_completely_and_in_order),
		TEST(a_storm_of_execs_is_told_completely),
		TEST(a_storm_beside_scans_is_told_completely_and_leaves_no_ghost),
		TEST(monitors_that_start_in_a_storm_have_no_ghosts),
		TEST(a_subscription_of_another_is_followed),
		TEST(a_programs_own_threads_are_seen_and_the_librarys_are_not),
		TEST(a_programs_own_name_is_seen_and_the_heartbeat_is_not),
		TEST(a_scan_sees_a_programs_own_threads_and_not_the_librarys),
		TEST(a_name_can_be_watched_before_anybody_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
