/* SPDX-License-Identifier: MIT */
/* A list to choose from, in a frame over the middle of what is below. */
#include "views/view.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 36
#define NUMBER_WIDTH 7
#define LEAST_COLS_FOR_NUMBER 24
#define LEAST_ROWS 6
#define LEAST_ROWS_FOR_FRAME 4
#define FRAME 2 /* cells, or lines, of both its sides */

struct frame_marks {
	const char *top_left, *top_right, *bottom_left, *bottom_right, *across, *down;
};

static const struct frame_marks box_marks = { "┌", "┐", "└", "┘", "─", "│" };
static const struct frame_marks ascii_marks = { "+", "+", "+", "+", "-", "|" };

struct box {
	int y, x, rows, cols;
};

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

/* Over the rows, if they have room for a list; else over all but the last line, with the keys. */
static struct box box_of(const struct session *session, const struct canvas *canvas)
{
	struct box box = { .cols = canvas->cols < WIDTH ? canvas->cols : WIDTH };
	int room = canvas->rows - view_last_line_is_needed(session, canvas);
	int top = room - session->body_y >= LEAST_ROWS ? session->body_y : 0;

	box.rows = (int)session->picker.count + FRAME;
	if (box.rows > room - top)
		box.rows = room - top;
	box.x = (canvas->cols - box.cols) / 2;
	box.y = top + (room - top - box.rows) / 2;
	return box;
}

static bool has_frame(const struct box *box)
{
	return box->rows >= LEAST_ROWS_FOR_FRAME && box->cols > FRAME + 2;
}

static const char *title_of(const struct session *session)
{
	switch (session->choice) {
	case SESSION_CHOICE_USER:
		return " whose processes ";
	case SESSION_CHOICE_SORT:
		return " sort siblings by ";
	}
	return "";
}

static void draw_edge(const struct session *session, struct canvas *canvas, const struct box *box,
		      int y, const char *left, const char *right)
{
	const struct frame_marks *marks = session->utf8 ? &box_marks : &ascii_marks;
	struct style style = role(session, THEME_PROMPT);

	canvas_puts(canvas, y, box->x, 1, left, style);
	for (int x = 1; x < box->cols - 1; x++)
		canvas_puts(canvas, y, box->x + x, 1, marks->across, style);
	canvas_puts(canvas, y, box->x + box->cols - 1, 1, right, style);
}

static void draw_frame(const struct session *session, struct canvas *canvas, const struct box *box)
{
	const struct frame_marks *marks = session->utf8 ? &box_marks : &ascii_marks;
	struct style style = role(session, THEME_PROMPT);
	int bottom = box->y + box->rows - 1;

	draw_edge(session, canvas, box, box->y, marks->top_left, marks->top_right);
	canvas_puts(canvas, box->y, box->x + 1, box->cols - FRAME, title_of(session),
		    role(session, THEME_TITLE));
	for (int y = box->y + 1; y < bottom; y++) {
		canvas_puts(canvas, y, box->x, 1, marks->down, style);
		canvas_puts(canvas, y, box->x + box->cols - 1, 1, marks->down, style);
	}
	draw_edge(session, canvas, box, bottom, marks->bottom_left, marks->bottom_right);
}

/* Where in a list that does not fit one is. */
static void draw_position(const struct session *session, struct canvas *canvas,
			  const struct box *box)
{
	char text[32];
	int size = snprintf(text, sizeof(text), " %zu of %zu ", session->picker.at + 1,
			    session->picker.count);

	if (session->picker.count > (size_t)(box->rows - FRAME) && size <= box->cols - FRAME)
		canvas_puts(canvas, box->y + box->rows - 1, box->x + box->cols - 1 - size, size,
			    text, role(session, THEME_PROMPT));
}

static void draw_item(const struct session *session, struct canvas *canvas, int y, int x, int cols,
		      size_t index)
{
	const struct picker_item *item = &session->picker.items[index];
	bool is_chosen = index == session->picker.at;
	bool has_number = item->has_number && cols >= LEAST_COLS_FOR_NUMBER;
	struct style style = role(session, is_chosen ? THEME_SELECTED : THEME_PROMPT);
	int room = cols - 2 - (has_number ? NUMBER_WIDTH + 2 : 0);

	style.attrs |= is_chosen ? STYLE_BOLD : 0;
	canvas_fill(canvas, y, x, 1, cols, style);
	canvas_puts(canvas, y, x, 1, is_chosen ? ">" : " ", style);
	canvas_puts(canvas, y, x + 2, room > 0 ? room : 0, item->label, style);
	if (has_number)
		canvas_printf(canvas, y, x + cols - NUMBER_WIDTH - 1, NUMBER_WIDTH, style, "%*u",
			      NUMBER_WIDTH, item->number);
}

void view_picker_draw(const struct session *session, struct canvas *canvas)
{
	struct box box = box_of(session, canvas);
	int edge = has_frame(&box) ? 1 : 0;
	int room = box.rows - 2 * edge;
	size_t first = 0;

	if (session->picker.at >= (size_t)(room > 0 ? room : 1))
		first = session->picker.at - (size_t)room + 1;
	canvas_fill(canvas, box.y, box.x, box.rows, box.cols, role(session, THEME_PROMPT));
	if (edge)
		draw_frame(session, canvas, &box);
	for (int line = 0; line < room && first + (size_t)line < session->picker.count; line++)
		draw_item(session, canvas, box.y + edge + line, box.x + edge, box.cols - 2 * edge,
			  first + (size_t)line);
	if (edge)
		draw_position(session, canvas, &box);
}
