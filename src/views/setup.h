/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_SETUP_H
#define PROCTOP_VIEWS_SETUP_H

#include "model/columns.h"
#include "views/view.h"

#define SETUP_ITEMS_MAX 64

/* Which columns there are, and in which order; what is chosen takes effect at once. Who opens it
   gives it the columns, by setup_view_begin(). */
struct setup_view {
	struct view view;
	struct columns *columns; /* borrowed: the tree's */
	int screen_cols;	 /* of the tree, for which those that it would have are known */
	const struct field *items[SETUP_ITEMS_MAX]; /* those that are there come first */
	size_t count;
	size_t on; /* so many of them are there */
	size_t at;
};

extern const struct view_kind setup_view_kind;

void setup_view_begin(struct setup_view *setup, struct columns *columns, int screen_cols);
/* The selected one changes places with the one before or behind it. */
void setup_view_shift(struct setup_view *setup, int by);
/* Those that there are without a choice. */
void setup_view_reset(struct setup_view *setup);

#endif
