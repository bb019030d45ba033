/* SPDX-License-Identifier: MIT */
/*
 * Which rows: filter and folds choose them among the candidates. Reading them, and searching.
 */
#include "model/cursor.h"
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

#define KTHREADD_PID 2

struct rows *rows_new(void)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	if (rows)
		folds_unfold_all(&rows->folds);
	if (rows)
		rows->folds.unfolds_kernel = false;
	return rows;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	folds_clear(&rows->folds);
	jobs_clear(&rows->jobs);
	gone_clear(&rows->gone);
	free(rows->candidates);
	free(rows->order);
	free(rows->scratch);
	free(rows->frames);
	free(rows->seen);
	free(rows->tallies);
	free(rows->summaries);
	free(rows->arrivals);
	free(rows->marks);
	free(rows->new_marks);
	free(rows->bridges);
	free(rows);
}

/* ---- arranging ---- */

static bool is_match(const struct rows *rows, const struct candidate *candidate,
		     const struct ptree_tree *tree, const struct match *match)
{
	const struct ptree_node *node;

	if (!match_is_set(match))
		return true;
	if (candidate->job != NO_JOB && (rows->jobs.items[candidate->job].matching ||
					 rows->jobs.items[candidate->job].is_pinned))
		return true;
	node = ptree_tree_find_id(tree, candidate->row.process);
	return node && match_node(match, tree, node);
}

static void count_match(struct rows *rows, const struct candidate *candidate)
{
	if (!candidate->is_process || candidate->job != NO_JOB)
		return;
	rows->tally.matching += candidate->is_match;
	rows->tally.context += candidate->is_needed && !candidate->is_match;
	rows->tally.left_out += !candidate->is_needed && !candidate->is_past;
}

static void need_above(struct rows *rows, const struct candidate *candidate)
{
	struct candidate *above = &rows->candidates[candidate->above];

	above->is_needed = true;
	above->row.has_children = true;
	above->is_needed_alive |= candidate->is_needed_alive;
}

/* A child comes after its parent, so that one pass from the end settles who is needed. */
static void mark_needed(struct rows *rows, const struct ptree_tree *tree, const struct match *match)
{
	rows->tally = (struct rows_tally){ 0 };
	for (size_t i = rows->candidate_count; i-- > 0;) {
		rows->candidates[i].is_needed = rows->candidates[i].is_needed_alive = false;
		rows->candidates[i].row.has_children = false;
		rows->candidates[i].place = NO_ROW;
	}
	for (size_t i = rows->candidate_count; i-- > 0;) {
		struct candidate *candidate = &rows->candidates[i];

		candidate->is_match = !candidate->is_past && is_match(rows, candidate, tree, match);
		candidate->is_needed |= candidate->is_match;
		candidate->is_needed_alive |= candidate->is_match && candidate->job == NO_JOB;
		if (candidate->is_needed && candidate->above != NO_ROW)
			need_above(rows, candidate);
		count_match(rows, candidate);
	}
}

/* What is over is folded unless somebody unfolds it: then it shows what is over below it. */
static bool is_job_folded(const struct rows *rows, const struct candidate *candidate,
			  const struct ptree_tree *tree)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, candidate->row.process);
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];

	if (candidate->row.has_children || !node)
		return false;
	if (!(job && job->count > 1) && !gone_has_inside(&rows->gone, node))
		return false;
	return folds_told(&rows->folds, candidate->row.id) != FOLDS_UNFOLDED;
}

static bool is_folded(const struct rows *rows, const struct row *row, bool has_filter)
{
	enum folds_answer told;

	if (!row->has_children)
		return false;
	told = folds_told(&rows->folds, row->id);
	if (told != FOLDS_UNTOLD)
		return told == FOLDS_FOLDED;
	if (row->is_kernel && row->pid == KTHREADD_PID && !rows->folds.unfolds_kernel &&
	    !has_filter)
		return true;
	return row->depth >= rows->folds.depth;
}

