/* SPDX-License-Identifier: MIT */
/* See lineup.h: who comes, goes and moves, and the rows that there are. */
#include "model/lineup-impl.h"
#include "model/array.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void lineup_init(struct lineup *lineup)
{
	*lineup = (struct lineup){ .free = NO_CANDIDATE,
				   .free_block = NO_CANDIDATE,
				   .block_items = BLOCK_ITEMS };
}

void lineup_clear(struct lineup *lineup)
{
	for (uint32_t i = 0; i < lineup->block_count; i++)
		free(lineup->blocks[i]);
	free(lineup->blocks);
	free(lineup->order);
	free(lineup->slots);
	free(lineup->items);
	free(lineup->weights);
	lineup_init(lineup);
}

void lineup_empty(struct lineup *lineup)
{
	blocks_free_all(lineup);
	lineup->used = lineup->count = 0;
	lineup->free = NO_CANDIDATE;
	lineup->tally = (struct rows_tally){ 0 };
	for (uint32_t i = 0; i < lineup->slot_count; i++)
		lineup->slots[i] = NO_CANDIDATE;
}

/* ---- coming and going ---- */

static int reserve(struct lineup *lineup)
{
	size_t capacity = lineup->capacity;

	if (lineup->free == NO_CANDIDATE &&
	    array_reserve(&lineup->items, &capacity, lineup->used + 1, sizeof(*lineup->items)))
		return -ENOMEM;
	lineup->capacity = (uint32_t)capacity;
	if (counts_reserve(lineup, lineup->free == NO_CANDIDATE ? lineup->used : lineup->free))
		return -ENOMEM;
	return ids_reserve(lineup) || blocks_reserve_one(lineup) ? -ENOMEM : 0;
}

static uint32_t new_candidate(struct lineup *lineup, const struct candidate *candidate)
{
	uint32_t handle = lineup->free;

	if (handle != NO_CANDIDATE)
		lineup->free = lineup->items[handle].next;
	else
		handle = lineup->used++;
	lineup->items[handle] = *candidate;
	if (lineup->has_weights)
		lineup_put_weight(lineup, handle, 0);
	lineup->count++;
	ids_put(lineup, handle);
	return handle;
}

/* Below one, between two of those that stand there. */
static void link_between(struct lineup *lineup, uint32_t handle, uint32_t above, uint32_t prev,
			 uint32_t next)
{
	struct candidate *candidate = &lineup->items[handle];

	candidate->above = above;
	candidate->prev = prev;
	candidate->next = next;
	if (prev != NO_CANDIDATE)
		lineup->items[prev].next = handle;
	if (next != NO_CANDIDATE)
		lineup->items[next].prev = handle;
	counts_take_level(lineup, candidate);
}

static void unlink_one(struct lineup *lineup, uint32_t handle)
{
	const struct candidate *candidate = &lineup->items[handle];

	if (candidate->prev != NO_CANDIDATE)
		lineup->items[candidate->prev].next = candidate->next;
	if (candidate->next != NO_CANDIDATE)
		lineup->items[candidate->next].prev = candidate->prev;
}

uint32_t lineup_append(struct lineup *lineup, const struct candidate *candidate, uint32_t above)
{
	uint32_t prev = lineup_last(lineup);
	uint32_t handle;

	if (reserve(lineup))
		return NO_CANDIDATE;
	if (prev == above)
		prev = NO_CANDIDATE;
	while (prev != NO_CANDIDATE && lineup->items[prev].above != above)
		prev = lineup->items[prev].above;
	handle = new_candidate(lineup, candidate);
	link_between(lineup, handle, above, prev, NO_CANDIDATE);
	blocks_enter(lineup, handle, NO_CANDIDATE);
	return handle;
}

/* Where it comes in the order of all, as the last one below another one or before a child. */
static uint32_t place_of(const struct lineup *lineup, uint32_t above, uint32_t before)
{
	if (before != NO_CANDIDATE || above == NO_CANDIDATE)
		return before;
	return lineup_skip(lineup, above);
}

static void link_before(struct lineup *lineup, uint32_t handle, uint32_t above, uint32_t before)
{
	uint32_t prev =
	    before == NO_CANDIDATE ? lineup_last_child(lineup, above) : lineup->items[before].prev;

	link_between(lineup, handle, above, prev, before);
}

uint32_t lineup_add(struct lineup *lineup, const struct candidate *candidate, uint32_t above,
		    uint32_t before)
{
	uint32_t handle, place = place_of(lineup, above, before);

	if (reserve(lineup))
		return NO_CANDIDATE;
	handle = new_candidate(lineup, candidate);
	link_before(lineup, handle, above, before);
	blocks_enter(lineup, handle, place);
	counts_enter(lineup, handle);
	return handle;
}

void lineup_remove(struct lineup *lineup, uint32_t handle)
{
	struct candidate *candidate = &lineup->items[handle];

	assert(lineup_first_child(lineup, handle) == NO_CANDIDATE);
	counts_leave(lineup, handle);
	unlink_one(lineup, handle);
	blocks_leave(lineup, handle);
	ids_take(lineup, handle);
	candidate->next = lineup->free;
	lineup->free = handle;
	lineup->count--;
}

/* It and all below it, in their order. */
static uint32_t *branch_of(const struct lineup *lineup, uint32_t handle, size_t *count)
{
	uint32_t end = lineup_skip(lineup, handle);
	struct lineup_iterator below = lineup_begin_at(lineup, handle);
	uint32_t *branch = NULL;
	size_t capacity = 0;

	for (*count = 0; (handle = lineup_next(&below)) != end;) {
		if (array_reserve(&branch, &capacity, *count + 1, sizeof(*branch))) {
			free(branch);
			return NULL;
		}
		branch[(*count)++] = handle;
	}
	return branch;
}

