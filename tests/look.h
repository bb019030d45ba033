/* SPDX-License-Identifier: MIT */
/*
 * What somebody looks at while a tree changes at random, and chooses at random: the lineup that
 * followed is compared with counting anew, and with one that was collected anew.
 */
#ifndef TESTS_LOOK_H
#define TESTS_LOOK_H

#include "random-load.h"

#include "model/cursor.h"
#include "model/field.h"
#include "model/filter.h"
#include "model/lineup-impl.h"
#include "model/rows-impl.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What somebody looks at, and has chosen. */
struct look {
	struct load load;
	struct rows *rows;
	struct rows_scope scope;
	struct match match;
	struct filter *filter;
	uint32_t uid;
	struct cursor cursor;
	bool likes_modes; /* lineage, threads, all that is kept: mostly */
};

/* ---- counting anew ---- */

/* What was found out by blocks is to hold as long as it would without the test. */
static inline void count_unnoticed(struct lineup *lineup)
{
	uint64_t *stamps = calloc(lineup->block_count + 1, sizeof(*stamps));

	for (uint32_t i = 0; i < lineup->block_count; i++)
		stamps[i] = lineup->blocks[i]->needed;
	lineup_count(lineup);
	for (uint32_t i = 0; i < lineup->block_count; i++)
		lineup->blocks[i]->needed = stamps[i];
	free(stamps);
}

static inline void expect_kept_as_counted(struct rows *rows)
{
	struct lineup *lineup = &rows->lineup;
	struct candidate *kept = calloc(lineup->used + 1, sizeof(*kept));
	struct rows_tally tally = lineup->tally;
	uint32_t row_count = lineup->row_count, living_count = lineup->living_count, handle;
	struct lineup_iterator all = lineup_begin(lineup);

	if (lineup->used)
		memcpy(kept, lineup->items, lineup->used * sizeof(*kept));
	count_unnoticed(lineup);
	assert_int_equal(lineup->row_count, row_count);
	assert_int_equal(lineup->living_count, living_count);
	assert_memory_equal(&lineup->tally, &tally, sizeof(tally));
	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *is = lineup_item(lineup, handle), *was = &kept[handle];

		assert_int_equal(was->matching, is->matching);
		assert_int_equal(was->alive, is->alive);
		assert_int_equal(was->countable, is->countable);
		assert_int_equal(was->folds_above, is->folds_above);
		assert_int_equal(was->row.depth, is->row.depth);
		assert_int_equal(was->row.sum_cpu_permille, is->row.sum_cpu_permille);
		assert_int_equal(was->row.sum_rss_kib, is->row.sum_rss_kib);
	}
	free(kept);
	lineup_settle(lineup);
}

/* Each one's own is what the tree says now, and the sums are theirs. */
static inline void expect_weights(struct rows *rows)
{
	struct lineup *lineup = &rows->lineup;
	struct lineup_weight *kept = calloc(lineup->used + 1, sizeof(*kept));
	struct lineup_iterator all = lineup_begin(lineup);
	const struct match match = { 0 };
	uint32_t handle;

	if (lineup->has_weights && lineup->used)
		memcpy(kept, lineup->weights, lineup->used * sizeof(*kept));
	rows->gone.match = &match;
	while (lineup->has_weights && (handle = lineup_next(&all)) != NO_CANDIDATE) {
		order_weigh(rows, handle);
		assert_int_equal(kept[handle].own, lineup->weights[handle].own);
		lineup_put_weight(lineup, handle, kept[handle].own);
	}
	if (lineup->has_weights)
		lineup_add_up_weights(lineup);
	for (all = lineup_begin(lineup);
	     lineup->has_weights && (handle = lineup_next(&all)) != NO_CANDIDATE;)
		assert_int_equal(kept[handle].sum, lineup_weight(lineup, handle));
	rows->gone.match = NULL;
	free(kept);
}

/* Nobody stands before whom he belongs behind, who is beside him. */
static inline void expect_in_order(struct look *look)
{
	struct rows *rows = look->rows;
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	rows->gone.match = &look->match;
	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = lineup_item(&rows->lineup, handle);
		struct standing one;

		if (!candidate->is_process && !candidate->row.is_group)
			continue;
		one = place_standing(rows, candidate);
		if (!place_is_right(rows, handle, &one))
			print_message("# stands wrong: id %d\n", (int)candidate->row.id);
		assert_true(place_is_right(rows, handle, &one));
	}
	rows->gone.match = NULL;
}

