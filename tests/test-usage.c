/* SPDX-License-Identifier: MIT */
/*
 * What processes use, and used, and leave behind: samples and accounting records of the test's own
 * in, figures out. And the table that joins records with their exits. No clock, no /proc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../lib/monitor/accounting.c"
#include "../lib/kernel/taskstats.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIB (UINT64_C(1) << 20)
#define EXIT_1 (1u << 8)
#define AS_SAMPLED (PTREE_USAGE_RSS | PTREE_USAGE_STAT | PTREE_USAGE_RATE)

static struct ptree_tree *new_tree(size_t exited_max)
{
	const struct ptree_tree_options options = { .exited_max = exited_max };
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, &options), 0);
	return tree;
}

static int setup(void **state)
{
	*state = new_tree(1000);
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

static void task_exit_at(struct ptree_tree *tree, uint64_t ns, pid_t tid, pid_t process,
			 uint32_t status)
{
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_EXIT,
					  .time_ns = ns,
					  .pid = tid,
					  .tgid = process,
					  .u.exit.status = status });
}

static void exit_at(struct ptree_tree *tree, uint64_t ns, pid_t pid, uint32_t status)
{
	task_exit_at(tree, ns, pid, pid, status);
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

/* init at 1, a shell at 100. */
static void plant(struct ptree_tree *tree)
{
	observe(tree, seen(1, 0, 0, 1 * S));
	observe(tree, seen(100, 1, 500 * MS, 1 * S));
	ptree_tree_sweep(tree, 1 * S);
}

static void sample(struct ptree_tree *tree, pid_t pid, uint64_t read_ns, uint64_t user_ns,
		   uint64_t system_ns)
{
	struct ptree_process process = seen(pid, 0, 0, read_ns);

	process.cpu_user_ns = user_ns;
	process.cpu_system_ns = system_ns;
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
}

static struct ptree_accounting record_of(pid_t tid, uint64_t cpu_ns, uint64_t elapsed_ns)
{
	return (struct ptree_accounting){
		.pid = tid,
		.known = PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_ELAPSED,
		.cpu_user_ns = cpu_ns,
		.cpu_run_ns = cpu_ns,
		.elapsed_ns = elapsed_ns,
	};
}

static void account(struct ptree_tree *tree, pid_t pid, struct ptree_accounting record)
{
	assert_int_equal(ptree_tree_account(tree, pid, &record), 0);
}

/* The record first, as it comes. */
static void end_with(struct ptree_tree *tree, uint64_t ns, pid_t pid, uint32_t status,
		     uint64_t cpu_ns)
{
	account(tree, pid, record_of(pid, cpu_ns, 0));
	exit_at(tree, ns, pid, status);
}

/* ---- reading ---- */

static struct ptree_usage usage_of(const struct ptree_tree *tree, pid_t pid)
{
	struct ptree_usage usage;
	const struct ptree_node *node = tree_latest(tree, pid);

	assert_non_null(node);
	ptree_node_usage(node, &usage);
	return usage;
}

static struct ptree_summary summary_of_pid(const struct ptree_tree *tree, pid_t pid)
{
	const struct ptree_node *node = pid ? tree_latest(tree, pid) : ptree_tree_root(tree);

	assert_non_null(node);
	return ptree_node_summary(node) ? *ptree_node_summary(node) : (struct ptree_summary){ 0 };
}

static void expect_summary(const struct ptree_tree *tree, pid_t pid, uint64_t gone, uint64_t failed,
			   uint64_t cpu_ns, uint64_t cpu_unknown)
{
	struct ptree_summary summary = summary_of_pid(tree, pid);

	assert_int_equal(summary.gone, gone);
	assert_int_equal(summary.failed, failed);
	assert_int_equal(summary.cpu_ns, cpu_ns);
	assert_int_equal(summary.cpu_unknown, cpu_unknown);
}

static uint32_t count_of(const struct ptree_summary *summary, const char *comm)
{
	for (unsigned i = 0; i < summary->command_count; i++) {
		if (!strcmp(summary->commands[i].comm, comm))
			return summary->commands[i].count;
	}
	return 0;
}

static struct ptree_tree_counts counts_of(const struct ptree_tree *tree)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(tree, &counts);
	return counts;
}

static const struct ptree_activity *activity_of_pid(const struct ptree_tree *tree, pid_t pid)
{
	return ptree_node_activity(tree_latest(tree, pid));
}

/* ---- the arithmetic of records ---- */

#define ALL_TIMES (PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_ELAPSED)
#define U_CPU (PTREE_USAGE_CPU | PTREE_USAGE_ELAPSED)
#define U_SPLIT (U_CPU | PTREE_USAGE_CPU_SPLIT)

/* Processes begin at 2 s; records in ms of time and MiB of memory. */
struct figures {
	uint32_t known;
	uint64_t user_ms, system_ms, run_ms, elapsed_ms, max_rss_mib, read_mib, write_mib;
};

struct arithmetic {
	const char *what;
	struct figures tasks[3];
	unsigned task_count;
	struct figures process; /* known 0: none */
	uint64_t lived_ms;
	uint64_t sampled_ms;
	uint32_t known; /* of the usage, from here on */
	uint64_t cpu_ms, user_ms, system_ms, elapsed_ms, max_rss_mib, read_mib, write_mib;
};

