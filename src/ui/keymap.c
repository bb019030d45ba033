/* SPDX-License-Identifier: MIT */
/* Which keys mean which command, and where: one table. */
#include "ui/keymap.h"
#include "ui/command.h"
#include "ui/key-name.h"
#include "ui/term.h"
#include "model/array.h"
#include "draw/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct binding {
	unsigned contexts; /* enum view_context */
	uint32_t codes[KEYMAP_SEQUENCE_MAX];
	const char *label; /* NULL: not for people */
	const char *command;
	int argument;
	/* So many keys from the last code on, each its own argument; 0: but that one. */
	unsigned span;
};

#define IN_PAGES (VIEW_PAGE | VIEW_EVENTS | VIEW_HELP | VIEW_DETAILS)
#define IN_LISTS (IN_PAGES | VIEW_DIALOG | VIEW_SETUP)
#define IN_VIEWS (VIEW_TREE | IN_LISTS)
#define IN_PANES (VIEW_TREE | VIEW_EVENTS)
#define IN_PROCESSES (IN_PANES | VIEW_PAGE | VIEW_DETAILS)
#define EVERYWHERE (IN_VIEWS | VIEW_ACT | VIEW_PROMPT)

static const struct binding bindings[] = {
	{ IN_VIEWS, { 'j' }, "j", "down", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_DOWN }, "Down", "down", 0, 0 },
	{ IN_VIEWS, { 'k' }, "k", "up", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_UP }, "Up", "up", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_PAGE_DOWN }, "PgDn", "page-down", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_PAGE_UP }, "PgUp", "page-up", 0, 0 },
	{ VIEW_TREE | IN_PAGES, { TERM_CTRL('D') }, "^D", "half-page-down", 0, 0 },
	{ VIEW_TREE | IN_PAGES, { TERM_CTRL('U') }, "^U", "half-page-up", 0, 0 },
	{ IN_VIEWS, { 'g', 'g' }, "gg", "top", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_HOME }, "Home", "top", 0, 0 },
	{ IN_VIEWS, { 'G' }, "G", "bottom", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_END }, "End", "bottom", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_SHIFT_LEFT }, "S-Left", "shift-left", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_SHIFT_RIGHT }, "S-Right", "shift-right", 0, 0 },
	{ VIEW_TREE, { 'h' }, "h", "fold-or-parent", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_LEFT }, "Left", "fold-or-parent", 0, 0 },
	{ VIEW_TREE, { 'l' }, "l", "unfold-or-child", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_RIGHT }, "Right", "unfold-or-child", 0, 0 },
	{ VIEW_TREE, { '-' }, "-", "fold", 0, 0 },
	{ VIEW_TREE, { 'z', 'c' }, "zc", "fold", 0, 0 },
	{ VIEW_TREE, { '+' }, "+", "unfold", 0, 0 },
	{ VIEW_TREE, { 'z', 'o' }, "zo", "unfold", 0, 0 },
	{ VIEW_TREE, { 'z', 'a' }, "za", "toggle-fold", 0, 0 },
	{ VIEW_TREE, { '*' }, "*", "toggle-all", 0, 0 },
	{ VIEW_TREE, { 'z', 'M' }, "zM", "fold-all", 0, 0 },
	{ VIEW_TREE, { 'z', 'R' }, "zR", "unfold-all", 0, 0 },
	{ VIEW_TREE, { '/' }, "/", "search", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_F1 + 2 }, "F3", "search", 0, 0 },
	{ VIEW_TREE, { 'n' }, "n", "find-next", 0, 0 },
	{ VIEW_TREE, { 'N' }, "N", "find-previous", 0, 0 },
	{ IN_PANES, { '\\' }, "\\", "filter", 0, 0 },
	{ IN_PANES, { TERM_KEY_F1 + 3 }, "F4", "filter", 0, 0 },
	{ IN_PANES | VIEW_DIALOG, { 'u' }, "u", "user", 0, 0 },
	{ IN_PANES, { 'w' }, "w", "watch", 0, 0 },
	{ IN_PANES, { 'W' }, "W", "watch-also", 0, 0 },
	{ IN_PANES, { TERM_KEY_BACKSPACE }, "Backspace", "watch-back", 0, 0 },
	{ VIEW_TREE, { 'F' }, "F", "follow", 0, 0 },
	{ IN_PROCESSES, { 'm', 'a' }, "ma-mz", "mark", 0, 26 },
	{ IN_PROCESSES, { '\'', 'a' }, "'a-'z", "go-to-mark", 0, 26 },
	{ IN_PROCESSES, { 'y', 'y' }, "yy", "copy-pid", 0, 0 },
	{ IN_PROCESSES, { 'y', 'p' }, "yp", "copy-pid", 0, 0 },
	{ IN_PROCESSES, { 'y', 'c' }, "yc", "copy-command", 0, 0 },
	{ VIEW_TREE, { 't' }, "t", "list", 0, 0 },
	{ VIEW_TREE, { TERM_KEY_F1 + 4 }, "F5", "list", 0, 0 },
	{ VIEW_TREE, { 'L' }, "L", "lineage", 0, 0 },
	{ VIEW_TREE, { 'b' }, "b", "group", 0, 0 },
	{ VIEW_TREE, { 'x' }, "x", "exited", 0, 0 },
	{ VIEW_TREE, { 'p' }, "p", "basenames", 0, 0 },
	{ VIEW_TREE, { 'K' }, "K", "kernel-threads", 0, 0 },
	{ VIEW_TREE, { 'H' }, "H", "threads", 0, 0 },
	{ IN_PANES, { 'Z' }, "Z", "pause", 0, 0 },
	{ VIEW_TREE | VIEW_DIALOG, { 's' }, "s", "sort", 0, 0 },
	{ VIEW_TREE | VIEW_DIALOG, { TERM_KEY_F1 + 5 }, "F6", "sort", 0, 0 },
	{ VIEW_TREE, { 'P' }, "P", "sort-cpu", 0, 0 },
	{ VIEW_TREE, { 'M' }, "M", "sort-memory", 0, 0 },
	{ VIEW_TREE, { 'T' }, "T", "sort-time", 0, 0 },
	{ VIEW_TREE, { 'I' }, "I", "invert", 0, 0 },
	{ VIEW_TREE, { ' ' }, "Space", "tag", 0, 0 },
	{ VIEW_TREE, { 'c' }, "c", "tag-branch", 0, 0 },
	{ VIEW_TREE, { 'A' }, "A", "tag-matching", 0, 0 },
	{ VIEW_TREE, { 'U' }, "U", "untag-all", 0, 0 },
	{ IN_PROCESSES, { TERM_KEY_F1 + 8 }, "F9", "signal", 0, 0 },
	{ IN_PROCESSES, { 'd', 'd' }, "dd", "signal", 0, 0 },
	{ IN_PROCESSES, { 'd', 't' }, "dt", "signal-subtree", 0, 0 },
	{ IN_PROCESSES, { 'd', 'g' }, "dg", "signal-group", 0, 0 },
	{ IN_PROCESSES | VIEW_ACT, { TERM_KEY_F1 + 7 }, "F8", "nicer", 0, 0 },
	{ IN_PROCESSES | VIEW_ACT, { '[' }, "[", "nicer", 0, 0 },
	{ IN_PROCESSES | VIEW_ACT, { TERM_KEY_F1 + 6 }, "F7", "less-nice", 0, 0 },
	{ IN_PROCESSES | VIEW_ACT, { ']' }, "]", "less-nice", 0, 0 },
	{ IN_PROCESSES, { 'd', 'n' }, "dn", "nice", 0, 0 },
	{ IN_PROCESSES, { 'd', 'i' }, "di", "io-priority", 0, 0 },
	{ IN_PROCESSES, { 'd', 'c' }, "dc", "cpus", 0, 0 },
	{ VIEW_TREE, { 'a' }, "a", "cpus", 0, 0 },
	{ IN_PROCESSES, { 'd', 'p' }, "dp", "policy", 0, 0 },
	{ VIEW_ACT, { TERM_KEY_ENTER }, "Enter", "send", 0, 0 },
	{ VIEW_ACT, { TERM_CTRL('I') }, "Tab", "freeze", 0, 0 },
	{ VIEW_ACT, { TERM_KEY_BACKSPACE }, "Backspace", "act-erase", 0, 0 },
	{ IN_PANES | VIEW_PAGE, { 'C' }, "C", "churn", 0, 0 },
	{ IN_PANES | VIEW_PAGE, { 'E' }, "E", "failures", 0, 0 },
	{ IN_PANES | VIEW_PAGE, { 'i' }, "i", "record", 0, 0 },
	{ IN_PANES | VIEW_PAGE, { 'v' }, "v", "events", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_F1 }, "F1", "help", 0, 0 },
	{ IN_VIEWS, { '?' }, "?", "help", 0, 0 },
	{ IN_VIEWS | VIEW_ACT, { TERM_KEY_ESC }, "Esc", "back", 0, 0 },
	{ EVERYWHERE, { TERM_CTRL('L') }, "^L", "redraw", 0, 0 },
	{ EVERYWHERE, { TERM_CTRL('Z') }, "^Z", "suspend", 0, 0 },
	{ VIEW_TREE, { 'q' }, "q", "quit", 0, 0 },
	{ VIEW_TREE | IN_PAGES, { TERM_KEY_F1 + 9 }, "F10", "quit", 0, 0 },
	{ VIEW_TREE | IN_PAGES, { TERM_CTRL('C') }, "^C", "quit", 0, 0 },
	{ VIEW_TREE | VIEW_DETAILS, { TERM_KEY_ENTER }, "Enter", "details", 0, 0 },
	{ VIEW_PAGE | VIEW_EVENTS | VIEW_DIALOG | VIEW_SETUP,
	  { TERM_KEY_ENTER },
	  "Enter",
	  "open",
	  0,
	  0 },
	{ IN_PANES, { TERM_KEY_F1 + 1 }, "F2", "setup", 0, 0 },
	{ IN_PANES, { 'S' }, "S", "setup", 0, 0 },
	{ VIEW_SETUP, { TERM_KEY_F1 + 1 }, "F2", "back", 0, 0 },
	{ VIEW_SETUP, { '<' }, "<", "column-left", 0, 0 },
	{ VIEW_SETUP, { '-' }, NULL, "column-left", 0, 0 },
	{ VIEW_SETUP, { '>' }, ">", "column-right", 0, 0 },
	{ VIEW_SETUP, { '+' }, NULL, "column-right", 0, 0 },
	{ VIEW_SETUP, { TERM_CTRL('I') }, "Tab", "setup-turn", 0, 0 },
	{ VIEW_SETUP, { 'd' }, "d", "columns-reset", 0, 0 },
	{ VIEW_SETUP, { 'w' }, "w", "save", 0, 0 },
	{ VIEW_DIALOG | VIEW_SETUP, { ' ' }, "Space", "open", 0, 0 },
	{ VIEW_TREE | VIEW_DETAILS, { 'e' }, "e", "environment", 0, 0 },
	{ VIEW_TREE | VIEW_DETAILS, { 'o' }, "o", "files", 0, 0 },
	{ VIEW_DETAILS, { 'h' }, "h", "tab-left", 0, 0 },
	{ VIEW_DETAILS, { TERM_KEY_LEFT }, "Left", "tab-left", 0, 0 },
	{ VIEW_DETAILS, { 'l' }, "l", "tab-right", 0, 0 },
	{ VIEW_DETAILS, { TERM_KEY_RIGHT }, "Right", "tab-right", 0, 0 },
	{ VIEW_DETAILS, { 's' }, "s", "secrets", 0, 0 },
	{ VIEW_HELP | VIEW_DETAILS, { ' ' }, "Space", "page-down", 0, 0 },
	{ IN_LISTS | VIEW_ACT, { 'q' }, "q", "back", 0, 0 },
	{ VIEW_DIALOG | VIEW_ACT | VIEW_SETUP, { TERM_CTRL('C') }, "^C", "back", 0, 0 },
	{ VIEW_EVENTS, { 'F' }, "F", "tail", 0, 0 },
	{ VIEW_EVENTS, { '1' }, "1-5", "event-kind", 0, 5 },
	{ IN_PANES | VIEW_DETAILS, { TERM_CTRL('I') }, "Tab", "next-pane", 0, 0 },
	{ IN_PROCESSES, { ':' }, ":", "command", 0, 0 },
	{ VIEW_TREE, { 'z', '1' }, "z1-z9", "fold-at-depth", 0, 9 },
	{ VIEW_TREE, { '0' }, "0-9", "pid", 0, 10 },
	{ VIEW_PROMPT, { TERM_KEY_F1 }, "F1", "help", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_ENTER }, "Enter", "accept", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_ESC }, "Esc", "cancel", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('C') }, "^C", "cancel", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('G') }, "^G", "cancel", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_LEFT }, "Left", "line-left", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('B') }, "^B", "line-left", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_RIGHT }, "Right", "line-right", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('F') }, "^F", "line-right", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_HOME }, "Home", "line-begin", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('A') }, "^A", "line-begin", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_END }, "End", "line-end", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('E') }, "^E", "line-end", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_BACKSPACE }, "Backspace", "erase", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_DELETE }, "Del", "delete", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('D') }, "^D", "delete", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('W') }, "^W", "erase-word", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('U') }, "^U", "erase-before", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('K') }, "^K", "erase-after", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('I') }, "Tab", "complete", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_UP }, "Up", "line-older", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('P') }, "^P", "line-older", 0, 0 },
	{ VIEW_PROMPT, { TERM_KEY_DOWN }, "Down", "line-newer", 0, 0 },
	{ VIEW_PROMPT, { TERM_CTRL('N') }, "^N", "line-newer", 0, 0 },
	{ EVERYWHERE, { TERM_KEY_MOUSE_CLICK }, "click", "click", 0, 0 },
	{ EVERYWHERE, { TERM_KEY_MOUSE_DRAG }, "drag", "drag", 0, 0 },
	{ EVERYWHERE, { TERM_KEY_MOUSE_RELEASE }, NULL, "drag", 1, 0 },
	{ EVERYWHERE, { TERM_KEY_WHEEL_DOWN }, "wheel", "scroll-down", 0, 0 },
	{ EVERYWHERE, { TERM_KEY_WHEEL_UP }, "wheel", "scroll-up", 0, 0 },
};

