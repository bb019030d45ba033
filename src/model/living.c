/* SPDX-License-Identifier: MIT */
/*
 * What is over, between the tree and the rules of jobs.c: who was seen alive and has ended, who has
 * ended unseen and where it would stand, what the window leaves room for, what has no row.
 */
#include "model/cursor.h"
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COST_SETTLES_NS UINT64_C(10000000000)
#define JOBS_MANY 256
#define PAUSE_NS_PER_JOB UINT64_C(200000) /* some hundred times what it costs */
#define PAUSE_MAX_NS UINT64_C(500000000)

/* ---- before collecting ---- */

/* Who was drawn alive turns over on its own line. */
static int add_ended(struct rows *rows, const struct ptree_tree *tree, const struct cursor *cursor)
{
	for (size_t i = 0; i < rows->seen_count; i++) {
		const struct seen *seen = &rows->seen[i];
		const struct ptree_node *node = ptree_tree_find_id(tree, seen->id);
		struct job job;

		if (!node || !gone_is_job(&rows->gone, node) || jobs_find(&rows->jobs, seen->id))
			continue;
		job = gone_job(&rows->gone, node);
		job.line = seen->line;
		job.group = cursor->is_held && cursor->id == seen->id ? seen->group : 0;
		job.last_cpu_permille = seen->cpu_permille;
		job.last_rss_kib = seen->rss_kib;
		job.lines = 1;
		if (jobs_add(&rows->jobs, &job))
			return -ENOMEM;
	}
	return 0;
}

static bool is_row_above(const struct rows *rows, const struct ptree_node *node)
{
	const struct job *job = jobs_find(&rows->jobs, ptree_node_id(node));

	return job && job->count == 1 && !job->is_gone;
}

/* Below whom it stands: who lives, or is over and has a row. */
static void place(struct rows *rows, struct job *job, const struct ptree_node *node)
{
	const struct ptree_node *above = gone_above(&rows->gone, node);
	size_t most = above_most(rows->gone.tree);

	job->is_inside = false;
	while (above && most-- && gone_is_job(&rows->gone, above)) {
		job->is_inside |= collect_is_in_scope(rows, above);
		if (is_row_above(rows, above))
			break;
		above = gone_above(&rows->gone, above);
	}
	job->above = above ? ptree_node_id(above) : 0;
}

static uint64_t row_id(const struct job *job)
{
	return job->count > 1 ? job->id | SHARED_ID_BIT : job->id;
}

/* What the kernel tells of it may come after its end, but not much. */
static void refresh_cost(struct rows *rows, struct job *job, const struct ptree_node *node)
{
	struct job fresh;

	if (job->end_ns + COST_SETTLES_NS < rows->scope.now_ns || job->count > 1 ||
	    rows->gone.by_origin || (rows->gone.match && job->kept))
		return;
	fresh = gone_job(&rows->gone, node);
	job->processes = fresh.processes;
	job->failed = fresh.failed;
	job->cpu_ns = fresh.cpu_ns;
	job->cpu_unknown = fresh.cpu_unknown;
	job->has_failed = fresh.has_failed;
	job->end_ns = fresh.end_ns;
	job->first_end_ns = fresh.first_end_ns;
}

static void update_job(struct rows *rows, struct job *job, const struct ptree_tree *tree,
		       const struct cursor *cursor)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, job->newest);

	if (!node) {
		job->is_gone = true;
		return;
	}
	if (!gone_is_job(&rows->gone, node)) { /* an exec from a thread, or a zombie */
		if (job->count == 1)
			jobs_keep_line(&rows->jobs, job->above, job->id, job->line);
		job->is_gone = true;
		return;
	}
	place(rows, job, node);
	refresh_cost(rows, job, node);
	job->is_unfolded = folds_told(&rows->folds, row_id(job)) == FOLDS_UNFOLDED;
	job->is_pinned = cursor->is_held && row_id(job) == cursor->id;
	job->group = job->is_pinned ? job->group : 0;
}

