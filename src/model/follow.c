/* SPDX-License-Identifier: MIT */
/*
 * The lineup, kept current: of whatever the tree has learned a fact since the last time, the
 * candidate is made what the tree says now, and its place with it.
 */
#include "model/filter.h"
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

#define FACTS_MIN 256 /* so many are followed in any case */

/* ---- lines ---- */

struct jobs_line follow_line(const struct rows *rows, const struct ptree_node *node, uint64_t above)
{
	const struct jobs_lane *lane = jobs_lane(&rows->jobs, ptree_node_id(node));

	return lane && lane->above == above ? lane->line : gone_line(node);
}

/* Who came since the last time takes the line of the oldest job below the same one. */
void follow_take_line(struct rows *rows, const struct ptree_node *node, uint64_t above)
{
	const struct rows_scope *scope = &rows->scope;

	if (!rows->keeps_order || rows->is_second_pass || scope->exited == JOBS_STAY ||
	    ptree_node_id(node) <= rows->known || gone_is_over(node))
		return;
	if (collect_is_in_scope(node, scope) && match_node(rows->gone.match, rows->gone.tree, node))
		jobs_take_line(&rows->jobs, above, ptree_node_id(node));
}

static int compare_lines(struct jobs_line x, struct jobs_line y)
{
	if (x.key != y.key)
		return x.key < y.key ? -1 : 1;
	return (x.tie > y.tie) - (x.tie < y.tie);
}

/* Who took a line can meet the one whose it was, who has come back since, and stands before it. */
int follow_compare(struct standing x, struct standing y)
{
	int order = compare_lines(x.line, y.line);

	if (!order)
		order = compare_lines(gone_line(y.node), gone_line(x.node));
	if (!order && ptree_node_id(x.node) != ptree_node_id(y.node))
		order = ptree_node_id(x.node) < ptree_node_id(y.node) ? -1 : 1;
	return order;
}

/* Threads come first, a summary last, and what an unfolded job shows before what stands below it.
 */
static bool comes_after(const struct rows *rows, const struct candidate *candidate,
			struct standing one)
{
	const struct job *job =
	    candidate->row.is_job ? jobs_find(&rows->jobs, candidate->row.process) : NULL;
	const struct ptree_node *above;
	struct standing other = { .node =
				      ptree_tree_find_id(rows->gone.tree, candidate->row.process) };

	if (candidate->row.is_thread || candidate->is_inside)
		return false;
	if (candidate->row.is_summary || !other.node) /* one that is not kept is about to go */
		return true;
	above = gone_above(&rows->gone, other.node);
	other.line =
	    job ? job->line : follow_line(rows, other.node, above ? ptree_node_id(above) : 0);
	return follow_compare(other, one) > 0;
}

bool follow_is_in_place(const struct rows *rows, uint32_t handle, struct standing one)
{
	const struct candidate *candidate = candidate_of(rows, handle);

	return (candidate->prev == NO_CANDIDATE ||
		!comes_after(rows, candidate_of(rows, candidate->prev), one)) &&
	       (candidate->next == NO_CANDIDATE ||
		comes_after(rows, candidate_of(rows, candidate->next), one));
}

/* A job whose line may have changed since it was placed there tells nothing. */
static bool is_unsettled(const struct rows *rows, const struct candidate *candidate)
{
	return candidate->row.is_job && (candidate->is_stale || !rows->places_jobs);
}

uint32_t follow_place(const struct rows *rows, uint32_t above, struct standing one)
{
	uint32_t before = NO_CANDIDATE, at = lineup_last_child(&rows->lineup, above);

	for (; at != NO_CANDIDATE; at = candidate_of(rows, at)->prev) {
		const struct candidate *candidate = candidate_of(rows, at);

		if (is_unsettled(rows, candidate))
			continue;
		if (!comes_after(rows, candidate, one))
			break;
		before = at;
	}
	return before;
}

/* ---- what is noted of one that comes ---- */

/* Below a kernel thread that is hidden all is. */
void follow_hide_below(const struct rows *rows, struct candidate *candidate, uint32_t above)
{
	const struct candidate *parent = above == NO_CANDIDATE ? NULL : candidate_of(rows, above);

	if (!rows->scope.hides_kernel_threads || !parent || !parent->is_ghost ||
	    !parent->row.is_kernel)
		return;
	candidate->is_ghost = candidate->row.is_kernel = true;
	candidate->is_match = false;
	candidate->row.sum_cpu_permille = 0;
	candidate->row.sum_rss_kib = 0;
}

