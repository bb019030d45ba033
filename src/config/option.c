/* SPDX-License-Identifier: MIT */
/* The table of options, and the help that is made of it. Their values are option-values.c's. */
#include "config/option.h"

#include <stddef.h>

#define FLAG(member) .flag = offsetof(struct config, member)

/* Those of the same commands stand together: the help has a heading for each group. */
const struct option_info config_options[] = {
	[OPTION_USER] = { "user", 'u', LIVE | TREE | LOG, "NAME|UID",
			  "only this user's processes (may be repeated)",
			  .take = option_take_user },
	[OPTION_FILTER] = { "filter", 'f', LIVE | TREE | LOG, "EXPR",
			    "only what matches (repeated: all of them)",
			    .take = option_take_filter },
	[OPTION_HELP] = { "help", 'h', LIVE | TREE | LOG | WHY, NULL, "print this and exit",
			  .take = option_take_help },
	[OPTION_VERSION] = { "version", 'V', LIVE | TREE | LOG | WHY, NULL,
			     "print the version and exit", .take = option_take_version },
	[OPTION_WATCH] = { "watch", 'w', LIVE | LOG, "PID|NAME",
			   "only the subtree under these (may be repeated)",
			   .take = option_take_watch },
	[OPTION_POLL] = { "poll", 0, LIVE | LOG, NULL, "scan /proc on a timer, without events",
			  FLAG(poll) },
	[OPTION_REQUIRE_EVENTS] = { "require-events", 0, LIVE | LOG, NULL,
				    "exit with 3 where there are no events", FLAG(require_events) },
	[OPTION_SUMMARY] = { "summary", 0, LIVE | LOG, NULL,
			     "on leaving, print what was seen and lost to stderr", FLAG(summary) },
	[OPTION_NO_REALTIME] = { "no-realtime", 0, LIVE | LOG, NULL,
				 "ask for no real-time priority", FLAG(no_realtime) },
	[OPTION_ON] = { "on", 0, LIVE | LOG, "RULE",
			"EXPR => mark, bell, log TEXT, stop or run PROGRAM",
			.take = option_take_rule },
	[OPTION_COLUMNS] = { "columns", 0, LIVE | TREE, "LIST", "these, as in pid,user,rss,time",
			     .take = option_take_columns },
	[OPTION_ASCII] = { "ascii", 0, LIVE | TREE | WHY, NULL, "draw with ASCII only",
			   FLAG(ascii) },
	[OPTION_JSON] = { "json", 0, TREE | LOG | WHY, NULL, "one JSON object a line", FLAG(json) },
	[OPTION_DELAY] = { "delay", 'd', LIVE, "SECONDS",
			   "sample CPU and memory this often (default 1.5)",
			   .take = option_take_delay },
	[OPTION_HIGHLIGHT] = { "highlight", 'H', LIVE, "SECONDS",
			       "how long a change glows (default 3; 0: never)",
			       .take = option_take_highlight },
	[OPTION_COLOR] = { "color", 0, LIVE, "WHEN", "auto (the default), always or never",
			   .take = option_take_color },
	[OPTION_NO_MOUSE] = { "no-mouse", 0, LIVE, NULL, "leave the mouse to the terminal",
			      FLAG(no_mouse) },
	[OPTION_SORT] = { "sort", 0, LIVE, "FIELD", "siblings by it, the greatest first",
			  .take = option_take_sort },
	[OPTION_GROUP] = { "group", 0, LIVE, "BY", "in groups: " GROUP_BY_WORDS,
			   .take = option_take_group },
	[OPTION_METERS] = { "meters", 0, LIVE, "LIST", "these, as in cpu,memory,disk-read; none",
			    .take = option_take_meters },
	[OPTION_GRAPHS] = { "graphs", 0, LIVE, "STYLE", "auto (the default), braille or block",
			    .take = option_take_graphs },
	[OPTION_THEME] = { "theme", 0, LIVE, "NAME|FILE",
			   "default, light, high-contrast, colour-blind, mono",
			   .take = option_take_theme },
	[OPTION_CONFIG] = { "config", 0, LIVE, "FILE",
			    "read this file instead of one's own; none: none",
			    .take = option_take_config },
	[OPTION_SHORT] = { "short", 0, TREE, NULL, "names only, leaves that are alike merged",
			   FLAG(is_short) },
	[OPTION_ANCESTORS] = { "ancestors", 's', TREE, NULL, "also those above the PID",
			       FLAG(ancestors) },
	[OPTION_EVENTS] = { "events", 0, LOG, "LIST", "only these, as in fork,exec,exit",
			    .take = option_take_events },
	[OPTION_DURATION] = { "duration", 0, LOG, "SECONDS", "stop after this long",
			      .take = option_take_duration },
	[OPTION_BY_COMMAND] = { "by-command", 0, LOG, NULL, "at the end, a table of commands",
				FLAG(by_command) },
};

const char *const config_command_names[] = {
	[CONFIG_LIVE] = "the live monitor",
	[CONFIG_TREE] = "proctop tree",
	[CONFIG_LOG] = "proctop log",
	[CONFIG_WHY] = "proctop why",
};

static int take_flag(const struct parse *parse, const struct option_info *option)
{
	*(bool *)((char *)parse->config + option->flag) = true;
	return 0;
}

int config_take_option(const struct parse *parse, const struct option_info *option,
		       const char *value)
{
	return option->take ? option->take(parse, option, value) : take_flag(parse, option);
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
