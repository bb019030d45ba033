/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_HELP_H
#define PROCTOP_VIEWS_HELP_H

#include "views/view.h"

#define HELP_LINES_MAX 256
#define HELP_KEYS_SIZE 64

struct help_line {
	char keys[HELP_KEYS_SIZE]; /* "": the text is a heading, or there is nothing */
	const char *text;	   /* borrowed, for good */
};

/* The help screen. Who opens it adds its lines. */
struct help_view {
	struct view view;
	struct help_line lines[HELP_LINES_MAX];
	int count;
	int top; /* lines that are above what is seen */
};

extern const struct view_kind help_view_kind;

void help_view_add(struct help_view *help, const char *keys, const char *text);
void help_view_add_heading(struct help_view *help, const char *text);

#endif
