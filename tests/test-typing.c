/* SPDX-License-Identifier: MIT */
/* The command line: every command by its name, with what stands behind it. */
#include "screen.h"

#include "model/kept.h"

#include "model/field.h"
#include "ui/by-name.h"
#include "ui/value.h"
#include "views/details.h"
#include "views/sheet.h"

#include <fcntl.h>

static struct tree_view *tree_of(struct screen *screen)
{
	return screen->session.panes.tree;
}

static pid_t selected_pid(struct screen *screen)
{
	draw(screen);
	return tree_view_row(tree_of(screen))->pid;
}

static void forget_line(struct screen *screen)
{
	while (screen->session.prompt_kind != SESSION_PROMPT_NONE)
		press(screen, TERM_KEY_ESC);
}

/* ---- every command ---- */

/* Nothing and nobody ends by it: the processes of this test are not there. */
static void each_command_is_reached_by_its_name(void **state)
{
	(void)state;
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		struct screen *screen;
		void *fresh;
		char *dump;

		setup(&fresh);
		screen = fresh;
		resize(screen, 24, 80);
		type(screen, "300\r");
		assert_ptr_equal(by_name_find(entry->name), entry);
		say(screen, entry->name);
		dump = canvas_dump(screen->canvas);
		if (strstr(dump, "unknown command") || strstr(dump, "may be"))
			fail_msg("%s\n%s", entry->name, dump);
		if (screen->session.command_error[0] &&
		    !strstr(screen->session.command_error, "has a meaning only") &&
		    !strstr(screen->session.command_error, " needs "))
			fail_msg("%s: %s", entry->name, screen->session.command_error);
		free(dump);
		teardown(&fresh);
	}
}

static void each_value_is_of_a_command_and_says_what_it_is(void **state)
{
	(void)state;
	for (const struct command_value *value = command_values; value->command; value++) {
		assert_non_null(command_find(value->command));
		assert_ptr_equal(value_of(value->command), value);
		assert_true(value->kind->expected || !value->is_needed);
	}
}

static void what_has_a_meaning_elsewhere_says_where(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{ "send", "send has a meaning only in the dialog that acts" },
		{ "line-left", "line-left has a meaning only in a line that is typed" },
		{ "click", "click has a meaning only with the mouse" },
		{ "tail", "tail has a meaning only in the events: v and Tab" },
		{ "open", "open has a meaning only on a page, in a list" },
	};
	struct screen *screen = *state;

	resize(screen, 24, 80);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		say(screen, cases[i].line);
		expect_on_screen(screen, cases[i].said);
		forget_line(screen);
	}
}

static void of_a_page_what_belongs_to_the_tree_goes_there(void **state)
{
	struct screen *screen = *state;

	type(screen, "C");
	say(screen, "sort cpu");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_ptr_equal(tree_of(screen)->choice.sort, field_sort_at(FIELD_SORT_CPU));
	type(screen, "C");
	say(screen, "failures");
	assert_ptr_equal(open_kind(screen), &failures_view_kind);
	say(screen, "help");
	assert_ptr_equal(open_kind(screen), &help_view_kind);
	press(screen, 'q');
	say(screen, "q");
	assert_true(screen->session.wants_quit);
}

/* ---- what is not understood ---- */

static void an_unknown_command_says_what_is_near(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{ "flod", "unknown command `flod`: fold?" },
		{ "fo", "`fo` may be fold-or-parent, fold, fold-all, fold-at-depth, follow" },
		{ "singal 9", "unknown command `singal`: signal?" },
		{ "prio", "unknown command `prio`: io-priority?" },
		{ "priority", "unknown command `priority`: io-priority?" },
		{ "zzzzzz", "unknown command `zzzzzz`: Tab lists them" },
		{ "x123456789012345678901234567890123456789",
		  "unknown command `x1234567890123456789012345678901`: Tab lists them" },
	};
	struct screen *screen = *state;

	resize(screen, 24, 120);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		say(screen, cases[i].line);
		expect_on_screen(screen, cases[i].said);
		assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_COMMAND);
		assert_string_equal(screen->session.prompt.text, cases[i].line);
		forget_line(screen);
	}
	say(screen, "flod");
	press(screen, TERM_KEY_BACKSPACE);
	press(screen, TERM_KEY_BACKSPACE);
	press(screen, TERM_KEY_BACKSPACE);
	type(screen, "old\r");
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_NONE);
}

