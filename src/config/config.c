/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of options, from which it is parsed and its help is printed. It
 * decides nothing but what was asked for; what is not understood is an error before anything
 * happens.
 */
#include "config/config.h"
#include "model/filter.h"
#include "draw/text.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <proctree.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define SECONDS_MAX UINT64_C(1000000000)
#define LEAST_DELAY_NS (NS_PER_S / 10)
#define DEFAULT_HIGHLIGHT_NS (3 * NS_PER_S)

enum option_id {
	OPTION_USER,
	OPTION_FILTER,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_WATCH,
	OPTION_POLL,
	OPTION_REQUIRE_EVENTS,
	OPTION_SUMMARY,
	OPTION_NO_REALTIME,
	OPTION_ASCII,
	OPTION_JSON,
	OPTION_DELAY,
	OPTION_HIGHLIGHT,
	OPTION_COLOR,
	OPTION_NO_MOUSE,
	OPTION_SHORT,
	OPTION_ANCESTORS,
	OPTION_EVENTS,
	OPTION_DURATION,
	OPTION_BY_COMMAND,
};

enum {
	LIVE = 1u << CONFIG_LIVE,
	TREE = 1u << CONFIG_TREE,
	LOG = 1u << CONFIG_LOG,
	WHY = 1u << CONFIG_WHY,
};

struct option_info {
	const char *name;
	char letter;	      /* 0: none */
	unsigned commands;    /* that know it: LIVE, TREE, LOG, WHY */
	const char *argument; /* NULL: takes none */
	const char *help;
};

/* Those of the same commands stand together: the help has a heading for each group. */
static const struct option_info options[] = {
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
				 "read command lines without real-time priority" },
	[OPTION_ASCII] = { "ascii", 0, LIVE | TREE | WHY, NULL, "draw with ASCII only" },
	[OPTION_JSON] = { "json", 0, TREE | LOG | WHY, NULL, "one JSON object a line" },
	[OPTION_DELAY] = { "delay", 'd', LIVE, "SECONDS",
			   "sample CPU and memory this often (default 1.5)" },
	[OPTION_HIGHLIGHT] = { "highlight", 'H', LIVE, "SECONDS",
			       "how long a change glows (default 3; 0: never)" },
	[OPTION_COLOR] = { "color", 0, LIVE, "WHEN", "auto (the default), always or never" },
	[OPTION_NO_MOUSE] = { "no-mouse", 0, LIVE, NULL, "leave the mouse to the terminal" },
	[OPTION_SHORT] = { "short", 0, TREE, NULL, "names only, leaves that are alike merged" },
	[OPTION_ANCESTORS] = { "ancestors", 's', TREE, NULL, "also those above the PID" },
	[OPTION_EVENTS] = { "events", 0, LOG, "LIST", "only these, as in fork,exec,exit" },
	[OPTION_DURATION] = { "duration", 0, LOG, "SECONDS", "stop after this long" },
	[OPTION_BY_COMMAND] = { "by-command", 0, LOG, NULL, "at the end, a table of commands" },
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))
#define FIRST_LONG (UCHAR_MAX + 1) /* what getopt_long() returns for the first option */

static const char *const command_names[] = {
	[CONFIG_LIVE] = "the live monitor",
	[CONFIG_TREE] = "proctop tree",
	[CONFIG_LOG] = "proctop log",
	[CONFIG_WHY] = "proctop why",
};

#define COMMAND_COUNT (sizeof(command_names) / sizeof(command_names[0]))

struct parse {
	struct config *config;
	char *error;
	size_t error_size;
};

/* ---- saying what is wrong ---- */

static int __attribute__((format(printf, 2, 3)))
reject(const struct parse *parse, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(parse->error, parse->error_size, format, args);
	va_end(args);
	return -EINVAL;
}

/* What was given may be anything, and goes to a terminal. */
static int reject_value(const struct parse *parse, const char *what, const char *value,
			const char *expected)
{
	char safe[96];

	text_safe(safe, sizeof(safe), value, strlen(value), text_is_utf8());
	return reject(parse, "%s: '%s' is not %s", what, safe, expected);
}

static int reject_option_value(const struct parse *parse, const struct option_info *option,
			       const char *value, const char *expected)
{
	char what[32];

	snprintf(what, sizeof(what), "--%s", option->name);
	return reject_value(parse, what, value, expected);
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
static bool read_number(const char *text, uint64_t max, uint64_t *value)
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
	else if (read_number(value, PTREE_UNKNOWN_ID - 1, &number))
		*uid = (uint32_t)number;
	else
		return -ENOENT;
	return 0;
}

static int take_user(const struct parse *parse, const struct option_info *option, const char *value)
{
	struct config *config = parse->config;

	if (find_uid(value, &config->uids[config->uid_count]))
		return reject_option_value(parse, option, value,
					   "a user here: expected a login name or a user id");
	config->uid_count++;
	return 0;
}

