/* SPDX-License-Identifier: MIT */
/* Lines of a label and a value; see listing.h. */
#include "model/listing.h"
#include "model/array.h"
#include "model/column.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void listing_clear(struct listing *listing)
{
	free(listing->lines);
	free(listing->bytes);
	*listing = (struct listing){ 0 };
}

/* Room for that many bytes at the end; NULL: there is no memory. */
static char *reserve(struct listing *listing, size_t size)
{
	if (array_reserve(&listing->bytes, &listing->bytes_capacity, listing->size + size + 1, 1))
		listing->has_failed = true;
	return listing->has_failed ? NULL : listing->bytes + listing->size;
}

static size_t append(struct listing *listing, const char *bytes, size_t size)
{
	char *room = reserve(listing, size);
	size_t at = listing->size;

	if (!room)
		return at;
	memcpy(room, bytes, size);
	listing->size += size;
	return at;
}

void listing_begin(struct listing *listing, enum listing_kind kind, const char *label,
		   size_t label_size)
{
	struct listing_line *line;

	if (array_reserve(&listing->lines, &listing->capacity, listing->count + 1,
			  sizeof(*listing->lines)))
		listing->has_failed = true;
	if (listing->has_failed)
		return;
	line = &listing->lines[listing->count++];
	*line = (struct listing_line){ .kind = kind, .role = THEME_NORMAL };
	line->label_at = append(listing, label, label_size);
	line->label_size = listing->has_failed ? 0 : label_size;
	line->at = listing->size;
}

void listing_heading(struct listing *listing, const char *text)
{
	listing_begin(listing, LISTING_HEADING, text, strlen(text));
}

void listing_row(struct listing *listing, const char *label)
{
	listing_begin(listing, LISTING_ROW, label, strlen(label));
}

void listing_cells(struct listing *listing)
{
	listing_begin(listing, LISTING_CELLS, "", 0);
}

void listing_put_cell(struct listing *listing, const char *format, ...)
{
	struct listing_line *line = listing->count ? &listing->lines[listing->count - 1] : NULL;
	char text[128];
	size_t size;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size = strlen(text) + 1;
	if (!line || listing->has_failed)
		return;
	append(listing, text, size);
	if (listing->has_failed)
		return;
	line->label_size += size;
	line->at = listing->size;
}

void listing_put_bytes(struct listing *listing, const char *bytes, size_t size)
{
	if (!listing->count || listing->has_failed)
		return;
	append(listing, bytes, size);
	if (!listing->has_failed)
		listing->lines[listing->count - 1].size += size;
}

void listing_put(struct listing *listing, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	listing_put_bytes(listing, text, strlen(text));
}

void listing_put_count(struct listing *listing, uint64_t count)
{
	char text[32];

	column_format_count(text, sizeof(text), count);
	listing_put(listing, "%s", text);
}

void listing_put_arguments(struct listing *listing, const char *argv, size_t size)
{
	while (size && !argv[size - 1])
		size--;
	for (size_t at = 0; at < size;) {
		size_t length = strnlen(argv + at, size - at);

		listing_put_bytes(listing, argv + at, length);
		at += length + 1;
		if (at < size)
			listing_put_bytes(listing, " ", 1);
	}
}

void listing_set_role(struct listing *listing, enum theme_role role)
{
	if (listing->count)
		listing->lines[listing->count - 1].role = role;
}

void listing_set_secret(struct listing *listing)
{
	if (listing->count)
		listing->lines[listing->count - 1].is_secret = true;
}

void listing_append(struct listing *listing, const struct listing *more)
{
	size_t from = listing->size;

	listing->has_failed |= more->has_failed;
	if (array_reserve(&listing->lines, &listing->capacity, listing->count + more->count,
			  sizeof(*listing->lines)) ||
	    !reserve(listing, more->size)) {
		listing->has_failed = true;
		return;
	}
	if (more->size)
		append(listing, more->bytes, more->size);
	for (size_t i = 0; i < more->count; i++) {
		struct listing_line line = more->lines[i];

		line.label_at += from;
		line.at += from;
		listing->lines[listing->count++] = line;
	}
}

const char *listing_label(const struct listing *listing, const struct listing_line *line)
{
	return listing->bytes + line->label_at;
}

const char *listing_value(const struct listing *listing, const struct listing_line *line)
{
	return listing->bytes + line->at;
}
