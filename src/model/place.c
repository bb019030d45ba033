/* SPDX-License-Identifier: MIT */
/*
 * Where a candidate stands among those below the same one: on its line, which is that of its birth
 * or one that it took, or where the figures put it by which siblings are sorted.
 */
#include "model/rows-impl.h"

#include <errno.h>

#define UNSETTLED_MIN 256

struct jobs_line place_line(const struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *above = gone_above(&rows->gone, node);
	const struct jobs_lane *lane = jobs_lane(&rows->jobs, ptree_node_id(node));

	if (grouping_is_on(rows) && grouping_above(rows, node) != above)
		return gone_line(node);
	return lane && above && lane->above == ptree_node_id(above) ? lane->line : gone_line(node);
}

/* Who came since the last time takes the line of the oldest job below the same one. */
void place_take_line(struct rows *rows, const struct ptree_node *node, uint64_t above)
{
	const struct rows_scope *scope = &rows->scope;

	if (grouping_is_on(rows) && !grouping_above(rows, node))
		return;
	if (!rows->keeps_order || rows->is_second_pass || scope->exited == JOBS_STAY ||
	    ptree_node_id(node) <= rows->known || gone_is_over(node))
		return;
	if (collect_is_in_scope(rows, node) && match_node(rows->gone.match, rows->gone.tree, node))
		jobs_take_line(&rows->jobs, above, ptree_node_id(node));
}

/* ---- comparing ---- */

static int compare_lines(struct jobs_line x, struct jobs_line y)
{
	if (x.key != y.key)
		return x.key < y.key ? -1 : 1;
	return (x.tie > y.tie) - (x.tie < y.tie);
}

/* Who took a line can meet the one whose it was, who has come back since, and stands before it. */
int place_compare_lines(const struct standing *x, const struct standing *y)
{
	int order = compare_lines(x->line, y->line);

	if (x->group && y->group)
		return group_compare(x->group, y->group);
	if (x->group || y->group)
		return x->group ? -1 : 1;
	if (!order)
		order = compare_lines(gone_line(y->node), gone_line(x->node));
	if (!order && ptree_node_id(x->node) != ptree_node_id(y->node))
		order = ptree_node_id(x->node) < ptree_node_id(y->node) ? -1 : 1;
	return order;
}

static int compare(const struct rows *rows, const struct standing *x, const struct standing *y)
{
	int order = place_compare_lines(x, y);

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return !rows->must_order && order_is_by_line(&rows->scope) && rows->scope.is_reversed
		   ? -order
		   : order;
}

/* Of a process or of a job's row. node is NULL if it is not kept. */
struct standing place_standing(const struct rows *rows, const struct candidate *candidate)
{
	const struct job *job =
	    candidate->row.is_job ? jobs_find(&rows->jobs, candidate->row.process) : NULL;
	struct standing standing = {
		.node = ptree_tree_find_id(rows->gone.tree, candidate->row.process),
	};

	if (candidate->row.is_group)
		standing.group = &rows->groups.items[candidate->group].key;
	if (!standing.node && !standing.group)
		return standing;
	/* Where all is to be put in order yet, lines decide. */
	standing.key = rows->must_order ? 0 : order_key(rows, candidate, job);
	if (standing.group)
		return standing;
	standing.line = job ? job->line : place_line(rows, standing.node);
	if (rows->scope.is_list)
		standing.line = (struct jobs_line){ .key = (uint64_t)candidate->row.pid };
	return standing;
}

/* Threads come first, a summary last, and what an unfolded job shows before what stands below it.
 */
static bool comes_after(const struct rows *rows, const struct candidate *candidate,
			const struct standing *one)
{
	struct standing other;

	if (candidate->row.is_thread || candidate->is_inside)
		return false;
	if (candidate->row.is_summary)
		return true;
	other = place_standing(rows, candidate);
	return compare(rows, &other, one) > 0;
}

/* ---- finding ---- */

