/* SPDX-License-Identifier: MIT */
/* The help screen, made from the tables of commands and keys, so that it cannot be wrong. */
#include "keymap.h"
#include "view.h"

#include <string.h>

#define KEYS_WIDTH 14

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

struct page {
	struct session *session;
	struct canvas *canvas;
	int line; /* of the whole text; what lies above help_top is not seen */
};

static int next_y(struct page *page)
{
	return 1 + page->line++ - page->session->help_top;
}

static bool is_seen(const struct page *page, int y)
{
	return y >= 1 && y < page->canvas->rows - 1;
}

static void draw_heading(struct page *page, const char *text)
{
	int y = next_y(page);

	if (is_seen(page, y))
		canvas_puts(page->canvas, y, 1, -1, text, role(page->session, THEME_TITLE));
}

static void draw_line(struct page *page, const char *left, const char *right)
{
	int y = next_y(page);

	if (!is_seen(page, y))
		return;
	canvas_puts(page->canvas, y, 2, KEYS_WIDTH, left, role(page->session, THEME_PROGRAM));
	canvas_puts(page->canvas, y, 3 + KEYS_WIDTH, -1, right, role(page->session, THEME_NORMAL));
}

/* Digits are arguments, so that the table of commands does not have them. */
static void draw_digits(struct page *page, const char *group)
{
	if (!strcmp(group, "Fold"))
		draw_line(page, "z1 .. z9", "fold all at that depth");
	else if (!strcmp(group, "Find"))
		draw_line(page, "0 .. 9", "jump to a pid");
}

static void draw_commands(struct page *page)
{
	const char *group = "";

	for (const struct command_entry *entry = commands; entry->name; entry++) {
		char keys[64];

		if (strcmp(group, entry->group)) {
			draw_digits(page, group);
			group = entry->group;
			draw_heading(page, group);
		}
		keymap_describe(entry->name, keys, sizeof(keys));
		draw_line(page, keys, entry->help);
	}
	draw_heading(page, "Mouse");
	draw_line(page, "click", "select; on a fold mark, fold or unfold");
	draw_line(page, "wheel", "scroll");
}

static void draw_legend(struct page *page)
{
	draw_heading(page, "Letters at the left");
	draw_line(page, "F X", "forked; executed a program");
	draw_line(page, page->session->utf8 ? "†" : "E", "exited, with how it ended");
	draw_line(page, "U C", "changed its user or group; was renamed");
	draw_line(page, "S T D", "began a session; is traced; dumped core");
	draw_heading(page, "Title");
	draw_line(page, "LIVE", "every process is seen by the kernel's events");
	draw_line(page, "STALE", "events were lost; /proc is being compared");
	draw_line(page, "DEAF", "the kernel fell silent; a new connection is tried");
	draw_line(page, "POLLING", "no events here: short-lived processes go unseen");
	draw_line(page, "lost N", "events that were missed, exactly");
}

static void draw_page(struct page *page)
{
	page->line = 0;
	canvas_clear(page->canvas);
	canvas_puts(page->canvas, 0, 1, -1, "proctop: help", role(page->session, THEME_TITLE));
	draw_commands(page);
	draw_legend(page);
}

void view_help_draw(struct session *session, struct canvas *canvas)
{
	struct page page = { .session = session, .canvas = canvas };
	int last;

	draw_page(&page);
	last = page.line - (canvas->rows - 2);
	if (session->help_top > 0 && session->help_top > last) {
		session->help_top = last > 0 ? last : 0;
		draw_page(&page);
	}
	if (canvas->rows > 1)
		view_last_line_draw(session, canvas, canvas->rows - 1);
}
