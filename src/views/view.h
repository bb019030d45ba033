/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEW_H
#define PROCTOP_VIEW_H

#include "draw/area.h"
#include "model/scene.h"

/* Where a key has a meaning of its own: what lies on top takes it. */
enum view_context {
	VIEW_TREE = 1,
	VIEW_PAGE = 2,
	VIEW_HELP = 4,
	VIEW_DIALOG = 8,
	VIEW_EVENTS = 16, /* a pane, or a page */
	VIEW_PROMPT = 32, /* a line that is typed; no view */
	VIEW_ACT = 64,	  /* a dialog about processes, in which letters are typed */
	VIEW_DETAILS = 128,
	VIEW_SETUP = 256, /* a dialog, too */
};

/* What Enter came to. */
enum view_entered {
	VIEW_ENTERED,	/* something of the view's own */
	VIEW_GOES_TO,	/* the tree is to show selected() */
	VIEW_HAS_CHOSEN /* a dialog: its asker knows what */
};

struct view;

/*
 * What kinds of views there are; each is in a file of its own. update() brings a view up to date
 * with the scene and settles what depends on the size of its area; draw() then draws it there, and
 * changes nothing. What is NULL it has not.
 */
struct view_kind {
	const char *name;
	enum view_context context;
	bool is_whole; /* also title and meters are under it */
	size_t size;   /* of its struct, which begins with a struct view and is opened all zero */
	int (*open)(struct view *view);	  /* gets what else it needs; 0 or -ENOMEM */
	void (*close)(struct view *view); /* gives back what it holds beside itself */
	int (*update)(struct view *view, const struct area *area); /* 0 or -ENOMEM */
	void (*draw)(const struct view *view, const struct area *area);
	/* All of what is selected, in one line. */
	void (*draw_selected)(const struct view *view, const struct area *area);
	uint64_t (*selected)(const struct view *view); /* a process; 0: none */
	/* When it changes though no key is pressed; 0: never. */
	uint64_t (*next_change_ns)(const struct view *view);
	void (*move)(struct view *view, int64_t lines);	  /* what is selected */
	void (*scroll)(struct view *view, int64_t lines); /* what is seen; NULL: it moves */
	void (*click)(struct view *view, int y, int x);	  /* in its area */
	enum view_entered (*enter)(struct view *view);
	bool (*back)(struct view *view); /* false: it has nothing to go back from but itself */
};

/* What all views have; it comes first in each. */
struct view {
	const struct view_kind *kind;
	const struct scene *scene; /* borrowed */
	bool has_focus;		   /* it takes the keys */
	int body_y, body_rows;	   /* of its area the lines of its list, as of the last update */
};

/* NULL: no memory. The scene outlives it. */
struct view *view_open(const struct view_kind *kind, const struct scene *scene);
void view_close(struct view *view); /* or NULL */

#endif