/* Whoever has a row is found by its place, and the other way round. */
static inline void expect_places(const struct rows *rows)
{
	const struct lineup *lineup = &rows->lineup;
	struct lineup_iterator all = lineup_begin(lineup);
	uint32_t handle, index = 0, count = 0;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = lineup_item(lineup, handle);

		count++;
		assert_int_equal(lineup_rows_before(lineup, handle), index);
		assert_int_equal(lineup_find(lineup, candidate->row.id, candidate->row.is_job),
				 handle);
		if (!lineup_is_row(lineup, handle))
			continue;
		assert_int_equal(lineup_row(lineup, index), handle);
		index++;
	}
	assert_int_equal(index, rows_count(rows));
	assert_int_equal(count, lineup->count);
}

/* What is kept by blocks is what one would count anew. */
static inline void expect_counts_below(const struct rows *rows, uint32_t above)
{
	uint32_t end = lineup_skip(&rows->lineup, above), at = above;
	struct sums_count count = sums_count_below(rows, above), wanted = { 0 };

	while ((at = lineup_after(&rows->lineup, at)) != end) {
		const struct candidate *candidate = lineup_item(&rows->lineup, at);
		bool is_there =
		    candidate->is_process && !candidate->is_ghost && !candidate->is_past;

		wanted.processes += is_there;
		wanted.matching += is_there && candidate->is_match;
		if (!candidate->matching || candidate->changed_ns <= wanted.latest_ns)
			continue;
		wanted.latest_ns = candidate->changed_ns;
		wanted.change = candidate->change;
	}
	assert_int_equal(count.processes, wanted.processes);
	assert_int_equal(count.matching, wanted.matching);
	assert_int_equal(count.latest_ns, wanted.latest_ns);
	assert_int_equal(count.change, wanted.change);
}

static inline void expect_heirs(const struct rows *rows)
{
	struct sums_walk heirs = sums_heirs_among(rows, lineup_all(&rows->lineup));
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle, heir = sums_next_heir(&heirs);

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = lineup_item(&rows->lineup, handle);
		const struct ptree_node *node =
		    candidate->is_process
			? ptree_tree_find_id(rows->gone.tree, candidate->row.process)
			: NULL;

		if (node && (ptree_node_last_exited(node) || ptree_node_summary(node)))
			assert_int_equal(heir, handle);
		if (heir == handle)
			heir = sums_next_heir(&heirs);
	}
	assert_int_equal(heir, NO_CANDIDATE);
}

static inline void expect_sums_of_blocks(const struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE)
		expect_counts_below(rows, handle);
	expect_heirs(rows);
}

/* ---- collecting anew ---- */

/* A group, and what is over and in another one than those who came from it, may be there for jobs
   only, and these depend on the window. */
static inline bool is_living(const struct rows *rows, uint32_t handle)
{
	const struct lineup *lineup = &rows->lineup;
	const struct candidate *candidate = lineup_item(lineup, handle);
	bool may_be_for_jobs =
	    candidate->row.is_group || (candidate->is_past && rows->scope.group != GROUP_NONE);
	uint32_t end = lineup_skip(lineup, handle), at = handle;

	if (!may_be_for_jobs)
		return !candidate->row.is_job && !candidate->row.is_summary;
	while ((at = lineup_after(lineup, at)) != end) {
		if (lineup_item(lineup, at)->is_process && !lineup_item(lineup, at)->is_past)
			return true;
	}
	return false;
}

static inline uint32_t next_living(const struct rows *rows, struct lineup_iterator *iterator)
{
	uint32_t handle;

	do
		handle = lineup_next(iterator);
	while (handle != NO_CANDIDATE && !is_living(rows, handle));
	return handle;
}

static inline uint64_t id_above(const struct rows *rows, const struct candidate *candidate)
{
	return candidate->above == NO_CANDIDATE
		   ? 0
		   : lineup_item(&rows->lineup, candidate->above)->row.id;
}

