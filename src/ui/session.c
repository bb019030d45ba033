/* SPDX-License-Identifier: MIT */
/* What a person at the screen has chosen; see session.h. It draws nothing and reads no key. */
#include "ui/session.h"
#include "draw/text.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define MESSAGE_NS (4 * NS_PER_S)

int session_init(struct session *session, struct ptree_monitor *monitor, struct ptree_users *users)
{
	session->monitor = monitor;
	session->live_tree = session->tree = ptree_monitor_tree(monitor);
	session->users = users;
	session->now_ns = ptree_boot_now_ns();
	session->own_uid = getuid();
	session->needs_collect = session->needs_redraw = true;
	session->rows = rows_new();
	return session->rows ? 0 : -ENOMEM;
}

void session_clear(struct session *session)
{
	rows_free(session->rows);
	ptree_tree_free(session->stopped_tree);
	filter_free(session->filter);
	free(session->uids);
	picker_clear(&session->picker);
}

uint64_t session_shown_ns(const struct session *session)
{
	return session->paused_ns ? session->paused_ns : session->now_ns;
}

struct column_context session_columns(const struct session *session)
{
	return (struct column_context){ .tree = session->tree,
					.users = session->users,
					.now_ns = session_shown_ns(session),
					.own_uid = session->own_uid,
					.utf8 = session->utf8 };
}

bool session_is_sorted(const struct session *session)
{
	return session->scope.sort || session->scope.is_reversed;
}

/* ---- rows ---- */

static struct match match_of(const struct session *session)
{
	return (struct match){ .users = session->users,
			       .filter = session->filter,
			       .uids = session->uids,
			       .uid_count = session->uid_count,
			       .ignored_pid = getpid() };
}

static bool must_collect(const struct session *session)
{
	uint64_t change_ns = rows_next_change_ns(session->rows, &session->cursor);

	if (session->needs_collect)
		return true;
	if (session->paused_ns || session->keeps_rows)
		return false;
	return session->built_generation != ptree_tree_generation(session->tree) ||
	       session->built_usage_generation != ptree_tree_usage_generation(session->tree) ||
	       (change_ns && change_ns <= session->now_ns);
}

static void note_arranged(struct session *session)
{
	session->arranged_generation = ptree_tree_generation(session->tree);
	session->needs_arrange = false;
	session->needs_redraw = true;
}

static int collect(struct session *session)
{
	const struct match match = match_of(session);
	int err;

	session->scope.now_ns = session_shown_ns(session);
	session->scope.height = session->body_rows > 0 ? (uint32_t)session->body_rows : 0;
	session->scope.only_watched = session->watch_depth > 0;
	err = rows_collect(session->rows, session->tree, &session->scope, &match, &session->cursor);
	if (err)
		return err;
	session->built_generation = ptree_tree_generation(session->tree);
	session->built_usage_generation = ptree_tree_usage_generation(session->tree);
	session->needs_collect = false;
	note_arranged(session);
	return 0;
}

static int arrange(struct session *session)
{
	const struct match match = match_of(session);
	int err = rows_arrange(session->rows, session->tree, &match);

	if (!err)
		note_arranged(session);
	return err;
}

static bool must_arrange(const struct session *session)
{
	bool has_names_to_match = session->filter || session->uid_count;

	return session->needs_arrange ||
	       (has_names_to_match &&
		session->arranged_generation != ptree_tree_generation(session->tree));
}

/* Another choice of what is shown: what is over is looked at anew, too. */
static void choose_again(struct session *session)
{
	rows_reset_exited(session->rows);
	session->needs_arrange = true;
	session->needs_collect = true;
	session->needs_redraw = true;
}

/* Whatever is folded meanwhile, the followed process stays in sight. */
static int follow(struct session *session)
{
	const struct ptree_node *node;

	if (!session->follow_id)
		return 0;
	node = ptree_tree_find_id(session->tree, session->follow_id);
	if (!node || ptree_node_has_ended(node)) {
		session_say(session, false, "the followed process has ended");
		session->follow_id = 0;
		return 0;
	}
	session->cursor.id = session->follow_id;
	session->cursor.is_held = true;
	if (rows_find(session->rows, session->follow_id) == NO_ROW &&
	    rows_reveal(session->rows, session->follow_id))
		return arrange(session);
	return 0;
}

/* What is typed moves the cursor from where it was when the search began. */
static void search_again(struct session *session)
{
	session->needs_search = false;
	if (session_search_next(session, session->search_from, false))
		return;
	session_select(session, session->search_from);
	if (session->search_text[0])
		session_say(session, true, "not found: %s", session->search_text);
}

