/* SPDX-License-Identifier: MIT */
/* What is typed: a search, a filter, a pid. Search and filter act while one types. */
#include "ui/command-impl.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void open_prompt(struct session *session, enum session_prompt kind, const char *text)
{
	session->prompt_kind = kind;
	prompt_set(&session->prompt, text);
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
	if (!tree->search_text[0])
		session_say(session, false, "nothing was searched for yet: / does");
	else if (!tree_view_search_next(tree, row ? row->id : 0, direction < 0))
		session_say(session, true, "not found: %s", tree->search_text);
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

/* ---- how it ends ---- */

static void jump_to_pid(struct session *session, const char *text)
{
	struct tree_view *tree = session->panes.tree;
	const struct ptree_node *node;
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	node = errno || *end || pid <= 0 || pid > INT_MAX
		   ? NULL
		   : ptree_tree_find(session->scene.moment.tree, (pid_t)pid);
	if (!node) {
		session_say(session, true, "no process has the pid %s", text);
		return;
	}
	tree_view_select(tree, ptree_node_id(node));
	if (rows_find(tree->rows, ptree_node_id(node)) == NO_ROW)
		session_say(session, true, "%ld is not among what is shown", pid);
}

void command_accept(struct session *session, int unused)
{
	enum session_prompt kind = session->prompt_kind;

	(void)unused;
	if (kind == SESSION_PROMPT_FILTER && session->filter_error.text[0])
		return; /* it says what is wrong; the line stays open */
	session->prompt_kind = SESSION_PROMPT_NONE;
	if (kind == SESSION_PROMPT_SEARCH)
		tree_view_search(session->panes.tree);
	tree_view_update_rows(session->panes.tree);
	if (kind == SESSION_PROMPT_PID)
		jump_to_pid(session, session->prompt.text);
}

void command_cancel(struct session *session, int unused)
{
	(void)unused;
	if (session->prompt_kind == SESSION_PROMPT_FILTER)
		session_set_filter(session, session->filter_before);
	if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		session->panes.tree->search_text[0] = '\0';
		tree_view_search(session->panes.tree); /* for nothing: back to where it began */
	}
	session->prompt_kind = SESSION_PROMPT_NONE;
}

/* ---- while it is typed ---- */

/* Takes effect when the rows are looked at, not with each key. */
static void take_effect(struct session *session)
{
	struct tree_view *tree = session->panes.tree;

	if (session->prompt_kind == SESSION_PROMPT_FILTER) {
		session_set_filter(session, session->prompt.text);
	} else if (session->prompt_kind == SESSION_PROMPT_SEARCH) {
		memcpy(tree->search_text, session->prompt.text, session->prompt.size + 1);
		tree_view_search(tree);
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
