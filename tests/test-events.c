/* SPDX-License-Identifier: MIT */
/* The events: as a pane and as a page, what is shown of them, and where one goes from there. */
#include "screen.h"

static struct events_view *events_of(struct screen *screen)
{
	draw(screen);
	assert_non_null(screen->session.panes.events);
	return screen->session.panes.events;
}

static int events_y(struct screen *screen)
{
	draw(screen);
	return panes_area(&screen->session.panes, &screen->session.panes.events->view).y;
}

/* The lines of the pane or page, with its title. */
static void expect_events(struct screen *screen, int count, const char *expected)
{
	expect_lines(screen, events_y(screen), count, expected);
}

static void expect_not_on_screen(struct screen *screen, const char *text)
{
	char *dump;

	draw(screen);
	dump = canvas_dump(screen->canvas);
	if (strstr(dump, text))
		print_message("%s\nhas: %s\n", dump, text);
	assert_null(strstr(dump, text));
	free(dump);
}

static void mouse(struct screen *screen, uint32_t code, int y, int x)
{
	const struct key key = { .code = code, .mouse_y = y, .mouse_x = x };

	draw(screen);
	input_key(&screen->keys, &screen->session, &key);
	draw(screen);
}

static void do_some(struct screen *screen)
{
	fork_ago(screen, 900, 300, 400);
	exec_ago(screen, 800, 400, "/usr/bin/cc\0-c\0a.c", 19);
	fork_ago(screen, 700, 300, 401);
	exit_ago(screen, 600, 401, 0);
	exit_ago(screen, 500, 400, 1 << 8);
}

static void tell(struct screen *screen, enum ptree_fact_kind kind, uint64_t id,
		 struct ptree_fact fact)
{
	fact.kind = kind;
	fact.id = id;
	fact.is_news = true;
	fact.time_ns = NOW_NS;
	assert_int_equal(ptree_tree_learn(screen->session.scene.world.tree, &fact), 0);
}

/* ---- what it looks like ---- */

static void a_high_screen_shows_what_happens_below_the_tree(void **state)
{
	struct screen *screen = *state;

	setenv("TZ", "UTC", 1);
	do_some(screen);
	resize(screen, 30, 80);
	expect_events(
	    screen, 6,
	    "── events 1fork 2exec 3exit 4fail 5other ─────────────────────────────── tail ──\n"
	    " F 17:46:39.100     400 ⑂ make                          init›sshd›sshd›bash›make\n"
	    " X 17:46:39.200     400 /usr/bin/cc -c a.c              init›sshd›sshd›bash›make\n"
	    " F 17:46:39.300     401 ⑂ make                          init›sshd›sshd›bash›make\n"
	    " † 17:46:39.400     401 ✓ 100ms  ⑂ make                 init›sshd›sshd›bash›make\n"
	    " † 17:46:39.500     400 ✗ exit 1 400ms  /usr/bin/cc -c a.c  …sshd›sshd›bash›make\n");
}

static void what_else_happens_is_said_in_words(void **state)
{
	struct screen *screen = *state;
	uint64_t make = id_of(screen, 300);

	resize(screen, 40, 80);
	tell(screen, PTREE_FACT_USERS, make, (struct ptree_fact){ .u.ids = { 0, 0 } });
	tell(screen, PTREE_FACT_TRACER, make, (struct ptree_fact){ .u.pid = 201 });
	tell(screen, PTREE_FACT_SESSION, make, (struct ptree_fact){ .u.pid = 300 });
	tell(screen, PTREE_FACT_CORE_DUMP, make, (struct ptree_fact){ 0 });
	tell(screen, PTREE_FACT_LOST, 0, (struct ptree_fact){ .u.count = 1204 });
	tell(screen, PTREE_FACT_COMPARED, 0, (struct ptree_fact){ 0 });
	expect_on_screen(screen, " U 17:46:40.000     300 now root  make -j4");
	expect_on_screen(screen, " T 17:46:40.000     300 traced by 201  make -j4");
	expect_on_screen(screen, " S 17:46:40.000     300 leads a new session  make -j4");
	expect_on_screen(screen, " D 17:46:40.000     300 begins a core dump  make -j4");
	expect_on_screen(screen, " ! 17:46:40.000         lost 1204 events\n");
	expect_on_screen(screen, " ! 17:46:40.000         compared with /proc after a loss\n");
}

