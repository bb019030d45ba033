/* SPDX-License-Identifier: MIT */
/* Which columns there are: by name, on screens of every width, and in the setup. */
#include "screen.h"

#include "views/setup.h"

#include <fcntl.h>

static struct columns *columns_of(struct screen *screen)
{
	return &screen->session.panes.tree->columns;
}

static void expect_columns(struct screen *screen, const char *expected)
{
	char text[512];

	columns_format(columns_of(screen), text, sizeof(text));
	assert_string_equal(text, expected);
}

static void choose(struct screen *screen, const char *list)
{
	char error[384];

	if (!columns_parse(columns_of(screen), list, NULL, error, sizeof(error)))
		fail_msg("%s: %s", list, error);
}

static void they_are_chosen_by_name(void **state)
{
	struct screen *screen = *state;
	char error[384];

	expect_columns(screen, "default");
	choose(screen, "user, pid rss,,user");
	expect_columns(screen, "user,pid,rss");
	assert_false(columns_parse(columns_of(screen), "pid,nonsense", NULL, error, sizeof(error)));
	assert_non_null(strstr(error, "no column is called 'nonsense': expected default, or some of"
				      " pid ppid"));
	assert_false(columns_parse(columns_of(screen), "cmd", NULL, error, sizeof(error)));
	assert_false(columns_parse(columns_of(screen), "", NULL, error, sizeof(error)));
	assert_false(columns_parse(columns_of(screen), "\x1b[31m", NULL, error, sizeof(error)));
	assert_null(strchr(error, '\x1b'));
	expect_columns(screen, "user,pid,rss");
	choose(screen, "default");
	expect_columns(screen, "default");
}

/* As in a list for ps. */
static void the_command_may_be_named_last(void **state)
{
	static const char *const lists[] = { "pid,user,cmd", "pid,user,command",
					     "pid user COMMAND,", "pid,user,args,cmd" };
	static const char *const wrong[] = { "pid,cmd,user", "command,pid,user", "cmd,pid,cmd" };
	struct screen *screen = *state;
	struct kept sets = { 0 };
	char error[384];

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		choose(screen, "default");
		choose(screen, lists[i]);
		expect_columns(screen, "pid,user");
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_false(
		    columns_parse(columns_of(screen), wrong[i], NULL, error, sizeof(error)));
		assert_string_equal(error, "the command always comes last");
	}
	assert_false(columns_parse(columns_of(screen), "cmd", NULL, error, sizeof(error)));
	assert_string_equal(error, "the command always comes last: name a column before it");
	assert_int_equal(kept_set(&sets, "few", "pid,rss,cmd", 0), 0);
	assert_true(columns_parse(columns_of(screen), "@few", &sets, error, sizeof(error)));
	expect_columns(screen, "pid,rss");
	kept_clear(&sets);
	say(screen, "columns pid,cmd,user");
	expect_on_screen(screen, "the command always comes last");
	expect_columns(screen, "pid,rss");
}

static void rows_and_titles_have_them(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	choose(screen, "user,pid,ppid,start");
	expect_on_screen(screen, "\n   USER       PID    PPID    START COMMAND\n");
	expect_on_screen(screen, "\n   root       201     200 16:48:20 │ └▾ -bash\n");
	choose(screen, "pid,exit,signal");
	exit_ago(screen, 500, 300, 2 << 8);
	expect_on_screen(screen, "\n      PID EXIT SIGNAL COMMAND\n");
	expect_on_screen(screen, "\n †    300    2        │  └─ make -j4  ✗ exit 2");
}

static void expect_not_on_screen(struct screen *screen, const char *text)
{
	char *dump;

	draw(screen);
	dump = canvas_dump(screen->canvas);
	assert_null(strstr(dump, text));
	free(dump);
}

/* Those that are always there, and then the columns that are shown and the one in force. */
/* Sums over branches are those of a tree. */
static void in_a_list_they_are_each_ones_own(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 100);
	expect_on_screen(screen, "      PID USER     S CPU%");
	expect_not_on_screen(screen, " RSS ");
	type(screen, "t");
	expect_on_screen(screen, "      PID USER     S CPU%  RSS   AGE COMMAND");
	choose(screen, "pid,sum-rss,rss,sum-cpu,sum-io");
	expect_on_screen(screen, "      PID  RSS CPU%");
	expect_not_on_screen(screen, "RSS  RSS");
	type(screen, "b");
	expect_not_on_screen(screen, "      PID  RSS CPU%");
}

