/* SPDX-License-Identifier: MIT */
/*
 * The meters below the title: what the machine has, what happens how often, and where the CPU time
 * of what is already over went.
 */
#include "views/view.h"

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

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static enum theme_role role_of_load(uint32_t permille)
{
	return permille < 600	? THEME_METER_LOW
	       : permille < 850 ? THEME_METER_MIDDLE
				: THEME_METER_HIGH;
}

/* ---- pieces ---- */

/* A bar that is filled to that part, in eighths of a cell. */
static void draw_bar(const struct session *session, struct canvas *canvas, int y, int x, int width,
		     uint32_t permille)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	struct style full = role(session, role_of_load(permille));
	struct style edge = role(session, THEME_TREE_LINE);
	uint32_t filled = (permille > 1000 ? 1000 : permille) * (uint32_t)(width - 2) * 8 / 1000;

	if (permille && !filled)
		filled = 1;
	canvas_puts(canvas, y, x, 1, session->utf8 ? "▕" : "[", edge);
	canvas_puts(canvas, y, x + width - 1, 1, session->utf8 ? "▏" : "]", edge);
	for (int i = 0; i < width - 2; i++) {
		uint32_t part = filled > 8 ? 8 : filled;

		filled -= part;
		if (part)
			canvas_puts(canvas, y, x + 1 + i, 1,
				    session->utf8 ? eighths[part]
				    : part > 3	  ? "#"
						  : ":",
				    full);
	}
}

/* One cell, as high as that part. */
static const char *block(const struct session *session, uint32_t permille)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { "_", ".", "-", "=", "+", "*", "%", "#" };
	uint32_t level = permille >= 1000 ? 7 : permille * 8 / 1000;

	return session->utf8 ? blocks[level] : ascii[level];
}

/* "412", "12k": four cells. */
static void format_rate(char *out, size_t size, uint32_t rate)
{
	if (rate < 10000)
		snprintf(out, size, "%u", rate);
	else
		snprintf(out, size, "%uk", rate / 1000);
}

static void draw_rate(const struct session *session, struct canvas *canvas, int y, int x, int width,
		      enum meters_rate which, const char *label)
{
	uint32_t most = 8, now = meters_rate(&session->meters, which, 0);
	bool is_bad = which == METERS_FAILURES && now;
	char number[16];

	format_rate(number, sizeof(number), now);
	canvas_puts(canvas, y, x, -1, label, role(session, THEME_DIM));
	canvas_printf(canvas, y, x + 6, 5, role(session, is_bad ? THEME_FAILURE : THEME_NORMAL),
		      "%5s", number);
	for (int i = 0; i < width; i++) {
		uint32_t rate = meters_rate(&session->meters, which, (unsigned)i);

		most = rate > most ? rate : most;
	}
	for (int i = 0; i < width; i++) {
		uint32_t rate = meters_rate(&session->meters, which, (unsigned)(width - 1 - i));

		canvas_puts(canvas, y, x + RATE_WIDTH + 1 + i, 1,
			    rate ? block(session, rate * 1000 / most) : " ",
			    role(session, which == METERS_FAILURES ? THEME_FAILURE : THEME_COUNT));
	}
}

static void draw_meter(const struct session *session, struct canvas *canvas, int y, int width,
		       const char *label, uint32_t permille, const char *value)
{
	canvas_puts(canvas, y, 0, LABEL_WIDTH, label, role(session, THEME_DIM));
	draw_bar(session, canvas, y, LABEL_WIDTH, width, permille);
	canvas_printf(canvas, y, LABEL_WIDTH + width, VALUE_WIDTH, role(session, THEME_NORMAL),
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

static void draw_cpu(const struct session *session, struct canvas *canvas, int y, int width)
{
	const struct ptree_host *host = ptree_monitor_host(session->monitor);
	struct ptree_cpu_share share = { 0 };
	char value[16] = "?";

	if (ptree_host_cpu_share(host, SIZE_MAX, &share))
		snprintf(value, sizeof(value), "%d%%", (share.busy + 5) / 10);
	draw_meter(session, canvas, y, width, "CPU", share.busy, value);
}

static void draw_memory(const struct session *session, struct canvas *canvas, int y, int width,
			bool swap)
{
	const struct ptree_host *host = ptree_monitor_host(session->monitor);
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
		draw_meter(session, canvas, y, width, swap ? "SWP" : "MEM", part(used, total),
			   value);
		return;
	}
	draw_meter(session, canvas, y, width, swap ? "SWP" : "MEM", 0, value);
}

/* "running    4  zombies    0" */
static void describe_states(const struct session *session, char *out, size_t size)
{
	struct ptree_tree_counts counts;
	uint64_t runnable, forks;
	char running[16] = "?", zombies[16];

	ptree_tree_get_counts(session->live_tree, &counts);
	if (ptree_host_tasks(ptree_monitor_host(session->monitor), &runnable, &forks))
		format_rate(running, sizeof(running), (uint32_t)runnable);
	format_rate(zombies, sizeof(zombies), (uint32_t)counts.zombies);
	snprintf(out, size, "running %4s  zombies %4s", running, zombies);
}

static void describe_threads(const struct session *session, char *out, size_t size)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(session->live_tree, &counts);
	snprintf(out, size, "threads %zu", counts.live + counts.threads);
}

