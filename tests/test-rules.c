/* SPDX-License-Identifier: MIT */
/* Rules: how they are taken apart, and who comes to match, over a tree that is made of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S UINT64_C(1000000000)
#define MS UINT64_C(1000000)
#define BEGIN_NS (1000 * S)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { INIT = 1, NGINX = 10, BASH = 20, PROCTOP = 30, CHILD = 100, OTHER = 101 };

struct fixture {
	struct ptree_tree *tree;
	struct ptree_feed_reader reader;
	struct rules rules;
	uint64_t now_ns;
	char fired[512]; /* "pid:action pid:action" since the last time that was asked */
};

/* ---- parsing ---- */

static struct rule parse(const char *text)
{
	struct rule_error error = { 0 };
	struct rule rule = { 0 };

	if (rule_parse(&rule, text, &error))
		fail_msg("'%s': %s at %zu", text, error.text, error.offset);
	return rule;
}

static void actions_are_told_by_their_names(void **state)
{
	static const struct {
		const char *text;
		enum rule_action action;
		const char *rest, *words;
	} rules[] = {
		{ "uid=0 => mark", RULE_MARK, " => mark", NULL },
		{ "uid=0=>bell ", RULE_BELL, "=>bell", NULL },
		{ "uid=0 => log", RULE_LOG, " => log", NULL },
		{ "uid=0 => log  it became => root ", RULE_LOG, " => log", "it became => root" },
		{ "cmd~\"a=>b\\\"=>\" => stop", RULE_STOP, " => stop", NULL },
		{ "rss>=1M => stop", RULE_STOP, " => stop", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct rule rule = parse(rules[i].text);

		assert_string_equal(rule.text, rules[i].text);
		assert_memory_equal(rule.text + rule.expression_size, rules[i].rest,
				    strlen(rules[i].rest));
		assert_int_equal(rule.action, rules[i].action);
		if (rules[i].words)
			assert_string_equal(rule.words, rules[i].words);
		else
			assert_null(rule.words);
		rule_clear(&rule);
	}
}

/* The arguments, each in brackets. */
static void expect_arguments(const char *text, const char *expected)
{
	struct rule rule = parse(text);
	char found[256] = "";

	assert_int_equal(rule.action, RULE_RUN);
	for (size_t i = 0; rule.argv[i]; i++) {
		size_t used = strlen(found);

		snprintf(found + used, sizeof(found) - used, "[%s]", rule.argv[i]);
	}
	assert_string_equal(found, expected);
	rule_clear(&rule);
}

static void arguments_are_quoted_as_for_a_shell(void **state)
{
	(void)state;
	expect_arguments("a => run true", "[true]");
	expect_arguments("a => run  one\ttwo  ", "[one][two]");
	expect_arguments("a => run x 'a b' \"c d\" e\\ f ''", "[x][a b][c d][e f][]");
	expect_arguments("a => run x a'b'\"c\"d", "[x][abcd]");
	expect_arguments("a => run x '$A|\"\\' \"\\$A\\\"\\\\\\n\"", "[x][$A|\"\\][$A\"\\\\n]");
	expect_arguments("a => run sh -c 'echo $PROCTOP_PID; true'",
			 "[sh][-c][echo $PROCTOP_PID; true]");
	expect_arguments("a => run x \\$A * ? ~ #", "[x][$A][*][?][~][#]");
}

static void what_is_wrong_is_said_with_where(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *words;
	} wrong[] = {
		{ "", 0, "expected '=>'" },
		{ "uid=0", 5, "expected '=>'" },
		{ "cmd:\"a => bell\"", 15, "expected '=>'" },
		{ " => bell", 1, "expected an expression" },
		{ "nofield:1 => bell", 0, "no field 'nofield'" },
		{ "uid=0 rss>q => bell", 10, "" },
		{ "(uid=0 => bell", 0, "" },
		{ "uid=0 =>", 8, "expected mark, bell, log TEXT, stop or run PROGRAM" },
		{ "uid=0 => kill", 9, "expected mark, bell" },
		{ "uid=0 => bell loud", 14, "bell: expected nothing behind it" },
		{ "uid=0 => run ", 13, "expected a program" },
		{ "uid=0 => run ''", 0, "expected a program's name" },
		{ "uid=0 => run a 'b", 15, "not closed" },
		{ "uid=0 => run a \"b", 15, "not closed" },
		{ "uid=0 => run a \\", 15, "nothing stands behind" },
		{ "uid=0 => run echo $PROCTOP_PID", 18, "no shell is started" },
		{ "uid=0 => run echo \"$PROCTOP_PID\"", 19, "no shell is started" },
		{ "uid=0 => run a;b", 14, "no shell is started, which ';'" },
		{ "uid=0 => run a >b", 15, "sh -c" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct rule_error error = { 0 };
		struct rule rule = { 0 };

		assert_int_equal(rule_parse(&rule, wrong[i].text, &error), -EINVAL);
		if (wrong[i].words[0] && !strstr(error.text, wrong[i].words))
			fail_msg("'%s': '%s' lacks '%s'", wrong[i].text, error.text,
				 wrong[i].words);
		if (wrong[i].words[0] || wrong[i].offset)
			assert_int_equal(error.offset, wrong[i].offset);
		assert_true(error.text[0]);
		assert_null(rule.text);
	}
}

static void there_are_no_more_of_them_or_of_arguments_than_that(void **state)
{
	struct rules rules = { 0 };
	struct rule_error error;
	struct rule rule;
	char text[1024] = "a => run x";

	(void)state;
	for (size_t i = 0; i < RULES_MAX; i++)
		assert_int_equal(rules_add(&rules, "uid=0 => bell", &error), 0);
	assert_int_equal(rules_add(&rules, "uid=0 => bell", &error), -EINVAL);
	assert_non_null(strstr(error.text, "64 rules"));
	rules_clear(&rules);
	for (size_t i = 0; i < 256; i++)
		strcat(text, " a");
	assert_int_equal(rule_parse(&rule, text, &error), -EINVAL);
	assert_non_null(strstr(error.text, "255 arguments"));
}

/* ---- a tree ---- */

static void observe(struct fixture *fixture, pid_t pid, pid_t ppid, uint32_t uid, const char *comm)
{
	struct ptree_process process = {
		.pid = pid,
		.ppid = ppid,
		.state = 'S',
		.thread_count = 1,
		.start_ns = (uint64_t)pid * S,
		.read_ns = fixture->now_ns,
		.euid = uid,
		.ruid = uid,
		.rgid = PTREE_UNKNOWN_ID,
		.egid = PTREE_UNKNOWN_ID,
		.argv_status = PTREE_ARGV_READ,
		.argv = (char *)(uintptr_t)comm,
		.argv_size = strlen(comm) + 1,
	};

	snprintf(process.comm, sizeof(process.comm), "%s", comm);
	assert_int_equal(ptree_tree_observe(fixture->tree, &process), 0);
}

static int setup_sized(void **state, size_t feed_bytes)
{
	const struct ptree_tree_options options = { .exited_max = 1000, .feed_bytes = feed_bytes };
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->now_ns = BEGIN_NS;
	assert_int_equal(ptree_tree_new(&fixture->tree, &options), 0);
	observe(fixture, INIT, 0, 0, "init");
	observe(fixture, NGINX, INIT, 33, "nginx");
	observe(fixture, BASH, INIT, 1000, "bash");
	observe(fixture, PROCTOP, BASH, 1000, "proctop");
	*state = fixture;
	return 0;
}

static int setup(void **state)
{
	return setup_sized(state, 1 << 20);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rules_clear(&fixture->rules);
	ptree_tree_free(fixture->tree);
	free(fixture);
	return 0;
}

static void note(void *to, const struct rule *rule, const struct ptree_node *node, uint64_t time_ns)
{
	struct fixture *fixture = to;
	size_t used = strlen(fixture->fired);

	assert_int_equal(time_ns, fixture->now_ns);
	snprintf(fixture->fired + used, sizeof(fixture->fired) - used, "%s%d:%s", used ? " " : "",
		 ptree_node_pid(node), rule_action_name(rule->action));
}

static struct rules_context context_of(struct fixture *fixture)
{
	return (struct rules_context){ .tree = fixture->tree,
				       .now_ns = fixture->now_ns,
				       .own = PROCTOP,
				       .matches = note,
				       .to = fixture };
}

static void add(struct fixture *fixture, const char *text)
{
	struct rule_error error;

	if (rules_add(&fixture->rules, text, &error))
		fail_msg("'%s': %s", text, error.text);
}

static void begin(struct fixture *fixture, const char *text)
{
	struct rules_context context = context_of(fixture);

	if (text)
		add(fixture, text);
	assert_int_equal(rules_begin(&fixture->rules, &context, fixture->now_ns), 0);
	ptree_tree_feed_end(fixture->tree, &fixture->reader);
}

/* Lets the rules have what the tree has learned. */
static int read_facts(struct fixture *fixture)
{
	struct rules_context context = context_of(fixture);
	struct ptree_fact fact;
	int ret;

	while ((ret = ptree_tree_feed_read(fixture->tree, &fixture->reader, &fact)) > 0)
		assert_int_equal(rules_learn(&fixture->rules, &context, &fact), 0);
	return ret;
}

static void expect_fired(struct fixture *fixture, const char *expected)
{
	if (strcmp(fixture->fired, expected) != 0)
		fail_msg("fired '%s', not '%s'", fixture->fired, expected);
	fixture->fired[0] = '\0';
}

static void learn(struct fixture *fixture, const char *expected)
{
	assert_int_equal(read_facts(fixture), 0);
	expect_fired(fixture, expected);
}

static void look(struct fixture *fixture, const char *expected)
{
	struct rules_context context = context_of(fixture);

	assert_int_equal(rules_look(&fixture->rules, &context), 0);
	expect_fired(fixture, expected);
}

static void apply(struct fixture *fixture, struct ptree_event event)
{
	fixture->now_ns += MS;
	event.time_ns = fixture->now_ns;
	event.tgid = event.pid;
	assert_int_equal(ptree_tree_apply(fixture->tree, &event), 0);
}

static void fork_from(struct fixture *fixture, pid_t parent, pid_t pid)
{
	apply(fixture, (struct ptree_event){ .kind = PTREE_EVENT_FORK,
					     .pid = pid,
					     .parent_pid = parent,
					     .parent_tgid = parent });
}

static const struct ptree_node *latest(const struct fixture *fixture, pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find_latest(fixture->tree, pid);

	assert_non_null(node);
	return node;
}

static void exec(struct fixture *fixture, pid_t pid)
{
	apply(fixture, (struct ptree_event){ .kind = PTREE_EVENT_EXEC, .pid = pid });
}

/* What the witness says of the last exec; name: what it is called. */
static void tell_arguments(struct fixture *fixture, pid_t pid, const char *program)
{
	const struct ptree_image *image = ptree_node_image(latest(fixture, pid), 0);
	const char *slash = strrchr(program, '/');
	struct ptree_fact fact = { .kind = PTREE_FACT_NAME,
				   .time_ns = fixture->now_ns,
				   .id = ptree_node_id(latest(fixture, pid)),
				   .u.name.image = image->id };

	snprintf(fact.u.name.comm, sizeof(fact.u.name.comm), "%s", slash ? slash + 1 : program);
	assert_int_equal(ptree_tree_learn(fixture->tree, &fact), 0);
	ptree_tree_set_argv(fixture->tree, fact.id, image->begin_ns, fixture->now_ns,
			    PTREE_ARGV_READ, program, strlen(program) + 1);
}

static void exec_as(struct fixture *fixture, pid_t pid, const char *program)
{
	exec(fixture, pid);
	tell_arguments(fixture, pid, program);
}

static void become(struct fixture *fixture, pid_t pid, uint32_t uid)
{
	apply(fixture, (struct ptree_event){ .kind = PTREE_EVENT_UID,
					     .pid = pid,
					     .u.id = { .real = uid, .effective = uid } });
}

static void end(struct fixture *fixture, pid_t pid, uint32_t status)
{
	apply(fixture, (struct ptree_event){
			   .kind = PTREE_EVENT_EXIT, .pid = pid, .u.exit.status = status });
}

/* ---- who comes to match ---- */

static void who_matches_already_says_nothing(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 | comm:bash => mark");
	expect_fired(fixture, "");
	become(fixture, INIT, 0);
	exec_as(fixture, BASH, "/bin/bash");
	learn(fixture, "");
}

static void a_user_that_becomes_root_is_told_once_and_again_after_it_was_none(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 => bell");
	fork_from(fixture, BASH, CHILD);
	learn(fixture, "");
	become(fixture, CHILD, 0);
	learn(fixture, "100:bell");
	become(fixture, CHILD, 0);
	exec_as(fixture, CHILD, "/usr/bin/id");
	learn(fixture, "");
	become(fixture, CHILD, 1000);
	learn(fixture, "");
	become(fixture, CHILD, 0);
	learn(fixture, "100:bell");
}

static void who_is_forked_begins_as_who_forked_it(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 => bell");
	fork_from(fixture, INIT, CHILD);
	exec_as(fixture, CHILD, "/sbin/agetty");
	fork_from(fixture, CHILD, OTHER);
	learn(fixture, "");
	become(fixture, OTHER, 5);
	become(fixture, OTHER, 0);
	learn(fixture, ""); /* facts are told after the tree has learned both */
	become(fixture, OTHER, 5);
	learn(fixture, "");
	become(fixture, OTHER, 0);
	learn(fixture, "101:bell");
}

static void an_exec_from_a_directory_is_told_by_its_command_line(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "cmd~\"^/tmp/\" => log");
	fork_from(fixture, BASH, CHILD);
	exec(fixture, CHILD);
	learn(fixture, "");
	tell_arguments(fixture, CHILD, "/tmp/x");
	learn(fixture, "100:log");
	fork_from(fixture, CHILD, OTHER);
	learn(fixture, "");
	exec_as(fixture, OTHER, "/bin/ls");
	learn(fixture, "");
	exec_as(fixture, OTHER, "/tmp/y");
	learn(fixture, "101:log");
}

