/* SPDX-License-Identifier: MIT */
/*
 * The lines above the rows: the machine, how current the picture is, and what it leaves out. What
 * is lost and what is filtered must not be forgotten, so on a narrow screen all else goes first.
 */
#include "views/view.h"

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

static struct style role(const struct session *session, enum theme_role which)
{
	return theme_style(which, session->colors);
}

static struct state_look look_of(const struct session *session,
				 const struct ptree_monitor_status *status)
{
	if (session->paused_ns)
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

static struct places places_of(const struct canvas *canvas)
{
	struct places places = { .rate = -1, .clock = -1 };
	int x = canvas->cols - LOST_WIDTH;

	if (canvas->cols >= LEAST_COLS_FOR_RATE) {
		places.clock = canvas->cols - CLOCK_WIDTH;
		x = places.clock - 1 - LOST_WIDTH;
		places.rate = x - 1 - RATE_WIDTH;
	}
	places.lost = x;
	places.dot = (places.rate < 0 ? x : places.rate) - 3 - STATE_WIDTH;
	if (canvas->cols < LEAST_COLS_FOR_LEFT)
		places.dot = 0;
	return places;
}

static void draw_clock(const struct session *session, struct canvas *canvas, int x)
{
	char text[16];
	time_t now = time(NULL);
	struct tm local;

	if (localtime_r(&now, &local) && strftime(text, sizeof(text), "%H:%M", &local))
		canvas_puts(canvas, 0, x, -1, text, role(session, THEME_NORMAL));
}

static enum theme_role bad_if(bool is_bad)
{
	return is_bad ? THEME_STATE_WARNING : THEME_NORMAL;
}

/* Returns where its number ends. */
static int draw_lost(const struct session *session, struct canvas *canvas, int x,
		     const struct ptree_monitor_status *status)
{
	char number[32];

	if (canvas->cols < LEAST_COLS_FOR_RATE)
		format_short(number, sizeof(number), status->lost);
	else
		format_count(number, sizeof(number), status->lost);
	return x + canvas_printf(canvas, 0, x, -1, role(session, bad_if(status->lost)), "lost %s",
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
static int draw_only_state(const struct session *session, struct canvas *canvas,
			   const struct ptree_monitor_status *status, int x)
{
	uint64_t missed = status->argv_late + status->unaccounted;

	if (status->state == PTREE_MONITOR_POLLING)
		return x;
	x = draw_lost(session, canvas, x + 1, status);
	if (missed)
		x += canvas_printf(canvas, 0, x, -1, role(session, THEME_STATE_WARNING), " +%lu",
				   (unsigned long)missed);
	return x;
}

static int draw_look(const struct session *session, struct canvas *canvas, int x,
		     const struct ptree_monitor_status *status)
{
	struct state_look look = look_of(session, status);
	bool has_room = canvas->cols >= 2 + STATE_WIDTH + 1 + LOST_WIDTH - 3;

	x += canvas_puts(canvas, 0, x, -1, session->utf8 ? "●" : "*", role(session, look.role));
	if (has_room || status->state == PTREE_MONITOR_POLLING)
		x += 1 + canvas_puts(canvas, 0, x + 1, -1, look.name, role(session, look.role));
	return x;
}

static void draw_rate(const struct session *session, struct canvas *canvas, int x)
{
	char number[24];

	format_short(number, sizeof(number), session->events_per_s);
	canvas_printf(canvas, 0, x, -1, role(session, THEME_NORMAL), "%4sev/s", number);
}

/* Returns how far what stands at the left may go. */
static int draw_state(const struct session *session, struct canvas *canvas,
		      const struct ptree_monitor_status *status)
{
	struct places places = places_of(canvas);
	int end = draw_look(session, canvas, places.dot, status);
	char missed[64];
	int width;

	if (canvas->cols < LEAST_COLS_FOR_LEFT) {
		draw_only_state(session, canvas, status, end);
		return 0;
	}
	if (status->state != PTREE_MONITOR_POLLING) {
		if (places.rate >= 0 && status->state != PTREE_MONITOR_STARTING)
			draw_rate(session, canvas, places.rate);
		end = draw_lost(session, canvas, places.lost, status);
	}
	if (places.clock > end)
		draw_clock(session, canvas, places.clock);
	describe_missed(status, canvas->cols, missed, sizeof(missed));
	if (!*missed)
		return places.dot - 1;
	width = (int)strlen(missed);
	canvas_puts(canvas, 0, places.dot - 1 - width, -1, missed,
		    role(session, THEME_STATE_WARNING));
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

static void format_parts(const struct session *session, char parts[PART_COUNT][PART_SIZE])
{
	struct ptree_tree_counts counts;
	char host[256] = "", number[24];

	gethostname(host, sizeof(host) - 1);
	ptree_tree_get_counts(session->live_tree, &counts);
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

static void draw_machine(const struct session *session, struct canvas *canvas, int room)
{
	char parts[PART_COUNT][PART_SIZE];
	bool wanted[PART_COUNT] = { false };
	int x = 0;

	format_parts(session, parts);
	choose_parts(parts, room, wanted);
	for (int i = 0; i < PART_COUNT; i++) {
		bool is_name = i == PART_NAME || i == PART_HOST;

		if (wanted[i])
			x += 1 + canvas_puts(canvas, 0, x, -1, parts[i],
					     role(session, is_name ? THEME_TITLE : THEME_NORMAL));
	}
}

/* What a stopped picture does not show, left of the state. Returns as draw_state(). */
static int draw_new_since(const struct session *session, struct canvas *canvas, int room)
{
	char number[32], text[48];
	int width;

	format_count(number, sizeof(number), session_new_since(session));
	width = snprintf(text, sizeof(text), "%s new since", number);
	if (width > room)
		return room;
	canvas_puts(canvas, 0, room - width, -1, text, role(session, THEME_STATE_WARNING));
	return room - width - 1;
}

void view_title_draw_first(const struct session *session, struct canvas *canvas,
			   const struct ptree_monitor_status *status)
{
	int room = draw_state(session, canvas, status);

	if (session->paused_ns)
		room = draw_new_since(session, canvas, room);
	draw_machine(session, canvas, room);
}

/* ---- the scope ---- */

struct scope_line {
	struct canvas *canvas;
	int y, x, room;
};

static void add_scope(const struct session *session, struct scope_line *line, const char *label,
		      const char *text)
{
	struct canvas *canvas = line->canvas;

	if (line->x && line->x < line->room)
		line->x +=
		    canvas_puts(canvas, line->y, line->x, 1, " ", role(session, THEME_NORMAL));
	line->x += canvas_puts(canvas, line->y, line->x, line->room - line->x, label,
			       role(session, THEME_SCOPE_LABEL));
	line->x += canvas_puts(canvas, line->y, line->x, line->room - line->x, " ",
			       role(session, THEME_NORMAL));
	line->x += canvas_puts(canvas, line->y, line->x, line->room - line->x, text,
			       role(session, THEME_NORMAL));
}

static void describe_watch(const struct session *session, char *out, size_t size)
{
	const struct watch_set *set = session_watched(session);
	size_t used = 0;

	for (size_t i = 0; i < set->count && used < size; i++) {
		const struct watch_item *item = &set->items[i];
		const struct ptree_node *node = ptree_tree_find_id(session->tree, item->id);

		if (item->name[0])
			used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
						 item->name);
		else
			used +=
			    (size_t)snprintf(out + used, size - used, "%s%s(%d)%s", i ? " " : "",
					     node ? ptree_node_comm(node) : "?", item->pid,
					     node && !ptree_node_has_ended(node) ? ""
					     : session->utf8			 ? "†"
										 : "+");
	}
}

static void describe_users(const struct session *session, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < session->uid_count && used < size; i++) {
		const char *name = ptree_users_name_later(session->users, session->uids[i]);

		if (name)
			used +=
			    (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", name);
		else
			used += (size_t)snprintf(out + used, size - used, "%s%u", i ? " " : "",
						 session->uids[i]);
	}
}

void view_scope_describe(const struct session *session, char *out, size_t size)
{
	char text[WATCH_ITEMS_MAX * (WATCH_NAME_SIZE + 8)];
	size_t used = 0;

	*out = '\0';
	if (session->watch_depth) {
		describe_watch(session, text, sizeof(text));
		used = (size_t)snprintf(out, size, " under %s", text);
	}
	if (session->uid_count && used < size) {
		describe_users(session, text, sizeof(text));
		used +=
		    (size_t)snprintf(out + used, size - used, "%s of %s", used ? "," : "", text);
	}
	if (session->filter && used < size)
		snprintf(out + used, size - used, "%s matching %s", used ? "," : "",
			 session->filter_text);
}

static void describe_tally(const struct session *session, char *out, size_t size)
{
	struct rows_tally tally = rows_tally(session->rows);

	snprintf(out, size, "%u match +%u anc, %u hidden", tally.matching, tally.context,
		 tally.left_out);
}

static void draw_filter_scope(const struct session *session, struct scope_line *line)
{
	char text[PROMPT_SIZE];
	int width;

	if (!session->filter && !session->uid_count)
		return;
	/* How many is said at the right end, so that a long filter cannot push it out. */
	describe_tally(session, text, sizeof(text));
	width = (int)strlen(text);
	if (line->room > 3 * width / 2) {
		canvas_puts(line->canvas, line->y, line->room - width, width, text,
			    role(session, THEME_DIM));
		line->room -= width + 1;
	}
	if (session->uid_count) {
		describe_users(session, text, sizeof(text));
		add_scope(session, line, "USER", text);
	}
	if (session->filter)
		add_scope(session, line, "FILTER", session->filter_text);
}

/* How long exited rows stay, if not as ever; else NULL. */
static const char *exited_text(const struct session *session)
{
	static const char *const words[JOBS_MODE_COUNT] = {
		[JOBS_NONE] = "hidden", [JOBS_STAY] = "all stay"
	};

	return words[session->scope.exited];
}

static bool has_scope(const struct session *session)
{
	return session_is_sorted(session) || exited_text(session) || session->watch_depth ||
	       session->filter || session->uid_count || session->scope.is_list ||
	       session->scope.by_origin || session->follow_id;
}

static void draw_scope(const struct session *session, struct canvas *canvas, int y)
{
	struct scope_line line = { .canvas = canvas, .y = y, .room = canvas->cols };
	char text[WATCH_ITEMS_MAX * (WATCH_NAME_SIZE + 8)];

	if (session->watch_depth) {
		describe_watch(session, text, sizeof(text));
		add_scope(session, &line, "WATCH", text);
	}
	draw_filter_scope(session, &line);
	if (session->follow_id) {
		const struct ptree_node *node =
		    ptree_tree_find_id(session->tree, session->follow_id);

		snprintf(text, sizeof(text), "%d", node ? ptree_node_pid(node) : 0);
		add_scope(session, &line, "FOLLOW", text);
	}
	if (exited_text(session))
		add_scope(session, &line, "GONE", exited_text(session));
	if (session->scope.by_origin)
		add_scope(session, &line, "LINEAGE", "under who forked them");
	if (session->scope.is_list)
		add_scope(session, &line, "LIST", !session->scope.sort ? "by pid" : "");
	if (session_is_sorted(session)) {
		snprintf(text, sizeof(text), "by %s%s", field_sort_name(session->scope.sort),
			 session->scope.is_reversed ? ", reversed" : "");
		add_scope(session, &line, "SORT", text);
	}
}

static void draw_polling(const struct session *session, struct canvas *canvas, int y,
			 const struct ptree_monitor_status *status)
{
	static const char label[] = "polling /proc: ";
	const char *reason = ptree_monitor_reason_text(status->reason);
	int x = 0;

	/* The title says so already; the reason is what must not be cut. */
	if (strlen(label) + strlen(reason) <= (size_t)canvas->cols)
		x = canvas_puts(canvas, y, 0, -1, label, role(session, THEME_STATE_BAD));
	canvas_puts(canvas, y, x, -1, reason, role(session, THEME_NORMAL));
}

int view_title_draw(struct session *session, struct canvas *canvas, int max_lines)
{
	struct ptree_monitor_status status;
	int used = 1;

	if (max_lines < 1)
		return 0;
	ptree_monitor_get_status(session->monitor, &status);
	view_title_draw_first(session, canvas, &status);
	if (used < max_lines && status.state == PTREE_MONITOR_POLLING)
		draw_polling(session, canvas, used++, &status);
	used += view_meters_draw(session, canvas, used, max_lines - used - has_scope(session));
	if (used < max_lines && has_scope(session))
		draw_scope(session, canvas, used++);
	return used;
}
