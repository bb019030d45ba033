/* SPDX-License-Identifier: MIT */
/* What the values of options may be, and what is said of others. */
#include "config/option.h"
#include "model/array.h"
#include "model/filter.h"
#include "model/rule.h"
#include "model/rules.h"
#include "draw/text.h"

#include <errno.h>
#include <limits.h>
#include <proctree.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define SECONDS_MAX UINT64_C(1000000000)
#define LEAST_DELAY_NS (NS_PER_S / 10)

/* ---- saying what is wrong ---- */

int config_reject(const struct parse *parse, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(parse->error, parse->error_size, format, args);
	va_end(args);
	return -EINVAL;
}

/* What was given may be anything, and goes to a terminal. */
int config_reject_value(const struct parse *parse, const char *what, const char *value,
			const char *expected)
{
	char safe[96];

	text_safe(safe, sizeof(safe), value, strlen(value), text_is_utf8());
	return config_reject(parse, "%s: '%s' is not %s", what, safe, expected);
}

static int reject_option_value(const struct parse *parse, const struct option_info *option,
			       const char *value, const char *expected)
{
	char what[32];

	snprintf(what, sizeof(what), "--%s", option->name);
	return config_reject_value(parse, what, value, expected);
}

/* ---- values ---- */

static const char *read_digits(const char *at, uint64_t max, uint64_t *value)
{
	for (*value = 0; *at >= '0' && *at <= '9'; at++) {
		*value = 10 * *value + (uint64_t)(*at - '0');
		if (*value > max)
			return NULL;
	}
	return at;
}

/* Decimal digits and nothing else. */
bool config_read_number(const char *text, uint64_t max, uint64_t *value)
{
	const char *end = read_digits(text, max, value);

	return end && end != text && !*end;
}

/* Digits, and behind a point at most nine more. */
static bool read_seconds(const char *text, uint64_t *ns)
{
	uint64_t seconds, fraction = 0;
	const char *point = read_digits(text, SECONDS_MAX, &seconds);
	const char *end = point;

	if (!point || point == text)
		return false;
	if (*point == '.') {
		end = read_digits(point + 1, NS_PER_S - 1, &fraction);
		if (!end || end == point + 1 || end - point > 10)
			return false;
		for (long digits = end - point - 1; digits < 9; digits++)
			fraction *= 10;
	}
	*ns = seconds * NS_PER_S + fraction;
	return !*end;
}

int option_take_highlight(const struct parse *parse, const struct option_info *option,
			  const char *value)
{
	uint64_t ns;

	if (!read_seconds(value, &ns))
		return reject_option_value(parse, option, value,
					   "a number of seconds: expected digits, as in 3 or 0.5");
	parse->config->highlight_ns = ns;
	return 0;
}

int option_take_delay(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	uint64_t ns;

	if (!read_seconds(value, &ns) || ns < LEAST_DELAY_NS)
		return reject_option_value(
		    parse, option, value,
		    "a number of seconds: expected digits, as in 2 or 0.5, and no less than 0.1");
	parse->config->delay_ns = ns;
	return 0;
}

int option_take_duration(const struct parse *parse, const struct option_info *option,
			 const char *value)
{
	uint64_t ns;

	if (!read_seconds(value, &ns) || !ns)
		return reject_option_value(
		    parse, option, value,
		    "a number of seconds: expected digits, as in 10 or 0.5, and not 0");
	parse->config->duration_ns = ns;
	return 0;
}

/* A name may look like a number, so it is asked for first, as chown(1) does. */
static int find_uid(const char *value, uint32_t *uid)
{
	const struct passwd *entry = getpwnam(value);
	uint64_t number;

	if (entry)
		*uid = entry->pw_uid;
	else if (config_read_number(value, PTREE_UNKNOWN_ID - 1, &number))
		*uid = (uint32_t)number;
	else
		return -ENOENT;
	return 0;
}

int option_take_user(const struct parse *parse, const struct option_info *option, const char *value)
{
	struct config *config = parse->config;

	if (array_reserve(&config->uids, &config->uid_capacity, config->uid_count + 1,
			  sizeof(*config->uids)))
		return -ENOMEM;
	if (find_uid(value, &config->uids[config->uid_count]))
		return reject_option_value(parse, option, value,
					   "a user here: expected a login name or a user id");
	config->uid_count++;
	return 0;
}

