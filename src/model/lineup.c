/* SPDX-License-Identifier: MIT */
/* See lineup.h. The order is kept in blocks, each of which knows how many rows it holds. */
#include "model/lineup.h"
#include "model/array.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_ITEMS 128
#define BLOCK_SPARSE 32
#define JOB_KEY_BIT (UINT64_C(1) << 61)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

enum { IS_ROW = 1, IS_LIVING = 2 };

struct lineup_block {
	uint32_t place; /* in the order; of a free one the next free one */
	uint32_t count, rows, living;
	uint32_t start; /* rows before it, unless the starts are stale */
	uint32_t items[BLOCK_ITEMS];
	uint8_t flags[BLOCK_ITEMS];
};

void lineup_init(struct lineup *lineup)
{
	*lineup = (struct lineup){ .free = NO_CANDIDATE, .free_block = NO_CANDIDATE };
}

void lineup_clear(struct lineup *lineup)
{
	for (uint32_t i = 0; i < lineup->block_count; i++)
		free(lineup->blocks[i]);
	free(lineup->blocks);
	free(lineup->order);
	free(lineup->slots);
	free(lineup->items);
	lineup_init(lineup);
}

static void free_blocks(struct lineup *lineup)
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

void lineup_empty(struct lineup *lineup)
{
	free_blocks(lineup);
	lineup->used = lineup->count = 0;
	lineup->free = NO_CANDIDATE;
	lineup->tally = (struct rows_tally){ 0 };
	for (uint32_t i = 0; i < lineup->slot_count; i++)
		lineup->slots[i] = NO_CANDIDATE;
}

/* ---- ids ---- */

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

static void put_slot(struct lineup *lineup, uint32_t handle)
{
	uint32_t at = home_of(lineup, key_at(lineup, handle));

	while (lineup->slots[at] != NO_CANDIDATE)
		at = (at + 1) & (lineup->slot_count - 1);
	lineup->slots[at] = handle;
}

/* A power of two, at most three quarters full. */
static int grow_slots(struct lineup *lineup)
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
			put_slot(lineup, old[i]);
	}
	free(old);
	return 0;
}

/* Those behind a hole move up, unless that is before their home. */
static void take_slot(struct lineup *lineup, uint32_t handle)
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

/* ---- blocks ---- */

static struct lineup_block *block_of(const struct lineup *lineup, uint32_t handle)
{
	return lineup->blocks[lineup->items[handle].block];
}

static uint32_t index_in(const struct lineup_block *block, uint32_t handle)
{
	uint32_t at = 0;

	while (block->items[at] != handle)
		at++;
	return at;
}

static int reserve_block(struct lineup *lineup)
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

/* Of those that are reserved. */
static struct lineup_block *insert_block(struct lineup *lineup, uint32_t place)
{
	uint32_t number = lineup->free_block;
	struct lineup_block *block = lineup->blocks[number];

	lineup->free_block = block->place;
	block->count = block->rows = block->living = 0;
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

static void count_flags(struct lineup_block *block)
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
	count_flags(from);
	count_flags(to);
	lineup->are_starts_stale = true;
}

/* With room for one more at that index of a block; both change if it has to be parted. */
static void make_room(struct lineup *lineup, struct lineup_block **block, uint32_t *index)
{
	struct lineup_block *full = *block, *half;

	if (full->count < BLOCK_ITEMS)
		return;
	half = insert_block(lineup, full->place + 1);
	/* At the end of all, more will come there. */
	shift(lineup, full, *index == BLOCK_ITEMS ? BLOCK_ITEMS : BLOCK_ITEMS / 2, half);
	if (*index >= full->count) {
		*index -= full->count;
		*block = half;
	}
}

/* Before another one, or at the end. There is a block for it. */
static void enter_block(struct lineup *lineup, uint32_t handle, uint32_t before)
{
	struct lineup_block *block;
	uint32_t index;

	if (!lineup->order_count)
		insert_block(lineup, 0);
	block = before == NO_CANDIDATE ? lineup->blocks[lineup->order[lineup->order_count - 1]]
				       : block_of(lineup, before);
	index = before == NO_CANDIDATE ? block->count : index_in(block, before);
	make_room(lineup, &block, &index);
	memmove(block->items + index + 1, block->items + index,
		(block->count - index) * sizeof(*block->items));
	memmove(block->flags + index + 1, block->flags + index, block->count - index);
	block->items[index] = handle;
	block->flags[index] = 0;
	block->count++;
	lineup->items[handle].block = lineup->order[block->place];
}

