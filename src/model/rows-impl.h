/* SPDX-License-Identifier: MIT */
/*
 * The inside of struct rows, for the files that make rows out of a tree and for nobody else:
 *   collect.c	the tree, walked anew into the lineup
 *   follow.c	the lineup, kept current by what the tree has learned since
 *   follow-untold.c	and by what no fact tells
 *   place.c	where each stands among its siblings
 *   order.c	the lineup in another order than that of birth
 *   grouping.c	rows of groups, and who stands below whom in them
 *   thread-rows.c	rows of threads, below their process
 *   sums.c	what is kept of many at once
 *   gather.c	rows of what is over: jobs, what they show unfolded, summaries
 *   rows.c	filter and folds; reading
 *   living.c	what is over: which jobs there are, given the window (the rules are jobs.c's)
 *   arrivals.c	who of them came, never having been seen alive
 *   tally.c	what has no row
 */
#ifndef PROCTOP_ROWS_IMPL_H
#define PROCTOP_ROWS_IMPL_H

#include "model/array.h"
#include "model/folds.h"
#include "model/gone.h"
#include "model/lineup.h"
#include "model/sums.h"

#define SUMMARY_ID_BIT (UINT64_C(1) << 63)
#define SHARED_ID_BIT (UINT64_C(1) << 62)
/* A parent whose children are being walked: they lie in the scratch list. */
struct frame {
	size_t at, end;
	uint32_t above; /* handles */
};

/* One with the line on which it stands. */
struct standing {
	uint64_t key; /* the greatest first, and then by lines */
	struct jobs_line line;
	const struct ptree_node *node; /* NULL: it is not kept, or is a group */
	const struct group_key *group; /* NULL: it is none */
};

/* A living row that was seen: what stays of it when it is over. */
struct seen {
	uint64_t id;
	struct jobs_line line;
	uint64_t group; /* its row; 0: there are none */
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
	uint32_t parent; /* a handle */
};

/* Up to which exit a parent's children were looked at. */
struct mark {
	uint64_t above, last;
};

struct rows {
	struct lineup lineup;
	struct rows_scope scope;	 /* of the lineup */
	struct ptree_feed_reader reader; /* up to where the lineup follows the tree */
	const struct ptree_tree *of;	 /* only compared */
	uint64_t *active;		 /* processes in which something goes on */
	size_t active_count, active_capacity;
	const struct ptree_node **scratch;
	size_t scratch_count, scratch_capacity;
	struct frame *frames;
	size_t frame_count, frame_capacity;
	uint32_t *newcomers; /* handles of those who came since the last frame */
	size_t newcomer_count, newcomer_capacity;
	uint64_t *branch; /* a stack of ids for a walk */
	size_t branch_count, branch_capacity;
	uint32_t *unsettled; /* handles of those whose place is to be looked at */
	size_t unsettled_count, unsettled_capacity;
	uint32_t *extras; /* handles of rows of what is over */
	size_t extra_count, extra_capacity;
	struct groups groups;
	struct sums *sums;	 /* also readers keep what they found */
	uint64_t cgroup_changes; /* up to which groups are as they are told */
	uint64_t reading_changes;
	struct folds folds;
	struct jobs jobs;
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
	/* Below whom somebody has ended since arrivals were last looked for; in lineage, who has.
	 */
	uint64_t *exits;
	size_t exit_count, exit_capacity;
	uint64_t known;	     /* the highest id of those that were seen: beyond is new */
	uint64_t youngest;   /* the same, of those of this collecting */
	uint64_t matched_ns; /* when a filter that time changes was last asked of all */
	uint32_t window_top, window_height;
	uint32_t last_living; /* index of a row */
	uint64_t selected;    /* the row, when all this was settled */
	enum jobs_mode exited;
	bool is_list;
	bool gathers;	     /* this collecting looks for arrivals */
	bool forgets_marks;  /* what was passed over may have a row now */
	bool misses_exits;   /* more than those have ended */
	bool has_circle;     /* somebody in lineage is below himself: nothing can be followed */
	bool keeps_marks;    /* of those below whom nobody has */
	bool forgets_jobs;   /* so may those that have one */
	bool is_other_view;  /* somebody has chosen others, or another order */
	bool owes_gathering; /* the tree has changed since the last one */
	bool keeps_order;    /* a tree in the order of birth: lines can be taken */
	bool has_filter;     /* or users: when it was last collected */
	bool places_jobs;    /* they are being placed */
	bool must_order;     /* all was collected, in the order of birth */
	bool must_match;     /* something else may be looked for */
	bool must_collect;   /* something else is to be shown: nothing of the lineup is kept */
	bool is_second_pass; /* of a frame: nobody is new in it */
};