static void what_is_not_known_yet_is_not_taken_for_what_is_not_so(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "ppid:20 !cmd:bash !cmd:good => bell");
	fork_from(fixture, BASH, CHILD);
	exec(fixture, CHILD);
	learn(fixture, "");
	tell_arguments(fixture, CHILD, "/bin/good");
	learn(fixture, "");
	exec(fixture, CHILD);
	learn(fixture, "");
	assert_true(rules_next_ns(&fixture->rules) <= fixture->now_ns + S);
	fixture->now_ns += S; /* nobody will ever know */
	look(fixture, "100:bell");
}

static void what_becomes_known_of_who_was_there_is_no_news(void **state)
{
	struct fixture *fixture = *state;

	fork_from(fixture, BASH, CHILD);
	exec(fixture, CHILD);
	fork_from(fixture, BASH, OTHER);
	exec(fixture, OTHER);
	fixture->now_ns += MS;
	begin(fixture, "cmd:/tmp/x => bell");
	tell_arguments(fixture, CHILD, "/tmp/x");
	learn(fixture, "");
	fixture->now_ns += 10 * S;
	look(fixture, "");
	exec(fixture, OTHER);
	learn(fixture, "");
	tell_arguments(fixture, OTHER, "/tmp/x");
	learn(fixture, "101:bell");
	exec_as(fixture, CHILD, "/bin/true");
	learn(fixture, "");
	exec_as(fixture, CHILD, "/tmp/x");
	learn(fixture, "100:bell");
}

