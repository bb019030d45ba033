/* SPDX-License-Identifier: MIT */
/*
 * Trees that learn what a monitor on the running kernel tells. After random real loads a second
 * tree that learned the feed, and a third one from a snapshot in the middle and the facts since,
 * equal the monitor's, as texts of all that there is. PROCTOP_LOADS: how many; 50.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "live-monitor.h"
#include "raw-thread.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define LOADS 50
#define LOADS_A_MONITOR 10
#define ACTIONS 12

/* ---- loads, in processes of their own ---- */

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void rest(uint32_t *seed)
{
	usleep(draw(seed, 4) * 300);
}

static int come_and_go(void *argument)
{
	(void)argument;
	prctl(PR_SET_NAME, "comes-and-goes");
	usleep(200);
	return 0;
}

static int exec_from_here(void *argument)
{
	(void)argument;
	execl("/bin/true", "true", "from-a-thread", (char *)NULL);
	return 1;
}

static int stay_a_moment(void *argument)
{
	(void)argument;
	usleep(1500);
	return 0;
}

static int join_threads(uint32_t *seed)
{
	static struct raw_thread threads[4];
	unsigned count = 1 + draw(seed, 4);

	for (unsigned i = 0; i < count; i++) {
		if (!raw_thread_start(&threads[i], come_and_go, NULL))
			return 1;
	}
	for (unsigned i = 0; i < count; i++)
		raw_thread_join(&threads[i]);
	return 44;
}

static int exec_from_thread(uint32_t *seed)
{
	static struct raw_thread thread;

	(void)seed;
	if (!raw_thread_start(&thread, exec_from_here, NULL))
		return 1;
	for (;;)
		pause();
}

static int leave_as_leader(uint32_t *seed)
{
	static struct raw_thread thread;

	if (!raw_thread_start(&thread, stay_a_moment, NULL))
		return 1;
	syscall(SYS_exit, (int)draw(seed, 3));
	return 1;
}

static int fork_twice(uint32_t *seed)
{
	if (draw(seed, 2))
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (fork() == 0) {
		if (fork() == 0) {
			rest(seed);
			usleep(3000);
			_exit(0);
		}
		_exit(3);
	}
	rest(seed);
	return 0;
}

static int change_who_it_is(uint32_t *seed)
{
	setsid();
	prctl(PR_SET_NAME, "renamed");
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 1;
	return (int)draw(seed, 2);
}

static int exec_shell(uint32_t *seed)
{
	if (draw(seed, 2))
		execl("/bin/sh", "sh", "-c", "true; /bin/true & wait; exit 5", (char *)NULL);
	execl("/bin/true", "true", "some", "arguments", (char *)NULL);
	return 127;
}

static int dump_core(uint32_t *seed)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGABRT, SIG_DFL);
	raise(draw(seed, 2) ? SIGSEGV : SIGABRT);
	return 1;
}

static int leave_a_zombie(uint32_t *seed)
{
	if (fork() == 0)
		_exit((int)draw(seed, 2));
	usleep(5000);
	return 0;
}

static int trace_a_child(uint32_t *seed)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(3000);
		_exit(0);
	}
	if (!ptrace(PTRACE_SEIZE, pid, NULL, NULL))
		rest(seed);
	return 0;
}

static void run_action(uint32_t *seed)
{
	static int (*const actions[])(uint32_t *) = {
		join_threads, exec_from_thread, leave_as_leader, fork_twice,	change_who_it_is,
		exec_shell,   dump_core,	leave_a_zombie,	 trace_a_child,
	};
	int (*action)(uint32_t *) = actions[draw(seed, sizeof(actions) / sizeof(actions[0]))];
	uint32_t own = *seed;

	if (fork() == 0)
		_exit(action(&own));
}

