/* SPDX-License-Identifier: MIT */
/* The living come first: the rules of what is over, on the screen. */
#include "screen.h"

#define MS UINT64_C(1000000)

/* What happens happens at the time that is shown. */
static void fork_now(struct screen *screen, pid_t parent, pid_t child)
{
	fork_ago(screen, (NOW_NS - screen->session.scene.moment.now_ns) / MS, parent, child);
}

static void exit_now(struct screen *screen, pid_t pid, uint32_t status)
{
	exit_ago(screen, (NOW_NS - screen->session.scene.moment.now_ns) / MS, pid, status);
}

/* argv: one word. */
static void run_now(struct screen *screen, pid_t parent, pid_t child, const char *argv)
{
	fork_now(screen, parent, child);
	exec_ago(screen, (NOW_NS - screen->session.scene.moment.now_ns) / MS, child, argv,
		 strlen(argv) + 1);
}

/* Time goes on, and a frame is drawn. */
static void pass(struct screen *screen, uint64_t ms)
{
	screen->session.scene.moment.now_ns += ms * MS;
	draw(screen);
}

/* Only what is under make, at an hour before the harness's, so that there is time to pass. */
static void begin(struct screen *screen)
{
	const struct watch_item make = { .name = "make" };

	screen->session.scene.moment.now_ns = NOW_NS - 60 * S;
	session_watch_only(&screen->session, &make);
	draw(screen);
}

static void who_ends_turns_on_its_line_and_who_comes_takes_it(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "one");
	run_now(screen, 300, 401, "two");
	run_now(screen, 300, 402, "three");
	pass(screen, 100);
	exit_now(screen, 401, 0);
	pass(screen, 20);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " X    400 root    0.1s ├─ one\n"
			    " †    401 root   0.10s ├─ two  ✓\n"
			    " X    402 root    0.1s └─ three\n");
	run_now(screen, 300, 403, "four");
	pass(screen, 20);
	expect_rows(screen, ">     300 root     10s ▾ make -j4  †1 two×1\n"
			    " X    400 root    0.1s ├─ one\n"
			    " X    403 root    0.0s ├─ four\n"
			    " X    402 root    0.1s └─ three\n");
	exit_now(screen, 403, 0); /* it stands there also when it is over */
	pass(screen, 20);
	expect_rows(screen, ">     300 root     10s ▾ make -j4  †1 two×1\n"
			    " X    400 root    0.2s ├─ one\n"
			    " †    403 root   0.02s ├─ four  ✓\n"
			    " X    402 root    0.2s └─ three\n");
}

static void a_job_is_one_row_and_unfolds(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "cc");
	run_now(screen, 400, 401, "cc1");
	run_now(screen, 400, 402, "as");
	exit_now(screen, 401, 1 << 8);
	exit_now(screen, 402, 0);
	exit_now(screen, 400, 0);
	pass(screen, 100);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    400 root   0.00s └▸ cc  ✓ +2 1✗\n");
	type(screen, "jl");
	expect_rows(screen, "      300 root     10s ▾ make -j4\n"
			    ">†    400 root   0.00s └▾ cc  ✓\n"
			    " †    401 root   0.00s  ├─ cc1  ✗ exit 1\n"
			    " †    402 root   0.00s  └─ as  ✓\n");
	pass(screen, 20000); /* it stays until it is folded */
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 4);
	type(screen, "hk");
	pass(screen, 1000);
	expect_rows(screen, ">     300 root     31s   make -j4  †3 1✗ cc×1 cc1×1 as×1\n");
}

/* Each of them is looked at in a frame: then what is new waits, half a second at most. */
static void with_very_many_that_are_kept_news_waits(void **state)
{
	struct screen *screen = *state;
	struct rows *rows = screen->session.panes.tree->rows;
	uint32_t count;

	begin(screen);
	screen->session.panes.tree->choice.exited = JOBS_STAY;
	for (pid_t pid = 1000; pid < 3600; pid++) {
		char name[16];

		snprintf(name, sizeof(name), "job%d", (int)pid);
		run_now(screen, 300, pid, name);
		exit_now(screen, pid, 0);
	}
	pass(screen, 1000);
	count = rows_count(rows);
	assert_true(count > 2600);
	run_now(screen, 300, 4000, "one");
	pass(screen, 100);
	assert_int_equal(rows_count(rows), count);
	assert_true(screen->session.panes.tree->view.kind->next_change_ns(
			&screen->session.panes.tree->view) <=
		    screen->session.scene.moment.now_ns + 400 * MS);
	pass(screen, 400);
	assert_int_equal(rows_count(rows), count + 1);
}

