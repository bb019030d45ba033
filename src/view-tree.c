/* SPDX-License-Identifier: MIT */
/* The main screen: the rows of the tree between the title and the last line. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#define GUTTER_WIDTH 1
#define LEAST_ROWS_FOR_COLUMN_TITLES 4
#define LEAST_WIDTH_WITH_TIME 120 /* there is a column for it */

struct marks {
	const char *through, *branch, *last, *leaf, *open, *folded, *cut;
};

static const struct marks box_marks = { "│", "├", "└", "─", "▾", "▸", "…" };
static const struct marks ascii_marks = { "|", "|", "`", "-", "-", "+", "~" };

static const struct marks *marks_of(const struct session *session)
{
	return session->utf8 ? &box_marks : &ascii_marks;
}

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static bool is_shown(const struct column *column, const struct canvas *canvas)
{
	return canvas->cols >= column->least_screen_width;
}

static int command_x(const struct canvas *canvas)
{
	int x = GUTTER_WIDTH;

	for (const struct column *column = columns; column->name; column++) {
		if (is_shown(column, canvas))
			x += column->width + 1;
	}
	return x;
}

/* ---- one row ---- */

static void draw_cell(struct canvas *canvas, int y, int x, const struct column *column,
		      const struct column_text *text, struct style style)
{
	int width = (int)text_width(text->text, strlen(text->text), canvas->utf8);
	int shift = column->is_right_aligned && width < column->width ? column->width - width : 0;

	canvas_puts(canvas, y, x + shift, column->width - shift, text->text, style);
	/* A name that was cut says so, as ps does. */
	if (!column->is_right_aligned && width > column->width)
		canvas_puts(canvas, y, x + column->width - 1, 1, "+", style);
}

static void draw_columns(const struct session *session, struct canvas *canvas, int y,
			 const struct column_subject *subject, bool is_dim)
{
	struct column_context context = session_columns(session);
	int x = GUTTER_WIDTH;

	for (const struct column *column = columns; column->name; column++) {
		struct column_text text = { .role = THEME_NORMAL };

		if (!is_shown(column, canvas))
			continue;
		column->format(&context, subject, &text);
		draw_cell(canvas, y, x, column, &text,
			  role(session, is_dim ? THEME_GONE : text.role));
		x += column->width + 1;
	}
}

/*
 * The lines before a row, one cell a level, from the row's own upwards. Levels that find no room
 * are cut at the left.
 */
static int draw_lines(const struct session *session, struct canvas *canvas, int y, int x, int room,
		      const struct row *row)
{
	const struct marks *marks = marks_of(session);
	struct style style = role(session, THEME_TREE_LINE);
	int depth = (int)row->depth < room ? (int)row->depth : room;
	const struct row *at = row;

	for (int level = depth; level > 0; level--) {
		const char *mark = at->is_last ? " " : marks->through;

		if (at == row)
			mark = at->is_last ? marks->last : marks->branch;
		if (level == 1 && depth < (int)row->depth)
			mark = marks->cut;
		canvas_puts(canvas, y, x + level - 1, 1, mark, style);
		at = rows_at(session->rows, at->parent);
	}
	return x + depth;
}

static int lines_room(const struct canvas *canvas, int x)
{
	int room = (canvas->cols - x) * 2 / 3;

	return room > 2 ? room : 2;
}

static const char *fold_mark(const struct session *session, const struct row *row)
{
	const struct marks *marks = marks_of(session);

	if (!row->has_children)
		return row->depth ? marks->leaf : " ";
	return row->is_folded ? marks->folded : marks->open;
}

/* Restyles what the search is after, where it is seen. */
static void mark_found(const struct session *session, struct canvas *canvas, int y, int from,
		       int to)
{
	size_t length = strlen(session->search_text);
	struct style style = role(session, THEME_MATCH);

	for (int x = from; length && x + (int)length <= to; x++) {
		char text[PROMPT_SIZE];

		for (size_t i = 0; i < length; i++)
			text[i] = canvas_cell(canvas, y, x + (int)i)->bytes[0];
		if (!text_contains(text, length, session->search_text))
			continue;
		for (size_t i = 0; i < length; i++)
			canvas->cells[y * canvas->cols + x + (int)i].style = style;
	}
}

struct part {
	const char *text;
	size_t size;
	struct style style;
};

