/* SPDX-License-Identifier: MIT */
/* The table of options, what their values may be, and the help that is made of it. */
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

/* Those of the same commands stand together: the help has a heading for each group. */
const struct option_info config_options[] = {
	[OPTION_USER] = { "user", 'u', LIVE | TREE | LOG, "NAME|UID",
			  "only this user's processes (may be repeated)" },
	[OPTION_FILTER] = { "filter", 'f', LIVE | TREE | LOG, "EXPR",
			    "only what matches (repeated: all of them)" },
	[OPTION_HELP] = { "help", 'h', LIVE | TREE | LOG | WHY, NULL, "print this and exit" },
	[OPTION_VERSION] = { "version", 'V', LIVE | TREE | LOG | WHY, NULL,
			     "print the version and exit" },
	[OPTION_WATCH] = { "watch", 'w', LIVE | LOG, "PID|NAME",
			   "only the subtree under these (may be repeated)" },
	[OPTION_POLL] = { "poll", 0, LIVE | LOG, NULL, "scan /proc on a timer, without events" },
	[OPTION_REQUIRE_EVENTS] = { "require-events", 0, LIVE | LOG, NULL,
				    "exit with 3 where there are no events" },
	[OPTION_SUMMARY] = { "summary", 0, LIVE | LOG, NULL,
			     "on leaving, print what was seen and lost to stderr" },
	[OPTION_NO_REALTIME] = { "no-realtime", 0, LIVE | LOG, NULL,
				 "ask for no real-time priority" },
	[OPTION_ON] = { "on", 0, LIVE | LOG, "RULE",
			"EXPR => mark, bell, log TEXT, stop or run PROGRAM" },
	[OPTION_COLUMNS] = { "columns", 0, LIVE | TREE, "LIST", "these, as in pid,user,rss,time" },
	[OPTION_ASCII] = { "ascii", 0, LIVE | TREE | WHY, NULL, "draw with ASCII only" },
	[OPTION_JSON] = { "json", 0, TREE | LOG | WHY, NULL, "one JSON object a line" },
	[OPTION_DELAY] = { "delay", 'd', LIVE, "SECONDS",
			   "sample CPU and memory this often (default 1.5)" },
	[OPTION_HIGHLIGHT] = { "highlight", 'H', LIVE, "SECONDS",
			       "how long a change glows (default 3; 0: never)" },
	[OPTION_COLOR] = { "color", 0, LIVE, "WHEN", "auto (the default), always or never" },
	[OPTION_NO_MOUSE] = { "no-mouse", 0, LIVE, NULL, "leave the mouse to the terminal" },
	[OPTION_SORT] = { "sort", 0, LIVE, "FIELD", "siblings by it, the greatest first" },
	[OPTION_GROUP] = { "group", 0, LIVE, "BY", "in groups: " GROUP_BY_WORDS },
	[OPTION_METERS] = { "meters", 0, LIVE, "LIST", "these, as in cpu,memory,disk-read; none" },
	[OPTION_GRAPHS] = { "graphs", 0, LIVE, "STYLE", "auto (the default), braille or block" },
	[OPTION_THEME] = { "theme", 0, LIVE, "NAME|FILE",
			   "default, light, high-contrast, colour-blind, mono" },
	[OPTION_CONFIG] = { "config", 0, LIVE, "FILE",
			    "read this file instead of one's own; none: none" },
	[OPTION_SHORT] = { "short", 0, TREE, NULL, "names only, leaves that are alike merged" },
	[OPTION_ANCESTORS] = { "ancestors", 's', TREE, NULL, "also those above the PID" },
	[OPTION_EVENTS] = { "events", 0, LOG, "LIST", "only these, as in fork,exec,exit" },
	[OPTION_DURATION] = { "duration", 0, LOG, "SECONDS", "stop after this long" },
	[OPTION_BY_COMMAND] = { "by-command", 0, LOG, NULL, "at the end, a table of commands" },
};

const char *const config_command_names[] = {
	[CONFIG_LIVE] = "the live monitor",
	[CONFIG_TREE] = "proctop tree",
	[CONFIG_LOG] = "proctop log",
	[CONFIG_WHY] = "proctop why",
};

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

static int take_highlight(const struct parse *parse, const struct option_info *option,
			  const char *value)
{
	uint64_t ns;

	if (!read_seconds(value, &ns))
		return reject_option_value(parse, option, value,
					   "a number of seconds: expected digits, as in 3 or 0.5");
	parse->config->highlight_ns = ns;
	return 0;
}

