/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_SHEET_H
#define PROCTOP_VIEWS_SHEET_H

#include "model/sheet.h"
#include "views/view.h"

/* How its lines are shared out, from the top. */
struct sheet_room {
	int lines, choices, input, words, hint;
};

/* A dialog about processes. Who opens it fills it, and knows what it is for. */
struct sheet_view {
	struct view view;
	struct sheet sheet;
	struct sheet_room room; /* as of the last update */
};

extern const struct view_kind sheet_view_kind;

#endif
