/* SPDX-License-Identifier: MIT */
/* The tree's view: what is where in it, and how that is drawn. Its rows are tree-rows.c's. */
#include "views/row.h"
#include "model/field.h"

#include <errno.h>
#include <string.h>

#define LEAST_ROWS_FOR_COLUMN_TITLES 8 /* on ten lines, also with a last one */
#define LEAST_ROWS_FOR_SCOPE 2

static const struct tree_view *const_tree_of(const struct view *view)
{
	return (const struct tree_view *)view;
}

static struct tree_view *tree_of(struct view *view)
{
	return (struct tree_view *)view;
}

/* ---- begin and end ---- */

static void close_tree(struct view *view)
{
	rows_free(tree_of(view)->rows);
	id_set_clear(&tree_of(view)->tags);
	id_set_clear(&tree_of(view)->marked);
	search_clear(&((struct tree_view *)view)->search);
}

static int open_tree(struct view *view)
{
	struct tree_view *tree = tree_of(view);

	tree->needs_collect = true;
	tree->rows = rows_new();
	return tree->rows ? 0 : -ENOMEM;
}

/* ---- when it changes ---- */

static void note_change(struct tree_view *tree, uint64_t ns)
{
	if (ns && (!tree->next_change_ns || ns < tree->next_change_ns))
		tree->next_change_ns = ns;
}

static void note_fading(struct tree_view *tree, uint64_t changed_ns)
{
	uint64_t step_ns = tree->view.scene->moment.glow_ns / GLOW_LEVELS;
	int level = tree_view_glow(tree, changed_ns);

	if (level)
		note_change(tree, changed_ns + (uint64_t)(GLOW_LEVELS - level + 1) * step_ns);
}

/* Highlights fade, and rows of what is over leave, though nothing happens. */
static void note_changes(struct tree_view *tree)
{
	tree->next_change_ns = 0;
	if (tree->view.scene->moment.stopped_ns)
		return;
	for (int line = 0; line < tree->view.body_rows; line++) {
		const struct row *row = rows_at(tree->rows, tree->cursor.top + (uint32_t)line);

		uint8_t change;

		if (row)
			note_fading(tree, rows_changed_ns(tree->rows, row, &change));
	}
	note_change(tree, rows_next_change_ns(tree->rows, &tree->cursor));
}

static uint64_t next_change_ns(const struct view *view)
{
	const struct tree_view *tree = const_tree_of(view);
	const struct moment *moment = &view->scene->moment;

	if (!moment->stopped_ns &&
	    (tree->seen.generation != ptree_tree_generation(moment->tree) ||
	     tree->seen.usage_generation != ptree_tree_usage_generation(moment->tree)))
		return tree->next_change_ns && tree->next_change_ns < tree_view_news_ns(tree)
			   ? tree->next_change_ns
			   : tree_view_news_ns(tree);
	return tree->next_change_ns;
}

/* ---- what is where ---- */

static bool has_scope_line(const struct tree_view *tree, const struct area *area)
{
	return area->rows >= LEAST_ROWS_FOR_SCOPE && scope_line_is_needed(tree);
}

static bool has_column_titles(const struct tree_view *tree, const struct area *area)
{
	return area->rows - has_scope_line(tree, area) >= LEAST_ROWS_FOR_COLUMN_TITLES;
}

/* What is over has rows as far as there is room: another height, other rows. */
static int set_body(struct tree_view *tree, int y, int rows)
{
	bool has_changed = tree->view.body_rows != rows;

	tree->view.body_y = y;
	tree->view.body_rows = rows;
	cursor_settle(&tree->cursor, tree->rows, (uint32_t)rows);
	if (!has_changed)
		return 0;
	tree->needs_collect = true;
	return tree_view_update_rows(tree);
}

static int update(struct view *view, const struct area *area)
{
	struct tree_view *tree = tree_of(view);
	int err = tree_view_update_rows(tree);
	int y = has_scope_line(tree, area) + has_column_titles(tree, area);

	tree->cols = area->cols;
	tree->utf8 = area->utf8;
	tree->has_titles = has_column_titles(tree, area);
	if (!err)
		err = set_body(tree, y, area->rows - y);
	note_changes(tree);
	return err;
}

/* ---- drawing ---- */

/* The order of birth is what is there when nobody has sorted. */
static enum theme_role title_role(const struct tree_view *tree, const struct field *field)
{
	const struct field *sort = tree->choice.sort;
	bool is_sort = field_is_sort(field, sort) || (tree->choice.is_list && sort && sort->own &&
						      !strcmp(sort->own, field->name));

	return tree_view_is_sorted(tree) && is_sort ? THEME_TITLE : THEME_COLUMN_TITLE;
}