static inline struct candidate *candidate_of(const struct rows *rows, uint32_t handle)
{
	return lineup_item(&rows->lineup, handle);
}

/* collect.c */
int collect_all(struct rows *rows);
/* For walks: onto the scratch list all below it, or those of its group in the order of lines; the
   process, and all below it in its group. */
int collect_push_all(struct rows *rows, const struct ptree_node *parent);
int collect_branch(struct rows *rows, const struct ptree_node *node, uint32_t above);
/* What is appended is folded if it should be. */
uint32_t collect_append(struct rows *rows, struct candidate *candidate, uint32_t above);
/* The process's candidate as the tree has it now; place, counts and folds are the lineup's. */
struct candidate collect_candidate(const struct rows *rows, const struct ptree_node *node);
/* The processes of a part of the lineup, NULL for what is none; asked for at once, so that memory
   is waited for of many together. */
void collect_nodes(const struct rows *rows, const struct lineup_part *part,
		   const struct ptree_node *nodes[LINEUP_BLOCK_ITEMS]);
bool collect_is_in_scope(const struct rows *rows, const struct ptree_node *node);
bool collect_wants_closed(const struct rows *rows, const struct candidate *candidate);

/* follow.c */
/* 1: there was too much, or it cannot be followed: collect all. */
int follow_tree(struct rows *rows);
int follow_orphans(struct rows *rows);
int follow_note_new(struct rows *rows, uint32_t handle);
int follow_note_active(struct rows *rows, uint32_t handle, const struct ptree_node *node);
/* It and those above it, as far as they were only there for what stood below them. */
void follow_remove_needless(struct rows *rows, uint32_t handle);
void follow_remove_all_needless(struct rows *rows); /* before all are counted */
/* One is made what the tree says now; 1: collect all. */
int follow_process(struct rows *rows, uint64_t id);

/* follow-untold.c */
int follow_activity(struct rows *rows);
int follow_untold(struct rows *rows); /* 1: collect all */
void follow_untold_from_now(struct rows *rows);

/* place.c */
struct jobs_line place_line(const struct rows *rows, const struct ptree_node *node);
void place_take_line(struct rows *rows, const struct ptree_node *node, uint64_t above);
struct standing place_standing(const struct rows *rows, const struct candidate *candidate);
int place_compare_lines(const struct standing *x, const struct standing *y);
/* Where it belongs among those below one: before which of them. */
uint32_t place_find(const struct rows *rows, uint32_t above, const struct standing *one);
bool place_is_right(const struct rows *rows, uint32_t handle, const struct standing *one);
/* Sorted, it and those above it may belong elsewhere: they wait for place_settle(), 1: sort all. */
int place_unsettle(struct rows *rows, uint32_t handle);
int place_settle(struct rows *rows);

/* thread-rows.c */
/* Where threads are shown, all of a process: of one that was just collected, and at the end of all;
   of one that has come. */
int threads_collect(struct rows *rows, uint32_t process, const struct ptree_node *node);
int threads_show(struct rows *rows, uint32_t process, const struct ptree_node *node);
void threads_hide(struct rows *rows, uint32_t process);
int threads_renew(struct rows *rows, uint64_t process); /* by its id: as the tree has them now */
int threads_begin(struct rows *rows, const struct ptree_fact *fact);
void threads_end(struct rows *rows, const struct ptree_fact *fact);
/* As their process does; the second without counting. */
void threads_set_match(struct rows *rows, uint32_t process, bool is_match);
void threads_put_match(struct rows *rows, uint32_t process, bool is_match);

