/* SPDX-License-Identifier: MIT */
/* Copying: what goes into the terminal's clipboard. The app hands it to the terminal. */
#include "ui/command-impl.h"
#include "model/shell-quote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PID_SIZE 11 /* with the space behind it */

/* All that are tagged, or the selected one; a space between them. NULL with *count 0: none. */
static char *join_pids(const struct session *session, size_t *count)
{
	uint64_t *ids = session_targets(session, count);
	char *text = ids ? calloc(*count, PID_SIZE + 1) : NULL;
	size_t used = 0, named = 0;

	for (size_t i = 0; text && i < *count; i++) {
		const struct ptree_node *node = scene_node(&session->scene, ids[i]);

		if (node)
			used += (size_t)sprintf(text + used, "%s%d", named++ ? " " : "",
						ptree_node_pid(node));
	}
	if (text)
		*count = named;
	free(ids);
	return text;
}

void command_copy_pid(struct session *session, int unused)
{
	size_t count;
	char *text = join_pids(session, &count);

	(void)unused;
	if (!text || !count) {
		session_say(session, count > 0, "%s",
			    count ? strerror(ENOMEM) : "no process is selected");
		free(text);
		return;
	}
	if (count == 1)
		session_say(session, false, "copied to the terminal's clipboard: pid %s, %zu bytes",
			    text, strlen(text));
	else
		session_say(session, false,
			    "copied to the terminal's clipboard: %zu pids, %zu bytes", count,
			    strlen(text));
	session_copy(session, text, strlen(text));
}

/* NULL: it was said why not. */
static const struct ptree_image *selected_image(struct session *session, pid_t *pid)
{
	const struct view *view = panes_top(&session->panes);
	uint64_t id = view->kind->selected ? view->kind->selected(view) : 0;
	const struct ptree_node *node = scene_node(&session->scene, id);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

	if (!node)
		session_say_no_process(session);
	else if (ptree_node_is_kernel_thread(node))
		session_say(session, false, "a kernel thread has no command line");
	else if (!image || !image->argv_size)
		session_say(session, false, "its command line is not known");
	else {
		*pid = ptree_node_pid(node);
		return image;
	}
	return NULL;
}

void command_copy_command(struct session *session, int unused)
{
	pid_t pid;
	const struct ptree_image *image = selected_image(session, &pid);
	bool utf8 = session->panes.layout.screen.utf8;
	char *text;
	long size;

	(void)unused;
	if (!image)
		return;
	size = shell_quote(image->argv, image->argv_size, utf8, &text);
	if (size < 0) {
		session_say(session, true, "cannot copy it: %s", strerror((int)-size));
		return;
	}
	session_say(session, false,
		    "copied to the terminal's clipboard: the command of %d, quoted, %ld bytes%s",
		    pid, size,
		    image->argv_status == PTREE_ARGV_TRUNCATED ? "; the rest is not known" : "");
	session_copy(session, text, (size_t)size);
}
