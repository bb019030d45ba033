/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_AREA_H
#define PROCTOP_AREA_H

#include "draw/theme.h"

/*
 * A rectangle of a canvas, and the only way to draw for a view: lines and columns are counted from
 * its corner, and what would go beyond its edges is cut off. Plain data; it may be empty.
 */
struct area {
	struct canvas *canvas; /* borrowed */
	int y, x, rows, cols;  /* within the canvas, always */
	bool utf8;	       /* marks of our own may be more than ASCII */
	const struct theme *theme;
};

struct area area_of(struct canvas *canvas);
/* A part of it, as far as it lies within. */
struct area area_part(const struct area *area, int y, int x, int rows, int cols);
/* A point of the canvas lies in it: then *y and *x become its own. */
bool area_has(const struct area *area, int *y, int *x);

/* As canvas_put() and the others; x may be negative. */
int area_put(const struct area *area, int y, int x, int max_cells, const char *bytes, size_t count,
	     struct style style);
int area_puts(const struct area *area, int y, int x, int max_cells, const char *string,
	      struct style style);
int area_printf(const struct area *area, int y, int x, int max_cells, struct style style,
		const char *format, ...) __attribute__((format(printf, 6, 7)));
void area_fill(const struct area *area, int y, int x, int rows, int cols, struct style style);
void area_clear(const struct area *area);
void area_tint(const struct area *area, int y, int x, int cols, int32_t bg, uint16_t attrs);
/* Gives cells another style, leaving the text. */
void area_restyle(const struct area *area, int y, int x, int cols, struct style style);
const struct cell *area_cell(const struct area *area, int y, int x); /* NULL: outside */

/* How a role looks there; the cells that a text takes there. */
struct style area_style(const struct area *area, enum theme_role role);
int area_width(const struct area *area, const char *text);
int area_width_of(const struct area *area, const char *bytes, size_t count);
/* The mark of what is cut off. */
const char *area_cut_mark(const struct area *area);
/* Into so many cells, none if that is negative; it ends in that mark if it does not fit. */
int area_put_cut(const struct area *area, int y, int x, int cells, const char *bytes, size_t count,
		 struct style style);
int area_puts_cut(const struct area *area, int y, int x, int cells, const char *string,
		  struct style style);

#endif
