/* SPDX-License-Identifier: MIT */
/*
 * The tree, flattened into candidates for rows in the order of the screen. What lives is walked;
 * of what is over there is only what jobs.c gave a row. No walk recurses.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- whose children are walked ---- */

static int push_child(struct rows *rows, const struct ptree_node *node, uint32_t job)
{
	if (array_reserve(&rows->scratch, &rows->scratch_capacity, rows->scratch_count + 1,
			  sizeof(*rows->scratch)))
		return -ENOMEM;
	rows->scratch[rows->scratch_count++] = (struct child){ .node = node, .job = job };
	return 0;
}

/* Over, with children that nobody has adopted yet: only there for them. */
static int push_bridges(struct rows *rows, const struct ptree_tree *tree,
			const struct ptree_node *parent)
{
	for (size_t i = 0; i < rows->bridge_count; i++) {
		const struct ptree_node *node = ptree_tree_find_id(tree, rows->bridges[i]);

		if (node && ptree_node_parent(node) == parent && push_child(rows, node, NO_JOB))
			return -ENOMEM;
	}
	return 0;
}

static int push_by_parent(struct rows *rows, const struct ptree_tree *tree,
			  const struct ptree_node *parent)
{
	const struct ptree_node *node = ptree_node_first_child(parent);

	for (; node; node = ptree_node_next_sibling(node)) {
		if (push_child(rows, node, NO_JOB))
			return -ENOMEM;
	}
	return push_bridges(rows, tree, parent);
}

/* In lineage what is over holds its place as long as something that came from it may live. */
static bool has_place_in_lineage(const struct rows *rows, const struct ptree_node *node)
{
	if (!gone_is_over(node))
		return true;
	if (jobs_find(&rows->jobs, ptree_node_id(node)))
		return false;
	return ptree_node_last_forked(node) ||
	       (rows->gathers && ptree_node_end_ns(node) >= rows->gathered_ns);
}

/* Those it forked; and of its children those of whom nobody knows who forked them. */
static int push_by_origin(struct rows *rows, const struct ptree_tree *tree,
			  const struct ptree_node *parent)
{
	const struct ptree_node *node = ptree_node_last_forked(parent);

	for (; node; node = ptree_node_prev_forked(node)) {
		if (has_place_in_lineage(rows, node) && push_child(rows, node, NO_JOB))
			return -ENOMEM;
	}
	for (node = ptree_node_first_child(parent); node; node = ptree_node_next_sibling(node)) {
		if (!ptree_node_origin(node) && push_child(rows, node, NO_JOB))
			return -ENOMEM;
	}
	return push_bridges(rows, tree, parent);
}

/* What a scan found has begun by the tick, so that many begin at once. */
static int compare_birth(const void *a, const void *b)
{
	const struct ptree_node *x = ((const struct child *)a)->node;
	const struct ptree_node *y = ((const struct child *)b)->node;
	uint64_t bx = ptree_node_begin_ns(x) - 1, by = ptree_node_begin_ns(y) - 1;

	if (bx != by)
		return bx < by ? -1 : 1;
	return (ptree_node_pid(x) > ptree_node_pid(y)) - (ptree_node_pid(x) < ptree_node_pid(y));
}

/* Children mostly are in order already. */
static void sort_by_birth(struct child *children, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (compare_birth(&children[i - 1], &children[i]) > 0) {
			qsort(children, count, sizeof(*children), compare_birth);
			return;
		}
	}
}

/* ---- lines ---- */

bool collect_is_in_scope(const struct ptree_node *node, const struct rows_scope *scope)
{
	if (scope->hides_kernel_threads && ptree_node_is_kernel_thread(node))
		return false;
	return !scope->only_watched || ptree_node_is_watched(node);
}

/* Who came since the last time takes a job's line, the oldest one first. */
static void take_lines(struct rows *rows, const struct ptree_node *parent, size_t first,
		       const struct rows_scope *scope, const struct match *match)
{
	if (!rows->keeps_order || rows->is_second_pass || scope->exited == JOBS_STAY)
		return;
	for (size_t i = first; i < rows->scratch_count; i++) {
		const struct ptree_node *node = rows->scratch[i].node;

		if (ptree_node_id(node) > rows->known && !gone_is_over(node) &&
		    collect_is_in_scope(node, scope) && match_node(match, rows->gone.tree, node) &&
		    !jobs_take_line(&rows->jobs, ptree_node_id(parent), ptree_node_id(node)))
			break;
	}
}

