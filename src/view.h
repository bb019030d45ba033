/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEW_H
#define PROCTOP_VIEW_H

#include "canvas.h"
#include "session.h"

/* Views draw what a session holds; each lives in a file of its own. The cursor is negative where
   none is to be seen. */
struct view_cursor {
	int y, x;
};

/* The whole screen: title, scope, rows, last line. Tells the session where the rows are. */
struct view_cursor view_tree_draw(struct session *session, struct canvas *canvas);

/* The lines above the rows. Returns how many it took of at most max_lines. */
int view_title_draw(struct session *session, struct canvas *canvas, int max_lines);

/* Over the rows. */
void view_help_draw(struct session *session, struct canvas *canvas);
void view_users_draw(const struct session *session, struct canvas *canvas);

/* Where the fold mark of the row at that line is, or -1. */
int view_tree_mark_x(const struct session *session, int y);

#endif
