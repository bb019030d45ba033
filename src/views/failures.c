/* SPDX-License-Identifier: MIT */
/* What failed: in groups of what is alike, or one by one, with how, what it ran, and under whom. */
#include "views/ancestry.h"
#include "views/page.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define HOW_WIDTH 22
#define LEAST_COLS 64 /* narrower screens do without pid and age */
#define NARROW_HOW_WIDTH 11
#define AGO_WIDTH 5

/* ---- a line ---- */

/* Where things stand: groups have how many and when last, single ones their time and pid. */
struct places {
	int how, how_width, command;
};

static struct places places_of(const struct page_view *page, const struct area *area)
{
	bool is_narrow = area->cols < LEAST_COLS;
	struct places places = { .how_width = is_narrow ? NARROW_HOW_WIDTH : HOW_WIDTH };

	if (!page->page.group)
		places.how = 7;
	else
		places.how = is_narrow ? 10 : 24;
	places.command = places.how + places.how_width;
	if (!page->page.group)
		places.command += AGO_WIDTH + 1;
	return places;
}

/* "now", "1s", "2m05", "3h12m". */
static void format_ago(const struct scene *scene, uint64_t end_ns, char *out, size_t size)
{
	uint64_t now_ns = moment_shown_ns(&scene->moment);
	uint64_t seconds = now_ns > end_ns ? (now_ns - end_ns) / NS_PER_S : 0;

	if (seconds)
		column_format_time(out, size, seconds * NS_PER_S);
	else
		snprintf(out, size, "now");
	if (seconds && seconds < 10) /* its fraction would be made up */
		snprintf(out, size, "%us", (unsigned)seconds);
}

static void draw_group(const struct scene *scene, const struct area *area, int y,
		       const struct places *places, const struct page_line *line)
{
	char ago[16], count[24];

	snprintf(count, sizeof(count), "%s%u", area->utf8 ? "×" : "x", line->count);
	area_puts(area, y, 6 - area_width(area, count), 6, count,
		  area_style(area, line->count > 1 ? THEME_NORMAL : THEME_DIM));
	format_ago(scene, line->end_ns, ago, sizeof(ago));
	area_printf(area, y, places->how + places->how_width, AGO_WIDTH,
		    area_style(area, THEME_NORMAL), "%*s", AGO_WIDTH, ago);
}

static void draw_single(const struct scene *scene, const struct area *area, int y,
			const struct page_line *line, const struct ptree_node *node)
{
	struct ptree_usage usage;
	char text[64];

	world_format_clock(&scene->world, text, sizeof(text), line->end_ns, false);
	area_puts(area, y, 1, 8, text, area_style(area, THEME_NORMAL));
	if (area->cols < LEAST_COLS)
		return;
	area_printf(area, y, 10, 7, area_style(area, THEME_PID), "%7d", ptree_node_pid(node));
	ptree_node_usage(node, &usage);
	if (usage.known & PTREE_USAGE_ELAPSED) {
		column_format_time(text, sizeof(text), usage.elapsed_ns);
		area_printf(area, y, 18, 5, area_style(area, THEME_NORMAL), "%5s", text);
	}
}

static void draw_how(const struct area *area, int y, const struct places *places,
		     const struct page_line *line)
{
	int room = places->how_width - 1;
	char words[64];

	ptree_status_format(line->status, words, sizeof(words));
	if ((int)strlen(words) > room && !strncmp(words, "killed by ", 10))
		memmove(words, words + 10, strlen(words + 10) + 1);
	area_puts(area, y, places->how, room, words, area_style(area, THEME_FAILURE));
	if ((int)strlen(words) > room)
		area_puts(area, y, places->how + room - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_FAILURE));
}

static void draw_command(const struct area *area, int y, int x, int end,
			 const struct command *command)
{
	area_put(area, y, x, end - x, command->line, command->size,
		 area_style(area, THEME_PROGRAM));
	if (x < end && area_width_of(area, command->line, command->size) > end - x)
		area_puts(area, y, end - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_TREE_LINE));
}

/* The ancestors have a third of what is left, and more if the command leaves it. */
static void draw_who(const struct scene *scene, const struct area *area, int y, int x,
		     const struct ptree_node *node)
{
	struct column_context context = scene_columns(scene, area->utf8);
	int room = area->cols - x, cells, width;
	struct command command;
	char ancestors[256];

	column_command(&context, node, NULL, &command);
	cells = room - 2 - area_width_of(area, command.line, command.size);
	ancestry_describe(area, node, cells > room / 3 ? cells : room / 3, ancestors,
			  sizeof(ancestors));
	width = area_width(area, ancestors);
	draw_command(area, y, x, area->cols - (width ? width + 2 : 0), &command);
	area_puts(area, y, area->cols - width, width, ancestors, area_style(area, THEME_DIM));
}

static void draw_line(const struct page_view *page, const struct area *area, int y,
		      const struct page_line *line)
{
	const struct scene *scene = page->view.scene;
	const struct ptree_node *node = scene_node(scene, line->id);
	struct places places = places_of(page, area);

	draw_how(area, y, &places, line);
	if (!page->page.group)
		draw_group(scene, area, y, &places, line);
	else if (node)
		draw_single(scene, area, y, line, node);
	if (node)
		draw_who(scene, area, y, places.command, node);
}

static const char *columns_of(const struct page_view *page, const struct area *area)
{
	bool is_narrow = area->cols < LEAST_COLS;

	if (page->page.group)
		return is_narrow ? " TIME     HOW        COMMAND"
				 : " TIME         PID  LIVED HOW                    COMMAND";
	return is_narrow ? "       HOW        LAST  COMMAND"
			 : "       HOW                    LAST  COMMAND, of the newest";
}

static int update(struct view *view, const struct area *area)
{
	struct page_view *page = (struct page_view *)view;
	struct page_scope scope;

	if (page_view_begin_update(page, area, &scope))
		page_list_failures(&page->page, &scope);
	page_view_end_update(page);
	return 0;
}

static void draw(const struct view *view, const struct area *area)
{
	const struct page_view *page = (const struct page_view *)view;
	const struct page_look look = {
		.title = page->page.group ? "what failed alike, the newest first"
					  : "what failed, the newest first",
		.columns = columns_of(page, area),
		.empty = "nothing has failed",
		.since = " since proctop began",
		.draw_line = draw_line,
	};

	page_view_draw(page, area, &look);
}

static enum view_entered enter(struct view *view)
{
	struct page_view *page = (struct page_view *)view;

	if (!page_open_group(&page->page))
		return VIEW_GOES_TO;
	page->needs_list = true;
	return VIEW_ENTERED;
}

static bool back(struct view *view)
{
	struct page_view *page = (struct page_view *)view;

	page->needs_list = page_close_group(&page->page);
	return page->needs_list;
}

const struct view_kind failures_view_kind = {
	.name = "failures",
	.context = VIEW_PAGE,
	.size = sizeof(struct page_view),
	.update = update,
	.draw = draw,
	.selected = page_view_selected,
	.move = page_view_move,
	.click = page_view_click,
	.enter = enter,
	.back = back,
};