/* What a chosen row stands below stays, too. */
static void pin_above(struct jobs *jobs)
{
	bool has_changed = true;

	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < jobs->count; i++) {
			const struct job *job = &jobs->items[i];
			struct job *above = job->is_inside && (job->is_pinned || job->is_unfolded)
						? jobs_find(jobs, job->above)
						: NULL;

			if (!above || above->is_pinned)
				continue;
			above->is_pinned = has_changed = true;
		}
	}
}

/* Alive, or only there for those below it: it stands where it stood. */
static bool has_line(uint64_t id, void *what)
{
	struct rows *rows = what;
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);

	return node && !gone_is_job(&rows->gone, node);
}

static void note_window(struct rows *rows, const struct rows_scope *scope,
			const struct cursor *cursor)
{
	/* What was passed over outside the old window can be in the new one. */
	if (cursor->top != rows->window_top || scope->height != rows->window_height ||
	    scope->exited != rows->exited)
		rows->forgets_marks = true;
	if (scope->is_list != rows->is_list)
		rows->summary_count = rows->tally_count = 0;
	rows->exited = scope->exited;
	rows->is_list = scope->is_list;
}

/* Something else is shown: what had a row is looked at anew, and at once. */
static void forget_jobs(struct rows *rows, const struct cursor *cursor)
{
	for (size_t i = 0; i < rows->jobs.count; i++) {
		struct job *job = &rows->jobs.items[i];

		job->is_gone = !cursor->is_held || row_id(job) != cursor->id;
	}
	rows->seen_count = 0;
	rows->gathers = true;
	rows->forgets_jobs = false;
}

int living_prepare(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		   const struct cursor *cursor)
{
	int err;

	note_window(rows, scope, cursor);
	rows->gathers = jobs_is_batch_due(&rows->jobs, scope->now_ns);
	if (rows->forgets_jobs)
		forget_jobs(rows, cursor);
	jobs_drop_gone(&rows->jobs);
	err = add_ended(rows, tree, cursor);
	for (size_t i = 0; i < rows->jobs.count; i++)
		update_job(rows, &rows->jobs.items[i], tree, cursor);
	jobs_drop_gone(&rows->jobs);
	pin_above(&rows->jobs);
	jobs_sort(&rows->jobs);
	return err;
}

/* ---- the window ---- */

/* A job with its row. */
struct job_row {
	uint32_t index, handle;
};

