/* SPDX-License-Identifier: MIT */
/*
 * What is kept of each candidate and all below it, so that a change costs those above it; and what
 * one would count anew.
 */
#include "model/lineup-impl.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

void counts_set_flags(struct lineup *lineup, uint32_t handle)
{
	struct lineup_block *block = blocks_of(lineup, handle);
	uint32_t index = blocks_index(block, handle);
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

struct counts counts_of(const struct lineup *lineup, uint32_t handle)
{
	const struct candidate *candidate = &lineup->items[handle];
	bool is_apart = candidate->row.is_summary; /* it says what is in its process's sums */

	return (struct counts){ .matching = candidate->matching,
				.alive = candidate->alive,
				.countable = candidate->countable,
				.cpu_permille = is_apart ? 0 : candidate->row.sum_cpu_permille,
				.rss_kib = is_apart ? 0 : candidate->row.sum_rss_kib,
				.weight = lineup_weight(lineup, handle) };
}

struct counts counts_negative(struct counts counts)
{
	return (struct counts){ .matching = -counts.matching,
				.alive = -counts.alive,
				.countable = -counts.countable,
				.cpu_permille = -counts.cpu_permille,
				.rss_kib = -counts.rss_kib,
				.weight = -counts.weight };
}

/* From one up. Whoever is needed or no longer needed by that changes the counts of those above. */
void counts_add(struct lineup *lineup, uint32_t handle, struct counts more)
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
		if (was_needed != is_needed) {
			count_in_tally(&lineup->tally, candidate, 1);
			blocks_note_need(lineup, handle);
		}
		more.countable += (uint32_t)is_countable(candidate) - (uint32_t)was_countable;
		candidate->countable += more.countable;
		candidate->row.sum_cpu_permille += more.cpu_permille;
		candidate->row.sum_rss_kib += more.rss_kib;
		if (lineup->has_weights)
			lineup->weights[handle].sum += more.weight;
		counts_set_flags(lineup, handle);
	}
}

/* Of one alone. */
static void count_self(struct candidate *candidate)
{
	candidate->matching = candidate->is_match;
	candidate->alive = candidate->is_match && !candidate->row.is_job;
	candidate->countable = is_countable(candidate);
}

void counts_enter(struct lineup *lineup, uint32_t handle)
{
	struct candidate *candidate = &lineup->items[handle];

	count_self(candidate);
	count_in_tally(&lineup->tally, candidate, 1);
	counts_set_flags(lineup, handle);
	counts_add(lineup, candidate->above, counts_of(lineup, handle));
}

void counts_leave(struct lineup *lineup, uint32_t handle)
{
	const struct candidate *candidate = &lineup->items[handle];

	counts_add(lineup, candidate->above, counts_negative(counts_of(lineup, handle)));
	count_in_tally(&lineup->tally, candidate, UINT32_MAX);
}

void counts_take_level(struct lineup *lineup, struct candidate *candidate)
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
		counts_take_level(lineup, &lineup->items[handle]);
	lineup->row_count = lineup->living_count = 0;
	for (uint32_t place = 0; place < lineup->order_count; place++) {
		struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = 0; i < block->count; i++)
			block->flags[i] = flags_of(&lineup->items[block->items[i]]);
		blocks_count_flags(block);
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
	blocks_note_needs(lineup);
	flag_all(lineup);
}

void lineup_add_up(struct lineup *lineup)
{
	for (uint32_t place = lineup->order_count; place-- > 0;) {
		const struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = block->count; i-- > 0;) {
			const struct candidate *candidate = &lineup->items[block->items[i]];
			struct counts counts = counts_of(lineup, block->items[i]);
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
	lineup_note_match(lineup, handle);
	count_in_tally(&lineup->tally, candidate, 1);
	counts_add(lineup, handle, counts);
}

void lineup_usage(const struct lineup *lineup, uint32_t handle, uint32_t *cpu_permille,
		  uint64_t *rss_kib)
{
	uint32_t child = lineup_first_child(lineup, handle);

	*cpu_permille = lineup->items[handle].row.sum_cpu_permille;
	*rss_kib = lineup->items[handle].row.sum_rss_kib;
	for (; child != NO_CANDIDATE; child = lineup->items[child].next) {
		struct counts counts = counts_of(lineup, child);

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

/* ---- weights ---- */

int counts_reserve(struct lineup *lineup, uint32_t handle)
{
	if (!lineup->has_weights)
		return 0;
	return array_reserve(&lineup->weights, &lineup->weight_capacity, (size_t)handle + 1,
			     sizeof(*lineup->weights));
}

int lineup_have_weights(struct lineup *lineup, bool has_weights)
{
	lineup->has_weights = has_weights;
	if (!has_weights) {
		free(lineup->weights);
		lineup->weights = NULL;
		lineup->weight_capacity = 0;
		return 0;
	}
	if (counts_reserve(lineup, lineup->used)) {
		lineup->has_weights = false;
		return -ENOMEM;
	}
	memset(lineup->weights, 0, lineup->weight_capacity * sizeof(*lineup->weights));
	return 0;
}

uint64_t lineup_weight(const struct lineup *lineup, uint32_t handle)
{
	return lineup->has_weights ? lineup->weights[handle].sum : 0;
}

void lineup_set_weight(struct lineup *lineup, uint32_t handle, uint64_t own)
{
	uint64_t more = own - lineup->weights[handle].own;

	lineup->weights[handle].own = own;
	for (; more && handle != NO_CANDIDATE; handle = lineup->items[handle].above)
		lineup->weights[handle].sum += more;
}

void lineup_put_weight(struct lineup *lineup, uint32_t handle, uint64_t own)
{
	lineup->weights[handle] = (struct lineup_weight){ own, own };
}

void lineup_add_up_weights(struct lineup *lineup)
{
	for (uint32_t place = lineup->order_count; place-- > 0;) {
		const struct lineup_block *block = lineup->blocks[lineup->order[place]];

		for (uint32_t i = block->count; i-- > 0;) {
			uint32_t above = lineup->items[block->items[i]].above;

			if (above != NO_CANDIDATE)
				lineup->weights[above].sum += lineup->weights[block->items[i]].sum;
		}
	}
}

/* ---- reading ---- */

uint32_t lineup_hidden(const struct lineup *lineup, uint32_t handle)
{
	const struct candidate *candidate = &lineup->items[handle];

	return candidate->countable - is_countable(candidate);
}

bool lineup_is_row(const struct lineup *lineup, uint32_t handle)
{
	return flags_of(&lineup->items[handle]) != 0;
}
