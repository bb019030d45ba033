/* SPDX-License-Identifier: MIT */
/*
 * The page of one process. What the tree knows is there at once; what has to be read comes when it
 * has been, and is read again every two seconds. A reading that hangs is given up, and said.
 */
#include "views/details.h"
#include "model/details.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define REFRESH_NS (2 * NS_PER_S)
#define PATIENCE_NS (2 * NS_PER_S)
#define SETTLE_NS (NS_PER_S / 8)	 /* who walks through a list wants to see where it stops */
#define HUNG_PATIENCE_NS (10 * NS_PER_S) /* until it is tried again */
#define LINES_ABOVE 2			 /* the title, and the tabs */

static const char *const tab_names[DETAILS_TABS] = { [DETAILS_OVERVIEW] = "Details" };

static struct details_view *details_of(struct view *view)
{
	return (struct details_view *)view;
}

/* ---- reading ---- */

static void drop_answers(struct details_view *details)
{
	for (int i = 0; i < INSPECT_STAGES; i++) {
		inspection_free(details->read[i]);
		details->read[i] = NULL;
	}
	details->needs_list = true;
}

static void take_answers(struct details_view *details)
{
	struct inspector *inspector = details->view.scene->world.inspector;
	struct inspection *answer;

	while (details->progress == DETAILS_READING && (answer = inspector_collect(inspector))) {
		if (answer->is_last)
			details->progress = DETAILS_IDLE;
		details->is_gone |= answer->error == -ESRCH;
		details->needs_list = true;
		if (answer->error == -ESRCH) { /* what was read before is more */
			inspection_free(answer);
			continue;
		}
		inspection_free(details->read[answer->stage]);
		details->read[answer->stage] = answer;
	}
}

static uint64_t due_ns(const struct details_view *details)
{
	switch (details->progress) {
	case DETAILS_IDLE:
	case DETAILS_BUSY:
		return details->asked_ns ? details->asked_ns + REFRESH_NS : details->settles_ns;
	case DETAILS_READING:
		return details->asked_ns + PATIENCE_NS;
	case DETAILS_HANGS:
		return details->asked_ns + HUNG_PATIENCE_NS;
	}
	return 0;
}

/* What is over for good has nothing that could be read. */
static bool can_be_read(const struct details_view *details, const struct ptree_node *node)
{
	return node && !details->is_gone &&
	       (!ptree_node_has_ended(node) || ptree_node_is_zombie(node));
}

static void ask(struct details_view *details, const struct ptree_node *node)
{
	const struct inspect_request request = { .what = INSPECT_DETAILS,
						 .pid = ptree_node_pid(node),
						 .start_ns = ptree_node_begin_ns(node) };
	struct inspector *inspector = details->view.scene->world.inspector;

	details->asked_ns = details->view.scene->moment.now_ns;
	details->progress = inspector_ask(inspector, &request) ? DETAILS_BUSY : DETAILS_READING;
}

static void read_if_due(struct details_view *details, const struct ptree_node *node)
{
	const struct scene *scene = details->view.scene;

	take_answers(details);
	if (scene->moment.now_ns < due_ns(details))
		return;
	if (details->progress == DETAILS_READING) {
		inspector_give_up(scene->world.inspector);
		details->progress = DETAILS_HANGS;
		details->needs_list = true;
	} else if (can_be_read(details, node)) {
		ask(details, node);
	}
}

/* ---- what is said ---- */

static bool is_stopped(const struct details_view *details)
{
	return details->view.scene->moment.stopped_ns && details->read[INSPECT_QUICK];
}

static const char *describe_error(int err)
{
	if (ptree_piece_status_of(err) == PTREE_PIECE_REFUSED)
		return "it may not be looked into: its user, or CAP_SYS_PTRACE, may";
	return strerror(-err);
}

static void list_notice(struct details_view *details, const struct ptree_node *node)
{
	const struct inspection *read = details->read[INSPECT_QUICK];
	struct listing *listing = &details->listing;
	const char *notice = NULL;

	if (details->progress == DETAILS_HANGS)
		notice = "reading hangs, for the lock of its memory or for a file system: given up";
	else if (details->progress == DETAILS_BUSY)
		notice = "nothing can be read: other readings hang";
	else if (read && read->error)
		notice = describe_error(read->error);
	else if (is_stopped(details))
		notice = "the picture is stopped, but what is read of the process is of now";
	else if (details->is_gone && node && !ptree_node_has_ended(node))
		notice = "it ended just now";
	if (!notice)
		return;
	listing_row(listing, "note");
	listing_put(listing, "%s", notice);
	listing_set_role(listing, THEME_STATE_WARNING);
}

static void list(struct details_view *details, const struct ptree_node *node, bool utf8)
{
	struct details_input input = { .scene = details->view.scene, .utf8 = utf8, .node = node };

	for (int i = 0; i < INSPECT_STAGES; i++)
		input.read[i] = details->read[i];
	listing_clear(&details->listing);
	list_notice(details, node);
	if (node) {
		details_list(&details->listing, &input);
	} else {
		listing_row(&details->listing, "");
		listing_put(&details->listing, "it was forgotten: it has been over for long");
	}
}

