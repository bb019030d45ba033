/* SPDX-License-Identifier: MIT */
/* A page that lists processes: its title, lines of which one is selected, and what keys do. */
#include "view.h"

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static void draw_lines(struct session *session, struct canvas *canvas, const struct page_look *look,
		       int first_y, int room)
{
	struct process_page *page = &session->page;

	if (page->at < page->top)
		page->top = page->at;
	if (room > 0 && page->at >= page->top + (size_t)room)
		page->top = page->at - (size_t)room + 1;
	for (int line = 0; line < room && page->top + (size_t)line < page->count; line++) {
		size_t at = page->top + (size_t)line;
		const struct ptree_node *node = ptree_tree_find_id(session->tree, page->ids[at]);

		if (node)
			look->draw_line(session, canvas, first_y + line, node);
		if (at != page->at)
			continue;
		canvas_tint(canvas, first_y + line, 0, canvas->cols,
			    role(session, THEME_SELECTED).bg, role(session, THEME_SELECTED).attrs);
		canvas_puts(canvas, first_y + line, 0, 1, ">", role(session, THEME_SELECTED));
	}
}

void view_page_draw(struct session *session, struct canvas *canvas, const struct page_look *look)
{
	int x;

	canvas_clear(canvas);
	x = canvas_puts(canvas, 0, 0, -1, "proctop: ", role(session, THEME_DIM));
	canvas_puts(canvas, 0, x, -1, look->title, role(session, THEME_TITLE));
	if (canvas->rows < 3)
		return;
	canvas_puts(canvas, 1, 0, -1, look->columns, role(session, THEME_COLUMN_TITLE));
	session->body_y = 2;
	session->body_rows = canvas->rows - 3;
	draw_lines(session, canvas, look, 2, canvas->rows - 3);
	if (!session->page.count)
		canvas_puts(canvas, 2, 2, -1, look->empty, role(session, THEME_DIM));
	view_last_line_draw(session, canvas, canvas->rows - 1);
}