/* Passes over what is below a folded row, which counts it and changes when it changes. */
static size_t fold_away(struct rows *rows, size_t index, struct row *row)
{
	uint32_t depth = rows->candidates[index].row.depth;

	for (index++; index < rows->candidate_count && rows->candidates[index].row.depth > depth;
	     index++) {
		const struct candidate *candidate = &rows->candidates[index];

		if (!candidate->is_needed)
			continue;
		row->hidden += !candidate->row.is_summary && candidate->job == NO_JOB;
		if (candidate->own_changed_ns <= row->changed_ns)
			continue;
		row->changed_ns = candidate->own_changed_ns;
		row->change = candidate->own_change;
	}
	return index;
}

/* From below, the first child that is met of each parent is its last. */
static void mark_last(struct rows *rows)
{
	bool has_top = false;

	for (size_t i = rows->row_count; i-- > 0;) {
		struct candidate *candidate = &rows->candidates[rows->order[i]];
		struct row *row = &candidate->row;
		struct row *parent =
		    candidate->above == NO_ROW ? NULL : &rows->candidates[candidate->above].row;

		row->is_last = parent ? !parent->has_children : !has_top;
		if (parent)
			parent->has_children = true;
		else
			has_top = true;
	}
}

static int add_row(struct rows *rows, size_t index)
{
	struct candidate *candidate = &rows->candidates[index];
	struct row *row = &candidate->row;

	if (array_reserve(&rows->order, &rows->row_capacity, rows->row_count + 1,
			  sizeof(*rows->order)))
		return -ENOMEM;
	row->parent =
	    candidate->above == NO_ROW ? NO_ROW : rows->candidates[candidate->above].place;
	row->changed_ns = candidate->own_changed_ns;
	row->change = candidate->own_change;
	row->hidden = 0;
	row->is_context = !candidate->is_match && !candidate->is_past;
	candidate->place = (uint32_t)rows->row_count;
	rows->order[rows->row_count++] = (uint32_t)index;
	return 0;
}

/* ---- what an unfolded job shows ---- */

static int compare_birth(const void *a, const void *b)
{
	const struct jobs_line x = gone_line(*(const struct ptree_node *const *)a);
	const struct jobs_line y = gone_line(*(const struct ptree_node *const *)b);

	if (x.key != y.key)
		return x.key > y.key ? -1 : 1;
	return (x.tie < y.tie) - (x.tie > y.tie);
}

/* Those that have a row below it already stay there. */
static bool is_below_already(const struct rows *rows, const struct ptree_node *node)
{
	const struct job *job = jobs_find(&rows->jobs, ptree_node_id(node));

	return job && job->count == 1;
}

/* Onto the stack, so that the first by birth is popped first. */
static int push_inside(struct rows *rows, const struct ptree_node *node)
{
	struct gone *gone = &rows->gone;
	size_t bottom = gone->count;
	const struct ptree_node *at = gone_first(gone, node);

	for (; at; at = gone_next(gone, at)) {
		if (!is_below_already(rows, at) && !gone_push(gone, at))
			return -ENOMEM;
	}
	if (gone->count > bottom)
		qsort(gone->nodes + bottom, gone->count - bottom, sizeof(const struct ptree_node *),
		      compare_birth);
	return 0;
}

/* Those who share the row: the siblings that are alike, from its oldest to its newest. */
static int push_sharing(struct rows *rows, const struct job *job)
{
	struct gone *gone = &rows->gone;
	const struct ptree_node *newest = ptree_tree_find_id(gone->tree, job->newest);
	const struct ptree_node *at = newest;
	uint32_t left = job->count;
	size_t bottom = gone->count;

	for (; at && left; at = gone_next(gone, at)) {
		if (gone_alike(at) != job->alike)
			continue;
		if (!gone_push(gone, at))
			return -ENOMEM;
		left--;
	}
	if (gone->count > bottom)
		qsort(gone->nodes + bottom, gone->count - bottom, sizeof(const struct ptree_node *),
		      compare_birth);
	return 0;
}