static void merge_sparse(struct lineup *lineup, struct lineup_block *block)
{
	struct lineup_block *after;

	if (!block->count) {
		drop_block(lineup, block);
		return;
	}
	if (block->count > BLOCK_SPARSE || block->place + 1 == lineup->order_count)
		return;
	after = lineup->blocks[lineup->order[block->place + 1]];
	if (block->count + after->count > BLOCK_ITEMS / 2)
		return;
	shift(lineup, after, 0, block);
	drop_block(lineup, after);
}

static void leave_block(struct lineup *lineup, uint32_t handle)
{
	struct lineup_block *block = block_of(lineup, handle);
	uint32_t index = index_in(block, handle);
	uint8_t flags = block->flags[index];

	lineup->row_count -= flags & IS_ROW;
	lineup->living_count -= (flags & IS_LIVING) != 0;
	block->rows -= flags & IS_ROW;
	block->living -= (flags & IS_LIVING) != 0;
	lineup->are_starts_stale |= flags != 0;
	block->count--;
	memmove(block->items + index, block->items + index + 1,
		(block->count - index) * sizeof(*block->items));
	memmove(block->flags + index, block->flags + index + 1, block->count - index);
	merge_sparse(lineup, block);
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
	const struct lineup_block *block = block_of(lineup, handle);

	return (struct lineup_iterator){ lineup, block->place, index_in(block, handle) };
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
	const struct lineup_block *block = block_of(lineup, handle);
	uint32_t index = index_in(block, handle) + 1;

	if (index < block->count)
		return block->items[index];
	if (block->place + 1 == lineup->order_count)
		return NO_CANDIDATE;
	return lineup->blocks[lineup->order[block->place + 1]]->items[0];
}

