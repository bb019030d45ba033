/* SPDX-License-Identifier: MIT */
/*
 * Rows of groups. Each stands at the top, and those in it below it as trees of their own: whoever's
 * parent is in the same group stands below that one. What is over stands below whom it had above
 * it, in whatever group that is.
 */
#include "model/field.h"
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

bool grouping_is_on(const struct rows *rows)
{
	return rows->scope.group != GROUP_NONE;
}

static struct group_key key_of(const struct rows *rows, const struct ptree_node *node)
{
	return group_key(rows->scope.group, rows->scope.cgroups, rows->groups.seed, node);
}

uint32_t grouping_find(const struct rows *rows, const struct ptree_node *node)
{
	return lineup_find(&rows->lineup, key_of(rows, node).id, false);
}

const struct ptree_node *grouping_above(const struct rows *rows, const struct ptree_node *node)
{
	const struct ptree_node *above = gone_above(&rows->gone, node);

	if (!above || !ptree_node_id(above))
		return NULL;
	if (grouping_is_on(rows) && key_of(rows, above).id != key_of(rows, node).id)
		return NULL;
	return above;
}

/* ---- who is in it ---- */

static uint32_t group_of(const struct rows *rows, uint32_t handle)
{
	return candidate_of(rows, handle)->group;
}

/* The table's, whether its row is still there or not. */
static int hold(struct rows *rows, uint32_t handle, const struct group_key *key)
{
	uint32_t row = lineup_find(&rows->lineup, key->id, false);
	uint32_t group = row == NO_CANDIDATE ? groups_add(&rows->groups, key) : group_of(rows, row);

	if (group == NO_GROUP)
		return -ENOMEM;
	if (row != NO_CANDIDATE)
		groups_hold(&rows->groups, group);
	candidate_of(rows, handle)->group = group;
	return 0;
}

int grouping_enter(struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	const struct group_key key = key_of(rows, node);

	return grouping_is_on(rows) ? hold(rows, handle, &key) : 0;
}

void grouping_leave(struct rows *rows, uint32_t handle)
{
	const struct candidate *candidate = candidate_of(rows, handle);

	if (grouping_is_on(rows) && (candidate->is_process || candidate->row.is_group))
		groups_let_go(&rows->groups, candidate->group);
}

bool grouping_is_news(const struct rows *rows, uint32_t handle, const struct ptree_node *node)
{
	return grouping_is_on(rows) &&
	       rows->groups.items[group_of(rows, handle)].key.id != key_of(rows, node).id;
}

/* ---- its row ---- */

static struct candidate candidate_of_group(uint64_t id, uint32_t group)
{
	return (struct candidate){ .row = { .id = id, .is_group = true }, .group = group };
}

int grouping_ensure(struct rows *rows, const struct ptree_node *node)
{
	const struct group_key key = key_of(rows, node);
	struct candidate candidate;
	struct standing one;
	uint32_t group, handle;

	if (!grouping_is_on(rows) || lineup_find(&rows->lineup, key.id, false) != NO_CANDIDATE)
		return 0;
	group = groups_add(&rows->groups, &key);
	if (group == NO_GROUP)
		return -ENOMEM;
	candidate = candidate_of_group(key.id, group);
	one = place_standing(rows, &candidate);
	handle = lineup_add(&rows->lineup, &candidate, NO_CANDIDATE,
			    place_find(rows, NO_CANDIDATE, &one));
	if (handle == NO_CANDIDATE) {
		groups_let_go(&rows->groups, group);
		return -ENOMEM;
	}
	lineup_set_closed(&rows->lineup, handle,
			  collect_wants_closed(rows, candidate_of(rows, handle)));
	return 0;
}

/* ---- all of them ---- */

/* One with nobody of its group above it. */
struct top {
	struct group_key key; /* its name is the process's, while the tree stands still */
	struct standing standing;
};

struct tops {
	struct top *items;
	size_t count, capacity;
};

static int note_top(struct rows *rows, struct tops *tops, const struct ptree_node *node)
{
	if (grouping_above(rows, node))
		return 0;
	if (array_reserve(&tops->items, &tops->capacity, tops->count + 1, sizeof(*tops->items)))
		return -ENOMEM;
	tops->items[tops->count++] =
	    (struct top){ .key = key_of(rows, node),
			  .standing = { .line = gone_line(node), .node = node } };
	return 0;
}

static int compare_tops(const void *a, const void *b)
{
	const struct top *x = a;
	const struct top *y = b;
	int order = group_compare(&x->key, &y->key);

	return order ? order : place_compare_lines(&x->standing, &y->standing);
}

/* The whole tree, in whatever order: who is at the top of a group. */
static int find_tops(struct rows *rows, struct tops *tops)
{
	int err = collect_push_all(rows, ptree_tree_root(rows->gone.tree));

	while (!err && rows->scratch_count) {
		const struct ptree_node *node = rows->scratch[--rows->scratch_count];

		err = note_top(rows, tops, node);
		if (!err)
			err = collect_push_all(rows, node);
	}
	return err;
}

