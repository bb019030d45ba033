/* SPDX-License-Identifier: MIT */
/* Scans beside events: what is read of a process and what is heard of it, in every wrong order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../lib/model/exit.h"
#include "../lib/model/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS

static int setup(void **state)
{
	const struct ptree_tree_options options = { .exited_max = 100, .feed_bytes = 1 << 16 };
	struct ptree_tree *tree;

	*state = ptree_tree_new(&tree, &options) ? NULL : tree;
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	ptree_tree_free(*state);
	return 0;
}

static void fork_at(struct ptree_tree *tree, uint64_t ns, pid_t parent, pid_t child)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_FORK,
					   .time_ns = ns,
					   .pid = child,
					   .tgid = child,
					   .parent_pid = parent,
					   .parent_tgid = parent };

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void exit_at(struct ptree_tree *tree, uint64_t ns, pid_t parent, pid_t pid, uint32_t status)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_EXIT,
					   .time_ns = ns,
					   .pid = pid,
					   .tgid = pid,
					   .parent_pid = parent,
					   .parent_tgid = parent,
					   .u.exit.status = status };

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void observe(struct ptree_tree *tree, pid_t pid, pid_t ppid, uint64_t start_ns,
		    uint64_t read_ns, char state)
{
	struct ptree_process process = { .pid = pid,
					 .ppid = ppid,
					 .start_ns = start_ns,
					 .read_ns = read_ns,
					 .state = state,
					 .thread_count = 1,
					 .euid = 33,
					 .ruid = PTREE_UNKNOWN_ID };

	snprintf(process.comm, sizeof(process.comm), "p%d", pid);
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
}

static bool is_birth(const struct ptree_fact *fact)
{
	return fact->kind == PTREE_FACT_APPEARED || fact->kind == PTREE_FACT_FILLED ||
	       fact->kind == PTREE_FACT_REDATED;
}

static bool is_end(const struct ptree_fact *fact)
{
	return fact->kind == PTREE_FACT_ENDED || fact->kind == PTREE_FACT_STATUS;
}

/* News about the latest process with that pid that an event told. */
static size_t count_told(const struct ptree_tree *tree, bool (*is_it)(const struct ptree_fact *),
			 pid_t pid)
{
	const struct ptree_node *node = tree_latest(tree, pid);
	struct ptree_feed_reader reader;
	struct ptree_fact fact;
	size_t count = 0;

	ptree_tree_feed_begin(tree, &reader);
	while (ptree_tree_feed_read(tree, &reader, &fact) == 1)
		count += fact.is_news && fact.source == PTREE_FACT_TOLD && fact.id == node->id &&
			 is_it(&fact);
	return count;
}

static void a_fork_that_a_scan_was_ahead_of_is_in_the_feed_once(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	observe(tree, 5, 1, 2 * S, 2 * S + 1 * MS, 'R');
	fork_at(tree, 2 * S + 1, 1, 5);
	assert_int_equal(count_told(tree, is_birth, 5), 1);
	fork_at(tree, 2 * S + 1, 1, 5);
	assert_int_equal(count_told(tree, is_birth, 5), 1);
	assert_int_equal(ptree_node_begin_ns(ptree_tree_find(tree, 5)), 2 * S + 1);
}

static void the_fork_of_one_that_a_scan_found_over_is_of_the_same(void **state)
{
	struct ptree_tree *tree = *state;
	uint32_t status;
	uint64_t id;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	observe(tree, 5, 1, 2 * S, 2 * S + 3 * MS, 'Z');
	id = ptree_node_id(tree_latest(tree, 5));
	fork_at(tree, 2 * S + 1, 1, 5);
	exit_at(tree, 2 * S + 2 * MS, 1, 5, 9);
	assert_int_equal(ptree_node_id(tree_latest(tree, 5)), id);
	assert_int_equal(count_told(tree, is_birth, 5), 1);
	assert_int_equal(count_told(tree, is_end, 5), 1);
	assert_true(ptree_node_exit_status(tree_latest(tree, 5), &status));
	assert_int_equal(status, 9);
}

