/* SPDX-License-Identifier: MIT */
/*
 * What is made of the figures: sorting within a tree, sums over what is below, who spawns and what
 * comes to nothing, rates of the machine, and the text of cells. Nothing is drawn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/churn.h"
#include "model/field.h"
#include "model/cursor.h"
#include "fake-proc.h"
#include "model/filter.h"
#include "model/meters.h"
#include "model/picker.h"
#include "model/rows.h"
#include "model/sort.h"

#include <limits.h>

#define S UINT64_C(1000000000)
#define MS UINT64_C(1000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EXIT_1 (1u << 8)
#define KIB UINT64_C(1024)

/* The same on every machine. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* ---- sorting a forest ---- */

/* Picks the next of the siblings that are left, in the plainest way there is. */
static void model_children(const struct sort_item *items, size_t count, uint32_t parent,
			   bool *is_done, uint32_t *order, size_t *laid)
{
	for (;;) {
		size_t best = SIZE_MAX;

		for (size_t i = 0; i < count; i++) {
			if (!is_done[i] && items[i].parent == parent &&
			    (best == SIZE_MAX || items[i].key > items[best].key))
				best = i;
		}
		if (best == SIZE_MAX)
			return;
		is_done[best] = true;
		order[(*laid)++] = (uint32_t)best;
		model_children(items, count, (uint32_t)best, is_done, order, laid);
	}
}

static void check_forest(const struct sort_item *items, size_t count)
{
	uint32_t *order = calloc(count + 1, sizeof(*order));
	uint32_t *expected = calloc(count + 1, sizeof(*expected));
	bool *is_done = calloc(count + 1, sizeof(*is_done));
	size_t laid = 0;

	assert_true(order && expected && is_done);
	model_children(items, count, SORT_NO_PARENT, is_done, expected, &laid);
	assert_int_equal(laid, count);
	assert_int_equal(sort_forest(items, count, order), 0);
	assert_memory_equal(order, expected, count * sizeof(*order));
	free(order);
	free(expected);
	free(is_done);
}

static void random_forests_are_sorted_as_a_plain_model_does_it(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct sort_item items[60];
		size_t count = next_random(&seed) % COUNT(items);
		uint32_t keys = 1 + next_random(&seed) % 20; /* few: many are the same */
		uint32_t tops = 1 + next_random(&seed) % 8;

		for (size_t i = 0; i < count; i++) {
			bool is_top = !i || next_random(&seed) % 8 < tops;

			items[i].parent =
			    is_top ? SORT_NO_PARENT : next_random(&seed) % (uint32_t)i;
			items[i].key =
			    next_random(&seed) % keys ? next_random(&seed) % keys : UINT64_MAX;
		}
		check_forest(items, count);
	}
}

static void those_with_the_same_key_stay_as_they_were(void **state)
{
	struct sort_item items[1000];
	uint32_t order[COUNT(items)];

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++)
		items[i] = (struct sort_item){ i ? (uint32_t)(i - 1) / 3 : SORT_NO_PARENT, 7 };
	check_forest(items, COUNT(items));
	for (size_t i = 0; i < COUNT(items); i++)
		items[i].parent = SORT_NO_PARENT;
	assert_int_equal(sort_forest(items, COUNT(items), order), 0);
	for (uint32_t i = 0; i < COUNT(items); i++)
		assert_int_equal(order[i], i);
}

static void a_chain_of_a_hundred_thousand_needs_no_deep_stack(void **state)
{
	const size_t count = 100000;
	struct sort_item *items = calloc(count, sizeof(*items));
	uint32_t *order = calloc(count, sizeof(*order));

	(void)state;
	assert_true(items && order);
	for (size_t i = 0; i < count; i++)
		items[i] = (struct sort_item){ (uint32_t)i - 1, i };
	assert_int_equal(sort_forest(items, count, order), 0);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(order[i], i);
	free(items);
	free(order);
}

static void an_empty_forest_is_sorted(void **state)
{
	uint32_t order = 4711;

	(void)state;
	assert_int_equal(sort_forest(NULL, 0, &order), 0);
	assert_int_equal(order, 4711);
}

static void every_order_has_a_name_and_a_place(void **state)
{
	(void)state;
	assert_int_equal(field_sort_count(), 8);
	for (int place = 0; place < field_sort_count_of_all(); place++) {
		const struct field *found = NULL;

		assert_int_equal(field_sort_place(field_sort_at(place)), place);
		assert_true(field_find_sort(field_sort_name(field_sort_at(place)), &found));
		assert_ptr_equal(found, field_sort_at(place));
	}
	assert_string_equal(field_sort_name(field_sort_at(0)), "birth");
	for (int place = 1; place < field_sort_count(); place++) {
		assert_non_null(field_sort_at(place));
		assert_int_equal(field_sort_place(field_sort_at(place)), place);
	}
}

