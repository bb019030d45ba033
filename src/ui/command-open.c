/* SPDX-License-Identifier: MIT */
/* What lies over the panes: lists to choose from, pages, help; and the way back. */
#include "ui/acting.h"
#include "ui/command-impl.h"
#include "model/field.h"
#include "ui/help-text.h"
#include "views/details.h"
#include "views/page.h"
#include "views/picker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum purpose { CHOOSE_USER, CHOOSE_SORT, CHOOSE_MARK };

static void say_no_room(struct session *session)
{
	session_say(session, true, "there is no memory to open it");
}

/* ---- choosing ---- */

static struct picker_view *open_picker(struct session *session)
{
	const struct view *top = panes_top(&session->panes);

	return top->kind == &picker_view_kind ? (struct picker_view *)panes_top(&session->panes)
					      : NULL;
}

/* NULL: it was open, and its own key closes it. */
static struct picker_view *choose(struct session *session, enum purpose purpose, const char *title)
{
	struct picker_view *view = open_picker(session);
	bool was_this = view && view->purpose == (int)purpose;

	if (view)
		panes_pop(&session->panes);
	if (was_this)
		return NULL;
	view = (struct picker_view *)panes_push(&session->panes, &picker_view_kind);
	if (!view) {
		say_no_room(session);
		return NULL;
	}
	view->purpose = (int)purpose;
	view->title = title;
	return view;
}

static int compare_counts(const void *a, const void *b)
{
	const struct picker_item *x = a;
	const struct picker_item *y = b;

	if (x->number != y->number)
		return x->number < y->number ? 1 : -1;
	return (x->value > y->value) - (x->value < y->value);
}

