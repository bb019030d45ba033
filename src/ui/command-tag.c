/* SPDX-License-Identifier: MIT */
/* Tagging: whom what acts is about, if it is more than the selected one. */
#include "ui/command-impl.h"

#include <errno.h>
#include <string.h>

/* False: it was said why not. */
static bool tag(struct session *session, const struct ptree_node *node)
{
	int err = ptree_node_has_ended(node) && !ptree_node_is_zombie(node)
		      ? 0
		      : id_set_add(&session->panes.tree->tags, ptree_node_id(node));

	if (err)
		session_say(session, true, "cannot tag it: %s", strerror(-err));
	return !err;
}

static void say_how_many(struct session *session)
{
	size_t count = session->panes.tree->tags.count;

	if (count)
		session_say(session, false, "%zu tagged: what acts is about %s", count,
			    count > 1 ? "all of them" : "that one");
	else
		session_say(session, false, "none is tagged");
}

static const struct ptree_node *selected_alive(struct session *session)
{
	const struct ptree_node *node = tree_view_node(session->panes.tree);

	if (!node)
		session_say_no_process(session);
	else if (ptree_node_has_ended(node) && !ptree_node_is_zombie(node))
		session_say(session, false, "it is over: there is nothing to act on");
	else
		return node;
	return NULL;
}

/* And to the next row, so that several go quickly. */
void command_tag(struct session *session, int unused)
{
	struct tree_view *tree = session->panes.tree;
	const struct ptree_node *node = selected_alive(session);

	(void)unused;
	if (!node)
		return;
	if (id_set_has(&tree->tags, ptree_node_id(node)))
		id_set_remove(&tree->tags, ptree_node_id(node));
	else if (!tag(session, node))
		return;
	say_how_many(session);
	tree_view_kind.move(&tree->view, 1);
}

/* All of a list that somebody wants to have. */
static void tag_nodes(struct session *session, const struct ptree_nodes *nodes, bool in_scope)
{
	const struct scene *scene = &session->scene;
	struct match match = scene_match(scene);

	for (size_t i = 0; i < nodes->count; i++) {
		if ((!in_scope ||
		     scope_has(&scene->scope, &match, scene->moment.tree, nodes->node[i])) &&
		    !tag(session, nodes->node[i]))
			return;
	}
	say_how_many(session);
}

static void tag_member(uint64_t id, void *what)
{
	struct session *session = what;
	const struct ptree_node *node = scene_node(&session->scene, id);

	if (node)
		tag(session, node);
}

void command_tag_branch(struct session *session, int unused)
{
	const struct row *row = tree_view_row(session->panes.tree);
	const struct ptree_node *node;
	struct ptree_nodes below = { 0 };

	(void)unused;
	if (row && row->is_group) {
		rows_group_members(session->panes.tree->rows, row, tag_member, session);
		say_how_many(session);
		return;
	}
	node = selected_alive(session);
	if (!node || !tag(session, node))
		return;
	if (ptree_tree_descendants(session->scene.moment.tree, ptree_node_pid(node), &below) ==
	    -ENOMEM)
		session_say(session, true, "cannot tag them: %s", strerror(ENOMEM));
	else
		tag_nodes(session, &below, false);
	ptree_nodes_clear(&below);
}

void command_tag_matching(struct session *session, int unused)
{
	struct ptree_nodes all = { 0 };

	(void)unused;
	if (!scope_is_narrowed(&session->scene.scope)) {
		session_say(session, false,
			    "nothing is filtered or watched: it would be everybody");
		return;
	}
	if (ptree_tree_descendants(session->scene.moment.tree, 0, &all) == -ENOMEM)
		session_say(session, true, "cannot tag them: %s", strerror(ENOMEM));
	else
		tag_nodes(session, &all, true);
	ptree_nodes_clear(&all);
}

void command_untag_all(struct session *session, int unused)
{
	struct tree_view *tree = session->panes.tree;
	size_t marked = tree->marked.count;

	(void)unused;
	id_set_clear(&tree->tags);
	id_set_clear(&tree->marked);
	if (marked)
		session_say(session, false, "%zu that rules have marked are so no more", marked);
	else
		say_how_many(session);
}
