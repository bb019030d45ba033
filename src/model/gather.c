/* SPDX-License-Identifier: MIT */
/*
 * The rows of what is over: each job's, what it shows when it is unfolded, and the lines for what
 * has no row. They are few, so that they are compared with what is there each time.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

/* ---- folded or not ---- */

/* What is over is folded unless somebody unfolds it: then it shows what is over below it. */
bool gather_is_folded(const struct rows *rows, uint32_t handle)
{
	const struct candidate *candidate = candidate_of(rows, handle);
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, candidate->row.process);
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	uint32_t below = lineup_first_child(&rows->lineup, handle);

	if (!node || (below != NO_CANDIDATE && !candidate_of(rows, below)->is_inside))
		return false;
	if (!(job && job->count > 1) && !gone_has_inside(&rows->gone, node))
		return false;
	return folds_told(&rows->folds, candidate->row.id) != FOLDS_UNFOLDED;
}

/* ---- one that is over ---- */

static struct candidate over(const struct ptree_node *node)
{
	struct candidate candidate = { .row = { .id = ptree_node_id(node),
						.process = ptree_node_id(node),
						.pid = ptree_node_pid(node),
						.is_kernel = ptree_node_is_kernel_thread(node),
						.is_job = true },
				       .job = NO_JOB,
				       .is_match = true };

	candidate.change = (uint8_t)ptree_node_last_change(node, &candidate.changed_ns);
	return candidate;
}

static int note_extra(struct rows *rows, uint32_t handle)
{
	if (handle == NO_CANDIDATE || array_reserve(&rows->extras, &rows->extra_capacity,
						    rows->extra_count + 1, sizeof(*rows->extras)))
		return -ENOMEM;
	rows->extras[rows->extra_count++] = handle;
	return 0;
}

/* ---- jobs ---- */

static bool does_job_match(const struct rows *rows, const struct job *job,
			   const struct ptree_node *node)
{
	return !match_is_set(rows->gone.match) || job->matching || job->is_pinned ||
	       match_node(rows->gone.match, rows->gone.tree, node);
}

static struct candidate candidate_of_job(const struct rows *rows, uint32_t index,
					 const struct ptree_node *node)
{
	const struct job *job = &rows->jobs.items[index];
	struct candidate candidate = over(node);

	candidate.row.id = job->count > 1 ? job->id | SHARED_ID_BIT : job->id;
	candidate.job = index;
	candidate.is_match = does_job_match(rows, job, node);
	return candidate;
}

/* Of whom it stands below, or of its own where it stands below nobody. */
static bool find_group(const struct rows *rows, const struct job *job, uint32_t *group)
{
	const struct ptree_node *node =
	    ptree_tree_find_id(rows->gone.tree, job->above ? job->above : job->newest);

	*group = node ? grouping_find(rows, node) : NO_CANDIDATE;
	return *group != NO_CANDIDATE;
}

/* That row, unless it stands below somebody in it. Nobody else may be left in it. */
static bool find_kept_group(struct rows *rows, const struct job *job, const struct ptree_node *over,
			    uint32_t *group)
{
	uint32_t above = job->above ? lineup_find(&rows->lineup, job->above, false) : NO_CANDIDATE;
	const struct candidate *candidate =
	    above == NO_CANDIDATE ? NULL : candidate_of(rows, above);

	if (candidate && rows->groups.items[candidate->group].key.id == job->group)
		return false;
	*group = lineup_find(&rows->lineup, job->group, false);
	if (*group == NO_CANDIDATE && !grouping_ensure(rows, over))
		*group = grouping_find(rows, over);
	return *group != NO_CANDIDATE;
}

/* False: it has no place, since whom it stands below has none, or not yet. */
static bool find_above(struct rows *rows, const struct job *job, const struct ptree_node *over,
		       uint32_t *above)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, job->above);

	*above = NO_CANDIDATE;
	if (grouping_is_on(rows) && job->group && find_kept_group(rows, job, over, above))
		return true;
	if (grouping_is_on(rows) && (rows->scope.is_list || !job->above))
		return find_group(rows, job, above);
	if (rows->scope.is_list || !job->above)
		return true;
	if (!node)
		return false;
	*above = lineup_find(&rows->lineup, job->above, gone_is_job(&rows->gone, node));
	if (*above == NO_CANDIDATE)
		return false;
	return !candidate_of(rows, *above)->is_stale;
}

