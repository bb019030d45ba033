/* SPDX-License-Identifier: MIT */
/* What was typed before; see history.h. */
#include "ui/history.h"

#include <string.h>

void history_begin(struct history *history)
{
	history->at = history->count;
}

void history_add(struct history *history, const char *line)
{
	size_t size = strnlen(line, PROMPT_SIZE - 1);

	if (history->count && !strcmp(history->lines[history->count - 1], line))
		return;
	if (history->count == HISTORY_MAX) {
		memmove(history->lines[0], history->lines[1],
			sizeof(history->lines) - sizeof(history->lines[0]));
		history->count--;
	}
	memcpy(history->lines[history->count], line, size);
	history->lines[history->count++][size] = '\0';
}

void history_go(struct history *history, struct prompt *prompt, int sign)
{
	if (sign < 0 ? !history->at : history->at == history->count)
		return;
	if (history->at == history->count)
		memcpy(history->typed, prompt->text, prompt->size + 1);
	history->at += sign < 0 ? (size_t)-1 : 1;
	prompt_set(prompt,
		   history->at == history->count ? history->typed : history->lines[history->at]);
}
