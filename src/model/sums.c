/* SPDX-License-Identifier: MIT */
/* See sums.h. Without memory all are asked, as if nothing had been kept. */
#include "model/sums.h"
#include "model/field.h"
#include "model/readings.h"
#include "model/rows-impl.h"

#include <stdlib.h>
#include <string.h>

void sums_clear(struct sums *sums)
{
	free(sums->counts);
	free(sums->heirs);
	free(sums->shown.words);
	free(sums->sorted.words);
	*sums = (struct sums){ 0 };
}

/* With all bytes 0, which no stamp is. */
static int reserve(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t before = *capacity;
	void *items;

	if (array_reserve(array, capacity, count, size))
		return -1;
	memcpy(&items, array, sizeof(items));
	memset((char *)items + before * size, 0, (*capacity - before) * size);
	return 0;
}

/* ---- counts ---- */

static void count_one(struct sums_count *count, const struct candidate *candidate)
{
	if (candidate->is_process && !candidate->is_ghost && !candidate->is_past) {
		count->processes++;
		count->matching += candidate->is_match;
	}
	if (candidate->matching && candidate->changed_ns > count->latest_ns) {
		count->latest_ns = candidate->changed_ns;
		count->change = candidate->change;
	}
}

static struct sums_count count_part(const struct rows *rows, const struct lineup_part *part)
{
	struct sums_count count = { .changed = part->changed,
				    .matched = part->matched,
				    .needed = part->needed };

	for (uint32_t i = 0; i < part->count; i++)
		count_one(&count, candidate_of(rows, part->handles[i]));
	return count;
}

static struct sums_count count_of(const struct rows *rows, const struct lineup_part *part)
{
	struct sums *sums = rows->sums;
	struct sums_count *kept;

	if (!part->is_whole || reserve(&sums->counts, &sums->count_capacity,
				       rows->lineup.block_count, sizeof(*sums->counts)))
		return count_part(rows, part);
	kept = &sums->counts[part->block];
	if (kept->changed != part->changed || kept->matched != part->matched ||
	    kept->needed != part->needed)
		*kept = count_part(rows, part);
	return *kept;
}

struct sums_count sums_count_below(const struct rows *rows, uint32_t handle)
{
	struct lineup_range range = lineup_below(&rows->lineup, handle);
	struct sums_count sum = { 0 };
	struct lineup_part part;

	while (lineup_next_part(&range, &part)) {
		struct sums_count count = count_of(rows, &part);

		sum.processes += count.processes;
		sum.matching += count.matching;
		if (count.latest_ns <= sum.latest_ns)
			continue;
		sum.latest_ns = count.latest_ns;
		sum.change = count.change;
	}
	return sum;
}

/* ---- heirs ---- */

/* In lineage it is those whom it forked, over or not. */
static bool is_heir(const struct rows *rows, const struct ptree_node *node)
{
	if (!node)
		return false;
	if (rows->gone.by_origin && ptree_node_last_forked(node))
		return true;
	return ptree_node_last_exited(node) || ptree_node_summary(node);
}

static struct sums_heirs heirs_in(const struct rows *rows, const struct lineup_part *part)
{
	struct sums_heirs heirs = { .changed = part->changed };
	const struct ptree_node *nodes[LINEUP_BLOCK_ITEMS];

	collect_nodes(rows, part, nodes);
	for (uint32_t i = 0; i < part->count; i++) {
		if (is_heir(rows, nodes[i]))
			heirs.bits[i / 64] |= UINT64_C(1) << i % 64;
	}
	return heirs;
}

static struct sums_heirs heirs_of(const struct rows *rows, const struct lineup_part *part)
{
	struct sums *sums = rows->sums;
	struct sums_heirs *kept;

	if (!part->is_whole || reserve(&sums->heirs, &sums->heir_capacity, rows->lineup.block_count,
				       sizeof(*sums->heirs)))
		return heirs_in(rows, part);
	kept = &sums->heirs[part->block];
	if (kept->changed != part->changed)
		*kept = heirs_in(rows, part);
	return *kept;
}

struct sums_walk sums_heirs_among(const struct rows *rows, struct lineup_range range)
{
	return (struct sums_walk){ .rows = rows, .range = range };
}

