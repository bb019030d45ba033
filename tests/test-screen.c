/* SPDX-License-Identifier: MIT */
/* The tree on the screen, and what keys do to it. */
#include "screen.h"

#include "model/field.h"
#include "ui/by-name.h"
#include "ui/value.h"
#include "views/row.h"

/* ---- what it looks like ---- */

static void the_tree_stands_in_order_of_birth_with_kernel_threads_folded(void **state)
{
	expect_rows(*state, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└▾ sshd: alice [priv]\n"
			    "      201 root   58m20 │ └▾ -bash\n"
			    "      300 root    1m10 │  └─ make -j4\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
}

static void changes_are_told_by_letters_and_words(void **state)
{
	struct screen *screen = *state;

	fork_ago(screen, 9000, 300, 404); /* over, and no longer lingering */
	exit_ago(screen, 8000, 404, 0);
	fork_ago(screen, 900, 300, 400);
	fork_ago(screen, 800, 300, 401);
	exec_ago(screen, 700, 401, "/usr/bin/cc\0-c\0a.c", 19);
	fork_ago(screen, 600, 300, 402);
	exit_ago(screen, 500, 402, 1 << 8);
	fork_ago(screen, 400, 300, 403);
	exit_ago(screen, 100, 403, 0);
	type(screen, "jjjj");
	expect_rows(screen, "        1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└▾ sshd: alice [priv]\n"
			    "      201 root   58m20 │ └▾ -bash\n"
			    ">     300 root    1m10 │  └▾ make -j4  †1 make×1\n"
			    " F    400 root    0.9s │   ├─ ⑂ make\n"
			    " X    401 root    0.8s │   ├─ /usr/bin/cc -c a.c\n"
			    " †    402 root   0.10s │   ├─ ⑂ make  ✗ exit 1\n"
			    " †    403 root   0.30s │   └─ ⑂ make  ✓\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
}

/* Nobody accounts here; the children's times that the parent waited for stand in, marked. */
static void what_the_gone_cost_is_told_by_who_waited_where_nobody_accounts(void **state)
{
	struct screen *screen = *state;
	struct ptree_tree *tree = screen->session.scene.world.tree;
	struct ptree_process process = { .pid = 300,
					 .tgid = 300,
					 .ppid = 201,
					 .state = 'S',
					 .read_ns = NOW_NS - S / 100,
					 .waited_cpu_ns = 41200 * (S / 1000) };

	fork_ago(screen, 9000, 300, 404);
	exit_ago(screen, 8000, 404, 0);
	process.start_ns = ptree_node_begin_ns(ptree_tree_find(tree, 300));
	assert_int_equal(ptree_tree_sample(tree, &process), 0);
	expect_on_screen(screen, "make -j4  †1 ~41s make×1");
}

static void a_folded_parent_counts_and_glows(void **state)
{
	struct screen *screen = *state;
	const struct rows *rows;
	uint8_t change;

	type(screen, "jjjh");
	expect_rows(screen, "        1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└▾ sshd: alice [priv]\n"
			    ">     201 root   58m20 │ └▸ -bash [+1]\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
	fork_ago(screen, 100, 300, 400);
	draw(screen);
	rows = screen->session.panes.tree->rows;
	assert_true(rows_changed_ns(rows, rows_at(rows, 3), &change) == NOW_NS - S / 10);
	assert_int_equal(change, PTREE_CHANGE_FORKED);
	assert_int_equal(tree_view_glow(screen->session.panes.tree, NOW_NS - S / 10), GLOW_LEVELS);
	type(screen, "h");
	expect_rows(screen, "        1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    ">     200 root   1h00m │└▾ sshd: alice [priv]\n"
			    " F    201 root   58m20 │ └▸ -bash [+2]\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
}

static void folding_all_and_by_depth(void **state)
{
	struct screen *screen = *state;

	type(screen, "zM");
	expect_rows(screen, ">       1 root      2d ▸ /sbin/init splash [+5]\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
	type(screen, "z2");
	expect_rows(screen, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▸ sshd: /usr/sbin/sshd -D [+3]\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
	type(screen, "zR");
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 9);
}

static void a_filter_keeps_the_place_of_what_matches(void **state)
{
	struct screen *screen = *state;

	type(screen, "\\make\r");
	expect_rows(screen, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h └▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m  └▾ sshd: alice [priv]\n"
			    "      201 root   58m20   └▾ -bash\n"
			    "      300 root    1m10    └─ make -j4\n");
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).matching, 1);
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).context, 4);
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).left_out, 4);
	assert_true(rows_at(screen->session.panes.tree->rows, 0)->is_context);
	assert_false(rows_at(screen->session.panes.tree->rows, 4)->is_context);
	type(screen, "\\\025kworker\r"); /* ^U clears the line */
	expect_rows(screen, ">       2 root      2d ▾ [kthreadd]\n"
			    "        3 root      2d ├─ [kworker/0:0]\n"
			    "        4 root      2d └─ [kworker/0:1]\n");
}

static void what_is_over_and_matches_is_counted_apart(void **state)
{
	struct screen *screen = *state;

	exit_ago(screen, 500, 110, 2 << 8);
	type(screen, "\\cron\r");
	expect_on_screen(screen, "0 match +1 gone +1 anc, 7 hidden");
	expect_on_screen(screen, "/usr/sbin/cron -f  ✗ exit 2");
	type(screen, "\\\025sshd\r");
	expect_on_screen(screen, "2 match +1 anc, 5 hidden");
}

