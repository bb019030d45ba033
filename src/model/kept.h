/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEPT_H
#define PROCTOP_KEPT_H

#include <stdbool.h>
#include <stddef.h>

/* What somebody keeps by name, and uses as "@NAME": filters, or sets of columns. */
struct kept_text {
	char *name, *text;
	unsigned line; /* of the file it is from; 0: of none */
};

struct kept {
	struct kept_text *items;
	size_t count, capacity;
};

void kept_clear(struct kept *names);

/* How many bytes of a text are a name: letters, digits, "_" and "-". */
size_t kept_name_size(const char *text);

/* A new one, or another text for one that is there. 0 or -ENOMEM. */
int kept_set(struct kept *names, const char *name, const char *text, unsigned line);
void kept_remove(struct kept *names, size_t index);
/* names may be NULL. NULL: there is none. */
const char *kept_find(const struct kept *names, const char *name, size_t size);

#endif