static void a_shell_under_a_server_is_told_also_when_it_is_over_already(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "comm~\"^(ba|da|z)?sh$\" under:nginx => stop");
	fork_from(fixture, BASH, OTHER);
	exec_as(fixture, OTHER, "/bin/sh");
	learn(fixture, "");
	fork_from(fixture, NGINX, CHILD);
	exec_as(fixture, CHILD, "/bin/sh");
	end(fixture, CHILD, 0);
	learn(fixture, "100:stop");
	fork_from(fixture, NGINX, CHILD);
	exec_as(fixture, CHILD, "/usr/bin/perl");
	learn(fixture, "");
}

static void who_shares_a_program_is_told_of_once(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "cmd:/opt/daemon => mark");
	fork_from(fixture, BASH, CHILD);
	exec(fixture, CHILD);
	fork_from(fixture, CHILD, OTHER);
	learn(fixture, "");
	tell_arguments(fixture, CHILD, "/opt/daemon");
	learn(fixture, "100:mark");
	exec_as(fixture, OTHER, "/bin/true");
	learn(fixture, "");
	exec_as(fixture, OTHER, "/opt/daemon");
	learn(fixture, "101:mark");
}

static void a_name_above_is_seen_below_at_the_next_look(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "comm:sh under:gunicorn => bell");
	assert_int_equal(rules_next_ns(&fixture->rules), UINT64_MAX);
	fork_from(fixture, BASH, CHILD);
	fork_from(fixture, CHILD, OTHER);
	exec_as(fixture, OTHER, "/bin/sh");
	learn(fixture, "");
	assert_int_equal(rules_next_ns(&fixture->rules), UINT64_MAX);
	exec_as(fixture, CHILD, "/usr/bin/gunicorn");
	learn(fixture, "");
	assert_true(rules_next_ns(&fixture->rules) <= fixture->now_ns + S);
	look(fixture, "101:bell");
	look(fixture, "");
	assert_int_equal(rules_next_ns(&fixture->rules), UINT64_MAX);
}

