/* SPDX-License-Identifier: MIT */
/*
 * The boundary between what processes call themselves and what a terminal is sent. Whatever comes
 * in, what goes out is printable, has a known width, and hides nothing: the rest is escaped
 * visibly. The only user of libunistring.
 *
 * curses places text by libc's idea of a character's width, libunistring has its own, the terminal
 * a third: where libc and libunistring differ, the character is escaped rather than risking the
 * row.
 */
#include "draw/text.h"

#include <langinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>
#include <wchar.h>

/* More marks than any script stacks on one letter. */
#define MARKS_MAX 4

bool text_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static void set_escape(struct text_piece *piece, int size)
{
	piece->size = piece->width = (unsigned char)size;
	piece->is_escape = true;
}

static void escape_byte(struct text_piece *piece, unsigned char byte)
{
	static const char letters[] = "abtnvfr"; /* 7 to 13 */

	if (byte >= '\a' && byte <= '\r')
		set_escape(piece, snprintf(piece->bytes, sizeof(piece->bytes), "\\%c",
					   letters[byte - '\a']));
	else
		set_escape(piece, snprintf(piece->bytes, sizeof(piece->bytes), "\\x%02x", byte));
}

static void escape_character(struct text_piece *piece, ucs4_t uc)
{
	set_escape(piece, snprintf(piece->bytes, sizeof(piece->bytes), "\\u{%X}", uc));
}

/* Decodes one code point. Returns its bytes, 0 if they are none. */
static int decode(const char *at, const char *end, ucs4_t *uc)
{
	int size = u8_mbtoucr(uc, (const uint8_t *)at, (size_t)(end - at));

	return size > 0 ? size : 0;
}

static bool is_unsafe_category(ucs4_t uc)
{
	return uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Zl |
							UC_CATEGORY_MASK_Zp);
}

/* Skin tones join the emoji before them on some terminals only. */
static bool is_emoji_modifier(ucs4_t uc)
{
	return uc >= 0x1F3FB && uc <= 0x1F3FF;
}

/* The cells that it takes by everybody's account, or 0 if it must be escaped. */
static int safe_width(ucs4_t uc)
{
	int width = uc_width(uc, "UTF-8");

	if (width <= 0 || width != wcwidth((wchar_t)uc) || is_unsafe_category(uc) ||
	    uc_is_property_default_ignorable_code_point(uc) || is_emoji_modifier(uc))
		return 0;
	return width;
}

static bool is_safe_mark(ucs4_t uc)
{
	return uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me) &&
	       !uc_is_property_default_ignorable_code_point(uc) && uc_width(uc, "UTF-8") == 0 &&
	       wcwidth((wchar_t)uc) == 0;
}

static void take_bytes(struct text_piece *piece, const char **at, int size)
{
	memcpy(piece->bytes + piece->size, *at, (size_t)size);
	piece->size = (unsigned char)(piece->size + size);
	*at += size;
}

static void take_marks(struct text_piece *piece, const char **at, const char *end)
{
	for (int i = 0; i < MARKS_MAX && *at < end && (unsigned char)**at >= 0x80; i++) {
		ucs4_t uc;
		int size = decode(*at, end, &uc);

		if (!size || !is_safe_mark(uc))
			return;
		take_bytes(piece, at, size);
	}
}

static void take_beyond_ascii(struct text_piece *piece, const char **at, const char *end)
{
	ucs4_t uc;
	int size = decode(*at, end, &uc);
	int width = size ? safe_width(uc) : 0;

	if (width) {
		piece->width = (unsigned char)width;
		take_bytes(piece, at, size);
	} else if (size) {
		escape_character(piece, uc);
		*at += size;
	} else {
		escape_byte(piece, (unsigned char)**at);
		*at += 1;
	}
}

bool text_next(const char **at, const char *end, bool utf8, struct text_piece *piece)
{
	unsigned char byte;

	if (*at >= end)
		return false;
	byte = (unsigned char)**at;
	piece->size = 0;
	piece->width = 1;
	piece->is_escape = false;
	if (byte >= 0x20 && byte < 0x7f) {
		take_bytes(piece, at, 1);
	} else if (byte < 0x80 || !utf8) {
		escape_byte(piece, byte);
		*at += 1;
	} else {
		take_beyond_ascii(piece, at, end);
	}
	if (utf8 && !piece->is_escape)
		take_marks(piece, at, end);
	return true;
}