static const struct arithmetic arithmetics[] = {
	{ .what = "run time that is more than the ticks counts, and the split is stretched to it",
	  .tasks = { { ALL_TIMES, .user_ms = 4, .system_ms = 12, .run_ms = 24, .elapsed_ms = 90 } },
	  .task_count = 1,
	  .lived_ms = 91,
	  .known = U_SPLIT,
	  .cpu_ms = 24,
	  .user_ms = 6,
	  .system_ms = 18,
	  .elapsed_ms = 90 },
	{ .what = "ticks that are more than the run time count",
	  .tasks = { { ALL_TIMES, .user_ms = 4, .system_ms = 12, .run_ms = 15, .elapsed_ms = 90 } },
	  .task_count = 1,
	  .lived_ms = 90,
	  .known = U_SPLIT,
	  .cpu_ms = 16,
	  .user_ms = 4,
	  .system_ms = 12,
	  .elapsed_ms = 90 },
	{ .what = "nobody uses more than it lived",
	  .tasks = { { ALL_TIMES, .user_ms = 4, .system_ms = 4, .run_ms = 1, .elapsed_ms = 2 } },
	  .task_count = 1,
	  .lived_ms = 2,
	  .known = U_SPLIT,
	  .cpu_ms = 2,
	  .user_ms = 1,
	  .system_ms = 1,
	  .elapsed_ms = 2 },
	{ .what = "without ticks there is nothing to split by",
	  .tasks = { { ALL_TIMES, .run_ms = 1, .elapsed_ms = 2 } },
	  .task_count = 1,
	  .lived_ms = 2,
	  .known = U_CPU,
	  .cpu_ms = 1,
	  .elapsed_ms = 2 },
	{ .what = "less than can be told is not known, and not nothing",
	  .tasks = { { ALL_TIMES, .elapsed_ms = 2 } },
	  .task_count = 1,
	  .lived_ms = 2,
	  .known = PTREE_USAGE_ELAPSED,
	  .elapsed_ms = 2 },
	{ .what = "a record that knows nothing tells nothing",
	  .tasks = { { .known = PTREE_ACCOUNTING_WHO } },
	  .task_count = 1,
	  .lived_ms = 7,
	  .known = PTREE_USAGE_ELAPSED,
	  .elapsed_ms = 7 },
	{ .what = "threads add up, and the largest set is not added to",
	  .tasks = { { ALL_TIMES | PTREE_ACCOUNTING_MEMORY | PTREE_ACCOUNTING_IO, .user_ms = 10,
		       .run_ms = 10, .elapsed_ms = 50, .max_rss_mib = 3, .read_mib = 1 },
		     { ALL_TIMES | PTREE_ACCOUNTING_MEMORY | PTREE_ACCOUNTING_IO, .system_ms = 20,
		       .run_ms = 20, .elapsed_ms = 40, .max_rss_mib = 5, .write_mib = 2 },
		     { ALL_TIMES | PTREE_ACCOUNTING_MEMORY | PTREE_ACCOUNTING_IO, .user_ms = 30,
		       .run_ms = 30, .elapsed_ms = 60, .max_rss_mib = 4, .read_mib = 1,
		       .write_mib = 4 } },
	  .task_count = 3,
	  .lived_ms = 61,
	  .known = U_SPLIT | PTREE_USAGE_MAX_RSS | PTREE_USAGE_IO,
	  .cpu_ms = 60,
	  .user_ms = 40,
	  .system_ms = 20,
	  .elapsed_ms = 61,
	  .max_rss_mib = 5,
	  .read_mib = 2,
	  .write_mib = 6 },
	{ .what = "threads together can use more than the process lived",
	  .tasks = { { ALL_TIMES, .user_ms = 90, .run_ms = 90, .elapsed_ms = 100 },
		     { ALL_TIMES, .user_ms = 90, .run_ms = 90, .elapsed_ms = 95 } },
	  .task_count = 2,
	  .process = { PTREE_ACCOUNTING_ELAPSED, .elapsed_ms = 100 },
	  .lived_ms = 100,
	  .known = U_SPLIT,
	  .cpu_ms = 180,
	  .user_ms = 180,
	  .elapsed_ms = 100 },
	{ .what = "but each of them no more than that",
	  .tasks = { { ALL_TIMES, .user_ms = 150, .elapsed_ms = 100 },
		     { ALL_TIMES, .user_ms = 150, .elapsed_ms = 95 } },
	  .task_count = 2,
	  .process = { ALL_TIMES, .user_ms = 300, .elapsed_ms = 100 },
	  .lived_ms = 100,
	  .known = U_SPLIT,
	  .cpu_ms = 200,
	  .user_ms = 200,
	  .elapsed_ms = 100 },
	{ .what = "the process's record has what threads used that ended unheard",
	  .tasks = { { ALL_TIMES, .user_ms = 10, .run_ms = 10, .elapsed_ms = 100 } },
	  .task_count = 1,
	  .process = { ALL_TIMES, .user_ms = 40, .system_ms = 20, .run_ms = 50, .elapsed_ms = 100 },
	  .lived_ms = 100,
	  .known = U_SPLIT,
	  .cpu_ms = 60,
	  .user_ms = 40,
	  .system_ms = 20,
	  .elapsed_ms = 100 },
	{ .what = "even if they used more than those that were heard of lived",
	  .tasks = { { ALL_TIMES, .user_ms = 10, .run_ms = 10, .elapsed_ms = 100 } },
	  .task_count = 1,
	  .process = { ALL_TIMES, .user_ms = 700, .run_ms = 750, .elapsed_ms = 100 },
	  .lived_ms = 100,
	  .known = U_SPLIT,
	  .cpu_ms = 750,
	  .user_ms = 750,
	  .elapsed_ms = 100 },
	{ .what = "a process's record that knows less takes nothing away",
	  .tasks = { { ALL_TIMES, .user_ms = 40, .run_ms = 50, .elapsed_ms = 100 } },
	  .task_count = 1,
	  .process = { ALL_TIMES, .user_ms = 4, .run_ms = 4, .elapsed_ms = 110 },
	  .lived_ms = 110,
	  .known = U_SPLIT,
	  .cpu_ms = 50,
	  .user_ms = 50,
	  .elapsed_ms = 110 },
	{ .what = "ticks are no more than a tick beyond what the scheduler measured",
	  .tasks = { { ALL_TIMES, .user_ms = 150, .run_ms = 100, .elapsed_ms = 900 } },
	  .task_count = 1,
	  .known = PTREE_USAGE_CPU | PTREE_USAGE_CPU_SPLIT | PTREE_USAGE_ELAPSED,
	  .user_ms = 110,
	  .cpu_ms = 110,
	  .elapsed_ms = 900 },
	{ .what = "what was sampled was used, whatever the records say",
	  .tasks = { { ALL_TIMES, .user_ms = 4, .run_ms = 4, .elapsed_ms = 900 } },
	  .task_count = 1,
	  .lived_ms = 900,
	  .sampled_ms = 200,
	  .known = U_SPLIT,
	  .cpu_ms = 200,
	  .user_ms = 200,
	  .elapsed_ms = 900 },
	{ .what = "a set of nothing and reads of nothing can be known",
	  .tasks = { { .known = PTREE_ACCOUNTING_MEMORY | PTREE_ACCOUNTING_IO } },
	  .task_count = 1,
	  .lived_ms = 5,
	  .known = PTREE_USAGE_ELAPSED | PTREE_USAGE_MAX_RSS | PTREE_USAGE_IO,
	  .elapsed_ms = 5 },
};

static struct ptree_accounting to_record(pid_t pid, const struct figures *figures)
{
	return (struct ptree_accounting){ .pid = pid,
					  .known = figures->known,
					  .cpu_user_ns = figures->user_ms * MS,
					  .cpu_system_ns = figures->system_ms * MS,
					  .cpu_run_ns = figures->run_ms * MS,
					  .elapsed_ns = figures->elapsed_ms * MS,
					  .max_rss_bytes = figures->max_rss_mib * MIB,
					  .read_bytes = figures->read_mib * MIB,
					  .write_bytes = figures->write_mib * MIB };
}

static void account_all(struct ptree_tree *tree, const struct arithmetic *row)
{
	struct ptree_accounting process = to_record(200, &row->process);

	for (unsigned i = 0; i < row->task_count; i++)
		account(tree, 200, to_record(200 + (pid_t)i, &row->tasks[i]));
	process.is_process = true;
	if (row->process.known)
		account(tree, 200, process);
}

static void expect_usage(const struct ptree_tree *tree, const struct arithmetic *row)
{
	struct ptree_usage usage = usage_of(tree, 200);

	assert_true(usage.is_final);
	assert_int_equal(usage.known, row->known);
	/* Stretching rounds. */
	assert_int_equal((usage.cpu_user_ns + 1000) / MS, row->user_ms);
	assert_int_equal((usage.cpu_system_ns + 1000) / MS, row->system_ms);
	if (usage.known & PTREE_USAGE_CPU_SPLIT)
		assert_int_equal(usage.cpu_user_ns + usage.cpu_system_ns, usage.cpu_ns);
	assert_int_equal(usage.cpu_ns, row->cpu_ms * MS);
	assert_int_equal(usage.elapsed_ns, row->elapsed_ms * MS);
	assert_int_equal(usage.max_rss_bytes, row->max_rss_mib * MIB);
	assert_int_equal(usage.read_bytes, row->read_mib * MIB);
	assert_int_equal(usage.write_bytes, row->write_mib * MIB);
	assert_int_equal(usage.cpu_permille, 0);
	assert_int_equal(usage.rss_bytes, 0);
	assert_int_equal(usage.state, 0);
}

static void check_arithmetic(const struct arithmetic *row, bool after_exit)
{
	struct ptree_tree *tree = new_tree(0);

	print_message("# %s, %s its exit\n", row->what, after_exit ? "after" : "before");
	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	if (row->sampled_ms)
		sample(tree, 200, 2 * S + row->lived_ms * MS / 2, row->sampled_ms * MS, 0);
	if (!after_exit)
		account_all(tree, row);
	exit_at(tree, 2 * S + row->lived_ms * MS, 200, 0);
	if (after_exit)
		account_all(tree, row);
	expect_usage(tree, row);
	expect_summary(tree, 100, 1, 0, row->cpu_ms * MS, 0);
	assert_int_equal(counts_of(tree).exited_cpu_ns[0], row->cpu_ms * MS);
	ptree_tree_free(tree);
}

static void records_before_or_after_the_exit_come_to_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(arithmetics); i++) {
		check_arithmetic(&arithmetics[i], false);
		check_arithmetic(&arithmetics[i], true);
	}
}

static void a_live_process_is_not_final_whatever_its_threads_left(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	thread_at(tree, 2 * S, 200, 201);
	account(tree, 200, record_of(201, 700 * MS, 1 * S));
	task_exit_at(tree, 3 * S, 201, 200, 0);
	usage = usage_of(tree, 200);
	assert_false(usage.is_final);
	assert_int_equal(usage.known, 0);
	assert_int_equal(usage.cpu_ns, 0);
	account(tree, 200, record_of(200, 100 * MS, 2 * S));
	exit_at(tree, 4 * S, 200, 0);
	usage = usage_of(tree, 200);
	assert_true(usage.is_final);
	assert_int_equal(usage.cpu_ns, 800 * MS);
	expect_summary(tree, 100, 1, 0, 800 * MS, 0);
}

