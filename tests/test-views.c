/* SPDX-License-Identifier: MIT */
/*
 * What holds for every view: it draws nowhere but in its area, whatever the size and the names; a
 * stopped picture does not change; and no keys in whatever order break anything.
 */
#include "screen.h"

#include "views/head.h"

#define MS UINT64_C(1000000)
#define MARGIN 3

static const int some_rows[] = { 0, 1, 2, 3, 4, 5, 8, 9, 12, 20, 22, 30, 47, 100 };
static const int some_cols[] = { 0,  1,	 2,  3,	 5,  8,	 12, 16,  20,  24,  27,	 31, 39,
				 40, 47, 56, 60, 64, 80, 99, 110, 130, 160, 222, 300 };
#define ROWS_COUNT (sizeof(some_rows) / sizeof(*some_rows))
#define COLS_COUNT (sizeof(some_cols) / sizeof(*some_cols))

/* ---- names that nobody would choose ---- */

static const char *const hostile[] = {
	"\x1b]52;c;x\a\xe2\x80\xae\xff\xe6\x97\xa5\xe6\x9c\xac \x9b[31m",
	"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6",
	"/\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7/e\xcc\x81\xcc\x82\xcc\x83\xcc\x84 \r\n\t\v",
	"/a/very/long/directory/that/does/not/end/before/the/screen/does/and/goes/on/and/on/x y z",
	"",
};
#define HOSTILE_COUNT (sizeof(hostile) / sizeof(*hostile))

static void rename_to(struct screen *screen, pid_t pid, const char *name)
{
	struct ptree_event named = { .kind = PTREE_EVENT_COMM, .pid = pid, .tgid = pid };

	snprintf(named.u.comm, sizeof(named.u.comm), "%.15s", name);
	apply(screen, named, 400);
}

static void fill_with_hostile_names(struct screen *screen)
{
	for (pid_t i = 0; i < 60; i++) {
		const char *name = hostile[(size_t)i % HOSTILE_COUNT];
		pid_t pid = 1000 + i;

		fork_ago(screen, 900, i % 7 ? pid - 1 : 300, pid);
		exec_ago(screen, 800, pid, name, strlen(name) + 1);
		rename_to(screen, pid, name);
	}
	for (pid_t pid = 1005; pid < 1060; pid += 5)
		exit_ago(screen, 300, pid, pid % 2 ? 9 : 1 << 8);
	ptree_tree_tick(screen->session.scene.world.tree, NOW_NS);
}

static void narrow_with_hostile_names(struct screen *screen)
{
	struct watch_item item = { .id = id_of(screen, 201), .pid = 201 };
	char text[WATCH_NAME_SIZE];

	session_watch_only(&screen->session, &item);
	snprintf(text, sizeof(text), "%s", hostile[1]);
	item = (struct watch_item){ 0 };
	memcpy(item.name, text, sizeof(item.name));
	session_watch_also(&screen->session, &item);
	assert_true(session_set_filter(&screen->session, "!\"\xe6\x97\xa5\xe6\x9c\xac \x1b[31m\""));
}

/* ---- nothing outside ---- */

static const struct style strange = { .fg = 99, .bg = 98, .attrs = STYLE_REVERSE };

static void fill_with_sentinels(struct canvas *canvas)
{
	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->cols; x++)
			canvas_puts(canvas, y, x, 1, "S", strange);
	}
}

static bool is_sentinel(const struct cell *cell)
{
	return cell->size == 1 && cell->bytes[0] == 'S' && cell->style.fg == strange.fg &&
	       cell->style.bg == strange.bg && cell->style.attrs == strange.attrs;
}

/* Of a line within an area: all its cells, and no half of a character. */
static void expect_whole_line(const struct canvas *canvas, const struct area *area, int y)
{
	int width = 0;

	for (int x = area->x; x < area->x + area->cols; x++) {
		const struct cell *cell = canvas_cell(canvas, y, x);

		width += cell->width;
		for (int i = 0; i < cell->size; i++)
			assert_false((unsigned char)cell->bytes[i] < 0x20 ||
				     cell->bytes[i] == 0x7f);
	}
	assert_int_equal(width, area->cols);
}

static void expect_nothing_outside(const struct canvas *canvas, const struct area *area,
				   const char *name)
{
	for (int y = 0; y < canvas->rows; y++) {
		bool is_row = y >= area->y && y < area->y + area->rows;

		for (int x = 0; x < canvas->cols; x++) {
			bool is_inside = is_row && x >= area->x && x < area->x + area->cols;

			if (!is_inside && !is_sentinel(canvas_cell(canvas, y, x)))
				fail_msg("%s of %d x %d draws at %d, %d", name, area->rows,
					 area->cols, y - area->y, x - area->x);
		}
		if (is_row)
			expect_whole_line(canvas, area, y);
	}
}