#define BINDING_COUNT (sizeof(bindings) / sizeof(bindings[0]))

/* ---- one's own, before those that there are ---- */

static const struct binding *binding_at(const struct keymap *keymap, size_t i)
{
	return i < keymap->own_count ? &keymap->own[i] : &bindings[i - keymap->own_count];
}

static size_t count_of(const struct keymap *keymap)
{
	return keymap->own_count + BINDING_COUNT;
}

/* One begins with the other, or is it. */
static bool is_in_the_way(const struct binding *own, const struct binding *other)
{
	for (size_t i = 0; i < KEYMAP_SEQUENCE_MAX; i++) {
		if (!own->codes[i] || !other->codes[i])
			return true;
		if (own->codes[i] != other->codes[i])
			return false;
	}
	return true;
}

/* Where it holds: the latest of one's own that are in its way take that from it. */
static unsigned contexts_at(const struct keymap *keymap, size_t i)
{
	const struct binding *binding = binding_at(keymap, i);
	unsigned contexts = binding->contexts;

	for (size_t j = 0; j < keymap->own_count; j++) {
		bool is_later = i >= keymap->own_count || j > i;

		if (is_later && is_in_the_way(&keymap->own[j], binding))
			contexts &= ~keymap->own[j].contexts;
	}
	return contexts;
}

