/* SPDX-License-Identifier: MIT */
/* Which keys mean which command. */
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

struct binding {
	uint32_t codes[KEYMAP_SEQUENCE_MAX];
	const char *label;
	const char *command;
};

static const struct binding bindings[] = {
	{ { 'j' }, "j", "down" },
	{ { TERM_KEY_DOWN }, "Down", "down" },
	{ { 'k' }, "k", "up" },
	{ { TERM_KEY_UP }, "Up", "up" },
	{ { TERM_KEY_PAGE_DOWN }, "PgDn", "page-down" },
	{ { TERM_KEY_PAGE_UP }, "PgUp", "page-up" },
	{ { TERM_CTRL('D') }, "^D", "half-page-down" },
	{ { TERM_CTRL('U') }, "^U", "half-page-up" },
	{ { 'g', 'g' }, "gg", "top" },
	{ { TERM_KEY_HOME }, "Home", "top" },
	{ { 'G' }, "G", "bottom" },
	{ { TERM_KEY_END }, "End", "bottom" },
	{ { TERM_KEY_SHIFT_LEFT }, "S-Left", "shift-left" },
	{ { TERM_KEY_SHIFT_RIGHT }, "S-Right", "shift-right" },
	{ { 'h' }, "h", "fold-or-parent" },
	{ { TERM_KEY_LEFT }, "Left", "fold-or-parent" },
	{ { 'l' }, "l", "unfold-or-child" },
	{ { TERM_KEY_RIGHT }, "Right", "unfold-or-child" },
	{ { '-' }, "-", "fold" },
	{ { 'z', 'c' }, "zc", "fold" },
	{ { '+' }, "+", "unfold" },
	{ { 'z', 'o' }, "zo", "unfold" },
	{ { 'z', 'a' }, "za", "toggle-fold" },
	{ { '*' }, "*", "toggle-all" },
	{ { 'z', 'M' }, "zM", "fold-all" },
	{ { 'z', 'R' }, "zR", "unfold-all" },
	{ { '/' }, "/", "search" },
	{ { TERM_KEY_F1 + 2 }, "F3", "search" },
	{ { 'n' }, "n", "find-next" },
	{ { 'N' }, "N", "find-previous" },
	{ { '\\' }, "\\", "filter" },
	{ { TERM_KEY_F1 + 3 }, "F4", "filter" },
	{ { 'u' }, "u", "user" },
	{ { 'w' }, "w", "watch" },
	{ { 'W' }, "W", "watch-also" },
	{ { TERM_KEY_BACKSPACE }, "Backspace", "watch-back" },
	{ { 'F' }, "F", "follow" },
	{ { 't' }, "t", "list" },
	{ { TERM_KEY_F1 + 4 }, "F5", "list" },
	{ { 'L' }, "L", "lineage" },
	{ { 'x' }, "x", "exited" },
	{ { 'p' }, "p", "basenames" },
	{ { 'K' }, "K", "kernel-threads" },
	{ { 'H' }, "H", "threads" },
	{ { 'Z' }, "Z", "pause" },
	{ { 's' }, "s", "sort" },
	{ { TERM_KEY_F1 + 5 }, "F6", "sort" },
	{ { 'P' }, "P", "sort-cpu" },
	{ { 'M' }, "M", "sort-memory" },
	{ { 'T' }, "T", "sort-time" },
	{ { 'I' }, "I", "invert" },
	{ { 'C' }, "C", "churn" },
	{ { 'E' }, "E", "failures" },
	{ { 'i' }, "i", "record" },
	{ { TERM_KEY_F1 }, "F1", "help" },
	{ { '?' }, "?", "help" },
	{ { TERM_KEY_ESC }, "Esc", "back" },
	{ { TERM_CTRL('L') }, "^L", "redraw" },
	{ { TERM_CTRL('Z') }, "^Z", "suspend" },
	{ { 'q' }, "q", "quit" },
	{ { TERM_KEY_F1 + 9 }, "F10", "quit" },
	{ { TERM_CTRL('C') }, "^C", "quit" },
};

