/* SPDX-License-Identifier: MIT */
/*
 * Where the panes sit on a screen: a pure function of its size and of what is wished for. From the
 * top: the head, the panes, all of what is selected, the last line. The tree is never less than a
 * few lines; what is beside it gives way.
 */
#include "ui/layout.h"

#define LEAST_ROWS_FOR_SELECTED 20
#define LEAST_TREE_ROWS 6
#define LEAST_EVENTS_ROWS 4 /* a title, and three of them */
#define EVENTS_SHARE 3	    /* a third of the panes' lines */
#define LEAST_COLS_FOR_DETAILS 110
#define DETAILS_SHARE 5 /* two of so many parts */

bool layout_has_selected(const struct area *screen, bool is_page)
{
	return !is_page && screen->rows >= LEAST_ROWS_FOR_SELECTED;
}

bool layout_is_wide(const struct area *screen)
{
	return screen->cols >= LEAST_COLS_FOR_DETAILS;
}

static int events_rows(const struct layout_wish *wish, int room)
{
	int rows = wish->events_rows ? wish->events_rows : room / EVENTS_SHARE;

	if (rows > room - LEAST_TREE_ROWS)
		rows = room - LEAST_TREE_ROWS;
	if (wish->has_events && rows < LEAST_EVENTS_ROWS)
		rows = room - LEAST_TREE_ROWS >= LEAST_EVENTS_ROWS ? LEAST_EVENTS_ROWS : 0;
	return wish->has_events && rows > 0 ? rows : 0;
}

static int details_cols(const struct area *screen, const struct layout_wish *wish)
{
	bool has_room = layout_is_wide(screen) && !wish->is_page;

	return wish->has_details && has_room ? 2 * screen->cols / DETAILS_SHARE : 0;
}

static void split_body(struct layout *layout, const struct layout_wish *wish)
{
	const struct area *body = &layout->body;
	int right = details_cols(&layout->screen, wish);
	int left = body->cols - right;
	int below = wish->is_page ? 0 : events_rows(wish, body->rows);

	layout->tree = area_part(body, 0, 0, body->rows - below, left);
	layout->events = area_part(body, body->rows - below, 0, below, left);
	layout->border = area_part(body, 0, left, body->rows, right > 0);
	layout->details = area_part(body, 0, left + 1, body->rows, right - (right > 0));
}

struct layout layout_of(const struct area *screen, const struct layout_wish *wish)
{
	bool has_selected = layout_has_selected(screen, wish->is_page);
	int bottom = screen->rows - wish->has_last - has_selected;
	struct layout layout = { .screen = *screen };

	layout.head = area_part(screen, 0, 0, wish->head_lines, screen->cols);
	layout.body =
	    area_part(screen, layout.head.rows, 0, bottom - layout.head.rows, screen->cols);
	layout.selected = area_part(screen, bottom, 0, has_selected, screen->cols);
	layout.last = area_part(screen, screen->rows - 1, 0, wish->has_last, screen->cols);
	split_body(&layout, wish);
	return layout;
}
