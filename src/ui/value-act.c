/* SPDX-License-Identifier: MIT */
/* Values of what acts on processes: a dialog opens with them, and asks. */
#include "ui/acting.h"
#include "ui/value-impl.h"
#include "act/signals.h"
#include "model/sheet.h"

#include <stdio.h>
#include <string.h>

static void complete_signal(const struct session *session, struct completions *completions)
{
	int numbers[SIGNALS_MAX];
	size_t count = signals_list(numbers);

	(void)session;
	for (size_t i = 0; i < count; i++) {
		char name[SIGNAL_NAME_SIZE];

		signal_format(numbers[i], name);
		completions_offer(completions, name);
	}
}

static bool take_signal(struct session *session, int reach, const char *text, char *error,
			size_t size)
{
	int numbers[SIGNALS_MAX];
	size_t count = strlen(text) < SHEET_INPUT_SIZE ? signals_find(text, numbers) : 0;
	size_t used;

	if (count == 1) {
		acting_open_signal(session, (enum delivery_reach)reach, text);
		return true;
	}
	used = (size_t)snprintf(
	    error, size, count ? VALUE_QUOTED " may be:" : "no signal is called " VALUE_QUOTED,
	    text);
	for (size_t i = 0; i < count && used < size; i++) {
		char name[SIGNAL_NAME_SIZE];

		signal_format(numbers[i], name);
		used += (size_t)snprintf(error + used, size - used, "%s %s", i ? "," : "", name);
	}
	return false;
}

const struct value_kind value_signal = { "SIGNAL", "a signal's name or number", complete_signal,
					 take_signal };

static bool take_setting(struct session *session, int kind, const char *text, char *error,
			 size_t size)
{
	struct setting setting;
	char why[160];

	if (strlen(text) >= SHEET_INPUT_SIZE ||
	    setting_parse((enum setting_kind)kind, text, &setting, why, sizeof(why))) {
		if (strlen(text) >= SHEET_INPUT_SIZE)
			snprintf(why, sizeof(why), "it is too long");
		snprintf(error, size, VALUE_QUOTED ": %s", text, why);
		return false;
	}
	acting_open_setting(session, (enum setting_kind)kind, text);
	return true;
}

static void offer_setting(enum setting_kind kind, struct completions *completions)
{
	const char *word;

	for (size_t i = 0; (word = setting_word(kind, i)); i++)
		completions_offer(completions, word);
}

static void complete_io(const struct session *session, struct completions *completions)
{
	(void)session;
	offer_setting(SETTING_IO_PRIORITY, completions);
}

static void complete_policy(const struct session *session, struct completions *completions)
{
	(void)session;
	offer_setting(SETTING_POLICY, completions);
}

static void complete_cpus(const struct session *session, struct completions *completions)
{
	(void)session;
	offer_setting(SETTING_CPUS_ALLOWED, completions);
}

const struct value_kind value_nice = { "N|=N|+N|-N", NULL, NULL, take_setting };
const struct value_kind value_io_priority = { "be:N|rt:N|idle|none", NULL, complete_io,
					      take_setting };
const struct value_kind value_cpus = { "0-3,6|all", NULL, complete_cpus, take_setting };
const struct value_kind value_policy = { "other|batch|idle|fifo:N|rr:N", NULL, complete_policy,
					 take_setting };