static void siblings_that_are_alike_share_a_row(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	for (pid_t pid = 400; pid < 405; pid++) {
		run_now(screen, 300, pid, pid == 402 ? "false" : "true");
		exit_now(screen, pid, pid == 402 ? 1 << 8 : 0);
	}
	pass(screen, 100);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    404 root   0.00s ├▸ true  ✓ ×4\n"
			    " †    402 root   0.00s └─ false  ✗ exit 1\n");
	type(screen, "jl");
	expect_rows(screen, "      300 root     10s ▾ make -j4\n"
			    ">†    404 root   0.00s ├▾ true  ✓ ×4\n"
			    " †    400 root   0.00s │├─ true  ✓\n"
			    " †    401 root   0.00s │├─ true  ✓\n"
			    " †    403 root   0.00s │├─ true  ✓\n"
			    " †    404 root   0.00s │└─ true  ✓\n"
			    " †    402 root   0.00s └─ false  ✗ exit 1\n");
}

/* Where the window changes, what was passed over is looked for anew; who has a row has one. */
static void who_shares_a_row_is_counted_once(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	for (pid_t pid = 400; pid < 405; pid++) {
		run_now(screen, 300, pid, "true");
		exit_now(screen, pid, 0);
	}
	pass(screen, 100);
	for (int rows = 20; rows < 24; rows++) {
		resize(screen, rows, 80);
		pass(screen, 400);
		expect_on_screen(screen, "└▸ true  ✓ ×5\n");
	}
	run_now(screen, 300, 405, "true");
	exit_now(screen, 405, 0);
	pass(screen, 400);
	expect_on_screen(screen, "true  ✓ ×6\n");
	type(screen, "jl");
	expect_on_screen(screen, "0.00s  ├─ true  ✓\n");
}

static void also_in_lineage(void **state)
{
	struct screen *screen = *state;

	type(screen, "L");
	begin(screen);
	for (pid_t pid = 400; pid < 405; pid++) {
		run_now(screen, 300, pid, "true");
		exit_now(screen, pid, 0);
	}
	for (int rows = 20; rows < 24; rows++) {
		pass(screen, 400);
		resize(screen, rows, 80);
		expect_on_screen(screen, "└▸ true  ✓ ×5\n");
	}
}

static void a_success_leaves_after_three_seconds_and_a_failure_after_nine(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "true");
	run_now(screen, 300, 401, "false");
	pass(screen, 100);
	exit_now(screen, 400, 0);
	exit_now(screen, 401, 1 << 8);
	pass(screen, 2900);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 3);
	pass(screen, 500);
	expect_rows(screen, ">     300 root     13s ▾ make -j4  †1 true×1\n"
			    " †    401 root   0.10s └─ false  ✗ exit 1\n");
	pass(screen, 6000);
	expect_rows(screen, ">     300 root     19s   make -j4  †2 1✗ true×1 false×1\n");
}

/* The chosen one is on the last line; what is left then fits above it. */
static void no_line_stays_empty_when_one_has_chosen_another_order(void **state)
{
	struct screen *screen = *state;
	uint32_t top;

	resize(screen, 8, 80);
	type(screen, "G");
	top = screen->session.panes.tree->cursor.top;
	assert_true(top > 0);
	type(screen, "\\init\r");
	draw(screen);
	assert_int_equal(screen->session.panes.tree->cursor.top, 0);
	expect_on_screen(screen, "/sbin/init splash");
}

static void the_colour_has_nothing_to_do_with_the_rows(void **state)
{
	struct screen *screen = *state;

	screen->session.scene.moment.glow_ns = 0;
	begin(screen);
	run_now(screen, 300, 400, "true");
	pass(screen, 100);
	exit_now(screen, 400, 0);
	pass(screen, 2000);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 2);
}

