/* SPDX-License-Identifier: MIT */
/* The line editor: characters, and what everybody's fingers know from the shell. */
#include "ui/prompt.h"

#include <string.h>

void prompt_set(struct prompt *prompt, const char *text)
{
	size_t size = strnlen(text, PROMPT_SIZE - 1);

	memmove(prompt->text, text, size);
	prompt->text[size] = '\0';
	prompt->size = prompt->cursor = size;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const struct prompt *prompt, size_t at)
{
	if (at)
		at--;
	while (at && is_continuation(prompt->text[at]))
		at--;
	return at;
}

static size_t after(const struct prompt *prompt, size_t at)
{
	if (at < prompt->size)
		at++;
	while (at < prompt->size && is_continuation(prompt->text[at]))
		at++;
	return at;
}

static size_t word_before(const struct prompt *prompt, size_t at)
{
	while (at && prompt->text[at - 1] == ' ')
		at--;
	while (at && prompt->text[at - 1] != ' ')
		at--;
	return at;
}

static bool erase(struct prompt *prompt, size_t from, size_t to)
{
	if (from == to)
		return false;
	memmove(prompt->text + from, prompt->text + to, prompt->size - to + 1);
	prompt->size -= to - from;
	prompt->cursor = from;
	return true;
}

static bool move_to(struct prompt *prompt, size_t at)
{
	prompt->cursor = at;
	return false;
}

static size_t encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool prompt_insert(struct prompt *prompt, uint32_t code)
{
	char bytes[4];
	size_t count;

	if (code < 0x20 || code == 0x7f || code >= 0x110000)
		return false;
	count = encode(code, bytes);
	if (prompt->size + count >= PROMPT_SIZE)
		return false;
	memmove(prompt->text + prompt->cursor + count, prompt->text + prompt->cursor,
		prompt->size - prompt->cursor + 1);
	memcpy(prompt->text + prompt->cursor, bytes, count);
	prompt->size += count;
	prompt->cursor += count;
	return true;
}

void prompt_replace(struct prompt *prompt, size_t from, const char *text)
{
	size_t size = strlen(text);

	if (from > prompt->cursor || prompt->size - (prompt->cursor - from) + size >= PROMPT_SIZE)
		return;
	erase(prompt, from, prompt->cursor);
	memmove(prompt->text + from + size, prompt->text + from, prompt->size - from + 1);
	memcpy(prompt->text + from, text, size);
	prompt->size += size;
	prompt->cursor = from + size;
}

bool prompt_edit(struct prompt *prompt, enum prompt_edit edit)
{
	size_t at = prompt->cursor;

	switch (edit) {
	case PROMPT_LEFT:
		return move_to(prompt, before(prompt, at));
	case PROMPT_RIGHT:
		return move_to(prompt, after(prompt, at));
	case PROMPT_BEGIN:
		return move_to(prompt, 0);
	case PROMPT_END:
		return move_to(prompt, prompt->size);
	case PROMPT_ERASE:
		return erase(prompt, before(prompt, at), at);
	case PROMPT_DELETE:
		return erase(prompt, at, after(prompt, at));
	case PROMPT_ERASE_WORD:
		return erase(prompt, word_before(prompt, at), at);
	case PROMPT_ERASE_BEFORE:
		return erase(prompt, 0, at);
	case PROMPT_ERASE_AFTER:
		return erase(prompt, at, prompt->size);
	}
	return false;
}

static void mark(const struct prompt *prompt, const struct area *area, int y, int x, int cols,
		 size_t start, size_t wrong_at)
{
	struct style style = area_style(area, THEME_ERROR);
	int at, width;

	if (wrong_at == PROMPT_NOWHERE || wrong_at < start || wrong_at > prompt->size)
		return;
	style.attrs |= STYLE_REVERSE;
	at = area_width_of(area, prompt->text + start, wrong_at - start);
	width = wrong_at < prompt->size ? area_width_of(area, prompt->text + wrong_at,
							after(prompt, wrong_at) - wrong_at)
					: 1;
	if (at + width <= cols)
		area_restyle(area, y, x + at, width, style);
}

void prompt_draw(const struct prompt *prompt, const struct area *area, int y, int x, int cols,
		 size_t wrong_at, int *cursor_x)
{
	struct style style = area_style(area, THEME_PROMPT);
	size_t start = 0;

	/* The cursor stays in sight: what is left of it goes first. */
	while (start < prompt->cursor &&
	       area_width_of(area, prompt->text + start, prompt->cursor - start) >= cols)
		start = after(prompt, start);
	area_fill(area, y, x, 1, cols, style);
	area_put(area, y, x, cols, prompt->text + start, prompt->size - start, style);
	mark(prompt, area, y, x, cols, start, wrong_at);
	*cursor_x = x + area_width_of(area, prompt->text + start, prompt->cursor - start);
}