void keymap_clear(struct keymap *keymap)
{
	free(keymap->own);
	*keymap = (struct keymap){ 0 };
}

int keymap_bind(struct keymap *keymap, const char *keys, const char *command, char *error,
		size_t size)
{
	const struct command_entry *entry = command_find(command);
	bool is_none = !strcmp(command, "none");
	struct binding own = { .contexts = EVERYWHERE & ~(unsigned)VIEW_PROMPT, .command = "" };
	char safe[40];

	if (!key_parse(keys, own.codes)) {
		text_safe(safe, sizeof(safe), keys, strlen(keys), text_is_utf8());
		snprintf(error, size, "'%s' is no key: expected one like x, gg, ^X, F2 or Space",
			 safe);
		return -EINVAL;
	}
	if (!entry && !is_none) {
		text_safe(safe, sizeof(safe), command, strlen(command), text_is_utf8());
		snprintf(error, size, "'%s' is no command: expected one that help lists, or none",
			 safe);
		return -EINVAL;
	}
	if (array_reserve(&keymap->own, &keymap->own_capacity, keymap->own_count + 1,
			  sizeof(*keymap->own)))
		return -ENOMEM;
	if (entry) {
		own.command = entry->name;
		own.contexts = keymap_contexts(command) ? keymap_contexts(command) : VIEW_TREE;
		own.label = keys;
	}
	keymap->own[keymap->own_count++] = own;
	return 0;
}