/* grouping.c */
bool grouping_is_on(const struct rows *rows);
/* The row of its group, or NO_CANDIDATE. */
uint32_t grouping_find(const struct rows *rows, const struct ptree_node *node);
/* With one if there is none. */
int grouping_ensure(struct rows *rows, const struct ptree_node *node);
/* Whom it stands below, which is its parent if that is in the same group; NULL: nobody. */
const struct ptree_node *grouping_above(const struct rows *rows, const struct ptree_node *node);
/* A candidate of a process has come; is told to be in another one: true if that is news; goes. */
int grouping_enter(struct rows *rows, uint32_t handle, const struct ptree_node *node);
bool grouping_is_news(const struct rows *rows, uint32_t handle, const struct ptree_node *node);
void grouping_leave(struct rows *rows, uint32_t handle);
int grouping_collect(struct rows *rows);
/* Sorted by what adds up: the key of a group's row, which is the sum's. Its row is unsettled, and
   that is found anew. */
bool grouping_sorts_by_sum(const struct rows *rows);
uint64_t grouping_key(const struct rows *rows, const struct candidate *candidate);
void grouping_unsettle(struct rows *rows, uint32_t handle);

/* sums.c */
struct sums_count sums_count_below(const struct rows *rows, uint32_t handle);
/* Of those that match below one. */
void sums_of_members(const struct rows *rows, struct sums_of_fields *sums,
		     const struct column_context *context, const struct field *const *wanted,
		     size_t count, uint32_t handle, struct rows_sum *out);
/* All of a range below whom somebody has ended, as they stand. */
struct sums_walk {
	const struct rows *rows;
	struct lineup_range range;
	struct lineup_part part;
	struct sums_heirs heirs;
	uint32_t next; /* of the part */
};
struct sums_walk sums_heirs_among(const struct rows *rows, struct lineup_range range);
uint32_t sums_next_heir(struct sums_walk *walk); /* NO_CANDIDATE: there are no more */

/* gather.c */
int gather_extras(struct rows *rows);
bool gather_is_folded(const struct rows *rows, uint32_t handle);

/* order.c */
int order_lineup(struct rows *rows);
bool order_is_by_line(const struct rows_scope *scope);
/* By sums over all below: they are weights of the lineup. */
bool order_is_by_weight(const struct rows_scope *scope);
void order_weigh(struct rows *rows, uint32_t handle); /* its own may be another one */
/* Among siblings, the greatest first; 0 where lines decide. */
uint64_t order_key(const struct rows *rows, const struct candidate *candidate,
		   const struct job *job);

/* arrivals.c */
int arrivals_gather(struct rows *rows, const struct rows_scope *scope);
/* Returns how many: those with a place in the window that match. There is room for all. */
size_t arrivals_to_jobs(struct rows *rows, struct job *arrived, const struct rows_scope *scope,
			const struct cursor *cursor);
void arrivals_keep_marks(struct rows *rows);

/* tally.c */
int tally_row(struct rows *rows, const struct ptree_tree *tree, uint32_t handle);
int tally_list(struct rows *rows, const struct ptree_tree *tree);
/* 1 if other rows have lines of their own for what is gone below them. */
int tally_choose_lines(struct rows *rows, const struct rows_scope *scope, uint32_t living);

/* living.c */
/* Before collecting: who was seen alive and is over has a job; who is not over has none. */
int living_prepare(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		   const struct cursor *cursor);
/* Then, with the window settled. 1 if the jobs have changed: collect again. */
int living_apply(struct rows *rows, const struct rows_scope *scope, const struct cursor *cursor);
/* In the end: what is seen now, and what is gone below it. */
int living_remember(struct rows *rows, const struct ptree_tree *tree,
		    const struct rows_scope *scope, const struct cursor *cursor);
bool living_is_in_window(const struct rows *rows, const struct rows_scope *scope,
			 const struct cursor *cursor, uint32_t index);

#endif
