/* SPDX-License-Identifier: MIT */
/* What is typed: a search, a filter, a pid, a command. Search and filter act while one types. */
#include "ui/by-name.h"
#include "ui/command-impl.h"
#include "ui/value.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void open_prompt(struct session *session, enum session_prompt kind, const char *text)
{
	session->prompt_kind = kind;
	prompt_set(&session->prompt, text);
	history_begin(&session->histories[kind]);
	session->command_error[0] = '\0';
	session->has_completions = false;
	session->shows_completions = kind == SESSION_PROMPT_COMMAND;
}

/* ---- what it begins with ---- */

void command_begin_search(struct session *session, int unused)
{
	const struct row *row = tree_view_row(session->panes.tree);

	(void)unused;
	session->panes.tree->search_from = row ? row->id : 0;
	open_prompt(session, SESSION_PROMPT_SEARCH, "");
}

void command_find_again(struct session *session, int direction)
{
	struct tree_view *tree = session->panes.tree;
	const struct row *row = tree_view_row(tree);

	tree->follow_id = 0;
	if (!search_is_set(&tree->search))
		session_say(session, false, "nothing was searched for yet: / does");
	else if (!tree_view_search_next(tree, row ? row->id : 0, direction < 0))
		session_say(session, true, "not found: %s", tree->search.text);
}

void command_begin_filter(struct session *session, int unused)
{
	(void)unused;
	memcpy(session->filter_before, session->scene.scope.filter_text,
	       sizeof(session->filter_before));
	session->filter_error = (struct filter_error){ 0 };
	open_prompt(session, SESSION_PROMPT_FILTER, session->scene.scope.filter_text);
}

void command_begin_pid(struct session *session, int digit)
{
	const char text[] = { (char)digit, '\0' };

	open_prompt(session, SESSION_PROMPT_PID, text);
}

void command_begin_command(struct session *session, int unused)
{
	(void)unused;
	open_prompt(session, SESSION_PROMPT_COMMAND, "");
}

/* ---- how it ends ---- */

void command_search_for(struct session *session, const char *text)
{
	struct tree_view *tree = session->panes.tree;

	command_begin_search(session, 0);
	session->prompt_kind = SESSION_PROMPT_NONE;
	tree_view_search(tree, text);
	tree_view_update_rows(tree);
}

/* What was not understood stays, with the cursor where it is wrong. */
static void do_command(struct session *session)
{
	char line[PROMPT_SIZE];
	size_t where;

	memcpy(line, session->prompt.text, sizeof(line));
	if (!line[strspn(line, " ")])
		return;
	if (by_name_run(session, line, session->command_error, sizeof(session->command_error),
			&where)) {
		history_add(&session->histories[SESSION_PROMPT_COMMAND], line);
		return;
	}
	session->prompt_kind = SESSION_PROMPT_COMMAND;
	prompt_set(&session->prompt, line);
	session->prompt.cursor = where;
	session->has_completions = false;
}

static void jump_to_pid(struct session *session, const char *text)
{
	const struct ptree_node *node;
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	node = errno || *end || pid <= 0 || pid > INT_MAX
		   ? NULL
		   : ptree_tree_find(session->scene.moment.tree, (pid_t)pid);
	if (node)
		command_go_to(session, ptree_node_id(node));
	else
		session_say(session, true, "no process has the pid %s", text);
}

void command_accept(struct session *session, int unused)
{
	enum session_prompt kind = session->prompt_kind;

	(void)unused;
	if (kind == SESSION_PROMPT_FILTER && session->filter_error.text[0])
		return; /* it says what is wrong; the line stays open */
	session->prompt_kind = SESSION_PROMPT_NONE;
	if (kind == SESSION_PROMPT_SEARCH || kind == SESSION_PROMPT_FILTER)
		history_add(&session->histories[kind], session->prompt.text);
	if (kind == SESSION_PROMPT_SEARCH)
		tree_view_search(session->panes.tree, session->prompt.text);
	tree_view_update_rows(session->panes.tree);
	if (kind == SESSION_PROMPT_PID)
		jump_to_pid(session, session->prompt.text);
	if (kind == SESSION_PROMPT_COMMAND)
		do_command(session);
}

