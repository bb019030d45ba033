/* SPDX-License-Identifier: MIT */
/*
 * Signals and settings on real processes: who is hit, who never is, and what is said of it. All of
 * them are children of the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "live-monitor.h"
#include "sanitized.h"

#include "act/delivery.h"
#include "act/setting.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define SKIPPED 77
#define TRIES (IS_SANITIZED ? 1000 : 10000)
#define TRIES_NS (60 * NS_PER_S)

/* ---- sending ---- */

static void start_delivery(struct live *live, struct delivery *delivery, enum delivery_reach reach,
			   pid_t pid)
{
	AWAIT(live, is_live(live, pid));
	assert_int_equal(delivery_init(delivery, reach, false), 0);
	assert_int_equal(delivery_name(delivery, latest(live, pid)), 0);
}

static void step(struct live *live, struct delivery *delivery)
{
	live_pump(live, 1);
	assert_int_equal(delivery_step(delivery, live->tree, live_now_ns()), 0);
}

/* Until nobody is waited for any more. */
static void run(struct live *live, struct delivery *delivery)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;
	struct delivery_tally tally;

	do {
		step(live, delivery);
		tally = delivery_tally(delivery);
	} while ((delivery->phase != DELIVERY_WATCHING || tally.waiting) && live_now_ns() < end_ns);
	assert_int_equal(delivery->phase, DELIVERY_WATCHING);
	assert_int_equal(tally.waiting, 0);
}

static void send(struct live *live, struct delivery *delivery, int number, bool freezes)
{
	delivery_begin(delivery, number, freezes, live_now_ns());
	run(live, delivery);
}

static const struct member *member_of(const struct delivery *delivery, pid_t pid)
{
	for (size_t i = 0; i < delivery->count; i++) {
		if (delivery->members[i].target.pid == pid)
			return &delivery->members[i];
	}
	fail_msg("%d is no member", pid);
	return NULL;
}

static void expect_words(const struct delivery *delivery, pid_t pid, const char *words)
{
	char text[128];
	int role;

	member_describe(delivery, member_of(delivery, pid), text, sizeof(text), &role);
	if (!strstr(text, words))
		fail_msg("%d: '%s' lacks '%s'", pid, text, words);
}

static int hold_only(struct live *live)
{
	return hold(live);
}

static void one_process_is_ended_and_it_is_said_after_what_time(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t pid = start(live, hold_only);

	start_delivery(live, &delivery, DELIVERY_EACH, pid);
	send(live, &delivery, SIGTERM, false);
	expect_words(&delivery, pid, "ended after ");
	assert_int_equal(wait_for(pid), SIGTERM);
	assert_true(member_of(&delivery, pid)->took_ns < NS_PER_S);
	delivery_clear(&delivery);
}

static int ignore_term(struct live *live)
{
	signal(SIGTERM, SIG_IGN);
	live->oracle->step = 1;
	return hold(live);
}

static void who_ignores_term_is_said_to_stay_and_can_be_killed(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t pid = start(live, ignore_term);

	AWAIT(live, live->oracle->step == 1);
	start_delivery(live, &delivery, DELIVERY_EACH, pid);
	send(live, &delivery, SIGTERM, false);
	expect_words(&delivery, pid, "did not end in 5 s");
	assert_int_equal(delivery_tally(&delivery).stay, 1);
	delivery_begin_again(&delivery, SIGKILL, live_now_ns());
	run(live, &delivery);
	assert_int_equal(wait_for(pid), SIGKILL);
	expect_words(&delivery, pid, "ended after ");
	delivery_clear(&delivery);
}

