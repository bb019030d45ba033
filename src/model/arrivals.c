/* SPDX-License-Identifier: MIT */
/*
 * Who is over since the last look and was never seen alive: found from each parent's last exit back
 * to the one that was known, and turned into jobs that would stand somewhere in the window.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

#define GENERATIONS_MAX 4096

static const struct mark *find_mark(const struct rows *rows, uint64_t above)
{
	size_t from = 0, to = rows->mark_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (rows->marks[middle].above < above)
			from = middle + 1;
		else
			to = middle;
	}
	return from < rows->mark_count && rows->marks[from].above == above ? &rows->marks[from]
									   : NULL;
}

static int set_mark(struct rows *rows, uint64_t above, uint64_t last)
{
	if (array_reserve(&rows->new_marks, &rows->new_mark_capacity, rows->new_mark_count + 1,
			  sizeof(*rows->new_marks)))
		return -ENOMEM;
	rows->new_marks[rows->new_mark_count++] = (struct mark){ above, last };
	return 0;
}

static int add_arrival(struct rows *rows, const struct ptree_node *node, uint64_t above,
		       uint32_t parent)
{
	if (array_reserve(&rows->arrivals, &rows->arrival_capacity, rows->arrival_count + 1,
			  sizeof(*rows->arrivals)))
		return -ENOMEM;
	rows->arrivals[rows->arrival_count++] = (struct arrival){ node, above, parent };
	return 0;
}

/* Below whom one looks, and below whose row that stands. */
struct parent {
	uint64_t id;
	uint32_t handle;
};

/* It has no row, nor had one that somebody else needed. Only where marks are forgotten is one met
   again that shares a row. */
static bool is_new(const struct rows *rows, const struct ptree_node *node, uint64_t above)
{
	uint64_t id = ptree_node_id(node);

	if (jobs_find(&rows->jobs, id))
		return false;
	if (!rows->forgets_marks)
		return !jobs_was_displaced(&rows->jobs, id);
	return !jobs_shares(&rows->jobs, above, gone_alike(node), ptree_node_end_ns(node));
}

/* The topmost ones that are in scope: below one that is not they stand for themselves. */
static int add_arrivals_below(struct rows *rows, const struct ptree_node *node,
			      const struct parent *parent)
{
	size_t bottom = rows->gone.count;
	int err = gone_push(&rows->gone, node) ? 0 : -ENOMEM;

	while (!err && rows->gone.count > bottom) {
		const struct ptree_node *at = rows->gone.nodes[--rows->gone.count];

		if (collect_is_in_scope(rows, at)) {
			if (is_new(rows, at, parent->id))
				err = add_arrival(rows, at, parent->id, parent->handle);
			continue;
		}
		for (at = gone_first(&rows->gone, at); at && !err; at = gone_next(&rows->gone, at))
			err = gone_push(&rows->gone, at) ? 0 : -ENOMEM;
	}
	rows->gone.count = bottom;
	return err;
}

static bool is_recent(const struct ptree_node *node, const struct rows_scope *scope)
{
	return scope->exited == JOBS_STAY ||
	       ptree_node_end_ns(node) + JOBS_BRIEF_FAILED_NS > scope->now_ns;
}

/* From the latest exit back to the one that was looked at last; none longer ago can have a row. */
static int gather_below(struct rows *rows, const struct ptree_node *node,
			const struct parent *parent, const struct rows_scope *scope)
{
	const struct mark *mark = rows->forgets_marks ? NULL : find_mark(rows, parent->id);

	node = ptree_node_last_exited(node);
	if (!node)
		return 0;
	if (set_mark(rows, parent->id, ptree_node_id(node)))
		return -ENOMEM;
	for (; node && is_recent(node, scope); node = ptree_node_prev_exited(node)) {
		if (mark && mark->last == ptree_node_id(node))
			break;
		if (gone_is_job(&rows->gone, node) && is_new(rows, node, parent->id) &&
		    add_arrivals_below(rows, node, parent))
			return -ENOMEM;
	}
	return 0;
}

static int gather_below_handle(struct rows *rows, uint32_t handle, const struct rows_scope *scope)
{
	const struct candidate *candidate = candidate_of(rows, handle);
	const struct ptree_node *node =
	    candidate->is_process ? ptree_tree_find_id(rows->gone.tree, candidate->row.id) : NULL;
	struct parent parent = { candidate->row.id, handle };

	/* A job still stands where it lived: what is below it is found from whom it stands below.
	 */
	if (!node || gone_is_job(&rows->gone, node))
		return 0;
	if (candidate->is_ghost)
		parent.handle = lineup_drawn_above(&rows->lineup, handle);
	return gather_below(rows, node, &parent, scope);
}

static int gather_below_top(struct rows *rows, const struct rows_scope *scope)
{
	const struct parent top = { 0, NO_CANDIDATE };

	return gather_below(rows, ptree_tree_root(rows->gone.tree), &top, scope);
}

