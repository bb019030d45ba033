/* SPDX-License-Identifier: MIT */
/* A list to choose from, over the left of the rows. */
#include "view.h"

#define LIST_WIDTH 24
#define NUMBER_WIDTH 7

static void draw_line(const struct session *session, struct canvas *canvas, int y, size_t index)
{
	const struct picker_item *item = &session->picker.items[index];
	bool is_chosen = index == session->picker.at;
	struct style style =
	    theme_style(is_chosen ? THEME_SELECTED : THEME_PROMPT, session->colors);

	canvas_fill(canvas, y, 0, 1, LIST_WIDTH, style);
	canvas_puts(canvas, y, 0, 1, is_chosen ? ">" : " ", style);
	if (item->has_number)
		canvas_printf(canvas, y, LIST_WIDTH - NUMBER_WIDTH - 1, NUMBER_WIDTH, style, "%*u",
			      NUMBER_WIDTH, item->number);
	canvas_puts(canvas, y, 2, LIST_WIDTH - 3 - (item->has_number ? NUMBER_WIDTH + 1 : 0),
		    item->label, style);
}

void view_picker_draw(const struct session *session, struct canvas *canvas)
{
	int room = canvas->rows - session->body_y - 1;
	size_t first = 0;

	if (room < 1)
		room = 1;
	if (session->picker.at >= (size_t)room)
		first = session->picker.at - (size_t)room + 1;
	for (int line = 0; line < room && first + (size_t)line < session->picker.count; line++)
		draw_line(session, canvas, session->body_y + line, first + (size_t)line);
}
