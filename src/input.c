/* SPDX-License-Identifier: MIT */
/* Who takes a key: what lies on top, then the line that is typed, then the tree. */
#include "input.h"
#include "view.h"

static bool is_page(const struct session *session)
{
	return session->view == SESSION_VIEW_CHURN || session->view == SESSION_VIEW_FAILURES ||
	       session->view == SESSION_VIEW_RECORD;
}

static void help_key(struct session *session, const struct key *key)
{
	session->needs_redraw = true;
	if (key->code == 'j' || key->code == TERM_KEY_DOWN || key->code == TERM_KEY_WHEEL_DOWN)
		session->help_top++;
	else if (key->code == TERM_KEY_PAGE_DOWN || key->code == ' ')
		session->help_top += session->body_rows;
	else if (key->code == 'k' || key->code == TERM_KEY_UP || key->code == TERM_KEY_WHEEL_UP)
		session->help_top -= session->help_top > 0;
	else if (key->code == TERM_KEY_PAGE_UP)
		session->help_top = session->help_top > session->body_rows
					? session->help_top - session->body_rows
					: 0;
	else
		session->view = SESSION_VIEW_TREE;
}

static bool is_mouse(const struct key *key)
{
	return key->code == TERM_KEY_MOUSE_CLICK || key->code == TERM_KEY_WHEEL_UP ||
	       key->code == TERM_KEY_WHEEL_DOWN;
}

/* These mean the same whatever is open. */
static bool take_global_key(struct session *session, const struct key *key)
{
	if (key->code == TERM_CTRL('Z'))
		session->wants_suspend = true;
	else if (key->code == TERM_CTRL('L'))
		session->needs_redraw = session->wants_full_redraw = true;
	else
		return false;
	return true;
}

/* These act on rows, which the keys before may have changed. */
static void tree_key(struct keymap_state *keys, struct session *session, const struct key *key)
{
	session_update_rows(session);
	if (is_mouse(key))
		command_mouse(session, key, view_tree_mark_x(session, key->mouse_y));
	else
		keymap_key(keys, session, key);
}

void input_key(struct keymap_state *keys, struct session *session, const struct key *key)
{
	if (take_global_key(session, key))
		return;
	if (session->view == SESSION_VIEW_HELP)
		help_key(session, key);
	else if (session->prompt_kind != SESSION_PROMPT_NONE && !is_mouse(key))
		command_prompt_key(session, key);
	else if (session->view == SESSION_VIEW_PICKER)
		command_picker_key(session, key);
	else if (is_page(session))
		command_page_key(session, key);
	else
		tree_key(keys, session, key);
}