int session_update_rows(struct session *session)
{
	int err = must_collect(session) ? collect(session) : 0;

	if (!err && must_arrange(session))
		err = arrange(session);
	if (!err)
		err = follow(session);
	if (!err)
		cursor_settle(&session->cursor, session->rows, (uint32_t)session->body_rows);
	if (!err && session->needs_search)
		search_again(session);
	return err;
}

const struct row *session_selected(const struct session *session)
{
	return rows_at(session->rows, session->cursor.index);
}

const struct ptree_node *session_selected_node(const struct session *session)
{
	const struct row *row = session_selected(session);

	return row ? ptree_tree_find_id(session->tree, row->process) : NULL;
}

/* One that is over may have no row: then it gets one. */
static bool show_exited(struct session *session, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(session->tree, id);

	if (!node || !rows_show_exited(session->rows, node))
		return false;
	session->cursor.id = id;
	session->cursor.is_held = true;
	session->needs_collect = true;
	return true;
}

void session_select(struct session *session, uint64_t id)
{
	uint32_t index = rows_find(session->rows, id);

	if (index == NO_ROW && (rows_reveal(session->rows, id) || show_exited(session, id))) {
		session->needs_arrange = true;
		session_update_rows(session);
		index = rows_find(session->rows, id);
	}
	if (index != NO_ROW)
		cursor_move_to(&session->cursor, session->rows, index,
			       (uint32_t)session->body_rows);
	session->needs_redraw = true;
}

void session_say(struct session *session, bool is_error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(session->message, sizeof(session->message), format, args);
	va_end(args);
	session->is_message_error = is_error;
	session->message_until_ns = session->now_ns + MESSAGE_NS;
	session->needs_redraw = true;
}

bool session_has_message(const struct session *session)
{
	return session->message_until_ns > session->now_ns;
}

/* ---- watching ---- */

const struct watch_set *session_watched(const struct session *session)
{
	return session->watch_depth ? &session->watch[session->watch_depth - 1] : NULL;
}

static void watch_in(struct ptree_tree *tree, const struct watch_set *set)
{
	ptree_tree_unwatch_all(tree);
	for (size_t i = 0; set && i < set->count; i++) {
		if (set->items[i].name[0])
			ptree_tree_watch_name(tree, set->items[i].name, getpid());
		else
			ptree_tree_watch_id(tree, set->items[i].id);
	}
}

static void apply_watch(struct session *session)
{
	watch_in(session->live_tree, session_watched(session));
	if (session->stopped_tree)
		watch_in(session->stopped_tree, session_watched(session));
	choose_again(session);
}

void session_watch_only(struct session *session, const struct watch_item *item)
{
	if (session->watch_depth == WATCH_SETS_MAX) {
		memmove(&session->watch[0], &session->watch[1],
			sizeof(session->watch) - sizeof(session->watch[0]));
		session->watch_depth--;
	}
	session->watch[session->watch_depth++] =
	    (struct watch_set){ .items = { *item }, .count = 1 };
	apply_watch(session);
}

bool session_watch_also(struct session *session, const struct watch_item *item)
{
	struct watch_set *set;

	if (!session->watch_depth) {
		session_watch_only(session, item);
		return true;
	}
	set = &session->watch[session->watch_depth - 1];
	if (set->count == WATCH_ITEMS_MAX)
		return false;
	set->items[set->count++] = *item;
	apply_watch(session);
	return true;
}

void session_watch_back(struct session *session)
{
	if (!session->watch_depth) {
		session_say(session, false, "everything is shown already");
		return;
	}
	session->watch_depth--;
	apply_watch(session);
}

/* ---- pages ---- */

bool session_is_page(const struct session *session)
{
	return session->view == SESSION_VIEW_CHURN || session->view == SESSION_VIEW_FAILURES ||
	       session->view == SESSION_VIEW_RECORD;
}

static struct page_scope page_scope_of(const struct session *session)
{
	return (struct page_scope){ .tree = session->tree,
				    .match = match_of(session),
				    .only_watched = session->watch_depth > 0 };
}

void session_update_page(struct session *session)
{
	const struct page_scope scope = page_scope_of(session);

	if (session->view == SESSION_VIEW_FAILURES)
		page_list_failures(&session->page, &scope);
	else if (session->view == SESSION_VIEW_CHURN)
		page_list_spawners(&session->page, &scope, session_shown_ns(session),
				   session->utf8);
}

const struct ptree_node *session_page_node(const struct session *session)
{
	const struct page_line *line = page_selected(&session->page);

	return line ? ptree_tree_find_id(session->tree, line->id) : NULL;
}

/* ---- stopping ---- */