/* A canvas with a margin around an area of that size. */
static struct area make_area(struct screen *screen, int rows, int cols)
{
	struct area all;

	resize(screen, rows + 2 * MARGIN, cols + 2 * MARGIN);
	fill_with_sentinels(screen->canvas);
	all = area_of(screen->canvas);
	return area_part(&all, MARGIN, MARGIN, rows, cols);
}

static void expect_view_in_area(struct screen *screen, struct view *view, int rows, int cols)
{
	struct area area = make_area(screen, rows, cols);

	view->kind->update(view, &area);
	view->kind->draw(view, &area);
	expect_nothing_outside(screen->canvas, &area, view->kind->name);
	if (!view->kind->draw_selected)
		return;
	area = make_area(screen, rows ? 1 : 0, cols);
	view->kind->draw_selected(view, &area);
	expect_nothing_outside(screen->canvas, &area, view->kind->name);
}

static void expect_view_in_all_areas(struct screen *screen, struct view *view)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		for (size_t j = 0; j < COLS_COUNT; j++)
			expect_view_in_area(screen, view, some_rows[i], some_cols[j]);
	}
}

/* Opened by its key, so that it is filled; the panes by themselves. */
static void open_and_expect(struct screen *screen, const char *keys)
{
	resize(screen, 18, 80);
	type(screen, keys);
	draw(screen);
	expect_view_in_all_areas(screen, top_of(screen));
	close_all(screen);
}

static void no_view_draws_outside_its_area(void **state)
{
	static const char *const keys[] = { "",	   "b",	   "b",	 "b", "b",  "b",  "b",	      "E",
					    "E\r", "C",	   "i",	 "u", "s",  "?",  "v",	      "vk",
					    "dd",  "dtte", "dg", "]", "dp", "\r", "1030\r\r", "S" };
	struct screen *screen = *state;
	struct theme theme;

	theme_init(&theme, 256);
	screen->canvas->theme = &theme;
	fill_with_hostile_names(screen);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		open_and_expect(screen, keys[i]);
	type(screen, "zRHxxPF/a\r\033[1;2C");
	open_and_expect(screen, "");
	type(screen, "bbbbbzR"); /* by hostile names */
	open_and_expect(screen, "");
	type(screen, "b");
	type(screen, "ttL");
	narrow_with_hostile_names(screen);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		open_and_expect(screen, keys[i]);
}

static void neither_does_the_head(void **state)
{
	const struct ptree_monitor_status status = {
		.state = PTREE_MONITOR_STALE, .lost = 1204332, .argv_late = 12, .unaccounted = 3
	};
	struct screen *screen = *state;

	screen->session.scene.world.meters.bomb_growth = 700;
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		for (size_t j = 0; j < COLS_COUNT; j++) {
			struct area area = make_area(screen, some_rows[i], some_cols[j]);
			struct area used = area;

			used.rows = head_lines(&screen->session.scene, &area, some_rows[i]);
			assert_in_range(used.rows, 0, some_rows[i]);
			head_draw(&screen->session.scene, &area, used.rows);
			expect_nothing_outside(screen->canvas, &used, "head");
			area = make_area(screen, some_rows[i], some_cols[j]);
			used.rows = some_rows[i] ? 1 : 0;
			head_draw_first(&screen->session.scene, &area, &status);
			expect_nothing_outside(screen->canvas, &used, "title");
		}
	}
}

/* As it is put together, with whatever is open. */
static void the_whole_screen_is_whole_at_every_size(void **state)
{
	static const char *const keys[] = { "",	 "E", "i",  "u",    "?", "/x", "\\user:",
					    "Z", "v", "dd", "dtte", "]", "\r" };
	struct screen *screen = *state;

	fill_with_hostile_names(screen);
	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		resize(screen, 24, 80);
		type(screen, keys[k]);
		for (size_t i = 0; i < ROWS_COUNT; i++) {
			for (size_t j = 0; j < COLS_COUNT; j++) {
				struct area all;

				resize(screen, some_rows[i], some_cols[j]);
				draw(screen);
				all = area_of(screen->canvas);
				for (int y = 0; y < all.rows; y++)
					expect_whole_line(screen->canvas, &all, y);
			}
		}
		close_all(screen);
		type(screen, "\x1b");
	}
}

/* ---- the layout ---- */

