/* SPDX-License-Identifier: MIT */
/* Candidates for the word that is typed; see completions.h. */
#include "ui/completions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GAP 2

void completions_begin(struct completions *completions, const char *line, size_t from, size_t to)
{
	completions->count = completions->at = 0;
	completions->is_chosen = false;
	completions->from = from;
	completions->typed = to - from;
	snprintf(completions->word, sizeof(completions->word), "%.*s", (int)(to - from),
		 line + from);
}

/* Without control characters; it is in the line as it stands. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

void completions_offer(struct completions *completions, const char *candidate)
{
	size_t size = strlen(candidate);

	if (completions->count == COMPLETIONS_MAX || size >= COMPLETION_SIZE || !size ||
	    completions->typed >= COMPLETION_SIZE ||
	    strncasecmp(candidate, completions->word, completions->typed) != 0 ||
	    !is_plain(candidate))
		return;
	for (size_t i = 0; i < completions->count; i++) {
		if (!strcmp(completions->items[i], candidate))
			return;
	}
	memcpy(completions->items[completions->count++], candidate, size + 1);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void completions_sort(struct completions *completions)
{
	qsort(completions->items, completions->count, sizeof(completions->items[0]), compare);
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

void completions_common(const struct completions *completions, char out[COMPLETION_SIZE])
{
	size_t size;

	memcpy(out, completions->count ? completions->items[0] : completions->word,
	       COMPLETION_SIZE);
	for (size_t i = 1; i < completions->count; i++) {
		size = 0;
		while (out[size] && !strncasecmp(out, completions->items[i], size + 1))
			size++;
		while (size && is_continuation(out[size]))
			size--;
		out[size] = '\0';
	}
}

const char *completions_next(struct completions *completions)
{
	if (!completions->count)
		return NULL;
	if (completions->is_chosen)
		completions->at = (completions->at + 1) % completions->count;
	completions->is_chosen = true;
	return completions->items[completions->at];
}

/* ---- drawing ---- */

static int width_of(const struct completions *completions, const struct area *area, size_t index)
{
	return area_width(area, completions->items[index]) + GAP;
}

/* The first that is seen: so that the chosen one is. */
static size_t first_of(const struct completions *completions, const struct area *area)
{
	size_t first = completions->at;
	int room = area->cols - 1 - width_of(completions, area, first);

	while (first && room >= width_of(completions, area, first - 1))
		room -= width_of(completions, area, --first);
	return first;
}

void completions_draw(const struct completions *completions, const struct area *area, int y)
{
	struct style style = area_style(area, THEME_PROMPT);
	size_t index = completions->count ? first_of(completions, area) : 0;
	int x = index ? 0 : 1;

	area_fill(area, y, 0, 1, area->cols, style);
	if (index)
		x = area_puts(area, y, 0, 1, area_cut_mark(area), style);
	for (; index < completions->count; index++) {
		bool is_chosen = completions->is_chosen && index == completions->at;
		int room = area->cols - x;

		if (area_width(area, completions->items[index]) >= room) {
			area_puts(area, y, area->cols - 1, 1, area_cut_mark(area), style);
			return;
		}
		area_puts(area, y, x, room, completions->items[index],
			  is_chosen ? area_style(area, THEME_SELECTED) : style);
		x += width_of(completions, area, index);
	}
}
