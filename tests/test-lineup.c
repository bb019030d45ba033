/* SPDX-License-Identifier: MIT */
/*
 * Counts that are kept are those that one would count anew: after each of many random changes of a
 * tree, of filter, users, watch, folds and order.
 */
#include "look.h"

#define LOADS 250
#define STEPS 400

static void look_at(uint32_t seed)
{
	struct look look = {
		.load = { .tree = new_tree(30, 1 << 20), .seed = seed, .now_ns = 100 * S },
		.rows = rows_new(),
		.scope.height = 20
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
		look_at(seed);
	}
}

/* Each once found a row twice, or in a wrong place. */
static void loads_that_once_went_wrong(void **state)
{
	static const uint32_t seeds[] = { 645, 677, 895, 1299, 1402, 3106, 5056 };

	(void)state;
	for (size_t i = 0; i < COUNT(seeds); i++)
		look_at(seeds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_is_what_one_would_count_anew),
		cmocka_unit_test(loads_that_once_went_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