/* Two lines more show where, if that fits a line of a terminal. */
static int reject_filter(const struct parse *parse, const char *value,
			 const struct filter_error *why)
{
	char safe[72];
	size_t size = strlen(value);
	bool utf8 = text_is_utf8();

	if (text_safe(safe, sizeof(safe), value, size, utf8) >= sizeof(safe))
		return reject(parse, "--filter: %s (byte %zu)", why->text, why->offset + 1);
	return reject(parse, "--filter: %s\n  %s\n  %*s^", why->text, safe,
		      (int)text_width(value, why->offset, utf8), "");
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
static int take_filter(const struct parse *parse, const char *value)
{
	struct filter_error why = { 0 };
	struct filter *filter;
	int err = filter_compile(&filter, value, &why);

	if (err)
		return err == -EINVAL ? reject_filter(parse, value, &why) : err;
	filter_free(filter);
	return append_filter(parse->config, value);
}

/* All digits are a pid. What only looks like a number is no name that anybody means. */
static bool is_pid_or_name(const char *value)
{
	uint64_t pid;

	if (value[strspn(value, "0123456789")])
		return *value != '-' && *value != '+';
	return read_number(value, INT_MAX, &pid) && pid;
}

#define PID_OR_NAME "a pid or a name: expected a number from 1 on, or what a process is called"

static int take_watch(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	if (!is_pid_or_name(value))
		return reject_option_value(parse, option, value, PID_OR_NAME);
	parse->config->watches[parse->config->watch_count++] = value;
	return 0;
}

/* Losses are no choice: whatever is asked for, they are told. */
static uint32_t event_kind(const char *name, size_t size)
{
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
			    "ptrace,comm,coredump,unknown");
		kinds |= kind;
		at += size;
		if (!*at)
			break;
	}
	parse->config->kinds |= kinds;
	return 0;
}

static int take_color(const struct parse *parse, const struct option_info *option,
		      const char *value)
{
	static const char *const names[] = {
		[CONFIG_COLOR_AUTO] = "auto",
		[CONFIG_COLOR_ALWAYS] = "always",
		[CONFIG_COLOR_NEVER] = "never",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(value, names[i])) {
			parse->config->color = (enum config_color)i;
			return 0;
		}
	}
	return reject_option_value(parse, option, value, "one of auto, always and never");
}

/* ---- options and operands ---- */

static int take_option(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	struct config *config = parse->config;

	switch ((enum option_id)(option - options)) {
	case OPTION_USER:
		return take_user(parse, option, value);
	case OPTION_FILTER:
		return take_filter(parse, value);
	case OPTION_WATCH:
		return take_watch(parse, option, value);
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
	}
	return 0;
}

struct getopt_tables {
	char letters[2 + 2 * OPTION_COUNT + 1];
	struct option longs[OPTION_COUNT + 1];
};

static void make_tables(struct getopt_tables *tables)
{
	char *letter = tables->letters + 1;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *option = &options[i];

		tables->longs[i] = (struct option){
			.name = option->name,
			.has_arg = option->argument ? required_argument : no_argument,
			.val = FIRST_LONG + (int)i,
		};
		if (!option->letter)
			continue;
		*letter++ = option->letter;
		if (option->argument)
			*letter++ = ':';
	}
}

static const struct option_info *find_option(int code)
{
	if (code >= FIRST_LONG)
		return &options[code - FIRST_LONG];
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (code && options[i].letter == code)
			return &options[i];
	}
	return NULL;
}

static int reject_option(const struct parse *parse, int code, const char *word)
{
	const struct option_info *option = find_option(optopt);
	char letter[] = { '-', (char)optopt, '\0' };

	if (option && code == ':')
		return reject(parse, "--%s: expected %s after it", option->name, option->argument);
	if (option)
		return reject(parse, "--%s: takes no value", option->name);
	return reject_value(parse, "options", optopt ? letter : word,
			    "one of them: see proctop --help");
}

/* Which commands know it: "proctop tree, proctop log". */
static int reject_for_command(const struct parse *parse, const struct option_info *option)
{
	char known[64];
	size_t used = 0;

	for (unsigned i = 0; i < COMMAND_COUNT; i++) {
		if (option->commands & 1u << i)
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
						 used ? ", " : "", command_names[i]);
	}
	return reject(parse, "--%s: not an option of %s: expected with %s", option->name,
		      command_names[parse->config->command], known);
}

