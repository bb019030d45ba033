/* SPDX-License-Identifier: MIT */
/* What is searched for; see search.h. */
#include "model/search.h"
#include "model/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void search_clear(struct search *search)
{
	text_needle_clear(&search->needle);
	pattern_free(search->pattern);
	*search = (struct search){ .pattern = NULL };
}

void search_set(struct search *search, const char *text)
{
	size_t offset;
	int err;

	search_clear(search);
	snprintf(search->text, sizeof(search->text), "%s", text);
	text_needle_init(&search->needle, search->text);
	if (search->text[0] != '~' || !search->text[1])
		return;
	err = pattern_compile(&search->pattern, search->text + 1, &offset, search->error,
			      sizeof(search->error));
	if (err == -ENOMEM)
		snprintf(search->error, sizeof(search->error), "%s", strerror(ENOMEM));
}

bool search_is_set(const struct search *search)
{
	return search->text[0];
}

bool search_has(const struct search *search, const char *text, size_t size)
{
	if (search->error[0] || !search_is_set(search))
		return false;
	return search->pattern ? pattern_has(search->pattern, text, size)
			       : text_has(text, size, &search->needle);
}

bool search_find(const struct search *search, const char *text, size_t size, size_t from,
		 size_t *at, size_t *length)
{
	size_t wanted = search->needle.size;

	if (search->error[0] || !search_is_set(search))
		return false;
	if (search->pattern)
		return pattern_find(search->pattern, text, size, from, at, length);
	for (; from + wanted <= size; from++) {
		if (!text_has(text + from, wanted, &search->needle))
			continue;
		*at = from;
		*length = wanted;
		return true;
	}
	return false;
}
