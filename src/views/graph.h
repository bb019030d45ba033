/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_GRAPH_H
#define PROCTOP_VIEWS_GRAPH_H

#include "draw/area.h"

/* A value so long ago, in parts of 1000. */
typedef uint32_t graph_value(const void *of, unsigned back);

/* Several lines high, the latest value at the right. Braille has two values in a cell, blocks and
   ASCII have one. */
void graph_draw(const struct area *area, int y, int x, int rows, int cols, graph_value *value,
		const void *of, struct style style);

#endif
