/* SPDX-License-Identifier: MIT */
/*
 * The meters below the title: what the machine has, what happens how often, and where the CPU time
 * of what is already over went.
 */
#include "draw/text.h"
#include "views/head.h"

#include <stdio.h>
#include <string.h>

#define LEAST_ROWS 22
#define LEAST_COLS 60
#define LEAST_ROWS_FOR_CORES 30
#define METER_LINES 3
#define LABEL_WIDTH 3
#define VALUE_WIDTH 9  /* "812G/1.2T" */
#define RATE_WIDTH 11  /* "exec/s   12k" */
#define WORDS_WIDTH 28 /* "pressure cpu  4 mem  0 io  1" */
#define LEAST_COLS_FOR_MORE 130
#define BAR_MAX 40
#define CORE_VALUE_WIDTH 5
#define CORE_BAR_LEAST 6

static enum theme_role role_of_load(uint32_t permille)
{
	return permille < 600	? THEME_METER_LOW
	       : permille < 850 ? THEME_METER_MIDDLE
				: THEME_METER_HIGH;
}

/* ---- pieces ---- */

/* A bar that is filled to that part, in eighths of a cell. */
static void draw_bar(const struct area *area, int y, int x, int width, uint32_t permille)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	struct style full = area_style(area, role_of_load(permille));
	struct style edge = area_style(area, THEME_TREE_LINE);
	uint32_t filled = (permille > 1000 ? 1000 : permille) * (uint32_t)(width - 2) * 8 / 1000;

	if (permille && !filled)
		filled = 1;
	area_puts(area, y, x, 1, area->utf8 ? "▕" : "[", edge);
	area_puts(area, y, x + width - 1, 1, area->utf8 ? "▏" : "]", edge);
	for (int i = 0; i < width - 2; i++) {
		uint32_t part = filled > 8 ? 8 : filled;

		filled -= part;
		if (part)
			area_puts(area, y, x + 1 + i, 1,
				  area->utf8 ? eighths[part]
				  : part > 3 ? "#"
					     : ":",
				  full);
	}
}

/* "412", "12k": four cells. */
static void format_rate(char *out, size_t size, uint32_t rate)
{
	if (rate < 10000)
		snprintf(out, size, "%u", rate);
	else
		snprintf(out, size, "%uk", rate / 1000);
}

static void draw_rate(const struct scene *scene, const struct area *area, int y, int x, int width,
		      enum meters_rate which, const char *label)
{
	uint32_t most = 8, now = meters_rate(&scene->world.meters, which, 0);
	bool is_bad = which == METERS_FAILURES && now;
	char number[16];

	format_rate(number, sizeof(number), now);
	area_puts(area, y, x, -1, label, area_style(area, THEME_DIM));
	area_printf(area, y, x + 6, 5, area_style(area, is_bad ? THEME_FAILURE : THEME_NORMAL),
		    "%5s", number);
	for (int i = 0; i < width; i++) {
		uint32_t rate = meters_rate(&scene->world.meters, which, (unsigned)i);

		most = rate > most ? rate : most;
	}
	for (int i = 0; i < width; i++) {
		uint32_t rate = meters_rate(&scene->world.meters, which, (unsigned)(width - 1 - i));

		area_puts(area, y, x + RATE_WIDTH + 1 + i, 1,
			  rate ? text_block(rate * 1000 / most, area->utf8) : " ",
			  area_style(area, which == METERS_FAILURES ? THEME_FAILURE : THEME_COUNT));
	}
}

static void draw_meter(const struct area *area, int y, int width, const char *label,
		       uint32_t permille, const char *value)
{
	area_puts(area, y, 0, LABEL_WIDTH, label, area_style(area, THEME_DIM));
	draw_bar(area, y, LABEL_WIDTH, width, permille);
	area_printf(area, y, LABEL_WIDTH + width, VALUE_WIDTH, area_style(area, THEME_NORMAL),
		    "%*s", VALUE_WIDTH, value);
}

/* ---- what the meters show ---- */

static uint32_t part(uint64_t of, uint64_t whole)
{
	return whole ? (uint32_t)((double)of * 1000 / (double)whole) : 0;
}

/* "3.1/16G", "366M/16G": nine cells. The unit is said once if it is the same. */
static void format_part(char *out, size_t size, uint64_t of, uint64_t whole)
{
	char left[16], right[16];
	size_t length;

	column_format_bytes(left, sizeof(left), of);
	column_format_bytes(right, sizeof(right), whole);
	length = strlen(left);
	if (!of || left[length - 1] == right[strlen(right) - 1])
		left[length - 1] = '\0';
	snprintf(out, size, "%s/%s", left, right);
}

