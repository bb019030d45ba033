/* SPDX-License-Identifier: MIT */
/*
 * The tree, walked anew into the lineup, in the order of the screen. What lives is walked; of what
 * is over there is only what jobs.c gave a row, and that comes later. No walk recurses.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KTHREADD_PID 2
#define SCRATCH_KEPT 2048

/* ---- what a candidate is ---- */

/* Below a kernel thread, whatever has come of it. */
static bool is_below_kernel_thread(const struct gone *gone, const struct ptree_node *node)
{
	size_t most = above_most(gone->tree);

	for (; node && most--; node = gone_above(gone, node)) {
		if (ptree_node_is_kernel_thread(node))
			return true;
	}
	return false;
}

bool collect_is_in_scope(const struct rows *rows, const struct ptree_node *node)
{
	if (rows->scope.hides_kernel_threads && is_below_kernel_thread(&rows->gone, node))
		return false;
	return !rows->scope.only_watched || ptree_node_is_watched(node);
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

struct candidate collect_candidate(const struct rows *rows, const struct ptree_node *node)
{
	uint64_t id = ptree_node_id(node);
	struct candidate candidate = { .row = { .id = id,
						.process = id,
						.pid = ptree_node_pid(node),
						.is_kernel = ptree_node_is_kernel_thread(node) },
				       .job = NO_JOB,
				       .is_process = true,
				       .is_past = gone_is_over(node),
				       .is_ghost = !collect_is_in_scope(rows, node) };

	candidate.change = (uint8_t)ptree_node_last_change(node, &candidate.changed_ns);
	if (candidate.is_ghost || candidate.is_past)
		return candidate;
	candidate.is_match = match_node(rows->gone.match, rows->gone.tree, node);
	set_usage(&candidate, node);
	return candidate;
}

void collect_nodes(const struct rows *rows, const struct lineup_part *part,
		   const struct ptree_node *nodes[LINEUP_BLOCK_ITEMS])
{
	for (uint32_t i = 0; i < part->count; i++)
		__builtin_prefetch(candidate_of(rows, part->handles[i]));
	for (uint32_t i = 0; i < part->count; i++) {
		const struct candidate *candidate = candidate_of(rows, part->handles[i]);

		nodes[i] = candidate->is_process
			       ? ptree_tree_find_id(rows->gone.tree, candidate->row.process)
			       : NULL;
		__builtin_prefetch(nodes[i]);
	}
	for (uint32_t i = 0; i < part->count; i++) {
		if (nodes[i])
			__builtin_prefetch(ptree_node_image(nodes[i], 0));
	}
}

bool collect_wants_closed(const struct rows *rows, const struct candidate *candidate)
{
	const struct row *row = &candidate->row;
	enum folds_answer told;

	if (row->is_job || candidate->is_ghost)
		return false;
	told = folds_told(&rows->folds, row->id);
	if (told != FOLDS_UNTOLD)
		return told == FOLDS_FOLDED;
	if (row->is_group && rows->folds.depth == UINT32_MAX)
		return !rows->folds.unfolds_kernel;
	if (row->is_kernel && row->pid == KTHREADD_PID && !rows->folds.unfolds_kernel &&
	    !rows->has_filter)
		return true;
	return row->depth >= rows->folds.depth;
}

/* ---- whose children are walked ---- */

static int push_child(struct rows *rows, const struct ptree_node *node)
{
	if (array_reserve(&rows->scratch, &rows->scratch_capacity, rows->scratch_count + 1,
			  sizeof(const struct ptree_node *)))
		return -ENOMEM;
	rows->scratch[rows->scratch_count++] = node;
	return 0;
}

static int push_by_parent(struct rows *rows, const struct ptree_node *parent)
{
	const struct ptree_node *node = ptree_node_first_child(parent);

	for (; node; node = ptree_node_next_sibling(node)) {
		if (push_child(rows, node))
			return -ENOMEM;
	}
	return 0;
}

/* In lineage what is over holds its place as long as something that came from it lives. */
static bool may_hold_place(const struct ptree_node *node)
{
	return !gone_is_over(node) || ptree_node_last_forked(node) ||
	       ptree_node_first_child(node) || ptree_node_last_exited(node);
}

/* Those it forked; and of its children those of whom nobody knows who forked them, which may be
   over themselves and have forked others. */
static int push_by_origin(struct rows *rows, const struct ptree_node *parent)
{
	const struct ptree_node *node = ptree_node_last_forked(parent);

	for (; node; node = ptree_node_prev_forked(node)) {
		if (may_hold_place(node) && push_child(rows, node))
			return -ENOMEM;
	}
	for (node = ptree_node_first_child(parent); node; node = ptree_node_next_sibling(node)) {
		if (!ptree_node_origin(node) && push_child(rows, node))
			return -ENOMEM;
	}
	for (node = ptree_node_last_exited(parent); node; node = ptree_node_prev_exited(node)) {
		if (!ptree_node_origin(node) && may_hold_place(node) && push_child(rows, node))
			return -ENOMEM;
	}
	return 0;
}

/* ---- in what order ---- */

static int compare_standings(const void *a, const void *b)
{
	return place_compare_lines(a, b);
}

/* What a scan found has begun by the tick, so that many begin at once. */
static int compare_birth(const void *a, const void *b)
{
	const struct ptree_node *x = *(const struct ptree_node *const *)a;
	const struct ptree_node *y = *(const struct ptree_node *const *)b;
	const struct standing standings[] = { { .line = gone_line(x), .node = x },
					      { .line = gone_line(y), .node = y } };

	return place_compare_lines(&standings[0], &standings[1]);
}

/* Children mostly are in order already. */
static void sort_by_birth(const struct ptree_node **children, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (compare_birth(&children[i - 1], &children[i]) > 0) {
			qsort(children, count, sizeof(const struct ptree_node *), compare_birth);
			return;
		}
	}
}

