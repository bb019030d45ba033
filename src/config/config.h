/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CONFIG_H
#define PROCTOP_CONFIG_H

#include "config/file.h"
#include "model/columns.h"
#include "model/group.h"
#include "model/kept.h"
#include "model/meter-choice.h"

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

/* Of --events: what rules say, which is no event of the kernel's. */
#define CONFIG_EVENTS_RULE (1u << 31)

enum config_graphs {
	CONFIG_GRAPHS_AUTO, /* braille where fonts have it */
	CONFIG_GRAPHS_BRAILLE,
	CONFIG_GRAPHS_BLOCK,
};

/* "key KEYS = COMMAND" of a file. */
struct config_key {
	unsigned line;
	const char *keys, *command;
};

/* What the command line asks for, and what it leaves open a person's file. Strings are borrowed
   from argv, or from the file. */
struct config {
	enum config_command command;
	uint32_t *uids; /* -u, resolved */
	size_t uid_count;
	char *filter; /* all -f, joined; NULL: none */
	/* A name is in it, or in --columns, that only one's file can know. */
	bool needs_names;
	struct kept filters;	 /* of the file: "filter NAME = EXPR" */
	struct kept column_sets; /* "columns NAME = LIST" */
	const char **watches;	 /* -w: a pid or a name each */
	size_t watch_count;
	/* tree's PID or NAME, or NULL; of why there is one, and it may be :PORT or FILE */
	const char *target;
	const char **rules; /* --on, each of which can be parsed */
	size_t rule_count;
	uint64_t delay_ns;     /* -d; 0: the default */
	uint64_t highlight_ns; /* -H */
	uint64_t duration_ns;  /* log's --duration; 0: until it is stopped */
	/* log's --events: mask of 1u << PTREE_EVENT_*, and CONFIG_EVENTS_RULE; 0: all */
	uint32_t kinds;
	enum config_color color;
	bool poll, require_events, summary, ascii, no_mouse, no_realtime, json;
	bool is_short, ancestors; /* of tree */
	bool by_command;	  /* of log */
	struct columns columns;
	const char *columns_name; /* "@NAME", which the file knows; NULL: none */
	struct meter_choice meters;
	enum config_graphs graphs;
	const struct field *sort; /* NULL: by birth */
	enum group_by group;
	const char *theme; /* NULL: the default one */
	const char *path;  /* --config, or NULL */
	char *file_path;   /* the file that was read, or NULL */
	struct config_file file;
	struct config_key *keys;
	size_t key_count, key_capacity;
	/* What was wrong with the file, and passed over: lines "PATH:LINE: ..."; who knows the
	   commands adds to it. */
	char *warnings; /* NULL: nothing */
	size_t warning_count;
	size_t uid_capacity, watch_capacity, rule_capacity;
	uint32_t given; /* bits of the options on the command line */
};

/* 0, or -EINVAL with one line in error that says what is wrong and what is expected; -ENOMEM. */
int config_parse(struct config *config, int argc, char **argv, char *error, size_t error_size);
void config_clear(struct config *config);

/* Of the live monitor: reads the file, for what the command line has not said. What is wrong there
   is a warning. Of the others it takes filters by their names, and nothing else. -EINVAL with
   error:
   --config names a file that cannot be read, or --filter a filter that is not kept; -ENOMEM. */
int config_read_file(struct config *config, char *error, size_t error_size);
/* "PATH:LINE: what is wrong with it"; more than a hundred are only counted. line: 0: with none of
   them, or not with the file. */
void config_warn(struct config *config, unsigned line, const char *text);

void config_print_help(FILE *out);

#endif
