/* SPDX-License-Identifier: MIT */
/* A page that lists processes: its title and scope, and lines of which one is selected. */
#include "views/page.h"
#include "views/scope.h"

#define LINES_ABOVE 2 /* the title, and what the columns are */

/* ---- what is listed ---- */

static bool is_due(const struct page_view *page)
{
	const struct scene *scene = page->view.scene;

	return page->needs_list || page->listed_tick != scene->world.ticks ||
	       page->listed_scope != scene->scope.version ||
	       page->listed_tree != scene->moment.tree;
}

bool page_view_begin_update(struct page_view *page, const struct area *area,
			    struct page_scope *scope)
{
	const struct scene *scene = page->view.scene;

	page->view.body_y = LINES_ABOVE;
	page->view.body_rows = area->rows > LINES_ABOVE ? area->rows - LINES_ABOVE : 0;
	if (!is_due(page))
		return false;
	page->needs_list = false;
	page->listed_tick = scene->world.ticks;
	page->listed_scope = scene->scope.version;
	page->listed_tree = scene->moment.tree;
	*scope = (struct page_scope){ .tree = scene->moment.tree,
				      .match = scene_match(scene),
				      .only_watched = scene->scope.watch_depth > 0 };
	return true;
}

/* The selected line is in sight. */
void page_view_end_update(struct page_view *view)
{
	struct page *page = &view->page;
	size_t room = (size_t)view->view.body_rows;

	if (page->at < page->top)
		page->top = page->at;
	if (room && page->at >= page->top + room)
		page->top = page->at - room + 1;
}

/* ---- drawing ---- */

static void draw_lines(const struct page_view *view, const struct area *area,
		       const struct page_look *look)
{
	const struct page *page = &view->page;
	struct style style = area_style(area, THEME_SELECTED);

	for (int line = 0; line < view->view.body_rows; line++) {
		size_t at = page->top + (size_t)line;
		int y = view->view.body_y + line;

		if (at >= page->count)
			break;
		look->draw_line(view, area, y, &page->lines[at]);
		if (at != page->at)
			continue;
		area_tint(area, y, 0, area->cols, style.bg, style.attrs);
		area_puts(area, y, 0, 1, ">", style);
	}
}

static void draw_empty(const struct scene *scene, const struct area *area, int y,
		       const struct page_look *look)
{
	char words[512];
	int x = 2 + area_puts(area, y, 2, -1, look->empty, area_style(area, THEME_DIM));

	scope_words(scene, area->utf8, words, sizeof(words));
	area_puts_cut(area, y, x, area->cols - x, *words ? words : look->since,
		      area_style(area, THEME_DIM));
}

void page_view_draw(const struct page_view *page, const struct area *area,
		    const struct page_look *look)
{
	scope_draw_title(page->view.scene, area, 0, look->title);
	if (area->rows < LINES_ABOVE)
		return;
	area_puts(area, 1, 0, -1, look->columns, area_style(area, THEME_COLUMN_TITLE));
	draw_lines(page, area, look);
	if (!page->page.count)
		draw_empty(page->view.scene, area, page->view.body_y, look);
}

/* ---- moving ---- */

uint64_t page_view_selected(const struct view *view)
{
	const struct page_line *line = page_selected(&((const struct page_view *)view)->page);

	return line && scene_node(view->scene, line->id) ? line->id : 0;
}

void page_view_move(struct view *view, int64_t lines)
{
	page_move(&((struct page_view *)view)->page, lines);
}

void page_view_click(struct view *view, int y, int x)
{
	struct page *page = &((struct page_view *)view)->page;

	(void)x;
	if (y >= view->body_y && y < view->body_y + view->body_rows)
		page_move(page, (int64_t)page->top + y - view->body_y - (int64_t)page->at);
}
