/* SPDX-License-Identifier: MIT */
/* Rows: those of the lineup that filter and folds leave, as they are read. */
#include "model/rows.h"
#include "model/cursor.h"
#include "model/field.h"
#include "model/filter.h"
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

struct rows *rows_new(void)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return NULL;
	lineup_init(&rows->lineup);
	groups_init(&rows->groups);
	rows->sums = calloc(1, sizeof(*rows->sums));
	if (!rows->sums) {
		free(rows);
		return NULL;
	}
	folds_unfold_all(&rows->folds);
	rows->folds.unfolds_kernel = false;
	rows->must_collect = rows->misses_exits = true;
	return rows;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	lineup_clear(&rows->lineup);
	groups_clear(&rows->groups);
	sums_clear(rows->sums);
	free(rows->sums);
	folds_clear(&rows->folds);
	jobs_clear(&rows->jobs);
	gone_clear(&rows->gone);
	free(rows->active);
	free(rows->newcomers);
	free(rows->branch);
	free(rows->unsettled);
	free(rows->extras);
	free(rows->scratch);
	free(rows->frames);
	free(rows->seen);
	free(rows->tallies);
	free(rows->summaries);
	free(rows->arrivals);
	free(rows->exits);
	free(rows->marks);
	free(rows->new_marks);
	free(rows);
}

/* Filter and users belong to somebody else, who may free them later. */
static void borrow(struct rows *rows, const struct ptree_tree *tree, const struct match *match)
{
	rows->gone.tree = tree;
	rows->gone.match = match;
	rows->has_filter = match_is_set(match);
}

/* ---- collecting ---- */

static bool is_same_scope(const struct rows_scope *a, const struct rows_scope *b)
{
	return a->only_watched == b->only_watched && a->is_list == b->is_list &&
	       a->group == b->group && a->by_origin == b->by_origin &&
	       a->hides_kernel_threads == b->hides_kernel_threads &&
	       a->shows_threads == b->shows_threads && a->exited == b->exited &&
	       a->sort == b->sort && a->is_reversed == b->is_reversed;
}

/* Else all is collected for each change. */
static bool can_follow(const struct rows_scope *scope)
{
	return !(scope->by_origin && scope->group != GROUP_NONE);
}

/* 1: it is in another scope, or a sum by which its group stands has changed. */
static int match_one(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	struct candidate *candidate = candidate_of(rows, handle);
	bool is_match;

	if (collect_is_in_scope(rows, node) == candidate->is_ghost)
		return 1;
	is_match = !candidate->is_ghost && !candidate->is_past &&
		   match_node(rows->gone.match, rows->gone.tree, node);
	candidate->is_closed = collect_wants_closed(rows, candidate);
	if (is_match == candidate->is_match)
		return 0;
	candidate->is_match = is_match;
	threads_put_match(rows, handle, is_match);
	lineup_note_match(&rows->lineup, handle);
	return grouping_sorts_by_sum(rows);
}

/* Of all that is there by another filter. 1: collect all. */
static int match_all(struct rows *rows)
{
	struct lineup_range all = lineup_all(&rows->lineup);
	const struct ptree_node *nodes[LINEUP_BLOCK_ITEMS];
	struct lineup_part part;
	int err = 0;

	while (!err && lineup_next_part(&all, &part)) {
		collect_nodes(rows, &part, nodes);
		for (uint32_t i = 0; i < part.count && !err; i++) {
			if (nodes[i])
				err = match_one(rows, part.handles[i], nodes[i]);
		}
	}
	if (!err)
		lineup_count(&rows->lineup);
	return err;
}

/* A second more, and another process can match. */
static bool has_time_changed_matches(struct rows *rows, const struct rows_scope *scope)
{
	const struct filter *filter = rows->gone.match->filter;

	if (!filter || !filter_changes_with_time(filter) ||
	    (scope->now_ns >= rows->matched_ns && scope->now_ns < rows->matched_ns + NS_PER_S))
		return false;
	rows->matched_ns = scope->now_ns;
	return true;
}

/* What is to be shown; else all that is there can be kept. */
static void take_scope(struct rows *rows, const struct ptree_tree *tree,
		       const struct rows_scope *scope)
{
	rows->must_collect |=
	    rows->of != tree || !is_same_scope(&rows->scope, scope) || !can_follow(scope);
	rows->is_other_view =
	    rows->of != tree || !is_same_scope(&rows->scope, scope) || rows->forgets_jobs;
	rows->must_match |= has_time_changed_matches(rows, scope);
	rows->scope = *scope;
	rows->of = tree;
	rows->keeps_order = !scope->sort && !scope->is_reversed && !scope->is_list;
}

