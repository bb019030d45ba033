/* SPDX-License-Identifier: MIT */
/* What a person can ask for, as one table, and the reactions to it. */
#include "ui/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDEWAYS_STEP 8
#define WHEEL_LINES 3

static uint32_t height(const struct session *session)
{
	return session->body_rows > 0 ? (uint32_t)session->body_rows : 1;
}

/* ---- moving: in the tree, or in what is open ---- */

static void move_in_tree(struct session *session, int64_t lines)
{
	int64_t index = (int64_t)session->cursor.index + lines;

	session->follow_id = 0;
	cursor_move_to(&session->cursor, session->rows, index < 0 ? 0 : (uint32_t)index,
		       height(session));
}

/* Its end is found when it is drawn. */
static void scroll_help(struct session *session, int64_t lines)
{
	int64_t top = session->help_top + lines;

	session->help_top = top < 0 ? 0 : top > INT_MAX / 2 ? INT_MAX / 2 : (int)top;
}

static void move_by(struct session *session, int64_t lines)
{
	session->needs_redraw = true;
	switch (session->view) {
	case SESSION_VIEW_TREE:
		move_in_tree(session, lines);
		break;
	case SESSION_VIEW_HELP:
		scroll_help(session, lines);
		break;
	case SESSION_VIEW_PICKER:
		picker_move(&session->picker, lines);
		break;
	case SESSION_VIEW_CHURN:
	case SESSION_VIEW_FAILURES:
	case SESSION_VIEW_RECORD:
		page_move(&session->page, lines);
		break;
	}
}

static void go_down(struct session *session)
{
	move_by(session, 1);
}

static void go_up(struct session *session)
{
	move_by(session, -1);
}

static void page_down(struct session *session)
{
	move_by(session, height(session));
}

static void page_up(struct session *session)
{
	move_by(session, -(int64_t)height(session));
}

static void half_page_down(struct session *session)
{
	move_by(session, (height(session) + 1) / 2);
}

static void half_page_up(struct session *session)
{
	move_by(session, -(int64_t)((height(session) + 1) / 2));
}

static void go_top(struct session *session)
{
	move_by(session, INT_MIN);
}

static void go_bottom(struct session *session)
{
	move_by(session, INT_MAX);
}

static void shift_left(struct session *session)
{
	session->sideways -= session->sideways >= SIDEWAYS_STEP ? SIDEWAYS_STEP : session->sideways;
	session->needs_redraw = true;
}

static void shift_right(struct session *session)
{
	if (session->sideways < COMMAND_SIZE)
		session->sideways += SIDEWAYS_STEP;
	session->needs_redraw = true;
}

/* ---- folding ---- */

static void arrange_again(struct session *session)
{
	session->needs_arrange = true;
	session->needs_collect = true; /* other rows, other suffixes */
	session->needs_redraw = true;
}

static void set_folded(struct session *session, bool folded)
{
	const struct row *row = session_selected(session);

	if (!row || !row->has_children)
		return;
	rows_set_folded(session->rows, row->id, folded);
	arrange_again(session);
}

static void fold(struct session *session)
{
	set_folded(session, true);
}

static void unfold(struct session *session)
{
	set_folded(session, false);
}

static void toggle_fold(struct session *session)
{
	const struct row *row = session_selected(session);

	if (row)
		set_folded(session, !row->is_folded);
}

static void fold_all(struct session *session)
{
	rows_fold_all(session->rows);
	arrange_again(session);
}

static void unfold_all(struct session *session)
{
	rows_unfold_all(session->rows);
	arrange_again(session);
}

/* One key for both: what is folded unfolds, and if nothing is, all folds. */
static void toggle_all(struct session *session)
{
	for (uint32_t i = 0; i < rows_count(session->rows); i++) {
		if (rows_at(session->rows, i)->is_folded) {
			unfold_all(session);
			return;
		}
	}
	fold_all(session);
}

void command_fold_at_depth(struct session *session, uint32_t depth)
{
	rows_fold_at_depth(session->rows, depth);
	arrange_again(session);
}

