/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PROMPT_H
#define PROCTOP_PROMPT_H

#include "draw/area.h"

#define PROMPT_SIZE 1024

/* A line that is being edited. Plain data; all zero is an empty one. */
struct prompt {
	char text[PROMPT_SIZE]; /* UTF-8, NUL-terminated */
	size_t size;
	size_t cursor; /* byte offset, never within a character */
};

enum prompt_edit {
	PROMPT_LEFT,
	PROMPT_RIGHT,
	PROMPT_BEGIN,
	PROMPT_END,
	PROMPT_ERASE, /* the character before the cursor */
	PROMPT_DELETE,
	PROMPT_ERASE_WORD,
	PROMPT_ERASE_BEFORE,
	PROMPT_ERASE_AFTER,
};

void prompt_set(struct prompt *prompt, const char *text);
/* Both return whether the text has changed. */
bool prompt_edit(struct prompt *prompt, enum prompt_edit edit);
bool prompt_insert(struct prompt *prompt, uint32_t code); /* a Unicode code point; others: no */
/* What stands between a byte and the cursor becomes the text, if there is room. */
void prompt_replace(struct prompt *prompt, size_t from, const char *text);

/* Draws as much as fits around the cursor; *cursor_x is where that is. wrong_at: the byte that is
   marked, also the one behind the last. */
#define PROMPT_NOWHERE SIZE_MAX
void prompt_draw(const struct prompt *prompt, const struct area *area, int y, int x, int cols,
		 size_t wrong_at, int *cursor_x);

#endif