int follow_note_new(struct rows *rows, uint32_t handle)
{
	uint64_t id = candidate_of(rows, handle)->row.id;

	if (id > rows->youngest)
		rows->youngest = id;
	if (!rows->known || id <= rows->known)
		return 0;
	if (array_reserve(&rows->newcomers, &rows->newcomer_capacity, rows->newcomer_count + 1,
			  sizeof(*rows->newcomers)))
		return -ENOMEM;
	rows->newcomers[rows->newcomer_count++] = handle;
	return 0;
}

int follow_note_active(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	if (!ptree_node_activity(node))
		return 0;
	if (array_reserve(&rows->active, &rows->active_capacity, rows->active_count + 1,
			  sizeof(*rows->active)))
		return -ENOMEM;
	rows->active[rows->active_count++] = candidate_of(rows, handle)->row.id;
	return 0;
}

/* ---- coming and going ---- */

static struct standing standing_of(const struct rows *rows, const struct ptree_node *node,
				   uint64_t above)
{
	return (struct standing){ follow_line(rows, node, above), node };
}

static uint32_t find(const struct rows *rows, const struct ptree_node *node)
{
	return lineup_find(&rows->lineup, ptree_node_id(node), false);
}

static bool is_root(const struct ptree_node *node)
{
	return !node || !ptree_node_id(node);
}

static uint32_t above_of(const struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *above = gone_above(&rows->gone, node);

	return rows->scope.is_list || is_root(above) ? NO_CANDIDATE : find(rows, above);
}

static int add(struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *parent = gone_above(&rows->gone, node);
	uint64_t parent_id = is_root(parent) ? 0 : ptree_node_id(parent);
	uint32_t above = above_of(rows, node), handle;
	struct candidate candidate = collect_candidate(rows, node);

	follow_hide_below(rows, &candidate, above);
	follow_take_line(rows, node, parent_id);
	handle = lineup_add(&rows->lineup, &candidate, above,
			    follow_place(rows, above, standing_of(rows, node, parent_id)));
	if (handle == NO_CANDIDATE)
		return -ENOMEM;
	lineup_set_closed(&rows->lineup, handle,
			  collect_wants_closed(rows, candidate_of(rows, handle)));
	return follow_note_new(rows, handle) || follow_note_active(rows, handle, node) ? -ENOMEM
										       : 0;
}

/* Those above it first, who may be over: only there for it. */
static int add_with_those_above(struct rows *rows, const struct ptree_node *node)
{
	size_t bottom = rows->gone.count, most = (size_t)rows->lineup.count + 2 * FACTS_MIN;
	int err = 0;

	for (; !is_root(node) && find(rows, node) == NO_CANDIDATE && !err && most--;
	     node = gone_above(&rows->gone, node))
		err = gone_push(&rows->gone, node) ? 0 : -ENOMEM;
	while (rows->gone.count > bottom && !err) {
		node = rows->gone.nodes[--rows->gone.count];
		if (find(rows, node) == NO_CANDIDATE) /* a mixed walk can meet a circle */
			err = add(rows, node);
	}
	rows->gone.count = bottom;
	return err;
}

static void remove_one(struct rows *rows, uint32_t handle)
{
	for (size_t i = 0; i < rows->newcomer_count; i++) {
		if (rows->newcomers[i] == handle)
			rows->newcomers[i--] = rows->newcomers[--rows->newcomer_count];
	}
	lineup_remove(&rows->lineup, handle);
}

/* Those that were only there for what stood below them. */
void follow_remove_needless(struct rows *rows, uint32_t handle)
{
	while (handle != NO_CANDIDATE && candidate_of(rows, handle)->is_past &&
	       !candidate_of(rows, handle)->row.is_job &&
	       lineup_first_child(&rows->lineup, handle) == NO_CANDIDATE) {
		uint32_t above = candidate_of(rows, handle)->above;

		remove_one(rows, handle);
		handle = above;
	}
}

/* One and all that lives below it. */
static int add_branch(struct rows *rows, const struct ptree_node *node)
{
	size_t bottom = rows->branch_count;
	int err = add_with_those_above(rows, node);

	while (!err) {
		const struct ptree_node *child = ptree_node_first_child(node);

		for (; child && !err; child = ptree_node_next_sibling(child)) {
			err = add_with_those_above(rows, child);
			if (!err && array_reserve(&rows->branch, &rows->branch_capacity,
						  rows->branch_count + 1, sizeof(uint64_t)))
				err = -ENOMEM;
			if (!err)
				rows->branch[rows->branch_count++] = ptree_node_id(child);
		}
		if (rows->branch_count == bottom)
			break;
		node = ptree_tree_find_id(rows->gone.tree, rows->branch[--rows->branch_count]);
	}
	rows->branch_count = bottom;
	return err;
}

