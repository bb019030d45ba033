/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CONFIG_OPTION_H
#define PROCTOP_CONFIG_OPTION_H

#include "config/config.h"

/* Options, wherever they are given: on the command line or in a file. Only src/config knows them.
 */
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
	OPTION_ON,
	OPTION_COLUMNS,
	OPTION_ASCII,
	OPTION_JSON,
	OPTION_DELAY,
	OPTION_HIGHLIGHT,
	OPTION_COLOR,
	OPTION_NO_MOUSE,
	OPTION_SORT,
	OPTION_GROUP,
	OPTION_METERS,
	OPTION_GRAPHS,
	OPTION_THEME,
	OPTION_CONFIG,
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

struct parse;
struct option_info;
typedef int option_take(const struct parse *parse, const struct option_info *option,
			const char *value);

struct option_info {
	const char *name;
	char letter;	      /* 0: none */
	unsigned commands;    /* that know it: LIVE, TREE, LOG, WHY */
	const char *argument; /* NULL: takes none */
	const char *help;
	option_take *take; /* 0, -EINVAL with the error said, -ENOMEM; NULL: it sets a flag */
	size_t flag;	   /* offset of that in struct config */
};

option_take option_take_color, option_take_columns, option_take_config, option_take_delay,
    option_take_duration, option_take_events, option_take_filter, option_take_graphs,
    option_take_group, option_take_help, option_take_highlight, option_take_meters,
    option_take_rule, option_take_sort, option_take_theme, option_take_user, option_take_version,
    option_take_watch;

#define OPTION_COUNT (OPTION_BY_COMMAND + 1)
extern const struct option_info config_options[OPTION_COUNT];

#define COMMAND_COUNT (CONFIG_WHY + 1)
extern const char *const config_command_names[COMMAND_COUNT];

/* Where what is wrong is said. */
struct parse {
	struct config *config;
	char *error;
	size_t error_size;
};

int config_reject(const struct parse *parse, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "WHAT: 'VALUE' is not EXPECTED"; the value may be anything. */
int config_reject_value(const struct parse *parse, const char *what, const char *value,
			const char *expected);

/* 0, -EINVAL or -ENOMEM. The value of one that takes none is passed over. */
int config_take_option(const struct parse *parse, const struct option_info *option,
		       const char *value);

/* Once the names are known that are in --filter and --columns. As config_take_option(). */
int config_check_names(const struct parse *parse);
/* The log has what events tell of a process, and nobody to be asked for more: whether the filter
   can be answered from that. As config_take_option(). */
int config_check_filter(const struct parse *parse);

bool config_read_number(const char *text, uint64_t max, uint64_t *value); /* digits, no more */
bool config_is_pid_or_name(const char *value);
#define PID_OR_NAME "a pid or a name: expected a number from 1 on, or what a process is called"

#endif