#define BINDING_COUNT (sizeof(bindings) / sizeof(bindings[0]))

/* Those of what lies over the tree, or stands in its place. */
struct binding_elsewhere {
	unsigned contexts;
	struct binding binding;
};

#define IN_LISTS (KEYMAP_PAGE | KEYMAP_HELP | KEYMAP_PICKER)
#define IN_PAGES (KEYMAP_PAGE | KEYMAP_HELP)

static const struct binding_elsewhere elsewhere[] = {
	{ IN_LISTS, { { 'j' }, "j", "down" } },
	{ IN_LISTS, { { TERM_KEY_DOWN }, "Down", "down" } },
	{ IN_LISTS, { { 'k' }, "k", "up" } },
	{ IN_LISTS, { { TERM_KEY_UP }, "Up", "up" } },
	{ IN_LISTS, { { TERM_KEY_PAGE_DOWN }, "PgDn", "page-down" } },
	{ IN_LISTS, { { TERM_KEY_PAGE_UP }, "PgUp", "page-up" } },
	{ IN_PAGES, { { TERM_CTRL('D') }, "^D", "half-page-down" } },
	{ IN_PAGES, { { TERM_CTRL('U') }, "^U", "half-page-up" } },
	{ IN_LISTS, { { 'g', 'g' }, "gg", "top" } },
	{ IN_LISTS, { { TERM_KEY_HOME }, "Home", "top" } },
	{ IN_LISTS, { { 'G' }, "G", "bottom" } },
	{ IN_LISTS, { { TERM_KEY_END }, "End", "bottom" } },
	{ KEYMAP_PAGE | KEYMAP_PICKER, { { TERM_KEY_ENTER }, "Enter", "open" } },
	{ KEYMAP_PICKER, { { ' ' }, "Space", "open" } },
	{ KEYMAP_HELP, { { ' ' }, "Space", "page-down" } },
	{ IN_LISTS, { { TERM_KEY_ESC }, "Esc", "back" } },
	{ IN_LISTS, { { 'q' }, "q", "back" } },
	{ KEYMAP_PICKER, { { TERM_CTRL('C') }, "^C", "back" } },
	{ KEYMAP_PICKER, { { 'u' }, "u", "user" } },
	{ KEYMAP_PICKER, { { 's' }, "s", "sort" } },
	{ KEYMAP_PICKER, { { TERM_KEY_F1 + 5 }, "F6", "sort" } },
	{ KEYMAP_PAGE, { { 'C' }, "C", "churn" } },
	{ KEYMAP_PAGE, { { 'E' }, "E", "failures" } },
	{ KEYMAP_PAGE, { { 'i' }, "i", "record" } },
	{ IN_LISTS, { { TERM_KEY_F1 }, "F1", "help" } },
	{ IN_LISTS, { { '?' }, "?", "help" } },
	{ IN_PAGES, { { TERM_KEY_F1 + 9 }, "F10", "quit" } },
	{ IN_PAGES, { { TERM_CTRL('C') }, "^C", "quit" } },
};

#define ELSEWHERE_COUNT (sizeof(elsewhere) / sizeof(elsewhere[0]))

enum keymap_context keymap_context_of(const struct session *session)
{
	switch (session->view) {
	case SESSION_VIEW_TREE:
		break;
	case SESSION_VIEW_HELP:
		return KEYMAP_HELP;
	case SESSION_VIEW_PICKER:
		return KEYMAP_PICKER;
	case SESSION_VIEW_CHURN:
	case SESSION_VIEW_FAILURES:
	case SESSION_VIEW_RECORD:
		return KEYMAP_PAGE;
	}
	return KEYMAP_TREE;
}

