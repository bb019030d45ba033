/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEY_NAME_H
#define PROCTOP_KEY_NAME_H

#include "ui/keymap.h"

/* "x", "^X", "F2", "Space"; what has no short name is "this key". */
void key_name(uint32_t code, char *out, size_t size);

/* "x", "^X", "F2", "Space", or two characters such as "gg", one after the other. False: it is none
   of that. */
bool key_parse(const char *text, uint32_t codes[KEYMAP_SEQUENCE_MAX]);

#endif