/* Draws parts one after the other, shifted to the left by the sideways cells. */
static int draw_parts(struct canvas *canvas, int y, int x, int end, int sideways,
		      const struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = parts[i].text;
		const char *stop = at + parts[i].size;
		struct text_piece piece;

		for (; sideways > 0 && text_next(&at, stop, canvas->utf8, &piece);
		     sideways -= piece.width)
			;
		x += canvas_put(canvas, y, x, end - x, at, (size_t)(stop - at), parts[i].style);
		if (x >= end)
			return end;
	}
	return x;
}

static int draw_command(const struct session *session, struct canvas *canvas, int y, int x, int end,
			const struct command *command, bool is_context)
{
	bool is_dim = command->is_dim || is_context;
	size_t head = command->directory_size + command->program_size;
	const struct part parts[] = {
		{ command->line, command->directory_size,
		  role(session, is_dim ? THEME_GONE : THEME_DIRECTORY) },
		{ command->line + command->directory_size, command->program_size,
		  role(session, is_dim ? THEME_GONE : THEME_PROGRAM) },
		{ command->line + head, command->size - head,
		  role(session, is_dim ? THEME_GONE : THEME_ARGUMENTS) },
	};
	int from = x;

	x = draw_parts(canvas, y, x, end, session->sideways, parts, 3);
	if (session->search_text[0])
		mark_found(session, canvas, y, from, x);
	if (command->remark && x + 1 < end)
		x += 1 + canvas_puts(canvas, y, x + 1, end - x - 1, command->remark,
				     role(session, THEME_DIM));
	return x;
}

/* What stands behind the command: how it ended, what is folded, who forked it. */
struct tail {
	struct column_text ending;
	char cost[24];
	char folded[24];
	char lineage[96];
	int width; /* of what must be seen: the lineage only where the command leaves room */
};

static void describe_tail(const struct session *session, const struct row *row,
			  const struct ptree_node *node, struct tail *tail)
{
	struct column_context context = session_columns(session);

	*tail = (struct tail){ 0 };
	if (row->is_thread || row->is_summary)
		return;
	if (session->screen_cols < LEAST_WIDTH_WITH_TIME &&
	    column_cost(&context, node, tail->cost, sizeof(tail->cost)))
		tail->width += 1 + (int)strlen(tail->cost);
	if (column_ending(&context, node, &tail->ending))
		tail->width += 2 + (int)text_width(tail->ending.text, strlen(tail->ending.text),
						   session->utf8);
	if (row->is_folded && row->hidden) {
		snprintf(tail->folded, sizeof(tail->folded), "[+%u]", row->hidden);
		tail->width += 1 + (int)strlen(tail->folded);
	}
	if (!session->scope.by_origin && !session->scope.is_list)
		column_lineage(&context, node, tail->lineage, sizeof(tail->lineage));
}

/* The lineage may take half of what the command would have. */
static int command_end(const struct canvas *canvas, int x, const struct tail *tail)
{
	int end = canvas->cols - tail->width;
	int lineage = 2 + (int)text_width(tail->lineage, strlen(tail->lineage), canvas->utf8);

	if (tail->lineage[0] && lineage <= (end - x) / 2)
		end -= lineage;
	return end > x ? end : x;
}

/* What stands behind a command that is cut would pass for a part of it. */
static void mark_cut(const struct session *session, struct canvas *canvas, int y, int x, int end,
		     const struct command *command)
{
	int width = (int)text_width(command->line, command->size, canvas->utf8);

	if (x < end && end < canvas->cols && width - session->sideways > end - x)
		canvas_puts(canvas, y, end - 1, 1, marks_of(session)->cut,
			    role(session, THEME_TREE_LINE));
}

static void draw_tail(const struct session *session, struct canvas *canvas, int y, int x,
		      const struct tail *tail)
{
	if (tail->folded[0])
		x +=
		    1 + canvas_puts(canvas, y, x + 1, -1, tail->folded, role(session, THEME_COUNT));
	if (tail->ending.text[0])
		x += 2 + canvas_puts(canvas, y, x + 2, -1, tail->ending.text,
				     role(session, tail->ending.role));
	if (tail->cost[0])
		x += 1 + canvas_puts(canvas, y, x + 1, -1, tail->cost, role(session, THEME_DIM));
	if (tail->lineage[0])
		canvas_puts(canvas, y, x + 2, -1, tail->lineage, role(session, THEME_DIM));
}

