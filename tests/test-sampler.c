/* SPDX-License-Identifier: MIT */
/*
 * Which processes are read when: a fake /proc whose counters the test moves on between ticks.
 * Linked with --wrap for the clock, so that every interval is what the test says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake-proc.h"
#include "../lib/monitor/clock.h"
#include "../lib/monitor/sampler.h"

#include <time.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define TICK_MS 1500
#define TICKS (TICK_MS / 10) /* of /proc, in one of the sampler's */
#define CPUS 2
#define SLEEPERS 1000
#define FIRST_PID 1000
#define START_TICKS 4200
#define TRICKLE_MOST 32
#define FOR_EVER UINT64_MAX

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

/* The clock has no object to keep this in. step_ns: it moves on by itself when it is read. */
static struct {
	uint64_t now_ns, step_ns;
} fake_clock;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	fake_clock.now_ns += fake_clock.step_ns;
	now->tv_sec = (time_t)(fake_clock.now_ns / NS_PER_S);
	now->tv_nsec = (long)(fake_clock.now_ns % NS_PER_S);
	return 0;
}

struct fixture {
	char *root;
	struct ptree_procfs *procfs;
	struct ptree_host *host;
	struct ptree_tree *tree;
	struct sampler sampler;
	uint64_t busy_ticks, idle_ticks; /* of the machine */
};

/* ---- the fake /proc ---- */

static void write_machine(const struct fixture *fixture)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "cpu  %llu 0 0 %llu 0 0 0 0 0 0\ncpu0 %llu 0 0 %llu 0 0 0 0 0 0\n"
		 "cpu1 0 0 0 0 0 0 0 0 0 0\n",
		 (unsigned long long)fixture->busy_ticks, (unsigned long long)fixture->idle_ticks,
		 (unsigned long long)fixture->busy_ticks, (unsigned long long)fixture->idle_ticks);
	fake_text(fixture->root, "stat", text);
}

static void write_process(const struct fixture *fixture, pid_t pid, char process_state,
			  uint64_t used_ticks, unsigned start_ticks)
{
	char path[64], line[256];

	snprintf(path, sizeof(path), "%d/stat", pid);
	snprintf(line, sizeof(line),
		 "%d (p%d) %c 1 1 1 0 -1 0 0 0 0 0 %llu 0 0 0 20 0 1 0 %u 1000000 300 0\n", pid,
		 pid, process_state, (unsigned long long)used_ticks, start_ticks);
	fake_text(fixture->root, path, line);
}

static void add_process(struct fixture *fixture, pid_t pid)
{
	const struct ptree_process process = { .pid = pid,
					       .ppid = pid == 1 ? 0 : 1,
					       .start_ns = START_TICKS * 10 * MS,
					       .read_ns = fake_clock.now_ns,
					       .state = 'S',
					       .thread_count = 1,
					       .ruid = PTREE_UNKNOWN_ID,
					       .comm = "p" };

	write_process(fixture, pid, 'S', 0, START_TICKS);
	assert_int_equal(ptree_tree_observe(fixture->tree, &process), 0);
}