static int collect(struct rows *rows)
{
	int err = rows->must_collect || rows->has_circle;

	rows->youngest = rows->known;
	rows->newcomer_count = 0;
	if (!err)
		err = follow_tree(rows);
	if (!err && rows->must_match)
		err = match_all(rows);
	rows->must_match = false;
	if (err > 0)
		err = collect_all(rows);
	rows->must_collect = err != 0;
	return err;
}

/* With the rows of what is over, in their order. */
static int finish(struct rows *rows, const struct rows_scope *scope, struct cursor *cursor)
{
	int err = gather_extras(rows);

	if (!err && rows->must_order)
		err = order_lineup(rows);
	rows->must_order = false;
	lineup_settle(&rows->lineup);
	if (!err)
		cursor_settle(cursor, rows, scope->height);
	if (!err && rows->is_other_view)
		cursor_fill(cursor, rows, scope->height);
	return err;
}

/* The jobs have changed, and with them what is there for their sake. */
static int finish_again(struct rows *rows, const struct rows_scope *scope, struct cursor *cursor)
{
	int err;

	rows->is_second_pass = true;
	err = can_follow(scope) ? 0 : collect_all(rows);
	return err ? err : finish(rows, scope, cursor);
}

int rows_collect(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		 const struct match *match, struct cursor *cursor)
{
	int result;

	borrow(rows, tree, match);
	rows->gone.by_origin = scope->by_origin;
	rows->is_second_pass = false;
	take_scope(rows, tree, scope);
	result = living_prepare(rows, tree, scope, cursor);
	if (!result)
		result = collect(rows);
	if (!result)
		result = finish(rows, scope, cursor);
	if (!result)
		result = living_apply(rows, scope, cursor);
	rows->gathers = false;
	if (result > 0)
		result = finish_again(rows, scope, cursor);
	if (!result)
		result = living_remember(rows, tree, scope, cursor);
	rows->gone.match = NULL;
	if (result) {
		lineup_empty(&rows->lineup);
		lineup_settle(&rows->lineup);
		rows->extra_count = 0;
		rows->must_collect = true;
	}
	return result;
}

/* ---- reading ---- */

uint32_t rows_count(const struct rows *rows)
{
	return rows->lineup.row_count;
}

uint32_t rows_parent(const struct rows *rows, const struct row *row)
{
	uint32_t above =
	    lineup_drawn_above(&rows->lineup, lineup_find(&rows->lineup, row->id, row->is_job));

	return above == NO_CANDIDATE ? NO_ROW : lineup_index(&rows->lineup, above);
}

uint32_t rows_hidden(const struct rows *rows, const struct row *row)
{
	if (!row->is_folded || row->is_job)
		return 0;
	return lineup_hidden(&rows->lineup, lineup_find(&rows->lineup, row->id, false));
}

uint64_t rows_changed_ns(const struct rows *rows, const struct row *row, uint8_t *change)
{
	const struct candidate *candidate = (const struct candidate *)row;
	struct sums_count below;

	*change = candidate->change;
	if (!row->is_folded || row->is_job)
		return candidate->changed_ns;
	below = sums_count_below(rows, lineup_find(&rows->lineup, row->id, false));
	if (below.latest_ns <= candidate->changed_ns)
		return candidate->changed_ns;
	*change = below.change;
	return below.latest_ns;
}

/* The next row is below it. */
static bool shows_children(const struct rows *rows, uint32_t handle)
{
	uint32_t next = lineup_row_from(&rows->lineup, lineup_after(&rows->lineup, handle));

	return next != NO_CANDIDATE &&
	       candidate_of(rows, next)->row.depth > candidate_of(rows, handle)->row.depth;
}

static bool is_last(const struct rows *rows, uint32_t handle)
{
	const struct lineup *lineup = &rows->lineup;
	uint32_t next = lineup_row_from(lineup, lineup_skip(lineup, handle));

	return next == NO_CANDIDATE ||
	       lineup_drawn_above(lineup, next) != lineup_drawn_above(lineup, handle);
}

static bool is_folded(const struct rows *rows, uint32_t handle)
{
	const struct candidate *candidate = candidate_of(rows, handle);

	return candidate->row.is_job
		   ? gather_is_folded(rows, handle)
		   : candidate->is_closed && candidate->matching > candidate->is_match;
}

