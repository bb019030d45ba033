/* SPDX-License-Identifier: MIT */
/*
 * The inside of struct rows, for the files that make rows out of a tree and for nobody else:
 *   collect.c	the tree, flattened into candidates in the order of birth
 *   order.c	the same in another order
 *   rows.c	filter and folds choose the rows among them; reading
 *   living.c	what is over: which jobs there are, given the window (the rules are jobs.c's)
 *   arrivals.c	who of them came, never having been seen alive
 *   tally.c	what has no row
 */
#ifndef PROCTOP_ROWS_IMPL_H
#define PROCTOP_ROWS_IMPL_H

#include "model/array.h"
#include "model/folds.h"
#include "model/gone.h"
#include "model/rows.h"

#define SUMMARY_ID_BIT (UINT64_C(1) << 63)
#define SHARED_ID_BIT (UINT64_C(1) << 62)
#define NO_JOB UINT32_MAX

/* What arranging sets in the row it sets anew each time; what is the process's own is kept beside.
 */
struct candidate {
	struct row row;
	uint64_t own_changed_ns;
	uint32_t above; /* the parent's index among the candidates, NO_ROW at the top */
	uint32_t place; /* index among the rows, NO_ROW: it is none */
	uint32_t job;	/* index among the jobs; NO_JOB */
	uint8_t own_change;
	bool is_match : 1;
	bool is_needed : 1;
	bool is_needed_alive : 1; /* by something that lives */
	bool is_past : 1;	  /* over, and no job: only there for its descendants */
	bool is_process : 1;	  /* counts when it is left out */
};

/* A child in the walk: a process, one that is over and has a row, or the line for those that have
   none. */
struct child {
	const struct ptree_node *node;
	uint32_t job;
	bool is_summary;
};

/* A parent whose children are being walked: they lie in the scratch list. */
struct frame {
	size_t at, end;
	uint64_t above; /* the parent's id */
	uint32_t parent, depth;
};

/* A living row that was seen: what stays of it when it is over. */
struct seen {
	uint64_t id;
	struct jobs_line line;
	uint32_t cpu_permille;
	uint64_t rss_kib;
};

/* What is over below a row and has none. */
struct tally {
	uint64_t row;
	struct ptree_summary gone;
};

/* Who came: with the candidate below which it would stand. */
struct arrival {
	const struct ptree_node *node;
	uint64_t above;
	uint32_t parent;
};

/* Up to which exit a parent's children were looked at. */
struct mark {
	uint64_t above, last;
};

struct rows {
	struct candidate *candidates;
	size_t candidate_count, candidate_capacity;
	size_t collected_count; /* beyond are those that unfolded jobs show */
	uint32_t *order;	/* the candidates that are rows */
	size_t row_count, row_capacity;
	struct child *scratch;
	size_t scratch_count, scratch_capacity;
	struct frame *frames;
	size_t frame_count, frame_capacity;
	struct folds folds;
	struct jobs jobs;
	struct rows_tally tally;
	struct gone gone; /* how what is over is read */
	struct seen *seen;
	size_t seen_count, seen_capacity;
	struct tally *tallies;
	size_t tally_count, tally_capacity;
	uint64_t *summaries; /* those that have a line of their own for what is gone below them */
	size_t summary_count, summary_capacity;
	struct arrival *arrivals;
	size_t arrival_count, arrival_capacity;
	struct mark *marks, *new_marks;
	size_t mark_count, new_mark_count, mark_capacity, new_mark_capacity;
	uint64_t *bridges; /* over, with children that nobody has adopted yet, and those above */
	size_t bridge_count, bridge_capacity;
	uint64_t known;	      /* the highest id of those that were seen: beyond is new */
	uint64_t youngest;    /* the same, of those of this collecting */
	uint64_t gathered_ns; /* when arrivals were last looked for */
	uint32_t window_top, window_height;
	size_t last_living; /* index of a row */
	uint64_t selected;  /* the row, when all this was settled */
	enum jobs_mode exited;
	bool is_list;
	bool gathers;	     /* this collecting looks for arrivals */
	bool forgets_marks;  /* what was passed over may have a row now */
	bool forgets_jobs;   /* so may those that have one */
	bool owes_gathering; /* the tree has changed since the last one */
	bool keeps_order;    /* a tree in the order of birth: lines can be taken */
	bool is_second_pass; /* of a frame: nobody is new in it */
};

/* collect.c */
int collect_candidates(struct rows *rows, const struct ptree_tree *tree,
		       const struct rows_scope *scope, const struct match *match);
struct candidate *collect_exited(struct rows *rows, const struct ptree_node *node, uint32_t depth);
bool collect_is_in_scope(const struct ptree_node *node, const struct rows_scope *scope);

/* order.c */
int order_candidates(struct rows *rows, const struct rows_scope *scope);

/* arrivals.c */
int arrivals_gather(struct rows *rows, const struct ptree_node *parent, const struct frame *frame,
		    const struct rows_scope *scope);
int arrivals_gather_forked(struct rows *rows, const struct rows_scope *scope);
/* Returns how many: those with a place in the window that match. There is room for all. */
size_t arrivals_to_jobs(struct rows *rows, struct job *arrived, const struct rows_scope *scope,
			const struct cursor *cursor);
void arrivals_keep_marks(struct rows *rows);

/* tally.c */
int tally_row(struct rows *rows, const struct ptree_tree *tree, size_t index);
int tally_list(struct rows *rows, const struct ptree_tree *tree);
/* 1 if other rows have lines of their own for what is gone below them. */
int tally_choose_lines(struct rows *rows, const struct rows_scope *scope, uint32_t living);

/* living.c */
/* Before collecting: who was seen alive and is over has a job; who is not over has none. */
int living_prepare(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		   const struct cursor *cursor);
/* After arranging, with the window settled. 1 if the jobs have changed: collect again. */
int living_apply(struct rows *rows, const struct rows_scope *scope, const struct cursor *cursor);
/* In the end: what is seen now, and what is gone below it. */
int living_remember(struct rows *rows, const struct ptree_tree *tree,
		    const struct rows_scope *scope, const struct cursor *cursor);
bool living_is_in_window(const struct rows *rows, const struct rows_scope *scope,
			 const struct cursor *cursor, size_t index);

#endif
