/* SPDX-License-Identifier: MIT */
/* Rectangles of a canvas; see area.h. What is in them is up to the views. */
#include "draw/area.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct area area_of(struct canvas *canvas)
{
	return (struct area){ .canvas = canvas,
			      .rows = canvas->rows,
			      .cols = canvas->cols,
			      .utf8 = canvas->utf8 && !canvas->ascii_marks,
			      .theme = canvas->theme };
}

/* Cuts [*at, *at + *size) to [0, room). */
static void cut(int *at, int *size, int room)
{
	int from = *at < 0 ? 0 : *at > room ? room : *at;
	int to = *size < 0 ? from : *size > room - *at ? room : *at + *size;

	*at = from;
	*size = to > from ? to - from : 0;
}

struct area area_part(const struct area *area, int y, int x, int rows, int cols)
{
	struct area part = *area;

	cut(&y, &rows, area->rows);
	cut(&x, &cols, area->cols);
	part.y += y;
	part.x += x;
	part.rows = rows;
	part.cols = cols;
	return part;
}

bool area_has(const struct area *area, int *y, int *x)
{
	int own_y = *y - area->y, own_x = *x - area->x;

	if (own_y < 0 || own_y >= area->rows || own_x < 0 || own_x >= area->cols)
		return false;
	*y = own_y;
	*x = own_x;
	return true;
}

int area_put(const struct area *area, int y, int x, int max_cells, const char *bytes, size_t count,
	     struct style style)
{
	int room = max_cells < 0 || max_cells > area->cols - x ? area->cols - x : max_cells;
	const char *end = bytes + count;
	struct text_piece piece;
	int used = 0;

	if (y < 0 || y >= area->rows)
		return 0;
	while (x + used < 0 && used < room && text_next(&bytes, end, area->canvas->utf8, &piece))
		used += piece.width;
	if (used >= room)
		return room > 0 ? room : 0;
	return used + canvas_put(area->canvas, area->y + y, area->x + x + used, room - used, bytes,
				 (size_t)(end - bytes), style);
}

int area_puts(const struct area *area, int y, int x, int max_cells, const char *string,
	      struct style style)
{
	return area_put(area, y, x, max_cells, string, strlen(string), style);
}

int area_printf(const struct area *area, int y, int x, int max_cells, struct style style,
		const char *format, ...)
{
	char buf[512];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	return area_puts(area, y, x, max_cells, buf, style);
}

void area_fill(const struct area *area, int y, int x, int rows, int cols, struct style style)
{
	struct area part = area_part(area, y, x, rows, cols);

	canvas_fill(part.canvas, part.y, part.x, part.rows, part.cols, style);
}

void area_clear(const struct area *area)
{
	area_fill(area, 0, 0, area->rows, area->cols, area_style(area, THEME_NORMAL));
}

void area_tint(const struct area *area, int y, int x, int cols, int32_t bg, uint16_t attrs)
{
	struct area part = area_part(area, y, x, 1, cols);

	if (part.rows)
		canvas_tint(part.canvas, part.y, part.x, part.cols, bg, attrs);
}

void area_restyle(const struct area *area, int y, int x, int cols, struct style style)
{
	struct area part = area_part(area, y, x, 1, cols);

	for (int i = 0; part.rows && i < part.cols; i++)
		canvas_restyle(part.canvas, part.y, part.x + i, style);
}

const struct cell *area_cell(const struct area *area, int y, int x)
{
	if (y < 0 || y >= area->rows || x < 0 || x >= area->cols)
		return NULL;
	return canvas_cell(area->canvas, area->y + y, area->x + x);
}

struct style area_style(const struct area *area, enum theme_role role)
{
	return theme_style(area->theme, role);
}

int area_width_of(const struct area *area, const char *bytes, size_t count)
{
	unsigned width = text_width(bytes, count, area->canvas->utf8);

	return width > INT_MAX / 2 ? INT_MAX / 2 : (int)width;
}

int area_width(const struct area *area, const char *text)
{
	return area_width_of(area, text, strlen(text));
}

const char *area_cut_mark(const struct area *area)
{
	return area->utf8 ? "…" : "~";
}

int area_put_cut(const struct area *area, int y, int x, int cells, const char *bytes, size_t count,
		 struct style style)
{
	int room = cells > area->cols - x ? area->cols - x : cells;
	int used = room > 0 ? area_put(area, y, x, room, bytes, count, style) : 0;

	if (room > 0 && area_width_of(area, bytes, count) > room)
		area_puts(area, y, x + room - 1, 1, area_cut_mark(area), style);
	return used;
}

int area_puts_cut(const struct area *area, int y, int x, int cells, const char *string,
		  struct style style)
{
	return area_put_cut(area, y, x, cells, string, strlen(string), style);
}
