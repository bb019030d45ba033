/* SPDX-License-Identifier: MIT */
/* The last line: what is typed, with what is wrong with it; a message; or the footer. */
#include "views/view.h"

#include <string.h>

#define LEAST_ROWS_FOR_FOOTER 12
#define LEAST_WIDTH_FOR_PROMPT 16

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static const char *prompt_label(enum session_prompt kind)
{
	switch (kind) {
	case SESSION_PROMPT_SEARCH:
		return "/";
	case SESSION_PROMPT_FILTER:
		return "filter: ";
	case SESSION_PROMPT_PID:
		return "pid: ";
	case SESSION_PROMPT_NONE:
		break;
	}
	return "";
}

/* What is wrong with the line as it stands, or NULL. */
static const char *prompt_error(const struct session *session)
{
	if (session->prompt_kind == SESSION_PROMPT_FILTER && session->filter_error[0])
		return session->filter_error;
	if (session->prompt_kind == SESSION_PROMPT_SEARCH && session_has_message(session))
		return "not found";
	return NULL;
}

/* How many bytes of the text one line takes: whole words, unless one is longer than that. */
static size_t line_size(const char *text, size_t cols)
{
	size_t size = strlen(text), end = cols;

	if (size <= cols)
		return size;
	while (end && text[end] != ' ')
		end--;
	return end ? end : cols;
}

static int count_lines(const char *text, int cols)
{
	int lines = 0;

	for (; *text && cols > 0; lines++) {
		text += line_size(text, (size_t)cols);
		text += *text == ' ';
	}
	return lines;
}

/* Over what stands above the prompt, in as many lines as it needs; what is said in it is ASCII. */
static void draw_above(const struct session *session, struct canvas *canvas, int y,
		       const char *error)
{
	struct style style = role(session, THEME_ERROR);
	int lines = count_lines(error, canvas->cols);

	for (int at = lines < y ? y - lines : 0; at < y; at++) {
		size_t size = line_size(error, (size_t)canvas->cols);

		canvas_fill(canvas, at, 0, 1, canvas->cols, style);
		canvas_put(canvas, at, 0, -1, error, size, style);
		error += size;
		error += *error == ' ';
	}
}

static struct view_cursor draw_prompt(const struct session *session, struct canvas *canvas, int y)
{
	struct view_cursor cursor = { .y = y };
	int x = canvas_puts(canvas, y, 0, -1, prompt_label(session->prompt_kind),
			    role(session, THEME_TITLE));
	const char *error = prompt_error(session);
	int room = canvas->cols - x;
	int needed = error ? (int)strlen(error) + 2 : 0;

	if (error && room - needed >= LEAST_WIDTH_FOR_PROMPT) {
		room -= needed;
		canvas_puts(canvas, y, x + room + 1, -1, error, role(session, THEME_ERROR));
	} else if (error && y > 0) {
		draw_above(session, canvas, y, error);
	} else if (error) {
		room /= 2;
		canvas_puts(canvas, y, x + room + 1, -1, error, role(session, THEME_ERROR));
	}
	prompt_draw(&session->prompt, canvas, y, x, room, role(session, THEME_PROMPT), &cursor.x);
	return cursor;
}

/* It ends in a mark if it does not fit. */
static void draw_message(const struct session *session, struct canvas *canvas, int y)
{
	struct style style = role(session, session->is_message_error ? THEME_ERROR : THEME_TITLE);

	canvas_puts(canvas, y, 0, -1, session->message, style);
	if ((int)text_width(session->message, strlen(session->message), canvas->utf8) >
	    canvas->cols)
		canvas_puts(canvas, y, canvas->cols - 1, 1, session->utf8 ? "…" : "~", style);
}

static bool is_typing(const struct session *session)
{
	return session->prompt_kind != SESSION_PROMPT_NONE && session->view == SESSION_VIEW_TREE;
}

struct view_cursor view_last_line_draw(const struct session *session, struct canvas *canvas, int y)
{
	struct view_cursor none = { .y = -1, .x = -1 };

	if (is_typing(session))
		return draw_prompt(session, canvas, y);
	canvas_fill(canvas, y, 0, 1, canvas->cols, role(session, THEME_NORMAL));
	if (session_has_message(session))
		draw_message(session, canvas, y);
	else
		view_footer_draw(session, canvas, y);
	return none;
}

bool view_last_line_is_needed(const struct session *session, const struct canvas *canvas)
{
	return canvas->rows >= LEAST_ROWS_FOR_FOOTER ||
	       session->prompt_kind != SESSION_PROMPT_NONE ||
	       (canvas->rows > 1 && session_has_message(session));
}
