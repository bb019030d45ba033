/* SPDX-License-Identifier: MIT */
/* From a key to what it means: what lies on top has its own meanings, then the line that is typed.
 */
#include "ui/input.h"
#include "ui/acting.h"
#include "ui/command-impl.h"
#include "ui/key-name.h"

/* What no key of a sequence means is forgotten with Esc. */
static void say_meaningless(struct session *session, const struct keymap_state *keys)
{
	char first[16], last[16] = "";

	if (keys->codes[0] == TERM_KEY_ESC || keys->codes[1] == TERM_KEY_ESC)
		return;
	key_name(keys->codes[0], first, sizeof(first));
	if (keys->codes[1])
		key_name(keys->codes[1], last, sizeof(last));
	session_say(session, false, "%s%s has no meaning here: F1 lists the keys", first, last);
}

static bool is_mouse(uint32_t code)
{
	return code >= TERM_KEY_MOUSE_CLICK && code <= TERM_KEY_WHEEL_DOWN;
}

/* Text belongs where a line is typed, and there it is no more than text: its end of line is a
   blank. Elsewhere its letters would be keys. */
static void take_pasted(struct session *session, uint32_t code)
{
	bool is_blank = code == TERM_KEY_ENTER || code == '\t';

	if (session_context(session) != VIEW_PROMPT)
		session_say(session, true, "a paste is taken only where a line is typed");
	else if (code >= ' ' || is_blank)
		command_type(session, is_blank ? ' ' : code);
}

void input_key(struct keymap_state *keys, struct session *session, const struct key *key)
{
	enum view_context context = session_context(session);
	struct keymap_hit hit;

	session->needs_redraw = true;
	if (key->is_pasted) {
		keys->count = 0;
		take_pasted(session, key->code);
		return;
	}
	if (is_mouse(key->code))
		keys->count = 0; /* it is no part of a sequence */
	if (key->code != TERM_KEY_MOUSE_RELEASE)
		session->message.until_ns = 0; /* what was said of the key before was read */
	session->pointer_y = key->mouse_y;
	session->pointer_x = key->mouse_x;
	/* Commands act on rows, which the keys before may have changed. */
	if (context == VIEW_TREE)
		tree_view_update_rows(session->panes.tree);
	switch (keymap_feed(&session->keymap, keys, context, key->code, &hit)) {
	case KEYMAP_COMMAND:
		command_run(hit.command, session, hit.argument);
		break;
	case KEYMAP_NOTHING:
		if (context == VIEW_PROMPT)
			command_type(session, key->code);
		else if (context == VIEW_ACT)
			acting_type(session, key->code);
		else
			say_meaningless(session, keys);
		break;
	case KEYMAP_PART:
		break;
	}
}
