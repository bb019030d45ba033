/* SPDX-License-Identifier: MIT */
/*
 * The events' view: a title that says what is shown of them, and lines. It shows the newest ones
 * until somebody goes up; then what is seen stays where it is while others come.
 */
#include "views/events.h"
#include "views/scope.h"

#include <stdio.h>

#define LINES_ABOVE 1

static struct events_view *events_of(struct view *view)
{
	return (struct events_view *)view;
}

static const struct events_view *const_events_of(const struct view *view)
{
	return (const struct events_view *)view;
}

/* ---- what is shown ---- */

/* The first of the list that has that number or a later one; count: all are earlier. */
static size_t find(const struct events_view *view, uint64_t number)
{
	size_t from = 0, to = view->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (view->list[middle] < number)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static size_t room_of(const struct events_view *view)
{
	return view->view.body_rows > 0 ? (size_t)view->view.body_rows : 1;
}

static size_t last_top(const struct events_view *view)
{
	return view->count > room_of(view) ? view->count - room_of(view) : 0;
}

static void remember(struct events_view *view)
{
	if (!view->count)
		return;
	view->at_number = view->list[view->at];
	view->top_number = view->list[view->top];
}

static void keep_in_sight(struct events_view *view)
{
	if (view->at >= view->count)
		view->at = view->count ? view->count - 1 : 0;
	if (view->top > last_top(view))
		view->top = last_top(view);
	if (view->at < view->top)
		view->top = view->at;
	if (view->at >= view->top + room_of(view))
		view->top = view->at - room_of(view) + 1;
	remember(view);
}

void events_view_keep_up(struct events_view *view)
{
	const struct scene *scene = view->view.scene;

	view->events.classes = ~view->hidden;
	if (!scene->moment.is_held)
		events_read(&view->events, scene);
}

static int update(struct view *base, const struct area *area)
{
	struct events_view *view = events_of(base);

	base->body_y = LINES_ABOVE;
	base->body_rows = area->rows > LINES_ABOVE ? area->rows - LINES_ABOVE : 0;
	events_view_keep_up(view);
	view->count = events_list(&view->events, base->scene, view->list);
	view->at = view->stays ? find(view, view->at_number) : view->count;
	view->top = view->stays ? find(view, view->top_number) : view->count;
	keep_in_sight(view);
	return 0;
}

static uint64_t next_change_ns(const struct view *base)
{
	const struct scene *scene = base->scene;
	struct ptree_feed_reader end;

	if (scene->moment.stopped_ns)
		return 0;
	ptree_tree_feed_end(scene->world.tree, &end);
	return end.news > const_events_of(base)->events.reader.news ? scene->moment.now_ns : 0;
}

static uint64_t selected(const struct view *base)
{
	const struct events_view *view = const_events_of(base);
	const struct event *event =
	    view->at < view->count ? events_at(&view->events, view->list[view->at]) : NULL;

	return event && scene_node(base->scene, event->id) ? event->id : 0;
}

/* ---- drawing ---- */

static const char *const class_words[EVENT_CLASS_COUNT] = {
	[EVENT_FORKS] = "fork",	   [EVENT_EXECS] = "exec",   [EVENT_EXITS] = "exit",
	[EVENT_FAILURES] = "fail", [EVENT_OTHERS] = "other",
};

/* "1fork 2exec ...": a key, and what it shows; bright while it does. */
static int draw_classes(const struct events_view *view, const struct area *area, int x)
{
	for (int i = 0; i < EVENT_CLASS_COUNT; i++) {
		bool is_shown = !(view->hidden & 1u << i);
		enum theme_role role = !is_shown	     ? THEME_TREE_LINE
				       : i == EVENT_FAILURES ? THEME_FAILURE
							     : THEME_NORMAL;

		x += area_printf(area, 0, x, -1, area_style(area, is_shown ? THEME_DIM : role),
				 " %d", i + 1);
		x += area_puts(area, 0, x, -1, is_shown ? class_words[i] : "-",
			       area_style(area, role));
	}
	return x;
}

/* How the newest are followed, and what nobody will see; behind the rest. */
static void describe_end(const struct events_view *view, char *out, size_t size)
{
	size_t seen = view->top + room_of(view);
	unsigned long long newer = view->count > seen ? view->count - seen : 0;
	unsigned long long missed = view->events.missed;
	size_t used = 0;

	if (missed)
		used = (size_t)snprintf(out, size, "%llu not shown, ", missed);
	if (newer)
		snprintf(out + used, size - used, "%llu newer ", newer);
	else
		snprintf(out + used, size - used, "%s ", view->stays ? "stays" : "tail");
}

static void draw_title(const struct events_view *view, const struct area *area)
{
	bool has_focus = view->view.has_focus;
	struct style dim = area_style(area, THEME_TREE_LINE);
	char words[SCOPE_WORDS_SIZE], end[64];
	int x = 2, room;

	for (int i = 0; i < area->cols; i++)
		area_puts(area, 0, i, 1, area->utf8 ? "─" : "-", dim);
	x += area_puts(area, 0, x, -1, " events",
		       area_style(area, has_focus ? THEME_TITLE : THEME_DIM));
	x = draw_classes(view, area, x);
	scope_words(view->view.scene, area->utf8, words, sizeof(words));
	x +=
	    area_puts_cut(area, 0, x, area->cols - x, words, area_style(area, THEME_STATE_WARNING));
	x += area_puts(area, 0, x, -1, " ", dim);
	describe_end(view, end, sizeof(end));
	room = area->cols - 3 - area_width(area, end);
	if (room > x)
		area_printf(area, 0, room, -1,
			    area_style(area, view->events.missed ? THEME_STATE_WARNING : THEME_DIM),
			    " %s", end);
}

static void draw_empty(const struct events_view *view, const struct area *area, int y)
{
	const struct scene *scene = view->view.scene;
	struct ptree_monitor_status status;
	struct style style = area_style(area, THEME_DIM);
	const char *why = "nothing has happened yet";

	ptree_monitor_get_status(scene->world.monitor, &status);
	if (status.state == PTREE_MONITOR_POLLING)
		why = "polling /proc: what it finds between two looks shows here";
	else if (view->events.begin || view->events.missed)
		why = "nothing of the kind among the latest events";
	else if (view->events.end)
		why = "nothing of the kind has happened yet";
	area_puts_cut(area, y, 2, area->cols - 2, why, style);
}

/* The selection is not marked where the newest one is always it, unless somebody looks there. */
static bool is_marked(const struct events_view *view, size_t index)
{
	return index == view->at && (view->view.has_focus || view->stays);
}

static void draw(const struct view *base, const struct area *area)
{
	const struct events_view *view = const_events_of(base);
	struct style style = area_style(area, THEME_SELECTED);

	draw_title(view, area);
	if (!view->count && base->body_rows > 0)
		draw_empty(view, area, base->body_y);
	for (int line = 0; line < base->body_rows; line++) {
		size_t index = view->top + (size_t)line;
		int y = base->body_y + line;

		if (index >= view->count)
			break;
		event_line_draw(view, area, y, events_at(&view->events, view->list[index]));
		if (!is_marked(view, index))
			continue;
		area_tint(area, y, 0, area->cols, style.bg, style.attrs);
		area_puts(area, y, 0, 1, ">", style);
	}
}

static void draw_selected(const struct view *base, const struct area *area)
{
	const struct events_view *view = const_events_of(base);

	if (view->at < view->count)
		event_line_draw_whole(view, area, events_at(&view->events, view->list[view->at]));
}

/* ---- moving ---- */

/* Beyond the newest one it is followed again. */
static void move(struct view *base, int64_t lines)
{
	struct events_view *view = events_of(base);
	int64_t at = (int64_t)view->at + lines;

	view->stays = at < (int64_t)view->count;
	view->at = at < 0 ? 0 : (size_t)at;
	keep_in_sight(view);
}

static void scroll(struct view *base, int64_t lines)
{
	struct events_view *view = events_of(base);
	int64_t top = (int64_t)view->top + lines;
	size_t last = last_top(view);

	view->stays = top < (int64_t)last || view->stays;
	if (top > (int64_t)last)
		view->stays = false;
	view->top = top < 0 ? 0 : (size_t)top > last ? last : (size_t)top;
	if (view->at < view->top)
		view->at = view->top;
	if (view->at >= view->top + room_of(view))
		view->at = view->top + room_of(view) - 1;
	keep_in_sight(view);
}

static void click(struct view *base, int y, int x)
{
	struct events_view *view = events_of(base);
	int line = y - base->body_y;

	(void)x;
	if (line < 0 || line >= base->body_rows || view->top + (size_t)line >= view->count)
		return;
	view->at = view->top + (size_t)line;
	view->stays = true;
	keep_in_sight(view);
}

static enum view_entered enter(struct view *base)
{
	struct events_view *view = events_of(base);

	view->stays = true; /* where one comes back to */
	remember(view);
	return VIEW_GOES_TO;
}

void events_view_toggle_class(struct events_view *view, enum event_class which)
{
	view->hidden ^= 1u << which;
}

void events_view_toggle_tail(struct events_view *view)
{
	view->stays = !view->stays;
	remember(view);
}

const struct view_kind events_view_kind = {
	.name = "events",
	.context = VIEW_EVENTS,
	.size = sizeof(struct events_view),
	.update = update,
	.draw = draw,
	.draw_selected = draw_selected,
	.selected = selected,
	.next_change_ns = next_change_ns,
	.move = move,
	.scroll = scroll,
	.click = click,
	.enter = enter,
};
