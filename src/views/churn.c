/* SPDX-License-Identifier: MIT */
/* Who spawns: how often, what it costs, and what is started again and again in vain. */
#include "views/page.h"

#include <stdio.h>
#include <string.h>

#define LOOP_MARK "↻"
#define LEAST_COLS 60 /* narrower screens do with the forks */
#define PID_END 9
#define FORKS_END 16
#define FIGURES_END 34
#define LEAST_COMMAND 6

/* "12.5", "412", "0.3": five cells. */
static void draw_rate(const struct area *area, int y, int x, uint32_t per_ks, enum theme_role which)
{
	if (!per_ks)
		area_puts(area, y, x + 4, 1, area->utf8 ? "·" : "0", area_style(area, THEME_DIM));
	else
		area_printf(area, y, x, 5, area_style(area, which),
			    per_ks < 100000 ? "%5.1f" : "%5.0f", per_ks / 1000.0);
}

/* "↻ ×32 exit 203 flaky every 1.02s": how often first, so that it is seen whatever else is cut. */
static void describe_loop(const struct area *area, const struct churn_loop *loop, bool is_short,
			  char *out, size_t size)
{
	char every[16], words[64];

	column_format_time(every, sizeof(every), loop->every_ns);
	ptree_status_format(loop->status, words, sizeof(words));
	snprintf(out, size, "%s %s%u %s %s%s%s", area->utf8 ? LOOP_MARK : "loop",
		 area->utf8 ? "×" : "x", loop->times, words, loop->comm, is_short ? "/" : " every ",
		 every);
}

/*
 * The verdict goes before the command, and where it does not fit, over the figures but the pid:
 * these say nothing that it does not say better. Returns where it ends.
 */
static int draw_loop(const struct area *area, int y, int x, const struct churn_loop *loop)
{
	struct style style = area_style(area, THEME_FAILURE);
	char text[256];

	describe_loop(area, loop, false, text, sizeof(text));
	if (x + area_width(area, text) > area->cols && x > FORKS_END)
		x = FORKS_END;
	if (x + area_width(area, text) > area->cols) {
		describe_loop(area, loop, true, text, sizeof(text));
		x = PID_END;
	}
	area_fill(area, y, x, 1, area->cols - x, area_style(area, THEME_NORMAL));
	return x + area_puts(area, y, x, -1, text, style) + 2;
}

static void draw_figures(const struct area *area, int y, const struct ptree_activity *activity)
{
	char cpu[16];

	draw_rate(area, y, 9, activity->forks_per_ks, THEME_NORMAL);
	if (area->cols < LEAST_COLS)
		return;
	draw_rate(area, y, 15, activity->execs_per_ks, THEME_NORMAL);
	draw_rate(area, y, 21, activity->failures_per_ks, THEME_FAILURE);
	column_format_permille(cpu, sizeof(cpu), activity->exited_cpu_permille, area->utf8);
	area_puts(area, y, 32 - area_width(area, cpu), 5, cpu,
		  area_style(area, activity->exited_cpu_permille < 10 ? THEME_DIM : THEME_NORMAL));
}

static void draw_line(const struct page_view *page, const struct area *area, int y,
		      const struct page_line *line)
{
	const struct scene *scene = page->view.scene;
	const struct ptree_node *node = scene_node(scene, line->id);
	struct column_context context = scene_columns(scene, area->utf8);
	struct command command;
	int x = area->cols < LEAST_COLS ? FORKS_END : FIGURES_END;
	int room;

	if (!node)
		return;
	area_printf(area, y, 1, 7, area_style(area, THEME_PID), "%7d", ptree_node_pid(node));
	draw_figures(area, y, &line->activity);
	if (line->loop.times)
		x = draw_loop(area, y, x, &line->loop);
	column_command(&context, node, NULL, &command);
	room = line->loop.times ? area->cols - x : (area->cols - x) / 2;
	if (room >= LEAST_COMMAND)
		x += area_put_cut(area, y, x, room, command.line, command.size,
				  area_style(area, THEME_PROGRAM)) +
		     2;
	if (!line->loop.times)
		area_puts_cut(area, y, x, area->cols - x, line->summary,
			      area_style(area, THEME_DIM));
}

static int update(struct view *view, const struct area *area)
{
	struct page_view *page = (struct page_view *)view;
	struct page_scope scope;

	if (page_view_begin_update(page, area, &scope))
		page_list_spawners(&page->page, &scope, moment_shown_ns(&view->scene->moment),
				   area->utf8);
	page_view_end_update(page);
	return 0;
}

static void draw(const struct view *view, const struct area *area)
{
	const struct page_look look = {
		.title = "who spawns, the busiest first",
		.columns = area->cols < LEAST_COLS ? "     PID FORK/s COMMAND"
						   : "     PID FORK/s EXEC/s FAIL/s  CPU% COMMAND",
		.empty = "nobody forks",
		.since = " at the moment",
		.draw_line = draw_line,
	};

	page_view_draw((const struct page_view *)view, area, &look);
}

static enum view_entered enter(struct view *view)
{
	(void)view;
	return VIEW_GOES_TO;
}

const struct view_kind churn_view_kind = {
	.name = "churn",
	.context = VIEW_PAGE,
	.size = sizeof(struct page_view),
	.update = update,
	.draw = draw,
	.selected = page_view_selected,
	.move = page_view_move,
	.click = page_view_click,
	.enter = enter,
};
