/* SPDX-License-Identifier: MIT */
/* The tree, fed with crafted events and scans: what the kernel means by each. No I/O, no clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../lib/model/tree.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS

static struct ptree_tree *new_tree(size_t exited_max)
{
	const struct ptree_tree_options options = { .exited_max = exited_max, .feed_bytes = 4096 };
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, &options), 0);
	return tree;
}

static int setup(void **state)
{
	*state = new_tree(100);
	return 0;
}

static int teardown(void **state)
{
	ptree_tree_free(*state);
	return 0;
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

static void exit_at(struct ptree_tree *tree, uint64_t ns, pid_t tid, pid_t process, uint32_t status)
{
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_EXIT,
					  .time_ns = ns,
					  .pid = tid,
					  .tgid = process,
					  .u.exit.status = status });
}

static void comm_at(struct ptree_tree *tree, uint64_t ns, pid_t tid, pid_t process,
		    const char *comm)
{
	struct ptree_event event = {
		.kind = PTREE_EVENT_COMM, .time_ns = ns, .pid = tid, .tgid = process
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

/* init, a shell under it. */
static void plant(struct ptree_tree *tree)
{
	observe(tree, seen(1, 0, 0, 1 * S));
	observe(tree, seen(100, 1, 500 * MS, 1 * S));
	ptree_tree_sweep(tree, 1 * S);
}

static pid_t parent_of(struct ptree_tree *tree, pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find(tree, pid);

	assert_non_null(node);
	return ptree_node_pid(ptree_node_parent(node));
}

static size_t live(struct ptree_tree *tree)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(tree, &counts);
	return counts.live;
}

/* ---- events ---- */

static void a_fork_adds_a_child_of_the_parents_process(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_FORK,
					  .time_ns = 2 * S,
					  .pid = 200,
					  .tgid = 200,
					  .parent_pid = 105, /* a thread of 100 */
					  .parent_tgid = 100 });
	assert_int_equal(parent_of(tree, 200), 100);
	assert_int_equal(ptree_node_pid(ptree_node_origin(ptree_tree_find(tree, 200))), 100);
	assert_false(ptree_node_is_origin_inferred(ptree_tree_find(tree, 200)));
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 200)), "p100");
}

static void a_new_thread_is_no_child(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	thread_at(tree, 2 * S, 100, 101);
	assert_int_equal(live(tree), 2);
	assert_int_equal(ptree_node_thread_count(ptree_tree_find(tree, 100)), 1);
	assert_null(ptree_tree_find(tree, 101));
	assert_non_null(ptree_tree_find_thread(tree, 101));
}

static void a_process_is_over_with_its_last_task(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;
	uint32_t status;

	plant(tree);
	thread_at(tree, 2 * S, 100, 101);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exit_at(tree, 3 * S, 100, 100, 5 << 8);
	assert_true(ptree_node_is_leaderless(ptree_tree_find_id(tree, id)));
	exit_at(tree, 4 * S, 101, 100, 7 << 8);
	node = ptree_tree_find_id(tree, id);
	assert_true(ptree_node_has_ended(node));
	assert_true(ptree_node_exit_status(node, &status));
	assert_int_equal(status, 7 << 8); /* the last one's, as wait4 tells it */
}

static void an_exec_from_a_thread_revives_the_process(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	thread_at(tree, 2 * S, 100, 101);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exit_at(tree, 3 * S, 100, 100, 0);
	exec_at(tree, 3 * S + 1, 100);
	assert_int_equal(ptree_node_id(ptree_tree_find(tree, 100)), id);
	assert_false(ptree_node_is_leaderless(ptree_tree_find(tree, 100)));
	assert_int_equal(ptree_node_thread_count(ptree_tree_find(tree, 100)), 0);
	exit_at(tree, 4 * S, 100, 100, 0);
	assert_null(ptree_tree_find(tree, 100));
}

static void an_exec_revives_one_whose_threads_were_not_known(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exit_at(tree, 3 * S, 100, 100, 0);
	assert_null(ptree_tree_find(tree, 100));
	exec_at(tree, 3 * S + 1, 100);
	assert_int_equal(ptree_node_id(ptree_tree_find(tree, 100)), id);
	assert_int_equal(parent_of(tree, 200), 100);
	assert_int_equal(parent_of(tree, 100), 1);
}

static void the_old_leaders_exit_may_carry_the_threads_tid(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	thread_at(tree, 2 * S, 100, 101);
	exit_at(tree, 3 * S, 101, 100, 0);
	exec_at(tree, 3 * S + 1, 100);
	assert_non_null(ptree_tree_find(tree, 100));
	exit_at(tree, 4 * S, 100, 100, 0);
	assert_null(ptree_tree_find(tree, 100));
}

static void a_fork_of_a_live_pid_ends_the_old_one(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	id = ptree_node_id(ptree_tree_find(tree, 200));
	fork_at(tree, 5 * S, 1, 200);
	assert_int_not_equal(ptree_node_id(ptree_tree_find(tree, 200)), id);
	assert_true(ptree_node_has_ended(ptree_tree_find_id(tree, id)));
	assert_int_equal(parent_of(tree, 200), 1);
	assert_int_equal(live(tree), 3);
}

static void a_thread_has_a_use_of_the_cpu_of_its_own(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process task = { .pid = 101, .start_ns = 2 * S, .read_ns = 4 * S };
	const struct ptree_thread *thread;
	uint64_t cpu_ns;
	uint32_t permille;

	thread_at(tree, 2 * S, 100, 101);
	thread = ptree_tree_find_thread(tree, 101);
	assert_int_equal(ptree_thread_usage(thread, &cpu_ns, &permille), 0);
	task.cpu_user_ns = S;
	assert_int_equal(ptree_tree_sample_thread(tree, &task), 0);
	assert_int_equal(ptree_thread_usage(thread, &cpu_ns, &permille), 4 * S);
	assert_int_equal(cpu_ns, S);
	assert_int_equal(permille, PTREE_UNKNOWN_ID); /* one sample makes no rate */
	task.read_ns = 6 * S;
	task.cpu_system_ns = S / 2;
	assert_int_equal(ptree_tree_sample_thread(tree, &task), 0);
	assert_int_equal(ptree_thread_usage(thread, &cpu_ns, &permille), 6 * S);
	assert_int_equal(permille, 250);
	/* Another one that has the number now. */
	task.start_ns = 5 * S;
	assert_int_equal(ptree_tree_sample_thread(tree, &task), -ESRCH);
	task.pid = 102;
	assert_int_equal(ptree_tree_sample_thread(tree, &task), -ESRCH);
}

