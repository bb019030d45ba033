/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PAGE_H
#define PROCTOP_PAGE_H

#include "model/churn.h"
#include "model/match.h"

#define PAGE_LINES_MAX 256
#define PAGE_SUMMARY_SIZE 96

/* A line holds what it says, so that it stays true while the tree goes on. */
struct page_line {
	uint64_t id;  /* the process; of a group its newest */
	uint64_t key; /* by which the line is known again */
	/* Failures: */
	unsigned count; /* how many are alike */
	uint32_t status;
	uint64_t end_ns;
	/* Spawners: */
	struct ptree_activity activity;
	struct churn_loop loop; /* if it has one: times */
	char summary[PAGE_SUMMARY_SIZE];
};

/* A page that lists processes; one of its lines is selected. All zero is an empty one. */
struct page {
	struct page_line lines[PAGE_LINES_MAX];
	size_t count, at, top;
	uint64_t wanted; /* the line to be selected when it is listed next, by key; 0: as now */
	uint64_t
	    group; /* failures: the key of those that are listed singly; 0: groups are listed */
};

/* What a page keeps to. */
struct page_scope {
	const struct ptree_tree *tree;
	struct match match;
	bool only_watched;
};

/* Both list anew. The selected line stays selected; the first one stays the first. */
void page_list_spawners(struct page *page, const struct page_scope *scope, uint64_t now_ns,
			bool utf8);
/* Those of the same program, status and parent's program make a group; the newest come first. */
void page_list_failures(struct page *page, const struct page_scope *scope);

/* A group of more than one, to be listed singly. False: the selected line is no such thing. */
bool page_open_group(struct page *page);
/* Back to the groups; it is selected when they are listed. False: no group is open. */
bool page_close_group(struct page *page);

void page_move(struct page *page, int64_t lines);
const struct page_line *page_selected(const struct page *page); /* NULL: there are none */

#endif