static void how_one_ended_is_told_when_it_ends(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "exit>=128 => log");
	add(fixture, "signal:11 => bell");
	add(fixture, "exit=0 => mark");
	fork_from(fixture, BASH, CHILD);
	fork_from(fixture, BASH, OTHER);
	learn(fixture, "");
	end(fixture, CHILD, 130 << 8);
	learn(fixture, "100:log");
	end(fixture, OTHER, 11);
	learn(fixture, "101:bell");
	fork_from(fixture, BASH, CHILD);
	end(fixture, CHILD, 0);
	learn(fixture, "100:mark");
}

static void time_alone_makes_one_match(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "age>10s under:bash => bell");
	fork_from(fixture, BASH, CHILD);
	learn(fixture, "");
	assert_true(rules_next_ns(&fixture->rules) <= fixture->now_ns + S);
	look(fixture, "");
	fixture->now_ns += 11 * S;
	look(fixture, "100:bell");
	fixture->now_ns += 11 * S;
	look(fixture, "");
}

static void what_comes_from_proctop_matches_nothing(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "uid=0 => bell");
	begin(fixture, "comm:sh => run true");
	fork_from(fixture, PROCTOP, CHILD);
	exec_as(fixture, CHILD, "/bin/sh");
	fork_from(fixture, CHILD, OTHER);
	exec_as(fixture, OTHER, "/usr/bin/perl");
	end(fixture, CHILD, 0); /* the other one is init's by now */
	observe(fixture, OTHER, INIT, 1000, "perl");
	exec_as(fixture, OTHER, "/bin/sh");
	become(fixture, OTHER, 0);
	become(fixture, PROCTOP, 0);
	learn(fixture, "");
	look(fixture, "");
}

