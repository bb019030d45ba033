/* SPDX-License-Identifier: MIT */
/* What is over and has no row: told behind the row of its parent, or in a line of its own. */
#include "model/rows-impl.h"

#include <errno.h>

#define SUMMARY_SHARE 5	   /* that part of the lines is left free for those who come */
#define SUMMARY_COMMANDS 3 /* with fewer the suffix of a row tells all */

/* What a job's row tells. Of the names of those who share one the newest's are taken for all. */
static struct ptree_summary told_by(struct rows *rows, const struct ptree_tree *tree,
				    const struct job *job)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, job->newest);
	struct ptree_summary told = { 0 };

	if (node)
		gone_add_one(&told, node);
	if (node)
		gone_add_below(&rows->gone, &told, node);
	for (unsigned i = 0; i < told.command_count; i++)
		told.commands[i].count *= job->count;
	told.gone = match_is_set(rows->gone.match) ? job->matching : job->processes;
	told.failed = job->failed;
	told.cpu_ns = job->cpu_ns;
	told.cpu_unknown = job->cpu_unknown;
	return told;
}

/* All that is told by rows of their own is no part of it. */
static void subtract_jobs(struct rows *rows, const struct ptree_tree *tree, uint64_t above,
			  struct ptree_summary *gone)
{
	size_t count;
	const struct job *job = jobs_below(&rows->jobs, above, &count);

	for (size_t i = 0; i < count; i++) {
		const struct ptree_summary told = told_by(rows, tree, &job[i]);

		gone_subtract(gone, &told);
	}
}

/* Nor are zombies, which are rows among the living, with what is over below them. */
static void subtract_zombies(struct rows *rows, const struct ptree_tree *tree,
			     const struct ptree_node *node, struct ptree_summary *gone)
{
	struct ptree_tree_counts counts;
	const struct ptree_node *child = ptree_node_first_child(node);

	ptree_tree_get_counts(tree, &counts);
	if (!counts.zombies || rows->gone.by_origin || match_is_set(rows->gone.match))
		return;
	for (; child; child = ptree_node_next_sibling(child)) {
		struct ptree_summary told = { 0 };

		if (!ptree_node_has_ended(child))
			continue;
		gone_add_one(&told, child);
		gone_add_below(&rows->gone, &told, child);
		gone_subtract(gone, &told);
	}
}

static void add_gone_below(struct rows *rows, const struct ptree_tree *tree, uint32_t handle,
			   struct ptree_summary *gone)
{
	const struct candidate *candidate = candidate_of(rows, handle);
	const struct ptree_node *node =
	    candidate->is_process ? ptree_tree_find_id(tree, candidate->row.process) : NULL;

	if (!node || candidate->is_ghost)
		return;
	gone_add_below(&rows->gone, gone, node);
	subtract_zombies(rows, tree, node, gone);
}

static bool is_folded(const struct candidate *candidate)
{
	return candidate->is_closed && candidate->matching > candidate->is_match;
}

/* A group's is its own; nobody is over below it while what is in it has rows. */
static uint64_t tally_key(const struct row *row)
{
	return row->is_group ? row->id : row->process;
}

/* Below a row, or below all that a folded one hides. */
int tally_row(struct rows *rows, const struct ptree_tree *tree, uint32_t handle)
{
	struct sums_walk below = sums_heirs_among(rows, lineup_below(&rows->lineup, handle));
	struct tally tally = { .row = tally_key(&candidate_of(rows, handle)->row) };

	uint32_t at;

	if (is_folded(candidate_of(rows, handle))) {
		add_gone_below(rows, tree, handle, &tally.gone);
		while ((at = sums_next_heir(&below)) != NO_CANDIDATE)
			add_gone_below(rows, tree, at, &tally.gone);
	} else if (candidate_of(rows, handle)->is_process) {
		add_gone_below(rows, tree, handle, &tally.gone);
		subtract_jobs(rows, tree, tally.row, &tally.gone);
	}
	if (!tally.gone.gone)
		return 0;
	if (array_reserve(&rows->tallies, &rows->tally_capacity, rows->tally_count + 1,
			  sizeof(*rows->tallies)))
		return -ENOMEM;
	rows->tallies[rows->tally_count++] = tally;
	return 0;
}

