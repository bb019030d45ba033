/* SPDX-License-Identifier: MIT */
/* What lies over the tree or stands in its place: pages, pickers, help; the title and the footer.
 */
#include "screen.h"

#include "views/head.h"

/* ---- the title ---- */

static char *title(struct screen *screen, int cols, const struct ptree_monitor_status *status)
{
	struct area area;
	char *text;

	resize(screen, 1, cols);
	area = area_of(screen->canvas);
	area_clear(&area);
	head_draw_first(&screen->session.scene, &area, status);
	text = canvas_dump(screen->canvas);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void expect_title(struct screen *screen, int cols, const struct ptree_monitor_status *status,
			 const char *wanted)
{
	char *text = title(screen, cols, status);

	if (!strstr(text, wanted))
		print_message("at %d: %s\nlacks: %s\n", cols, text, wanted);
	assert_non_null(strstr(text, wanted));
	free(text);
}

static long column_of(struct screen *screen, int cols, const struct ptree_monitor_status *status,
		      const char *wanted)
{
	char *text = title(screen, cols, status);
	const char *found = strstr(text, wanted);
	long column = found ? (long)text_width(text, (size_t)(found - text), true) : -1;

	free(text);
	return column;
}

static void what_was_missed_never_vanishes_from_the_title(void **state)
{
	const struct ptree_monitor_status some = {
		.state = PTREE_MONITOR_STALE, .lost = 1204332, .argv_late = 12, .unaccounted = 3
	};
	const struct ptree_monitor_status many = {
		.state = PTREE_MONITOR_LIVE, .lost = 123, .argv_late = 9999, .unaccounted = 12345
	};
	struct screen *screen = *state;

	for (int cols = 40; cols <= 200; cols++) {
		expect_title(screen, cols, &some, cols < 60 ? "lost 1M" : "lost 1,204,332");
		expect_title(screen, cols, &some, "late 12 ");
		expect_title(screen, cols, &some, "● STALE");
		expect_title(screen, cols, &some, cols < 110 ? "unacc 3" : "unaccounted 3");
		expect_title(screen, cols, &many, "lost 123");
		expect_title(screen, cols, &many, "late 9999");
		expect_title(screen, cols, &many, "12k");
	}
	expect_title(screen, 24, &some, "● STALE lost 1M +15");
	expect_title(screen, 24, &many, "● LIVE lost 123 +22344");
	expect_title(screen, 12, &many, "● lost 123");
	expect_title(screen, 80, &some, "load ");
}

static void nothing_in_the_title_moves_because_a_number_grew(void **state)
{
	static const struct ptree_monitor_status statuses[] = {
		{ .state = PTREE_MONITOR_LIVE },
		{ .state = PTREE_MONITOR_LIVE, .lost = 12 },
		{ .state = PTREE_MONITOR_STALE, .lost = 1204332 },
		{ .state = PTREE_MONITOR_DEAF, .lost = 1 },
		{ .state = PTREE_MONITOR_STARTING },
	};
	struct screen *screen = *state;

	for (int cols = 30; cols <= 200; cols += 10) {
		long dot = column_of(screen, cols, &statuses[0], "●");
		long lost = column_of(screen, cols, &statuses[0], "lost");
		long load = column_of(screen, cols, &statuses[0], "load");

		for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
			screen->session.scene.world.events_per_s = (unsigned)(i * i * i * 1000);
			assert_int_equal(column_of(screen, cols, &statuses[i], "●"), dot);
			assert_int_equal(column_of(screen, cols, &statuses[i], "lost"), lost);
			assert_int_equal(column_of(screen, cols, &statuses[i], "load"), load);
		}
		screen->session.scene.world.events_per_s = 0;
	}
}

static void on_the_narrowest_screens_the_state_is_all_there_is(void **state)
{
	const struct ptree_monitor_status live = { .state = PTREE_MONITOR_LIVE };
	const struct ptree_monitor_status polling = { .state = PTREE_MONITOR_POLLING };
	struct screen *screen = *state;

	expect_title(screen, 40, &live, "proctop");
	expect_title(screen, 20, &live, "● LIVE lost 0");
	expect_title(screen, 20, &polling, "● POLLING");
	expect_title(screen, 1, &live, "●");
}

static void the_meters_say_their_words_at_80_columns(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	expect_on_screen(screen, " fork/s    0            running    ?  zombies    0\n");
	expect_on_screen(screen, " exec/s    0            pressure unknown\n");
	screen->session.panes.tree->choice.exited = JOBS_STAY;
	expect_on_screen(screen, "GONE all stay");
}

/* ---- help ---- */

