/* SPDX-License-Identifier: MIT */
/* What was typed before; see history.h. */
#include "ui/history.h"
#include "config/file.h"
#include "config/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void history_clear(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->lines[i]);
	*history = (struct history){ 0 };
}

void history_begin(struct history *history)
{
	history->at = history->count;
}

static void drop(struct history *history, size_t index)
{
	if (index + history->fresh >= history->count)
		history->fresh--;
	free(history->lines[index]);
	history->count--;
	for (; index < history->count; index++)
		history->lines[index] = history->lines[index + 1];
}

void history_add(struct history *history, const char *line)
{
	size_t same = 0;

	if (!line[strspn(line, " \t")])
		return;
	while (same < history->count && strncmp(history->lines[same], line, PROMPT_SIZE - 1) != 0)
		same++;
	if (same < history->count)
		drop(history, same);
	else if (history->count == HISTORY_MAX)
		drop(history, 0);
	history->lines[history->count] = strndup(line, PROMPT_SIZE - 1);
	if (!history->lines[history->count])
		return;
	history->count++;
	history->fresh++;
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

/* ---- the file ---- */

void history_read(struct history *history, const char *path)
{
	char error[128], *text, *next, *line;

	if (config_file_read_text(path, &text, error, sizeof(error)))
		return;
	for (next = text; (line = strsep(&next, "\n"));) {
		if (strlen(line) < PROMPT_SIZE)
			history_add(history, line);
	}
	history->fresh = 0;
	free(text);
}

static char *join(const struct history *history)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; i < history->count; i++)
		size += strlen(history->lines[i]) + 1;
	text = end = malloc(size);
	for (size_t i = 0; text && i < history->count; i++) {
		end = stpcpy(end, history->lines[i]);
		*end++ = '\n';
	}
	if (text)
		*end = '\0';
	return text;
}

int history_keep(const struct history *history, const char *path)
{
	struct history kept = { 0 };
	char *text;
	int err;

	if (!history->fresh)
		return 0;
	history_read(&kept, path);
	for (size_t i = history->count - history->fresh; i < history->count; i++)
		history_add(&kept, history->lines[i]);
	text = join(&kept);
	err = text ? config_write(path, text) : -ENOMEM;
	free(text);
	history_clear(&kept);
	return err;
}