static void what_is_over_never_hides_what_lives(void **state)
{
	struct screen *screen = *state;
	int jobs = 0;
	resize(screen, 12, 60);
	begin(screen);
	for (pid_t pid = 400; pid < 440; pid++) {
		char name[16];

		snprintf(name, sizeof(name), "p%d", pid);
		run_now(screen, 300, pid, name);
		if (pid % 5)
			exit_now(screen, pid, pid % 2 << 8);
	}
	pass(screen, 100);
	/* Where its jobs would stand is below the window. */
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 9);
	for (uint32_t i = 0; i < 9; i++)
		assert_false(rows_at(screen->session.panes.tree->rows, i)->is_job);
	assert_int_equal(rows_gone(screen->session.panes.tree->rows,
				   rows_at(screen->session.panes.tree->rows, 0))
			     ->gone,
			 32);
	type(screen, "G");
	pass(screen, 400);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 10);
	for (uint32_t i = 0; i < 10; i++)
		jobs += rows_at(screen->session.panes.tree->rows, i)->is_job;
	assert_int_equal(jobs, 1);
}

static void a_selected_one_stays_on_its_line_also_inside_a_larger_job(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "cc");
	run_now(screen, 400, 401, "cc1");
	run_now(screen, 300, 402, "ld");
	pass(screen, 100);
	type(screen, "jj");
	exit_now(screen, 401, 0);
	exit_now(screen, 400, 0);
	pass(screen, 5000);
	expect_rows(screen, "      300 root     15s ▾ make -j4\n"
			    " †    400 root   0.10s ├▾ cc  ✓\n"
			    ">†    401 root   0.10s │└─ cc1  ✓\n"
			    "      402 root    5.1s └─ ld\n");
	type(screen, "j");
	pass(screen, 400);
	expect_rows(screen, "      300 root     15s ▾ make -j4  †2 cc×1 cc1×1\n"
			    ">     402 root    5.5s └─ ld\n");
}

static bool has_row(struct screen *screen, pid_t pid)
{
	const struct rows *rows = screen->session.panes.tree->rows;

	for (uint32_t i = 0; i < rows_count(rows); i++) {
		if (rows_at(rows, i)->pid == pid && !rows_at(rows, i)->is_summary)
			return true;
	}
	return false;
}

/* However it is looked at: who ends while it is selected stays selected, whatever time goes by, and
   goes when the cursor has left it. */
static void expect_to_stay_while_selected(struct screen *screen, const char *how,
					  const char *command)
{
	begin(screen);
	session_watch_back(&screen->session);
	run_now(screen, 300, 400, "one");
	run_now(screen, 300, 402, "victim");
	run_now(screen, 402, 403, "its-child");
	run_now(screen, 300, 404, "victim");
	pass(screen, 100);
	if (*command)
		say(screen, command);
	type(screen, "402\r");
	pass(screen, 1000);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 402);
	exit_now(screen, 403, 0);
	exit_now(screen, 402, 0);
	for (int i = 0; i < 30; i++) {
		const struct row *row;

		pass(screen, 400);
		row = tree_view_row(screen->session.panes.tree);
		if (!row || row->pid != 402)
			fail_msg("%s: after %d ms the cursor is at %d", how, 400 * (i + 1),
				 row ? row->pid : 0);
	}
	expect_on_screen(screen, "victim");
	type(screen, "400\r");
	pass(screen, 1000);
	pass(screen, 1000);
	if (has_row(screen, 402))
		fail_msg("%s: it stays when the cursor has left it", how);
}