static void a_stopped_one_and_a_zombie_are_said_to_be_so(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t stopped = start(live, hold_only), zombie = start(live, hold_only);
	int status;

	AWAIT(live, is_live(live, stopped) && is_live(live, zombie));
	kill(stopped, SIGSTOP);
	waitpid(stopped, &status, WUNTRACED);
	start_delivery(live, &delivery, DELIVERY_EACH, stopped);
	assert_int_equal(delivery_name(&delivery, latest(live, zombie)), 0);
	step(live, &delivery);
	expect_words(&delivery, stopped, "stopped");
	kill(zombie, SIGKILL); /* while the dialog is open */
	AWAIT(live, has_ended(live, zombie));
	send(live, &delivery, SIGTERM, false);
	expect_words(&delivery, stopped, "did not end in 5 s: it is stopped");
	assert_int_equal(member_of(&delivery, zombie)->outcome, MEMBER_GONE);
	delivery_clear(&delivery);
	start_delivery(live, &delivery, DELIVERY_EACH, stopped);
	send(live, &delivery, SIGCONT, false);
	assert_int_equal(wait_for(stopped), SIGTERM);
	delivery_clear(&delivery);
	AWAIT(live, ptree_node_is_zombie(latest(live, zombie)));
	assert_int_equal(delivery_init(&delivery, DELIVERY_EACH, false), 0);
	assert_int_equal(delivery_name(&delivery, latest(live, zombie)), 0);
	expect_words(&delivery, zombie, "a zombie");
	wait_for(zombie);
	delivery_clear(&delivery);
}

/* ---- subtrees ---- */

/* A child of nobody's and one of root's below it. */
static int fork_across_users(struct live *live)
{
	pid_t middle = fork();

	if (middle == 0) {
		live->oracle->pid[1] = fork_holder(live);
		if (setresuid(1, 1, 1))
			_exit(1);
		live->oracle->step = 1;
		_exit(hold(live));
	}
	live->oracle->pid[0] = middle;
	return hold(live);
}

static void expect_refusal_in_the_midst(struct live *live, bool freezes)
{
	struct delivery delivery;
	pid_t top, leaf;
	char text[128];
	int role;

	live->oracle->step = 0;
	top = start(live, fork_across_users);
	AWAIT(live, live->oracle->step == 1 && is_live(live, live->oracle->pid[1]));
	leaf = live->oracle->pid[1];
	assert_int_equal(setresuid(1, 1, 0), 0); /* CAP_KILL goes with it */
	start_delivery(live, &delivery, DELIVERY_SUBTREE, top);
	step(live, &delivery);
	member_describe(&delivery, member_of(&delivery, leaf), text, sizeof(text), &role);
	assert_non_null(strstr(text, "not permitted")); /* before one tries */
	send(live, &delivery, SIGTERM, freezes);
	assert_true(live_now_ns() < delivery.since_ns + 5 * NS_PER_S);
	expect_words(&delivery, top, "not permitted");
	expect_words(&delivery, leaf, "not permitted");
	expect_words(&delivery, live->oracle->pid[0], "ended after");
	delivery_clear(&delivery);
	assert_int_equal(setresuid(0, 0, 0), 0);
	kill(leaf, SIGKILL);
	kill(top, SIGKILL);
	wait_for(top);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void in_the_midst_of_a_subtree_who_may_not_be_signalled_is_said(void **state)
{
	if (geteuid() != 0)
		skip();
	expect_refusal_in_the_midst(*state, false);
	expect_refusal_in_the_midst(*state, true);
}

/* Each forks another one every millisecond or so, whose parent is soon over. */
static int fork_on(struct live *live)
{
	for (int i = 0; i < 400; i++) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0); /* the child goes on, under another parent */
		usleep(2000);
	}
	return hold(live);
}

static int fork_chains(struct live *live)
{
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			wait_for_go(live);
			_exit(fork_on(live));
		}
	}
	return hold(live);
}

static size_t count_held(struct live *live)
{
	struct ptree_nodes nodes = { 0 };
	size_t count = 0;

	ptree_tree_descendants(live->tree, getpid(), &nodes);
	for (size_t i = 0; i < nodes.count; i++)
		count += !ptree_node_has_ended(nodes.node[i]);
	ptree_nodes_clear(&nodes);
	return count;
}

