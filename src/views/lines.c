/* SPDX-License-Identifier: MIT */
/* A listing, wrapped to a width: labels at the left, values beside them. */
#include "views/lines.h"
#include "model/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 1
#define VALUE_X 12	       /* of a row: behind its label */
#define INLINE_INDENT 3	       /* of the lines below an inline's first */
#define WRAPPED_LINES_MAX 2000 /* of more each has one line: a frame is to be quick */
#define WRAPPED_BYTES_MAX ((size_t)512 << 10)
#define LEAST_ROOM 12 /* an inline's value with less beside its label begins below */

void lines_clear(struct lines *lines)
{
	free(lines->lines);
	*lines = (struct lines){ 0 };
}

static int add(struct lines *lines, struct wrapped_line line)
{
	int err =
	    array_reserve(&lines->lines, &lines->capacity, lines->count + 1, sizeof(*lines->lines));

	if (!err)
		lines->lines[lines->count++] = line;
	return err;
}

/* ---- where things stand ---- */

static int label_width(const struct area *area, const struct listing *listing,
		       const struct listing_line *line)
{
	return area_width_of(area, listing_label(listing, line), line->label_size);
}

static bool has_column(const struct lines_column *column, const struct area *area)
{
	return area->cols >= column->least_cols;
}

static int cells_x(const struct lines_table *table, const struct area *area)
{
	int x = MARGIN;

	for (int i = 0; table && i < LINES_COLUMNS_MAX && table->columns[i].title; i++) {
		if (has_column(&table->columns[i], area))
			x += table->columns[i].cells + 1;
	}
	return x;
}

static int value_x(const struct lines *lines, const struct area *area,
		   const struct listing *listing, const struct listing_line *line, bool is_first)
{
	int x;

	if (line->kind == LISTING_CELLS)
		return cells_x(lines->table, area);
	if (line->kind != LISTING_INLINE)
		return VALUE_X;
	x = MARGIN + label_width(area, listing, line);
	return is_first ? x : INLINE_INDENT;
}

/* ---- wrapping ---- */

static bool is_plain(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	}
	return true;
}

static size_t fit_plain(const char *bytes, size_t size, size_t room)
{
	if (size <= room)
		return size;
	for (size_t at = room; at > room / 3; at--) {
		if (bytes[at - 1] == ' ')
			return at;
	}
	return room;
}

/* So many bytes stand in that many cells; one character at least. At a space, if there is one
   behind the first third. */
static size_t fit(const struct area *area, const char *bytes, size_t size, int room)
{
	const char *at = bytes, *end = bytes + size, *before = at;
	size_t space = 0;
	struct text_piece piece;
	int width = 0;

	if (room > 0 && is_plain(bytes, size < (size_t)room ? size : (size_t)room))
		return fit_plain(bytes, size, (size_t)room);
	while (text_next(&at, end, area->canvas->utf8, &piece)) {
		width += piece.width;
		if (width > room)
			break;
		before = at;
		if (piece.size == 1 && piece.bytes[0] == ' ' && width > room / 3)
			space = (size_t)(at - bytes);
	}
	if (width <= room)
		return size;
	if (before == bytes)
		return (size_t)(at - bytes);
	return space ? space : (size_t)(before - bytes);
}

static int wrap(struct lines *lines, const struct listing *listing, const struct area *area,
		size_t index)
{
	const struct listing_line *line = &listing->lines[index];
	const char *value = listing_value(listing, line);
	struct wrapped_line part = { .line = index, .is_first = true };
	int err;

	do {
		int room = area->cols - value_x(lines, area, listing, line, part.is_first);
		bool begins_below = line->kind == LISTING_INLINE && part.is_first &&
				    room < LEAST_ROOM && line->size > (size_t)(room > 0 ? room : 0);

		part.size =
		    begins_below ? 0 : fit(area, value + part.at, line->size - part.at, room);
		err = add(lines, part);
		part.at += part.size;
		part.is_first = false;
	} while (!err && part.at < line->size);
	return err;
}

/* A table's values with so little room would be columns of syllables: they are cut. */
static bool is_narrow(const struct lines *lines, const struct listing_line *line,
		      const struct area *area)
{
	return line->kind == LISTING_CELLS && area->cols - cells_x(lines->table, area) < LEAST_ROOM;
}

