/* SPDX-License-Identifier: MIT */
/* Which rows the tree's view has, which of them is selected, and how one finds another. */
#include "views/row.h"
#include "model/field.h"
#include "model/filter.h"

#include <string.h>

static uint32_t height(const struct tree_view *tree)
{
	return tree->view.body_rows > 0 ? (uint32_t)tree->view.body_rows : 0;
}

/* ---- collecting ---- */

/* What all views share was changed by somebody. */
static void notice_scope(struct tree_view *tree)
{
	const struct scene *scene = tree->view.scene;
	bool has_new_names = tree->seen.names != scene->world.names && scene->scope.filter;

	if (tree->seen.scope != scene->scope.version)
		tree_view_choose_again(tree);
	if (tree->seen.tree != scene->moment.tree)
		tree->needs_collect = true;
	if (has_new_names)
		tree_view_choose_again(tree);
	tree->seen.scope = scene->scope.version;
	tree->seen.names = scene->world.names;
	tree->seen.tree = scene->moment.tree;
}

static bool has_tree_changed(const struct tree_view *tree)
{
	const struct ptree_tree *shown = tree->view.scene->moment.tree;

	return tree->seen.generation != ptree_tree_generation(shown) ||
	       tree->seen.usage_generation != ptree_tree_usage_generation(shown);
}

static bool has_filter_of_time(const struct tree_view *tree)
{
	const struct filter *filter = tree->view.scene->scope.filter;

	return filter && filter_changes_with_time(filter);
}

/* What decides which rows there are, and where. */
size_t tree_view_columns(const struct tree_view *tree, int cols,
			 const struct field *shown[COLUMNS_MAX])
{
	size_t count = columns_shown(&tree->columns, cols, shown);

	return tree->choice.is_list && tree->choice.group == GROUP_NONE
		   ? columns_without_sums(shown, count)
		   : count;
}

uint32_t tree_view_asks_for_rows(const struct tree_view *tree)
{
	const struct filter *filter = tree->view.scene->scope.filter;
	uint32_t asks = filter ? filter_asks(filter) : 0;

	if (tree->choice.sort)
		asks |= tree->choice.sort->asks;
	if (group_by_asks_cgroups(tree->choice.group))
		asks |= FIELD_ASKS_CGROUP;
	return asks;
}

uint32_t tree_view_asks(const struct tree_view *tree)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, tree->cols, shown);
	uint32_t asks = tree_view_asks_for_rows(tree);

	for (size_t i = 0; i < count; i++)
		asks |= shown[i]->asks;
	return asks;
}

/* What decides it was read, or has changed, and no fact told. */
static bool has_news_of_asked(const struct tree_view *tree)
{
	const struct world *world = &tree->view.scene->world;
	uint32_t asks = tree_view_asks_for_rows(tree);

	return (asks & FIELD_ASKS_CGROUP &&
		tree->seen.cgroup_changes != cgroups_changes(world->cgroups)) ||
	       (asks & FIELD_ASKS_FIGURES &&
		tree->seen.reading_changes != readings_changes(world->readings));
}

uint64_t tree_view_news_ns(const struct tree_view *tree)
{
	uint64_t now_ns = tree->view.scene->moment.now_ns;
	uint64_t due_ns = tree->seen.ns + rows_pause_ns(tree->rows);

	return tree->seen.ns <= now_ns && due_ns > now_ns ? due_ns : now_ns;
}

static bool must_collect(const struct tree_view *tree)
{
	const struct moment *moment = &tree->view.scene->moment;
	uint64_t change_ns = rows_next_change_ns(tree->rows, &tree->cursor);

	if (tree->needs_collect)
		return true;
	if (moment->is_held)
		return false;
	if (has_news_of_asked(tree))
		return true;
	if (moment->stopped_ns)
		return false;
	if (tree->seen.ticks != tree->view.scene->world.ticks && has_filter_of_time(tree))
		return true;
	if (has_tree_changed(tree) && tree_view_news_ns(tree) <= moment->now_ns)
		return true;
	return change_ns && change_ns <= moment->now_ns;
}

static int collect(struct tree_view *tree)
{
	const struct scene *scene = tree->view.scene;
	const struct match match = scene_match(scene);
	int err;

	tree->choice.now_ns = moment_shown_ns(&scene->moment);
	tree->choice.height = height(tree);
	tree->choice.only_watched = scene->scope.watch_depth > 0;
	tree->choice.cgroups = scene->world.cgroups;
	err = rows_collect(tree->rows, scene->moment.tree, &tree->choice, &match, &tree->cursor);
	if (err)
		return err;
	tree->seen.ns = scene->moment.now_ns;
	tree->seen.generation = ptree_tree_generation(scene->moment.tree);
	tree->seen.usage_generation = ptree_tree_usage_generation(scene->moment.tree);
	tree->seen.ticks = scene->world.ticks;
	tree->seen.cgroup_changes = cgroups_changes(scene->world.cgroups);
	tree->seen.reading_changes = readings_changes(scene->world.readings);
	tree->needs_collect = false;
	return 0;
}