static void add_sleepers(struct fixture *fixture, pid_t count)
{
	for (pid_t i = 0; i < count; i++)
		add_process(fixture, FIRST_PID + i);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	fake_clock.now_ns = 1000 * S;
	fake_clock.step_ns = 0;
	fixture->root = fake_root_new();
	write_machine(fixture);
	assert_int_equal(ptree_procfs_open(&fixture->procfs, fixture->root), 0);
	assert_int_equal(ptree_host_new(&fixture->host, fixture->procfs), 0);
	assert_int_equal(ptree_tree_new(&fixture->tree, NULL), 0);
	assert_int_equal(ptree_host_sample(fixture->host), 0);
	fixture->sampler = (struct sampler){ .tree = fixture->tree,
					     .procfs = fixture->procfs,
					     .host = fixture->host };
	add_process(fixture, 1);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	sampler_clear(&fixture->sampler);
	ptree_tree_free(fixture->tree);
	ptree_host_free(fixture->host);
	ptree_procfs_close(fixture->procfs);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

/* ---- ticks ---- */

/* A tick's time passes, of which the CPUs together were busy so long. */
static void begin_tick(struct fixture *fixture, uint64_t busy_ticks)
{
	fake_clock.now_ns += TICK_MS * MS;
	fixture->busy_ticks += busy_ticks;
	fixture->idle_ticks += CPUS * TICKS - busy_ticks;
	write_machine(fixture);
	sampler_tick(&fixture->sampler, fake_clock.now_ns);
}

/* Returns how many processes were read. */
static uint64_t tick(struct fixture *fixture, uint64_t busy_ticks)
{
	uint64_t before = fixture->sampler.reads;

	begin_tick(fixture, busy_ticks);
	while (sampler_work(&fixture->sampler, FOR_EVER))
		;
	return fixture->sampler.reads - before;
}

static struct ptree_node *node_of(const struct fixture *fixture, pid_t pid)
{
	struct ptree_node *node = tree_latest(fixture->tree, pid);

	assert_non_null(node);
	return node;
}

static void wake(struct fixture *fixture, pid_t pid)
{
	sampler_wake(&fixture->sampler, node_of(fixture, pid));
}

static struct ptree_usage usage_of(const struct fixture *fixture, pid_t pid)
{
	struct ptree_usage usage;

	ptree_node_usage(node_of(fixture, pid), &usage);
	return usage;
}

static bool is_hot(const struct fixture *fixture, pid_t pid)
{
	return map_find(&fixture->sampler.hot_places, ptree_node_id(node_of(fixture, pid)));
}

static bool was_read(const struct fixture *fixture, pid_t pid)
{
	return usage_of(fixture, pid).sampled_ns == fake_clock.now_ns;
}

/* ---- who is hot ---- */

static void one_that_does_something_is_read_at_every_tick(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	wake(fixture, 1500);
	for (uint64_t i = 1; i <= 40; i++) {
		write_process(fixture, 1500, 'R', i * TICKS, START_TICKS);
		assert_in_range(tick(fixture, TICKS), 1, 1 + TRICKLE_MOST);
		assert_true(was_read(fixture, 1500));
		assert_int_equal(usage_of(fixture, 1500).cpu_permille, 1000);
	}
	assert_int_equal(fixture->sampler.sweeps, 0);
	assert_int_equal(fixture->sampler.hot_count, 1);
}

static void one_that_does_nothing_is_read_less_and_less(void **state)
{
	struct fixture *fixture = *state;
	unsigned ticks_read = 0, later = 0;

	add_sleepers(fixture, SLEEPERS);
	wake(fixture, 1500);
	for (unsigned i = 1; i <= 8; i++) {
		tick(fixture, 0);
		ticks_read |= was_read(fixture, 1500) ? 1u << i : 0;
	}
	assert_int_equal(ticks_read, 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8);
	assert_int_equal(fixture->sampler.hot_count, 0);
	for (unsigned i = 0; i < 100; i++) {
		tick(fixture, 0);
		later += was_read(fixture, 1500);
	}
	assert_in_range(later, 1, 8);
}

static void one_that_is_woken_again_begins_anew(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	wake(fixture, 1500);
	wake(fixture, 1500);
	assert_int_equal(fixture->sampler.hot_count, 1);
	for (unsigned i = 1; i <= 5; i++)
		tick(fixture, 0);
	wake(fixture, 1500);
	tick(fixture, 0);
	assert_true(was_read(fixture, 1500));
	for (unsigned i = 7; i <= 16; i++)
		tick(fixture, 0);
	assert_int_equal(fixture->sampler.hot_count, 0);
	wake(fixture, 1500);
	tick(fixture, 0);
	assert_true(was_read(fixture, 1500));
}

static void each_of_the_hot_has_one_turn_while_others_leave(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, 100);
	for (pid_t i = 0; i < 100; i++)
		wake(fixture, FIRST_PID + i);
	/* Every third of them does something. */
	for (uint64_t at = 1; at <= 8; at++) {
		for (pid_t i = 0; i < 100; i += 3)
			write_process(fixture, FIRST_PID + i, 'R', at, START_TICKS);
		tick(fixture, 34);
		for (pid_t i = 0; i < 100; i += 3)
			assert_true(was_read(fixture, FIRST_PID + i));
	}
	assert_int_equal(fixture->sampler.hot_count, 34);
	for (pid_t i = 0; i < 100; i++)
		assert_int_equal(is_hot(fixture, FIRST_PID + i), i % 3 == 0);
}

