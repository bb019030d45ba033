/* SPDX-License-Identifier: MIT */
/*
 * The lines above the rows: the machine, how current the picture is, and what it leaves out. What
 * is lost and what is filtered must not be forgotten, so on a narrow screen all else goes first.
 */
#include "view.h"

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

/* The right end of the first line, drawn first: it is what must be there. Returns its cells. */
static int draw_state(const struct session *session, struct canvas *canvas,
		      const struct ptree_monitor_status *status)
{
	struct state_look look = look_of(session, status);
	char lost[32], late[64] = "", clock[16] = "", text[192];
	time_t now = time(NULL);
	struct tm local;
	int width, x;

	format_count(lost, sizeof(lost), status->lost);
	if (status->argv_late && canvas->cols >= 60)
		snprintf(late, sizeof(late), " late %llu", (unsigned long long)status->argv_late);
	if (status->unaccounted && canvas->cols >= 90)
		snprintf(late + strlen(late), sizeof(late) - strlen(late), " unaccounted %llu",
			 (unsigned long long)status->unaccounted);
	if (canvas->cols >= 60 && localtime_r(&now, &local))
		strftime(clock, sizeof(clock), " %H:%M:%S", &local);
	if (status->state == PTREE_MONITOR_POLLING)
		snprintf(text, sizeof(text), "%s", clock);
	else if (canvas->cols < 40)
		snprintf(text, sizeof(text), " lost %s", lost);
	else
		snprintf(text, sizeof(text), " %uev/s lost %s%s%s", session->events_per_s, lost,
			 late, clock);
	width = 2 + (int)strlen(look.name) + (int)strlen(text);
	x = canvas->cols > width ? canvas->cols - width : 0;
	x += canvas_puts(canvas, 0, x, -1, session->utf8 ? "●" : "*", role(session, look.role));
	x += 1 + canvas_puts(canvas, 0, x + 1, -1, look.name, role(session, look.role));
	canvas_puts(canvas, 0, x, -1, text,
		    role(session, status->lost ? THEME_STATE_WARNING : THEME_NORMAL));
	return width;
}

static void format_uptime(char *out, size_t size)
{
	uint64_t minutes = ptree_boot_now_ns() / NS_PER_S / 60;
	uint64_t days = minutes / 60 / 24;

	if (days)
		snprintf(out, size, "up %lud", (unsigned long)days);
	else
		snprintf(out, size, "up %lu:%02lu", (unsigned long)(minutes / 60),
			 (unsigned long)(minutes % 60));
}

/* Pieces from the left, each only if it fits whole. */
static int draw_piece(struct canvas *canvas, int y, int x, int room, const char *text,
		      struct style style)
{
	int width = (int)text_width(text, strlen(text), canvas->utf8);

	if (x + width + 2 > room)
		return x;
	return x + canvas_puts(canvas, y, x, width, text, style) + 2;
}

static void draw_machine(const struct session *session, struct canvas *canvas, int room)
{
	struct ptree_tree_counts counts;
	char host[256] = "", text[300], number[32];
	double load[3];
	int x = 0;

	gethostname(host, sizeof(host) - 1);
	snprintf(text, sizeof(text), "proctop %.30s", host);
	x = draw_piece(canvas, 0, x, room, text, role(session, THEME_TITLE));
	ptree_tree_get_counts(session->tree, &counts);
	format_count(number, sizeof(number), counts.live + counts.zombies);
	snprintf(text, sizeof(text), "procs %s", number);
	x = draw_piece(canvas, 0, x, room, text, role(session, THEME_NORMAL));
	format_uptime(text, sizeof(text));
	x = draw_piece(canvas, 0, x, room, text, role(session, THEME_NORMAL));
	if (getloadavg(load, 3) != 3)
		return;
	snprintf(text, sizeof(text), "load %.2f %.2f %.2f", load[0], load[1], load[2]);
	if (draw_piece(canvas, 0, x, room, text, role(session, THEME_NORMAL)) != x)
		return;
	snprintf(text, sizeof(text), "load %.2f", load[0]);
	draw_piece(canvas, 0, x, room, text, role(session, THEME_NORMAL));
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

static void describe_tally(const struct session *session, char *out, size_t size)
{
	struct rows_tally tally = rows_tally(session->rows);

	snprintf(out, size, "%u match%s +%u anc, %u hidden", tally.matching,
		 tally.matching == 1 ? "" : "es", tally.context, tally.left_out);
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

static bool has_scope(const struct session *session)
{
	return session_is_sorted(session) || session->watch_depth || session->filter ||
	       session->uid_count || session->scope.is_list || session->scope.by_origin ||
	       session->follow_id;
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
	if (session->scope.by_origin)
		add_scope(session, &line, "LINEAGE", "under who forked them");
	if (session->scope.is_list)
		add_scope(session, &line, "LIST",
			  session->scope.sort == SORT_BY_BIRTH ? "by pid" : "");
	if (session_is_sorted(session)) {
		snprintf(text, sizeof(text), "by %s%s", sort_order_name(session->scope.sort),
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
	draw_machine(session, canvas, canvas->cols - draw_state(session, canvas, &status));
	if (used < max_lines && status.state == PTREE_MONITOR_POLLING)
		draw_polling(session, canvas, used++, &status);
	used += view_meters_draw(session, canvas, used, max_lines - used - has_scope(session));
	if (used < max_lines && has_scope(session))
		draw_scope(session, canvas, used++);
	return used;
}
