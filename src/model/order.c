/* SPDX-License-Identifier: MIT */
/* The lineup in another order than that of birth: each one's key, with sums where it sorts by them.
   The sorting itself is sort.c's. */
#include "model/field.h"
#include "model/rows-impl.h"
#include "model/sort.h"

#include <errno.h>
#include <stdlib.h>

bool order_is_by_line(const struct rows_scope *scope)
{
	return !scope->sort && !scope->is_list;
}

/* Of one alone, a process or what is over. A job has its last figures. A list is by pid. */
static uint64_t own_key(const struct rows *rows, const struct candidate *candidate,
			const struct job *job)
{
	const struct column_context context = { .now_ns = rows->scope.now_ns,
						.sources = rows->gone.match->sources };
	const struct row *row = &candidate->row;
	const struct column_subject subject = {
		.node = ptree_tree_find_id(rows->gone.tree, row->process),
		.has_sums = true,
		.sum_cpu_permille = job ? job->last_cpu_permille : row->sum_cpu_permille,
		.sum_rss_kib = job ? job->last_rss_kib : row->sum_rss_kib,
	};

	if (!rows->scope.sort)
		return row->is_group ? 0 : UINT32_MAX - (uint64_t)row->pid;
	if (row->is_group)
		return rows->scope.sort->is_of_sums
			   ? field_sort_key_of_sums(rows->scope.sort, &subject)
			   : grouping_key(rows, candidate);
	return subject.node ? field_sort_key(rows->scope.sort, &context, &subject) : 0;
}

/* ---- sums ---- */

static bool has_weight(const struct candidate *candidate)
{
	return candidate->is_process || candidate->row.is_group;
}

bool order_is_by_weight(const struct rows_scope *scope)
{
	return scope->sort && scope->sort->sorts_by_sum;
}

/* What is over has been charged to whom it stands below, and so has nothing of its own. */
static uint64_t own_weight(const struct rows *rows, const struct candidate *candidate)
{
	bool is_apart = !candidate->is_process || candidate->is_past;

	return is_apart ? 0 : own_key(rows, candidate, NULL);
}

void order_weigh(struct rows *rows, uint32_t handle)
{
	const struct candidate *candidate = candidate_of(rows, handle);

	if (rows->lineup.has_weights && has_weight(candidate))
		lineup_set_weight(&rows->lineup, handle, own_weight(rows, candidate));
}

static void weigh_all(struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE)
		lineup_put_weight(&rows->lineup, handle,
				  own_weight(rows, candidate_of(rows, handle)));
	lineup_add_up_weights(&rows->lineup);
}

/* One that is not there yet has nobody below it. */
static uint64_t sum_key(const struct rows *rows, const struct candidate *candidate)
{
	uint32_t handle = lineup_find(&rows->lineup, candidate->row.id, false);

	return handle == NO_CANDIDATE ? own_weight(rows, candidate)
				      : lineup_weight(&rows->lineup, handle);
}

static uint64_t key_of(const struct rows *rows, const struct candidate *candidate,
		       const struct job *job)
{
	return order_is_by_weight(&rows->scope) && has_weight(candidate)
		   ? sum_key(rows, candidate)
		   : own_key(rows, candidate, job);
}

/* ---- keys ---- */

/* Threads stay right below their process, and its summary stays last. */
static uint64_t key_in_order(const struct candidate *candidate, uint64_t key,
			     const struct rows_scope *scope)
{
	if (candidate->row.is_thread)
		return UINT64_MAX;
	if (candidate->row.is_summary)
		return 0;
	/* Room at both ends for the two above; what is not known is last either way. */
	key = key > FIELD_KEY_MAX ? FIELD_KEY_MAX : key;
	return scope->is_reversed && key ? FIELD_KEY_MAX - key + 2 : key + 1;
}

uint64_t order_key(const struct rows *rows, const struct candidate *candidate,
		   const struct job *job)
{
	if (order_is_by_line(&rows->scope))
		return 0;
	return key_in_order(candidate, key_of(rows, candidate, job), &rows->scope);
}

/* In the order of birth all are already, so that their place is the key. */
static uint64_t key_at(const struct rows *rows, const struct candidate *candidate, uint32_t place)
{
	const struct job *job = candidate->row.is_job && candidate->job != NO_JOB
				    ? &rows->jobs.items[candidate->job]
				    : NULL;

	return order_is_by_line(&rows->scope) ? UINT32_MAX - (uint64_t)place
					      : key_of(rows, candidate, job);
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
					key_at(rows, candidate, i) };
	}
}

static int sort(struct rows *rows, struct sort_item *items, uint32_t *handles, uint32_t *order)
{
	uint32_t count = rows->lineup.count;

	for (uint32_t i = 0; i < count; i++)
		items[i].key =
		    key_in_order(candidate_of(rows, handles[i]), items[i].key, &rows->scope);
	if (sort_forest(items, count, order))
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		order[i] = handles[order[i]];
	return lineup_reorder(&rows->lineup, order);
}

/* One of a list, which has them as the walk met them. */
struct item {
	struct standing standing;
	uint32_t index;
};

static bool is_nobody(const struct standing *standing)
{
	return !standing->node && !standing->group;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	if (is_nobody(&x->standing) || is_nobody(&y->standing)) /* what has no process ends it */
		return is_nobody(&x->standing) - is_nobody(&y->standing);
	return place_compare_lines(&x->standing, &y->standing);
}

/* So that those with the same key are by pid. */
static int sort_list(struct rows *rows, struct sort_item *items, const uint32_t *handles,
		     uint32_t *order)
{
	uint32_t count = rows->lineup.count;
	struct item *list = reallocarray(NULL, count + 1, sizeof(*list));
	int err;

	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		list[i] = (struct item){ place_standing(rows, candidate_of(rows, handles[i])), i };
	if (count)
		qsort(list, count, sizeof(*list), compare_items);
	for (uint32_t i = 0; i < count; i++)
		items[list[i].index].key = UINT32_MAX - (uint64_t)i;
	free(list);
	err = sort_forest(items, count, order);
	for (uint32_t i = 0; i < count && !err; i++)
		order[i] = handles[order[i]];
	return err ? err : lineup_reorder(&rows->lineup, order);
}

int order_lineup(struct rows *rows)
{
	uint32_t count = rows->lineup.count;
	struct sort_item *items = reallocarray(NULL, count + 1, sizeof(*items));
	uint32_t *handles = reallocarray(NULL, count + 1, sizeof(*handles));
	uint32_t *order = reallocarray(NULL, count + 1, sizeof(*order));
	uint32_t *index = reallocarray(NULL, rows->lineup.used + 1, sizeof(*index));
	int err = items && handles && order && index ? 0 : -ENOMEM;

	if (!err && order_is_by_weight(&rows->scope))
		weigh_all(rows);
	if (!err)
		list(rows, handles, index, items);
	if (!err && rows->scope.is_list)
		err = sort_list(rows, items, handles, order);
	if (!err && rows->scope.is_list)
		list(rows, handles, index, items);
	if (!err)
		err = sort(rows, items, handles, order);
	free(items);
	free(handles);
	free(order);
	free(index);
	return err;
}
