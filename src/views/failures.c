/* SPDX-License-Identifier: MIT */
/* What failed: in groups of what is alike, or one by one, with how, what it ran, and under whom. */
#include "views/view.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define HOW_WIDTH 22
#define LEAST_COLS 64 /* narrower screens do without pid and age */
#define NARROW_HOW_WIDTH 11
#define AGO_WIDTH 5

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static void format_clock(char *out, size_t size, uint64_t boot_ns)
{
	struct timespec real, boot;
	struct tm local;
	time_t when;

	/* The difference of the two clocks, to the ns: else what is shown wavers by a second. */
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	when = (time_t)(((uint64_t)(real.tv_sec - boot.tv_sec) * NS_PER_S + (uint64_t)real.tv_nsec -
			 (uint64_t)boot.tv_nsec + boot_ns) /
			NS_PER_S);

	if (!localtime_r(&when, &local) || !strftime(out, size, "%H:%M:%S", &local))
		*out = '\0';
}

/* ---- ancestors ---- */

static int width_of(const char *text, const struct session *session)
{
	return (int)text_width(text, strlen(text), session->utf8);
}

/* Puts text before what is there, if all of it then fits into so many cells. */
static bool prepend(const struct session *session, char *out, size_t size, const char *text,
		    int cells)
{
	char joined[256];
	int length = snprintf(joined, sizeof(joined), "%s%s", text, out);

	if (width_of(joined, session) > cells || length >= (int)size)
		return false;
	snprintf(out, size, "%s", joined);
	return true;
}

/* As many of the nearest as fit, the nearest one last: "…bash›make". */
static void describe_ancestry(const struct session *session, const struct ptree_node *node,
			      int cells, char *out, size_t size)
{
	const char *more = session->utf8 ? "…" : "..", *joint = session->utf8 ? "›" : ">";
	const struct ptree_node *parent = ptree_node_parent(node);
	char name[PTREE_COMM_SIZE + 8];

	*out = '\0';
	for (; parent && ptree_node_pid(parent); parent = ptree_node_parent(parent)) {
		const struct ptree_node *above = ptree_node_parent(parent);
		int mark = above && ptree_node_pid(above) ? width_of(more, session) : 0;

		snprintf(name, sizeof(name), "%s%s", ptree_node_comm(parent), *out ? joint : "");
		if (!prepend(session, out, size, name, cells - mark))
			break;
	}
	if (parent && ptree_node_pid(parent))
		prepend(session, out, size, more, cells);
}

/* ---- a line ---- */

/* Where things stand: groups have how many and when last, single ones their time and pid. */
struct places {
	int how, how_width, command;
};

static struct places places_of(const struct session *session, const struct canvas *canvas)
{
	bool is_narrow = canvas->cols < LEAST_COLS;
	struct places places = { .how_width = is_narrow ? NARROW_HOW_WIDTH : HOW_WIDTH };

	if (!session->page.group)
		places.how = 7;
	else
		places.how = is_narrow ? 10 : 24;
	places.command = places.how + places.how_width;
	if (!session->page.group)
		places.command += AGO_WIDTH + 1;
	return places;
}

/* "now", "1s", "2m05", "3h12m". */
static void format_ago(const struct session *session, uint64_t end_ns, char *out, size_t size)
{
	uint64_t now_ns = session_shown_ns(session);
	uint64_t seconds = now_ns > end_ns ? (now_ns - end_ns) / NS_PER_S : 0;

	if (seconds)
		column_format_time(out, size, seconds * NS_PER_S);
	else
		snprintf(out, size, "now");
	if (seconds && seconds < 10) /* its fraction would be made up */
		snprintf(out, size, "%us", (unsigned)seconds);
}

static void draw_group(const struct session *session, struct canvas *canvas, int y,
		       const struct places *places, const struct page_line *line)
{
	char ago[16], count[24];

	snprintf(count, sizeof(count), "%s%u", session->utf8 ? "×" : "x", line->count);
	canvas_puts(canvas, y, 6 - width_of(count, session), 6, count,
		    role(session, line->count > 1 ? THEME_NORMAL : THEME_DIM));
	format_ago(session, line->end_ns, ago, sizeof(ago));
	canvas_printf(canvas, y, places->how + places->how_width, AGO_WIDTH,
		      role(session, THEME_NORMAL), "%*s", AGO_WIDTH, ago);
}

