/* SPDX-License-Identifier: MIT */
/* The list of users to choose from, over the left of the rows. */
#include "view.h"

#include <stdio.h>

#define LIST_WIDTH 24

static void draw_line(const struct session *session, struct canvas *canvas, int y, size_t index)
{
	bool is_chosen = index == session->picker_at;
	struct style style =
	    theme_style(is_chosen ? THEME_SELECTED : THEME_PROMPT, session->colors);
	const struct user_count *user = index ? &session->picker[index - 1] : NULL;
	const char *name = user ? ptree_users_name_later(session->users, user->uid) : "everybody";
	char number[16];

	canvas_fill(canvas, y, 0, 1, LIST_WIDTH, style);
	canvas_puts(canvas, y, 0, 1, is_chosen ? ">" : " ", style);
	if (user) {
		snprintf(number, sizeof(number), "%u", user->uid);
		canvas_printf(canvas, y, LIST_WIDTH - 8, 7, style, "%7u", user->processes);
	}
	canvas_puts(canvas, y, 2, LIST_WIDTH - 11, name ? name : number, style);
}

void view_users_draw(const struct session *session, struct canvas *canvas)
{
	int room = canvas->rows - session->body_y - 1;
	size_t first = 0;

	if (room < 1)
		room = 1;
	if (session->picker_at >= (size_t)room)
		first = session->picker_at - (size_t)room + 1;
	for (int line = 0; line < room && first + (size_t)line <= session->picker_count; line++)
		draw_line(session, canvas, session->body_y + line, first + (size_t)line);
}