/* For those who have to find out why. */
static inline void explain(const struct rows *followed, const struct candidate *is,
			   const struct rows *anew, const struct candidate *wanted)
{
	const struct candidate *const both[] = { is, wanted };
	const struct rows *const rows[] = { followed, anew };
	char text[2][256];

	for (int i = 0; i < 2; i++) {
		const struct candidate *candidate = both[i];
		uint32_t cpu_permille;
		uint64_t rss_kib;

		lineup_usage(&rows[i]->lineup,
			     lineup_find(&rows[i]->lineup, candidate->row.id, false), &cpu_permille,
			     &rss_kib);
		snprintf(text[i], sizeof(text[i]),
			 "id %d below %d depth %u match %d past %d ghost %d closed %d kernel %d "
			 "change %d at %d, %u and %d",
			 (int)candidate->row.id, (int)id_above(rows[i], candidate),
			 candidate->row.depth, candidate->is_match, candidate->is_past,
			 candidate->is_ghost, candidate->is_closed, candidate->row.is_kernel,
			 candidate->change, (int)(candidate->changed_ns / MS), cpu_permille,
			 (int)rss_kib);
	}
	if (strcmp(text[0], text[1]) != 0)
		print_message("# is     %s\n# wanted %s\n", text[0], text[1]);
}

static inline void expect_same(const struct rows *followed, const struct rows *anew,
			       uint32_t handle)
{
	const struct candidate *a = lineup_item(&anew->lineup, handle), *b;
	uint32_t same = lineup_find(&followed->lineup, a->row.id, false), cpu, is_cpu;
	uint64_t rss, is_rss;

	if (same == NO_CANDIDATE)
		print_message("# is not there: id %d below %d\n", (int)a->row.id,
			      (int)id_above(anew, a));
	assert_int_not_equal(same, NO_CANDIDATE);
	b = lineup_item(&followed->lineup, same);
	explain(followed, b, anew, a);
	assert_int_equal(id_above(followed, b), id_above(anew, a));
	assert_int_equal(b->row.depth, a->row.depth);
	assert_int_equal(b->row.pid, a->row.pid);
	assert_int_equal(b->row.is_kernel, a->row.is_kernel);

	assert_int_equal(b->is_match, a->is_match);
	assert_int_equal(b->is_past, a->is_past);
	assert_int_equal(b->is_ghost, a->is_ghost);
	assert_int_equal(b->is_closed, a->is_closed);
	assert_int_equal(b->change, a->change);
	assert_int_equal(b->changed_ns, a->changed_ns);
	lineup_usage(&followed->lineup, same, &is_cpu, &is_rss);
	lineup_usage(&anew->lineup, handle, &cpu, &rss);
	assert_int_equal(is_cpu, cpu);
	assert_int_equal(is_rss, rss);
}

static inline void print_order(const char *which, const struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle;

	print_message("# %s %s%s%s:", which, rows->scope.is_list ? "list " : "",
		      rows->scope.is_reversed ? "reversed " : "",
		      field_sort_name(rows->scope.sort));
	while ((handle = next_living(rows, &all)) != NO_CANDIDATE)
		print_message(" %d<%d", (int)lineup_item(&rows->lineup, handle)->row.id,
			      (int)id_above(rows, lineup_item(&rows->lineup, handle)));
	print_message("\n");
}

/* Where some origins are not known there can be a circle, and who is in it is nowhere for sure. */
static inline bool is_in_circle(const struct rows *rows, const struct ptree_node *node)
{
	int most = 1000;

	while (node && ptree_node_id(node) && most--)
		node = gone_above(&rows->gone, node);
	return most < 0;
}

static inline bool has_circle(const struct look *look)
{
	for (uint64_t id = 1; id < look->load.tree->next_id; id++) {
		const struct ptree_node *node = ptree_tree_find_id(look->load.tree, id);

		if (node && is_in_circle(look->rows, node))
			return true;
	}
	return false;
}

/* All that lives, and in the same order unless somebody stands on another one's line. */
static inline void expect_as_collected_anew(struct look *look)
{
	struct rows *anew = rows_new();
	struct folds none = anew->folds;
	struct cursor cursor = { 0 };
	struct lineup_iterator all, others;
	uint32_t handle, other;

	anew->folds = look->rows->folds;
	anew->groups.seed = look->rows->groups.seed;
	assert_int_equal(rows_collect(anew, look->load.tree, &look->scope, &look->match, &cursor),
			 0);
	all = lineup_begin(&anew->lineup);
	others = lineup_begin(&look->rows->lineup);
	do {
		handle = next_living(anew, &all);
		other = next_living(look->rows, &others);
		if ((handle == NO_CANDIDATE) != (other == NO_CANDIDATE)) {
			print_order("is    ", look->rows);
			print_order("wanted", anew);
			fail();
		}
		if (handle == NO_CANDIDATE)
			break;
		expect_same(look->rows, anew, handle);
		if (look->rows->jobs.lane_count ||
		    lineup_item(&look->rows->lineup, other)->row.id ==
			lineup_item(&anew->lineup, handle)->row.id)
			continue;
		print_order("is    ", look->rows);
		print_order("wanted", anew);
		fail();
	} while (handle != NO_CANDIDATE);
	anew->folds = none;
	rows_free(anew);
}

