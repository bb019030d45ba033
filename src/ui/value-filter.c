/* SPDX-License-Identifier: MIT */
/* What the last word of a filter may become: a field, or what that is compared with. */
#include "ui/session.h"
#include "ui/value-impl.h"
#include "model/field.h"
#include "model/filter.h"
#include "model/kept.h"

#include <stdio.h>
#include <string.h>

static void offer_all(struct completions *completions, const char *const *words)
{
	for (; *words; words++)
		completions_offer(completions, *words);
}

static void offer_fields(struct completions *completions)
{
	for (const struct field *field = fields; field->name; field++) {
		char word[COMPLETION_SIZE];

		snprintf(word, sizeof(word), "%s%s", field->name,
			 filter_field_is_measured(field) ? ">" : ":");
		if (field->is_filter)
			completions_offer(completions, word);
	}
	completions_offer(completions, "under:");
}

/* Those that are kept by name. */
static void offer_names(const struct session *session, struct completions *completions)
{
	const struct kept *names = session->filter_names;

	for (size_t i = 0; names && i < names->count; i++) {
		char word[COMPLETION_SIZE];

		if (snprintf(word, sizeof(word), "@%s", names->items[i].name) < (int)sizeof(word))
			completions_offer(completions, word);
	}
}

/* What a field can be compared with; of what is measured, to begin with. */
static void offer_values_of(const struct session *session, const struct field *field,
			    struct completions *completions)
{
	static const char *const states[] = { "D", "I", "R", "S", "T", "t", "Z", NULL };
	static const char *const flags[] = { "no", "yes", NULL };
	static const char *const sizes[] = { "100K", "10M", "100M", "1G", NULL };
	static const char *const times[] = { "10s", "1m", "1h", "1d", NULL };
	static const char *const rates[] = { "1", "10", "100", NULL };
	static const char *const shares[] = { "10", "50", "100", NULL };

	switch (field->kind) {
	case FIELD_USER:
		value_offer_users(session, completions);
		break;
	case FIELD_TEXT:
	case FIELD_ARGUMENTS:
		value_offer_names(session, completions);
		break;
	case FIELD_PID:
		value_offer_pids(session, completions);
		break;
	case FIELD_STATE:
		offer_all(completions, states);
		break;
	case FIELD_FLAG:
		offer_all(completions, flags);
		break;
	case FIELD_SIGNAL:
		value_signal.complete(session, completions);
		break;
	case FIELD_BYTES:
	case FIELD_BYTE_RATE:
		offer_all(completions, sizes);
		break;
	case FIELD_DURATION:
		offer_all(completions, times);
		break;
	case FIELD_PERMILLE:
		offer_all(completions, shares);
		break;
	case FIELD_RATE:
		offer_all(completions, rates);
		break;
	case FIELD_NUMBER:
	case FIELD_SIGNED:
	case FIELD_NAMESPACES:
	case FIELD_TTY:
	case FIELD_BOOT_TIME:
		break;
	}
}

/* What stands left of it; "!=" is a comparison. */
static bool is_before_word(const char *at)
{
	return strchr(" (|", at[-1]) || (at[-1] == '!' && *at != '=');
}

void value_complete_filter(const struct session *session, struct completions *completions)
{
	const char *line = session->prompt.text;
	size_t end = session->prompt.cursor, from = end, size, sign;
	const struct field *field;

	while (from > completions->from && !is_before_word(line + from))
		from--;
	size = strcspn(line + from, ":=!<>~ ");
	sign = strspn(line + from + size, ":=!<>~");
	if (!sign || from + size + sign > end) {
		completions_begin(completions, line, from, end);
		offer_fields(completions);
		offer_names(session, completions);
		return;
	}
	completions_begin(completions, line, from + size + sign, end);
	field = field_find(line + from, size);
	if (field && field->is_filter)
		offer_values_of(session, field, completions);
	else if (size == strlen("under") && !strncmp(line + from, "under", size))
		value_offer_processes(session, completions);
}
