/* SPDX-License-Identifier: MIT */
/*
 * Counts that are kept are those that one would count anew: after each of many random changes of a
 * tree, of filter, users, watch, folds and order.
 */
#include "look.h"

#define LOADS 150
#define STEPS 400

static void look_at(uint32_t seed, bool likes_modes)
{
	struct look look = {
		.load = { .tree = new_tree(30, 1 << 20), .seed = seed, .now_ns = 100 * S },
		.rows = rows_new(),
		.scope.height = 20,
		.likes_modes = likes_modes,
	};

	look.rows->lineup.block_items = 4 + 4 * (seed % 2);
	for (int i = 0; i < STEPS; i++) {
		step(&look.load);
		choose(&look);
		collect_and_compare(&look);
	}
	rows_free(look.rows);
	filter_free(look.filter);
	ptree_tree_free(look.load.tree);
}

static void what_is_kept_is_what_one_would_count_anew(void **state)
{
	const char *wish = getenv("PROCTOP_LOADS");
	uint32_t loads = wish ? (uint32_t)atoi(wish) : LOADS;

	(void)state;
	for (uint32_t seed = 1; seed <= loads; seed++) {
		print_message("# seed %u\n", seed);
		look_at(seed, false);
		look_at(seed, true);
	}
}

/* Each once found a row twice, in a wrong place, or not at all. */
static void loads_that_once_went_wrong(void **state)
{
	static const uint32_t seeds[] = { 216, 645, 677, 895, 1299, 1402, 1566, 3106, 5056 };

	(void)state;
	for (size_t i = 0; i < COUNT(seeds); i++)
		look_at(seeds[i], false);
}

/* ---- what is over has been charged already ---- */

static void apply(struct load *load, enum ptree_event_kind kind, pid_t parent, pid_t pid)
{
	const struct ptree_event event = { .kind = kind,
					   .time_ns = load->now_ns,
					   .pid = pid,
					   .tgid = pid,
					   .parent_pid = parent,
					   .parent_tgid = parent };

	assert_int_equal(ptree_tree_apply(load->tree, &event), 0);
}

static void use_cpu(struct load *load, pid_t pid, uint64_t cpu_ns)
{
	const struct ptree_accounting record = { .pid = pid,
						 .known = 2 * PTREE_ACCOUNTING_IO - 1,
						 .cpu_user_ns = cpu_ns,
						 .cpu_run_ns = cpu_ns,
						 .elapsed_ns = 60 * S };

	ptree_tree_account(load->tree, pid, &record);
}

/* 11 ended and left 12, whom nobody has adopted yet: what it used is 10's by then. */
static void an_ancestor_that_is_over_counts_once(void **state)
{
	struct load load = { .tree = new_tree(30, 1 << 20), .now_ns = 100 * S };
	struct rows *rows = rows_new();
	const struct rows_scope scope = { .now_ns = 170 * S,
					  .height = 20,
					  .sort = field_sort_at(FIELD_SORT_TIME) };
	const struct match match = { 0 };
	struct cursor cursor = { 0 };

	(void)state;
	apply(&load, PTREE_EVENT_FORK, 1, 10);
	apply(&load, PTREE_EVENT_FORK, 10, 11);
	apply(&load, PTREE_EVENT_FORK, 11, 12);
	apply(&load, PTREE_EVENT_FORK, 1, 20);
	apply(&load, PTREE_EVENT_FORK, 20, 21);
	load.now_ns += 60 * S;
	apply(&load, PTREE_EVENT_EXIT, 10, 11);
	use_cpu(&load, 11, 10 * S);
	apply(&load, PTREE_EVENT_EXIT, 20, 21);
	use_cpu(&load, 21, 15 * S);
	assert_int_equal(rows_collect(rows, load.tree, &scope, &match, &cursor), 0);
	assert_int_equal(rows_at(rows, 0)->pid, 1);
	assert_int_equal(rows_at(rows, 1)->pid, 20);
	rows_free(rows);
	ptree_tree_free(load.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_is_what_one_would_count_anew),
		cmocka_unit_test(loads_that_once_went_wrong),
		cmocka_unit_test(an_ancestor_that_is_over_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