void command_cancel(struct session *session, int unused)
{
	(void)unused;
	if (session->prompt_kind == SESSION_PROMPT_FILTER)
		session_set_filter(session, session->filter_before);
	session->scene.scope.is_other_typed = false;
	if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		tree_view_search(session->panes.tree, ""); /* for nothing: back to where it began */
	}
	session->prompt_kind = SESSION_PROMPT_NONE;
}

/* ---- while it is typed ---- */

/* Takes effect when the rows are looked at, not with each key. */
static void take_effect(struct session *session)
{
	struct tree_view *tree = session->panes.tree;

	session->has_completions = false;
	session->command_error[0] = '\0';
	session->shows_completions = session->prompt_kind == SESSION_PROMPT_COMMAND;
	if (session->prompt_kind == SESSION_PROMPT_FILTER) {
		session->scene.scope.is_other_typed =
		    !session_set_filter(session, session->prompt.text);
	} else if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		tree_view_search(tree, session->prompt.text);
	}
}

void command_edit(struct session *session, int edit)
{
	if (edit == PROMPT_ERASE && !session->prompt.size)
		command_cancel(session, 0);
	else if (prompt_edit(&session->prompt, (enum prompt_edit)edit))
		take_effect(session);
}

void command_type(struct session *session, uint32_t code)
{
	if (prompt_insert(&session->prompt, code))
		take_effect(session);
}

/* ---- completing it ---- */

void command_find_completions(struct session *session)
{
	const struct prompt *prompt = &session->prompt;
	struct completions *completions = &session->completions;

	if (session->has_completions)
		return;
	if (session->prompt_kind == SESSION_PROMPT_COMMAND) {
		by_name_complete(session, prompt->text, prompt->cursor, completions);
	} else if (session->prompt_kind == SESSION_PROMPT_FILTER) {
		completions_begin(completions, prompt->text, 0, prompt->cursor);
		value_complete_filter(session, completions);
	}
	session->has_completions = true;
}

/* Of one that takes a value the blank before it, too. */
static void replace_word(struct session *session, const char *text)
{
	const struct command_entry *entry;
	struct prompt *prompt = &session->prompt;

	prompt_replace(prompt, session->completions.from, text);
	if (session->prompt_kind != SESSION_PROMPT_COMMAND || prompt->cursor != prompt->size)
		return;
	entry = by_name_find(prompt->text);
	if (entry && !strcmp(entry->name, text) && value_of(entry->name))
		prompt_insert(prompt, ' ');
}

/* As far as it is sure; then one after the other. */
void command_complete(struct session *session, int unused)
{
	struct completions *completions = &session->completions;
	char common[COMPLETION_SIZE];

	(void)unused;
	if (session->prompt_kind != SESSION_PROMPT_COMMAND &&
	    session->prompt_kind != SESSION_PROMPT_FILTER)
		return;
	command_find_completions(session);
	completions_common(completions, common);
	if (completions->count == 1) {
		replace_word(session, common);
		take_effect(session);
	} else if (!completions->is_chosen && strlen(common) > completions->typed) {
		prompt_replace(&session->prompt, completions->from, common);
		take_effect(session);
	} else if (completions->count) {
		prompt_replace(&session->prompt, completions->from, completions_next(completions));
		take_effect(session);
		session->has_completions = true; /* the next one comes from the same list */
	}
	session->shows_completions = true;
}

void command_go_in_history(struct session *session, int sign)
{
	if (session->prompt_kind == SESSION_PROMPT_PID)
		return;
	history_go(&session->histories[session->prompt_kind], &session->prompt, sign);
	take_effect(session);
}