static void a_filter_acts_while_one_types_and_escape_takes_it_back(void **state)
{
	struct screen *screen = *state;

	type(screen, "\\cron");
	expect_rows(screen, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n");
	type(screen, "\033");
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 7);
	assert_string_equal(screen->session.scene.scope.filter_text, "");
}

static void a_wrong_filter_says_so_and_the_last_good_one_stays(void **state)
{
	struct screen *screen = *state;

	type(screen, "\\cron\r\\ pid:x");
	assert_true(screen->session.filter_error.text[0]);
	assert_string_equal(screen->session.scene.scope.filter_text, "cron pid");
	type(screen, "\r");
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_FILTER);
	type(screen, "\033");
	assert_string_equal(screen->session.scene.scope.filter_text, "cron");
}

/* What stands in the line is one thing, what is in force another one. */
static void of_a_wrong_filter_it_is_said_that_it_is_not_in_force(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "\\cron pid:x");
	expect_lines(screen, 2, 1, "FILTER STILL cron pid  0 match, 9 hidden\n");
	expect_lines(screen, 7, 3,
		     "not in force: expected a process's\n"
		     "number after 'pid:'\n"
		     "filter: cron pid:x\n");
	press(screen, TERM_KEY_BACKSPACE);
	expect_lines(screen, 2, 1, "FILTER STILL cron pid  0 match, 9 hidden\n");
	type(screen, "110");
	expect_lines(screen, 2, 1, "FILTER cron pid:110    1 match, 7 hidden\n");
	type(screen, "x\033");
	expect_lines(screen, 2, 1, "      PID   AGE COMMAND\n");
	resize(screen, 24, 80);
	type(screen, "\\cron pid:x");
	expect_on_screen(screen, "FILTER STILL cron pid ");
	expect_on_screen(screen, "filter: cron pid:x       not in force: expected a process's "
				 "number after 'pid:'");
	resize(screen, 50, 160);
	expect_on_screen(screen, "FILTER STILL cron pid ");
	expect_on_screen(screen, "not in force: expected a process's number after 'pid:'\n");
}

/* Nothing that was typed was ever right. */
static void without_a_filter_in_force_it_is_said_so(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "\\(");
	expect_lines(screen, 7, 2, "not in force: this is not closed:\nexpected a ')'\n");
	expect_lines(screen, 2, 1, ">       1    2d ▾ /sbin/init splash\n");
	type(screen, "\033");
	say(screen, "filter pid:x");
	expect_on_screen(screen, "expected a process's number after 'pid:'");
	type(screen, "\033");
	type(screen, "\\cron\r");
	expect_on_screen(screen, "FILTER cron ");
}

/* Whose it is, what it matches and how many do: none of it pushes another out. */
static void a_narrow_scope_line_has_a_part_of_each(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "\\bash\r");
	expect_lines(screen, 2, 1, "FILTER bash            1 match, 5 hidden\n");
	type(screen, "\\\025cmd:sshd user:root | bash\r");
	say(screen, "watch 100");
	expect_lines(screen, 2, 1, "WATCH sshd(100) FILTER cmd:sshd… 3 match\n");
	type(screen, "t");
	expect_lines(screen, 2, 1, "WATCH ssh… FILTER cmd… LIST by … 3 match\n");
	screen->canvas->ascii_marks = true;
	expect_lines(screen, 2, 1, "WATCH ssh~ FILTER cmd~ LIST by ~ 3 match\n");
	resize(screen, 10, 24);
	expect_lines(screen, 2, 1, "WATCH ssh~ FILT~ 3 match\n");
	resize(screen, 24, 80);
	expect_lines(
	    screen, 5, 1,
	    "WATCH sshd(100) FILTER cmd:sshd user:root ~ LIST by pid 3 match +0 anc, 1 hidden\n");
}

static bool is_reverse(struct screen *screen, int y, int x)
{
	draw(screen);
	return canvas_cell(screen->canvas, y, x)->style.attrs & STYLE_REVERSE;
}

static void where_a_filter_is_wrong_is_marked(void **state)
{
	struct screen *screen = *state;
	int y = screen->canvas->rows - 1;

	type(screen, "\\cron rss>x");
	assert_true(is_reverse(screen, y, 8 + 9));
	assert_false(is_reverse(screen, y, 8 + 8));
	type(screen, "\x15(a"); /* the one that is open */
	assert_true(is_reverse(screen, y, 8));
	type(screen, "\x15user:"); /* behind the last */
	assert_true(is_reverse(screen, y, 8 + 5));
	type(screen, "\x15"
		     "cron");
	for (int x = 8; x < 20; x++)
		assert_false(is_reverse(screen, y, x));
}

/* Nothing that happens to a process makes it older. */
static void a_filter_of_age_follows_the_time(void **state)
{
	struct screen *screen = *state;

	fork_ago(screen, 500, 300, 400);
	type(screen, "\\age<5s\r");
	expect_on_screen(screen, "1 match ");
	screen->session.scene.moment.now_ns += UINT64_C(3000000000);
	screen->session.scene.world.ticks++;
	expect_on_screen(screen, "1 match ");
	screen->session.scene.moment.now_ns += UINT64_C(3000000000);
	screen->session.scene.world.ticks++;
	expect_on_screen(screen, "0 match ");
}

