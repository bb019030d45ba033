/* SPDX-License-Identifier: MIT */
/* One person at a screen; see session.h. It reads no key. */
#include "ui/session.h"
#include "ui/acting.h"
#include "ui/command-impl.h"
#include "ui/last-line.h"
#include "ui/on-rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int session_init(struct session *session, struct ptree_monitor *monitor, struct ptree_users *users)
{
	struct scene *scene = &session->scene;
	int err;

	world_init(&scene->world, monitor, users);
	scene->moment.tree = scene->world.tree;
	scene->moment.now_ns = ptree_boot_now_ns();
	scene->message = &session->message;
	session->needs_redraw = true;
	err = inspector_new(&scene->world.inspector, scene->world.proc_path, inspect_read);
	if (!err)
		err = cgroups_new(&scene->world.cgroups, scene->world.proc_path);
	if (!err)
		err = readings_new(&scene->world.readings, scene->world.proc_path);
	scene->world.sources.cgroups = scene->world.cgroups;
	scene->world.sources.readings = scene->world.readings;
	return err ? err : panes_init(&session->panes, scene);
}

void session_clear(struct session *session)
{
	acting_free(session);
	on_rules_free(session);
	for (int i = 0; i < SESSION_PROMPT_COUNT; i++)
		history_clear(&session->histories[i]);
	keymap_clear(&session->keymap);
	free(session->copied);
	panes_clear(&session->panes);
	inspector_free(session->scene.world.inspector);
	cgroups_free(session->scene.world.cgroups);
	readings_free(session->scene.world.readings);
	moment_clear(&session->scene.moment);
	scope_clear(&session->scene.scope);
}

void session_say(struct session *session, bool is_error, const char *format, ...)
{
	char text[sizeof(session->message.text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	message_say(&session->message, session->scene.moment.now_ns, is_error, "%s", text);
	session->needs_redraw = true;
}

bool session_has_message(const struct session *session)
{
	return message_is_shown(&session->message, session->scene.moment.now_ns);
}

void session_say_no_process(struct session *session)
{
	const struct row *row = tree_view_row(session->panes.tree);

	if (row && row->is_group)
		session_say(session, false, "it is a group: c tags all in it, l unfolds it");
	else
		session_say(session, false, "no process is selected");
}

void session_copy(struct session *session, char *text, size_t size)
{
	free(session->copied);
	session->copied = text;
	session->copied_size = size;
}

enum view_context session_context(const struct session *session)
{
	enum view_context context = panes_top(&session->panes)->kind->context;

	if (session->prompt_kind != SESSION_PROMPT_NONE && context != VIEW_HELP)
		return VIEW_PROMPT;
	return context;
}

bool session_set_filter(struct session *session, const char *text)
{
	session->needs_redraw = true;
	return scope_set_filter(&session->scene.scope, text, &session->filter_error);
}

/* ---- watching ---- */

static void apply_watch(struct session *session)
{
	struct scene *scene = &session->scene;

	scope_watch_in(&scene->scope, scene->world.tree);
	if (scene->moment.stopped_tree)
		scope_watch_in(&scene->scope, scene->moment.stopped_tree);
	session->needs_redraw = true;
}

void session_watch_only(struct session *session, const struct watch_item *item)
{
	scope_watch_only(&session->scene.scope, item);
	apply_watch(session);
}

bool session_watch_also(struct session *session, const struct watch_item *item)
{
	bool has_room = scope_watch_also(&session->scene.scope, item);

	if (has_room)
		apply_watch(session);
	return has_room;
}

bool session_watch_back(struct session *session)
{
	bool was_watching = scope_watch_back(&session->scene.scope);

	if (was_watching)
		apply_watch(session);
	return was_watching;
}

/* ---- stopping ---- */

void session_stop(struct session *session)
{
	struct scene *scene = &session->scene;
	int err = moment_stop(&scene->moment, scene->world.tree);

	if (err) {
		session_say(session, true, "cannot stop the picture: %s", strerror(-err));
		return;
	}
	scope_watch_in(&scene->scope, scene->moment.stopped_tree);
	session->needs_redraw = true;
}

void session_go_on(struct session *session)
{
	moment_go_on(&session->scene.moment, session->scene.world.tree);
	/* Also below a page that covers it: the tree that its rows were read from is no more. */
	session->panes.tree->needs_collect = true;
	tree_view_update_rows(session->panes.tree);
	session->needs_redraw = true;
}

/* ---- what commands are about ---- */

uint64_t *session_targets(const struct session *session, size_t *count)
{
	const struct tree_view *tree = session->panes.tree;
	const struct view *view = panes_top(&session->panes);
	uint64_t selected = view->kind->selected ? view->kind->selected(view) : 0;
	const uint64_t *from = &selected;
	uint64_t *ids;

	*count = selected ? 1 : 0;
	if (view == &tree->view && tree->tags.count) {
		from = tree->tags.ids;
		*count = tree->tags.count;
	}
	ids = *count ? malloc(*count * sizeof(*ids)) : NULL;
	if (ids)
		memcpy(ids, from, *count * sizeof(*ids));
	return ids;
}

/* ---- what is read besides ---- */

void session_read_beyond(struct session *session)
{
	struct scene *scene = &session->scene;
	const struct tree_view *tree = session->panes.tree;
	uint32_t asks = tree_view_asks(tree);
	const struct readings_wish wish = {
		.pieces = asks & FIELD_ASKS_PIECES,
		.all = tree_view_asks_for_rows(tree) & FIELD_ASKS_PIECES,
		.sums_io = asks & FIELD_ASKS_IO_SUMS,
		.by_origin = tree->choice.by_origin,
		.is_stopped = scene->moment.stopped_ns != 0,
	};

	if (readings_turn(scene->world.readings, scene->world.tree, &wish, scene->moment.now_ns))
		session->needs_redraw = true;

	if (cgroups_turn(scene->world.cgroups, scene->world.tree, asks & FIELD_ASKS_CGROUP,
			 scene->moment.stopped_ns != 0, scene->moment.now_ns))
		session->needs_redraw = true;
}

/* ---- a frame ---- */

void session_update(struct session *session, struct canvas *canvas)
{
	command_find_completions(session);
	panes_update(&session->panes, canvas, session->prompt_kind != SESSION_PROMPT_NONE,
		     session_has_message(session));
	if (tree_view_asks(session->panes.tree) & FIELD_ASKS_FIGURES)
		tree_view_have_seen_read(session->panes.tree);
}

struct session_cursor session_draw(const struct session *session)
{
	panes_draw(&session->panes);
	return last_line_draw(session);
}