static void children_that_are_born_meanwhile_are_caught(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t top;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	for (int freezes = 0; freezes < 2; freezes++) {
		top = start(live, fork_chains);
		start_delivery(live, &delivery, DELIVERY_SUBTREE, top);
		AWAIT(live, ptree_node_child_count(latest(live, top)) == 4);
		step(live, &delivery);
		for (int i = 0; i < 4; i++)
			say_go(live);
		for (int i = 0; i < 20; i++)
			step(live, &delivery);
		send(live, &delivery, SIGTERM, freezes);
		wait_for(top);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		AWAIT(live, count_held(live) == 0);
		delivery_clear(&delivery);
	}
}

static void few_descriptors_are_no_reason_to_leave_anybody_out(void **state)
{
	struct rlimit before, few;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 100;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	children_that_are_born_meanwhile_are_caught(state);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* ---- process groups ---- */

static int lead_a_group(struct live *live)
{
	setpgid(0, 0);
	for (int i = 0; i < 3; i++)
		live->oracle->pid[i] = fork_holder(live);
	live->oracle->step = 1;
	return hold(live);
}

static void a_process_group_gets_it_at_once(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t top = start(live, lead_a_group);

	AWAIT(live, live->oracle->step == 1 && is_live(live, live->oracle->pid[2]));
	start_delivery(live, &delivery, DELIVERY_GROUP, live->oracle->pid[1]);
	step(live, &delivery);
	assert_int_equal(delivery_tally(&delivery).members, 4);
	send(live, &delivery, SIGTERM, false);
	assert_int_equal(wait_for(top), SIGTERM);
	assert_int_equal(delivery_tally(&delivery).ended, 4);
	assert_true(delivery.went_at_once || delivery.went_to_each);
	delivery_clear(&delivery);
}

static int leave_a_group(struct live *live)
{
	if (fork() == 0)
		_exit(lead_a_group(live));
	return hold(live);
}

static void without_its_leader_each_of_a_group_gets_it(void **state)
{
	struct live *live = *state;
	struct delivery delivery;
	pid_t top = start(live, leave_a_group), leader;

	AWAIT(live, live->oracle->step == 1 && is_live(live, live->oracle->pid[2]));
	leader = getpgid(live->oracle->pid[0]);
	kill(top, SIGKILL);
	kill(leader, SIGKILL);
	wait_for(top);
	wait_for(leader); /* the test is a subreaper */
	AWAIT(live, has_ended(live, leader));
	start_delivery(live, &delivery, DELIVERY_GROUP, live->oracle->pid[1]);
	step(live, &delivery);
	send(live, &delivery, SIGTERM, false);
	assert_int_equal(delivery_tally(&delivery).ended, 3);
	assert_false(delivery.went_at_once);
	assert_true(delivery.went_to_each);
	delivery_clear(&delivery);
}

static void before_linux_6_9_each_of_a_group_gets_it(void **state)
{
	/* pidfd_send_signal() with any flag. */
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = COUNT(filter), .filter = filter };
	struct live *live = *state;
	struct delivery delivery;
	pid_t top = start(live, lead_a_group);

	AWAIT(live, live->oracle->step == 1 && is_live(live, live->oracle->pid[2]));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		skip();
	start_delivery(live, &delivery, DELIVERY_GROUP, top);
	step(live, &delivery);
	send(live, &delivery, SIGTERM, false);
	assert_int_equal(wait_for(top), SIGTERM);
	assert_int_equal(delivery_tally(&delivery).ended, 4);
	assert_false(delivery.went_at_once);
	assert_true(delivery.went_to_each);
	delivery_clear(&delivery);
}

/* ---- a fork bomb ---- */

static const char *const bomb_cgroups[] = { "/sys/fs/cgroup/proctop-live-act",
					    "/sys/fs/cgroup/unified/proctop-live-act" };
static const char *const pids_cgroups[] = { "/sys/fs/cgroup/proctop-live-act",
					    "/sys/fs/cgroup/pids/proctop-live-act" };

static bool write_to(const char *dir, const char *name, const char *text)
{
	char path[256];
	int fd;
	bool is_written;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	is_written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return is_written;
}