static int compare_job_rows(const void *a, const void *b)
{
	const struct job_row *x = a;
	const struct job_row *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Those that have rows, as they stand. */
static struct job_row *list_job_rows(const struct rows *rows, size_t *count)
{
	struct job_row *list = reallocarray(NULL, rows->extra_count + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; list && i < rows->extra_count; i++) {
		uint32_t handle = rows->extras[i];

		if (candidate_of(rows, handle)->job != NO_JOB &&
		    lineup_is_row(&rows->lineup, handle))
			list[(*count)++] =
			    (struct job_row){ lineup_index(&rows->lineup, handle), handle };
	}
	if (list && *count)
		qsort(list, *count, sizeof(*list), compare_job_rows);
	return list;
}

static struct job *job_at(const struct rows *rows, const struct job_row *row)
{
	return &rows->jobs.items[candidate_of(rows, row->handle)->job];
}

/* Those above it that are only there for what is over, up to the first whom another one needs, too:
   whoever stands before it below that one has paid for it. */
static uint32_t count_context(const struct rows *rows, const struct job_row *row,
			      uint32_t index_before)
{
	uint32_t lines = 0, at = lineup_drawn_above(&rows->lineup, row->handle);

	for (; at != NO_CANDIDATE; at = lineup_drawn_above(&rows->lineup, at)) {
		const struct candidate *candidate = candidate_of(rows, at);

		if (candidate->alive || candidate->row.is_job ||
		    (index_before != NO_ROW && lineup_index(&rows->lineup, at) < index_before))
			break;
		lines++;
	}
	return lines;
}

/* What each job costs: itself, and ancestors that only it needs. */
static void count_lines(struct rows *rows, const struct job_row *list, size_t count)
{
	for (size_t i = 0; i < rows->jobs.count; i++)
		rows->jobs.items[i].lines = 0;
	for (size_t i = 0; i < count; i++)
		job_at(rows, &list[i])->lines =
		    1 + count_context(rows, &list[i], i ? list[i - 1].index : NO_ROW);
	rows->last_living = lineup_last_living(&rows->lineup);
}

static bool is_on_screen(const struct rows_scope *scope, const struct cursor *cursor,
			 uint32_t index)
{
	return index >= cursor->top && index - cursor->top < scope->height;
}

/* What stands behind the last living row belongs to the window that shows that one: else nobody
   could scroll to it. */
bool living_is_in_window(const struct rows *rows, const struct rows_scope *scope,
			 const struct cursor *cursor, uint32_t index)
{
	return is_on_screen(scope, cursor, index) ||
	       (index >= cursor->top && is_on_screen(scope, cursor, rows->last_living));
}

/* Outside the window there are no jobs, but those that somebody chose. */
static bool drop_unseen(struct rows *rows, const struct rows_scope *scope,
			const struct cursor *cursor, const struct job_row *list, size_t count)
{
	bool has_changed = false;

	for (size_t i = 0; i < count; i++) {
		struct job *job = job_at(rows, &list[i]);

		if (job->is_pinned || job->is_unfolded ||
		    living_is_in_window(rows, scope, cursor, list[i].index))
			continue;
		job->is_gone = has_changed = true;
	}
	for (size_t i = 0; i < rows->jobs.count; i++) {
		struct job *job = &rows->jobs.items[i];

		job->is_gone |= !job->lines && !job->is_pinned;
	}
	return has_changed;
}

/* ---- batches ---- */

static int run_batch(struct rows *rows, const struct rows_scope *scope, const struct cursor *cursor,
		     uint32_t room)
{
	struct job *arrived;
	size_t count;
	bool has_changed;

	if (arrivals_gather(rows, scope))
		return -ENOMEM;
	arrived = reallocarray(NULL, rows->arrival_count + 1, sizeof(*arrived));
	if (!arrived)
		return -ENOMEM;
	count = arrivals_to_jobs(rows, arrived, scope, cursor);
	has_changed = jobs_batch(&rows->jobs, arrived, count, scope->exited, room, scope->now_ns);
	free(arrived);
	arrivals_keep_marks(rows);
	return has_changed;
}

/* ---- room ---- */

/* The row of the first process that came since the last time and took nobody's line. */
static uint32_t first_new(const struct rows *rows)
{
	uint32_t first = rows->known ? rows_count(rows) : 0;

	for (size_t i = 0; i < rows->newcomer_count; i++) {
		uint32_t index = lineup_index(&rows->lineup, rows->newcomers[i]);

		if (index < first &&
		    !jobs_lane(&rows->jobs, candidate_of(rows, rows->newcomers[i])->row.id))
			first = index;
	}
	return first;
}

/*
 * Who came where nobody left a line takes the room of the oldest job below it, so that what stands
 * above stays where it is and what stands below that job does, too. Where there is none, one goes
 * with the next batch, unless what is over hides what lives until then: the last living row stands
 * below the window, and would not without jobs.
 */
static bool give_room(struct rows *rows, const struct rows_scope *scope,
		      const struct cursor *cursor, uint32_t room, const struct job_row *list,
		      size_t count)
{
	bool hides =
	    rows->lineup.living_count && rows->last_living >= (uint64_t)cursor->top + scope->height;
	bool has_changed = false;
	uint32_t from = first_new(rows);

	for (size_t i = 0; i < count; i++)
		job_at(rows, &list[i])->is_below_new = list[i].index > from;
	while (jobs_give_up(&rows->jobs, room, hides))
		has_changed = true;
	return has_changed;
}

int living_apply(struct rows *rows, const struct rows_scope *scope, const struct cursor *cursor)
{
	uint32_t living = rows->lineup.living_count, room = jobs_room(scope->height, living);
	size_t count;
	struct job_row *list = list_job_rows(rows, &count);
	bool has_changed = false;
	int result = 0;

	if (!list)
		return -ENOMEM;
	/* Not before: whose candidate went just now stood on its line until then. */
	jobs_keep_lanes(&rows->jobs, has_line, rows);
	count_lines(rows, list, count);
	if (scope->exited != JOBS_STAY) {
		has_changed = drop_unseen(rows, scope, cursor, list, count);
		has_changed |= give_room(rows, scope, cursor, room, list, count);
	}
	free(list);
	has_changed |= jobs_drop_gone(&rows->jobs);
	if (rows->gathers)
		result = run_batch(rows, scope, cursor, room);
	if (result < 0)
		return result;
	has_changed |= result > 0;
	result = tally_choose_lines(rows, scope, living);
	rows->owes_gathering = !rows->gathers;
	return result < 0 ? result : has_changed || result > 0;
}

/* ---- in the end ---- */

static int see(struct rows *rows, const struct candidate *candidate, const struct ptree_node *node)
{
	const struct jobs_lane *lane = jobs_lane(&rows->jobs, candidate->row.id);

	if (array_reserve(&rows->seen, &rows->seen_capacity, rows->seen_count + 1,
			  sizeof(*rows->seen)))
		return -ENOMEM;
	rows->seen[rows->seen_count++] = (struct seen){
		.id = candidate->row.id,
		.line = lane ? lane->line : gone_line(node),
		.group = grouping_is_on(rows) ? rows->groups.items[candidate->group].key.id : 0,
		.cpu_permille = candidate->row.sum_cpu_permille,
		.rss_kib = candidate->row.sum_rss_kib
	};
	return 0;
}

/* Where each one that is kept has to be looked at, only with the batches. */
static bool must_tally(const struct rows *rows, const struct rows_scope *scope)
{
	bool is_costly = scope->by_origin || scope->is_list || scope->group != GROUP_NONE ||
			 match_is_set(rows->gone.match);

	return !is_costly || !rows->owes_gathering;
}

static int remember_row(struct rows *rows, const struct ptree_tree *tree,
			const struct rows_scope *scope, uint32_t handle, bool tallies)
{
	const struct candidate *candidate = candidate_of(rows, handle);
	const struct ptree_node *node = ptree_tree_find_id(tree, candidate->row.process);
	int err;

	if (candidate->row.is_group)
		return tallies ? tally_row(rows, tree, handle) : 0;
	if (!candidate->is_process || !node)
		return 0;
	err = see(rows, candidate, node);
	return err || !tallies || scope->is_list ? err : tally_row(rows, tree, handle);
}

int living_remember(struct rows *rows, const struct ptree_tree *tree,
		    const struct rows_scope *scope, const struct cursor *cursor)
{
	bool tallies = must_tally(rows, scope);
	int err = 0;

	rows->seen_count = 0;
	if (tallies)
		rows->tally_count = 0;
	for (uint32_t i = cursor->top;
	     i < rows_count(rows) && is_on_screen(scope, cursor, i) && !err; i++)
		err = remember_row(rows, tree, scope, lineup_row(&rows->lineup, i), tallies);
	if (!err && tallies && scope->is_list)
		err = tally_list(rows, tree);
	/* The line that ends a list comes once it is known what it tells. */
	rows->owes_gathering |= scope->is_list && rows->tally_count != rows->summary_count;
	rows->known = rows->youngest;
	rows->selected = cursor->id;
	rows->window_top = cursor->top;
	rows->window_height = scope->height;
	return err;
}

/* ---- reading ---- */

static const struct job *job_of(const struct rows *rows, const struct row *row)
{
	const struct candidate *candidate = (const struct candidate *)row;

	return candidate->job == NO_JOB ? NULL : &rows->jobs.items[candidate->job];
}

/* Those of them that have rows of their own for the moment tell for themselves. */
static void describe_job(const struct rows *rows, const struct job *job, struct rows_job *out)
{
	size_t count;
	const struct job *inside = jobs_below(&rows->jobs, job->newest, &count);
	uint64_t failed = job->has_failed ? job->count : 0;

	*out = (struct rows_job){ .count = job->count,
				  .more =
				      job->processes > job->count ? job->processes - job->count : 0,
				  .failed = job->failed > failed ? job->failed - failed : 0,
				  .cpu_ns = job->cpu_ns,
				  .cpu_unknown = job->cpu_unknown,
				  .matching = job->matching,
				  .kept = job->kept };
	for (size_t i = 0; i < count; i++)
		out->more -= out->more > inside[i].processes ? inside[i].processes : out->more;
}

/* What an unfolded one shows is not told once more. */
static void subtract_shown(const struct rows *rows, const struct row *row, struct rows_job *out)
{
	uint32_t depth = row->depth, at = rows_find(rows, row->id) + 1;
	const struct row *next;

	if (row->is_folded || out->count > 1)
		return;
	for (; (next = rows_at(rows, at)) && next->depth > depth; at++) {
		const struct candidate *inside = (const struct candidate *)next;
		const struct ptree_node *node =
		    ptree_tree_find_id(rows->gone.tree, inside->row.process);
		const struct ptree_summary *summary =
		    node && inside->row.is_folded ? ptree_node_summary(node) : NULL;

		if (inside->row.is_job && inside->job == NO_JOB && node) {
			out->more -= out->more ? 1 : 0;
			out->more -= summary && summary->gone <= out->more ? summary->gone : 0;
		}
	}
	out->failed = out->more ? out->failed : 0;
}

bool rows_job(const struct rows *rows, const struct ptree_tree *tree, const struct row *row,
	      struct rows_job *out)
{
	const struct job *job = row->is_job ? job_of(rows, row) : NULL;
	const struct ptree_node *node = ptree_tree_find_id(tree, row->process);
	struct ptree_summary all = { 0 };

	if (!row->is_job || !node)
		return false;
	if (job) {
		describe_job(rows, job, out);
		subtract_shown(rows, row, out);
		return true;
	}
	gone_add_one(&all, node);
	if (ptree_node_summary(node))
		gone_add(&all, ptree_node_summary(node));
	*out = (struct rows_job){ .count = 1,
				  .more = row->is_folded ? all.gone - 1 : 0,
				  .cpu_ns = all.cpu_ns,
				  .cpu_unknown = all.cpu_unknown };
	return true;
}

uint64_t rows_pause_ns(const struct rows *rows)
{
	uint64_t pause_ns = rows->jobs.count > JOBS_MANY ? rows->jobs.count * PAUSE_NS_PER_JOB : 0;

	return pause_ns < PAUSE_MAX_NS ? pause_ns : PAUSE_MAX_NS;
}

uint64_t rows_next_change_ns(const struct rows *rows, const struct cursor *cursor)
{
	uint64_t next_ns = jobs_next_ns(&rows->jobs, rows->exited);
	uint64_t batch_ns = rows->jobs.batch_ns + JOBS_BATCH_NS;
	/* Who is no longer selected may leave. */
	bool is_owed = rows->owes_gathering || rows->forgets_marks ||
		       cursor->top != rows->window_top ||
		       (rows->jobs.count && cursor->id != rows->selected);

	if (is_owed && (!next_ns || batch_ns < next_ns))
		next_ns = batch_ns;
	return next_ns;
}

bool rows_show_exited(struct rows *rows, const struct ptree_node *node)
{
	struct job job;

	if (!gone_is_over(node) || jobs_find(&rows->jobs, ptree_node_id(node)))
		return false;
	job = gone_job(&rows->gone, node);
	job.lines = 1;
	return !jobs_add(&rows->jobs, &job);
}

void rows_reset_exited(struct rows *rows)
{
	for (size_t i = 0; i < rows->jobs.count; i++)
		rows->jobs.items[i].matching = rows->jobs.items[i].kept = 0;
	rows->forgets_marks = true;
	rows->forgets_jobs = true;
	rows->must_match = true;
}