/* As people know them from other programs, or only begin them. */
static void an_order_is_found_by_other_names_and_by_how_it_begins(void **state)
{
	static const struct {
		const char *name, *field; /* NULL: birth */
	} cases[] = {
		{ "mem", "sum-rss" },  { "memory", "sum-rss" },	 { "%mem", "sum-rss" },
		{ "cpu", "sum-cpu" },  { "%CPU", "sum-cpu" },	 { "pcpu", "sum-cpu" },
		{ "own", "cpu" },      { "CPU%", "cpu" },	 { "time", "time" },
		{ "cpu t", "time" },   { "TIME", "time" },	 { "pid", "pid" },
		{ "pi", "pid" },       { "user", "user" },	 { "rss", "rss" },
		{ "res", "rss" },      { "rss-s", "rss-share" }, { "io", "io" },
		{ "thr", "threads" },  { "nlwp", "threads" },	 { "ni", "nice" },
		{ "virt", "virtual" }, { "vsz", "virtual" },	 { "cmd", "comm" },
		{ "args", "comm" },    { "comma", "comm" },	 { "s", "state" },
		{ "sid", "session" },  { "age", NULL },		 { "bi", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct field *found = fields;

		if (!field_find_sort(cases[i].name, &found))
			fail_msg("%s is not found", cases[i].name);
		if (!cases[i].field)
			assert_null(found);
		else
			assert_string_equal(found->name, cases[i].field);
	}
}

static void of_several_orders_that_begin_so_none_is_meant(void **state)
{
	const struct field *found = fields;
	char names[160];

	(void)state;
	assert_false(field_find_sort("use", &found));
	assert_ptr_equal(found, fields);
	assert_int_equal(field_sorts_beginning("use", names, sizeof(names)), 2);
	assert_string_equal(names, "user, user-time");
	assert_int_equal(field_sorts_beginning("c", names, sizeof(names)), 5);
	assert_string_equal(names, "CPU, CPU time, command, cgroup, container");
	assert_int_equal(field_sorts_beginning("colour", names, sizeof(names)), 0);
	assert_false(field_find_sort("colour", &found));
	assert_false(field_find_sort("", &found));
}

/* ---- a small language of events ---- */

static void apply(struct ptree_tree *tree, struct ptree_event event)
{
	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void fork_at(struct ptree_tree *tree, uint64_t ns, pid_t parent, pid_t child)
{
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_FORK,
					  .time_ns = ns,
					  .pid = child,
					  .tgid = child,
					  .parent_pid = parent,
					  .parent_tgid = parent });
}

static void thread_at(struct ptree_tree *tree, uint64_t ns, pid_t process, pid_t tid)
{
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_FORK,
					  .time_ns = ns,
					  .pid = tid,
					  .tgid = process,
					  .parent_pid = 1,
					  .parent_tgid = 1 });
}

static void exec_at(struct ptree_tree *tree, uint64_t ns, pid_t pid)
{
	apply(tree, (struct ptree_event){
			.kind = PTREE_EVENT_EXEC, .time_ns = ns, .pid = pid, .tgid = pid });
}

static void exit_at(struct ptree_tree *tree, uint64_t ns, pid_t pid, uint32_t status)
{
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_EXIT,
					  .time_ns = ns,
					  .pid = pid,
					  .tgid = pid,
					  .u.exit.status = status });
}

static void comm_at(struct ptree_tree *tree, uint64_t ns, pid_t pid, const char *comm)
{
	struct ptree_event event = {
		.kind = PTREE_EVENT_COMM, .time_ns = ns, .pid = pid, .tgid = pid
	};

	snprintf(event.u.comm, sizeof(event.u.comm), "%s", comm);
	apply(tree, event);
}

static struct ptree_process seen(pid_t pid, pid_t ppid, uint64_t start_ns, uint64_t read_ns)
{
	struct ptree_process process = { .pid = pid,
					 .ppid = ppid,
					 .start_ns = start_ns,
					 .read_ns = read_ns,
					 .state = 'S',
					 .thread_count = 1,
					 .ruid = PTREE_UNKNOWN_ID };

	snprintf(process.comm, sizeof(process.comm), "p%d", pid);
	return process;
}

static void observe(struct ptree_tree *tree, struct ptree_process process)
{
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
}

/* What it was seen to use for two seconds, and has. */
static void use(struct ptree_tree *tree, pid_t pid, uint32_t permille, uint64_t rss_kib)
{
	struct ptree_process process = seen(pid, 0, 0, 10 * S);

	assert_int_equal(ptree_tree_sample(tree, &process), 0);
	process.read_ns = 20 * S;
	process.cpu_user_ns = permille * 10 * MS;
	process.rss_bytes = rss_kib * KIB;
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
}

/* The record first, as it comes. */
static void end_with(struct ptree_tree *tree, uint64_t ns, pid_t pid, uint32_t status,
		     uint64_t cpu_ns)
{
	const struct ptree_accounting record = { .pid = pid,
						 .known = PTREE_ACCOUNTING_RUN,
						 .cpu_run_ns = cpu_ns };

	assert_int_equal(ptree_tree_account(tree, pid, &record), 0);
	exit_at(tree, ns, pid, status);
}

static struct ptree_tree *new_tree(void)
{
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	observe(tree, seen(1, 0, 0, 1 * S));
	observe(tree, seen(100, 1, 500 * MS, 1 * S));
	ptree_tree_sweep(tree, 1 * S);
	return tree;
}

static int setup(void **state)
{
	*state = new_tree();
	return 0;
}

