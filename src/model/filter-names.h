/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_FILTER_NAMES_H
#define PROCTOP_FILTER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Filters that somebody keeps by name, and uses as "@NAME". */
struct filter_name {
	char *name, *text;
	unsigned line; /* of the file it is from; 0: of none */
};

struct filter_names {
	struct filter_name *items;
	size_t count, capacity;
};

void filter_names_clear(struct filter_names *names);

/* How many bytes of a text are a name: letters, digits, "_" and "-". */
size_t filter_name_size(const char *text);

/* A new one, or another text for one that is there. 0 or -ENOMEM. */
int filter_names_set(struct filter_names *names, const char *name, const char *text, unsigned line);
void filter_names_remove(struct filter_names *names, size_t index);
/* names may be NULL. NULL: there is none. */
const char *filter_names_find(const struct filter_names *names, const char *name, size_t size);

#endif