static void draw_cpu(const struct scene *scene, const struct area *area, int y, int width)
{
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	struct ptree_cpu_share share = { 0 };
	char value[16] = "?";

	if (ptree_host_cpu_share(host, SIZE_MAX, &share))
		snprintf(value, sizeof(value), "%d%%", (share.busy + 5) / 10);
	draw_meter(area, y, width, "CPU", share.busy, value);
}

static void draw_memory(const struct scene *scene, const struct area *area, int y, int width,
			bool swap)
{
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	struct ptree_memory memory = { 0 };
	uint64_t used, total;
	char value[40] = "?";

	if (ptree_host_memory(host, &memory)) {
		total = swap ? memory.swap_total_bytes : memory.total_bytes;
		used = total - (swap ? memory.swap_free_bytes : memory.available_bytes);
		if (total)
			format_part(value, sizeof(value), used, total);
		else
			snprintf(value, sizeof(value), "none");
		draw_meter(area, y, width, swap ? "SWP" : "MEM", part(used, total), value);
		return;
	}
	draw_meter(area, y, width, swap ? "SWP" : "MEM", 0, value);
}

/* "running    4  zombies    0" */
static void describe_states(const struct scene *scene, char *out, size_t size)
{
	struct ptree_tree_counts counts;
	uint64_t runnable, forks;
	char running[16] = "?", zombies[16];

	ptree_tree_get_counts(scene->world.tree, &counts);
	if (ptree_host_tasks(ptree_monitor_host(scene->world.monitor), &runnable, &forks))
		format_rate(running, sizeof(running), (uint32_t)runnable);
	format_rate(zombies, sizeof(zombies), (uint32_t)counts.zombies);
	snprintf(out, size, "running %4s  zombies %4s", running, zombies);
}

static void describe_threads(const struct scene *scene, char *out, size_t size)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(scene->world.tree, &counts);
	snprintf(out, size, "threads %zu", counts.live + counts.threads);
}

/* "pressure cpu  4 mem  0 io 12": per cent of the time something waited for it. */
static void describe_pressure(const struct scene *scene, char *out, size_t size)
{
	static const char *const names[PTREE_RESOURCE_COUNT] = { [PTREE_RESOURCE_CPU] = "cpu",
								 [PTREE_RESOURCE_MEMORY] = "mem",
								 [PTREE_RESOURCE_IO] = "io" };
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	size_t used = (size_t)snprintf(out, size, "pressure");

	for (int i = 0; i < PTREE_RESOURCE_COUNT && used < size; i++) {
		struct ptree_pressure pressure;

		if (!ptree_host_pressure(host, (enum ptree_resource)i, &pressure)) {
			snprintf(out, size, "pressure unknown");
			return;
		}
		used += (size_t)snprintf(out + used, size - used, " %s%3d", names[i],
					 (pressure.some_avg10 + 50) / 100);
	}
}

/* Of the CPU time, what went to processes that are over. False: nobody knows. */
static bool has_lifetimes(const struct scene *scene, uint32_t permille[METERS_LIFETIMES])
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(scene->world.monitor, &status);
	/* Without the kernel's accounting it would be a small part that passes for the whole. */
	return !status.accounting_error && meters_lifetimes(&scene->world.meters, permille);
}

/* "short-lived  30% of CPU": of those that lived less than a second. */
static void describe_short_lived(const struct scene *scene, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(scene, permille))
		snprintf(out, size, "short-lived %3u%% of CPU", (permille[0] + 5) / 10);
}

/* What lived longer than the meters look back used most of its time before. */
static void describe_longer_lived(const struct scene *scene, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(scene, permille))
		snprintf(out, size, "lived 1-10 s %3u%% of CPU", (permille[1] + 5) / 10);
}

static void describe_spawner(const struct scene *scene, char *out, size_t size)
{
	const struct meters *meters = &scene->world.meters;
	const struct ptree_node *node =
	    meters->spawner_id ? ptree_tree_find_id(scene->world.tree, meters->spawner_id) : NULL;

	*out = '\0';
	if (node && meters->spawner_forks_per_ks >= 1000)
		snprintf(out, size, "spawner %s(%d)", ptree_node_comm(node), ptree_node_pid(node));
}

/* ---- cores ---- */

