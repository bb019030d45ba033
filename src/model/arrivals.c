/* SPDX-License-Identifier: MIT */
/*
 * Who is over since the last look and was never seen alive: found from each parent's last exit back
 * to the one that was known, and turned into jobs that would stand somewhere in the window.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

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

/* The topmost ones that are in scope: below one that is not they stand for themselves. */
static int add_arrivals_below(struct rows *rows, const struct ptree_node *node,
			      const struct frame *frame, const struct rows_scope *scope)
{
	size_t bottom = rows->gone.count;
	int err = gone_push(&rows->gone, node) ? 0 : -ENOMEM;

	while (!err && rows->gone.count > bottom) {
		const struct ptree_node *at = rows->gone.nodes[--rows->gone.count];

		if (collect_is_in_scope(at, scope)) {
			err = add_arrival(rows, at, frame->above, frame->parent);
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
int arrivals_gather(struct rows *rows, const struct ptree_node *parent, const struct frame *frame,
		    const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_node_last_exited(parent);
	const struct mark *mark = rows->forgets_marks ? NULL : find_mark(rows, frame->above);

	if (!node)
		return 0;
	if (set_mark(rows, frame->above, ptree_node_id(node)))
		return -ENOMEM;
	for (; node && is_recent(node, scope); node = ptree_node_prev_exited(node)) {
		if (mark && mark->last == ptree_node_id(node))
			break;
		if (gone_is_job(&rows->gone, node) &&
		    !jobs_find(&rows->jobs, ptree_node_id(node)) &&
		    (rows->forgets_marks ||
		     !jobs_was_displaced(&rows->jobs, ptree_node_id(node))) &&
		    add_arrivals_below(rows, node, frame, scope))
			return -ENOMEM;
	}
	return 0;
}

/* In lineage they are among the candidates: the topmost of those from whom nothing lives. */
int arrivals_gather_forked(struct rows *rows, const struct rows_scope *scope)
{
	for (size_t i = rows->candidate_count; i-- > 0;) {
		struct candidate *candidate = &rows->candidates[i];

		candidate->is_needed_alive |= !candidate->is_past && candidate->job == NO_JOB;
		if (candidate->is_needed_alive && candidate->above != NO_ROW)
			rows->candidates[candidate->above].is_needed_alive = true;
	}
	for (size_t i = 0; i < rows->candidate_count; i++) {
		const struct candidate *candidate = &rows->candidates[i];
		uint32_t above = candidate->above;
		const struct ptree_node *node =
		    ptree_tree_find_id(rows->gone.tree, candidate->row.process);

		if (!candidate->is_past || candidate->is_needed_alive || !is_recent(node, scope))
			continue;
		if ((above == NO_ROW || rows->candidates[above].is_needed_alive) &&
		    add_arrival(rows, node,
				above == NO_ROW ? 0 : rows->candidates[above].row.process, above))
			return -ENOMEM;
	}
	return 0;
}

/* ---- where they would stand ---- */

/* Where the last of those below a row would stand. */
static size_t end_of(const struct rows *rows, uint32_t row)
{
	size_t at = (size_t)row + 1;

	if (row == NO_ROW)
		return rows->row_count;
	while (at < rows->row_count &&
	       rows_at(rows, (uint32_t)at)->depth > rows_at(rows, row)->depth)
		at++;
	return at;
}

static size_t place_in_list(const struct rows *rows, const struct ptree_node *node,
			    const struct rows_scope *scope)
{
	size_t at = 0;

	if (scope->sort || scope->is_reversed)
		return rows->row_count;
	while (at < rows->row_count && rows_at(rows, (uint32_t)at)->pid < ptree_node_pid(node))
		at++;
	return at;
}

/* The lines that an arrival would cost; 0: it has no place in the window. */
static uint32_t lines_of(const struct rows *rows, const struct arrival *arrival,
			 const struct rows_scope *scope, const struct cursor *cursor)
{
	uint32_t lines = 1, at = scope->is_list ? NO_ROW : arrival->parent;
	const struct candidate *parent;
	size_t end;

	while (at != NO_ROW && rows->candidates[at].place == NO_ROW) {
		if (rows->candidates[at].is_needed)
			return 0; /* folded away */
		lines++;
		at = rows->candidates[at].above;
	}
	parent = at == NO_ROW ? NULL : &rows->candidates[at];
	if (parent && parent->row.is_folded)
		return 0;
	end = scope->is_list ? place_in_list(rows, arrival->node, scope)
			     : end_of(rows, parent ? parent->place : NO_ROW);
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

void arrivals_keep_marks(struct rows *rows)
{
	struct mark *marks = rows->marks;
	size_t capacity = rows->mark_capacity;

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