static void a_threads_name_is_not_the_processs(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	thread_at(tree, 2 * S, 100, 101);
	comm_at(tree, 3 * S, 101, 100, "worker");
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "p100");
	assert_string_equal(ptree_thread_comm(ptree_tree_find_thread(tree, 101)), "worker");
	comm_at(tree, 4 * S, 100, 100, "main");
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "main");
}

static void an_exec_keeps_the_old_name_marked_until_the_new_one_is_told(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	struct ptree_nodes found = { 0 };

	plant(tree);
	node = ptree_tree_find(tree, 100);
	assert_false(ptree_node_is_comm_old(node));
	exec_at(tree, 2 * S, 100);
	exec_at(tree, 3 * S, 100);
	node = ptree_tree_find(tree, 100);
	assert_string_equal(ptree_node_comm(node), "p100");
	assert_string_equal(ptree_node_name(node), "p100");
	assert_true(ptree_node_is_comm_old(node));
	assert_string_equal(ptree_node_image(node, 0)->comm, "");
	assert_int_equal(ptree_tree_find_command(tree, "p100", &found), 0);
	ptree_nodes_clear(&found);
	comm_at(tree, 4 * S, 100, 100, "new");
	node = ptree_tree_find(tree, 100);
	assert_string_equal(ptree_node_comm(node), "new");
	assert_false(ptree_node_is_comm_old(node));
	fork_at(tree, 5 * S, 999, 300);
	node = ptree_tree_find(tree, 300);
	assert_string_equal(ptree_node_comm(node), "");
	assert_false(ptree_node_is_comm_old(node));
}

static void a_kernel_threads_name_is_whole(void **state)
{
	static const char whole[] = "kworker/R-writeback",
			  other[PTREE_COMM_SIZE] = "kworker/0:1-ev";
	struct ptree_process thread = { .pid = 9,
					.read_ns = 1 * S,
					.state = 'I',
					.comm = "kworker/R-write",
					.name = "kworker/R-writeback",
					.thread_count = 1,
					.is_kernel_thread = true,
					.ruid = PTREE_UNKNOWN_ID };
	struct ptree_tree *tree = *state;
	struct ptree_nodes found = { 0 };
	const struct ptree_node *node;

	assert_int_equal(ptree_tree_observe(tree, &thread), 0);
	node = ptree_tree_find(tree, 9);
	assert_string_equal(ptree_node_comm(node), "kworker/R-write");
	assert_string_equal(ptree_node_name(node), whole);
	assert_string_equal(ptree_image_name(ptree_node_image(node, 0)), whole);
	assert_int_equal(ptree_tree_find_command(tree, whole, &found), 1);
	assert_int_equal(ptree_tree_find_command(tree, "R-writeback", &found), 0);
	ptree_nodes_clear(&found);
	/* Workers change their names. What was read of another one is not the name of this. */
	assert_int_equal(ptree_tree_set_comm(tree, ptree_node_id(node), 2 * S, other), 0);
	assert_string_equal(ptree_node_name(ptree_tree_find(tree, 9)), other);
}

static void a_rename_does_not_reach_those_forked_before(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	comm_at(tree, 3 * S, 100, 100, "renamed");
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 200)), "p100");
}

static void credentials_sessions_and_tracers_are_kept(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;

	plant(tree);
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_UID,
					  .time_ns = 2 * S,
					  .pid = 100,
					  .tgid = 100,
					  .u.id = { 1000, 1001 } });
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_GID,
					  .time_ns = 2 * S,
					  .pid = 100,
					  .tgid = 100,
					  .u.id = { 2000, 2001 } });
	apply(tree, (struct ptree_event){
			.kind = PTREE_EVENT_SID, .time_ns = 2 * S, .pid = 100, .tgid = 100 });
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_PTRACE,
					  .time_ns = 2 * S,
					  .pid = 100,
					  .tgid = 100,
					  .u.ptrace = { 1, 1 } });
	node = ptree_tree_find(tree, 100);
	assert_int_equal(ptree_node_ruid(node), 1000);
	assert_int_equal(ptree_node_euid(node), 1001);
	assert_int_equal(ptree_node_rgid(node), 2000);
	assert_int_equal(ptree_node_egid(node), 2001);
	assert_int_equal(ptree_node_sid(node), 100);
	assert_int_equal(ptree_node_tracer(node), 1);
	assert_int_equal(ptree_node_last_change(node, NULL), PTREE_CHANGE_TRACED);
}

static void become_at(struct ptree_tree *tree, uint64_t ns, enum ptree_event_kind kind,
		      uint32_t real, uint32_t effective)
{
	apply(tree, (struct ptree_event){ .kind = kind,
					  .time_ns = ns,
					  .pid = 100,
					  .tgid = 100,
					  .u.id = { real, effective } });
}

static void when_users_changed_stays_known(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	struct ptree_process process = { .pid = 100,
					 .ppid = 1,
					 .start_ns = NS_PER_S / 2,
					 .read_ns = 6 * S,
					 .state = 'S',
					 .ruid = 5,
					 .euid = 5,
					 .rgid = 7,
					 .egid = 8,
					 .comm = "p100" };

	plant(tree);
	node = ptree_tree_find(tree, 100);
	process.start_ns = ptree_node_begin_ns(node);
	assert_int_equal(ptree_node_users_changed_ns(node), 0);
	become_at(tree, 2 * S, PTREE_EVENT_UID, 5, 6);
	exec_at(tree, 3 * S, 100);
	assert_int_equal(ptree_node_users_changed_ns(node), 2 * S);
	become_at(tree, 4 * S, PTREE_EVENT_UID, 5, 6); /* another one for files, say */
	assert_int_equal(ptree_node_users_changed_ns(node), 2 * S);
	become_at(tree, 5 * S, PTREE_EVENT_GID, 7, 8);
	exec_at(tree, 5500 * MS, 100);
	assert_int_equal(ptree_node_users_changed_ns(node), 5 * S);
	/* A scan shows that they are others, and the event of before it tells since when. */
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
	assert_int_equal(ptree_node_ruid(node), 5);
	assert_int_equal(ptree_node_users_changed_ns(node), 5 * S);
	become_at(tree, 5900 * MS, PTREE_EVENT_UID, 5, 5);
	assert_int_equal(ptree_node_users_changed_ns(node), 5900 * MS);
	fork_at(tree, 7 * S, 100, 200);
	assert_int_equal(ptree_node_users_changed_ns(ptree_tree_find(tree, 200)), 0);
}