uint32_t lineup_before(const struct lineup *lineup, uint32_t handle)
{
	const struct lineup_block *block = block_of(lineup, handle);
	uint32_t index = index_in(block, handle);

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

uint32_t lineup_drawn_above(const struct lineup *lineup, uint32_t handle)
{
	do
		handle = lineup->items[handle].above;
	while (handle != NO_CANDIDATE && lineup->items[handle].is_ghost);
	return handle;
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
	uint32_t from = block_of(lineup, first)->place, to = block_of(lineup, last)->place;
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

/* ---- counts ---- */

bool lineup_is_needed(const struct lineup *lineup, uint32_t handle)
{
	return lineup->items[handle].matching > 0;
}

/* What the count behind a fold means. */
static bool is_countable(const struct candidate *candidate)
{
	return candidate->matching && !candidate->row.is_summary && !candidate->row.is_job &&
	       !candidate->is_ghost;
}

static uint8_t flags_of(const struct candidate *candidate)
{
	if (!candidate->matching || candidate->folds_above || candidate->is_ghost)
		return 0;
	if (!candidate->alive || candidate->row.is_summary || candidate->row.is_job)
		return IS_ROW;
	return IS_ROW | IS_LIVING;
}

static void set_flags(struct lineup *lineup, uint32_t handle)
{
	struct lineup_block *block = block_of(lineup, handle);
	uint32_t index = index_in(block, handle);
	uint8_t before = block->flags[index], now = flags_of(&lineup->items[handle]);

	if (before == now)
		return;
	block->flags[index] = now;
	block->rows += (now & IS_ROW) - (uint32_t)(before & IS_ROW);
	lineup->row_count += (now & IS_ROW) - (uint32_t)(before & IS_ROW);
	block->living += (now & IS_LIVING) / 2u - (before & IS_LIVING) / 2u;
	lineup->living_count += (now & IS_LIVING) / 2u - (before & IS_LIVING) / 2u;
	lineup->are_starts_stale = true;
}

static void count_in_tally(struct rows_tally *tally, const struct candidate *candidate, uint32_t by)
{
	bool is_needed = candidate->matching > 0;

	if (!candidate->is_process || candidate->is_ghost)
		return;
	tally->matching += candidate->is_match ? by : 0;
	tally->context += is_needed && !candidate->is_match ? by : 0;
	tally->left_out += !is_needed && !candidate->is_past ? by : 0;
}

/* What one or a whole branch adds to those above; unsigned, so that it can be taken away. */
struct counts {
	uint32_t matching, alive, countable, cpu_permille;
	uint64_t rss_kib;
};

static struct counts counts_of(const struct candidate *candidate)
{
	bool is_apart = candidate->row.is_summary; /* it says what is in its process's sums */

	return (struct counts){ .matching = candidate->matching,
				.alive = candidate->alive,
				.countable = candidate->countable,
				.cpu_permille = is_apart ? 0 : candidate->row.sum_cpu_permille,
				.rss_kib = is_apart ? 0 : candidate->row.sum_rss_kib };
}

static struct counts negative(struct counts counts)
{
	return (struct counts){ .matching = -counts.matching,
				.alive = -counts.alive,
				.countable = -counts.countable,
				.cpu_permille = -counts.cpu_permille,
				.rss_kib = -counts.rss_kib };
}

/* From one up. Whoever is needed or no longer needed by that changes the counts of those above. */
static void add_counts(struct lineup *lineup, uint32_t handle, struct counts more)
{
	for (; handle != NO_CANDIDATE; handle = lineup->items[handle].above) {
		struct candidate *candidate = &lineup->items[handle];
		bool was_needed = candidate->matching > 0;
		bool is_needed = candidate->matching + more.matching > 0;
		bool was_countable = is_countable(candidate);

		if (was_needed != is_needed)
			count_in_tally(&lineup->tally, candidate, UINT32_MAX);
		candidate->matching += more.matching;
		candidate->alive += more.alive;
		if (was_needed != is_needed)
			count_in_tally(&lineup->tally, candidate, 1);
		more.countable += (uint32_t)is_countable(candidate) - (uint32_t)was_countable;
		candidate->countable += more.countable;
		candidate->row.sum_cpu_permille += more.cpu_permille;
		candidate->row.sum_rss_kib += more.rss_kib;
		set_flags(lineup, handle);
	}
}

/* Of one alone. */
static void count_self(struct candidate *candidate)
{
	candidate->matching = candidate->is_match;
	candidate->alive = candidate->is_match && !candidate->row.is_job;
	candidate->countable = is_countable(candidate);
}

static void take_level(struct lineup *lineup, struct candidate *candidate)
{
	const struct candidate *above =
	    candidate->above == NO_CANDIDATE ? NULL : &lineup->items[candidate->above];

	candidate->folds_above = above ? above->folds_above + above->is_closed : 0;
	candidate->row.depth = above ? above->row.depth + !above->is_ghost : 0;
}

/* To whom it stands below; what that one counts itself may change by it. */
static void count_above(struct lineup *lineup, const struct candidate *candidate)
{
	struct candidate *above = &lineup->items[candidate->above];

	above->countable -= is_countable(above);
	above->matching += candidate->matching;
	above->countable += candidate->countable + is_countable(above);
	above->alive += candidate->alive;
}

static void flag_all(struct lineup *lineup)
{
	struct lineup_iterator all = lineup_begin(lineup);
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE)
		take_level(lineup, &lineup->items[handle]);
	lineup->row_count = lineup->living_count = 0;
	for (uint32_t place = 0; place < lineup->order_count; place++) {
		struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = 0; i < block->count; i++)
			block->flags[i] = flags_of(&lineup->items[block->items[i]]);
		count_flags(block);
		lineup->row_count += block->rows;
		lineup->living_count += block->living;
	}
	lineup->are_starts_stale = true;
}

/* A child comes after whom it stands below: one pass from the end adds up, one from the start says
   who is folded away. */
