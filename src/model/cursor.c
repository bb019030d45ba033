/* SPDX-License-Identifier: MIT */
/* The selected row and the part of the rows that is seen; see cursor.h. */
#include "model/cursor.h"

static uint32_t last_top(const struct rows *rows, uint32_t height)
{
	return rows_count(rows) > height ? rows_count(rows) - height : 0;
}

static void keep_in_sight(struct cursor *cursor, uint32_t height)
{
	if (cursor->index < cursor->top)
		cursor->top = cursor->index;
	if (height && cursor->index >= cursor->top + height)
		cursor->top = cursor->index - height + 1;
}

static void select_row(struct cursor *cursor, const struct rows *rows, uint32_t index)
{
	const struct row *row;

	if (index >= rows_count(rows))
		index = rows_count(rows) ? rows_count(rows) - 1 : 0;
	row = rows_at(rows, index);
	cursor->index = index;
	cursor->id = row ? row->id : 0;
}

void cursor_move_to(struct cursor *cursor, const struct rows *rows, uint32_t index, uint32_t height)
{
	uint32_t last = last_top(rows, height);

	select_row(cursor, rows, index);
	keep_in_sight(cursor, height);
	if (cursor->top > last)
		cursor->top = last;
	cursor->is_held = true;
}

void cursor_settle(struct cursor *cursor, const struct rows *rows, uint32_t height)
{
	uint32_t line = cursor->index >= cursor->top ? cursor->index - cursor->top : 0;
	uint32_t index = cursor->id ? rows_find(rows, cursor->id) : NO_ROW;

	if (!cursor->is_held) {
		cursor->top = 0;
		select_row(cursor, rows, 0);
		return;
	}
	select_row(cursor, rows, index == NO_ROW ? cursor->index : index);
	cursor->top = cursor->index > line ? cursor->index - line : 0;
	keep_in_sight(cursor, height);
}

void cursor_fill(struct cursor *cursor, const struct rows *rows, uint32_t height)
{
	uint32_t last = last_top(rows, height);

	if (cursor->top > last)
		cursor->top = last;
}

void cursor_scroll(struct cursor *cursor, const struct rows *rows, int lines, uint32_t height)
{
	int64_t top = (int64_t)cursor->top + lines;
	uint32_t last = last_top(rows, height);
	uint32_t index = cursor->index;

	cursor->top = top < 0 ? 0 : top > last ? last : (uint32_t)top;
	if (index < cursor->top)
		index = cursor->top;
	if (height && index >= cursor->top + height)
		index = cursor->top + height - 1;
	cursor_move_to(cursor, rows, index, height);
}
