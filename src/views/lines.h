/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LINES_H
#define PROCTOP_LINES_H

#include "draw/area.h"
#include "model/listing.h"

/* How a listing stands in a width: its lines, wrapped. Plain data; all zero is an empty one. */
struct wrapped_line {
	size_t line; /* of the listing; LINES_EMPTY: nothing is there */
	bool is_first;
	size_t at, size; /* of the value */
};
#define LINES_EMPTY SIZE_MAX

/* The columns of LISTING_CELLS, at the left of their values. */
struct lines_column {
	const char *title; /* NULL: behind the last one */
	int cells;
	bool is_right;
	int least_cols; /* narrower areas have it not */
};
#define LINES_COLUMNS_MAX 8
struct lines_table {
	struct lines_column columns[LINES_COLUMNS_MAX];
	const char *value; /* the values' title */
};

struct lines {
	struct wrapped_line *lines;
	size_t count, capacity;
	const struct lines_table *table; /* the caller's, or NULL */
	bool is_cut; /* there is so much of it that each has one line, and what is longer is cut */
};

/* 0 or -ENOMEM, with those that there was memory for. */
int lines_wrap(struct lines *lines, const struct listing *listing, const struct area *area,
	       bool shows_secrets);
void lines_clear(struct lines *lines);
void lines_draw_titles(const struct lines_table *table, const struct area *area, int y);
void lines_draw(const struct lines *lines, const struct listing *listing, const struct area *area,
		int y, size_t at, bool shows_secrets);

#endif
