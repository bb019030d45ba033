/* SPDX-License-Identifier: MIT */
/* The row of a group: its name, how many are in it, what they use together, what is gone. */
#include "views/row.h"
#include "model/field.h"

#include <stdio.h>
#include <string.h>

#define NAME_LEAST_CELLS 15 /* of the name, for which all else makes room */

/* ---- its name ---- */

static void name_user(const struct scene *scene, uint32_t uid, char *out, size_t size)
{
	const char *name = ptree_users_name_later(scene->world.users, uid);

	if (name && *name)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "uid %u", uid);
}

/* By who began it, as long as that one is known. */
static void name_session(const struct scene *scene, pid_t sid, char *out, size_t size)
{
	const struct ptree_node *leader = ptree_tree_find(scene->moment.tree, sid);

	if (leader && ptree_node_sid(leader) == sid)
		snprintf(out, size, "%s %d", ptree_node_comm(leader), sid);
	else
		snprintf(out, size, "session %d", sid);
}

static const char *word_for_none(enum group_by by)
{
	return by == GROUP_SESSION ? "in no session"
	       : by == GROUP_UNIT  ? "in no unit"
				   : "in no container";
}

static void put_name(const struct scene *scene, const struct rows_group *group, char *out,
		     size_t size)
{
	if (group->rank == GROUP_RANK_UNREAD)
		snprintf(out, size, "not read yet");
	else if (group->rank == GROUP_RANK_UNKNOWN)
		snprintf(out, size, "not known");
	else if (group->rank == GROUP_RANK_NONE)
		snprintf(out, size, "%s", word_for_none(group->by));
	else if (group->by == GROUP_USER)
		name_user(scene, (uint32_t)group->rank, out, size);
	else if (group->by == GROUP_SESSION)
		name_session(scene, (pid_t)group->rank, out, size);
	else
		snprintf(out, size, "%s", group->name && *group->name ? group->name : "(no name)");
}

bool row_group_name(const struct tree_view *tree, const struct row *row, char *out, size_t size)
{
	struct rows_group group;

	*out = '\0';
	if (!rows_group(tree->rows, row, &group))
		return false;
	put_name(tree->view.scene, &group, out, size);
	return true;
}

/* "31 processes"; with a filter "3 of 31 processes". */
static void count_members(const struct rows_group *group, char *out, size_t size)
{
	const char *noun = group->processes == 1 ? "process" : "processes";
	char all[16], some[16];

	column_format_count(all, sizeof(all), group->processes);
	column_format_count(some, sizeof(some), group->matching);
	if (group->matching == group->processes)
		snprintf(out, size, "%s %s", all, noun);
	else
		snprintf(out, size, "%s of %s %s", some, all, noun);
}

void row_group_describe(const struct tree_view *tree, const struct row *row, bool utf8, char *out,
			size_t size)
{
	const struct ptree_summary *summary = rows_gone(tree->rows, row);
	struct rows_group group;
	char name[ROW_GROUP_NAME_SIZE], count[48], gone_text[128];
	int used;

	*out = '\0';
	if (!rows_group(tree->rows, row, &group))
		return;
	put_name(tree->view.scene, &group, name, sizeof(name));
	count_members(&group, count, sizeof(count));
	used = snprintf(out, size, "%s %s: %s", group_by_name(group.by), name, count);
	if (summary && used > 0 && (size_t)used < size) {
		struct column_gone gone = { .summary = summary };

		column_summary_text(utf8, &gone, gone_text, sizeof(gone_text));
		snprintf(out + used, size - (size_t)used, "; %s", gone_text);
	}
}

/* ---- what they use together ---- */

static void show_cell(const struct column_context *context, const struct field *field,
		      const struct row *row, const struct rows_sum *sum, struct column_text *cell)
{
	const struct column_subject subject = { .has_sums = true,
						.sum_cpu_permille = row->sum_cpu_permille,
						.sum_rss_kib = row->sum_rss_kib };
	const struct field_value value = { .number = sum->number };

	if (field->is_of_sums)
		field_show(field, context, &subject, cell);
	else if (sum->is_known)
		field_show_value(field, context, &value, cell);
}

void row_group_draw_cells(const struct tree_view *tree, const struct area *area, int y,
			  const struct row *row)
{
	const struct column_context context = scene_columns(tree->view.scene, area->utf8);
	const struct field *shown[COLUMNS_MAX];
	struct rows_sum sums[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, area->cols, shown);
	int x = row_cells_x(tree, area->cols);

	rows_group_sums(tree->rows, row, &context, shown, count, sums);
	for (size_t i = 0; i < count; i++) {
		struct column_text text = { .role = THEME_NORMAL };

		show_cell(&context, shown[i], row, &sums[i], &text);
		row_draw_cell(area, y, x, shown[i], &text, area_style(area, text.role));
		x += field_width(shown[i], area->cols) + 1;
	}
}

/* ---- all of it ---- */

static int draw_name(const struct tree_view *tree, const struct area *area, int y, int x, int end,
		     const char *name)
{
	int width = area_width(area, name);

	area_puts(area, y, x, end - x, name, area_style(area, THEME_PROGRAM));
	if (search_is_set(&tree->search))
		row_mark_found(tree, area, y, x, x + width < end ? x + width : end);
	if (width <= end - x)
		return x + width;
	area_puts(area, y, end - 1, 1, area_cut_mark(area), area_style(area, THEME_TREE_LINE));
	return end;
}

static int draw_gone(const struct tree_view *tree, const struct area *area, int y, int x,
		     const struct row *row)
{
	const struct column_gone gone = { .summary = rows_gone(tree->rows, row) };
	int room = area->cols - x - 2;
	char text[256];

	if (!gone.summary || room <= 0)
		return x;
	column_suffix(area->utf8, &gone, (size_t)room, text, sizeof(text));
	if (area_width(area, text) > room)
		return x;
	return x + 2 + area_puts(area, y, x + 2, -1, text, area_style(area, THEME_GONE));
}

/* The count goes before a long name is cut to less than a program's has. */
void row_group_draw(const struct tree_view *tree, const struct area *area, int y, int x,
		    const struct row *row)
{
	char name[ROW_GROUP_NAME_SIZE], count[48];
	struct rows_group group;
	int least, end = area->cols;

	if (!rows_group(tree->rows, row, &group))
		return;
	put_name(tree->view.scene, &group, name, sizeof(name));
	count_members(&group, count, sizeof(count));
	least =
	    area_width(area, name) < NAME_LEAST_CELLS ? area_width(area, name) : NAME_LEAST_CELLS;
	if (x + least + 2 + area_width(area, count) > end)
		column_format_count(count, sizeof(count), group.matching);
	if (x + least + 2 + area_width(area, count) <= end)
		end -= 2 + area_width(area, count);
	else
		*count = '\0';
	x = draw_name(tree, area, y, x, end, name);
	if (!*count)
		return;
	x += 2 + area_puts(area, y, x + 2, -1, count, area_style(area, THEME_COUNT));
	draw_gone(tree, area, y, x, row);
}
