/* SPDX-License-Identifier: MIT */
/*
 * Groups: who is in which, below whom, and their sums, while a tree, filter, folds and order change
 * at random; and small trees of which one knows what is to come out.
 */
#include "look.h"

#define LOADS 120
#define STEPS 400

/* ---- cgroups of the test's own, in place of the program's ---- */

#define IDS_MAX 1024
#define CHANGES_MAX 8

struct cgroups {
	unsigned char units[IDS_MAX]; /* of each process; 0: it is not read; 1: nor can be */
	uint64_t changed[CHANGES_MAX];
	uint64_t changes;
};

enum cgroup_state cgroups_find(const struct cgroups *cgroups, uint64_t id,
			       struct cgroup_names *names)
{
	static const char *const units[] = { "", "", "", "a.service", "b.service", "c.scope", "" };
	unsigned unit = cgroups->units[id % IDS_MAX];

	*names = (struct cgroup_names){ .path = units[unit],
					.unit = units[unit],
					.container = units[unit ? 7 - unit : 0] };
	return unit ? unit == 1 ? CGROUP_UNKNOWN : CGROUP_READ : CGROUP_UNREAD;
}

uint64_t cgroups_changes(const struct cgroups *cgroups)
{
	return cgroups ? cgroups->changes : 0;
}

uint64_t cgroups_changed(const struct cgroups *cgroups, uint64_t change)
{
	return cgroups->changes - change > CHANGES_MAX ? 0 : cgroups->changed[change % CHANGES_MAX];
}

static void change_some(struct cgroups *cgroups, struct load *load)
{
	uint32_t count = draw(load, 3) ? draw(load, 2) : draw(load, 12);

	while (count--) {
		uint64_t id = 1 + draw(load, 120);

		cgroups->units[id] = (unsigned char)draw(load, 6);
		cgroups->changed[cgroups->changes++ % CHANGES_MAX] = id;
	}
}

/* ---- at random ---- */

/* Whoever is in the lineup stands in the group that the tree says, below the parent if that is in
   it, too; and each group's sums are its members'. */
static void expect_membership(const struct look *look)
{
	const struct rows *rows = look->rows;
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t handle, group = NO_CANDIDATE, members = 0, cpu_permille = 0;
	uint64_t rss_kib = 0;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = lineup_item(&rows->lineup, handle);
		const struct ptree_node *node =
		    ptree_tree_find_id(look->load.tree, candidate->row.process);
		const struct ptree_node *parent;
		uint32_t own_cpu_permille;
		uint64_t own_rss_kib;

		if (candidate->row.is_group) {
			assert_int_equal(candidate->above, NO_CANDIDATE);
			assert_true(group == NO_CANDIDATE || members);
			if (group != NO_CANDIDATE) {
				assert_int_equal(
				    lineup_item(&rows->lineup, group)->row.sum_cpu_permille,
				    cpu_permille);
				assert_int_equal(lineup_item(&rows->lineup, group)->row.sum_rss_kib,
						 rss_kib);
			}
			group = handle;
			members = cpu_permille = 0;
			rss_kib = 0;
			continue;
		}
		members++;
		lineup_usage(&rows->lineup, handle, &own_cpu_permille, &own_rss_kib);
		cpu_permille += candidate->row.is_summary ? 0 : own_cpu_permille;
		rss_kib += candidate->row.is_summary ? 0 : own_rss_kib;
		if (!candidate->is_process)
			continue;
		assert_non_null(node);
		assert_int_equal(
		    lineup_item(&rows->lineup, group)->row.id,
		    group_key(look->scope.group, look->scope.cgroups, rows->groups.seed, node).id);
		assert_int_equal(rows->groups.items[candidate->group].key.id,
				 lineup_item(&rows->lineup, group)->row.id);
		parent = look->scope.is_list ? NULL : grouping_above(rows, node);
		if (!look->scope.by_origin) /* there can be circles */
			assert_int_equal(candidate->above,
					 parent ? lineup_find(&rows->lineup, parent->id, false)
						: group);
	}
}

struct sum {
	const struct look *look;
	uint64_t number;
	bool is_known;
};

static void add_member(uint64_t id, void *what)
{
	struct sum *sum = what;
	const struct column_context context = { .now_ns = sum->look->scope.now_ns,
						.sources = sum->look->match.sources };
	const struct column_subject subject = { .node =
						    ptree_tree_find_id(sum->look->load.tree, id) };
	struct field_value value;

	if (!field_get(sum->look->scope.sort, &context, &subject, &value))
		return;
	sum->number += value.number;
	sum->is_known = true;
}

