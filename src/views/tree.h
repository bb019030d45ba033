/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_H
#define PROCTOP_TREE_H

#include "model/columns.h"
#include "model/cursor.h"
#include "model/id-set.h"
#include "model/search.h"
#include "views/view.h"

/* What of the tree the rows were made of. */
struct tree_seen {
	const struct ptree_tree *tree;
	uint64_t generation, usage_generation;
	uint64_t ticks, cgroup_changes, reading_changes;
	uint64_t scope, names; /* versions */
	uint64_t ns;	       /* when that was */
};

/* The rows of the tree: its scope, column titles, rows. Ids hold what is selected and folded. */
struct tree_view {
	struct view view;
	struct rows *rows;
	struct cursor cursor;
	struct rows_scope choice; /* which rows, in what order */
	struct columns columns;
	uint64_t follow_id;   /* 0: nobody */
	bool follow_stays;    /* when that one ends; else it goes to the parent */
	struct id_set tags;   /* whom what acts is about, if there are any */
	struct id_set marked; /* by rules; also what is over */
	struct search search;
	uint64_t search_from; /* where the cursor was when the search began */
	int sideways;	      /* cells by which commands are shifted */
	bool basenames;	      /* programs without their directories */
	bool needs_collect, needs_search;
	struct tree_seen seen;
	int cols;		 /* of its area */
	bool has_titles;	 /* above the body */
	bool utf8;		 /* its marks are more than ASCII */
	uint64_t next_change_ns; /* when a highlight that is seen fades a step; 0: never */
};

extern const struct view_kind tree_view_kind;

/*
 * Brings the rows up to date with the scene and with what was chosen, if anything changed, and the
 * cursor to what was searched for. A frame needs it, and every key that acts on rows.
 */
int tree_view_update_rows(struct tree_view *tree);
/* When what the tree has learned is shown: now, unless that would cost too much. */
uint64_t tree_view_news_ns(const struct tree_view *tree);

const struct row *tree_view_row(const struct tree_view *tree); /* the selected one, or NULL */
const struct ptree_node *tree_view_node(const struct tree_view *tree);
bool tree_view_is_sorted(const struct tree_view *tree); /* in another order than that of birth */
int tree_view_glow(const struct tree_view *tree, uint64_t changed_ns);

void tree_view_select(struct tree_view *tree, uint64_t id); /* unfolds to it */
/* The process, or the nearest one above it that is there. */
void tree_view_go_to(struct tree_view *tree, uint64_t id);
bool tree_view_search_next(struct tree_view *tree, uint64_t from, bool backwards);
/* For that, when the rows are looked at next. */
void tree_view_search(struct tree_view *tree, const char *text);

/* Sorts by it, and says so. The same one again turns back to the order that keeps still. */
void tree_view_sort(struct tree_view *tree, const struct field *sort);
/* Something else is to be shown: what is over is looked at anew, too. */
void tree_view_choose_again(struct tree_view *tree);

void tree_view_set_folded(struct tree_view *tree, bool folded);
void tree_view_toggle_all(struct tree_view *tree);
void tree_view_fold_all(struct tree_view *tree, bool folded);
void tree_view_fold_at_depth(struct tree_view *tree, uint32_t depth);

/* Its columns on a screen of that width. */
size_t tree_view_columns(const struct tree_view *tree, int cols,
			 const struct field *shown[COLUMNS_MAX]);
/* What beyond the tree is shown, looked for or decides where rows stand: mask of FIELD_ASKS(). */
uint32_t tree_view_asks(const struct tree_view *tree);
uint32_t tree_view_asks_for_rows(const struct tree_view *tree); /* without what is only shown */
/* What is seen is to have figures that cost to read. */
void tree_view_have_seen_read(const struct tree_view *tree);

/* Has the names, command lines and figures of what is seen read again. */
void tree_view_refresh_seen(const struct tree_view *tree);

#endif