/* A row for one that is over, below another candidate. */
static int add_inside(struct rows *rows, const struct ptree_node *node, uint32_t above)
{
	uint32_t depth = rows->candidates[above].row.depth + 1;
	struct candidate *candidate = collect_exited(rows, node, depth);

	if (!candidate)
		return -ENOMEM;
	candidate->above = above;
	candidate->is_match = candidate->is_needed = true;
	return add_row(rows, rows->candidate_count - 1);
}

/* Whom the popped one stands below: the last candidate above that is less deep than those of its
   level. Levels are as many as folds were opened, one within the other. */
struct level {
	size_t bottom; /* of the stack: above it lie the level's own */
	uint32_t above;
};
#define LEVELS_MAX 64

static int open_level(struct rows *rows, struct level *levels, unsigned *depth, uint32_t above)
{
	const struct candidate *candidate = &rows->candidates[above];
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, candidate->row.process);

	if (*depth == LEVELS_MAX || !node)
		return 0;
	levels[*depth] = (struct level){ rows->gone.count, above };
	(*depth)++;
	return job && job->count > 1 ? push_sharing(rows, job) : push_inside(rows, node);
}

static int show_inside(struct rows *rows, size_t index, const struct ptree_tree *tree)
{
	struct level levels[LEVELS_MAX];
	unsigned depth = 0;
	size_t bottom = rows->gone.count;
	int err = open_level(rows, levels, &depth, (uint32_t)index);

	while (!err && depth) {
		const struct level *level = &levels[depth - 1];
		const struct ptree_node *node;
		struct candidate *candidate;

		if (rows->gone.count == level->bottom) {
			depth--;
			continue;
		}
		node = rows->gone.nodes[--rows->gone.count];
		err = add_inside(rows, node, level->above);
		candidate = &rows->candidates[rows->candidate_count - 1];
		if (err || !gone_has_inside(&rows->gone, node))
			continue;
		candidate->row.is_folded = is_job_folded(rows, candidate, tree);
		if (!candidate->row.is_folded)
			err = open_level(rows, levels, &depth, (uint32_t)rows->candidate_count - 1);
	}
	rows->gone.count = bottom;
	return err;
}

static bool is_unfolded_job(const struct rows *rows, const struct candidate *candidate)
{
	return candidate->job != NO_JOB &&
	       folds_told(&rows->folds, candidate->row.id) == FOLDS_UNFOLDED;
}

/* One candidate and what it takes along; *index goes on to the next. */
static int arrange_one(struct rows *rows, const struct ptree_tree *tree, bool has_filter,
		       size_t *index)
{
	size_t at = *index;
	struct row *row = &rows->candidates[at].row;
	bool is_job = rows->candidates[at].job != NO_JOB;

	*index = at + 1;
	if (!rows->candidates[at].is_needed)
		return 0;
	if (add_row(rows, at))
		return -ENOMEM;
	row->is_folded = is_job ? is_job_folded(rows, &rows->candidates[at], tree)
				: is_folded(rows, row, has_filter);
	row->has_children = row->is_folded;
	if (row->is_folded && !is_job)
		*index = fold_away(rows, at, row);
	if (is_unfolded_job(rows, &rows->candidates[at]))
		return show_inside(rows, at, tree);
	return 0;
}

/* Folded ones inside unfolded jobs have children that are not among the rows. */
static void mark_folded(struct rows *rows)
{
	for (size_t i = 0; i < rows->row_count; i++) {
		struct row *row = &rows->candidates[rows->order[i]].row;

		row->has_children |= row->is_folded;
	}
}

static int arrange(struct rows *rows, const struct ptree_tree *tree, const struct match *match)
{
	size_t i = 0;
	int err = 0;

	rows->candidate_count = rows->collected_count;
	mark_needed(rows, tree, match);
	rows->row_count = 0;
	while (!err && i < rows->collected_count)
		err = arrange_one(rows, tree, match_is_set(match), &i);
	if (err) {
		rows->row_count = 0;
		return err;
	}
	mark_last(rows);
	mark_folded(rows);
	return 0;
}

