/* SPDX-License-Identifier: MIT */
#ifndef PTREE_TEXT_H
#define PTREE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Text that grows. After a failed allocation it swallows what follows and says so at the end. */
struct text {
	char *bytes;
	size_t size, capacity;
	bool has_failed;
};

void text_append(struct text *text, const char *bytes, size_t size);
void text_string(struct text *text, const char *string);
/* No more than 200 bytes of it. */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* *out becomes the caller's, to be freed. -ENOMEM. */
int text_finish(struct text *text, char **out);

#endif