void lineup_count(struct lineup *lineup)
{
	struct lineup_iterator all = lineup_begin(lineup);
	uint32_t handle;

	lineup->tally = (struct rows_tally){ 0 };
	while ((handle = lineup_next(&all)) != NO_CANDIDATE)
		count_self(&lineup->items[handle]);
	for (uint32_t place = lineup->order_count; place-- > 0;) {
		const struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = block->count; i-- > 0;) {
			const struct candidate *candidate = &lineup->items[block->items[i]];

			count_in_tally(&lineup->tally, candidate, 1);
			if (candidate->above != NO_CANDIDATE)
				count_above(lineup, candidate);
		}
	}
	flag_all(lineup);
}

void lineup_add_up(struct lineup *lineup)
{
	for (uint32_t place = lineup->order_count; place-- > 0;) {
		const struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = block->count; i-- > 0;) {
			const struct candidate *candidate = &lineup->items[block->items[i]];
			struct counts counts = counts_of(candidate);
			struct row *above = candidate->above == NO_CANDIDATE
						? NULL
						: &lineup->items[candidate->above].row;

			if (!above)
				continue;
			above->sum_cpu_permille += counts.cpu_permille;
			above->sum_rss_kib += counts.rss_kib;
		}
	}
}

/* ---- coming and going ---- */

static int reserve(struct lineup *lineup)
{
	size_t capacity = lineup->capacity;

	if (lineup->free == NO_CANDIDATE &&
	    array_reserve(&lineup->items, &capacity, lineup->used + 1, sizeof(*lineup->items)))
		return -ENOMEM;
	lineup->capacity = (uint32_t)capacity;
	return grow_slots(lineup) || reserve_block(lineup) ? -ENOMEM : 0;
}

static uint32_t new_candidate(struct lineup *lineup, const struct candidate *candidate)
{
	uint32_t handle = lineup->free;

	if (handle != NO_CANDIDATE)
		lineup->free = lineup->items[handle].next;
	else
		handle = lineup->used++;
	lineup->items[handle] = *candidate;
	lineup->count++;
	put_slot(lineup, handle);
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
	take_level(lineup, candidate);
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
	enter_block(lineup, handle, NO_CANDIDATE);
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
	enter_block(lineup, handle, place);
	count_self(&lineup->items[handle]);
	count_in_tally(&lineup->tally, &lineup->items[handle], 1);
	set_flags(lineup, handle);
	add_counts(lineup, above, counts_of(&lineup->items[handle]));
	return handle;
}

