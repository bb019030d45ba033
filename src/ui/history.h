/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_HISTORY_H
#define PROCTOP_HISTORY_H

#include "ui/prompt.h"

#define HISTORY_MAX 32

/* The lines that were typed in this session, the last ones. Plain data; all zero is none. */
struct history {
	char lines[HISTORY_MAX][PROMPT_SIZE];
	size_t count;
	size_t at; /* which one stands in the prompt; count: what is typed */
	char typed[PROMPT_SIZE];
};

void history_begin(struct history *history);
void history_add(struct history *history, const char *line);
/* What stands in the prompt is replaced by an older or newer one, as far as there are any. */
void history_go(struct history *history, struct prompt *prompt, int sign);

#endif
