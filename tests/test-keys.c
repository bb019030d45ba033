/* SPDX-License-Identifier: MIT */
/* Keys: what is a key at all, and who takes it. */
#include "screen.h"

#include "ui/acting-impl.h"
#include "ui/command.h"
#include "ui/escape.h"

#include "views/sheet.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#define F(number) (TERM_KEY_F1 + (number)-1)

/* ---- control sequences ---- */

/* What is typed, where an E is the ESC; the keys that are left of it; the mouse's report. */
struct sequence_case {
	const char *typed, *keys, *mouse;
};

static const struct sequence_case sequence_cases[] = {
	{ "j", "j", "" },
	{ "E[<0;30;9M", "", "0 at 8,29 down" },
	{ "E[<0;30;9m", "", "0 at 8,29 up" },
	{ "E[<32;30;9M", "", "32 at 8,29 down" },
	{ "E[<65;1;1Mk", "k", "65 at 0,0 down" },
	{ "E[<20;2;3M", "", "0 at 2,1 down" },
	{ "E[<0;0;0M", "", "" },
	{ "E[<;;M", "", "" },
	{ "E[<0;99999999999999999999;1M", "", "0 at 0,99998 down" },
	{ "E[M !\"j", "j", "0 at 1,0 down" },
	{ "E[M#!!", "", "3 at 0,0 up" },
	{ "E[?62;22cj", "j", "" },
	{ "E[1;2;3;4;5;6zj", "j", "" },
	{ "E[ qj", "j", "" },
	{ "E[Ij", "j", "" },
	{ "E[<0;30\rj", "\rj", "" },
	{ "E[0<0;1;1Mj", "j", "" },
	{ "EO9j", "j", "" },
	{ "E[200~j", "j", "paste" },
	{ "jE[201~", "j", "paste" },
	{ "E[200;1~j", "j", "" },
	{ "E[<200~j", "j", "" },
	{ "E[20~j", "j", "" },
	{ "E\r", "E\r", "" },
	{ "Ej", "Ej", "" },
};

struct outcome {
	char keys[64], mouse[64];
};

static void feed(struct escape *escape, uint32_t code, uint64_t now_ms, struct outcome *outcome)
{
	struct escape_mouse mouse;

	switch (escape_feed(escape, code, now_ms, &mouse)) {
	case ESCAPE_IS_KEY:
		outcome->keys[strlen(outcome->keys)] = (char)code;
		break;
	case ESCAPE_IS_MOUSE:
		snprintf(outcome->mouse, sizeof(outcome->mouse), "%u at %d,%d %s", mouse.button,
			 mouse.y, mouse.x, mouse.is_release ? "up" : "down");
		break;
	case ESCAPE_IS_PASTE:
	case ESCAPE_IS_PASTE_END:
		snprintf(outcome->mouse, sizeof(outcome->mouse), "paste");
		break;
	case ESCAPE_IS_PART:
		break;
	}
}

/* As the terminal does it; late_ms: between the ESC and what follows. */
static void feed_all(const char *typed, uint64_t late_ms, struct outcome *outcome)
{
	struct escape escape = { 0 };
	uint64_t now_ms = 5000;

	*outcome = (struct outcome){ 0 };
	for (; *typed; typed++) {
		if (*typed != 'E') {
			feed(&escape, (unsigned char)*typed, now_ms, outcome);
			continue;
		}
		if (!late_ms && escape_begin(&escape, (unsigned char)typed[1], now_ms)) {
			typed++;
			continue;
		}
		if (late_ms)
			escape_alone(&escape, now_ms);
		outcome->keys[strlen(outcome->keys)] = 'E';
		now_ms += late_ms;
	}
}

static void a_sequence_is_taken_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sequence_cases) / sizeof(*sequence_cases); i++) {
		const struct sequence_case *test = &sequence_cases[i];
		struct outcome outcome;

		feed_all(test->typed, 0, &outcome);
		assert_string_equal(outcome.keys, test->keys);
		assert_string_equal(outcome.mouse, test->mouse);
	}
}

