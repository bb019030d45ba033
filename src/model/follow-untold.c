/* SPDX-License-Identifier: MIT */
/*
 * The lineup, kept current where no fact of a process tells that something about it has changed:
 * what goes on in it of late, and what is read of it besides.
 */
#include "model/field.h"
#include "model/filter.h"
#include "model/readings.h"
#include "model/rows-impl.h"

#include <errno.h>

/* ---- what goes on ---- */

static int refresh_usage(struct rows *rows, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, id);
	uint32_t handle = lineup_find(&rows->lineup, id, false);
	struct candidate fresh;

	if (!node || handle == NO_CANDIDATE || candidate_of(rows, handle)->is_ghost)
		return 0;
	fresh = collect_candidate(rows, node);
	lineup_touch(&rows->lineup, handle);
	lineup_set_usage(&rows->lineup, handle, fresh.row.sum_cpu_permille, fresh.row.sum_rss_kib);
	return place_unsettle(rows, handle);
}

int follow_activity(struct rows *rows)
{
	const struct ptree_node *node = ptree_tree_first_active(rows->gone.tree);
	int err = 0;

	for (size_t i = 0; i < rows->active_count && !err; i++)
		err = refresh_usage(rows, rows->active[i]);
	rows->active_count = 0;
	for (; node && !err; node = ptree_node_next_active(node)) {
		uint32_t handle = lineup_find(&rows->lineup, ptree_node_id(node), false);

		if (handle == NO_CANDIDATE)
			continue;
		err = refresh_usage(rows, ptree_node_id(node));
		if (!err)
			err = follow_note_active(rows, handle, node);
	}
	return err;
}

/* What those did who have ended is their heirs' now, of whom no fact tells. */
static int unsettle_active(struct rows *rows)
{
	const struct ptree_node *node = ptree_tree_first_active(rows->gone.tree);
	int err = 0;

	rows->active_count = 0;
	for (; node && !err; node = ptree_node_next_active(node)) {
		uint32_t handle = lineup_find(&rows->lineup, ptree_node_id(node), false);

		if (handle != NO_CANDIDATE && !follow_note_active(rows, handle, node))
			err = place_unsettle(rows, handle);
	}
	return err;
}

/* ---- what is read ---- */

/* Groups are told by the scope's, which are the sources'. */
static const struct cgroups *cgroups_of(const struct rows *rows)
{
	const struct sources *sources = rows->gone.match->sources;

	return rows->scope.cgroups ? rows->scope.cgroups : sources ? sources->cgroups : NULL;
}

static const struct readings *readings_of(const struct rows *rows)
{
	return rows->gone.match->sources ? rows->gone.match->sources->readings : NULL;
}

/* 1: too many have gone to others, or were read. */
static int follow_cgroups(struct rows *rows)
{
	const struct cgroups *cgroups = cgroups_of(rows);
	uint64_t end = cgroups_changes(cgroups);
	int err = 0;

	for (; rows->cgroup_changes != end && !err; rows->cgroup_changes++) {
		uint64_t id = cgroups_changed(cgroups, rows->cgroup_changes);

		err = id ? follow_process(rows, id) : 1;
	}
	return err;
}

static int follow_readings(struct rows *rows)
{
	const struct readings *readings = readings_of(rows);
	uint64_t end = readings_changes(readings);
	int err = 0;

	for (; rows->reading_changes != end && !err; rows->reading_changes++) {
		uint64_t id = readings_changed(readings, rows->reading_changes);

		err = id ? follow_process(rows, id) : 1;
	}
	return err;
}

void follow_untold_from_now(struct rows *rows)
{
	rows->cgroup_changes = cgroups_changes(cgroups_of(rows));
	rows->reading_changes = readings_changes(readings_of(rows));
}

int follow_untold(struct rows *rows)
{
	const struct field *sort = rows->scope.sort;
	const struct filter *filter = rows->gone.match->filter;
	uint32_t asks = (sort ? sort->asks : 0) | (filter ? filter_asks(filter) : 0);
	int err = 0;

	if (asks & FIELD_ASKS_CGROUP || group_by_asks_cgroups(rows->scope.group))
		err = follow_cgroups(rows);
	if (!err && asks & FIELD_ASKS_FIGURES)
		err = follow_readings(rows);
	if (!err && sort && sort->changes_with_time)
		err = unsettle_active(rows);
	return err;
}