static void each_exec_is_a_new_image_and_old_ones_are_kept(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exec_at(tree, 2 * S, 100);
	assert_int_equal(
	    ptree_tree_set_comm(tree, id, 2 * S, (const char[PTREE_COMM_SIZE]){ "sh" }), 0);
	assert_int_equal(
	    ptree_tree_set_argv(tree, id, 2 * S, 2 * S + 1, PTREE_ARGV_READ, "sh\0-c", 6), 0);
	exec_at(tree, 3 * S, 100);
	node = ptree_tree_find(tree, 100);
	assert_int_equal(ptree_node_exec_count(node), 2);
	assert_string_equal(ptree_node_image(node, 1)->comm, "sh");
	assert_memory_equal(ptree_node_image(node, 1)->argv, "sh\0-c", 6);
	assert_string_equal(ptree_node_image(node, 2)->comm, "p100");
	assert_null(ptree_node_image(node, 3));
	assert_int_equal(ptree_node_image(node, 0)->argv_status, PTREE_ARGV_PENDING);
	/* What was asked of the image before is not this one's. */
	assert_int_equal(ptree_tree_set_argv(tree, id, 2 * S, 4 * S, PTREE_ARGV_READ, "x", 2),
			 -ESTALE);
}

static void text_read_after_the_next_exec_belongs_to_that(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exec_at(tree, 2 * S, 100);
	ptree_tree_set_argv(tree, id, 2 * S, 3 * S + 5, PTREE_ARGV_READ, "new", 4);
	exec_at(tree, 3 * S, 100);
	node = ptree_tree_find(tree, 100);
	assert_int_equal(ptree_node_image(node, 1)->argv_status, PTREE_ARGV_LATE);
	assert_int_equal(ptree_node_image(node, 0)->argv_status, PTREE_ARGV_READ);
	assert_string_equal(ptree_node_image(node, 0)->argv, "new");
}

/* A scan had the name before it, and a reader the arguments after it. */
static void a_name_read_before_the_exec_stays_with_what_bore_it(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exec_at(tree, 2 * S, 100);
	ptree_tree_set_comm(tree, id, 2 * S + 1, (const char[PTREE_COMM_SIZE]){ "old" });
	ptree_tree_set_argv(tree, id, 2 * S, 3 * S + 5, PTREE_ARGV_READ, "new", 4);
	exec_at(tree, 3 * S, 100);
	node = ptree_tree_find(tree, 100);
	assert_string_equal(ptree_node_image(node, 0)->argv, "new");
	assert_string_equal(ptree_node_image(node, 0)->comm, "");
	assert_true(ptree_node_is_comm_old(node));
	assert_string_equal(ptree_node_image(node, 1)->comm, "old");
	ptree_tree_set_comm(tree, id, 3 * S + 6, (const char[PTREE_COMM_SIZE]){ "new" });
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "new");
}

static void a_name_read_after_the_next_exec_belongs_to_that(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	exec_at(tree, 2 * S, 100);
	ptree_tree_set_argv(tree, id, 2 * S, 3 * S + 5, PTREE_ARGV_READ, "new", 4);
	ptree_tree_set_comm(tree, id, 3 * S + 5, (const char[PTREE_COMM_SIZE]){ "new" });
	exec_at(tree, 3 * S, 100);
	node = ptree_tree_find(tree, 100);
	assert_string_equal(ptree_node_image(node, 0)->comm, "new");
	assert_string_equal(ptree_node_image(node, 1)->comm, "");
}

/* Its end was not heard of, and its arguments were asked for when the pid was another's. */
static void a_name_read_before_the_pid_was_anothers_stays(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	exec_at(tree, 2 * S + 1, 200);
	id = ptree_node_id(ptree_tree_find(tree, 200));
	ptree_tree_set_comm(tree, id, 3 * S, (const char[PTREE_COMM_SIZE]){ "former" });
	ptree_tree_set_argv(tree, id, 2 * S + 1, 5 * S, PTREE_ARGV_READ, "later", 6);
	fork_at(tree, 4 * S, 100, 200);
	assert_string_equal(ptree_node_comm(ptree_tree_find_id(tree, id)), "former");
	assert_int_equal(ptree_node_image(ptree_tree_find_id(tree, id), 0)->argv_status,
			 PTREE_ARGV_LATE);
	assert_true(ptree_node_id(ptree_tree_find(tree, 200)) != id);
}

static void a_child_keeps_the_image_it_was_forked_with(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	for (int i = 0; i < 40; i++)
		exec_at(tree, 3 * S + (uint64_t)i, 100);
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 200)), "p100");
	assert_int_equal(ptree_node_exec_count(ptree_tree_find(tree, 100)), 40);
	assert_non_null(ptree_node_image(ptree_tree_find(tree, 100), 15));
	assert_null(ptree_node_image(ptree_tree_find(tree, 100), 16));
}

/* ---- parents ---- */

static void children_of_a_dead_parent_wait_for_the_kernels_answer(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	pid_t child = 0;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 201);
	fork_at(tree, 2 * S + 1, 200, 202);
	exit_at(tree, 3 * S, 200, 200, 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 200);
	assert_true(child == 201 || child == 202);
	assert_int_equal(ptree_tree_adopt(tree, child, 100), 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 0);
	assert_int_equal(parent_of(tree, 201), 100);
	assert_int_equal(parent_of(tree, 202), 100);
	node = ptree_tree_find(tree, 201);
	assert_int_equal(ptree_node_pid(ptree_node_origin(node)), 200);
	assert_int_equal(ptree_node_pid(ptree_node_parent_at(tree, node, 2500 * MS)), 200);
	assert_int_equal(ptree_node_pid(ptree_node_parent_at(tree, node, 4 * S)), 100);
	assert_null(ptree_node_parent_at(tree, node, 1 * S));
}

static void twenty_thousand_orphans_move_at_once(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_nodes list = { 0 };
	pid_t child;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	for (pid_t pid = 1000; pid < 21000; pid++)
		fork_at(tree, 2 * S + (uint64_t)pid, 200, pid);
	exit_at(tree, 3 * S, 200, 200, 0);
	assert_int_equal(ptree_tree_orphaned(tree, 0, &child), 200);
	assert_int_equal(ptree_tree_adopt(tree, child, 1), 0);
	assert_int_equal(ptree_tree_children(tree, 1, &list), 20001);
	ptree_nodes_clear(&list);
}

