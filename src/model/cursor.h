/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CURSOR_H
#define PROCTOP_CURSOR_H

#include "model/rows.h"

/* The cursor: a row by identity, and which part of the list is seen. */
struct cursor {
	uint64_t id;
	uint32_t index, top;
	bool is_held; /* somebody has moved it; until then the first row is selected */
};

/*
 * After rows were collected: the same row on the same line, however many came or went above it;
 * nearer to the top only if too few are left there. A neighbour if it is gone.
 */
void cursor_settle(struct cursor *cursor, const struct rows *rows, uint32_t height);
/* Others are shown than before: no line stays empty while there are rows above. */
void cursor_fill(struct cursor *cursor, const struct rows *rows, uint32_t height);
void cursor_move_to(struct cursor *cursor, const struct rows *rows, uint32_t index,
		    uint32_t height);
/* Moves what is seen, and the row only as far as it must to stay in sight. */
void cursor_scroll(struct cursor *cursor, const struct rows *rows, int lines, uint32_t height);

#endif
