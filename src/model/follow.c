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
#define HEIRS_MAX 66  /* farther up nobody is told of what one has left */

/* ---- what is noted of one that comes ---- */

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
	const struct ptree_node *above = rows->scope.is_list ? NULL : grouping_above(rows, node);
	uint32_t handle = above ? find(rows, above) : NO_CANDIDATE;

	/* In a circle there may be nobody above it. */
	return handle == NO_CANDIDATE && grouping_is_on(rows) ? grouping_find(rows, node) : handle;
}

static int add(struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *parent = gone_above(&rows->gone, node);
	struct candidate candidate = collect_candidate(rows, node);
	struct standing one;
	uint32_t above, handle;

	if (grouping_ensure(rows, node))
		return -ENOMEM;
	above = above_of(rows, node);
	rows->has_circle |= above == NO_CANDIDATE && !rows->scope.is_list && !is_root(parent);
	place_take_line(rows, node, is_root(parent) ? 0 : ptree_node_id(parent));
	one = place_standing(rows, &candidate);
	handle = lineup_add(&rows->lineup, &candidate, above, place_find(rows, above, &one));
	if (handle == NO_CANDIDATE || grouping_enter(rows, handle, node))
		return -ENOMEM;
	lineup_set_closed(&rows->lineup, handle,
			  collect_wants_closed(rows, candidate_of(rows, handle)));
	if (threads_show(rows, handle, node) || follow_note_new(rows, handle) ||
	    follow_note_active(rows, handle, node))
		return -ENOMEM;
	/* The figures of those beside it can be newer than the facts that were followed yet. */
	return place_unsettle(rows, handle);
}

/* Those above it first, who may be over: only there for it. */
static int add_with_those_above(struct rows *rows, const struct ptree_node *node)
{
	size_t bottom = rows->gone.count, most = (size_t)rows->lineup.count + 2 * FACTS_MIN;
	int err = 0;

	if (rows->scope.is_list) /* nobody stands below anybody */
		return find(rows, node) == NO_CANDIDATE && !gone_is_over(node) ? add(rows, node)
									       : 0;
	for (; !is_root(node) && find(rows, node) == NO_CANDIDATE && !err && most--;
	     node = grouping_above(rows, node))
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
	candidate_of(rows, handle)->is_unsettled = false;
	threads_hide(rows, handle);
	grouping_leave(rows, handle);
	lineup_remove(&rows->lineup, handle);
}

static bool is_only_for_others(const struct candidate *candidate)
{
	return candidate->row.is_group || (candidate->is_past && !candidate->row.is_job);
}

/* Those that were only there for what stood below them. */
void follow_remove_needless(struct rows *rows, uint32_t handle)
{
	while (handle != NO_CANDIDATE && is_only_for_others(candidate_of(rows, handle)) &&
	       lineup_first_child(&rows->lineup, handle) == NO_CANDIDATE) {
		uint32_t above = candidate_of(rows, handle)->above;

		remove_one(rows, handle);
		handle = above;
	}
}

void follow_remove_all_needless(struct rows *rows)
{
	uint32_t handle = lineup_last(&rows->lineup);

	while (handle != NO_CANDIDATE) {
		uint32_t before = lineup_before(&rows->lineup, handle);

		if (is_only_for_others(candidate_of(rows, handle)) &&
		    lineup_first_child(&rows->lineup, handle) == NO_CANDIDATE)
			remove_one(rows, handle);
		handle = before;
	}
}

/* Of parents there are no circles, but of origins of which some are not known. */
static bool is_in_branch(const struct rows *rows, uint32_t handle, uint32_t branch)
{
	if (!rows->scope.by_origin)
		return false;
	while (handle != NO_CANDIDATE && handle != branch)
		handle = candidate_of(rows, handle)->above;
	return handle != NO_CANDIDATE;
}

static int move(struct rows *rows, uint32_t handle, uint32_t above)
{
	const struct standing one = place_standing(rows, candidate_of(rows, handle));
	uint32_t was_above = candidate_of(rows, handle)->above;
	uint32_t depth = candidate_of(rows, handle)->row.depth;

	if (place_unsettle(rows, was_above) || place_unsettle(rows, above) ||
	    lineup_move(&rows->lineup, handle, above, place_find(rows, above, &one)))
		return -ENOMEM;
	follow_remove_needless(rows, was_above);
	if (place_unsettle(rows, handle))
		return -ENOMEM;
	/* Branches of that depth may be folded, or no more. */
	return rows->folds.depth != UINT32_MAX && candidate_of(rows, handle)->row.depth != depth;
}