static void the_help_begins_with_what_people_do_every_day(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "?");
	expect_lines(screen, 0, 13,
		     " proctop: help\n"
		     " Every day\n"
		     "   \\           only what matches, with its place\n"
		     "   w Backspace only the selected subtree; back\n"
		     "   h l         fold, unfold; z1: only the tops\n"
		     "   P M T I     who uses most; again: as before\n"
		     "   x E C       the gone; what failed; who spawns\n"
		     "   Enter F9 Space all of it; a signal; a tag\n"
		     "   u t b       one user; a list; in groups\n"
		     "\n"
		     " From htop: its key, the one here\n"
		     "   k   F9      a signal to it\n"
		     "   h   F1      what you read\n");
}

static void the_help_has_two_columns_where_there_is_room(void **state)
{
	struct screen *screen = *state;

	resize(screen, 130, 100);
	type(screen, "?");
	expect_on_screen(screen, "Every day");
	expect_on_screen(screen, "exits without the kernel's record");
	resize(screen, 24, 100);
	type(screen, "G");
	expect_on_screen(screen, "exits without the kernel's record");
	type(screen, "gg");
	expect_on_screen(screen, "Every day");
}

/* ---- failures ---- */

static void fail_child(struct screen *screen, uint64_t ago_ms, pid_t parent, pid_t pid,
		       const char *argv, size_t size, uint32_t status)
{
	struct ptree_event named = { .kind = PTREE_EVENT_COMM, .pid = pid, .tgid = pid };
	const char *slash = strrchr(argv, '/');

	fork_ago(screen, ago_ms + 100, parent, pid);
	exec_ago(screen, ago_ms + 90, pid, argv, size);
	snprintf(named.u.comm, sizeof(named.u.comm), "%.15s", slash ? slash + 1 : argv);
	apply(screen, named, ago_ms + 90);
	exit_ago(screen, ago_ms, pid, status);
}

#define FAIL(screen, ago_ms, parent, pid, argv, status)                                            \
	fail_child(screen, ago_ms, parent, pid, argv, sizeof(argv), status)

static void fail_some(struct screen *screen)
{
	FAIL(screen, 9000, 300, 400, "cc\0a.c", 1 << 8);
	for (pid_t i = 0; i < 41; i++)
		FAIL(screen, 5500 - 100 * (uint64_t)i, 201, 500 + i, "flaky\0-x", 203 << 8);
	FAIL(screen, 700, 110, 600, "/usr/sbin/job", 11);
}

static void failures_that_are_alike_share_a_line(void **state)
{
	struct screen *screen = *state;

	fail_some(screen);
	resize(screen, 12, 80);
	type(screen, "E");
	expect_lines(
	    screen, 1, 6,
	    "what failed, the newest first\n"
	    "       HOW                    LAST  COMMAND, of the newest\n"
	    ">   ×1 killed by SIGSEGV       now /usr/sbin/job                       init›cron\n"
	    "   ×41 exit 203                 1s flaky -x                  init›sshd›sshd›bash\n"
	    "    ×1 exit 1                   9s cc a.c               init›sshd›sshd›bash›make\n"
	    "\n");
	resize(screen, 9, 40);
	expect_lines(screen, 0, 5,
		     "what failed, the newest first\n"
		     "       HOW        LAST  COMMAND\n"
		     ">   ×1 SIGSEGV      now /usr/sbi…  …cron\n"
		     "   ×41 exit 203      1s flaky -x   …bash\n"
		     "    ×1 exit 1        9s cc a.c     …make\n");
}

static void a_group_opens_and_its_single_ones_lead_to_the_tree(void **state)
{
	struct screen *screen = *state;

	fail_some(screen);
	resize(screen, 14, 80);
	type(screen, "Ej\r");
	assert_int_equal(page_of(screen)->count, 41);
	expect_on_screen(screen, "what failed alike");
	expect_on_screen(screen, "    540 100ms exit 203              flaky -x");
	type(screen, "j\x1b");
	assert_ptr_equal(open_kind(screen), &failures_view_kind);
	assert_int_equal(page_of(screen)->count, 3);
	assert_int_equal(page_of(screen)->at, 1);
	type(screen, "\rj\r");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	draw(screen);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 539);
	type(screen, "E\r");
	draw(screen);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 600);
}

static void pages_keep_to_what_is_watched_and_matches_and_say_so(void **state)
{
	static const uint32_t stranger = 4711;
	struct screen *screen = *state;

	fail_some(screen);
	resize(screen, 14, 80);
	type(screen, "100\rw\\cc\rE");
	expect_on_screen(screen, "what failed, the newest first under sshd(100), matching cc\n");
	assert_int_equal(page_of(screen)->count, 1);
	resize(screen, 14, 40);
	expect_on_screen(screen, "what failed under sshd(100), matching cc\n");
	resize(screen, 14, 32);
	expect_on_screen(screen, "what failed under sshd(100), ma…\n");
	resize(screen, 14, 80);
	type(screen, "q\x1b"
		     "E");
	assert_int_equal(page_of(screen)->count, 2);
	type(screen, "q\\nothing\rE");
	expect_on_screen(screen, "nothing has failed under sshd(100), matching nothing\n");
	type(screen, "C");
	expect_on_screen(screen, "nobody forks under sshd(100), matching nothing\n");
	type(screen, "q\x1b");
	scope_set_users(&screen->session.scene.scope, &stranger, 1);
	type(screen, "E");
	assert_int_equal(page_of(screen)->count, 0);
}

