/* SPDX-License-Identifier: MIT */
/* The last line: the line that is typed, with what is wrong with it; a message; or the footer. */
#include "view.h"

#include <string.h>

#define LEAST_ROWS_FOR_FOOTER 6
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

static bool has_message(const struct session *session)
{
	return session->message_until_ns > session->now_ns;
}

/* What is wrong with the line as it stands, or NULL. */
static const char *prompt_error(const struct session *session)
{
	if (session->prompt_kind == SESSION_PROMPT_FILTER && session->filter_error[0])
		return session->filter_error;
	if (session->prompt_kind == SESSION_PROMPT_SEARCH && has_message(session))
		return "not found";
	return NULL;
}

static struct view_cursor draw_prompt(const struct session *session, struct canvas *canvas, int y)
{
	struct view_cursor cursor = { .y = y };
	int x = canvas_puts(canvas, y, 0, -1, prompt_label(session->prompt_kind),
			    role(session, THEME_TITLE));
	const char *error = prompt_error(session);
	int room = canvas->cols - x;

	if (error && room - (int)strlen(error) - 2 >= LEAST_WIDTH_FOR_PROMPT)
		room -= (int)strlen(error) + 2;
	prompt_draw(&session->prompt, canvas, y, x, room, role(session, THEME_PROMPT), &cursor.x);
	if (error)
		canvas_puts(canvas, y, x + room + 1, -1, error, role(session, THEME_ERROR));
	return cursor;
}

struct view_cursor view_last_line_draw(const struct session *session, struct canvas *canvas, int y)
{
	struct view_cursor none = { .y = -1, .x = -1 };

	if (session->prompt_kind != SESSION_PROMPT_NONE)
		return draw_prompt(session, canvas, y);
	if (has_message(session))
		canvas_puts(canvas, y, 0, -1, session->message,
			    role(session, session->is_message_error ? THEME_ERROR : THEME_TITLE));
	else
		view_footer_draw(session, canvas, y);
	return none;
}

bool view_last_line_is_needed(const struct session *session, const struct canvas *canvas)
{
	return canvas->rows >= LEAST_ROWS_FOR_FOOTER ||
	       session->prompt_kind != SESSION_PROMPT_NONE ||
	       (canvas->rows > 1 && has_message(session));
}