static int teardown(void **state)
{
	ptree_tree_free(*state);
	return 0;
}

static const struct ptree_node *node_of(const struct ptree_tree *tree, pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find(tree, pid);

	assert_non_null(node);
	return node;
}

/* ---- restart loops ---- */

/* Every 2 s from 10 s on, each for half a second. */
static void restart(struct ptree_tree *tree, unsigned times, pid_t first, const char *comm,
		    uint32_t status)
{
	for (unsigned i = 0; i < times; i++) {
		uint64_t ns = (10 + 2 * (uint64_t)i) * S;
		pid_t pid = first + (pid_t)i;

		fork_at(tree, ns, 100, pid);
		comm_at(tree, ns, pid, comm);
		exit_at(tree, ns + S / 2, pid, status + i * (status > 0));
	}
}

static void a_restart_loop_is_found_with_its_period_and_status(void **state)
{
	struct churn_loop loop;

	restart(*state, 5, 200, "daemon", EXIT_1);
	assert_true(churn_find_loop(node_of(*state, 100), 20 * S, &loop));
	assert_int_equal(loop.times, 5);
	assert_int_equal(loop.every_ns, 2 * S);
	assert_int_equal(loop.status, EXIT_1 + 4); /* the last one's */
	assert_string_equal(loop.comm, "daemon");
}

static void what_is_no_restart_loop_is_not_found(void **state)
{
	static const struct {
		const char *what;
		unsigned times;
		uint32_t status;
		const char *other; /* ends last */
		uint32_t other_status;
		uint64_t now_s;
	} rows[] = {
		{ "twice is chance", 2, EXIT_1, NULL, 0, 15 },
		{ "those that succeed", 5, 0, NULL, 0, 20 },
		{ "the last one succeeded", 5, EXIT_1, "daemon", 0, 22 },
		{ "another command failed last", 5, EXIT_1, "other", EXIT_1, 22 },
		{ "it has stopped", 5, EXIT_1, NULL, 0, 26 },
	};
	struct churn_loop loop;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_tree *tree = new_tree();

		print_message("# %s\n", rows[i].what);
		restart(tree, rows[i].times, 200, "daemon", rows[i].status);
		if (rows[i].other) {
			fork_at(tree, 20 * S, 100, 300);
			comm_at(tree, 20 * S, 300, rows[i].other);
			exit_at(tree, 21 * S, 300, rows[i].other_status);
		}
		assert_false(churn_find_loop(node_of(tree, 100), rows[i].now_s * S, &loop));
		ptree_tree_free(tree);
	}
}

static void one_that_succeeded_or_was_another_begins_the_count_anew(void **state)
{
	struct ptree_tree *tree = *state;
	struct churn_loop loop;

	restart(tree, 4, 200, "daemon", EXIT_1);
	fork_at(tree, 18 * S, 100, 300);
	comm_at(tree, 18 * S, 300, "daemon");
	exit_at(tree, 18 * S + 1, 300, 0);
	for (pid_t i = 0; i < 3; i++) {
		fork_at(tree, (20 + (uint64_t)i) * S, 100, 400 + i);
		comm_at(tree, (20 + (uint64_t)i) * S, 400 + i, "daemon");
		exit_at(tree, (20 + (uint64_t)i) * S + 1, 400 + i, 9);
		assert_int_equal(churn_find_loop(node_of(tree, 100), 23 * S, &loop), i == 2);
	}
	assert_int_equal(loop.times, 3);
	assert_int_equal(loop.every_ns, 1 * S);
	assert_int_equal(loop.status, 9);
}

static void a_loop_that_sleeps_in_between_is_one(void **state)
{
	struct ptree_tree *tree = *state;
	struct churn_loop loop;

	for (pid_t i = 0; i < 4; i++) {
		uint64_t ns = (10 + 3 * (uint64_t)i) * S;

		fork_at(tree, ns, 100, 200 + 2 * i);
		comm_at(tree, ns, 200 + 2 * i, "daemon");
		exit_at(tree, ns + S, 200 + 2 * i, EXIT_1);
		fork_at(tree, ns + S, 100, 201 + 2 * i);
		comm_at(tree, ns + S, 201 + 2 * i, "sleep");
		exit_at(tree, ns + 3 * S, 201 + 2 * i, 0);
	}
	assert_true(churn_find_loop(node_of(tree, 100), 22 * S, &loop));
	assert_int_equal(loop.times, 4);
	assert_int_equal(loop.every_ns, 3 * S);
	assert_string_equal(loop.comm, "daemon");
}

static void one_without_children_is_in_no_loop(void **state)
{
	struct churn_loop loop;

	assert_false(churn_find_loop(node_of(*state, 100), 20 * S, &loop));
}

/* ---- spawners ---- */

