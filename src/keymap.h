/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEYMAP_H
#define PROCTOP_KEYMAP_H

#include "command.h"

#define KEYMAP_SEQUENCE_MAX 2

/* Keys typed so far of a sequence such as "gg". All zero is none. */
struct keymap_state {
	uint32_t codes[KEYMAP_SEQUENCE_MAX];
	size_t count;
};

/* Feeds a key; runs the command that it completes. A key that means nothing does nothing. */
void keymap_key(struct keymap_state *state, struct session *session, const struct key *key);

/* The keys of a command for people, "j Down"; as snprintf(). */
size_t keymap_describe(const char *command, char *out, size_t size);

#endif
