/* SPDX-License-Identifier: MIT */
/*
 * The order of all in the lineup, in blocks, each of which knows how many rows it holds: so a place
 * in it is found by them, and whoever comes or goes moves those of one block.
 */
#include "model/lineup-impl.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- blocks ---- */

struct lineup_block *blocks_of(const struct lineup *lineup, uint32_t handle)
{
	return lineup->blocks[lineup->items[handle].block];
}

uint32_t blocks_index(const struct lineup_block *block, uint32_t handle)
{
	uint32_t at = 0;

	while (block->items[at] != handle)
		at++;
	return at;
}

int blocks_reserve_one(struct lineup *lineup)
{
	size_t capacity = lineup->block_capacity, order_capacity = capacity;
	struct lineup_block *block;

	if (lineup->free_block != NO_CANDIDATE)
		return 0;
	if (array_reserve(&lineup->order, &order_capacity, lineup->block_count + 1,
			  sizeof(*lineup->order)) ||
	    array_reserve(&lineup->blocks, &capacity, lineup->block_count + 1,
			  sizeof(*lineup->blocks)))
		return -ENOMEM;
	lineup->block_capacity = (uint32_t)capacity;
	block = malloc(sizeof(*block));
	if (!block)
		return -ENOMEM;
	block->place = NO_CANDIDATE;
	lineup->free_block = lineup->block_count;
	lineup->blocks[lineup->block_count++] = block;
	return 0;
}

static void number_blocks(struct lineup *lineup, uint32_t from)
{
	for (uint32_t i = from; i < lineup->order_count; i++)
		lineup->blocks[lineup->order[i]]->place = i;
	lineup->are_starts_stale = true;
}

static void note_change(struct lineup *lineup, struct lineup_block *block)
{
	block->changed = ++lineup->last_stamp;
}

/* Of those that are reserved. */
static struct lineup_block *insert_block(struct lineup *lineup, uint32_t place)
{
	uint32_t number = lineup->free_block;
	struct lineup_block *block = lineup->blocks[number];

	lineup->free_block = block->place;
	block->count = block->rows = block->living = 0;
	block->matched = block->needed = ++lineup->last_stamp;
	note_change(lineup, block);
	memmove(lineup->order + place + 1, lineup->order + place,
		(lineup->order_count - place) * sizeof(*lineup->order));
	lineup->order[place] = number;
	lineup->order_count++;
	number_blocks(lineup, place);
	return block;
}

static void drop_block(struct lineup *lineup, struct lineup_block *block)
{
	uint32_t place = block->place, number = lineup->order[place];

	memmove(lineup->order + place, lineup->order + place + 1,
		(lineup->order_count - place - 1) * sizeof(*lineup->order));
	lineup->order_count--;
	number_blocks(lineup, place);
	block->place = lineup->free_block;
	lineup->free_block = number;
}

void blocks_count_flags(struct lineup_block *block)
{
	block->rows = block->living = 0;
	for (uint32_t i = 0; i < block->count; i++) {
		block->rows += block->flags[i] & IS_ROW;
		block->living += (block->flags[i] & IS_LIVING) != 0;
	}
}

/* The items of one from some on are the last of another. */
static void shift(struct lineup *lineup, struct lineup_block *from, uint32_t first,
		  struct lineup_block *to)
{
	uint32_t count = from->count - first;

	memcpy(to->items + to->count, from->items + first, count * sizeof(*to->items));
	memcpy(to->flags + to->count, from->flags + first, count);
	for (uint32_t i = 0; i < count; i++)
		lineup->items[from->items[first + i]].block = lineup->order[to->place];
	to->count += count;
	from->count = first;
	blocks_count_flags(from);
	blocks_count_flags(to);
	note_change(lineup, from);
	note_change(lineup, to);
	lineup->are_starts_stale = true;
}