static void those_that_vanish_leave_the_hot(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_tree_options few = { .exited_max = 1 };
	struct ptree_event gone = { .kind = PTREE_EVENT_EXIT };
	char path[64];

	fixture->tree->options = few;
	add_sleepers(fixture, 50);
	for (pid_t i = 0; i < 50; i++)
		wake(fixture, FIRST_PID + i);
	for (pid_t i = 0; i < 50; i += 2) { /* their EXITs are still to come */
		snprintf(path, sizeof(path), "%s/%d/stat", fixture->root, FIRST_PID + i);
		assert_int_equal(unlink(path), 0);
	}
	tick(fixture, 0);
	for (pid_t i = 0; i < 50; i += 2) { /* most are forgotten at once */
		gone.pid = gone.tgid = FIRST_PID + i;
		gone.time_ns = fake_clock.now_ns;
		assert_int_equal(ptree_tree_apply(fixture->tree, &gone), 0);
	}
	tick(fixture, 0);
	assert_int_equal(fixture->sampler.hot_count, 25);
	for (pid_t i = 1; i < 50; i += 2)
		assert_true(was_read(fixture, FIRST_PID + i));
}

static void one_that_has_ended_does_not_become_hot(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_event gone = {
		.kind = PTREE_EVENT_EXIT, .time_ns = fake_clock.now_ns, .pid = 1000, .tgid = 1000
	};

	add_sleepers(fixture, 1);
	assert_int_equal(ptree_tree_apply(fixture->tree, &gone), 0);
	wake(fixture, 1000);
	assert_int_equal(fixture->sampler.hot_count, 0);
	for (unsigned i = 0; i < 8; i++)
		assert_true(tick(fixture, 0) <= 1); /* init */
}

static void another_process_of_the_same_pid_is_not_taken_for_it(void **state)
{
	struct fixture *fixture = *state;
	uint64_t sampled_ns;

	add_sleepers(fixture, 2);
	wake(fixture, 1000);
	wake(fixture, 1001);
	tick(fixture, 0);
	sampled_ns = usage_of(fixture, 1000).sampled_ns;
	write_process(fixture, 1000, 'R', 100, START_TICKS + 100);
	write_process(fixture, 1001, 'Z', 100, START_TICKS);
	tick(fixture, 0);
	assert_int_equal(usage_of(fixture, 1000).sampled_ns, sampled_ns);
	assert_int_equal(usage_of(fixture, 1000).cpu_ns, 0);
	assert_int_equal(usage_of(fixture, 1001).cpu_ns, 0);
	assert_int_equal(usage_of(fixture, 1001).state, 'S');
}

/* ---- everybody ---- */

static void an_idle_machine_costs_a_trickle(void **state)
{
	struct fixture *fixture = *state;
	uint64_t begin_ns = fake_clock.now_ns;

	add_sleepers(fixture, SLEEPERS);
	for (unsigned i = 0; i < 100; i++)
		assert_true(tick(fixture, 0) <= TRICKLE_MOST);
	assert_int_equal(fixture->sampler.sweeps, 0);
	/* And everybody has had a turn. */
	for (pid_t i = 0; i < SLEEPERS; i++)
		assert_true(usage_of(fixture, FIRST_PID + i).sampled_ns > begin_ns);
}

