/* SPDX-License-Identifier: MIT */
/* Which keys mean which command. */
#include "keymap.h"

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
	{ { '?' }, "?", "help" },
	{ { TERM_KEY_F1 }, "F1", "help" },
	{ { TERM_CTRL('L') }, "^L", "redraw" },
	{ { TERM_CTRL('Z') }, "^Z", "suspend" },
	{ { 'q' }, "q", "quit" },
	{ { TERM_KEY_F1 + 9 }, "F10", "quit" },
	{ { TERM_CTRL('C') }, "^C", "quit" },
};

#define BINDING_COUNT (sizeof(bindings) / sizeof(bindings[0]))

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

void keymap_key(struct keymap_state *state, struct session *session, const struct key *key)
{
	bool has_prefix = false;

	if (take_digit(state, session, key->code))
		return;
	if (state->count == KEYMAP_SEQUENCE_MAX)
		state->count = 0;
	state->codes[state->count++] = key->code;
	for (size_t i = 0; i < BINDING_COUNT; i++) {
		if (!begins_with(&bindings[i], state))
			continue;
		if (is_complete(&bindings[i], state)) {
			state->count = 0;
			command_find(bindings[i].command)->run(session);
			return;
		}
		has_prefix = true;
	}
	if (!has_prefix)
		state->count = 0;
}

size_t keymap_describe(const char *command, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < BINDING_COUNT; i++) {
		if (strcmp(bindings[i].command, command))
			continue;
		used +=
		    (size_t)snprintf(used < size ? out + used : NULL, used < size ? size - used : 0,
				     "%s%s", used ? " " : "", bindings[i].label);
	}
	return used;
}
