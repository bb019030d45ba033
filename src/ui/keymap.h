/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEYMAP_H
#define PROCTOP_KEYMAP_H

#include "views/view.h"

#define KEYMAP_SEQUENCE_MAX 2

/* Keys typed so far of a sequence such as "gg". All zero is none. */
struct keymap_state {
	uint32_t codes[KEYMAP_SEQUENCE_MAX];
	size_t count;
};

enum keymap_result {
	KEYMAP_NOTHING, /* these keys have no meaning there */
	KEYMAP_PART,	/* of a sequence */
	KEYMAP_COMMAND,
};

/* What keys mean where somebody has bound some anew; all zero is as they come. */
struct keymap {
	struct binding *own;
	size_t own_count, own_capacity;
};

void keymap_clear(struct keymap *keymap);

/*
 * Gives keys ("F9", "^X", "gg"; see key_parse()) a command, wherever that has a key already, or
 * takes all they mean from them ("none"). Other keys that begin so, or with which they begin, mean
 * nothing there any more. 0; -EINVAL: error says what was expected; -ENOMEM.
 */
int keymap_bind(struct keymap *keymap, const char *keys, const char *command, char *error,
		size_t size);

struct keymap_hit {
	const char *command;
	int argument; /* 0: the command's own */
};

/* Feeds a key. All but a part of a sequence begins anew with the next one; of what has no meaning
   state->codes still tells what it was, up to there. */
enum keymap_result keymap_feed(const struct keymap *keymap, struct keymap_state *state,
			       enum view_context context, uint32_t code, struct keymap_hit *hit);

/* The keys of a command for people, "j Down": those in the tree, or, if it has none there, of what
   can be open; as snprintf(). */
size_t keymap_describe(const struct keymap *keymap, const char *command, char *out, size_t size);
/* Where it has keys, enum view_context; 0: nowhere. */
unsigned keymap_contexts(const char *command);
/* The first of them in that context, or NULL. */
const char *keymap_label(const struct keymap *keymap, const char *command,
			 enum view_context context);

#endif
