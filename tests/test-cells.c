/* SPDX-License-Identifier: MIT */
/* What the cells of columns say, and what filters take the same fields for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/columns.h"
#include "model/field.h"
#include "model/filter.h"

#include <stdio.h>
#include <string.h>

#define S UINT64_C(1000000000)
#define MIB (UINT64_C(1) << 20)
#define PTS(number) (136u << 8 | ((number)&0xff) | ((number)&0xfff00) << 12)

static const struct sources sources = { .memory_bytes = 1000 * MIB, .has_activity = true };

static struct ptree_process seen(pid_t pid, uint64_t read_ns)
{
	struct ptree_process process = { .pid = pid,
					 .ppid = pid == 1 ? 0 : 1,
					 .start_ns = 1 * S,
					 .read_ns = read_ns,
					 .state = 'S',
					 .thread_count = 1,
					 .euid = 1,
					 .ruid = PTREE_UNKNOWN_ID };

	snprintf(process.comm, sizeof(process.comm), "p%d", pid);
	return process;
}

/* 1, and 2 with the figures of that. */
static struct ptree_tree *tree_with(const struct ptree_process *process)
{
	const struct ptree_process init = seen(1, 2 * S);
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	assert_int_equal(ptree_tree_observe(tree, &init), 0);
	assert_int_equal(ptree_tree_observe(tree, process), 0);
	assert_int_equal(ptree_tree_sample(tree, process), 0);
	return tree;
}

static void expect_cell(const struct ptree_tree *tree, const char *name, const char *expected)
{
	const struct column_context context = {
		.tree = tree, .now_ns = 100 * S, .sources = &sources, .utf8 = true
	};
	const struct column_subject subject = { .node = ptree_tree_find(tree, 2) };
	struct column_text cell = { .role = THEME_NORMAL };

	field_show(field_find(name, strlen(name)), &context, &subject, &cell);
	assert_string_equal(cell.text, expected);
}

static bool matches(const struct ptree_tree *tree, const char *expression)
{
	const struct filter_context context = { .tree = tree,
						.now_ns = 100 * S,
						.sources = &sources };
	struct filter_error error;
	struct filter *filter;
	bool answer;

	if (filter_compile(&filter, expression, &error))
		fail_msg("%s: %s", expression, error.text);
	answer = filter_matches(filter, &context, ptree_tree_find(tree, 2));
	filter_free(filter);
	return answer;
}

static void terminals_have_their_names(void **state)
{
	static const struct {
		uint32_t device;
		const char *name;
	} terminals[] = {
		{ PTS(3), "pts/3" },	  { PTS(70000), "pts/70000" }, { 4 << 8 | 1, "tty1" },
		{ 4 << 8 | 65, "ttyS1" }, { 5 << 8 | 1, "console" },   { 204 << 8 | 64, "204:64" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(terminals) / sizeof(*terminals); i++) {
		char name[FIELD_TTY_SIZE];

		field_format_tty(name, sizeof(name), terminals[i].device);
		assert_string_equal(name, terminals[i].name);
	}
}

static void a_terminal_is_a_cell_and_a_filter(void **state)
{
	struct ptree_process process = seen(2, 3 * S);
	struct ptree_tree *tree;

	(void)state;
	process.tty = PTS(3);
	tree = tree_with(&process);
	expect_cell(tree, "tty", "pts/3");
	assert_true(matches(tree, "tty:pts/3"));
	assert_true(matches(tree, "tty:pts"));
	assert_true(matches(tree, "tty=pts/3"));
	assert_false(matches(tree, "tty=pts"));
	assert_true(matches(tree, "tty!=pts/4"));
	ptree_tree_free(tree);
	process.tty = 0;
	tree = tree_with(&process);
	expect_cell(tree, "tty", "");
	assert_false(matches(tree, "tty:pts"));
	assert_false(matches(tree, "tty!=pts/4")); /* it has none */
	ptree_tree_free(tree);
}

static void memory_is_a_share_of_the_machines(void **state)
{
	struct ptree_process process = seen(2, 3 * S);
	struct ptree_tree *tree;

	(void)state;
	process.rss_bytes = 25 * MIB;
	tree = tree_with(&process);
	expect_cell(tree, "rss-share", "2.5");
	assert_true(matches(tree, "rss-share>2.4%"));
	assert_false(matches(tree, "rss-share>2.5"));
	ptree_tree_free(tree);
	process.is_kernel_thread = true;
	tree = tree_with(&process);
	expect_cell(tree, "rss-share", "");
	ptree_tree_free(tree);
}

static void a_real_user_may_be_another_one(void **state)
{
	struct ptree_process process = seen(2, 3 * S);
	struct ptree_tree *tree = tree_with(&process);

	(void)state;
	expect_cell(tree, "real-user", ""); /* nobody has told */
	assert_false(matches(tree, "real-user:1"));
	ptree_tree_free(tree);
	process.ruid = 1000;
	tree = tree_with(&process);
	expect_cell(tree, "user", "1");
	expect_cell(tree, "real-user", "1000");
	assert_true(matches(tree, "user:1 real-user:1000"));
	ptree_tree_free(tree);
}

static void faults_are_both_together(void **state)
{
	struct ptree_process process = seen(2, 3 * S);
	struct ptree_tree *tree;

	(void)state;
	process.minor_faults = 12340000;
	process.major_faults = 5000;
	tree = tree_with(&process);
	expect_cell(tree, "faults", "12M");
	expect_cell(tree, "major-faults", "5000");
	assert_true(matches(tree, "faults:12345000"));
	ptree_tree_free(tree);
}

static void fork_at(struct ptree_tree *tree, uint64_t ns, pid_t child)
{
	const struct ptree_event fork = { .kind = PTREE_EVENT_FORK,
					  .time_ns = ns,
					  .pid = child,
					  .tgid = child,
					  .parent_pid = 2,
					  .parent_tgid = 2 };
	const struct ptree_event exec = {
		.kind = PTREE_EVENT_EXEC, .time_ns = ns, .pid = child, .tgid = child
	};

	assert_int_equal(ptree_tree_apply(tree, &fork), 0);
	assert_int_equal(ptree_tree_apply(tree, &exec), 0);
}

/* Below ten a second a digit more. */
static void forks_and_execs_are_counted_by_the_second(void **state)
{
	struct ptree_process process = seen(2, 3 * S);
	struct ptree_tree *tree = tree_with(&process);
	pid_t pid = 10;

	(void)state;
	expect_cell(tree, "forks", "·");
	assert_true(matches(tree, "forks<0.1"));
	ptree_tree_tick(tree, 10 * S);
	for (uint64_t second = 10; second < 60; second++) {
		for (int i = 0; i < 4; i++)
			fork_at(tree, second * S, pid++);
		ptree_tree_tick(tree, (second + 1) * S);
	}
	expect_cell(tree, "forks", "4.0");
	assert_true(matches(tree, "forks>3.9 forks<4.1"));
	for (uint64_t second = 60; second < 120; second++) {
		for (int i = 0; i < 40; i++)
			fork_at(tree, second * S, pid++);
		ptree_tree_tick(tree, (second + 1) * S);
	}
	expect_cell(tree, "forks", "40");
	expect_cell(tree, "execs", "·"); /* its children's */
	ptree_tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminals_have_their_names),
		cmocka_unit_test(a_terminal_is_a_cell_and_a_filter),
		cmocka_unit_test(memory_is_a_share_of_the_machines),
		cmocka_unit_test(a_real_user_may_be_another_one),
		cmocka_unit_test(faults_are_both_together),
		cmocka_unit_test(forks_and_execs_are_counted_by_the_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
