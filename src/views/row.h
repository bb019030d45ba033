/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ROW_H
#define PROCTOP_ROW_H

#include "views/tree.h"

/* One row of the tree; where its cells begin; where its fold mark is, or -1. */
void row_draw(const struct tree_view *tree, const struct area *area, int y, uint32_t index);
int row_cells_x(const struct tree_view *tree, int cols);
int row_mark_x(const struct tree_view *tree, const struct row *row);

/* All of the selected row, in one line. */
void row_draw_selected(const struct view *view, const struct area *area);

/* What the rows keep to and how they are chosen, in one line. */
bool scope_line_is_needed(const struct tree_view *tree);
void scope_line_draw(const struct tree_view *tree, const struct area *area, int y);

#endif
