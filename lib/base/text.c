/* SPDX-License-Identifier: MIT */
/* Text that is built in memory; see text.h. */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_append(struct text *text, const char *bytes, size_t size)
{
	if (!text->has_failed && text->capacity - text->size <= size) {
		size_t capacity = 2 * (text->capacity + size) + 64;
		char *bigger = realloc(text->bytes, capacity);

		text->has_failed = !bigger;
		if (bigger) {
			text->bytes = bigger;
			text->capacity = capacity;
		}
	}
	if (text->has_failed || !text->bytes)
		return;
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

void text_string(struct text *text, const char *string)
{
	text_append(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
	char buf[201];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	text_string(text, buf);
}

int text_finish(struct text *text, char **out)
{
	if (!text->has_failed && !text->bytes)
		text_append(text, "", 0);
	if (text->has_failed) {
		free(text->bytes);
		return -ENOMEM;
	}
	*out = text->bytes;
	return 0;
}