/* With room for one more at that index of a block; both change if it has to be parted. */
static void make_room(struct lineup *lineup, struct lineup_block **block, uint32_t *index)
{
	struct lineup_block *full = *block, *half;

	if (full->count < lineup->block_items)
		return;
	half = insert_block(lineup, full->place + 1);
	/* At the end of all, more will come there. */
	shift(lineup, full, *index == full->count ? full->count : full->count / 2, half);
	if (*index >= full->count) {
		*index -= full->count;
		*block = half;
	}
}

/* Before another one, or at the end. There is a block for it. */
void blocks_enter(struct lineup *lineup, uint32_t handle, uint32_t before)
{
	struct lineup_block *block;
	uint32_t index;

	if (!lineup->order_count)
		insert_block(lineup, 0);
	block = before == NO_CANDIDATE ? lineup->blocks[lineup->order[lineup->order_count - 1]]
				       : blocks_of(lineup, before);
	index = before == NO_CANDIDATE ? block->count : blocks_index(block, before);
	make_room(lineup, &block, &index);
	memmove(block->items + index + 1, block->items + index,
		(block->count - index) * sizeof(*block->items));
	memmove(block->flags + index + 1, block->flags + index, block->count - index);
	block->items[index] = handle;
	block->flags[index] = 0;
	block->count++;
	note_change(lineup, block);
	lineup->items[handle].block = lineup->order[block->place];
}

static void merge_sparse(struct lineup *lineup, struct lineup_block *block)
{
	struct lineup_block *after;

	if (!block->count) {
		drop_block(lineup, block);
		return;
	}
	if (block->count > lineup->block_items / 4 || block->place + 1 == lineup->order_count)
		return;
	after = lineup->blocks[lineup->order[block->place + 1]];
	if (block->count + after->count > lineup->block_items / 2)
		return;
	shift(lineup, after, 0, block);
	drop_block(lineup, after);
}

void blocks_leave(struct lineup *lineup, uint32_t handle)
{
	struct lineup_block *block = blocks_of(lineup, handle);
	uint32_t index = blocks_index(block, handle);
	uint8_t flags = block->flags[index];

	lineup->row_count -= flags & IS_ROW;
	lineup->living_count -= (flags & IS_LIVING) != 0;
	block->rows -= flags & IS_ROW;
	block->living -= (flags & IS_LIVING) != 0;
	lineup->are_starts_stale |= flags != 0;
	block->count--;
	note_change(lineup, block);
	memmove(block->items + index, block->items + index + 1,
		(block->count - index) * sizeof(*block->items));
	memmove(block->flags + index, block->flags + index + 1, block->count - index);
	merge_sparse(lineup, block);
}

void blocks_free_all(struct lineup *lineup)
{
	lineup->order_count = 0;
	lineup->free_block = NO_CANDIDATE;
	for (uint32_t i = lineup->block_count; i-- > 0;) {
		lineup->blocks[i]->place = lineup->free_block;
		lineup->free_block = i;
	}
	lineup->row_count = lineup->living_count = 0;
	lineup->are_starts_stale = true;
}

/* As many as could be needed for so many that come between two others. */
int blocks_reserve(struct lineup *lineup, size_t count)
{
	uint32_t reserved = NO_CANDIDATE;
	int err = 0;

	for (size_t i = 0; i < count / (lineup->block_items / 2) + 2 && !err; i++) {
		uint32_t taken;

		err = blocks_reserve_one(lineup);
		if (err)
			break;
		taken = lineup->free_block;
		lineup->free_block = lineup->blocks[taken]->place;
		lineup->blocks[taken]->place = reserved;
		reserved = taken;
	}
	while (reserved != NO_CANDIDATE) {
		uint32_t next = lineup->blocks[reserved]->place;

		lineup->blocks[reserved]->place = lineup->free_block;
		lineup->free_block = reserved;
		reserved = next;
	}
	return err;
}

/* ---- the order of all ---- */

