/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PANES_H
#define PROCTOP_PANES_H

#include "ui/layout.h"
#include "views/details.h"
#include "views/events.h"
#include "views/tree.h"

#define PANES_STACK_MAX 4

/* Whether a pane is to be there. */
enum panes_wish {
	PANES_AS_ROOM, /* on screens that are high enough */
	PANES_SHOWN,
	PANES_HIDDEN,
};

/* The views on the screen: panes side by side, of which one has the focus, and what lies over them,
   the last one on top. */
struct panes {
	const struct scene *scene; /* borrowed */
	struct tree_view *tree;
	struct events_view *events; /* NULL: it was never shown */
	enum panes_wish events_wish;
	struct details_view *details; /* a pane or a page, or NULL: what is closed is gone */
	bool has_details;	      /* as a pane, on screens that are wide enough */
	int events_rows;	      /* as somebody dragged them; 0: as there is room */
	bool is_dragging;	      /* the border above the events */
	struct view *focus;	      /* one of these */
	struct view *stack[PANES_STACK_MAX];
	size_t depth;
	struct layout layout; /* as of the last update */
};

int panes_init(struct panes *panes, const struct scene *scene); /* 0 or -ENOMEM */
void panes_clear(struct panes *panes);

/* Who takes the keys: what lies on top, or the pane with the focus. */
struct view *panes_top(const struct panes *panes);
/* Nothing lies over the panes. */
bool panes_are_bare(const struct panes *panes);
/* A view of that kind lies over them. */
bool panes_have(const struct panes *panes, const struct view_kind *kind);

bool panes_have_events(const struct panes *panes); /* the pane is there, or is under a page */
/* Too low for a pane of them: a page is what there is. */
bool panes_are_low(const struct panes *panes);
void panes_show_events(struct panes *panes, bool is_shown);
/* The next pane takes the keys. False: there is but one. */
bool panes_focus_next(struct panes *panes);
void panes_focus_tree(struct panes *panes);
void panes_focus_events(struct panes *panes); /* without a place for them the tree keeps it */

/* All of one process: at the right, where it follows what is selected; as a page. Who opens them
   says which process. NULL: no memory, or too much is open. */
bool panes_are_wide(const struct panes *panes); /* there is room at the right */
struct details_view *panes_show_details(struct panes *panes);
struct details_view *panes_push_details(struct panes *panes);
void panes_hide_details(struct panes *panes);

/* Opens a view over what there is. NULL: there is no memory, or too much is open. */
struct view *panes_push(struct panes *panes, const struct view_kind *kind);
/* What the tree's feed does not keep for long is taken, whether or not there is a frame. */
void panes_keep_up(struct panes *panes);
/* The events as a page. */
bool panes_push_events(struct panes *panes);
void panes_pop(struct panes *panes);
void panes_pop_all(struct panes *panes);

/* Brings what is seen up to date, and settles what sits where. prompt: a line is typed; message:
   something is to be said. */
void panes_update(struct panes *panes, struct canvas *canvas, bool has_prompt, bool has_message);
void panes_draw(const struct panes *panes);
/* When something of what is seen changes; 0: never. */
uint64_t panes_next_change_ns(const struct panes *panes);

/* Where a view is, as of the last update. */
struct area panes_area(const struct panes *panes, const struct view *view);
/* The view that takes the mouse at a point of the screen, which becomes one of its area; NULL: none
   is there. */
struct view *panes_at(const struct panes *panes, int *y, int *x);
/* A border is taken at a point of the screen, moved to it, let go. False: none is there. */
bool panes_take_border(struct panes *panes, int y, int x);
void panes_drag_border(struct panes *panes, int y);
void panes_drop_border(struct panes *panes);

#endif
