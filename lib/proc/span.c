/* SPDX-License-Identifier: MIT */
/* Taking a text of /proc apart; see span.h. It knows no file. */
#include "span.h"

#include <string.h>

bool span_starts_with(const struct span *span, const char *text)
{
	size_t size = strlen(text);

	return span_size(span) >= size && !memcmp(span->at, text, size);
}

bool span_ends_with(const struct span *span, const char *text)
{
	size_t size = strlen(text);

	return span_size(span) >= size && !memcmp(span->end - size, text, size);
}

bool span_is(const struct span *span, const char *text)
{
	return span_size(span) == strlen(text) && span_starts_with(span, text);
}

bool span_take(struct span *left, const char *text)
{
	if (!span_starts_with(left, text))
		return false;
	left->at += strlen(text);
	return true;
}

/* -1: it is no digit. */
static int digit_of(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static bool take_digits(struct span *left, int base, uint64_t *value)
{
	const char *at = left->at;
	uint64_t sum = 0;

	for (; at < left->end; at++) {
		int digit = digit_of(*at);

		if (digit < 0 || digit >= base)
			break;
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)digit, &sum))
			return false;
	}
	if (at == left->at)
		return false;
	left->at = at;
	*value = sum;
	return true;
}

bool span_take_number(struct span *left, uint64_t *value)
{
	return take_digits(left, 10, value);
}

bool span_take_hex(struct span *left, uint64_t *value)
{
	return take_digits(left, 16, value);
}

bool span_take_integer(struct span *left, int64_t *value)
{
	struct span rest = *left;
	bool is_negative = span_take(&rest, "-");
	uint64_t number;

	if (!span_take_number(&rest, &number) || number > INT64_MAX)
		return false;
	*value = is_negative ? -(int64_t)number : (int64_t)number;
	*left = rest;
	return true;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

void span_skip_blanks(struct span *left)
{
	while (left->at < left->end && is_blank(*left->at))
		left->at++;
}

struct span span_take_word(struct span *left)
{
	struct span word = { .at = left->at, .end = left->at };

	while (word.end < left->end && !is_blank(*word.end))
		word.end++;
	left->at = word.end;
	return word;
}

bool span_take_until(struct span *left, char byte, struct span *part)
{
	const char *found = NULL;

	if (left->at < left->end)
		found = memchr(left->at, byte, span_size(left));
	if (!found)
		return false;
	*part = (struct span){ .at = left->at, .end = found };
	left->at = found + 1;
	return true;
}

bool span_take_line(struct span *left, struct span *line)
{
	return span_take_until(left, '\n', line);
}

bool span_find_line(struct span text, const char *key, struct span *rest)
{
	struct span line;

	while (span_take_line(&text, &line)) {
		if (span_take(&line, key)) {
			*rest = line;
			return true;
		}
	}
	return false;
}

void span_copy(const struct span *span, char *out, size_t room)
{
	size_t size = span_size(span) < room ? span_size(span) : room - 1;

	memcpy(out, span->at, size);
	out[size] = '\0';
}
