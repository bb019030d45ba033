/* SPDX-License-Identifier: MIT */
/* Filter expressions over a small tree that is made of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_NS UINT64_C(100000000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { INIT = 1, SSHD = 10, BASH = 20, MAKE = 30, CC = 40, DAEMON = 50, KTHREAD = 60, OTHER = 70 };

struct fixture {
	struct ptree_tree *tree;
	struct ptree_users *users;
};

static void observe(struct ptree_tree *tree, pid_t pid, pid_t ppid, uint32_t euid, const char *comm,
		    const char *argv, size_t argv_size)
{
	struct ptree_process process = {
		.pid = pid,
		.ppid = ppid,
		.state = 'S',
		.thread_count = 1,
		.start_ns = (uint64_t)pid * 1000000000,
		.read_ns = 100000000000,
		.euid = euid,
		.ruid = PTREE_UNKNOWN_ID,
		.rgid = PTREE_UNKNOWN_ID,
		.egid = PTREE_UNKNOWN_ID,
		.is_kernel_thread = !argv,
		.argv_status = argv ? PTREE_ARGV_READ : PTREE_ARGV_NONE,
		.argv = (char *)(uintptr_t)argv,
		.argv_size = argv_size,
	};

	snprintf(process.comm, sizeof(process.comm), "%s", comm);
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
}

#define ARGV(literal) literal, sizeof(literal)

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	assert_int_equal(ptree_tree_new(&fixture->tree, NULL), 0);
	assert_int_equal(ptree_users_new(&fixture->users), 0);
	ptree_users_name(fixture->users, 0); /* so that it is known without waiting */
	observe(fixture->tree, INIT, 0, 0, "systemd", ARGV("/sbin/init"));
	observe(fixture->tree, SSHD, INIT, 0, "sshd", ARGV("/usr/sbin/sshd\0-D"));
	observe(fixture->tree, BASH, SSHD, 4242, "bash", ARGV("-bash"));
	observe(fixture->tree, MAKE, BASH, 4242, "make", ARGV("make\0-j4\0ALL"));
	observe(fixture->tree, CC, MAKE, 4242, "cc", ARGV("cc\0-c\0\"q\" (x).c"));
	observe(fixture->tree, KTHREAD, 0, 0, "kworker/0:1", NULL, 0);
	observe(fixture->tree, OTHER, INIT, 4243, "42", ARGV("or\0not\0\0\0"));
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_tree_free(fixture->tree);
	ptree_users_free(fixture->users);
	free(fixture);
	return 0;
}

static struct filter *compile(const char *expression)
{
	struct filter_error error;
	struct filter *filter = NULL;
	int err = filter_compile(&filter, expression, &error);

	if (err)
		fail_msg("'%s': %s at %zu", expression, error.text, error.offset);
	return filter;
}

static bool matches(const struct filter *filter, const struct fixture *fixture,
		    const struct ptree_node *node)
{
	const struct filter_context context = { .tree = fixture->tree,
						.users = fixture->users,
						.now_ns = NOW_NS };

	return filter_matches(filter, &context, node);
}

/* The pids that match, in words. */
static void assert_matches(struct fixture *fixture, const char *expression, const char *expected)
{
	static const pid_t pids[] = { INIT, SSHD, BASH, MAKE, CC, DAEMON, KTHREAD, OTHER };
	struct filter *filter = compile(expression);
	char found[64] = "";

	for (size_t i = 0; i < COUNT(pids); i++) {
		const struct ptree_node *node = ptree_tree_find(fixture->tree, pids[i]);
		size_t used = strlen(found);

		if (node && matches(filter, fixture, node))
			snprintf(found + used, sizeof(found) - used, "%s%d", used ? " " : "",
				 pids[i]);
	}
	filter_free(filter);
	if (strcmp(found, expected) != 0)
		fail_msg("'%s' matches %s, not %s", expression, found, expected);
}

static void words_match_command_line_or_name(void **state)
{
	assert_matches(*state, "", "1 10 20 30 40 60 70");
	assert_matches(*state, "  \t ", "1 10 20 30 40 60 70");
	assert_matches(*state, "systemd", "1");
	assert_matches(*state, "sbin", "1 10");
	assert_matches(*state, "sbin sshd", "10");
	assert_matches(*state, "kworker", "60");
	assert_matches(*state, "\"cc -c\"", "40");
	assert_matches(*state, "nothing", "");
}

static void case_counts_only_if_the_word_has_capitals(void **state)
{
	assert_matches(*state, "all", "30");
	assert_matches(*state, "ALL", "30");
	assert_matches(*state, "All", "");
}

static void fields_look_only_where_they_say(void **state)
{
	assert_matches(*state, "comm:sshd", "10");
	assert_matches(*state, "comm:sbin", "");
	assert_matches(*state, "cmd:systemd", "");
	assert_matches(*state, "cmd:init", "1");
	/* Without arguments the name stands for them. */
	assert_matches(*state, "cmd:kworker", "60");
	assert_matches(*state, "pid:30", "30");
	assert_matches(*state, "pid:3", "");
}

