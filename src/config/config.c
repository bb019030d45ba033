/* SPDX-License-Identifier: MIT */
/*
 * The command line. It decides nothing but what was asked for; what is not understood is an error
 * before anything happens.
 */
#include "config/option.h"
#include "model/filter.h"
#include "model/field.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_HIGHLIGHT_NS UINT64_C(3000000000)
#define FIRST_LONG (UCHAR_MAX + 1) /* what getopt_long() returns for the first option */

struct getopt_tables {
	char letters[2 + 2 * OPTION_COUNT + 1];
	struct option longs[OPTION_COUNT + 1];
};

static void make_tables(struct getopt_tables *tables)
{
	char *letter = tables->letters + 1;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *option = &config_options[i];

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
		return &config_options[code - FIRST_LONG];
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (code && config_options[i].letter == code)
			return &config_options[i];
	}
	return NULL;
}

static int reject_option(const struct parse *parse, int code, const char *word)
{
	const struct option_info *option = find_option(optopt);
	char letter[] = { '-', (char)optopt, '\0' };

	if (option && code == ':')
		return config_reject(parse, "--%s: expected %s after it", option->name,
				     option->argument);
	if (option)
		return config_reject(parse, "--%s: takes no value", option->name);
	return config_reject_value(parse, "options", optopt ? letter : word,
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
						 used ? ", " : "", config_command_names[i]);
	}
	return config_reject(parse, "--%s: not an option of %s: expected with %s", option->name,
			     config_command_names[parse->config->command], known);
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
		parse->config->given |= 1u << (option - config_options);
		err = config_take_option(parse, option, optarg);
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
		return config_reject(parse,
				     "proctop why: expected PID, NAME, :PORT or FILE after it");
	if (*value == ':' && (!config_read_number(value + 1, UINT16_MAX, &port) || !port))
		return config_reject_value(
		    parse, "proctop why", value,
		    "a port: expected a number from 1 to 65535 behind the colon");
	if (!*value || (*value != ':' && !strchr(value, '/') && !config_is_pid_or_name(value)))
		return config_reject_value(parse, "proctop why", value, PID_OR_NAME);
	parse->config->target = value;
	return 0;
}

static int take_operands(const struct parse *parse, char *const *operands)
{
	struct config *config = parse->config;

	if (config->command == CONFIG_TREE && *operands) {
		if (!config_is_pid_or_name(*operands))
			return config_reject_value(parse, "proctop tree", *operands, PID_OR_NAME);
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
		return config_reject_value(parse, "commands", *operands,
					   "one of tree, log and why, which come first");
	return config_reject_value(parse, config_command_names[config->command], *operands,
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

int config_check_filter(const struct parse *parse)
{
	const struct config *config = parse->config;
	const struct field *asking;
	struct filter_error ignored;
	struct filter *filter;

	/* What is wrong with it is said elsewhere. */
	if (config->command != CONFIG_LOG || !config->filter ||
	    filter_compile_named(&filter, config->filter, &config->filters, &ignored))
		return 0;
	asking = filter_asking(filter);
	filter_free(filter);
	if (!asking)
		return 0;
	return config_reject(parse,
			     "--filter: no event tells '%s', so that the log cannot look for it",
			     asking->name);
}

static int check_together(const struct parse *parse)
{
	const struct config *config = parse->config;
	uint64_t pid;

	if (config->poll && config->require_events)
		return config_reject(parse,
				     "--poll: not with --require-events: expected one of them");
	if (config->is_short && config->json)
		return config_reject(parse, "--short: not with --json: expected one of them");
	if ((config->columns.count || config->columns_name) && (config->json || config->is_short))
		return config_reject(parse, "--columns: not with --%s: expected one of them",
				     config->json ? "json" : "short");
	if (config->ancestors &&
	    !(config->target && config_read_number(config->target, INT_MAX, &pid)))
		return config_reject(parse,
				     "--ancestors: expected a PID: one process has ancestors");
	return 0;
}

int config_parse(struct config *out, int argc, char **argv, char *error, size_t error_size)
{
	struct config config = { .command = find_command(argc > 0 ? argv[1] : NULL),
				 .highlight_ns = DEFAULT_HIGHLIGHT_NS };
	const struct parse parse = { &config, error, error_size };
	int skipped = config.command != CONFIG_LIVE;
	int err = take_options(&parse, argc - skipped, argv + skipped);

	if (!err && config.command < CONFIG_HELP)
		err = take_operands(&parse, argv + skipped + optind);
	if (!err && config.command < CONFIG_HELP)
		err = check_together(&parse);
	if (!err)
		err = config_check_filter(&parse);
	if (err) {
		config_clear(&config);
		return err;
	}
	*out = config;
	return 0;
}

void config_clear(struct config *config)
{
	config_file_clear(&config->file);
	free(config->file_path);
	free(config->keys);
	free(config->warnings);
	free(config->uids);
	free(config->filter);
	kept_clear(&config->filters);
	kept_clear(&config->column_sets);
	free(config->watches);
	free(config->rules);
	*config = (struct config){ 0 };
}