static void what_comes_late_belongs_to_its_escape_unless_somebody_typed_it(void **state)
{
	struct outcome outcome;

	(void)state;
	feed_all("E[<0;30;9M", 60, &outcome);
	assert_string_equal(outcome.keys, "E");
	assert_string_equal(outcome.mouse, "0 at 8,29 down");
	feed_all("E[j", 500, &outcome);
	assert_string_equal(outcome.keys, "E[j");
}

static void half_a_sequence_does_not_wait_for_ever(void **state)
{
	struct escape escape = { 0 };
	struct outcome outcome = { 0 };

	(void)state;
	assert_true(escape_begin(&escape, '[', 5000));
	feed(&escape, '<', 5500, &outcome);
	feed(&escape, 'j', 6500, &outcome);
	assert_string_equal(outcome.keys, "j");
}

/* ---- a paste is what is typed slowly ---- */

static void paste(struct screen *screen, const char *keys)
{
	draw(screen);
	for (; *keys; keys++) {
		struct key key = { .code = (unsigned char)*keys };

		input_key(&screen->keys, &screen->session, &key);
	}
}

static pid_t selected_pid(struct screen *screen)
{
	draw(screen);
	return tree_view_row(screen->session.panes.tree)->pid;
}

static void pasted_commands_act_on_what_those_before_left(void **state)
{
	struct screen *screen = *state;

	paste(screen, "jjw");
	assert_int_equal(selected_pid(screen), 200);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 3);
	paste(screen, "GhhW");
	assert_int_equal(screen->session.scene.scope.watch[0].items[1].pid, 201);
}

static void a_pasted_search_finds_what_a_typed_one_finds(void **state)
{
	static const char *const searches[] = {
		"/alice\rj",   "/sshd\rn",   "/sshd\rnN", "zM/make\r", "/mak\x7f\x7f\x7f\x7fj",
		"/nothing\rj", "G/cron\x1bk"
	};

	for (size_t i = 0; i < sizeof(searches) / sizeof(*searches); i++) {
		struct screen *screen;
		pid_t typed, pasted;
		void *fresh;

		setup(&fresh);
		screen = fresh;
		type(screen, searches[i]);
		typed = selected_pid(screen);
		teardown(&fresh);
		setup(&fresh);
		screen = fresh;
		paste(screen, searches[i]);
		pasted = selected_pid(screen);
		teardown(&fresh);
		assert_int_equal(typed, pasted);
	}
	(void)state;
}

static void typing_leaves_the_rows_alone_until_they_are_looked_at(void **state)
{
	struct screen *screen = *state;
	const struct tree_view *tree = screen->session.panes.tree;

	paste(screen, "\\mak");
	assert_true(tree->seen.scope != screen->session.scene.scope.version);
	paste(screen, "e\r/priv");
	assert_true(tree->needs_search);
	draw(screen);
	assert_true(tree->seen.scope == screen->session.scene.scope.version);
	assert_false(tree->needs_search || tree->needs_collect);
}

/* ---- back, and keys without a meaning ---- */

static void escape_goes_back_one_thing_at_a_time(void **state)
{
	static const uint32_t root = 0;
	struct screen *screen = *state;
	struct session *session = &screen->session;

	scope_set_users(&session->scene.scope, &root, 1);
	type(screen, "\\make\r/init\r\\sshd");
	press(screen, TERM_KEY_F1);
	assert_ptr_equal(open_kind(screen), &help_view_kind);
	press(screen, TERM_KEY_ESC);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_int_equal(session->prompt_kind, SESSION_PROMPT_FILTER);
	press(screen, TERM_KEY_ESC);
	assert_int_equal(session->prompt_kind, SESSION_PROMPT_NONE);
	assert_string_equal(session->scene.scope.filter_text, "make");
	assert_string_equal(session->panes.tree->search.text, "init");
	press(screen, TERM_KEY_ESC);
	assert_string_equal(session->panes.tree->search.text, "");
	assert_non_null(session->scene.scope.filter);
	press(screen, TERM_KEY_ESC);
	assert_null(session->scene.scope.filter);
	assert_int_equal(session->scene.scope.uid_count, 1);
	press(screen, TERM_KEY_ESC);
	assert_int_equal(session->scene.scope.uid_count, 0);
	press(screen, TERM_KEY_ESC);
	expect_on_screen(screen, "nothing to go back from");
	assert_false(session->wants_quit);
}