static void who_ends_while_it_is_selected_stays_until_the_cursor_leaves(void **state)
{
	static const struct {
		const char *how, *command;
	} cases[] = {
		{ "tree", "" },
		{ "list", "list" },
		{ "lineage", "lineage" },
		{ "none of the gone", "exited none" },
		{ "filter", "filter victim|one" },
		{ "filter of the living", "filter age<9s" },
		{ "filter by what is over", "filter !exit:0" },
		{ "sorted", "sort CPU" },
		{ "sorted by memory", "sort memory" },
		{ "sorted by name", "sort command" },
		{ "groups of users", "group user" },
		{ "groups of sessions", "group session" },
		{ "groups of commands", "group command" },
		{ "watched", "watch 300" },
		{ "of a user", "user root" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (int glows = 0; glows < 2; glows++) {
			void *fresh;
			struct screen *screen;

			setup(&fresh);
			screen = fresh;
			if (!glows)
				screen->session.scene.moment.glow_ns = 0;
			expect_to_stay_while_selected(screen, cases[i].how, cases[i].command);
			teardown(&fresh);
		}
	}
	(void)state;
}

/* What covers the tree meanwhile is no reason: nobody has moved the cursor. */
static void below_a_page_it_stays_selected_too(void **state)
{
	static const char *const pages[][2] = { { "\r", "q" },	 { "C", "q" },	  { "?", "q" },
						{ "i", "\033" }, { "Z", "Z" },	  { "s", "q" },
						{ "S", "q" },	 { "dd", "\033" } };

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		void *fresh;
		struct screen *screen;

		setup(&fresh);
		screen = fresh;
		resize(screen, 24, 80);
		begin(screen);
		run_now(screen, 300, 400, "one");
		run_now(screen, 300, 402, "victim");
		run_now(screen, 300, 404, "two");
		pass(screen, 100);
		type(screen, "402\r");
		pass(screen, 1000);
		type(screen, pages[i][0]);
		pass(screen, 100);
		exit_now(screen, 402, 0);
		for (int turn = 0; turn < 30; turn++)
			pass(screen, 400);
		type(screen, pages[i][1]);
		pass(screen, 400);
		if (tree_view_row(screen->session.panes.tree)->pid != 402)
			fail_msg("%s: the cursor is at %d", pages[i][0],
				 tree_view_row(screen->session.panes.tree)->pid);
		teardown(&fresh);
	}
	(void)state;
}

static void the_selected_row_keeps_its_line(void **state)
{
	struct screen *screen = *state;
	uint32_t line;

	begin(screen);
	for (pid_t pid = 400; pid < 406; pid++)
		run_now(screen, 300, pid, "cc");
	pass(screen, 100);
	type(screen, "jjjj");
	line = screen->session.panes.tree->cursor.index - screen->session.panes.tree->cursor.top;
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 403);
	run_now(screen, 400, 410, "cc1"); /* above */
	pass(screen, 100);
	assert_int_equal(tree_view_row(screen->session.panes.tree)->pid, 403);
	assert_int_equal(screen->session.panes.tree->cursor.index -
			     screen->session.panes.tree->cursor.top,
			 line);
	assert_int_equal(screen->session.panes.tree->cursor.top, 1);
	exit_now(screen, 410, 0);
	pass(screen, 4000); /* a row less above: the list moves back */
	assert_int_equal(screen->session.panes.tree->cursor.index -
			     screen->session.panes.tree->cursor.top,
			 line);
	assert_int_equal(screen->session.panes.tree->cursor.top, 0);
}

static void what_became_a_part_goes_with_the_next_batch(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 399, "true");
	exit_now(screen, 399, 0);
	run_now(screen, 300, 400, "cc");
	run_now(screen, 400, 401, "cc1");
	pass(screen, 100); /* a batch: the first job came */
	exit_now(screen, 401, 0);
	exit_now(screen, 400, 0);
	pass(screen, 20);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    399 root   0.00s ├─ true  ✓\n"
			    " †    400 root   0.10s └▾ cc  ✓\n"
			    " †    401 root   0.10s  └─ cc1  ✓\n");
	pass(screen, 400);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    399 root   0.00s ├─ true  ✓\n"
			    " †    400 root   0.10s └▸ cc  ✓ +1\n");
}

static void a_folded_parent_tells_all_that_is_gone_below_it(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "sh");
	run_now(screen, 400, 401, "cc");
	run_now(screen, 300, 402, "ld");
	exit_now(screen, 401, 0);
	exit_now(screen, 402, 1 << 8);
	pass(screen, 100);
	type(screen, "h");
	pass(screen, 400);
	expect_rows(screen, ">X    300 root     10s ▸ make -j4 [+1]  †2 1✗ ld×1 cc×1\n");
}

