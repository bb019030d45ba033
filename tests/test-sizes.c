/* SPDX-License-Identifier: MIT */
/* Programs that were compiled with a header of before, or of later, than the library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <proctree.h>

#include <errno.h>
#include <string.h>

/* A struct with one member more than is known here. */
struct later {
	union {
		struct ptree_tree_options tree;
		struct ptree_monitor_options monitor;
		struct ptree_connector_options connector;
		struct ptree_tree_counts counts;
	};
	uint64_t more;
};

static void options_of_before_mean_what_they_did(void **state)
{
	const struct ptree_tree_options options = { .exited_max = 5, .feed_bytes = 1 << 16 };
	struct ptree_feed_reader reader = { 0 };
	struct ptree_fact fact;
	struct ptree_tree *tree;

	(void)state;
	/* There was no feed then, and what stands behind is not options'. */
	assert_int_equal(
	    ptree_tree_new_sized(&tree, &options, offsetof(struct ptree_tree_options, feed_bytes)),
	    0);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), -ENOTSUP);
	ptree_tree_free(tree);
	assert_int_equal(ptree_tree_new_sized(&tree, NULL, 8), 0);
	ptree_tree_free(tree);
}

static void options_of_later_are_refused_if_they_ask_for_more(void **state)
{
	struct later later = { .more = 0 };
	struct ptree_connector *connector;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree;

	(void)state;
	assert_int_equal(ptree_tree_new_sized(&tree, &later.tree, sizeof(later)), 0);
	ptree_tree_free(tree);
	later.more = 1;
	assert_int_equal(ptree_tree_new_sized(&tree, &later.tree, sizeof(later)), -E2BIG);
	assert_int_equal(ptree_monitor_new_sized(&monitor, &later.monitor, sizeof(later)), -E2BIG);
	assert_int_equal(ptree_connector_open_sized(&connector, &later.connector, sizeof(later)),
			 -E2BIG);
	assert_int_equal(
	    ptree_connector_adopt_sized(&connector, 0, &later.connector, sizeof(later)) < 0, 1);
}

static void what_is_told_fills_what_the_caller_has_and_no_more(void **state)
{
	struct ptree_event fork = { PTREE_EVENT_FORK, .pid = 5, .tgid = 5 };
	size_t first = sizeof(size_t);
	struct ptree_tree *tree;
	struct later later;

	(void)state;
	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	assert_int_equal(ptree_tree_apply(tree, &fork), 0);
	memset(&later, 0xff, sizeof(later));
	ptree_tree_get_counts_sized(tree, &later.counts, first);
	assert_int_equal(later.counts.live, 1);
	assert_int_equal(later.counts.zombies, SIZE_MAX);
	ptree_tree_get_counts_sized(tree, &later.counts, sizeof(later));
	assert_int_equal(later.counts.zombies, 0);
	assert_int_equal(later.counts.forks, 1);
	assert_int_equal(later.more, 0);
	ptree_tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_before_mean_what_they_did),
		cmocka_unit_test(options_of_later_are_refused_if_they_ask_for_more),
		cmocka_unit_test(what_is_told_fills_what_the_caller_has_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