/* The next binding of a context from *at on, or NULL. */
static const struct binding *next_binding(unsigned contexts, size_t *at)
{
	while (*at < BINDING_COUNT + ELSEWHERE_COUNT) {
		size_t i = (*at)++;

		if (i < BINDING_COUNT && contexts & KEYMAP_TREE)
			return &bindings[i];
		if (i >= BINDING_COUNT && elsewhere[i - BINDING_COUNT].contexts & contexts)
			return &elsewhere[i - BINDING_COUNT].binding;
	}
	return NULL;
}

static bool begins_with(const struct binding *binding, const struct keymap_state *state)
{
	return !memcmp(binding->codes, state->codes, state->count * sizeof(*state->codes));
}

static bool is_complete(const struct binding *binding, const struct keymap_state *state)
{
	return state->count == KEYMAP_SEQUENCE_MAX || !binding->codes[state->count];
}

/* z1 to z9, and a digit alone. */
static bool take_digit(struct keymap_state *state, struct session *session, uint32_t code)
{
	if (code < '0' || code > '9')
		return false;
	if (!state->count)
		command_begin_pid(session, (char)code);
	else if (state->codes[0] == 'z' && code != '0')
		command_fold_at_depth(session, code - '0');
	state->count = 0;
	return true;
}

/* "x", "^X", "F2"; what has no short name is "this key". */
static void name_key(uint32_t code, char *out, size_t size)
{
	if (code >= TERM_KEY_F1 && code <= TERM_KEY_F12)
		snprintf(out, size, "F%u", code - TERM_KEY_F1 + 1);
	else if (code == ' ')
		snprintf(out, size, "Space");
	else if (code == TERM_KEY_ENTER)
		snprintf(out, size, "Enter");
	else if (code > ' ' && code < 0x7f)
		snprintf(out, size, "%c", (int)code);
	else if (code < ' ' && code != TERM_KEY_ESC)
		snprintf(out, size, "^%c", (int)code + '@');
	else
		snprintf(out, size, "this key");
}

/* What no key of a sequence means is forgotten with Esc. */
static void say_meaningless(struct session *session, const struct keymap_state *state)
{
	char first[16], last[16] = "";

	if (state->codes[state->count - 1] == TERM_KEY_ESC)
		return;
	name_key(state->codes[0], first, sizeof(first));
	if (state->count > 1)
		name_key(state->codes[1], last, sizeof(last));
	session_say(session, false, "%s%s has no meaning here: F1 lists the keys", first, last);
}

void keymap_key(struct keymap_state *state, struct session *session, const struct key *key)
{
	enum keymap_context context = keymap_context_of(session);
	const struct binding *binding;
	bool has_prefix = false;
	size_t at = 0;

	if (context == KEYMAP_TREE && take_digit(state, session, key->code))
		return;
	state->codes[state->count++] = key->code;
	while ((binding = next_binding(context, &at))) {
		if (!begins_with(binding, state))
			continue;
		if (is_complete(binding, state)) {
			state->count = 0;
			command_find(binding->command)->run(session);
			return;
		}
		has_prefix = true;
	}
	if (has_prefix)
		return;
	say_meaningless(session, state);
	state->count = 0;
}

static size_t describe(const char *command, unsigned contexts, char *out, size_t size)
{
	const struct binding *binding;
	size_t used = 0, at = 0;

	while ((binding = next_binding(contexts, &at))) {
		if (strcmp(binding->command, command))
			continue;
		used +=
		    (size_t)snprintf(used < size ? out + used : NULL, used < size ? size - used : 0,
				     "%s%s", used ? " " : "", binding->label);
	}
	return used;
}

size_t keymap_describe(const char *command, char *out, size_t size)
{
	size_t used = describe(command, KEYMAP_TREE, out, size);

	return used ? used : describe(command, IN_LISTS, out, size);
}

const char *keymap_label(const char *command, enum keymap_context context)
{
	const struct binding *binding;
	size_t at = 0;

	while ((binding = next_binding(context, &at))) {
		if (!strcmp(binding->command, command))
			return binding->label;
	}
	return NULL;
}
