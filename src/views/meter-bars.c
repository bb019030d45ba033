/* SPDX-License-Identifier: MIT */
/* Bars and graphs of what the machine has. */
#include "draw/text.h"
#include "views/graph.h"
#include "views/meters-impl.h"

#include <stdio.h>
#include <string.h>

#define CORE_LABEL_WIDTH 3
#define CORE_VALUE_WIDTH 5
#define CORE_BAR_LEAST 6
#define CORE_LEAST (CORE_LABEL_WIDTH + CORE_BAR_LEAST + CORE_VALUE_WIDTH + 1)
#define CORE_ROWS_PART 12 /* bars take so small a part of the screen at most */
#define HISTORY_LABEL_WIDTH 5

static enum theme_role role_of_load(uint32_t permille)
{
	return permille < 600	? THEME_METER_LOW
	       : permille < 850 ? THEME_METER_MIDDLE
				: THEME_METER_HIGH;
}

/* ---- pieces ---- */

/* A bar that is filled to that part, in eighths of a cell, and behind it to another one, dim. */
static void draw_bar(const struct area *area, int y, int x, int width, uint32_t permille,
		     uint32_t dim_permille)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	struct style full = area_style(area, role_of_load(permille));
	struct style edge = area_style(area, THEME_TREE_LINE);
	uint32_t cells = (uint32_t)(width - 2);
	uint32_t filled = (permille > 1000 ? 1000 : permille) * cells * 8 / 1000;
	uint32_t dim = (dim_permille > 1000 ? 1000 : dim_permille) * cells / 1000;

	if (permille && !filled)
		filled = 1;
	area_puts(area, y, x, 1, area->utf8 ? "▕" : "[", edge);
	area_puts(area, y, x + width - 1, 1, area->utf8 ? "▏" : "]", edge);
	for (uint32_t i = 0; i < cells; i++) {
		uint32_t part = filled > 8 ? 8 : filled;
		const char *cell = area->utf8 ? eighths[part] : part > 3 ? "#" : ":";

		filled -= part;
		if (part)
			area_puts(area, y, x + 1 + (int)i, 1, cell, full);
		else if (i < dim)
			area_puts(area, y, x + 1 + (int)i, 1, area->utf8 ? "░" : ".", edge);
	}
}

struct bar {
	const char *label;
	uint32_t permille, dim_permille;
	char value[40];
};

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

static void find_cpu(const struct ptree_host *host, struct bar *bar)
{
	struct ptree_cpu_share share = { 0 };

	if (!ptree_host_cpu_share(host, SIZE_MAX, &share))
		return;
	bar->permille = share.busy;
	snprintf(bar->value, sizeof(bar->value), "%d%%", (share.busy + 5) / 10);
}

/* Buffers and cache, which would be given back, are dim. */
static void find_memory(const struct ptree_host *host, struct bar *bar)
{
	struct ptree_memory memory;
	uint64_t used;

	if (!ptree_host_memory(host, &memory))
		return;
	used = memory.total_bytes - memory.available_bytes;
	bar->permille = part(used, memory.total_bytes);
	bar->dim_permille = part(memory.total_bytes - memory.free_bytes, memory.total_bytes);
	format_part(bar->value, sizeof(bar->value), used, memory.total_bytes);
}

static void find_swap(const struct ptree_host *host, struct bar *bar)
{
	struct ptree_memory memory;
	uint64_t used;

	if (!ptree_host_memory(host, &memory))
		return;
	used = memory.swap_total_bytes - memory.swap_free_bytes;
	bar->permille = part(used, memory.swap_total_bytes);
	if (memory.swap_total_bytes)
		format_part(bar->value, sizeof(bar->value), used, memory.swap_total_bytes);
	else
		snprintf(bar->value, sizeof(bar->value), "none");
}

void meter_draw_bar(const struct scene *scene, const struct area *area, int y, int width,
		    enum meter meter)
{
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	struct bar bar = { .label = meter == METER_CPU	    ? "CPU"
				    : meter == METER_MEMORY ? "MEM"
							    : "SWP",
			   .value = "?" };

	if (meter == METER_CPU)
		find_cpu(host, &bar);
	else if (meter == METER_MEMORY)
		find_memory(host, &bar);
	else
		find_swap(host, &bar);
	area_puts(area, y, 0, METER_LABEL_WIDTH, bar.label, area_style(area, THEME_DIM));
	draw_bar(area, y, METER_LABEL_WIDTH, width, bar.permille, bar.dim_permille);
	area_printf(area, y, METER_LABEL_WIDTH + width, METER_VALUE_WIDTH,
		    area_style(area, THEME_NORMAL), "%*s", METER_VALUE_WIDTH, bar.value);
}

