/* SPDX-License-Identifier: MIT */
/* The main screen: the rows of the tree between the title and the last line. */
#include "views/view.h"

#include <stdio.h>
#include <string.h>

#define LEAST_ROWS_FOR_COLUMN_TITLES 9
#define LEAST_ROWS_FOR_SELECTED 20

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

int view_tree_mark_x(const struct session *session, int y)
{
	const struct row *row =
	    y < session->body_y
		? NULL
		: rows_at(session->rows, session->cursor.top + (uint32_t)(y - session->body_y));

	return row ? view_row_mark_x(session, row) : -1;
}

/* The order of birth is what is there when nobody has sorted. */
static enum theme_role title_role(const struct session *session, const struct field *field)
{
	return session_is_sorted(session) && field_is_sort(field, session->scope.sort)
		   ? THEME_TITLE
		   : THEME_COLUMN_TITLE;
}

static void draw_column_titles(const struct session *session, struct canvas *canvas, int y)
{
	int x = view_row_cells_x();

	for (const struct field *field = fields; field->name; field++) {
		int room = field_width(field, canvas->cols);
		const char *title;
		int width;

		if (!field_is_shown(field, canvas->cols))
			continue;
		title = session->utf8 || !field->ascii_title ? field->title : field->ascii_title;
		width = (int)text_width(title, strlen(title), canvas->utf8);
		canvas_puts(canvas, y, field_is_right_aligned(field) ? x + room - width : x, -1,
			    title, role(session, title_role(session, field)));
		x += room + 1;
	}
	canvas_puts(canvas, y, x, -1, "COMMAND",
		    role(session, title_role(session, field_find("comm", 4))));
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

/* The rows change with time, too, though nothing happens. */
static void note_next_rows(struct session *session)
{
	uint64_t next_ns = rows_next_change_ns(session->rows, &session->cursor);

	if (next_ns && !session->paused_ns &&
	    (!session->next_change_ns || next_ns < session->next_change_ns))
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
		view_row_draw(session, canvas, session->body_y + line, index);
		note_fading(session, rows_at(session->rows, index)->changed_ns);
	}
	note_next_rows(session);
}

/* What is over has rows as far as there is room: another height, other rows. */
static void set_body_rows(struct session *session, int rows)
{
	bool has_changed = session->body_rows != rows;

	session->body_rows = rows;
	cursor_settle(&session->cursor, session->rows, (uint32_t)rows);
	if (!has_changed)
		return;
	session->needs_collect = true;
	session_update_rows(session);
}

struct view_cursor view_tree_draw(struct session *session, struct canvas *canvas)
{
	struct view_cursor cursor = { .y = -1, .x = -1 };
	bool has_last = view_last_line_is_needed(session, canvas);
	bool has_selected = canvas->rows >= LEAST_ROWS_FOR_SELECTED;
	int bottom = canvas->rows - has_last - has_selected;
	int y;

	canvas_clear(canvas);
	session->screen_rows = canvas->rows;
	session->screen_cols = canvas->cols;
	/* Where there is no room for rows beside it, the title is all there is. */
	y = view_title_draw(session, canvas, bottom > 2 ? bottom - 1 : 1);
	if (bottom - y >= LEAST_ROWS_FOR_COLUMN_TITLES)
		draw_column_titles(session, canvas, y++);
	session->body_y = y;
	set_body_rows(session, bottom > y ? bottom - y : 0);
	draw_body(session, canvas);
	if (has_selected)
		view_selected_draw(session, canvas, bottom);
	if (has_last)
		cursor = view_last_line_draw(session, canvas, canvas->rows - 1);
	return cursor;
}