static void what_ended_before_its_scan_is_taken_in_is_no_ghost(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint32_t status;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	exit_at(tree, 3 * S, 1, 5, 7 << 8);
	observe(tree, 5, 1, 500 * MS, 2 * S, 'R');
	assert_null(tree_live(tree, 5));
	node = tree_latest(tree, 5);
	assert_non_null(node);
	assert_string_equal(ptree_node_comm(node), "p5");
	assert_int_equal(ptree_node_begin_ns(node), 500 * MS);
	assert_int_equal(ptree_node_end_ns(node), 3 * S);
	assert_int_equal(ptree_node_euid(node), 33);
	assert_int_equal(ptree_node_pid(ptree_node_parent(node)), 1);
	assert_true(ptree_node_exit_status(node, &status));
	assert_int_equal(status, 7 << 8);
	assert_int_equal(count_told(tree, is_end, 5), 1);
}

static void a_parent_that_ended_before_its_scan_is_taken_in_is_no_ghost(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 5, 6);
	exit_at(tree, 3 * S, 1, 5, 0);
	observe(tree, 5, 1, 500 * MS, 1 * S, 'R');
	assert_null(tree_live(tree, 5));
	assert_string_equal(ptree_node_comm(tree_latest(tree, 5)), "p5");
	assert_int_equal(ptree_node_pid(ptree_node_origin(tree_live(tree, 6))), 5);
}

static void a_zombie_that_is_read_while_it_ends_is_a_zombie(void **state)
{
	struct ptree_tree *tree = *state;

	exit_at(tree, 3 * S, 1, 5, 0);
	observe(tree, 5, 1, 500 * MS, 3 * S - 1, 'Z');
	assert_true(ptree_node_is_zombie(tree_latest(tree, 5)));
	assert_true(ptree_node_has_ended(tree_latest(tree, 5)));
}

static void a_reused_pid_that_is_read_after_the_end_lives(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t first;

	exit_at(tree, 3 * S, 1, 5, 0);
	first = ptree_node_id(tree_latest(tree, 5));
	observe(tree, 5, 1, 4 * S, 5 * S, 'R');
	assert_non_null(tree_live(tree, 5));
	assert_int_not_equal(ptree_node_id(tree_live(tree, 5)), first);
}

static void the_exit_of_an_unknown_thread_is_of_no_process(void **state)
{
	const struct ptree_event event = {
		.kind = PTREE_EVENT_EXIT, .time_ns = 3 * S, .pid = 6, .tgid = 5
	};
	struct ptree_tree *tree = *state;

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
	assert_null(tree_latest(tree, 5));
	assert_null(tree_latest(tree, 6));
}