static void one_that_nobody_accounted_for_keeps_what_was_sampled(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	sample(tree, 200, 3 * S, 300 * MS, 50 * MS);
	exit_at(tree, 4 * S, 200, 0);
	usage = usage_of(tree, 200);
	assert_false(usage.is_final);
	assert_int_equal(usage.known, U_SPLIT);
	assert_int_equal(usage.cpu_ns, 350 * MS);
	assert_int_equal(usage.elapsed_ns, 2 * S);
	expect_summary(tree, 100, 1, 0, 350 * MS, 1);
}

static void of_one_that_was_never_sampled_and_not_accounted_for_nothing_is_known(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	usage = usage_of(tree, 200);
	assert_int_equal(usage.known, 0);
	assert_int_equal(usage.sampled_ns, 0);
	exit_at(tree, 4 * S, 200, 0);
	usage = usage_of(tree, 200);
	assert_int_equal(usage.known, PTREE_USAGE_ELAPSED);
	assert_false(usage.is_final);
	expect_summary(tree, 100, 1, 0, 0, 1);
}

static void a_record_of_nobody_is_refused(void **state)
{
	struct ptree_accounting record = record_of(999, MS, MS);

	plant(*state);
	assert_int_equal(ptree_tree_account(*state, 999, &record), -ESRCH);
}

static void one_unknown_until_its_exit_has_its_records_afterwards(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_accounting record = record_of(300, 250 * MS, 3 * S);
	struct ptree_usage usage;

	plant(tree);
	apply(tree, (struct ptree_event){ .kind = PTREE_EVENT_EXIT,
					  .time_ns = 5 * S,
					  .pid = 300,
					  .tgid = 300,
					  .parent_pid = 100,
					  .parent_tgid = 100 });
	expect_summary(tree, 100, 1, 0, 0, 1);
	assert_false(usage_of(tree, 300).known & PTREE_USAGE_ELAPSED);
	record.known |= PTREE_ACCOUNTING_WHO;
	record.uid = 1234;
	snprintf(record.comm, sizeof(record.comm), "late");
	account(tree, 300, record);
	usage = usage_of(tree, 300);
	assert_true(usage.is_final);
	assert_int_equal(usage.cpu_ns, 250 * MS);
	assert_int_equal(usage.elapsed_ns, 3 * S);
	expect_summary(tree, 100, 1, 0, 250 * MS, 0);
	/* Who it was is told as well. */
	assert_string_equal(ptree_node_comm(tree_latest(tree, 300)), "late");
	assert_int_equal(ptree_node_ruid(tree_latest(tree, 300)), 1234);
	/* It was mostly used before anybody looked. */
	assert_int_equal(counts_of(tree).exited_cpu_ns[0] + counts_of(tree).exited_cpu_ns[3], 0);
}

/* EXIT(L,L), EXEC(L,L), EXIT(L,L) of one whose thread was not known. */
static void a_process_that_is_not_over_after_all_is_taken_back(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 300);
	end_with(tree, 2500 * MS, 300, 0, 40 * MS);
	end_with(tree, 3 * S, 200, EXIT_1, 300 * MS);
	expect_summary(tree, 100, 2, 1, 340 * MS, 0);
	assert_int_equal(counts_of(tree).exits, 2);
	assert_int_equal(counts_of(tree).failures, 1);
	exec_at(tree, 3 * S + 1, 200);
	expect_summary(tree, 100, 0, 0, 0, 0);
	expect_summary(tree, 200, 1, 0, 40 * MS, 0);
	assert_null(ptree_node_summary(tree_latest(tree, 100)));
	assert_int_equal(counts_of(tree).exits, 1);
	assert_int_equal(counts_of(tree).failures, 0);
	assert_false(usage_of(tree, 200).is_final);
	account(tree, 200, record_of(200, 500 * MS, 2 * S));
	exit_at(tree, 4 * S, 200, 0);
	usage = usage_of(tree, 200);
	assert_true(usage.is_final);
	assert_int_equal(usage.cpu_ns, 800 * MS);
	assert_int_equal(usage.elapsed_ns, 2 * S);
	expect_summary(tree, 100, 2, 0, 840 * MS, 0);
	assert_int_equal(counts_of(tree).exits, 2);
	/* Not once more what it was found to have used the first time. */
	assert_int_equal(counts_of(tree).exited_cpu_ns[0], 40 * MS);
	assert_int_equal(counts_of(tree).exited_cpu_ns[1], 800 * MS);
}

static void one_taken_back_without_records_is_charged_what_was_sampled_once(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	sample(tree, 200, 2500 * MS, 200 * MS, 0);
	exit_at(tree, 2800 * MS, 200, 0);
	assert_int_equal(counts_of(tree).exited_cpu_ns[0], 200 * MS);
	exec_at(tree, 2800 * MS + 1, 200);
	assert_int_equal(counts_of(tree).exited_cpu_ns[0], 0);
	assert_int_equal(usage_of(tree, 200).known & AS_SAMPLED, 0); /* it is to be read again */
	sample(tree, 200, 3500 * MS, 400 * MS, 0);
	assert_int_equal(usage_of(tree, 200).known & AS_SAMPLED, AS_SAMPLED);
	exit_at(tree, 4 * S, 200, 0);
	expect_summary(tree, 100, 1, 0, 400 * MS, 1);
	assert_int_equal(counts_of(tree).exited_cpu_ns[0], 0);
	assert_int_equal(counts_of(tree).exited_cpu_ns[1], 400 * MS);
}

/* ---- samples and rates ---- */

static void a_rate_is_that_between_two_samples(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;

	plant(tree);
	sample(tree, 100, 2 * S, 100 * MS, 100 * MS);
	sample(tree, 100, 4 * S, 700 * MS, 500 * MS);
	usage = usage_of(tree, 100);
	assert_int_equal(usage.cpu_permille, 500);
	assert_int_equal(usage.cpu_ns, 1200 * MS);
	assert_int_equal(usage.cpu_user_ns, 700 * MS);
	assert_int_equal(usage.cpu_system_ns, 500 * MS);
	assert_int_equal(usage.sampled_ns, 4 * S);
	sample(tree, 100, 6 * S, 700 * MS, 500 * MS);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 0);
	/* Eight threads. */
	sample(tree, 100, 7 * S, 8700 * MS, 500 * MS);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 8000);
}

static void samples_that_are_close_together_wait_for_a_longer_interval(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	sample(tree, 100, 2 * S, 0, 0);
	sample(tree, 100, 2 * S + 100 * MS, 90 * MS, 0);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 0);
	sample(tree, 100, 2 * S + 300 * MS, 150 * MS, 0);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 500);
	/* One that was read before the last: threads read at the same time. */
	sample(tree, 100, 2 * S, 10 * MS, 0);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 500);
	assert_int_equal(usage_of(tree, 100).cpu_ns, 150 * MS);
}

static void a_counter_that_runs_backwards_is_no_rate(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	sample(tree, 100, 2 * S, 5 * S, 0);
	sample(tree, 100, 3 * S, 4 * S, 0);
	assert_int_equal(usage_of(tree, 100).cpu_permille, 0);
	assert_int_equal(usage_of(tree, 100).cpu_ns, 4 * S);
}

static void state_and_memory_are_as_last_read(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process process = seen(100, 1, 500 * MS, 2 * S);
	uint64_t generation;
	struct ptree_usage usage;

	plant(tree);
	process.state = 'D';
	process.rss_bytes = 77 * MIB;
	generation = ptree_tree_usage_generation(tree);
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
	assert_int_not_equal(ptree_tree_usage_generation(tree), generation);
	usage = usage_of(tree, 100);
	assert_int_equal(usage.state, 'D');
	assert_int_equal(usage.rss_bytes, 77 * MIB);
	assert_true(usage.known & PTREE_USAGE_RSS);
	generation = ptree_tree_usage_generation(tree);
	process.read_ns = 3 * S;
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
	assert_int_equal(ptree_tree_usage_generation(tree), generation);
}

