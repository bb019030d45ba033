/* SPDX-License-Identifier: MIT */
/* A list to choose from, in a frame over the middle of what is below. */
#include "views/picker.h"
#include "views/frame.h"

#define WIDTH 36
#define NUMBER_WIDTH 7
#define LEAST_COLS_FOR_NUMBER 24

/* In the middle of what there is. */
static struct frame frame_of_picker(const struct picker_view *view, const struct area *area)
{
	struct frame box = { .cols = area->cols < WIDTH ? area->cols : WIDTH };

	box.rows = (int)view->picker.count + FRAME_SIZE;
	if (box.rows > area->rows)
		box.rows = area->rows;
	box.x = (area->cols - box.cols) / 2;
	box.y = (area->rows - box.rows) / 2;
	return box;
}

static void draw_item(const struct picker_view *view, const struct area *area, int y, int x,
		      int cols, size_t index)
{
	const struct picker_item *item = &view->picker.items[index];
	bool is_chosen = index == view->picker.at;
	bool has_number = item->has_number && cols >= LEAST_COLS_FOR_NUMBER;
	struct style style = area_style(area, is_chosen ? THEME_SELECTED : THEME_PROMPT);
	int room = cols - 2 - (has_number ? NUMBER_WIDTH + 2 : 0);

	style.attrs |= is_chosen ? STYLE_BOLD : 0;
	area_fill(area, y, x, 1, cols, style);
	area_puts(area, y, x, 1, is_chosen ? ">" : " ", style);
	area_puts_cut(area, y, x + 2, room, item->label, style);
	if (has_number)
		area_printf(area, y, x + cols - NUMBER_WIDTH - 1, NUMBER_WIDTH, style, "%*u",
			    NUMBER_WIDTH, item->number);
}

static void close_picker(struct view *view)
{
	picker_clear(&((struct picker_view *)view)->picker);
}

static int update(struct view *base, const struct area *area)
{
	struct picker_view *view = (struct picker_view *)base;
	struct frame box = frame_of_picker(view, area);
	int edge = frame_is_drawn(&box) ? 1 : 0;

	base->body_y = box.y + edge;
	base->body_rows = box.rows - 2 * edge;
	return 0;
}

/* The first item that is seen. */
static size_t first_of(const struct picker_view *view)
{
	size_t room = (size_t)(view->view.body_rows > 0 ? view->view.body_rows : 1);

	return view->picker.at >= room ? view->picker.at - room + 1 : 0;
}

static void draw(const struct view *base, const struct area *area)
{
	const struct picker_view *view = (const struct picker_view *)base;
	struct frame box = frame_of_picker(view, area);
	int edge = frame_is_drawn(&box) ? 1 : 0;
	size_t first = first_of(view);

	frame_draw(&box, area, view->title);
	for (int line = 0; line < base->body_rows; line++) {
		if (first + (size_t)line < view->picker.count)
			draw_item(view, area, base->body_y + line, box.x + edge,
				  box.cols - 2 * edge, first + (size_t)line);
	}
	frame_draw_position(&box, area, view->picker.at, view->picker.count);
}

static void move(struct view *view, int64_t lines)
{
	picker_move(&((struct picker_view *)view)->picker, lines);
}

/* Selects; Enter then chooses. */
static void click(struct view *base, int y, int x)
{
	struct picker_view *view = (struct picker_view *)base;
	int64_t line = y - base->body_y;

	(void)x;
	if (line >= 0 && line < base->body_rows)
		picker_move(&view->picker,
			    (int64_t)first_of(view) + line - (int64_t)view->picker.at);
}

static enum view_entered enter(struct view *view)
{
	(void)view;
	return VIEW_HAS_CHOSEN;
}

const struct view_kind picker_view_kind = {
	.name = "picker",
	.context = VIEW_DIALOG,
	.size = sizeof(struct picker_view),
	.close = close_picker,
	.update = update,
	.draw = draw,
	.move = move,
	.click = click,
	.enter = enter,
};