static size_t fields_that_add_up(const struct field *wanted[])
{
	size_t count = 0;

	for (const struct field *field = fields; field->name; field++) {
		if (field->adds_up)
			wanted[count++] = field;
	}
	return count;
}

static void expect_sum_of_members(const struct look *look, const struct row *row,
				  const struct field *field, const struct rows_sum *is)
{
	struct look by_field = *look;
	struct sum sum = { .look = &by_field };

	by_field.scope.sort = field;
	rows_group_members(look->rows, row, add_member, &sum);
	if (sum.is_known != is->is_known || sum.number != is->number)
		print_message("# %s\n", field->name);
	assert_int_equal(is->is_known, sum.is_known);
	assert_int_equal(is->number, sum.number);
}

/* What is kept of a group's members is what all of them have now. */
static void expect_kept_sums(const struct look *look)
{
	const struct column_context context = { .now_ns = look->scope.now_ns,
						.sources = look->match.sources };
	struct lineup_iterator all = lineup_begin(&look->rows->lineup);
	const struct field *wanted[SUMS_FIELDS_MAX];
	size_t count = fields_that_add_up(wanted);
	struct rows_sum sums[SUMS_FIELDS_MAX];
	uint32_t handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct row *row = &lineup_item(&look->rows->lineup, handle)->row;

		if (!row->is_group)
			continue;
		rows_group_sums(look->rows, row, &context, wanted, count, sums);
		for (size_t i = 0; i < count; i++)
			expect_sum_of_members(look, row, wanted[i], &sums[i]);
	}
}

/* Groups stand by what those in them have together. */
static void expect_order_of_sums(const struct look *look)
{
	struct lineup_iterator all = lineup_begin(&look->rows->lineup);
	uint64_t last = 0;
	uint32_t handle;
	bool is_first = true;

	if (!grouping_sorts_by_sum(look->rows))
		return;
	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		struct sum sum = { .look = look };
		uint64_t key;

		if (!lineup_item(&look->rows->lineup, handle)->row.is_group)
			continue;
		rows_group_members(look->rows, &lineup_item(&look->rows->lineup, handle)->row,
				   add_member, &sum);
		key = sum.is_known ? sum.number + 1 : 0;
		if (look->scope.is_reversed) /* what is not known is last all the same */
			key = key ? UINT64_MAX - key : 0;
		assert_true(is_first || key <= last);
		last = key;
		is_first = false;
	}
}

/* No group is held by nobody, and none is held by more than there are. */
static void expect_holders(const struct rows *rows)
{
	struct lineup_iterator all = lineup_begin(&rows->lineup);
	uint32_t *holders = calloc(rows->groups.count + 1, sizeof(*holders)), handle;

	while ((handle = lineup_next(&all)) != NO_CANDIDATE) {
		const struct candidate *candidate = lineup_item(&rows->lineup, handle);

		if (candidate->is_process || candidate->row.is_group)
			holders[candidate->group]++;
	}
	for (uint32_t i = rows->groups.free; i != NO_GROUP; i = rows->groups.items[i].holders)
		holders[i] = rows->groups.items[i].holders;
	for (size_t i = 0; i < rows->groups.count; i++)
		assert_int_equal(rows->groups.items[i].holders, holders[i]);
	free(holders);
}

static void look_at(uint32_t seed)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));
	const struct sources sources = { .cgroups = cgroups, .has_activity = true };
	struct look look = {
		.load = { .tree = new_tree(30, 1 << 20), .seed = seed, .now_ns = 100 * S },
		.rows = rows_new(),
		.scope = { .height = 20, .cgroups = cgroups },
		.match = { .sources = &sources },
	};

	look.rows->lineup.block_items = 4 + 4 * (seed % 2);
	for (int i = 0; i < STEPS; i++) {
		step(&look.load);
		change_some(cgroups, &look.load);
		choose(&look);
		if (draw(&look.load, 50) == 0)
			look.scope.group = (enum group_by)draw(&look.load, GROUP_BY_COUNT);
		collect_and_compare(&look);
		if (look.scope.group == GROUP_NONE)
			continue;
		expect_membership(&look);
		expect_kept_sums(&look);
		expect_order_of_sums(&look);
		expect_holders(look.rows);
	}
	rows_free(look.rows);
	filter_free(look.filter);
	ptree_tree_free(look.load.tree);
	free(cgroups);
}

static void members_and_sums_are_what_the_tree_says(void **state)
{
	const char *wish = getenv("PROCTOP_LOADS");
	uint32_t loads = wish ? (uint32_t)atoi(wish) : LOADS;

	(void)state;
	for (uint32_t seed = 1; seed <= loads; seed++) {
		print_message("# seed %u\n", seed);
		look_at(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_sums_are_what_the_tree_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