static void those_that_are_over_or_unknown_are_not_sampled(void **state)
{
	struct ptree_process gone = seen(200, 100, 2 * S, 5 * S), unknown = seen(999, 1, 0, 5 * S);
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	exit_at(tree, 3 * S, 200, 0);
	gone.cpu_user_ns = S;
	assert_int_equal(ptree_tree_sample(tree, &gone), -ESRCH);
	assert_int_equal(ptree_tree_sample(tree, &unknown), -ESRCH);
	assert_int_equal(usage_of(tree, 200).cpu_ns, 0);
}

/* Of a chain of processes that each run for a while, all on one CPU. */
static void the_rates_of_new_ones_add_up_to_no_more_than_the_machine(void **state)
{
	struct ptree_tree *tree = *state;
	uint32_t sum = 0;

	plant(tree);
	ptree_tree_tick(tree, 10 * S);
	for (pid_t i = 0; i < 5; i++)
		fork_at(tree, 10 * S + (uint64_t)i * 300 * MS, 100, 200 + i);
	ptree_tree_tick(tree, 11500 * MS);
	/* Each of them ran alone, from its begin until that of the next. */
	for (pid_t i = 0; i < 5; i++) {
		sample(tree, 200 + i, 11500 * MS, 300 * MS, 0);
		sum += usage_of(tree, 200 + i).cpu_permille;
	}
	assert_in_range(sum, 990, 1000);
}

static void one_that_is_older_than_the_tick_is_measured_from_its_begin(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 10 * S);
	fork_at(tree, 10500 * MS, 100, 200);
	ptree_tree_tick(tree, 12 * S);
	ptree_tree_tick(tree, 13 * S);
	sample(tree, 200, 13500 * MS, 1500 * MS, 0);
	assert_int_equal(usage_of(tree, 200).cpu_permille, 500);
}

/* ---- charging ---- */

static void parents_are_charged_with_children_and_grandchildren(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 3 * S, 200, 300);
	fork_at(tree, 3 * S, 300, 400);
	end_with(tree, 4 * S, 400, EXIT_1, 40 * MS);
	expect_summary(tree, 300, 1, 1, 40 * MS, 0);
	expect_summary(tree, 200, 0, 0, 0, 0); /* 300 has it, and is not over */
	end_with(tree, 5 * S, 300, 0, 30 * MS);
	expect_summary(tree, 200, 2, 1, 70 * MS, 0);
	end_with(tree, 6 * S, 200, EXIT_1, 20 * MS);
	expect_summary(tree, 100, 3, 2, 90 * MS, 0);
	expect_summary(tree, 1, 0, 0, 0, 0);
	end_with(tree, 7 * S, 100, 0, 10 * MS);
	expect_summary(tree, 1, 4, 2, 100 * MS, 0);
	/* What was below each of them is still told there. */
	expect_summary(tree, 200, 2, 1, 70 * MS, 0);
}

static void what_ends_below_one_that_is_over_counts_where_that_one_does(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 300);
	fork_at(tree, 2 * S, 300, 400);
	end_with(tree, 3 * S, 200, 0, 20 * MS);
	end_with(tree, 4 * S, 300, 0, 30 * MS);
	expect_summary(tree, 100, 2, 0, 50 * MS, 0);
	end_with(tree, 5 * S, 400, EXIT_1, 40 * MS);
	expect_summary(tree, 300, 1, 1, 40 * MS, 0);
	expect_summary(tree, 200, 2, 1, 70 * MS, 0);
	expect_summary(tree, 100, 3, 1, 90 * MS, 0);
}

static void an_orphan_counts_where_it_was_adopted(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 300);
	end_with(tree, 3 * S, 200, 0, 20 * MS);
	assert_int_equal(ptree_tree_adopt(tree, 300, 1), 0);
	end_with(tree, 4 * S, 300, 0, 30 * MS);
	expect_summary(tree, 100, 1, 0, 20 * MS, 0);
	expect_summary(tree, 1, 1, 0, 30 * MS, 0);
}

static void a_long_chain_of_ended_ancestors_loses_nothing(void **state)
{
	struct ptree_tree *tree = *state;
	const pid_t length = 200;

	plant(tree);
	for (pid_t i = 0; i < length; i++)
		fork_at(tree, 2 * S, i ? 199 + i : 100, 200 + i);
	/* From the top: each end is that of the child of one that is over. */
	for (pid_t i = 0; i < length; i++)
		end_with(tree, 3 * S + (uint64_t)i, 200 + i, 0, MS);
	/* Beyond a limit it counts at the very top. */
	assert_int_equal(summary_of_pid(tree, 100).gone + summary_of_pid(tree, 0).gone, length);
	assert_true(summary_of_pid(tree, 100).gone >= 64);
	assert_int_equal(summary_of_pid(tree, 100).cpu_ns + summary_of_pid(tree, 0).cpu_ns,
			 (uint64_t)length * MS);
}

static void a_status_that_is_told_later_counts_then(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process zombie = seen(200, 100, 2 * S, 4 * S);

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	zombie.state = 'Z';
	observe(tree, zombie);
	assert_true(ptree_node_is_zombie(tree_latest(tree, 200)));
	expect_summary(tree, 100, 1, 0, 0, 1);
	assert_int_equal(counts_of(tree).failures, 0);
	exit_at(tree, 3 * S, 200, EXIT_1);
	expect_summary(tree, 100, 1, 1, 0, 1);
	assert_int_equal(counts_of(tree).exits, 1);
	assert_int_equal(counts_of(tree).failures, 1);
	account(tree, 200, record_of(200, 30 * MS, 1 * S));
	expect_summary(tree, 100, 1, 1, 30 * MS, 0);
	exit_at(tree, 3 * S, 200, EXIT_1); /* told again */
	expect_summary(tree, 100, 1, 1, 30 * MS, 0);
	assert_int_equal(counts_of(tree).failures, 1);
	assert_null(ptree_tree_last_failed(tree)); /* it is not gone yet */
	ptree_tree_set_zombie(tree, ptree_node_id(tree_latest(tree, 200)), false);
	assert_ptr_equal(ptree_tree_last_failed(tree), tree_latest(tree, 200));
}

static void one_ended_by_a_sweep_moves_among_the_failed_when_its_status_is_told(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	observe(tree, seen(200, 100, 2 * S, 3 * S));
	observe(tree, seen(1, 0, 0, 10 * S));
	observe(tree, seen(100, 1, 500 * MS, 10 * S));
	ptree_tree_sweep(tree, 9 * S);
	assert_true(ptree_node_has_ended(tree_latest(tree, 200)));
	assert_null(ptree_tree_last_failed(tree));
	exit_at(tree, 4 * S, 200, 9);
	assert_ptr_equal(ptree_tree_last_failed(tree), tree_latest(tree, 200));
	expect_summary(tree, 100, 1, 1, 0, 1);
}

static void late_records_come_to_all_who_were_charged(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 300);
	fork_at(tree, 2 * S, 300, 400);
	exit_at(tree, 3 * S, 400, 0);
	exit_at(tree, 4 * S, 300, 0);
	exit_at(tree, 5 * S, 200, 0);
	expect_summary(tree, 100, 3, 0, 0, 3);
	account(tree, 400, record_of(400, 40 * MS, 1 * S));
	expect_summary(tree, 300, 1, 0, 40 * MS, 0);
	expect_summary(tree, 200, 2, 0, 40 * MS, 1);
	expect_summary(tree, 100, 3, 0, 40 * MS, 2);
	account(tree, 200, record_of(200, 20 * MS, 3 * S));
	account(tree, 300, record_of(300, 30 * MS, 2 * S));
	expect_summary(tree, 200, 2, 0, 70 * MS, 0);
	expect_summary(tree, 100, 3, 0, 90 * MS, 0);
	/* The records of a process's threads add up, one after the other. */
	account(tree, 300, record_of(301, 5 * MS, 1 * S));
	expect_summary(tree, 100, 3, 0, 95 * MS, 0);
}