#ifdef HAVE_PCRE2
static void a_search_can_be_a_regular_expression(void **state)
{
	struct screen *screen = *state;

	type(screen, "/~ss?hd.*-D|cron");
	expect_on_screen(screen, ">     100 root");
	type(screen, "\rn");
	expect_on_screen(screen, ">     110 root");
	type(screen, "N");
	expect_on_screen(screen, ">     100 root");
	type(screen, "/~(ss");
	expect_on_screen(screen, "missing closing parenthesis");
	type(screen, "\033/~"); /* not yet one */
	draw(screen);
	assert_string_equal(screen->session.panes.tree->search.error, "");
}

static void all_that_it_finds_is_marked(void **state)
{
	struct screen *screen = *state;
	int y = 0;

	type(screen, "/~s.h\r");
	draw(screen);
	while (y < screen->canvas->rows && canvas_cell(screen->canvas, y, 0)->bytes[0] != '>')
		y++;
	for (int x = 0, marked = 0; x <= screen->canvas->cols; x++) {
		const struct cell *cell = canvas_cell(screen->canvas, y, x);

		if (cell && cell->style.attrs & STYLE_UNDERLINE)
			marked++;
		else if (marked)
			assert_int_equal(marked, 3);
		marked = cell && cell->style.attrs & STYLE_UNDERLINE ? marked : 0;
	}
}
#endif

static void search_unfolds_to_what_it_finds(void **state)
{
	struct screen *screen = *state;

	type(screen, "zM/make\r");
	expect_rows(screen, "        1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└▾ sshd: alice [priv]\n"
			    "      201 root   58m20 │ └▾ -bash\n"
			    ">     300 root    1m10 │  └─ make -j4\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▸ [kthreadd] [+2]\n");
	type(screen, "/sshd\rn");
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 200);
	type(screen, "N");
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 100);
}

static void a_search_that_finds_nothing_says_so(void **state)
{
	struct screen *screen = *state;
	char *text;

	screen->session.scene.moment.now_ns = ptree_boot_now_ns(); /* by which messages go */
	type(screen, "/zzz");
	draw(screen);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "/zzz"));
	assert_non_null(strstr(text, "not found"));
	free(text);
	type(screen, "\r");
	draw(screen);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "not found: zzz"));
	screen->session.scene.moment.now_ns += 5 * S;
	draw(screen);
	free(text);
	text = canvas_dump(screen->canvas);
	assert_null(strstr(text, "not found"));
	assert_non_null(strstr(text, "F1Help"));
	free(text);
}

static void watching_shows_one_subtree_and_goes_back(void **state)
{
	struct screen *screen = *state;

	type(screen, "jjw");
	expect_rows(screen, ">     200 root   1h00m ▾ sshd: alice [priv]\n"
			    "      201 root   58m20 └▾ -bash\n"
			    "      300 root    1m10  └─ make -j4\n");
	input_key(&screen->keys, &screen->session, &(struct key){ .code = TERM_KEY_BACKSPACE });
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 7);
}

static void an_empty_watch_says_what_it_waits_for(void **state)
{
	struct screen *screen = *state;
	const struct watch_item item = { .name = "postgres" };

	session_watch_only(&screen->session, &item);
	expect_rows(screen, "  waiting for a process named postgres\n");
	fork_ago(screen, 100, 1, 500);
	exec_ago(screen, 50, 500, "/usr/lib/postgres\0-D", 21);
	expect_rows(screen, ">X    500 root    0.1s   /usr/lib/postgres -D\n");
}

static void an_orphan_remembers_who_forked_it(void **state)
{
	struct screen *screen = *state;

	fork_ago(screen, 5000, 201, 400);
	exit_ago(screen, 4000, 201, 0);
	assert_int_equal(ptree_tree_adopt(screen->session.scene.moment.tree, 400, 1), 0);
	type(screen, "zR");
	draw(screen);
	type(screen, "/zzz\033");
	expect_rows(screen, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└─ sshd: alice [priv]  †1 bash×1\n"
			    "      110 root     24h ├─ /usr/sbin/cron -f\n"
			    "      300 root    1m10 ├─ make -j4\n"
			    "      400 root    5.0s └─ ⑂ bash  ⤴ was bash(201)†\n"
			    "        2 root      2d ▾ [kthreadd]\n"
			    "        3 root      2d ├─ [kworker/0:0]\n"
			    "        4 root      2d └─ [kworker/0:1]\n");
	type(screen, "L");
	expect_rows(screen, ">       1 root      2d ▾ /sbin/init splash\n"
			    "      100 root     24h ├▾ sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m │└▾ sshd: alice [priv]\n"
			    " †    201 root   58m16 │ └▾ -bash  ✓\n"
			    "      300 root    1m10 │  ├─ make -j4\n"
			    "      400 root    5.0s │  └─ ⑂ bash\n"
			    "      110 root     24h └─ /usr/sbin/cron -f\n"
			    "        2 root      2d ▾ [kthreadd]\n"
			    "        3 root      2d ├─ [kworker/0:0]\n"
			    "        4 root      2d └─ [kworker/0:1]\n");
}

