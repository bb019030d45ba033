/* SPDX-License-Identifier: MIT */
/* Answers by id, in a table with open addressing; see memo.h. */
#include "model/memo.h"

#include <stdlib.h>

struct memo_slot {
	uint64_t id;
	uint32_t epoch; /* another than the memo's: the slot is empty */
	bool answer;
};

void memo_clear(struct memo *memo)
{
	free(memo->slots);
	*memo = (struct memo){ 0 };
}

void memo_enter(struct memo *memo, const void *of, uint64_t state)
{
	if (memo->epoch && memo->of == of && memo->state == state)
		return;
	if (memo->epoch == UINT32_MAX) /* what is left of old times would hold again */
		memo_clear(memo);
	memo->epoch++;
	memo->of = of;
	memo->state = state;
	memo->count = 0;
}

/* The slot of an id, or the empty one where it would be. */
static struct memo_slot *find(const struct memo *memo, uint64_t id)
{
	size_t at = (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 20);

	for (;; at++) {
		struct memo_slot *slot = &memo->slots[at & (memo->capacity - 1)];

		if (slot->epoch != memo->epoch || slot->id == id)
			return slot;
	}
}

bool memo_get(const struct memo *memo, uint64_t id, bool *answer)
{
	const struct memo_slot *slot = memo->capacity ? find(memo, id) : NULL;

	if (!slot || slot->epoch != memo->epoch)
		return false;
	*answer = slot->answer;
	return true;
}

static bool grow(struct memo *memo)
{
	struct memo bigger = *memo;

	bigger.capacity = memo->capacity ? 2 * memo->capacity : 256;
	bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < memo->capacity; i++) {
		if (memo->slots[i].epoch == memo->epoch)
			*find(&bigger, memo->slots[i].id) = memo->slots[i];
	}
	free(memo->slots);
	*memo = bigger;
	return true;
}

void memo_set(struct memo *memo, uint64_t id, bool answer)
{
	struct memo_slot *slot;

	if (2 * (memo->count + 1) > memo->capacity && !grow(memo))
		return;
	slot = find(memo, id);
	memo->count += slot->epoch != memo->epoch;
	*slot = (struct memo_slot){ .id = id, .epoch = memo->epoch, .answer = answer };
}
