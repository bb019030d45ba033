/* SPDX-License-Identifier: MIT */
/* What is left of a text, and what to take from its beginning. What does not fit takes nothing. */
#ifndef PTREE_SPAN_H
#define PTREE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *at, *end;
};

static inline struct span span_of(const char *bytes, size_t size)
{
	return (struct span){ .at = bytes, .end = bytes + size };
}

static inline size_t span_size(const struct span *span)
{
	return (size_t)(span->end - span->at);
}

bool span_is(const struct span *span, const char *text);
bool span_starts_with(const struct span *span, const char *text);
bool span_ends_with(const struct span *span, const char *text);

/* Exactly that. */
bool span_take(struct span *left, const char *text);
/* Digits: decimal, or hexadecimal without a prefix. */
bool span_take_number(struct span *left, uint64_t *value);
bool span_take_hex(struct span *left, uint64_t *value);
/* The same, with a sign or without one. */
bool span_take_integer(struct span *left, int64_t *value);
/* Spaces and tabs, if there are any. */
void span_skip_blanks(struct span *left);
/* Up to the next blank, which stays. Empty at the end. */
struct span span_take_word(struct span *left);
/* Up to that byte, which is taken, too; false: there is none. */
bool span_take_until(struct span *left, char byte, struct span *part);
/* A line without its newline; false: there is none any more. */
bool span_take_line(struct span *left, struct span *line);

/* What follows the key in the first line that begins with it. */
bool span_find_line(struct span text, const char *key, struct span *rest);

/* As much as there is room for, and a NUL. */
void span_copy(const struct span *span, char *out, size_t room);

#endif