static void a_key_without_a_meaning_says_so_and_names_help(void **state)
{
	static const struct {
		const char *open, *key, *said;
	} cases[] = {
		{ "", "&", "& has no meaning here: F1 lists the keys" },
		{ "", "zq", "zq has no meaning here: F1 lists the keys" },
		{ "", "\x07", "^G has no meaning here: F1 lists the keys" },
		{ "E", "w", "w has no meaning here: F1 lists the keys" },
		{ "C", "7", "7 has no meaning here: F1 lists the keys" },
		{ "i", "L", "L has no meaning here: F1 lists the keys" },
		{ "?", "w", "w has no meaning here: F1 lists the keys" },
		{ "u", "w", "w has no meaning here: F1 lists the keys" },
	};
	struct screen *screen = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct view_kind *kind;

		close_all(screen);
		type(screen, cases[i].open);
		kind = open_kind(screen);
		type(screen, cases[i].key);
		expect_on_screen(screen, cases[i].said);
		assert_ptr_equal(open_kind(screen), kind);
	}
	close_all(screen);
	type(screen, "j");
	expect_on_screen(screen, "qQuit");
}

static void what_is_open_closes_by_its_own_key_by_q_and_by_escape(void **state)
{
	static const char keys[] = "CEi?us";
	struct screen *screen = *state;

	for (const char *key = keys; *key; key++) {
		const uint32_t ends[] = { (uint32_t)*key, 'q', TERM_KEY_ESC };

		for (size_t i = 0; i < 3; i++) {
			press(screen, (uint32_t)*key);
			assert_ptr_not_equal(open_kind(screen), &tree_view_kind);
			press(screen, ends[i]);
			assert_ptr_equal(open_kind(screen), &tree_view_kind);
			assert_false(screen->session.wants_quit);
		}
	}
	type(screen, "CE");
	assert_ptr_equal(open_kind(screen), &failures_view_kind);
	press(screen, TERM_KEY_F1 + 9);
	assert_true(screen->session.wants_quit);
}

static void help_goes_back_to_where_one_was(void **state)
{
	static const char keys[] = "CEius";
	struct screen *screen = *state;

	for (const char *key = keys; *key; key++) {
		const struct view_kind *kind;

		press(screen, (uint32_t)*key);
		kind = open_kind(screen);
		press(screen, TERM_KEY_F1);
		expect_on_screen(screen, "proctop: help");
		press(screen, TERM_KEY_F1);
		assert_ptr_equal(open_kind(screen), kind);
		press(screen, 'q');
	}
}

static void each_key_means_a_command_that_there_is(void **state)
{
	static const enum view_context contexts[] = { VIEW_TREE,   VIEW_PAGE,	VIEW_HELP,
						      VIEW_ACT,	   VIEW_DIALOG, VIEW_EVENTS,
						      VIEW_PROMPT, VIEW_DETAILS };

	(void)state;
	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
		for (uint32_t code = 1; code <= TERM_KEY_OTHER; code++) {
			const struct keymap keymap = { 0 };
			struct keymap_state keys = { 0 };
			struct keymap_hit hit;

			if (code == 128)
				code = TERM_KEY_UP;
			if (keymap_feed(&keymap, &keys, contexts[i], code, &hit) == KEYMAP_COMMAND)
				assert_non_null(command_find(hit.command));
		}
	}
}

/* ---- marks ---- */

