/* SPDX-License-Identifier: MIT */
/*
 * The help screen: what people do every day, then all of it, made from the tables of commands and
 * keys, so that it cannot be wrong. In two columns where both have room for their longest line.
 */
#include "ui/keymap.h"
#include "views/view.h"

#include <stdio.h>
#include <string.h>

#define KEYS_WIDTH 11
#define INDENT 2
#define GAP 1
#define LINES_MAX 160
#define KEYS_SIZE 48

struct line {
	char keys[KEYS_SIZE]; /* "": the text is a heading, or there is nothing */
	const char *text;
};

struct help {
	struct line lines[LINES_MAX];
	int count;
};

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

/* ---- what is said ---- */

static void add(struct help *help, const char *keys, const char *text)
{
	struct line *line = &help->lines[help->count];

	if (help->count == LINES_MAX)
		return;
	snprintf(line->keys, sizeof(line->keys), "%s", keys);
	line->text = text;
	help->count++;
}

static void add_heading(struct help *help, const char *text)
{
	if (help->count)
		add(help, "", "");
	add(help, "", text);
}

#define TASK_COMMANDS 4

struct task {
	const char *commands[TASK_COMMANDS]; /* their first keys are named */
	const char *text;
};

static const struct task tasks[] = {
	{ { "filter" }, "only what matches, with its place" },
	{ { "watch", "watch-back" }, "only the selected subtree; back" },
	{ { "fold-or-parent", "unfold-or-child" }, "fold, unfold; z1: only the tops" },
	{ { "sort-cpu", "sort-memory", "sort-time", "invert" }, "who uses most; again: as before" },
	{ { "exited", "failures", "churn" }, "the gone; what failed; who spawns" },
};

static void add_tasks(struct help *help)
{
	add_heading(help, "Every day");
	for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
		char keys[KEYS_SIZE] = "";
		size_t used = 0;

		for (int j = 0; j < TASK_COMMANDS && tasks[i].commands[j] && used < sizeof(keys);
		     j++) {
			const char *label = keymap_label(tasks[i].commands[j], KEYMAP_TREE);

			used += (size_t)snprintf(keys + used, sizeof(keys) - used, "%s%s",
						 j ? " " : "", label ? label : "");
		}
		add(help, keys, tasks[i].text);
	}
}

/* Digits are arguments, so that the table of commands does not have them. */
static void add_digits(struct help *help, const char *group)
{
	if (!strcmp(group, "Fold"))
		add(help, "z1 .. z9", "fold all at that depth");
	else if (!strcmp(group, "Find"))
		add(help, "0 .. 9", "jump to a pid");
}

static void add_commands(struct help *help)
{
	const char *group = "";

	for (const struct command_entry *entry = commands; entry->name; entry++) {
		char keys[KEYS_SIZE];

		if (strcmp(group, entry->group)) {
			add_digits(help, group);
			group = entry->group;
			add_heading(help, group);
		}
		keymap_describe(entry->name, keys, sizeof(keys));
		add(help, keys, entry->help);
	}
}

static void add_legend(struct help *help, const struct session *session)
{
	add_heading(help, "What a filter may say");
	add(help, "word", "in the command line or the name");
	add(help, "user:alice", "also cmd: comm: pid:");
	add(help, "under:sshd", "below one of that name");
	add(help, "!word", "not; words are all to be true");
	add_heading(help, "Mouse");
	add(help, "click", "select; on a fold mark fold, unfold");
	add(help, "wheel", "scroll");
	add_heading(help, "Letters at the left");
	add(help, "F X", "forked; executed a program");
	add(help, session->utf8 ? "†" : "E", "exited, with how it ended");
	add(help, "U C", "changed its user; was renamed");
	add(help, "S T D", "began a session; traced; core dump");
	add_heading(help, "Title");
	add(help, "LIVE", "every process is seen by events");
	add(help, "STALE", "events were lost; being repaired");
	add(help, "DEAF", "no events come; a new try is made");
	add(help, "POLLING", "no events: the brief go unseen");
	add(help, "lost N", "events that were missed, exactly");
	add(help, "late N", "command lines read too late");
	add(help, "unacc N", "exits without the kernel's record");
}

/* ---- how it is laid out ---- */

static int width_of(const struct line *line, const struct session *session)
{
	int keys = (int)text_width(line->keys, strlen(line->keys), session->utf8);
	int text = (int)strlen(line->text);

	if (!keys)
		return text;
	return INDENT + (keys > KEYS_WIDTH ? keys : KEYS_WIDTH) + GAP + text;
}

static int widest(const struct help *help, const struct session *session)
{
	int width = 0;

	for (int i = 0; i < help->count; i++) {
		int own = width_of(&help->lines[i], session);

		width = own > width ? own : width;
	}
	return width;
}

static bool is_heading(const struct line *line)
{
	return !line->keys[0] && line->text[0];
}

/* Where the second column begins: at the first heading from the middle on. */
static int find_break(const struct help *help)
{
	int at = help->count / 2;

	while (at < help->count && !is_heading(&help->lines[at]))
		at++;
	return at;
}

static void draw_line(const struct session *session, struct canvas *canvas, int y, int x,
		      const struct line *line)
{
	if (!line->keys[0]) {
		canvas_puts(canvas, y, x, -1, line->text, role(session, THEME_TITLE));
		return;
	}
	canvas_puts(canvas, y, x + INDENT, -1, line->keys, role(session, THEME_PROGRAM));
	x += width_of(line, session) - (int)strlen(line->text);
	canvas_puts(canvas, y, x, -1, line->text, role(session, THEME_NORMAL));
}

/* So many of the lines, of which help_top are above what is seen. */
static void draw_column(const struct session *session, struct canvas *canvas, int x,
			const struct line *lines, int count)
{
	int room = canvas->rows - 2;

	for (int i = 0; i < room && session->help_top + i < count; i++)
		draw_line(session, canvas, 1 + i, x, &lines[session->help_top + i]);
}

static void settle(struct session *session, int lines, int room)
{
	int last = lines > room ? lines - room : 0;

	if (session->help_top > last)
		session->help_top = last;
}

void view_help_draw(struct session *session, struct canvas *canvas)
{
	struct help help = { .count = 0 };
	int width, split, longer;

	add_tasks(&help);
	add_commands(&help);
	add_legend(&help, session);
	width = widest(&help, session);
	split = canvas->cols >= 2 * width + 2 ? find_break(&help) : help.count;
	longer = split > help.count - split ? split : help.count - split;
	settle(session, longer, canvas->rows - 2);
	session->body_rows = canvas->rows > 2 ? canvas->rows - 2 : 1;
	canvas_clear(canvas);
	canvas_puts(canvas, 0, 1, -1, "proctop: help", role(session, THEME_TITLE));
	draw_column(session, canvas, 1, help.lines, split);
	draw_column(session, canvas, canvas->cols / 2 + 1, help.lines + split, help.count - split);
	if (canvas->rows > 1)
		view_last_line_draw(session, canvas, canvas->rows - 1);
}