static void a_cut_command_says_so_and_keeps_what_stands_behind_it(void **state)
{
	struct screen *screen = *state;
	char argv[] = "/usr/bin/cc -c one.c two.c three.c four.c five.c six.c seven.c";

	fork_ago(screen, 5000, 201, 400);
	exec_ago(screen, 4900, 400, argv, sizeof(argv));
	fork_ago(screen, 4800, 400, 401);
	exit_ago(screen, 4000, 201, 0);
	assert_int_equal(ptree_tree_adopt(screen->session.scene.moment.tree, 400, 1), 0);
	resize(screen, 20, 70);
	type(screen, "z2");
	expect_rows(screen,
		    ">       1 root   S         2d ▾ /sbin/init splash\n"
		    "      100 root   S        24h ├▸ sshd: /usr/sbin/sshd -D [+1]  †1\n"
		    "      110 root   S        24h ├─ /usr/sbin/cron -f\n"
		    "      300 root   S       1m10 ├─ make -j4\n"
		    "      400 root           5.0s └▸ cc -c one.c two.c three.c four.… [+1]\n"
		    "        2 root   S         2d ▸ [kthreadd] [+2]\n");
}

static void until_a_key_is_pressed_the_top_stays_selected(void **state)
{
	struct screen *screen = *state;
	const struct watch_item cron = { .name = "cron" };

	for (int i = 0; i < 2; i++) {
		session_watch_only(&screen->session, &cron);
		draw(screen);
		assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 110);
		screen->session.panes.tree->cursor.is_held = i == 1;
		session_watch_back(&screen->session);
		draw(screen);
		assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, i == 0 ? 1 : 110);
	}
}

static void of_whom_nothing_is_known_nothing_is_said(void **state)
{
	struct screen *screen = *state;
	char *text;

	apply(screen, (struct ptree_event){ .kind = PTREE_EVENT_EXEC, .pid = 999, .tgid = 999 },
	      100);
	exit_ago(screen, 50, 999, 0);
	text = dump_rows(screen);
	assert_memory_equal(text, ">       1 root", 14);
	assert_non_null(strstr(text, "\n †    999 "));
	assert_null(strstr(text, "was ?"));
	free(text);
}

static void lists_exited_ones_and_kernel_threads_can_be_chosen(void **state)
{
	struct screen *screen = *state;

	exit_ago(screen, 9000, 110, 2 << 8);
	type(screen, "K");
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 5);
	type(screen, "xxt");
	draw(screen);
	expect_rows(screen, ">       1 root      2d   /sbin/init splash\n"
			    "      100 root     24h   sshd: /usr/sbin/sshd -D\n"
			    " †    110 root     23h   /usr/sbin/cron -f  ✗ exit 2\n"
			    "      200 root   1h00m   sshd: alice [priv]\n"
			    "      201 root   58m20   -bash\n"
			    "      300 root    1m10   make -j4\n");
}

static void threads_are_rows_of_their_own(void **state)
{
	struct screen *screen = *state;
	struct ptree_event event = { .kind = PTREE_EVENT_FORK,
				     .pid = 301,
				     .tgid = 300,
				     .parent_pid = 201,
				     .parent_tgid = 201 };

	apply(screen, event, 60000);
	type(screen, "jjjjH");
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 8);
	type(screen, "j");
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 301);
	assert_true(tree_view_row(screen->session.panes.tree)->is_thread);
}

static void the_selected_row_does_not_move_under_the_hand(void **state)
{
	struct screen *screen = *state;
	uint64_t id;
	uint32_t line;

	resize(screen, 10, 60);
	for (pid_t pid = 1000; pid < 1030; pid++)
		fork_ago(screen, 50000, 110, pid);
	type(screen, "Gkkkk");
	draw(screen);
	id = screen->session.panes.tree->cursor.id;
	line = screen->session.panes.tree->cursor.index - screen->session.panes.tree->cursor.top;
	for (pid_t pid = 2000; pid < 2040; pid++) {
		fork_ago(screen, 100, 300, pid);
		draw(screen);
		assert_true(screen->session.panes.tree->cursor.id == id);
		assert_int_equal(screen->session.panes.tree->cursor.index -
				     screen->session.panes.tree->cursor.top,
				 line);
	}
	for (pid_t pid = 2000; pid < 2040; pid++)
		exit_ago(screen, 99, pid, 0);
	screen->session.scene.moment.now_ns += 10 * S;
	draw(screen);
	assert_true(screen->session.panes.tree->cursor.id == id);
	assert_int_equal(screen->session.panes.tree->cursor.index -
			     screen->session.panes.tree->cursor.top,
			 line);
}

static void pausing_freezes_the_rows_while_the_tree_goes_on(void **state)
{
	struct screen *screen = *state;
	char *before, *after;

	type(screen, "Z");
	before = dump_rows(screen);
	fork_ago(screen, 0, 300, 400);
	screen->session.scene.moment.now_ns += 2 * S;
	exit_ago(screen, (uint64_t)-1000, 110, 0); /* a second after the pause */
	after = dump_rows(screen);
	assert_string_equal(before, after);
	type(screen, "zM"); /* folding still works */
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 2);
	type(screen, "zRZ");
	draw(screen);
	assert_int_equal(rows_find(screen->session.panes.tree->rows, id_of(screen, 400)) == NO_ROW,
			 false);
	free(before);
	free(after);
}

/* 20 s go by in which fork, exec and exit change all that was to be seen. */
static void let_things_happen(struct screen *screen)
{
	screen->session.scene.moment.now_ns += 20 * S;
	for (pid_t pid = 500; pid < 1704; pid++)
		fork_ago(screen, (uint64_t)-5000, 201, pid);
	exec_ago(screen, (uint64_t)-6000, 300, "later", 6);
	exit_ago(screen, (uint64_t)-7000, 100, 0);
	exit_ago(screen, (uint64_t)-8000, 300, 9);
}