/* Those who took the lines of what is over stand there. */
static int sort_by_line(struct rows *rows, size_t first)
{
	size_t count = rows->scratch_count - first;
	struct standing *standings = reallocarray(NULL, count + 1, sizeof(*standings));

	if (!standings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct ptree_node *node = rows->scratch[first + i];

		standings[i] = (struct standing){ .line = place_line(rows, node), .node = node };
	}
	qsort(standings, count, sizeof(*standings), compare_standings);
	for (size_t i = 0; i < count; i++)
		rows->scratch[first + i] = standings[i].node;
	free(standings);
	return 0;
}

/* ---- the walk ---- */

int collect_push_all(struct rows *rows, const struct ptree_node *parent)
{
	return rows->scope.by_origin ? push_by_origin(rows, parent) : push_by_parent(rows, parent);
}

/* Those of another group stand there. */
static void keep_own_group(struct rows *rows, const struct ptree_node *parent, size_t first)
{
	size_t kept = first;

	for (size_t i = first; i < rows->scratch_count; i++) {
		if (grouping_above(rows, rows->scratch[i]) == parent)
			rows->scratch[kept++] = rows->scratch[i];
	}
	rows->scratch_count = kept;
}

static int push_children(struct rows *rows, const struct ptree_node *node, size_t first)
{
	uint64_t id = ptree_node_id(node);
	int err = collect_push_all(rows, node);

	if (err)
		return err;
	if (grouping_is_on(rows))
		keep_own_group(rows, node, first);
	if (rows->scratch_count > first)
		sort_by_birth(rows->scratch + first, rows->scratch_count - first);
	if (!jobs_has_lines(&rows->jobs, id))
		return 0;
	for (size_t i = first; i < rows->scratch_count; i++)
		place_take_line(rows, rows->scratch[i], id);
	return sort_by_line(rows, first);
}

static int enter(struct rows *rows, const struct ptree_node *node, uint32_t above)
{
	struct frame frame = { .at = rows->scratch_count, .above = above };

	if (push_children(rows, node, frame.at) ||
	    array_reserve(&rows->frames, &rows->frame_capacity, rows->frame_count + 1,
			  sizeof(*rows->frames)))
		return -ENOMEM;
	frame.end = rows->scratch_count;
	rows->frames[rows->frame_count++] = frame;
	return 0;
}