static int copy_tree(struct ptree_tree **copy, const struct ptree_tree *tree)
{
	const struct ptree_tree_options options = { 0 };
	struct ptree_facts facts = { 0 };
	int err = ptree_tree_snapshot(tree, &facts);

	*copy = NULL;
	if (!err)
		err = ptree_tree_new(copy, &options);
	if (!err)
		err = ptree_tree_learn_all(*copy, facts.bytes, facts.size);
	ptree_facts_clear(&facts);
	if (err) {
		ptree_tree_free(*copy);
		*copy = NULL;
	}
	malloc_trim(0); /* the facts were as much as the tree */
	return err;
}

static void show_tree(struct session *session, struct ptree_tree *tree, uint64_t paused_ns)
{
	session->tree = tree;
	session->paused_ns = paused_ns;
	session->needs_collect = true;
	session->needs_redraw = true;
	session_update_page(session);
}

void session_stop(struct session *session)
{
	int err = session->stopped_tree ? 0 : copy_tree(&session->stopped_tree, session->live_tree);

	if (err) {
		session_say(session, true, "cannot stop the picture: %s", strerror(-err));
		return;
	}
	watch_in(session->stopped_tree, session_watched(session));
	show_tree(session, session->stopped_tree, session->now_ns);
}

void session_go_on(struct session *session)
{
	show_tree(session, session->live_tree, 0);
	ptree_tree_free(session->stopped_tree);
	session->stopped_tree = NULL;
	malloc_trim(0);
}

uint64_t session_new_since(const struct session *session)
{
	struct ptree_tree_counts then, now;

	ptree_tree_get_counts(session->tree, &then);
	ptree_tree_get_counts(session->live_tree, &now);
	return now.forks - then.forks;
}

/* ---- filter and users ---- */

bool session_set_filter(struct session *session, const char *text)
{
	struct filter_error error = { 0 };
	struct filter *filter = NULL;
	int err = *text ? filter_compile(&filter, text, &error) : 0;

	session->needs_redraw = true;
	if (err) {
		snprintf(session->filter_error, sizeof(session->filter_error), "%s",
			 err == -EINVAL ? error.text : strerror(-err));
		return false;
	}
	session->filter_error[0] = '\0';
	filter_free(session->filter);
	session->filter = filter;
	snprintf(session->filter_text, sizeof(session->filter_text), "%s", text);
	choose_again(session);
	return true;
}

void session_take_names(struct session *session)
{
	if (!ptree_users_collect(session->users))
		return;
	ptree_tree_learn_users(session->live_tree, session->users); /* else at the next one */
	session->needs_redraw = true;
	session->needs_arrange |= session->filter != NULL;
	session->needs_collect |= session->filter != NULL;
}

void session_set_users(struct session *session, const uint32_t *uids, size_t count)
{
	uint32_t *copy = NULL;

	if (count) {
		copy = malloc(count * sizeof(*copy));
		if (!copy)
			return;
		memcpy(copy, uids, count * sizeof(*copy));
	}
	free(session->uids);
	session->uids = copy;
	session->uid_count = count;
	choose_again(session);
}

/* ---- searching ---- */

struct search {
	const struct session *session;
	struct text_needle needle;
};

static bool is_row_found(const struct row *row, const void *what)
{
	const struct search *search = what;
	const struct session *session = search->session;
	struct column_context context = session_columns(session);
	const struct ptree_node *node = ptree_tree_find_id(session->tree, row->process);
	struct command command;

	if (!node || row->is_thread || row->is_summary)
		return false;
	column_command(&context, node, NULL, &command);
	return text_has(command.line, command.size, &search->needle) ||
	       text_has(ptree_node_comm(node), strlen(ptree_node_comm(node)), &search->needle);
}

bool session_search_next(struct session *session, uint64_t from, bool backwards)
{
	struct search search = { .session = session };
	uint64_t id;

	if (!session->search_text[0])
		return false;
	text_needle_init(&search.needle, session->search_text);
	id = rows_search(session->rows, from, backwards, is_row_found, &search);
	text_needle_clear(&search.needle);
	if (id)
		session_select(session, id);
	return id != 0;
}

/* ---- highlights ---- */

int session_glow(const struct session *session, uint64_t changed_ns)
{
	uint64_t shown_ns = session_shown_ns(session);
	uint64_t age_ns;

	if (!changed_ns || !session->highlight_ns || (session->paused_ns && changed_ns > shown_ns))
		return 0;
	age_ns = shown_ns > changed_ns ? shown_ns - changed_ns : 0;
	if (age_ns >= session->highlight_ns)
		return 0;
	return GLOW_LEVELS - (int)(age_ns * GLOW_LEVELS / session->highlight_ns);
}