/* A shell that has started others may become proctop. */
static void what_proctop_was_before_may_have_started_others(void **state)
{
	struct fixture *fixture = *state;

	fork_from(fixture, PROCTOP, CHILD);
	fixture->now_ns += MS;
	begin(fixture, "comm:sh => bell");
	exec_as(fixture, CHILD, "/bin/sh");
	learn(fixture, "100:bell");
	fork_from(fixture, CHILD, OTHER);
	exec_as(fixture, OTHER, "/bin/true");
	learn(fixture, "");
	exec_as(fixture, OTHER, "/bin/sh");
	learn(fixture, "101:bell");
}

static void each_rule_is_for_itself(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 => bell");
	add(fixture, "comm:id => mark");
	add(fixture, "uid=0 comm:id => log both");
	fork_from(fixture, BASH, CHILD);
	become(fixture, CHILD, 0);
	learn(fixture, "100:bell");
	exec_as(fixture, CHILD, "/usr/bin/id");
	learn(fixture, "100:mark 100:log");
}

static void a_pid_that_is_used_again_is_another(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 => bell");
	for (int i = 0; i < 3; i++) {
		fork_from(fixture, BASH, CHILD);
		become(fixture, CHILD, 0);
		learn(fixture, "100:bell");
		end(fixture, CHILD, 0);
		learn(fixture, "");
	}
}

