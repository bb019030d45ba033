/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_EVENTS_H
#define PROCTOP_VIEWS_EVENTS_H

#include "model/events.h"
#include "views/view.h"

/* What happens, a line each, the newest last; a pane, or a page of its own. */
struct events_view {
	struct view view;
	struct events events;
	uint64_t list[EVENTS_LISTED_MAX]; /* numbers of those that are shown */
	size_t count;
	size_t at, top;			/* in the list: the selected one, the first that is seen */
	uint64_t at_number, top_number; /* by which they are found again */
	unsigned hidden;		/* bits of enum event_class */
	bool stays;			/* else the newest is always seen, and selected */
};

extern const struct view_kind events_view_kind;

/* Takes what has happened, also when it is not seen: the tree's feed does not keep it for long. */
void events_view_keep_up(struct events_view *view);
void events_view_toggle_class(struct events_view *view, enum event_class which);
void events_view_toggle_tail(struct events_view *view);

/* One of them; all of it, in a line. */
void event_line_draw(const struct events_view *view, const struct area *area, int y,
		     const struct event *event);
void event_line_draw_whole(const struct events_view *view, const struct area *area,
			   const struct event *event);

#endif
