/* SPDX-License-Identifier: MIT */
/* Which commands take a value, what it may be, and what they then do; see value.h. */
#include "ui/command-impl.h"
#include "ui/value-impl.h"
#include "config/theme-file.h"
#include "model/events.h"
#include "model/field.h"
#include "views/events.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static bool find_word(const char *const *words, size_t count, const char *text, size_t *index)
{
	for (*index = 0; *index < count; ++*index) {
		if (!strcasecmp(words[*index], text))
			return true;
	}
	return false;
}

static void offer_words(struct completions *completions, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		completions_offer(completions, words[i]);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- processes ---- */

/* Those that are seen, from the selected one on. */
static const struct ptree_node *seen_node(const struct session *session, uint32_t line)
{
	const struct tree_view *tree = session->panes.tree;
	const struct row *row = rows_at(tree->rows, tree->cursor.top + line);

	return row && !row->is_summary ? scene_node(&session->scene, row->process) : NULL;
}

void value_offer_pids(const struct session *session, struct completions *completions)
{
	int rows = session->panes.tree->view.body_rows;

	for (uint32_t line = 0; rows > 0 && line < (uint32_t)rows; line++) {
		const struct ptree_node *node = seen_node(session, line);
		char pid[16];

		if (!node)
			continue;
		snprintf(pid, sizeof(pid), "%d", ptree_node_pid(node));
		completions_offer(completions, pid);
	}
}

/* Of all: a filter that is half typed hides most of them. */
void value_offer_names(const struct session *session, struct completions *completions)
{
	struct ptree_nodes all = { 0 };

	ptree_tree_descendants(session->scene.moment.tree, 0, &all);
	for (size_t i = 0; i < all.count && completions->count < COMPLETIONS_MAX; i++)
		completions_offer(completions, ptree_node_comm(all.node[i]));
	ptree_nodes_clear(&all);
}

void value_offer_processes(const struct session *session, struct completions *completions)
{
	value_offer_names(session, completions);
	value_offer_pids(session, completions);
}

static const struct ptree_node *find_pid(const struct session *session, const char *text)
{
	long pid = is_number(text) ? strtol(text, NULL, 10) : 0;

	return pid > 0 && pid <= INT_MAX ? ptree_tree_find(session->scene.moment.tree, (pid_t)pid)
					 : NULL;
}

static bool take_pid(struct session *session, int unused, const char *text, char *error,
		     size_t size)
{
	const struct ptree_node *node = find_pid(session, text);

	(void)unused;
	if (!node) {
		snprintf(error, size, "no process has the pid " VALUE_QUOTED, text);
		return false;
	}
	command_go_to(session, ptree_node_id(node));
	return true;
}

static const struct value_kind pid_value = { "PID", "a pid", value_offer_pids, take_pid };

static bool take_follow(struct session *session, int unused, const char *text, char *error,
			size_t size)
{
	if (!take_pid(session, unused, text, error, size))
		return false;
	command_follow(session, 0);
	return true;
}

static const struct value_kind follow_value = { "PID", "a pid", value_offer_pids, take_follow };

static bool item_of(const struct session *session, const char *text, struct watch_item *item,
		    char *error, size_t size)
{
	const struct ptree_node *node = find_pid(session, text);

	*item = (struct watch_item){ .id = node ? ptree_node_id(node) : 0,
				     .pid = node ? ptree_node_pid(node) : 0 };
	if (!node && is_number(text))
		snprintf(error, size, "no process has the pid " VALUE_QUOTED, text);
	else if (!node && strlen(text) >= sizeof(item->name))
		snprintf(error, size, "a name has less than %zu bytes", sizeof(item->name));
	else if (!node)
		memcpy(item->name, text, strlen(text) + 1);
	return node || item->name[0];
}

static bool take_watch(struct session *session, int unused, const char *text, char *error,
		       size_t size)
{
	struct watch_item item;

	(void)unused;
	if (!item_of(session, text, &item, error, size))
		return false;
	session_watch_only(session, &item);
	return true;
}

static bool take_watch_also(struct session *session, int unused, const char *text, char *error,
			    size_t size)
{
	struct watch_item item;

	(void)unused;
	if (!item_of(session, text, &item, error, size))
		return false;
	if (session_watch_also(session, &item))
		return true;
	snprintf(error, size, "no more than %d are watched at once", WATCH_ITEMS_MAX);
	return false;
}

static const struct value_kind watch_value = { "PID|NAME", "a pid or a program's name",
					       value_offer_processes, take_watch };
static const struct value_kind watch_also_value = { "PID|NAME", "a pid or a program's name",
						    value_offer_processes, take_watch_also };

/* ---- finding ---- */

static bool take_search(struct session *session, int unused, const char *text, char *error,
			size_t size)
{
	(void)unused;
	(void)error;
	(void)size;
	command_search_for(session, text);
	return true;
}

static const struct value_kind search_value = { "TEXT", "what is in a command", value_offer_names,
						take_search };

static bool take_filter(struct session *session, int unused, const char *text, char *error,
			size_t size)
{
	bool is_good = session_set_filter(session, text);

	(void)unused;
	snprintf(error, size, "%s", is_good ? "" : session->filter_error.text);
	session->filter_error = (struct filter_error){ 0 };
	return is_good;
}

void value_offer_users(const struct session *session, struct completions *completions)
{
	struct ptree_nodes all = { 0 };
	uint32_t before = PTREE_UNKNOWN_ID;

	ptree_tree_descendants(session->scene.moment.tree, 0, &all);
	for (size_t i = 0; i < all.count; i++) {
		uint32_t uid = ptree_node_euid(all.node[i]);
		const char *name = uid == before || uid == PTREE_UNKNOWN_ID
				       ? NULL
				       : ptree_users_name_later(session->scene.world.users, uid);

		if (name)
			completions_offer(completions, name);
		before = uid;
	}
	ptree_nodes_clear(&all);
}

static const struct value_kind filter_value = { "FILTER",
						"words, field:text, field>value, ~pattern",
						value_complete_filter, take_filter };

static void complete_user(const struct session *session, struct completions *completions)
{
	completions_offer(completions, "everybody");
	value_offer_users(session, completions);
}

/* Of those who have a process: nobody is waited for. */
static bool find_user(const struct session *session, const char *text, uint32_t *uid)
{
	struct ptree_nodes all = { 0 };
	bool is_found = false;

	ptree_tree_descendants(session->scene.moment.tree, 0, &all);
	for (size_t i = 0; i < all.count && !is_found; i++) {
		const char *name;
		char number[16];

		*uid = ptree_node_euid(all.node[i]);
		if (*uid == PTREE_UNKNOWN_ID)
			continue;
		name = ptree_users_name_later(session->scene.world.users, *uid);
		snprintf(number, sizeof(number), "%u", *uid);
		is_found = !strcmp(number, text) || (name && !strcmp(name, text));
	}
	ptree_nodes_clear(&all);
	return is_found;
}

static bool take_user(struct session *session, int unused, const char *text, char *error,
		      size_t size)
{
	uint32_t uid;

	(void)unused;
	if (!strcasecmp(text, "everybody")) {
		scope_set_users(&session->scene.scope, NULL, 0);
		return true;
	}
	if (!find_user(session, text, &uid)) {
		snprintf(error, size, "no process is of a user " VALUE_QUOTED, text);
		return false;
	}
	scope_set_users(&session->scene.scope, &uid, 1);
	return true;
}

static const struct value_kind user_value = { "USER", "a user who has processes, or everybody",
					      complete_user, take_user };

static bool is_letter(const char *text, char *error, size_t size)
{
	bool is = text[0] >= 'a' && text[0] <= 'z' && !text[1];

	if (!is)
		snprintf(error, size, "a mark is a letter from a to z, not " VALUE_QUOTED, text);
	return is;
}

static bool take_mark(struct session *session, int unused, const char *text, char *error,
		      size_t size)
{
	(void)unused;
	if (!is_letter(text, error, size))
		return false;
	command_mark(session, text[0]);
	return true;
}

static const struct value_kind mark_value = { "a-z", "a letter", NULL, take_mark };

static void complete_mark(const struct session *session, struct completions *completions)
{
	for (int i = 0; i < MARK_COUNT; i++) {
		const char letter[] = { (char)('a' + i), '\0' };

		if (session->marks[i].id)
			completions_offer(completions, letter);
	}
}

static bool take_go_to_mark(struct session *session, int unused, const char *text, char *error,
			    size_t size)
{
	(void)unused;
	if (!is_letter(text, error, size))
		return false;
	command_go_to_mark(session, text[0]);
	return true;
}

static const struct value_kind go_to_mark_value = { "a-z", "a letter", complete_mark,
						    take_go_to_mark };

/* ---- what is shown ---- */

static void complete_sort(const struct session *session, struct completions *completions)
{
	(void)session;
	for (int place = 0; place < field_sort_count_of_all(); place++)
		completions_offer(completions, field_sort_name(field_sort_at(place)));
}

static bool refuse_sort(const char *text, char *error, size_t size)
{
	char names[160];
	size_t used;

	if (field_sorts_beginning(text, names, sizeof(names))) {
		snprintf(error, size, VALUE_QUOTED " may be: %s", text, names);
		return false;
	}
	used = (size_t)snprintf(error, size, VALUE_QUOTED " is no order:", text);
	for (int place = 0; place < field_sort_count() && used < size; place++)
		used += (size_t)snprintf(error + used, size - used, "%s %s", place ? "," : "",
					 field_sort_name(field_sort_at(place)));
	return false;
}

static bool take_sort(struct session *session, int unused, const char *text, char *error,
		      size_t size)
{
	const struct field *sort;

	(void)unused;
	if (!field_find_sort(text, &sort))
		return refuse_sort(text, error, size);
	if (session->panes.tree->choice.sort != sort)
		tree_view_sort(session->panes.tree, sort);
	return true;
}

static const struct value_kind sort_value = { "FIELD", "what a column shows", complete_sort,
					      take_sort };

static bool take_depth(struct session *session, int unused, const char *text, char *error,
		       size_t size)
{
	(void)unused;
	if (text[0] < '1' || text[0] > '9' || text[1]) {
		snprintf(error, size, "a depth is 1 to 9, not " VALUE_QUOTED, text);
		return false;
	}
	command_fold_at_depth(session, text[0]);
	return true;
}

static const struct value_kind depth_value = { "1-9", "how deep", NULL, take_depth };

static const char *const exited_words[JOBS_MODE_COUNT] = {
	[JOBS_BRIEF] = "brief", [JOBS_NONE] = "none", [JOBS_STAY] = "stay"
};

static void complete_exited(const struct session *session, struct completions *completions)
{
	(void)session;
	offer_words(completions, exited_words, COUNT(exited_words));
}

static bool take_exited(struct session *session, int unused, const char *text, char *error,
			size_t size)
{
	size_t mode;

	(void)unused;
	if (!find_word(exited_words, COUNT(exited_words), text, &mode)) {
		snprintf(error, size, "expected brief, none or stay, not " VALUE_QUOTED, text);
		return false;
	}
	command_set_exited(session, (enum jobs_mode)mode);
	return true;
}

static void complete_group(const struct session *session, struct completions *completions)
{
	(void)session;
	for (int by = 0; by < GROUP_BY_COUNT; by++)
		completions_offer(completions, group_by_name((enum group_by)by));
}

static bool take_group(struct session *session, int unused, const char *text, char *error,
		       size_t size)
{
	enum group_by by;

	(void)unused;
	if (!group_by_find(text, &by)) {
		snprintf(error, size, "expected " GROUP_BY_WORDS ", not " VALUE_QUOTED, text);
		return false;
	}
	command_set_group(session, by);
	return true;
}

static const struct value_kind group_value = { "BY", GROUP_BY_WORDS, complete_group, take_group };

static const struct value_kind exited_value = { "HOW", "brief, none or stay", complete_exited,
						take_exited };

static const char *const class_words[EVENT_CLASS_COUNT] = { [EVENT_FORKS] = "forks",
							    [EVENT_EXECS] = "execs",
							    [EVENT_EXITS] = "exits",
							    [EVENT_FAILURES] = "failures",
							    [EVENT_OTHERS] = "others" };

static void complete_class(const struct session *session, struct completions *completions)
{
	(void)session;
	offer_words(completions, class_words, COUNT(class_words));
}

static bool take_class(struct session *session, int unused, const char *text, char *error,
		       size_t size)
{
	size_t class;

	(void)unused;
	if (!find_word(class_words, COUNT(class_words), text, &class)) {
		snprintf(error, size,
			 "expected forks, execs, exits, failures or others, not " VALUE_QUOTED,
			 text);
		return false;
	}
	command_toggle_event_kind(session, '1' + (int)class);
	return true;
}

static const struct value_kind class_value = { "KIND", "forks, execs, exits, failures or others",
					       complete_class, take_class };

/* ---- all of them ---- */

static void offer_themes(const struct session *session, struct completions *completions)
{
	(void)session;
	for (const struct theme_text *text = theme_texts; text->name; text++)
		completions_offer(completions, text->name);
}

/* As it was, if it is none. */
static bool take_theme(struct session *session, int unused, const char *text, char *error,
		       size_t size)
{
	struct theme theme = session->theme;

	(void)unused;
	if (theme_load(&theme, text, error, size))
		return false;
	session->theme = theme;
	snprintf(session->theme_name, sizeof(session->theme_name), "%s",
		 strlen(text) < sizeof(session->theme_name) ? text : "");
	session->wants_full_redraw = true;
	return true;
}

static const struct value_kind theme_value = { "NAME", "a theme's name, or a file", offer_themes,
					       take_theme };

const struct command_value command_values[] = {
	{ "fold-at-depth", &depth_value, true },
	{ "search", &search_value, false },
	{ "filter", &filter_value, false },
	{ "user", &user_value, false },
	{ "pid", &pid_value, true },
	{ "mark", &mark_value, true },
	{ "go-to-mark", &go_to_mark_value, true },
	{ "watch", &watch_value, false },
	{ "watch-also", &watch_also_value, false },
	{ "follow", &follow_value, false },
	{ "group", &group_value, false },
	{ "exited", &exited_value, false },
	{ "sort", &sort_value, false },
	{ "save-filter", &value_filter_name, true },
	{ "save-columns", &value_columns_name, true },
	{ "columns", &value_columns, false },
	{ "meters", &value_meters, false },
	{ "signal", &value_signal, false },
	{ "signal-subtree", &value_signal, false },
	{ "signal-group", &value_signal, false },
	{ "nice", &value_nice, false },
	{ "io-priority", &value_io_priority, false },
	{ "cpus", &value_cpus, false },
	{ "policy", &value_policy, false },
	{ "event-kind", &class_value, true },
	{ "theme", &theme_value, true },
	{ NULL, NULL, false },
};

const struct command_value *value_of(const char *command)
{
	for (const struct command_value *value = command_values; value->command; value++) {
		if (!strcmp(value->command, command))
			return value;
	}
	return NULL;
}