/* Whom it is to stand below. */
static int ensure_above(struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *above = grouping_above(rows, node);

	if (above && find(rows, above) == NO_CANDIDATE)
		return add_with_those_above(rows, above);
	return grouping_ensure(rows, node);
}

/* It is there already: at its place. 1: collect all. */
static int put_right(struct rows *rows, const struct ptree_node *node)
{
	int err = ensure_above(rows, node);
	uint32_t handle = find(rows, node), above = above_of(rows, node);

	if (err || handle == NO_CANDIDATE || candidate_of(rows, handle)->above == above)
		return err;
	return is_in_branch(rows, above, handle) ? 1 : move(rows, handle, above);
}

/* Those above an orphan that are over are nobody's children any more. */
static int put_past_children_right(struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *past, *above;
	int err = 0;

	for (size_t i = 0; !err && (past = ptree_tree_orphaning(rows->gone.tree, i)); i++) {
		size_t most = above_most(rows->gone.tree);

		for (; past && !err && gone_is_over(past) && most--; past = above) {
			above = gone_above(&rows->gone, past);
			if (above == node && find(rows, past) != NO_CANDIDATE)
				err = put_right(rows, past);
		}
	}
	return err;
}

/* It is in another group: its children that were in the same one are not any more, or are now. */
static int put_children_right(struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *child = ptree_node_first_child(node);
	int err = 0;

	for (; child && !err; child = ptree_node_next_sibling(child)) {
		if (find(rows, child) != NO_CANDIDATE)
			err = put_right(rows, child);
	}
	return err ? err : put_past_children_right(rows, node);
}

/* It came before whom it stands below. In lineage all are collected at once, and in circles none
   can be right. */
