/* SPDX-License-Identifier: MIT */
/* Names of columns and of meters, as the setup has them. */
#include "ui/session.h"
#include "ui/value-impl.h"
#include "model/field.h"

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
