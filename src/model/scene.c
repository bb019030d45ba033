/* SPDX-License-Identifier: MIT */
/* What views share, put together; see scene.h. */
#include "model/scene.h"

struct column_context scene_columns(const struct scene *scene, bool utf8)
{
	return (struct column_context){ .tree = scene->moment.tree,
					.users = scene->world.users,
					.sources = &scene->world.sources,
					.now_ns = moment_shown_ns(&scene->moment),
					.real_offset_ns = scene->world.real_offset_ns,
					.own_uid = scene->world.own_uid,
					.utf8 = utf8 };
}

struct match scene_match(const struct scene *scene)
{
	struct match match =
	    scope_match(&scene->scope, scene->world.users, moment_shown_ns(&scene->moment));

	match.sources = &scene->world.sources;
	return match;
}

const struct ptree_node *scene_node(const struct scene *scene, uint64_t id)
{
	return id ? ptree_tree_find_id(scene->moment.tree, id) : NULL;
}
