/* SPDX-License-Identifier: MIT */
/* A page that lists processes: its title and scope, and lines of which one is selected. */
#include "views/view.h"

#include <string.h>

#define LEAST_ROWS_FOR_MACHINE 10 /* lower screens have the page's title only */

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static void draw_lines(struct session *session, struct canvas *canvas, const struct page_look *look)
{
	struct page *page = &session->page;
	int room = session->body_rows, first_y = session->body_y;

	if (page->at < page->top)
		page->top = page->at;
	if (room > 0 && page->at >= page->top + (size_t)room)
		page->top = page->at - (size_t)room + 1;
	for (int line = 0; line < room && page->top + (size_t)line < page->count; line++) {
		size_t at = page->top + (size_t)line;

		look->draw_line(session, canvas, first_y + line, &page->lines[at]);
		if (at != page->at)
			continue;
		canvas_tint(canvas, first_y + line, 0, canvas->cols,
			    role(session, THEME_SELECTED).bg, role(session, THEME_SELECTED).attrs);
		canvas_puts(canvas, first_y + line, 0, 1, ">", role(session, THEME_SELECTED));
	}
}

/*
 * What the page keeps to is said with it, so that it is not taken for all there is: where both find
 * no room, what stands behind the comma of the title goes.
 */
static void draw_title(const struct session *session, struct canvas *canvas, int y,
		       const struct page_look *look)
{
	char text[600];
	size_t title = strlen(look->title);
	int x;

	view_scope_describe(session, text, sizeof(text));
	if ((int)(title + text_width(text, strlen(text), session->utf8)) > canvas->cols)
		title = strcspn(look->title, ",");
	x = canvas_put(canvas, y, 0, -1, look->title, title, role(session, THEME_TITLE));
	canvas_puts(canvas, y, x, -1, text, role(session, THEME_STATE_WARNING));
	if (x + (int)text_width(text, strlen(text), session->utf8) > canvas->cols)
		canvas_puts(canvas, y, canvas->cols - 1, 1, session->utf8 ? "…" : "~",
			    role(session, THEME_STATE_WARNING));
}

static void draw_empty(const struct session *session, struct canvas *canvas, int y,
		       const struct page_look *look)
{
	char scope[512];
	int x = 2 + canvas_puts(canvas, y, 2, -1, look->empty, role(session, THEME_DIM));

	view_scope_describe(session, scope, sizeof(scope));
	canvas_puts(canvas, y, x, -1, *scope ? scope : look->since, role(session, THEME_DIM));
}

void view_page_draw(struct session *session, struct canvas *canvas, const struct page_look *look)
{
	struct ptree_monitor_status status;
	int y = 0;

	canvas_clear(canvas);
	ptree_monitor_get_status(session->monitor, &status);
	if (canvas->rows >= LEAST_ROWS_FOR_MACHINE) {
		view_title_draw_first(session, canvas, &status);
		y++;
	}
	draw_title(session, canvas, y++, look);
	if (canvas->rows < 3)
		return;
	canvas_puts(canvas, y++, 0, -1, look->columns, role(session, THEME_COLUMN_TITLE));
	session->body_y = y;
	session->body_rows = canvas->rows - 1 - y;
	draw_lines(session, canvas, look);
	if (!session->page.count)
		draw_empty(session, canvas, y, look);
	view_last_line_draw(session, canvas, canvas->rows - 1);
}
