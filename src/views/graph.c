/* SPDX-License-Identifier: MIT */
/* Graphs of several lines; see graph.h. */
#include "views/graph.h"

#include <string.h>

#define BRAILLE_DOTS 4
#define BLOCK_LEVELS 8

/* How much of a line a value fills, of so many levels; lines count from below. */
static unsigned level_in(uint32_t permille, int rows, int line, unsigned levels)
{
	uint32_t all = ((permille > 1000 ? 1000 : permille) * (uint32_t)rows * levels + 500) / 1000;
	uint32_t below = (uint32_t)line * levels;

	if (permille && !all)
		all = 1;
	return all <= below ? 0 : all - below > levels ? levels : all - below;
}

/* U+2800 and a bit a dot: those of the left column from below are 7 3 2 1, of the right 8 6 5 4. */
static void put_braille(const struct area *area, int y, int x, unsigned left, unsigned right,
			struct style style)
{
	static const uint8_t lefts[] = { 0x00, 0x40, 0x44, 0x46, 0x47 };
	static const uint8_t rights[] = { 0x00, 0x80, 0xa0, 0xb0, 0xb8 };
	unsigned dots = (unsigned)lefts[left] | rights[right];
	const char bytes[] = { (char)0xe2, (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f)) };

	if (dots)
		area_put(area, y, x, 1, bytes, sizeof(bytes), style);
}

static void put_block(const struct area *area, int y, int x, unsigned level, struct style style)
{
	if (level)
		area_puts(area, y, x, 1,
			  text_block((level * 2 - 1) * 1000 / (2 * BLOCK_LEVELS), area->utf8),
			  style);
}

void graph_draw(const struct area *area, int y, int x, int rows, int cols, graph_value *value,
		const void *of, struct style style)
{
	bool is_braille = area->utf8 && !area->canvas->block_graphs;

	for (int i = 0; i < cols; i++) {
		unsigned back = (unsigned)(cols - 1 - i);
		uint32_t right = value(of, is_braille ? 2 * back : back);
		uint32_t left = is_braille ? value(of, 2 * back + 1) : 0;

		for (int line = 0; line < rows; line++) {
			int at = y + rows - 1 - line;

			if (is_braille)
				put_braille(area, at, x + i,
					    level_in(left, rows, line, BRAILLE_DOTS),
					    level_in(right, rows, line, BRAILLE_DOTS), style);
			else
				put_block(area, at, x + i,
					  level_in(right, rows, line, BLOCK_LEVELS), style);
		}
	}
}
