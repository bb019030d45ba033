/* SPDX-License-Identifier: MIT */
/* The last line: what is typed, with what is wrong with it; a message; or the footer. */
#include "ui/last-line.h"
#include "draw/text.h"
#include "ui/by-name.h"

#include <stdio.h>

#include <string.h>

#define LEAST_WIDTH_FOR_PROMPT 16
#define LEAST_COLS_FOR_FORCE 40

static const char *prompt_label(enum session_prompt kind)
{
	switch (kind) {
	case SESSION_PROMPT_SEARCH:
		return "/";
	case SESSION_PROMPT_FILTER:
		return "filter: ";
	case SESSION_PROMPT_PID:
		return "pid: ";
	case SESSION_PROMPT_COMMAND:
		return ":";
	case SESSION_PROMPT_NONE:
		break;
	}
	return "";
}

static bool has_filter_error(const struct session *session)
{
	return session->prompt_kind == SESSION_PROMPT_FILTER && session->filter_error.text[0];
}

/* What is wrong with the line as it stands, or NULL. */
static const char *prompt_error(const struct session *session)
{
	if (has_filter_error(session))
		return session->filter_error.text;
	if (session->prompt_kind == SESSION_PROMPT_COMMAND && session->command_error[0])
		return session->command_error;
	if (session->prompt_kind == SESSION_PROMPT_SEARCH && session->panes.tree->search.error[0])
		return session->panes.tree->search.error;
	if (session->prompt_kind == SESSION_PROMPT_SEARCH && session_has_message(session))
		return "not found";
	return NULL;
}

/* Over what stands above the prompt, in as many lines as it needs; what is said in it is ASCII. */
static void draw_above(const struct area *area, int y, const char *error)
{
	struct style style = area_style(area, THEME_ERROR);
	int lines = text_line_count(error, area->cols);

	for (int at = lines < y ? y - lines : 0; at < y; at++) {
		size_t size = text_line_size(error, (size_t)area->cols);

		area_fill(area, at, 0, 1, area->cols, style);
		area_put(area, at, 0, -1, error, size, style);
		error += size;
		error += *error == ' ';
	}
}

/* What the command does that stands in the line. */
static void draw_hint(const struct session *session, const struct area *area, int y)
{
	const struct command_entry *entry = by_name_find(session->prompt.text);
	char text[COMPLETION_SIZE * 2];
	int x = 1;

	by_name_describe(entry, text, sizeof(text));
	area_fill(area, y, 0, 1, area->cols, area_style(area, THEME_PROMPT));
	x += area_puts_cut(area, y, x, area->cols - x, text, area_style(area, THEME_TITLE)) + 2;
	area_puts_cut(area, y, x, area->cols - x, entry->help, area_style(area, THEME_PROMPT));
}

/* Above the prompt, over what stands there: what the line is, and what it may become. */
static void draw_completions(const struct session *session, const struct area *area, int y)
{
	const struct completions *completions = &session->completions;
	bool is_whole =
	    completions->count == 1 && !strcmp(completions->items[0], completions->word);

	if (y > 1 && session->prompt_kind == SESSION_PROMPT_COMMAND &&
	    by_name_find(session->prompt.text))
		draw_hint(session, area, --y);
	if (y > 0 && completions->count && !is_whole)
		completions_draw(completions, area, y - 1);
}

/* What is wrong, and of a filter, where there is room, that not this one hides what is hidden. */
static const char *describe_error(const struct session *session, const struct area *area, int y,
				  char *text, size_t size)
{
	const char *error = prompt_error(session);

	if (!has_filter_error(session) || area->cols < LEAST_COLS_FOR_FORCE || !y)
		return error;
	snprintf(text, size, "not in force: %s", error);
	return text;
}

static struct session_cursor draw_prompt(const struct session *session, const struct area *area,
					 int y)
{
	struct session_cursor cursor = { .y = y };
	struct style wrong = area_style(area, THEME_ERROR);
	int x = area_puts(area, y, 0, -1, prompt_label(session->prompt_kind),
			  area_style(area, THEME_TITLE));
	char text[sizeof(session->filter_error.text) + 16];
	const char *error = describe_error(session, area, y, text, sizeof(text));
	int room = area->cols - x;
	int needed = error ? (int)strlen(error) + 2 : 0;

	if (error && room - needed >= LEAST_WIDTH_FOR_PROMPT) {
		room -= needed;
		area_puts(area, y, x + room + 1, -1, error, wrong);
	} else if (error && y > 0) {
		draw_above(area, y, error);
	} else if (!error && session->shows_completions) {
		draw_completions(session, area, y);
	} else if (error) {
		room /= 2;
		area_puts_cut(area, y, x + room + 1, area->cols - x - room - 1, error, wrong);
	}
	prompt_draw(&session->prompt, area, y, x, room,
		    has_filter_error(session) ? session->filter_error.offset : PROMPT_NOWHERE,
		    &cursor.x);
	return cursor;
}

static void draw_message(const struct message *message, const struct area *area)
{
	struct style style = area_style(area, message->is_error ? THEME_ERROR : THEME_TITLE);

	area_puts_cut(area, 0, 0, area->cols, message->text, style);
}

struct session_cursor last_line_draw(const struct session *session)
{
	const struct layout *layout = &session->panes.layout;
	const struct session_cursor none = { .y = -1, .x = -1 };

	if (!layout->last.rows)
		return none;
	if (session_context(session) == VIEW_PROMPT)
		return draw_prompt(session, &layout->screen, layout->last.y);
	area_clear(&layout->last);
	if (session_has_message(session))
		draw_message(&session->message, &layout->last);
	else
		footer_draw(session, &layout->last);
	return none;
}