static void exec_at(struct ptree_tree *tree, uint64_t ns, pid_t pid)
{
	const struct ptree_event event = {
		.kind = PTREE_EVENT_EXEC, .time_ns = ns, .pid = pid, .tgid = pid
	};

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void set_argv(struct ptree_tree *tree, pid_t pid, uint64_t read_ns, const char *argv)
{
	const struct ptree_node *node = tree_live(tree, pid);
	uint64_t image_ns = ptree_node_image(node, 0)->begin_ns;

	assert_int_equal(ptree_tree_set_argv(tree, ptree_node_id(node), image_ns, read_ns,
					     PTREE_ARGV_READ, argv, strlen(argv) + 1),
			 0);
}

static void an_exec_that_a_scan_was_ahead_of_does_not_keep_the_old_arguments(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_image *image;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	set_argv(tree, 5, 1 * S, "shell");
	fork_at(tree, 2 * S, 5, 6);
	observe(tree, 6, 5, 2 * S, 4 * S, 'S');
	exec_at(tree, 3 * S, 6);
	image = ptree_node_image(tree_live(tree, 6), 0);
	assert_int_equal(image->argv_status, PTREE_ARGV_PENDING);
	assert_int_equal(image->begin_ns, 3 * S);
	assert_string_equal(image->comm, "p6");
	image = ptree_node_image(tree_live(tree, 5), 0);
	assert_string_equal(image->argv, "shell");
	assert_int_equal(image->begin_ns, 0);
}

static void another_name_in_a_scan_makes_the_arguments_unknown(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process renamed = { .pid = 5,
					 .read_ns = 4 * S,
					 .state = 'S',
					 .comm = "other",
					 .thread_count = 1,
					 .ruid = PTREE_UNKNOWN_ID };

	observe(tree, 5, 0, 0, 1 * S, 'S');
	set_argv(tree, 5, 1 * S, "shell");
	assert_int_equal(ptree_tree_observe(tree, &renamed), 0);
	assert_int_equal(ptree_node_image(tree_live(tree, 5), 0)->argv_status, PTREE_ARGV_PENDING);
	assert_null(ptree_node_image(tree_live(tree, 5), 0)->argv);
}

static void what_a_scan_says_of_a_parent_goes_to_those_it_forked_unheard(void **state)
{
	struct ptree_tree *tree = *state;

	fork_at(tree, 2 * S, 5, 6);
	fork_at(tree, 3 * S, 6, 7);
	fork_at(tree, 3 * S, 5, 8);
	exit_at(tree, 4 * S, 6, 7, 0);
	observe(tree, 5, 0, 500 * MS, 5 * S, 'S');
	for (pid_t pid = 6; pid <= 8; pid++) {
		assert_string_equal(ptree_node_comm(tree_latest(tree, pid)), "p5");
		assert_int_equal(ptree_node_euid(tree_latest(tree, pid)), 33);
	}
}

static void what_proc_never_showed_is_not_gone_when_init_is_hidden(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	observe(tree, 9, 5, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 5, 6);
	observe(tree, 5, 0, 0, 4 * S, 'S');
	ptree_tree_sweep(tree, 3 * S);
	assert_non_null(tree_live(tree, 6));
	assert_null(tree_live(tree, 9));
	observe(tree, 1, 0, 0, 6 * S, 'S');
	observe(tree, 5, 0, 0, 6 * S, 'S');
	ptree_tree_sweep(tree, 5 * S);
	assert_null(tree_live(tree, 6));
}

static void a_zombie_can_be_asked_for_its_siblings_new_parent(void **state)
{
	struct ptree_tree *tree = *state;
	pid_t child;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	observe(tree, 5, 1, 0, 1 * S, 'S');
	observe(tree, 6, 5, 0, 1 * S, 'Z');
	observe(tree, 7, 5, 0, 1 * S, 'S');
	exit_at(tree, 2 * S, 1, 5, 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 5);
	assert_int_equal(child, 6);
	assert_int_equal(ptree_tree_adopt(tree, 6, 1), 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 0);
	assert_int_equal(ptree_node_pid(ptree_node_parent(tree_live(tree, 7))), 1);
	assert_ptr_equal(ptree_tree_find(tree, 6), tree_latest(tree, 6));
}

static void a_leader_that_is_a_zombie_with_threads_lives(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process process = { .pid = 5,
					 .read_ns = 3 * S,
					 .state = 'Z',
					 .thread_count = 2,
					 .ruid = PTREE_UNKNOWN_ID };

	observe(tree, 5, 0, 0, 1 * S, 'S');
	exit_at(tree, 2 * S, 1, 5, 0);
	assert_null(tree_live(tree, 5));
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
	assert_non_null(tree_live(tree, 5));
	assert_true(ptree_node_is_leaderless(tree_live(tree, 5)));
}

static void what_is_being_reaped_is_not_taken_in(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'X');
	assert_null(tree_latest(tree, 5));
}

static void nobody_is_its_own_parent(void **state)
{
	struct ptree_tree *tree = *state;
	pid_t child;

	fork_at(tree, 1 * S, 5, 5);
	assert_null(tree_latest(tree, 5));
	observe(tree, 5, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 5, 6);
	exit_at(tree, 3 * S, 1, 5, 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 5);
	assert_int_equal(ptree_tree_adopt(tree, 6, 6), -EINVAL);
	assert_int_equal(ptree_node_pid(ptree_node_parent(tree_live(tree, 6))), 5);
}

static void a_circle_through_an_ended_child_is_refused(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 5, 6);
	fork_at(tree, 2 * S, 6, 7);
	exit_at(tree, 3 * S, 5, 6, 0);
	observe(tree, 5, 7, 0, 4 * S, 'S');
	assert_int_equal(ptree_node_pid(ptree_node_parent(tree_live(tree, 5))), 0);
}

