/* SPDX-License-Identifier: MIT */
/* The line above the last one: the selected row, whole, as far as it fits. */
#include "views/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define LINE_SIZE (COMMAND_SIZE + 512)

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

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
static void add_clock(struct line *line, uint64_t boot_ns)
{
	uint64_t ago_s = (ptree_boot_now_ns() - boot_ns) / NS_PER_S;
	time_t now = time(NULL), when = now - (time_t)ago_s;
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

static void add_user(struct line *line, const struct session *session,
		     const struct ptree_node *node)
{
	uint32_t euid = ptree_node_euid(node);
	const char *name;

	if (euid == PTREE_UNKNOWN_ID)
		return;
	name = ptree_users_name_later(session->users, euid);
	if (name)
		add(line, ", %s", name);
	else
		add(line, ", uid %u", euid);
}

/* Since when, or from when to how it ended. */
static void add_life(struct line *line, const struct session *session,
		     const struct ptree_node *node)
{
	struct column_context context = session_columns(session);
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
		add_clock(line, ptree_node_begin_ns(node));
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

static void describe_row(const struct session *session, const struct row *row,
			 const struct ptree_node *node, struct line *line)
{
	struct column_context context = session_columns(session);
	const struct ptree_thread *thread =
	    row->is_thread ? ptree_tree_find_thread(session->tree, row->pid) : NULL;
	struct command command;

	add(line, "%d ", row->pid);
	column_command(&context, node, thread, &command);
	add_bytes(line, command.line, command.size);
	if (command.remark)
		add(line, " %s", command.remark);
	add_user(line, session, node);
	add_life(line, session, node);
	add_origin(line, node);
	add_gone(line, ptree_node_summary(node));
}

static void describe_summary(const struct session *session, const struct row *row,
			     struct line *line)
{
	const struct ptree_summary *gone = rows_gone(session->rows, row);

	if (gone)
		column_summary_text(session->utf8, gone, line->text, sizeof(line->text));
	line->size = strlen(line->text);
}

static void draw_text(const struct session *session, struct canvas *canvas, int y,
		      const struct line *line)
{
	const char *at = line->text, *end = line->text + line->size;
	struct text_piece piece;

	for (int skip = session->sideways; skip > 0 && text_next(&at, end, canvas->utf8, &piece);
	     skip -= piece.width)
		;
	canvas_put(canvas, y, 0, canvas->cols, at, (size_t)(end - at), role(session, THEME_NORMAL));
	if ((int)text_width(at, (size_t)(end - at), canvas->utf8) > canvas->cols)
		canvas_puts(canvas, y, canvas->cols - 1, 1, session->utf8 ? "…" : "~",
			    role(session, THEME_TREE_LINE));
}

void view_selected_draw(const struct session *session, struct canvas *canvas, int y)
{
	const struct row *row = session_selected(session);
	const struct ptree_node *node =
	    row ? ptree_tree_find_id(session->tree, row->process) : NULL;
	struct line line = { .size = 0 };

	if (row && row->is_summary)
		describe_summary(session, row, &line);
	else if (node)
		describe_row(session, row, node, &line);
	draw_text(session, canvas, y, &line);
}