static char *dump_after(struct screen *screen, const char *keys)
{
	type(screen, keys);
	return dump_rows(screen);
}

/* What keys show of a stopped tree is what they showed at that moment. */
static void a_stopped_tree_answers_as_it_was(void **state)
{
	static const struct {
		const char *there, *back;
	} cases[] = {
		{ "\\make\r", "\x1b" }, { "\\user=root\r", "\x1b" },
		{ "H", "H" },		{ "L", "L" },
		{ "K", "K" },		{ "t", "t" },
		{ "M", "M" },		{ "zM", "zR" },
		{ "E", "q" },		{ "C", "q" },
	};
	enum { COUNT = sizeof(cases) / sizeof(*cases) };
	struct screen *screen = *state;
	char *then[COUNT];

	resize(screen, 24, 80);
	type(screen, "zR");
	fork_ago(screen, 900, 201, 310);
	exit_ago(screen, 800, 310, 1 << 8);
	for (size_t i = 0; i < COUNT; i++) {
		then[i] = dump_after(screen, cases[i].there);
		type(screen, cases[i].back);
	}
	type(screen, "Z");
	let_things_happen(screen);
	for (size_t i = 0; i < COUNT; i++) {
		char *now = dump_after(screen, cases[i].there);

		assert_string_equal(now, then[i]);
		type(screen, cases[i].back);
		free(now);
		free(then[i]);
	}
}

static void a_stopped_picture_says_what_is_new_since(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "Z");
	expect_on_screen(screen, " 0 new since ● ");
	let_things_happen(screen);
	expect_on_screen(screen, " 1,204 new since ● ");
	type(screen, "Gj");
	expect_on_screen(screen, "sshd: /usr/sbin/sshd -D");
	type(screen, "Z");
	draw(screen);
	assert_null(screen->session.scene.moment.stopped_tree);
	assert_true(screen->session.scene.moment.tree == screen->session.scene.world.tree);
}

static void going_on_keeps_selection_and_folds(void **state)
{
	struct screen *screen = *state;
	uint64_t shell = id_of(screen, 201);

	resize(screen, 24, 80);
	type(screen, "Z");
	draw(screen);
	tree_view_select(screen->session.panes.tree, shell);
	type(screen, "h");
	draw(screen);
	assert_true(tree_view_row(screen->session.panes.tree)->is_folded);
	fork_ago(screen, 0, 201, 500);
	type(screen, "Z");
	draw(screen);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 201);
	assert_true(tree_view_row(screen->session.panes.tree)->is_folded);
}

static void watching_while_stopped_watches_now_as_well(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "Z");
	tree_view_select(screen->session.panes.tree, id_of(screen, 201));
	type(screen, "w");
	fork_ago(screen, 0, 201, 500);
	draw(screen);
	assert_true(rows_find(screen->session.panes.tree->rows, id_of(screen, 201)) != NO_ROW);
	assert_true(rows_find(screen->session.panes.tree->rows, id_of(screen, 110)) == NO_ROW);
	type(screen, "Z");
	draw(screen);
	assert_true(rows_find(screen->session.panes.tree->rows, id_of(screen, 500)) != NO_ROW);
	assert_true(rows_find(screen->session.panes.tree->rows, id_of(screen, 110)) == NO_ROW);
}

static void following_keeps_the_process_in_sight(void **state)
{
	struct screen *screen = *state;

	resize(screen, 8, 60);
	type(screen, "jjjjF");
	for (pid_t pid = 2000; pid < 2040; pid++)
		fork_ago(screen, 100, 200, pid);
	type(screen, "zM");
	draw(screen);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 300);
}

static void what_is_followed_ends_and_its_parent_is_followed(void **state)
{
	struct screen *screen = *state;
	const struct tree_view *tree = screen->session.panes.tree;

	fork_ago(screen, 900, 300, 400);
	fork_ago(screen, 800, 400, 401);
	type(screen, "401\rF");
	expect_on_screen(screen, "FOLLOW 401, then its parent");
	exit_ago(screen, 700, 400, 0);
	exit_ago(screen, 600, 401, 0);
	draw(screen);
	assert_int_equal(tree_view_row(tree)->pid, 300);
	expect_on_screen(screen, "401 has ended: follows 300 above it");
	expect_on_screen(screen, "FOLLOW 300, then its parent");
	type(screen, "F");
	expect_on_screen(screen, "when it ends it stays there");
	exit_ago(screen, 500, 300, 0);
	draw(screen);
	expect_on_screen(screen, "the followed process has ended");
	assert_int_equal(tree->follow_id, 0);
	assert_int_equal(tree_view_row(tree)->pid, 300);
	type(screen, "F");
	expect_on_screen(screen, "nothing to follow");
	type(screen, "201\rFFF");
	assert_int_equal(tree->follow_id, 0);
}

/* What is above it is not among what is watched. */
static void what_is_followed_goes_no_higher_than_what_is_shown(void **state)
{
	struct screen *screen = *state;

	type(screen, "201\rwF");
	exit_ago(screen, 10, 201, 0);
	expect_on_screen(screen, "the followed process has ended");
	assert_int_equal(screen->session.panes.tree->follow_id, 0);
}

static void a_pid_can_be_typed(void **state)
{
	struct screen *screen = *state;

	type(screen, "zM300\r");
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 300);
	type(screen, "77777\r");
	assert_non_null(strstr(screen->session.message.text, "77777"));
}