static void the_command_keeps_its_room(void **state)
{
	struct screen *screen = *state;

	choose(screen, "pid,ppid,origin,uid,user,session,start");
	resize(screen, 24, 40);
	expect_on_screen(screen, "\n      PID    PPID COMMAND\n");
	resize(screen, 24, 20);
	expect_on_screen(screen, "\n  COMMAND\n");
	resize(screen, 24, 120);
	expect_on_screen(screen, " SID    START COMMAND\n");
}

static void a_click_on_a_title_sorts_as_ever(void **state)
{
	struct screen *screen = *state;
	const struct key key = { .code = TERM_KEY_MOUSE_CLICK, .mouse_y = 0, .mouse_x = 4 };
	struct key click = key;

	resize(screen, 24, 80);
	choose(screen, "threads,pid");
	draw(screen);
	click.mouse_y = screen->session.panes.layout.tree.y;
	while (click.mouse_y < 24 && canvas_cell(screen->canvas, click.mouse_y, 3)->bytes[0] != 'T')
		click.mouse_y++;
	input_key(&screen->keys, &screen->session, &click);
	assert_string_equal(field_sort_name(screen->session.panes.tree->choice.sort), "threads");
}

static void every_title_sorts(void **state)
{
	struct screen *screen = *state;
	int x = 2;

	choose(screen, "ppid,pid,state,nice,start,exit");
	resize(screen, 24, 80);
	draw(screen);
	for (size_t i = 0; i < columns_of(screen)->count; i++) {
		const struct field *field = columns_of(screen)->fields[i];
		const struct key click = {
			.code = TERM_KEY_MOUSE_CLICK,
			.mouse_x = x,
			.mouse_y = screen->session.panes.layout.tree.y + (i > 0),
		};

		input_key(&screen->keys, &screen->session, &click);
		draw(screen);
		assert_ptr_equal(screen->session.panes.tree->choice.sort, field);
		x += field->width + 1;
	}
}

static void the_list_of_orders_has_what_is_shown(void **state)
{
	struct screen *screen = *state;

	choose(screen, "pid,nice,age");
	resize(screen, 24, 80);
	draw(screen);
	type(screen, "s");
	draw(screen);
	expect_on_screen(screen, "user ");
	expect_on_screen(screen, "nice ");
	expect_not_on_screen(screen, "start ");
	type(screen, "G ");
	assert_string_equal(field_sort_name(screen->session.panes.tree->choice.sort), "nice");
	choose(screen, "pid");
	type(screen, "s");
	draw(screen);
	expect_on_screen(screen, "nice ");
	type(screen, " ");
	assert_string_equal(field_sort_name(screen->session.panes.tree->choice.sort), "nice");
}

/* ---- the setup ---- */

static struct setup_view *setup_of(struct screen *screen)
{
	draw(screen);
	assert_ptr_equal(open_kind(screen), &setup_view_kind);
	return (struct setup_view *)top_of(screen);
}