/* One that limits how many there are; NULL: none can be made here. */
static const char *make_limited_cgroup(void)
{
	for (size_t i = 0; i < COUNT(pids_cgroups); i++) {
		if (!mkdir(pids_cgroups[i], 0755) || errno == EEXIST) {
			if (write_to(pids_cgroups[i], "pids.max", "60"))
				return pids_cgroups[i];
			rmdir(pids_cgroups[i]);
		}
	}
	return NULL;
}

static const char *make_cgroup(void)
{
	for (size_t i = 0; i < COUNT(bomb_cgroups); i++) {
		char path[128];

		if (mkdir(bomb_cgroups[i], 0755) && errno != EEXIST)
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.freeze", bomb_cgroups[i]);
		if (!access(path, W_OK))
			return bomb_cgroups[i];
		rmdir(bomb_cgroups[i]);
	}
	return NULL;
}

/* Whoever is in it forks on and on, and now and then one goes. */
static void explode(void)
{
	for (unsigned i = 0;; i++) {
		fork();
		if (i % 64 == 63)
			usleep(1000);
		if (getpid() % 7 == 0 && i % 16 == 15)
			_exit(0);
	}
}

static int explode_limited(struct live *live)
{
	wait_for_go(live);
	signal(SIGCHLD, SIG_IGN);
	alarm(60); /* whatever comes of the test */
	explode();
	return 0;
}