void tree_view_choose_again(struct tree_view *tree)
{
	rows_reset_exited(tree->rows);
	tree->needs_collect = true;
}

void tree_view_sort(struct tree_view *tree, const struct field *sort)
{
	const struct scene *scene = tree->view.scene;

	tree->choice.sort = tree->choice.sort == sort ? NULL : sort;
	tree->choice.is_reversed = false;
	tree->needs_collect = true;
	message_say(scene->message, scene->moment.now_ns, false, "%ssorted by %s%s",
		    tree->choice.is_list ? "" : "siblings are ", field_sort_name(tree->choice.sort),
		    tree->choice.is_list || !tree->choice.sort ? "" : "; t: all in one list");
}

static const struct ptree_node *above(const struct tree_view *tree, const struct ptree_node *node)
{
	return tree->choice.by_origin ? ptree_node_origin(node) : ptree_node_parent(node);
}

/* The nearest one above it that lives and can be shown, or NULL. */
static const struct ptree_node *heir_of(struct tree_view *tree, const struct ptree_node *node)
{
	for (node = above(tree, node); node && ptree_node_pid(node); node = above(tree, node)) {
		uint64_t id = ptree_node_id(node);

		if (ptree_node_has_ended(node))
			continue;
		if (rows_find(tree->rows, id) != NO_ROW)
			return node;
		if (rows_reveal(tree->rows, id) && rows_find(tree->rows, id) != NO_ROW)
			return node; /* it was folded away */
	}
	return NULL;
}

static void follow_no_more(struct tree_view *tree, const struct ptree_node *ended)
{
	const struct scene *scene = tree->view.scene;
	const struct ptree_node *heir = ended && !tree->follow_stays ? heir_of(tree, ended) : NULL;

	tree->follow_id = heir ? ptree_node_id(heir) : 0;
	if (heir)
		message_say(scene->message, scene->moment.now_ns, false,
			    "%d has ended: follows %d above it", ptree_node_pid(ended),
			    ptree_node_pid(heir));
	else
		message_say(scene->message, scene->moment.now_ns, false,
			    "the followed process has ended");
}

/* Whatever is folded meanwhile, the followed process stays in sight. */
static void follow(struct tree_view *tree)
{
	const struct ptree_node *node = scene_node(tree->view.scene, tree->follow_id);

	if (tree->follow_id && (!node || ptree_node_has_ended(node)))
		follow_no_more(tree, node);
	if (!tree->follow_id)
		return;
	tree->cursor.id = tree->follow_id;
	tree->cursor.is_held = true;
	if (rows_find(tree->rows, tree->follow_id) == NO_ROW &&
	    rows_reveal(tree->rows, tree->follow_id))
		tree->needs_collect = true; /* at the next frame: other suffixes */
}

/* What is typed moves the cursor from where it was when the search began. */
static void search_again(struct tree_view *tree)
{
	const struct scene *scene = tree->view.scene;

	tree->needs_search = false;
	if (tree_view_search_next(tree, tree->search_from, false))
		return;
	tree_view_select(tree, tree->search_from);
	if (search_is_set(&tree->search))
		message_say(scene->message, scene->moment.now_ns, true, "%s: %s",
			    tree->search.error[0] ? tree->search.error : "not found",
			    tree->search.text);
}

int tree_view_update_rows(struct tree_view *tree)
{
	int err;

	notice_scope(tree);
	id_set_drop_ended(&tree->tags, tree->view.scene->world.tree);
	id_set_drop_forgotten(&tree->marked, tree->view.scene->world.tree);
	err = must_collect(tree) ? collect(tree) : 0;
	if (!err)
		follow(tree);
	if (!err)
		cursor_settle(&tree->cursor, tree->rows, height(tree));
	if (!err && tree->needs_search)
		search_again(tree);
	return err;
}

/* ---- selecting ---- */

const struct row *tree_view_row(const struct tree_view *tree)
{
	return rows_at(tree->rows, tree->cursor.index);
}

const struct ptree_node *tree_view_node(const struct tree_view *tree)
{
	const struct row *row = tree_view_row(tree);

	return row ? scene_node(tree->view.scene, row->process) : NULL;
}

bool tree_view_is_sorted(const struct tree_view *tree)
{
	return tree->choice.sort || tree->choice.is_reversed;
}