static int move_job(struct rows *rows, uint32_t handle, uint32_t above, const struct standing *one)
{
	uint32_t was_above = candidate_of(rows, handle)->above;
	uint32_t before = place_find(rows, above, one);
	int err;

	if (before == handle)
		before = candidate_of(rows, handle)->next;
	err = lineup_move(&rows->lineup, handle, above, before);
	if (!err && was_above != above)
		follow_remove_needless(rows, was_above);
	return err;
}

/* The candidate that an earlier frame left. */
static int keep_job(struct rows *rows, uint32_t handle, const struct candidate *fresh,
		    uint32_t above, const struct standing *one)
{
	struct candidate *candidate = candidate_of(rows, handle);

	if (candidate->changed_ns != fresh->changed_ns || candidate->change != fresh->change)
		lineup_touch(&rows->lineup, handle);
	candidate->row.process = fresh->row.process;
	candidate->row.pid = fresh->row.pid;
	candidate->changed_ns = fresh->changed_ns;
	candidate->change = fresh->change;
	candidate->job = fresh->job;
	candidate->is_stale = false;
	lineup_set_match(&rows->lineup, handle, fresh->is_match, false);
	if (candidate->above == above && place_is_right(rows, handle, one))
		return 0;
	return move_job(rows, handle, above, one);
}

/* 1: it has a candidate. */
static int place_job(struct rows *rows, uint32_t index)
{
	const struct job *job = &rows->jobs.items[index];
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, job->newest);
	struct candidate fresh;
	struct standing one;
	uint32_t above, handle;
	int err = 0;

	if (!node || job->is_gone || !find_above(rows, job, node, &above))
		return 0;
	fresh = candidate_of_job(rows, index, node);
	one = place_standing(rows, &fresh);
	handle = lineup_find(&rows->lineup, fresh.row.id, true);
	if (handle == NO_CANDIDATE)
		handle = lineup_add(&rows->lineup, &fresh, above, place_find(rows, above, &one));
	else
		err = keep_job(rows, handle, &fresh, above, &one);
	return err || note_extra(rows, handle) ? -ENOMEM : 1;
}

/* Those that stand below others come after them: as many rounds as they are deep. */
static int place_jobs(struct rows *rows)
{
	bool *is_placed = calloc(rows->jobs.count + 1, sizeof(*is_placed));
	bool has_placed = true;
	int ret = is_placed ? 0 : -ENOMEM;

	while (ret >= 0 && has_placed) {
		has_placed = false;
		for (size_t i = 0; i < rows->jobs.count && ret >= 0; i++) {
			if (is_placed[i])
				continue;
			ret = place_job(rows, (uint32_t)i);
			is_placed[i] = ret > 0;
			has_placed |= ret > 0;
		}
	}
	free(is_placed);
	return ret < 0 ? ret : 0;
}

/* ---- those of the last time ---- */

static void remove_extra(struct rows *rows, uint32_t handle)
{
	uint32_t above = candidate_of(rows, handle)->above;

	lineup_remove(&rows->lineup, handle);
	follow_remove_needless(rows, above);
}

/* Each time anew but for jobs, which wait to be kept. What stands below another one was noted after
   it, unless that one has taken its place since: then there are more rounds. */
static size_t remove_all_but_jobs(struct rows *rows, uint32_t *jobs)
{
	size_t count = 0;

	for (size_t i = rows->extra_count; i-- > 0;) {
		uint32_t handle = rows->extras[i];

		if (candidate_of(rows, handle)->job == NO_JOB) {
			remove_extra(rows, handle);
			continue;
		}
		candidate_of(rows, handle)->is_stale = true;
		jobs[count++] = handle;
	}
	rows->extra_count = 0;
	return count;
}

static void remove_stale(struct rows *rows, uint32_t *jobs, size_t count)
{
	bool has_removed = true;

	while (has_removed) {
		has_removed = false;
		for (size_t i = 0; i < count; i++) {
			uint32_t handle = jobs[i];

			if (handle == NO_CANDIDATE || !candidate_of(rows, handle)->is_stale ||
			    lineup_first_child(&rows->lineup, handle) != NO_CANDIDATE)
				continue;
			jobs[i] = NO_CANDIDATE;
			remove_extra(rows, handle);
			has_removed = true;
		}
	}
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

/* Those that have a row already stay there. */
static bool has_row_already(const struct rows *rows, const struct ptree_node *node)
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
		if (!has_row_already(rows, at) && !gone_push(gone, at))
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
		if (gone_alike(at) != job->alike || has_row_already(rows, at))
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

/* Where those stand that are popped next. Levels are as many as folds were opened, one within the
   other. */
struct level {
	size_t bottom; /* of the stack: above it lie the level's own */
	uint32_t above, before;
};
#define LEVELS_MAX 64

static int open_level(struct rows *rows, struct level *levels, unsigned *depth, uint32_t above)
{
	const struct candidate *candidate = candidate_of(rows, above);
	const struct job *job = candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, candidate->row.process);

	if (*depth == LEVELS_MAX || !node)
		return 0;
	levels[*depth] =
	    (struct level){ rows->gone.count, above, lineup_first_child(&rows->lineup, above) };
	(*depth)++;
	return job && job->count > 1 ? push_sharing(rows, job) : push_inside(rows, node);
}

