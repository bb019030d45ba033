/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_MEMO_H
#define PROCTOP_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Answers by id that hold for one state of a tree: what is inherited is found once, and not once
 * for each descendant. Zeroed it is empty; clear it in the end.
 */
struct memo {
	struct memo_slot *slots;
	size_t count, capacity;
	const void *of; /* whose state */
	uint64_t state;
	uint32_t epoch; /* of the slots that hold */
};

void memo_clear(struct memo *memo);
/* Forgets all if it is of another state. */
void memo_enter(struct memo *memo, const void *of, uint64_t state);
/* False: not known. ids are never 0. */
bool memo_get(const struct memo *memo, uint64_t id, bool *answer);
/* Without memory it is not kept. */
void memo_set(struct memo *memo, uint64_t id, bool answer);

#endif