static void spawners_are_ranked_by_their_forks(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *out[10];
	pid_t pid = 1000;

	ptree_tree_tick(tree, 2 * S);
	assert_int_equal(churn_rank(tree, out, 10), 0);
	for (pid_t parent = 200; parent < 206; parent++) {
		observe(tree, seen(parent, 1, 0, 2 * S));
		for (pid_t i = 0; i < (parent * 7) % 11; i++) /* 3 10 6 2 9 5 */
			fork_at(tree, 2 * S, parent, pid++);
	}
	exec_at(tree, 2 * S, 100); /* busy, but forks nothing */
	ptree_tree_tick(tree, 3 * S);
	assert_int_equal(churn_rank(tree, out, 10), 6);
	assert_int_equal(ptree_node_pid(out[0]), 201);
	assert_int_equal(ptree_node_pid(out[1]), 204);
	assert_int_equal(ptree_node_pid(out[5]), 203);
	assert_int_equal(churn_rank(tree, out, 2), 2);
	assert_int_equal(ptree_node_pid(out[0]), 201);
	assert_int_equal(ptree_node_pid(out[1]), 204);
	assert_int_equal(churn_rank(tree, out, 0), 0);
}

static void the_common_ancestor_is_the_lowest_above_nearly_all_new_ones(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;

	fork_at(tree, 5 * S, 100, 200);
	assert_int_equal(ptree_node_pid(churn_common_ancestor(tree, 4 * S)), 100);
	assert_null(churn_common_ancestor(tree, 6 * S)); /* nobody is as young */
	for (pid_t i = 0; i < 20; i++) {
		fork_at(tree, 10 * S, 200, 300 + 2 * i);
		fork_at(tree, 10 * S, 300 + 2 * i, 301 + 2 * i);
	}
	/* A few are somewhere else. */
	for (pid_t i = 0; i < 4; i++)
		fork_at(tree, 10 * S, 1, 800 + i);
	node = churn_common_ancestor(tree, 9 * S);
	assert_non_null(node);
	assert_int_equal(ptree_node_pid(node), 200);
	/* All over the place: only the first of all is above them. */
	for (pid_t i = 0; i < 60; i++)
		fork_at(tree, 20 * S, i % 2 ? 1 : 100, 900 + i);
	assert_null(churn_common_ancestor(tree, 19 * S));
}

/* ---- meters ---- */

struct machine {
	char *root;
	struct ptree_procfs *procfs;
	struct ptree_host *host;
	struct ptree_tree *tree;
	struct meters meters;
	uint64_t now_ns, busy_ticks;
	pid_t next_pid;
};

static int machine_setup(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return -1;
	machine->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&machine->procfs, machine->root), 0);
	assert_int_equal(ptree_host_new(&machine->host, machine->procfs), 0);
	machine->tree = new_tree();
	machine->now_ns = 10 * S;
	machine->next_pid = 1000;
	*state = machine;
	return 0;
}

static int machine_teardown(void **state)
{
	struct machine *machine = *state;

	ptree_tree_free(machine->tree);
	ptree_host_free(machine->host);
	ptree_procfs_close(machine->procfs);
	fake_root_free(machine->root);
	free(machine);
	return 0;
}

/* A second passes, in which the CPUs were busy so long. */
static void machine_tick(struct machine *machine, uint64_t busy_ticks)
{
	char text[128];

	machine->now_ns += S;
	machine->busy_ticks += busy_ticks;
	snprintf(text, sizeof(text), "cpu  %llu 0 0 0 0 0 0 0 0 0\ncpu0 %llu 0 0 0 0 0 0 0 0 0\n",
		 (unsigned long long)machine->busy_ticks, (unsigned long long)machine->busy_ticks);
	fake_text(machine->root, "stat", text);
	assert_int_equal(ptree_host_sample(machine->host), 0);
	ptree_tree_tick(machine->tree, machine->now_ns);
	meters_tick(&machine->meters, machine->tree, machine->host, machine->now_ns);
}

static void spawn(struct machine *machine, pid_t parent, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		fork_at(machine->tree, machine->now_ns, parent, machine->next_pid++);
}

static void rates_are_of_each_second_that_passed(void **state)
{
	struct machine *machine = *state;

	machine_tick(machine, 0);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 0), 0);
	spawn(machine, 100, 8);
	exec_at(machine->tree, machine->now_ns, 1000);
	exec_at(machine->tree, machine->now_ns, 1001);
	exit_at(machine->tree, machine->now_ns, 1000, EXIT_1);
	exit_at(machine->tree, machine->now_ns, 1001, 0);
	machine_tick(machine, 0);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 0), 8);
	assert_int_equal(meters_rate(&machine->meters, METERS_EXECS, 0), 2);
	assert_int_equal(meters_rate(&machine->meters, METERS_FAILURES, 0), 1);
	/* Of an interval of two seconds; half of one is rounded up. */
	spawn(machine, 100, 5);
	machine->now_ns += S;
	machine_tick(machine, 0);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 0), 3);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 1), 8);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 2), 0);
	assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, METERS_HISTORY), 0);
	assert_int_equal(
	    ptree_node_pid(ptree_tree_find_id(machine->tree, machine->meters.spawner_id)), 100);
}

static void the_oldest_rates_give_way(void **state)
{
	struct machine *machine = *state;

	machine_tick(machine, 0);
	for (unsigned i = 0; i < 2 * METERS_HISTORY; i++) {
		spawn(machine, 100, i % 50);
		machine_tick(machine, 0);
	}
	for (unsigned back = 0; back < METERS_HISTORY; back++)
		assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, back),
				 (2 * METERS_HISTORY - 1 - back) % 50);
}