static void narrow_screens_keep_what_happened_to_whom(void **state)
{
	struct screen *screen = *state;

	do_some(screen);
	resize(screen, 30, 40);
	expect_on_screen(screen, " †     400 ✗ exit 1 400ms  cc -c a.c\n");
	resize(screen, 30, 24);
	expect_on_screen(screen, " X     400 cc -c a.c\n");
}

static void ascii_draws_nothing_else(void **state)
{
	struct screen *screen = *state;
	char *text;

	screen->canvas->ascii_marks = true;
	do_some(screen);
	resize(screen, 40, 100);
	expect_events(screen, 1,
		      "-- events 1fork 2exec 3exit 4fail 5other ------------------------------"
		      "--------------------- tail --\n");
	expect_on_screen(screen, " F 17:46:39.100     400 fork of make");
	expect_on_screen(screen, " E 17:46:39.400     401 ok 100ms  fork of make");
	expect_on_screen(screen, " E 17:46:39.500     400 exit 1 400ms  /usr/bin/cc -c a.c");
	text = canvas_dump(screen->canvas);
	for (const char *at = text; *at; at++)
		assert_in_range((unsigned char)*at, '\n', '~');
	free(text);
}

static void it_says_why_it_is_empty(void **state)
{
	struct screen *screen = *state;

	resize(screen, 30, 80);
	expect_on_screen(screen, "polling /proc: what it finds between two looks shows here");
}

/* ---- where it is ---- */

static void low_screens_show_it_when_asked_and_the_lowest_as_a_page(void **state)
{
	struct screen *screen = *state;

	do_some(screen);
	resize(screen, 29, 80);
	expect_not_on_screen(screen, "1fork");
	type(screen, "v");
	expect_on_screen(screen, "1fork");
	expect_on_screen(screen, "PID USER");
	type(screen, "v");
	expect_not_on_screen(screen, "1fork");
	resize(screen, 30, 80);
	expect_not_on_screen(screen, "1fork"); /* it was sent away */
	resize(screen, 19, 80);
	type(screen, "v");
	expect_on_screen(screen, "1fork");
	expect_not_on_screen(screen, "PID USER");
	expect_on_screen(screen, "F1Help EnterProcess jkMove FTail 1-5Kinds");
	type(screen, "v");
	expect_on_screen(screen, "PID USER");
	type(screen, "Ev");
	assert_ptr_equal(open_kind(screen), &events_view_kind);
	type(screen, "C");
	assert_ptr_equal(open_kind(screen), &churn_view_kind);
}

static void the_layout_has_a_place_for_details_from_110_columns(void **state)
{
	const struct layout_wish wish = {
		.head_lines = 5, .has_last = true, .has_events = true, .has_details = true
	};
	struct canvas *canvas = canvas_new(40, 110, true);
	struct area screen = area_of(canvas);
	struct layout layout = layout_of(&screen, &wish);

	(void)state;
	assert_int_equal(layout.tree.cols + layout.border.cols + layout.details.cols, 110);
	assert_int_equal(layout.border.x, layout.tree.cols);
	assert_int_equal(layout.details.x, layout.tree.cols + 1);
	assert_int_equal(layout.details.rows, layout.tree.rows + layout.events.rows);
	assert_int_equal(layout.events.cols, layout.tree.cols);
	screen.cols = 109;
	assert_int_equal(layout_of(&screen, &wish).details.cols, 0);
	canvas_free(canvas);
}