/* ---- finding one ---- */

static bool is_code(const struct binding *binding, size_t at, uint32_t code)
{
	bool is_last = at + 1 == KEYMAP_SEQUENCE_MAX || !binding->codes[at + 1];
	uint32_t from = binding->codes[at];

	return code == from || (is_last && code > from && code < from + binding->span);
}

static bool begins_with(const struct binding *binding, const struct keymap_state *state)
{
	for (size_t i = 0; i < state->count; i++) {
		if (!is_code(binding, i, state->codes[i]))
			return false;
	}
	return true;
}

static bool is_complete(const struct binding *binding, const struct keymap_state *state)
{
	return state->count == KEYMAP_SEQUENCE_MAX || !binding->codes[state->count];
}

static struct keymap_hit hit_of(const struct binding *binding, uint32_t last_code)
{
	return (struct keymap_hit){ .command = binding->command,
				    .argument =
					binding->span ? (int)last_code : binding->argument };
}

enum keymap_result keymap_feed(const struct keymap *keymap, struct keymap_state *state,
			       enum view_context context, uint32_t code, struct keymap_hit *hit)
{
	bool is_part = false;
	size_t count;

	state->codes[state->count++] = code;
	count = state->count;
	for (size_t i = 0; i < count_of(keymap); i++) {
		const struct binding *binding = binding_at(keymap, i);

		if (!(contexts_at(keymap, i) & context) || !begins_with(binding, state))
			continue;
		if (!*binding->command)
			continue;
		if (is_complete(binding, state)) {
			*hit = hit_of(binding, code);
			*state = (struct keymap_state){ 0 };
			return KEYMAP_COMMAND;
		}
		is_part = true;
	}
	if (is_part)
		return KEYMAP_PART;
	if (count < KEYMAP_SEQUENCE_MAX)
		state->codes[count] = 0;
	state->count = 0;
	return KEYMAP_NOTHING;
}