static void a_mark_is_a_process_and_not_its_pid(void **state)
{
	struct screen *screen = *state;

	type(screen, "'a");
	expect_on_screen(screen, "mark a is not set: ma sets it");
	type(screen, "300\rma");
	expect_on_screen(screen, "mark a is 300: 'a goes there");
	type(screen, "110\rmzgg'a");
	assert_int_equal(selected_pid(screen), 300);
	type(screen, "zM'a");
	assert_int_equal(selected_pid(screen), 300);
	type(screen, "C'z");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_int_equal(selected_pid(screen), 110);
	exit_ago(screen, 5000, 300, 0);
	fork_ago(screen, 4000, 1, 300);
	type(screen, "'a");
	draw(screen);
	assert_true(ptree_node_has_ended(tree_view_node(screen->session.panes.tree)));
	type(screen, "m1");
	expect_on_screen(screen, "m1 has no meaning here");
}

static void marks_can_be_chosen_from_a_list(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, ":marks\r");
	expect_on_screen(screen, "no mark is set: m and a letter sets one");
	type(screen, "300\rmb110\rma1\rmc");
	exit_ago(screen, 10, 110, 0);
	type(screen, ":marks\r");
	expect_on_screen(screen, "a     110 (over)");
	expect_on_screen(screen, "b     300 make");
	type(screen, "j\r");
	assert_int_equal(selected_pid(screen), 300);
}

static void a_mark_of_who_is_not_shown_says_so(void **state)
{
	struct screen *screen = *state;

	type(screen, "110\rma\\make\r'a");
	expect_on_screen(screen, "110 is not among what is shown");
}

static void a_mark_of_who_is_forgotten_says_so(void **state)
{
	struct screen *screen = *state;
	struct mark *mark = &screen->session.marks[0];

	type(screen, "300\rma");
	mark->id += 1000; /* as of nobody there is */
	type(screen, "'a");
	expect_on_screen(screen, "mark a: 300 is over and forgotten");
	type(screen, ":marks\r");
	expect_on_screen(screen, "a     300 (forgotten)");
}

/* ---- acting ---- */

static struct sheet *sheet_of(struct screen *screen)
{
	assert_ptr_equal(open_kind(screen), &sheet_view_kind);
	return &((struct sheet_view *)top_of(screen))->sheet;
}

/* The processes of this test are nobody's: whoever has their pids here began at another time. */
static void what_acts_always_asks_and_names_whom_it_is_about(void **state)
{
	static const char *const keys[] = { "dd", "dt", "dg", "]", "[", "di", "dc", "dp" };
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "300\r");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct sheet *sheet;

		type(screen, keys[i]);
		sheet = sheet_of(screen);
		assert_int_equal(sheet->lines[0].pid, 300);
		assert_string_equal(sheet->lines[0].command, "make -j4");
		assert_string_equal(sheet->lines[0].note, "is over");
		press(screen, 'q');
		assert_ptr_equal(open_kind(screen), &tree_view_kind);
	}
}

static void what_acts_is_about_those_that_are_tagged(void **state)
{
	struct screen *screen = *state;
	struct sheet *sheet;
	pid_t sum = 0;

	resize(screen, 24, 80);
	type(screen, "110\r ");
	type(screen, "200\rc");
	expect_on_screen(screen, "TAGGED 4");
	expect_on_screen(screen, "*     110 root");
	expect_on_screen(screen, "»     200 root");
	expect_on_screen(screen, "*     300 root");
	type(screen, "dd");
	sheet = sheet_of(screen);
	assert_int_equal(sheet->count, 4);
	for (size_t i = 0; i < sheet->count; i++)
		sum += sheet->lines[i].pid;
	assert_int_equal(sum, 110 + 200 + 201 + 300);
	press(screen, TERM_KEY_ESC);
	type(screen, "dt");
	expect_on_screen(screen, "signal the subtrees of 4: 4 processes");
	press(screen, TERM_KEY_ESC);
	type(screen, "dg");
	expect_on_screen(screen, "signal the process groups of 4: 4 processes");
	press(screen, TERM_KEY_ESC);
	exit_ago(screen, 100, 300, 0);
	expect_on_screen(screen, "TAGGED 3");
	type(screen, "201\r "); /* not any more */
	expect_on_screen(screen, "TAGGED 2");
	type(screen, "U");
	expect_on_screen(screen, "none is tagged");
	type(screen, "110\rdd");
	assert_int_equal(sheet_of(screen)->count, 1);
	press(screen, TERM_KEY_ESC);
	type(screen, "A");
	expect_on_screen(screen, "it would be everybody");
	type(screen, "\\sshd\rA");
	expect_on_screen(screen, "TAGGED 2");
}

