/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_FRAME_H
#define PROCTOP_VIEWS_FRAME_H

#include "draw/area.h"

#define FRAME_SIZE 2 /* cells, or lines, of both its sides */

/* Where a dialog is, its frame included. What is too small has none. */
struct frame {
	int y, x, rows, cols;
};

bool frame_is_drawn(const struct frame *frame);
/* What is in it is cleared. title: with a space at both ends. */
void frame_draw(const struct frame *frame, const struct area *area, const char *title);
/* On its lower edge, where in a list that does not fit one is. */
void frame_draw_position(const struct frame *frame, const struct area *area, size_t at,
			 size_t count);

#endif
