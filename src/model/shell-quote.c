/* SPDX-License-Identifier: MIT */
/* Arguments as a shell reads them; see shell-quote.h. What must not be sent is text.c's to know. */
#include "model/shell-quote.h"
#include "draw/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPED_SIZE 4 /* of a byte: "\ooo" */
#define QUOTES_SIZE 4  /* "$'", "'" and the space behind it */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@+=:,./-"

/* A shell's own, where a command is expected. */
static bool is_reserved(const char *word, size_t size)
{
	static const char words[] =
	    " if then else elif fi case esac for select while until do done in "
	    "function time coproc repeat foreach end nocorrect noglob ";
	char between[16];

	if (size + 3 > sizeof(between))
		return false;
	snprintf(between, sizeof(between), " %.*s ", (int)size, word);
	return strstr(words, between);
}

/* As the first word NAME=VALUE would be an assignment; zsh has a meaning for = where a word begins.
 */
static bool is_plain(const char *word, size_t size, bool is_first)
{
	for (size_t i = 0; i < size; i++) {
		if (!strchr(PLAIN, word[i]))
			return false;
	}
	if (!size || *word == '=')
		return false;
	return !is_first || (!memchr(word, '=', size) && !is_reserved(word, size));
}

static bool is_printable(const char *word, size_t size, bool utf8)
{
	const char *at = word, *end = word + size;
	struct text_piece piece;

	while (text_next(&at, end, utf8, &piece)) {
		if (piece.is_escape)
			return false;
	}
	return true;
}

static char *put(char *out, const char *text)
{
	while (*text)
		*out++ = *text++;
	return out;
}

static char *put_quoted(char *out, const char *word, size_t size)
{
	*out++ = '\'';
	for (size_t i = 0; i < size; i++) {
		if (word[i] == '\'')
			out = put(out, "'\\'");
		*out++ = word[i];
	}
	*out++ = '\'';
	return out;
}

static char *put_octal(char *out, unsigned char byte)
{
	return out + snprintf(out, ESCAPED_SIZE + 1, "\\%03o", byte);
}

/* ! is the history of an interactive shell; of three digits no shell takes more. */
static char *put_escaped(char *out, const char *word, size_t size, bool utf8)
{
	const char *at = word, *end = word + size, *before = at;
	struct text_piece piece;

	for (out = put(out, "$'"); text_next(&at, end, utf8, &piece); before = at) {
		bool is_special = piece.is_escape || strchr("\\'!", *before);

		for (; before < at; before++) {
			if (is_special)
				out = put_octal(out, (unsigned char)*before);
			else
				*out++ = *before;
		}
	}
	*out++ = '\'';
	return out;
}

static char *put_word(char *out, const char *word, size_t size, bool utf8, bool is_first)
{
	if (is_plain(word, size, is_first)) {
		memcpy(out, word, size);
		return out + size;
	}
	return is_printable(word, size, utf8) ? put_quoted(out, word, size)
					      : put_escaped(out, word, size, utf8);
}

long shell_quote(const char *argv, size_t argv_size, bool utf8, char **out)
{
	char *at = malloc(argv_size * (ESCAPED_SIZE + QUOTES_SIZE) + QUOTES_SIZE + 1);
	const char *end = argv + argv_size;

	if (!at)
		return -ENOMEM;
	*out = at;
	for (const char *word = argv; word < end;) {
		size_t size = strnlen(word, (size_t)(end - word));

		if (word > argv)
			*at++ = ' ';
		at = put_word(at, word, size, utf8, word == argv);
		word += size + 1;
	}
	*at = '\0';
	return at - *out;
}