static void while_paused_a_page_shows_what_was_there(void **state)
{
	struct screen *screen = *state;

	fail_some(screen);
	resize(screen, 20, 80);
	type(screen, "Z");
	screen->session.scene.moment.now_ns += 5 * S;
	FAIL(screen, (uint64_t)-3000, 110, 601, "late", 1 << 8);
	FAIL(screen, (uint64_t)-3000, 110, 602, "/usr/sbin/job", 11);
	type(screen, "E");
	expect_on_screen(screen, "×41 exit 203");
	expect_on_screen(screen, " ×1 killed by SIGSEGV       now");
	assert_int_equal(page_of(screen)->count, 3);
	type(screen, "q");
	type(screen, "Z");
	type(screen, "E");
	expect_on_screen(screen, " ×2 killed by SIGSEGV");
	assert_int_equal(page_of(screen)->count, 4);
}

/* ---- spawners ---- */

static void loop_for_a_while(struct screen *screen)
{
	struct ptree_tree *tree = screen->session.scene.world.tree;
	const uint64_t now_ns = screen->session.scene.moment.now_ns;

	for (pid_t i = 0; i < 32; i++) {
		uint64_t ago_ms = 33000 - 1000 * (uint64_t)i;

		FAIL(screen, ago_ms, 201, 700 + i, "/usr/lib/restart-for-ever\0-x", 203 << 8);
		ptree_tree_tick(tree, now_ns - ago_ms * 1000000);
	}
	for (pid_t i = 0; i < 5; i++)
		fork_ago(screen, 500, 110, 800 + i);
	ptree_tree_tick(tree, now_ns);
}

static void a_restart_loop_is_told_whole_and_before_the_command(void **state)
{
	static const int widths[] = { 160, 120, 80, 66, 60, 48 };
	struct screen *screen = *state;

	loop_for_a_while(screen);
	type(screen, "C");
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		resize(screen, 12, widths[i]);
		expect_on_screen(screen, "↻ ×32 exit 203 restart-for-eve");
		expect_on_screen(screen, widths[i] < 60 ? "/1.00s" : "every 1.00s");
	}
	resize(screen, 12, 160);
	expect_on_screen(screen, "every 1.00s  -bash");
	resize(screen, 12, 40);
	expect_on_screen(screen, "    201 ↻ ×32 exit 203 restart-for-eve");
}

static void while_paused_the_spawners_are_those_of_then(void **state)
{
	struct screen *screen = *state;
	char *before, *after;

	loop_for_a_while(screen);
	resize(screen, 12, 80);
	type(screen, "ZC");
	draw(screen);
	before = canvas_dump(screen->canvas);
	screen->session.scene.moment.now_ns += 30 * S;
	for (pid_t i = 0; i < 500; i++)
		fork_ago(screen, (uint64_t)-29000, 100, 900 + i);
	ptree_tree_tick(screen->session.scene.world.tree, screen->session.scene.moment.now_ns);
	screen->session.scene.world.ticks++;
	draw(screen);
	after = canvas_dump(screen->canvas);
	assert_string_equal(strchr(before, '\n'), strchr(after, '\n'));
	assert_non_null(strstr(before, "↻ ×32 exit 203"));
	free(before);
	free(after);
}

/* ---- the footer ---- */

static void the_footer_takes_the_width_that_there_is(void **state)
{
	static const struct {
		int cols;
		const char *keys, *text;
	} cases[] = {
		{ 80, "",
		  "F1Help /Find \\Filter wWatch EnterDetails hlFold PSort F9Kill xGone ZStop "
		  "qQuit" },
		{ 40, "", "F1Help /Find \\Filter wWatch qQuit" },
		{ 12, "", "F1Help qQuit" },
		{ 80, "E", "F1Help EnterOpen jkMove CChurn EError iMissed EscBack" },
		{ 80, "\r", "F1Help hlTab jkScroll eEnv oFiles sSecrets PgDnPage F9Kill EscBack" },
		{ 80, "?", "jkScroll PgDnPage EscBack" },
		{ 80, "s", "EnterChoose jkMove F1Help EscBack" },
	};
	struct screen *screen = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		resize(screen, 24, cases[i].cols);
		close_all(screen);
		type(screen, cases[i].keys);
		expect_on_screen(screen, cases[i].text);
	}
}

