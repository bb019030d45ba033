/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_DETAILS_H
#define PROCTOP_VIEWS_DETAILS_H

#include "model/details-history.h"
#include "model/details-rows.h"
#include "views/details-tabs.h"
#include "views/view.h"

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
	uint64_t settles_ns;	     /* until then nothing is read */
	uint64_t asked_ns, heard_ns; /* when it was asked for, and when something came last */
	uint64_t read_ns;	     /* as long the latest whole reading took */
	unsigned hangs;		     /* readings of it that were given up, since it was opened */
	struct inspection *read[INSPECT_STAGES];
	struct details_rows rows; /* of the tab that is open */
	struct details_history history;
	bool is_gone; /* while it was read */
	bool shows_secrets;
	struct listing listing;
	struct lines lines;
	size_t top;
	bool needs_list;
	uint64_t listed_tick, listed_names; /* as of the world then */
	const struct ptree_tree *listed_tree;
	int listed_cols;
	bool listed_over;
};

void details_view_show(struct details_view *details, uint64_t id, enum details_tab tab);
/* The same of another process, or of this one; it is read when nobody goes on at once. */
void details_view_follow(struct details_view *details, uint64_t id);
/* Another tab of the same process; what was read for the one before is dropped. */
void details_view_open_tab(struct details_view *details, enum details_tab tab);
/* The one so many to the right; there is none beyond the last and the first. */
void details_view_move_tab(struct details_view *details, int by);
/* False: there is nothing masked in this tab. */
bool details_view_toggle_secrets(struct details_view *details);

extern const struct view_kind details_view_kind;

#endif