static void a_wrong_value_says_what_was_expected_and_does_nothing(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{ "signal NOPE", "no signal is called `NOPE`" },
		{ "signal US", "`US` may be: USR1, USR2" },
		{ "nice 99", "`99`: nice goes from -20 (first) to 19 (last)" },
		{ "cpus 0-x", "`0-x`: a list as 0-3,6, or all" },
		{ "policy fifo", "`fifo`: other, batch, idle, fifo:1 to fifo:99" },
		{ "io-priority be:9", "`be:9`: be goes from be:0 to be:7" },
		{ "sort colour", "`colour` is no order: birth, CPU, memory" },
		{ "sort use", "`use` may be: user, user-time" },
		{ "user nobody-at-all", "no process is of a user `nobody-at-all`" },
		{ "pid 77777", "no process has the pid `77777`" },
		{ "pid", "pid needs a pid" },
		{ "77777", "no process has the pid `77777`" },
		{ "fold-at-depth 0", "a depth is 1 to 9, not `0`" },
		{ "group colour",
		  "expected none, user, unit, container, session or command, not `colour`" },
		{ "exited later", "expected brief, none or stay, not `later`" },
		{ "filter foo:bar", "no field 'foo'" },
		{ "churn now", "churn takes nothing behind it" },
		{ "watch 77777", "no process has the pid `77777`" },
	};
	struct screen *screen = *state;

	resize(screen, 24, 120);
	type(screen, "300\r");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		say(screen, cases[i].line);
		expect_on_screen(screen, cases[i].said);
		assert_ptr_equal(open_kind(screen), &tree_view_kind);
		assert_int_equal(screen->session.prompt.cursor, strlen(cases[i].line));
		forget_line(screen);
	}
	assert_false(scope_is_narrowed(&screen->session.scene.scope));
}

static void a_wrong_line_is_said_at_any_width(void **state)
{
	static const int sizes[][2] = { { 24, 160 }, { 24, 80 }, { 10, 40 }, { 10, 20 } };
	struct screen *screen = *state;

	say(screen, "flod");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		resize(screen, sizes[i][0], sizes[i][1]);
		expect_on_screen(screen, "unknown command");
		expect_on_screen(screen, "fold?");
		expect_on_screen(screen, ":flod");
	}
}

/* ---- values ---- */

static void values_do_what_the_command_does(void **state)
{
	struct screen *screen = *state;
	struct scope *scope = &screen->session.scene.scope;

	say(screen, "pid 300");
	assert_int_equal(selected_pid(screen), 300);
	say(screen, "110");
	assert_int_equal(selected_pid(screen), 110);
	say(screen, "search init");
	assert_int_equal(selected_pid(screen), 1);
	press(screen, TERM_KEY_ESC);
	say(screen, "filter comm:make");
	assert_string_equal(scope->filter_text, "comm:make");
	press(screen, TERM_KEY_ESC);
	say(screen, "user 0");
	assert_int_equal(scope->uid_count, 1);
	say(screen, "user everybody");
	assert_int_equal(scope->uid_count, 0);
	say(screen, "watch sshd");
	assert_string_equal(scope_watched(scope)->items[0].name, "sshd");
	say(screen, "watch-also 110");
	assert_int_equal(scope_watched(scope)->items[1].pid, 110);
	say(screen, "watch-back");
	say(screen, "group session");
	assert_int_equal(tree_of(screen)->choice.group, GROUP_SESSION);
	say(screen, "group none");
	assert_int_equal(tree_of(screen)->choice.group, GROUP_NONE);
	say(screen, "exited stay");
	assert_int_equal(tree_of(screen)->choice.exited, JOBS_STAY);
	for (int place = 1; place < field_sort_count_of_all(); place++) {
		char line[64];

		snprintf(line, sizeof(line), "sort %s", field_sort_name(field_sort_at(place)));
		say(screen, line);
		assert_ptr_equal(tree_of(screen)->choice.sort, field_sort_at(place));
	}
	say(screen, "sort mem");
	assert_string_equal(tree_of(screen)->choice.sort->name, "sum-rss");
	say(screen, "  sort   birth  ");
	assert_null(tree_of(screen)->choice.sort);
}

static struct sheet *sheet_of(struct screen *screen)
{
	assert_ptr_equal(open_kind(screen), &sheet_view_kind);
	return &((struct sheet_view *)top_of(screen))->sheet;
}

static void what_acts_opens_its_dialog_with_the_value_and_asks(void **state)
{
	static const struct {
		const char *line, *input, *said;
	} cases[] = {
		{ "signal usr1", "usr1", "signal 1 process" },
		{ "kill 9", "9", "signal 1 process" },
		{ "signal-subtree HUP", "HUP", "signal the subtree of 300: 1 process" },
		{ "nice =-5", "=-5", "nice of 1 process" },
		{ "affinity 0-3", "0-3", "CPUs of 1 process" },
		{ "ionice idle", "idle", "I/O priority of 1 process" },
		{ "policy fifo:3", "fifo:3", "scheduling policy of 1 process" },
	};
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "300\r");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		say(screen, cases[i].line);
		assert_string_equal(sheet_of(screen)->input, cases[i].input);
		assert_true(sheet_of(screen)->stage == SHEET_CHOOSE ||
			    sheet_of(screen)->stage == SHEET_TYPE);
		expect_on_screen(screen, cases[i].said);
		while (open_kind(screen) == &sheet_view_kind)
			press(screen, TERM_KEY_ESC);
	}
	say(screen, "kill 9");
	assert_int_equal(sheet_chosen(sheet_of(screen))->value, 9);
}