/* Whose parent is over, and nobody has adopted them: no walk from the root meets them. */
int follow_orphans(struct rows *rows)
{
	const struct ptree_node *parent;
	int err = 0;

	for (size_t i = 0; !err && (parent = ptree_tree_orphaning(rows->gone.tree, i)); i++) {
		const struct ptree_node *node = ptree_node_first_child(parent);

		for (; node && !err; node = ptree_node_next_sibling(node))
			err = add_branch(rows, node);
	}
	return err;
}

/* ---- one fact's process ---- */

static int move(struct rows *rows, uint32_t handle, const struct ptree_node *node, uint32_t above)
{
	const struct ptree_node *parent = gone_above(&rows->gone, node);
	uint32_t before, was_above = candidate_of(rows, handle)->above;
	uint32_t depth = candidate_of(rows, handle)->row.depth;
	int err;

	before = follow_place(rows, above,
			      standing_of(rows, node, is_root(parent) ? 0 : ptree_node_id(parent)));
	if (before == handle)
		before = candidate_of(rows, handle)->next;
	err = lineup_move(&rows->lineup, handle, above, before);
	if (err)
		return err;
	if (was_above != above)
		follow_remove_needless(rows, was_above);
	/* Branches of that depth may be folded, or no more. */
	return rows->folds.depth != UINT32_MAX && candidate_of(rows, handle)->row.depth != depth;
}

/* It is there already: all but its place. 1: its place in the scope has changed. */
static int refresh(struct rows *rows, uint32_t handle, const struct ptree_node *node,
		   uint32_t above)
{
	struct candidate fresh = collect_candidate(rows, node), *candidate;

	follow_hide_below(rows, &fresh, above);
	candidate = candidate_of(rows, handle);
	if (candidate->is_ghost != fresh.is_ghost ||
	    (fresh.is_ghost && candidate->row.is_kernel != fresh.row.is_kernel))
		return 1;
	if (candidate->row.is_kernel != fresh.row.is_kernel) {
		candidate->row.is_kernel = fresh.row.is_kernel;
		lineup_set_closed(&rows->lineup, handle, collect_wants_closed(rows, candidate));
	}
	candidate->changed_ns = fresh.changed_ns;
	candidate->change = fresh.change;
	lineup_set_match(&rows->lineup, handle, fresh.is_match, fresh.is_past);
	lineup_set_usage(&rows->lineup, handle, fresh.row.sum_cpu_permille, fresh.row.sum_rss_kib);
	return 0;
}

static int follow_living(struct rows *rows, const struct ptree_node *node)
{
	uint32_t handle, above;
	int err = 0;

	if (find(rows, node) == NO_CANDIDATE)
		return add_branch(rows, node);
	if (!is_root(gone_above(&rows->gone, node)) && above_of(rows, node) == NO_CANDIDATE)
		err = add_with_those_above(rows, gone_above(&rows->gone, node));
	if (err)
		return err;
	handle = find(rows, node);
	above = above_of(rows, node);
	err = refresh(rows, handle, node, above);
	if (err || candidate_of(rows, handle)->above == above)
		return err;
	return move(rows, handle, node, above);
}

static void take_away(struct rows *rows, uint32_t handle)
{
	uint32_t above = candidate_of(rows, handle)->above;

	remove_one(rows, handle);
	follow_remove_needless(rows, above);
}

/* It is over: it stays for those who still stand below it. */
static int follow_ended(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	if (lineup_first_child(&rows->lineup, handle) != NO_CANDIDATE)
		return refresh(rows, handle, node, candidate_of(rows, handle)->above);
	take_away(rows, handle);
	return 0;
}

/* It is no longer kept: those who stood below it stand elsewhere by now. */
static int follow_forgotten(struct rows *rows, uint64_t id)
{
	uint32_t handle, child;

	while ((handle = lineup_find(&rows->lineup, id, false)) != NO_CANDIDATE &&
	       (child = lineup_first_child(&rows->lineup, handle)) != NO_CANDIDATE) {
		const struct ptree_node *node =
		    ptree_tree_find_id(rows->gone.tree, candidate_of(rows, child)->row.process);

		if (!node || candidate_of(rows, child)->row.is_job ||
		    above_of(rows, node) == handle || follow_living(rows, node))
			return 1;
	}
	if (handle != NO_CANDIDATE)
		take_away(rows, handle);
	return 0;
}

