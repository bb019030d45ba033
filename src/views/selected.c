/* SPDX-License-Identifier: MIT */
/* The line above the last one: the selected row, whole, as far as it fits. */
#include "views/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define LINE_SIZE (COMMAND_SIZE + 512)

struct line {
	char text[LINE_SIZE]; /* raw bytes */
	size_t size;
};

static void add_bytes(struct line *line, const char *bytes, size_t size)
{
	if (size > sizeof(line->text) - line->size)
		size = sizeof(line->text) - line->size;
	memcpy(line->text + line->size, bytes, size);
	line->size += size;
}

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add_bytes(line, text, strlen(text));
}

/* Of another day with its date. */
static void add_clock(struct line *line, const struct tree_view *tree, uint64_t boot_ns)
{
	uint64_t real_ns = boot_ns + tree->view.scene->world.real_offset_ns;
	time_t now = time(NULL), when = (time_t)(real_ns / NS_PER_S);
	struct tm then, today;
	char text[32];

	if (!localtime_r(&when, &then) || !localtime_r(&now, &today))
		return;
	strftime(text, sizeof(text),
		 then.tm_yday == today.tm_yday && then.tm_year == today.tm_year ? "%H:%M:%S"
										: "%F %H:%M",
		 &then);
	add(line, "%s", text);
}

static void add_user(struct line *line, const struct tree_view *tree, const struct ptree_node *node)
{
	uint32_t euid = ptree_node_euid(node);
	const char *name;

	if (euid == PTREE_UNKNOWN_ID)
		return;
	name = ptree_users_name_later(tree->view.scene->world.users, euid);
	if (name)
		add(line, ", %s", name);
	else
		add(line, ", uid %u", euid);
}

/* Since when, or from when to how it ended. */
static void add_life(struct line *line, const struct tree_view *tree, const struct ptree_node *node,
		     bool utf8)
{
	struct column_context context = scene_columns(tree->view.scene, utf8);
	struct column_text ending;
	struct ptree_usage usage;
	char text[32];
	bool is_over = column_ending(&context, node, &ending);

	if (is_over)
		add(line, ", %s", ending.text);
	ptree_node_usage(node, &usage);
	if (is_over && usage.known & PTREE_USAGE_ELAPSED) {
		column_format_time(text, sizeof(text), usage.elapsed_ns);
		add(line, " after %s", text);
	}
	if (is_over && usage.is_final) {
		column_format_cpu(text, sizeof(text), &usage);
		add(line, ", CPU %s", text);
	}
	if (ptree_node_begin_ns(node)) {
		add(line, ", since ");
		add_clock(line, tree, ptree_node_begin_ns(node));
	}
}

static void add_origin(struct line *line, const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	if (!origin)
		origin = ptree_node_parent(node);
	if (origin && ptree_node_pid(origin))
		add(line, " from %s %d", ptree_node_comm(origin), ptree_node_pid(origin));
}

static void add_gone(struct line *line, const struct ptree_summary *gone)
{
	if (!gone || !gone->gone)
		return;
	add(line, "; %llu gone", (unsigned long long)gone->gone);
	if (gone->failed)
		add(line, ", %llu failed", (unsigned long long)gone->failed);
}

static void describe_row(const struct tree_view *tree, const struct row *row,
			 const struct ptree_node *node, struct line *line, bool utf8)
{
	struct column_context context = scene_columns(tree->view.scene, utf8);
	const struct ptree_thread *thread =
	    row->is_thread ? ptree_tree_find_thread(tree->view.scene->moment.tree, row->pid) : NULL;
	struct command command;

	add(line, "%d ", row->pid);
	column_command(&context, node, thread, &command);
	add_bytes(line, command.line, command.size);
	if (command.remark)
		add(line, " %s", command.remark);
	add_user(line, tree, node);
	add_life(line, tree, node, utf8);
	add_origin(line, node);
	add_gone(line, ptree_node_summary(node));
}

static void describe_summary(const struct tree_view *tree, const struct row *row,
			     const struct ptree_node *node, struct line *line, bool utf8)
{
	const struct ptree_summary *summary = rows_gone(tree->rows, row);
	struct column_gone gone;

	if (summary) {
		gone = column_gone(node, summary);
		column_summary_text(utf8, &gone, line->text, sizeof(line->text));
	}
	line->size = strlen(line->text);
}

static void draw_text(const struct tree_view *tree, const struct area *area,
		      const struct line *line)
{
	const char *at = line->text, *end = line->text + line->size;
	struct text_piece piece;

	for (int skip = tree->sideways; skip > 0 && text_next(&at, end, area->canvas->utf8, &piece);
	     skip -= piece.width)
		;
	area_put(area, 0, 0, area->cols, at, (size_t)(end - at), area_style(area, THEME_NORMAL));
	if (area_width_of(area, at, (size_t)(end - at)) > area->cols)
		area_puts(area, 0, area->cols - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_TREE_LINE));
}

void row_draw_selected(const struct view *view, const struct area *area)
{
	const struct tree_view *tree = (const struct tree_view *)view;
	const struct row *row = tree_view_row(tree);
	const struct ptree_node *node = row ? scene_node(view->scene, row->process) : NULL;
	struct line line = { .size = 0 };

	if (row && row->is_group) {
		row_group_describe(tree, row, area->utf8, line.text, sizeof(line.text));
		line.size = strlen(line.text);
	} else if (row && row->is_summary)
		describe_summary(tree, row, node ? node : ptree_tree_root(view->scene->moment.tree),
				 &line, area->utf8);
	else if (node)
		describe_row(tree, row, node, &line, area->utf8);
	draw_text(tree, area, &line);
}
