/* SPDX-License-Identifier: MIT */
/*
 * Older kernels than this one, which a filter of system calls makes of it: what they lack is
 * refused with the error that they give. Each test runs in a child, which cannot undo that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <proctree.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIPPED 77
#define PATIENCE_NS (20 * UINT64_C(1000000000))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* A request to the connector with a mask of kinds, which is what kernels before 6.6 pass over. */
#define REQUEST_WITH_KINDS 44

/* In a child: the result is its exit code. */
static void check_in_child(int (*check)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status == SKIPPED << 8)
		skip();
	assert_int_equal(status, 0);
}

/* From now on this system call fails with the error, or seems to succeed with 0. argument: -1, or
   one that must have that value. */
static bool refuse(int call, int argument, uint32_t value, int error)
{
	const uint32_t offset = argument < 0
				    ? offsetof(struct seccomp_data, nr)
				    : (uint32_t)offsetof(struct seccomp_data, args[argument]);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument < 0 ? (uint32_t)call : value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = COUNT(filter), .filter = filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool has_events(void)
{
	struct ptree_connector *connector;
	int err = ptree_connector_open(&connector, NULL);

	if (!err)
		ptree_connector_close(connector);
	return !err;
}

static struct ptree_monitor_status status_of(const struct ptree_monitor *monitor)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(monitor, &status);
	return status;
}

static void dispatch(struct ptree_monitor *monitor)
{
	struct pollfd fd = { .fd = ptree_monitor_fd(monitor), .events = POLLIN };

	poll(&fd, 1, 20);
	ptree_monitor_dispatch(monitor, 0);
}

/* A child with these arguments that waits to be killed. */
static pid_t spawn(char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static bool is_told(struct ptree_monitor *monitor, pid_t pid, const char *argv, size_t size)
{
	const struct ptree_node *node = ptree_tree_find(ptree_monitor_tree(monitor), pid);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

	return image && image->argv_size == size && !memcmp(image->argv, argv, size);
}

/* It finds a process that comes, with its command line, by events or without. */
static bool sees_what_comes(struct ptree_monitor *monitor)
{
	static const char expected[] = "sleep\0"
				       "600";
	uint64_t end_ns = ptree_boot_now_ns() + PATIENCE_NS;
	char *const argv[] = { (char[]){ "sleep" }, (char[]){ "600" }, NULL };
	pid_t pid = spawn(argv);
	bool is_seen = false;

	while (!is_seen && ptree_boot_now_ns() < end_ns) {
		dispatch(monitor);
		is_seen = is_told(monitor, pid, expected, sizeof(expected));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return is_seen;
}

static struct ptree_monitor *open_monitor(void)
{
	struct ptree_monitor *monitor;

	if (ptree_monitor_new(&monitor, NULL) || ptree_monitor_wait_ready(monitor, false, 20000))
		_exit(1);
	return monitor;
}

/* ---- before 6.6 ---- */

static int poll_without_a_subscription(void)
{
	struct ptree_monitor *monitor;
	struct ptree_monitor_status status;

	/* bind(2) to the group says so, to those without CAP_NET_ADMIN. */
	if (!has_events() || !refuse(SYS_bind, -1, 0, EPERM))
		return SKIPPED;
	monitor = open_monitor();
	status = status_of(monitor);
	if (status.state != PTREE_MONITOR_POLLING || status.reason != -EPERM)
		return 2;
	if (!strstr(ptree_monitor_reason_text(status.reason), "CAP_NET_ADMIN"))
		return 3;
	if (!sees_what_comes(monitor))
		return 4;
	ptree_monitor_free(monitor);
	return 0;
}

static void without_a_subscription_for_everybody_it_polls_and_says_why(void **state)
{
	(void)state;
	check_in_child(poll_without_a_subscription);
}

/* Every kind but execs is there to be filtered out: forks, exits and others. */
static bool is_exec_only(struct ptree_connector *connector)
{
	char *const argv[] = { (char[]){ "true" }, NULL };
	uint64_t end_ns = ptree_boot_now_ns() + PATIENCE_NS;
	struct ptree_event events[64];
	pid_t pid = spawn(argv);
	bool is_heard = false;

	waitpid(pid, NULL, 0);
	while (!is_heard && ptree_boot_now_ns() < end_ns) {
		int count = ptree_connector_receive(connector, events, COUNT(events), 100);

		for (int i = 0; i < count; i++) {
			if (events[i].kind != PTREE_EVENT_EXEC)
				return false;
			is_heard = is_heard || events[i].pid == pid;
		}
	}
	return is_heard;
}

static int filter_by_itself(void)
{
	const struct ptree_connector_options options = { .kinds = 1u << PTREE_EVENT_EXEC };
	struct ptree_connector *connector;
	struct ptree_monitor *monitor;

	if (!has_events() || !refuse(SYS_sendto, 2, REQUEST_WITH_KINDS, 0))
		return SKIPPED;
	if (ptree_connector_open(&connector, &options))
		return 2;
	if (!is_exec_only(connector))
		return 3;
	ptree_connector_close(connector);
	monitor = open_monitor();
	if (status_of(monitor).state != PTREE_MONITOR_LIVE || !sees_what_comes(monitor))
		return 4;
	ptree_monitor_free(monitor);
	return 0;
}

static void where_the_kernel_filters_nothing_the_library_does(void **state)
{
	(void)state;
	check_in_child(filter_by_itself);
}

/* ---- before 6.12, and where real time is not allowed either ---- */

static int live_without_a_slice(void)
{
	struct ptree_monitor *monitor;

	if (!has_events() || !refuse(SYS_sched_setattr, -1, 0, EINVAL) ||
	    !refuse(SYS_sched_setscheduler, -1, 0, EPERM))
		return SKIPPED;
	monitor = open_monitor();
	if (status_of(monitor).state != PTREE_MONITOR_LIVE || !sees_what_comes(monitor))
		return 2;
	if (status_of(monitor).is_realtime) /* which is what tells that some come too late */
		return 3;
	ptree_monitor_free(monitor);
	return 0;
}

static void without_priority_and_slice_command_lines_are_read_all_the_same(void **state)
{
	(void)state;
	check_in_child(live_without_a_slice);
}

/* ---- without CONFIG_TASKSTATS ---- */

static int live_without_accounting(void)
{
	struct ptree_monitor *monitor;

	if (!has_events() || !refuse(SYS_socket, 2, NETLINK_GENERIC, EPROTONOSUPPORT))
		return SKIPPED;
	monitor = open_monitor();
	if (status_of(monitor).state != PTREE_MONITOR_LIVE || !sees_what_comes(monitor))
		return 2;
	if (status_of(monitor).accounting_error != -EPROTONOSUPPORT)
		return 3;
	ptree_monitor_free(monitor);
	return 0;
}

static void without_accounting_it_lives_and_says_so(void **state)
{
	(void)state;
	check_in_child(live_without_accounting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_subscription_for_everybody_it_polls_and_says_why),
		cmocka_unit_test(where_the_kernel_filters_nothing_the_library_does),
		cmocka_unit_test(without_priority_and_slice_command_lines_are_read_all_the_same),
		cmocka_unit_test(without_accounting_it_lives_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
