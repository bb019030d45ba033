/* SPDX-License-Identifier: MIT */
/* What failed: the newest first, with how, what it ran, and whose it was. */
#include "view.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define ANCESTORS_MAX 6
#define HOW_WIDTH 22
#define LEAST_COLS 64 /* narrower screens do without pid and age */
#define NARROW_HOW_WIDTH 11

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

/* The nearest ancestors, the nearest one last: "…bash›make". */
static void describe_ancestry(const struct session *session, const struct ptree_node *node,
			      char *out, size_t size)
{
	const struct ptree_node *chain[ANCESTORS_MAX];
	const struct ptree_node *parent = ptree_node_parent(node);
	size_t count = 0, used = 0;

	for (; parent && ptree_node_pid(parent) && count < ANCESTORS_MAX;
	     parent = ptree_node_parent(parent))
		chain[count++] = parent;
	*out = '\0';
	if (parent && ptree_node_pid(parent))
		used = (size_t)snprintf(out, size, "%s", session->utf8 ? "…" : "..");
	while (count-- && used < size)
		used +=
		    (size_t)snprintf(out + used, size - used, "%s%s", ptree_node_comm(chain[count]),
				     !count	     ? ""
				     : session->utf8 ? "›"
						     : ">");
}

static void draw_line(const struct session *session, struct canvas *canvas, int y,
		      const struct ptree_node *node)
{
	struct column_context context = session_columns(session);
	struct column_text ending = { .role = THEME_NORMAL };
	struct ptree_usage usage;
	struct command command;
	char text[256];
	bool is_narrow = canvas->cols < LEAST_COLS;
	int how = is_narrow ? NARROW_HOW_WIDTH : HOW_WIDTH;
	int x = is_narrow ? 10 + how : 25 + how, width;

	format_clock(text, sizeof(text), ptree_node_end_ns(node));
	canvas_puts(canvas, y, 1, 8, text, role(session, THEME_NORMAL));
	if (!is_narrow)
		canvas_printf(canvas, y, 10, 7, role(session, THEME_PID), "%7d",
			      ptree_node_pid(node));
	ptree_node_usage(node, &usage);
	if (!is_narrow && usage.known & PTREE_USAGE_ELAPSED) {
		column_format_time(text, sizeof(text), usage.elapsed_ns);
		canvas_printf(canvas, y, 18, 5, role(session, THEME_NORMAL), "%5s", text);
	}
	column_ending(&context, node, &ending);
	canvas_puts(canvas, y, is_narrow ? 10 : 24, how - 1, ending.text,
		    role(session, ending.role));
	column_command(&context, node, NULL, &command);
	describe_ancestry(session, node, text, sizeof(text));
	width = (int)text_width(text, strlen(text), session->utf8);
	if (width > (canvas->cols - x) / 2)
		width = 0;
	canvas_put(canvas, y, x, canvas->cols - x - (width ? width + 2 : 0), command.line,
		   command.size, role(session, THEME_PROGRAM));
	if (width)
		canvas_puts(canvas, y, canvas->cols - width, width, text, role(session, THEME_DIM));
}

void view_failures_draw(struct session *session, struct canvas *canvas)
{
	const struct page_look look = {
		.title = "what failed, the newest first",
		.columns = canvas->cols < LEAST_COLS
			       ? " TIME     HOW        COMMAND"
			       : " TIME         PID  LIVED HOW                    COMMAND",
		.empty = "nothing has failed since proctop began",
		.draw_line = draw_line,
	};

	view_page_draw(session, canvas, &look);
}