static void pasted_it_does_what_it_does_typed(void **state)
{
	static const char lines[] = ":watch sshd\r:sort cpu\r:pid 300\r:kill 9\r";
	struct screen *screen = *state;

	draw(screen);
	for (const char *at = lines; *at; at++) {
		struct key key = { .code = (unsigned char)*at };

		input_key(&screen->keys, &screen->session, &key);
	}
	assert_int_equal(sheet_of(screen)->lines[0].pid, 300);
	assert_int_equal(sheet_of(screen)->stage, SHEET_CHOOSE);
}

/* ---- completing ---- */

static void expect_completed(struct screen *screen, const char *typed, const char *expected)
{
	forget_line(screen);
	type(screen, typed);
	if (strcmp(screen->session.prompt.text, expected) != 0)
		print_message("%s\n", typed);
	assert_string_equal(screen->session.prompt.text, expected);
	assert_int_equal(screen->session.prompt.cursor, strlen(expected));
}

static void tab_completes_names_and_values(void **state)
{
	static const struct {
		const char *typed, *line;
	} cases[] = {
		{ ":chu\t", "churn" },
		{ ":pol\t", "policy " },
		{ ":io\t", "io-priority " },
		{ ":fol\t", "fold" },
		{ ":signal ur\t", "signal URG" },
		{ ":signal us\t", "signal USR" },
		{ ":signal us\t\t", "signal USR1" },
		{ ":signal us\t\t\t", "signal USR2" },
		{ ":signal us\t\t\t\t", "signal USR1" },
		{ ":signal us\t\t\t\t ", "signal USR1 " },
		{ ":sort mem\t", "sort memory" },
		{ ":user every\t", "user everybody" },
		{ ":user roo\t", "user root" },
		{ ":group com\t", "group command" },
		{ ":exited s\t", "exited stay" },
		{ ":pid 30\t", "pid 300" },
		{ ":watch ma\t", "watch make" },
		{ ":policy ba\t", "policy batch" },
		{ ":cpus a\t", "cpus all" },
		{ ":filter us\t", "filter user:" },
		{ ":filter make user:ro\t", "filter make user:root" },
		{ ":filter !comm:ma\t", "filter !comm:make" },
		{ "\\under:ss\t", "under:sshd" },
		{ "\\(max\t", "(max-rss>" },
		{ "\\make|sta\t", "make|state:" },
		{ "\\signal=KI\t", "signal=KILL" },
		{ "\\zombie:y\t", "zombie:yes" },
		{ "\\rss>10\t", "rss>100K" },
		{ "\\ppid!=30\t", "ppid!=300" },
		{ ":zzz\t", "zzz" },
		{ ":churn \t", "churn " },
		{ ":\x10\t\x0e", "back" },
	};
	struct screen *screen = *state;

	resize(screen, 24, 80);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_completed(screen, cases[i].typed, cases[i].line);
}

static void candidates_and_what_it_does_stand_above_the_line(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, ":fold");
	expect_lines(screen, 21, 3,
		     " fold  fold-all  fold-at-depth  fold-or-parent\n"
		     " fold  fold the branch\n"
		     ":fold\n");
	type(screen, "-at-depth ");
	expect_lines(screen, 22, 2,
		     " fold-at-depth 1-9  fold all at that depth\n"
		     ":fold-at-depth\n");
	forget_line(screen);
	resize(screen, 10, 40);
	type(screen, ":sig\t");
	expect_lines(screen, 7, 3,
		     " signal  signal-group  signal-subtree\n"
		     " signal [SIGNAL]  send a signal: always…\n"
		     ":signal\n");
	for (int rows = 1; rows < 4; rows++) {
		resize(screen, rows, 12);
		expect_on_screen(screen, ":signal");
	}
}

static void hostile_names_are_no_candidates(void **state)
{
	struct ptree_event named = { .kind = PTREE_EVENT_COMM, .pid = 300, .tgid = 300 };
	struct screen *screen = *state;

	snprintf(named.u.comm, sizeof(named.u.comm), "ma\r\x1b]52;c;x\a");
	apply(screen, named, 400);
	expect_completed(screen, ":watch ma\t", "watch ma");
	snprintf(named.u.comm, sizeof(named.u.comm), "ma\xe2\x80\xaexy");
	apply(screen, named, 300);
	forget_line(screen);
	type(screen, ":watch ma");
	expect_on_screen(screen, "ma\\u{202E}xy");
}

/* ---- history ---- */

