/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LAYOUT_H
#define PROCTOP_LAYOUT_H

#include "draw/area.h"

/* What is to have a place on the screen. */
struct layout_wish {
	int head_lines;	  /* of the machine and its meters */
	bool has_last;	  /* a line at the end: what is typed, a message, the keys */
	bool is_page;	  /* one view has all the room, and no line for what is selected */
	bool has_events;  /* the pane below the tree */
	int events_rows;  /* as somebody dragged it; 0: as there is room */
	bool has_details; /* the pane at the right, where there is room */
};

/* Where it is; what has no place is empty. */
struct layout {
	struct area screen;
	struct area head, last;
	struct area body;     /* between these: of a page */
	struct area selected; /* all of what is selected, in a line */
	struct area tree, events;
	struct area border, details; /* a column, and what is right of it */
};

/* Screens on which the line of what is selected has room. */
bool layout_has_selected(const struct area *screen, bool is_page);
/* Screens on which there is room for details beside the tree. */
bool layout_is_wide(const struct area *screen);

struct layout layout_of(const struct area *screen, const struct layout_wish *wish);

#endif
