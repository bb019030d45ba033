/* SPDX-License-Identifier: MIT */
/* Draws a dialog about processes: who they are, what can be chosen, what is asked and what came. */
#include "views/sheet.h"
#include "views/frame.h"
#include "draw/text.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78
#define CHOICES 8
#define LEAST_ROWS_FOR_HINT 3
#define PID_WIDTH 7
#define USER_WIDTH 9
#define LEAST_COLS_FOR_USER 56
#define LEAST_COMMAND 8

static const struct sheet_view *sheet_of(const struct view *view)
{
	return (const struct sheet_view *)view;
}

/* ---- what has room ---- */

static int take(int *room, int wanted)
{
	int got = wanted < *room ? wanted : *room;

	*room -= got;
	return got;
}

/* What is asked comes first, then what answers it; who it is about has the rest, and half of it
   beside the choices. */
static struct sheet_room share(const struct sheet *sheet, int rows, int cols)
{
	bool has_input = sheet->stage == SHEET_TYPE || sheet->input[0];
	int lines = (int)sheet->count + (sheet->more > 0);
	struct sheet_room room = { 0 };
	int half;

	room.words = take(&rows, text_line_count(sheet->words, cols));
	room.input = take(&rows, has_input);
	if (rows >= LEAST_ROWS_FOR_HINT)
		room.hint = take(&rows, sheet->hint[0] ? 1 : 0);
	if (sheet->stage == SHEET_CHOOSE) {
		half = rows - lines > rows / 2 ? rows - lines : (rows + 1) / 2;
		room.choices = half < (int)sheet->choice_count ? half : (int)sheet->choice_count;
		room.choices = take(&rows, room.choices < CHOICES ? room.choices : CHOICES);
	}
	room.lines = take(&rows, lines);
	return room;
}

static int used(const struct sheet_room *room)
{
	return room->lines + room->choices + room->input + room->words + room->hint;
}

static struct frame frame_of(const struct sheet *sheet, const struct area *area,
			     struct sheet_room *room)
{
	struct frame frame = { .cols = area->cols < WIDTH ? area->cols : WIDTH };
	bool is_framed;

	frame.rows = area->rows;
	is_framed = frame_is_drawn(&frame);
	*room = share(sheet, frame.rows - (is_framed ? FRAME_SIZE : 0),
		      frame.cols - (is_framed ? FRAME_SIZE : 0));
	if (is_framed) {
		frame.rows = used(room) + FRAME_SIZE;
		if (!frame_is_drawn(&frame))
			frame.rows = area->rows;
	}
	frame.x = (area->cols - frame.cols) / 2;
	frame.y = (area->rows - frame.rows) / 2;
	return frame;
}

/* The lines that the mouse and a page are about: the choices, or those of the processes. */
static int update(struct view *base, const struct area *area)
{
	struct sheet_view *view = (struct sheet_view *)base;
	struct sheet *sheet = &view->sheet;
	struct frame frame = frame_of(sheet, area, &view->room);
	size_t all = sheet->count + (sheet->more > 0);
	size_t room = (size_t)view->room.lines;

	if (sheet->top + room > all)
		sheet->top = all > room ? all - room : 0;
	base->body_y = frame.y + frame_is_drawn(&frame);
	base->body_rows = view->room.lines;
	if (sheet->stage == SHEET_CHOOSE) {
		base->body_y += view->room.lines;
		base->body_rows = view->room.choices;
	}
	return 0;
}

/* ---- drawing ---- */

static enum theme_role theme_of(enum sheet_role role)
{
	switch (role) {
	case SHEET_GOOD:
		return THEME_SUCCESS;
	case SHEET_BAD:
		return THEME_ERROR;
	case SHEET_PLAIN:
		break;
	}
	return THEME_PROMPT;
}

/* On the dialog's background. */
static struct style style_of(const struct area *area, enum theme_role role)
{
	struct style style = area_style(area, role);

	if (style.bg < 0)
		style.bg = area_style(area, THEME_PROMPT).bg;
	return style;
}

/* The note is what matters: the command has what it leaves. */
static void draw_line(const struct area *area, int y, int x, int cols,
		      const struct sheet_line *line)
{
	struct style plain = area_style(area, THEME_PROMPT);
	int note = area_width(area, line->note);
	int end = x + cols;

	area_printf(area, y, x, cols < PID_WIDTH ? cols : PID_WIDTH, plain, "%*d", PID_WIDTH,
		    line->pid);
	x += PID_WIDTH + 1;
	if (cols >= LEAST_COLS_FOR_USER) {
		area_puts_cut(area, y, x, USER_WIDTH - 1, line->user, plain);
		x += USER_WIDTH;
	}
	if (note > end - x - LEAST_COMMAND - 1)
		note = end - x - LEAST_COMMAND - 1;
	if (note < 0)
		note = 0;
	area_puts_cut(area, y, x, end - x - note - (note > 0), line->command,
		      style_of(area, THEME_ARGUMENTS));
	area_puts_cut(area, y, end - note, note, line->note, style_of(area, theme_of(line->role)));
}