static int take_options(const struct parse *parse, int argc, char **argv)
{
	const unsigned command = 1u << parse->config->command;
	struct getopt_tables tables = {
		.letters = ":", /* tell a missing argument from an unknown option */
	};
	int code;

	make_tables(&tables);
	optind = 0; /* glibc and musl: begin anew */
	opterr = 0;
	while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		const struct option_info *option = find_option(code);
		int err;

		if (code == '?' || code == ':' || !option)
			return reject_option(parse, code, argv[optind - 1]);
		if (!(option->commands & command))
			return reject_for_command(parse, option);
		err = take_option(parse, option, optarg);
		if (err || parse->config->command >= CONFIG_HELP)
			return err;
	}
	return 0;
}

/* A pid, a name, a port behind a colon, or a file, which has a slash if it could be another. */
static int take_subject(const struct parse *parse, const char *value)
{
	uint64_t port;

	if (!value)
		return reject(parse, "proctop why: expected PID, NAME, :PORT or FILE after it");
	if (*value == ':' && (!read_number(value + 1, UINT16_MAX, &port) || !port))
		return reject_value(parse, "proctop why", value,
				    "a port: expected a number from 1 to 65535 behind the colon");
	if (!*value || (*value != ':' && !strchr(value, '/') && !is_pid_or_name(value)))
		return reject_value(parse, "proctop why", value, PID_OR_NAME);
	parse->config->target = value;
	return 0;
}

static int take_operands(const struct parse *parse, char *const *operands)
{
	struct config *config = parse->config;

	if (config->command == CONFIG_TREE && *operands) {
		if (!is_pid_or_name(*operands))
			return reject_value(parse, "proctop tree", *operands, PID_OR_NAME);
		config->target = *operands++;
	}
	if (config->command == CONFIG_WHY) {
		int err = take_subject(parse, *operands);

		if (err)
			return err;
		operands++;
	}
	if (!*operands)
		return 0;
	if (config->command == CONFIG_LIVE)
		return reject_value(parse, "commands", *operands,
				    "one of tree, log and why, which come first");
	return reject_value(parse, command_names[config->command], *operands,
			    "expected: there is nothing to follow");
}

static enum config_command find_command(const char *word)
{
	if (word && !strcmp(word, "tree"))
		return CONFIG_TREE;
	if (word && !strcmp(word, "log"))
		return CONFIG_LOG;
	if (word && !strcmp(word, "why"))
		return CONFIG_WHY;
	return CONFIG_LIVE;
}

static int check_together(const struct parse *parse)
{
	const struct config *config = parse->config;
	uint64_t pid;

	if (config->poll && config->require_events)
		return reject(parse, "--poll: not with --require-events: expected one of them");
	if (config->is_short && config->json)
		return reject(parse, "--short: not with --json: expected one of them");
	if (config->ancestors && !(config->target && read_number(config->target, INT_MAX, &pid)))
		return reject(parse, "--ancestors: expected a PID: one process has ancestors");
	return 0;
}

/* A command line has fewer users and watches than words. */
static int make_room(struct config *config, int argc)
{
	config->uids = calloc((size_t)argc + 1, sizeof(*config->uids));
	config->watches = calloc((size_t)argc + 1, sizeof(*config->watches));
	return config->uids && config->watches ? 0 : -ENOMEM;
}

int config_parse(struct config *out, int argc, char **argv, char *error, size_t error_size)
{
	struct config config = { .command = find_command(argc > 0 ? argv[1] : NULL),
				 .highlight_ns = DEFAULT_HIGHLIGHT_NS };
	const struct parse parse = { &config, error, error_size };
	int skipped = config.command != CONFIG_LIVE;
	int err = make_room(&config, argc);

	if (!err)
		err = take_options(&parse, argc - skipped, argv + skipped);
	if (!err && config.command < CONFIG_HELP)
		err = take_operands(&parse, argv + skipped + optind);
	if (!err && config.command < CONFIG_HELP)
		err = check_together(&parse);
	if (err) {
		config_clear(&config);
		return err;
	}
	*out = config;
	return 0;
}

void config_clear(struct config *config)
{
	free(config->uids);
	free(config->filter);
	free(config->watches);
	*config = (struct config){ 0 };
}

/* ---- help ---- */

static void print_heading(FILE *out, unsigned commands)
{
	const char *separator = "\nOptions of ";

	for (unsigned i = 0; i < COMMAND_COUNT; i++) {
		if (commands & 1u << i) {
			fprintf(out, "%s%s", separator, command_names[i]);
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
		if (!i || options[i].commands != options[i - 1].commands)
			print_heading(out, options[i].commands);
		print_option(out, &options[i]);
	}
	fputs(
	    "\nEXPR: words, cmd:TEXT comm:TEXT user:NAME pid:PID state:R under:PID|NAME, ..., all\n"
	    "of which must hold; \"!\" or \"not\" before one negates it, \"quotes\" keep it "
	    "together.\n"
	    "Exit status: 0, 1 failed while running, 2 wrong use, 3 no events.\n",
	    out);
}