static int append_group(struct rows *rows, const struct ptree_node *node, uint32_t *handle)
{
	const struct group_key key = key_of(rows, node);
	uint32_t group = groups_add(&rows->groups, &key);
	struct candidate candidate = candidate_of_group(key.id, group);

	if (group == NO_GROUP)
		return -ENOMEM;
	*handle = collect_append(rows, &candidate, NO_CANDIDATE);
	return *handle == NO_CANDIDATE ? -ENOMEM : 0;
}

int grouping_collect(struct rows *rows)
{
	struct tops tops = { 0 };
	uint32_t above = NO_CANDIDATE;
	int err = find_tops(rows, &tops);

	if (!err && tops.count)
		qsort(tops.items, tops.count, sizeof(*tops.items), compare_tops);
	for (size_t i = 0; i < tops.count && !err; i++) {
		const struct top *top = &tops.items[i];

		if (!i || tops.items[i - 1].key.id != top->key.id)
			err = append_group(rows, top->standing.node, &above);
		if (!err)
			err = collect_branch(rows, top->standing.node, above);
	}
	free(tops.items);
	return err;
}

/* ---- where its row stands ---- */

/* Of those in it, as far as it is known of them; 0: of none. */
static uint64_t key_of_sum(const struct rows *rows, uint32_t handle)
{
	const struct column_context context = { .now_ns = rows->scope.now_ns,
						.sources = rows->gone.match->sources };
	struct rows_sum sum;

	sums_of_members(rows, &rows->sums->sorted, &context, &rows->scope.sort, 1, handle, &sum);
	return sum.is_known ? field_sort_key_of_number(rows->scope.sort, sum.number) : 0;
}

/* All of a group are asked only when one of them has changed. */
uint64_t grouping_key(const struct rows *rows, const struct candidate *candidate)
{
	struct group_item *group = &rows->groups.items[candidate->group];
	uint32_t handle = lineup_find(&rows->lineup, candidate->row.id, false);

	if (!grouping_sorts_by_sum(rows) || handle == NO_CANDIDATE)
		return 0;
	if (!group->is_sorted)
		group->sort_key = key_of_sum(rows, handle);
	group->is_sorted = true;
	return group->sort_key;
}

void grouping_unsettle(struct rows *rows, uint32_t handle)
{
	if (candidate_of(rows, handle)->row.is_group)
		rows->groups.items[group_of(rows, handle)].is_sorted = false;
}

bool grouping_sorts_by_sum(const struct rows *rows)
{
	const struct field *sort = rows->scope.sort;

	return grouping_is_on(rows) && sort && sort->adds_up && !sort->sorts_by_sum;
}

/* ---- reading ---- */

static uint32_t handle_of(const struct rows *rows, const struct row *row)
{
	return row->is_group ? lineup_find(&rows->lineup, row->id, false) : NO_CANDIDATE;
}

bool rows_group(const struct rows *rows, const struct row *row, struct rows_group *out)
{
	uint32_t handle = handle_of(rows, row);
	const struct group_item *group;
	struct sums_count count;

	if (handle == NO_CANDIDATE)
		return false;
	group = &rows->groups.items[group_of(rows, handle)];
	count = sums_count_below(rows, handle);
	*out = (struct rows_group){ rows->scope.group, group->key.rank, group->key.name,
				    count.processes, count.matching };
	return true;
}

void rows_group_sums(const struct rows *rows, const struct row *row,
		     const struct column_context *context, const struct field *const *wanted,
		     size_t count, struct rows_sum *sums)
{
	const struct field *adding_up[SUMS_FIELDS_MAX];
	struct rows_sum found[SUMS_FIELDS_MAX];
	uint32_t handle = handle_of(rows, row);
	size_t asked = 0;

	for (size_t i = 0; i < count && asked < SUMS_FIELDS_MAX; i++) {
		if (wanted[i]->adds_up)
			adding_up[asked++] = wanted[i];
	}
	if (asked && handle != NO_CANDIDATE)
		sums_of_members(rows, &rows->sums->shown, context, adding_up, asked, handle, found);
	else
		asked = 0;
	for (size_t i = 0, next = 0; i < count; i++)
		sums[i] =
		    wanted[i]->adds_up && next < asked ? found[next++] : (struct rows_sum){ 0 };
}

void rows_group_members(const struct rows *rows, const struct row *row,
			void (*visit)(uint64_t id, void *what), void *what)
{
	uint32_t handle = handle_of(rows, row);
	struct lineup_range range;
	struct lineup_part part;

	if (handle == NO_CANDIDATE)
		return;
	range = lineup_below(&rows->lineup, handle);
	while (lineup_next_part(&range, &part)) {
		for (uint32_t i = 0; i < part.count; i++) {
			const struct candidate *candidate = candidate_of(rows, part.handles[i]);

			if (candidate->is_process && candidate->is_match)
				visit(candidate->row.id, what);
		}
	}
}
