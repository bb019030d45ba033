/* SPDX-License-Identifier: MIT */
/* Who spawns: how often, what it costs, and what is started again and again in vain. */
#include "churn.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

#define LOOP_MARK "↻"
#define LEAST_COLS 60 /* narrower screens do with the forks */

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

/* "12.5", "412", "0.3": five cells. */
static void draw_rate(const struct session *session, struct canvas *canvas, int y, int x,
		      uint32_t per_ks, enum theme_role which)
{
	if (!per_ks)
		canvas_puts(canvas, y, x + 4, 1, session->utf8 ? "·" : "0",
			    role(session, THEME_DIM));
	else
		canvas_printf(canvas, y, x, 5, role(session, which),
			      per_ks < 100000 ? "%5.1f" : "%5.0f", per_ks / 1000.0);
}

static void describe_loop(const struct session *session, const struct ptree_node *node, char *out,
			  size_t size)
{
	struct churn_loop loop;
	char every[16], words[64];

	*out = '\0';
	if (!churn_find_loop(node, session_shown_ns(session), &loop))
		return;
	column_format_time(every, sizeof(every), loop.every_ns);
	ptree_status_format(loop.status, words, sizeof(words));
	snprintf(out, size, "%s %s every %s, %s (%u times)",
		 session->utf8 ? LOOP_MARK : "loop:", loop.comm, every, words, loop.times);
}

static void draw_line(const struct session *session, struct canvas *canvas, int y,
		      const struct ptree_node *node)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	struct column_context context = session_columns(session);
	struct command command;
	bool is_narrow = canvas->cols < LEAST_COLS;
	char cpu[16], text[256];
	int x = is_narrow ? 16 : 34;

	canvas_printf(canvas, y, 1, 7, role(session, THEME_PID), "%7d", ptree_node_pid(node));
	if (activity)
		draw_rate(session, canvas, y, 9, activity->forks_per_ks, THEME_NORMAL);
	if (activity && !is_narrow) {
		draw_rate(session, canvas, y, 15, activity->execs_per_ks, THEME_NORMAL);
		draw_rate(session, canvas, y, 21, activity->failures_per_ks, THEME_FAILURE);
		column_format_permille(cpu, sizeof(cpu), activity->exited_cpu_permille,
				       session->utf8);
		canvas_puts(
		    canvas, y, 32 - (int)text_width(cpu, strlen(cpu), session->utf8), 5, cpu,
		    role(session, activity->exited_cpu_permille < 10 ? THEME_DIM : THEME_NORMAL));
	}
	column_command(&context, node, NULL, &command);
	x += canvas_put(canvas, y, x, (canvas->cols - x) / 2, command.line, command.size,
			role(session, THEME_PROGRAM)) +
	     2;
	describe_loop(session, node, text, sizeof(text));
	if (*text) {
		canvas_puts(canvas, y, x, -1, text, role(session, THEME_FAILURE));
		return;
	}
	column_summary(&context, node, text, sizeof(text));
	canvas_puts(canvas, y, x, -1, text, role(session, THEME_DIM));
}

void view_churn_draw(struct session *session, struct canvas *canvas)
{
	const struct page_look look = {
		.title = "who spawns, the busiest first; what their exited children did is theirs",
		.columns = canvas->cols < LEAST_COLS
			       ? "     PID FORK/s COMMAND"
			       : "     PID FORK/s EXEC/s FAIL/s  CPU% COMMAND",
		.empty = "nobody has forked of late",
		.draw_line = draw_line,
	};

	view_page_draw(session, canvas, &look);
}
