/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_IO_SUMS_H
#define PROCTOP_IO_SUMS_H

#include "model/changes.h"

#include <proctree.h>

/*
 * What processes and all below them read and write in a second. Only those have a sum in whose
 * branch anybody does: so it costs as much as there is to add, however many processes there are.
 */
struct io_sum {
	uint64_t id;
	uint64_t bytes_per_s;
};

struct io_sums {
	struct io_sum *items; /* by id, once they are settled */
	size_t count, capacity;
};

void io_sums_clear(struct io_sums *sums);
/* To itself and to all above it, by origins or by the kernel's parents. -ENOMEM. */
int io_sums_add(struct io_sums *sums, const struct ptree_node *node, bool by_origin,
		uint64_t bytes_per_s);
void io_sums_settle(struct io_sums *sums);
uint64_t io_sums_find(const struct io_sums *sums, uint64_t id); /* of settled ones */
/* Whose are others than they were; both are settled. */
void io_sums_note_changes(const struct io_sums *before, const struct io_sums *now,
			  struct changes *changes);

#endif