static void users_can_be_picked(void **state)
{
	struct screen *screen = *state;

	type(screen, "u");
	draw(screen);
	assert_int_equal(((struct picker_view *)top_of(screen))->picker.count, 2);
	type(screen, "j\r");
	assert_int_equal(screen->session.scene.scope.uid_count, 1);
	assert_int_equal(screen->session.scene.scope.uids[0], 0);
	type(screen, "zM"); /* also what a filter has unfolded */
	draw(screen);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 2);
	type(screen, "zRuk\r");
	assert_int_equal(screen->session.scene.scope.uid_count, 0);
}

static void no_key_reaches_the_rows_behind_the_list_of_users(void **state)
{
	struct screen *screen = *state;

	type(screen, "uzM/tG");
	draw(screen);
	assert_ptr_equal(open_kind(screen), &picker_view_kind);
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_NONE);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 7);
	assert_false(screen->session.panes.tree->choice.is_list);
	type(screen, "q");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_false(screen->session.wants_quit);
}

static void click(struct screen *screen, int y, int x)
{
	const struct key key = { .code = TERM_KEY_MOUSE_CLICK, .mouse_y = y, .mouse_x = x };

	draw(screen);
	input_key(&screen->keys, &screen->session, &key);
	draw(screen);
}

static void a_click_selects_and_on_the_mark_folds(void **state)
{
	struct screen *screen = *state;
	struct tree_view *tree = screen->session.panes.tree;
	int y;

	draw(screen);
	y = first_line_of(screen, &tree->view) + 1;
	click(screen, y, 50);
	assert_int_equal(tree_view_row(tree)->pid, 100);
	assert_false(tree_view_row(tree)->is_folded);
	click(screen, y, row_mark_x(tree, tree_view_row(tree)));
	assert_true(tree_view_row(tree)->is_folded);
	click(screen, 0, 0);
	assert_int_equal(tree_view_row(tree)->pid, 100);
}

static void a_click_on_a_columns_title_sorts_by_it(void **state)
{
	struct screen *screen = *state;
	struct tree_view *tree = screen->session.panes.tree;
	int y;

	resize(screen, 24, 80);
	draw(screen);
	y = first_line_of(screen, &tree->view) - 1;
	expect_lines(screen, y, 1, "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n");
	click(screen, y, 26);
	assert_string_equal(field_sort_name(tree->choice.sort), "CPU");
	expect_on_screen(screen, "sorted by CPU");
	click(screen, y, 70);
	assert_string_equal(field_sort_name(tree->choice.sort),
			    "CPU"); /* the line has gone down by one */
	click(screen, y + 1, 70);
	assert_string_equal(field_sort_name(tree->choice.sort), "command");
	click(screen, y + 1, 70);
	assert_null(tree->choice.sort);
}

static void the_keys_of_the_last_line_are_buttons(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	click(screen, 23, 1);
	assert_ptr_equal(open_kind(screen), &help_view_kind);
	expect_lines(screen, 23, 1, "jkScroll PgDnPage EscBack\n");
	click(screen, 23, 20);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	expect_lines(screen, 23, 1,
		     "F1Help /Find \\Filter wWatch EnterDetails hlFold PSort F9Kill xGone ZStop "
		     "qQuit\n");
	click(screen, 23, 15);
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_FILTER);
	type(screen, "\x1b");
	click(screen, 23, 79);
	assert_int_equal(screen->session.prompt_kind, SESSION_PROMPT_NONE);
	click(screen, 23, 77);
	assert_true(screen->session.wants_quit);
}

static void ascii_draws_nothing_else(void **state)
{
	struct screen *screen = *state;
	char *text;

	canvas_free(screen->canvas);
	screen->canvas = canvas_new(20, 60, false);
	exit_ago(screen, 100, 110, 0);
	draw(screen);
	text = canvas_dump(screen->canvas);
	for (const char *at = text; *at; at++)
		assert_in_range((unsigned char)*at, '\n', '~');
	free(text);
}

/* By the clock that columns and details go by: else it came a second earlier or later by turns. */
static void since_when_it_lives_stands_still(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "300\r");
	expect_lines(screen, 22, 1, "300 make -j4, root, since 1970-04-26 17:45 from bash 201\n");
}

/* What is open, what is folded and what has nobody below it are three signs. */
static void in_ascii_the_tree_has_its_lines(void **state)
{
	struct screen *screen = *state;

	screen->canvas->ascii_marks = true;
	fork_ago(screen, 900000, 201, 400);
	exec_ago(screen, 900000, 400, "top", 4);
	expect_rows(screen, ">       1 root      2d - /sbin/init splash\n"
			    "      100 root     24h |- sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m |`- sshd: alice [priv]\n"
			    "      201 root   58m20 | `- -bash\n"
			    "      400 root   15m00 |  |_ top\n"
			    "      300 root    1m10 |  `_ make -j4\n"
			    "      110 root     24h `_ /usr/sbin/cron -f\n"
			    "        2 root      2d + [kthreadd] [+2]\n");
	type(screen, "jjjh");
	expect_rows(screen, "        1 root      2d - /sbin/init splash\n"
			    "      100 root     24h |- sshd: /usr/sbin/sshd -D\n"
			    "      200 root   1h00m |`- sshd: alice [priv]\n"
			    ">     201 root   58m20 | `+ -bash [+2]\n"
			    "      110 root     24h `_ /usr/sbin/cron -f\n"
			    "        2 root      2d + [kthreadd] [+2]\n");
	resize(screen, 10, 24);
	type(screen, "zR");
	expect_rows(screen, "        1 - init splash\n"
			    "      100 |- sshd: /usr~\n"
			    "      200 |`- sshd: ali~\n"
			    ">     201 ~`- -bash\n"
			    "      400 ~|_ top\n"
			    "      300 ~`_ make -j4\n"
			    "      110 `_ cron -f\n");
}