static void fold_or_parent(struct session *session)
{
	const struct row *row = session_selected(session);

	if (!row)
		return;
	if (row->has_children && !row->is_folded)
		fold(session);
	else if (row->parent != NO_ROW)
		move_by(session, (int64_t)row->parent - session->cursor.index);
}

static void unfold_or_child(struct session *session)
{
	const struct row *row = session_selected(session);

	if (!row || !row->has_children)
		return;
	if (row->is_folded)
		unfold(session);
	else
		go_down(session);
}

/* ---- what is shown ---- */

static void toggle(struct session *session, bool *option, const char *on, const char *off)
{
	*option = !*option;
	rows_reset_exited(session->rows);
	session->needs_collect = true;
	session_say(session, false, "%s", *option ? on : off);
}

static void toggle_list(struct session *session)
{
	toggle(session, &session->scope.is_list, "list", "tree");
}

static void toggle_lineage(struct session *session)
{
	toggle(session, &session->scope.by_origin, "lineage: under those who forked them",
	       "the kernel's parents");
}

static void toggle_kernel_threads(struct session *session)
{
	toggle(session, &session->scope.hides_kernel_threads, "kernel threads hidden",
	       "kernel threads shown");
}

static void toggle_threads(struct session *session)
{
	toggle(session, &session->scope.shows_threads, "threads shown", "threads hidden");
}

static void cycle_exited(struct session *session)
{
	static const char *const words[JOBS_MODE_COUNT] = {
		[JOBS_BRIEF] = "exited processes stay for a moment, where there is room",
		[JOBS_NONE] = "exited processes leave at once",
		[JOBS_STAY] = "exited processes stay, all that are kept",
	};

	session->scope.exited = (enum jobs_mode)((session->scope.exited + 1) % JOBS_MODE_COUNT);
	rows_reset_exited(session->rows);
	session->needs_collect = true;
	session_say(session, false, "%s", words[session->scope.exited]);
}

static void toggle_basenames(struct session *session)
{
	session->basenames = !session->basenames;
	session_say(session, false, "%s",
		    session->basenames ? "programs without their directories"
				       : "programs with their directories");
}

static void stop_or_go_on(struct session *session)
{
	if (session->paused_ns)
		session_go_on(session);
	else
		session_stop(session);
}

static void follow_selected(struct session *session)
{
	const struct ptree_node *node = session_selected_node(session);

	if (session->follow_id || !node || ptree_node_has_ended(node)) {
		session_say(session, false,
			    session->follow_id ? "follows no more" : "nothing to follow");
		session->follow_id = 0;
		return;
	}
	session->follow_id = ptree_node_id(node);
	session_say(session, false, "follows %d", ptree_node_pid(node));
}

/* ---- watching ---- */

static bool selected_item(struct session *session, struct watch_item *item)
{
	const struct ptree_node *node = session_selected_node(session);

	if (!node)
		return false;
	*item = (struct watch_item){ .id = ptree_node_id(node), .pid = ptree_node_pid(node) };
	return true;
}

static void watch_subtree(struct session *session)
{
	struct watch_item item;

	if (selected_item(session, &item))
		session_watch_only(session, &item);
}

static void watch_also(struct session *session)
{
	struct watch_item item;

	if (selected_item(session, &item) && !session_watch_also(session, &item))
		session_say(session, true, "no more than %d are watched at once", WATCH_ITEMS_MAX);
}

static void watch_back(struct session *session)
{
	session_watch_back(session);
}

/* ---- back and help ---- */

static void close_view(struct session *session)
{
	if (session->view == SESSION_VIEW_FAILURES && page_close_group(&session->page)) {
		session_update_page(session);
		return;
	}
	session->view =
	    session->view == SESSION_VIEW_HELP ? session->view_below : SESSION_VIEW_TREE;
}

/* What narrows the tree, one thing at a time. */
static void go_back_in_tree(struct session *session)
{
	if (session->search_text[0]) {
		session->search_text[0] = '\0';
		session_say(session, false, "the search is over");
	} else if (session->filter) {
		session_set_filter(session, "");
		session_say(session, false, "no filter any more");
	} else if (session->uid_count) {
		session_set_users(session, NULL, 0);
		session_say(session, false, "all users again");
	} else {
		session_say(session, false, "nothing to go back from: q quits");
	}
}

