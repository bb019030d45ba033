/* SPDX-License-Identifier: MIT */
/* Names of columns and meters, as the setup has them, and of a filter that is kept. */
#include "ui/session.h"
#include "ui/value-impl.h"
#include "config/save.h"
#include "model/field.h"
#include "model/filter-names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void offer_columns(const struct session *session, struct completions *completions)
{
	(void)session;
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
	return columns_parse(&session->panes.tree->columns, text, error, size);
}

const struct value_kind value_columns = { "NAMES", "columns' names, or default", offer_columns,
					  take_columns };

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

/* ---- a filter by name ---- */

static void offer_filter_names(const struct session *session, struct completions *completions)
{
	const struct filter_names *names = session->filter_names;

	for (size_t i = 0; names && i < names->count; i++)
		completions_offer(completions, names->items[i].name);
}

/* A filter that names itself would be none. */
static bool is_wrong_by_that_name(struct session *session, const char *name, const char *text)
{
	const char *before = filter_names_find(session->filter_names, name, strlen(name));
	char *kept = before ? strdup(before) : NULL;
	struct filter_error error;
	struct filter *filter = NULL;
	int err = filter_names_set(session->filter_names, name, text, 0);

	if (!err)
		err = filter_compile_named(&filter, text, session->filter_names, &error);
	filter_free(filter);
	if (err && kept)
		filter_names_set(session->filter_names, name, kept, 0);
	else if (err)
		filter_names_remove(session->filter_names, session->filter_names->count - 1);
	free(kept);
	return err;
}

static bool refuse(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);
	return false;
}

static bool take_filter_name(struct session *session, int unused, const char *text, char *error,
			     size_t size)
{
	const char *filter = session->scene.scope.filter_text;
	char name[96];
	const struct config_setting setting = { name, filter };

	(void)unused;
	if (text[filter_name_size(text)] || strlen(text) >= sizeof(name) - strlen("filter "))
		return refuse(error, size, "a name has letters, digits, _ and -, no more than 80");
	if (!*filter)
		return refuse(error, size, "there is no filter to keep: \\ types one");
	if (strpbrk(filter, "\n\r"))
		return refuse(error, size, "it has more than one line, and cannot be kept");
	if (!session->config_path || !session->filter_names)
		return refuse(error, size, "there is no file to write to: no home is known");
	if (is_wrong_by_that_name(session, text, filter))
		return refuse(error, size, "it would name itself");
	snprintf(name, sizeof(name), "filter %s", text);
	if (config_save(session->config_path, &setting, 1, error, size))
		return false;
	session_say(session, false, "kept in %s: @%s", session->config_path, text);
	return true;
}

const struct value_kind value_filter_name = { "NAME", "a name for the filter", offer_filter_names,
					      take_filter_name };
