/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_HELP_TEXT_H
#define PROCTOP_HELP_TEXT_H

#include "ui/keymap.h"
#include "views/help.h"

/* What the help says, made from the tables of commands and keys. */
void help_text_add(struct help_view *help, const struct keymap *keymap, bool utf8);

#endif
