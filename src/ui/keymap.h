/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEYMAP_H
#define PROCTOP_KEYMAP_H

#include "ui/command.h"

#define KEYMAP_SEQUENCE_MAX 2

/* Where a key has a meaning of its own: what lies on top takes it. */
enum keymap_context {
	KEYMAP_TREE = 1,
	KEYMAP_PAGE = 2,
	KEYMAP_HELP = 4,
	KEYMAP_PICKER = 8,
};

enum keymap_context keymap_context_of(const struct session *session);

/* Keys typed so far of a sequence such as "gg". All zero is none. */
struct keymap_state {
	uint32_t codes[KEYMAP_SEQUENCE_MAX];
	size_t count;
};

/* Feeds a key; runs the command that it completes. One that means nothing is told so. */
void keymap_key(struct keymap_state *state, struct session *session, const struct key *key);

/* The keys of a command for people, "j Down": those in the tree, or, if it has none there, of what
   can be open; as snprintf(). */
size_t keymap_describe(const char *command, char *out, size_t size);
/* The first of them in that context, or NULL. */
const char *keymap_label(const char *command, enum keymap_context context);

#endif
