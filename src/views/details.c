/* SPDX-License-Identifier: MIT */
/*
 * The page of one process. What the tree knows is there at once; what has to be read comes when it
 * has been, and is read again every two seconds, or less often if it takes long. A reading that
 * hangs is given up, and said.
 */
#include "views/details.h"
#include "model/column.h"
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
#define HANGS_MAX 2   /* then it is not tried again: each leaves a thread behind */
#define LEAST_PAUSE 9 /* so many times as long as a reading took it is left alone */
#define TITLE_Y 0
#define TABS_Y 1
#define LINES_ABOVE 2 /* the title, and the tabs; tables have their columns' titles, too */
#define VALUE_X 12    /* of the overview's rows */

static struct details_view *details_of(struct view *view)
{
	return (struct details_view *)view;
}

static const struct details_tab_kind *kind_of(const struct details_view *details)
{
	return details_tab_kind(details->tab);
}

static bool is_overview(const struct details_view *details)
{
	return details->tab == DETAILS_OVERVIEW;
}

/* ---- reading ---- */

static void drop_answers(struct details_view *details)
{
	for (int i = 0; i < INSPECT_STAGES; i++) {
		inspection_free(details->read[i]);
		details->read[i] = NULL;
	}
	details_rows_clear(&details->rows);
	details->needs_list = true;
}

static void take_answer(struct details_view *details, struct inspection *answer)
{
	if (!is_overview(details)) {
		details_rows_take(&details->rows, answer);
		inspection_free(answer);
	} else if (answer->error == -ESRCH) { /* what was read before is more */
		inspection_free(answer);
	} else {
		inspection_free(details->read[answer->stage]);
		details->read[answer->stage] = answer;
	}
}

static void take_answers(struct details_view *details)
{
	struct inspector *inspector = details->view.scene->world.inspector;
	struct inspection *answer;

	while (details->progress == DETAILS_READING && (answer = inspector_collect(inspector))) {
		details->heard_ns = details->view.scene->moment.now_ns;
		details->is_gone |= answer->error == -ESRCH;
		details->needs_list = true;
		if (answer->is_last) {
			details->progress = DETAILS_IDLE;
			details->read_ns = details->heard_ns - details->asked_ns;
		}
		take_answer(details, answer);
	}
}

static uint64_t pause_ns(const struct details_view *details)
{
	uint64_t least_ns = LEAST_PAUSE * details->read_ns;

	return details->read_ns + least_ns > REFRESH_NS ? details->read_ns + least_ns : REFRESH_NS;
}

static uint64_t due_ns(const struct details_view *details)
{
	switch (details->progress) {
	case DETAILS_IDLE:
	case DETAILS_BUSY:
		return details->asked_ns ? details->asked_ns + pause_ns(details)
					 : details->settles_ns;
	case DETAILS_READING:
		return details->heard_ns + PATIENCE_NS;
	case DETAILS_HANGS:
		return details->hangs < HANGS_MAX ? details->asked_ns + HUNG_PATIENCE_NS
						  : UINT64_MAX;
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
	struct inspect_request request = { .what = kind_of(details)->what,
					   .pid = ptree_node_pid(node),
					   .start_ns = ptree_node_begin_ns(node),
					   .before = details->rows.samples };
	struct inspector *inspector = details->view.scene->world.inspector;

	details->rows.samples = (struct inspect_samples){ 0 };
	details_rows_begin(&details->rows);
	details->asked_ns = details->heard_ns = details->view.scene->moment.now_ns;
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
		details->hangs++;
		details->needs_list = true;
	} else if (can_be_read(details, node)) {
		ask(details, node);
	}
}

/* ---- what is said ---- */

static bool is_stopped(const struct details_view *details)
{
	bool has_read = is_overview(details) ? details->read[INSPECT_QUICK] != NULL
					     : details->rows.shown.count > 0;

	return details->view.scene->moment.stopped_ns && has_read;
}

static const char *describe_error(int err)
{
	if (ptree_piece_status_of(err) == PTREE_PIECE_REFUSED)
		return "it may not be looked into: its user, or CAP_SYS_PTRACE, may";
	return strerror(-err);
}

