/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_INPUT_H
#define PROCTOP_INPUT_H

#include "ui/keymap.h"

/* Gives a key to what is open. Typing into a line leaves the rows alone until they are looked at.
 */
void input_key(struct keymap_state *keys, struct session *session, const struct key *key);

#endif