/* Two lines more show where, if that fits a line of a terminal. */
static int reject_at(const struct parse *parse, const struct option_info *option, const char *value,
		     size_t offset, const char *why)
{
	char safe[72];
	size_t size = strlen(value);
	bool utf8 = text_is_utf8();

	if (text_safe(safe, sizeof(safe), value, size, utf8) >= sizeof(safe))
		return config_reject(parse, "--%s: %s (byte %zu)", option->name, why, offset + 1);
	return config_reject(parse, "--%s: %s\n  %s\n  %*s^", option->name, why, safe,
			     (int)text_width(value, offset, utf8), "");
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\n\r\v\f")];
}

/* All of them are to match. */
static int append_filter(struct config *config, const char *value)
{
	char *joined;

	if (config->filter && is_blank(value))
		return 0;
	if (!config->filter || is_blank(config->filter))
		joined = strdup(value);
	else if (asprintf(&joined, "(%s) (%s)", config->filter, value) < 0)
		joined = NULL;
	if (!joined)
		return -ENOMEM;
	free(config->filter);
	config->filter = joined;
	return 0;
}

/* Each is compiled alone first, so that no two halves make a whole. */
int option_take_filter(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	struct filter_error why = { 0 };
	struct filter *filter;
	int err = filter_compile_named(&filter, value, &parse->config->filters, &why);

	/* One's file, which is read later, may know it. */
	if (err == -EINVAL && why.is_unknown_name && !parse->config->file_path)
		parse->config->needs_names = true;
	else if (err)
		return err == -EINVAL ? reject_at(parse, option, value, why.offset, why.text) : err;
	else
		filter_free(filter);
	return append_filter(parse->config, value);
}

static int check_columns(const struct parse *parse)
{
	struct config *config = parse->config;
	char error[768];

	if (config->columns_name && !columns_parse(&config->columns, config->columns_name,
						   &config->column_sets, error, sizeof(error)))
		return config_reject(parse, "--columns: %s", error);
	return 0;
}

int config_check_names(const struct parse *parse)
{
	const struct config *config = parse->config;
	struct filter_error why = { 0 };
	struct filter *filter;
	int err = check_columns(parse);

	if (err || !config->needs_names || !config->filter)
		return err;
	err = filter_compile_named(&filter, config->filter, &config->filters, &why);
	if (err)
		return err == -EINVAL ? reject_at(parse, &config_options[OPTION_FILTER],
						  config->filter, why.offset, why.text)
				      : err;
	filter_free(filter);
	return config_check_filter(parse);
}

/* All digits are a pid. What only looks like a number is no name that anybody means. */
bool config_is_pid_or_name(const char *value)
{
	uint64_t pid;

	if (value[strspn(value, "0123456789")])
		return *value != '-' && *value != '+';
	return config_read_number(value, INT_MAX, &pid) && pid;
}

int option_take_watch(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	struct config *config = parse->config;

	if (!config_is_pid_or_name(value))
		return reject_option_value(parse, option, value, PID_OR_NAME);
	if (array_reserve(&config->watches, &config->watch_capacity, config->watch_count + 1,
			  sizeof(*config->watches)))
		return -ENOMEM;
	config->watches[config->watch_count++] = value;
	return 0;
}

int option_take_rule(const struct parse *parse, const struct option_info *option, const char *value)
{
	struct config *config = parse->config;
	struct rule_error why;
	struct rule rule;
	int err;

	if (config->rule_count == RULES_MAX)
		return config_reject(parse, "--%s: expected no more than %d rules", option->name,
				     RULES_MAX);
	err = rule_parse(&rule, value, &why);
	if (err)
		return err == -EINVAL ? reject_at(parse, option, value, why.offset, why.text) : err;
	rule_clear(&rule);
	if (array_reserve(&config->rules, &config->rule_capacity, config->rule_count + 1,
			  sizeof(*config->rules)))
		return -ENOMEM;
	config->rules[config->rule_count++] = value;
	return 0;
}