void lineup_remove(struct lineup *lineup, uint32_t handle)
{
	struct candidate *candidate = &lineup->items[handle];

	assert(lineup_first_child(lineup, handle) == NO_CANDIDATE);
	add_counts(lineup, candidate->above, negative(counts_of(candidate)));
	count_in_tally(&lineup->tally, candidate, UINT32_MAX);
	unlink_one(lineup, handle);
	leave_block(lineup, handle);
	take_slot(lineup, handle);
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

/* As many as could be needed for so many that come between two others. */
static int reserve_blocks(struct lineup *lineup, size_t count)
{
	uint32_t reserved = NO_CANDIDATE;
	int err = 0;

	for (size_t i = 0; i < count / (BLOCK_ITEMS / 2) + 2 && !err; i++) {
		uint32_t taken;

		err = reserve_block(lineup);
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

int lineup_move(struct lineup *lineup, uint32_t handle, uint32_t above, uint32_t before)
{
	size_t count;
	uint32_t *branch = branch_of(lineup, handle, &count);
	struct counts counts = counts_of(&lineup->items[handle]);
	uint32_t place;

	if (!branch || reserve_blocks(lineup, count)) {
		free(branch);
		return -ENOMEM;
	}
	add_counts(lineup, lineup->items[handle].above, negative(counts));
	unlink_one(lineup, handle);
	for (size_t i = 0; i < count; i++)
		leave_block(lineup, branch[i]);
	place = place_of(lineup, above, before);
	link_before(lineup, handle, above, before);
	for (size_t i = 0; i < count; i++) {
		enter_block(lineup, branch[i], place);
		take_level(lineup, &lineup->items[branch[i]]);
		set_flags(lineup, branch[i]);
	}
	add_counts(lineup, above, counts);
	free(branch);
	return 0;
}

int lineup_reorder(struct lineup *lineup, const uint32_t *handles)
{
	uint32_t count = lineup->count;

	if (reserve_blocks(lineup, count))
		return -ENOMEM;
	free_blocks(lineup);
	for (uint32_t i = 0; i < count; i++) {
		struct candidate *candidate = &lineup->items[handles[i]];
		uint32_t prev = lineup_last(lineup);

		if (prev == candidate->above)
			prev = NO_CANDIDATE;
		while (prev != NO_CANDIDATE && lineup->items[prev].above != candidate->above)
			prev = lineup->items[prev].above;
		link_between(lineup, handles[i], candidate->above, prev, NO_CANDIDATE);
		enter_block(lineup, handles[i], NO_CANDIDATE);
		set_flags(lineup, handles[i]);
	}
	return 0;
}

/* ---- what changes in place ---- */

void lineup_set_match(struct lineup *lineup, uint32_t handle, bool is_match, bool is_past)
{
	struct candidate *candidate = &lineup->items[handle];
	struct counts counts = { 0 };
	bool was_alive = candidate->is_match && !candidate->row.is_job;

	if (candidate->is_match == is_match && candidate->is_past == is_past)
		return;
	counts.matching = (uint32_t)is_match - (uint32_t)candidate->is_match;
	counts.alive = (uint32_t)(is_match && !candidate->row.is_job) - (uint32_t)was_alive;
	count_in_tally(&lineup->tally, candidate, UINT32_MAX);
	candidate->is_match = is_match;
	candidate->is_past = is_past;
	count_in_tally(&lineup->tally, candidate, 1);
	add_counts(lineup, handle, counts);
}

void lineup_usage(const struct lineup *lineup, uint32_t handle, uint32_t *cpu_permille,
		  uint64_t *rss_kib)
{
	uint32_t child = lineup_first_child(lineup, handle);

	*cpu_permille = lineup->items[handle].row.sum_cpu_permille;
	*rss_kib = lineup->items[handle].row.sum_rss_kib;
	for (; child != NO_CANDIDATE; child = lineup->items[child].next) {
		struct counts counts = counts_of(&lineup->items[child]);

		*cpu_permille -= counts.cpu_permille;
		*rss_kib -= counts.rss_kib;
	}
}

void lineup_set_usage(struct lineup *lineup, uint32_t handle, uint32_t cpu_permille,
		      uint64_t rss_kib)
{
	bool is_apart = lineup->items[handle].row.is_summary;
	uint32_t own_cpu_permille;
	uint64_t own_rss_kib;

	lineup_usage(lineup, handle, &own_cpu_permille, &own_rss_kib);
	if (cpu_permille == own_cpu_permille && rss_kib == own_rss_kib)
		return;
	do {
		struct candidate *candidate = &lineup->items[handle];

		candidate->row.sum_cpu_permille += cpu_permille - own_cpu_permille;
		candidate->row.sum_rss_kib += rss_kib - own_rss_kib;
		handle = candidate->above;
	} while (handle != NO_CANDIDATE && !is_apart);
}

void lineup_set_closed(struct lineup *lineup, uint32_t handle, bool is_closed)
{
	uint32_t end = lineup_skip(lineup, handle), at;
	struct lineup_iterator below = lineup_begin_at(lineup, handle);

	if (lineup->items[handle].is_closed == is_closed)
		return;
	lineup->items[handle].is_closed = is_closed;
	lineup_next(&below);
	while ((at = lineup_next(&below)) != end) {
		take_level(lineup, &lineup->items[at]);
		set_flags(lineup, at);
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

uint32_t lineup_hidden(const struct lineup *lineup, uint32_t handle)
{
	const struct candidate *candidate = &lineup->items[handle];

	return candidate->countable - is_countable(candidate);
}

bool lineup_is_row(const struct lineup *lineup, uint32_t handle)
{
	return flags_of(&lineup->items[handle]) != 0;
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
	block = block_of(lineup, handle);
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
	block = block_of(lineup, handle);
	for (at = index_in(block, handle); at < block->count; at++) {
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
