/* SPDX-License-Identifier: MIT */
/* The thread that dispatches, at a real-time priority: for how much, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <proctree.h>

#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define REALTIME (SCHED_FIFO | SCHED_RESET_ON_FORK)

static struct ptree_monitor *new_monitor(void)
{
	const struct ptree_monitor_options options = { .poll_only = true,
						       .realtime_dispatch = true };
	struct ptree_monitor *monitor;

	assert_int_equal(ptree_monitor_new(&monitor, &options), 0);
	return monitor;
}

static void dispatch(struct ptree_monitor *monitor)
{
	assert_true(ptree_monitor_dispatch(monitor, NS_PER_MS) >= 0);
}

static int setup(void **state)
{
	struct ptree_monitor *monitor = new_monitor();

	dispatch(monitor);
	*state = monitor;
	return 0;
}

static int teardown(void **state)
{
	ptree_monitor_free(*state);
	return 0;
}

static void need_right(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(sched_setscheduler(0, SCHED_FIFO, &lowest) ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status) {
		print_message("# no right to real-time priorities\n");
		skip();
	}
}

static void it_is_the_lowest_until_the_monitor_is_no_more(void **state)
{
	struct ptree_monitor *monitor;
	struct sched_param param;

	(void)state;
	need_right();
	monitor = new_monitor();
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
	dispatch(monitor);
	assert_int_equal(sched_getscheduler(0), REALTIME);
	assert_int_equal(sched_getparam(0, &param), 0);
	assert_int_equal(param.sched_priority, 1);
	ptree_monitor_free(monitor);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

static void what_it_starts_is_ordinary(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	need_right();
	pid = fork();
	if (pid == 0)
		_exit(sched_getscheduler(0));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), SCHED_OTHER);
}

static void burn(uint64_t ns)
{
	uint64_t end_ns = ptree_boot_now_ns() + ns;

	while (ptree_boot_now_ns() < end_ns)
		;
}

/* Half a core, in a tenth of a second. */
static void who_takes_more_is_ordinary_for_a_while(void **state)
{
	bool was_ordinary = false;

	need_right();
	for (int i = 0; i < 200 && !was_ordinary; i++) {
		burn(5 * NS_PER_MS);
		dispatch(*state);
		was_ordinary = sched_getscheduler(0) == (SCHED_OTHER | SCHED_RESET_ON_FORK);
	}
	assert_true(was_ordinary);
	usleep(150000);
	dispatch(*state);
	assert_int_equal(sched_getscheduler(0), REALTIME);
}

/* Also if it does not come here in between. */
static void who_took_more_than_a_window_is_ordinary_for_the_next(void **state)
{
	need_right();
	dispatch(*state);
	burn(300 * NS_PER_MS);
	dispatch(*state);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER | SCHED_RESET_ON_FORK);
	usleep(150000);
	dispatch(*state);
	assert_int_equal(sched_getscheduler(0), REALTIME);
}

/* Somebody wanted it so, the one or the other. */
static void one_that_was_made_nice_stays_so(void **state)
{
	static const int values[] = { 5, -5 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct ptree_monitor *monitor;

			setpriority(PRIO_PROCESS, 0, values[i]);
			monitor = new_monitor();
			dispatch(monitor);
			_exit(getpriority(PRIO_PROCESS, 0) == values[i] ? sched_getscheduler(0)
									: SCHED_OTHER);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), SCHED_OTHER);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_lowest_until_the_monitor_is_no_more),
		cmocka_unit_test(one_that_was_made_nice_stays_so),
		TEST(what_it_starts_is_ordinary),
		TEST(who_takes_more_is_ordinary_for_a_while),
		TEST(who_took_more_than_a_window_is_ordinary_for_the_next),
	};

	return cmocka_run_group_tests_name("live-realtime", tests, NULL, NULL);
}