static bool can_be_elsewhere(const struct rows *rows, const struct ptree_node *node)
{
	return grouping_is_on(rows) && !rows->scope.by_origin && find(rows, node) != NO_CANDIDATE;
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
			if (!err && can_be_elsewhere(rows, child))
				err = put_right(rows, child);
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

/* It is there already: all but its place. 1: its place in the scope has changed. */
static int refresh(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	struct candidate fresh = collect_candidate(rows, node), *candidate;

	candidate = candidate_of(rows, handle);
	if (candidate->is_ghost != fresh.is_ghost)
		return 1;
	if (candidate->row.is_kernel != fresh.row.is_kernel) {
		candidate->row.is_kernel = fresh.row.is_kernel;
		lineup_set_closed(&rows->lineup, handle, collect_wants_closed(rows, candidate));
	}
	candidate->changed_ns = fresh.changed_ns;
	candidate->change = fresh.change;
	lineup_touch(&rows->lineup, handle);
	lineup_set_match(&rows->lineup, handle, fresh.is_match, fresh.is_past);
	threads_set_match(rows, handle, fresh.is_match);
	lineup_set_usage(&rows->lineup, handle, fresh.row.sum_cpu_permille, fresh.row.sum_rss_kib);
	return place_unsettle(rows, handle);
}

/* It stands below whom it belongs, and so do its children if it has gone to another group. */
static int regroup(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	bool is_news = grouping_is_news(rows, handle, node);
	int err;

	if (is_news) {
		grouping_leave(rows, handle);
		if (grouping_enter(rows, handle, node))
			return -ENOMEM;
	}
	err = put_right(rows, node);
	return err || !is_news ? err : put_children_right(rows, node);
}

static int follow_living(struct rows *rows, const struct ptree_node *node)
{
	int err;

	if (find(rows, node) == NO_CANDIDATE)
		return add_branch(rows, node);
	err = ensure_above(rows, node);
	if (!err)
		err = refresh(rows, find(rows, node), node);
	return err ? err : regroup(rows, find(rows, node), node);
}

static void take_away(struct rows *rows, uint32_t handle)
{
	uint32_t above = candidate_of(rows, handle)->above;

	place_unsettle(rows, above); /* without memory a sum stands where it stood */
	remove_one(rows, handle);
	follow_remove_needless(rows, above);
}

/* It is over: it stays for those who still stand below it. */
static int follow_ended(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	int err = 0;

	if (lineup_first_child(&rows->lineup, handle) == NO_CANDIDATE) {
		take_away(rows, handle);
		return grouping_is_on(rows) ? put_children_right(rows, node) : 0;
	}
	err = refresh(rows, handle, node);
	return err || !(grouping_is_on(rows) || rows->scope.by_origin)
		   ? err
		   : regroup(rows, handle, node);
}

/* It is no longer kept: those who stood below it stand elsewhere by now. */
static int follow_forgotten(struct rows *rows, uint64_t id)
{
	uint32_t handle = lineup_find(&rows->lineup, id, false), child;

	if (handle != NO_CANDIDATE)
		threads_hide(rows, handle);
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

int follow_process(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	uint32_t handle = lineup_find(&rows->lineup, id, false);

	if (!node && handle != NO_CANDIDATE && candidate_of(rows, handle)->row.is_thread)
		return 0; /* that is a thread's id, and of threads facts tell */
	if (!node)
		return follow_forgotten(rows, id);
	if (!gone_is_over(node))
		return follow_living(rows, node);
	if (handle == NO_CANDIDATE)
		return grouping_is_on(rows) ? put_children_right(rows, node) : 0;
	return follow_ended(rows, handle, node);
}

/* ---- facts ---- */

/* One above an orphan hides it if it is a kernel thread, and in groups stands elsewhere. */
static bool may_have_hidden(const struct rows *rows, uint64_t id)
{
	if (!rows->scope.hides_kernel_threads)
		return false;
	if (rows->scope.by_origin)
		return lineup_find(&rows->lineup, id, false) != NO_CANDIDATE;
	return grouping_is_on(rows) && ptree_tree_orphaning(rows->gone.tree, 0);
}

/* It says something of others, too: a filter may look for it above them, who is watched passes that
   on to those whom it forked, and below a hidden kernel thread all is hidden. */
static bool is_told_to_those_below(const struct rows *rows, const struct ptree_fact *fact)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, fact->id);
	bool looks_above = rows->gone.match->filter && filter_looks_above(rows->gone.match->filter);

	if (!node) /* whom it had forked its origin has forked now */
		return fact->kind == PTREE_FACT_FORGOTTEN &&
		       (looks_above || may_have_hidden(rows, fact->id));
	if (!ptree_node_first_child(node) && !ptree_node_last_forked(node) &&
	    !gone_is_above_orphans(&rows->gone, node))
		return false;
	switch (fact->kind) {
	case PTREE_FACT_ORIGIN:
		return looks_above || rows->scope.only_watched ||
		       (rows->scope.by_origin && rows->scope.hides_kernel_threads);
	case PTREE_FACT_NAME:
	case PTREE_FACT_ARGUMENTS:
		return looks_above || rows->scope.only_watched;
	case PTREE_FACT_MOVED:
	case PTREE_FACT_KERNEL_THREAD:
		return looks_above || rows->scope.hides_kernel_threads;
	case PTREE_FACT_SAMPLED:
	case PTREE_FACT_APPEARED:
		return false;
	}
	return looks_above;
}

/* Below whom arrivals are looked for, or in lineage who may be one. */
static int note_exit(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	const struct ptree_node *noted =
	    node && !rows->scope.by_origin ? ptree_node_parent(node) : node;

	if (!noted || rows->misses_exits)
		return 0;
	if (array_reserve(&rows->exits, &rows->exit_capacity, rows->exit_count + 1,
			  sizeof(*rows->exits)))
		return -ENOMEM;
	rows->exits[rows->exit_count++] = ptree_node_id(noted);
	return 0;
}

static bool runs(const struct ptree_node *node, uint64_t image)
{
	const struct ptree_image *present = node ? ptree_node_image(node, 0) : NULL;

	return present && present->id == image;
}

static int push_forked(struct rows *rows, const struct ptree_node *node, uint64_t image)
{
	for (node = ptree_node_last_forked(node); node; node = ptree_node_prev_forked(node)) {
		if (!runs(node, image))
			continue;
		if (array_reserve(&rows->branch, &rows->branch_capacity, rows->branch_count + 1,
				  sizeof(*rows->branch)))
			return -ENOMEM;
		rows->branch[rows->branch_count++] = ptree_node_id(node);
	}
	return 0;
}