static void in_ascii_the_dialog_is_ascii(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	screen->canvas->utf8 = false;
	fork_ago(screen, 500, 300, 400);
	type(screen, "400\rdd");
	assert_string_equal(sheet_of(screen)->lines[0].command, "fork of make");
}

static void letters_and_digits_choose_a_signal_and_do_no_more(void **state)
{
	struct screen *screen = *state;
	struct sheet *sheet;

	resize(screen, 24, 80);
	type(screen, "300\rdd");
	sheet = sheet_of(screen);
	assert_int_equal(sheet_chosen(sheet)->value, SIGTERM);
	type(screen, "usr");
	assert_int_equal(sheet_chosen(sheet)->value, SIGUSR1);
	expect_on_screen(screen, "2 begin so");
	type(screen, "2");
	assert_int_equal(sheet_chosen(sheet)->value, SIGUSR2);
	press(screen, TERM_KEY_ESC); /* what was typed */
	assert_int_equal(sheet_chosen(sheet)->value, SIGTERM);
	type(screen, "9");
	assert_int_equal(sheet_chosen(sheet)->value, SIGKILL);
	press(screen, TERM_KEY_BACKSPACE);
	assert_int_equal(sheet_chosen(sheet)->value, SIGTERM);
	type(screen, "xyz");
	expect_on_screen(screen, "no signal is called so");
	press(screen, TERM_KEY_ENTER); /* is not sent */
	assert_int_equal(sheet->stage, SHEET_CHOOSE);
	press(screen, TERM_KEY_ESC);
	press(screen, TERM_KEY_DOWN);
	assert_int_equal(sheet_chosen(sheet)->value, SIGKILL);
	press(screen, TERM_KEY_ESC);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

static void what_is_asked_twice_takes_a_y_and_no_second_enter(void **state)
{
	struct screen *screen = *state;
	struct sheet *sheet;

	resize(screen, 24, 80);
	for (pid_t pid = 400; pid < 430; pid++)
		fork_ago(screen, 5000, 300, pid);
	type(screen, "300\rdt");
	sheet = sheet_of(screen);
	press(screen, TERM_KEY_ENTER); /* none of them is there: nothing to be asked twice */
	assert_int_equal(sheet->stage, SHEET_RESULTS);
	press(screen, TERM_KEY_ENTER);
	type(screen, "300\rdd");
	sheet = sheet_of(screen);
	sheet->stage = SHEET_CONFIRM;
	press(screen, TERM_KEY_ENTER);
	assert_int_equal(sheet->stage, SHEET_CHOOSE);
	sheet->stage = SHEET_CONFIRM;
	press(screen, 'x');
	assert_int_equal(sheet->stage, SHEET_CHOOSE);
	sheet->stage = SHEET_CONFIRM;
	press(screen, 'y');
	assert_int_equal(sheet->stage, SHEET_RESULTS);
}

static void on_what_is_over_nothing_acts_though_the_picture_is_stopped(void **state)
{
	struct screen *screen = *state;

	type(screen, "300\rZ");
	exit_ago(screen, 0, 300, 0);
	type(screen, "dd");
	expect_on_screen(screen, "it is over: there is nothing to act on");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

static void nice_goes_by_steps_or_to_a_number(void **state)
{
	struct screen *screen = *state;
	struct sheet *sheet;

	resize(screen, 24, 80);
	type(screen, "300\r[");
	sheet = sheet_of(screen);
	assert_string_equal(sheet->input, "+1");
	type(screen, "[[");
	assert_string_equal(sheet->input, "+3");
	type(screen, "]]]]");
	assert_string_equal(sheet->input, "-1");
	press(screen, TERM_KEY_BACKSPACE);
	press(screen, TERM_KEY_BACKSPACE);
	type(screen, "99");
	expect_on_screen(screen, "nice goes from -20 (first) to 19 (last)");
	press(screen, TERM_KEY_ENTER);
	assert_int_equal(sheet->stage, SHEET_TYPE);
}

/* As a hand does that knows them from elsewhere, where each of them acts at once. */
static void f8_again_goes_on_and_enter_does_it(void **state)
{
	struct screen *screen = *state;
	struct sheet *sheet;

	resize(screen, 24, 80);
	type(screen, "300\r");
	press(screen, F(8));
	sheet = sheet_of(screen);
	expect_on_screen(screen, "nice of 1 process");
	expect_on_screen(screen, "    300 root     make -j4");
	expect_on_screen(screen, "│F8: +1   F7: -1   Enter: set   5 or =-5: to that; ");
	press(screen, F(8));
	press(screen, F(8));
	expect_on_screen(screen, "nice: +3_");
	press(screen, F(7));
	press(screen, F(8));
	assert_int_equal(sheet->stage, SHEET_TYPE); /* nothing is done before it is asked for */
	press(screen, TERM_KEY_ENTER);
	assert_int_equal(sheet->stage, SHEET_RESULTS);
	assert_true(screen->session.acting->setting.is_relative);
	assert_int_equal(screen->session.acting->setting.level, 3);
}

static void nice_has_ends(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "300\r:nice 18\r");
	press(screen, F(8));
	expect_on_screen(screen, "nice: 19_");
	press(screen, F(8));
	expect_on_screen(screen, "nice: 19_");
	press(screen, TERM_KEY_ESC);
	type(screen, ":nice =-20\r");
	press(screen, F(7));
	expect_on_screen(screen, "nice: =-20_");
	press(screen, F(8));
	expect_on_screen(screen, "nice: =-19_");
}

/* Where lines are of something else they say nothing of these keys. */
static void only_nice_has_steps(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "300\rdc");
	press(screen, F(8));
	expect_on_screen(screen, "CPUs: _");
	expect_on_screen(screen, "│a list as 0-3,6, or all   Enter: set   Esc");
}