static void exited_ones_can_be_hidden_or_all_be_kept(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "one");
	exit_now(screen, 400, 0);
	run_now(screen, 300, 401, "two");
	pass(screen, 100);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 3);
	type(screen, "x");
	pass(screen, 400);
	expect_rows(screen, ">     300 root     10s ▾ make -j4  †1 one×1\n"
			    " X    401 root    0.5s └─ two\n");
	exit_now(screen, 401, 0);
	pass(screen, 20); /* with the next batch, which is due */
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 1);
	type(screen, "x");
	pass(screen, 30000);
	expect_rows(screen, ">     300 root     40s ▾ make -j4\n"
			    " †    400 root   0.00s ├─ one  ✓\n"
			    " †    401 root   0.50s └─ two  ✓\n");
	type(screen, "x");
	pass(screen, 100);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 1);
}

static void a_job_matches_if_anything_in_it_does(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "sh");
	run_now(screen, 300, 401, "cc");
	run_now(screen, 401, 402, "cc1");
	run_now(screen, 401, 403, "as");
	for (pid_t pid = 403; pid > 400; pid--)
		exit_now(screen, pid, 0);
	run_now(screen, 400, 410, "cc1");
	exit_now(screen, 410, 0);
	session_set_filter(&screen->session, "cmd:cc1");
	pass(screen, 100);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " X    400 root    0.1s ├▾ sh\n"
			    " †    410 root   0.00s │└─ cc1  ✓\n"
			    " †    401 root   0.00s └▸ cc  ✓ 1 of 3 +2\n");
	pass(screen, 4000);
	/* What is gone and matches is told where its place is, if that is seen. */
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 0);
	session_set_filter(&screen->session, "make");
	pass(screen, 400);
	expect_rows(screen, ">     300 root     14s   make -j4\n");
}

static void one_line_ends_a_list(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "one");
	run_now(screen, 400, 401, "two");
	run_now(screen, 300, 402, "three");
	exit_now(screen, 401, 0);
	exit_now(screen, 402, 1 << 8);
	type(screen, "t");
	pass(screen, 400);
	expect_rows(screen, ">     300 root     10s   make -j4\n"
			    " X    400 root    0.4s   one\n"
			    " †    401 root   0.00s   two  ✓\n"
			    " †    402 root   0.00s   three  ✗ exit 1\n");
	pass(screen, 5000);
	pass(screen, 400);
	expect_rows(screen, ">     300 root     15s   make -j4\n"
			    "      400 root    5.8s   one\n"
			    " †    402 root   0.00s   three  ✗ exit 1\n"
			    "        ∅                1 gone: two×1\n");
}

static void in_lineage_a_job_is_what_came_from_one(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "sh");
	run_now(screen, 400, 401, "daemon");
	exit_now(screen, 400, 0);
	assert_int_equal(ptree_tree_adopt(screen->session.scene.world.tree, 401, 1), 0);
	run_now(screen, 300, 410, "cc");
	run_now(screen, 410, 411, "cc1");
	exit_now(screen, 411, 0);
	exit_now(screen, 410, 0);
	type(screen, "L");
	pass(screen, 400);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    400 root   0.00s ├▾ sh  ✓\n"
			    " X    401 root    0.4s │└─ daemon\n"
			    " †    410 root   0.00s └▸ cc  ✓ +1\n");
	exit_now(screen, 401, 0); /* now nothing of it lives */
	pass(screen, 400);
	expect_rows(screen, ">     300 root     10s ▾ make -j4\n"
			    " †    400 root   0.00s ├▸ sh  ✓ +1\n"
			    " †    410 root   0.00s └▸ cc  ✓ +1\n");
}

static void at_the_top_a_job_stands_for_what_was_watched(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "cc");
	pass(screen, 100);
	exit_now(screen, 400, 0);
	exit_now(screen, 300, 2 << 8);
	pass(screen, 400);
	expect_rows(screen, ">†    300 root     10s ▸ make -j4  ✗ exit 2 +1\n");
	pass(screen, 9000);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 0);
}