/* "pressure cpu  4 mem  0 io 12": per cent of the time something waited for it. */
static void describe_pressure(const struct session *session, char *out, size_t size)
{
	static const char *const names[PTREE_RESOURCE_COUNT] = { [PTREE_RESOURCE_CPU] = "cpu",
								 [PTREE_RESOURCE_MEMORY] = "mem",
								 [PTREE_RESOURCE_IO] = "io" };
	const struct ptree_host *host = ptree_monitor_host(session->monitor);
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
static bool has_lifetimes(const struct session *session, uint32_t permille[METERS_LIFETIMES])
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(session->monitor, &status);
	/* Without the kernel's accounting it would be a small part that passes for the whole. */
	return !status.accounting_error && meters_lifetimes(&session->meters, permille);
}

/* "short-lived  30% of CPU": of those that lived less than a second. */
static void describe_short_lived(const struct session *session, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(session, permille))
		snprintf(out, size, "short-lived %3u%% of CPU", (permille[0] + 5) / 10);
}

/* What lived longer than the meters look back used most of its time before. */
static void describe_longer_lived(const struct session *session, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(session, permille))
		snprintf(out, size, "lived 1-10 s %3u%% of CPU", (permille[1] + 5) / 10);
}

static void describe_spawner(const struct session *session, char *out, size_t size)
{
	const struct meters *meters = &session->meters;
	const struct ptree_node *node =
	    meters->spawner_id ? ptree_tree_find_id(session->live_tree, meters->spawner_id) : NULL;

	*out = '\0';
	if (node && meters->spawner_forks_per_ks >= 1000)
		snprintf(out, size, "spawner %s(%d)", ptree_node_comm(node), ptree_node_pid(node));
}

/* ---- cores ---- */

/* A bar each where there is room for bars, else a cell each. */
static void draw_cores(const struct session *session, struct canvas *canvas, int y)
{
	const struct ptree_host *host = ptree_monitor_host(session->monitor);
	int count = (int)ptree_host_cpu_count(host);
	int room = count ? canvas->cols / count : 0;

	for (int i = 0; i < count; i++) {
		struct ptree_cpu_share share = { 0 };
		char value[24];
		int x = i * room, width = room - LABEL_WIDTH - CORE_VALUE_WIDTH - 1;

		ptree_host_cpu_share(host, (size_t)i, &share);
		if (width < CORE_BAR_LEAST) {
			x = LABEL_WIDTH + 1 + i;
			canvas_puts(canvas, y, 0, LABEL_WIDTH, "cpu", role(session, THEME_DIM));
			canvas_puts(canvas, y, x, 1, block(session, share.busy),
				    role(session, role_of_load(share.busy)));
			continue;
		}
		canvas_printf(canvas, y, x, LABEL_WIDTH, role(session, THEME_DIM), "%3u",
			      ptree_host_cpu_number(host, (size_t)i));
		draw_bar(session, canvas, y, x + LABEL_WIDTH, width, share.busy);
		snprintf(value, sizeof(value), "%d%%", (share.busy + 5) / 10);
		canvas_printf(canvas, y, x + LABEL_WIDTH + width, CORE_VALUE_WIDTH,
			      role(session, THEME_NORMAL), "%5s", value);
	}
}