/* Filter and users belong to somebody else, who may free them later. */
static void borrow(struct rows *rows, const struct ptree_tree *tree, const struct match *match)
{
	rows->gone.tree = tree;
	rows->gone.match = match;
}

int rows_arrange(struct rows *rows, const struct ptree_tree *tree, const struct match *match)
{
	int err;

	borrow(rows, tree, match);
	err = arrange(rows, tree, match);
	rows->gone.match = NULL;
	return err;
}

/* ---- collecting ---- */

static int collect_once(struct rows *rows, const struct ptree_tree *tree,
			const struct rows_scope *scope, const struct match *match,
			struct cursor *cursor)
{
	int err = collect_candidates(rows, tree, scope, match);

	if (!err)
		err = arrange(rows, tree, match);
	if (!err)
		cursor_settle(cursor, rows, scope->height);
	return err;
}

int rows_collect(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		 const struct match *match, struct cursor *cursor)
{
	int result;

	borrow(rows, tree, match);
	rows->gone.by_origin = scope->by_origin;
	rows->is_second_pass = false;
	result = living_prepare(rows, tree, scope, cursor);
	if (!result)
		result = collect_once(rows, tree, scope, match, cursor);
	if (!result)
		result = living_apply(rows, scope, cursor);
	rows->gathers = false;
	if (result > 0) {
		rows->is_second_pass = true;
		result = collect_once(rows, tree, scope, match, cursor);
	}
	if (!result)
		result = living_remember(rows, tree, scope, cursor);
	rows->gone.match = NULL;
	if (result)
		rows->collected_count = rows->candidate_count = rows->row_count = 0;
	return result;
}

/* ---- reading ---- */

uint32_t rows_count(const struct rows *rows)
{
	return (uint32_t)rows->row_count;
}

const struct row *rows_at(const struct rows *rows, uint32_t index)
{
	return index < rows->row_count ? &rows->candidates[rows->order[index]].row : NULL;
}

uint32_t rows_find(const struct rows *rows, uint64_t id)
{
	for (size_t i = 0; i < rows->row_count; i++) {
		if (rows->candidates[rows->order[i]].row.id == id)
			return (uint32_t)i;
	}
	return NO_ROW;
}

struct rows_tally rows_tally(const struct rows *rows)
{
	return rows->tally;
}

static size_t find_candidate(const struct rows *rows, uint64_t id)
{
	size_t i = 0;

	while (i < rows->candidate_count && rows->candidates[i].row.id != id)
		i++;
	return i;
}

uint64_t rows_search(const struct rows *rows, uint64_t from, bool backwards,
		     bool (*matches)(const struct row *row, const void *what), const void *what)
{
	size_t count = rows->candidate_count;
	size_t at = find_candidate(rows, from);

	for (size_t i = 0; i < count; i++) {
		const struct candidate *candidate;

		if (backwards)
			at = at == 0 || at > count ? count - 1 : at - 1;
		else
			at = at + 1 >= count ? 0 : at + 1;
		candidate = &rows->candidates[at];
		if (candidate->is_needed && matches(&candidate->row, what))
			return candidate->row.id;
	}
	return 0;
}

/* ---- folding ---- */

void rows_set_folded(struct rows *rows, uint64_t id, bool folded)
{
	folds_set(&rows->folds, id, folded);
}

void rows_fold_all(struct rows *rows)
{
	rows_fold_at_depth(rows, 1);
}

void rows_unfold_all(struct rows *rows)
{
	folds_unfold_all(&rows->folds);
}

void rows_fold_at_depth(struct rows *rows, uint32_t depth)
{
	folds_fold_at_depth(&rows->folds, depth);
}

bool rows_reveal(struct rows *rows, uint64_t id)
{
	size_t at = find_candidate(rows, id);
	uint32_t parent;

	if (at == rows->candidate_count)
		return false;
	for (parent = rows->candidates[at].above; parent != NO_ROW;
	     parent = rows->candidates[parent].above) {
		if (is_folded(rows, &rows->candidates[parent].row, false))
			rows_set_folded(rows, rows->candidates[parent].row.id, false);
	}
	return true;
}