int lineup_move(struct lineup *lineup, uint32_t handle, uint32_t above, uint32_t before)
{
	size_t count;
	uint32_t *branch = branch_of(lineup, handle, &count);
	struct counts counts = counts_of(lineup, handle);
	uint32_t place;

	if (!branch || blocks_reserve(lineup, count)) {
		free(branch);
		return -ENOMEM;
	}
	counts_add(lineup, lineup->items[handle].above, counts_negative(counts));
	unlink_one(lineup, handle);
	for (size_t i = 0; i < count; i++)
		blocks_leave(lineup, branch[i]);
	place = place_of(lineup, above, before);
	link_before(lineup, handle, above, before);
	for (size_t i = 0; i < count; i++) {
		blocks_enter(lineup, branch[i], place);
		counts_take_level(lineup, &lineup->items[branch[i]]);
		counts_set_flags(lineup, branch[i]);
	}
	counts_add(lineup, above, counts);
	free(branch);
	return 0;
}

int lineup_reorder(struct lineup *lineup, const uint32_t *handles)
{
	uint32_t count = lineup->count;

	if (blocks_reserve(lineup, count))
		return -ENOMEM;
	blocks_free_all(lineup);
	for (uint32_t i = 0; i < count; i++) {
		struct candidate *candidate = &lineup->items[handles[i]];
		uint32_t prev = lineup_last(lineup);

		if (prev == candidate->above)
			prev = NO_CANDIDATE;
		while (prev != NO_CANDIDATE && lineup->items[prev].above != candidate->above)
			prev = lineup->items[prev].above;
		link_between(lineup, handles[i], candidate->above, prev, NO_CANDIDATE);
		blocks_enter(lineup, handles[i], NO_CANDIDATE);
		counts_set_flags(lineup, handles[i]);
	}
	return 0;
}

/* ---- folding ---- */

void lineup_set_closed(struct lineup *lineup, uint32_t handle, bool is_closed)
{
	uint32_t end = lineup_skip(lineup, handle), at;
	struct lineup_iterator below = lineup_begin_at(lineup, handle);

	if (lineup->items[handle].is_closed == is_closed)
		return;
	lineup->items[handle].is_closed = is_closed;
	lineup_next(&below);
	while ((at = lineup_next(&below)) != end) {
		counts_take_level(lineup, &lineup->items[at]);
		counts_set_flags(lineup, at);
	}
}

/* ---- rows ---- */

void lineup_settle(struct lineup *lineup)
{
	uint32_t rows = 0;

	for (uint32_t i = 0; lineup->are_starts_stale && i < lineup->order_count; i++) {
		lineup->blocks[lineup->order[i]]->start = rows;
		rows += lineup->blocks[lineup->order[i]]->rows;
	}
	lineup->are_starts_stale = false;
}

uint32_t lineup_drawn_above(const struct lineup *lineup, uint32_t handle)
{
	do
		handle = lineup->items[handle].above;
	while (handle != NO_CANDIDATE && lineup->items[handle].is_ghost);
	return handle;
}

/* The last block that begins at that row or before it. */
static const struct lineup_block *block_with(const struct lineup *lineup, uint32_t index)
{
	uint32_t from = 0, to = lineup->order_count;

	while (to - from > 1) {
		uint32_t middle = from + (to - from) / 2;

		if (lineup->blocks[lineup->order[middle]]->start <= index)
			from = middle;
		else
			to = middle;
	}
	while (!lineup->blocks[lineup->order[from]]->rows)
		from--; /* those without rows begin there, too */
	return lineup->blocks[lineup->order[from]];
}

uint32_t lineup_row(const struct lineup *lineup, uint32_t index)
{
	const struct lineup_block *block;
	uint32_t at = 0, left;

	if (index >= lineup->row_count)
		return NO_CANDIDATE;
	assert(!lineup->are_starts_stale);
	block = block_with(lineup, index);
	for (left = index - block->start;; at++) {
		if (block->flags[at] & IS_ROW && !left--)
			return block->items[at];
	}
}

uint32_t lineup_rows_before(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block;
	uint32_t rows;

	if (handle == NO_CANDIDATE)
		return lineup->row_count;
	assert(!lineup->are_starts_stale);
	block = blocks_of(lineup, handle);
	rows = block->start;
	for (uint32_t at = 0; block->items[at] != handle; at++)
		rows += block->flags[at] & IS_ROW;
	return rows;
}

uint32_t lineup_index(const struct lineup *lineup, uint32_t handle)
{
	return lineup_is_row(lineup, handle) ? lineup_rows_before(lineup, handle) : NO_ROW;
}

uint32_t lineup_row_from(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block;
	uint32_t at;

	if (handle == NO_CANDIDATE)
		return NO_CANDIDATE;
	block = blocks_of(lineup, handle);
	for (at = blocks_index(block, handle); at < block->count; at++) {
		if (block->flags[at] & IS_ROW)
			return block->items[at];
	}
	for (uint32_t place = block->place + 1; place < lineup->order_count; place++) {
		block = lineup->blocks[lineup->order[place]];
		for (at = 0; block->rows && at < block->count; at++) {
			if (block->flags[at] & IS_ROW)
				return block->items[at];
		}
	}
	return NO_CANDIDATE;
}

uint32_t lineup_last_living(const struct lineup *lineup)
{
	for (uint32_t place = lineup->order_count; place-- > 0;) {
		const struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t at = block->count; block->living && at-- > 0;) {
			if (block->flags[at] & IS_LIVING)
				return lineup_rows_before(lineup, block->items[at]);
		}
	}
	return 0;
}
