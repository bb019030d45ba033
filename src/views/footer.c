/* SPDX-License-Identifier: MIT */
/*
 * The keys that people want most, in the last line: as many as the width takes, of what is open.
 * Which these are stands here; keys and words are those of the tables.
 */
#include "ui/keymap.h"
#include "views/view.h"

#include <string.h>

/* Two commands may share a word, as h and l do; a word of its own goes before the table's. */
struct footer_item {
	const char *command, *second;
	const char *label;
};

struct footer {
	enum keymap_context context;
	struct footer_item items[24]; /* the first ones matter most */
	const char *last;	      /* always there, at the end */
};

static const struct footer tree_footer = {
	.context = KEYMAP_TREE,
	.items = { { .command = "help" },
		   { .command = "search" },
		   { .command = "filter" },
		   { .command = "watch" },
		   { .command = "fold-or-parent", .second = "unfold-or-child" },
		   { .command = "sort-cpu" },
		   { .command = "exited" },
		   { .command = "churn" },
		   { .command = "failures" },
		   { .command = "pause" },
		   { .command = "user" },
		   { .command = "list" },
		   { .command = "lineage" },
		   { .command = "follow" },
		   { .command = "record" },
		   { .command = "threads" },
		   { .command = "kernel-threads" } },
	.last = "quit",
};

static const struct footer page_footer = {
	.context = KEYMAP_PAGE,
	.items = { { .command = "help" },
		   { .command = "open" },
		   { .command = "down", .second = "up" },
		   { .command = "churn" },
		   { .command = "failures" },
		   { .command = "record" } },
	.last = "back",
};

static const struct footer help_footer = {
	.context = KEYMAP_HELP,
	.items = { { .command = "down", .second = "up", .label = "Scroll" },
		   { .command = "page-down", .label = "Page" } },
	.last = "back",
};

static const struct footer picker_footer = {
	.context = KEYMAP_PICKER,
	.items = { { .command = "open", .label = "Choose" },
		   { .command = "down", .second = "up" },
		   { .command = "help" } },
	.last = "back",
};

static const struct footer *footer_of(const struct session *session)
{
	switch (keymap_context_of(session)) {
	case KEYMAP_TREE:
		break;
	case KEYMAP_PAGE:
		return &page_footer;
	case KEYMAP_HELP:
		return &help_footer;
	case KEYMAP_PICKER:
		return &picker_footer;
	}
	return &tree_footer;
}

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static const char *key_of(const char *command, enum keymap_context context)
{
	const char *label = command ? keymap_label(command, context) : NULL;

	return label ? label : "";
}

static const char *word_of(const struct footer_item *item)
{
	const char *label = item->label ? item->label : command_find(item->command)->label;

	return label ? label : "";
}

static int width_of(const struct footer_item *item, enum keymap_context context)
{
	return (int)(strlen(key_of(item->command, context)) +
		     strlen(key_of(item->second, context)) + strlen(word_of(item)));
}

static int draw_item(const struct session *session, struct canvas *canvas, int y, int x,
		     const struct footer_item *item, enum keymap_context context)
{
	x += canvas_puts(canvas, y, x, -1, key_of(item->command, context),
			 role(session, THEME_FOOTER_KEY));
	x += canvas_puts(canvas, y, x, -1, key_of(item->second, context),
			 role(session, THEME_FOOTER_KEY));
	x += canvas_puts(canvas, y, x, -1, word_of(item), role(session, THEME_FOOTER_LABEL));
	return x + 1;
}

void view_footer_draw(const struct session *session, struct canvas *canvas, int y)
{
	const struct footer *footer = footer_of(session);
	const struct footer_item last = { .command = footer->last };
	int room = canvas->cols - width_of(&last, footer->context) - 1;
	int x = 0;

	for (const struct footer_item *item = footer->items; item->command; item++) {
		if (x + width_of(item, footer->context) > room)
			break;
		x = draw_item(session, canvas, y, x, item, footer->context);
	}
	draw_item(session, canvas, y, x, &last, footer->context);
}
