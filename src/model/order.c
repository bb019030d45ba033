/* SPDX-License-Identifier: MIT */
/* The lineup in another order than that of birth: each one's key, with sums where it sorts by them.
   The sorting itself is sort.c's. */
#include "model/field.h"
#include "model/rows-impl.h"
#include "model/sort.h"

#include <errno.h>
#include <stdlib.h>

/* A job has its last figures. The order of birth is the one that they are in; a list's is by pid.
 */
static uint64_t own_key(const struct rows *rows, const struct candidate *candidate, size_t index)
{
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	const struct row *row = &candidate->row;
	const struct column_subject subject = {
		.node = ptree_tree_find_id(rows->gone.tree, row->process),
		.has_sums = true,
		.sum_cpu_permille = job ? job->last_cpu_permille : row->sum_cpu_permille,
		.sum_rss_kib = job ? job->last_rss_kib : row->sum_rss_kib,
	};

	if (!rows->scope.sort)
		return UINT32_MAX - (rows->scope.is_list ? (uint64_t)row->pid : index);
	return subject.node ? field_sort_key(rows->scope.sort, &subject) : 0;
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

/* From the end up, like the other sums. A summary's figures are in its process's own. */
static void add_up(const struct rows *rows, const uint32_t *handles, struct sort_item *items)
{
	for (size_t i = rows->lineup.count; i-- > 0;) {
		const struct candidate *candidate = candidate_of(rows, handles[i]);

		if (items[i].parent != SORT_NO_PARENT && !candidate->row.is_thread &&
		    !candidate->row.is_summary && !candidate->row.is_job)
			items[items[i].parent].key += items[i].key;
	}
}

/* index: of each handle among them. */
static void list(const struct rows *rows, uint32_t *handles, uint32_t *index,
		 struct sort_item *items)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	for (uint32_t i = 0; (handle = lineup_next(&all)) != NO_CANDIDATE; i++) {
		const struct candidate *candidate = candidate_of(rows, handle);

		handles[i] = handle;
		index[handle] = i;
		items[i] =
		    (struct sort_item){ candidate->above == NO_CANDIDATE ? SORT_NO_PARENT
									 : index[candidate->above],
					own_key(rows, candidate, i) };
	}
}

static int sort(struct rows *rows, struct sort_item *items, uint32_t *handles, uint32_t *order)
{
	uint32_t count = rows->lineup.count;

	if (rows->scope.sort && rows->scope.sort->sorts_by_sum)
		add_up(rows, handles, items);
	for (uint32_t i = 0; i < count; i++)
		items[i].key =
		    key_in_order(candidate_of(rows, handles[i]), items[i].key, &rows->scope);
	if (sort_forest(items, count, order))
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		order[i] = handles[order[i]];
	return lineup_reorder(&rows->lineup, order);
}

int order_lineup(struct rows *rows)
{
	uint32_t count = rows->lineup.count;
	struct sort_item *items = reallocarray(NULL, count + 1, sizeof(*items));
	uint32_t *handles = reallocarray(NULL, count + 1, sizeof(*handles));
	uint32_t *order = reallocarray(NULL, count + 1, sizeof(*order));
	uint32_t *index = reallocarray(NULL, rows->lineup.used + 1, sizeof(*index));
	int err = items && handles && order && index ? 0 : -ENOMEM;

	if (!err)
		list(rows, handles, index, items);
	if (!err)
		err = sort(rows, items, handles, order);
	free(items);
	free(handles);
	free(order);
	free(index);
	return err;
}