static void an_empty_tree_is_no_trouble(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_tree *empty;

	assert_int_equal(ptree_tree_new(&empty, NULL), 0);
	fixture->sampler.tree = empty;
	assert_int_equal(tick(fixture, 0), 0);
	assert_int_equal(tick(fixture, CPUS * TICKS), 0);
	ptree_tree_free(empty);
}

static void what_the_trickle_finds_becomes_hot(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, 10);
	write_process(fixture, 1003, 'R', 5, START_TICKS);
	for (unsigned i = 0; i < 8 && !fixture->sampler.hot_count; i++)
		tick(fixture, 5);
	assert_int_equal(fixture->sampler.sweeps, 0);
	assert_true(is_hot(fixture, 1003));
	assert_int_equal(fixture->sampler.hot_count, 1);
}

/* ---- what is not explained ---- */

/* Of a thousand, one that no trickle is going to meet at the next tick. */
static pid_t find_one_far_away(const struct fixture *fixture)
{
	const struct map *nodes = &fixture->tree->by_id;
	size_t at = (fixture->sampler.trickle_at + nodes->capacity / 2) % nodes->capacity;
	const struct ptree_node *node = nodes->slots[at].value;

	while (!node || node->pid < FIRST_PID) {
		at = (at + 1) % nodes->capacity;
		node = nodes->slots[at].value;
	}
	return node->pid;
}

static void a_sleeper_that_begins_to_burn_is_found_at_the_next_tick(void **state)
{
	struct fixture *fixture = *state;
	uint64_t reads;
	pid_t pid;

	add_sleepers(fixture, SLEEPERS);
	for (unsigned i = 0; i < 20; i++)
		tick(fixture, 0);
	pid = find_one_far_away(fixture);
	write_process(fixture, pid, 'R', TICKS, START_TICKS);
	reads = tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 1);
	assert_in_range(reads, SLEEPERS, SLEEPERS + 1 + TRICKLE_MOST);
	/* Not spread over the time that it slept. */
	assert_int_equal(usage_of(fixture, pid).cpu_permille, 1000);
	write_process(fixture, pid, 'R', 2 * TICKS, START_TICKS);
	assert_true(tick(fixture, TICKS) <= 1 + TRICKLE_MOST);
	assert_int_equal(usage_of(fixture, pid).cpu_permille, 1000);
	assert_int_equal(fixture->sampler.sweeps, 1);
}

static void what_no_process_explains_is_accepted(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 1);
	for (unsigned i = 0; i < 30; i++)
		tick(fixture, TICKS + i % 3);
	assert_int_equal(fixture->sampler.sweeps, 1);
}

static void more_than_what_was_accepted_leads_to_the_next_sweep(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	for (unsigned i = 0; i < 5; i++)
		tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 1);
	for (unsigned i = 0; i < 5; i++)
		tick(fixture, 3 * TICKS / 2);
	assert_int_equal(fixture->sampler.sweeps, 2);
}

static void what_was_accepted_is_so_for_a_while(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	tick(fixture, TICKS);
	for (unsigned i = 0; i < 5; i++)
		tick(fixture, 0);
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 1);
	for (unsigned i = 0; i < 20; i++)
		tick(fixture, 0);
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 2);
}

static void a_little_is_not_worth_a_sweep(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	for (unsigned i = 0; i < 10; i++)
		tick(fixture, TICKS / 12);
	assert_int_equal(fixture->sampler.sweeps, 0);
	/* Nor is a small part of what is explained: ticks are not that exact. */
	wake(fixture, 1500);
	for (uint64_t i = 1; i <= 10; i++) {
		write_process(fixture, 1500, 'R', 2 * i * TICKS, START_TICKS);
		tick(fixture, 2 * TICKS);
	}
	assert_int_equal(usage_of(fixture, 1500).cpu_permille, 2000);
	for (uint64_t i = 11; i <= 20; i++) {
		write_process(fixture, 1500, 'R', 20 * TICKS + 165 * (i - 10) * TICKS / 100,
			      START_TICKS);
		tick(fixture, 2 * TICKS);
	}
	assert_int_equal(fixture->sampler.sweeps, 0);
}

