/* SPDX-License-Identifier: MIT */
/* The frame of a dialog over what is below. */
#include "views/frame.h"

#include <stdio.h>

#define LEAST_ROWS 4

struct frame_marks {
	const char *top_left, *top_right, *bottom_left, *bottom_right, *across, *down;
};

static const struct frame_marks box_marks = { "┌", "┐", "└", "┘", "─", "│" };
static const struct frame_marks ascii_marks = { "+", "+", "+", "+", "-", "|" };

bool frame_is_drawn(const struct frame *frame)
{
	return frame->rows >= LEAST_ROWS && frame->cols > FRAME_SIZE + 2;
}

static void draw_edge(const struct frame *frame, const struct area *area, int y, const char *left,
		      const char *right)
{
	const struct frame_marks *marks = area->utf8 ? &box_marks : &ascii_marks;
	struct style style = area_style(area, THEME_PROMPT);

	area_puts(area, y, frame->x, 1, left, style);
	for (int x = 1; x < frame->cols - 1; x++)
		area_puts(area, y, frame->x + x, 1, marks->across, style);
	area_puts(area, y, frame->x + frame->cols - 1, 1, right, style);
}

void frame_draw(const struct frame *frame, const struct area *area, const char *title)
{
	const struct frame_marks *marks = area->utf8 ? &box_marks : &ascii_marks;
	struct style style = area_style(area, THEME_PROMPT);
	int bottom = frame->y + frame->rows - 1;

	area_fill(area, frame->y, frame->x, frame->rows, frame->cols, style);
	if (!frame_is_drawn(frame))
		return;
	draw_edge(frame, area, frame->y, marks->top_left, marks->top_right);
	area_puts_cut(area, frame->y, frame->x + 1, frame->cols - FRAME_SIZE, title,
		      area_style(area, THEME_TITLE));
	for (int y = frame->y + 1; y < bottom; y++) {
		area_puts(area, y, frame->x, 1, marks->down, style);
		area_puts(area, y, frame->x + frame->cols - 1, 1, marks->down, style);
	}
	draw_edge(frame, area, bottom, marks->bottom_left, marks->bottom_right);
}

void frame_draw_position(const struct frame *frame, const struct area *area, size_t at,
			 size_t count)
{
	char text[32];
	int size = snprintf(text, sizeof(text), " %zu of %zu ", at + 1, count);

	if (frame_is_drawn(frame) && count > (size_t)(frame->rows - FRAME_SIZE) &&
	    size <= frame->cols - FRAME_SIZE)
		area_puts(area, frame->y + frame->rows - 1, frame->x + frame->cols - 1 - size, size,
			  text, area_style(area, THEME_PROMPT));
}
