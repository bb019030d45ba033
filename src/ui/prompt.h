/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PROMPT_H
#define PROCTOP_PROMPT_H

#include "draw/canvas.h"
#include "ui/term.h"

#define PROMPT_SIZE 1024

/* A line that is being edited. Plain data; all zero is an empty one. */
struct prompt {
	char text[PROMPT_SIZE]; /* UTF-8, NUL-terminated */
	size_t size;
	size_t cursor; /* byte offset, never within a character */
};

enum prompt_result {
	PROMPT_IGNORED,
	PROMPT_MOVED,
	PROMPT_EDITED,
	PROMPT_ACCEPTED,
	PROMPT_CANCELLED,
};

void prompt_set(struct prompt *prompt, const char *text);
enum prompt_result prompt_key(struct prompt *prompt, const struct key *key);

/* Draws as much as fits around the cursor; *cursor_x is where that is. */
void prompt_draw(const struct prompt *prompt, struct canvas *canvas, int y, int x, int cols,
		 struct style style, int *cursor_x);

#endif
