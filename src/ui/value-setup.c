/* SPDX-License-Identifier: MIT */
/* Names of columns and meters, as the setup has them, and of a filter that is kept. */
#include "ui/session.h"
#include "ui/value-impl.h"
#include "config/save.h"
#include "model/field.h"
#include "model/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void offer_kept(const struct kept *kept, const char *sign, struct completions *completions)
{
	for (size_t i = 0; kept && i < kept->count; i++) {
		char word[COMPLETION_SIZE];

		if (snprintf(word, sizeof(word), "%s%s", sign, kept->items[i].name) <
		    (int)sizeof(word))
			completions_offer(completions, word);
	}
}

static void offer_columns(const struct session *session, struct completions *completions)
{
	offer_kept(session->column_sets, "@", completions);
	for (const struct field *field = fields; field->name; field++) {
		if (field->width)
			completions_offer(completions, field->name);
	}
	completions_offer(completions, "default");
}

static bool take_columns(struct session *session, int unused, const char *text, char *error,
			 size_t size)
{
	(void)unused;
	return columns_parse(&session->panes.tree->columns, text, session->column_sets, error,
			     size);
}

const struct value_kind value_columns = { "NAMES", "columns' names, @NAME or default",
					  offer_columns, take_columns };

static void offer_meters(const struct session *session, struct completions *completions)
{
	(void)session;
	for (size_t i = 0; i < METER_COUNT; i++)
		completions_offer(completions, meter_infos[i].name);
	completions_offer(completions, "default");
	completions_offer(completions, "none");
}

static bool take_meters(struct session *session, int unused, const char *text, char *error,
			size_t size)
{
	(void)unused;
	return meter_choice_parse(&session->scene.meters, text, error, size);
}

const struct value_kind value_meters = { "NAMES", "meters' names, default or none", offer_meters,
					 take_meters };

/* ---- what is kept by name ---- */

static bool refuse(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);
	return false;
}

/* "WHAT NAME = VALUE" in one's file. */
static bool keep(struct session *session, const char *what, const char *name, const char *value,
		 char *error, size_t size)
{
	char line[96];
	const struct config_setting setting = { line, value };

	snprintf(line, sizeof(line), "%s %s", what, name);
	if (config_save(session->config_path, &setting, 1, error, size))
		return false;
	session_say(session, false, "kept in %s: @%s", session->config_path, name);
	return true;
}

static bool can_keep(const struct session *session, const struct kept *kept, const char *name,
		     char *error, size_t size)
{
	if (name[kept_name_size(name)] || strlen(name) > 80)
		return refuse(error, size, "a name has letters, digits, _ and -, no more than 80");
	if (!session->config_path || !kept)
		return refuse(error, size, "there is no file to write to: no home is known");
	return true;
}

static void offer_column_sets(const struct session *session, struct completions *completions)
{
	offer_kept(session->column_sets, "", completions);
}

static bool take_columns_name(struct session *session, int unused, const char *text, char *error,
			      size_t size)
{
	char columns[1024];

	(void)unused;
	if (!can_keep(session, session->column_sets, text, error, size))
		return false;
	columns_format(&session->panes.tree->columns, columns, sizeof(columns));
	if (kept_set(session->column_sets, text, columns, 0))
		return refuse(error, size, "there is no memory for it");
	return keep(session, "columns", text, columns, error, size);
}

const struct value_kind value_columns_name = { "NAME", "a name for the columns", offer_column_sets,
					       take_columns_name };

static void offer_filter_names(const struct session *session, struct completions *completions)
{
	offer_kept(session->filter_names, "", completions);
}

/* A filter that names itself would be none. */
static bool is_wrong_by_that_name(struct session *session, const char *name, const char *text)
{
	const char *before = kept_find(session->filter_names, name, strlen(name));
	char *kept = before ? strdup(before) : NULL;
	struct filter_error error;
	struct filter *filter = NULL;
	int err = kept_set(session->filter_names, name, text, 0);

	if (!err)
		err = filter_compile_named(&filter, text, session->filter_names, &error);
	filter_free(filter);
	if (err && kept)
		kept_set(session->filter_names, name, kept, 0);
	else if (err)
		kept_remove(session->filter_names, session->filter_names->count - 1);
	free(kept);
	return err;
}

static bool take_filter_name(struct session *session, int unused, const char *text, char *error,
			     size_t size)
{
	const char *filter = session->scene.scope.filter_text;

	(void)unused;
	if (!*filter)
		return refuse(error, size, "there is no filter to keep: \\ types one");
	if (strpbrk(filter, "\n\r"))
		return refuse(error, size, "it has more than one line, and cannot be kept");
	if (!can_keep(session, session->filter_names, text, error, size))
		return false;
	if (*filter == '@' && !strcmp(filter + 1, text))
		return refuse(error, size, "that is what it is already");
	if (is_wrong_by_that_name(session, text, filter))
		return refuse(error, size, "it would name itself");
	return keep(session, "filter", text, filter, error, size);
}

const struct value_kind value_filter_name = { "NAME", "a name for the filter", offer_filter_names,
					      take_filter_name };
