/* SPDX-License-Identifier: MIT */
/* The views on the screen; see panes.h. Where they sit is layout.c's. */
#include "ui/panes.h"
#include "views/head.h"

#include <errno.h>

#define LEAST_ROWS_FOR_FOOTER 12
#define LEAST_ROWS_FOR_KEYS 8	   /* of a dialog that says them nowhere else */
#define LEAST_ROWS_FOR_HEAD 10	   /* over a page: lower screens have the page's title only */
#define LEAST_ROWS_FOR_ALL_HEAD 22 /* over a page: lower ones have its first line only */
#define LEAST_ROWS_FOR_DIALOG 6
#define LEAST_ROWS_FOR_EVENTS 30 /* without being asked */
#define LEAST_ROWS_FOR_EVENTS_PANE 20

int panes_init(struct panes *panes, const struct scene *scene)
{
	struct view *tree = view_open(&tree_view_kind, scene);

	if (!tree)
		return -ENOMEM;
	panes->scene = scene;
	panes->tree = (struct tree_view *)tree;
	panes->focus = tree;
	return 0;
}

void panes_clear(struct panes *panes)
{
	panes_pop_all(panes);
	panes_hide_details(panes);
	view_close((struct view *)panes->events);
	view_close((struct view *)panes->tree);
}

/* ---- what lies over the panes ---- */

bool panes_are_bare(const struct panes *panes)
{
	return !panes->depth;
}

struct view *panes_top(const struct panes *panes)
{
	return panes->depth ? panes->stack[panes->depth - 1] : panes->focus;
}

bool panes_have(const struct panes *panes, const struct view_kind *kind)
{
	for (size_t i = 0; i < panes->depth; i++) {
		if (panes->stack[i]->kind == kind)
			return true;
	}
	return false;
}

static bool is_events(const struct panes *panes, const struct view *view)
{
	return panes->events && view == &panes->events->view;
}

static bool is_details(const struct panes *panes, const struct view *view)
{
	return panes->details && view == &panes->details->view;
}

/* Unless they are still a pane, or a page. */
static void close_details(struct panes *panes)
{
	if (panes->has_details || !panes->details || panes_have(panes, &details_view_kind))
		return;
	if (is_details(panes, panes->focus))
		panes_focus_tree(panes);
	view_close(&panes->details->view);
	panes->details = NULL;
	panes->layout.border.cols = panes->layout.details.cols = 0;
}

struct view *panes_push(struct panes *panes, const struct view_kind *kind)
{
	struct view *view = panes->depth < PANES_STACK_MAX ? view_open(kind, panes->scene) : NULL;

	if (view)
		panes->stack[panes->depth++] = view;
	return view;
}

void panes_pop(struct panes *panes)
{
	struct view *view;

	if (!panes->depth)
		return;
	view = panes->stack[--panes->depth];
	if (is_details(panes, view))
		close_details(panes);
	else if (!is_events(panes, view))
		view_close(view);
}

void panes_pop_all(struct panes *panes)
{
	while (panes->depth)
		panes_pop(panes);
}

/* ---- the events ---- */

/* They are kept when they are not seen, so that one comes back to where one was. */
static bool open_events(struct panes *panes)
{
	if (!panes->events)
		panes->events = (struct events_view *)view_open(&events_view_kind, panes->scene);
	return panes->events;
}

bool panes_push_events(struct panes *panes)
{
	if (panes->depth == PANES_STACK_MAX || !open_events(panes))
		return false;
	panes->stack[panes->depth++] = &panes->events->view;
	return true;
}

static bool wants_events(const struct panes *panes, int rows)
{
	switch (panes->events_wish) {
	case PANES_AS_ROOM:
		return rows >= LEAST_ROWS_FOR_EVENTS;
	case PANES_SHOWN:
		return rows >= LEAST_ROWS_FOR_EVENTS_PANE;
	case PANES_HIDDEN:
		break;
	}
	return false;
}

bool panes_have_events(const struct panes *panes)
{
	return panes->events && wants_events(panes, panes->layout.screen.rows);
}

bool panes_are_low(const struct panes *panes)
{
	return panes->layout.screen.rows < LEAST_ROWS_FOR_EVENTS_PANE;
}

void panes_show_events(struct panes *panes, bool is_shown)
{
	panes->events_wish = is_shown ? PANES_SHOWN : PANES_HIDDEN;
	if (!is_shown && is_events(panes, panes->focus))
		panes_focus_tree(panes);
}

/* ---- the details ---- */

bool panes_are_wide(const struct panes *panes)
{
	return layout_is_wide(&panes->layout.screen);
}

static struct details_view *open_details(struct panes *panes)
{
	if (!panes->details)
		panes->details = (struct details_view *)view_open(&details_view_kind, panes->scene);
	return panes->details;
}