static void end_bomb(struct live *live, const char *limited, const char *frozen)
{
	struct delivery delivery;
	pid_t top = start(live, explode_limited);
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", top);
	assert_true(write_to(limited, "cgroup.procs", pid));
	if (frozen)
		assert_true(write_to(frozen, "cgroup.procs", pid));
	AWAIT(live, is_live(live, top));
	start_delivery(live, &delivery, DELIVERY_SUBTREE, top);
	say_go(live);
	AWAIT(live, count_held(live) > 20);
	for (int i = 0; i < 20; i++)
		step(live, &delivery);
	send(live, &delivery, SIGKILL, true);
	print_message("# a fork bomb, %zu met, %s: over after %.0f ms\n", delivery.count,
		      delivery.froze_cgroup ? "its cgroup frozen" : "each stopped",
		      (double)(live_now_ns() - delivery.since_ns) / NS_PER_MS);
	assert_int_equal(delivery.froze_cgroup, frozen != NULL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	AWAIT(live, count_held(live) == 0);
	delivery_clear(&delivery);
}

static void a_fork_bomb_is_ended(void **state)
{
	struct live *live = *state;
	const char *limited = make_limited_cgroup(), *frozen = make_cgroup();

	if (!limited || live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	end_bomb(live, limited, NULL);
	if (frozen)
		end_bomb(live, limited, frozen);
	rmdir(limited);
	if (frozen)
		rmdir(frozen);
}

/* ---- a pid that is used again ---- */

static pid_t fork_as(int last_pid_fd, pid_t pid)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%d", pid - 1);
	pid_t child;

	if (pwrite(last_pid_fd, text, (size_t)size, 0) != size)
		return -1;
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	return child;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int apply(struct ptree_tree *tree, enum ptree_event_kind kind, pid_t pid)
{
	const struct ptree_event event = { .kind = kind,
					   .pid = pid,
					   .tgid = pid,
					   .parent_pid = 1,
					   .parent_tgid = 1,
					   .time_ns =
					       ptree_boot_now_ns() - ptree_boot_offset_ns() };

	return ptree_tree_apply(tree, &event);
}

struct reuse {
	struct ptree_procfs *procfs;
	struct ptree_tree *tree;
	int last_pid_fd;
	unsigned tries, hits, reused, opened_of_other;
};

/*
 * The victim is in the tree; another process gets its pid before it is opened, or after; the tree
 * hears of that, or does not. Whoever is there then lives on.
 */
static bool try_once(struct reuse *reuse, pid_t pid, unsigned how)
{
	struct target target;
	pid_t victim = fork_as(reuse->last_pid_fd, pid), other;
	int err;

	if (victim != pid || apply(reuse->tree, PTREE_EVENT_FORK, pid))
		return false;
	if (how & 1)
		target_open(&target, reuse->procfs, ptree_tree_find(reuse->tree, pid));
	if (how & 8)
		poll(NULL, 0, 150); /* old enough for the comparison to decide */
	end_child(victim);
	other = fork_as(reuse->last_pid_fd, pid);
	if (!(how & 1)) {
		err = target_open(&target, reuse->procfs, ptree_tree_find(reuse->tree, pid));
		reuse->opened_of_other += !err;
	}
	if (how & 2)
		apply(reuse->tree, PTREE_EVENT_EXIT, pid);
	if (how & 4)
		apply(reuse->tree, PTREE_EVENT_FORK, pid);
	target_confirm(&target, reuse->tree, ptree_boot_now_ns());
	target_signal(&target, SIGKILL);
	reuse->tries++;
	reuse->reused += other == pid;
	if (!target_has_ended(&target) || how & 1)
		reuse->hits += waitpid(other, NULL, WNOHANG) != 0;
	else
		reuse->hits++;
	target_close(&target);
	end_child(other);
	apply(reuse->tree, PTREE_EVENT_EXIT, pid);
	return true;
}

static int try_many(void)
{
	struct reuse reuse = { 0 };
	uint64_t end_ns = ptree_boot_now_ns() + TRIES_NS;

	if (mount("proc", "/proc", "proc", 0, NULL))
		return SKIPPED;
	reuse.last_pid_fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	if (reuse.last_pid_fd < 0 || ptree_procfs_open(&reuse.procfs, NULL) ||
	    ptree_tree_new(&reuse.tree, NULL))
		return SKIPPED;
	ptree_tree_set_clock_offset(reuse.tree, ptree_boot_offset_ns());
	while (reuse.tries < TRIES && ptree_boot_now_ns() < end_ns) {
		unsigned how = reuse.tries % 8 + (reuse.tries < 8 ? 8 : 0);

		if (!try_once(&reuse, 300 + (pid_t)(reuse.tries % 100), how))
			return 1;
	}
	fprintf(stderr,
		"# %u tries, the pid was another's in %u, whose pidfd was open in %u: %u hit\n",
		reuse.tries, reuse.reused, reuse.opened_of_other, reuse.hits);
	ptree_tree_free(reuse.tree);
	ptree_procfs_close(reuse.procfs);
	return reuse.hits || reuse.tries < TRIES || reuse.reused < reuse.tries / 2 ||
	       !reuse.opened_of_other;
}

/* In a pid namespace, whose pids are nobody else's business. */
static void a_pid_that_is_used_again_is_never_hit(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(SKIPPED);
		pid = fork();
		if (pid == 0)
			_exit(try_many());
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status == SKIPPED << 8)
		skip();
	assert_int_equal(status, 0);
}

/* ---- settings ---- */

static int apply_setting(struct live *live, pid_t pid, enum setting_kind kind, const char *text,
			 char words[SETTING_WORDS_SIZE])
{
	struct ptree_procfs *procfs;
	struct setting setting;
	struct target target;
	char error[128];
	int err;

	assert_int_equal(setting_parse(kind, text, &setting, error, sizeof(error)), 0);
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	AWAIT(live, is_live(live, pid));
	assert_int_equal(target_open(&target, procfs, latest(live, pid)), 0);
	AWAIT(live, target_confirm(&target, live->tree, live_now_ns()) != -EAGAIN);
	err = setting_apply(&setting, &target, procfs, words);
	target_close(&target);
	ptree_procfs_close(procfs);
	return err;
}

static void *wait_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static int start_threads(struct live *live)
{
	pthread_t thread;

	for (int i = 0; i < 5; i++)
		pthread_create(&thread, NULL, wait_for_ever, NULL);
	live->oracle->step = 1;
	return hold(live);
}

/* One that is another user's. */
static pid_t start_as(struct live *live, uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit none = { 0, 0 };

		close(live->gate[1]);
		setrlimit(RLIMIT_NICE, &none);
		setrlimit(RLIMIT_RTPRIO, &none);
		if (setresuid(uid, uid, uid))
			_exit(1);
		live->oracle->step = 2;
		_exit(hold(live));
	}
	AWAIT(live, live->oracle->step == 2 && is_live(live, pid));
	return pid;
}

