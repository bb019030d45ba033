/* SPDX-License-Identifier: MIT */
/* Candidates in another order than that of birth: each sort order's keys, and sums where it sorts
   by them. The sorting itself is sort.c's. */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

/* The beginning of a name as a number, so that the smaller comes first. */
static uint64_t key_of_text(const char *text)
{
	uint64_t key = 0;

	for (int i = 0; i < 8; i++) {
		key = key << 8 | (unsigned char)*text;
		text += *text != '\0';
	}
	return UINT64_MAX - key;
}

static uint64_t used_ns(const struct ptree_node *node, const struct ptree_usage *usage)
{
	const struct ptree_summary *summary = ptree_node_summary(node);

	return usage->cpu_ns + (summary ? summary->cpu_ns : 0);
}

/* Its own; those that are sums get what is below later. */
static uint64_t key_of(const struct ptree_node *node, enum sort_order sort)
{
	struct ptree_usage usage;

	switch (sort) {
	case SORT_BY_TIME:
		ptree_node_usage(node, &usage);
		return used_ns(node, &usage);
	case SORT_BY_THREADS:
		return ptree_node_thread_count(node) + 1;
	case SORT_BY_PID:
		return UINT32_MAX - (uint64_t)ptree_node_pid(node);
	case SORT_BY_USER:
		return UINT32_MAX - (uint64_t)ptree_node_euid(node);
	case SORT_BY_COMMAND:
		return key_of_text(ptree_node_comm(node));
	case SORT_BY_CPU:
	case SORT_BY_MEMORY:
	case SORT_BY_BIRTH:
		break;
	}
	return 0;
}

static uint64_t own_key(const struct rows *rows, const struct candidate *candidate, size_t index,
			const struct rows_scope *scope)
{
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	const struct ptree_node *node;

	if (scope->sort == SORT_BY_CPU)
		return job ? job->last_cpu_permille : candidate->row.sum_cpu_permille;
	if (scope->sort == SORT_BY_MEMORY)
		return job ? job->last_rss_kib : candidate->row.sum_rss_kib;
	if (scope->sort == SORT_BY_BIRTH && scope->is_list)
		return UINT32_MAX - (uint64_t)candidate->row.pid;
	if (scope->sort == SORT_BY_BIRTH) /* that is the order that they are in */
		return UINT32_MAX - index;
	node = ptree_tree_find_id(rows->gone.tree, candidate->row.process);
	return node ? key_of(node, scope->sort) : 0;
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
static void add_up_times(const struct rows *rows, struct sort_item *items)
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
	if (!err && scope->sort == SORT_BY_TIME)
		add_up_times(rows, items);
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