uint32_t lineup_first(const struct lineup *lineup)
{
	return lineup->order_count ? lineup->blocks[lineup->order[0]]->items[0] : NO_CANDIDATE;
}

uint32_t lineup_last(const struct lineup *lineup)
{
	const struct lineup_block *block;

	if (!lineup->order_count)
		return NO_CANDIDATE;
	block = lineup->blocks[lineup->order[lineup->order_count - 1]];
	return block->items[block->count - 1];
}

struct lineup_iterator lineup_begin(const struct lineup *lineup)
{
	return (struct lineup_iterator){ .lineup = lineup };
}

struct lineup_iterator lineup_begin_at(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block = blocks_of(lineup, handle);

	return (struct lineup_iterator){ lineup, block->place, blocks_index(block, handle) };
}

uint32_t lineup_next(struct lineup_iterator *iterator)
{
	const struct lineup *lineup = iterator->lineup;
	const struct lineup_block *block;

	if (iterator->place >= lineup->order_count)
		return NO_CANDIDATE;
	block = lineup->blocks[lineup->order[iterator->place]];
	if (iterator->index < block->count)
		return block->items[iterator->index++];
	iterator->place++;
	iterator->index = 0;
	return lineup_next(iterator); /* no block is empty */
}

uint32_t lineup_after(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block = blocks_of(lineup, handle);
	uint32_t index = blocks_index(block, handle) + 1;

	if (index < block->count)
		return block->items[index];
	if (block->place + 1 == lineup->order_count)
		return NO_CANDIDATE;
	return lineup->blocks[lineup->order[block->place + 1]]->items[0];
}

uint32_t lineup_before(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block = blocks_of(lineup, handle);
	uint32_t index = blocks_index(block, handle);

	if (index)
		return block->items[index - 1];
	if (!block->place)
		return NO_CANDIDATE;
	block = lineup->blocks[lineup->order[block->place - 1]];
	return block->items[block->count - 1];
}

uint32_t lineup_skip(const struct lineup *lineup, uint32_t handle)
{
	for (; handle != NO_CANDIDATE; handle = lineup->items[handle].above) {
		if (lineup->items[handle].next != NO_CANDIDATE)
			return lineup->items[handle].next;
	}
	return NO_CANDIDATE;
}

uint32_t lineup_first_child(const struct lineup *lineup, uint32_t above)
{
	uint32_t first = above == NO_CANDIDATE ? lineup_first(lineup) : lineup_after(lineup, above);

	return first != NO_CANDIDATE && lineup->items[first].above == above ? first : NO_CANDIDATE;
}

/* Up from the last one of all that is below it. */
uint32_t lineup_last_child(const struct lineup *lineup, uint32_t above)
{
	uint32_t end = above == NO_CANDIDATE ? NO_CANDIDATE : lineup_skip(lineup, above);
	uint32_t at = end == NO_CANDIDATE ? lineup_last(lineup) : lineup_before(lineup, end);

	if (at == above)
		return NO_CANDIDATE;
	while (lineup->items[at].above != above)
		at = lineup->items[at].above;
	return at;
}

/* ---- parts ---- */

void lineup_touch(struct lineup *lineup, uint32_t handle)
{
	note_change(lineup, blocks_of(lineup, handle));
}

void lineup_note_match(struct lineup *lineup, uint32_t handle)
{
	blocks_of(lineup, handle)->matched = ++lineup->last_stamp;
}

void blocks_note_need(struct lineup *lineup, uint32_t handle)
{
	blocks_of(lineup, handle)->needed = ++lineup->last_stamp;
}

void blocks_note_needs(struct lineup *lineup)
{
	lineup->last_stamp++;
	for (uint32_t i = 0; i < lineup->order_count; i++)
		lineup->blocks[lineup->order[i]]->needed = lineup->last_stamp;
}

struct lineup_range lineup_all(const struct lineup *lineup)
{
	return (struct lineup_range){ .lineup = lineup, .end_place = lineup->order_count };
}

