/* SPDX-License-Identifier: MIT */
/* Frames for the terminal: rows that differ from what is shown go to curses, which does the rest.
 */
#include "ui/term-impl.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void term_redraw(struct terminal *term)
{
	term->is_stale = true;
}

static attr_t attributes(const struct style *style)
{
	attr_t attrs = A_NORMAL;

	if (style->attrs & STYLE_BOLD)
		attrs |= A_BOLD;
	if (style->attrs & STYLE_DIM)
		attrs |= A_DIM;
	if (style->attrs & STYLE_UNDERLINE)
		attrs |= A_UNDERLINE;
	if (style->attrs & STYLE_REVERSE)
		attrs |= A_REVERSE;
	return attrs;
}

static int color_pair(const struct terminal *term, const struct style *style)
{
	int pair;

	if (!term->colors || (style->fg < 0 && style->bg < 0))
		return 0;
	pair = alloc_pair(style->fg, style->bg);
	return pair < 0 ? 0 : pair;
}

static void to_wide(const struct cell *cell, wchar_t wide[CCHARW_MAX + 1])
{
	char bytes[TEXT_PIECE_SIZE + 1];
	size_t count;

	if (cell->size == 1) {
		wide[0] = (unsigned char)cell->bytes[0];
		wide[1] = L'\0';
		return;
	}
	memcpy(bytes, cell->bytes, cell->size);
	bytes[cell->size] = '\0';
	count = mbstowcs(wide, bytes, CCHARW_MAX);
	if (count == (size_t)-1)
		wcscpy(wide, L"?");
	else
		wide[count] = L'\0';
}

static bool is_same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static void draw_row(struct terminal *term, const struct canvas *canvas, int y)
{
	const struct style *style = NULL;
	attr_t attrs = A_NORMAL;
	int pair = 0, count = 0;

	for (int x = 0; x < canvas->cols; x++) {
		const struct cell *cell = canvas_cell(canvas, y, x);
		wchar_t wide[CCHARW_MAX + 1];

		if (!cell->width)
			continue;
		if (!style || !is_same_style(style, &cell->style)) {
			style = &cell->style;
			attrs = attributes(style);
			pair = color_pair(term, style);
		}
		to_wide(cell, wide);
		setcchar(&term->line[count++], wide, attrs, (short)pair, &pair);
	}
	mvadd_wchnstr(y, 0, term->line, count);
}

static bool is_row_shown(const struct terminal *term, const struct canvas *canvas, int y)
{
	size_t size = (size_t)canvas->cols * sizeof(struct cell);

	return !memcmp(canvas_cell(canvas, y, 0), canvas_cell(term->shown, y, 0), size);
}

static void remember(struct terminal *term, const struct canvas *canvas)
{
	size_t size = (size_t)canvas->rows * (size_t)canvas->cols * sizeof(struct cell);

	memcpy(term->shown->cells, canvas->cells, size);
}

static bool fit_shown(struct terminal *term, const struct canvas *canvas)
{
	if (term->shown->rows == canvas->rows && term->shown->cols == canvas->cols)
		return true;
	term->is_stale = true;
	return !canvas_resize(term->shown, canvas->rows, canvas->cols);
}

static void place_cursor(struct terminal *term, int y, int x)
{
	bool was_hidden = term->cursor_y < 0;

	if ((y < 0) != was_hidden)
		curs_set(y >= 0);
	if (y >= 0)
		move(y, x);
	term->cursor_y = y;
	term->cursor_x = x;
}

void term_blit(struct terminal *term, const struct canvas *canvas, int cursor_y, int cursor_x)
{
	if (canvas->rows != term->rows || canvas->cols != term->cols || !fit_shown(term, canvas))
		return;
	for (int y = 0; y < canvas->rows; y++) {
		if (term->is_stale || !is_row_shown(term, canvas, y))
			draw_row(term, canvas, y);
	}
	if (term->is_stale) {
		clearok(curscr, TRUE);
		curs_set(cursor_y >= 0);
	}
	term->is_stale = false;
	remember(term, canvas);
	place_cursor(term, cursor_y, cursor_x);
	wnoutrefresh(stdscr);
	doupdate();
	term_collect(term);
}