static void what_was_sampled_is_not_charged_twice(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 2 * S);
	fork_at(tree, 2 * S, 100, 200);
	sample(tree, 200, 3 * S, 700 * MS, 0);
	exit_at(tree, 4 * S, 200, 0);
	expect_summary(tree, 100, 1, 0, 700 * MS, 1);
	assert_int_equal(tree->exited_more_ns, 0);
	account(tree, 200, record_of(200, 900 * MS, 2 * S));
	expect_summary(tree, 100, 1, 0, 900 * MS, 0);
	assert_int_equal(tree->exited_more_ns, 200 * MS);
	assert_int_equal(counts_of(tree).exited_cpu_ns[1], 900 * MS);
	/* 700 of the 900 ms had been seen while it lived. */
	ptree_tree_tick(tree, 4 * S);
	assert_int_equal(activity_of_pid(tree, 100)->exited_cpu_permille, 100);
}

static void nothing_is_lost_when_history_is_forgotten(void **state)
{
	struct ptree_tree *tree = new_tree(10);

	(void)state;
	plant(tree);
	for (pid_t i = 0; i < 500; i++) {
		pid_t shell = 1000 + 2 * i, job = shell + 1;
		uint64_t ns = 2 * S + (uint64_t)i * MS;

		fork_at(tree, ns, 100, shell);
		fork_at(tree, ns, shell, job);
		end_with(tree, ns, job, i % 5 ? 0 : EXIT_1, 2 * MS);
		end_with(tree, ns, shell, 0, 1 * MS);
	}
	assert_int_equal(counts_of(tree).exited, 10);
	expect_summary(tree, 100, 1000, 100, 1500 * MS, 0);
	ptree_tree_expire(tree, 10000 * S);
	assert_int_equal(counts_of(tree).exited, 0);
	assert_int_equal(counts_of(tree).gone, 1000);
	expect_summary(tree, 100, 1000, 100, 1500 * MS, 0);
	ptree_tree_free(tree);
}

/* ---- the most common commands ---- */

static void run_as(struct ptree_tree *tree, pid_t parent, pid_t pid, const char *comm)
{
	fork_at(tree, 2 * S, parent, pid);
	comm_at(tree, 2 * S, pid, comm);
	exit_at(tree, 2 * S + MS, pid, 0);
}

static void up_to_eight_names_are_counted_exactly_and_in_order(void **state)
{
	struct ptree_summary summary;

	plant(*state);
	for (pid_t i = 0; i < 36; i++) {
		char comm[16];
		int name = 0;

		for (int left = i; left > name; name++) /* one of n0, two of n1, ... */
			left -= name + 1;
		snprintf(comm, sizeof(comm), "n%d", name);
		run_as(*state, 100, 200 + i, comm);
	}
	summary = summary_of_pid(*state, 100);
	assert_int_equal(summary.command_count, 8);
	for (unsigned i = 0; i < 8; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "n%u", 7 - i);
		assert_string_equal(summary.commands[i].comm, comm);
		assert_int_equal(summary.commands[i].count, 8 - i);
	}
}

/* The same on every machine. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

#define NAMES 40

/* Two names are common, of each about a third; the others are rare. */
static unsigned random_name(uint32_t *seed)
{
	uint32_t draw = next_random(seed) % 9;

	return draw < 3 ? 0 : draw < 6 ? 1 : 2 + next_random(seed) % (NAMES - 2);
}

static void expect_estimates(const struct ptree_summary *summary, const uint32_t truth[NAMES])
{
	uint64_t all = 0;

	for (unsigned name = 0; name < NAMES; name++)
		all += truth[name];
	assert_int_equal(summary->gone, all);
	for (unsigned name = 0; name < NAMES; name++) {
		char comm[16];
		uint32_t count;

		snprintf(comm, sizeof(comm), "n%u", name);
		count = count_of(summary, comm);
		if (count)
			assert_true(count >= truth[name]);
		if (truth[name] * 4 > all)
			assert_int_not_equal(count, 0);
	}
	for (unsigned i = 1; i < summary->command_count; i++)
		assert_true(summary->commands[i - 1].count >= summary->commands[i].count);
}

static void the_truly_common_names_are_there_and_no_count_is_too_small(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		struct ptree_tree *tree = new_tree(0);
		uint32_t truth[NAMES] = { 0 }, random = seed;
		struct ptree_summary summary;

		plant(tree);
		for (pid_t i = 0; i < 300; i++) {
			unsigned name = random_name(&random);
			char comm[16];

			snprintf(comm, sizeof(comm), "n%u", name);
			run_as(tree, 100, 1000 + i, comm);
			truth[name]++;
		}
		summary = summary_of_pid(tree, 100);
		expect_estimates(&summary, truth);
		ptree_tree_free(tree);
	}
}

static void nor_are_they_when_summaries_are_added_up(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		struct ptree_tree *tree = new_tree(0);
		uint32_t truth[NAMES] = { 0 }, random = seed;
		struct ptree_summary summary;

		plant(tree);
		for (pid_t shell = 0; shell < 12; shell++) {
			fork_at(tree, 2 * S, 100, 5000 + shell);
			comm_at(tree, 2 * S, 5000 + shell, "n0");
			truth[0]++;
			for (pid_t i = 0; i < 40; i++) {
				unsigned name = random_name(&random);
				char comm[16];

				snprintf(comm, sizeof(comm), "n%u", name);
				run_as(tree, 5000 + shell, 10000 + 100 * shell + i, comm);
				truth[name]++;
			}
			exit_at(tree, 3 * S, 5000 + shell, 0);
		}
		summary = summary_of_pid(tree, 100);
		expect_estimates(&summary, truth);
		ptree_tree_free(tree);
	}
}

/* The shell forgot that it ran "common", too, when rarer ones took its place. */
static void a_name_that_a_full_list_lacks_may_have_been_there(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_summary summary;
	pid_t pid = 1000;

	plant(tree);
	for (int i = 0; i < 10; i++)
		run_as(tree, 100, pid++, "common");
	run_as(tree, 100, pid++, "listed");
	fork_at(tree, 2 * S, 100, 200);
	comm_at(tree, 2 * S, 200, "shell");
	run_as(tree, 200, pid++, "common");
	for (int i = 0; i < 16; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "n%d", i / 2);
		run_as(tree, 200, pid++, comm);
	}
	summary = summary_of_pid(tree, 200);
	assert_int_equal(count_of(&summary, "common"), 0);
	exit_at(tree, 3 * S, 200, 0);
	summary = summary_of_pid(tree, 100);
	assert_in_range(count_of(&summary, "common"), 11, 13);
	assert_int_equal(summary.gone, 29);
}

/* ---- activity ---- */

static void rates_are_of_what_happened_and_lose_half_in_four_seconds(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_activity *activity;

	plant(tree);
	ptree_tree_tick(tree, 2 * S);
	assert_null(activity_of_pid(tree, 100));
	assert_null(ptree_tree_first_active(tree));
	for (pid_t i = 0; i < 40; i++)
		fork_at(tree, 2 * S, 100, 200 + i);
	exec_at(tree, 3 * S, 100);
	exit_at(tree, 3 * S, 200, EXIT_1);
	exit_at(tree, 3 * S, 201, 0);
	ptree_tree_tick(tree, 6 * S);
	activity = activity_of_pid(tree, 100);
	/* 10 forks a second, of which the new interval is worth a half. */
	assert_int_equal(activity->forks_per_ks, 5000);
	assert_int_equal(activity->execs_per_ks, 125);
	assert_int_equal(activity->failures_per_ks, 125);
	ptree_tree_tick(tree, 10 * S);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 2500);
	ptree_tree_tick(tree, 14 * S);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 1250);
}

static void a_steady_rate_is_reached_whatever_the_ticks(void **state)
{
	static const uint64_t intervals_ms[] = { 500, 1000, 1500, 4000 };

	(void)state;
	for (size_t i = 0; i < COUNT(intervals_ms); i++) {
		struct ptree_tree *tree = new_tree(0);
		uint64_t now_ns = 2 * S;
		pid_t pid = 1000;

		plant(tree);
		ptree_tree_tick(tree, now_ns);
		while (now_ns < 62 * S) {
			for (uint64_t forks = 0; forks < intervals_ms[i] / 100; forks++)
				fork_at(tree, now_ns, 100, pid++);
			now_ns += intervals_ms[i] * MS;
			ptree_tree_tick(tree, now_ns);
		}
		assert_in_range(activity_of_pid(tree, 100)->forks_per_ks, 9900, 10000);
		ptree_tree_free(tree);
	}
}