struct details_view *panes_show_details(struct panes *panes)
{
	panes->has_details = open_details(panes);
	return panes->details;
}

struct details_view *panes_push_details(struct panes *panes)
{
	if (panes->depth == PANES_STACK_MAX || !open_details(panes))
		return NULL;
	panes->stack[panes->depth++] = &panes->details->view;
	return panes->details;
}

void panes_hide_details(struct panes *panes)
{
	panes->has_details = false;
	close_details(panes);
}

/* ---- who takes the keys ---- */

void panes_focus_tree(struct panes *panes)
{
	panes->focus = &panes->tree->view;
}

void panes_focus_events(struct panes *panes)
{
	if (panes->layout.events.rows)
		panes->focus = &panes->events->view;
}

bool panes_focus_next(struct panes *panes)
{
	struct view *all[] = { &panes->tree->view,
			       panes->layout.events.rows ? &panes->events->view : NULL,
			       panes->layout.details.cols ? &panes->details->view : NULL };
	const size_t count = sizeof(all) / sizeof(*all);
	size_t at = 0;

	if (panes->depth)
		return false;
	while (at < count - 1 && all[at] != panes->focus)
		at++;
	do
		at = (at + 1) % count;
	while (!all[at]);
	if (all[at] == panes->focus)
		return false;
	panes->focus = all[at];
	return true;
}

/* ---- what is seen ---- */

static bool is_dialog(const struct view *view)
{
	return view->kind->context & (VIEW_DIALOG | VIEW_ACT | VIEW_SETUP);
}

static bool covers(const struct view *view)
{
	return !is_dialog(view);
}

/* The lowest of the stack that is seen: what it covers is not. 0 with *covered false: the panes are
   seen, too. */
static size_t lowest_seen(const struct panes *panes, bool *covered)
{
	size_t at = panes->depth;

	while (at && !covers(panes->stack[at - 1]))
		at--;
	*covered = at > 0;
	return at ? at - 1 : 0;
}

static bool is_page(const struct panes *panes)
{
	bool covered;

	lowest_seen(panes, &covered);
	return covered;
}

static bool is_whole(const struct panes *panes)
{
	bool covered;
	size_t lowest = lowest_seen(panes, &covered);

	return covered && panes->stack[lowest]->kind->is_whole;
}

/* A dialog whose keys stand nowhere but in the footer. */
static bool says_no_keys(const struct panes *panes)
{
	return panes_top(panes)->kind->context & (VIEW_DIALOG | VIEW_SETUP);
}

static bool wants_last(const struct panes *panes, int rows, bool has_prompt, bool has_message)
{
	if (is_page(panes))
		return rows > 2 || has_prompt;
	if (has_prompt || (rows > 1 && has_message))
		return true;
	return rows >= (says_no_keys(panes) ? LEAST_ROWS_FOR_KEYS : LEAST_ROWS_FOR_FOOTER);
}

/* Where there is no room for rows beside it, the first line is all there is. */
static int wanted_head(const struct panes *panes, const struct area *screen, bool has_last)
{
	bool covered = is_page(panes);
	int bottom = screen->rows - has_last - layout_has_selected(screen, covered);

	if (is_whole(panes) || (covered && screen->rows < LEAST_ROWS_FOR_HEAD))
		return 0;
	if (covered && screen->rows < LEAST_ROWS_FOR_ALL_HEAD)
		return 1;
	return head_lines(panes->scene, screen, bottom > 2 ? bottom - 1 : 1);
}

/* Over the rows, if they have room for it; else over all but the last line. */
static struct area dialog_area(const struct panes *panes)
{
	const struct layout *layout = &panes->layout;
	const struct area *screen = &layout->screen;
	int room = screen->rows - layout->last.rows;
	int top = layout->tree.y + panes->tree->view.body_y;

	if (room - top < LEAST_ROWS_FOR_DIALOG)
		top = 0;
	return area_part(screen, top, 0, room - top, screen->cols);
}

struct area panes_area(const struct panes *panes, const struct view *view)
{
	if (is_dialog(view))
		return dialog_area(panes);
	if (view == &panes->tree->view)
		return panes->layout.tree;
	if (is_events(panes, view) && !panes_have(panes, view->kind))
		return panes->layout.events;
	if (is_details(panes, view) && !panes_have(panes, view->kind))
		return panes->layout.details;
	return panes->layout.body;
}

static void update_view(const struct panes *panes, struct view *view)
{
	struct area area = panes_area(panes, view);

	view->has_focus = view == panes_top(panes);
	view->kind->update(view, &area);
}

