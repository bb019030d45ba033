/* SPDX-License-Identifier: MIT */
/* The grid that views draw on: what is on the screen, without a screen. */
#include "draw/canvas.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct style plain = { .fg = -1, .bg = -1 };

static struct cell *cell_at(const struct canvas *canvas, int y, int x)
{
	if (y < 0 || x < 0 || y >= canvas->rows || x >= canvas->cols)
		return NULL;
	return &canvas->cells[(size_t)y * (size_t)canvas->cols + (size_t)x];
}

static void set_blank(struct cell *cell, struct style style)
{
	*cell = (struct cell){ .bytes = " ", .size = 1, .width = 1, .style = style };
}

void canvas_clear(struct canvas *canvas)
{
	canvas_fill(canvas, 0, 0, canvas->rows, canvas->cols, plain);
}

int canvas_resize(struct canvas *canvas, int rows, int cols)
{
	size_t count = (size_t)rows * (size_t)cols;
	struct cell *cells = calloc(count + 1, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	free(canvas->cells);
	canvas->cells = cells;
	canvas->rows = rows;
	canvas->cols = cols;
	canvas_clear(canvas);
	return 0;
}

struct canvas *canvas_new(int rows, int cols, bool utf8)
{
	struct canvas *canvas = calloc(1, sizeof(*canvas));

	if (!canvas)
		return NULL;
	canvas->utf8 = utf8;
	if (!canvas_resize(canvas, rows, cols))
		return canvas;
	free(canvas);
	return NULL;
}

void canvas_free(struct canvas *canvas)
{
	if (!canvas)
		return;
	free(canvas->cells);
	free(canvas);
}

/* Makes room for one cell: a wide character that loses a half loses both. */
static void break_wide(struct canvas *canvas, int y, int x)
{
	struct cell *cell = cell_at(canvas, y, x);
	struct cell *left = cell_at(canvas, y, x - 1);
	struct cell *right = cell_at(canvas, y, x + 1);

	if (cell && cell->width == 0 && left)
		set_blank(left, left->style);
	if (cell && cell->width == 2 && right)
		set_blank(right, right->style);
}

static void set_cell(struct canvas *canvas, int y, int x, const char *bytes, size_t size,
		     uint8_t width, struct style style)
{
	struct cell *cell = cell_at(canvas, y, x);

	if (!cell)
		return;
	break_wide(canvas, y, x);
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->bytes, bytes, size);
	cell->size = (uint8_t)size;
	cell->width = width;
	cell->style = style;
}

static void put_wide(struct canvas *canvas, int y, int x, const struct text_piece *piece,
		     struct style style)
{
	bool fits = cell_at(canvas, y, x) && cell_at(canvas, y, x + 1);

	if (!fits) {
		set_cell(canvas, y, x, " ", 1, 1, style);
		set_cell(canvas, y, x + 1, " ", 1, 1, style);
		return;
	}
	break_wide(canvas, y, x + 1);
	set_cell(canvas, y, x, piece->bytes, piece->size, 2, style);
	memset(cell_at(canvas, y, x + 1), 0, sizeof(struct cell));
	cell_at(canvas, y, x + 1)->style = style;
}

static void put_piece(struct canvas *canvas, int y, int x, int room, const struct text_piece *piece,
		      struct style style)
{
	if (!piece->is_escape && piece->width == 2) {
		if (room >= 2)
			put_wide(canvas, y, x, piece, style);
		else
			set_cell(canvas, y, x, " ", 1, 1, style);
		return;
	}
	if (!piece->is_escape) {
		set_cell(canvas, y, x, piece->bytes, piece->size, 1, style);
		return;
	}
	for (int i = 0; i < piece->size && i < room; i++)
		set_cell(canvas, y, x + i, piece->bytes + i, 1, 1, style);
}

int canvas_put(struct canvas *canvas, int y, int x, int max_cells, const char *bytes, size_t count,
	       struct style style)
{
	const char *end = bytes + count;
	int room = max_cells < 0 || max_cells > canvas->cols - x ? canvas->cols - x : max_cells;
	struct text_piece piece;
	int used = 0;

	if (y < 0 || y >= canvas->rows)
		return 0;
	while (used < room && text_next(&bytes, end, canvas->utf8, &piece)) {
		put_piece(canvas, y, x + used, room - used, &piece, style);
		used += piece.width < room - used ? piece.width : room - used;
	}
	return used;
}

int canvas_puts(struct canvas *canvas, int y, int x, int max_cells, const char *string,
		struct style style)
{
	return canvas_put(canvas, y, x, max_cells, string, strlen(string), style);
}

void canvas_fill(struct canvas *canvas, int y, int x, int rows, int cols, struct style style)
{
	for (int i = y < 0 ? 0 : y; i < y + rows && i < canvas->rows; i++) {
		for (int j = x < 0 ? 0 : x; j < x + cols && j < canvas->cols; j++)
			set_cell(canvas, i, j, " ", 1, 1, style);
	}
}

void canvas_tint(struct canvas *canvas, int y, int x, int cols, int32_t bg, uint16_t attrs)
{
	for (int i = 0; i < cols; i++) {
		struct cell *cell = cell_at(canvas, y, x + i);

		if (!cell)
			continue;
		if (bg >= 0)
			cell->style.bg = bg;
		cell->style.attrs |= attrs;
	}
}

void canvas_restyle(struct canvas *canvas, int y, int x, struct style style)
{
	struct cell *cell = cell_at(canvas, y, x);

	if (cell)
		cell->style = style;
}

const struct cell *canvas_cell(const struct canvas *canvas, int y, int x)
{
	return cell_at(canvas, y, x);
}

static size_t dump_row(const struct canvas *canvas, int y, char *out)
{
	const struct cell *cell = &canvas->cells[(size_t)y * (size_t)canvas->cols];
	size_t used = 0, kept = 0;

	for (int x = 0; x < canvas->cols; x++, cell++) {
		memcpy(out + used, cell->bytes, cell->size);
		used += cell->size;
		if (cell->size && cell->bytes[0] != ' ')
			kept = used;
	}
	out[kept] = '\n';
	return kept + 1;
}

char *canvas_dump(const struct canvas *canvas)
{
	size_t row_max = (size_t)canvas->cols * TEXT_PIECE_SIZE + 1;
	char *out = malloc((size_t)canvas->rows * row_max + 1);
	size_t used = 0;

	if (!out)
		return NULL;
	for (int y = 0; y < canvas->rows; y++)
		used += dump_row(canvas, y, out + used);
	out[used] = '\0';
	return out;
}
