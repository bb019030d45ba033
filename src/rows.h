/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ROWS_H
#define PROCTOP_ROWS_H

#include "sort.h"

#include <proctree.h>

struct filter;
struct rows;

#define NO_ROW UINT32_MAX

/*
 * A row names what it shows and holds no pointer to it, so that rows can be kept while the tree
 * goes on.
 */
struct row {
	/* of the process, or of the thread, or made of the process's for its summary: what
	   selection and folds hold */
	uint64_t id;
	uint64_t process;    /* the process, also of a thread */
	uint64_t changed_ns; /* the last change of it, or of what is folded below it */
	pid_t pid;	     /* or the tid */
	uint32_t parent;     /* index, NO_ROW at the top */
	uint32_t depth;
	uint32_t hidden; /* descendants folded away */
	/* Of it and of all that is collected below it: CPU in parts of 1000 of one, with what
	   those used that ended in the last tick; resident memory. In a list its own. */
	uint32_t sum_cpu_permille, sum_rss_kib;
	uint8_t change; /* enum ptree_change_kind: which that was */
	bool is_thread : 1;
	bool is_summary : 1; /* what is over below the process, in one line */
	bool is_kernel : 1;
	bool is_last : 1; /* no sibling below */
	bool has_children : 1;
	bool is_folded : 1;
	bool is_context : 1; /* only here because a match is below it */
};

/* What is collected from the tree, and in what order. */
struct rows_scope {
	uint64_t now_ns;
	uint64_t linger_ns; /* how long exited ones stay in place */
	bool only_watched;
	bool is_list;	/* flat, by pid */
	bool by_origin; /* lineage instead of the kernel's parents */
	bool hides_kernel_threads;
	bool shows_threads;
	bool shows_exited; /* all that are kept */
	bool hides_summaries;
	enum sort_order sort; /* of siblings: what is below them stays there */
	bool is_reversed;
};

/* What of it matches. */
struct rows_match {
	struct ptree_users *users;
	const struct filter *filter; /* NULL: everything */
	const uint32_t *uids;	     /* only these users; count 0: all */
	size_t uid_count;
	pid_t ignored_pid; /* the filter never matches this one: its own words are there */
};

struct rows *rows_new(void); /* NULL: no memory */
void rows_free(struct rows *rows);

/* Both return 0 or -ENOMEM. There are no rows from the one to the other. Arranging is what filter
   and folds need; it can be repeated over what was collected before, while the tree goes on. */
int rows_collect(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope);
int rows_arrange(struct rows *rows, const struct ptree_tree *tree, const struct rows_match *match);

uint32_t rows_count(const struct rows *rows);
const struct row *rows_at(const struct rows *rows, uint32_t index);
uint32_t rows_find(const struct rows *rows, uint64_t id); /* NO_ROW: not among them */

/* What the filter left: rows that match, rows that are only their place, processes left out. */
struct rows_tally {
	uint32_t matching, context, left_out;
};
struct rows_tally rows_tally(const struct rows *rows);

/* When the first of the lingering exited rows goes; 0: none lingers. */
uint64_t rows_next_departure_ns(const struct rows *rows);

/* Folding: takes effect when the rows are arranged. */
void rows_set_folded(struct rows *rows, uint64_t id, bool folded);
void rows_fold_all(struct rows *rows);
void rows_unfold_all(struct rows *rows);
void rows_fold_at_depth(struct rows *rows, uint32_t depth); /* 1: only the tops are seen */
/* Unfolds all that hides one that was collected. False if it was not. */
bool rows_reveal(struct rows *rows, uint64_t id);
/* The next collected one, from one on (0: from the start), in either direction, that is told to
   match; 0: none. Those that the filter hides are passed over. */
uint64_t rows_search(const struct rows *rows, uint64_t from, bool backwards,
		     bool (*matches)(const struct row *row, const void *what), const void *what);

/* The cursor: a row by identity, and which part of the list is seen. */
struct cursor {
	uint64_t id;
	uint32_t index, top;
};

/* After rows were arranged: the same row on the same line, or a neighbour if it is gone. */
void cursor_settle(struct cursor *cursor, const struct rows *rows, uint32_t height);
void cursor_move_to(struct cursor *cursor, const struct rows *rows, uint32_t index,
		    uint32_t height);
/* Moves what is seen, and the row only as far as it must to stay in sight. */
void cursor_scroll(struct cursor *cursor, const struct rows *rows, int lines, uint32_t height);

#endif
