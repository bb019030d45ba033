/* SPDX-License-Identifier: MIT */
/* Orphans and zombies where /proc does not answer: hidden processes, and errors that say nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake-proc.h"

#include "../lib/model/tree.h"
#include "../lib/monitor/orphans.h"
#include "../lib/monitor/reaping.h"

#define FAMILIES 100
#define REAPER 7 /* of whom fake_stat() says that all are its children */
#define DEAD(i) (1000 + (pid_t)(i))
#define CHILD(i) (2000 + (pid_t)(i))
#define FAR UINT64_MAX

struct fixture {
	struct ptree_tree *tree;
	struct ptree_procfs *procfs;
	char *root;
	struct orphans orphans;
	struct reaping reaping;
	uint64_t time_ns;
};

static void apply(struct fixture *fixture, enum ptree_event_kind kind, pid_t pid, pid_t parent)
{
	const struct ptree_event event = { .kind = kind,
					   .pid = pid,
					   .tgid = pid,
					   .parent_pid = parent,
					   .parent_tgid = parent,
					   .time_ns = fixture->time_ns++ };

	assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	*state = fixture;
	fixture->time_ns = 1000;
	fixture->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&fixture->procfs, fixture->root), 0);
	assert_int_equal(ptree_tree_new(&fixture->tree, NULL), 0);
	apply(fixture, PTREE_EVENT_FORK, REAPER, 1);
	for (int i = 0; i < FAMILIES; i++) {
		apply(fixture, PTREE_EVENT_FORK, DEAD(i), REAPER);
		apply(fixture, PTREE_EVENT_FORK, CHILD(i), DEAD(i));
		apply(fixture, PTREE_EVENT_EXIT, DEAD(i), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	reaping_clear(&fixture->reaping);
	ptree_tree_free(fixture->tree);
	ptree_procfs_close(fixture->procfs);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

static pid_t parent_of(const struct fixture *fixture, pid_t pid)
{
	return ptree_node_pid(ptree_node_parent(ptree_tree_find(fixture->tree, pid)));
}

static bool settle_at(struct fixture *fixture, uint64_t now_ns)
{
	return orphans_settle(&fixture->orphans, fixture->tree, fixture->procfs, now_ns, FAR);
}

static void those_that_are_hidden_hold_up_none_that_is_not(void **state)
{
	struct fixture *fixture = *state;

	fake_stat(fixture->root, CHILD(FAMILIES - 1), "seen", 'S', 1, 0);
	assert_true(settle_at(fixture, 0));
	assert_int_equal(parent_of(fixture, CHILD(FAMILIES - 1)), REAPER);
	assert_int_equal(fixture->orphans.asked, FAMILIES);
	apply(fixture, PTREE_EVENT_FORK, 3000, REAPER);
	apply(fixture, PTREE_EVENT_FORK, 3001, 3000);
	apply(fixture, PTREE_EVENT_EXIT, 3000, 0);
	fake_stat(fixture->root, 3001, "new", 'S', 1, 0);
	assert_true(settle_at(fixture, 1));
	assert_int_equal(parent_of(fixture, 3001), REAPER);
	assert_int_equal(fixture->orphans.asked, FAMILIES + 1);
}

static void those_that_are_hidden_are_asked_for_less_and_less_often(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t ms = 0; ms < 60000; ms += 2)
		settle_at(fixture, ms * NS_PER_MS);
	assert_in_range(fixture->orphans.asked, FAMILIES + 20 * 32, FAMILIES + 30 * 32);
}

static void those_that_are_hidden_have_their_turn_each(void **state)
{
	struct fixture *fixture = *state;
	uint64_t now_ns = 0;

	settle_at(fixture, now_ns);
	for (int i = 0; i < FAMILIES; i++)
		fake_stat(fixture->root, CHILD(i), "seen", 'S', 1, 0);
	while (fixture->orphans.in_vain && now_ns < 2 * NS_PER_S)
		settle_at(fixture, now_ns += NS_PER_MS);
	for (int i = 0; i < FAMILIES; i++)
		assert_int_equal(parent_of(fixture, CHILD(i)), REAPER);
}

static void who_is_over_is_no_orphan_any_more(void **state)
{
	struct fixture *fixture = *state;

	settle_at(fixture, 0);
	for (int i = 0; i < FAMILIES; i++)
		apply(fixture, PTREE_EVENT_EXIT, CHILD(i), 0);
	settle_at(fixture, NS_PER_S);
	assert_int_equal(fixture->orphans.in_vain, 0);
}

/* One that the tree knows to be a zombie, and /proc something else of. */
static uint64_t make_zombie(struct fixture *fixture, const char *stat)
{
	char path[32];
	uint64_t id;

	apply(fixture, PTREE_EVENT_EXIT, CHILD(0), 0);
	id = ptree_node_id(tree_latest(fixture->tree, CHILD(0)));
	assert_int_equal(ptree_tree_set_zombie(fixture->tree, id, true), 0);
	reaping_zombie_seen(&fixture->reaping, id);
	snprintf(path, sizeof(path), "%d/stat", CHILD(0));
	if (stat)
		fake_text(fixture->root, path, stat);
	return id;
}

static void look_at_zombies(struct fixture *fixture)
{
	settle_at(fixture, 0);
	reaping_look_at_zombies(&fixture->reaping, fixture->tree, fixture->procfs);
}

static void a_zombie_that_cannot_be_read_stays_one(void **state)
{
	struct fixture *fixture = *state;
	uint64_t id = make_zombie(fixture, "2000 (no sense");

	look_at_zombies(fixture);
	assert_true(ptree_node_is_zombie(ptree_tree_find_id(fixture->tree, id)));
}

static void a_zombie_that_is_gone_is_reaped(void **state)
{
	struct fixture *fixture = *state;
	uint64_t id = make_zombie(fixture, NULL);

	look_at_zombies(fixture);
	assert_false(ptree_node_is_zombie(ptree_tree_find_id(fixture->tree, id)));
}

static bool look_at_exits(struct fixture *fixture, uint64_t now_ns)
{
	return reaping_look_at_exits(&fixture->reaping, fixture->tree, fixture->procfs, now_ns);
}

static uint64_t see_exit(struct fixture *fixture, pid_t pid)
{
	uint64_t id = ptree_node_id(tree_latest(fixture->tree, pid));

	reaping_exit_seen(&fixture->reaping, id, fixture->time_ns);
	return id;
}

/* So that ten thousand in a second hold up no key. */
static void exits_are_looked_at_in_portions_and_not_at_once(void **state)
{
	struct fixture *fixture = *state;
	uint64_t last_id;

	for (int i = 0; i < FAMILIES; i++) {
		apply(fixture, PTREE_EVENT_EXIT, CHILD(i), 0);
		last_id = see_exit(fixture, CHILD(i));
	}
	fake_stat(fixture->root, CHILD(FAMILIES - 1), "left", 'Z', 1, 0);
	assert_true(look_at_exits(fixture, fixture->time_ns));
	assert_int_equal(fixture->reaping.exit_count, FAMILIES);
	assert_false(look_at_exits(fixture, NS_PER_S));
	assert_in_range(fixture->reaping.exit_count, 1, FAMILIES - 1);
	assert_false(ptree_node_is_zombie(ptree_tree_find_id(fixture->tree, last_id)));
	while (!look_at_exits(fixture, NS_PER_S))
		;
	assert_int_equal(fixture->reaping.exit_count, 0);
	assert_true(ptree_node_is_zombie(ptree_tree_find_id(fixture->tree, last_id)));
}

/* One whose leader is gone while its threads make more of them. */
static void one_that_is_never_quiet_holds_up_no_other(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event event = { .kind = PTREE_EVENT_FORK,
				     .pid = CHILD(0) + FAMILIES,
				     .tgid = CHILD(0),
				     .time_ns = fixture->time_ns++ };
	uint64_t id;

	assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
	apply(fixture, PTREE_EVENT_EXIT, CHILD(0), 0);
	see_exit(fixture, CHILD(0));
	apply(fixture, PTREE_EVENT_EXIT, CHILD(1), 0);
	id = see_exit(fixture, CHILD(1));
	fake_stat(fixture->root, CHILD(0), "goes-on", 'Z', 1, 0);
	fake_stat(fixture->root, CHILD(1), "left", 'Z', 1, 0);
	assert_true(ptree_node_is_leaderless(tree_latest(fixture->tree, CHILD(0))));
	event.pid++;
	event.time_ns = NS_PER_S;
	assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
	assert_true(look_at_exits(fixture, NS_PER_S));
	assert_true(ptree_node_is_zombie(ptree_tree_find_id(fixture->tree, id)));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(those_that_are_hidden_hold_up_none_that_is_not),
		TEST(those_that_are_hidden_are_asked_for_less_and_less_often),
		TEST(those_that_are_hidden_have_their_turn_each),
		TEST(who_is_over_is_no_orphan_any_more),
		TEST(exits_are_looked_at_in_portions_and_not_at_once),
		TEST(one_that_is_never_quiet_holds_up_no_other),
		TEST(a_zombie_that_cannot_be_read_stays_one),
		TEST(a_zombie_that_is_gone_is_reaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