static void what_a_shell_did_is_its_parents_when_it_is_over(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 2 * S);
	fork_at(tree, 2 * S, 100, 200);
	for (pid_t i = 0; i < 8; i++)
		fork_at(tree, 2 * S, 200, 300 + i);
	ptree_tree_tick(tree, 6 * S);
	assert_int_equal(activity_of_pid(tree, 200)->forks_per_ks, 1000);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 125);
	fork_at(tree, 7 * S, 200, 400);
	exit_at(tree, 7 * S, 200, 0);
	assert_null(activity_of_pid(tree, 200));
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 1125);
	ptree_tree_tick(tree, 10 * S);
	/* Half of what was, and half of a fork in four seconds. */
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, (1125 + 250) / 2);
}

static void what_is_done_below_one_that_is_over_goes_past_it(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 2 * S);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 200, 300);
	exit_at(tree, 3 * S, 200, 0);
	ptree_tree_tick(tree, 4 * S);
	end_with(tree, 5 * S, 300, EXIT_1, 500 * MS);
	ptree_tree_tick(tree, 6 * S);
	assert_null(activity_of_pid(tree, 200));
	assert_int_equal(activity_of_pid(tree, 100)->exited_cpu_permille, 250);
	assert_true(activity_of_pid(tree, 100)->failures_per_ks > 0);
}

static void cpu_of_those_that_ended_is_of_the_last_tick_only(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 2 * S);
	fork_at(tree, 2 * S, 100, 200);
	fork_at(tree, 2 * S, 100, 201);
	end_with(tree, 3 * S, 200, 0, 600 * MS);
	end_with(tree, 3 * S, 201, 0, 900 * MS);
	ptree_tree_tick(tree, 3 * S);
	assert_int_equal(activity_of_pid(tree, 100)->exited_cpu_permille, 1500);
	ptree_tree_tick(tree, 4 * S);
	assert_int_equal(activity_of_pid(tree, 100)->exited_cpu_permille, 0);
}

static void those_that_are_quiet_have_no_activity(void **state)
{
	struct ptree_tree *tree = *state;
	uint64_t now_ns = 2 * S;

	plant(tree);
	ptree_tree_tick(tree, now_ns);
	fork_at(tree, now_ns, 1, 150);
	fork_at(tree, now_ns, 100, 200);
	fork_at(tree, now_ns, 200, 300);
	assert_non_null(ptree_tree_first_active(tree));
	for (int i = 0; i < 60 && ptree_tree_first_active(tree); i++) {
		now_ns += S;
		ptree_tree_tick(tree, now_ns);
	}
	assert_null(ptree_tree_first_active(tree));
	assert_null(activity_of_pid(tree, 100));
	/* It begins anew. */
	fork_at(tree, now_ns, 100, 201);
	ptree_tree_tick(tree, now_ns + S);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 200);
}

static size_t count_active(const struct ptree_tree *tree)
{
	const struct ptree_node *node = ptree_tree_first_active(tree);
	size_t count = 0;

	for (; node; node = ptree_node_next_active(node)) {
		assert_non_null(ptree_node_activity(node));
		count++;
	}
	return count;
}

static void the_list_of_the_active_survives_ends_and_forgetting(void **state)
{
	struct ptree_tree *tree = new_tree(10);

	(void)state;
	plant(tree);
	for (pid_t i = 0; i < 30; i++) {
		fork_at(tree, 2 * S, 100, 200 + 2 * i);
		fork_at(tree, 2 * S, 200 + 2 * i, 201 + 2 * i);
	}
	assert_int_equal(count_active(tree), 31);
	for (pid_t i = 0; i < 30; i += 2)
		exit_at(tree, 3 * S, 200 + 2 * i, 0);
	assert_int_equal(count_active(tree), 16);
	for (pid_t i = 0; i < 30; i++)
		exit_at(tree, 4 * S, 201 + 2 * i, 0);
	ptree_tree_expire(tree, 10000 * S);
	assert_int_equal(count_active(tree), 16);
	ptree_tree_free(tree);
}

static void a_tick_that_goes_back_is_none(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	ptree_tree_tick(tree, 10 * S);
	fork_at(tree, 10 * S, 100, 200);
	ptree_tree_tick(tree, 10 * S);
	ptree_tree_tick(tree, 9 * S);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 0);
	ptree_tree_tick(tree, 14 * S);
	assert_int_equal(activity_of_pid(tree, 100)->forks_per_ks, 125);
}

/* ---- counts ---- */

static void forks_execs_exits_and_failures_are_counted(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_tree_counts counts;

	plant(tree);
	counts = counts_of(tree);
	assert_int_equal(counts.forks + counts.execs + counts.exits + counts.failures, 0);
	for (pid_t i = 0; i < 5; i++) {
		fork_at(tree, 2 * S, 100, 200 + i);
		exec_at(tree, 2 * S, 200 + i);
	}
	thread_at(tree, 2 * S, 200, 300);
	exec_at(tree, 2 * S, 200);
	task_exit_at(tree, 2 * S, 300, 200, EXIT_1);
	for (pid_t i = 0; i < 4; i++)
		exit_at(tree, 3 * S, 200 + i, i % 2 ? 9 : 0);
	counts = counts_of(tree);
	assert_int_equal(counts.forks, 5);
	assert_int_equal(counts.execs, 6);
	assert_int_equal(counts.exits, 4);
	assert_int_equal(counts.failures, 2);
}

static void a_fork_that_a_scan_showed_first_is_counted_once(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	observe(tree, seen(200, 100, 2 * S, 3 * S));
	assert_int_equal(counts_of(tree).forks, 0);
	fork_at(tree, 2 * S, 100, 200);
	assert_int_equal(counts_of(tree).forks, 1);
	fork_at(tree, 2 * S, 100, 200);
	assert_int_equal(counts_of(tree).forks, 1);
}

