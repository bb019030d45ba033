/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_HISTORY_H
#define PROCTOP_HISTORY_H

#include "ui/prompt.h"

#define HISTORY_MAX 100

/* The lines that were typed, each once, the latest last. All zero is none. */
struct history {
	char *lines[HISTORY_MAX];
	size_t count;
	size_t fresh; /* the last so many of them were typed in this session */
	size_t at;    /* which one stands in the prompt; count: what is typed */
	char typed[PROMPT_SIZE];
};

void history_clear(struct history *history);
void history_begin(struct history *history);
/* Without memory, and of nothing but blanks, there is no new line. */
void history_add(struct history *history, const char *line);
/* What stands in the prompt is replaced by an older or newer one, as far as there are any. */
void history_go(struct history *history, struct prompt *prompt, int sign);

/*
 * Lines that a file keeps, for the next session. What is no such file, or could be another's, is
 * passed over; so is what is too long for a prompt. The second adds what is fresh to what others
 * have kept there meanwhile; 0, or -errno, and the file is the old one.
 */
void history_read(struct history *history, const char *path);
int history_keep(const struct history *history, const char *path);

#endif