/* A bar each where there is room for bars, else a cell each. */
static void draw_cores(const struct scene *scene, const struct area *area, int y)
{
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	int count = (int)ptree_host_cpu_count(host);
	int room = count ? area->cols / count : 0;

	for (int i = 0; i < count; i++) {
		struct ptree_cpu_share share = { 0 };
		char value[24];
		int x = i * room, width = room - LABEL_WIDTH - CORE_VALUE_WIDTH - 1;

		ptree_host_cpu_share(host, (size_t)i, &share);
		if (width < CORE_BAR_LEAST) {
			x = LABEL_WIDTH + 1 + i;
			area_puts(area, y, 0, LABEL_WIDTH, "cpu", area_style(area, THEME_DIM));
			area_puts(area, y, x, 1, text_block(share.busy, area->utf8),
				  area_style(area, role_of_load(share.busy)));
			continue;
		}
		area_printf(area, y, x, LABEL_WIDTH, area_style(area, THEME_DIM), "%3u",
			    ptree_host_cpu_number(host, (size_t)i));
		draw_bar(area, y, x + LABEL_WIDTH, width, share.busy);
		snprintf(value, sizeof(value), "%d%%", (share.busy + 5) / 10);
		area_printf(area, y, x + LABEL_WIDTH + width, CORE_VALUE_WIDTH,
			    area_style(area, THEME_NORMAL), "%5s", value);
	}
}

/* ---- all of it ---- */

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

/* Where things stand: it depends on the width alone. */
struct layout {
	int bar, rate, graph; /* the cells of bar and graph; the rate's column */
	int words, more;      /* columns; 0: there is no room */
};

static struct layout layout_of(const struct area *area)
{
	struct layout layout = { .bar = area->cols / 5 < BAR_MAX ? area->cols / 5 : BAR_MAX };
	int words = area->cols >= LEAST_COLS_FOR_MORE ? 2 * WORDS_WIDTH + 4 : WORDS_WIDTH + 1;
	int room;

	layout.rate = LABEL_WIDTH + layout.bar + VALUE_WIDTH + 1;
	room = area->cols - layout.rate - RATE_WIDTH - 1;
	layout.graph = room >= words ? room - words : room;
	if (layout.graph > METERS_HISTORY)
		layout.graph = METERS_HISTORY;
	if (room >= words)
		layout.words = layout.rate + RATE_WIDTH + 1 + layout.graph + 1;
	if (layout.words && words > WORDS_WIDTH + 1)
		layout.more = layout.words + WORDS_WIDTH + 2;
	return layout;
}

static void draw_words(const struct scene *scene, const struct area *area, int y, int x,
		       void (*const describe[METER_LINES])(const struct scene *scene, char *out,
							   size_t size))
{
	for (int i = 0; i < METER_LINES; i++) {
		char text[128];

		describe[i](scene, text, sizeof(text));
		area_puts(area, y + i, x, WORDS_WIDTH, text, area_style(area, THEME_NORMAL));
	}
}

static void draw_lines(const struct scene *scene, const struct area *area, int y)
{
	static void (*const words[METER_LINES])(const struct scene *, char *,
						size_t) = { describe_states, describe_pressure,
							    describe_short_lived };
	static void (*const more[METER_LINES])(const struct scene *, char *,
					       size_t) = { describe_threads, describe_spawner,
							   describe_longer_lived };
	struct layout layout = layout_of(area);

	draw_cpu(scene, area, y, layout.bar);
	draw_memory(scene, area, y + 1, layout.bar, false);
	draw_memory(scene, area, y + 2, layout.bar, true);
	draw_rate(scene, area, y, layout.rate, layout.graph, METERS_FORKS, "fork/s");
	draw_rate(scene, area, y + 1, layout.rate, layout.graph, METERS_EXECS, "exec/s");
	draw_rate(scene, area, y + 2, layout.rate, layout.graph, METERS_FAILURES, "fail/s");
	if (layout.words)
		draw_words(scene, area, y, layout.words, words);
	if (layout.more)
		draw_words(scene, area, y, layout.more, more);
}

static bool has_meters(const struct area *area, int room)
{
	return area->rows >= LEAST_ROWS && area->cols >= LEAST_COLS && room >= METER_LINES;
}

static bool has_cores(const struct scene *scene, const struct area *area, int room)
{
	return area->rows >= LEAST_ROWS_FOR_CORES && room > 0 &&
	       ptree_host_cpu_count(ptree_monitor_host(scene->world.monitor)) > 1;
}

int meters_lines(const struct scene *scene, const struct area *screen, int max_lines)
{
	/* A line is left for what is filtered. */
	int used = scene->world.meters.bomb_growth && max_lines > 1;

	if (!has_meters(screen, max_lines - used))
		return used;
	used += METER_LINES;
	return used + has_cores(scene, screen, max_lines - used);
}

void meters_draw(const struct scene *scene, const struct area *screen, int y, int lines)
{
	if (lines > 0 && scene->world.meters.bomb_growth) {
		draw_bomb(scene, screen, y++);
		lines--;
	}
	if (!has_meters(screen, lines))
		return;
	draw_lines(scene, screen, y);
	if (has_cores(scene, screen, lines - METER_LINES))
		draw_cores(scene, screen, y + METER_LINES);
}