static void a_chain_of_100000_is_walked_without_recursion(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_nodes list = { 0 };
	char *picture;

	observe(tree, seen(1, 0, 0, 1 * S));
	for (pid_t pid = 1; pid < 100000; pid++)
		fork_at(tree, 2 * S + (uint64_t)pid, pid, pid + 1);
	assert_int_equal(ptree_tree_descendants(tree, 1, &list), 99999);
	assert_int_equal(ptree_node_pid(list.node[99998]), 100000);
	assert_int_equal(ptree_tree_ancestry(tree, 100000, false, &list), 100000);
	assert_true(ptree_tree_is_under_command(tree, 100000, "p1"));
	ptree_nodes_clear(&list);
	assert_int_equal(ptree_tree_display(tree, 99000, true, &picture), 0);
	free(picture);
}

static void a_lying_scan_cannot_close_a_circle(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_nodes list = { 0 };

	observe(tree, seen(10, 11, 1 * S, 2 * S));
	observe(tree, seen(11, 12, 1 * S, 2 * S));
	observe(tree, seen(12, 10, 1 * S, 2 * S));
	observe(tree, seen(13, 13, 1 * S, 2 * S));
	assert_true(ptree_tree_ancestry(tree, 10, false, &list) > 0);
	assert_true(ptree_tree_ancestry(tree, 12, true, &list) > 0);
	assert_true(ptree_tree_ancestry(tree, 13, false, &list) > 0);
	assert_true(ptree_tree_descendants(tree, 0, &list) == 4);
	assert_false(ptree_tree_is_under_command(tree, 13, "nobody"));
	ptree_nodes_clear(&list);
}

/* ---- forgetting ---- */

static void exited_ones_beyond_the_limit_are_counted(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_tree_counts counts;
	const struct ptree_summary *summary;

	plant(tree);
	for (pid_t pid = 1000; pid < 1300; pid++) {
		fork_at(tree, 2 * S + (uint64_t)pid, 100, pid);
		exit_at(tree, 2 * S + (uint64_t)pid, pid, pid, pid % 2 ? 256 : 0);
	}
	ptree_tree_get_counts(tree, &counts);
	assert_int_equal(counts.exited, 100);
	assert_int_equal(counts.gone, 200);
	summary = ptree_node_summary(ptree_tree_find(tree, 100));
	assert_int_equal(summary->gone, 300);
	assert_int_equal(summary->failed, 150);
}

/* With so short a history failures have no part of their own: the latest is all there is. */
static void the_one_that_has_just_ended_is_never_forgotten(void **state)
{
	const struct ptree_tree_options options = { .exited_max = 1 };
	struct ptree_tree *tree;

	(void)state;
	assert_int_equal(ptree_tree_new(&tree, &options), 0);
	plant(tree);
	for (pid_t pid = 1000; pid < 1020; pid++) {
		const struct ptree_node *last;

		fork_at(tree, 2 * S + (uint64_t)pid, 100, pid);
		exit_at(tree, 3 * S + (uint64_t)pid, pid, pid, pid % 3 ? 256 : 0);
		last = ptree_node_last_exited(ptree_tree_find(tree, 100));
		assert_non_null(last);
		assert_int_equal(ptree_node_pid(last), pid);
	}
	ptree_tree_free(tree);
}

static void exited_ones_are_forgotten_by_age(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_tree_counts counts;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	exit_at(tree, 3 * S, 200, 200, 0);
	ptree_tree_expire(tree, 600 * S);
	ptree_tree_get_counts(tree, &counts);
	assert_int_equal(counts.exited, 1);
	ptree_tree_expire(tree, 604 * S);
	ptree_tree_get_counts(tree, &counts);
	assert_int_equal(counts.exited, 0);
	assert_int_equal(counts.gone, 1);
}

static void dead_ancestors_of_the_living_stay(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *origin;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 201);
	exit_at(tree, 3 * S, 200, 200, 0);
	ptree_tree_adopt(tree, 201, 1);
	ptree_tree_expire(tree, 10000 * S);
	origin = ptree_node_origin(ptree_tree_find(tree, 201));
	assert_non_null(origin);
	assert_int_equal(ptree_node_pid(origin), 200);
	exit_at(tree, 10001 * S, 201, 201, 0);
	ptree_tree_expire(tree, 20000 * S);
	assert_int_equal(tree->by_id.count, 2); /* they went together */
}

static void a_chain_that_forks_itself_for_ever_is_elided_and_counted(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint32_t elided = 0;
	unsigned kept = 0;
	pid_t pid = 1000;

	plant(tree);
	fork_at(tree, 2 * S, 100, pid);
	for (int i = 0; i < 5000; i++, pid++) {
		uint64_t now_ns = 2 * S + (uint64_t)i * MS;

		fork_at(tree, now_ns + 1, pid, pid + 1);
		exit_at(tree, now_ns + 2, pid, pid, 0);
		assert_int_equal(ptree_tree_adopt(tree, pid + 1, 1), 0);
		ptree_tree_expire(tree, now_ns);
	}
	for (node = ptree_tree_find(tree, pid); node; node = ptree_node_origin(node)) {
		elided += ptree_node_elided(node);
		kept++;
	}
	assert_true(kept < 200);
	assert_int_equal(kept + elided, 5003);
	assert_true(tree->by_id.count < 200);
}

/* ---- scans ---- */

static void a_queued_fork_of_a_scanned_process_confirms_it(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	observe(tree, seen(300, 1, 990 * MS, 2 * S)); /* reparented by the time of the scan */
	id = ptree_node_id(ptree_tree_find(tree, 300));
	fork_at(tree, 994 * MS, 100, 300);
	node = ptree_tree_find(tree, 300);
	assert_int_equal(ptree_node_id(node), id);
	assert_int_equal(parent_of(tree, 300), 1);
	assert_int_equal(ptree_node_pid(ptree_node_origin(node)), 100);
	assert_true(ptree_node_is_begin_exact(node));
	assert_int_equal(ptree_node_begin_ns(node), 994 * MS);
}

static void an_older_event_does_not_overwrite_what_was_read(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	comm_at(tree, 900 * MS, 100, 100, "older");
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "p100");
	comm_at(tree, 1100 * MS, 100, 100, "newer");
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "newer");
}

static void a_scan_does_not_overwrite_a_newer_event(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	comm_at(tree, 3 * S, 100, 100, "newer");
	observe(tree, seen(100, 1, 500 * MS, 2 * S));
	assert_string_equal(ptree_node_comm(ptree_tree_find(tree, 100)), "newer");
}

