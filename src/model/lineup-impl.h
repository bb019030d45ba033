/* SPDX-License-Identifier: MIT */
/*
 * The inside of the lineup, for the files that make it up and for nobody else:
 *   lineup.c		who comes, goes and moves; the rows that there are
 *   lineup-blocks.c	the order of all, and where something belongs in it
 *   lineup-counts.c	what is kept of each one and all below it
 *   lineup-ids.c	handles by ids
 */
#ifndef PROCTOP_LINEUP_IMPL_H
#define PROCTOP_LINEUP_IMPL_H

#include "model/lineup.h"

#define BLOCK_ITEMS LINEUP_BLOCK_ITEMS

enum { IS_ROW = 1, IS_LIVING = 2 };

struct lineup_block {
	uint32_t place; /* in the order; of a free one the next free one */
	uint32_t count, rows, living;
	uint32_t start;			   /* rows before it, unless the starts are stale */
	uint64_t changed, matched, needed; /* stamps; see struct lineup_part */
	uint32_t items[BLOCK_ITEMS];
	uint8_t flags[BLOCK_ITEMS];
};

/* What one or a whole branch adds to those above; unsigned, so that it can be taken away. */
struct counts {
	uint32_t matching, alive, countable, cpu_permille;
	uint64_t rss_kib, weight;
};

/* lineup-ids.c */
int ids_reserve(struct lineup *lineup); /* for one more */
void ids_put(struct lineup *lineup, uint32_t handle);
void ids_take(struct lineup *lineup, uint32_t handle);

/* lineup-blocks.c */
struct lineup_block *blocks_of(const struct lineup *lineup, uint32_t handle);
uint32_t blocks_index(const struct lineup_block *block, uint32_t handle); /* in it */
/* For one more; for so many that come one behind the other, wherever that is. */
int blocks_reserve_one(struct lineup *lineup);
int blocks_reserve(struct lineup *lineup, size_t count);
void blocks_free_all(struct lineup *lineup); /* keeps their memory */
/* Before another one, or at the end. There is a block for it. */
void blocks_enter(struct lineup *lineup, uint32_t handle, uint32_t before);
void blocks_leave(struct lineup *lineup, uint32_t handle);
void blocks_count_flags(struct lineup_block *block);
void blocks_note_need(struct lineup *lineup, uint32_t handle);
void blocks_note_needs(struct lineup *lineup); /* of all */

/* lineup-counts.c */
struct counts counts_of(const struct lineup *lineup, uint32_t handle);
int counts_reserve(struct lineup *lineup, uint32_t handle); /* so that it can have a weight */
struct counts counts_negative(struct counts counts);
/* From one up. Whoever is needed or no longer needed by that changes the counts of those above. */
void counts_add(struct lineup *lineup, uint32_t handle, struct counts more);
void counts_enter(struct lineup *lineup, uint32_t handle); /* it has come, with nobody below it */
void counts_leave(struct lineup *lineup, uint32_t handle);
void counts_take_level(struct lineup *lineup, struct candidate *candidate);
void counts_set_flags(struct lineup *lineup, uint32_t handle);

#endif
