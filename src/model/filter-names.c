/* SPDX-License-Identifier: MIT */
/* Filters by name; see filter-names.h. */
#include "model/filter-names.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void filter_names_clear(struct filter_names *names)
{
	while (names->count)
		filter_names_remove(names, names->count - 1);
	free(names->items);
	*names = (struct filter_names){ 0 };
}

size_t filter_name_size(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

static struct filter_name *find(const struct filter_names *names, const char *name, size_t size)
{
	for (size_t i = 0; names && i < names->count; i++) {
		if (strlen(names->items[i].name) == size &&
		    !memcmp(names->items[i].name, name, size))
			return &names->items[i];
	}
	return NULL;
}

int filter_names_set(struct filter_names *names, const char *name, const char *text, unsigned line)
{
	struct filter_name *there = find(names, name, strlen(name));
	struct filter_name fresh = { .name = there ? NULL : strdup(name),
				     .text = strdup(text),
				     .line = line };

	if (there && fresh.text) {
		free(there->text);
		there->text = fresh.text;
		there->line = line;
		return 0;
	}
	if (!fresh.name || !fresh.text ||
	    array_reserve(&names->items, &names->capacity, names->count + 1,
			  sizeof(*names->items))) {
		free(fresh.name);
		free(fresh.text);
		return -ENOMEM;
	}
	names->items[names->count++] = fresh;
	return 0;
}

void filter_names_remove(struct filter_names *names, size_t index)
{
	free(names->items[index].name);
	free(names->items[index].text);
	names->count--;
	memmove(&names->items[index], &names->items[index + 1],
		(names->count - index) * sizeof(names->items[0]));
}

const char *filter_names_find(const struct filter_names *names, const char *name, size_t size)
{
	const struct filter_name *there = find(names, name, size);

	return there ? there->text : NULL;
}