static int push_jobs(struct rows *rows, const struct ptree_tree *tree, uint64_t above)
{
	size_t count;
	const struct job *job = jobs_below(&rows->jobs, above, &count);

	for (size_t i = 0; i < count; i++) {
		const struct ptree_node *node = ptree_tree_find_id(tree, job[i].newest);

		if (node && !job[i].is_gone &&
		    push_child(rows, node, (uint32_t)(job + i - rows->jobs.items)))
			return -ENOMEM;
	}
	return 0;
}

/* A child with the line that it stands on. */
struct standing {
	struct jobs_line line;
	struct child child;
};

static int compare_standings(const void *a, const void *b)
{
	const struct standing *x = a;
	const struct standing *y = b;

	if (x->line.key != y->line.key)
		return x->line.key < y->line.key ? -1 : 1;
	if (x->line.tie != y->line.tie)
		return x->line.tie < y->line.tie ? -1 : 1;
	/* Who took a line can meet the one whose it was, who has come back since. */
	return compare_birth(&y->child, &x->child);
}

static struct jobs_line line_of(const struct rows *rows, const struct child *child, uint64_t above)
{
	const struct jobs_lane *lane;

	if (child->job != NO_JOB)
		return rows->jobs.items[child->job].line;
	lane = jobs_lane(&rows->jobs, ptree_node_id(child->node));
	return lane && lane->above == above ? lane->line : gone_line(child->node);
}

static int sort_by_line(struct rows *rows, size_t first, uint64_t above)
{
	size_t count = rows->scratch_count - first;
	struct standing *standings = reallocarray(NULL, count + 1, sizeof(*standings));

	if (!standings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct child *child = &rows->scratch[first + i];

		standings[i] = (struct standing){ line_of(rows, child, above), *child };
	}
	qsort(standings, count, sizeof(*standings), compare_standings);
	for (size_t i = 0; i < count; i++)
		rows->scratch[first + i] = standings[i].child;
	free(standings);
	return 0;
}

static int push_standing(struct rows *rows, const struct ptree_node *parent, size_t first,
			 const struct rows_scope *scope, const struct match *match)
{
	uint64_t id = ptree_node_id(parent);
	int err;

	if (!jobs_has_lines(&rows->jobs, id))
		return 0;
	take_lines(rows, parent, first, scope, match);
	err = push_jobs(rows, rows->gone.tree, id);
	return err ? err : sort_by_line(rows, first, id);
}

/* ---- the walk ---- */

static bool has_summary(const struct rows *rows, const struct ptree_node *node, uint32_t parent)
{
	if (parent == NO_ROW || rows->candidates[parent].row.process != ptree_node_id(node))
		return false;
	for (size_t i = 0; i < rows->summary_count; i++) {
		if (rows->summaries[i] == ptree_node_id(node))
			return true;
	}
	return false;
}

static int push_children(struct rows *rows, const struct ptree_node *node, size_t first,
			 const struct rows_scope *scope, const struct match *match)
{
	const struct ptree_tree *tree = rows->gone.tree;
	int err =
	    scope->by_origin ? push_by_origin(rows, tree, node) : push_by_parent(rows, tree, node);

	if (err)
		return err;
	if (rows->scratch_count > first)
		sort_by_birth(rows->scratch + first, rows->scratch_count - first);
	return push_standing(rows, node, first, scope, match);
}

/* What is over has nobody below it but the jobs that became a part of it. */
static int push_frame(struct rows *rows, const struct ptree_node *node, bool is_job,
		      uint32_t parent, uint32_t depth, const struct rows_scope *scope,
		      const struct match *match)
{
	struct frame frame = { .at = rows->scratch_count,
			       .above = ptree_node_id(node),
			       .parent = parent,
			       .depth = depth };
	int err = is_job ? push_jobs(rows, rows->gone.tree, frame.above)
			 : push_children(rows, node, frame.at, scope, match);

	if (err || array_reserve(&rows->frames, &rows->frame_capacity, rows->frame_count + 1,
				 sizeof(*rows->frames)))
		return -ENOMEM;
	if (!scope->is_list && has_summary(rows, node, parent)) {
		if (push_child(rows, node, NO_JOB))
			return -ENOMEM;
		rows->scratch[rows->scratch_count - 1].is_summary = true;
	}
	frame.end = rows->scratch_count;
	rows->frames[rows->frame_count++] = frame;
	return 0;
}