static int gather_all(struct rows *rows, const struct rows_scope *scope)
{
	struct sums_walk all = sums_heirs_among(rows, lineup_all(&rows->lineup));
	int err = gather_below_top(rows, scope);
	uint32_t handle;

	while (!err && (handle = sums_next_heir(&all)) != NO_CANDIDATE)
		err = gather_below_handle(rows, handle, scope);
	return err;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Only where somebody has ended since. */
static int gather_told(struct rows *rows, const struct rows_scope *scope)
{
	int err = 0;

	if (rows->exit_count)
		qsort(rows->exits, rows->exit_count, sizeof(*rows->exits), compare_ids);
	for (size_t i = 0; i < rows->exit_count && !err; i++) {
		uint32_t handle;

		if (i && rows->exits[i] == rows->exits[i - 1])
			continue;
		handle = lineup_find(&rows->lineup, rows->exits[i], false);
		if (!rows->exits[i])
			err = gather_below_top(rows, scope);
		else if (handle != NO_CANDIDATE)
			err = gather_below_handle(rows, handle, scope);
	}
	return err;
}

/* ---- in lineage ---- */

static int note_ended(struct rows *rows, const struct ptree_node *node)
{
	if (array_reserve(&rows->exits, &rows->exit_capacity, rows->exit_count + 1,
			  sizeof(*rows->exits)))
		return -ENOMEM;
	rows->exits[rows->exit_count++] = ptree_node_id(node);
	return 0;
}

/* Its children that have ended of late, and theirs. */
static int note_ended_below(struct rows *rows, const struct ptree_node *node,
			    const struct rows_scope *scope)
{
	size_t bottom = rows->gone.count;
	int err = gone_push(&rows->gone, node) ? 0 : -ENOMEM;

	while (!err && rows->gone.count > bottom) {
		const struct ptree_node *at =
		    ptree_node_last_exited(rows->gone.nodes[--rows->gone.count]);

		for (; at && is_recent(at, scope) && !err; at = ptree_node_prev_exited(at)) {
			err = note_ended(rows, at);
			if (!err && ptree_node_last_exited(at) && !gone_push(&rows->gone, at))
				err = -ENOMEM;
		}
	}
	rows->gone.count = bottom;
	return err;
}

static int note_all_ended(struct rows *rows, const struct rows_scope *scope)
{
	struct sums_walk all = sums_heirs_among(rows, lineup_all(&rows->lineup));
	int err = note_ended_below(rows, ptree_tree_root(rows->gone.tree), scope);
	uint32_t handle;

	while (!err && (handle = sums_next_heir(&all)) != NO_CANDIDATE) {
		const struct ptree_node *node =
		    ptree_tree_find_id(rows->gone.tree, candidate_of(rows, handle)->row.process);

		if (node)
			err = note_ended_below(rows, node, scope);
	}
	return err;
}

/* The topmost of those from whom nothing lives; 0: something lives. */
static uint64_t topmost(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id), *above;
	unsigned most =
	    GENERATIONS_MAX; /* where some origins are not known there can be a circle */

	if (!node || !gone_is_job(&rows->gone, node))
		return 0;
	while ((above = gone_above(&rows->gone, node)) && gone_is_job(&rows->gone, above) && most--)
		node = above;
	return ptree_node_id(node);
}

static int add_topmost(struct rows *rows, uint64_t id, const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	const struct ptree_node *above = node ? gone_above(&rows->gone, node) : NULL;
	uint32_t parent = NO_CANDIDATE;

	if (!node || !is_recent(node, scope) || !collect_is_in_scope(rows, node))
		return 0;
	if (above && ptree_node_id(above))
		parent = lineup_find(&rows->lineup, ptree_node_id(above), false);
	if (parent != NO_CANDIDATE && candidate_of(rows, parent)->is_ghost)
		parent = lineup_drawn_above(&rows->lineup, parent);
	if (!is_new(rows, node, above ? ptree_node_id(above) : 0))
		return 0;
	return add_arrival(rows, node, above ? ptree_node_id(above) : 0, parent);
}

/* Several that have ended can have the same one above them. */
static int gather_forked(struct rows *rows, const struct rows_scope *scope)
{
	int err = 0;

	if (!rows->keeps_marks) {
		rows->exit_count = 0;
		err = note_all_ended(rows, scope);
	}
	for (size_t i = 0; i < rows->exit_count; i++)
		rows->exits[i] = topmost(rows, rows->exits[i]);
	if (rows->exit_count)
		qsort(rows->exits, rows->exit_count, sizeof(*rows->exits), compare_ids);
	for (size_t i = 0; i < rows->exit_count && !err; i++) {
		if (rows->exits[i] && (!i || rows->exits[i] != rows->exits[i - 1]))
			err = add_topmost(rows, rows->exits[i], scope);
	}
	return err;
}

