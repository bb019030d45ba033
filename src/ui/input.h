/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_INPUT_H
#define PROCTOP_INPUT_H

#include "ui/keymap.h"
#include "ui/session.h"
#include "ui/term.h"

/* Does what a key means where it is typed. Typing into a line leaves the rows alone until they are
   looked at. */
void input_key(struct keymap_state *keys, struct session *session, const struct key *key);

#endif
