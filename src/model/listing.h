/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LISTING_H
#define PROCTOP_LISTING_H

#include "draw/theme.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What there is to say of something, as lines of a label and a value. Both are raw bytes, and may
 * be a stranger's; who shows them wraps and escapes them. All zero is an empty one.
 */
enum listing_kind {
	LISTING_ROW,	 /* the labels stand in a column */
	LISTING_HEADING, /* of what follows; it has no value */
	LISTING_INLINE,	 /* the value follows its label at once */
	LISTING_CELLS,	 /* of a table: the label is cells, each with a NUL behind it */
};

struct listing_line {
	enum listing_kind kind;
	enum theme_role role; /* of the value */
	bool is_secret;	      /* the value is shown when somebody asks for it */
	size_t label_at, label_size, at, size;
};

struct listing {
	struct listing_line *lines;
	size_t count, capacity;
	char *bytes;
	size_t size, bytes_capacity;
	bool has_failed; /* there was no memory for all of it */
};

void listing_clear(struct listing *listing);

void listing_heading(struct listing *listing, const char *text);
/* A line with nothing in it yet, and what is appended to the last one. */
void listing_begin(struct listing *listing, enum listing_kind kind, const char *label,
		   size_t label_size);
void listing_row(struct listing *listing, const char *label);
/* A row of a table with nothing in it yet; its next cell, before any value. */
void listing_cells(struct listing *listing);
void listing_put_cell(struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void listing_put(struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void listing_put_bytes(struct listing *listing, const char *bytes, size_t size);
/* "12,000" */
void listing_put_count(struct listing *listing, uint64_t count);
/* NUL-separated arguments, separated by spaces. */
void listing_put_arguments(struct listing *listing, const char *argv, size_t size);
/* Of the last line. */
void listing_set_role(struct listing *listing, enum theme_role role);
void listing_set_secret(struct listing *listing);

/* All lines of another one behind its own. */
void listing_append(struct listing *listing, const struct listing *more);

const char *listing_label(const struct listing *listing, const struct listing_line *line);
const char *listing_value(const struct listing *listing, const struct listing_line *line);

#endif