static void cpu_is_counted_by_how_long_the_process_had_lived(void **state)
{
	static const struct {
		uint64_t lived_ms;
		unsigned class;
	} rows[] = { { 1, 0 },	   { 999, 0 },	 { 1000, 1 },  { 9999, 1 },
		     { 10000, 2 }, { 59999, 2 }, { 60000, 3 }, { 600000, 3 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_tree *tree = new_tree(0);

		plant(tree);
		fork_at(tree, 2 * S, 100, 200);
		account(tree, 200, record_of(200, MS, rows[i].lived_ms * MS));
		exit_at(tree, 2 * S + rows[i].lived_ms * MS, 200, 0);
		for (unsigned class = 0; class < 4; class ++)
			assert_int_equal(counts_of(tree).exited_cpu_ns[class],
					 class == rows[i].class ? MS : 0);
		ptree_tree_free(tree);
	}
}

static void of_one_that_was_there_before_only_what_was_seen_counts(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	sample(tree, 100, 2 * S, 500 * S, 0);
	sample(tree, 100, 3 * S, 500 * S + 400 * MS, 0);
	account(tree, 100, record_of(100, 501 * S, 700 * S));
	exit_at(tree, 4 * S, 100, 0);
	/* All of it is known of the process, and in its parent's sum. */
	expect_summary(tree, 1, 1, 0, 501 * S, 0);
	assert_int_equal(tree->exited_more_ns, 600 * MS);
	assert_int_equal(counts_of(tree).exited_cpu_ns[3], 600 * MS);
}

/* ---- those that failed ---- */

static void churn(struct ptree_tree *tree, pid_t first, pid_t count, uint64_t ns, uint32_t status)
{
	for (pid_t i = 0; i < count; i++) {
		fork_at(tree, ns + (uint64_t)i, 100, first + i);
		exit_at(tree, ns + (uint64_t)i, first + i, status);
	}
}

static size_t count_failed(const struct ptree_tree *tree)
{
	const struct ptree_node *node = ptree_tree_last_failed(tree);
	size_t count = 0;

	for (; node; node = ptree_node_prev_failed(node)) {
		uint32_t status;

		assert_true(ptree_node_exit_status(node, &status) && status);
		count++;
	}
	return count;
}

static void failures_outlive_a_storm_of_successes(void **state)
{
	struct ptree_tree *tree = new_tree(50);

	(void)state;
	plant(tree);
	churn(tree, 1000, 5, 2 * S, EXIT_1);
	churn(tree, 2000, 1000, 3 * S, 0);
	assert_int_equal(count_failed(tree), 5);
	assert_int_equal(counts_of(tree).exited, 50);
	ptree_tree_free(tree);
}

static void successes_outlive_a_storm_of_failures(void **state)
{
	struct ptree_tree *tree = new_tree(50);

	(void)state;
	plant(tree);
	churn(tree, 1000, 40, 2 * S, 0);
	churn(tree, 2000, 1000, 3 * S, EXIT_1);
	assert_int_equal(count_failed(tree), 10);
	assert_int_equal(counts_of(tree).exited, 50);
	for (pid_t i = 0; i < 40; i++)
		assert_non_null(tree_latest(tree, 1000 + i));
	/* The latest of them are the ones that are left. */
	assert_int_equal(ptree_node_pid(ptree_tree_last_failed(tree)), 2999);
	ptree_tree_free(tree);
}

static void failures_are_told_newest_first_and_expire(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_node *node;
	pid_t expected = 1009;

	plant(tree);
	assert_null(ptree_tree_last_failed(tree));
	for (pid_t i = 0; i < 10; i++) {
		churn(tree, 1000 + i, 1, (2 + (uint64_t)i) * S, EXIT_1);
		churn(tree, 2000 + i, 1, (2 + (uint64_t)i) * S, 0);
	}
	for (node = ptree_tree_last_failed(tree); node; node = ptree_node_prev_failed(node))
		assert_int_equal(ptree_node_pid(node), expected--);
	assert_int_equal(expected, 999);
	ptree_tree_expire(tree, 606 * S + 500 * MS);
	assert_int_equal(count_failed(tree), 5);
	assert_int_equal(ptree_node_pid(ptree_tree_last_failed(tree)), 1009);
	ptree_tree_expire(tree, 10000 * S);
	assert_null(ptree_tree_last_failed(tree));
}

static void one_that_failed_and_lives_on_is_not_among_the_failed(void **state)
{
	struct ptree_tree *tree = *state;

	plant(tree);
	fork_at(tree, 2 * S, 100, 200);
	exit_at(tree, 3 * S, 200, EXIT_1);
	assert_int_equal(count_failed(tree), 1);
	exec_at(tree, 3 * S + 1, 200);
	assert_int_equal(count_failed(tree), 0);
	exit_at(tree, 4 * S, 200, 0);
	assert_int_equal(count_failed(tree), 0);
}

/* ---- the table of records that wait ---- */

#define FAMILY 31

struct join {
	struct accounting accounting;
	uint64_t now_ns;
	int kernel;
	struct sockaddr_nl address;
};

static int open_netlink(struct sockaddr_nl *address)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_USERSOCK);
	socklen_t size = sizeof(*address);

	*address = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static int join_setup(void **state)
{
	struct join *join = calloc(1, sizeof(*join));
	struct sockaddr_nl kernel;
	int fd;

	if (!join)
		return -1;
	fd = open_netlink(&join->address);
	join->kernel = open_netlink(&kernel);
	pool_init(&join->accounting.pool, sizeof(struct waiting));
	*state = join;
	return ptree_taskstats_adopt(&join->accounting.taskstats, &fd, 1, kernel.nl_pid, FAMILY);
}

static int join_teardown(void **state)
{
	struct join *join = *state;

	accounting_close(&join->accounting);
	close(join->kernel);
	free(join);
	return 0;
}

/* A netlink message as the kernel makes them; its attributes are all of a multiple of 4. */
struct datagram {
	unsigned char bytes[2048];
	size_t size;
};

static size_t put(struct datagram *datagram, uint16_t type, const void *bytes, size_t size)
{
	const struct nlattr header = { .nla_len = (uint16_t)(4 + size), .nla_type = type };
	size_t at = datagram->size;

	memcpy(datagram->bytes + at, &header, sizeof(header));
	if (size)
		memcpy(datagram->bytes + at + 4, bytes, size);
	datagram->size += 4 + size;
	return at;
}

static void put_record(struct datagram *datagram, bool is_process, pid_t pid, uint32_t status,
		       uint64_t lived_ms)
{
	const struct taskstats stats = {
		.version = 8,
		.ac_exitcode = status,
		.ac_pid = (uint32_t)pid,
		.ac_etime = lived_ms * 1000,
		.ac_utime = 4000,
	};
	const uint32_t id = (uint32_t)pid;
	size_t nest =
	    put(datagram, is_process ? TASKSTATS_TYPE_AGGR_TGID : TASKSTATS_TYPE_AGGR_PID, NULL, 0);
	uint16_t length;

	put(datagram, is_process ? TASKSTATS_TYPE_TGID : TASKSTATS_TYPE_PID, &id, sizeof(id));
	put(datagram, TASKSTATS_TYPE_STATS, &stats, offsetof(struct taskstats, freepages_count));
	length = (uint16_t)(datagram->size - nest);
	memcpy(datagram->bytes + nest, &length, sizeof(length));
}

/* process 0: it goes on. */
static void send_end(struct join *join, pid_t tid, uint32_t status, uint64_t lived_ms,
		     pid_t process)
{
	struct nlmsghdr header = { .nlmsg_type = FAMILY };
	const struct genlmsghdr genl = { .cmd = TASKSTATS_CMD_NEW,
					 .version = TASKSTATS_GENL_VERSION };
	struct datagram datagram = { .size = sizeof(header) + sizeof(genl) };

	put_record(&datagram, false, tid, status, lived_ms);
	if (process)
		put_record(&datagram, true, process, 0, lived_ms);
	header.nlmsg_len = (uint32_t)datagram.size;
	memcpy(datagram.bytes, &header, sizeof(header));
	memcpy(datagram.bytes + sizeof(header), &genl, sizeof(genl));
	assert_int_equal(sendto(join->kernel, datagram.bytes, datagram.size, 0,
				(struct sockaddr *)&join->address, sizeof(join->address)),
			 (ssize_t)datagram.size);
	assert_int_equal(accounting_drain(&join->accounting, join->now_ns), 0);
}

static void expect_taken(struct join *join, pid_t tid, uint64_t lived_ms, uint32_t status)
{
	struct ptree_accounting records[2];

	assert_int_equal(accounting_take(&join->accounting, tid, lived_ms * MS, records), 1);
	assert_int_equal(records[0].pid, tid);
	assert_int_equal(records[0].status, status);
}

static void a_record_waits_for_its_exit(void **state)
{
	struct join *join = *state;
	struct ptree_accounting records[2];

	send_end(join, 300, 7, 10, 0);
	send_end(join, 200, 5, 10, 0);
	assert_int_equal(join->accounting.count, 2);
	expect_taken(join, 200, 10, 5);
	expect_taken(join, 300, 10, 7);
	assert_int_equal(join->accounting.count, 0);
	assert_int_equal(join->accounting.joined, 2);
	assert_int_equal(join->accounting.missing, 0);
	assert_int_equal(accounting_take(&join->accounting, 300, 10 * MS, records), 0);
	assert_int_equal(join->accounting.missing, 1);
	assert_int_equal(accounting_lost(&join->accounting), 0);
}

static void the_processs_record_comes_with_that_of_its_last_task(void **state)
{
	struct join *join = *state;
	struct ptree_accounting records[2];

	send_end(join, 201, 0, 10, 0);
	send_end(join, 200, 3, 10, 200);
	send_end(join, 300, 0, 10, 0);
	expect_taken(join, 300, 10, 0);
	expect_taken(join, 201, 10, 0);
	assert_int_equal(accounting_take(&join->accounting, 200, 10 * MS, records), 2);
	assert_false(records[0].is_process);
	assert_true(records[1].is_process);
	assert_int_equal(records[1].pid, 200);
}

static void records_of_a_pid_that_was_used_again_are_taken_in_order(void **state)
{
	struct join *join = *state;

	for (uint32_t i = 1; i <= 5; i++) {
		send_end(join, 200, i, 10, 0);
		send_end(join, 300 + (pid_t)i, 100 + i, 10, 0);
	}
	for (uint32_t i = 1; i <= 3; i++)
		expect_taken(join, 200, 10, i);
	send_end(join, 200, 6, 10, 0);
	for (uint32_t i = 4; i <= 6; i++)
		expect_taken(join, 200, 10, i);
	for (uint32_t i = 1; i <= 5; i++)
		expect_taken(join, 300 + (pid_t)i, 10, 100 + i);
	assert_int_equal(join->accounting.count, 0);
	assert_null(join->accounting.first);
	assert_null(join->accounting.last);
}

