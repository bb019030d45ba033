/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CONFIG_H
#define PROCTOP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_command {
	CONFIG_LIVE,
	CONFIG_TREE,
	CONFIG_LOG,
	CONFIG_WHY,
	CONFIG_HELP,
	CONFIG_VERSION,
};

enum config_color {
	CONFIG_COLOR_AUTO,
	CONFIG_COLOR_ALWAYS,
	CONFIG_COLOR_NEVER,
};

/* What the command line asks for. Strings are borrowed from argv. */
struct config {
	enum config_command command;
	uint32_t *uids; /* -u, resolved */
	size_t uid_count;
	char *filter;	      /* all -f, joined; NULL: none */
	const char **watches; /* -w: a pid or a name each */
	size_t watch_count;
	/* tree's PID or NAME, or NULL; of why there is one, and it may be :PORT or FILE */
	const char *target;
	uint64_t delay_ns;     /* -d; 0: the default */
	uint64_t highlight_ns; /* -H */
	uint64_t duration_ns;  /* log's --duration; 0: until it is stopped */
	uint32_t kinds;	       /* log's --events: mask of 1u << PTREE_EVENT_*; 0: all */
	enum config_color color;
	bool poll, require_events, summary, ascii, no_mouse, no_realtime, json;
	bool is_short, ancestors; /* of tree */
	bool by_command;	  /* of log */
};

/* 0, or -EINVAL with one line in error that says what is wrong and what is expected; -ENOMEM. */
int config_parse(struct config *config, int argc, char **argv, char *error, size_t error_size);
void config_clear(struct config *config);

void config_print_help(FILE *out);

#endif
