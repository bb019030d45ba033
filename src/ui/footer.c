/* SPDX-License-Identifier: MIT */
/*
 * The keys that people want most, in the last line: as many as the width takes, of what is open.
 * Which these are stands here; keys and words are those of the tables. A click on one does it.
 */
#include "ui/command.h"
#include "ui/keymap.h"
#include "views/sheet.h"
#include "ui/last-line.h"

#include <string.h>

/* Two commands may share a word, as h and l do; a word of its own goes before the table's. */
struct footer_item {
	const char *command, *second;
	const char *label;
};

struct footer {
	enum view_context context;
	struct footer_item items[24]; /* the first ones matter most */
	const char *last;	      /* always there, at the end */
};

static const struct footer tree_footer = {
	.context = VIEW_TREE,
	.items = { { .command = "help" },
		   { .command = "search" },
		   { .command = "filter" },
		   { .command = "watch" },
		   { .command = "details" },
		   { .command = "fold-or-parent", .second = "unfold-or-child" },
		   { .command = "sort-cpu" },
		   { .command = "signal" },
		   { .command = "exited" },
		   { .command = "pause" },
		   { .command = "events" },
		   { .command = "churn" },
		   { .command = "failures" },
		   { .command = "user" },
		   { .command = "list" },
		   { .command = "group" },
		   { .command = "lineage" },
		   { .command = "follow" },
		   { .command = "record" },
		   { .command = "threads" },
		   { .command = "kernel-threads" },
		   { .command = "command" } },
	.last = "quit",
};

static const struct footer page_footer = {
	.context = VIEW_PAGE,
	.items = { { .command = "help" },
		   { .command = "open" },
		   { .command = "down", .second = "up" },
		   { .command = "churn" },
		   { .command = "failures" },
		   { .command = "record" } },
	.last = "back",
};

static const struct footer details_footer = {
	.context = VIEW_DETAILS,
	.items = { { .command = "help" },
		   { .command = "tab-left", .second = "tab-right" },
		   { .command = "down", .second = "up", .label = "Scroll" },
		   { .command = "environment" },
		   { .command = "files" },
		   { .command = "secrets" },
		   { .command = "page-down", .label = "Page" },
		   { .command = "signal" } },
	.last = "back",
};

static const struct footer events_footer = {
	.context = VIEW_EVENTS,
	.items = { { .command = "help" },
		   { .command = "open", .label = "Process" },
		   { .command = "down", .second = "up" },
		   { .command = "tail" },
		   { .command = "event-kind" },
		   { .command = "filter" },
		   { .command = "watch" },
		   { .command = "next-pane" },
		   { .command = "pause" },
		   { .command = "events", .label = "Hide" } },
	.last = "back",
};

static const struct footer help_footer = {
	.context = VIEW_HELP,
	.items = { { .command = "down", .second = "up", .label = "Scroll" },
		   { .command = "page-down", .label = "Page" } },
	.last = "back",
};

static const struct footer dialog_footer = {
	.context = VIEW_DIALOG,
	.items = { { .command = "open", .label = "Choose" },
		   { .command = "down", .second = "up" },
		   { .command = "help" } },
	.last = "back",
};

static const struct footer setup_footer = {
	.context = VIEW_SETUP,
	.items = { { .command = "open", .label = "Choose" },
		   { .command = "down", .second = "up", .label = "Move" },
		   { .command = "column-left", .second = "column-right", .label = "Order" },
		   { .command = "setup-turn" },
		   { .command = "columns-reset" },
		   { .command = "save" } },
	.last = "back",
};