static void the_border_is_dragged_and_the_tree_never_vanishes(void **state)
{
	struct screen *screen = *state;
	int y;

	do_some(screen);
	resize(screen, 40, 80);
	y = events_y(screen);
	mouse(screen, TERM_KEY_MOUSE_CLICK, y, 30);
	mouse(screen, TERM_KEY_MOUSE_DRAG, y - 5, 30);
	assert_int_equal(events_y(screen), y - 5);
	mouse(screen, TERM_KEY_MOUSE_DRAG, 0, 30);
	assert_true(screen->session.panes.layout.tree.rows >= 6);
	mouse(screen, TERM_KEY_MOUSE_DRAG, 39, 30);
	assert_true(screen->session.panes.layout.events.rows >= 4);
	mouse(screen, TERM_KEY_MOUSE_RELEASE, y + 2, 30);
	assert_int_equal(events_y(screen), y + 2);
	mouse(screen, TERM_KEY_MOUSE_DRAG, y - 5, 30);
	assert_int_equal(events_y(screen), y + 2);
}

static void tab_and_the_mouse_choose_who_takes_the_keys(void **state)
{
	struct screen *screen = *state;
	struct panes *panes = &screen->session.panes;

	resize(screen, 24, 80);
	press(screen, '\t');
	expect_on_screen(screen, "there is no other pane: v shows what happens");
	do_some(screen);
	resize(screen, 40, 80);
	press(screen, '\t');
	assert_ptr_equal(panes_top(panes), &panes->events->view);
	expect_on_screen(screen, "EnterProcess");
	press(screen, TERM_KEY_ESC);
	assert_ptr_equal(panes_top(panes), &panes->tree->view);
	mouse(screen, TERM_KEY_MOUSE_CLICK, events_y(screen) + 2, 30);
	assert_ptr_equal(panes_top(panes), &panes->events->view);
	assert_int_equal(panes->events->at, 1);
	mouse(screen, TERM_KEY_MOUSE_CLICK, first_line_of(screen, &panes->tree->view) + 1, 30);
	assert_ptr_equal(panes_top(panes), &panes->tree->view);
	press(screen, '\t');
	type(screen, "v"); /* who had the keys is gone */
	draw(screen);
	assert_ptr_equal(panes_top(panes), &panes->tree->view);
}

/* ---- what is shown of them ---- */

static void kinds_can_be_left_out_but_never_a_loss(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	do_some(screen);
	tell(screen, PTREE_FACT_LOST, 0, (struct ptree_fact){ .u.count = 7 });
	resize(screen, 40, 80);
	events = events_of(screen);
	assert_int_equal(events->count, 6);
	press(screen, '\t');
	type(screen, "1");
	assert_int_equal(events_of(screen)->count, 4);
	expect_on_screen(screen, " events 1- 2exec 3exit 4fail 5other ");
	type(screen, "235");
	assert_int_equal(events_of(screen)->count, 2);
	expect_on_screen(screen, "✗ exit 1");
	expect_on_screen(screen, "lost 7 events");
	type(screen, "4");
	assert_int_equal(events_of(screen)->count, 1);
	type(screen, "12345");
	assert_int_equal(events_of(screen)->count, 6);
}

static void they_keep_to_what_is_watched_and_matches_and_say_so(void **state)
{
	struct screen *screen = *state;

	do_some(screen);
	fork_ago(screen, 400, 110, 500);
	resize(screen, 40, 80);
	assert_int_equal(events_of(screen)->count, 6);
	type(screen, "110\rw");
	assert_int_equal(events_of(screen)->count, 1);
	expect_on_screen(screen, "5other under cron(110) ");
	press(screen, TERM_KEY_BACKSPACE);
	assert_int_equal(events_of(screen)->count, 6);
	type(screen, "\\a.c\r");
	assert_int_equal(events_of(screen)->count, 3);
	fork_ago(screen, 100, 300, 501);
	assert_int_equal(events_of(screen)->count, 3);
	exec_ago(screen, 50, 501, "as\0a.c", 7); /* what it forked as matches with it */
	assert_int_equal(events_of(screen)->count, 5);
	press(screen, '\t');
	type(screen, "\\\x15"
		     "cron\r");
	assert_ptr_equal(open_kind(screen), &events_view_kind);
	assert_int_equal(events_of(screen)->count, 1);
	type(screen, "w");
	assert_int_equal(screen->session.scene.scope.watch[0].items[0].pid, 500);
}