static void a_record_that_lived_longer_than_its_process_is_passed_over(void **state)
{
	struct join *join = *state;
	struct ptree_accounting records[2];

	send_end(join, 200, 1, 5000, 0); /* its exit was lost */
	send_end(join, 200, 2, 10, 0);
	expect_taken(join, 200, 12, 2);
	assert_int_equal(join->accounting.unmatched, 1);
	send_end(join, 200, 3, 5000, 0);
	assert_int_equal(accounting_take(&join->accounting, 200, 12 * MS, records), 0);
	assert_int_equal(join->accounting.missing, 1);
	assert_int_equal(join->accounting.unmatched, 2);
	/* A little longer is the same time by another clock; and who is unknown may be old. */
	send_end(join, 200, 4, 60, 0);
	expect_taken(join, 200, 12, 4);
	send_end(join, 200, 5, 5000, 0);
	expect_taken(join, 200, 0, 5);
}

static void the_oldest_make_room_when_nobody_asks(void **state)
{
	struct join *join = *state;
	struct ptree_accounting records[2];

	for (pid_t i = 0; i < WAITING_MAX + 100; i++)
		send_end(join, 1000 + i / 2, (uint32_t)i % 2, 10, 0);
	assert_int_equal(join->accounting.count, WAITING_MAX);
	assert_int_equal(join->accounting.unmatched, 100);
	assert_int_equal(accounting_take(&join->accounting, 1049, 10 * MS, records), 0);
	expect_taken(join, 1050, 10, 0);
	expect_taken(join, 1050, 10, 1);
	expect_taken(join, 1000 + WAITING_MAX / 2 + 49, 10, 0);
	assert_int_equal(join->accounting.count, WAITING_MAX - 3);
}

static void those_whose_exit_was_lost_are_given_up_in_the_end(void **state)
{
	struct join *join = *state;
	struct ptree_accounting records[2];

	join->now_ns = 100 * S;
	send_end(join, 200, 1, 10, 0);
	join->now_ns += WAITING_NS;
	send_end(join, 200, 2, 10, 0);
	send_end(join, 300, 3, 10, 0);
	accounting_expire(&join->accounting, join->now_ns);
	assert_int_equal(join->accounting.count, 3);
	accounting_expire(&join->accounting, join->now_ns + 1);
	assert_int_equal(join->accounting.count, 2);
	assert_int_equal(join->accounting.unmatched, 1);
	expect_taken(join, 200, 10, 2);
	accounting_expire(&join->accounting, join->now_ns + WAITING_NS + 1);
	assert_int_equal(join->accounting.count, 0);
	assert_int_equal(accounting_take(&join->accounting, 300, 10 * MS, records), 0);
}

static void without_taskstats_nothing_is_missing(void **state)
{
	struct accounting accounting = { 0 };
	struct ptree_accounting records[2];

	(void)state;
	assert_int_equal(accounting_drain(&accounting, 0), 0);
	assert_int_equal(accounting_take(&accounting, 200, 0, records), 0);
	assert_int_equal(accounting.missing, 0);
	assert_int_equal(accounting_lost(&accounting), 0);
	accounting_close(&accounting);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define JOIN_TEST(name) cmocka_unit_test_setup_teardown(name, join_setup, join_teardown)

static void five_hundred_days_of_cpu_time_are_no_burst(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_usage usage;
	uint64_t days_ns = UINT64_C(500) * 86400 * S;

	plant(tree);
	sample(tree, 100, 10 * S, days_ns, days_ns);
	sample(tree, 100, 11 * S, days_ns + S / 2, days_ns);
	ptree_node_usage(ptree_tree_find(tree, 100), &usage);
	assert_int_equal(usage.cpu_permille, 500);
	assert_true(usage.cpu_ns == 2 * days_ns + S / 2);
}

static void a_resident_set_of_64_tib_is_not_cut(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_process process = seen(100, 1, 500 * MS, 10 * S);
	struct ptree_usage usage;

	plant(tree);
	process.rss_bytes = UINT64_C(64) << 40;
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
	ptree_node_usage(ptree_tree_find(tree, 100), &usage);
	assert_true(usage.rss_bytes == UINT64_C(64) << 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_before_or_after_the_exit_come_to_the_same),
		cmocka_unit_test_setup_teardown(five_hundred_days_of_cpu_time_are_no_burst, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_resident_set_of_64_tib_is_not_cut, setup,
						teardown),
		TEST(a_live_process_is_not_final_whatever_its_threads_left),
		TEST(one_that_nobody_accounted_for_keeps_what_was_sampled),
		TEST(of_one_that_was_never_sampled_and_not_accounted_for_nothing_is_known),
		TEST(a_record_of_nobody_is_refused),
		TEST(one_unknown_until_its_exit_has_its_records_afterwards),
		TEST(a_process_that_is_not_over_after_all_is_taken_back),
		TEST(one_taken_back_without_records_is_charged_what_was_sampled_once),
		TEST(a_rate_is_that_between_two_samples),
		TEST(samples_that_are_close_together_wait_for_a_longer_interval),
		TEST(a_counter_that_runs_backwards_is_no_rate),
		TEST(state_and_memory_are_as_last_read),
		TEST(those_that_are_over_or_unknown_are_not_sampled),
		TEST(the_rates_of_new_ones_add_up_to_no_more_than_the_machine),
		TEST(one_that_is_older_than_the_tick_is_measured_from_its_begin),
		TEST(parents_are_charged_with_children_and_grandchildren),
		TEST(what_ends_below_one_that_is_over_counts_where_that_one_does),
		TEST(an_orphan_counts_where_it_was_adopted),
		TEST(a_long_chain_of_ended_ancestors_loses_nothing),
		TEST(a_status_that_is_told_later_counts_then),
		TEST(one_ended_by_a_sweep_moves_among_the_failed_when_its_status_is_told),
		TEST(late_records_come_to_all_who_were_charged),
		TEST(what_was_sampled_is_not_charged_twice),
		cmocka_unit_test(nothing_is_lost_when_history_is_forgotten),
		TEST(up_to_eight_names_are_counted_exactly_and_in_order),
		cmocka_unit_test(the_truly_common_names_are_there_and_no_count_is_too_small),
		cmocka_unit_test(nor_are_they_when_summaries_are_added_up),
		TEST(a_name_that_a_full_list_lacks_may_have_been_there),
		TEST(rates_are_of_what_happened_and_lose_half_in_four_seconds),
		cmocka_unit_test(a_steady_rate_is_reached_whatever_the_ticks),
		TEST(what_a_shell_did_is_its_parents_when_it_is_over),
		TEST(what_is_done_below_one_that_is_over_goes_past_it),
		TEST(cpu_of_those_that_ended_is_of_the_last_tick_only),
		TEST(those_that_are_quiet_have_no_activity),
		cmocka_unit_test(the_list_of_the_active_survives_ends_and_forgetting),
		TEST(a_tick_that_goes_back_is_none),
		TEST(forks_execs_exits_and_failures_are_counted),
		TEST(a_fork_that_a_scan_showed_first_is_counted_once),
		cmocka_unit_test(cpu_is_counted_by_how_long_the_process_had_lived),
		TEST(of_one_that_was_there_before_only_what_was_seen_counts),
		cmocka_unit_test(failures_outlive_a_storm_of_successes),
		cmocka_unit_test(successes_outlive_a_storm_of_failures),
		TEST(failures_are_told_newest_first_and_expire),
		TEST(one_that_failed_and_lives_on_is_not_among_the_failed),
		JOIN_TEST(a_record_waits_for_its_exit),
		JOIN_TEST(the_processs_record_comes_with_that_of_its_last_task),
		JOIN_TEST(records_of_a_pid_that_was_used_again_are_taken_in_order),
		JOIN_TEST(a_record_that_lived_longer_than_its_process_is_passed_over),
		JOIN_TEST(the_oldest_make_room_when_nobody_asks),
		JOIN_TEST(those_whose_exit_was_lost_are_given_up_in_the_end),
		cmocka_unit_test(without_taskstats_nothing_is_missing),
	};

	return cmocka_run_group_tests_name("usage", tests, NULL, NULL);
}