static int take_delay(const struct parse *parse, const struct option_info *option,
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

static int take_duration(const struct parse *parse, const struct option_info *option,
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

static int take_user(const struct parse *parse, const struct option_info *option, const char *value)
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
static int take_filter(const struct parse *parse, const struct option_info *option,
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

static int take_watch(const struct parse *parse, const struct option_info *option,
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

static int take_rule(const struct parse *parse, const struct option_info *option, const char *value)
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

static int take_events(const struct parse *parse, const struct option_info *option,
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
static int take_columns(const struct parse *parse, const char *value)
{
	struct config *config = parse->config;
	char error[768];

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

static int take_meters(const struct parse *parse, const char *value)
{
	char error[768];

	if (!meter_choice_parse(&parse->config->meters, value, error, sizeof(error)))
		return config_reject(parse, "--meters: %s", error);
	return 0;
}

/* Which one of NULL-terminated names. */
static bool find_choice(const char *const *names, const char *value, unsigned *index)
{
	for (*index = 0; names[*index]; ++*index) {
		if (!strcmp(value, names[*index]))
			return true;
	}
	return false;
}

static int take_graphs(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	static const char *const names[] = {
		[CONFIG_GRAPHS_AUTO] = "auto",
		[CONFIG_GRAPHS_BRAILLE] = "braille",
		[CONFIG_GRAPHS_BLOCK] = "block",
		NULL,
	};
	unsigned index;

	if (!find_choice(names, value, &index))
		return reject_option_value(parse, option, value, "one of auto, braille and block");
	parse->config->graphs = (enum config_graphs)index;
	return 0;
}

static int take_sort(const struct parse *parse, const struct option_info *option, const char *value)
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

static int take_group(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	if (!group_by_find(value, &parse->config->group))
		return reject_option_value(parse, option, value,
					   "one of them: expected " GROUP_BY_WORDS);
	return 0;
}

static int take_color(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	static const char *const names[] = {
		[CONFIG_COLOR_AUTO] = "auto",
		[CONFIG_COLOR_ALWAYS] = "always",
		[CONFIG_COLOR_NEVER] = "never",
		NULL,
	};
	unsigned index;

	if (!find_choice(names, value, &index))
		return reject_option_value(parse, option, value, "one of auto, always and never");
	parse->config->color = (enum config_color)index;
	return 0;
}

/* ---- config_options and operands ---- */

int config_take_option(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	struct config *config = parse->config;

	switch ((enum option_id)(option - config_options)) {
	case OPTION_USER:
		return take_user(parse, option, value);
	case OPTION_FILTER:
		return take_filter(parse, option, value);
	case OPTION_WATCH:
		return take_watch(parse, option, value);
	case OPTION_ON:
		return take_rule(parse, option, value);
	case OPTION_DELAY:
		return take_delay(parse, option, value);
	case OPTION_HIGHLIGHT:
		return take_highlight(parse, option, value);
	case OPTION_COLOR:
		return take_color(parse, option, value);
	case OPTION_EVENTS:
		return take_events(parse, option, value);
	case OPTION_DURATION:
		return take_duration(parse, option, value);
	case OPTION_HELP:
		config->command = CONFIG_HELP;
		break;
	case OPTION_VERSION:
		config->command = CONFIG_VERSION;
		break;
	case OPTION_POLL:
		config->poll = true;
		break;
	case OPTION_REQUIRE_EVENTS:
		config->require_events = true;
		break;
	case OPTION_SUMMARY:
		config->summary = true;
		break;
	case OPTION_ASCII:
		config->ascii = true;
		break;
	case OPTION_JSON:
		config->json = true;
		break;
	case OPTION_NO_MOUSE:
		config->no_mouse = true;
		break;
	case OPTION_NO_REALTIME:
		config->no_realtime = true;
		break;
	case OPTION_BY_COMMAND:
		config->by_command = true;
		break;
	case OPTION_SHORT:
		config->is_short = true;
		break;
	case OPTION_ANCESTORS:
		config->ancestors = true;
		break;
	case OPTION_COLUMNS:
		return take_columns(parse, value);
	case OPTION_SORT:
		return take_sort(parse, option, value);
	case OPTION_GROUP:
		return take_group(parse, option, value);
	case OPTION_METERS:
		return take_meters(parse, value);
	case OPTION_GRAPHS:
		return take_graphs(parse, option, value);
	case OPTION_THEME:
		config->theme = value;
		break;
	case OPTION_CONFIG:
		config->path = value;
		break;
	}
	return 0;
}

/* ---- help ---- */

static void print_heading(FILE *out, unsigned commands)
{
	const char *separator = "\nOptions of ";

	for (unsigned i = 0; i < COMMAND_COUNT; i++) {
		if (commands & 1u << i) {
			fprintf(out, "%s%s", separator, config_command_names[i]);
			separator = ", ";
		}
	}
	fputs(":\n", out);
}

static void print_option(FILE *out, const struct option_info *option)
{
	char letter[] = { '-', option->letter, ',', '\0' };
	char synopsis[32];

	snprintf(synopsis, sizeof(synopsis), "--%s%s%s", option->name, option->argument ? "=" : "",
		 option->argument ? option->argument : "");
	fprintf(out, "  %3s %-20s  %s\n", option->letter ? letter : "", synopsis, option->help);
}

void config_print_help(FILE *out)
{
	fputs("Usage: proctop [OPTION...]                  the live monitor\n"
	      "       proctop tree [OPTION...] [PID|NAME]  one picture of the process tree\n"
	      "       proctop log [OPTION...]              events as they happen, a line each\n"
	      "       proctop why [OPTION...] PID|NAME|:PORT|FILE\n"
	      "                                            why it runs, or who holds that\n",
	      out);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!i || config_options[i].commands != config_options[i - 1].commands)
			print_heading(out, config_options[i].commands);
		print_option(out, &config_options[i]);
	}
	fputs("\nEXPR: words, FIELD:VALUE, FIELD<VALUE (also <= > >= = !=), FIELD~PATTERN, which "
	      "all must\n"
	      "hold; \"|\" or \"or\", \"!\" or \"not\", parentheses, as in "
	      "'user:alice (rss>100M | cmd~\"cc|ld\")'.\n"
	      "The fields are in proctop(1).\n"
	      "Exit status: 0, 1 failed while running, 2 wrong use, 3 no events.\n",
	      out);
}