/* ---- errors ---- */

static void bind(struct screen *screen, const char *keys, const char *command)
{
	char error[160];

	if (keymap_bind(&screen->session.keymap, keys, command, error, sizeof(error)))
		fail_msg("%s: %s", keys, error);
}

static void expect_label(struct screen *screen, const char *command, const char *keys)
{
	char described[64];

	keymap_describe(&screen->session.keymap, command, described, sizeof(described));
	assert_string_equal(described, keys);
}

static void every_key_can_be_bound_anew(void **state)
{
	struct screen *screen = *state;
	int top = 0;

	resize(screen, 24, 80);
	bind(screen, "X", "bottom");
	type(screen, "X");
	draw(screen);
	top = (int)screen->session.panes.tree->cursor.index;
	assert_true(top > 0);
	expect_label(screen, "bottom", "X G End");
	/* "g" alone: "gg" could not be typed any more. */
	bind(screen, "g", "top");
	type(screen, "g");
	draw(screen);
	assert_int_equal(screen->session.panes.tree->cursor.index, 0);
	expect_label(screen, "top", "g Home");
	/* And back: the latest one holds. */
	bind(screen, "gg", "bottom");
	expect_label(screen, "top", "Home");
	type(screen, "gg");
	draw(screen);
	assert_int_equal(screen->session.panes.tree->cursor.index, top);
	/* Nothing: also where it is the begin of others. */
	bind(screen, "d", "none");
	type(screen, "dd");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	expect_on_screen(screen, "d has no meaning here");
	expect_label(screen, "signal", "F9");
	bind(screen, "F9", "quit");
	expect_label(screen, "quit", "F9 q F10 ^C");
	type(screen, "j");
	expect_on_screen(screen, "F9Quit");
	/* In a line that is typed letters are letters. */
	bind(screen, "f", "quit");
	type(screen, "\\ff");
	assert_string_equal(screen->session.prompt.text, "ff");
	assert_false(screen->session.wants_quit);
}