static void users_match_by_name_and_by_number(void **state)
{
	assert_matches(*state, "user:0", "1 10 60");
	assert_matches(*state, "user:root", "1 10 60");
	assert_matches(*state, "user:4242", "20 30 40");
	assert_matches(*state, "user:424", "");
}

static void under_means_ancestors_by_exact_name_or_pid(void **state)
{
	assert_matches(*state, "under:sshd", "20 30 40");
	assert_matches(*state, "under:ssh", "");
	assert_matches(*state, "under:bash", "30 40");
	assert_matches(*state, "under:20", "30 40");
	assert_matches(*state, "under:make under:sshd", "40");
	assert_matches(*state, "under:99", "");
}

static void under_follows_those_who_forked_too(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_event events[] = {
		{ .kind = PTREE_EVENT_FORK,
		  .time_ns = 200000000000,
		  .pid = 45,
		  .tgid = 45,
		  .parent_pid = BASH,
		  .parent_tgid = BASH },
		{ .kind = PTREE_EVENT_FORK,
		  .time_ns = 200000001000,
		  .pid = DAEMON,
		  .tgid = DAEMON,
		  .parent_pid = 45,
		  .parent_tgid = 45 },
		{ .kind = PTREE_EVENT_EXIT, .time_ns = 200000002000, .pid = 45, .tgid = 45 },
	};

	assert_int_equal(ptree_tree_apply_many(fixture->tree, events, COUNT(events)), 0);
	assert_int_equal(ptree_tree_adopt(fixture->tree, DAEMON, INIT), 0);
	assert_matches(fixture, "under:sshd", "20 30 40 50");
	assert_matches(fixture, "under:systemd !under:sshd", "10 70");
}

/* What is inherited is found once, or this would take as long as its depth squared. */
static void a_deep_chain_is_answered_in_one_walk(void **state)
{
	struct fixture *fixture = *state;
	struct filter *filter = compile("under:bash");
	pid_t first = 1000, last = 31000;

	for (pid_t pid = first; pid < last; pid++) {
		const struct ptree_event event = { .kind = PTREE_EVENT_FORK,
						   .time_ns = 200000000000 + (uint64_t)pid,
						   .pid = pid,
						   .tgid = pid,
						   .parent_pid = pid == first ? BASH : pid - 1,
						   .parent_tgid = pid == first ? BASH : pid - 1 };

		assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
	}
	for (pid_t pid = last - 1; pid >= first; pid--)
		assert_true(matches(filter, fixture, ptree_tree_find(fixture->tree, pid)));
	assert_false(matches(filter, fixture, ptree_tree_find(fixture->tree, BASH)));
	filter_free(filter);
}

/* An answer holds as long as the tree is as it was. */
static void what_is_under_changes_with_the_tree(void **state)
{
	struct fixture *fixture = *state;
	struct filter *filter = compile("under:bash");
	const struct ptree_node *make = ptree_tree_find(fixture->tree, 40);
	const struct ptree_event rename = { .kind = PTREE_EVENT_COMM,
					    .time_ns = 200000000000,
					    .pid = BASH,
					    .tgid = BASH,
					    .u.comm = "zsh" };

	assert_true(matches(filter, fixture, make));
	assert_true(matches(filter, fixture, make));
	assert_int_equal(ptree_tree_apply(fixture->tree, &rename), 0);
	make = ptree_tree_find(fixture->tree, 40);
	/* Its arguments say so still. */
	assert_true(matches(filter, fixture, make));
	filter_free(filter);
	filter = compile("under:zsh");
	assert_true(matches(filter, fixture, make));
	filter_free(filter);
}

static void not_negates_one_term(void **state)
{
	assert_matches(*state, "!user:0", "20 30 40 70");
	assert_matches(*state, "not user:0 not bash", "30 40 70");
	assert_matches(*state, "! user:0 ! ! make", "30");
	assert_matches(*state, "!not bash", "20");
	assert_matches(*state, "notbash", "");
}

static void quotes_take_away_every_special_meaning(void **state)
{
	assert_matches(*state, "\"\\\"q\\\"\"", "40");
	assert_matches(*state, "\"(x)\"", "40");
	assert_matches(*state, "cmd:\"(x).c\"", "40");
	assert_matches(*state, "\"not\"", "70");
	assert_matches(*state, "\"or\" comm:42", "70");
	assert_matches(*state, "ss\"hd\"", "10");
	assert_matches(*state, "\"user:root\"", "");
	assert_matches(*state, "-j4", "30");
}

static void a_number_is_also_a_text(void **state)
{
	assert_matches(*state, "42", "70");
	assert_matches(*state, "comm:42", "70");
}

