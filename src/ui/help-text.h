/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_HELP_TEXT_H
#define PROCTOP_HELP_TEXT_H

#include "views/help.h"

/* What the help says, made from the tables of commands and keys. */
void help_text_add(struct help_view *help, bool utf8);

#endif
