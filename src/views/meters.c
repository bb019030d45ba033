/* SPDX-License-Identifier: MIT */
/*
 * The meters below the title: what the machine has, what happens how often, and where the CPU time
 * of what is already over went. Which of them there are is chosen; here is where they stand.
 */
#include "draw/text.h"
#include "views/head.h"
#include "views/meters-impl.h"

#include <stdio.h>
#include <string.h>

#define LEAST_ROWS 22
#define LEAST_COLS 60
#define LEAST_ROWS_FOR_CORES 30
#define LEAST_ROWS_FOR_HISTORY 56
#define LEAST_ROWS_FOR_OWN_HISTORY 30
#define LINES_PART 5 /* of the screen, but not less than: */
#define LINES_LEAST 3
#define RATE_WIDTH 11  /* "exec/s   12k" */
#define WORDS_WIDTH 28 /* "pressure cpu  4 mem  0 io  1" */
#define LEAST_COLS_FOR_MORE 130
#define BAR_MAX 40

/* ---- rates ---- */

struct rate_look {
	const char *label;
	enum meters_rate rate;
	bool is_bytes;
};

static const struct rate_look rate_looks[METER_COUNT] = {
	[METER_FORKS] = { "fork/s", METERS_FORKS, false },
	[METER_EXECS] = { "exec/s", METERS_EXECS, false },
	[METER_FAILURES] = { "fail/s", METERS_FAILURES, false },
	[METER_DISK_READ] = { "disk r", METERS_DISK_READ, true },
	[METER_DISK_WRITE] = { "disk w", METERS_DISK_WRITTEN, true },
	[METER_NET_RECEIVE] = { "net rx", METERS_NET_RECEIVED, true },
	[METER_NET_SEND] = { "net tx", METERS_NET_SENT, true },
};

/* "412", "12k", "3.1M": four cells. */
static void format_rate(char *out, size_t size, uint32_t rate, bool is_bytes)
{
	if (is_bytes && rate)
		column_format_bytes(out, size, (uint64_t)rate * 1024);
	else if (rate < 10000)
		snprintf(out, size, "%u", rate);
	else
		snprintf(out, size, "%uk", rate / 1000);
}

static void draw_rate(const struct scene *scene, const struct area *area, int y, int x, int width,
		      enum meter meter)
{
	const struct rate_look *look = &rate_looks[meter];
	uint32_t most = 8, now = meters_rate(&scene->world.meters, look->rate, 0);
	bool is_bad = meter == METER_FAILURES && now;
	char number[16];

	format_rate(number, sizeof(number), now, look->is_bytes);
	area_puts(area, y, x, -1, look->label, area_style(area, THEME_DIM));
	area_printf(area, y, x + 6, 5, area_style(area, is_bad ? THEME_FAILURE : THEME_NORMAL),
		    "%5s", number);
	for (int i = 0; i < width; i++) {
		uint32_t rate = meters_rate(&scene->world.meters, look->rate, (unsigned)i);

		most = rate > most ? rate : most;
	}
	for (int i = 0; i < width; i++) {
		uint32_t rate =
		    meters_rate(&scene->world.meters, look->rate, (unsigned)(width - 1 - i));

		area_puts(area, y, x + RATE_WIDTH + 1 + i, 1,
			  rate ? text_block((unsigned)((uint64_t)rate * 1000 / most), area->utf8)
			       : " ",
			  area_style(area, meter == METER_FAILURES ? THEME_FAILURE : THEME_COUNT));
	}
}

/* ---- when processes multiply ---- */

static void draw_bomb(const struct scene *scene, const struct area *area, int y)
{
	const struct meters *meters = &scene->world.meters;
	const struct ptree_node *node = ptree_tree_find_id(scene->world.tree, meters->bomb_id);
	bool is_under = node;
	int x = area_printf(area, y, 0, -1, area_style(area, THEME_ERROR),
			    "fork bomb? %u more processes in 5 s", meters->bomb_growth);

	/* Those whose parents are gone are under init, and it is not init's doing. */
	if (!node)
		node = ptree_tree_find_id(scene->world.tree, meters->spawner_id);
	if (node)
		area_printf(area, y, x, -1, area_style(area, THEME_ERROR), "%s %s(%d)",
			    is_under ? ", under" : "; most are forked by", ptree_node_comm(node),
			    ptree_node_pid(node));
}

/* ---- where things stand ---- */

/* It depends on the choice and the size of the screen alone. */
struct layout {
	enum meter bars[METER_COUNT], rates[METER_COUNT], words[METER_COUNT];
	size_t bar_count, rate_count, word_count;
	int lines;	      /* of these, beside one another */
	int bar, rate, graph; /* the cells of bar and graph; the rate's column */
	int first, second;    /* columns of words; 0: there is no room */
	int cores, history;   /* lines below; 0: none */
};

