/* SPDX-License-Identifier: MIT */
/* Who spawns: how often, what it costs, and what is started again and again in vain. */
#include "views/view.h"

#include <stdio.h>
#include <string.h>

#define LOOP_MARK "↻"
#define LEAST_COLS 60 /* narrower screens do with the forks */
#define PID_END 9
#define FORKS_END 16
#define FIGURES_END 34
#define LEAST_COMMAND 6

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

/* "↻ ×32 exit 203 flaky every 1.02s": how often first, so that it is seen whatever else is cut. */
static void describe_loop(const struct session *session, const struct churn_loop *loop,
			  bool is_short, char *out, size_t size)
{
	char every[16], words[64];

	column_format_time(every, sizeof(every), loop->every_ns);
	ptree_status_format(loop->status, words, sizeof(words));
	snprintf(out, size, "%s %s%u %s %s%s%s", session->utf8 ? LOOP_MARK : "loop",
		 session->utf8 ? "×" : "x", loop->times, words, loop->comm,
		 is_short ? "/" : " every ", every);
}

static int width_of(const char *text, const struct session *session)
{
	return (int)text_width(text, strlen(text), session->utf8);
}

/*
 * The verdict goes before the command, and where it does not fit, over the figures but the pid:
 * these say nothing that it does not say better. Returns where it ends.
 */
static int draw_loop(const struct session *session, struct canvas *canvas, int y, int x,
		     const struct churn_loop *loop)
{
	struct style style = role(session, THEME_FAILURE);
	char text[256];

	describe_loop(session, loop, false, text, sizeof(text));
	if (x + width_of(text, session) > canvas->cols && x > FORKS_END)
		x = FORKS_END;
	if (x + width_of(text, session) > canvas->cols) {
		describe_loop(session, loop, true, text, sizeof(text));
		x = PID_END;
	}
	canvas_fill(canvas, y, x, 1, canvas->cols - x, role(session, THEME_NORMAL));
	return x + canvas_puts(canvas, y, x, -1, text, style) + 2;
}

static void draw_figures(const struct session *session, struct canvas *canvas, int y,
			 const struct ptree_activity *activity)
{
	char cpu[16];

	draw_rate(session, canvas, y, 9, activity->forks_per_ks, THEME_NORMAL);
	if (canvas->cols < LEAST_COLS)
		return;
	draw_rate(session, canvas, y, 15, activity->execs_per_ks, THEME_NORMAL);
	draw_rate(session, canvas, y, 21, activity->failures_per_ks, THEME_FAILURE);
	column_format_permille(cpu, sizeof(cpu), activity->exited_cpu_permille, session->utf8);
	canvas_puts(canvas, y, 32 - width_of(cpu, session), 5, cpu,
		    role(session, activity->exited_cpu_permille < 10 ? THEME_DIM : THEME_NORMAL));
}

static void draw_line(const struct session *session, struct canvas *canvas, int y,
		      const struct page_line *line)
{
	const struct ptree_node *node = ptree_tree_find_id(session->tree, line->id);
	struct column_context context = session_columns(session);
	struct command command;
	int x = canvas->cols < LEAST_COLS ? FORKS_END : FIGURES_END;
	int room;

	if (!node)
		return;
	canvas_printf(canvas, y, 1, 7, role(session, THEME_PID), "%7d", ptree_node_pid(node));
	draw_figures(session, canvas, y, &line->activity);
	if (line->loop.times)
		x = draw_loop(session, canvas, y, x, &line->loop);
	column_command(&context, node, NULL, &command);
	room = line->loop.times ? canvas->cols - x : (canvas->cols - x) / 2;
	if (room >= LEAST_COMMAND)
		x += canvas_put(canvas, y, x, room, command.line, command.size,
				role(session, THEME_PROGRAM)) +
		     2;
	if (!line->loop.times)
		canvas_puts(canvas, y, x, -1, line->summary, role(session, THEME_DIM));
}

void view_churn_draw(struct session *session, struct canvas *canvas)
{
	const struct page_look look = {
		.title = "who spawns, the busiest first",
		.columns = canvas->cols < LEAST_COLS
			       ? "     PID FORK/s COMMAND"
			       : "     PID FORK/s EXEC/s FAIL/s  CPU% COMMAND",
		.empty = "nobody forks",
		.since = " at the moment",
		.draw_line = draw_line,
	};

	view_page_draw(session, canvas, &look);
}