/* ---- all of it ---- */

static void draw_bomb(const struct session *session, struct canvas *canvas, int y)
{
	const struct meters *meters = &session->meters;
	const struct ptree_node *node = ptree_tree_find_id(session->live_tree, meters->bomb_id);
	bool is_under = node;
	int x = canvas_printf(canvas, y, 0, -1, role(session, THEME_ERROR),
			      "fork bomb? %u more processes in 5 s", meters->bomb_growth);

	/* Those whose parents are gone are under init, and it is not init's doing. */
	if (!node)
		node = ptree_tree_find_id(session->live_tree, meters->spawner_id);
	if (node)
		canvas_printf(canvas, y, x, -1, role(session, THEME_ERROR), "%s %s(%d)",
			      is_under ? ", under" : "; most are forked by", ptree_node_comm(node),
			      ptree_node_pid(node));
}

/* Where things stand: it depends on the width alone. */
struct layout {
	int bar, rate, graph; /* the cells of bar and graph; the rate's column */
	int words, more;      /* columns; 0: there is no room */
};

static struct layout layout_of(const struct canvas *canvas)
{
	struct layout layout = { .bar = canvas->cols / 5 < BAR_MAX ? canvas->cols / 5 : BAR_MAX };
	int words = canvas->cols >= LEAST_COLS_FOR_MORE ? 2 * WORDS_WIDTH + 4 : WORDS_WIDTH + 1;
	int room;

	layout.rate = LABEL_WIDTH + layout.bar + VALUE_WIDTH + 1;
	room = canvas->cols - layout.rate - RATE_WIDTH - 1;
	layout.graph = room >= words ? room - words : room;
	if (layout.graph > METERS_HISTORY)
		layout.graph = METERS_HISTORY;
	if (room >= words)
		layout.words = layout.rate + RATE_WIDTH + 1 + layout.graph + 1;
	if (layout.words && words > WORDS_WIDTH + 1)
		layout.more = layout.words + WORDS_WIDTH + 2;
	return layout;
}

static void draw_words(const struct session *session, struct canvas *canvas, int y, int x,
		       void (*const describe[METER_LINES])(const struct session *session, char *out,
							   size_t size))
{
	for (int i = 0; i < METER_LINES; i++) {
		char text[128];

		describe[i](session, text, sizeof(text));
		canvas_puts(canvas, y + i, x, WORDS_WIDTH, text, role(session, THEME_NORMAL));
	}
}

static void draw_lines(const struct session *session, struct canvas *canvas, int y)
{
	static void (*const words[METER_LINES])(const struct session *, char *,
						size_t) = { describe_states, describe_pressure,
							    describe_short_lived };
	static void (*const more[METER_LINES])(const struct session *, char *,
					       size_t) = { describe_threads, describe_spawner,
							   describe_longer_lived };
	struct layout layout = layout_of(canvas);

	draw_cpu(session, canvas, y, layout.bar);
	draw_memory(session, canvas, y + 1, layout.bar, false);
	draw_memory(session, canvas, y + 2, layout.bar, true);
	draw_rate(session, canvas, y, layout.rate, layout.graph, METERS_FORKS, "fork/s");
	draw_rate(session, canvas, y + 1, layout.rate, layout.graph, METERS_EXECS, "exec/s");
	draw_rate(session, canvas, y + 2, layout.rate, layout.graph, METERS_FAILURES, "fail/s");
	if (layout.words)
		draw_words(session, canvas, y, layout.words, words);
	if (layout.more)
		draw_words(session, canvas, y, layout.more, more);
}

int view_meters_draw(const struct session *session, struct canvas *canvas, int y, int max_lines)
{
	bool has_bomb = session->meters.bomb_growth && max_lines > 0;
	int used = has_bomb;

	if (has_bomb)
		draw_bomb(session, canvas, y);
	if (canvas->rows < LEAST_ROWS || canvas->cols < LEAST_COLS ||
	    max_lines < used + METER_LINES)
		return used;
	draw_lines(session, canvas, y + used);
	used += METER_LINES;
	if (canvas->rows >= LEAST_ROWS_FOR_CORES && max_lines > used &&
	    ptree_host_cpu_count(ptree_monitor_host(session->monitor)) > 1)
		draw_cores(session, canvas, y + used++);
	return used;
}