static void what_is_no_key_or_no_command_is_refused(void **state)
{
	static const struct {
		const char *keys, *command, *error;
	} wrong[] = {
		{ "", "quit", "'' is no key" },
		{ "F13", "quit", "'F13' is no key" },
		{ "abc", "quit", "'abc' is no key" },
		{ "^", "", "'' is no command" },
		{ "x", "explode", "'explode' is no command: expected one that help lists" },
		{ "\x1b[", "quit", "'\\x1b[' is no key" },
		{ "Spaces", "quit", "'Spaces' is no key" },
	};
	struct screen *screen = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char error[160];

		assert_int_equal(keymap_bind(&screen->session.keymap, wrong[i].keys,
					     wrong[i].command, error, sizeof(error)),
				 -EINVAL);
		if (!strstr(error, wrong[i].error))
			fail_msg("%s: %s", wrong[i].keys, error);
	}
	assert_int_equal(screen->session.keymap.own_count, 0);
	bind(screen, "space", "quit");
	bind(screen, "^x", "quit");
	bind(screen, "\xc3\xa4", "quit");
	bind(screen, "S-Left", "quit");
	expect_label(screen, "quit", "space ^x \xc3\xa4 S-Left q F10 ^C");
}

static void paste_bracketed(struct screen *screen, const char *text)
{
	for (; *text; text++) {
		const struct key key = { .code = (unsigned char)*text, .is_pasted = true };

		input_key(&screen->keys, &screen->session, &key);
	}
	draw(screen);
}

static void a_paste_is_text_and_no_keys(void **state)
{
	struct screen *screen = *state;

	paste_bracketed(screen, "odd\r");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	expect_on_screen(screen, "a paste is taken only where a line is typed");
	type(screen, "300\rdd");
	paste_bracketed(screen, "9\r9\r");
	assert_ptr_equal(open_kind(screen), &sheet_view_kind);
	assert_int_equal(sheet_of(screen)->stage, SHEET_CHOOSE);
	press(screen, TERM_KEY_ESC);
	type(screen, "\\");
	paste_bracketed(screen, "make\rq\x03\tx");
	assert_string_equal(screen->session.prompt.text, "make q x");
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_FILTER);
	type(screen, "\033");
}

static void an_error_in_a_prompt_is_seen_at_any_width(void **state)
{
	static const int sizes[][2] = { { 24, 160 }, { 24, 80 }, { 10, 40 }, { 10, 20 } };
	struct screen *screen = *state;

	type(screen, "\\foo:bar\r");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		resize(screen, sizes[i][0], sizes[i][1]);
		expect_on_screen(screen, "no field 'foo':");
		expect_on_screen(screen, "quote it");
		expect_on_screen(screen, "filter: foo:bar");
	}
	resize(screen, 1, 60);
	expect_on_screen(screen, "no field 'foo'");
	resize(screen, 10, 20);
	type(screen, "\x15"
		     "make\r");
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_NONE);
	type(screen, "/nothing like it");
	expect_on_screen(screen, "not found");
}

/* ---- what is found later ---- */

static void await_names(struct ptree_users *users)
{
	struct pollfd answers = { .fd = ptree_users_fd(users), .events = POLLIN };

	assert_int_equal(poll(&answers, 1, 10000), 1);
}

