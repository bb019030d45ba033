/* SPDX-License-Identifier: MIT */
/* The lineup by ids: a table of handles, open, with those that fall together one behind the other.
 */
#include "model/lineup-impl.h"

#include <errno.h>
#include <stdlib.h>

#define JOB_KEY_BIT (UINT64_C(1) << 61)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static uint64_t key_of(uint64_t id, bool is_job)
{
	return is_job ? id ^ JOB_KEY_BIT : id;
}

static uint64_t key_at(const struct lineup *lineup, uint32_t handle)
{
	const struct row *row = &lineup->items[handle].row;

	return key_of(row->id, row->is_job);
}

static uint32_t home_of(const struct lineup *lineup, uint64_t key)
{
	return (uint32_t)(key * GOLDEN >> 32) & (lineup->slot_count - 1);
}

void ids_put(struct lineup *lineup, uint32_t handle)
{
	uint32_t at = home_of(lineup, key_at(lineup, handle));

	while (lineup->slots[at] != NO_CANDIDATE)
		at = (at + 1) & (lineup->slot_count - 1);
	lineup->slots[at] = handle;
}

/* A power of two, at most three quarters full. */
int ids_reserve(struct lineup *lineup)
{
	uint32_t wanted = lineup->slot_count ? 2 * lineup->slot_count : 64;
	uint32_t *old = lineup->slots, old_count = lineup->slot_count;

	if (lineup->count + 1 <= lineup->slot_count / 4 * 3)
		return 0;
	lineup->slots = reallocarray(NULL, wanted, sizeof(*lineup->slots));
	if (!lineup->slots) {
		lineup->slots = old;
		return -ENOMEM;
	}
	lineup->slot_count = wanted;
	for (uint32_t i = 0; i < wanted; i++)
		lineup->slots[i] = NO_CANDIDATE;
	for (uint32_t i = 0; i < old_count; i++) {
		if (old[i] != NO_CANDIDATE)
			ids_put(lineup, old[i]);
	}
	free(old);
	return 0;
}

/* Those behind a hole move up, unless that is before their home. */
void ids_take(struct lineup *lineup, uint32_t handle)
{
	uint32_t mask = lineup->slot_count - 1;
	uint32_t hole = home_of(lineup, key_at(lineup, handle)), at;

	while (lineup->slots[hole] != handle)
		hole = (hole + 1) & mask;
	for (at = (hole + 1) & mask; lineup->slots[at] != NO_CANDIDATE; at = (at + 1) & mask) {
		uint32_t home = home_of(lineup, key_at(lineup, lineup->slots[at]));

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		lineup->slots[hole] = lineup->slots[at];
		hole = at;
	}
	lineup->slots[hole] = NO_CANDIDATE;
}

uint32_t lineup_find(const struct lineup *lineup, uint64_t id, bool is_job)
{
	uint64_t key = key_of(id, is_job);
	uint32_t at;

	if (!lineup->slot_count)
		return NO_CANDIDATE;
	for (at = home_of(lineup, key); lineup->slots[at] != NO_CANDIDATE;
	     at = (at + 1) & (lineup->slot_count - 1)) {
		if (key_at(lineup, lineup->slots[at]) == key)
			return lineup->slots[at];
	}
	return NO_CANDIDATE;
}