static void an_endless_age_forgets_nobody(void **state)
{
	const struct ptree_tree_options options = { .exited_age_ns = UINT64_MAX };
	struct ptree_tree *tree;

	(void)state;
	assert_int_equal(ptree_tree_new(&tree, &options), 0);
	observe(tree, 5, 0, 0, 1 * S, 'S');
	exit_at(tree, 3 * S, 1, 5, 0);
	ptree_tree_expire(tree, 100 * S);
	assert_non_null(tree_latest(tree, 5));
	ptree_tree_free(tree);
}

/* ---- whose text it is ---- */

static void arguments_read_when_the_pid_was_anothers_are_taken_back(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *former;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 1, 5);
	exec_at(tree, 2 * S + 1 * MS, 5);
	set_argv(tree, 5, 2 * S + 3 * MS, "another's");
	former = tree_live(tree, 5);
	/* The fork of the new owner, and the old one's exit, are heard of only now. */
	fork_at(tree, 2 * S + 2 * MS, 1, 5);
	former = ptree_tree_find_id(tree, ptree_node_id(former));
	assert_true(ptree_node_has_ended(former));
	assert_int_equal(ptree_node_image(former, 0)->argv_status, PTREE_ARGV_LATE);
	assert_null(ptree_node_image(former, 0)->argv);
}

static void arguments_read_long_before_the_pid_is_anothers_stay(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	observe(tree, 1, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 1, 5);
	exec_at(tree, 2 * S + 1 * MS, 5);
	set_argv(tree, 5, 2 * S + 3 * MS, "its own");
	id = ptree_node_id(tree_live(tree, 5));
	exit_at(tree, 3 * S, 1, 5, 0);
	fork_at(tree, 4 * S, 1, 5);
	assert_string_equal(ptree_node_image(ptree_tree_find_id(tree, id), 0)->argv, "its own");
}

static void a_parents_new_arguments_do_not_stay_on_the_child_it_forked_before(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	fork_at(tree, 2 * S, 5, 6);
	/* The parent has exec'd, which is still to be heard of. */
	set_argv(tree, 5, 3 * S + 1 * MS, "new");
	exec_at(tree, 3 * S, 5);
	assert_string_equal(ptree_node_image(tree_live(tree, 5), 0)->argv, "new");
	assert_int_equal(ptree_node_image(tree_live(tree, 6), 0)->argv_status, PTREE_ARGV_PENDING);
	assert_null(ptree_node_image(tree_live(tree, 6), 0)->argv);
}

static void what_it_ran_before_all_that_is_kept_is_not_known(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	for (uint64_t i = 0; i < 40; i++)
		exec_at(tree, 2 * S + i, 5);
	node = tree_live(tree, 5);
	assert_int_equal(ptree_node_image_at(node, 3 * S)->begin_ns, 2 * S + 39);
	assert_int_equal(ptree_node_image_at(node, 2 * S + 30)->begin_ns, 2 * S + 30);
	assert_null(ptree_node_image_at(node, 2 * S));
}

/* ---- tasks ---- */

static void observe_tasks(struct ptree_tree *tree, pid_t pid, uint64_t start_ns, uint64_t read_ns,
			  pid_t tid)
{
	const struct ptree_process process = {
		.pid = pid, .start_ns = start_ns, .read_ns = read_ns, .thread_count = 2
	};
	const pid_t tids[] = { pid, tid };

	ptree_tree_observe_tasks(tree, &process, tids, 2);
}

static void thread_at(struct ptree_tree *tree, uint64_t ns, pid_t process, pid_t tid)
{
	const struct ptree_event event = {
		.kind = PTREE_EVENT_FORK, .time_ns = ns, .pid = tid, .tgid = process
	};

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void task_exit_at(struct ptree_tree *tree, uint64_t ns, pid_t tid, pid_t process,
			 uint32_t status)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_EXIT,
					   .time_ns = ns,
					   .pid = tid,
					   .tgid = process,
					   .u.exit.status = status };

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static size_t threads_of(struct ptree_tree *tree, pid_t pid)
{
	return ptree_node_thread_count(tree_live(tree, pid));
}

static void a_list_of_before_a_threads_exit_does_not_bring_it_back(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	thread_at(tree, 2 * S, 5, 50);
	task_exit_at(tree, 3 * S, 50, 5, 0);
	observe_tasks(tree, 5, 0, 3 * S - 1, 50);
	assert_int_equal(threads_of(tree, 5), 0);
	task_exit_at(tree, 4 * S, 5, 5, 0);
	assert_null(tree_live(tree, 5)); /* it does not live on without its leader */
}