static void a_zombie_is_among_the_living(void **state)
{
	struct screen *screen = *state;
	uint64_t id;

	begin(screen);
	run_now(screen, 300, 400, "cc");
	pass(screen, 100);
	id = id_of(screen, 400);
	exit_now(screen, 400, 1 << 8);
	assert_int_equal(ptree_tree_set_zombie(screen->session.scene.world.tree, id, true), 0);
	pass(screen, 20000);
	expect_rows(screen, ">     300 root     30s ▾ make -j4\n"
			    "      400 root   0.10s └─ cc  zombie, exit 1\n");
	pass(screen, 400);
	/* Nothing is waited for: it leaves when it is reaped. */
	assert_int_equal(rows_next_change_ns(screen->session.panes.tree->rows,
					     &screen->session.panes.tree->cursor),
			 0);
	assert_int_equal(ptree_tree_set_zombie(screen->session.scene.world.tree, id, false), 0);
	pass(screen, 400);
	expect_rows(screen, ">     300 root     30s   make -j4  †1 1✗ cc×1\n");
}

static void what_failed_is_shown_when_it_is_gone_to(void **state)
{
	struct screen *screen = *state;

	begin(screen);
	run_now(screen, 300, 400, "flaky");
	exit_now(screen, 400, 3 << 8);
	pass(screen, 20000);
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 1);
	tree_view_select(screen->session.panes.tree,
			 ptree_node_id(ptree_node_last_exited(
			     ptree_tree_find(screen->session.scene.world.tree, 300))));
	pass(screen, 20000);
	expect_rows(screen, "      300 root     50s ▾ make -j4\n"
			    ">†    400 root   0.00s └─ flaky  ✗ exit 3\n");
}

/* ---- sizes ---- */

static void a_screen_of_40_by_10_keeps_the_programs_name(void **state)
{
	struct screen *screen = *state;
	static const char argv[] = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1\0-quiet\0-O2\0parse.c";

	resize(screen, 10, 40);
	begin(screen);
	fork_now(screen, 300, 400);
	exec_ago(screen, 60000, 400, argv, sizeof(argv));
	run_now(screen, 400, 401, "as");
	exit_now(screen, 401, 1 << 8);
	pass(screen, 100);
	expect_rows(screen, ">     300   10s ▾ make -j4\n"
			    " X    400  0.1s └▾ cc1 -quiet -O2 parse…\n"
			    " †    401 0.00s  └─ as  ✗ exit 1\n");
	resize(screen, 5, 20);
	draw(screen);
	expect_rows(screen, ">     300 ▾ make -j4\n"
			    " X    400 └▾ cc1 -q…\n"); /* there are no more lines */
}

/* A build as it goes: make, four lanes, what failed, what is over. */
static void build(struct screen *screen)
{
	static const char cc1[] = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1\0-quiet\0-O2\0parse.c";

	begin(screen);
	for (pid_t pid = 400; pid < 440; pid += 10) {
		run_now(screen, 300, pid, "cc");
		fork_now(screen, pid, pid + 1);
		exec_ago(screen, 60000, pid + 1, cc1, sizeof(cc1));
	}
	pass(screen, 100);
	exit_now(screen, 401, 0);
	exit_now(screen, 411, 1 << 8);
	exit_now(screen, 410, 1 << 8);
	run_now(screen, 400, 402, "as");
	run_now(screen, 300, 440, "ld");
	exit_now(screen, 440, 0);
	pass(screen, 400);
}

static void a_build_at_80_by_24(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	build(screen);
	expect_rows(screen, ">     300 root   S         ·  40K   10s ▾ make -j4\n"
			    " X    400 root             ·       0.5s ├▾ cc  †1 cc1×1\n"
			    " X    402 root             ·       0.4s │└─ as\n"
			    " †    410 root                    0.10s ├▸ cc  ✗ exit 1 +1 1✗\n"
			    " X    420 root             ·       0.5s ├▾ cc\n"
			    " X    421 root             ·       0.5s │└─ cc1 -quiet -O2 parse.c\n"
			    " X    430 root             ·       0.5s ├▾ cc\n"
			    " X    431 root             ·       0.5s │└─ cc1 -quiet -O2 parse.c\n"
			    " †    440 root                    0.00s └─ ld  ✓\n");
}