static void draw_single(const struct session *session, struct canvas *canvas, int y,
			const struct page_line *line, const struct ptree_node *node)
{
	struct ptree_usage usage;
	char text[64];

	format_clock(text, sizeof(text), line->end_ns);
	canvas_puts(canvas, y, 1, 8, text, role(session, THEME_NORMAL));
	if (canvas->cols < LEAST_COLS)
		return;
	canvas_printf(canvas, y, 10, 7, role(session, THEME_PID), "%7d", ptree_node_pid(node));
	ptree_node_usage(node, &usage);
	if (usage.known & PTREE_USAGE_ELAPSED) {
		column_format_time(text, sizeof(text), usage.elapsed_ns);
		canvas_printf(canvas, y, 18, 5, role(session, THEME_NORMAL), "%5s", text);
	}
}

static void draw_how(const struct session *session, struct canvas *canvas, int y,
		     const struct places *places, const struct page_line *line)
{
	int room = places->how_width - 1;
	char words[64];

	ptree_status_format(line->status, words, sizeof(words));
	if ((int)strlen(words) > room && !strncmp(words, "killed by ", 10))
		memmove(words, words + 10, strlen(words + 10) + 1);
	canvas_puts(canvas, y, places->how, room, words, role(session, THEME_FAILURE));
	if ((int)strlen(words) > room)
		canvas_puts(canvas, y, places->how + room - 1, 1, session->utf8 ? "…" : "~",
			    role(session, THEME_FAILURE));
}

static void draw_command(const struct session *session, struct canvas *canvas, int y, int x,
			 int end, const struct command *command)
{
	canvas_put(canvas, y, x, end - x, command->line, command->size,
		   role(session, THEME_PROGRAM));
	if (x < end && (int)text_width(command->line, command->size, session->utf8) > end - x)
		canvas_puts(canvas, y, end - 1, 1, session->utf8 ? "…" : "~",
			    role(session, THEME_TREE_LINE));
}

/* The ancestors have a third of what is left, and more if the command leaves it. */
static void draw_who(const struct session *session, struct canvas *canvas, int y, int x,
		     const struct ptree_node *node)
{
	struct column_context context = session_columns(session);
	int room = canvas->cols - x, cells, width;
	struct command command;
	char ancestors[256];

	column_command(&context, node, NULL, &command);
	cells = room - 2 - (int)text_width(command.line, command.size, session->utf8);
	describe_ancestry(session, node, cells > room / 3 ? cells : room / 3, ancestors,
			  sizeof(ancestors));
	width = width_of(ancestors, session);
	draw_command(session, canvas, y, x, canvas->cols - (width ? width + 2 : 0), &command);
	canvas_puts(canvas, y, canvas->cols - width, width, ancestors, role(session, THEME_DIM));
}

static void draw_line(const struct session *session, struct canvas *canvas, int y,
		      const struct page_line *line)
{
	const struct ptree_node *node = ptree_tree_find_id(session->tree, line->id);
	struct places places = places_of(session, canvas);

	draw_how(session, canvas, y, &places, line);
	if (!session->page.group)
		draw_group(session, canvas, y, &places, line);
	else if (node)
		draw_single(session, canvas, y, line, node);
	if (node)
		draw_who(session, canvas, y, places.command, node);
}

static const char *columns_of(const struct session *session, const struct canvas *canvas)
{
	bool is_narrow = canvas->cols < LEAST_COLS;

	if (session->page.group)
		return is_narrow ? " TIME     HOW        COMMAND"
				 : " TIME         PID  LIVED HOW                    COMMAND";
	return is_narrow ? "       HOW        LAST  COMMAND"
			 : "       HOW                    LAST  COMMAND, of the newest";
}

void view_failures_draw(struct session *session, struct canvas *canvas)
{
	const struct page_look look = {
		.title = session->page.group ? "what failed alike, the newest first"
					     : "what failed, the newest first",
		.columns = columns_of(session, canvas),
		.empty = "nothing has failed",
		.since = " since proctop began",
		.draw_line = draw_line,
	};

	view_page_draw(session, canvas, &look);
}
