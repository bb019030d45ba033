/* SPDX-License-Identifier: MIT */
/*
 * The line above the tree's rows: under whom, whose, what they match, how they are chosen. What is
 * filtered must not be forgotten.
 */
#include "views/row.h"
#include "model/field.h"
#include "views/scope.h"

#include <stdio.h>
#include <string.h>

struct scope_line {
	const struct area *area;
	int y, x, room;
};

static void add_scope(struct scope_line *line, const char *label, const char *text)
{
	const struct area *area = line->area;

	if (line->x && line->x < line->room)
		line->x +=
		    area_puts(area, line->y, line->x, 1, " ", area_style(area, THEME_NORMAL));
	line->x += area_puts(area, line->y, line->x, line->room - line->x, label,
			     area_style(area, THEME_SCOPE_LABEL));
	if (*text)
		line->x += area_puts(area, line->y, line->x, line->room - line->x, " ",
				     area_style(area, THEME_NORMAL));
	line->x += area_puts(area, line->y, line->x, line->room - line->x, text,
			     area_style(area, THEME_NORMAL));
}

static void describe_tally(const struct tree_view *tree, char *out, size_t size)
{
	struct rows_tally tally = rows_tally(tree->rows);

	char gone[32] = "";

	if (tally.gone)
		snprintf(gone, sizeof(gone), " +%llu gone", (unsigned long long)tally.gone);
	snprintf(out, size, "%u match%s +%u anc, %u hidden", tally.matching, gone, tally.context,
		 tally.left_out);
}

static void draw_filter_scope(const struct tree_view *tree, struct scope_line *line)
{
	const struct scope *scope = &tree->view.scene->scope;
	const struct area *area = line->area;
	char text[SCOPE_WORDS_SIZE];
	int width;

	if (!scope->filter && !scope->uid_count)
		return;
	/* How many is said at the right end, so that a long filter cannot push it out. */
	describe_tally(tree, text, sizeof(text));
	width = (int)strlen(text);
	if (line->room > 3 * width / 2) {
		area_puts(area, line->y, line->room - width, width, text,
			  area_style(area, THEME_DIM));
		line->room -= width + 1;
	}
	if (scope->uid_count) {
		scope_words_users(tree->view.scene, text, sizeof(text));
		add_scope(line, "USER", text);
	}
	if (scope->filter && filter_is_given_up(scope->filter))
		add_scope(line, "GIVEN UP, its pattern costs too much:", scope->filter_text);
	else if (scope->filter)
		add_scope(line, "FILTER", scope->filter_text);
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

void scope_line_draw(const struct tree_view *tree, const struct area *area, int y)
{
	struct scope_line line = { .area = area, .y = y, .room = area->cols };
	char text[SCOPE_WORDS_SIZE];

	if (tree->view.scene->scope.watch_depth) {
		scope_words_watched(tree->view.scene, area->utf8, text, sizeof(text));
		add_scope(&line, "WATCH", text);
	}
	draw_filter_scope(tree, &line);
	if (tree->tags.count) {
		snprintf(text, sizeof(text), "%zu", tree->tags.count);
		add_scope(&line, "TAGGED", text);
	}
	if (tree->marked.count) {
		snprintf(text, sizeof(text), "%zu", tree->marked.count);
		add_scope(&line, "MARKED", text);
	}
	if (tree->follow_id) {
		const struct ptree_node *node = scene_node(tree->view.scene, tree->follow_id);

		snprintf(text, sizeof(text), "%d%s", node ? ptree_node_pid(node) : 0,
			 tree->follow_stays ? "" : ", then its parent");
		add_scope(&line, "FOLLOW", text);
	}
	if (exited_text(tree))
		add_scope(&line, "GONE", exited_text(tree));
	if (tree->choice.group) {
		snprintf(text, sizeof(text), "by %s", group_by_name(tree->choice.group));
		add_scope(&line, "GROUPS", text);
	}
	if (tree->choice.by_origin)
		add_scope(&line, "LINEAGE", "under who forked them");
	if (tree->choice.is_list)
		add_scope(&line, "LIST", tree->choice.sort ? "" : "by pid");
	if (tree_view_is_sorted(tree)) {
		snprintf(text, sizeof(text), "by %s%s", field_sort_name(tree->choice.sort),
			 tree->choice.is_reversed ? ", reversed" : "");
		add_scope(&line, "SORT", text);
	}
}
