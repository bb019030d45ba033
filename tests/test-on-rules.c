/* SPDX-License-Identifier: MIT */
/* Rules at a screen: what is said and marked, and what becomes of the bell and of programs. */
#include "screen.h"

#include "config/config.h"
#include "ui/on-rules.h"

static void open_rules(struct screen *screen, const char *first, const char *second)
{
	const char *rules[] = { first, second };
	const struct config config = { .rules = rules, .rule_count = second ? 2 : 1 };

	assert_int_equal(on_rules_open(&screen->session, &config), 0);
	on_rules_turn(&screen->session);
}

/* So much later. */
static void turn(struct screen *screen, uint64_t after_ns)
{
	screen->session.scene.moment.now_ns += after_ns;
	on_rules_turn(&screen->session);
}

static void expect_said(struct screen *screen, const char *text)
{
	if (!strstr(screen->session.message.text, text))
		fail_msg("said '%s', not '%s'", screen->session.message.text, text);
	screen->session.message.text[0] = '\0';
}

static void expect_silence(struct screen *screen)
{
	assert_string_equal(screen->session.message.text, "");
}

/* With all that the witness tells. */
static void exec_as(struct screen *screen, uint64_t ago_ms, pid_t pid, const char *argv,
		    size_t size)
{
	struct ptree_tree *tree = screen->session.scene.world.tree;
	struct ptree_fact fact = { .kind = PTREE_FACT_NAME, .id = id_of(screen, pid) };

	exec_ago(screen, ago_ms, pid, argv, size);
	fact.time_ns = NOW_NS - ago_ms * 1000000;
	fact.u.name.image = ptree_node_image(ptree_tree_find(tree, pid), 0)->id;
	snprintf(fact.u.name.comm, sizeof(fact.u.name.comm), "%s", strrchr(argv, '/') + 1);
	assert_int_equal(ptree_tree_learn(tree, &fact), 0);
}

static void start_one(struct screen *screen, pid_t pid)
{
	fork_ago(screen, 500, 201, pid);
	exec_as(screen, 400, pid, "/tmp/x\0one", 11);
}

static void who_is_there_already_is_not_said(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "comm:bash => mark", NULL);
	turn(screen, S);
	expect_silence(screen);
	assert_int_equal(screen->session.panes.tree->marked.count, 0);
}

static void who_comes_to_match_is_said_with_its_command_line(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log from /tmp", NULL);
	start_one(screen, 400);
	turn(screen, S);
	expect_said(screen, "from /tmp: 400 /tmp/x one");
	turn(screen, S);
	expect_silence(screen);
}

static void without_a_text_the_expression_is_said(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log", NULL);
	start_one(screen, 400);
	turn(screen, S);
	expect_said(screen, "cmd:/tmp/x: 400 /tmp/x one");
}

static void who_was_over_within_a_turn_is_said_all_the_same(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log first", "cmd:/tmp/y => log then");
	start_one(screen, 400);
	exec_as(screen, 300, 400, "/tmp/y\0two", 11);
	exit_ago(screen, 200, 400, 0);
	turn(screen, S);
	expect_said(screen, "2 at once, the last: then: 400 /tmp/y two");
}

static void many_are_said_once_a_second_with_how_many(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log", NULL);
	start_one(screen, 400);
	turn(screen, S);
	expect_said(screen, ": 400 ");
	for (pid_t pid = 401; pid < 411; pid++) {
		start_one(screen, pid);
		turn(screen, S / 100);
		expect_silence(screen);
	}
	assert_true(on_rules_next_ns(&screen->session) <= screen->session.scene.moment.now_ns + S);
	turn(screen, S);
	expect_said(screen, "10 at once, the last: cmd:/tmp/x: 410 /tmp/x one");
}

