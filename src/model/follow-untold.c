/* SPDX-License-Identifier: MIT */
/*
 * The lineup, kept current where no fact of a process tells that something about it has changed:
 * what goes on in it of late, and what is read of it besides.
 */
#include "model/field.h"
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

/* 1: too many have gone to others, or were read. */
static int follow_cgroups(struct rows *rows)
{
	const struct cgroups *cgroups = rows->scope.cgroups;
	uint64_t end = cgroups_changes(cgroups);
	int err = 0;

	for (; rows->cgroup_changes != end && !err; rows->cgroup_changes++) {
		uint64_t id = cgroups_changed(cgroups, rows->cgroup_changes);

		err = id ? follow_process(rows, id) : 1;
	}
	return err;
}

int follow_untold(struct rows *rows)
{
	const struct field *sort = rows->scope.sort;
	int err = group_by_asks_cgroups(rows->scope.group) ? follow_cgroups(rows) : 0;

	if (!err && sort && sort->changes_with_time)
		err = unsettle_active(rows);
	return err;
}