/* ---- cores ---- */

/* How they stand: so many in a line, and in how many of them. */
struct grid {
	int count, in_line, lines;
	bool has_bars;
};

static struct grid grid_of(const struct scene *scene, const struct area *area)
{
	struct grid grid = {
		.count = (int)ptree_host_cpu_count(ptree_monitor_host(scene->world.monitor)),
		.in_line = area->cols / CORE_LEAST,
		.has_bars = true,
	};

	if (grid.count < 2 || area->cols <= CORE_LABEL_WIDTH + 1)
		return (struct grid){ .count = 0 };
	grid.lines = grid.in_line ? (grid.count + grid.in_line - 1) / grid.in_line : 0;
	if (!grid.lines || (grid.lines > 1 && grid.lines > area->rows / CORE_ROWS_PART)) {
		grid.has_bars = false;
		grid.in_line = area->cols - CORE_LABEL_WIDTH - 1;
		grid.lines = (grid.count + grid.in_line - 1) / grid.in_line;
	} else { /* as evenly as they can */
		grid.in_line = (grid.count + grid.lines - 1) / grid.lines;
	}
	return grid;
}

int meter_core_lines(const struct scene *scene, const struct area *area)
{
	return grid_of(scene, area).lines;
}

static void draw_core_bar(const struct ptree_host *host, const struct area *area, int y, int x,
			  int room, size_t core, const struct ptree_cpu_share *share)
{
	int width = room - CORE_LABEL_WIDTH - CORE_VALUE_WIDTH - 1;
	char value[24];

	area_printf(area, y, x, CORE_LABEL_WIDTH, area_style(area, THEME_DIM), "%3u",
		    ptree_host_cpu_number(host, core));
	draw_bar(area, y, x + CORE_LABEL_WIDTH, width, share->busy, 0);
	snprintf(value, sizeof(value), "%d%%", (share->busy + 5) / 10);
	area_printf(area, y, x + CORE_LABEL_WIDTH + width, CORE_VALUE_WIDTH,
		    area_style(area, THEME_NORMAL), "%5s", value);
}

void meter_draw_cores(const struct scene *scene, const struct area *area, int y)
{
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	struct grid grid = grid_of(scene, area);

	if (grid.count && !grid.has_bars)
		area_puts(area, y, 0, CORE_LABEL_WIDTH, "cpu", area_style(area, THEME_DIM));
	for (int i = 0; i < grid.count; i++) {
		struct ptree_cpu_share share = { 0 };
		int line = y + i / grid.in_line, at = i % grid.in_line;
		int room = area->cols / grid.in_line;

		ptree_host_cpu_share(host, (size_t)i, &share);
		if (grid.has_bars)
			draw_core_bar(host, area, line, at * room, room, (size_t)i, &share);
		else
			area_puts(area, line, CORE_LABEL_WIDTH + 1 + at, 1,
				  text_block(share.busy, area->utf8),
				  area_style(area, role_of_load(share.busy)));
	}
}

/* ---- history ---- */

static uint32_t cpu_of(const void *of, unsigned back)
{
	return meters_part(of, METERS_CPU, back);
}

static uint32_t memory_of(const void *of, unsigned back)
{
	return meters_part(of, METERS_MEMORY, back);
}

static void draw_graph(const struct scene *scene, const struct area *area, int y, int x, int cols,
		       const char *label, graph_value *value)
{
	uint32_t now = value(&scene->world.meters, 0);

	area_puts(area, y, x, HISTORY_LABEL_WIDTH, label, area_style(area, THEME_DIM));
	area_printf(area, y + 1, x, HISTORY_LABEL_WIDTH, area_style(area, THEME_NORMAL), "%3u%%",
		    (now + 5) / 10);
	graph_draw(area, y, x + HISTORY_LABEL_WIDTH, METER_HISTORY_LINES,
		   cols - HISTORY_LABEL_WIDTH - 1, value, &scene->world.meters,
		   area_style(area, role_of_load(now)));
}

void meter_draw_history(const struct scene *scene, const struct area *area, int y)
{
	int half = area->cols / 2;

	draw_graph(scene, area, y, 0, half, "CPU", cpu_of);
	draw_graph(scene, area, y, half, area->cols - half, "MEM", memory_of);
}