static int run_load(uint32_t seed)
{
	for (int i = 0; i < ACTIONS; i++) {
		run_action(&seed);
		rest(&seed);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

/* ---- learning beside it ---- */

struct learner {
	struct ptree_tree *tree;
	struct ptree_feed_reader reader;
};

static void learner_new(struct learner *learner, const struct live *live, bool from_snapshot)
{
	struct ptree_facts facts = { 0 };

	*learner = (struct learner){ 0 };
	assert_int_equal(ptree_tree_new(&learner->tree, NULL), 0);
	if (!from_snapshot)
		return;
	assert_int_equal(ptree_tree_snapshot(live->tree, &facts), 0);
	assert_int_equal(ptree_tree_learn_all(learner->tree, facts.bytes, facts.size), 0);
	ptree_facts_clear(&facts);
	ptree_tree_feed_end(live->tree, &learner->reader);
}

static void learner_go_on(struct learner *learner, const struct live *live)
{
	struct ptree_fact fact;
	int ret;

	while ((ret = ptree_tree_feed_read(live->tree, &learner->reader, &fact)) == 1)
		assert_int_equal(ptree_tree_learn(learner->tree, &fact), 0);
	assert_int_equal(ret, 0);
}

static void explain(const char *a, const char *b)
{
	while (*a && *a == *b) {
		size_t line = strcspn(a, "\n");

		if (strcspn(b, "\n") != line || memcmp(a, b, line) != 0)
			break;
		a += line + 1;
		b += line + 1;
	}
	fprintf(stderr, "# live:    %.*s\n# learned: %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
}

static void assert_same(const struct live *live, struct learner *learner)
{
	char *a, *b;

	learner_go_on(learner, live);
	assert_int_equal(tree_dump(live->tree, &a), 0);
	assert_int_equal(tree_dump(learner->tree, &b), 0);
	if (strcmp(a, b) != 0) {
		explain(a, b);
		fail();
	}
	free(a);
	free(b);
}

static bool is_over(pid_t *pid)
{
	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == *pid)
		*pid = 0;
	return *pid <= 0;
}

static void follow_load(struct live *live, uint32_t seed)
{
	struct learner second, third;
	pid_t pid = fork();

	if (pid == 0)
		_exit(run_load(seed));
	learner_new(&second, live, true);
	for (int i = 0; i < 5; i++)
		live_pump(live, 5);
	learner_new(&third, live, true);
	while (!is_over(&pid)) {
		live_pump(live, 5);
		learner_go_on(&second, live);
	}
	for (int i = 0; i < 3; i++)
		live_pump(live, 5);
	assert_same(live, &second);
	assert_same(live, &third);
	ptree_tree_free(second.tree);
	ptree_tree_free(third.tree);
}

static void follow_loads(size_t receive_buffer_size, unsigned count, uint32_t seed)
{
	const struct ptree_monitor_options options = {
		.receive_buffer_size = receive_buffer_size,
		.sample_ns = 50 * NS_PER_MS,
		.tree = { .feed_bytes = 64 << 20, .exited_max = 200 },
	};
	struct learner from_the_start;
	struct live *live;
	void *state = NULL;

	assert_int_equal(live_setup_with(&state, &options), 0);
	live = state;
	learner_new(&from_the_start, live, false);
	for (unsigned i = 0; i < count; i++)
		follow_load(live, seed + i);
	assert_same(live, &from_the_start);
	print_message(
	    "# %u loads: %" PRIu64 " facts, %" PRIu64 " events lost, %" PRIu64 " repairs\n", count,
	    from_the_start.reader.next, live_status(live).lost, live_status(live).resyncs);
	ptree_tree_free(from_the_start.tree);
	live_teardown(&state);
}

static void trees_that_learn_of_real_loads_equal_the_monitors(void **state)
{
	const char *wanted = getenv("PROCTOP_LOADS");
	unsigned loads = wanted ? (unsigned)strtoul(wanted, NULL, 10) : LOADS;

	(void)state;
	for (unsigned i = 0; i < loads; i += LOADS_A_MONITOR) {
		/* Every other one loses events. */
		size_t buffer = i / LOADS_A_MONITOR % 2 ? 4096 : 0;
		unsigned count = loads - i < LOADS_A_MONITOR ? loads - i : LOADS_A_MONITOR;

		follow_loads(buffer, count, 1000 + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_that_learn_of_real_loads_equal_the_monitors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