static void a_sweep_ends_what_was_not_met_and_spares_what_is_younger(void **state)
{
	struct ptree_tree *tree = *state;
	uint32_t status;
	uint64_t id;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 6 * S, 100, 201);
	id = ptree_node_id(ptree_tree_find(tree, 200));
	observe(tree, seen(1, 0, 0, 5 * S));
	observe(tree, seen(100, 1, 500 * MS, 5 * S));
	ptree_tree_sweep(tree, 5 * S);
	assert_null(ptree_tree_find(tree, 200));
	assert_non_null(ptree_tree_find(tree, 201));
	assert_false(ptree_node_exit_status(ptree_tree_find_id(tree, id), &status));
}

static void a_sweep_of_many_misses_none(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	for (pid_t pid = 1000; pid < 6000; pid++)
		fork_at(tree, 2 * S, 100, pid);
	observe(tree, seen(1, 0, 0, 5 * S));
	observe(tree, seen(100, 1, 500 * MS, 5 * S));
	ptree_tree_sweep(tree, 5 * S);
	assert_int_equal(live(tree), 2);
}

static void a_zombie_is_over_and_still_there(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process zombie = seen(300, 100, 700 * MS, 2 * S);
	struct ptree_tree_counts counts;
	const struct ptree_node *node;
	uint64_t id;

	plant(tree);
	zombie.state = 'Z';
	observe(tree, zombie);
	ptree_tree_get_counts(tree, &counts);
	assert_int_equal(counts.zombies, 1);
	assert_int_equal(counts.live, 2);
	node = ptree_node_first_child(ptree_tree_find(tree, 100));
	assert_non_null(node);
	assert_true(ptree_node_is_zombie(node));
	id = ptree_node_id(node);
	assert_int_equal(ptree_tree_set_zombie(tree, id, false), 0);
	ptree_tree_get_counts(tree, &counts);
	assert_int_equal(counts.zombies, 0);
	assert_null(ptree_node_first_child(ptree_tree_find(tree, 100)));
	assert_ptr_equal(ptree_node_last_exited(ptree_tree_find(tree, 100)),
			 ptree_tree_find_id(tree, id));
}

static void another_start_time_is_another_process(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	observe(tree, seen(100, 1, 3 * S, 4 * S));
	assert_int_not_equal(ptree_node_id(ptree_tree_find(tree, 100)), id);
	assert_true(ptree_node_has_ended(ptree_tree_find_id(tree, id)));
}

static void polling_reports_what_is_new_changed_and_gone(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process renamed = seen(100, 1, 500 * MS, 3 * S);
	struct ptree_feed_reader reader;
	struct ptree_fact fact;

	plant(tree);
	ptree_tree_set_polling(tree, true);
	ptree_tree_feed_end(tree, &reader);
	observe(tree, seen(300, 100, 2 * S, 3 * S));
	memcpy(renamed.comm, "other", 6);
	observe(tree, renamed);
	observe(tree, seen(1, 0, 0, 3 * S));
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
	assert_int_equal(fact.kind, PTREE_FACT_APPEARED);
	assert_int_equal(fact.source, PTREE_FACT_READ);
	assert_true(fact.is_news);
	while (ptree_tree_feed_read(tree, &reader, &fact) == 1)
		if (fact.kind == PTREE_FACT_IMAGE)
			break;
	assert_int_equal(fact.kind, PTREE_FACT_IMAGE);
	assert_true(fact.is_news);
	ptree_tree_sweep(tree, 4 * S);
	assert_int_equal(live(tree), 0);
}

/* ---- the feed ---- */

static void an_overtaken_reader_is_told_what_it_missed(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_feed_reader reader, end;
	struct ptree_fact fact;
	uint64_t before, news;

	plant(tree);
	ptree_tree_feed_end(tree, &reader);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 0);
	before = reader.next;
	news = reader.news;
	for (pid_t pid = 1000; pid < 2000; pid++)
		fork_at(tree, 2 * S, 100, pid);
	ptree_tree_feed_end(tree, &end);
	assert_int_equal(end.next, before + 1000);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), -EOVERFLOW);
	assert_true(reader.next > before + 500 && reader.next < end.next);
	assert_int_equal(reader.news - news, reader.next - before); /* forks are news */
	before = reader.next;
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
	assert_int_equal(fact.kind, PTREE_FACT_APPEARED);
	assert_int_equal(fact.u.birth.pid, 2000 - (pid_t)(end.next - before));
	while (ptree_tree_feed_read(tree, &reader, &fact) == 1)
		;
	assert_int_equal(fact.u.birth.pid, 1999);
	assert_int_equal(reader.next, end.next);
	assert_int_equal(reader.news, end.news);
}

static void losses_and_unknown_kinds_are_in_the_feed(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_event unknown = { .kind = PTREE_EVENT_UNKNOWN,
				       .what = 0x1234,
				       .u.raw = { .size = 3, .bytes = { 7, 8, 9 } } };
	struct ptree_feed_reader reader;
	struct ptree_fact fact;

	ptree_tree_feed_end(tree, &reader);
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_LOST, .u.lost.count = 42 });
	apply(tree, unknown);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
	assert_int_equal(fact.kind, PTREE_FACT_LOST);
	assert_int_equal(fact.u.count, 42);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
	assert_int_equal(fact.kind, PTREE_FACT_UNHEARD_OF);
	assert_int_equal(fact.u.unknown.what, 0x1234);
	assert_int_equal(fact.u.unknown.byte_count, 3);
	assert_memory_equal(fact.u.unknown.bytes, unknown.u.raw.bytes, 3);
}

/* ---- watching ---- */

static bool is_watched(struct ptree_tree *tree, pid_t pid)
{
	return ptree_node_is_watched(ptree_tree_find(tree, pid));
}

static void watching_is_inherited_from_the_one_who_forks(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 201);
	assert_int_equal(ptree_tree_watch_id(tree, ptree_node_id(ptree_tree_find(tree, 200))), 0);
	assert_true(is_watched(tree, 201));
	assert_false(is_watched(tree, 100));
	fork_at(tree, 3 * S, 201, 202);
	assert_true(is_watched(tree, 202));
	exit_at(tree, 4 * S, 201, 201, 0);
	ptree_tree_adopt(tree, 202, 1);
	fork_at(tree, 5 * S, 202, 203);
	assert_true(is_watched(tree, 203));
	fork_at(tree, 5 * S, 1, 204);
	assert_false(is_watched(tree, 204));
	ptree_tree_unwatch_all(tree);
	assert_false(is_watched(tree, 203));
}