/* ---- choices ---- */

static inline void choose_filter(struct look *look)
{
	static const char *const expressions[] = { "",	       "n1",	   "under:n2",
						   "!n3",      "user:1",   "state:S",
						   "pid:7",    "!under:5", "unit:a.service",
						   "!cgroup:b" };
	struct filter_error error;

	filter_free(look->filter);
	look->filter = NULL;
	assert_int_equal(filter_compile(&look->filter,
					expressions[draw(&look->load, COUNT(expressions))], &error),
			 0);
	look->match.filter = draw(&look->load, 3) ? look->filter : NULL;
	look->uid = draw(&look->load, 3);
	look->match.uids = &look->uid;
	look->match.uid_count = draw(&look->load, 4) == 0;
	rows_reset_exited(look->rows);
}

static inline void choose_watch(struct look *look)
{
	const struct ptree_node *node = tree_latest(look->load.tree, draw_pid(&look->load));

	ptree_tree_unwatch_all(look->load.tree);
	if (node && draw(&look->load, 2))
		ptree_tree_watch_id(look->load.tree, node->id);
	else
		ptree_tree_watch_name(look->load.tree, "n4", 0);
	look->scope.only_watched = draw(&look->load, 2);
	rows_reset_exited(look->rows);
}

static inline void choose_folds(struct look *look)
{
	uint32_t count = rows_count(look->rows);
	const struct row *row = count ? rows_at(look->rows, draw(&look->load, count)) : NULL;

	switch (draw(&look->load, 6)) {
	case 0:
		rows_fold_at_depth(look->rows, 1 + draw(&look->load, 4));
		break;
	case 1:
		rows_unfold_all(look->rows);
		break;
	default:
		if (row)
			rows_set_folded(look->rows, row->id, !row->is_folded);
	}
}

static inline void choose_order(struct look *look)
{
	struct rows_scope *scope = &look->scope;
	bool is_plain = draw(&look->load, 3);

	scope->is_list = !is_plain && draw(&look->load, 3) == 0;
	scope->by_origin = !is_plain && draw(&look->load, 3) == 0;
	scope->shows_threads = !is_plain && draw(&look->load, 3) == 0;
	scope->is_reversed = !is_plain && draw(&look->load, 3) == 0;
	scope->sort =
	    is_plain
		? NULL
		: field_sort_at((int)draw(&look->load, draw(&look->load, 2)
							   ? (uint32_t)field_sort_count()
							   : (uint32_t)field_sort_count_of_all()));
	scope->hides_kernel_threads = draw(&look->load, 2);
	scope->exited = draw(&look->load, 6) ? JOBS_BRIEF : (enum jobs_mode)draw(&look->load, 3);
	if (look->likes_modes) {
		scope->by_origin = draw(&look->load, 2);
		scope->shows_threads = draw(&look->load, 2);
		scope->exited = (enum jobs_mode)draw(&look->load, 3);
	}
	rows_reset_exited(look->rows);
}

static inline void choose(struct look *look)
{
	switch (draw(&look->load, 60)) {
	case 0:
		choose_filter(look);
		break;
	case 1:
		choose_watch(look);
		break;
	case 2:
	case 3:
	case 4:
		choose_folds(look);
		break;
	case 5:
		choose_order(look);
		break;
	case 6:
		cursor_move_to(&look->cursor, look->rows,
			       draw(&look->load, rows_count(look->rows) + 1), look->scope.height);
		break;
	case 7:
		look->scope.height = draw(&look->load, 40);
		break;
	}
}

/* ---- a step ---- */

static inline void collect_and_compare(struct look *look)
{
	look->scope.now_ns = look->load.now_ns;
	assert_int_equal(
	    rows_collect(look->rows, look->load.tree, &look->scope, &look->match, &look->cursor),
	    0);
	expect_sums_of_blocks(look->rows);
	expect_kept_as_counted(look->rows);
	expect_weights(look->rows);
	expect_in_order(look);
	expect_places(look->rows);
	if (!look->scope.by_origin || !has_circle(look))
		expect_as_collected_anew(look);
}

#endif