int tree_view_glow(const struct tree_view *tree, uint64_t changed_ns)
{
	return moment_glow(&tree->view.scene->moment, changed_ns, GLOW_LEVELS);
}

/* One that is over may have no row: then it gets one. */
static bool show_exited(struct tree_view *tree, uint64_t id)
{
	const struct ptree_node *node = scene_node(tree->view.scene, id);

	if (!node || !rows_show_exited(tree->rows, node))
		return false;
	tree->cursor.id = id;
	tree->cursor.is_held = true;
	return true;
}

void tree_view_select(struct tree_view *tree, uint64_t id)
{
	uint32_t index = rows_find(tree->rows, id);

	if (index == NO_ROW && (rows_reveal(tree->rows, id) || show_exited(tree, id))) {
		tree->needs_collect = true;
		tree_view_update_rows(tree);
		index = rows_find(tree->rows, id);
	}
	if (index != NO_ROW)
		cursor_move_to(&tree->cursor, tree->rows, index, height(tree));
}

void tree_view_go_to(struct tree_view *tree, uint64_t id)
{
	const struct ptree_node *node = scene_node(tree->view.scene, id);

	tree->follow_id = 0;
	tree->needs_collect |= has_tree_changed(tree);
	tree_view_update_rows(tree);
	for (; node && ptree_node_pid(node); node = ptree_node_parent(node)) {
		tree_view_select(tree, ptree_node_id(node));
		if (tree->cursor.id == ptree_node_id(node))
			return;
	}
}

/* ---- searching ---- */

static bool is_row_found(const struct row *row, const void *what)
{
	const struct tree_view *tree = what;
	const struct scene *scene = tree->view.scene;
	struct column_context context = scene_columns(scene, tree->utf8);
	const struct ptree_node *node = scene_node(scene, row->process);
	char name[ROW_GROUP_NAME_SIZE];
	struct command command;

	if (row_group_name(tree, row, name, sizeof(name)))
		return search_has(&tree->search, name, strlen(name));
	if (!node || row->is_thread || row->is_summary)
		return false;
	column_command(&context, node, NULL, &command);
	return search_has(&tree->search, command.line, command.size) ||
	       search_has(&tree->search, ptree_node_comm(node), strlen(ptree_node_comm(node)));
}

bool tree_view_search_next(struct tree_view *tree, uint64_t from, bool backwards)
{
	uint64_t id;

	if (!search_is_set(&tree->search) || tree->search.error[0])
		return false;
	id = rows_search(tree->rows, from, backwards, is_row_found, tree);
	if (id)
		tree_view_select(tree, id);
	return id != 0;
}

void tree_view_search(struct tree_view *tree, const char *text)
{
	search_set(&tree->search, text);
	tree->needs_search = true;
}

/* ---- folding ---- */

static void fold_again(struct tree_view *tree)
{
	tree->needs_collect = true; /* other suffixes; the rows fold at once */
}

void tree_view_set_folded(struct tree_view *tree, bool folded)
{
	const struct row *row = tree_view_row(tree);

	if (!row || !row->has_children)
		return;
	rows_set_folded(tree->rows, row->id, folded);
	fold_again(tree);
}

void tree_view_fold_all(struct tree_view *tree, bool folded)
{
	if (folded)
		rows_fold_all(tree->rows);
	else
		rows_unfold_all(tree->rows);
	fold_again(tree);
}

/* What is folded unfolds, and if nothing is, all folds. */
void tree_view_toggle_all(struct tree_view *tree)
{
	tree_view_fold_all(tree, !rows_have_folds(tree->rows));
}

void tree_view_fold_at_depth(struct tree_view *tree, uint32_t depth)
{
	rows_fold_at_depth(tree->rows, depth);
	fold_again(tree);
}

/* ---- what is seen ---- */

void tree_view_refresh_seen(const struct tree_view *tree)
{
	struct ptree_monitor *monitor = tree->view.scene->world.monitor;

	for (uint32_t line = 0; line < height(tree); line++) {
		const struct row *row = rows_at(tree->rows, tree->cursor.top + line);

		if (!row)
			break;
		if (row->is_group)
			continue;
		if (row->is_thread)
			ptree_monitor_refresh_thread(monitor, row->pid);
		else
			ptree_monitor_refresh(monitor, row->process);
		ptree_monitor_sample(monitor, row->process);
	}
}

void tree_view_have_seen_read(const struct tree_view *tree)
{
	const struct scene *scene = tree->view.scene;

	for (uint32_t line = 0; line < height(tree); line++) {
		const struct row *row = rows_at(tree->rows, tree->cursor.top + line);

		if (row && row->process && !row->is_job && !row->is_summary && !row->is_thread)
			readings_see(scene->world.readings, row->process, scene->moment.now_ns);
	}
}
