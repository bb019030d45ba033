/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_COLUMNS_H
#define PROCTOP_TREE_COLUMNS_H

#include "headless/output.h"
#include "model/columns.h"

/* Columns of a picture that is printed: titles, and a process's cells, each with a space behind
   it, as wide as on a wide screen. */
void tree_columns_put_titles(struct output *output, const struct columns *columns, bool utf8);
void tree_columns_put(struct output *output, const struct columns *columns,
		      const struct column_context *context, const struct column_subject *subject);
/* What stands behind them: the command line, or the name where there is none, and the line's end.
 */
void tree_columns_put_command(struct output *output, const struct ptree_node *node, bool utf8);

#endif
