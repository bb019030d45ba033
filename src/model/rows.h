/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ROWS_H
#define PROCTOP_ROWS_H

#include "model/group.h"
#include "model/jobs.h"
#include "model/match.h"

#include <proctree.h>

struct column_context;
struct cursor;
struct field;
struct rows;

#define NO_ROW UINT32_MAX

/*
 * A row names what it shows and holds no pointer to it, so that rows can be kept while the tree
 * goes on.
 */
struct row {
	/* of the process, of the thread or of the group, or made of the process's for a summary and
	   for a row that several share: what selection and folds hold */
	uint64_t id;
	/* the process, also of a thread; of those who share a row the newest; 0: of a group */
	uint64_t process;
	uint64_t sum_rss_kib; /* resident memory, as sum_cpu_permille */
	pid_t pid;	      /* or the tid */
	uint32_t depth;
	/* Of it and of all that is collected below it: CPU in parts of 1000 of one, with what
	   those used that ended in the last tick, and sum_rss_kib. In a list its own. */
	uint32_t sum_cpu_permille;
	bool is_thread : 1;
	bool is_summary : 1; /* what is over below the process and has no row, in one line */
	bool is_job : 1;     /* over, with all that is over below it: see rows_job() */
	bool is_group : 1;   /* what stands below it is in it: see rows_group() */
	bool is_kernel : 1;
	bool is_last : 1; /* no sibling below */
	bool has_children : 1;
	bool is_folded : 1;
	bool is_context : 1; /* only here because a match is below it */
};

/* What is collected from the tree, and in what order. */
struct rows_scope {
	uint64_t now_ns;
	uint32_t height; /* lines that there are for rows */
	bool only_watched;
	bool is_list; /* flat, by pid */
	enum group_by group;
	const struct cgroups *cgroups; /* who is in which; NULL: nothing is read */
	bool by_origin;		       /* lineage instead of the kernel's parents */
	bool hides_kernel_threads;
	bool shows_threads;
	enum jobs_mode exited;
	/* Of siblings: what is below them stays there. NULL: by birth. */
	const struct field *sort;
	bool is_reversed;
};

struct rows *rows_new(void); /* NULL: no memory */
void rows_free(struct rows *rows);

/*
 * 0 or -ENOMEM; then there are no rows. Follows the tree, applies the rules of jobs.h and settles
 * the cursor.
 */
int rows_collect(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		 const struct match *match, struct cursor *cursor);

uint32_t rows_count(const struct rows *rows);
uint32_t rows_parent(const struct rows *rows, const struct row *row); /* index; NO_ROW at the top */
uint32_t rows_hidden(const struct rows *rows, const struct row *row); /* living ones folded away */
/* When it, or what is folded below it, changed last; *change: which enum ptree_change_kind. */
uint64_t rows_changed_ns(const struct rows *rows, const struct row *row, uint8_t *change);
const struct row *rows_at(const struct rows *rows, uint32_t index);
uint32_t rows_find(const struct rows *rows, uint64_t id); /* NO_ROW: not among them */

/* What the filter left: rows that match, rows that are only their place, processes left out; and
   of what is over those that match in the rows of jobs. */
struct rows_tally {
	uint32_t matching, context, left_out;
	uint64_t gone;
};
struct rows_tally rows_tally(const struct rows *rows);

/* The row of what is over: who shares it, and what is over with it. */
struct rows_job {
	uint32_t count;		      /* who share the row */
	uint64_t more;		      /* processes besides them, without rows of their own */
	uint64_t failed;	      /* of those */
	uint64_t cpu_ns, cpu_unknown; /* of all; as in struct ptree_summary */
	uint32_t matching, kept;      /* with a filter: of those that are kept */
};
bool rows_job(const struct rows *rows, const struct ptree_tree *tree, const struct row *row,
	      struct rows_job *job);

/* The row of a group. */
struct rows_group {
	enum group_by by;
	uint64_t rank;	  /* a uid or sid, or GROUP_RANK_* */
	const char *name; /* NULL: the rank says it; until the rows are collected again */
	uint32_t processes, matching;
};
bool rows_group(const struct rows *rows, const struct row *row, struct rows_group *group);
/* Of those in it that match, as far as it is known of them, what adds up of so many fields; of
   other fields nothing is known. */
struct rows_sum {
	uint64_t number;
	bool is_known;
};
void rows_group_sums(const struct rows *rows, const struct row *row,
		     const struct column_context *context, const struct field *const *wanted,
		     size_t count, struct rows_sum *sums);
/* Each of those in it that match, by its id. */
void rows_group_members(const struct rows *rows, const struct row *row,
			void (*visit)(uint64_t id, void *what), void *what);

/* What is over below a living row, or a folded one's descendants, and has no row; as of the last
   collecting. NULL: nothing, or it is told by a line of its own. */
const struct ptree_summary *rows_gone(const struct rows *rows, const struct row *row);

/* How long what the tree learns may wait for the next collecting: longer, the more rows there are
   of what is over, each of which is looked at then; never longer than half a second. */
uint64_t rows_pause_ns(const struct rows *rows);
/* When the rows change though the tree does not; 0: never. */
uint64_t rows_next_change_ns(const struct rows *rows, const struct cursor *cursor);

/* Folding takes effect at once; what is over follows when the rows are collected. */
bool rows_have_folds(const struct rows *rows); /* one that is seen is folded */
void rows_set_folded(struct rows *rows, uint64_t id, bool folded);
void rows_fold_all(struct rows *rows);
void rows_unfold_all(struct rows *rows);
void rows_fold_at_depth(struct rows *rows, uint32_t depth); /* 1: only the tops are seen */
/* Unfolds all that hides one that was collected. False if it was not. */
bool rows_reveal(struct rows *rows, uint64_t id);
/* One that is over gets a row of its own, for as long as it is selected: collect again. */
bool rows_show_exited(struct rows *rows, const struct ptree_node *node);
/* Something else is to be shown: what is over is looked at anew at the next collecting. */
void rows_reset_exited(struct rows *rows);
/* The next collected one, from one on (0: from the start), in either direction, that is told to
   match; 0: none. Those that the filter hides are passed over. */
uint64_t rows_search(const struct rows *rows, uint64_t from, bool backwards,
		     bool (*matches)(const struct row *row, const void *what), const void *what);

#endif