/* What has changed since it was placed there tells nothing, nor what is no longer kept. */
static bool is_unsettled(const struct rows *rows, const struct candidate *candidate)
{
	return candidate->is_unsettled ||
	       (candidate->row.is_job && (candidate->is_stale || !rows->places_jobs)) ||
	       (candidate->row.process &&
		!ptree_tree_find_id(rows->gone.tree, candidate->row.process));
}

struct search {
	const struct rows *rows;
	const struct standing *one;
};

static enum lineup_answer ask(uint32_t handle, const void *what)
{
	const struct search *search = what;
	const struct candidate *candidate = candidate_of(search->rows, handle);

	if (is_unsettled(search->rows, candidate))
		return LINEUP_UNKNOWN;
	return comes_after(search->rows, candidate, search->one) ? LINEUP_AFTER : LINEUP_BEFORE;
}

uint32_t place_find(const struct rows *rows, uint32_t above, const struct standing *one)
{
	const struct search search = { rows, one };

	return lineup_place(&rows->lineup, above, ask, &search);
}

bool place_is_right(const struct rows *rows, uint32_t handle, const struct standing *one)
{
	uint32_t prev = candidate_of(rows, handle)->prev, next = candidate_of(rows, handle)->next;

	while (prev != NO_CANDIDATE && is_unsettled(rows, candidate_of(rows, prev)))
		prev = candidate_of(rows, prev)->prev;
	while (next != NO_CANDIDATE && is_unsettled(rows, candidate_of(rows, next)))
		next = candidate_of(rows, next)->next;
	return (prev == NO_CANDIDATE || !comes_after(rows, candidate_of(rows, prev), one)) &&
	       (next == NO_CANDIDATE || comes_after(rows, candidate_of(rows, next), one));
}

/* ---- what changes its figures ---- */

/* It and those above it, whose sums change with it. */
int place_unsettle(struct rows *rows, uint32_t handle)
{
	if (!rows->scope.sort || rows->must_order)
		return 0;
	for (; handle != NO_CANDIDATE && !candidate_of(rows, handle)->is_unsettled;
	     handle = candidate_of(rows, handle)->above) {
		if (array_reserve(&rows->unsettled, &rows->unsettled_capacity,
				  rows->unsettled_count + 1, sizeof(*rows->unsettled)))
			return -ENOMEM;
		rows->unsettled[rows->unsettled_count++] = handle;
		candidate_of(rows, handle)->is_unsettled = true;
		grouping_unsettle(rows, handle);
	}
	return 0;
}

static int settle(struct rows *rows, uint32_t handle)
{
	const struct standing one = place_standing(rows, candidate_of(rows, handle));
	uint32_t above = candidate_of(rows, handle)->above, before;

	if ((!one.node && !one.group) || place_is_right(rows, handle, &one))
		return 0;
	before = place_find(rows, above, &one);
	if (before == handle)
		before = candidate_of(rows, handle)->next;
	return lineup_move(&rows->lineup, handle, above, before);
}

/* First all sums are right. */
static void weigh_unsettled(struct rows *rows)
{
	for (size_t i = 0; i < rows->unsettled_count; i++) {
		if (candidate_of(rows, rows->unsettled[i])->is_unsettled)
			order_weigh(rows, rows->unsettled[i]);
	}
}

/* 1: so many that it is quicker to sort all. */
int place_settle(struct rows *rows)
{
	int err =
	    rows->unsettled_count > UNSETTLED_MIN && rows->unsettled_count > rows->lineup.count / 8;

	if (!err && order_is_by_weight(&rows->scope))
		weigh_unsettled(rows);
	for (size_t i = 0; i < rows->unsettled_count && !err; i++) {
		uint32_t handle = rows->unsettled[i];

		if (!candidate_of(rows, handle)->is_unsettled) /* it has gone, or is another one */
			continue;
		err = settle(rows, handle);
		candidate_of(rows, handle)->is_unsettled = false;
	}
	rows->unsettled_count = 0;
	return err;
}
