/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEW_H
#define PROCTOP_VIEW_H

#include "draw/canvas.h"
#include "ui/session.h"

/* Views draw what a session holds; each lives in a file of its own. The cursor is negative where
   none is to be seen. */
struct view_cursor {
	int y, x;
};

/* The whole screen: title, scope, rows, last line. Tells the session where the rows are. */
struct view_cursor view_tree_draw(struct session *session, struct canvas *canvas);

/* The lines above the rows. Returns how many it took of at most max_lines. */
int view_title_draw(struct session *session, struct canvas *canvas, int max_lines);

/* The first of them, for a state. */
void view_title_draw_first(const struct session *session, struct canvas *canvas,
			   const struct ptree_monitor_status *status);

/* What is left out, in words: " under sshd(611), of alice, matching cc"; "" if nothing is. */
void view_scope_describe(const struct session *session, char *out, size_t size);

/* The last line, where there is one: a prompt, a message or the footer. */
bool view_last_line_is_needed(const struct session *session, const struct canvas *canvas);
struct view_cursor view_last_line_draw(const struct session *session, struct canvas *canvas, int y);
void view_footer_draw(const struct session *session, struct canvas *canvas, int y);

/* One row of the tree; where its cells and its command begin; where its fold mark is, or -1. */
void view_row_draw(const struct session *session, struct canvas *canvas, int y, uint32_t index);
int view_row_cells_x(void);
int view_row_command_x(int cols);
int view_row_mark_x(const struct session *session, const struct row *row);

/* All of the selected row, in one line. */
void view_selected_draw(const struct session *session, struct canvas *canvas, int y);

/* Over the rows. */
void view_help_draw(struct session *session, struct canvas *canvas);
void view_picker_draw(const struct session *session, struct canvas *canvas);

/* Returns how many lines it took, from y on, of at most max_lines. */
int view_meters_draw(const struct session *session, struct canvas *canvas, int y, int max_lines);

/* Instead of the rows. */
void view_churn_draw(struct session *session, struct canvas *canvas);
void view_failures_draw(struct session *session, struct canvas *canvas);
void view_record_draw(struct session *session, struct canvas *canvas);

/* What tells one page that lists processes from another. */
struct page_look {
	const char *title, *columns;
	const char *empty, *since; /* why there are no lines; of all that is watched, since when */
	void (*draw_line)(const struct session *session, struct canvas *canvas, int y,
			  const struct page_line *line);
};
void view_page_draw(struct session *session, struct canvas *canvas, const struct page_look *look);

/* Where the fold mark of the row at that line is, or -1. */
int view_tree_mark_x(const struct session *session, int y);

#endif
