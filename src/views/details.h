/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_DETAILS_H
#define PROCTOP_VIEWS_DETAILS_H

#include "model/inspect.h"
#include "views/lines.h"
#include "views/view.h"

enum details_tab { DETAILS_OVERVIEW };
#define DETAILS_TABS 1

/* Whether what is read has come. */
enum details_progress {
	DETAILS_IDLE,
	DETAILS_READING,
	DETAILS_HANGS, /* it was given up */
	DETAILS_BUSY,  /* others hang, so that it was not tried */
};

/* One process, and all that is known of it. Who opens it says which, by details_view_show(). */
struct details_view {
	struct view view;
	uint64_t id;
	enum details_tab tab;
	enum details_progress progress;
	uint64_t asked_ns;
	uint64_t settles_ns; /* until then nothing is read */
	struct inspection *read[INSPECT_STAGES];
	bool is_gone; /* while it was read */
	bool shows_secrets;
	struct listing listing;
	struct lines lines;
	size_t top;
	bool needs_list;
	uint64_t listed_tick, listed_names; /* as of the world then */
	const struct ptree_tree *listed_tree;
	int listed_cols;
};

void details_view_show(struct details_view *details, uint64_t id, enum details_tab tab);
/* The same of another process, or of this one; it is read when nobody goes on at once. */
void details_view_follow(struct details_view *details, uint64_t id);

extern const struct view_kind details_view_kind;

#endif