static void the_time_of_the_short_lived_is_a_share_of_what_the_machine_did(void **state)
{
	struct machine *machine = *state;
	uint32_t permille[METERS_LIFETIMES];

	machine_tick(machine, 0);
	machine_tick(machine, 0);
	assert_false(meters_lifetimes(&machine->meters, permille));
	for (unsigned i = 0; i < 15; i++) {
		pid_t pid = machine->next_pid;

		assert_int_equal(meters_lifetimes(&machine->meters, permille), i > 1);
		spawn(machine, 100, 1);
		end_with(machine->tree, machine->now_ns + S / 2, pid, 0, 250 * MS);
		machine_tick(machine, 50);
	}
	assert_true(meters_lifetimes(&machine->meters, permille));
	assert_int_equal(permille[0], 500);
	assert_int_equal(permille[1] + permille[2] + permille[3], 0);
	for (unsigned i = 0; i < 15; i++)
		machine_tick(machine, 0);
	assert_false(meters_lifetimes(&machine->meters, permille)); /* idle */
}

static void what_is_taken_back_makes_no_share(void **state)
{
	struct machine *machine = *state;
	uint32_t permille[METERS_LIFETIMES];

	machine_tick(machine, 0);
	spawn(machine, 100, 1);
	end_with(machine->tree, machine->now_ns + S / 2, 1000, 0, 250 * MS);
	for (unsigned i = 0; i < 5; i++)
		machine_tick(machine, 0);
	machine->meters.exited_cpu_ns[(machine->meters.ticks - 4) % METERS_HISTORY][0] = 250 * MS;
	exec_at(machine->tree, machine->now_ns - 4 * S - S / 2 + 1, 1000);
	for (unsigned i = 0; i < 2; i++)
		machine_tick(machine, 50);
	assert_true(meters_lifetimes(&machine->meters, permille));
	assert_int_equal(permille[0], 0);
}

/* In each second so many more live below 100. */
static void grow(struct machine *machine, unsigned before, unsigned each)
{
	spawn(machine, 1, before);
	for (unsigned i = 0; i < 12; i++)
		machine_tick(machine, 0);
	for (unsigned i = 0; i < 6; i++) {
		spawn(machine, 100, each);
		machine_tick(machine, 0);
	}
}

static void processes_that_multiply_are_warned_of(void **state)
{
	struct machine *machine = *state;

	grow(machine, 50, 100);
	assert_int_not_equal(machine->meters.bomb_id, 0);
	assert_int_equal(ptree_node_pid(ptree_tree_find_id(machine->tree, machine->meters.bomb_id)),
			 100);
	assert_int_equal(machine->meters.bomb_growth, 500);
	for (unsigned i = 0; i < 6; i++)
		machine_tick(machine, 0);
	assert_int_equal(machine->meters.bomb_id, 0);
}

static void a_busy_build_is_not_warned_of(void **state)
{
	grow(*state, 50, 40);
	assert_int_equal(((struct machine *)*state)->meters.bomb_id, 0);
}

static void nor_is_a_rise_that_is_small_for_the_machine(void **state)
{
	grow(*state, 3000, 80);
	assert_int_equal(((struct machine *)*state)->meters.bomb_id, 0);
}

static void those_that_come_and_go_do_not_multiply(void **state)
{
	struct machine *machine = *state;

	machine_tick(machine, 0);
	for (unsigned i = 0; i < 10; i++) {
		pid_t first = machine->next_pid;

		spawn(machine, 100, 500);
		for (pid_t pid = first; pid < machine->next_pid; pid++)
			exit_at(machine->tree, machine->now_ns, pid, 0);
		machine_tick(machine, 0);
		assert_int_equal(machine->meters.bomb_id, 0);
		assert_int_equal(meters_rate(&machine->meters, METERS_FORKS, 0), 500);
	}
}

/* ---- the picker ---- */

static void an_item_is_chosen_from_the_list(void **state)
{
	static const struct {
		int64_t items;
		size_t at; /* afterwards */
	} rows[] = {
		{ -1, 0 }, { 1, 1 },	   { 1, 2 },   { -1, 1 },   { INT_MAX, 39 },
		{ 1, 39 }, { INT_MIN, 0 }, { 10, 10 }, { -100, 0 }, { 1, 1 },
	};
	struct picker picker = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 40; i++) {
		struct picker_item item = { .value = 100 + i };

		snprintf(item.label, sizeof(item.label), "item %d", (int)i);
		assert_true(picker_add(&picker, &item));
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		picker_move(&picker, rows[i].items);
		assert_int_equal(picker.at, rows[i].at);
	}
	assert_int_equal(picker_chosen(&picker)->value, 101);
	assert_string_equal(picker_chosen(&picker)->label, "item 1");
	picker_clear(&picker);
	assert_null(picker_chosen(&picker));
}

static void in_an_empty_list_there_is_nothing_to_choose(void **state)
{
	struct picker picker = { 0 };

	(void)state;
	picker_move(&picker, 1);
	picker_move(&picker, INT_MAX);
	assert_int_equal(picker.at, 0);
	assert_null(picker_chosen(&picker));
}

/* ---- the text of cells ---- */

