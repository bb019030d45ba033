/* SPDX-License-Identifier: MIT */
/*
 * The line above the tree's rows: under whom, whose, what they match, how they are chosen. What is
 * filtered must not be forgotten.
 */
#include "views/row.h"
#include "model/field.h"
#include "views/scope.h"

#include <stdarg.h>
#include <stdio.h>

#define ITEMS_MAX 10
#define LEAST_TEXT 4 /* cells of what stands behind a label, however little room there is */
#define LEAST_COLS_FOR_ALL 60

/* A label, and so many cells of what stands behind it. */
struct scope_item {
	const char *label;
	char text[SCOPE_WORDS_SIZE];
	int cells;
};

struct scope_items {
	const struct area *area;
	struct scope_item items[ITEMS_MAX];
	int count;
};

static void add_scope(struct scope_items *items, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_scope(struct scope_items *items, const char *label, const char *format, ...)
{
	struct scope_item *item = &items->items[items->count++];
	va_list args;

	item->label = label;
	va_start(args, format);
	vsnprintf(item->text, sizeof(item->text), format, args);
	va_end(args);
	item->cells = area_width(items->area, item->text);
}

/* ---- what has room ---- */

static int width_of(const struct scope_items *items)
{
	int width = items->count - 1;

	for (int i = 0; i < items->count; i++) {
		const struct scope_item *item = &items->items[i];

		width += area_width(items->area, item->label) + (item->cells > 0) + item->cells;
	}
	return width;
}

/* The longest gives way, so that of each at least its beginning is seen. */
static void shorten(struct scope_items *items, int room)
{
	for (int over = width_of(items) - room; over > 0; over--) {
		struct scope_item *longest = &items->items[0];

		for (int i = 1; i < items->count; i++) {
			if (items->items[i].cells > longest->cells)
				longest = &items->items[i];
		}
		if (longest->cells <= LEAST_TEXT)
			break;
		longest->cells--;
	}
}

static void draw_items(const struct scope_items *items, int y, int room)
{
	const struct area *area = items->area;
	struct area part = area_part(area, y, 0, 1, room);
	struct style style = area_style(area, THEME_NORMAL);
	int x = 0;

	for (int i = 0; i < items->count; i++) {
		const struct scope_item *item = &items->items[i];

		x += i ? area_puts(&part, 0, x, 1, " ", style) : 0;
		x += area_puts(&part, 0, x, -1, item->label, area_style(area, THEME_SCOPE_LABEL));
		x += item->cells ? area_puts(&part, 0, x, 1, " ", style) : 0;
		area_puts_cut(&part, 0, x, item->cells, item->text, style);
		x += item->cells;
	}
	if (x > room)
		area_puts(&part, 0, room - 1, 1, area_cut_mark(area), style);
}

/* How many match, in so many words as leave `needed` cells; on a wide screen in all of them. */
static int describe_tally(const struct tree_view *tree, int cols, int needed, char *out,
			  size_t size)
{
	struct rows_tally tally = rows_tally(tree->rows);
	char gone[32] = "";
	int width;

	if (tally.gone)
		snprintf(gone, sizeof(gone), " +%llu gone", (unsigned long long)tally.gone);
	width = snprintf(out, size, "%u match%s +%u anc, %u hidden", tally.matching, gone,
			 tally.context, tally.left_out);
	if (cols >= LEAST_COLS_FOR_ALL && cols > 3 * width / 2)
		return width;
	width = snprintf(out, size, "%u match%s, %u hidden", tally.matching, gone, tally.left_out);
	if (needed + 1 + width > cols)
		width = snprintf(out, size, "%u match", tally.matching);
	return cols > 3 * width / 2 ? width : 0;
}

/* It is said at the right end, so that a long filter cannot push it out. Returns how far all else
   may go. */
static int draw_tally(const struct tree_view *tree, const struct area *area, int y, int needed)
{
	const struct scope *scope = &tree->view.scene->scope;
	char text[96];
	int width;

	if (!scope->filter && !scope->uid_count)
		return area->cols;
	width = describe_tally(tree, area->cols, needed, text, sizeof(text));
	area_puts(area, y, area->cols - width, width, text, area_style(area, THEME_DIM));
	return width ? area->cols - width - 1 : area->cols;
}

/* ---- what there is to say ---- */

static void add_filter_scope(const struct tree_view *tree, struct scope_items *items)
{
	const struct scope *scope = &tree->view.scene->scope;
	char text[SCOPE_WORDS_SIZE];

	if (scope->uid_count) {
		scope_words_users(tree->view.scene, text, sizeof(text));
		add_scope(items, "USER", "%s", text);
	}
	if (scope->filter && filter_is_given_up(scope->filter))
		add_scope(items, "GIVEN UP, its pattern costs too much:", "%s", scope->filter_text);
	else if (scope->filter)
		add_scope(items, scope->is_other_typed ? "FILTER STILL" : "FILTER", "%s",
			  scope->filter_text);
}

/* How long exited rows stay, if not as ever; else NULL. */
static const char *exited_text(const struct tree_view *tree)
{
	static const char *const words[JOBS_MODE_COUNT] = {
		[JOBS_NONE] = "hidden", [JOBS_STAY] = "all stay"
	};

	return words[tree->choice.exited];
}

bool scope_line_is_needed(const struct tree_view *tree)
{
	return tree_view_is_sorted(tree) || exited_text(tree) ||
	       scope_is_narrowed(&tree->view.scene->scope) || tree->choice.is_list ||
	       tree->choice.by_origin || tree->choice.group || tree->follow_id ||
	       tree->tags.count || tree->marked.count;
}

static void add_tags(const struct tree_view *tree, struct scope_items *items)
{
	const struct ptree_node *followed =
	    tree->follow_id ? scene_node(tree->view.scene, tree->follow_id) : NULL;

	if (tree->tags.count)
		add_scope(items, "TAGGED", "%zu", tree->tags.count);
	if (tree->marked.count)
		add_scope(items, "MARKED", "%zu", tree->marked.count);
	if (tree->follow_id)
		add_scope(items, "FOLLOW", "%d%s", followed ? ptree_node_pid(followed) : 0,
			  tree->follow_stays ? "" : ", then its parent");
}

static void add_choice(const struct tree_view *tree, struct scope_items *items)
{
	if (exited_text(tree))
		add_scope(items, "GONE", "%s", exited_text(tree));
	if (tree->choice.group)
		add_scope(items, "GROUPS", "by %s", group_by_name(tree->choice.group));
	if (tree->choice.by_origin)
		add_scope(items, "LINEAGE", "under who forked them");
	if (tree->choice.is_list)
		add_scope(items, "LIST", "%s", tree->choice.sort ? "" : "by pid");
	if (tree_view_is_sorted(tree))
		add_scope(items, "SORT", "by %s%s", field_sort_name(tree->choice.sort),
			  tree->choice.is_reversed ? ", reversed" : "");
}

void scope_line_draw(const struct tree_view *tree, const struct area *area, int y)
{
	struct scope_items items = { .area = area };
	char text[SCOPE_WORDS_SIZE];
	int room;

	if (tree->view.scene->scope.watch_depth) {
		scope_words_watched(tree->view.scene, area->utf8, text, sizeof(text));
		add_scope(&items, "WATCH", "%s", text);
	}
	add_filter_scope(tree, &items);
	add_tags(tree, &items);
	add_choice(tree, &items);
	room = draw_tally(tree, area, y, width_of(&items));
	shorten(&items, room);
	draw_items(&items, y, room);
}
