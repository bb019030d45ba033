/* SPDX-License-Identifier: MIT */
/*
 * The lineup: all that could have a row, in the order of the screen. Each candidate knows what is
 * below it: these counts are kept, so that a change costs those above it, and a place in the list
 * is found by them, however many stand before it. It knows no processes.
 *
 * Candidates are named by handles, which stay while others come and go; pointers do not.
 */
#ifndef PROCTOP_LINEUP_H
#define PROCTOP_LINEUP_H

#include "model/rows.h"

#define NO_CANDIDATE UINT32_MAX
#define NO_JOB UINT32_MAX

struct candidate {
	struct row row;	     /* is_last and what follows are set when it is read */
	uint64_t changed_ns; /* itself */
	union {
		uint32_t job;	/* index among the jobs; NO_JOB */
		uint32_t group; /* of a process in groups, and of a group: see group.h */
	};
	uint32_t above; /* the rest are handles: whom it stands below, NO_CANDIDATE at the top */
	uint32_t prev, next; /* among those below the same one */
	uint32_t block; /* the lineup's own, as are the counts, which are of it and all below: */
	uint32_t matching, alive, countable;
	uint32_t folds_above; /* how many above it are folded */
	uint8_t change;	      /* enum ptree_change_kind */
	bool is_match : 1;
	bool is_past : 1;    /* over, and no job: only there for what is below it */
	bool is_process : 1; /* counts when it is left out */
	bool is_ghost : 1;  /* out of scope: it has no row, what is below it stands one level higher
			     */
	bool is_closed : 1; /* folded, if there is anything below it */
	bool is_inside : 1; /* of an unfolded job */
	bool is_unsettled : 1; /* its figures have changed since it was placed there */
	bool is_stale : 1;     /* a job's, of an earlier frame, unless it is kept */
};

/* By what siblings are sorted where that is a sum: of one itself, and of it and all below it. */
struct lineup_weight {
	uint64_t own, sum;
};

struct lineup_block;

struct lineup {
	struct candidate *items;
	uint32_t used, capacity; /* of items, free ones included */
	uint32_t free;		 /* a list through next */
	uint32_t count;
	uint32_t *slots; /* ids -> handles */
	uint32_t slot_count;
	struct lineup_block **blocks; /* by number */
	uint32_t *order;	      /* their numbers as they stand */
	uint32_t block_count, block_capacity, order_count;
	uint32_t free_block;
	uint32_t block_items; /* so many fill a block; a test has smaller ones */
	uint32_t row_count, living_count;
	struct rows_tally tally;
	bool are_starts_stale;
	bool has_weights;
	struct lineup_weight *weights; /* by handle; only while they are asked for */
	size_t weight_capacity;
	uint64_t last_stamp; /* of changes; see struct lineup_part */
};

void lineup_init(struct lineup *lineup);
void lineup_clear(struct lineup *lineup);
void lineup_empty(struct lineup *lineup); /* keeps its memory */

static inline struct candidate *lineup_item(const struct lineup *lineup, uint32_t handle)
{
	return &lineup->items[handle];
}

/*
 * Both copy a candidate of which row, with its own usage as sums, what it changed, job and the
 * flags but is_closed are set. The first adds it below one, before a child of that one or as the
 * last (NO_CANDIDATE), and counts it. The second adds it at the end of all, uncounted:
 * lineup_count() does that. NO_CANDIDATE: no memory.
 */
uint32_t lineup_add(struct lineup *lineup, const struct candidate *candidate, uint32_t above,
		    uint32_t before);
uint32_t lineup_append(struct lineup *lineup, const struct candidate *candidate, uint32_t above);
/* All anew, after flags of many were set; of whom is_match was lineup_note_match() tells. The
   second: after all were appended. */
void lineup_note_match(struct lineup *lineup, uint32_t handle);
void lineup_count(struct lineup *lineup);
void lineup_add_up(struct lineup *lineup);
/* One that has nobody below it. */
void lineup_remove(struct lineup *lineup, uint32_t handle);
/* With all that is below it. -ENOMEM: it stands where it stood. */
int lineup_move(struct lineup *lineup, uint32_t handle, uint32_t above, uint32_t before);
/* All in another order, which names each once and whom it stands below before itself. -ENOMEM. */
int lineup_reorder(struct lineup *lineup, const uint32_t *handles);

void lineup_set_match(struct lineup *lineup, uint32_t handle, bool is_match, bool is_past);
/* Its own, without what is below it. */
void lineup_set_usage(struct lineup *lineup, uint32_t handle, uint32_t cpu_permille,
		      uint64_t rss_kib);
