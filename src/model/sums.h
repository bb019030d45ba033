/* SPDX-License-Identifier: MIT */
/*
 * What is kept of whole blocks of the lineup until one in them has changed: sums over many, of
 * which a frame then asks anew only those few in whose block something has happened.
 */
#ifndef PROCTOP_SUMS_H
#define PROCTOP_SUMS_H

#include "model/lineup.h"

#define SUMS_FIELDS_MAX 64

struct column_context;

/* Of a block, with the stamps as of when it was counted. */
struct sums_count {
	uint64_t changed, matched, needed;
	uint64_t latest_ns; /* of those that are needed, the last change, and of which kind */
	uint32_t processes, matching;
	uint8_t change;
};

/* Which of a block have had somebody end below them: a bit for each. */
#define SUMS_WORDS (LINEUP_BLOCK_ITEMS / 64)
struct sums_heirs {
	uint64_t changed;
	uint64_t bits[SUMS_WORDS];
};

/* Sums of fields over those in a block that match. */
struct sums_of_fields {
	const struct field *fields[SUMS_FIELDS_MAX];
	size_t count;
	/* Of each block two stamps, a bit for each field that is known of anybody, and the sums. */
	uint64_t *words;
	size_t capacity;
	/* What no stamp tells of: other sources, or what was read besides. */
	uint64_t memory_bytes, readings_changes;
	size_t readings_count;
};

struct sums {
	struct sums_count *counts;
	size_t count_capacity;
	struct sums_heirs *heirs;
	size_t heir_capacity;
	struct sums_of_fields shown, sorted;
};

void sums_clear(struct sums *sums);

#endif