static void times_take_five_cells(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0.0ms" },
		{ 840000, "0.8ms" },
		{ 9900000, "9.9ms" },
		{ 12 * MS, "12ms" },
		{ 999 * MS, "999ms" },
		{ 999999999, "1.00s" },
		{ 9960000, "10ms" },
		{ 9999 * MS, "10s" },
		{ S, "1.00s" },
		{ 1310 * MS, "1.31s" },
		{ 9990 * MS, "9.99s" },
		{ 42 * S, "42s" },
		{ 59999 * MS, "59s" },
		{ 63 * S, "1m03" },
		{ 3599 * S, "59m59" },
		{ 8040 * S, "2h14m" },
		{ 36000 * S, "10h" },
		{ 47 * 3600 * S, "47h" },
		{ 12 * 86400 * S, "12d" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		column_format_time(text, sizeof(text), rows[i].ns);
		assert_string_equal(text, rows[i].text);
		assert_true(strlen(text) <= 5);
	}
}

static void sizes_take_four_cells(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0K" },
		{ 944 * KIB, "944K" },
		{ 999 * KIB, "999K" },
		{ 1000 * KIB, "1.0M" },
		{ 1024 * KIB, "1.0M" },
		{ 1229 * KIB, "1.2M" },
		{ 10138 * KIB, "9.9M" },
		{ 10240 * KIB, "10M" },
		{ 999 * KIB * KIB, "999M" },
		{ 1000 * KIB * KIB, "1.0G" },
		{ 12 * KIB * KIB * KIB, "12G" },
		{ 5 * KIB * KIB * KIB * KIB, "5.0T" },
		{ UINT64_MAX, "16E" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		column_format_bytes(text, sizeof(text), rows[i].bytes);
		assert_string_equal(text, rows[i].text);
	}
	for (uint64_t bytes = 1; bytes < UINT64_MAX / 5; bytes += bytes / 3 + 1) {
		column_format_bytes(text, sizeof(text), bytes);
		assert_in_range(strlen(text), 2, 4);
	}
}

