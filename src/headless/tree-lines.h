/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_LINES_H
#define PROCTOP_TREE_LINES_H

#include <proctree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_LINE SIZE_MAX

/* A process of the printed tree. Lines stand in the order in which they are printed, so that no
   walk recurses however deep the tree is. All zero: an empty list. */
struct tree_line {
	const struct ptree_node *node;
	size_t parent; /* its line, or NO_LINE */
	unsigned depth;
	bool is_match;
	bool is_shown;			    /* a match, or above one */
	bool is_last;			    /* of its parent's children that are shown */
	bool is_above;			    /* only because its descendant was asked for */
	unsigned count;			    /* how many leaves it stands for */
	uint64_t sum_cpu_ns, sum_rss_bytes; /* with all that is below */
	bool has_shown_child;
};

struct tree_lines {
	struct tree_line *at;
	size_t count, capacity;
};

/* 0 or -ENOMEM. */
int tree_lines_push(struct tree_lines *lines, const struct tree_line *line);
/* Those from first on by age: the youngest first, since the last of a stack is taken first. */
void tree_lines_sort_by_age(struct tree_lines *lines, size_t first);

/* Once all are there: adds what is below to what is above; shows matches and what is above them. */
void tree_lines_sum_up(struct tree_lines *lines);
void tree_lines_choose_shown(struct tree_lines *lines);
/* The first of siblings without children that are alike stands for all. 0 or -ENOMEM. */
int tree_lines_merge_leaves(struct tree_lines *lines);
/* Which are the last of their siblings that are shown. */
void tree_lines_find_last(struct tree_lines *lines);

void tree_lines_clear(struct tree_lines *lines);

#endif
