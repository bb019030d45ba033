/* SPDX-License-Identifier: MIT */
/* The line editor: characters, and the keys that everybody's fingers know from the shell. */
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

static enum prompt_result erase(struct prompt *prompt, size_t from, size_t to)
{
	if (from == to)
		return PROMPT_MOVED;
	memmove(prompt->text + from, prompt->text + to, prompt->size - to + 1);
	prompt->size -= to - from;
	prompt->cursor = from;
	return PROMPT_EDITED;
}

static enum prompt_result move_to(struct prompt *prompt, size_t at)
{
	prompt->cursor = at;
	return PROMPT_MOVED;
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

static enum prompt_result insert(struct prompt *prompt, uint32_t code)
{
	char bytes[4];
	size_t count = encode(code, bytes);

	if (prompt->size + count >= PROMPT_SIZE)
		return PROMPT_IGNORED;
	memmove(prompt->text + prompt->cursor + count, prompt->text + prompt->cursor,
		prompt->size - prompt->cursor + 1);
	memcpy(prompt->text + prompt->cursor, bytes, count);
	prompt->size += count;
	prompt->cursor += count;
	return PROMPT_EDITED;
}

enum prompt_result prompt_key(struct prompt *prompt, const struct key *key)
{
	size_t at = prompt->cursor;

	switch (key->code) {
	case TERM_KEY_ENTER:
		return PROMPT_ACCEPTED;
	case TERM_KEY_ESC:
	case TERM_CTRL('C'):
	case TERM_CTRL('G'):
		return PROMPT_CANCELLED;
	case TERM_KEY_LEFT:
	case TERM_CTRL('B'):
		return move_to(prompt, before(prompt, at));
	case TERM_KEY_RIGHT:
	case TERM_CTRL('F'):
		return move_to(prompt, after(prompt, at));
	case TERM_KEY_HOME:
	case TERM_CTRL('A'):
		return move_to(prompt, 0);
	case TERM_KEY_END:
	case TERM_CTRL('E'):
		return move_to(prompt, prompt->size);
	case TERM_KEY_BACKSPACE:
		return erase(prompt, before(prompt, at), at);
	case TERM_KEY_DELETE:
	case TERM_CTRL('D'):
		return erase(prompt, at, after(prompt, at));
	case TERM_CTRL('U'):
		return erase(prompt, 0, at);
	case TERM_CTRL('K'):
		return erase(prompt, at, prompt->size);
	case TERM_CTRL('W'):
		return erase(prompt, word_before(prompt, at), at);
	default:
		break;
	}
	if (key->code < 0x20 || key->code == 0x7f || key->code >= 0x110000)
		return PROMPT_IGNORED;
	return insert(prompt, key->code);
}

void prompt_draw(const struct prompt *prompt, struct canvas *canvas, int y, int x, int cols,
		 struct style style, int *cursor_x)
{
	size_t start = 0;

	/* The cursor stays in sight: what is left of it goes first. */
	while (start < prompt->cursor &&
	       (int)text_width(prompt->text + start, prompt->cursor - start, canvas->utf8) >= cols)
		start = after(prompt, start);
	canvas_fill(canvas, y, x, 1, cols, style);
	canvas_put(canvas, y, x, cols, prompt->text + start, prompt->size - start, style);
	*cursor_x = x + (int)text_width(prompt->text + start, prompt->cursor - start, canvas->utf8);
}
