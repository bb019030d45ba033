/* SPDX-License-Identifier: MIT */
/* Commands: which columns and meters there are, and keeping what was chosen in one's file. */
#include "ui/command-impl.h"
#include "config/save.h"
#include "views/setup.h"

#include <stdio.h>
#include <string.h>

static struct setup_view *open_setup(struct session *session)
{
	struct view *top = panes_top(&session->panes);

	return top->kind == &setup_view_kind ? (struct setup_view *)top : NULL;
}

void command_setup(struct session *session, int unused)
{
	struct setup_view *setup = open_setup(session);

	(void)unused;
	if (setup)
		return;
	setup = (struct setup_view *)panes_push(&session->panes, &setup_view_kind);
	if (setup)
		setup_view_begin(setup, &session->panes.tree->columns, &session->scene.meters,
				 session->panes.tree->cols);
	else
		session_say(session, true, "too much is open");
}

void command_shift_column(struct session *session, int by)
{
	struct setup_view *setup = open_setup(session);

	if (setup)
		setup_view_shift(setup, by);
}

/* Without names behind it: where they are chosen. */
void command_meters(struct session *session, int unused)
{
	struct setup_view *setup;

	command_setup(session, unused);
	setup = open_setup(session);
	if (setup && !setup->is_meters)
		setup_view_turn(setup);
}

void command_turn_setup(struct session *session, int unused)
{
	struct setup_view *setup = open_setup(session);

	(void)unused;
	if (setup)
		setup_view_turn(setup);
}

void command_reset_columns(struct session *session, int unused)
{
	struct setup_view *setup = open_setup(session);

	(void)unused;
	if (setup)
		setup_view_reset(setup);
	else
		session->panes.tree->columns.count = 0;
}

/* What has been chosen of these; the rest of the file stays as it is. */
void command_save(struct session *session, int unused)
{
	const struct tree_view *tree = session->panes.tree;
	char columns[1024], meters[256], error[160];
	const struct config_setting settings[] = {
		{ "columns", columns },
		{ "meters", meters },
		{ "sort", field_sort_name(tree->choice.sort) },
		{ "group", group_by_name(tree->choice.group) },
		{ "theme", session->theme_name[0] ? session->theme_name : NULL },
	};

	(void)unused;
	columns_format(&tree->columns, columns, sizeof(columns));
	meter_choice_format(&session->scene.meters, meters, sizeof(meters));
	if (!session->config_path)
		session_say(session, true, "there is no file to write to: no home is known");
	else if (config_save(session->config_path, settings, sizeof(settings) / sizeof(*settings),
			     error, sizeof(error)))
		session_say(session, true, "%s: %s", session->config_path, error);
	else
		session_say(session, false,
			    "columns, meters, order, groups and theme are kept in %s",
			    session->config_path);
}
