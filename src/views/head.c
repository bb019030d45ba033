/* SPDX-License-Identifier: MIT */
/*
 * The head of the screen: the machine, and how current the picture is. What is lost must not be
 * forgotten, so on a narrow screen all else goes first.
 */
#include "views/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

struct state_look {
	const char *name;
	enum theme_role role;
};

static const struct state_look state_looks[] = {
	[PTREE_MONITOR_STARTING] = { "STARTING", THEME_STATE_WARNING },
	[PTREE_MONITOR_LIVE] = { "LIVE", THEME_STATE_GOOD },
	[PTREE_MONITOR_STALE] = { "STALE", THEME_STATE_WARNING },
	[PTREE_MONITOR_DEAF] = { "DEAF", THEME_STATE_BAD },
	[PTREE_MONITOR_POLLING] = { "POLLING", THEME_STATE_BAD },
};

static struct state_look look_of(const struct scene *scene,
				 const struct ptree_monitor_status *status)
{
	if (scene->moment.stopped_ns)
		return (struct state_look){ "PAUSED", THEME_STATE_WARNING };
	return state_looks[status->state];
}

/* "4,321", so that long numbers can be read. */
static void format_count(char *out, size_t size, uint64_t count)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lu", (unsigned long)count);
	size_t used = 0;

	for (int i = 0; i < length && used + 2 < size; i++) {
		if (i && (length - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
}

/* "412", "12k", "3M": four cells. */
static void format_short(char *out, size_t size, uint64_t count)
{
	const char *unit = count < 10000 ? "" : count < 1000000 ? "k" : "M";
	uint64_t divisor = count < 10000 ? 1 : count < 1000000 ? 1000 : 1000000;

	snprintf(out, size, "%lu%s", (unsigned long)(count / divisor), unit);
}

/* ---- how true it is: the right end, which must be there ---- */

/*
 * Everything stands at a place that depends on the width alone. From the dot on: the state, the
 * events, what was lost, the clock, on whose room a large number of lost events may grow.
 */
struct places {
	int dot, rate, lost, clock; /* columns; -1: there is none */
};

#define STATE_WIDTH 6 /* "PAUSED"; where it is longer there is no rate */
#define RATE_WIDTH 8  /* "9999ev/s" */
#define LOST_WIDTH 9  /* "lost 9999" */
#define CLOCK_WIDTH 5
#define LEAST_COLS_FOR_RATE 60
#define LEAST_COLS_FOR_LEFT 30

static struct places places_of(const struct area *area)
{
	struct places places = { .rate = -1, .clock = -1 };
	int x = area->cols - LOST_WIDTH;

	if (area->cols >= LEAST_COLS_FOR_RATE) {
		places.clock = area->cols - CLOCK_WIDTH;
		x = places.clock - 1 - LOST_WIDTH;
		places.rate = x - 1 - RATE_WIDTH;
	}
	places.lost = x;
	places.dot = (places.rate < 0 ? x : places.rate) - 3 - STATE_WIDTH;
	if (area->cols < LEAST_COLS_FOR_LEFT)
		places.dot = 0;
	return places;
}

static void draw_clock(const struct area *area, int x)
{
	char text[16];
	time_t now = time(NULL);
	struct tm local;

	if (localtime_r(&now, &local) && strftime(text, sizeof(text), "%H:%M", &local))
		area_puts(area, 0, x, -1, text, area_style(area, THEME_NORMAL));
}

static enum theme_role bad_if(bool is_bad)
{
	return is_bad ? THEME_STATE_WARNING : THEME_NORMAL;
}

/* Returns where its number ends. */
static int draw_lost(const struct area *area, int x, const struct ptree_monitor_status *status)
{
	char number[32];

	if (area->cols < LEAST_COLS_FOR_RATE)
		format_short(number, sizeof(number), status->lost);
	else
		format_count(number, sizeof(number), status->lost);
	return x + area_printf(area, 0, x, -1, area_style(area, bad_if(status->lost)), "lost %s",
			       number);
}

/* What was missed beside events, in the words that there is room for; "" if nothing was. */
static void describe_missed(const struct ptree_monitor_status *status, int cols, char *out,
			    size_t size)
{
	const char *word = cols < 110 ? "unacc" : "unaccounted";
	char number[24];
	size_t used = 0;

	*out = '\0';
	format_short(number, sizeof(number), status->argv_late);
	if (status->argv_late)
		used = (size_t)snprintf(out, size, "late %s", number);
	format_short(number, sizeof(number), status->unaccounted);
	if (status->unaccounted)
		snprintf(out + used, size - used, "%s%s %s", used ? " " : "", word, number);
}

/* On the narrowest screens there is but this, and all that was missed beside events as one sum. */
static int draw_only_state(const struct area *area, const struct ptree_monitor_status *status,
			   int x)
{
	uint64_t missed = status->argv_late + status->unaccounted;

	if (status->state == PTREE_MONITOR_POLLING)
		return x;
	x = draw_lost(area, x + 1, status);
	if (missed)
		x += area_printf(area, 0, x, -1, area_style(area, THEME_STATE_WARNING), " +%lu",
				 (unsigned long)missed);
	return x;
}

static int draw_look(const struct scene *scene, const struct area *area, int x,
		     const struct ptree_monitor_status *status)
{
	struct state_look look = look_of(scene, status);
	bool has_room = area->cols >= 2 + STATE_WIDTH + 1 + LOST_WIDTH - 3;

	x += area_puts(area, 0, x, -1, area->utf8 ? "●" : "*", area_style(area, look.role));
	if (has_room || status->state == PTREE_MONITOR_POLLING)
		x += 1 + area_puts(area, 0, x + 1, -1, look.name, area_style(area, look.role));
	return x;
}

static void draw_rate(const struct scene *scene, const struct area *area, int x)
{
	char number[24];

	format_short(number, sizeof(number), scene->world.events_per_s);
	area_printf(area, 0, x, -1, area_style(area, THEME_NORMAL), "%4sev/s", number);
}

/* Returns how far what stands at the left may go. */
static int draw_state(const struct scene *scene, const struct area *area,
		      const struct ptree_monitor_status *status)
{
	struct places places = places_of(area);
	int end = draw_look(scene, area, places.dot, status);
	char missed[64];
	int width;

	if (area->cols < LEAST_COLS_FOR_LEFT) {
		draw_only_state(area, status, end);
		return 0;
	}
	if (status->state != PTREE_MONITOR_POLLING) {
		if (places.rate >= 0 && status->state != PTREE_MONITOR_STARTING)
			draw_rate(scene, area, places.rate);
		end = draw_lost(area, places.lost, status);
	}
	if (places.clock > end)
		draw_clock(area, places.clock);
	describe_missed(status, area->cols, missed, sizeof(missed));
	if (!*missed)
		return places.dot - 1;
	width = (int)strlen(missed);
	area_puts(area, 0, places.dot - 1 - width, -1, missed,
		  area_style(area, THEME_STATE_WARNING));
	return places.dot - 2 - width;
}

/* ---- the machine: what there is room for beside that ---- */

static void format_uptime(char *out, size_t size)
{
	uint64_t minutes = ptree_boot_now_ns() / NS_PER_S / 60;
	uint64_t days = minutes / 60 / 24;

	if (days)
		snprintf(out, size, "up %4lud", (unsigned long)days);
	else
		snprintf(out, size, "up %2lu:%02lu", (unsigned long)(minutes / 60),
			 (unsigned long)(minutes % 60));
}

/* "3.41", "12.3", " 123": four cells. */
static int format_load(char *out, size_t size, double load)
{
	return snprintf(out, size, load < 9.995 ? "%4.2f" : load < 99.95 ? "%4.1f" : "%4.0f", load);
}

static void format_loads(char *out, size_t size, int count)
{
	double load[3];
	size_t used = (size_t)snprintf(out, size, "load");

	if (getloadavg(load, 3) != 3)
		count = 0;
	for (int i = 0; i < count && used + 1 < size; i++) {
		out[used++] = ' ';
		used += (size_t)format_load(out + used, size - used, load[i]);
	}
	if (!count)
		*out = '\0';
}

enum machine_part { PART_NAME, PART_HOST, PART_UPTIME, PART_LOAD, PART_LOADS, PART_PROCESSES };
#define PART_COUNT 6
#define PART_SIZE 80

static void format_parts(const struct scene *scene, char parts[PART_COUNT][PART_SIZE])
{
	struct ptree_tree_counts counts;
	char host[256] = "", number[24];

	gethostname(host, sizeof(host) - 1);
	ptree_tree_get_counts(scene->world.tree, &counts);
	format_short(number, sizeof(number), counts.live + counts.zombies);
	snprintf(parts[PART_NAME], PART_SIZE, "proctop");
	host[strcspn(host, ".")] = '\0';
	snprintf(parts[PART_HOST], PART_SIZE, "%.16s", host);
	format_uptime(parts[PART_UPTIME], PART_SIZE);
	format_loads(parts[PART_LOAD], PART_SIZE, 1);
	format_loads(parts[PART_LOADS], PART_SIZE, 3);
	snprintf(parts[PART_PROCESSES], PART_SIZE, "procs %4s", number);
}

/* Which of them fit, the most wanted first: the same ones as long as the width is the same. */
static void choose_parts(char parts[PART_COUNT][PART_SIZE], int room, bool wanted[PART_COUNT])
{
	static const enum machine_part order[PART_COUNT] = { PART_NAME, PART_LOAD,  PART_PROCESSES,
							     PART_HOST, PART_LOADS, PART_UPTIME };

	for (size_t i = 0; i < PART_COUNT; i++) {
		enum machine_part part = order[i];
		int width = (int)strlen(parts[part]) + 1;

		if (part == PART_LOADS)
			width -= (int)strlen(parts[PART_LOAD]) + 1;
		wanted[part] = *parts[part] && width <= room + 1 &&
			       (part == PART_NAME || wanted[PART_NAME]) &&
			       (part != PART_LOADS || wanted[PART_LOAD]);
		room -= wanted[part] ? width : 0;
	}
	wanted[PART_LOAD] &= !wanted[PART_LOADS];
}

static void draw_machine(const struct scene *scene, const struct area *area, int room)
{
	char parts[PART_COUNT][PART_SIZE];
	bool wanted[PART_COUNT] = { false };
	int x = 0;

	format_parts(scene, parts);
	choose_parts(parts, room, wanted);
	for (int i = 0; i < PART_COUNT; i++) {
		bool is_name = i == PART_NAME || i == PART_HOST;

		if (wanted[i])
			x += 1 + area_puts(area, 0, x, -1, parts[i],
					   area_style(area, is_name ? THEME_TITLE : THEME_NORMAL));
	}
}

/* What a stopped picture does not show, left of the state. Returns as draw_state(). */
static int draw_new_since(const struct scene *scene, const struct area *area, int room)
{
	char number[32], text[48];
	int width;

	format_count(number, sizeof(number), moment_new_since(&scene->moment, scene->world.tree));
	width = snprintf(text, sizeof(text), "%s new since", number);
	if (width > room)
		return room;
	area_puts(area, 0, room - width, -1, text, area_style(area, THEME_STATE_WARNING));
	return room - width - 1;
}

void head_draw_first(const struct scene *scene, const struct area *area,
		     const struct ptree_monitor_status *status)
{
	int room = draw_state(scene, area, status);

	if (scene->moment.stopped_ns)
		room = draw_new_since(scene, area, room);
	draw_machine(scene, area, room);
}

static void draw_polling(const struct area *area, int y, const struct ptree_monitor_status *status)
{
	static const char label[] = "polling /proc: ";
	const char *reason = ptree_monitor_reason_text(status->reason);
	int x = 0;

	/* The title says so already; the reason is what must not be cut. */
	if (strlen(label) + strlen(reason) <= (size_t)area->cols)
		x = area_puts(area, y, 0, -1, label, area_style(area, THEME_STATE_BAD));
	area_puts_cut(area, y, x, area->cols - x, reason, area_style(area, THEME_NORMAL));
}

int head_lines(const struct scene *scene, const struct area *screen, int max_lines)
{
	struct ptree_monitor_status status;
	int used = 1;

	if (max_lines < 1)
		return 0;
	ptree_monitor_get_status(scene->world.monitor, &status);
	if (used < max_lines && status.state == PTREE_MONITOR_POLLING)
		used++;
	return used + meters_lines(scene, screen, max_lines - used);
}

void head_draw(const struct scene *scene, const struct area *screen, int lines)
{
	struct ptree_monitor_status status;
	int used = 1;

	if (lines < 1)
		return;
	ptree_monitor_get_status(scene->world.monitor, &status);
	head_draw_first(scene, screen, &status);
	if (used < lines && status.state == PTREE_MONITOR_POLLING)
		draw_polling(screen, used++, &status);
	meters_draw(scene, screen, used, lines - used);
}