static uint64_t selected(const struct panes *panes)
{
	const struct view *view =
	    is_events(panes, panes->focus) ? &panes->events->view : &panes->tree->view;

	return view->kind->selected(view);
}

/* What has no place is not there. */
static void update_panes(struct panes *panes)
{
	const struct layout *layout = &panes->layout;

	if ((is_events(panes, panes->focus) && !layout->events.rows) ||
	    (is_details(panes, panes->focus) && !layout->details.cols))
		panes_focus_tree(panes);
	if (layout->events.rows)
		update_view(panes, &panes->events->view);
	update_view(panes, &panes->tree->view);
	if (!layout->details.cols)
		return;
	details_view_follow(panes->details, selected(panes));
	update_view(panes, &panes->details->view);
}

void panes_update(struct panes *panes, struct canvas *canvas, bool has_prompt, bool has_message)
{
	struct area screen = area_of(canvas);
	struct layout_wish wish = { 0 };
	bool covered;
	size_t at = lowest_seen(panes, &covered);

	wish.is_page = covered;
	wish.has_last = wants_last(panes, screen.rows, has_prompt, has_message);
	wish.head_lines = wanted_head(panes, &screen, wish.has_last);
	wish.has_events = wants_events(panes, screen.rows) && open_events(panes);
	wish.events_rows = panes->events_rows;
	wish.has_details = panes->has_details;
	panes->layout = layout_of(&screen, &wish);
	if (!covered)
		update_panes(panes);
	for (; at < panes->depth; at++)
		update_view(panes, panes->stack[at]);
}

void panes_keep_up(struct panes *panes)
{
	if (panes->events)
		events_view_keep_up(panes->events);
}

static void draw_view(const struct panes *panes, const struct view *view)
{
	struct area area = panes_area(panes, view);

	view->kind->draw(view, &area);
}

static void draw_panes(const struct panes *panes)
{
	const struct layout *layout = &panes->layout;
	const struct area *border = &layout->border;

	draw_view(panes, &panes->tree->view);
	if (layout->events.rows)
		draw_view(panes, &panes->events->view);
	for (int y = 0; y < border->rows && border->cols; y++)
		area_puts(border, y, 0, 1, border->utf8 ? "│" : "|",
			  area_style(border, THEME_TREE_LINE));
	if (layout->details.cols)
		draw_view(panes, &panes->details->view);
	if (panes->focus->kind->draw_selected)
		panes->focus->kind->draw_selected(panes->focus, &layout->selected);
}

void panes_draw(const struct panes *panes)
{
	const struct layout *layout = &panes->layout;
	bool covered;
	size_t at = lowest_seen(panes, &covered);

	area_clear(&layout->screen);
	head_draw(panes->scene, &layout->screen, layout->head.rows);
	if (!covered)
		draw_panes(panes);
	for (; at < panes->depth; at++)
		draw_view(panes, panes->stack[at]);
}

static void note_change(uint64_t *next_ns, const struct view *view)
{
	uint64_t ns = view->kind->next_change_ns ? view->kind->next_change_ns(view) : 0;

	if (ns && (!*next_ns || ns < *next_ns))
		*next_ns = ns;
}

uint64_t panes_next_change_ns(const struct panes *panes)
{
	uint64_t next_ns = 0;
	bool covered;
	size_t at = lowest_seen(panes, &covered);

	if (!covered)
		note_change(&next_ns, &panes->tree->view);
	if (!covered && panes->layout.events.rows)
		note_change(&next_ns, &panes->events->view);
	if (!covered && panes->layout.details.cols)
		note_change(&next_ns, &panes->details->view);
	for (; at < panes->depth; at++)
		note_change(&next_ns, panes->stack[at]);
	return next_ns;
}

/* ---- the mouse ---- */

struct view *panes_at(const struct panes *panes, int *y, int *x)
{
	struct view *view = panes->depth ? panes_top(panes) : &panes->tree->view;
	struct area area = panes_area(panes, view);

	if (area_has(&area, y, x))
		return view;
	if (panes->depth)
		return NULL;
	if (area_has(&panes->layout.events, y, x))
		return &panes->events->view;
	return area_has(&panes->layout.details, y, x) ? &panes->details->view : NULL;
}

/* The first line of the events is the border above them. */
bool panes_take_border(struct panes *panes, int y, int x)
{
	panes->is_dragging = !panes->depth && area_has(&panes->layout.events, &y, &x) && y == 0;
	return panes->is_dragging;
}

void panes_drag_border(struct panes *panes, int y)
{
	const struct area *events = &panes->layout.events;
	int rows = events->y + events->rows - y;

	if (panes->is_dragging)
		panes->events_rows = rows > 1 ? rows : 1;
}

void panes_drop_border(struct panes *panes)
{
	panes->is_dragging = false;
}