static void settings_are_made_for_all_threads_and_refused_with_a_reason(void **state)
{
	struct live *live = *state;
	struct ptree_procfs *procfs;
	char words[SETTING_WORDS_SIZE];
	pid_t pid = start(live, start_threads), own, *tids;
	ssize_t count;

	AWAIT(live, live->oracle->step == 1);
	assert_int_equal(apply_setting(live, pid, SETTING_NICE, "+3", words), 0);
	assert_string_equal(words, "now 3");
	assert_int_equal(apply_setting(live, pid, SETTING_NICE, "7", words), 0);
	assert_string_equal(words, "now 7");
	assert_int_equal(apply_setting(live, pid, SETTING_IO_PRIORITY, "be:6", words), 0);
	assert_string_equal(words, "now best-effort:6");
	assert_int_equal(apply_setting(live, pid, SETTING_CPUS_ALLOWED, "0", words), 0);
	assert_string_equal(words, "now 0");
	assert_int_equal(apply_setting(live, pid, SETTING_CPUS_ALLOWED, "8000", words), -EINVAL);
	assert_non_null(strstr(words, "none of these CPUs"));
	assert_int_equal(apply_setting(live, pid, SETTING_POLICY, "batch", words), 0);
	assert_string_equal(words, "now batch");
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	count = ptree_procfs_tasks(procfs, pid, &tids);
	assert_int_equal(count, 6);
	for (ssize_t i = 0; i < count; i++) {
		assert_int_equal(getpriority(PRIO_PROCESS, (id_t)tids[i]), 7);
		assert_int_equal(sched_getscheduler(tids[i]), SCHED_BATCH);
	}
	free(tids);
	ptree_procfs_close(procfs);
	if (geteuid() == 0) {
		assert_int_equal(setresuid(1, 1, 0), 0);
		assert_int_equal(apply_setting(live, pid, SETTING_NICE, "9", words), -EPERM);
		assert_non_null(strstr(words, "another user's"));
		assert_int_equal(setresuid(0, 0, 0), 0);
		own = start_as(live, 1);
		assert_int_equal(setresuid(1, 1, 0), 0);
		assert_int_equal(apply_setting(live, own, SETTING_NICE, "-1", words), -EACCES);
		assert_non_null(strstr(words, "CAP_SYS_NICE"));
		assert_int_equal(apply_setting(live, own, SETTING_POLICY, "fifo:1", words), -EPERM);
		assert_non_null(strstr(words, "RLIMIT_RTPRIO is 0"));
		kill(own, SIGKILL);
		wait_for(own);
		assert_int_equal(setresuid(0, 0, 0), 0);
	}
	kill(pid, SIGKILL);
	wait_for(pid);
	AWAIT(live, has_ended(live, pid));
}

#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, live_setup, live_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(one_process_is_ended_and_it_is_said_after_what_time),
		LIVE_TEST(who_ignores_term_is_said_to_stay_and_can_be_killed),
		LIVE_TEST(a_stopped_one_and_a_zombie_are_said_to_be_so),
		LIVE_TEST(in_the_midst_of_a_subtree_who_may_not_be_signalled_is_said),
		LIVE_TEST(children_that_are_born_meanwhile_are_caught),
		LIVE_TEST(few_descriptors_are_no_reason_to_leave_anybody_out),
		LIVE_TEST(a_process_group_gets_it_at_once),
		LIVE_TEST(without_its_leader_each_of_a_group_gets_it),
		LIVE_TEST(a_fork_bomb_is_ended),
		cmocka_unit_test(a_pid_that_is_used_again_is_never_hit),
		LIVE_TEST(settings_are_made_for_all_threads_and_refused_with_a_reason),
		LIVE_TEST(before_linux_6_9_each_of_a_group_gets_it), /* last: it stays so */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