static void find_columns(struct layout *layout, const struct area *area)
{
	bool has_more = area->cols >= LEAST_COLS_FOR_MORE;
	int words = has_more ? 2 * WORDS_WIDTH + 4 : WORDS_WIDTH + 1, room;

	layout->bar = area->cols / 5 < BAR_MAX ? area->cols / 5 : BAR_MAX;
	layout->rate =
	    layout->bar_count ? METER_LABEL_WIDTH + layout->bar + METER_VALUE_WIDTH + 1 : 0;
	room = area->cols - layout->rate - (layout->rate_count ? RATE_WIDTH + 1 : 0);
	layout->graph = room >= words ? room - words : room;
	if (layout->graph > METERS_HISTORY)
		layout->graph = METERS_HISTORY;
	if (room < words || !layout->word_count)
		return;
	layout->first = layout->rate;
	if (layout->rate_count)
		layout->first += RATE_WIDTH + 1 + layout->graph + 1;
	if (has_more)
		layout->second = layout->first + WORDS_WIDTH + 2;
}

/* Words take the lines that bars and rates have, or as many as it takes where there are none. */
static int count_lines(const struct layout *layout)
{
	size_t columns = layout->second ? 2 : 1, lines = layout->bar_count;

	if (layout->rate_count > lines)
		lines = layout->rate_count;
	if (layout->first && !lines && (layout->word_count + columns - 1) / columns > lines)
		lines = (layout->word_count + columns - 1) / columns;
	return (int)lines;
}

static bool has(const struct meter_choice *choice, enum meter meter)
{
	struct meter_choice all;

	meter_choice_all(choice, &all);
	return memchr(all.meters, (int)meter, all.count);
}

static struct layout layout_of(const struct scene *scene, const struct area *area, int room)
{
	const struct meter_choice *choice = &scene->meters;
	struct layout layout = { .lines = 0 };
	int most = area->rows / LINES_PART > LINES_LEAST ? area->rows / LINES_PART : LINES_LEAST;

	if (area->rows < LEAST_ROWS || area->cols < LEAST_COLS)
		return layout;
	layout.bar_count = meter_choice_of(choice, METER_BAR, layout.bars);
	layout.rate_count = meter_choice_of(choice, METER_RATE, layout.rates);
	layout.word_count = meter_choice_of(choice, METER_WORDS, layout.words);
	find_columns(&layout, area);
	layout.lines = count_lines(&layout);
	if (layout.lines > most)
		layout.lines = most;
	if (layout.lines > room)
		return (struct layout){ .lines = 0 };
	room -= layout.lines;
	if (has(choice, METER_CORES) && (choice->count || area->rows >= LEAST_ROWS_FOR_CORES))
		layout.cores = meter_core_lines(scene, area);
	if (layout.cores > room)
		layout.cores = 0;
	room -= layout.cores;
	if (has(choice, METER_HISTORY) && room >= METER_HISTORY_LINES &&
	    area->rows >= (choice->count ? LEAST_ROWS_FOR_OWN_HISTORY : LEAST_ROWS_FOR_HISTORY))
		layout.history = METER_HISTORY_LINES;
	return layout;
}

static void draw_words(const struct scene *scene, const struct area *area, int y,
		       const struct layout *layout)
{
	for (size_t i = 0; i < layout->word_count; i++) {
		int line = (int)i % layout->lines;
		int x = (int)i < layout->lines	     ? layout->first
			: (int)i < 2 * layout->lines ? layout->second
						     : 0;
		char text[128];

		if (!x)
			continue;
		meter_describe(scene, layout->words[i], text, sizeof(text));
		area_puts(area, y + line, x, WORDS_WIDTH, text, area_style(area, THEME_NORMAL));
	}
}

static void draw_lines(const struct scene *scene, const struct area *area, int y,
		       const struct layout *layout)
{
	for (int i = 0; i < layout->lines; i++) {
		if ((size_t)i < layout->bar_count)
			meter_draw_bar(scene, area, y + i, layout->bar, layout->bars[i]);
		if ((size_t)i < layout->rate_count)
			draw_rate(scene, area, y + i, layout->rate, layout->graph,
				  layout->rates[i]);
	}
	if (layout->lines)
		draw_words(scene, area, y, layout);
}

/* ---- all of it ---- */

/* A line is left for what is filtered. */
static int bomb_lines(const struct scene *scene, int max_lines)
{
	return scene->world.meters.bomb_growth && max_lines > 1;
}

int meters_lines(const struct scene *scene, const struct area *screen, int max_lines)
{
	int bomb = bomb_lines(scene, max_lines);
	struct layout layout = layout_of(scene, screen, max_lines - bomb);

	return bomb + layout.lines + layout.cores + layout.history;
}

void meters_draw(const struct scene *scene, const struct area *screen, int y, int lines)
{
	struct layout layout;

	if (lines > 0 && scene->world.meters.bomb_growth) {
		draw_bomb(scene, screen, y++);
		lines--;
	}
	layout = layout_of(scene, screen, lines);
	draw_lines(scene, screen, y, &layout);
	if (layout.cores)
		meter_draw_cores(scene, screen, y + layout.lines);
	if (layout.history)
		meter_draw_history(scene, screen, y + layout.lines + layout.cores);
}