static void a_watched_name_is_found_later_too(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t id;

	plant(tree);
	assert_int_equal(ptree_tree_watch_name(tree, "sshd", 0), 0);
	fork_at(tree, 2 * S, 100, 200);
	exec_at(tree, 3 * S, 200);
	fork_at(tree, 4 * S, 200, 201);
	assert_false(is_watched(tree, 201));
	id = ptree_node_id(ptree_tree_find(tree, 200));
	ptree_tree_set_argv(tree, id, 3 * S, 4 * S, PTREE_ARGV_READ, "/usr/sbin/sshd\0-D", 18);
	assert_true(is_watched(tree, 200));
	assert_true(is_watched(tree, 201));
}

static void set_argv(struct ptree_tree *tree, uint64_t id, uint64_t at_ns, const char *argv)
{
	ptree_tree_set_argv(tree, id, at_ns, at_ns, PTREE_ARGV_READ, argv, strlen(argv) + 1);
}

/* A login: the daemon's child becomes a shell, which leaves somebody behind. */
static void survivors_stay_watched_whenever_it_is_asked(void **state)
{
	static const pid_t marked[] = { 200, 201, 202, 203 };
	struct ptree_tree *tree = *state;
	uint64_t ids[4], stranger;

	plant(tree);
	assert_int_equal(ptree_tree_watch_name(tree, "sshd", 0), 0);
	for (size_t i = 0; i < 4; i++) {
		fork_at(tree, (2 + i) * S, i ? marked[i - 1] : 100, marked[i]);
		ids[i] = ptree_node_id(ptree_tree_find(tree, marked[i]));
		exec_at(tree, (2 + i) * S, marked[i]);
		set_argv(tree, ids[i], (2 + i) * S, i ? "worker" : "/usr/sbin/sshd");
	}
	fork_at(tree, 7 * S, 1, 300);
	stranger = ptree_node_id(ptree_tree_find(tree, 300));
	exec_at(tree, 8 * S, 200);
	set_argv(tree, ids[0], 8 * S, "bash");
	exit_at(tree, 9 * S, 201, 201, 0);
	exit_at(tree, 9 * S, 200, 200, 0);
	exit_at(tree, 9 * S, 203, 203, 0);
	ptree_tree_adopt(tree, 202, 1);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 4; i++)
			assert_true(ptree_node_is_watched(ptree_tree_find_id(tree, ids[i])));
		assert_false(ptree_node_is_watched(ptree_tree_find_id(tree, stranger)));
		ptree_tree_unwatch_all(tree);
		assert_false(is_watched(tree, 202));
		if (round)
			ptree_tree_watch_id(tree, ids[0]);
		else
			ptree_tree_watch_name(tree, "sshd", 0);
	}
}

static void names_are_comm_or_the_basename_of_the_program(void **state)
{
	static const struct {
		const char *argv;
		size_t size;
		const char *name;
		bool is_named;
	} cases[] = {
		{ "/usr/bin/make\0all", 18, "make", true },
		{ "/usr/bin/make\0all", 18, "p100", true },
		{ "/usr/bin/make\0all", 18, "mak", false },
		{ "/usr/bin/make\0all", 18, "all", false },
		{ "-bash", 6, "bash", true },
		{ "a/", 3, "", false },
		{ "nonul", 5, "nonul", true },
	};
	struct ptree_tree *tree = *state;
	uint64_t id, image_ns;

	plant(tree);
	id = ptree_node_id(ptree_tree_find(tree, 100));
	image_ns = ptree_node_image(ptree_tree_find(tree, 100), 0)->begin_ns;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ptree_tree_set_argv(tree, id, image_ns, 2 * S, PTREE_ARGV_READ, cases[i].argv,
				    cases[i].size);
		assert_int_equal(ptree_node_is_named(ptree_tree_find(tree, 100), cases[i].name),
				 cases[i].is_named);
	}
}

/* ---- queries ---- */

static void queries_return_what_they_say(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_nodes list = { 0 };
	char *text;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 3 * S, 100, 201);
	fork_at(tree, 4 * S, 200, 202);
	comm_at(tree, 5 * S, 202, 202, "a|b;c\\d");
	assert_int_equal(ptree_tree_children(tree, 100, &list), 2);
	assert_int_equal(ptree_tree_siblings(tree, 200, &list), 1);
	assert_int_equal(ptree_node_pid(list.node[0]), 201);
	assert_int_equal(ptree_tree_descendants(tree, 100, &list), 3);
	assert_int_equal(ptree_node_pid(list.node[2]), 202); /* breadth first */
	assert_int_equal(ptree_tree_ancestry(tree, 202, false, &list), 4);
	assert_int_equal(ptree_tree_find_command(tree, "p100", &list), 3);
	assert_int_equal(ptree_tree_find_user(tree, 0, &list), 5);
	assert_int_equal(ptree_tree_find_user(tree, 7, &list), 0);
	assert_true(ptree_tree_is_under_command(tree, 202, "p100"));
	assert_false(ptree_tree_is_under_command(tree, 100, "p100"));
	assert_int_equal(ptree_tree_children(tree, 999, &list), -ESRCH);
	ptree_nodes_clear(&list);
	assert_int_equal(ptree_tree_chain_text(tree, 202, 0, NULL, &text), 0);
	assert_string_equal(text, "202|a\\|b\\;c\\\\d|0;200|p100|0;100|p100|0;1|p1|0");
	free(text);
	assert_int_equal(ptree_tree_chain_json(tree, 200, 0, NULL, &text), 0);
	assert_string_equal(text, "[{\"pid\":200,\"ppid\":100,\"cmd\":\"p100\",\"user\":\"0\"},"
				  "{\"pid\":100,\"ppid\":1,\"cmd\":\"p100\",\"user\":\"0\"},"
				  "{\"pid\":1,\"ppid\":0,\"cmd\":\"p1\",\"user\":\"0\"}]");
	free(text);
	assert_int_equal(ptree_tree_display(tree, 0, true, &text), 0);
	assert_string_equal(text, "`-p1(1)\n"
				  "  `-p100(100)\n"
				  "    |-p100(200)\n"
				  "    | `-a|b;c\\\\d(202)\n"
				  "    `-p100(201)\n");
	free(text);
}

static void set_argv_at(struct ptree_tree *tree, uint64_t ns, pid_t pid, const char *argv,
			size_t size)
{
	const struct ptree_node *node = ptree_tree_find(tree, pid);

	assert_int_equal(ptree_tree_set_argv(tree, ptree_node_id(node),
					     ptree_node_image(node, 0)->begin_ns, ns,
					     PTREE_ARGV_READ, argv, size),
			 0);
}

