/* SPDX-License-Identifier: MIT */
/* What lies over the tree or stands in its place: pages, pickers, help; the title and the footer.
 */
#include "screen.h"

/* ---- pickers ---- */

static void a_list_to_choose_from_has_a_frame_and_covers_what_is_below(void **state)
{
	struct screen *screen = *state;

	resize(screen, 12, 60);
	type(screen, "sj");
	expect_lines(screen, screen->session.body_y, 9,
		     ">      1 roo┌ sort siblings by ────────────────┐\n"
		     "     100 roo│  birth                           │-D\n"
		     "     200 roo│> CPU                             │\n"
		     "     201 roo│  memory                          │\n"
		     "     300 roo│  CPU time                        │\n"
		     "     110 roo│  threads                         │\n"
		     "       2 roo│  pid                             │\n"
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
		     "│  pid             │\n"
		     "│  user            │\n"
		     "│> command         │\n"
		     "└────────── 8 of 8 ┘\n"
		     "EnterChoose EscBack\n");
	resize(screen, 3, 12);
	expect_lines(screen, 0, 3,
		     "  pid\n"
		     "  user\n"
		     "> command\n");
	resize(screen, 1, 4);
	expect_lines(screen, 0, 1, "> co\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(a_list_to_choose_from_has_a_frame_and_covers_what_is_below),
		SCREEN_TEST(on_a_small_screen_the_list_takes_what_there_is),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