int arrivals_gather(struct rows *rows, const struct rows_scope *scope)
{
	int err;

	rows->arrival_count = rows->new_mark_count = 0;
	rows->keeps_marks = !rows->forgets_marks && !rows->misses_exits;
	if (scope->by_origin)
		err = gather_forked(rows, scope);
	else
		err = rows->keeps_marks ? gather_told(rows, scope) : gather_all(rows, scope);
	rows->exit_count = 0;
	rows->misses_exits = err != 0;
	return err;
}

/* ---- where they would stand ---- */

/* They are sorted by pid, but for the line that ends the list. */
static uint32_t place_in_list(const struct rows *rows, const struct ptree_node *node,
			      const struct rows_scope *scope)
{
	uint32_t from = 0, to = rows_count(rows);

	if (scope->sort || scope->is_reversed)
		return to;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		const struct row *row = &candidate_of(rows, lineup_row(&rows->lineup, middle))->row;

		if (!row->is_summary && row->pid < ptree_node_pid(node))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* In groups of lists that is the group's. */
static uint32_t row_above(const struct rows *rows, const struct arrival *arrival,
			  const struct rows_scope *scope)
{
	uint32_t at = arrival->parent;

	if (!grouping_is_on(rows))
		return at;
	if (at == NO_CANDIDATE)
		return grouping_find(rows, arrival->node);
	while (scope->is_list && candidate_of(rows, at)->above != NO_CANDIDATE)
		at = candidate_of(rows, at)->above;
	return at;
}

/* The lines that an arrival would cost; 0: it has no place in the window. */
static uint32_t lines_of(const struct rows *rows, const struct arrival *arrival,
			 const struct rows_scope *scope, const struct cursor *cursor)
{
	const struct lineup *lineup = &rows->lineup;
	bool is_flat = scope->is_list && !grouping_is_on(rows);
	uint32_t lines = 1, at = is_flat ? NO_CANDIDATE : row_above(rows, arrival, scope), end;

	if (at == NO_CANDIDATE && grouping_is_on(rows))
		return 0;
	while (at != NO_CANDIDATE && !lineup_is_row(lineup, at)) {
		if (lineup_is_needed(lineup, at))
			return 0; /* folded away */
		lines++;
		at = lineup_drawn_above(lineup, at);
	}
	if (at != NO_CANDIDATE && candidate_of(rows, at)->is_closed &&
	    candidate_of(rows, at)->matching > candidate_of(rows, at)->is_match)
		return 0;
	end = is_flat		   ? place_in_list(rows, arrival->node, scope)
	      : at == NO_CANDIDATE ? rows_count(rows)
				   : lineup_rows_before(lineup, lineup_skip(lineup, at));
	return scope->exited == JOBS_STAY || living_is_in_window(rows, scope, cursor, end) ? lines
											   : 0;
}

size_t arrivals_to_jobs(struct rows *rows, struct job *arrived, const struct rows_scope *scope,
			const struct cursor *cursor)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->arrival_count; i++) {
		const struct arrival *arrival = &rows->arrivals[i];
		uint32_t lines = lines_of(rows, arrival, scope, cursor);
		struct job job;

		if (!lines || scope->exited == JOBS_NONE)
			continue;
		job = gone_job(&rows->gone, arrival->node);
		job.above = arrival->above;
		job.lines = lines;
		if (!match_is_set(rows->gone.match) || job.matching)
			arrived[count++] = job;
	}
	return count;
}

static int compare_marks(const void *a, const void *b)
{
	const struct mark *x = a;
	const struct mark *y = b;

	return (x->above > y->above) - (x->above < y->above);
}

/* Of those below whom nobody has ended since the mark is the old one. */
static void keep_old_marks(struct rows *rows)
{
	size_t count = rows->new_mark_count;

	if (count)
		qsort(rows->new_marks, count, sizeof(*rows->new_marks), compare_marks);
	for (size_t i = 0; i < rows->mark_count; i++) {
		const struct mark *mark = &rows->marks[i];

		if ((count &&
		     bsearch(mark, rows->new_marks, count, sizeof(*mark), compare_marks)) ||
		    (mark->above && !ptree_tree_find_id(rows->gone.tree, mark->above)))
			continue;
		if (set_mark(rows, mark->above, mark->last))
			return; /* who was passed over may come, after all */
	}
}

void arrivals_keep_marks(struct rows *rows)
{
	struct mark *marks = rows->marks;
	size_t capacity;

	if (rows->keeps_marks)
		keep_old_marks(rows);
	capacity = rows->mark_capacity;
	rows->marks = rows->new_marks;
	rows->mark_count = rows->new_mark_count;
	rows->mark_capacity = rows->new_mark_capacity;
	rows->new_marks = marks;
	rows->new_mark_count = 0;
	rows->new_mark_capacity = capacity;
	if (rows->mark_count)
		qsort(rows->marks, rows->mark_count, sizeof(*rows->marks), compare_marks);
	rows->forgets_marks = false;
}