static struct candidate *add_candidate(struct rows *rows)
{
	struct candidate *candidate;

	if (array_reserve(&rows->candidates, &rows->candidate_capacity, rows->candidate_count + 1,
			  sizeof(*rows->candidates)))
		return NULL;
	candidate = &rows->candidates[rows->candidate_count++];
	*candidate = (struct candidate){ .job = NO_JOB, .place = NO_ROW };
	return candidate;
}

static void set_usage(struct candidate *candidate, const struct ptree_node *node)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	candidate->row.sum_cpu_permille =
	    usage.cpu_permille + (activity ? activity->exited_cpu_permille : 0);
	candidate->row.sum_rss_kib = usage.rss_bytes / 1024;
}

static void set_node(struct candidate *candidate, const struct ptree_node *node, uint32_t parent,
		     uint32_t depth)
{
	candidate->row.id = candidate->row.process = ptree_node_id(node);
	candidate->row.pid = ptree_node_pid(node);
	candidate->above = parent;
	candidate->row.depth = depth;
	candidate->row.is_kernel = ptree_node_is_kernel_thread(node);
	candidate->own_change = (uint8_t)ptree_node_last_change(node, &candidate->own_changed_ns);
	candidate->is_process = true;
}

struct candidate *collect_exited(struct rows *rows, const struct ptree_node *node, uint32_t depth)
{
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return NULL;
	set_node(candidate, node, NO_ROW, depth);
	candidate->row.is_job = true;
	candidate->is_process = false;
	return candidate;
}

static int add_process(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		       uint32_t depth)
{
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return -ENOMEM;
	set_node(candidate, node, parent, depth);
	candidate->is_past = gone_is_over(node);
	if (!candidate->is_past)
		set_usage(candidate, node);
	if (ptree_node_id(node) > rows->youngest)
		rows->youngest = ptree_node_id(node);
	return 0;
}

static int add_job(struct rows *rows, const struct child *child, uint32_t parent, uint32_t depth)
{
	const struct job *job = &rows->jobs.items[child->job];
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return -ENOMEM;
	set_node(candidate, child->node, parent, depth);
	candidate->row.id = job->count > 1 ? job->id | SHARED_ID_BIT : job->id;
	candidate->row.is_job = true;
	candidate->job = child->job;
	return 0;
}

static int add_summary(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		       uint32_t depth)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return -ENOMEM;
	candidate->row.id = ptree_node_id(node) | SUMMARY_ID_BIT;
	candidate->row.process = ptree_node_id(node);
	candidate->row.pid = ptree_node_pid(node);
	candidate->above = parent;
	candidate->row.depth = depth;
	candidate->row.is_summary = true;
	candidate->row.is_kernel = ptree_node_is_kernel_thread(node);
	candidate->row.sum_cpu_permille = activity ? activity->exited_cpu_permille : 0;
	return 0;
}

static int compare_tids(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	return (x->row.pid > y->row.pid) - (x->row.pid < y->row.pid);
}

static int add_threads(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		       uint32_t depth)
{
	const struct ptree_thread *thread = ptree_node_first_thread(node);
	size_t first = rows->candidate_count;

	for (; thread; thread = ptree_thread_next(thread)) {
		struct candidate *candidate = add_candidate(rows);

		if (!candidate)
			return -ENOMEM;
		candidate->row.id = ptree_thread_id(thread);
		candidate->row.process = ptree_node_id(node);
		candidate->row.pid = ptree_thread_tid(thread);
		candidate->above = parent;
		candidate->row.depth = depth;
		candidate->row.is_thread = true;
		candidate->own_change = PTREE_CHANGE_FORKED;
		candidate->own_changed_ns = ptree_thread_begin_ns(thread);
	}
	if (rows->candidate_count > first)
		qsort(rows->candidates + first, rows->candidate_count - first,
		      sizeof(*rows->candidates), compare_tids);
	return 0;
}

/* The next child of the walk in progress, with the frame that it belongs to. */
static const struct child *next_child(struct rows *rows, struct frame *frame)
{
	while (rows->frame_count) {
		struct frame *top = &rows->frames[rows->frame_count - 1];

		if (top->at < top->end) {
			*frame = *top;
			return &rows->scratch[top->at++];
		}
		rows->scratch_count = top->end;
		rows->frame_count--;
		if (rows->frame_count)
			rows->scratch_count = rows->frames[rows->frame_count - 1].end;
	}
	return NULL;
}