static void a_build_at_160_by_50(void **state)
{
	struct screen *screen = *state;

	resize(screen, 50, 160);
	build(screen);
	expect_rows(
	    screen,
	    ">     300 root     S         ·  40K  40K    1 <10ms   10s ▾ make -j4\n"
	    " X    400 root               ·              1        0.5s ├▾ cc  †1 cc1×1\n"
	    " X    402 root               ·              1        0.4s │└─ as\n"
	    " †    410 root                                      0.10s ├▸ cc  ✗ exit 1 +1 1✗\n"
	    " X    420 root               ·              1        0.5s ├▾ cc\n"
	    " X    421 root               ·              1        0.5s │└─ "
	    "/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -O2 parse.c\n"
	    " X    430 root               ·              1        0.5s ├▾ cc\n"
	    " X    431 root               ·              1        0.5s │└─ "
	    "/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -O2 parse.c\n"
	    " †    440 root                                      0.00s └─ ld  ✓\n");
}

static void the_selected_row_is_told_whole(void **state)
{
	struct screen *screen = *state;
	char *text;

	resize(screen, 24, 80);
	begin(screen);
	run_now(screen, 300, 400, "cc");
	exit_now(screen, 400, 1 << 8);
	pass(screen, 100);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "\n300 make -j4, root, since "));
	assert_non_null(strstr(text, " from bash 201; 1 gone, 1 failed\n"));
	free(text);
	type(screen, "j");
	draw(screen);
	text = canvas_dump(screen->canvas);
	assert_non_null(strstr(text, "\n400 cc, root, ✗ exit 1"));
	free(text);
}

/* ---- whatever happens ---- */

/* What rows tell and what suffixes tell is together all that is gone. */
static void expect_nothing_counted_twice(struct screen *screen)
{
	struct session *session = &screen->session;
	uint64_t told = 0, gone = 0;

	for (uint32_t i = 0; i < rows_count(session->panes.tree->rows); i++) {
		const struct row *row = rows_at(session->panes.tree->rows, i);
		const struct ptree_node *node =
		    ptree_tree_find_id(session->scene.moment.tree, row->process);
		const struct ptree_summary *suffix = rows_gone(session->panes.tree->rows, row);
		struct rows_job job;

		told += suffix ? suffix->gone : 0;
		if (rows_job(session->panes.tree->rows, session->scene.moment.tree, row, &job))
			told += job.count + job.more;
		else if (node && !row->is_summary && ptree_node_summary(node))
			gone += ptree_node_summary(node)->gone;
	}
	if (told != gone) {
		char *text = canvas_dump(screen->canvas);

		print_message("%s\n", text);
		free(text);
	}
	assert_int_equal(told, gone);
}

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(dice->state >> 33) % sides;
}

#define LOAD_MAX 14

/* Forks, execs and exits below make, so few that all of it is in the window. */
static void random_load(struct screen *screen, struct dice *dice, pid_t *pids, size_t *count,
			pid_t *next)
{
	static const char *const names[] = { "cc", "cc1", "as", "sh" };
	pid_t parent = *count && roll(dice, 3) ? pids[roll(dice, (uint32_t)*count)] : 300;

	if (*count < LOAD_MAX && roll(dice, 2)) {
		fork_now(screen, parent, *next);
		if (roll(dice, 4))
			exec_ago(screen, (NOW_NS - screen->session.scene.moment.now_ns) / MS, *next,
				 names[roll(dice, 4)], 3);
		pids[(*count)++] = (*next)++;
	} else if (*count) {
		size_t at = roll(dice, (uint32_t)*count);
		pid_t pid = pids[at];

		pids[at] = pids[--*count];
		exit_now(screen, pid, roll(dice, 5) ? 0 : 256);
		/* Whom it leaves behind the kernel gives to another. */
		for (size_t i = 0; i < *count; i++) {
			const struct ptree_node *node =
			    ptree_tree_find(screen->session.scene.world.tree, pids[i]);

			if (ptree_node_pid(ptree_node_parent(node)) == pid)
				ptree_tree_adopt(screen->session.scene.world.tree, pids[i], 300);
		}
	}
}