uint32_t collect_append(struct rows *rows, struct candidate *candidate, uint32_t above)
{
	uint32_t handle = lineup_append(&rows->lineup, candidate, above);
	struct candidate *added;

	if (handle == NO_CANDIDATE)
		return handle;
	added = candidate_of(rows, handle);
	added->is_closed = collect_wants_closed(rows, added);
	return handle;
}

static int add_process(struct rows *rows, const struct ptree_node *node, uint32_t above,
		       uint32_t *handle)
{
	struct candidate candidate = collect_candidate(rows, node);

	*handle = collect_append(rows, &candidate, above);
	if (*handle == NO_CANDIDATE || grouping_enter(rows, *handle, node) ||
	    follow_note_new(rows, *handle) || follow_note_active(rows, *handle, node))
		return -ENOMEM;
	return threads_collect(rows, *handle, node);
}

/* The next child of the walk in progress, with the frame that it belongs to. */
static const struct ptree_node *next_child(struct rows *rows, uint32_t *above)
{
	while (rows->frame_count) {
		struct frame *top = &rows->frames[rows->frame_count - 1];

		if (top->at < top->end) {
			*above = top->above;
			return rows->scratch[top->at++];
		}
		rows->frame_count--;
		rows->scratch_count =
		    rows->frame_count ? rows->frames[rows->frame_count - 1].end : 0;
	}
	return NULL;
}

/* In a list all stand below the same one. */
static int walk(struct rows *rows)
{
	const struct ptree_node *node;
	uint32_t above, handle;
	int err = 0;

	while (!err && (node = next_child(rows, &above))) {
		err = add_process(rows, node, above, &handle);
		if (!err)
			err = enter(rows, node, rows->scope.is_list ? above : handle);
	}
	return err;
}

int collect_branch(struct rows *rows, const struct ptree_node *node, uint32_t above)
{
	uint32_t handle;
	int err = add_process(rows, node, above, &handle);

	if (!err)
		err = enter(rows, node, rows->scope.is_list ? above : handle);
	return err ? err : walk(rows);
}

static int collect_tree(struct rows *rows)
{
	int err = enter(rows, ptree_tree_root(rows->gone.tree), NO_CANDIDATE);

	return err ? err : walk(rows);
}

/* What a parent of very many needed is nothing to keep between two frames. */
static void give_back_scratch(struct rows *rows)
{
	if (rows->scratch_capacity <= SCRATCH_KEPT)
		return;
	free(rows->scratch);
	rows->scratch = NULL;
	rows->scratch_capacity = rows->scratch_count = 0;
}

/* In lineage the walk meets nobody who is in a circle, or came from one who is. */
static bool has_left_out(const struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	struct ptree_tree_counts counts;
	size_t count = 0;
	uint32_t handle;

	if (!rows->scope.by_origin)
		return false;
	while ((handle = lineup_next(&all)) != NO_CANDIDATE)
		count +=
		    candidate_of(rows, handle)->is_process && !candidate_of(rows, handle)->is_past;
	ptree_tree_get_counts(rows->gone.tree, &counts);
	return count != counts.live + counts.zombies;
}

int collect_all(struct rows *rows)
{
	int err;

	lineup_empty(&rows->lineup);
	groups_empty(&rows->groups);
	rows->scratch_count = rows->frame_count = 0;
	rows->extra_count = rows->newcomer_count = rows->active_count = 0;
	rows->misses_exits = true;
	rows->has_circle = false;
	rows->unsettled_count = 0;
	rows->must_order = !order_is_by_line(&rows->scope) || rows->scope.is_reversed;
	ptree_tree_feed_end(rows->gone.tree, &rows->reader);
	follow_untold_from_now(rows);
	if (lineup_have_weights(&rows->lineup, order_is_by_weight(&rows->scope)))
		return -ENOMEM;
	err = grouping_is_on(rows) ? grouping_collect(rows) : collect_tree(rows);
	give_back_scratch(rows);
	if (err)
		return err;
	if (rows->scope.by_origin)
		follow_remove_all_needless(rows);
	lineup_add_up(&rows->lineup);
	lineup_count(&rows->lineup);
	err = follow_orphans(rows);
	rows->has_circle |= has_left_out(rows);
	return err;
}