static bool is_due(const struct details_view *details, const struct area *area)
{
	const struct scene *scene = details->view.scene;

	return details->needs_list || details->listed_tick != scene->world.ticks ||
	       details->listed_names != scene->world.names ||
	       details->listed_tree != scene->moment.tree || details->listed_cols != area->cols;
}

static void settle_top(struct details_view *details)
{
	size_t room = (size_t)details->view.body_rows;
	size_t last = details->lines.count > room ? details->lines.count - room : 0;

	if (details->top > last)
		details->top = last;
}

static int update(struct view *view, const struct area *area)
{
	struct details_view *details = details_of(view);
	const struct scene *scene = view->scene;
	const struct ptree_node *node = scene_node(scene, details->id);
	int err = 0;

	view->body_y = LINES_ABOVE;
	view->body_rows = area->rows > LINES_ABOVE ? area->rows - LINES_ABOVE : 0;
	if (!scene->moment.is_held || !details->asked_ns)
		read_if_due(details, node);
	if (is_due(details, area)) {
		details->needs_list = false;
		details->listed_tick = scene->world.ticks;
		details->listed_names = scene->world.names;
		details->listed_tree = scene->moment.tree;
		details->listed_cols = area->cols;
		list(details, node, area->utf8);
		err = lines_wrap(&details->lines, &details->listing, area, details->shows_secrets);
	}
	settle_top(details);
	return err;
}

static uint64_t next_change_ns(const struct view *view)
{
	const struct details_view *details = (const struct details_view *)view;
	const struct ptree_node *node = scene_node(view->scene, details->id);

	return details->progress == DETAILS_READING || can_be_read(details, node) ? due_ns(details)
										  : 0;
}

/* ---- drawing ---- */

static void draw_title(const struct details_view *details, const struct area *area,
		       const struct ptree_node *node)
{
	const char *reading = area->utf8 ? "reading…" : "reading...";
	struct style style = area_style(area, THEME_TITLE);
	int x = 1;

	if (node) {
		x += area_puts(area, 0, x, -1, ptree_node_name(node), style);
		area_printf(area, 0, x + 1, -1, style, "%d", ptree_node_pid(node));
	} else {
		area_puts(area, 0, x, -1, "a process that is over", style);
	}
	if (details->progress == DETAILS_READING && !details->read[INSPECT_SLOW])
		area_puts(area, 0, area->cols - area_width(area, reading) - 1, -1, reading,
			  area_style(area, THEME_DIM));
}

static void draw_tabs(const struct details_view *details, const struct area *area)
{
	int x = 1;

	for (int i = 0; i < DETAILS_TABS; i++) {
		bool is_open = i == (int)details->tab;

		x += area_puts(area, 1, x, -1, tab_names[i],
			       area_style(area, is_open ? THEME_MATCH : THEME_DIM)) +
		     2;
	}
}

static void draw(const struct view *view, const struct area *area)
{
	const struct details_view *details = (const struct details_view *)view;

	draw_title(details, area, scene_node(view->scene, details->id));
	draw_tabs(details, area);
	for (int i = 0; i < view->body_rows; i++) {
		size_t at = details->top + (size_t)i;

		if (at >= details->lines.count)
			break;
		lines_draw(&details->lines, &details->listing, area, view->body_y + i, at,
			   details->shows_secrets);
	}
}

/* ---- what is done with it ---- */

void details_view_show(struct details_view *details, uint64_t id, enum details_tab tab)
{
	inspector_give_up(details->view.scene->world.inspector);
	drop_answers(details);
	details->id = id;
	details->tab = tab;
	details->progress = DETAILS_IDLE;
	details->asked_ns = 0;
	details->settles_ns = 0;
	details->is_gone = false;
	details->top = 0;
}

void details_view_follow(struct details_view *details, uint64_t id)
{
	if (!id || id == details->id)
		return;
	details_view_show(details, id, details->tab);
	details->settles_ns = details->view.scene->moment.now_ns + SETTLE_NS;
}

static void close_details(struct view *view)
{
	struct details_view *details = details_of(view);

	inspector_give_up(view->scene->world.inspector);
	drop_answers(details);
	listing_clear(&details->listing);
	lines_clear(&details->lines);
}

/* Its end is found when it is updated. */
static void move(struct view *view, int64_t lines)
{
	struct details_view *details = details_of(view);
	int64_t top = (int64_t)details->top + lines;

	details->top = top > 0 ? (size_t)top : 0;
}

static uint64_t selected(const struct view *view)
{
	return ((const struct details_view *)view)->id;
}

const struct view_kind details_view_kind = {
	.name = "details",
	.context = VIEW_DETAILS,
	.size = sizeof(struct details_view),
	.close = close_details,
	.update = update,
	.draw = draw,
	.selected = selected,
	.next_change_ns = next_change_ns,
	.move = move,
};