static void nothing_is_counted_twice(void **state)
{
	struct screen *screen = *state;
	struct dice dice = { 4711 };
	pid_t pids[LOAD_MAX], next = 1000;
	size_t count = 0;

	resize(screen, 60, 80);
	begin(screen);
	for (int i = 0; i < 3000; i++) {
		random_load(screen, &dice, pids, &count, &next);
		if (roll(&dice, 3))
			continue;
		pass(screen, roll(&dice, 40));
		expect_nothing_counted_twice(screen);
	}
}

/* Whatever is pressed while things happen, the rows are a tree, and the selection is among them. */
static void no_key_and_no_event_breaks_the_rows(void **state)
{
	static const char keys[] = "jjjkkhl+-xtLHKpPMTIsuwWzgG*FZnN/\\";
	struct screen *screen = *state;
	struct dice dice = { 42 };
	pid_t pids[LOAD_MAX], next = 1000;
	size_t count = 0;

	screen->session.scene.moment.now_ns = NOW_NS - 60 * S;
	for (int i = 0; i < 4000; i++) {
		char key[2] = { keys[roll(&dice, sizeof(keys) - 1)], '\0' };
		uint32_t rows;

		random_load(screen, &dice, pids, &count, &next);
		if (!roll(&dice, 4))
			type(screen, key);
		if (!roll(&dice, 20))
			type(screen, "\033\033\033");
		if (!roll(&dice, 50))
			resize(screen, (int)roll(&dice, 40), (int)roll(&dice, 120));
		pass(screen, roll(&dice, 40) % 30);
		rows = rows_count(screen->session.panes.tree->rows);
		for (uint32_t at = 0; at < rows; at++) {
			const struct row *row = rows_at(screen->session.panes.tree->rows, at);
			uint32_t parent;

			parent = rows_parent(screen->session.panes.tree->rows, row);
			assert_true(parent == NO_ROW || parent < at);
			assert_true(parent == NO_ROW ||
				    rows_at(screen->session.panes.tree->rows, parent)->depth <
					row->depth);
		}
		assert_true(!rows || screen->session.panes.tree->cursor.index < rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(who_ends_turns_on_its_line_and_who_comes_takes_it),
		SCREEN_TEST(a_job_is_one_row_and_unfolds),
		SCREEN_TEST(with_very_many_that_are_kept_news_waits),
		SCREEN_TEST(siblings_that_are_alike_share_a_row),
		SCREEN_TEST(who_shares_a_row_is_counted_once),
		SCREEN_TEST(also_in_lineage),
		SCREEN_TEST(a_success_leaves_after_three_seconds_and_a_failure_after_nine),
		SCREEN_TEST(no_line_stays_empty_when_one_has_chosen_another_order),
		SCREEN_TEST(the_colour_has_nothing_to_do_with_the_rows),
		SCREEN_TEST(what_is_over_never_hides_what_lives),
		SCREEN_TEST(a_selected_one_stays_on_its_line_also_inside_a_larger_job),
		cmocka_unit_test(who_ends_while_it_is_selected_stays_until_the_cursor_leaves),
		cmocka_unit_test(below_a_page_it_stays_selected_too),
		SCREEN_TEST(the_selected_row_keeps_its_line),
		SCREEN_TEST(what_became_a_part_goes_with_the_next_batch),
		SCREEN_TEST(a_folded_parent_tells_all_that_is_gone_below_it),
		SCREEN_TEST(exited_ones_can_be_hidden_or_all_be_kept),
		SCREEN_TEST(a_job_matches_if_anything_in_it_does),
		SCREEN_TEST(one_line_ends_a_list),
		SCREEN_TEST(in_lineage_a_job_is_what_came_from_one),
		SCREEN_TEST(at_the_top_a_job_stands_for_what_was_watched),
		SCREEN_TEST(a_zombie_is_among_the_living),
		SCREEN_TEST(what_failed_is_shown_when_it_is_gone_to),
		SCREEN_TEST(a_screen_of_40_by_10_keeps_the_programs_name),
		SCREEN_TEST(a_build_at_80_by_24),
		SCREEN_TEST(a_build_at_160_by_50),
		SCREEN_TEST(the_selected_row_is_told_whole),
		SCREEN_TEST(nothing_is_counted_twice),
		SCREEN_TEST(no_key_and_no_event_breaks_the_rows),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