static void what_was_forgotten_takes_no_memory(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "comm:init => bell");
	for (pid_t pid = 1000; pid < 6000; pid++) {
		fork_from(fixture, INIT, pid);
		end(fixture, pid, 0);
		learn(fixture, "");
	}
	assert_true(fixture->rules.matching[0].count < 1200);
}

static int setup_small_feed(void **state)
{
	return setup_sized(state, 4096);
}

static void what_the_feed_dropped_is_found_by_looking_at_all(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "uid=0 => bell");
	fork_from(fixture, BASH, CHILD);
	become(fixture, CHILD, 0);
	for (pid_t pid = 1000; pid < 2000; pid++) {
		fork_from(fixture, BASH, pid);
		end(fixture, pid, 0);
	}
	assert_int_equal(read_facts(fixture), -EOVERFLOW);
	expect_fired(fixture, "");
	look(fixture, "100:bell");
	read_facts(fixture);
	expect_fired(fixture, "");
}

static void a_pattern_that_costs_too_much_is_told_once(void **state)
{
	struct fixture *fixture = *state;
	char name[64];

	begin(fixture, "cmd~\"^(a+)+b$\" => bell");
	assert_null(rules_given_up(&fixture->rules));
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (pid_t pid = 1000; pid < 1200 && !filter_is_given_up(fixture->rules.at[0].filter);
	     pid++) {
		fork_from(fixture, BASH, pid);
		exec_as(fixture, pid, name);
		learn(fixture, "");
	}
	if (!filter_is_given_up(fixture->rules.at[0].filter))
		return; /* the engine is better than that */
	assert_ptr_equal(rules_given_up(&fixture->rules), &fixture->rules.at[0]);
	assert_null(rules_given_up(&fixture->rules));
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_are_told_by_their_names),
		cmocka_unit_test(arguments_are_quoted_as_for_a_shell),
		cmocka_unit_test(what_is_wrong_is_said_with_where),
		cmocka_unit_test(there_are_no_more_of_them_or_of_arguments_than_that),
		TREE_TEST(who_matches_already_says_nothing),
		TREE_TEST(a_user_that_becomes_root_is_told_once_and_again_after_it_was_none),
		TREE_TEST(who_is_forked_begins_as_who_forked_it),
		TREE_TEST(an_exec_from_a_directory_is_told_by_its_command_line),
		TREE_TEST(what_is_not_known_yet_is_not_taken_for_what_is_not_so),
		TREE_TEST(what_becomes_known_of_who_was_there_is_no_news),
		TREE_TEST(a_shell_under_a_server_is_told_also_when_it_is_over_already),
		TREE_TEST(who_shares_a_program_is_told_of_once),
		TREE_TEST(a_name_above_is_seen_below_at_the_next_look),
		TREE_TEST(how_one_ended_is_told_when_it_ends),
		TREE_TEST(time_alone_makes_one_match),
		TREE_TEST(what_comes_from_proctop_matches_nothing),
		TREE_TEST(what_proctop_was_before_may_have_started_others),
		TREE_TEST(each_rule_is_for_itself),
		TREE_TEST(a_pid_that_is_used_again_is_another),
		TREE_TEST(what_was_forgotten_takes_no_memory),
		cmocka_unit_test_setup_teardown(what_the_feed_dropped_is_found_by_looking_at_all,
						setup_small_feed, teardown),
		TREE_TEST(a_pattern_that_costs_too_much_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