static void a_user_is_found_by_name_once_it_is_known(void **state)
{
	struct screen *screen = *state;
	struct ptree_users *users;

	assert_int_equal(ptree_users_new(&users), 0);
	screen->session.scene.world.users = users;
	type(screen, "\\user:root\r");
	draw(screen);
	if (rows_count(screen->session.panes.tree->rows) == 0) { /* unless the answer was quick */
		await_names(users);
		world_take_names(&screen->session.scene.world);
		assert_non_null(ptree_tree_user_name(screen->session.scene.world.tree, 0));
	}
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 9);
	screen->session.scene.world.users = screen->users;
	ptree_users_free(users);
}

static void another_watch_keeps_those_of_a_match_that_is_over(void **state)
{
	struct screen *screen = *state;
	struct ptree_tree *tree = screen->session.scene.moment.tree;
	struct watch_item also = { .pid = 110, .id = id_of(screen, 110) };

	type(screen, "300\rw");
	fork_ago(screen, 5000, 300, 400);
	exit_ago(screen, 4000, 300, 0);
	ptree_tree_adopt(tree, 400, 1);
	assert_true(ptree_node_is_watched(ptree_tree_find(tree, 400)));
	assert_true(session_watch_also(&screen->session, &also));
	assert_true(ptree_node_is_watched(ptree_tree_find(tree, 400)));
	assert_true(ptree_node_is_watched(ptree_tree_find(tree, 110)));
	assert_false(ptree_node_is_watched(ptree_tree_find(tree, 201)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sequence_is_taken_whole),
		cmocka_unit_test(what_comes_late_belongs_to_its_escape_unless_somebody_typed_it),
		cmocka_unit_test(half_a_sequence_does_not_wait_for_ever),
		SCREEN_TEST(pasted_commands_act_on_what_those_before_left),
		cmocka_unit_test(a_pasted_search_finds_what_a_typed_one_finds),
		SCREEN_TEST(escape_goes_back_one_thing_at_a_time),
		SCREEN_TEST(a_key_without_a_meaning_says_so_and_names_help),
		SCREEN_TEST(what_is_open_closes_by_its_own_key_by_q_and_by_escape),
		SCREEN_TEST(help_goes_back_to_where_one_was),
		cmocka_unit_test(each_key_means_a_command_that_there_is),
		SCREEN_TEST(a_mark_is_a_process_and_not_its_pid),
		SCREEN_TEST(marks_can_be_chosen_from_a_list),
		SCREEN_TEST(a_mark_of_who_is_not_shown_says_so),
		SCREEN_TEST(a_mark_of_who_is_forgotten_says_so),
		SCREEN_TEST(what_acts_always_asks_and_names_whom_it_is_about),
		SCREEN_TEST(what_acts_is_about_those_that_are_tagged),
		SCREEN_TEST(in_ascii_the_dialog_is_ascii),
		SCREEN_TEST(letters_and_digits_choose_a_signal_and_do_no_more),
		SCREEN_TEST(what_is_asked_twice_takes_a_y_and_no_second_enter),
		SCREEN_TEST(on_what_is_over_nothing_acts_though_the_picture_is_stopped),
		SCREEN_TEST(nice_goes_by_steps_or_to_a_number),
		SCREEN_TEST(f8_again_goes_on_and_enter_does_it),
		SCREEN_TEST(nice_has_ends),
		SCREEN_TEST(only_nice_has_steps),
		SCREEN_TEST(every_key_can_be_bound_anew),
		SCREEN_TEST(what_is_no_key_or_no_command_is_refused),
		SCREEN_TEST(a_paste_is_text_and_no_keys),
		SCREEN_TEST(an_error_in_a_prompt_is_seen_at_any_width),
		SCREEN_TEST(a_user_is_found_by_name_once_it_is_known),
		SCREEN_TEST(another_watch_keeps_those_of_a_match_that_is_over),
		SCREEN_TEST(typing_leaves_the_rows_alone_until_they_are_looked_at),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