void lineup_usage(const struct lineup *lineup, uint32_t handle, uint32_t *cpu_permille,
		  uint64_t *rss_kib);
void lineup_set_closed(struct lineup *lineup, uint32_t handle, bool is_closed);

/* Whether there are weights: all of them 0, or none. -ENOMEM: there are none. */
int lineup_have_weights(struct lineup *lineup, bool has_weights);
void lineup_set_weight(struct lineup *lineup, uint32_t handle, uint64_t own);
/* The second: after the first was called of all, which does not add up then. */
void lineup_put_weight(struct lineup *lineup, uint32_t handle, uint64_t own);
void lineup_add_up_weights(struct lineup *lineup);
uint64_t lineup_weight(const struct lineup *lineup, uint32_t handle); /* the sum */

/* By the row's id; a job's and a process's row are different ones. */
uint32_t lineup_find(const struct lineup *lineup, uint64_t id, bool is_job);

/* All from the first one or from another one on, while nothing comes or goes. */
struct lineup_iterator {
	const struct lineup *lineup;
	uint32_t place, index;
};
struct lineup_iterator lineup_begin(const struct lineup *lineup);
struct lineup_iterator lineup_begin_at(const struct lineup *lineup, uint32_t handle);
uint32_t lineup_next(struct lineup_iterator *iterator); /* NO_CANDIDATE: there are no more */

/*
 * All below one, or all, part by part: so that what one finds out about many can be kept until
 * somebody in a block has changed. Stamps only grow, and none is 0.
 */
#define LINEUP_BLOCK_ITEMS 128
struct lineup_part {
	uint32_t block;		 /* its number, below lineup->block_count */
	uint64_t changed;	 /* who is in it, or what the tree says of them */
	uint64_t matched;	 /* who of them matches */
	uint64_t needed;	 /* who of them is needed */
	const uint32_t *handles; /* as they stand */
	uint32_t count;
	bool is_whole; /* that is the whole block */
};
struct lineup_range {
	const struct lineup *lineup;
	uint32_t place, index, end_place, end_index;
};
struct lineup_range lineup_all(const struct lineup *lineup);
struct lineup_range lineup_below(const struct lineup *lineup, uint32_t handle);
bool lineup_next_part(struct lineup_range *range, struct lineup_part *part);
/* The tree says something else of it, which the lineup cannot know. */
void lineup_touch(struct lineup *lineup, uint32_t handle);

/* The order of all. lineup_skip(): what comes after all that is below it. */
uint32_t lineup_first(const struct lineup *lineup);
uint32_t lineup_last(const struct lineup *lineup);
uint32_t lineup_after(const struct lineup *lineup, uint32_t handle);
uint32_t lineup_before(const struct lineup *lineup, uint32_t handle);
uint32_t lineup_skip(const struct lineup *lineup, uint32_t handle);
uint32_t lineup_first_child(const struct lineup *lineup, uint32_t above); /* also of NO_CANDIDATE */
uint32_t lineup_last_child(const struct lineup *lineup, uint32_t above);

/* Where something belongs among those below one, who are in order but for those of whom that is not
   known: before which of them. Asks of few, however many there are. */
enum lineup_answer { LINEUP_BEFORE, LINEUP_AFTER, LINEUP_UNKNOWN };
uint32_t lineup_place(const struct lineup *lineup, uint32_t above,
		      enum lineup_answer (*ask)(uint32_t handle, const void *what),
		      const void *what);

/*
 * Rows: those that match or are needed, and are not folded away. The second group is about where
 * they are in the list, which is right once lineup_settle() was called after a change.
 */
bool lineup_is_row(const struct lineup *lineup, uint32_t handle);
bool lineup_is_needed(const struct lineup *lineup, uint32_t handle);
uint32_t lineup_row_from(const struct lineup *lineup, uint32_t handle); /* it, or the next row */
uint32_t lineup_hidden(const struct lineup *lineup, uint32_t handle);	/* behind its fold */

void lineup_settle(struct lineup *lineup);
uint32_t lineup_row(const struct lineup *lineup, uint32_t index);	   /* NO_CANDIDATE */
uint32_t lineup_index(const struct lineup *lineup, uint32_t handle);	   /* NO_ROW */
uint32_t lineup_rows_before(const struct lineup *lineup, uint32_t handle); /* NO_CANDIDATE: all */
uint32_t lineup_last_living(const struct lineup *lineup);		   /* its index, or 0 */
/* Whom it is drawn below. */
uint32_t lineup_drawn_above(const struct lineup *lineup, uint32_t handle);

#endif