/* The one line that ends a list tells of all. */
int tally_list(struct rows *rows, const struct ptree_tree *tree)
{
	struct sums_walk all = sums_heirs_among(rows, lineup_all(&rows->lineup));
	struct tally tally = { .row = 0 };
	uint32_t at;

	while ((at = sums_next_heir(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = candidate_of(rows, at);

		if (candidate->is_ghost)
			continue;
		add_gone_below(rows, tree, at, &tally.gone);
		subtract_jobs(rows, tree, candidate->row.process, &tally.gone);
	}
	rows->tally_count = 0;
	if (!tally.gone.gone)
		return 0;
	if (array_reserve(&rows->tallies, &rows->tally_capacity, 1, sizeof(*rows->tallies)))
		return -ENOMEM;
	rows->tallies[rows->tally_count++] = tally;
	return 0;
}

/* ---- lines of their own ---- */

static bool has_line(const struct rows *rows, uint64_t id)
{
	for (size_t i = 0; i < rows->summary_count; i++) {
		if (rows->summaries[i] == id)
			return true;
	}
	return false;
}

static uint32_t lines_of_jobs(const struct rows *rows)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < rows->jobs.count; i++)
		lines += rows->jobs.items[i].lines;
	return lines;
}

/* The row with the most that is gone below it and no line for it yet. */
static const struct tally *find_fullest(const struct rows *rows)
{
	const struct tally *fullest = NULL;

	for (size_t i = 0; i < rows->tally_count; i++) {
		const struct tally *tally = &rows->tallies[i];

		if (tally->gone.command_count >= SUMMARY_COMMANDS && !(tally->row & GROUP_ID_BIT) &&
		    !has_line(rows, tally->row) &&
		    (!fullest || tally->gone.gone > fullest->gone.gone))
			fullest = tally;
	}
	return fullest;
}

static int add_summary_line(struct rows *rows, uint64_t id)
{
	if (array_reserve(&rows->summaries, &rows->summary_capacity, rows->summary_count + 1,
			  sizeof(*rows->summaries)))
		return -ENOMEM;
	rows->summaries[rows->summary_count++] = id;
	return 0;
}

/* One line ends a list, and tells of all. */
static int choose_list_line(struct rows *rows)
{
	bool has_one = rows->summary_count == 1;
	bool wants_one = rows->tally_count && !rows->tallies[0].row;

	rows->summary_count = 0;
	if (wants_one && add_summary_line(rows, 0))
		return -ENOMEM;
	return wants_one != has_one;
}

/* Only where room is left, and a fifth of all lines for those who come: else they would jump. */
int tally_choose_lines(struct rows *rows, const struct rows_scope *scope, uint32_t living)
{
	uint32_t used = living + lines_of_jobs(rows), reserve = scope->height / SUMMARY_SHARE;
	uint32_t free_lines = scope->height > used ? scope->height - used : 0;
	bool has_changed = false;
	const struct tally *fullest;

	if (scope->is_list)
		return choose_list_line(rows);
	while (rows->summary_count > free_lines) {
		rows->summary_count--;
		has_changed = true;
	}
	if (!rows->gathers)
		return has_changed;
	while (free_lines > rows->summary_count + reserve && (fullest = find_fullest(rows))) {
		if (add_summary_line(rows, fullest->row))
			return -ENOMEM;
		has_changed = true;
	}
	return has_changed;
}

const struct ptree_summary *rows_gone(const struct rows *rows, const struct row *row)
{
	if (row->is_job || row->is_thread ||
	    (!row->is_summary && !row->is_group && has_line(rows, row->process)))
		return NULL;
	for (size_t i = 0; i < rows->tally_count; i++) {
		if (rows->tallies[i].row == tally_key(row))
			return &rows->tallies[i].gone;
	}
	return NULL;
}