/* ---- pickers ---- */

static void a_list_to_choose_from_has_a_frame_and_covers_what_is_below(void **state)
{
	struct screen *screen = *state;

	resize(screen, 12, 60);
	type(screen, "sj");
	expect_lines(screen, first_line_of(screen, &screen->session.panes.tree->view), 9,
		     ">       1 ro┌ sort siblings by ────────────────┐\n"
		     "      100 ro│  birth                           │D\n"
		     "      200 ro│> CPU                             │\n"
		     "      201 ro│  memory                          │\n"
		     "      300 ro│  CPU time                        │\n"
		     "      110 ro│  threads                         │\n"
		     "        2 ro│  pid                             │\n"
		     "            └────────────────────────── 2 of 8 ┘\n"
		     "EnterChoose jkMove F1Help EscBack\n");
	type(screen, "qu");
	expect_on_screen(screen, "┌ whose processes ─");
	expect_on_screen(screen, "│> everybody                       │");
	expect_on_screen(screen, "│  root                          6 │");
}

static void on_a_small_screen_the_list_takes_what_there_is(void **state)
{
	struct screen *screen = *state;

	resize(screen, 6, 20);
	type(screen, "sG");
	expect_lines(screen, 0, 6,
		     "┌ sort siblings by ┐\n"
		     "│  threads         │\n"
		     "│  pid             │\n"
		     "│  user            │\n"
		     "│> command         │\n"
		     "└────────── 8 of 8 ┘\n");
	resize(screen, 3, 12);
	expect_lines(screen, 0, 3,
		     "  pid\n"
		     "  user\n"
		     "> command\n");
	resize(screen, 1, 4);
	expect_lines(screen, 0, 1, "> c…\n");
}

/* ---- what is cut ---- */

static bool has_word(const char *text, const char *word)
{
	while ((text = strstr(text, word))) {
		text += strlen(word);
		if (!*text || strchr(" ,\n", *text))
			return true;
	}
	return false;
}

/* At 40 columns a line ends in a word that is one at 300, too, or in a mark. */
static void expect_cuts_marked(struct screen *screen, int from)
{
	char *wide, *narrow, *line, *save, *mark;

	resize(screen, 10, 300);
	draw(screen);
	wide = canvas_dump(screen->canvas);
	resize(screen, 10, 40);
	draw(screen);
	narrow = canvas_dump(screen->canvas);
	for (line = strtok_r(narrow, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (from-- > 0)
			continue;
		mark = strrchr(line, ' ');
		mark = mark ? mark + 1 : line;
		if (!strstr(line, "…") && !has_word(wide, mark))
			fail_msg("cut without a mark: %s", line);
	}
	free(wide);
	free(narrow);
}

static void what_a_page_cuts_is_marked(void **state)
{
	static const char *const keys[] = { "i", "C", "E" };
	static const char argv[] = "/usr/bin/a-program-with-a-long-name\0and\0arguments, too";
	struct screen *screen = *state;

	exec_ago(screen, 700, 300, argv, sizeof(argv));
	for (int i = 0; i < 40; i++) {
		fork_ago(screen, 3000, 300, 600 + i);
		exit_ago(screen, 2000, 600 + i, 3 << 8);
	}
	ptree_tree_tick(screen->session.scene.world.tree, NOW_NS);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		type(screen, keys[i]);
		expect_cuts_marked(screen, 1);
		close_all(screen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(what_was_missed_never_vanishes_from_the_title),
		SCREEN_TEST(nothing_in_the_title_moves_because_a_number_grew),
		SCREEN_TEST(on_the_narrowest_screens_the_state_is_all_there_is),
		SCREEN_TEST(the_meters_say_their_words_at_80_columns),
		SCREEN_TEST(the_help_begins_with_what_people_do_every_day),
		SCREEN_TEST(the_help_has_two_columns_where_there_is_room),
		SCREEN_TEST(failures_that_are_alike_share_a_line),
		SCREEN_TEST(a_group_opens_and_its_single_ones_lead_to_the_tree),
		SCREEN_TEST(pages_keep_to_what_is_watched_and_matches_and_say_so),
		SCREEN_TEST(while_paused_a_page_shows_what_was_there),
		SCREEN_TEST(a_restart_loop_is_told_whole_and_before_the_command),
		SCREEN_TEST(while_paused_the_spawners_are_those_of_then),
		SCREEN_TEST(the_footer_takes_the_width_that_there_is),
		SCREEN_TEST(a_list_to_choose_from_has_a_frame_and_covers_what_is_below),
		SCREEN_TEST(on_a_small_screen_the_list_takes_what_there_is),
		SCREEN_TEST(what_a_page_cuts_is_marked),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
