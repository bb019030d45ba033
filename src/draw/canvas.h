/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CANVAS_H
#define PROCTOP_CANVAS_H

#include "draw/text.h"

#include <stdint.h>

enum {
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_UNDERLINE = 4,
	STYLE_REVERSE = 8,
};

/* Colours are as the terminal has them; -1 is its default. */
#define STYLE_RGB 0x1000000 /* in a theme: and 8 bits each of red, green, blue */
struct style {
	int32_t fg, bg;
	uint16_t attrs;
};

struct theme;

struct cell {
	char bytes[TEXT_PIECE_SIZE];
	uint8_t size;
	uint8_t width; /* 0: the right half of the cell before */
	struct style style;
};

/* A grid of cells, which knows nothing of terminals. 0 by 0 is legal. */
struct canvas {
	int rows, cols;
	bool utf8;		   /* text may be more than ASCII */
	bool ascii_marks;	   /* marks of our own may not, whatever the text */
	bool block_graphs;	   /* its fonts may have no braille */
	const struct theme *theme; /* borrowed; NULL: no colours */
	struct cell *cells;	   /* by rows */
};

struct canvas *canvas_new(int rows, int cols, bool utf8);
int canvas_resize(struct canvas *canvas, int rows, int cols); /* clears it; 0 or -ENOMEM */
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/*
 * Draws any bytes, escaped as needed, into at most max_cells cells (negative: up to the edge) and
 * clipped to the canvas; x may be negative. Returns the cells used, those beyond the edges
 * included. What does not fit is cut; a wide character is never halved.
 */
int canvas_put(struct canvas *canvas, int y, int x, int max_cells, const char *bytes, size_t count,
	       struct style style);
int canvas_puts(struct canvas *canvas, int y, int x, int max_cells, const char *string,
		struct style style);

void canvas_fill(struct canvas *canvas, int y, int x, int rows, int cols, struct style style);

/* Changes the background (unless it is -1) and adds attributes, leaving the text. */
void canvas_tint(struct canvas *canvas, int y, int x, int cols, int32_t bg, uint16_t attrs);

/* Gives a cell another style, leaving the text. */
void canvas_restyle(struct canvas *canvas, int y, int x, struct style style);

const struct cell *canvas_cell(const struct canvas *canvas, int y, int x); /* NULL: outside */

/* The text, a line a row without trailing spaces; malloc()ed, NULL: no memory. */
char *canvas_dump(const struct canvas *canvas);

#endif
