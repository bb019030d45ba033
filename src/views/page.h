/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_PAGE_H
#define PROCTOP_VIEWS_PAGE_H

#include "model/page.h"
#include "views/view.h"

/* A page that lists processes. It is listed anew once a tick, so that one can read it. */
struct page_view {
	struct view view;
	struct page page;
	const struct ptree_tree *listed_tree;
	uint64_t listed_tick, listed_scope; /* as of the world and the scope then */
	bool needs_list;
};

/* What tells one page from another. */
struct page_look {
	const char *title, *columns;
	const char *empty, *since; /* why there are no lines; of all that is watched, since when */
	void (*draw_line)(const struct page_view *page, const struct area *area, int y,
			  const struct page_line *line);
};

/* True: it is to be listed anew, in that scope. */
bool page_view_begin_update(struct page_view *page, const struct area *area,
			    struct page_scope *scope);
void page_view_end_update(struct page_view *page);
void page_view_draw(const struct page_view *page, const struct area *area,
		    const struct page_look *look);

/* For their kinds. */
uint64_t page_view_selected(const struct view *view);
void page_view_move(struct view *view, int64_t lines);
void page_view_click(struct view *view, int y, int x);

extern const struct view_kind churn_view_kind, failures_view_kind, record_view_kind;

#endif
