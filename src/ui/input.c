/* SPDX-License-Identifier: MIT */
/* Who takes a key: what lies on top, then the line that is typed, then the tree. */
#include "ui/input.h"
#include "views/view.h"

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

static bool is_typing(const struct session *session)
{
	return session->prompt_kind != SESSION_PROMPT_NONE && session->view != SESSION_VIEW_HELP;
}

void input_key(struct keymap_state *keys, struct session *session, const struct key *key)
{
	if (take_global_key(session, key))
		return;
	session->message_until_ns = 0; /* what was said of the key before was read */
	if (is_typing(session) && !is_mouse(key)) {
		command_prompt_key(session, key);
		return;
	}
	/* These act on rows, which the keys before may have changed. */
	if (session->view == SESSION_VIEW_TREE)
		session_update_rows(session);
	if (is_mouse(key))
		command_mouse(session, key, view_tree_mark_x(session, key->mouse_y));
	else
		keymap_key(keys, session, key);
}
