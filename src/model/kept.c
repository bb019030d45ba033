/* SPDX-License-Identifier: MIT */
/* Texts by name; see kept.h. */
#include "model/kept.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void kept_clear(struct kept *names)
{
	while (names->count)
		kept_remove(names, names->count - 1);
	free(names->items);
	*names = (struct kept){ 0 };
}

size_t kept_name_size(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

static struct kept_text *find(const struct kept *names, const char *name, size_t size)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strlen(names->items[i].name) == size &&
		    !memcmp(names->items[i].name, name, size))
			return &names->items[i];
	}
	return NULL;
}

int kept_set(struct kept *names, const char *name, const char *text, unsigned line)
{
	struct kept_text *there = find(names, name, strlen(name));
	struct kept_text fresh = { .name = there ? NULL : strdup(name),
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

void kept_remove(struct kept *names, size_t index)
{
	free(names->items[index].name);
	free(names->items[index].text);
	names->count--;
	memmove(&names->items[index], &names->items[index + 1],
		(names->count - index) * sizeof(names->items[0]));
}

const char *kept_find(const struct kept *names, const char *name, size_t size)
{
	const struct kept_text *there = names ? find(names, name, size) : NULL;

	return there ? there->text : NULL;
}
