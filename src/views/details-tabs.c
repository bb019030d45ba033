/* SPDX-License-Identifier: MIT */
/* The tabs of the page of one process: their names, where they stand, and their columns. */
#include "views/details-tabs.h"

#include <string.h>

#define LEAST_COLS_FOR_GAPS 50

static const struct lines_table files_table = {
	.columns = { { .title = "FD", .cells = 5, .is_right = true },
		     { .title = "KIND", .cells = 9 },
		     { .title = "RW", .cells = 2, .least_cols = 50 } },
	.value = "WHAT",
};

static const struct lines_table maps_table = {
	.columns = { { .title = "RSS", .cells = 5, .is_right = true },
		     { .title = "PSS", .cells = 5, .is_right = true },
		     { .title = "SIZE", .cells = 5, .is_right = true },
		     { .title = "SWAP", .cells = 5, .is_right = true, .least_cols = 70 },
		     { .title = "MAPS", .cells = 6, .is_right = true, .least_cols = 60 } },
	.value = "FILE",
};

static const struct lines_table threads_table = {
	.columns = { { .title = "TID", .cells = 7, .is_right = true },
		     { .title = "S", .cells = 1 },
		     { .title = "%CPU", .cells = 4, .is_right = true },
		     { .title = "TIME", .cells = 5, .is_right = true, .least_cols = 60 },
		     { .title = "ON", .cells = 3, .is_right = true, .least_cols = 100 },
		     { .title = "NAME", .cells = 15 } },
	.value = "WAITS IN",
};

static const struct details_tab_kind kinds[DETAILS_TABS] = {
	[DETAILS_OVERVIEW] = { "Details", "", "", INSPECT_DETAILS, PTREE_PIECE_EXE, NULL },
	[DETAILS_ENVIRONMENT] = { "Environment", "variable", "variables", INSPECT_ENVIRONMENT,
				  PTREE_PIECE_ENVIRONMENT, NULL },
	[DETAILS_FILES] = { "Files", "open file", "open files", INSPECT_FILES,
			    PTREE_PIECE_DESCRIPTORS, &files_table },
	[DETAILS_MAPS] = { "Maps", "map", "maps", INSPECT_MAPS, PTREE_PIECE_MAPS, &maps_table },
	[DETAILS_THREADS] = { "Threads", "thread", "threads", INSPECT_THREADS, PTREE_PIECE_WCHAN,
			      &threads_table },
};

const struct details_tab_kind *details_tab_kind(enum details_tab tab)
{
	return &kinds[tab];
}

static int gap(int cols)
{
	return cols < LEAST_COLS_FOR_GAPS ? 1 : 2;
}

void details_tabs_draw(const struct area *area, int y, enum details_tab open)
{
	int x = 1;

	for (int i = 0; i < DETAILS_TABS; i++)
		x += gap(area->cols) +
		     area_puts(area, y, x, -1, kinds[i].name,
			       area_style(area, i == (int)open ? THEME_MATCH : THEME_DIM));
}

int details_tabs_at(int cols, int x)
{
	int from = 1;

	for (int i = 0; i < DETAILS_TABS; i++) {
		int width = (int)strlen(kinds[i].name);

		if (x >= from && x < from + width)
			return i;
		from += width + gap(cols);
	}
	return -1;
}