size_t text_safe(char *out, size_t size, const char *bytes, size_t count, bool utf8)
{
	const char *end = bytes + count;
	struct text_piece piece;
	size_t whole = 0, used = 0;

	while (text_next(&bytes, end, utf8, &piece)) {
		if (whole == used && used + piece.size < size) {
			memcpy(out + used, piece.bytes, piece.size);
			used += piece.size;
		}
		whole += piece.size;
	}
	if (size)
		out[used] = '\0';
	return whole;
}

unsigned text_width(const char *bytes, size_t count, bool utf8)
{
	const char *end = bytes + count;
	struct text_piece piece;
	unsigned width = 0;

	while (text_next(&bytes, end, utf8, &piece))
		width += piece.width;
	return width;
}

/* ---- searching ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_at(const char *hay, const char *needle, size_t size, bool caseless)
{
	for (size_t i = 0; i < size; i++) {
		char c = hay[i] ? hay[i] : ' ';

		if ((caseless ? lower(c) : c) != needle[i])
			return false;
	}
	return true;
}

static bool contains_bytes(const char *hay, size_t hay_size, const char *needle, size_t size,
			   bool caseless)
{
	for (size_t i = 0; i + size <= hay_size; i++) {
		if (is_at(hay + i, needle, size, caseless))
			return true;
	}
	return false;
}

static bool is_ascii(const char *string)
{
	for (; *string; string++) {
		if ((unsigned char)*string >= 0x80)
			return false;
	}
	return true;
}

static bool has_upper_case(const char *needle)
{
	const char *end = needle + strlen(needle);

	while (needle < end) {
		ucs4_t uc;
		int size = decode(needle, end, &uc);

		if (size && uc_is_property_uppercase(uc))
			return true;
		needle += size ? size : 1;
	}
	return false;
}

static char *fold_case(const char *bytes, size_t size, size_t *folded_size)
{
	return (char *)u8_casefold((const uint8_t *)bytes, size, NULL, NULL, NULL, folded_size);
}

static bool contains_folded(const char *hay, size_t hay_size, const struct text_needle *needle)
{
	size_t size;
	char *folded = fold_case(hay, hay_size, &size);
	bool found;

	if (folded)
		found = contains_bytes(folded, size, needle->folded, needle->folded_size, false);
	else /* not valid UTF-8: bytes are all there is */
		found = contains_bytes(hay, hay_size, needle->string, needle->size, false);
	free(folded);
	return found;
}

void text_needle_init(struct text_needle *needle, const char *string)
{
	*needle = (struct text_needle){ .string = string, .size = strlen(string) };
	needle->is_caseless = !has_upper_case(string);
	if (needle->is_caseless && !is_ascii(string))
		needle->folded = fold_case(string, needle->size, &needle->folded_size);
}

void text_needle_clear(struct text_needle *needle)
{
	free(needle->folded);
	needle->folded = NULL;
}

bool text_has(const char *hay, size_t hay_size, const struct text_needle *needle)
{
	if (needle->folded)
		return contains_folded(hay, hay_size, needle);
	return contains_bytes(hay, hay_size, needle->string, needle->size, needle->is_caseless);
}

bool text_contains(const char *hay, size_t hay_size, const char *string)
{
	struct text_needle needle;
	bool found;

	text_needle_init(&needle, string);
	found = text_has(hay, hay_size, &needle);
	text_needle_clear(&needle);
	return found;
}

size_t text_join_argv(char *out, size_t size, const char *argv, size_t argv_size)
{
	size_t used = 0;

	if (!size)
		return 0;
	while (argv_size && !argv[argv_size - 1])
		argv_size--; /* the end of the last argument, and what was cleared behind it */
	for (; used < argv_size && used + 1 < size; used++)
		out[used] = argv[used] ? argv[used] : ' ';
	out[used] = '\0';
	return used;
}

size_t text_line_size(const char *text, size_t cols)
{
	size_t size = strlen(text), end = cols;

	if (size <= cols)
		return size;
	while (end && text[end] != ' ')
		end--;
	return end ? end : cols;
}

int text_line_count(const char *text, int cols)
{
	int lines = 0;

	for (; *text && cols > 0; lines++) {
		text += text_line_size(text, (size_t)cols);
		text += *text == ' ';
	}
	return lines;
}

const char *text_block(unsigned permille, bool utf8)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { "_", ".", "-", "=", "+", "*", "%", "#" };
	unsigned level = permille >= 1000 ? 7 : permille * 8 / 1000;

	return utf8 ? blocks[level] : ascii[level];
}