static void a_list_of_after_a_threads_exit_tells_of_another_with_its_tid(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	thread_at(tree, 2 * S, 5, 50);
	task_exit_at(tree, 3 * S, 50, 5, 0);
	observe_tasks(tree, 5, 0, 4 * S, 50);
	assert_int_equal(threads_of(tree, 5), 1);
}

static void a_list_of_before_an_exec_is_of_no_more_tasks(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	thread_at(tree, 2 * S, 5, 50);
	exec_at(tree, 3 * S, 5);
	observe_tasks(tree, 5, 0, 3 * S - 1, 50);
	assert_int_equal(threads_of(tree, 5), 0);
}

static void an_old_processs_tasks_are_not_those_of_the_pids_new_owner(void **state)
{
	struct ptree_tree *tree = *state;

	observe(tree, 5, 0, 0, 1 * S, 'S');
	exit_at(tree, 2 * S, 1, 5, 0);
	fork_at(tree, 3 * S, 1, 5);
	observe_tasks(tree, 5, 0, 2 * S - 1, 50);
	assert_int_equal(threads_of(tree, 5), 0);
}

/* ---- statuses ---- */

struct ending {
	const char *why;
	struct {
		pid_t tid;
		uint64_t ns;
		uint32_t status;
	} first, last;
	uint64_t first_elapsed_ns, last_elapsed_ns; /* as accounted; 0: not */
	uint32_t expected;
	bool is_inferred;
};

static void end_task(struct ptree_tree *tree, pid_t tid, uint64_t ns, uint32_t status,
		     uint64_t elapsed_ns)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_EXIT,
					   .time_ns = ns,
					   .pid = tid,
					   .tgid = 5,
					   .u.exit.status = status };
	const struct ptree_accounting record = { .pid = tid,
						 .known = PTREE_ACCOUNTING_ELAPSED,
						 .elapsed_ns = elapsed_ns };
	const struct exit_evidence evidence = { .records = &record,
						.record_count = elapsed_ns > 0 };

	assert_int_equal(exit_apply(tree, &event, &evidence), 0);
}

static void of_tasks_that_end_closely_it_is_said_what_is_not_sure(void **state)
{
	enum { LEADER = 5, THREAD = 50 };
	static const struct ending endings[] = {
		{ "a thread outlives the leader by long",
		  { LEADER, 3 * S, 5 << 8 },
		  { THREAD, 4 * S + 1, 7 << 8 },
		  0,
		  0,
		  7 << 8,
		  false },
		{ "the same status",
		  { LEADER, 3 * S, 0 },
		  { THREAD, 3 * S + 1, 0 },
		  0,
		  0,
		  0,
		  false },
		{ "a joined thread's exit is late",
		  { LEADER, 3 * S, 44 << 8 },
		  { THREAD, 3 * S + 9 * MS, 0 },
		  0,
		  0,
		  44 << 8,
		  true },
		{ "a joined thread's exit is in time",
		  { THREAD, 3 * S, 0 },
		  { LEADER, 3 * S + MS, 44 << 8 },
		  0,
		  0,
		  44 << 8,
		  true },
		{ "long in time",
		  { THREAD, 2 * S, 0 },
		  { LEADER, 3 * S, 44 << 8 },
		  0,
		  0,
		  44 << 8,
		  false },
		{ "in time, and accounting agrees",
		  { THREAD, 3 * S, 0 },
		  { LEADER, 3 * S + MS, 44 << 8 },
		  S,
		  2 * S + MS,
		  44 << 8,
		  false },
		{ "late, and accounting contradicts",
		  { LEADER, 3 * S, 44 << 8 },
		  { THREAD, 3 * S + MS, 0 },
		  2 * S,
		  S - MS,
		  44 << 8,
		  true },
		{ "the thread began to leave later",
		  { LEADER, 3 * S, 5 << 8 },
		  { THREAD, 3 * S + MS, 0 },
		  2 * S - MS,
		  S,
		  0,
		  false },
	};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const struct ending *ending = &endings[i];
		const struct ptree_node *node;
		uint32_t status = 0;

		teardown(state);
		assert_int_equal(setup(state), 0);
		observe(*state, 1, 0, 0, 1, 'S');
		fork_at(*state, 1 * S, 1, 5);
		thread_at(*state, 2 * S, 5, 50);
		end_task(*state, ending->first.tid, ending->first.ns, ending->first.status,
			 ending->first_elapsed_ns);
		end_task(*state, ending->last.tid, ending->last.ns, ending->last.status,
			 ending->last_elapsed_ns);
		node = tree_latest(*state, 5);
		if (!ptree_node_exit_status(node, &status) || status != ending->expected ||
		    ptree_node_is_status_inferred(node) != ending->is_inferred)
			print_error("%s: %x, inferred: %d\n", ending->why, status,
				    ptree_node_is_status_inferred(node));
		assert_int_equal(status, ending->expected);
		assert_int_equal(ptree_node_is_status_inferred(node), ending->is_inferred);
	}
}

