/* SPDX-License-Identifier: MIT */
/* The details beside the tree: where there is room, what they follow, and who takes the keys. */
#include "screen.h"

#include "views/details.h"

static struct panes *panes_of(struct screen *screen)
{
	draw(screen);
	return &screen->session.panes;
}

static void click(struct screen *screen, int y, int x)
{
	const struct key key = { .code = TERM_KEY_MOUSE_CLICK, .mouse_y = y, .mouse_x = x };

	draw(screen);
	input_key(&screen->keys, &screen->session, &key);
	draw(screen);
}

static void expect_process(struct screen *screen, pid_t pid)
{
	struct details_view *details = panes_of(screen)->details;

	assert_non_null(details);
	assert_true(details->id == id_of(screen, pid));
}

static void wide_screens_show_details_beside_the_tree(void **state)
{
	struct screen *screen = *state;
	struct panes *panes;

	resize(screen, 40, 120);
	type(screen, "201\r\r");
	panes = panes_of(screen);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_int_equal(panes->depth, 0);
	assert_int_equal(panes->layout.tree.cols, 72);
	assert_int_equal(panes->layout.details.cols, 47);
	expect_on_screen(screen, "│ bash 201");
	expect_on_screen(screen, "│ Details Environment");
	expect_on_screen(screen, "│ command    -bash\n");
	/* Narrower there is no room, and wider it is back. */
	resize(screen, 40, 109);
	draw(screen);
	assert_int_equal(panes->layout.details.cols, 0);
	resize(screen, 40, 120);
	expect_on_screen(screen, "│ bash 201");
}

static void ascii_has_a_border_too(void **state)
{
	struct screen *screen = *state;

	screen->canvas->ascii_marks = true;
	resize(screen, 40, 120);
	type(screen, "201\r\r");
	expect_on_screen(screen, "| bash 201");
}

static void they_follow_what_is_selected_and_read_where_one_stops(void **state)
{
	struct screen *screen = *state;
	struct details_view *details;

	resize(screen, 40, 120);
	type(screen, "201\r\r");
	details = panes_of(screen)->details;
	assert_true(details->asked_ns > 0); /* who asks for it does not wait */
	type(screen, "j");
	expect_process(screen, 300);
	assert_true(details->asked_ns == 0);
	type(screen, "k");
	expect_process(screen, 201);
	assert_true(details->asked_ns == 0);
	assert_true(details->view.kind->next_change_ns(&details->view) == details->settles_ns);
	screen->session.scene.moment.now_ns = details->settles_ns;
	draw(screen);
	assert_true(details->asked_ns > 0);
}

static void of_the_events_they_show_whom_one_is_about(void **state)
{
	struct screen *screen = *state;

	fork_ago(screen, 900, 300, 400);
	fork_ago(screen, 800, 110, 401);
	resize(screen, 40, 120);
	type(screen, "201\r\r");
	press(screen, '\t');
	assert_ptr_equal(open_kind(screen), &events_view_kind);
	expect_process(screen, 401);
	type(screen, "k");
	expect_process(screen, 400);
	press(screen, TERM_KEY_ESC);
	expect_process(screen, 201);
}

static void the_keys_go_from_pane_to_pane_and_back(void **state)
{
	struct screen *screen = *state;
	struct panes *panes;

	resize(screen, 40, 120);
	type(screen, "201\r\r");
	panes = panes_of(screen);
	press(screen, '\t');
	assert_ptr_equal(open_kind(screen), &events_view_kind);
	press(screen, '\t');
	assert_ptr_equal(open_kind(screen), &details_view_kind);
	assert_int_equal(panes->depth, 0);
	type(screen, "jj");
	expect_process(screen, 201); /* it scrolled, and the tree did not move */
	press(screen, '\t');
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	click(screen, panes->layout.details.y + 3, panes->layout.details.x + 3);
	assert_ptr_equal(open_kind(screen), &details_view_kind);
	press(screen, TERM_KEY_ESC);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	assert_non_null(panes->details);
	press(screen, TERM_KEY_ESC);
	assert_null(panes->details);
	assert_int_equal(panes_of(screen)->layout.tree.cols, 120);
	/* What goes because the screen narrows gives the keys back. */
	type(screen, "\r");
	press(screen, '\t');
	press(screen, '\t');
	assert_ptr_equal(open_kind(screen), &details_view_kind);
	resize(screen, 40, 80);
	draw(screen);
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

static void the_second_time_they_are_a_page(void **state)
{
	struct screen *screen = *state;
	struct panes *panes;

	resize(screen, 40, 120);
	type(screen, "201\r\r");
	panes = panes_of(screen);
	type(screen, "\r");
	assert_int_equal(panes->depth, 1);
	assert_ptr_equal(open_kind(screen), &details_view_kind);
	expect_process(screen, 201);
	expect_on_screen(screen, "\n bash 201");
	press(screen, TERM_KEY_ESC);
	assert_int_equal(panes->depth, 0);
	expect_on_screen(screen, "│ bash 201");
	/* From the pane that has the keys, too. */
	press(screen, '\t');
	press(screen, '\t');
	type(screen, "\r");
	assert_int_equal(panes->depth, 1);
	type(screen, "q");
	assert_int_equal(panes->depth, 0);
	/* A page without a pane is closed for good. */
	press(screen, TERM_KEY_ESC);
	press(screen, TERM_KEY_ESC);
	assert_null(panes->details);
	resize(screen, 24, 80);
	type(screen, "\r");
	assert_int_equal(panes->depth, 1);
	press(screen, TERM_KEY_ESC);
	assert_null(panes->details);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(wide_screens_show_details_beside_the_tree),
		SCREEN_TEST(ascii_has_a_border_too),
		SCREEN_TEST(they_follow_what_is_selected_and_read_where_one_stops),
		SCREEN_TEST(of_the_events_they_show_whom_one_is_about),
		SCREEN_TEST(the_keys_go_from_pane_to_pane_and_back),
		SCREEN_TEST(the_second_time_they_are_a_page),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