static bool overlap(const struct area *a, const struct area *b)
{
	return a->rows && a->cols && b->rows && b->cols && a->y < b->y + b->rows &&
	       b->y < a->y + a->rows && a->x < b->x + b->cols && b->x < a->x + a->cols;
}

static void expect_apart(const struct layout *layout)
{
	const struct area *const areas[] = { &layout->head,    &layout->tree,	  &layout->events,
					     &layout->details, &layout->selected, &layout->last };
	enum { COUNT = sizeof(areas) / sizeof(*areas) };

	for (size_t i = 0; i < COUNT; i++) {
		assert_in_range(areas[i]->y + areas[i]->rows, 0, layout->screen.rows);
		assert_in_range(areas[i]->x + areas[i]->cols, 0, layout->screen.cols);
		for (size_t j = i + 1; j < COUNT; j++) {
			if (overlap(areas[i], areas[j]))
				fail_msg("%zu and %zu overlap on %d x %d", i, j,
					 layout->screen.rows, layout->screen.cols);
		}
	}
}

static void no_two_panes_have_the_same_cell(void **state)
{
	struct canvas *canvas = canvas_new(0, 0, true);

	(void)state;
	for (int rows = 1; rows <= 60; rows++) {
		for (int bits = 0; bits < 32; bits++) {
			const struct layout_wish wish = { .head_lines = bits & 1 ? 1 : 5,
							  .has_last = bits & 2 && rows > 1,
							  .is_page = bits & 4,
							  .has_events = bits & 8,
							  .events_rows = bits & 16 ? rows : 0,
							  .has_details = bits & 1 };
			struct area screen;
			struct layout layout;

			assert_int_equal(canvas_resize(canvas, rows, 20 + 4 * bits), 0);
			screen = area_of(canvas);
			layout = layout_of(&screen, &wish);
			if (wish.head_lines < rows - 1)
				expect_apart(&layout);
		}
	}
	canvas_free(canvas);
}

/* ---- stopped means stopped ---- */

static char *dump_below_title(struct screen *screen)
{
	char *all, *rest;

	draw(screen);
	all = canvas_dump(screen->canvas);
	rest = strdup(strchr(all, '\n'));
	free(all);
	return rest;
}

static void let_things_happen(struct screen *screen)
{
	const struct ptree_event thread = { .kind = PTREE_EVENT_FORK,
					    .pid = 302,
					    .tgid = 300,
					    .parent_pid = 201,
					    .parent_tgid = 201 };
	const struct ptree_event other = {
		.kind = PTREE_EVENT_UID, .pid = 300, .tgid = 300, .u.id = { 4711, 4711 }
	};

	screen->session.scene.moment.now_ns += 20 * S;
	for (pid_t pid = 500; pid < 560; pid++)
		fork_ago(screen, 0, 201, pid);
	for (pid_t pid = 500; pid < 540; pid++)
		exit_ago(screen, 0, pid, pid % 2 << 8);
	apply(screen, thread, 0);
	apply(screen, other, 0);
	exec_ago(screen, 0, 300, "later", 6);
	exit_ago(screen, 0, 110, 9);
	ptree_tree_tick(screen->session.scene.world.tree, screen->session.scene.moment.now_ns);
	screen->session.scene.world.ticks++;
	screen->session.scene.world.names++;
}

static void stopped_nothing_changes_whatever_is_open(void **state)
{
	static const char *const keys[] = {
		"b",	"b*",	  "b",	"b",   "",  "H", "\\make\r", "\\user:root\r",
		"uj\r", "300\rw", "E",	"E\r", "C", "L", "t",	     "x",
		"xx",	"M",	  "zR", "K",   "u", "s", "?",	     "v",
		"/",	"vv\t1k", "zM",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct screen *screen;
		char *before, *after;
		void *fresh;

		setup(&fresh);
		screen = fresh;
		for (pid_t pid = 400; pid < 410; pid++)
			fork_ago(screen, 2000, 300, pid);
		for (pid_t pid = 400; pid < 406; pid++)
			exit_ago(screen, 1000, pid, pid % 2 << 8);
		resize(screen, 35, 100);
		type(screen, "Z");
		type(screen, keys[i]);
		screen->session.message.until_ns = 0; /* it goes with time */
		before = dump_below_title(screen);
		let_things_happen(screen);
		after = dump_below_title(screen);
		if (strcmp(before, after))
			print_message("%s: %s\nbecame\n%s\n", keys[i], before, after);
		assert_string_equal(before, after);
		free(before);
		free(after);
		teardown(&fresh);
	}
}

/* ---- any keys, any load ---- */