/* By what is asked; which key freezes stands in the dialog, where it does. */
static const struct footer act_footers[] = {
	[SHEET_CHOOSE] = { .context = VIEW_ACT,
			   .items = { { .command = "send", .label = "Do it" },
				      { .command = "down", .second = "up", .label = "Choose" },
				      { .command = "help" } },
			   .last = "back" },
	[SHEET_TYPE] = { .context = VIEW_ACT,
			 .items = { { .command = "send", .label = "Do it" },
				    { .command = "help" } },
			 .last = "back" },
	[SHEET_CONFIRM] = { .context = VIEW_ACT,
			    .items = { { .command = "help" } },
			    .last = "back" },
	[SHEET_RESULTS] = { .context = VIEW_ACT,
			    .items = { { .command = "down", .second = "up", .label = "Scroll" },
				       { .command = "help" } },
			    .last = "back" },
};

static const struct footer *act_footer_of(const struct session *session)
{
	const struct view *top = panes_top(&session->panes);

	return top->kind == &sheet_view_kind
		   ? &act_footers[((const struct sheet_view *)top)->sheet.stage]
		   : &act_footers[SHEET_TYPE];
}

static const struct footer *footer_of(const struct session *session)
{
	enum view_context context = session_context(session);
	static const struct footer *const footers[] = { &tree_footer,	 &page_footer,
							&details_footer, &events_footer,
							&help_footer,	 &dialog_footer,
							&setup_footer };

	if (context == VIEW_ACT)
		return act_footer_of(session);
	for (size_t i = 0; i < sizeof(footers) / sizeof(*footers); i++) {
		if (footers[i]->context == context)
			return footers[i];
	}
	return &tree_footer;
}

static const char *key_of(const struct keymap *keymap, const char *command,
			  enum view_context context)
{
	const char *label = command ? keymap_label(keymap, command, context) : NULL;

	return label ? label : "";
}

static const char *word_of(const struct footer_item *item)
{
	const char *label = item->label ? item->label : command_find(item->command)->label;

	return label ? label : "";
}

static int width_of(const struct keymap *keymap, const struct footer_item *item,
		    enum view_context context)
{
	return (int)(strlen(key_of(keymap, item->command, context)) +
		     strlen(key_of(keymap, item->second, context)) + strlen(word_of(item)));
}

/* So many of the items fit beside the last one. */
static int count_fitting(const struct keymap *keymap, const struct footer *footer, int cols)
{
	const struct footer_item last = { .command = footer->last };
	int room = cols - width_of(keymap, &last, footer->context) - 1;
	int x = 0, count = 0;

	for (const struct footer_item *item = footer->items; item->command; item++) {
		if (x + width_of(keymap, item, footer->context) > room)
			break;
		x += width_of(keymap, item, footer->context) + 1;
		count++;
	}
	return count;
}

/* The item of that number among those that fit, or the last one behind them. */
static struct footer_item item_at(const struct footer *footer, int count, int number)
{
	return number < count ? footer->items[number]
			      : (struct footer_item){ .command = footer->last };
}

static void draw_item(const struct keymap *keymap, const struct area *area, int x,
		      const struct footer_item *item, enum view_context context)
{
	struct style key = area_style(area, THEME_FOOTER_KEY);

	x += area_puts(area, 0, x, -1, key_of(keymap, item->command, context), key);
	x += area_puts(area, 0, x, -1, key_of(keymap, item->second, context), key);
	area_puts(area, 0, x, -1, word_of(item), area_style(area, THEME_FOOTER_LABEL));
}

void footer_draw(const struct session *session, const struct area *area)
{
	const struct footer *footer = footer_of(session);
	int count = count_fitting(&session->keymap, footer, area->cols);
	int x = 0;

	for (int i = 0; i <= count; i++) {
		struct footer_item item = item_at(footer, count, i);

		draw_item(&session->keymap, area, x, &item, footer->context);
		x += width_of(&session->keymap, &item, footer->context) + 1;
	}
}

const char *footer_command_at(const struct session *session, const struct area *area, int x)
{
	const struct footer *footer = footer_of(session);
	int count = count_fitting(&session->keymap, footer, area->cols);

	for (int i = 0; i <= count && x >= 0; i++) {
		struct footer_item item = item_at(footer, count, i);
		int width = width_of(&session->keymap, &item, footer->context);

		if (x < width)
			return item.command;
		x -= width + 1;
	}
	return NULL;
}
