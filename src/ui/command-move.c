/* SPDX-License-Identifier: MIT */
/* Moving in whatever takes the keys, and the mouse. */
#include "ui/command-impl.h"
#include "ui/last-line.h"

#include <limits.h>

#define SIDEWAYS_STEP 8
#define WHEEL_LINES 3

/* ---- the keyboard ---- */

static void move_by(struct session *session, int64_t lines)
{
	struct view *view = panes_top(&session->panes);

	if (view->kind->move)
		view->kind->move(view, lines);
}

static int height(const struct session *session)
{
	int rows = panes_top(&session->panes)->body_rows;

	return rows > 0 ? rows : 1;
}

void command_move(struct session *session, int lines)
{
	move_by(session, lines);
}

void command_move_pages(struct session *session, int pages)
{
	move_by(session, (int64_t)pages * height(session));
}

void command_move_half_pages(struct session *session, int halves)
{
	move_by(session, (int64_t)halves * ((height(session) + 1) / 2));
}

void command_move_to_end(struct session *session, int sign)
{
	move_by(session, sign < 0 ? INT_MIN : INT_MAX);
}

void command_shift(struct session *session, int steps)
{
	int *sideways = &session->panes.tree->sideways;

	if (steps < 0)
		*sideways -= *sideways >= SIDEWAYS_STEP ? SIDEWAYS_STEP : *sideways;
	else if (*sideways < COMMAND_SIZE)
		*sideways += SIDEWAYS_STEP;
}

/* ---- the mouse ---- */

/* The last line's keys are buttons, while it shows them. */
static bool click_on_footer(struct session *session)
{
	const struct area *last = &session->panes.layout.last;
	int y = session->pointer_y, x = session->pointer_x;
	const char *command;

	if (session_context(session) == VIEW_PROMPT || !area_has(last, &y, &x))
		return false;
	command = footer_command_at(session, last, x);
	if (command)
		command_run(command, session, 0);
	return true;
}

void command_click(struct session *session, int unused)
{
	int y = session->pointer_y, x = session->pointer_x;
	struct view *view;

	(void)unused;
	if (click_on_footer(session) || panes_take_border(&session->panes, y, x))
		return;
	tree_view_update_rows(session->panes.tree); /* what is under it may have been typed away */
	view = panes_at(&session->panes, &y, &x);
	if (view && panes_are_bare(&session->panes))
		session->panes.focus = view;
	if (view && view->kind->click)
		view->kind->click(view, y, x);
}

void command_drag(struct session *session, int is_over)
{
	panes_drag_border(&session->panes, session->pointer_y);
	if (is_over)
		panes_drop_border(&session->panes);
}

void command_scroll(struct session *session, int lines)
{
	int y = session->pointer_y, x = session->pointer_x;
	struct view *view = panes_at(&session->panes, &y, &x);

	tree_view_update_rows(session->panes.tree);
	if (!view)
		view = panes_top(&session->panes);
	if (view->kind->scroll)
		view->kind->scroll(view, (int64_t)lines * WHEEL_LINES);
	else if (view->kind->move)
		view->kind->move(view, lines);
}