static void go_back(struct session *session)
{
	session->needs_redraw = true;
	if (session->view != SESSION_VIEW_TREE)
		close_view(session);
	else
		go_back_in_tree(session);
}

/* Over whatever is open; the same key goes back there. */
static void show_help(struct session *session)
{
	if (session->view == SESSION_VIEW_HELP) {
		go_back(session);
		return;
	}
	session->view_below = session->view;
	session->view = SESSION_VIEW_HELP;
	session->help_top = 0;
	session->needs_redraw = true;
}

/* ---- prompts ---- */

static void open_prompt(struct session *session, enum session_prompt kind, const char *text)
{
	session->prompt_kind = kind;
	prompt_set(&session->prompt, text);
	session->needs_redraw = true;
}

static void search(struct session *session)
{
	const struct row *row = session_selected(session);

	session->search_from = row ? row->id : 0;
	open_prompt(session, SESSION_PROMPT_SEARCH, "");
}

static void find(struct session *session, bool backwards)
{
	const struct row *row = session_selected(session);

	session->follow_id = 0;
	if (!session->search_text[0])
		session_say(session, false, "nothing was searched for yet: / does");
	else if (!session_search_next(session, row ? row->id : 0, backwards))
		session_say(session, true, "not found: %s", session->search_text);
}

static void find_next(struct session *session)
{
	find(session, false);
}

static void find_previous(struct session *session)
{
	find(session, true);
}

static void edit_filter(struct session *session)
{
	memcpy(session->filter_before, session->filter_text, sizeof(session->filter_before));
	session->filter_error[0] = '\0';
	open_prompt(session, SESSION_PROMPT_FILTER, session->filter_text);
}

void command_begin_pid(struct session *session, char digit)
{
	const char text[] = { digit, '\0' };

	open_prompt(session, SESSION_PROMPT_PID, text);
}

static void jump_to_pid(struct session *session, const char *text)
{
	char *end;
	long pid;
	const struct ptree_node *node;

	errno = 0;
	pid = strtol(text, &end, 10);
	node = errno || *end || pid <= 0 || pid > INT_MAX
		   ? NULL
		   : ptree_tree_find(session->tree, (pid_t)pid);
	if (!node) {
		session_say(session, true, "no process has the pid %s", text);
		return;
	}
	session_select(session, ptree_node_id(node));
	if (rows_find(session->rows, ptree_node_id(node)) == NO_ROW)
		session_say(session, true, "%ld is not among what is shown", pid);
}

static void accept_prompt(struct session *session)
{
	enum session_prompt kind = session->prompt_kind;

	if (kind == SESSION_PROMPT_FILTER && session->filter_error[0])
		return; /* it says what is wrong; the line stays open */
	session->prompt_kind = SESSION_PROMPT_NONE;
	session->needs_search = kind == SESSION_PROMPT_SEARCH;
	session_update_rows(session);
	if (kind == SESSION_PROMPT_PID)
		jump_to_pid(session, session->prompt.text);
}

static void cancel_prompt(struct session *session)
{
	if (session->prompt_kind == SESSION_PROMPT_FILTER)
		session_set_filter(session, session->filter_before);
	if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		session->search_text[0] = '\0';
		session->needs_search = true; /* for nothing: back to where it began */
	}
	session->prompt_kind = SESSION_PROMPT_NONE;
}

/* Search and filter act while one types: when the rows are looked at, not with each key. */
static void prompt_edited(struct session *session)
{
	if (session->prompt_kind == SESSION_PROMPT_FILTER) {
		session_set_filter(session, session->prompt.text);
	} else if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		memcpy(session->search_text, session->prompt.text, session->prompt.size + 1);
		session->needs_search = true;
	}
}