static bool has_failed(const struct ptree_node *node)
{
	uint32_t status;

	return ptree_node_exit_status(node, &status) && status;
}

/* The highlight, and the letter that says the same without colour. */
static void draw_gutter(const struct session *session, struct canvas *canvas, int y,
			const struct row *row, const struct ptree_node *node, bool is_selected)
{
	struct column_context context = session_columns(session);
	bool is_over = column_is_over(&context, node) && !row->is_summary;
	enum ptree_change_kind change = (enum ptree_change_kind)row->change;
	int level = session_glow(session, row->changed_ns);
	char letter[8];
	int16_t background;

	if (is_over)
		change = PTREE_CHANGE_EXITED;
	snprintf(letter, sizeof(letter), "%c",
		 level || is_over ? theme_change_letter(change) : ' ');
	if (is_over && session->utf8)
		snprintf(letter, sizeof(letter), "†");
	background =
	    (int16_t)theme_glow_background(change, has_failed(node), level, session->colors);
	if (background >= 0)
		canvas_tint(canvas, y, 0, canvas->cols, background, 0);
	if (is_selected)
		canvas_tint(canvas, y, GUTTER_WIDTH, canvas->cols, role(session, THEME_SELECTED).bg,
			    role(session, THEME_SELECTED).attrs);
	if (letter[0] == ' ' && is_selected)
		letter[0] = '>';
	canvas_puts(canvas, y, 0, GUTTER_WIDTH, letter,
		    theme_gutter(change, has_failed(node), level, session->colors));
	if (background >= 0)
		canvas_tint(canvas, y, 0, GUTTER_WIDTH, background, 0);
}

static struct column_subject subject_of(const struct row *row, const struct ptree_node *node,
					const struct ptree_thread *thread)
{
	return (struct column_subject){ .node = node,
					.thread = thread,
					.is_summary = row->is_summary,
					.has_sums = !row->is_thread,
					.sum_cpu_permille = row->sum_cpu_permille,
					.sum_rss_kib = row->sum_rss_kib };
}

static void describe_summary(const struct column_context *context, const struct ptree_node *node,
			     struct command *out)
{
	*out = (struct command){ .is_dim = true };
	column_summary(context, node, out->line, sizeof(out->line));
	out->size = strlen(out->line);
}

static void draw_row(struct session *session, struct canvas *canvas, int y, uint32_t index)
{
	const struct row *row = rows_at(session->rows, index);
	const struct ptree_node *node = ptree_tree_find_id(session->tree, row->process);
	const struct ptree_thread *thread = NULL;
	struct column_context context = session_columns(session);
	struct column_subject subject = { .node = node };
	struct command command;
	struct tail tail;
	int x = command_x(canvas), end, tail_x;

	if (!node) {
		canvas_printf(canvas, y, GUTTER_WIDTH, -1, role(session, THEME_GONE),
			      "%*d (exited, no longer kept)", columns[0].width, row->pid);
		return;
	}
	if (row->is_thread) {
		thread = ptree_tree_find_thread(session->tree, row->pid);
		if (!thread || ptree_thread_id(thread) != row->id)
			return;
	}
	subject = subject_of(row, node, thread);
	if (row->is_summary)
		describe_summary(&context, node, &command);
	else
		column_command(&context, node, thread, &command);
	draw_columns(session, canvas, y, &subject, command.is_dim || row->is_context);
	x = draw_lines(session, canvas, y, x, lines_room(canvas, x), row);
	x += canvas_puts(canvas, y, x, 1, fold_mark(session, row), role(session, THEME_TREE_LINE)) +
	     1;
	describe_tail(session, row, node, &tail);
	end = command_end(canvas, x, &tail);
	tail_x = draw_command(session, canvas, y, x, end, &command, row->is_context);
	mark_cut(session, canvas, y, x, end, &command);
	draw_tail(session, canvas, y, tail_x, &tail);
	draw_gutter(session, canvas, y, row, node, index == session->cursor.index);
}

