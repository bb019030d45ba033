/* SPDX-License-Identifier: MIT */
/* Folding, and what is shown of the tree. */
#include "ui/command-impl.h"
#include "model/field.h"

/* ---- folding ---- */

void command_set_folded(struct session *session, int folded)
{
	tree_view_set_folded(session->panes.tree, folded);
}

void command_toggle_fold(struct session *session, int unused)
{
	const struct row *row = tree_view_row(session->panes.tree);

	(void)unused;
	if (row)
		tree_view_set_folded(session->panes.tree, !row->is_folded);
}

void command_fold_all(struct session *session, int folded)
{
	tree_view_fold_all(session->panes.tree, folded);
}

void command_toggle_all(struct session *session, int unused)
{
	(void)unused;
	tree_view_toggle_all(session->panes.tree);
}

void command_fold_at_depth(struct session *session, int digit)
{
	tree_view_fold_at_depth(session->panes.tree, (uint32_t)(digit - '0'));
}

void command_fold_or_parent(struct session *session, int unused)
{
	struct tree_view *tree = session->panes.tree;
	const struct row *row = tree_view_row(tree);

	(void)unused;
	if (!row)
		return;
	if (row->has_children && !row->is_folded)
		tree_view_set_folded(tree, true);
	else if (rows_parent(tree->rows, row) != NO_ROW)
		tree_view_kind.move(&tree->view,
				    (int64_t)rows_parent(tree->rows, row) - tree->cursor.index);
}

void command_unfold_or_child(struct session *session, int unused)
{
	struct tree_view *tree = session->panes.tree;
	const struct row *row = tree_view_row(tree);

	(void)unused;
	if (!row || !row->has_children)
		return;
	if (row->is_folded)
		tree_view_set_folded(tree, false);
	else
		tree_view_kind.move(&tree->view, 1);
}

/* ---- what is shown ---- */

static void toggle(struct session *session, bool *option, const char *on, const char *off)
{
	*option = !*option;
	tree_view_choose_again(session->panes.tree);
	session_say(session, false, "%s", *option ? on : off);
}

void command_toggle_list(struct session *session, int unused)
{
	(void)unused;
	toggle(session, &session->panes.tree->choice.is_list, "list", "tree");
}

void command_toggle_lineage(struct session *session, int unused)
{
	(void)unused;
	toggle(session, &session->panes.tree->choice.by_origin,
	       "lineage: under those who forked them", "the kernel's parents");
}

void command_toggle_kernel_threads(struct session *session, int unused)
{
	(void)unused;
	toggle(session, &session->panes.tree->choice.hides_kernel_threads, "kernel threads hidden",
	       "kernel threads shown");
}

void command_toggle_threads(struct session *session, int unused)
{
	(void)unused;
	toggle(session, &session->panes.tree->choice.shows_threads, "threads shown",
	       "threads hidden");
}

void command_toggle_basenames(struct session *session, int unused)
{
	bool *basenames = &session->panes.tree->basenames;

	(void)unused;
	*basenames = !*basenames;
	session_say(session, false, "%s",
		    *basenames ? "programs without their directories"
			       : "programs with their directories");
}

void command_set_group(struct session *session, enum group_by by)
{
	session->panes.tree->choice.group = by;
	tree_view_choose_again(session->panes.tree);
	if (by == GROUP_NONE)
		session_say(session, false, "in no groups");
	else
		session_say(session, false, "in groups by %s", group_by_name(by));
}

void command_cycle_group(struct session *session, int unused)
{
	(void)unused;
	command_set_group(
	    session, (enum group_by)((session->panes.tree->choice.group + 1) % GROUP_BY_COUNT));
}

void command_set_exited(struct session *session, enum jobs_mode mode)
{
	static const char *const words[JOBS_MODE_COUNT] = {
		[JOBS_BRIEF] = "exited processes stay for a moment, where there is room",
		[JOBS_NONE] = "exited processes leave at once",
		[JOBS_STAY] = "exited processes stay, all that are kept",
	};

	session->panes.tree->choice.exited = mode;
	tree_view_choose_again(session->panes.tree);
	session_say(session, false, "%s", words[mode]);
}

void command_cycle_exited(struct session *session, int unused)
{
	(void)unused;
	command_set_exited(
	    session, (enum jobs_mode)((session->panes.tree->choice.exited + 1) % JOBS_MODE_COUNT));
}

void command_sort(struct session *session, int place)
{
	tree_view_sort(session->panes.tree, field_sort_at(place));
}

void command_invert_sort(struct session *session, int unused)
{
	(void)unused;
	toggle(session, &session->panes.tree->choice.is_reversed, "the other way round",
	       "as usual");
}

void command_stop_or_go_on(struct session *session, int unused)
{
	(void)unused;
	if (session->scene.moment.stopped_ns)
		session_go_on(session);
	else
		session_stop(session);
}

static void begin_to_follow(struct session *session)
{
	struct tree_view *tree = session->panes.tree;
	const struct ptree_node *node = tree_view_node(tree);

	if (!node || ptree_node_has_ended(node)) {
		session_say(session, false, "nothing to follow");
		return;
	}
	tree->follow_id = ptree_node_id(node);
	tree->follow_stays = false;
	session_say(session, false, "follows %d, and when it ends its parent; again: it stays",
		    ptree_node_pid(node));
}

/* It, and then its parent; it alone; not any more. */
void command_follow(struct session *session, int unused)
{
	struct tree_view *tree = session->panes.tree;

	(void)unused;
	if (!tree->follow_id) {
		begin_to_follow(session);
	} else if (!tree->follow_stays) {
		tree->follow_stays = true;
		session_say(session, false, "when it ends it stays there; again: follows no more");
	} else {
		tree->follow_id = 0;
		session_say(session, false, "follows no more");
	}
}

/* ---- watching ---- */

/* What is selected, wherever that is. */
static bool selected_item(const struct session *session, struct watch_item *item)
{
	const struct view *view = panes_top(&session->panes);
	const struct ptree_node *node =
	    view->kind->selected ? scene_node(&session->scene, view->kind->selected(view)) : NULL;

	if (!node)
		return false;
	*item = (struct watch_item){ .id = ptree_node_id(node), .pid = ptree_node_pid(node) };
	return true;
}

void command_watch(struct session *session, int unused)
{
	struct watch_item item;

	(void)unused;
	if (selected_item(session, &item))
		session_watch_only(session, &item);
}

void command_watch_also(struct session *session, int unused)
{
	struct watch_item item;

	(void)unused;
	if (selected_item(session, &item) && !session_watch_also(session, &item))
		session_say(session, true, "no more than %d are watched at once", WATCH_ITEMS_MAX);
}

void command_watch_back(struct session *session, int unused)
{
	(void)unused;
	if (!session_watch_back(session))
		session_say(session, false, "everything is shown already");
}