uint32_t sums_next_heir(struct sums_walk *walk)
{
	for (;;) {
		for (; walk->next < walk->part.count; walk->next++) {
			if (walk->heirs.bits[walk->next / 64] >> walk->next % 64 & 1)
				return walk->part.handles[walk->next++];
		}
		if (!lineup_next_part(&walk->range, &walk->part))
			return NO_CANDIDATE;
		walk->heirs = heirs_of(walk->rows, &walk->part);
		walk->next = 0;
	}
}

/* ---- fields ---- */

static size_t stride_of(const struct sums_of_fields *sums)
{
	return 3 + sums->count;
}

/* Of those of whom it is known; returns a bit for each field that is of anybody. */
static uint64_t add_part(const struct rows *rows, const struct sums_of_fields *sums,
			 const struct column_context *context, const struct lineup_part *part,
			 uint64_t *numbers)
{
	const struct ptree_node *nodes[LINEUP_BLOCK_ITEMS];
	uint64_t known = 0;

	collect_nodes(rows, part, nodes);
	for (uint32_t at = 0; at < part->count; at++) {
		const struct column_subject subject = { .node = nodes[at] };
		struct field_value value;

		if (!subject.node || !candidate_of(rows, part->handles[at])->is_match)
			continue;
		for (size_t i = 0; i < sums->count; i++) {
			if (!field_get_part(sums->fields[i], context, &subject, &value))
				continue;
			numbers[i] += value.number;
			known |= UINT64_C(1) << i;
		}
	}
	return known;
}

static uint64_t *kept_of(const struct rows *rows, struct sums_of_fields *sums,
			 const struct lineup_part *part)
{
	size_t stride = stride_of(sums);

	if (!part->is_whole || reserve(&sums->words, &sums->capacity,
				       rows->lineup.block_count * stride, sizeof(*sums->words)))
		return NULL;
	return sums->words + part->block * stride;
}

static uint64_t add_kept(const struct rows *rows, struct sums_of_fields *sums,
			 const struct column_context *context, const struct lineup_part *part,
			 uint64_t *numbers)
{
	uint64_t *kept = kept_of(rows, sums, part);

	if (!kept)
		return add_part(rows, sums, context, part, numbers);
	if (kept[0] != part->changed || kept[1] != part->matched) {
		memset(kept + 3, 0, sums->count * sizeof(*kept));
		kept[0] = part->changed;
		kept[1] = part->matched;
		kept[2] = add_part(rows, sums, context, part, kept + 3);
	}
	for (size_t i = 0; i < sums->count; i++)
		numbers[i] += kept[3 + i];
	return kept[2];
}

static void forget(struct sums_of_fields *sums)
{
	if (sums->capacity)
		memset(sums->words, 0, sums->capacity * sizeof(*sums->words));
}

/* What they say without a fact of it. */
static void notice_sources(struct sums_of_fields *sums, const struct sources *sources)
{
	const struct readings *readings = sources ? sources->readings : NULL;
	uint64_t memory_bytes = sources ? sources->memory_bytes : 0;
	size_t count = readings ? readings_count(readings) : 0;

	if (sums->memory_bytes == memory_bytes && sums->readings_count == count &&
	    sums->readings_changes == readings_changes(readings))
		return;
	sums->memory_bytes = memory_bytes;
	sums->readings_changes = readings_changes(readings);
	sums->readings_count = count;
	for (size_t i = 0; i < sums->count; i++) {
		if (sums->fields[i]->asks & (FIELD_ASKS_FIGURES | FIELD_ASKS_MACHINE)) {
			forget(sums);
			return;
		}
	}
}

static void choose_fields(struct sums_of_fields *sums, const struct field *const *wanted,
			  size_t count)
{
	if (count == sums->count && !memcmp(sums->fields, wanted, count * sizeof(*wanted)))
		return;
	forget(sums);
	sums->count = count;
	memcpy(sums->fields, wanted, count * sizeof(*wanted));
}

void sums_of_members(const struct rows *rows, struct sums_of_fields *sums,
		     const struct column_context *context, const struct field *const *wanted,
		     size_t count, uint32_t handle, struct rows_sum *out)
{
	struct lineup_range range = lineup_below(&rows->lineup, handle);
	uint64_t numbers[SUMS_FIELDS_MAX] = { 0 }, known = 0;
	struct lineup_part part;

	choose_fields(sums, wanted, count);
	notice_sources(sums, context->sources);
	while (lineup_next_part(&range, &part))
		known |= add_kept(rows, sums, context, &part, numbers);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct rows_sum){ numbers[i], known >> i & 1 };
}