static void a_command_line_that_comes_late_is_matched_all_the_same(void **state)
{
	struct screen *screen = *state;
	struct ptree_tree *tree = screen->session.scene.world.tree;
	const struct ptree_image *image;

	resize(screen, 40, 80);
	type(screen, "\\a.c\r");
	fork_ago(screen, 5000, 300, 400);
	apply(screen, (struct ptree_event){ .kind = PTREE_EVENT_EXEC, .pid = 400, .tgid = 400 },
	      4000);
	assert_int_equal(events_of(screen)->count, 0);
	image = ptree_node_image(ptree_tree_find(tree, 400), 0);
	ptree_tree_set_argv(tree, id_of(screen, 400), image->begin_ns, image->begin_ns,
			    PTREE_ARGV_READ, "cc\0a.c", 7);
	assert_int_equal(events_of(screen)->count, 1);
}

static void the_newest_are_followed_until_somebody_goes_up(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;
	uint64_t number;
	size_t line;

	resize(screen, 40, 80);
	for (pid_t pid = 1000; pid < 1100; pid++)
		fork_ago(screen, 500, 300, pid);
	events = events_of(screen);
	assert_int_equal(events->at, 99);
	press(screen, '\t');
	type(screen, "kkk");
	number = events->at_number;
	line = events->at - events->top;
	for (pid_t pid = 1100; pid < 1200; pid++) {
		fork_ago(screen, 400, 300, pid);
		draw(screen);
		assert_true(events->at_number == number);
		assert_int_equal(events->at - events->top, line);
	}
	expect_on_screen(screen, " 100 newer ──");
	type(screen, "F");
	draw(screen);
	assert_int_equal(events->at, 199);
	type(screen, "F");
	fork_ago(screen, 300, 300, 1200);
	draw(screen);
	assert_int_equal(events->at, 199);
	type(screen, "Gj"); /* beyond the last one it follows again */
	fork_ago(screen, 300, 300, 1201);
	draw(screen);
	assert_int_equal(events->at, 201);
}

static void so_many_are_kept_and_no_more(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	resize(screen, 40, 80);
	draw(screen);
	for (pid_t pid = 1000; pid < 1000 + 2 * EVENTS_MAX; pid++) {
		fork_ago(screen, 500, 300, pid);
		if (pid % 100 == 0)
			draw(screen);
		if (pid == 1100) {
			press(screen, '\t');
			type(screen, "k");
		}
	}
	events = events_of(screen);
	assert_int_equal(events->count, EVENTS_MAX);
	assert_true(events->stays);
	assert_int_equal(events->at, 0); /* what it stayed on is gone: the oldest there is */
	assert_int_equal(events->events.missed, 0);
}

/* Beyond all that there are: what is the test's own matches no filter. */
#define STORM_PID 10000000

static void storm(struct screen *screen, pid_t from, pid_t to)
{
	for (pid_t pid = from; pid < to; pid++) {
		fork_ago(screen, 400, 110, pid);
		if (pid % 1000 == 0)
			panes_keep_up(&screen->session.panes);
	}
}

static void what_few_did_is_not_lost_among_what_many_do(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	resize(screen, 40, 80);
	do_some(screen);
	type(screen, "\\a.c\r");
	assert_int_equal(events_of(screen)->count, 3);
	storm(screen, STORM_PID, STORM_PID + 3 * EVENTS_MAX);
	events = events_of(screen);
	assert_int_equal(events->count, 3);
	expect_on_screen(screen, " F 17:46:39.100     400 ");
	expect_on_screen(screen, " X 17:46:39.200     400 /usr/bin/cc -c a.c");
	expect_on_screen(screen, " † 17:46:39.500     400 ✗ exit 1 400ms  /usr/bin/cc -c a.c");
	fork_ago(screen, 100, 300, 500);
	exec_ago(screen, 50, 500, "as\0a.c", 7);
	assert_int_equal(events_of(screen)->count, 5);
	press(screen, '\t');
	type(screen, "gg"); /* the oldest, and what it is about */
	assert_int_equal(events->at, 0);
	assert_int_equal(events_at(&events->events, events->list[0])->pid, 400);
	/* What was kept for another question is no answer. */
	type(screen, "\\\x15"
		     "cron\r");
	assert_int_equal(events_of(screen)->count, EVENTS_MAX - 2);
	type(screen, "\\\x15\r");
	assert_int_equal(events_of(screen)->count, EVENTS_MAX);
}