/* What depends on the others. */
static void describe(const struct rows *rows, uint32_t handle)
{
	struct candidate *candidate = candidate_of(rows, handle);
	struct row *row = &candidate->row;

	row->is_folded = row->is_job
			     ? gather_is_folded(rows, handle)
			     : candidate->is_closed && candidate->matching > candidate->is_match;
	row->has_children = row->is_folded || shows_children(rows, handle);
	row->is_last = is_last(rows, handle);
	row->is_context = !candidate->is_match && !candidate->is_past;
}

const struct row *rows_at(const struct rows *rows, uint32_t index)
{
	uint32_t handle = lineup_row(&rows->lineup, index);

	if (handle == NO_CANDIDATE)
		return NULL;
	describe(rows, handle);
	return &candidate_of(rows, handle)->row;
}

static uint32_t find(const struct rows *rows, uint64_t id)
{
	uint32_t handle = lineup_find(&rows->lineup, id, false);

	return handle == NO_CANDIDATE ? lineup_find(&rows->lineup, id, true) : handle;
}

uint32_t rows_find(const struct rows *rows, uint64_t id)
{
	uint32_t handle = find(rows, id);

	return handle == NO_CANDIDATE ? NO_ROW : lineup_index(&rows->lineup, handle);
}

struct rows_tally rows_tally(const struct rows *rows)
{
	struct rows_tally tally = rows->lineup.tally;

	for (size_t i = 0; i < rows->jobs.count; i++)
		tally.gone += rows->jobs.items[i].lines ? rows->jobs.items[i].matching : 0;
	return tally;
}

static uint32_t step(const struct lineup *lineup, uint32_t handle, bool backwards)
{
	uint32_t at = handle;

	if (at != NO_CANDIDATE)
		at = backwards ? lineup_before(lineup, at) : lineup_after(lineup, at);
	if (at != NO_CANDIDATE)
		return at;
	return backwards ? lineup_last(lineup) : lineup_first(lineup);
}

uint64_t rows_search(const struct rows *rows, uint64_t from, bool backwards,
		     bool (*matches)(const struct row *row, const void *what), const void *what)
{
	uint32_t at = find(rows, from);

	for (uint32_t i = 0; i < rows->lineup.count; i++) {
		at = step(&rows->lineup, at, backwards);
		if (lineup_is_needed(&rows->lineup, at) &&
		    matches(&candidate_of(rows, at)->row, what))
			return candidate_of(rows, at)->row.id;
	}
	return 0;
}

/* ---- folding ---- */

bool rows_have_folds(const struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		if (lineup_is_row(&rows->lineup, handle) && is_folded(rows, handle))
			return true;
	}
	return false;
}

void rows_set_folded(struct rows *rows, uint64_t id, bool folded)
{
	uint32_t handle = find(rows, id);

	folds_set(&rows->folds, id, folded);
	if (handle == NO_CANDIDATE)
		return;
	lineup_set_closed(&rows->lineup, handle,
			  collect_wants_closed(rows, candidate_of(rows, handle)));
	lineup_settle(&rows->lineup);
}

static void close_folds(struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		struct candidate *candidate = candidate_of(rows, handle);

		candidate->is_closed = collect_wants_closed(rows, candidate);
	}
}

static void fold_anew(struct rows *rows)
{
	close_folds(rows);
	lineup_count(&rows->lineup);
	lineup_settle(&rows->lineup);
}

void rows_fold_all(struct rows *rows)
{
	rows_fold_at_depth(rows, 1);
}

void rows_unfold_all(struct rows *rows)
{
	folds_unfold_all(&rows->folds);
	fold_anew(rows);
}

void rows_fold_at_depth(struct rows *rows, uint32_t depth)
{
	folds_fold_at_depth(&rows->folds, depth);
	fold_anew(rows);
}

bool rows_reveal(struct rows *rows, uint64_t id)
{
	uint32_t handle = find(rows, id);

	if (handle == NO_CANDIDATE)
		return false;
	for (handle = candidate_of(rows, handle)->above; handle != NO_CANDIDATE;
	     handle = candidate_of(rows, handle)->above) {
		if (candidate_of(rows, handle)->is_closed)
			rows_set_folded(rows, candidate_of(rows, handle)->row.id, false);
	}
	return true;
}