int lines_wrap(struct lines *lines, const struct listing *listing, const struct area *area,
	       bool shows_secrets)
{
	int err = 0;

	lines->count = 0;
	lines->is_cut = listing->count > WRAPPED_LINES_MAX || listing->size > WRAPPED_BYTES_MAX;
	for (size_t i = 0; i < listing->count && !err; i++) {
		const struct listing_line *line = &listing->lines[i];
		struct wrapped_line whole = { .line = i, .is_first = true };

		if (line->kind == LISTING_HEADING && i)
			err = add(lines, (struct wrapped_line){ .line = LINES_EMPTY });
		if (err)
			break;
		whole.size = line->size;
		if (line->kind == LISTING_HEADING || lines->is_cut ||
		    is_narrow(lines, line, area) || (line->is_secret && !shows_secrets))
			err = add(lines, whole);
		else
			err = wrap(lines, listing, area, i);
	}
	return err;
}

/* ---- drawing ---- */

static void draw_value(const struct area *area, int y, int x, const struct listing *listing,
		       const struct listing_line *line, const struct wrapped_line *part)
{
	const char *value = listing_value(listing, line) + part->at;

	area_put(area, y, x, -1, value, part->size, area_style(area, line->role));
	if (area_width_of(area, value, part->size) > area->cols - x)
		area_puts(area, y, area->cols - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_DIM));
}

static void draw_cell(const struct area *area, int y, int x, const struct lines_column *column,
		      const char *text, size_t size, enum theme_role role)
{
	int width = area_width_of(area, text, size);

	if (column->is_right && width < column->cells)
		x += column->cells - width;
	area_put(area, y, x, column->cells, text, size, area_style(area, role));
}

void lines_draw_titles(const struct lines_table *table, const struct area *area, int y)
{
	int x = MARGIN;

	for (int i = 0; i < LINES_COLUMNS_MAX && table->columns[i].title; i++) {
		const struct lines_column *column = &table->columns[i];

		if (!has_column(column, area))
			continue;
		draw_cell(area, y, x, column, column->title, strlen(column->title),
			  THEME_COLUMN_TITLE);
		x += column->cells + 1;
	}
	area_puts(area, y, x, -1, table->value, area_style(area, THEME_COLUMN_TITLE));
}

static void draw_cells(const struct lines_table *table, const struct area *area, int y,
		       const struct listing *listing, const struct listing_line *line)
{
	const char *at = listing_label(listing, line), *end = at + line->label_size;
	int x = MARGIN;

	for (int i = 0; table && i < LINES_COLUMNS_MAX && table->columns[i].title && at < end;
	     i++) {
		const struct lines_column *column = &table->columns[i];
		size_t size = strlen(at);

		if (has_column(column, area)) {
			draw_cell(area, y, x, column, at, size, THEME_NORMAL);
			x += column->cells + 1;
		}
		at += size + 1;
	}
}

void lines_draw(const struct lines *lines, const struct listing *listing, const struct area *area,
		int y, size_t at, bool shows_secrets)
{
	const struct wrapped_line *part = &lines->lines[at];
	const struct listing_line *line;
	bool is_heading;
	int x;

	if (part->line == LINES_EMPTY)
		return;
	line = &listing->lines[part->line];
	is_heading = line->kind == LISTING_HEADING;
	x = value_x(lines, area, listing, line, part->is_first);
	if (part->is_first && line->kind == LISTING_CELLS)
		draw_cells(lines->table, area, y, listing, line);
	else if (part->is_first)
		area_put(area, y, MARGIN, line->kind == LISTING_ROW ? VALUE_X - MARGIN - 1 : -1,
			 listing_label(listing, line), line->label_size,
			 area_style(area, is_heading ? THEME_COLUMN_TITLE : THEME_DIM));
	if (is_heading)
		return;
	if (line->is_secret && !shows_secrets)
		area_puts(area, y, x, -1, area->utf8 ? "••••••••" : "********",
			  area_style(area, THEME_DIM));
	else
		draw_value(area, y, x, listing, line, part);
}