/* A text is an image's, which those who were forked share as long as they run it. */
static int follow_image(struct rows *rows, uint64_t id, uint64_t image)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	size_t bottom = rows->branch_count;
	int err = follow_process(rows, id);

	while (!err && runs(node, image) && runs(ptree_node_origin(node), image))
		node = ptree_node_origin(node);
	if (!err && runs(node, image) && ptree_node_id(node) != id)
		err = follow_process(rows, ptree_node_id(node));
	if (!err && runs(node, image))
		err = push_forked(rows, node, image);
	while (!err && rows->branch_count > bottom) {
		node = ptree_tree_find_id(rows->gone.tree, rows->branch[--rows->branch_count]);
		err = push_forked(rows, node, image);
		if (!err)
			err = follow_process(rows, ptree_node_id(node));
	}
	rows->branch_count = bottom;
	return err;
}

static int touch(struct rows *rows, uint32_t handle)
{
	if (handle == NO_CANDIDATE)
		return 0;
	lineup_touch(&rows->lineup, handle);
	return order_is_by_weight(&rows->scope) ? place_unsettle(rows, handle) : 0;
}

/* What one has used is told of it and, when it is over, of those above it up to the first that
   lives, and so is what it did of late; whoever forks does something, too. 1: of whom is not known.
 */
static int touch_told(struct rows *rows, const struct ptree_fact *fact)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, fact->id);
	int err = touch(rows, lineup_find(&rows->lineup, fact->id, false));

	if (node && fact->kind == PTREE_FACT_MOVED && ptree_node_has_ended(node) &&
	    (grouping_is_on(rows) || order_is_by_weight(&rows->scope)))
		return 1; /* it may have been told of who was its parent then */
	if (node && rows->scope.by_origin && ptree_node_origin(node))
		err = touch(rows, find(rows, ptree_node_origin(node)));
	for (unsigned i = 0; node && !err && i < HEIRS_MAX; i++) {
		node = ptree_node_parent(node);
		err = node ? touch(rows, find(rows, node)) : 0;
		if (node && !ptree_node_has_ended(node))
			break;
	}
	return err;
}

static int follow_thread(struct rows *rows, const struct ptree_fact *fact)
{
	if (fact->kind == PTREE_FACT_THREAD_ENDED)
		threads_end(rows, fact);
	else if (threads_begin(rows, fact))
		return -ENOMEM;
	if (rows->gone.match->filter) /* it may ask how many there are */
		return follow_process(rows, fact->id);
	return place_unsettle(rows, lineup_find(&rows->lineup, fact->id, false));
}

/* 1: collect all. */
static int follow_fact(struct rows *rows, const struct ptree_fact *fact)
{
	int err = touch_told(rows, fact);

	if (err)
		return err;
	switch (fact->kind) {
	case PTREE_FACT_TICK:
		return follow_activity(rows);
	case PTREE_FACT_THREAD_BEGAN:
	case PTREE_FACT_THREAD_ENDED:
		return follow_thread(rows, fact);
	case PTREE_FACT_ACCOUNTED: /* of a zombie, which has a place still */
		return place_unsettle(rows, lineup_find(&rows->lineup, fact->id, false));
	case PTREE_FACT_THREAD_NAMED:
	case PTREE_FACT_THREAD_SAMPLED:
		return 0;
	case PTREE_FACT_IMAGE: /* all its threads but one end then, of which no fact tells */
	case PTREE_FACT_IMAGE_DATED:
	case PTREE_FACT_ENDED:
	case PTREE_FACT_REVIVED:
		if (threads_renew(rows, fact->id))
			return -ENOMEM;
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
	if (fact->kind == PTREE_FACT_NAME)
		return follow_image(rows, fact->id, fact->u.name.image);
	if (fact->kind == PTREE_FACT_ARGUMENTS)
		return follow_image(rows, fact->id, fact->u.arguments.image);
	return follow_process(rows, fact->id);
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
	if (!err && ret < 0)
		err = 1;
	if (!err)
		err = follow_untold(rows);
	return err ? err : place_settle(rows);
}