static void up_and_down_go_through_what_was_typed(void **state)
{
	struct screen *screen = *state;
	const struct prompt *prompt = &screen->session.prompt;
	const struct history *history;

	say(screen, "churn");
	say(screen, "sort cpu");
	say(screen, "sort cpu");
	say(screen, "flod");
	forget_line(screen);
	type(screen, ":fo");
	press(screen, TERM_KEY_UP);
	assert_string_equal(prompt->text, "sort cpu");
	press(screen, TERM_KEY_UP);
	assert_string_equal(prompt->text, "churn");
	press(screen, TERM_KEY_UP);
	assert_string_equal(prompt->text, "churn");
	press(screen, TERM_KEY_DOWN);
	press(screen, TERM_KEY_DOWN);
	assert_string_equal(prompt->text, "fo");
	press(screen, TERM_KEY_DOWN);
	assert_string_equal(prompt->text, "fo");
	forget_line(screen);
	for (int i = 0; i < 20; i++) {
		char line[32];

		snprintf(line, sizeof(line), "fold-at-depth %d", i % 9 + 1);
		say(screen, line);
	}
	history = &screen->session.histories[SESSION_PROMPT_COMMAND];
	assert_int_equal(history->count, 2 + 9);
	assert_string_equal(history->lines[history->count - 1], "fold-at-depth 2");
}

static void a_filter_is_kept_by_a_name(void **state)
{
	struct screen *screen = *state;
	char path[] = "/tmp/proctop-filters-XXXXXX", text[256] = "";
	struct kept names = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	screen->session.filter_names = &names;
	screen->session.scene.scope.filter_names = &names;
	say(screen, "save-filter x");
	expect_on_screen(screen, "there is no filter to keep");
	forget_line(screen);
	type(screen, "\\sshd\r");
	say(screen, "save-filter logins");
	expect_on_screen(screen, "there is no file to write to");
	forget_line(screen);
	screen->session.config_path = path;
	say(screen, "save-filter log ins");
	expect_on_screen(screen, "a name has letters");
	forget_line(screen);
	say(screen, "save-filter logins");
	expect_on_screen(screen, "kept in /tmp/proctop-filters-");
	assert_true(read(fd, text, sizeof(text) - 1) == 0); /* it is a new file */
	close(fd);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "filter logins = sshd\n");
	type(screen, "\\\025@l\t");
	assert_string_equal(screen->session.prompt.text, "@logins");
	type(screen, "\r");
	assert_string_equal(screen->session.scene.scope.filter_text, "@logins");
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).matching, 2);
	say(screen, "save-filter logins");
	expect_on_screen(screen, "that is what it is already");
	assert_string_equal(kept_find(&names, "logins", 6), "sshd");
	forget_line(screen);
	type(screen, "\\\025@nobody\r");
	expect_on_screen(screen, "no filter is kept as '@nobody'");
	forget_line(screen);
	kept_clear(&names);
	close(fd);
	unlink(path);
}

static void filters_and_searches_are_gone_through_too(void **state)
{
	struct screen *screen = *state;
	const struct prompt *prompt = &screen->session.prompt;

	type(screen, "\\cron\r/bash\r\\\025sshd\r\\");
	press(screen, TERM_KEY_UP);
	press(screen, TERM_KEY_UP);
	assert_string_equal(prompt->text, "cron");
	assert_string_equal(screen->session.scene.scope.filter_text, "cron");
	press(screen, TERM_KEY_DOWN);
	assert_string_equal(prompt->text, "sshd");
	type(screen, "\r/");
	press(screen, TERM_KEY_UP);
	assert_string_equal(prompt->text, "bash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_command_is_reached_by_its_name),
		cmocka_unit_test(each_value_is_of_a_command_and_says_what_it_is),
		SCREEN_TEST(what_has_a_meaning_elsewhere_says_where),
		SCREEN_TEST(of_a_page_what_belongs_to_the_tree_goes_there),
		SCREEN_TEST(an_unknown_command_says_what_is_near),
		SCREEN_TEST(a_wrong_value_says_what_was_expected_and_does_nothing),
		SCREEN_TEST(a_wrong_line_is_said_at_any_width),
		SCREEN_TEST(values_do_what_the_command_does),
		SCREEN_TEST(what_acts_opens_its_dialog_with_the_value_and_asks),
		SCREEN_TEST(pasted_it_does_what_it_does_typed),
		SCREEN_TEST(tab_completes_names_and_values),
		SCREEN_TEST(candidates_and_what_it_does_stand_above_the_line),
		SCREEN_TEST(hostile_names_are_no_candidates),
		SCREEN_TEST(up_and_down_go_through_what_was_typed),
		SCREEN_TEST(filters_and_searches_are_gone_through_too),
		SCREEN_TEST(a_filter_is_kept_by_a_name),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
