/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ROW_H
#define PROCTOP_ROW_H

#include "views/tree.h"

/* One row of the tree; where its cells begin; where its fold mark is, or -1. */
void row_draw(const struct tree_view *tree, const struct area *area, int y, uint32_t index);
int row_cells_x(const struct tree_view *tree, int cols);
int row_mark_x(const struct tree_view *tree, const struct row *row);

/* row-group.c: of a group, and what of it the others need. */
#define ROW_GROUP_NAME_SIZE 320
void row_group_draw(const struct tree_view *tree, const struct area *area, int y, int x,
		    const struct row *row);
void row_group_draw_cells(const struct tree_view *tree, const struct area *area, int y,
			  const struct row *row);
/* Raw bytes. False: it is none. */
bool row_group_name(const struct tree_view *tree, const struct row *row, char *out, size_t size);
void row_group_describe(const struct tree_view *tree, const struct row *row, bool utf8, char *out,
			size_t size);

/* For that. */
void row_draw_cell(const struct area *area, int y, int x, const struct field *field,
		   const struct column_text *text, struct style style);
void row_mark_found(const struct tree_view *tree, const struct area *area, int y, int from, int to);

/* All of the selected row, in one line. */
void row_draw_selected(const struct view *view, const struct area *area);

/* What the rows keep to and how they are chosen, in one line. */
bool scope_line_is_needed(const struct tree_view *tree);
void scope_line_draw(const struct tree_view *tree, const struct area *area, int y);

#endif
