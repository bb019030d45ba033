/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TEXT_H
#define PROCTOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * utf8: the locale's character set is UTF-8. Without it all beyond ASCII is escaped. Everywhere
 * below, the input may be any bytes.
 */

#define TEXT_PIECE_SIZE 24

bool text_is_utf8(void);

/* The next thing to draw: bytes that are safe for a terminal, and the cells they take. */
struct text_piece {
	char bytes[TEXT_PIECE_SIZE];
	unsigned char size;
	unsigned char width; /* 1 or 2; of an escape its size */
	bool is_escape;	     /* ASCII that stands for something that must not be sent */
};

/* Takes a piece from *at. False at the end. */
bool text_next(const char **at, const char *end, bool utf8, struct text_piece *piece);

/* Writes safe text, NUL-terminated, like snprintf(): the size it has. No piece is cut in two. */
size_t text_safe(char *out, size_t size, const char *bytes, size_t count, bool utf8);

unsigned text_width(const char *bytes, size_t count, bool utf8);

/*
 * What is looked for, prepared once for any number of hays. Smart case: caseless unless it has an
 * upper case letter. A NUL in the hay, which separates arguments, matches a space.
 */
struct text_needle {
	const char *string; /* borrowed */
	size_t size;
	char *folded; /* without case, where more than ASCII asks for it; else NULL */
	size_t folded_size;
	bool is_caseless;
};

/* Without memory it knows the case of ASCII only. */
void text_needle_init(struct text_needle *needle, const char *string);
void text_needle_clear(struct text_needle *needle);
bool text_has(const char *hay, size_t hay_size, const struct text_needle *needle);

/* For one look. */
bool text_contains(const char *hay, size_t hay_size, const char *needle);

/* A cell of a graph that is filled from below to that part of 1000. */
const char *text_block(unsigned permille, bool utf8);

/* NUL-separated arguments as one line, separated by spaces; NUL-terminated, cut if it must be.
   Returns its size. The bytes are as hostile as before. */
size_t text_join_argv(char *out, size_t size, const char *argv, size_t argv_size);

/* How many bytes of a text of our own, which is ASCII, one line takes: whole words, unless one is
   longer than that; the blank behind it belongs to no line. And how many lines all of it takes. */
size_t text_line_size(const char *text, size_t cols);
int text_line_count(const char *text, int cols);

#endif