/* ---- kernel workers ---- */

static void a_kernel_worker_that_works_on_something_else_has_not_execd(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process worker = { .pid = 9,
					.read_ns = 1 * S,
					.state = 'I',
					.comm = "kworker/0:1-mm",
					.thread_count = 1,
					.is_kernel_thread = true,
					.ruid = PTREE_UNKNOWN_ID };
	struct ptree_feed_reader reader;
	struct ptree_fact fact;

	ptree_tree_set_polling(tree, true);
	assert_int_equal(ptree_tree_observe(tree, &worker), 0);
	ptree_tree_feed_end(tree, &reader);
	memcpy(worker.comm, "kworker/0:1-ev", 15);
	worker.read_ns = 2 * S;
	assert_int_equal(ptree_tree_observe(tree, &worker), 0);
	assert_string_equal(ptree_node_comm(tree_live(tree, 9)), "kworker/0:1-ev");
	assert_int_equal(ptree_node_exec_count(tree_live(tree, 9)), 0);
	assert_int_equal(ptree_node_image(tree_live(tree, 9), 0)->argv_status, PTREE_ARGV_NONE);
	while (ptree_tree_feed_read(tree, &reader, &fact) == 1)
		assert_false(fact.is_news);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fork_that_a_scan_was_ahead_of_is_in_the_feed_once),
		TEST(the_fork_of_one_that_a_scan_found_over_is_of_the_same),
		TEST(what_ended_before_its_scan_is_taken_in_is_no_ghost),
		TEST(a_parent_that_ended_before_its_scan_is_taken_in_is_no_ghost),
		TEST(a_zombie_that_is_read_while_it_ends_is_a_zombie),
		TEST(a_reused_pid_that_is_read_after_the_end_lives),
		TEST(the_exit_of_an_unknown_thread_is_of_no_process),
		TEST(an_exec_that_a_scan_was_ahead_of_does_not_keep_the_old_arguments),
		TEST(another_name_in_a_scan_makes_the_arguments_unknown),
		TEST(what_a_scan_says_of_a_parent_goes_to_those_it_forked_unheard),
		TEST(what_proc_never_showed_is_not_gone_when_init_is_hidden),
		TEST(a_zombie_can_be_asked_for_its_siblings_new_parent),
		TEST(a_leader_that_is_a_zombie_with_threads_lives),
		TEST(what_is_being_reaped_is_not_taken_in),
		TEST(nobody_is_its_own_parent),
		TEST(a_circle_through_an_ended_child_is_refused),
		TEST(an_endless_age_forgets_nobody),
		TEST(arguments_read_when_the_pid_was_anothers_are_taken_back),
		TEST(arguments_read_long_before_the_pid_is_anothers_stay),
		TEST(a_parents_new_arguments_do_not_stay_on_the_child_it_forked_before),
		TEST(what_it_ran_before_all_that_is_kept_is_not_known),
		TEST(a_list_of_before_a_threads_exit_does_not_bring_it_back),
		TEST(a_list_of_after_a_threads_exit_tells_of_another_with_its_tid),
		TEST(a_list_of_before_an_exec_is_of_no_more_tasks),
		TEST(an_old_processs_tasks_are_not_those_of_the_pids_new_owner),
		TEST(of_tasks_that_end_closely_it_is_said_what_is_not_sure),
		TEST(a_kernel_worker_that_works_on_something_else_has_not_execd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