static void failures_are_kept_where_only_they_are_wanted(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	resize(screen, 40, 80);
	press(screen, '\t');
	type(screen, "1235");
	do_some(screen);
	assert_int_equal(events_of(screen)->count, 1);
	storm(screen, STORM_PID, STORM_PID + 3 * EVENTS_MAX);
	assert_int_equal(events_of(screen)->count, 1);
	expect_on_screen(screen, "† 17:46:39.500     400 ✗ exit 1 400ms  /usr/bin/cc -c a.c");
	/* No more of those, either, than there is memory for. */
	for (pid_t pid = 2 * STORM_PID; pid < 2 * STORM_PID + 3 * EVENTS_MAX; pid++) {
		fork_ago(screen, 400, 110, pid);
		exit_ago(screen, 300, pid, 1 << 8);
		if (pid % 1000 == 0)
			draw(screen);
	}
	events = events_of(screen);
	assert_in_range(events->count, EVENTS_MAX, EVENTS_LISTED_MAX);
	for (size_t i = 1; i < events->count; i++)
		assert_true(events->list[i - 1] < events->list[i]);
	for (size_t i = 0; i < events->count; i++)
		assert_int_equal(events_at(&events->events, events->list[i])->status, 1 << 8);
}

static void a_page_that_is_covered_keeps_up(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	resize(screen, 12, 80);
	type(screen, "v");
	fork_ago(screen, 500, 300, 999);
	draw(screen);
	press(screen, '\r'); /* to the process */
	events = screen->session.panes.events;
	assert_non_null(events);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	storm(screen, STORM_PID, STORM_PID + 59000);
	type(screen, "v");
	draw(screen);
	assert_int_equal(events->events.missed, 0);
	assert_true(events->events.end == 59001);
}

static void what_nobody_read_in_time_is_counted(void **state)
{
	struct screen *screen = *state;
	struct events_view *events;

	resize(screen, 40, 80);
	fork_ago(screen, 600, 300, 999);
	draw(screen);
	for (pid_t pid = 1000; pid < 60000; pid++)
		fork_ago(screen, 500, 300, pid);
	events = events_of(screen);
	assert_true(events->events.missed > 1000);
	assert_true(events->events.missed + events->events.end == 59001);
	expect_on_screen(screen, " not shown, tail ──");
}

/* ---- going there, and back ---- */

static void enter_goes_to_the_process_and_escape_back(void **state)
{
	static const int rows[] = { 40, 19 };
	struct screen *screen = *state;

	do_some(screen);
	for (size_t i = 0; i < 2; i++) {
		resize(screen, rows[i], 80);
		draw(screen);
		press(screen, rows[i] < 20 ? 'v' : '\t');
		assert_ptr_equal(open_kind(screen), &events_view_kind);
		type(screen, "ggj\r");
		draw(screen);
		assert_ptr_equal(open_kind(screen), &tree_view_kind);
		assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 400);
		type(screen, "kj");
		press(screen, TERM_KEY_ESC);
		assert_ptr_equal(open_kind(screen), &events_view_kind);
		assert_int_equal(events_of(screen)->at, 1);
		press(screen, '\r');
		type(screen, "t"); /* who has done something else has stayed there */
		press(screen, TERM_KEY_ESC);
		assert_ptr_equal(open_kind(screen), &tree_view_kind);
		type(screen, "t");
	}
}