static void shares_are_told_in_per_cent(void **state)
{
	static const struct {
		uint32_t permille;
		const char *text;
	} rows[] = {
		{ 1, "0.1" },	 { 3, "0.3" },	    { 99, "9.9" },     { 100, "10" },
		{ 104, "10" },	 { 105, "11" },	    { 970, "97" },     { 999, "100" },
		{ 1000, "100" }, { 16000, "1600" }, { 99994, "9999" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		column_format_permille(text, sizeof(text), rows[i].permille, true);
		assert_string_equal(text, rows[i].text);
	}
	column_format_permille(text, sizeof(text), 0, true);
	assert_string_equal(text, "·");
	column_format_permille(text, sizeof(text), 0, false);
	assert_string_equal(text, "0");
}

static void cpu_time_that_is_too_short_to_tell_is_no_zero(void **state)
{
	static const struct {
		struct ptree_usage usage;
		const char *text;
	} rows[] = {
		{ { .known = PTREE_USAGE_CPU, .cpu_ns = 12 * MS }, "12ms" },
		{ { 0 }, "<4ms" },
		{ { .known = PTREE_USAGE_CPU }, "<4ms" },
		{ { .known = PTREE_USAGE_CPU, .cpu_ns = 1 }, "<4ms" },
		{ { .known = PTREE_USAGE_CPU, .cpu_ns = 20000 }, "<4ms" },
		{ { .known = PTREE_USAGE_CPU, .cpu_ns = 60000 }, "0.1ms" },
		{ { .known = PTREE_USAGE_ELAPSED, .elapsed_ns = 2 * S }, "<4ms" },
		{ { .known = PTREE_USAGE_ELAPSED, .elapsed_ns = 1500000 }, "<2ms" },
		{ { .known = PTREE_USAGE_ELAPSED, .elapsed_ns = 300000 }, "<1ms" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		column_format_cpu(text, sizeof(text), &rows[i].usage);
		assert_string_equal(text, rows[i].text);
	}
}

/* ---- rows ---- */

#define IS_END 0

static struct rows *arrange(const struct ptree_tree *tree, const struct rows_scope *scope,
			    const struct match *match)
{
	struct rows *rows = rows_new();
	struct cursor cursor = { 0 };

	assert_non_null(rows);
	assert_int_equal(rows_collect(rows, tree, scope, match, &cursor), 0);
	return rows;
}

/* pids: of the rows, or of the tasks. */
static void expect_rows(const struct ptree_tree *tree, const struct rows_scope *scope,
			const struct match *match, const pid_t *pids)
{
	struct rows *rows = arrange(tree, scope, match);
	uint32_t count = 0;

	for (; pids[count] != IS_END && count < rows_count(rows); count++) {
		assert_int_equal(rows_at(rows, count)->pid, pids[count]);
	}
	assert_int_equal(rows_count(rows), count);
	assert_int_equal(pids[count], IS_END);
	rows_free(rows);
}

static const struct match everything = { 0 };

/* NULL: by birth. */
static struct rows_scope scope_of(const char *sort)
{
	return (struct rows_scope){ .now_ns = 100 * S,
				    .sort = sort ? field_find(sort, strlen(sort)) : NULL };
}

static const struct row *row_of(const struct rows *rows, pid_t pid)
{
	for (uint32_t i = 0; i < rows_count(rows); i++) {
		const struct row *row = rows_at(rows, i);

		if (row->pid == pid)
			return row;
	}
	fail_msg("no row of %d", pid);
	return NULL;
}

static void expect_sums(const struct rows *rows, pid_t pid, uint32_t permille, uint32_t rss_kib)
{
	const struct row *row = row_of(rows, pid);

	assert_int_equal(row->sum_cpu_permille, permille);
	assert_int_equal(row->sum_rss_kib, rss_kib);
}

/*
 * 1 - 100 - 200 - 300, 301
 *         - 201 - 310, 311
 * 200 forked 302, which used half a CPU of the last tick.
 */
static void plant_family(struct ptree_tree *tree)
{
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 3 * S, 100, 201);
	fork_at(tree, 4 * S, 200, 300);
	fork_at(tree, 5 * S, 200, 301);
	fork_at(tree, 6 * S, 201, 310);
	fork_at(tree, 7 * S, 201, 311);
	use(tree, 300, 100, 1000);
	use(tree, 301, 400, 500);
	use(tree, 310, 300, 4000);
	use(tree, 311, 800, 8000);
	use(tree, 200, 10, 100);
	use(tree, 201, 20, 200);
	fork_at(tree, 8 * S, 200, 302);
	comm_at(tree, 8 * S, 302, "cc1");
	ptree_tree_tick(tree, 20 * S);
	end_with(tree, 21 * S, 302, 0, 500 * MS);
	ptree_tree_tick(tree, 21 * S);
}

static void sums_are_of_all_that_is_below_and_of_what_just_ended(void **state)
{
	const struct rows_scope scope = scope_of(NULL);
	struct rows *rows;

	plant_family(*state);
	rows = arrange(*state, &scope, &everything);
	expect_sums(rows, 300, 100, 1000);
	expect_sums(rows, 200, 10 + 100 + 400 + 500, 100 + 1000 + 500);
	expect_sums(rows, 201, 20 + 300 + 800, 200 + 4000 + 8000);
	expect_sums(rows, 100, 1010 + 1120, 1600 + 12200);
	expect_sums(rows, 1, 1010 + 1120, 1600 + 12200);
	rows_free(rows);
}

static void sums_of_memory_do_not_wrap(void **state)
{
	const struct rows_scope scope = scope_of(NULL);
	const uint32_t most_kib = UINT32_MAX - 1023; /* nearly 4 TiB */
	struct rows *rows;

	for (pid_t pid = 200; pid < 204; pid++) {
		fork_at(*state, 2 * S, 100, pid);
		use(*state, pid, 0, most_kib);
	}
	rows = arrange(*state, &scope, &everything);
	assert_int_equal(row_of(rows, 100)->sum_rss_kib, (uint64_t)most_kib * 4);
	rows_free(rows);
}

static void in_a_list_each_stands_for_itself(void **state)
{
	struct rows_scope scope = scope_of("sum-cpu");
	struct rows *rows;

	plant_family(*state);
	scope.is_list = true;
	rows = arrange(*state, &scope, &everything);
	expect_sums(rows, 200, 10 + 500, 100);
	expect_sums(rows, 1, 0, 0);
	rows_free(rows);
	expect_rows(*state, &scope, &everything,
		    (const pid_t[]){ 311, 200, 301, 310, 300, 201, 1, 100, IS_END });
	scope.sort = NULL;
	expect_rows(*state, &scope, &everything,
		    (const pid_t[]){ 1, 100, 200, 201, 300, 301, 310, 311, IS_END });
	scope.is_reversed = true;
	expect_rows(*state, &scope, &everything,
		    (const pid_t[]){ 311, 310, 301, 300, 201, 200, 100, 1, IS_END });
}

static void siblings_are_sorted_and_stay_below_their_parents(void **state)
{
	static const struct {
		const char *sort; /* NULL: by birth */
		bool is_reversed;
		pid_t pids[12];
	} rows[] = {
		{ NULL, false, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ NULL, true, { 1, 100, 201, 311, 310, 200, 301, 300, IS_END } },
		{ "sum-cpu", false, { 1, 100, 201, 311, 310, 200, 301, 300, IS_END } },
		{ "sum-cpu", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ "sum-rss", false, { 1, 100, 201, 311, 310, 200, 300, 301, IS_END } },
		{ "sum-rss", true, { 1, 100, 200, 301, 300, 201, 310, 311, IS_END } },
		/* What 302 used is 200's, but those that live below 201 have used more. */
		{ "time", false, { 1, 100, 201, 311, 310, 200, 301, 300, IS_END } },
		{ "time", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ "pid", false, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ "pid", true, { 1, 100, 201, 311, 310, 200, 301, 300, IS_END } },
		{ "user", false, { 1, 100, 201, 310, 311, 200, 300, 301, IS_END } },
		{ "user", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ "comm", false, { 1, 100, 201, 310, 311, 200, 301, 300, IS_END } },
		{ "comm", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		/* As many threads, and so as they were. */
		{ "threads", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		/* Whatever is a column. */
		{ "ppid", false, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
		{ "start", true, { 1, 100, 201, 311, 310, 200, 301, 300, IS_END } },
		{ "rss", false, { 1, 100, 201, 311, 310, 200, 300, 301, IS_END } },
		/* What is not known is last either way. */
		{ "read", true, { 1, 100, 200, 300, 301, 201, 310, 311, IS_END } },
	};
	struct ptree_tree *tree = *state;

	plant_family(tree);
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_UID,
					  .time_ns = 21 * S,
					  .pid = 200,
					  .tgid = 200,
					  .u.id = { 1000, 1000 } });
	comm_at(tree, 21 * S, 200, "zsh");
	comm_at(tree, 21 * S, 201, "bash");
	comm_at(tree, 21 * S, 300, "make");
	comm_at(tree, 21 * S, 301, "cc");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rows_scope scope = scope_of(rows[i].sort);

		print_message("# by %s%s\n", rows[i].sort ? rows[i].sort : "birth",
			      rows[i].is_reversed ? ", reversed" : "");
		scope.is_reversed = rows[i].is_reversed;
		expect_rows(tree, &scope, &everything, rows[i].pids);
	}
}

static void threads_come_first_in_every_order(void **state)
{
	struct ptree_tree *tree = *state;

	plant_family(tree);
	thread_at(tree, 9 * S, 200, 252);
	thread_at(tree, 9 * S, 200, 251);
	for (int sort = 0; sort < 2 * field_sort_count(); sort++) {
		struct rows_scope scope = scope_of(NULL);
		struct rows *rows;
		uint32_t at;

		scope.sort = field_sort_at(sort % field_sort_count());
		scope.is_reversed = sort >= field_sort_count();
		scope.shows_threads = true;
		rows = arrange(tree, &scope, &everything);
		at = rows_find(rows, ptree_node_id(node_of(tree, 200)));
		assert_true(at < rows_count(rows));
		assert_int_equal(rows_at(rows, at + 1)->pid, 251);
		assert_int_equal(rows_at(rows, at + 2)->pid, 252);
		assert_true(rows_at(rows, at + 2)->is_thread);
		assert_int_equal(rows_parent(rows, rows_at(rows, at + 4)), at);
		assert_true(rows_at(rows, at + 4)->is_last);
		rows_free(rows);
	}
}

static void more_threads_come_first_when_sorted_by_them(void **state)
{
	struct rows_scope scope = scope_of("threads");

	plant_family(*state);
	thread_at(*state, 9 * S, 201, 251);
	thread_at(*state, 9 * S, 301, 252);
	expect_rows(*state, &scope, &everything,
		    (const pid_t[]){ 1, 100, 201, 310, 311, 200, 301, 300, IS_END });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define MACHINE_TEST(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_forests_are_sorted_as_a_plain_model_does_it),
		cmocka_unit_test(those_with_the_same_key_stay_as_they_were),
		cmocka_unit_test(a_chain_of_a_hundred_thousand_needs_no_deep_stack),
		cmocka_unit_test(an_empty_forest_is_sorted),
		cmocka_unit_test(every_order_has_a_name_and_a_place),
		cmocka_unit_test(an_order_is_found_by_other_names_and_by_how_it_begins),
		cmocka_unit_test(of_several_orders_that_begin_so_none_is_meant),
		TEST(a_restart_loop_is_found_with_its_period_and_status),
		cmocka_unit_test(what_is_no_restart_loop_is_not_found),
		TEST(one_that_succeeded_or_was_another_begins_the_count_anew),
		TEST(a_loop_that_sleeps_in_between_is_one),
		TEST(one_without_children_is_in_no_loop),
		TEST(spawners_are_ranked_by_their_forks),
		TEST(the_common_ancestor_is_the_lowest_above_nearly_all_new_ones),
		MACHINE_TEST(rates_are_of_each_second_that_passed),
		MACHINE_TEST(the_oldest_rates_give_way),
		MACHINE_TEST(the_time_of_the_short_lived_is_a_share_of_what_the_machine_did),
		MACHINE_TEST(what_is_taken_back_makes_no_share),
		MACHINE_TEST(processes_that_multiply_are_warned_of),
		MACHINE_TEST(a_busy_build_is_not_warned_of),
		MACHINE_TEST(nor_is_a_rise_that_is_small_for_the_machine),
		MACHINE_TEST(those_that_come_and_go_do_not_multiply),
		cmocka_unit_test(an_item_is_chosen_from_the_list),
		cmocka_unit_test(in_an_empty_list_there_is_nothing_to_choose),
		cmocka_unit_test(times_take_five_cells),
		cmocka_unit_test(sizes_take_four_cells),
		cmocka_unit_test(shares_are_told_in_per_cent),
		cmocka_unit_test(cpu_time_that_is_too_short_to_tell_is_no_zero),
		TEST(sums_are_of_all_that_is_below_and_of_what_just_ended),
		TEST(sums_of_memory_do_not_wrap),
		TEST(in_a_list_each_stands_for_itself),
		TEST(siblings_are_sorted_and_stay_below_their_parents),
		TEST(threads_come_first_in_every_order),
		TEST(more_threads_come_first_when_sorted_by_them),
	};

	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