static int enter(struct rows *rows, const struct ptree_node *node, bool is_job, uint32_t parent,
		 uint32_t depth, const struct rows_scope *scope, const struct match *match)
{
	const struct frame *frame;
	int err = push_frame(rows, node, is_job, parent, depth, scope, match);

	if (err || !rows->gathers || is_job || scope->by_origin)
		return err;
	frame = &rows->frames[rows->frame_count - 1];
	return arrivals_gather(rows, node, frame, scope);
}

static int collect_child(struct rows *rows, const struct child *child, const struct frame *frame,
			 const struct rows_scope *scope, const struct match *match)
{
	const struct ptree_node *node = child->node;
	uint32_t parent = frame->parent;
	uint32_t depth = frame->depth;
	bool is_job = child->job != NO_JOB;
	uint32_t above = scope->is_list ? NO_ROW : parent;

	if (child->is_summary)
		return add_summary(rows, node, parent, depth);
	if (scope->hides_kernel_threads && ptree_node_is_kernel_thread(node))
		return 0;
	if (is_job || collect_is_in_scope(node, scope)) {
		if (is_job ? add_job(rows, child, above, scope->is_list ? 0 : depth)
			   : add_process(rows, node, above, scope->is_list ? 0 : depth))
			return -ENOMEM;
		parent = (uint32_t)rows->candidate_count - 1;
		depth++;
		if (scope->shows_threads && !scope->is_list && !is_job &&
		    add_threads(rows, node, parent, depth))
			return -ENOMEM;
	}
	return enter(rows, node, is_job, parent, depth, scope, match);
}

/* A child comes after its parent, so that one pass from the end adds up what is below each. */
static void sum_up(struct rows *rows)
{
	for (size_t i = rows->candidate_count; i-- > 0;) {
		const struct candidate *candidate = &rows->candidates[i];
		struct candidate *parent;

		/* A summary says once more what its process has in its own sum. */
		if (candidate->above == NO_ROW || candidate->row.is_summary)
			continue;
		parent = &rows->candidates[candidate->above];
		parent->row.sum_cpu_permille += candidate->row.sum_cpu_permille;
		parent->row.sum_rss_kib += candidate->row.sum_rss_kib;
	}
}

/* ---- all of it ---- */

static int walk(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope,
		const struct match *match)
{
	const struct child *next;
	struct frame frame;
	int err = enter(rows, ptree_tree_root(tree), false, NO_ROW, 0, scope, match);

	while (!err && (next = next_child(rows, &frame))) {
		const struct child child = *next; /* the list grows meanwhile */

		err = collect_child(rows, &child, &frame, scope, match);
	}
	return err;
}

#define SCRATCH_KEPT 2048

/* What a parent of very many needed is nothing to keep between two frames. */
static void give_back_scratch(struct rows *rows)
{
	if (rows->scratch_capacity <= SCRATCH_KEPT)
		return;
	free(rows->scratch);
	rows->scratch = NULL;
	rows->scratch_capacity = rows->scratch_count = 0;
}

int collect_candidates(struct rows *rows, const struct ptree_tree *tree,
		       const struct rows_scope *scope, const struct match *match)
{
	struct ptree_tree_counts counts;
	int err;

	ptree_tree_get_counts(tree, &counts);
	array_reserve(&rows->candidates, &rows->candidate_capacity, counts.live,
		      sizeof(*rows->candidates));
	rows->candidate_count = rows->scratch_count = rows->frame_count = 0;
	rows->arrival_count = rows->new_mark_count = 0;
	rows->row_count = 0;
	rows->youngest = rows->known;
	rows->keeps_order = !scope->sort && !scope->is_reversed && !scope->is_list;
	err = walk(rows, tree, scope, match);
	if (!err && rows->gathers && scope->by_origin)
		err = arrivals_gather_forked(rows, scope);
	if (!err && scope->is_list && rows->summary_count)
		err = add_summary(rows, ptree_tree_root(tree), NO_ROW, 0);
	if (!err && !scope->is_list)
		sum_up(rows);
	if (!err && !rows->keeps_order)
		err = order_candidates(rows, scope);
	rows->collected_count = err ? 0 : rows->candidate_count;
	rows->candidate_count = rows->collected_count;
	give_back_scratch(rows);
	return err;
}