#define KEYS 100000
#define PIDS 96 /* processes that come and go */

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(dice->state >> 33) % sides;
}

static uint32_t any_code(struct dice *dice)
{
	static const uint32_t often[] = { TERM_KEY_ESC, TERM_KEY_ENTER,	    '\t', 'j', 'k',
					  'v',		TERM_KEY_PAGE_DOWN, 'G' };

	switch (roll(dice, 4)) {
	case 0:
		return roll(dice, 128);
	case 1:
		return TERM_KEY_UP + roll(dice, TERM_KEY_OTHER - TERM_KEY_UP + 1);
	case 2:
		return often[roll(dice, sizeof(often) / sizeof(*often))];
	default:
		return ' ' + roll(dice, 95);
	}
}

static void press_any_key(struct screen *screen, struct dice *dice)
{
	const struct key key = { .code = any_code(dice),
				 .mouse_y = (int)roll(dice, (uint32_t)screen->canvas->rows + 2),
				 .mouse_x = (int)roll(dice, (uint32_t)screen->canvas->cols + 2) };

	input_key(&screen->keys, &screen->session, &key);
	screen->session.wants_quit = screen->session.wants_suspend = false;
}

static void let_anything_happen(struct screen *screen, struct dice *dice)
{
	struct scene *scene = &screen->session.scene;
	pid_t pid = 1000 + (pid_t)roll(dice, PIDS);
	pid_t parent = roll(dice, 3) ? 1000 + (pid_t)roll(dice, PIDS) : 300;
	const char *name = hostile[roll(dice, HOSTILE_COUNT)];
	struct ptree_event event = { .pid = pid, .tgid = pid };

	event.time_ns = scene->moment.now_ns;
	switch (roll(dice, 4)) {
	case 0:
		event.kind = PTREE_EVENT_FORK;
		event.parent_pid = event.parent_tgid = parent;
		if (parent == pid)
			return;
		break;
	case 1:
		event.kind = PTREE_EVENT_EXEC;
		break;
	case 2:
		event.kind = PTREE_EVENT_EXIT;
		event.u.exit.status = roll(dice, 3) << 8;
		break;
	default:
		event.kind = PTREE_EVENT_COMM;
		snprintf(event.u.comm, sizeof(event.u.comm), "%.15s", name);
		break;
	}
	assert_int_equal(ptree_tree_apply(scene->world.tree, &event), 0);
}

static void let_time_pass(struct screen *screen, struct dice *dice)
{
	struct scene *scene = &screen->session.scene;

	scene->moment.now_ns += roll(dice, 200) * MS;
	if (roll(dice, 8))
		return;
	ptree_tree_tick(scene->world.tree, scene->moment.now_ns);
	scene->world.ticks++;
}

static void look(struct screen *screen, struct dice *dice)
{
	const struct panes *panes = &screen->session.panes;
	const struct tree_view *tree = panes->tree;
	struct area all;

	if (!roll(dice, 20))
		resize(screen, (int)roll(dice, 60), (int)roll(dice, 170));
	draw(screen);
	all = area_of(screen->canvas);
	for (int y = 0; y < all.rows; y++)
		expect_whole_line(screen->canvas, &all, y);
	assert_true(!rows_count(tree->rows) || tree->cursor.index < rows_count(tree->rows));
	assert_true(panes->depth <= PANES_STACK_MAX);
	if (panes->events && panes->events->count)
		assert_true(panes->events->at < panes->events->count);
}

/* PROCTOP_SEED tries another one. */
static uint64_t seed(void)
{
	const char *text = getenv("PROCTOP_SEED");

	return text ? strtoull(text, NULL, 0) : 20;
}

static void no_keys_break_anything_under_any_load(void **state)
{
	struct screen *screen = *state;
	struct dice dice = { seed() };

	print_message("seed %llu\n", (unsigned long long)dice.state);
	resize(screen, 24, 80);
	draw(screen);
	for (unsigned i = 0; i < KEYS; i++) {
		press_any_key(screen, &dice);
		for (uint32_t events = roll(&dice, 3); events; events--)
			let_anything_happen(screen, &dice);
		if (roll(&dice, 6))
			continue;
		let_time_pass(screen, &dice);
		look(screen, &dice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(no_view_draws_outside_its_area),
		SCREEN_TEST(neither_does_the_head),
		SCREEN_TEST(the_whole_screen_is_whole_at_every_size),
		cmocka_unit_test(no_two_panes_have_the_same_cell),
		cmocka_unit_test(stopped_nothing_changes_whatever_is_open),
		SCREEN_TEST(no_keys_break_anything_under_any_load),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
