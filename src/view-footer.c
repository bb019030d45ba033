/* SPDX-License-Identifier: MIT */
/* The keys that people want most, in the last line. */
#include "view.h"

#include <string.h>

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

struct footer_key {
	const char *key, *label;
};

static const struct footer_key footer_keys[] = {
	{ "F1", "Help" },  { "q", "Quit" },   { "/", "Find" },	 { "\\", "Filter" },
	{ "s", "Sort" },   { "C", "Churn" },  { "E", "Errors" }, { "i", "Missed" },
	{ "u", "User" },   { "w", "Watch" },  { "t", "List" },	 { "L", "Lineage" },
	{ "x", "Gone" },   { "F", "Follow" }, { "Z", "Pause" },	 { "H", "Threads" },
	{ "K", "Kernel" },
};

void view_footer_draw(const struct session *session, struct canvas *canvas, int y)
{
	int x = 0;

	for (size_t i = 0; i < sizeof(footer_keys) / sizeof(*footer_keys); i++) {
		const struct footer_key *key = &footer_keys[i];

		if (x + (int)strlen(key->key) + (int)strlen(key->label) > canvas->cols)
			break;
		x += canvas_puts(canvas, y, x, -1, key->key, role(session, THEME_FOOTER_KEY));
		x += canvas_puts(canvas, y, x, -1, key->label, role(session, THEME_FOOTER_LABEL));
		x += 1;
	}
}