static void chains_go_by_origins_and_have_arguments_of_those_who_exited_too(void **state)
{
	struct ptree_tree *tree = *state;
	char *text;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 3 * S, 200, 300);
	exec_at(tree, 4 * S, 300);
	comm_at(tree, 4 * S, 300, 300, "sleep");
	set_argv_at(tree, 5 * S, 300, "sleep\0a;b\0", 10);
	exit_at(tree, 6 * S, 200, 200, 0);
	assert_int_equal(ptree_tree_adopt(tree, 300, 1), 0);
	assert_int_equal(ptree_tree_chain_text(tree, 300, 0, NULL, &text), 0);
	assert_string_equal(text, "300|sleep|0;1|p1|0");
	free(text);
	exit_at(tree, 7 * S, 300, 300, 0);
	assert_null(ptree_tree_find(tree, 300));
	assert_int_equal(ptree_node_pid(ptree_tree_find_latest(tree, 300)), 300);
	assert_null(ptree_tree_find_latest(tree, 999));
	assert_int_equal(ptree_tree_chain_text(
			     tree, 300, PTREE_CHAIN_ORIGINS | PTREE_CHAIN_ARGUMENTS, NULL, &text),
			 0);
	assert_string_equal(text, "300|sleep a\\;b|0;200|p100|0;100|p100|0;1|p1|0");
	free(text);
	assert_int_equal(ptree_tree_chain_json(
			     tree, 300, PTREE_CHAIN_ORIGINS | PTREE_CHAIN_ARGUMENTS, NULL, &text),
			 0);
	assert_string_equal(
	    text, "[{\"pid\":300,\"ppid\":1,\"cmd\":\"sleep\",\"user\":\"0\",\"argv\":"
		  "[\"sleep\",\"a;b\"]},"
		  "{\"pid\":200,\"ppid\":100,\"cmd\":\"p100\",\"user\":\"0\",\"argv\":null},"
		  "{\"pid\":100,\"ppid\":1,\"cmd\":\"p100\",\"user\":\"0\",\"argv\":null},"
		  "{\"pid\":1,\"ppid\":0,\"cmd\":\"p1\",\"user\":\"0\",\"argv\":null}]");
	free(text);
}

/* As they are kept where a command line is longer than what is read of it. */
static void arguments_that_were_cut_end_where_they_were_cut(void **state)
{
	struct ptree_tree *tree = *state;
	enum { LENGTH = 4096 };
	char argv[LENGTH];
	char *text, *expected;
	size_t before;

	plant(tree);
	fork_at(tree, 2 * S, 1, 200);
	exec_at(tree, 4 * S, 200);
	comm_at(tree, 4 * S, 200, 200, "cut");
	memset(argv, 'a', sizeof(argv));
	memcpy(argv, "cut\0\0", 5);
	set_argv_at(tree, 5 * S, 200, argv, sizeof(argv));
	assert_int_equal(ptree_tree_chain_text(tree, 200, PTREE_CHAIN_ARGUMENTS, NULL, &text), 0);
	assert_true(asprintf(&expected, "200|cut  %.*s|0;1|p1|0", LENGTH - 5, argv + 5) > 0);
	assert_string_equal(text, expected);
	free(text);
	free(expected);
	assert_int_equal(ptree_tree_chain_json(tree, 200, PTREE_CHAIN_ARGUMENTS, NULL, &text), 0);
	before = strcspn(text, "[");
	before += strcspn(text + before + 1, "[") + 1;
	assert_true(asprintf(&expected, "[\"cut\",\"\",\"%.*s\"]}", LENGTH - 5, argv + 5) > 0);
	assert_memory_equal(text + before, expected, strlen(expected));
	free(text);
	free(expected);
}

static void processes_are_found_by_pattern_and_by_either_user(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_event becomes = { .kind = PTREE_EVENT_UID,
					     .pid = 200,
					     .tgid = 200,
					     .time_ns = 4 * S,
					     .u.id = { 1000, 0 } };
	struct ptree_nodes list = { 0 };

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	exec_at(tree, 3 * S, 200);
	comm_at(tree, 3 * S, 200, 200, "truncated-after");
	set_argv_at(tree, 3 * S, 200, "/usr/bin/truncated-after-15\0-x\0", 31);
	assert_int_equal(ptree_tree_apply(tree, &becomes), 0);
	assert_int_equal(ptree_tree_find_glob(tree, "p1*", &list), 2);
	assert_int_equal(ptree_tree_find_glob(tree, "*-15", &list), 1);
	assert_int_equal(ptree_node_pid(list.node[0]), 200);
	assert_int_equal(ptree_tree_find_glob(tree, "[!p]*", &list), 1);
	assert_int_equal(ptree_tree_find_glob(tree, "/usr/*", &list), 0);
	assert_int_equal(ptree_tree_find_real_user(tree, 1000, &list), 1);
	assert_int_equal(ptree_node_pid(list.node[0]), 200);
	assert_int_equal(ptree_tree_find_user(tree, 1000, &list), 0);
	ptree_nodes_clear(&list);
}

/* ---- memory ---- */

#define HOSTILE_ARGV 4096
#define HOSTILE_ROUND 60000

/* One process of its own name, user and long arguments, which differ from all others'. */
static void live_a_hostile_life(struct ptree_tree *tree, uint32_t number, char *argv)
{
	const pid_t pid = 1000 + (pid_t)(number % 30000);
	uint64_t now_ns = 10 * S + number * UINT64_C(100000);
	struct ptree_event becomes = { .kind = PTREE_EVENT_UID,
				       .pid = pid,
				       .tgid = pid,
				       .time_ns = now_ns,
				       .u.id = { number, number } };
	char name[PTREE_COMM_SIZE];

	fork_at(tree, now_ns, 100, pid);
	assert_int_equal(ptree_tree_apply(tree, &becomes), 0);
	exec_at(tree, now_ns, pid);
	snprintf(name, sizeof(name), "%u", number);
	comm_at(tree, now_ns, pid, pid, name);
	memcpy(argv, name, strlen(name) + 1);
	set_argv_at(tree, now_ns, pid, argv, HOSTILE_ARGV);
	exit_at(tree, now_ns, pid, pid, (number % 3) << 8);
	ptree_tree_expire(tree, now_ns);
}