static void list_notice(struct details_view *details, const struct ptree_node *node)
{
	const struct inspection *read = is_overview(details) ? details->read[INSPECT_QUICK] : NULL;
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

static void list_overview(struct details_view *details, const struct ptree_node *node,
			  const struct area *area)
{
	struct details_input input = { .scene = details->view.scene,
				       .utf8 = area->utf8,
				       .value_cells = area->cols - VALUE_X,
				       .node = node,
				       .history = &details->history };

	for (int i = 0; i < INSPECT_STAGES; i++)
		input.read[i] = details->read[i];
	if (node) {
		details_list(&details->listing, &input);
	} else {
		listing_row(&details->listing, "");
		listing_put(&details->listing, "it was forgotten: it has been over for long");
	}
}

static int list(struct details_view *details, const struct ptree_node *node,
		const struct area *area)
{
	listing_clear(&details->listing);
	list_notice(details, node);
	if (is_overview(details))
		list_overview(details, node, area);
	else
		details_rows_list(&details->rows, &details->listing, kind_of(details)->piece, node);
	details->lines.table = kind_of(details)->table;
	return lines_wrap(&details->lines, &details->listing, area, details->shows_secrets);
}

static bool is_over(const struct ptree_node *node)
{
	return !node || ptree_node_has_ended(node);
}

/* The rows of a tab change with their readings only. */
static bool is_due(const struct details_view *details, const struct ptree_node *node,
		   const struct area *area)
{
	const struct scene *scene = details->view.scene;

	if (details->needs_list || details->listed_cols != area->cols ||
	    details->listed_over != is_over(node))
		return true;
	return is_overview(details) && (details->listed_tick != scene->world.ticks ||
					details->listed_names != scene->world.names ||
					details->listed_tree != scene->moment.tree);
}

static void note_listed(struct details_view *details, const struct ptree_node *node,
			const struct area *area)
{
	const struct scene *scene = details->view.scene;

	details->needs_list = false;
	details->listed_tick = scene->world.ticks;
	details->listed_names = scene->world.names;
	details->listed_tree = scene->moment.tree;
	details->listed_cols = area->cols;
	details->listed_over = is_over(node);
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
	int above = LINES_ABOVE + (kind_of(details)->table != NULL);
	int err = 0;

	view->body_y = above;
	view->body_rows = area->rows > above ? area->rows - above : 0;
	if (!scene->moment.stopped_ns)
		details_history_tick(&details->history, node, scene->world.ticks);
	if (!scene->moment.is_held || !details->asked_ns)
		read_if_due(details, node);
	if (is_due(details, node, area)) {
		note_listed(details, node, area);
		err = list(details, node, area);
	}
	settle_top(details);
	return err;
}

static uint64_t next_change_ns(const struct view *view)
{
	const struct details_view *details = (const struct details_view *)view;
	const struct ptree_node *node = scene_node(view->scene, details->id);

	if (details->progress != DETAILS_READING && !can_be_read(details, node))
		return 0;
	return due_ns(details);
}

/* ---- drawing ---- */

/* "reading… 12,000", "1,024 open files": as far as it was read, or how many there are. */
static void describe_state(const struct details_view *details, bool utf8, char *out, size_t size)
{
	const struct details_rows *rows = &details->rows;
	bool is_reading = details->progress == DETAILS_READING;
	char count[32];

	*out = '\0';
	column_format_count(count, sizeof(count), rows->done);
	if (is_overview(details) ? is_reading && !details->read[INSPECT_SLOW]
				 : is_reading && !rows->is_whole)
		snprintf(out, size, "%s %s", utf8 ? "reading…" : "reading...",
			 rows->done ? count : "");
	else if (!is_overview(details) && rows->done)
		snprintf(out, size, "%s %s ", count,
			 rows->done == 1 ? kind_of(details)->one : kind_of(details)->many);
}

static void draw_title(const struct details_view *details, const struct area *area,
		       const struct ptree_node *node)
{
	struct style style = area_style(area, THEME_TITLE);
	char state[64];
	int x = 1, room;

	describe_state(details, area->utf8, state, sizeof(state));
	room = area->cols - area_width(area, state);
	if (node) {
		struct area left = area_part(area, TITLE_Y, 0, 1, room > 0 ? room : 0);

		x += area_puts(&left, 0, x, -1, ptree_node_name(node), style);
		area_printf(&left, 0, x + 1, -1, style, "%d", ptree_node_pid(node));
	} else {
		area_puts(area, TITLE_Y, x, room - 1, "a process that is over", style);
	}
	area_puts(area, TITLE_Y, room, -1, state, area_style(area, THEME_DIM));
}

static void draw(const struct view *view, const struct area *area)
{
	const struct details_view *details = (const struct details_view *)view;

	draw_title(details, area, scene_node(view->scene, details->id));
	details_tabs_draw(area, TABS_Y, details->tab);
	if (kind_of(details)->table)
		lines_draw_titles(kind_of(details)->table, area, LINES_ABOVE);
	for (int i = 0; i < view->body_rows; i++) {
		size_t at = details->top + (size_t)i;

		if (at >= details->lines.count)
			break;
		lines_draw(&details->lines, &details->listing, area, view->body_y + i, at,
			   details->shows_secrets);
	}
}

/* ---- what is done with it ---- */

static void begin_tab(struct details_view *details, enum details_tab tab)
{
	inspector_give_up(details->view.scene->world.inspector);
	details_rows_clear(&details->rows);
	details->tab = tab;
	details->progress = DETAILS_IDLE;
	details->asked_ns = details->read_ns = 0;
	details->settles_ns = 0;
	details->hangs = 0;
	details->top = 0;
	details->needs_list = true;
}

void details_view_show(struct details_view *details, uint64_t id, enum details_tab tab)
{
	if (id == details->id) {
		details_view_open_tab(details, tab);
		return;
	}
	drop_answers(details);
	begin_tab(details, tab);
	details->id = id;
	details->history = (struct details_history){ 0 };
	details->is_gone = details->shows_secrets = false;
}

void details_view_open_tab(struct details_view *details, enum details_tab tab)
{
	if (tab != details->tab)
		begin_tab(details, tab);
}

void details_view_move_tab(struct details_view *details, int by)
{
	int tab = (int)details->tab + by;

	if (tab >= 0 && tab < DETAILS_TABS)
		details_view_open_tab(details, (enum details_tab)tab);
}

bool details_view_toggle_secrets(struct details_view *details)
{
	if (details->tab != DETAILS_ENVIRONMENT)
		return false;
	details->shows_secrets = !details->shows_secrets;
	details->needs_list = true;
	return true;
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

static void click(struct view *view, int y, int x)
{
	int tab = y == TABS_Y ? details_tabs_at(details_of(view)->listed_cols, x) : -1;

	if (tab >= 0)
		details_view_open_tab(details_of(view), (enum details_tab)tab);
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
	.click = click,
};