/* ---- for people ---- */

static size_t describe(const struct keymap *keymap, const char *command, unsigned contexts,
		       char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < count_of(keymap); i++) {
		const struct binding *binding = binding_at(keymap, i);

		if (strcmp(binding->command, command) != 0 || !binding->label ||
		    !(contexts_at(keymap, i) & contexts))
			continue;
		used +=
		    (size_t)snprintf(used < size ? out + used : NULL, used < size ? size - used : 0,
				     "%s%s", used ? " " : "", binding->label);
	}
	return used;
}

size_t keymap_describe(const struct keymap *keymap, const char *command, char *out, size_t size)
{
	size_t used = describe(keymap, command, VIEW_TREE, out, size);

	return used ? used : describe(keymap, command, EVERYWHERE, out, size);
}

unsigned keymap_contexts(const char *command)
{
	unsigned contexts = 0;

	for (size_t i = 0; i < BINDING_COUNT; i++) {
		if (!strcmp(bindings[i].command, command))
			contexts |= bindings[i].contexts;
	}
	return contexts;
}

const char *keymap_label(const struct keymap *keymap, const char *command,
			 enum view_context context)
{
	for (size_t i = 0; i < count_of(keymap); i++) {
		const struct binding *binding = binding_at(keymap, i);

		if (!strcmp(binding->command, command) && contexts_at(keymap, i) & context)
			return binding->label;
	}
	return NULL;
}