void command_prompt_key(struct session *session, const struct key *key)
{
	bool was_empty = !session->prompt.size;

	session->needs_redraw = true;
	if (key->code == TERM_KEY_F1) {
		show_help(session);
		return;
	}
	if (was_empty && key->code == TERM_KEY_BACKSPACE) {
		cancel_prompt(session);
		return;
	}
	switch (prompt_key(&session->prompt, key)) {
	case PROMPT_ACCEPTED:
		accept_prompt(session);
		break;
	case PROMPT_CANCELLED:
		cancel_prompt(session);
		break;
	case PROMPT_EDITED:
		prompt_edited(session);
		break;
	case PROMPT_IGNORED:
	case PROMPT_MOVED:
		break;
	}
}

/* ---- choosing ---- */

static int compare_counts(const void *a, const void *b)
{
	const struct picker_item *x = a;
	const struct picker_item *y = b;

	if (x->number != y->number)
		return x->number < y->number ? 1 : -1;
	return (x->value > y->value) - (x->value < y->value);
}

static void count_user(struct session *session, uint32_t uid)
{
	struct picker *picker = &session->picker;
	const char *name = ptree_users_name_later(session->users, uid);
	struct picker_item item = { .value = uid, .has_number = true, .number = 1 };

	for (size_t i = 0; i < picker->count; i++) {
		if (picker->items[i].value == uid) {
			picker->items[i].number++;
			return;
		}
	}
	if (name)
		snprintf(item.label, sizeof(item.label), "%s", name);
	else
		snprintf(item.label, sizeof(item.label), "%u", uid);
	picker_add(picker, &item);
}

/* Its own key closes it. */
static bool close_picker(struct session *session, enum session_choice choice)
{
	if (session->view != SESSION_VIEW_PICKER || session->choice != choice)
		return false;
	session->view = SESSION_VIEW_TREE;
	session->needs_redraw = true;
	return true;
}

static void open_picker(struct session *session, enum session_choice choice)
{
	session->choice = choice;
	session->view = SESSION_VIEW_PICKER;
	session->needs_redraw = true;
}

/* The first item stands for everybody. */
static void pick_user(struct session *session)
{
	const struct picker_item everybody = { .value = PTREE_UNKNOWN_ID, .label = "everybody" };
	struct ptree_nodes all = { 0 };

	if (close_picker(session, SESSION_CHOICE_USER))
		return;
	ptree_tree_descendants(session->tree, 0, &all);
	picker_reset(&session->picker);
	for (size_t i = 0; i < all.count; i++) {
		if (!ptree_node_is_kernel_thread(all.node[i]) &&
		    ptree_node_euid(all.node[i]) != PTREE_UNKNOWN_ID)
			count_user(session, ptree_node_euid(all.node[i]));
	}
	ptree_nodes_clear(&all);
	if (picker_add(&session->picker, &everybody)) {
		memmove(&session->picker.items[1], &session->picker.items[0],
			(session->picker.count - 1) * sizeof(everybody));
		session->picker.items[0] = everybody;
	}
	if (session->picker.count > 2)
		qsort(session->picker.items + 1, session->picker.count - 1, sizeof(everybody),
		      compare_counts);
	open_picker(session, SESSION_CHOICE_USER);
}

static void set_sort(struct session *session, const struct field *sort)
{
	/* The same one again turns back to the order that keeps still. */
	if (session->scope.sort == sort)
		sort = NULL;
	session->scope.sort = sort;
	session->scope.is_reversed = false;
	session->needs_collect = true;
	session_say(session, false, "sorted by %s", field_sort_name(sort));
}

static void pick_sort(struct session *session)
{
	if (close_picker(session, SESSION_CHOICE_SORT))
		return;
	picker_reset(&session->picker);
	for (int place = 0; place < field_sort_count(); place++) {
		const struct field *sort = field_sort_at(place);
		struct picker_item item = { .value = (uint64_t)place };

		snprintf(item.label, sizeof(item.label), "%s", field_sort_name(sort));
		picker_add(&session->picker, &item);
	}
	session->picker.at = (size_t)field_sort_place(session->scope.sort);
	open_picker(session, SESSION_CHOICE_SORT);
}

static void sort_by(struct session *session, const char *field)
{
	set_sort(session, field_find(field, strlen(field)));
}

static void sort_by_cpu(struct session *session)
{
	sort_by(session, "sum-cpu");
}

static void sort_by_memory(struct session *session)
{
	sort_by(session, "sum-rss");
}