/* Losses are no choice: whatever is asked for, they are told. */
static uint32_t event_kind(const char *name, size_t size)
{
	if (size == strlen("rule") && !memcmp(name, "rule", size))
		return CONFIG_EVENTS_RULE;
	for (unsigned kind = 0; kind < PTREE_EVENT_KIND_COUNT; kind++) {
		const char *known = ptree_event_kind_name((enum ptree_event_kind)kind);

		if (kind != PTREE_EVENT_ACK && kind != PTREE_EVENT_LOST && strlen(known) == size &&
		    !memcmp(known, name, size))
			return 1u << kind;
	}
	return 0;
}

int option_take_events(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	uint32_t kinds = 0;

	for (const char *at = value;; at++) {
		size_t size = strcspn(at, ",");
		uint32_t kind = event_kind(at, size);

		if (!kind)
			return reject_option_value(
			    parse, option, value,
			    "a list of events: expected some of fork,exec,exit,uid,gid,sid,"
			    "ptrace,comm,coredump,unknown,rule");
		kinds |= kind;
		at += size;
		if (!*at)
			break;
	}
	parse->config->kinds |= kinds;
	return 0;
}

/* One's file, which is read later, may know a name. */
int option_take_columns(const struct parse *parse, const struct option_info *option,
			const char *value)
{
	struct config *config = parse->config;
	char error[768];

	(void)option;
	config->columns_name = NULL;
	if (*value == '@' && !config->file_path) {
		config->columns_name = value;
		config->needs_names = true;
		return 0;
	}
	if (!columns_parse(&config->columns, value, &config->column_sets, error, sizeof(error)))
		return config_reject(parse, "--columns: %s", error);
	return 0;
}

int option_take_meters(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	char error[768];

	(void)option;
	if (!meter_choice_parse(&parse->config->meters, value, error, sizeof(error)))
		return config_reject(parse, "--meters: %s", error);
	return 0;
}

/* Which one of NULL-terminated names; -EINVAL with the error said. */
static int take_choice(const struct parse *parse, const struct option_info *option,
		       const char *value, const char *const *names, const char *expected)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(value, names[i]))
			return i;
	return reject_option_value(parse, option, value, expected);
}

int option_take_graphs(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	static const char *const names[] = {
		[CONFIG_GRAPHS_AUTO] = "auto",
		[CONFIG_GRAPHS_BRAILLE] = "braille",
		[CONFIG_GRAPHS_BLOCK] = "block",
		NULL,
	};
	int choice = take_choice(parse, option, value, names, "one of auto, braille and block");

	if (choice >= 0)
		parse->config->graphs = (enum config_graphs)choice;
	return choice < 0 ? choice : 0;
}

int option_take_sort(const struct parse *parse, const struct option_info *option, const char *value)
{
	char names[160];

	if (field_find_sort(value, &parse->config->sort))
		return 0;
	if (field_sorts_beginning(value, names, sizeof(names)))
		return config_reject(parse, "--sort: '%s' may be: %s", value, names);
	return reject_option_value(parse, option, value,
				   "an order: expected birth, CPU, memory, CPU time, "
				   "threads, pid, user, command or what a column is called");
}

int option_take_group(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	if (!group_by_find(value, &parse->config->group))
		return reject_option_value(parse, option, value,
					   "one of them: expected " GROUP_BY_WORDS);
	return 0;
}

int option_take_color(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	static const char *const names[] = {
		[CONFIG_COLOR_AUTO] = "auto",
		[CONFIG_COLOR_ALWAYS] = "always",
		[CONFIG_COLOR_NEVER] = "never",
		NULL,
	};
	int choice = take_choice(parse, option, value, names, "one of auto, always and never");

	if (choice >= 0)
		parse->config->color = (enum config_color)choice;
	return choice < 0 ? choice : 0;
}

int option_take_theme(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	(void)option;
	parse->config->theme = value;
	return 0;
}

int option_take_config(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	(void)option;
	parse->config->path = value;
	return 0;
}

int option_take_help(const struct parse *parse, const struct option_info *option, const char *value)
{
	(void)option;
	(void)value;
	parse->config->command = CONFIG_HELP;
	return 0;
}

int option_take_version(const struct parse *parse, const struct option_info *option,
			const char *value)
{
	(void)option;
	(void)value;
	parse->config->command = CONFIG_VERSION;
	return 0;
}
