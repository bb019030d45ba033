/* SPDX-License-Identifier: MIT */
/* Candidates in another order than that of birth: their keys, and sums where it sorts by them. The
 * sorting itself is sort.c's. */
#include "model/field.h"
#include "model/rows-impl.h"
#include "model/sort.h"

#include <errno.h>
#include <stdlib.h>

/* A job has its last figures. The order of birth is the one that they are in; a list's is by pid.
 */
static uint64_t own_key(const struct rows *rows, const struct candidate *candidate, size_t index,
			const struct rows_scope *scope)
{
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	const struct row *row = &candidate->row;
	const struct column_subject subject = {
		.node = ptree_tree_find_id(rows->gone.tree, row->process),
		.has_sums = true,
		.sum_cpu_permille = job ? job->last_cpu_permille : row->sum_cpu_permille,
		.sum_rss_kib = job ? job->last_rss_kib : row->sum_rss_kib,
	};

	if (!scope->sort)
		return UINT32_MAX - (scope->is_list ? (uint64_t)row->pid : index);
	return subject.node ? field_sort_key(scope->sort, &subject) : 0;
}

/* Threads stay right below their process, and its summary stays last. */
static uint64_t key_in_order(const struct candidate *candidate, uint64_t key,
			     const struct rows_scope *scope)
{
	if (candidate->row.is_thread)
		return UINT64_MAX;
	if (candidate->row.is_summary)
		return 0;
	/* Room at both ends for the two above. */
	key = key > UINT64_MAX - 2 ? UINT64_MAX - 2 : key;
	return scope->is_reversed ? UINT64_MAX - 2 - key + 1 : key + 1;
}

static void reorder(struct rows *rows, const uint32_t *order, uint32_t *place,
		    struct candidate *sorted)
{
	for (size_t i = 0; i < rows->candidate_count; i++)
		place[order[i]] = (uint32_t)i;
	for (size_t i = 0; i < rows->candidate_count; i++) {
		sorted[i] = rows->candidates[order[i]];
		if (sorted[i].above != NO_ROW)
			sorted[i].above = place[sorted[i].above];
	}
	for (size_t i = 0; i < rows->arrival_count; i++) {
		if (rows->arrivals[i].parent != NO_ROW)
			rows->arrivals[i].parent = place[rows->arrivals[i].parent];
	}
	free(rows->candidates);
	rows->candidates = sorted;
	rows->candidate_capacity = rows->candidate_count + 1;
}

/* From the end up, like the other sums. A summary's figures are in its process's own. */
static void add_up(const struct rows *rows, struct sort_item *items)
{
	for (size_t i = rows->candidate_count; i-- > 0;) {
		const struct candidate *candidate = &rows->candidates[i];

		if (candidate->above != NO_ROW && !candidate->row.is_thread &&
		    !candidate->row.is_summary && candidate->job == NO_JOB)
			items[candidate->above].key += items[i].key;
	}
}

int order_candidates(struct rows *rows, const struct rows_scope *scope)
{
	size_t count = rows->candidate_count;
	struct sort_item *items = reallocarray(NULL, count + 1, sizeof(*items));
	uint32_t *order = reallocarray(NULL, count + 1, 2 * sizeof(*order));
	struct candidate *sorted = reallocarray(NULL, count + 1, sizeof(*sorted));
	int err = items && order && sorted ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		items[i] = (struct sort_item){ rows->candidates[i].above,
					       own_key(rows, &rows->candidates[i], i, scope) };
	if (!err && scope->sort && scope->sort->sorts_by_sum)
		add_up(rows, items);
	for (size_t i = 0; i < count && !err; i++)
		items[i].key = key_in_order(&rows->candidates[i], items[i].key, scope);
	if (!err)
		err = sort_forest(items, count, order);
	if (!err)
		reorder(rows, order, order + count + 1, sorted);
	else
		free(sorted);
	free(items);
	free(order);
	return err;
}