static void the_setup_begins_with_what_there_is(void **state)
{
	struct screen *screen = *state;

	resize(screen, 30, 80);
	press(screen, TERM_KEY_F1 + 1);
	expect_on_screen(screen, "│> [x] PID       pid ");
	expect_on_screen(screen, "│  [x] AGE       age ");
	expect_on_screen(screen, "│  [ ] PPID      ppid ");
	expect_columns(screen, "default"); /* looking changes nothing */
	press(screen, TERM_KEY_F1 + 1);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

static void what_is_chosen_takes_effect_at_once(void **state)
{
	struct screen *screen = *state;
	struct setup_view *setup;

	resize(screen, 40, 80);
	choose(screen, "pid,user,age");
	type(screen, "S");
	setup = setup_of(screen);
	type(screen, "j "); /* the user goes */
	expect_columns(screen, "pid,age");
	assert_int_equal(setup->at, 2); /* the cursor goes with it */
	type(screen, "  ");
	expect_columns(screen, "pid,age");
	type(screen, "j ");
	expect_columns(screen, "pid,age,ppid");
	assert_int_equal(setup->at, 2);
	type(screen, "<<<");
	expect_columns(screen, "ppid,pid,age");
	type(screen, ">");
	expect_columns(screen, "pid,ppid,age");
	type(screen, "\r");
	expect_columns(screen, "pid,age");
	type(screen, "gg gg "); /* one at least there is */
	expect_columns(screen, "age");
	type(screen, " ");
	expect_columns(screen, "age");
	type(screen, "d");
	expect_columns(screen, "default");
	type(screen, "w");
	expect_on_screen(screen, "there is no file to write to");
	type(screen, "q");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

static void expect_meters(struct screen *screen, const char *expected)
{
	char text[256];

	meter_choice_format(&screen->session.scene.meters, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void a_set_of_them_has_a_name(void **state)
{
	struct screen *screen = *state;
	struct kept sets = { 0 };
	char path[] = "/tmp/proctop-columns-XXXXXX", text[256] = "", error[384];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	screen->session.config_path = path;
	screen->session.column_sets = &sets;
	choose(screen, "pid,rss");
	type(screen, ":save-columns few\r");
	expect_on_screen(screen, "kept in /tmp/proctop-columns-");
	choose(screen, "default");
	type(screen, ":columns @f\t\r");
	expect_columns(screen, "pid,rss");
	assert_false(columns_parse(columns_of(screen), "@many", &sets, error, sizeof(error)));
	assert_non_null(strstr(error, "no columns are kept as '@many'"));
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "columns few = pid,rss\n");
	close(fd);
	unlink(path);
	kept_clear(&sets);
}

static void expect_nowhere(struct screen *screen, const char *text)
{
	char *dump;

	draw(screen);
	dump = canvas_dump(screen->canvas);
	assert_null(strstr(dump, text));
	free(dump);
}

static void meters_are_chosen_there_too(void **state)
{
	struct screen *screen = *state;

	resize(screen, 40, 100);
	expect_on_screen(screen, "fork/s");
	type(screen, "S\t");
	expect_on_screen(screen, "┌ meters ");
	expect_on_screen(screen, "│> [x] cpu           how busy all CPUs are");
	expect_meters(screen, "default");
	type(screen, "jjj "); /* without the forks */
	expect_meters(screen, "cpu,memory,swap,execs,failures,tasks,pressure,short-lived,threads,"
			      "spawner,longer-lived,cores,history");
	expect_nowhere(screen, "fork/s");
	type(screen, "gg>");
	expect_meters(screen, "memory,cpu,swap,execs,failures,tasks,pressure,short-lived,threads,"
			      "spawner,longer-lived,cores,history");
	type(screen, "d");
	expect_meters(screen, "default");
	type(screen, "\t");
	expect_on_screen(screen, "│> [x] PID       pid ");
	type(screen, "q");
	say(screen, "meters disk-read,disk-write,net-receive,net-send,load");
	expect_on_screen(screen, "disk r");
	expect_on_screen(screen, "net tx");
	expect_nowhere(screen, "CPU▕");
	say(screen, "meters none");
	expect_nowhere(screen, "net tx");
	say(screen, "meters cpu,guests");
	expect_on_screen(screen, "no meter is called 'guests': expected default, none, or some of");
}

static void it_writes_what_was_chosen(void **state)
{
	struct screen *screen = *state;
	char path[] = "/tmp/proctop-columns-XXXXXX", text[256] = "";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	screen->session.config_path = path;
	resize(screen, 40, 80);
	choose(screen, "pid,rss");
	type(screen, "PSw");
	expect_on_screen(screen, "are kept in /tmp/proctop-columns-");
	close(fd);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text,
			    "columns = pid,rss\nmeters = default\nsort = CPU\ngroup = none\n");
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(they_are_chosen_by_name),
		SCREEN_TEST(the_command_may_be_named_last),
		SCREEN_TEST(rows_and_titles_have_them),
		SCREEN_TEST(in_a_list_they_are_each_ones_own),
		SCREEN_TEST(the_command_keeps_its_room),
		SCREEN_TEST(a_click_on_a_title_sorts_as_ever),
		SCREEN_TEST(every_title_sorts),
		SCREEN_TEST(the_list_of_orders_has_what_is_shown),
		SCREEN_TEST(the_setup_begins_with_what_there_is),
		SCREEN_TEST(what_is_chosen_takes_effect_at_once),
		SCREEN_TEST(a_set_of_them_has_a_name),
		SCREEN_TEST(meters_are_chosen_there_too),
		SCREEN_TEST(it_writes_what_was_chosen),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
