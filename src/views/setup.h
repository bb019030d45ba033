/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_SETUP_H
#define PROCTOP_VIEWS_SETUP_H

#include "model/columns.h"
#include "model/meter-choice.h"
#include "views/view.h"

#define SETUP_ITEMS_MAX 64

/* One of both. */
struct setup_item {
	const struct field *field;
	const struct meter_info *meter;
};

/* Which columns or meters there are, and in which order; what is chosen takes effect at once. Who
   opens it gives it both, by setup_view_begin(). */
struct setup_view {
	struct view view;
	struct columns *columns;     /* borrowed: the tree's */
	struct meter_choice *meters; /* borrowed */
	int screen_cols;	     /* of the tree, for which those that it would have are known */
	bool is_meters;		     /* columns otherwise */
	struct setup_item items[SETUP_ITEMS_MAX]; /* those that are there come first */
	size_t count;
	size_t on; /* so many of them are there */
	size_t at;
};

extern const struct view_kind setup_view_kind;

void setup_view_begin(struct setup_view *setup, struct columns *columns,
		      struct meter_choice *meters, int screen_cols);
/* Columns or meters. */
void setup_view_turn(struct setup_view *setup);
/* The selected one changes places with the one before or behind it. */
void setup_view_shift(struct setup_view *setup, int by);
/* Those that there are without a choice. */
void setup_view_reset(struct setup_view *setup);

#endif
