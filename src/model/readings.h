/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_READINGS_H
#define PROCTOP_READINGS_H

#include "model/process-reader.h"

/*
 * Figures that cost to read, and are read for whom somebody looks at: for rows that are seen, for
 * all that live where a filter or an order asks, or for those that do something where sums are
 * asked for: I/O is nobody's who uses no CPU. A thread reads. What changes is read again after a
 * second, what does not after 2, 4, 8, 16 and 30, unless it was seen to do something meanwhile;
 * I/O without a row after 4, 16, 64 and 240; and what takes long rarely enough to cost a hundredth
 * of that. What was refused is not asked for again.
 */
struct readings;

/* Of one process. */
struct reading {
	struct process_figures figures;
	/* Between the last two readings, or since it began, in a second; without what had been told
	   of its children that it waited for meanwhile. */
	bool has_rates;
	uint64_t read_per_s, written_per_s; /* bytes */
};

/* proc_path: NULL for /proc. 0 or -errno. */
int readings_new(struct readings **readings, const char *proc_path);
void readings_free(struct readings *readings); /* or NULL; waits for nobody */

int readings_fd(const struct readings *readings); /* readable when there is an answer */

/* It has a row that is seen now. */
void readings_see(struct readings *readings, uint64_t id, uint64_t now_ns);
struct readings_wish {
	uint32_t pieces; /* mask of 1u << PTREE_PIECE_*; 0: nothing is read, nor kept */
	bool all;	 /* of all that live, seen or not */
	bool sums_io;	 /* readings_io_below() is asked for, and I/O read for it */
	bool by_origin;	 /* below whom they are in lineage, else by the kernel's parents */
	bool is_stopped; /* a picture of before is shown: what is known stays */
};
/* Takes answers, and asks for more if it is time. True: something is known that was not before. */
bool readings_turn(struct readings *readings, const struct ptree_tree *tree,
		   const struct readings_wish *wish, uint64_t now_ns);
/* When to turn again at the latest; what was read once waits for the second's tick. */
uint64_t readings_next_ns(const struct readings *readings);

/* Reads one at once: for who may wait for it, however long that takes. */
void readings_read_now(struct readings *readings, const struct ptree_node *node, uint32_t pieces);

/* NULL: nothing is known. readings may be NULL. It is valid until the next turn. */
const struct reading *readings_find(const struct readings *readings, uint64_t id);

/* What it and all below it read and write in a second, as far as that is known. */
uint64_t readings_io_below(const struct readings *readings, uint64_t id);

size_t readings_count(const struct readings *readings); /* of how many something is kept */

/* How many changes there have been, and of whom each was; 0: it is too long ago. */
uint64_t readings_changes(const struct readings *readings);
uint64_t readings_changed(const struct readings *readings, uint64_t change);

#endif