int view_tree_mark_x(const struct session *session, int y)
{
	struct canvas size = { .rows = session->screen_rows, .cols = session->screen_cols };
	const struct row *row =
	    rows_at(session->rows, session->cursor.top + (uint32_t)(y - session->body_y));
	int x = command_x(&size);
	int room = lines_room(&size, x);

	if (!row || !row->has_children || y < session->body_y)
		return -1;
	return x + ((int)row->depth < room ? (int)row->depth : room);
}

/* ---- the screen ---- */

/* The order of birth is what is there when nobody has sorted. */
static enum theme_role title_role(const struct session *session, int sort)
{
	return session_is_sorted(session) && sort == (int)session->scope.sort ? THEME_TITLE
									      : THEME_COLUMN_TITLE;
}

static void draw_column_titles(const struct session *session, struct canvas *canvas, int y)
{
	int x = GUTTER_WIDTH;

	for (const struct column *column = columns; column->name; column++) {
		const char *title =
		    session->utf8 || !column->ascii_title ? column->title : column->ascii_title;
		int width = (int)text_width(title, strlen(title), canvas->utf8);
		int shift = column->is_right_aligned ? column->width - width : 0;

		if (!is_shown(column, canvas))
			continue;
		canvas_puts(canvas, y, x + shift, -1, title,
			    role(session, title_role(session, column->sort)));
		x += column->width + 1;
	}
	canvas_puts(canvas, y, x, -1, "COMMAND",
		    role(session, title_role(session, SORT_BY_COMMAND)));
}

static void draw_empty(const struct session *session, struct canvas *canvas, int y)
{
	struct ptree_monitor_status status;
	const struct watch_set *set = session_watched(session);
	struct style style = role(session, THEME_DIM);

	ptree_monitor_get_status(session->monitor, &status);
	if (status.state == PTREE_MONITOR_STARTING)
		canvas_printf(canvas, y, 2, -1, style, "reading /proc: %zu of %zu processes",
			      status.scan_done, status.scan_total);
	else if (session->filter || session->uid_count)
		canvas_puts(canvas, y, 2, -1, "nothing matches now; what will match shows here",
			    style);
	else if (set && set->items[set->count - 1].name[0])
		canvas_printf(canvas, y, 2, -1, style, "waiting for a process named %s",
			      set->items[set->count - 1].name);
	else if (set)
		canvas_puts(canvas, y, 2, -1, "the watched process is over; Backspace goes back",
			    style);
}

static void note_fading(struct session *session, uint64_t changed_ns)
{
	uint64_t step_ns = session->highlight_ns / GLOW_LEVELS;
	int level = session_glow(session, changed_ns);
	uint64_t next_ns;

	if (!level || session->paused_ns)
		return;
	next_ns = changed_ns + (uint64_t)(GLOW_LEVELS - level + 1) * step_ns;
	if (!session->next_change_ns || next_ns < session->next_change_ns)
		session->next_change_ns = next_ns;
}

static void draw_body(struct session *session, struct canvas *canvas)
{
	uint32_t count = rows_count(session->rows);

	session->next_change_ns = 0;
	if (!count && session->body_rows > 0)
		draw_empty(session, canvas, session->body_y);
	for (int line = 0; line < session->body_rows; line++) {
		uint32_t index = session->cursor.top + (uint32_t)line;

		if (index >= count)
			break;
		draw_row(session, canvas, session->body_y + line, index);
		note_fading(session, rows_at(session->rows, index)->changed_ns);
	}
}

struct view_cursor view_tree_draw(struct session *session, struct canvas *canvas)
{
	struct view_cursor cursor = { .y = -1, .x = -1 };
	bool has_last = view_last_line_is_needed(session, canvas);
	int bottom = canvas->rows - has_last;
	int y;

	canvas_clear(canvas);
	session->screen_rows = canvas->rows;
	session->screen_cols = canvas->cols;
	/* Where there is no room for rows beside it, the title is all there is. */
	y = view_title_draw(session, canvas, bottom > 2 ? bottom - 1 : 1);
	if (bottom - y >= LEAST_ROWS_FOR_COLUMN_TITLES)
		draw_column_titles(session, canvas, y++);
	session->body_y = y;
	session->body_rows = bottom > y ? bottom - y : 0;
	cursor_settle(&session->cursor, session->rows, (uint32_t)session->body_rows);
	draw_body(session, canvas);
	if (has_last)
		cursor = view_last_line_draw(session, canvas, canvas->rows - 1);
	return cursor;
}