static void every_size_is_legal(void **state)
{
	static const int sizes[][2] = { { 0, 0 },  { 1, 1 },	{ 1, 80 },    { 2, 2 },
					{ 3, 10 }, { 5, 20 },	{ 6, 19 },    { 24, 1 },
					{ 24, 8 }, { 50, 160 }, { 500, 1000 } };
	struct screen *screen = *state;

	fork_ago(screen, 100, 300, 400);
	exit_ago(screen, 50, 400, 11);
	session_set_filter(&screen->session, "make");
	session_say(&screen->session, true, "%0200d", 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		resize(screen, sizes[i][0], sizes[i][1]);
		close_all(screen);
		draw(screen);
		type(screen, "jG/x");
		draw(screen);
		type(screen, "\033");
		type(screen, "?");
		draw(screen);
		type(screen, "?u");
		draw(screen);
		close_all(screen);
	}
}

static void a_small_screen_keeps_the_title_and_what_is_left_out(void **state)
{
	struct screen *screen = *state;
	char *text;

	session_set_filter(&screen->session, "make");
	resize(screen, 4, 40);
	draw(screen);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "POLLING"));
	resize(screen, 5, 40);
	draw(screen);
	free(text);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "FILTER make"));
	free(text);
}

static void the_help_names_every_command_with_its_keys(void **state)
{
	struct screen *screen = *state;
	char *text;

	resize(screen, 160, 100);
	type(screen, "?");
	draw(screen);
	text = canvas_dump(screen->canvas);
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		const struct keymap keymap = { 0 };
		char keys[64];

		assert_non_null(strstr(text, entry->help));
		if (!keymap_describe(&keymap, entry->name, keys, sizeof(keys)))
			snprintf(keys, sizeof(keys), ":%s", entry->name);
		assert_non_null(strstr(text, keys));
	}
	free(text);
}

/* Whether it stands in a text as a word, behind what it begins with. */
static bool has_word(const char *text, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		if (strchr(" \n", at[-1]) && strchr(" \n", at[size]))
			return true;
	}
	return false;
}

static void the_help_names_every_command_by_its_name(void **state)
{
	struct screen *screen = *state;
	char *text, *names;

	resize(screen, 240, 100);
	type(screen, "?");
	draw(screen);
	text = canvas_dump(screen->canvas);
	names = strstr(text, "Names: a colon");
	assert_non_null(names);
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (!has_word(names, entry->name))
			fail_msg("the help lacks the name %s", entry->name);
	}
	free(text);
}

static void the_help_scrolls_to_its_end_and_no_further(void **state)
{
	struct screen *screen = *state;
	struct help_view *help;
	char *text;

	type(screen, "?");
	help = (struct help_view *)top_of(screen);
	help->top = 1000;
	draw(screen);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "lost N"));
	assert_int_not_equal(help->top, 1000);
	free(text);
}

/* A section of the manual as words separated by spaces, with a space at both ends. */
static void read_manual(const char *section, char *out, size_t size)
{
	const char *top = getenv("srcdir");
	char path[512], line[512];
	bool is_here = false;
	size_t used = (size_t)snprintf(out, size, " ");
	FILE *file;

	snprintf(path, sizeof(path), "%s/man/proctop.1", top ? top : ".");
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, ".SH", 3))
			is_here = !strncmp(line + 4, section, strlen(section)) &&
				  line[4 + strlen(section)] == '\n';
		for (const char *at = line; is_here && *at && used + 1 < size; at++) {
			if (at[0] == '\\' && (at[1] == 'e' || at[1] == '-'))
				out[used++] = *++at == 'e' ? '\\' : '-';
			else
				out[used++] = *at == '\n' || *at == '\t' ? ' ' : *at;
		}
	}
	fclose(file);
	out[used] = '\0';
}

static void the_manual_names_every_key(void **state)
{
	char manual[4096];

	(void)state;
	read_manual("KEYS", manual, sizeof(manual));
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		const struct keymap keymap = { 0 };
		char keys[64];

		keymap_describe(&keymap, entry->name, keys, sizeof(keys));
		for (char *key = strtok(keys, " "); key; key = strtok(NULL, " ")) {
			char word[32];

			snprintf(word, sizeof(word), " %s ", key);
			if (!strstr(manual, word))
				fail_msg("the manual lacks '%s' (%s)", key, entry->name);
		}
	}
}

/* With what may stand behind it. */
static void the_manual_names_every_command(void **state)
{
	char manual[8192], expected[128];

	(void)state;
	read_manual("COMMANDS", manual, sizeof(manual));
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		snprintf(expected, sizeof(expected), " %s ", entry->name);
		if (!strstr(manual, expected))
			fail_msg("the manual lacks the command %s", entry->name);
		if (!value_of(entry->name))
			continue;
		expected[0] = ' ';
		by_name_describe(entry, expected + 1, sizeof(expected) - 1);
		if (!strstr(manual, expected))
			fail_msg("the manual lacks '%s'", expected);
	}
}

