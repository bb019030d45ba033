/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CHANGES_H
#define PROCTOP_CHANGES_H

#include <stdint.h>

#define CHANGES_KEPT 1024

/* Of whom something has come to be known or has changed: the latest of them. */
struct changes {
	uint64_t ids[CHANGES_KEPT]; /* a ring */
	uint64_t count;
};

static inline void changes_note(struct changes *changes, uint64_t id)
{
	changes->ids[changes->count++ % CHANGES_KEPT] = id;
}

/* Whoever compares has missed too many. */
static inline void changes_lose(struct changes *changes)
{
	changes->count += CHANGES_KEPT + 1;
}

/* 0: it is too long ago, or is yet to come. */
static inline uint64_t changes_at(const struct changes *changes, uint64_t change)
{
	if (change >= changes->count || changes->count - change > CHANGES_KEPT)
		return 0;
	return changes->ids[change % CHANGES_KEPT];
}

#endif