static void what_ended_explains_what_it_used(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	fixture->tree->exited_more_ns += TICK_MS * MS;
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 0);
	tick(fixture, TICKS); /* but once only */
	assert_int_equal(fixture->sampler.sweeps, 1);
}

static void a_counter_that_runs_backwards_explains_nothing(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, 10);
	wake(fixture, 1003);
	write_process(fixture, 1003, 'R', 100, START_TICKS);
	tick(fixture, 100);
	write_process(fixture, 1003, 'R', 50, START_TICKS);
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.explained_ns, 0);
	assert_int_equal(fixture->sampler.sweeps, 1);
	assert_int_equal(usage_of(fixture, 1003).cpu_permille, 0);
}

static void a_sweep_that_took_long_is_not_followed_by_another_soon(void **state)
{
	struct fixture *fixture = *state;
	unsigned ticks = 0;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	fake_clock.step_ns = MS;
	tick(fixture, TICKS);
	assert_int_equal(fixture->sampler.sweeps, 1);
	fake_clock.step_ns = 0;
	for (ticks = 0; fixture->sampler.sweeps == 1 && ticks < 100; ticks++)
		tick(fixture, 2 * TICKS);
	/* It took a second, and ten times that is to pass. */
	assert_in_range(ticks, 10000 / TICK_MS, 10 * 2 * SLEEPERS / TICK_MS);
}

static void without_figures_of_the_machine_only_the_known_are_read(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	for (unsigned i = 0; i < 5; i++) {
		fake_clock.now_ns += TICK_MS * MS;
		fake_text(fixture->root, "stat", "nonsense\n");
		sampler_tick(&fixture->sampler, fake_clock.now_ns);
		while (sampler_work(&fixture->sampler, FOR_EVER))
			;
	}
	assert_int_equal(fixture->sampler.sweeps, 0);
}

/* ---- the budget ---- */

static void what_does_not_fit_in_the_budget_is_done_later(void **state)
{
	struct fixture *fixture = *state;
	unsigned calls = 0;
	bool has_more;

	add_sleepers(fixture, SLEEPERS);
	for (pid_t i = 0; i < SLEEPERS; i++)
		wake(fixture, FIRST_PID + i);
	begin_tick(fixture, 0);
	do {
		uint64_t before = fixture->sampler.reads;

		has_more = sampler_work(&fixture->sampler, 0);
		/* A trickle is one step. */
		assert_true(fixture->sampler.reads - before <= 16 + TRICKLE_MOST);
		calls++;
	} while (has_more && calls < 2 * SLEEPERS);
	assert_false(has_more);
	assert_in_range(calls, SLEEPERS / 16, SLEEPERS / 16 + 2);
	assert_in_range(fixture->sampler.reads, SLEEPERS, SLEEPERS + TRICKLE_MOST);
	assert_false(sampler_work(&fixture->sampler, 0));
}

static void a_sweep_keeps_to_the_budget_as_well(void **state)
{
	struct fixture *fixture = *state;
	unsigned calls = 0;

	add_sleepers(fixture, SLEEPERS);
	tick(fixture, 0);
	begin_tick(fixture, TICKS);
	while (sampler_work(&fixture->sampler, 0) && calls < 2 * SLEEPERS)
		calls++;
	assert_int_equal(fixture->sampler.sweeps, 1);
	assert_in_range(calls, (SLEEPERS - 2 * TRICKLE_MOST) / 16, SLEEPERS / 16 + 2);
}

