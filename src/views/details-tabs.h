/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_DETAILS_TABS_H
#define PROCTOP_VIEWS_DETAILS_TABS_H

#include "model/inspect.h"
#include "views/lines.h"

enum details_tab {
	DETAILS_OVERVIEW,
	DETAILS_ENVIRONMENT,
	DETAILS_FILES,
	DETAILS_MAPS,
	DETAILS_THREADS,
};
#define DETAILS_TABS 5

/* What tells one tab from another. */
struct details_tab_kind {
	const char *name;
	const char *one, *many; /* "map", "maps" */
	enum inspect_what what;
	enum ptree_piece piece;
	const struct lines_table *table; /* NULL: it is none */
};
const struct details_tab_kind *details_tab_kind(enum details_tab tab);

/* In one line; and which is there in a width of so many columns, or -1. */
void details_tabs_draw(const struct area *area, int y, enum details_tab open);
int details_tabs_at(int cols, int x);

#endif