static void draw_column_titles(const struct tree_view *tree, const struct area *area, int y)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, area->cols, shown);
	int x = row_cells_x(tree, area->cols);

	for (size_t i = 0; i < count; i++) {
		const struct field *field = shown[i];
		const char *title =
		    area->utf8 || !field->ascii_title ? field->title : field->ascii_title;
		int room = field_width(field, area->cols);
		int shift;

		shift = field_is_right_aligned(field) ? room - area_width(area, title) : 0;
		area_puts(area, y, x + shift, -1, title, area_style(area, title_role(tree, field)));
		x += room + 1;
	}
	area_puts(area, y, x, -1, "COMMAND",
		  area_style(area, title_role(tree, field_find("comm", 4))));
}

static void draw_empty(const struct scene *scene, const struct area *area, int y)
{
	struct ptree_monitor_status status;
	const struct watch_set *set = scope_watched(&scene->scope);
	struct style style = area_style(area, THEME_DIM);

	ptree_monitor_get_status(scene->world.monitor, &status);
	if (status.state == PTREE_MONITOR_STARTING)
		area_printf(area, y, 2, -1, style, "reading /proc: %zu of %zu processes",
			    status.scan_done, status.scan_total);
	else if (scene->scope.filter || scene->scope.uid_count)
		area_puts(area, y, 2, -1, "nothing matches now; what will match shows here", style);
	else if (set && set->items[set->count - 1].name[0])
		area_printf(area, y, 2, -1, style, "waiting for a process named %s",
			    set->items[set->count - 1].name);
	else if (set)
		area_puts(area, y, 2, -1, "the watched process is over; Backspace goes back",
			  style);
}

static void draw(const struct view *view, const struct area *area)
{
	const struct tree_view *tree = const_tree_of(view);
	uint32_t count = rows_count(tree->rows);

	if (has_scope_line(tree, area))
		scope_line_draw(tree, area, 0);
	if (has_column_titles(tree, area))
		draw_column_titles(tree, area, view->body_y - 1);
	if (!count && view->body_rows > 0)
		draw_empty(view->scene, area, view->body_y);
	for (int line = 0; line < view->body_rows; line++) {
		uint32_t index = tree->cursor.top + (uint32_t)line;

		if (index >= count)
			break;
		row_draw(tree, area, view->body_y + line, index);
	}
}

/* ---- moving ---- */

static uint32_t height(const struct tree_view *tree)
{
	return tree->view.body_rows > 0 ? (uint32_t)tree->view.body_rows : 1;
}

static uint64_t selected(const struct view *view)
{
	const struct row *row = tree_view_row(const_tree_of(view));

	return row ? row->process : 0;
}

static void move(struct view *view, int64_t lines)
{
	struct tree_view *tree = tree_of(view);
	int64_t index = (int64_t)tree->cursor.index + lines;

	tree->follow_id = 0;
	cursor_move_to(&tree->cursor, tree->rows, index < 0 ? 0 : (uint32_t)index, height(tree));
}

static void scroll(struct view *view, int64_t lines)
{
	struct tree_view *tree = tree_of(view);

	tree->follow_id = 0;
	cursor_scroll(&tree->cursor, tree->rows, (int)lines, height(tree));
}

/* Sorts by the column whose title is there. */
static void click_on_titles(struct tree_view *tree, int x)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, tree->cols, shown);
	int end = row_cells_x(tree, tree->cols);

	for (size_t i = 0; i < count; i++) {
		const struct field *field = shown[i];

		end += field_width(field, tree->cols) + 1;
		if (x >= end)
			continue;
		tree_view_sort(tree, field->is_birth_order ? NULL : field);
		return;
	}
	tree_view_sort(tree, field_find("comm", 4));
}

/* Selects; on the mark it folds, too. */
static void click(struct view *view, int y, int x)
{
	struct tree_view *tree = tree_of(view);
	int line = y - view->body_y;
	uint32_t index = tree->cursor.top + (uint32_t)line;
	const struct row *row;
	int mark_x;

	if (line == -1 && tree->has_titles)
		click_on_titles(tree, x);
	if (line < 0 || line >= view->body_rows || index >= rows_count(tree->rows))
		return;
	tree->follow_id = 0;
	cursor_move_to(&tree->cursor, tree->rows, index, height(tree));
	row = tree_view_row(tree);
	mark_x = row_mark_x(tree, row);
	if (mark_x >= 0 && x >= mark_x - 1 && x <= mark_x)
		tree_view_set_folded(tree, !row->is_folded);
}

const struct view_kind tree_view_kind = {
	.name = "tree",
	.context = VIEW_TREE,
	.size = sizeof(struct tree_view),
	.open = open_tree,
	.close = close_tree,
	.update = update,
	.draw = draw,
	.draw_selected = row_draw_selected,
	.selected = selected,
	.next_change_ns = next_change_ns,
	.move = move,
	.scroll = scroll,
	.click = click,
};