static void errors_say_where_and_what_was_expected(void **state)
{
	static const struct {
		const char *expression;
		size_t offset;
		const char *text;
	} samples[] = {
		{ "foo bar:x", 4,
		  "no field 'bar': quote it to search for it, or expected pid, ppid, origin, "
		  "uid, user, real-user, comm, cmd, session, tty, state, cpu, rss, rss-share, "
		  "pss, swap, shared, threads, time, max-rss, read, written, io-read, "
		  "io-write, io, age, exit, signal, nice, priority, group, virtual, "
		  "minor-faults, major-faults, faults, forks, execs, cgroup, unit, container, "
		  "namespaces, kernel-thread, zombie or under" },
		{ "user:", 5, "expected a value after 'user:'" },
		{ "user: root", 5, "expected a value after 'user:'" },
		{ "cmd:\"\"", 4, "expected a value after 'cmd:'" },
		{ "a \"\"", 2, "expected text" },
		{ "a \"b c", 2, "not closed" },
		{ "cmd:x\"y", 5, "not closed" },
		{ "pid:x", 4, "expected a process's number" },
		{ "pid:0", 4, "expected a process's number" },
		{ "pid:-1", 4, "expected a process's number" },
		{ "pid:1e3", 4, "expected a process's number" },
		{ "pid:4294967296", 4, "expected a process's number" },
		{ "a !", 2, "expected something to negate" },
		{ "not", 0, "expected something to negate" },
		{ "a |", 2, "expected something after this" },
		{ "a or  ", 2, "expected something after this" },
		{ "| a", 0, "expected something before this" },
		{ "a | | b", 2, "expected something after this" },
		{ "(a", 0, "not closed" },
		{ "a)", 1, "nothing is open" },
		{ "a ()", 3, "expected something between" },
		{ "(a | )", 3, "expected something after this" },
		{ "!)", 0, "expected something to negate" },
		{ "! | a", 0, "expected something to negate" },
		{ "bar=x", 0, "no field 'bar'" },
		{ "rss:100", 3, "expected <, <=, >, >=, = or != after 'rss'" },
		{ "rss>100X", 4, "expected a size like" },
		{ "rss>", 4, "expected a value after 'rss>'" },
		{ "age<ten", 4, "expected a time like 10s, 250ms or 1h30m after 'age<'" },
		{ "age<1h30", 4, "expected a time" },
		{ "cpu>=x", 5, "expected a share of a CPU" },
		{ "cpu>99999999999999999999", 4, "expected a share of a CPU" },
		{ "comm<a", 4, "expected :, =, != or ~ after 'comm'" },
		{ "threads~3", 7, "expected :, =, !=, <, <=, > or >= after 'threads'" },
		{ "state:Y", 6, "expected letters of states" },
		{ "state<R", 5, "expected :, = or != after 'state'" },
		{ "signal=FOO", 7, "expected a signal" },
		{ "zombie:maybe", 7, "expected yes or no" },
		{ "under=x", 5, "expected ':' after 'under'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct filter_error error = { .offset = 999 };
		struct filter *untouched = (struct filter *)&error;
		struct filter *filter = untouched;

		assert_int_equal(filter_compile(&filter, samples[i].expression, &error), -EINVAL);
		assert_ptr_equal(filter, untouched);
		if (error.offset != samples[i].offset || !strstr(error.text, samples[i].text))
			fail_msg("'%s': %s at %zu", samples[i].expression, error.text,
				 error.offset);
	}
}

static void a_hundred_thousand_terms_need_no_stack(void **state)
{
	const size_t count = 100000;
	char *expression = malloc(2 * count + 1);

	assert_non_null(expression);
	for (size_t i = 0; i < count; i++)
		memcpy(expression + 2 * i, "s ", 2);
	expression[2 * count] = '\0';
	assert_matches(*state, expression, "1 10 20");
	memset(expression, '!', 2 * count - 1);
	expression[2 * count - 1] = 's';
	assert_matches(*state, expression, "30 40 60 70");
	free(expression);
}

static void no_users_leaves_the_numbers(void **state)
{
	struct fixture *fixture = *state;
	struct filter *filter = compile("user:0");
	struct filter *by_name = compile("user:root");
	const struct ptree_node *node = ptree_tree_find(fixture->tree, INIT);

	const struct fixture nobody = { .tree = fixture->tree };

	assert_true(matches(filter, &nobody, node));
	assert_false(matches(by_name, &nobody, node));
	filter_free(filter);
	filter_free(by_name);
	filter_free(NULL);
}

int main(void)
{
#define FILTER_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		FILTER_TEST(words_match_command_line_or_name),
		FILTER_TEST(case_counts_only_if_the_word_has_capitals),
		FILTER_TEST(fields_look_only_where_they_say),
		FILTER_TEST(users_match_by_name_and_by_number),
		FILTER_TEST(under_means_ancestors_by_exact_name_or_pid),
		FILTER_TEST(under_follows_those_who_forked_too),
		FILTER_TEST(a_deep_chain_is_answered_in_one_walk),
		FILTER_TEST(what_is_under_changes_with_the_tree),
		FILTER_TEST(not_negates_one_term),
		FILTER_TEST(quotes_take_away_every_special_meaning),
		FILTER_TEST(a_number_is_also_a_text),
		FILTER_TEST(errors_say_where_and_what_was_expected),
		FILTER_TEST(a_hundred_thousand_terms_need_no_stack),
		FILTER_TEST(no_users_leaves_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