static int add_inside(struct rows *rows, const struct ptree_node *node, const struct level *level,
		      uint32_t *handle)
{
	struct candidate candidate = over(node);

	candidate.is_inside = true;
	*handle = lineup_add(&rows->lineup, &candidate, level->above, level->before);
	return note_extra(rows, *handle);
}

static int show_inside(struct rows *rows, uint32_t job)
{
	struct level levels[LEVELS_MAX];
	unsigned depth = 0;
	size_t bottom = rows->gone.count;
	int err = open_level(rows, levels, &depth, job);

	while (!err && depth) {
		const struct ptree_node *node;
		uint32_t handle;

		if (rows->gone.count == levels[depth - 1].bottom) {
			depth--;
			continue;
		}
		node = rows->gone.nodes[--rows->gone.count];
		err = add_inside(rows, node, &levels[depth - 1], &handle);
		if (!err && gone_has_inside(&rows->gone, node) && !gather_is_folded(rows, handle))
			err = open_level(rows, levels, &depth, handle);
	}
	rows->gone.count = bottom;
	return err;
}

static int show_unfolded(struct rows *rows)
{
	size_t jobs = rows->extra_count;
	int err = 0;

	for (size_t i = 0; i < jobs && !err; i++) {
		uint32_t handle = rows->extras[i];

		if (lineup_is_row(&rows->lineup, handle) &&
		    folds_told(&rows->folds, candidate_of(rows, handle)->row.id) == FOLDS_UNFOLDED)
			err = show_inside(rows, handle);
	}
	return err;
}

/* ---- lines for what has no row ---- */

static int add_summary(struct rows *rows, const struct ptree_node *node, uint32_t above)
{
	const struct ptree_activity *activity = node ? ptree_node_activity(node) : NULL;
	struct candidate candidate = {
		.row = { .is_summary = true },
		.job = NO_JOB,
		.row.sum_cpu_permille = activity ? activity->exited_cpu_permille : 0,
		.is_match = node ? match_node(rows->gone.match, rows->gone.tree, node)
				 : !match_is_set(rows->gone.match),
	};

	candidate.row.id = SUMMARY_ID_BIT;
	if (node) {
		candidate.row.id |= ptree_node_id(node);
		candidate.row.process = ptree_node_id(node);
		candidate.row.pid = ptree_node_pid(node);
		candidate.row.is_kernel = ptree_node_is_kernel_thread(node);
	}
	return note_extra(rows, lineup_add(&rows->lineup, &candidate, above, NO_CANDIDATE));
}

static int add_summaries(struct rows *rows)
{
	int err = 0;

	if (rows->scope.is_list)
		return rows->summary_count ? add_summary(rows, NULL, NO_CANDIDATE) : 0;
	for (size_t i = 0; i < rows->summary_count && !err; i++) {
		const struct ptree_node *node =
		    ptree_tree_find_id(rows->gone.tree, rows->summaries[i]);
		uint32_t above = lineup_find(&rows->lineup, rows->summaries[i], false);

		if (node && above != NO_CANDIDATE && !candidate_of(rows, above)->is_ghost)
			err = add_summary(rows, node, above);
	}
	return err;
}

int gather_extras(struct rows *rows)
{
	uint32_t *jobs = reallocarray(NULL, rows->extra_count + 1, sizeof(*jobs));
	size_t count;
	int err;

	if (!jobs)
		return -ENOMEM;
	count = remove_all_but_jobs(rows, jobs);
	rows->places_jobs = true;
	err = place_jobs(rows);
	rows->places_jobs = false;
	if (!err)
		remove_stale(rows, jobs, count);
	free(jobs);
	if (!err)
		err = show_unfolded(rows);
	return err ? err : add_summaries(rows);
}