static size_t bytes_after_a_round(struct ptree_tree *tree, uint32_t *number, char *argv)
{
	for (uint32_t end = *number + HOSTILE_ROUND; *number < end; ++*number)
		live_a_hostile_life(tree, *number, argv);
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void memory_is_bounded_whatever_names_users_and_arguments_come(void **state)
{
	char *argv = malloc(HOSTILE_ARGV);
	struct ptree_tree *tree;
	size_t first, last = 0;
	uint32_t number = 0;

	assert_non_null(argv);
	(void)state;
	memset(argv, 'x', HOSTILE_ARGV);
	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	plant(tree);
	first = bytes_after_a_round(tree, &number, argv);
	for (int i = 0; i < 3; i++)
		last = bytes_after_a_round(tree, &number, argv);
	free(argv);
	ptree_tree_free(tree);
	if (!first)
		skip(); /* another allocator, which does not say */
	printf("# %zu MiB after %d processes, %zu MiB after %u\n", first >> 20, HOSTILE_ROUND,
	       last >> 20, number);
	assert_in_range(last, 1, first + first / 20);
}

/* ---- a storm against an oracle ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void a_random_storm_leaves_what_the_load_left(void **state)
{
	enum { PIDS = 500 };
	struct ptree_tree *tree = *state;
	bool is_alive[PIDS] = { false };
	pid_t parent[PIDS] = { 0 };
	uint32_t seed = 12345;
	uint64_t now_ns = 2 * S;

	observe(tree, seen(1, 0, 0, 1 * S));
	is_alive[1] = true;
	for (int i = 0; i < 200000; i++, now_ns += 1000) {
		pid_t pid = (pid_t)(2 + next_random(&seed) % (PIDS - 2));
		pid_t by = (pid_t)(1 + next_random(&seed) % (PIDS - 1));

		if (is_alive[pid]) {
			exit_at(tree, now_ns, pid, pid, 0);
			is_alive[pid] = false;
			for (pid_t child = 2; child < PIDS; child++) {
				if (is_alive[child] && parent[child] == pid) {
					ptree_tree_adopt(tree, child, 1);
					parent[child] = 1;
				}
			}
		} else if (is_alive[by]) {
			fork_at(tree, now_ns, by, pid);
			is_alive[pid] = true;
			parent[pid] = by;
		}
	}
	for (pid_t pid = 2; pid < PIDS; pid++) {
		assert_int_equal(is_alive[pid], ptree_tree_find(tree, pid) != NULL);
		if (is_alive[pid])
			assert_int_equal(parent_of(tree, pid), parent[pid]);
	}
	assert_int_equal(tree->orphaned_count, 0);
	assert_true(tree->by_id.count < 3 * PIDS);
}

/* ---- the map below it all ---- */

static void the_map_finds_what_was_put_in_after_any_churn(void **state)
{
	struct map map = { 0 };
	uint32_t seed = 7;
	static bool is_in[4096];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint64_t key = 1 + next_random(&seed) % 4095;

		if (is_in[key])
			map_remove(&map, key);
		else
			assert_int_equal(map_set(&map, key, &is_in[key]), 0);
		is_in[key] = !is_in[key];
	}
	for (uint64_t key = 1; key < 4096; key++)
		assert_ptr_equal(map_find(&map, key), is_in[key] ? &is_in[key] : NULL);
	map_clear(&map);
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_fork_adds_a_child_of_the_parents_process),
		TREE_TEST(a_new_thread_is_no_child),
		TREE_TEST(a_process_is_over_with_its_last_task),
		TREE_TEST(an_exec_from_a_thread_revives_the_process),
		TREE_TEST(an_exec_revives_one_whose_threads_were_not_known),
		TREE_TEST(the_old_leaders_exit_may_carry_the_threads_tid),
		TREE_TEST(a_fork_of_a_live_pid_ends_the_old_one),
		TREE_TEST(a_thread_has_a_use_of_the_cpu_of_its_own),
		TREE_TEST(a_threads_name_is_not_the_processs),
		TREE_TEST(an_exec_keeps_the_old_name_marked_until_the_new_one_is_told),
		TREE_TEST(a_kernel_threads_name_is_whole),
		TREE_TEST(a_rename_does_not_reach_those_forked_before),
		TREE_TEST(credentials_sessions_and_tracers_are_kept),
		TREE_TEST(when_users_changed_stays_known),
		TREE_TEST(each_exec_is_a_new_image_and_old_ones_are_kept),
		TREE_TEST(text_read_after_the_next_exec_belongs_to_that),
		TREE_TEST(a_name_read_before_the_exec_stays_with_what_bore_it),
		TREE_TEST(a_name_read_after_the_next_exec_belongs_to_that),
		TREE_TEST(a_name_read_before_the_pid_was_anothers_stays),
		TREE_TEST(a_child_keeps_the_image_it_was_forked_with),
		TREE_TEST(children_of_a_dead_parent_wait_for_the_kernels_answer),
		TREE_TEST(twenty_thousand_orphans_move_at_once),
		TREE_TEST(a_chain_of_100000_is_walked_without_recursion),
		TREE_TEST(a_lying_scan_cannot_close_a_circle),
		TREE_TEST(exited_ones_beyond_the_limit_are_counted),
		TREE_TEST(exited_ones_are_forgotten_by_age),
		TREE_TEST(the_one_that_has_just_ended_is_never_forgotten),
		TREE_TEST(dead_ancestors_of_the_living_stay),
		TREE_TEST(a_chain_that_forks_itself_for_ever_is_elided_and_counted),
		TREE_TEST(a_queued_fork_of_a_scanned_process_confirms_it),
		TREE_TEST(an_older_event_does_not_overwrite_what_was_read),
		TREE_TEST(a_scan_does_not_overwrite_a_newer_event),
		TREE_TEST(a_sweep_ends_what_was_not_met_and_spares_what_is_younger),
		TREE_TEST(a_sweep_of_many_misses_none),
		TREE_TEST(a_zombie_is_over_and_still_there),
		TREE_TEST(another_start_time_is_another_process),
		TREE_TEST(polling_reports_what_is_new_changed_and_gone),
		TREE_TEST(an_overtaken_reader_is_told_what_it_missed),
		TREE_TEST(losses_and_unknown_kinds_are_in_the_feed),
		TREE_TEST(watching_is_inherited_from_the_one_who_forks),
		TREE_TEST(a_watched_name_is_found_later_too),
		TREE_TEST(survivors_stay_watched_whenever_it_is_asked),
		TREE_TEST(names_are_comm_or_the_basename_of_the_program),
		TREE_TEST(queries_return_what_they_say),
		TREE_TEST(chains_go_by_origins_and_have_arguments_of_those_who_exited_too),
		TREE_TEST(arguments_that_were_cut_end_where_they_were_cut),
		TREE_TEST(memory_is_bounded_whatever_names_users_and_arguments_come),
		TREE_TEST(processes_are_found_by_pattern_and_by_either_user),
		TREE_TEST(a_random_storm_leaves_what_the_load_left),
		cmocka_unit_test(the_map_finds_what_was_put_in_after_any_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