static void who_is_marked_is_seen_in_the_tree_until_it_is_untagged(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => mark", NULL);
	start_one(screen, 400);
	turn(screen, 0);
	screen->session.message.until_ns = 0;
	expect_on_screen(screen, "MARKED 1");
	expect_on_screen(screen, "\n!X    400 ");
	type(screen, "U");
	assert_int_equal(screen->session.panes.tree->marked.count, 0);
}

static void what_is_marked_is_no_tag(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => mark", NULL);
	start_one(screen, 400);
	turn(screen, 0);
	draw(screen);
	assert_int_equal(screen->session.panes.tree->tags.count, 0);
	assert_int_equal(screen->session.panes.tree->marked.count, 1);
}

static void the_bell_rings_once_a_second(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => bell", NULL);
	start_one(screen, 400);
	turn(screen, 0);
	assert_true(screen->session.wants_bell);
	screen->session.wants_bell = false;
	start_one(screen, 401);
	turn(screen, S / 2);
	assert_false(screen->session.wants_bell);
	start_one(screen, 402);
	turn(screen, S);
	assert_true(screen->session.wants_bell);
}

static void hostile_command_lines_are_said_escaped(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log", NULL);
	fork_ago(screen, 500, 201, 400);
	exec_as(screen, 400, 400, "/tmp/x\0\033[2J\n", 12);
	turn(screen, S);
	expect_said(screen, "400 /tmp/x \\x1b[2J\\n");
}

static void a_stopped_picture_stops_no_rule(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => log", NULL);
	type(screen, "Z");
	start_one(screen, 400);
	turn(screen, S);
	expect_said(screen, ": 400 /tmp/x one");
}

static void what_came_too_fast_is_said_and_who_lives_is_looked_at(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => mark", NULL);
	start_one(screen, 400);
	for (pid_t pid = 1000; pid < 31000; pid++) {
		fork_ago(screen, 300, 201, pid);
		exit_ago(screen, 200, pid, 0);
	}
	turn(screen, S);
	while (on_rules_next_ns(&screen->session) == 0)
		turn(screen, 0);
	turn(screen, S);
	assert_int_equal(screen->session.panes.tree->marked.count, 1);
	expect_said(screen, ": 400 /tmp/x one");
}

static void what_is_over_is_not_stopped_and_that_is_said(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "exit=3 => stop", NULL);
	fork_ago(screen, 500, 201, 400);
	exit_ago(screen, 400, 400, 3 << 8);
	turn(screen, S);
	expect_said(screen, "2 at once, the last: 400 was over before it could be stopped: exit=3");
}

static void what_cannot_be_run_is_said(void **state)
{
	struct screen *screen = *state;

	open_rules(screen, "cmd:/tmp/x => run /no/such/program", NULL);
	start_one(screen, 400);
	turn(screen, S);
	expect_said(screen, "cmd:/tmp/x: 400");
	for (int i = 0; i < 500 && !screen->session.message.text[0]; i++) {
		usleep(10000);
		turn(screen, S);
	}
	expect_said(screen, "400 cannot run it: No such file or directory: cmd:/tmp/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(who_is_there_already_is_not_said),
		SCREEN_TEST(who_comes_to_match_is_said_with_its_command_line),
		SCREEN_TEST(without_a_text_the_expression_is_said),
		SCREEN_TEST(who_was_over_within_a_turn_is_said_all_the_same),
		SCREEN_TEST(many_are_said_once_a_second_with_how_many),
		SCREEN_TEST(who_is_marked_is_seen_in_the_tree_until_it_is_untagged),
		SCREEN_TEST(what_is_marked_is_no_tag),
		SCREEN_TEST(the_bell_rings_once_a_second),
		SCREEN_TEST(hostile_command_lines_are_said_escaped),
		SCREEN_TEST(a_stopped_picture_stops_no_rule),
		SCREEN_TEST(what_came_too_fast_is_said_and_who_lives_is_looked_at),
		SCREEN_TEST(what_is_over_is_not_stopped_and_that_is_said),
		SCREEN_TEST(what_cannot_be_run_is_said),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