static void sort_by_time(struct session *session)
{
	sort_by(session, "time");
}

static void invert_sort(struct session *session)
{
	toggle(session, &session->scope.is_reversed, "the other way round", "as usual");
}

static void accept_choice(struct session *session)
{
	const struct picker_item *item = picker_chosen(&session->picker);
	uint32_t uid = item ? (uint32_t)item->value : 0;

	session->view = SESSION_VIEW_TREE;
	if (!item)
		return;
	if (session->choice == SESSION_CHOICE_SORT) {
		const struct field *sort = field_sort_at((int)item->value);

		if (sort != session->scope.sort)
			set_sort(session, sort);
	} else if (uid == PTREE_UNKNOWN_ID) {
		session_set_users(session, NULL, 0);
	} else {
		session_set_users(session, &uid, 1);
	}
}

/* ---- pages ---- */

/* Its own key closes it. */
static void open_page(struct session *session, enum session_view view)
{
	bool is_open = session->view == view;

	session->view = is_open ? SESSION_VIEW_TREE : view;
	session->page = (struct page){ 0 };
	session_update_page(session);
	session->needs_redraw = true;
}

static void show_churn(struct session *session)
{
	open_page(session, SESSION_VIEW_CHURN);
}

static void show_failures(struct session *session)
{
	open_page(session, SESSION_VIEW_FAILURES);
}

static void show_record(struct session *session)
{
	open_page(session, SESSION_VIEW_RECORD);
}

/* In the tree: the process, or the nearest one above it that is there. */
static void go_to_page_node(struct session *session)
{
	const struct ptree_node *node = session_page_node(session);

	if (!node) {
		session_say(session, false, "there is nothing to go to");
		return;
	}
	session->view = SESSION_VIEW_TREE;
	session->follow_id = 0;
	session_update_rows(session);
	for (; node && ptree_node_pid(node); node = ptree_node_parent(node)) {
		session_select(session, ptree_node_id(node));
		if (session->cursor.id == ptree_node_id(node))
			return;
	}
}

static void open_selected(struct session *session)
{
	session->needs_redraw = true;
	if (session->view == SESSION_VIEW_PICKER)
		accept_choice(session);
	else if (session->view == SESSION_VIEW_FAILURES && page_open_group(&session->page))
		session_update_page(session);
	else
		go_to_page_node(session);
}

static void click_on_page(struct session *session, const struct key *key)
{
	if (key->mouse_y >= session->body_y && key->mouse_y < session->body_y + session->body_rows)
		page_move(&session->page, (int64_t)session->page.top + key->mouse_y -
					      session->body_y - (int64_t)session->page.at);
}

/* ---- the rest ---- */

static void redraw(struct session *session)
{
	session->needs_redraw = session->needs_collect = true;
	session->wants_full_redraw = true;
}

static void suspend(struct session *session)
{
	session->wants_suspend = true;
}

static void quit(struct session *session)
{
	session->wants_quit = true;
}

static void use_mouse_elsewhere(struct session *session, const struct key *key)
{
	session->needs_redraw = true;
	if (key->code != TERM_KEY_MOUSE_CLICK)
		move_by(session, key->code == TERM_KEY_WHEEL_DOWN ? 1 : -1);
	else if (session_is_page(session))
		click_on_page(session, key);
}

void command_mouse(struct session *session, const struct key *key, int mark_x)
{
	int line = key->mouse_y - session->body_y;

	if (session->view != SESSION_VIEW_TREE) {
		use_mouse_elsewhere(session, key);
		return;
	}
	if (key->code == TERM_KEY_WHEEL_DOWN || key->code == TERM_KEY_WHEEL_UP) {
		session->follow_id = 0;
		cursor_scroll(&session->cursor, session->rows,
			      key->code == TERM_KEY_WHEEL_DOWN ? WHEEL_LINES : -WHEEL_LINES,
			      height(session));
		session->needs_redraw = true;
		return;
	}
	if (line < 0 || line >= session->body_rows ||
	    session->cursor.top + (uint32_t)line >= rows_count(session->rows))
		return;
	session->follow_id = 0;
	cursor_move_to(&session->cursor, session->rows, session->cursor.top + (uint32_t)line,
		       height(session));
	session->needs_redraw = true;
	if (mark_x >= 0 && key->mouse_x >= mark_x - 1 && key->mouse_x <= mark_x)
		toggle_fold(session);
}