static void a_deep_tree_is_drawn_with_its_left_cut(void **state)
{
	struct screen *screen = *state;

	for (pid_t pid = 1000; pid < 3000; pid++)
		fork_ago(screen, 5000, pid == 1000 ? 300 : pid - 1, pid);
	type(screen, "G");
	draw(screen);
	type(screen, "kk");
	draw(screen);
	assert_true(tree_view_row(screen->session.panes.tree)->depth < 3000);
}

static void hostile_names_leave_the_columns_straight(void **state)
{
	static const char argv[] = "\x1b]52;c;x\a\xe2\x80\xae"
				   "\xff\xe6\x97\xa5\xe6\x9c\xac \x9b"
				   "31m";
	struct screen *screen = *state;

	fork_ago(screen, 5000, 1, 400);
	exec_ago(screen, 4000, 400, argv, sizeof(argv));
	draw(screen);
	for (int y = 0; y < screen->canvas->rows; y++) {
		int width = 0;

		for (int x = 0; x < screen->canvas->cols; x++) {
			const struct cell *cell = canvas_cell(screen->canvas, y, x);

			width += cell->width;
			for (int i = 0; i < cell->size; i++)
				assert_false((unsigned char)cell->bytes[i] < 0x20 ||
					     cell->bytes[i] == 0x7f);
		}
		assert_int_equal(width, screen->canvas->cols);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(the_tree_stands_in_order_of_birth_with_kernel_threads_folded),
		SCREEN_TEST(changes_are_told_by_letters_and_words),
		SCREEN_TEST(what_the_gone_cost_is_told_by_who_waited_where_nobody_accounts),
		SCREEN_TEST(a_folded_parent_counts_and_glows),
		SCREEN_TEST(folding_all_and_by_depth),
		SCREEN_TEST(a_filter_keeps_the_place_of_what_matches),
		SCREEN_TEST(what_is_over_and_matches_is_counted_apart),
		SCREEN_TEST(of_a_wrong_filter_it_is_said_that_it_is_not_in_force),
		SCREEN_TEST(without_a_filter_in_force_it_is_said_so),
		SCREEN_TEST(a_narrow_scope_line_has_a_part_of_each),
		SCREEN_TEST(a_filter_acts_while_one_types_and_escape_takes_it_back),
		SCREEN_TEST(a_wrong_filter_says_so_and_the_last_good_one_stays),
		SCREEN_TEST(where_a_filter_is_wrong_is_marked),
		SCREEN_TEST(a_filter_of_age_follows_the_time),
#ifdef HAVE_PCRE2
		SCREEN_TEST(a_search_can_be_a_regular_expression),
		SCREEN_TEST(all_that_it_finds_is_marked),
#endif
		SCREEN_TEST(search_unfolds_to_what_it_finds),
		SCREEN_TEST(a_search_that_finds_nothing_says_so),
		SCREEN_TEST(watching_shows_one_subtree_and_goes_back),
		SCREEN_TEST(an_empty_watch_says_what_it_waits_for),
		SCREEN_TEST(an_orphan_remembers_who_forked_it),
		SCREEN_TEST(a_cut_command_says_so_and_keeps_what_stands_behind_it),
		SCREEN_TEST(until_a_key_is_pressed_the_top_stays_selected),
		SCREEN_TEST(of_whom_nothing_is_known_nothing_is_said),
		SCREEN_TEST(lists_exited_ones_and_kernel_threads_can_be_chosen),
		SCREEN_TEST(threads_are_rows_of_their_own),
		SCREEN_TEST(the_selected_row_does_not_move_under_the_hand),
		SCREEN_TEST(pausing_freezes_the_rows_while_the_tree_goes_on),
		SCREEN_TEST(a_stopped_tree_answers_as_it_was),
		SCREEN_TEST(a_stopped_picture_says_what_is_new_since),
		SCREEN_TEST(going_on_keeps_selection_and_folds),
		SCREEN_TEST(watching_while_stopped_watches_now_as_well),
		SCREEN_TEST(following_keeps_the_process_in_sight),
		SCREEN_TEST(what_is_followed_ends_and_its_parent_is_followed),
		SCREEN_TEST(what_is_followed_goes_no_higher_than_what_is_shown),
		SCREEN_TEST(a_pid_can_be_typed),
		SCREEN_TEST(users_can_be_picked),
		SCREEN_TEST(no_key_reaches_the_rows_behind_the_list_of_users),
		SCREEN_TEST(a_click_selects_and_on_the_mark_folds),
		SCREEN_TEST(a_click_on_a_columns_title_sorts_by_it),
		SCREEN_TEST(the_keys_of_the_last_line_are_buttons),
		SCREEN_TEST(ascii_draws_nothing_else),
		SCREEN_TEST(in_ascii_the_tree_has_its_lines),
		SCREEN_TEST(since_when_it_lives_stands_still),
		SCREEN_TEST(every_size_is_legal),
		SCREEN_TEST(a_small_screen_keeps_the_title_and_what_is_left_out),
		SCREEN_TEST(the_help_names_every_command_with_its_keys),
		SCREEN_TEST(the_help_names_every_command_by_its_name),
		SCREEN_TEST(the_help_scrolls_to_its_end_and_no_further),
		SCREEN_TEST(the_manual_names_every_key),
		cmocka_unit_test(the_manual_names_every_command),
		SCREEN_TEST(a_deep_tree_is_drawn_with_its_left_cut),
		SCREEN_TEST(hostile_names_leave_the_columns_straight),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