static int follow_one(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	uint32_t handle = lineup_find(&rows->lineup, id, false);

	if (!node)
		return follow_forgotten(rows, id);
	if (!gone_is_over(node))
		return follow_living(rows, node);
	return handle == NO_CANDIDATE ? 0 : follow_ended(rows, handle, node);
}

/* ---- what goes on ---- */

static void refresh_usage(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	uint32_t handle = lineup_find(&rows->lineup, id, false);
	struct candidate fresh;

	if (!node || handle == NO_CANDIDATE || candidate_of(rows, handle)->is_ghost)
		return;
	fresh = collect_candidate(rows, node);
	lineup_set_usage(&rows->lineup, handle, fresh.row.sum_cpu_permille, fresh.row.sum_rss_kib);
}

static int follow_activity(struct rows *rows)
{
	const struct ptree_node *node = ptree_tree_first_active(rows->gone.tree);
	int err = 0;

	for (size_t i = 0; i < rows->active_count; i++)
		refresh_usage(rows, rows->active[i]);
	rows->active_count = 0;
	for (; node && !err; node = ptree_node_next_active(node)) {
		uint32_t handle = find(rows, node);

		if (handle == NO_CANDIDATE)
			continue;
		refresh_usage(rows, ptree_node_id(node));
		err = follow_note_active(rows, handle, node);
	}
	return err;
}

/* ---- facts ---- */

/* It says something of others, too: a filter may look for it above them, and who is watched passes
   that on to those whom it forked. */
static bool is_told_to_those_below(const struct rows *rows, const struct ptree_fact *fact)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, fact->id);
	bool is_name = fact->kind == PTREE_FACT_NAME || fact->kind == PTREE_FACT_ARGUMENTS ||
		       fact->kind == PTREE_FACT_ORIGIN;
	bool looks_above = rows->gone.match->filter && filter_looks_above(rows->gone.match->filter);

	if (!looks_above && !(rows->scope.only_watched && is_name))
		return false;
	if (!node) /* whom it had forked its origin has forked now */
		return looks_above && fact->kind == PTREE_FACT_FORGOTTEN;
	return fact->kind != PTREE_FACT_SAMPLED && fact->kind != PTREE_FACT_APPEARED &&
	       (ptree_node_first_child(node) || ptree_node_last_forked(node));
}

/* Below whom arrivals are looked for. */
static int note_exit(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	const struct ptree_node *parent = node ? ptree_node_parent(node) : NULL;

	if (!parent || rows->misses_exits)
		return 0;
	if (array_reserve(&rows->exits, &rows->exit_capacity, rows->exit_count + 1,
			  sizeof(*rows->exits)))
		return -ENOMEM;
	rows->exits[rows->exit_count++] = ptree_node_id(parent);
	return 0;
}

/* 1: collect all. */
static int follow_fact(struct rows *rows, const struct ptree_fact *fact)
{
	switch (fact->kind) {
	case PTREE_FACT_TICK:
		return follow_activity(rows);
	case PTREE_FACT_THREAD_BEGAN:
	case PTREE_FACT_THREAD_NAMED:
	case PTREE_FACT_THREAD_ENDED:
	case PTREE_FACT_THREAD_SAMPLED:
	case PTREE_FACT_ACCOUNTED:
		return 0;
	}
	if (!fact->id)
		return fact->kind >= PTREE_FACT_KEPT_IMAGE;
	if (fact->kind == PTREE_FACT_FILLED || fact->kind == PTREE_FACT_REDATED)
		return 1; /* those beside it are not in order any more */
	if ((fact->kind == PTREE_FACT_ENDED || fact->kind == PTREE_FACT_REAPED) &&
	    note_exit(rows, fact->id))
		return -ENOMEM;
	if (is_told_to_those_below(rows, fact))
		return 1;
	return follow_one(rows, fact->id);
}

int follow_tree(struct rows *rows)
{
	struct ptree_feed_reader end;
	struct ptree_fact fact;
	int ret, err = 0;

	ptree_tree_feed_end(rows->gone.tree, &end);
	if (end.next - rows->reader.next > (uint64_t)rows->lineup.count + FACTS_MIN)
		return 1;
	while (!err && (ret = ptree_tree_feed_read(rows->gone.tree, &rows->reader, &fact)) > 0)
		err = follow_fact(rows, &fact);
	return err ? err : ret < 0;
}