struct lineup_range lineup_below(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *first = blocks_of(lineup, handle);
	uint32_t end = lineup_skip(lineup, handle);
	struct lineup_range range = lineup_all(lineup);

	range.place = first->place;
	range.index = blocks_index(first, handle) + 1;
	if (end != NO_CANDIDATE) {
		range.end_place = blocks_of(lineup, end)->place;
		range.end_index = blocks_index(blocks_of(lineup, end), end);
	}
	return range;
}

bool lineup_next_part(struct lineup_range *range, struct lineup_part *part)
{
	const struct lineup *lineup = range->lineup;

	while (range->place < lineup->order_count && range->place <= range->end_place) {
		uint32_t number = lineup->order[range->place];
		const struct lineup_block *block = lineup->blocks[number];
		uint32_t end = range->place == range->end_place ? range->end_index : block->count;
		uint32_t index = range->index;

		range->place++;
		range->index = 0;
		if (index >= end)
			continue;
		*part = (struct lineup_part){ .block = number,
					      .changed = block->changed,
					      .matched = block->matched,
					      .needed = block->needed,
					      .handles = block->items + index,
					      .count = end - index,
					      .is_whole = end - index == block->count };
		return true;
	}
	return false;
}

/* ---- places ---- */

/* Back from one of them to the last one before it of whom the place is known; NO_CANDIDATE: none.
 */
static uint32_t known_before(const struct lineup *lineup, uint32_t handle,
			     enum lineup_answer (*ask)(uint32_t handle, const void *what),
			     const void *what, enum lineup_answer *answer)
{
	for (; handle != NO_CANDIDATE; handle = lineup->items[handle].prev) {
		*answer = ask(handle, what);
		if (*answer != LINEUP_UNKNOWN)
			break;
	}
	return handle;
}

/* Who stands below `above` and has the first candidate of a block below itself. */
static uint32_t child_at(const struct lineup *lineup, uint32_t above, uint32_t place)
{
	uint32_t handle = lineup->blocks[lineup->order[place]]->items[0];

	while (lineup->items[handle].above != above)
		handle = lineup->items[handle].above;
	return handle;
}

/* One of the last that are known to come before; the blocks between the first and the last child
   are halved for it. */
static uint32_t start_of_search(const struct lineup *lineup, uint32_t above, uint32_t last,
				enum lineup_answer (*ask)(uint32_t handle, const void *what),
				const void *what)
{
	uint32_t first = lineup_first_child(lineup, above), found = first;
	uint32_t from = blocks_of(lineup, first)->place, to = blocks_of(lineup, last)->place;
	enum lineup_answer answer = LINEUP_AFTER;

	while (from < to) {
		uint32_t middle = to - (to - from) / 2;
		uint32_t child =
		    known_before(lineup, child_at(lineup, above, middle), ask, what, &answer);

		if (child != NO_CANDIDATE && answer == LINEUP_AFTER) {
			to = middle - 1;
			continue;
		}
		from = middle;
		found = child == NO_CANDIDATE ? found : child;
	}
	return found;
}

uint32_t lineup_place(const struct lineup *lineup, uint32_t above,
		      enum lineup_answer (*ask)(uint32_t handle, const void *what),
		      const void *what)
{
	uint32_t last = lineup_last_child(lineup, above), at;
	enum lineup_answer answer;

	if (last == NO_CANDIDATE)
		return NO_CANDIDATE;
	at = known_before(lineup, last, ask, what, &answer);
	if (at == NO_CANDIDATE || answer == LINEUP_BEFORE) /* most come last */
		return at == NO_CANDIDATE ? NO_CANDIDATE : lineup->items[at].next;
	for (at = start_of_search(lineup, above, last, ask, what); at != NO_CANDIDATE;
	     at = lineup->items[at].next) {
		if (ask(at, what) == LINEUP_AFTER)
			break;
	}
	return at;
}
