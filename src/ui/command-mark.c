/* SPDX-License-Identifier: MIT */
/* Marks: a letter each for a process. They hold ids: who has the pid later is somebody else. */
#include "ui/command-impl.h"

static const struct ptree_node *selected_node(const struct session *session)
{
	const struct view *view = panes_top(&session->panes);
	uint64_t id = view->kind->selected ? view->kind->selected(view) : 0;

	return scene_node(&session->scene, id);
}

void command_mark(struct session *session, int letter)
{
	const struct ptree_node *node = selected_node(session);

	if (!node) {
		session_say_no_process(session);
		return;
	}
	session->marks[letter - 'a'] =
	    (struct mark){ .id = ptree_node_id(node), .pid = ptree_node_pid(node) };
	session_say(session, false, "mark %c is %d: '%c goes there", letter, ptree_node_pid(node),
		    letter);
}

void command_go_to_mark(struct session *session, int letter)
{
	const struct mark *mark = &session->marks[letter - 'a'];

	if (!mark->id)
		session_say(session, false, "mark %c is not set: m%c sets it", letter, letter);
	else if (!scene_node(&session->scene, mark->id))
		session_say(session, false, "mark %c: %d is over and forgotten", letter, mark->pid);
	else
		command_go_to(session, mark->id);
}