static void there_is_no_going_to_what_nobody_keeps(void **state)
{
	struct screen *screen = *state;

	tell(screen, PTREE_FACT_LOST, 0, (struct ptree_fact){ .u.count = 7 });
	resize(screen, 40, 80);
	draw(screen);
	press(screen, '\t');
	press(screen, '\r');
	expect_on_screen(screen, "there is nothing to go to");
	assert_ptr_equal(open_kind(screen), &events_view_kind);
}

/* ---- while it is stopped ---- */

static void stopped_it_stands_still_and_goes_on_where_it_was(void **state)
{
	struct screen *screen = *state;
	char *before, *after;

	do_some(screen);
	resize(screen, 40, 80);
	type(screen, "Z"); /* what came since the last frame belongs to it */
	before = dump_rows(screen);
	assert_int_equal(events_of(screen)->count, 5);
	for (pid_t pid = 600; pid < 620; pid++)
		fork_ago(screen, 0, 300, pid);
	exit_ago(screen, 0, 300, 0);
	after = dump_rows(screen);
	assert_string_equal(before, after);
	assert_int_equal(events_of(screen)->count, 5);
	press(screen, '\t');
	type(screen, "1"); /* choosing works all the same */
	assert_int_equal(events_of(screen)->count, 3);
	type(screen, "1Z");
	assert_int_equal(events_of(screen)->count, 26);
	free(before);
	free(after);
}

static void what_happened_during_a_long_stop_is_told_when_it_goes_on(void **state)
{
	struct screen *screen = *state;

	do_some(screen);
	resize(screen, 40, 80);
	type(screen, "Z");
	draw(screen);
	fork_ago(screen, 0, 300, 600);
	screen->session.scene.moment.now_ns += 60 * S;
	type(screen, "Z");
	assert_int_equal(events_of(screen)->count, 6);
}

static void opened_while_stopped_it_tells_what_had_happened_by_then(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	do_some(screen);
	type(screen, "Z");
	draw(screen);
	fork_ago(screen, 0, 300, 600);
	type(screen, "v");
	assert_int_equal(events_of(screen)->count, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(a_high_screen_shows_what_happens_below_the_tree),
		SCREEN_TEST(what_else_happens_is_said_in_words),
		SCREEN_TEST(narrow_screens_keep_what_happened_to_whom),
		SCREEN_TEST(ascii_draws_nothing_else),
		SCREEN_TEST(it_says_why_it_is_empty),
		SCREEN_TEST(low_screens_show_it_when_asked_and_the_lowest_as_a_page),
		cmocka_unit_test(the_layout_has_a_place_for_details_from_110_columns),
		SCREEN_TEST(the_border_is_dragged_and_the_tree_never_vanishes),
		SCREEN_TEST(tab_and_the_mouse_choose_who_takes_the_keys),
		SCREEN_TEST(kinds_can_be_left_out_but_never_a_loss),
		SCREEN_TEST(they_keep_to_what_is_watched_and_matches_and_say_so),
		SCREEN_TEST(a_command_line_that_comes_late_is_matched_all_the_same),
		SCREEN_TEST(the_newest_are_followed_until_somebody_goes_up),
		SCREEN_TEST(so_many_are_kept_and_no_more),
		SCREEN_TEST(what_few_did_is_not_lost_among_what_many_do),
		SCREEN_TEST(failures_are_kept_where_only_they_are_wanted),
		SCREEN_TEST(a_page_that_is_covered_keeps_up),
		SCREEN_TEST(what_nobody_read_in_time_is_counted),
		SCREEN_TEST(enter_goes_to_the_process_and_escape_back),
		SCREEN_TEST(there_is_no_going_to_what_nobody_keeps),
		SCREEN_TEST(stopped_it_stands_still_and_goes_on_where_it_was),
		SCREEN_TEST(what_happened_during_a_long_stop_is_told_when_it_goes_on),
		SCREEN_TEST(opened_while_stopped_it_tells_what_had_happened_by_then),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