static void a_tick_in_a_round_lets_it_go_on(void **state)
{
	struct fixture *fixture = *state;

	add_sleepers(fixture, SLEEPERS);
	for (pid_t i = 0; i < SLEEPERS; i++)
		wake(fixture, FIRST_PID + i);
	begin_tick(fixture, 0);
	assert_true(sampler_work(&fixture->sampler, 0));
	assert_int_equal(fixture->sampler.ticks, 1);
	begin_tick(fixture, 0);
	assert_int_equal(fixture->sampler.ticks, 1);
	while (sampler_work(&fixture->sampler, 0))
		;
	assert_in_range(fixture->sampler.reads, SLEEPERS, SLEEPERS + TRICKLE_MOST);
}

static void processes_that_begin_and_end_in_a_round_are_no_trouble(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event event = { .kind = PTREE_EVENT_EXIT };
	pid_t born = 5000;

	add_sleepers(fixture, SLEEPERS);
	for (pid_t i = 0; i < SLEEPERS; i++)
		wake(fixture, FIRST_PID + i);
	begin_tick(fixture, TICKS); /* which ends with a sweep */
	for (pid_t i = 0; sampler_work(&fixture->sampler, 0); i++) {
		add_process(fixture, born);
		wake(fixture, born++);
		event.pid = event.tgid = FIRST_PID + i % SLEEPERS;
		event.time_ns = fake_clock.now_ns;
		assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
		assert_true(i < 10 * SLEEPERS);
	}
	tick(fixture, 0);
	for (pid_t pid = 5000; pid < born; pid++)
		assert_true(was_read(fixture, pid));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- the clocks ---- */

static void events_of_before_a_suspend_keep_their_time(void **state)
{
	struct clock clock = { 0 };

	(void)state;
	clock_look(&clock, 100 * NS_PER_S, 7 * NS_PER_S);
	clock_look(&clock, 101 * NS_PER_S, 7 * NS_PER_S + 900); /* no suspend: two readings */
	assert_true(clock_offset_ns(&clock, 101 * NS_PER_S) == 7 * NS_PER_S);
	/* An hour's sleep, noticed with the first events after it. */
	clock_look(&clock, 101 * NS_PER_S + NS_PER_MS, 3607 * NS_PER_S);
	assert_true(clock_offset_ns(&clock, 101 * NS_PER_S - 1) == 7 * NS_PER_S);
	assert_true(clock_offset_ns(&clock, 101 * NS_PER_S + NS_PER_MS) == 3607 * NS_PER_S);
	clock_look(&clock, 102 * NS_PER_S, 3607 * NS_PER_S);
	assert_true(clock_offset_ns(&clock, 102 * NS_PER_S) == 3607 * NS_PER_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_before_a_suspend_keep_their_time),
		TEST(one_that_does_something_is_read_at_every_tick),
		TEST(one_that_does_nothing_is_read_less_and_less),
		TEST(one_that_is_woken_again_begins_anew),
		TEST(each_of_the_hot_has_one_turn_while_others_leave),
		TEST(those_that_vanish_leave_the_hot),
		TEST(one_that_has_ended_does_not_become_hot),
		TEST(another_process_of_the_same_pid_is_not_taken_for_it),
		TEST(an_idle_machine_costs_a_trickle),
		TEST(an_empty_tree_is_no_trouble),
		TEST(what_the_trickle_finds_becomes_hot),
		TEST(a_sleeper_that_begins_to_burn_is_found_at_the_next_tick),
		TEST(what_no_process_explains_is_accepted),
		TEST(more_than_what_was_accepted_leads_to_the_next_sweep),
		TEST(what_was_accepted_is_so_for_a_while),
		TEST(a_little_is_not_worth_a_sweep),
		TEST(what_ended_explains_what_it_used),
		TEST(a_counter_that_runs_backwards_explains_nothing),
		TEST(a_sweep_that_took_long_is_not_followed_by_another_soon),
		TEST(without_figures_of_the_machine_only_the_known_are_read),
		TEST(what_does_not_fit_in_the_budget_is_done_later),
		TEST(a_sweep_keeps_to_the_budget_as_well),
		TEST(a_tick_in_a_round_lets_it_go_on),
		TEST(processes_that_begin_and_end_in_a_round_are_no_trouble),
	};

	return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