const struct command_entry commands[] = {
	{ "down", "Move", "next row", "Move", go_down },
	{ "up", "Move", "previous row", NULL, go_up },
	{ "page-down", "Move", "a page down", NULL, page_down },
	{ "page-up", "Move", "a page up", NULL, page_up },
	{ "half-page-down", "Move", "half a page down", NULL, half_page_down },
	{ "half-page-up", "Move", "half a page up", NULL, half_page_up },
	{ "top", "Move", "first row", NULL, go_top },
	{ "bottom", "Move", "last row", NULL, go_bottom },
	{ "shift-left", "Move", "commands further left", NULL, shift_left },
	{ "shift-right", "Move", "commands further right", NULL, shift_right },
	{ "fold-or-parent", "Fold", "fold, or go to the parent", "Fold", fold_or_parent },
	{ "unfold-or-child", "Fold", "unfold, or go to the first child", NULL, unfold_or_child },
	{ "fold", "Fold", "fold the branch", NULL, fold },
	{ "unfold", "Fold", "unfold the branch", NULL, unfold },
	{ "toggle-fold", "Fold", "fold or unfold the branch", NULL, toggle_fold },
	{ "toggle-all", "Fold", "unfold all, or fold all", NULL, toggle_all },
	{ "fold-all", "Fold", "fold all", NULL, fold_all },
	{ "unfold-all", "Fold", "unfold all", NULL, unfold_all },
	{ "search", "Find", "search commands while typing", "Find", search },
	{ "find-next", "Find", "next match", NULL, find_next },
	{ "find-previous", "Find", "previous match", NULL, find_previous },
	{ "filter", "Find", "filter while typing", "Filter", edit_filter },
	{ "user", "Find", "choose a user", "User", pick_user },
	{ "watch", "Watch", "watch only this subtree", "Watch", watch_subtree },
	{ "watch-also", "Watch", "watch this subtree, too", NULL, watch_also },
	{ "watch-back", "Watch", "back to what was watched before", NULL, watch_back },
	{ "follow", "Watch", "keep the selected process in sight", "Follow", follow_selected },
	{ "list", "Show", "tree or list", "List", toggle_list },
	{ "lineage", "Show", "under who forked them, or not", "Lineage", toggle_lineage },
	{ "exited", "Show", "the gone: for a moment, none, all", "Gone", cycle_exited },
	{ "basenames", "Show", "programs without directories", NULL, toggle_basenames },
	{ "kernel-threads", "Show", "show or hide kernel threads", "Kernel",
	  toggle_kernel_threads },
	{ "threads", "Show", "show or hide threads", "Threads", toggle_threads },
	{ "pause", "Show", "stop the picture, or go on", "Pause", stop_or_go_on },
	{ "sort", "Sort", "choose by what siblings are sorted", NULL, pick_sort },
	{ "sort-cpu", "Sort", "by CPU, with what is below", "Sort", sort_by_cpu },
	{ "sort-memory", "Sort", "by memory, with what is below", NULL, sort_by_memory },
	{ "sort-time", "Sort", "by CPU time, the gone included", NULL, sort_by_time },
	{ "invert", "Sort", "the other way round", NULL, invert_sort },
	{ "churn", "Pages", "who spawns, and restart loops", "Churn", show_churn },
	{ "failures", "Pages", "what failed, and how", "Error", show_failures },
	{ "record", "Pages", "what was seen, and what was missed", "Missed", show_record },
	{ "open", "Pages", "open the line; in a list choose", "Open", open_selected },
	{ "back", "Program", "back, one thing at a time", "Back", go_back },
	{ "help", "Program", "this help", "Help", show_help },
	{ "redraw", "Program", "draw the screen again", NULL, redraw },
	{ "suspend", "Program", "to the shell, fg comes back", NULL, suspend },
	{ "quit", "Program", "quit", "Quit", quit },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct command_entry *command_find(const char *name)
{
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}