static void draw_lines(const struct sheet_view *view, const struct area *area, int y, int x,
		       int cols)
{
	const struct sheet *sheet = &view->sheet;

	for (int i = 0; i < view->room.lines; i++) {
		size_t at = sheet->top + (size_t)i;
		bool is_last = i + 1 == view->room.lines;
		size_t rest = sheet->count + sheet->more - at;

		if (at < sheet->count && !(is_last && rest > 1))
			draw_line(area, y + i, x, cols, &sheet->lines[at]);
		else if (rest)
			area_printf(area, y + i, x, cols, style_of(area, THEME_DIM),
				    "        and %zu more", rest);
	}
}

static size_t first_choice(const struct sheet_view *view)
{
	size_t room = (size_t)(view->room.choices > 0 ? view->room.choices : 1);

	return view->sheet.at >= room ? view->sheet.at - room + 1 : 0;
}

static void draw_choices(const struct sheet_view *view, const struct area *area, int y, int x,
			 int cols)
{
	const struct sheet *sheet = &view->sheet;

	for (int i = 0; i < view->room.choices; i++) {
		size_t at = first_choice(view) + (size_t)i;
		bool is_chosen = at == sheet->at;
		struct style style = area_style(area, is_chosen ? THEME_SELECTED : THEME_PROMPT);

		if (at >= sheet->choice_count)
			break;
		style.attrs |= is_chosen ? STYLE_BOLD : 0;
		area_fill(area, y + i, x, 1, cols, style);
		area_puts(area, y + i, x, cols < 1 ? cols : 1, is_chosen ? ">" : " ", style);
		area_puts_cut(area, y + i, x + 2, cols - 2, sheet->choices[at].label, style);
	}
}

static void draw_words(const struct area *area, int y, int x, int cols, int rows,
		       const struct sheet *sheet)
{
	const char *at = sheet->words;
	struct style style = style_of(area, theme_of(sheet->words_role));

	style.attrs |= STYLE_BOLD;
	for (int i = 0; i < rows && *at; i++) {
		size_t size = text_line_size(at, (size_t)cols);

		area_put(area, y + i, x, cols, at, size, style);
		at += size;
		at += *at == ' ';
	}
}

static void draw_input(const struct area *area, int y, int x, int cols, const struct sheet *sheet)
{
	struct style style = style_of(area, THEME_TITLE);
	char text[sizeof(sheet->label) + sizeof(sheet->input) + 4];

	snprintf(text, sizeof(text), "%s: %s_", sheet->label, sheet->input);
	area_puts_cut(area, y, x, cols, text, style);
}

static void draw(const struct view *base, const struct area *area)
{
	const struct sheet_view *view = sheet_of(base);
	const struct sheet *sheet = &view->sheet;
	struct sheet_room room;
	struct frame frame = frame_of(sheet, area, &room);
	int edge = frame_is_drawn(&frame);
	int y = frame.y + edge, x = frame.x + edge, cols = frame.cols - 2 * edge;

	frame_draw(&frame, area, sheet->title);
	if (cols <= 0)
		return;
	draw_lines(view, area, y, x, cols);
	y += room.lines;
	draw_choices(view, area, y, x, cols);
	y += room.choices;
	if (room.input)
		draw_input(area, y, x, cols, sheet);
	y += room.input;
	draw_words(area, y, x, cols, room.words, sheet);
	y += room.words;
	if (room.hint)
		area_puts_cut(area, y, x, cols, sheet->hint, style_of(area, THEME_DIM));
}

/* ---- keys ---- */

static void close_sheet(struct view *view)
{
	sheet_clear(&((struct sheet_view *)view)->sheet);
}

static void move(struct view *view, int64_t lines)
{
	sheet_move(&((struct sheet_view *)view)->sheet, lines);
}

/* Chooses; Enter then sends. */
static void click(struct view *base, int y, int x)
{
	struct sheet_view *view = (struct sheet_view *)base;
	int64_t line = y - base->body_y;

	(void)x;
	if (view->sheet.stage == SHEET_CHOOSE && line >= 0 && line < base->body_rows)
		sheet_move(&view->sheet,
			   (int64_t)first_choice(view) + line - (int64_t)view->sheet.at);
}

const struct view_kind sheet_view_kind = {
	.name = "sheet",
	.context = VIEW_ACT,
	.size = sizeof(struct sheet_view),
	.close = close_sheet,
	.update = update,
	.draw = draw,
	.move = move,
	.click = click,
};
