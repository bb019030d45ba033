/* SPDX-License-Identifier: MIT */
/*
 * The help screen. What it says comes from who opens it; it is in two columns where both have room
 * for their longest line.
 */
#include "views/help.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define KEYS_WIDTH 11
#define INDENT 2
#define GAP 1

static struct help_view *help_of(struct view *view)
{
	return (struct help_view *)view;
}

/* ---- what is said ---- */

void help_view_add(struct help_view *help, const char *keys, const char *text)
{
	struct help_line *line = &help->lines[help->count];

	if (help->count == HELP_LINES_MAX)
		return;
	snprintf(line->keys, sizeof(line->keys), "%s", keys);
	line->text = text;
	help->count++;
}

void help_view_add_heading(struct help_view *help, const char *text)
{
	if (help->count)
		help_view_add(help, "", "");
	help_view_add(help, "", text);
}

/* ---- how it is laid out ---- */

static int width_of(const struct area *area, const struct help_line *line)
{
	int keys = area_width(area, line->keys);
	int text = (int)strlen(line->text);

	if (!keys)
		return text;
	return INDENT + (keys > KEYS_WIDTH ? keys : KEYS_WIDTH) + GAP + text;
}

static int widest(const struct area *area, const struct help_view *help)
{
	int width = 0;

	for (int i = 0; i < help->count; i++) {
		int own = width_of(area, &help->lines[i]);

		width = own > width ? own : width;
	}
	return width;
}

static bool is_heading(const struct help_line *line)
{
	return !line->keys[0] && line->text[0];
}

/* Where the second column begins: at the first heading from the middle on. */
static int find_break(const struct help_view *help)
{
	int at = help->count / 2;

	while (at < help->count && !is_heading(&help->lines[at]))
		at++;
	return at;
}

static void draw_line(const struct area *area, int y, int x, const struct help_line *line)
{
	if (!line->keys[0]) {
		area_puts(area, y, x, -1, line->text, area_style(area, THEME_TITLE));
		return;
	}
	area_puts(area, y, x + INDENT, -1, line->keys, area_style(area, THEME_PROGRAM));
	x += width_of(area, line) - (int)strlen(line->text);
	area_puts(area, y, x, -1, line->text, area_style(area, THEME_NORMAL));
}

/* How many lines the first column has; all, if there is but one. */
static int split_of(const struct area *area, const struct help_view *help)
{
	return area->cols >= 2 * widest(area, help) + 2 ? find_break(help) : help->count;
}

static int update(struct view *view, const struct area *area)
{
	struct help_view *help = help_of(view);
	int split = split_of(area, help), rest = help->count - split;
	int last = (split > rest ? split : rest) - (area->rows - 1);

	view->body_y = 1;
	view->body_rows = area->rows > 1 ? area->rows - 1 : 0;
	if (help->top > last)
		help->top = last > 0 ? last : 0;
	return 0;
}

static void draw_column(const struct help_view *help, const struct area *area, int x, int from,
			int to)
{
	for (int i = 0; i < help->view.body_rows && from + help->top + i < to; i++)
		draw_line(area, help->view.body_y + i, x, &help->lines[from + help->top + i]);
}

static void draw(const struct view *view, const struct area *area)
{
	const struct help_view *help = (const struct help_view *)view;
	int split = split_of(area, help);

	area_puts(area, 0, 1, -1, "proctop: help", area_style(area, THEME_TITLE));
	draw_column(help, area, 1, 0, split);
	draw_column(help, area, area->cols / 2 + 1, split, help->count);
}

/* Its end is found when it is updated. */
static void move(struct view *view, int64_t lines)
{
	struct help_view *help = help_of(view);
	int64_t top = help->top + lines;

	help->top = top < 0 ? 0 : top > INT_MAX / 2 ? INT_MAX / 2 : (int)top;
}

const struct view_kind help_view_kind = {
	.name = "help",
	.context = VIEW_HELP,
	.is_whole = true,
	.size = sizeof(struct help_view),
	.update = update,
	.draw = draw,
	.move = move,
};