static void count_user(struct picker *picker, struct ptree_users *users, uint32_t uid)
{
	const char *name = ptree_users_name_later(users, uid);
	struct picker_item item = { .value = uid, .has_number = true, .number = 1 };

	for (size_t i = 1; i < picker->count; i++) {
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

/* The first item stands for everybody. */
void command_pick_user(struct session *session, int unused)
{
	const struct picker_item everybody = { .value = PTREE_UNKNOWN_ID, .label = "everybody" };
	struct picker_view *view = choose(session, CHOOSE_USER, " whose processes ");
	struct ptree_nodes all = { 0 };

	(void)unused;
	if (!view || !picker_add(&view->picker, &everybody))
		return;
	ptree_tree_descendants(session->scene.moment.tree, 0, &all);
	for (size_t i = 0; i < all.count; i++) {
		if (!ptree_node_is_kernel_thread(all.node[i]) &&
		    ptree_node_euid(all.node[i]) != PTREE_UNKNOWN_ID)
			count_user(&view->picker, session->scene.world.users,
				   ptree_node_euid(all.node[i]));
	}
	ptree_nodes_clear(&all);
	qsort(view->picker.items + 1, view->picker.count - 1, sizeof(everybody), compare_counts);
}

/* The one that is in force is the one that Enter would choose. */
static void add_order(const struct session *session, struct picker *picker, int place)
{
	struct picker_item item = { .value = (uint64_t)place };

	snprintf(item.label, sizeof(item.label), "%s", field_sort_name(field_sort_at(place)));
	if (picker_add(picker, &item) && session->panes.tree->choice.sort == field_sort_at(place))
		picker->at = picker->count - 1;
}

/* By what siblings can always be sorted, and then what is on the screen. */
void command_pick_sort(struct session *session, int unused)
{
	struct picker_view *view = choose(session, CHOOSE_SORT, " sort siblings by ");
	const struct tree_view *tree = session->panes.tree;
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, tree->cols, shown);

	(void)unused;
	for (int place = 0; view && place < field_sort_count(); place++)
		add_order(session, &view->picker, place);
	for (size_t i = 0; view && i < count; i++) {
		if (!shown[i]->sort_place && !shown[i]->is_birth_order)
			add_order(session, &view->picker, field_sort_place(shown[i]));
	}
	if (view && tree->choice.sort && !tree->choice.sort->sort_place &&
	    tree->choice.sort != field_sort_at((int)picker_chosen(&view->picker)->value))
		add_order(session, &view->picker, field_sort_place(tree->choice.sort));
}

/* "a  4711 make"; the name is a stranger's, and safe once it is drawn. */
static void add_mark(struct session *session, struct picker *picker, int letter)
{
	const struct mark *mark = &session->marks[letter - 'a'];
	const struct ptree_node *node = scene_node(&session->scene, mark->id);
	struct picker_item item = { .value = (uint64_t)letter };

	if (!mark->id)
		return;
	snprintf(item.label, sizeof(item.label), "%c %7d %s", letter, mark->pid,
		 !node			      ? "(forgotten)"
		 : ptree_node_has_ended(node) ? "(over)"
					      : ptree_node_comm(node));
	picker_add(picker, &item);
}

void command_pick_mark(struct session *session, int unused)
{
	struct picker_view *view = choose(session, CHOOSE_MARK, " marks ");

	(void)unused;
	for (int letter = 'a'; view && letter < 'a' + MARK_COUNT; letter++)
		add_mark(session, &view->picker, letter);
	if (!view || view->picker.count)
		return;
	panes_pop(&session->panes);
	session_say(session, false, "no mark is set: m and a letter sets one");
}

static void take_choice(struct session *session)
{
	const struct picker_view *view = open_picker(session);
	const struct picker_item *item = view ? picker_chosen(&view->picker) : NULL;
	enum purpose purpose;
	uint64_t value;
	uint32_t uid;

	if (!item)
		return;
	purpose = (enum purpose)view->purpose;
	value = item->value;
	uid = (uint32_t)value;
	panes_pop(&session->panes);
	switch (purpose) {
	case CHOOSE_SORT:
		if (field_sort_at((int)value) != session->panes.tree->choice.sort)
			command_sort(session, (int)value);
		break;
	case CHOOSE_MARK:
		command_go_to_mark(session, (int)value);
		break;
	case CHOOSE_USER:
		scope_set_users(&session->scene.scope, &uid, uid != PTREE_UNKNOWN_ID);
		break;
	}
}

/* ---- pages ---- */

/* Its own key closes it. */
static void open_page(struct session *session, const struct view_kind *kind)
{
	bool was_open = panes_have(&session->panes, kind);

	panes_pop_all(&session->panes);
	if (!was_open && !panes_push(&session->panes, kind))
		say_no_room(session);
}

void command_show_churn(struct session *session, int unused)
{
	(void)unused;
	open_page(session, &churn_view_kind);
}

void command_show_failures(struct session *session, int unused)
{
	(void)unused;
	open_page(session, &failures_view_kind);
}

void command_show_record(struct session *session, int unused)
{
	(void)unused;
	open_page(session, &record_view_kind);
}

/* ---- one process ---- */

static struct details_view *open_details(struct panes *panes, bool is_zoom)
{
	struct view *top = panes_top(panes);

	if (!panes_are_bare(panes) && top->kind == &details_view_kind)
		return panes->details; /* a page, which shows another one, or another tab, then */
	if (panes_are_bare(panes) && panes_are_wide(panes) && !is_zoom)
		return panes_show_details(panes);
	return panes_push_details(panes);
}

/* Of a group there is no more to show than who is in it. */
static bool open_group(struct session *session, const struct view *top)
{
	struct tree_view *tree = session->panes.tree;
	const struct row *row = top == &tree->view ? tree_view_row(tree) : NULL;

	if (!row || !row->is_group)
		return false;
	tree_view_set_folded(tree, !row->is_folded);
	return true;
}

/* At the right, where there is room, and the second time as a page. */
void command_show_details(struct session *session, int tab)
{
	struct view *top = panes_top(&session->panes);
	uint64_t id = top->kind->selected ? top->kind->selected(top) : 0;
	bool is_zoom = panes_are_bare(&session->panes) && panes_are_wide(&session->panes) &&
		       session->panes.has_details && tab == DETAILS_OVERVIEW;
	struct details_view *details;

	if (!id && open_group(session, top))
		return;
	if (!id) {
		session_say_no_process(session);
		return;
	}
	details = open_details(&session->panes, is_zoom);
	if (details && !is_zoom && (details->id != id || (int)details->tab != tab))
		details_view_show(details, id, (enum details_tab)tab);
	else if (!details)
		say_no_room(session);
}

static struct details_view *details_on_top(struct session *session)
{
	struct view *top = panes_top(&session->panes);

	return top->kind == &details_view_kind ? (struct details_view *)top : NULL;
}

void command_move_tab(struct session *session, int by)
{
	struct details_view *details = details_on_top(session);

	if (details)
		details_view_move_tab(details, by);
}

void command_toggle_secrets(struct session *session, int unused)
{
	struct details_view *details = details_on_top(session);

	(void)unused;
	if (!details)
		return;
	if (!details_view_toggle_secrets(details))
		session_say(session, false, "only the environment has what is masked: e");
	else
		session_say(session, false, "what may be secret is %s",
			    details->shows_secrets ? "shown" : "masked");
}

static void go_to_selected(struct session *session, const struct view *view)
{
	uint64_t id = view->kind->selected ? view->kind->selected(view) : 0;

	if (!id) {
		session_say(session, false, "there is nothing to go to");
		return;
	}
	session->came_from_events = view->kind == &events_view_kind;
	panes_pop_all(&session->panes);
	panes_focus_tree(&session->panes);
	tree_view_go_to(session->panes.tree, id);
}

void command_go_to(struct session *session, uint64_t id)
{
	struct tree_view *tree = session->panes.tree;
	const struct ptree_node *node = scene_node(&session->scene, id);

	panes_pop_all(&session->panes);
	session->panes.focus = &tree->view;
	tree->follow_id = 0;
	tree_view_update_rows(tree);
	tree_view_select(tree, id);
	if (node && rows_find(tree->rows, id) == NO_ROW)
		session_say(session, true, "%d is not among what is shown", ptree_node_pid(node));
}

void command_enter(struct session *session, int unused)
{
	struct view *view = panes_top(&session->panes);

	(void)unused;
	switch (view->kind->enter ? view->kind->enter(view) : VIEW_GOES_TO) {
	case VIEW_ENTERED:
		break;
	case VIEW_GOES_TO:
		go_to_selected(session, view);
		break;
	case VIEW_HAS_CHOSEN:
		take_choice(session);
		break;
	}
}

/* ---- events ---- */

static void open_events_page(struct session *session)
{
	panes_pop_all(&session->panes);
	if (!panes_push_events(&session->panes))
		say_no_room(session);
}

/* A pane, or on low screens a page. */
void command_show_events(struct session *session, int unused)
{
	struct panes *panes = &session->panes;
	bool was_page = panes_have(panes, &events_view_kind);
	bool was_covered = !panes_are_bare(panes);

	(void)unused;
	panes_pop_all(panes);
	if (was_page)
		return;
	if (panes_are_low(panes))
		open_events_page(session);
	else
		panes_show_events(panes, was_covered || !panes_have_events(panes));
}

void command_next_pane(struct session *session, int unused)
{
	(void)unused;
	if (!panes_focus_next(&session->panes))
		session_say(session, false,
			    "there is no other pane: v shows what happens, Enter details");
}

void command_toggle_tail(struct session *session, int unused)
{
	struct events_view *events = session->panes.events;

	(void)unused;
	events_view_toggle_tail(events);
	session_say(session, false, "%s",
		    events->stays ? "stays here while others come" : "follows the newest");
}

void command_toggle_event_kind(struct session *session, int digit)
{
	events_view_toggle_class(session->panes.events, (enum event_class)(digit - '1'));
}

static void go_back_to_events(struct session *session)
{
	session->came_from_events = false;
	if (panes_are_low(&session->panes))
		open_events_page(session);
	else
		panes_focus_events(&session->panes);
}

/* ---- help ---- */

/* Over whatever is open; the same key goes back there. */
void command_show_help(struct session *session, int unused)
{
	struct view *view = panes_top(&session->panes);

	(void)unused;
	if (view->kind == &help_view_kind) {
		panes_pop(&session->panes);
		return;
	}
	view = panes_push(&session->panes, &help_view_kind);
	if (view)
		help_text_add((struct help_view *)view, &session->keymap,
			      session->panes.layout.screen.utf8);
	else
		say_no_room(session);
}

/* ---- back ---- */

/* What narrows the tree, one thing at a time. */
static void go_back_in_tree(struct session *session)
{
	struct scope *scope = &session->scene.scope;

	if (search_is_set(&session->panes.tree->search)) {
		search_clear(&session->panes.tree->search);
		session_say(session, false, "the search is over");
	} else if (scope->filter) {
		session_set_filter(session, "");
		session_say(session, false, "no filter any more");
	} else if (scope->uid_count) {
		scope_set_users(scope, NULL, 0);
		session_say(session, false, "all users again");
	} else {
		session_say(session, false, "nothing to go back from: q quits");
	}
}

void command_back(struct session *session, int unused)
{
	struct view *view = panes_top(&session->panes);

	(void)unused;
	if ((view->kind->back && view->kind->back(view)) ||
	    (view->kind->context == VIEW_ACT && acting_back(session)))
		return;
	if (!panes_are_bare(&session->panes))
		panes_pop(&session->panes);
	else if (view != &session->panes.tree->view)
		panes_focus_tree(&session->panes);
	else if (session->came_from_events)
		go_back_to_events(session);
	else if (session->panes.has_details)
		panes_hide_details(&session->panes);
	else
		go_back_in_tree(session);
}
