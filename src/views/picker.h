/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_PICKER_H
#define PROCTOP_VIEWS_PICKER_H

#include "model/picker.h"
#include "views/view.h"

/* A list to choose from. Who opens it fills it, and knows what it is for. */
struct picker_view {
	struct view view;
	struct picker picker;
	const char *title; /* with a space at both ends */
	int purpose;	   /* the asker's */
};

extern const struct view_kind picker_view_kind;

#endif
