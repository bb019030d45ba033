/* SPDX-License-Identifier: MIT */
/*
 * What the help says: what people do every day, then all of it, made from the tables of commands
 * and keys, so that it cannot be wrong.
 */
#include "ui/help-text.h"
#include "ui/command.h"
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#define TASK_COMMANDS 4
#define NAMES_WIDTH 46

struct task {
	const char *commands[TASK_COMMANDS]; /* their first keys are named */
	const char *text;
};

static const struct task tasks[] = {
	{ { "filter" }, "only what matches, with its place" },
	{ { "watch", "watch-back" }, "only the selected subtree; back" },
	{ { "fold-or-parent", "unfold-or-child" }, "fold, unfold; z1: only the tops" },
	{ { "sort-cpu", "sort-memory", "sort-time", "invert" }, "who uses most; again: as before" },
	{ { "exited", "failures", "churn" }, "the gone; what failed; who spawns" },
	{ { "details", "signal", "tag" }, "all of it; a signal; a tag" },
	{ { "user", "list", "group" }, "one user; a list; in groups" },
};

static void add_tasks(struct help_view *help, const struct keymap *keymap)
{
	help_view_add_heading(help, "Every day");
	for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
		char keys[HELP_KEYS_SIZE] = "";
		size_t used = 0;

		for (int j = 0; j < TASK_COMMANDS && tasks[i].commands[j] && used < sizeof(keys);
		     j++) {
			const char *label = keymap_label(keymap, tasks[i].commands[j], VIEW_TREE);

			used += (size_t)snprintf(keys + used, sizeof(keys) - used, "%s%s",
						 j ? " " : "", label ? label : "");
		}
		help_view_add(help, keys, tasks[i].text);
	}
}

static void add_commands(struct help_view *help, const struct keymap *keymap)
{
	const char *group = "";

	for (const struct command_entry *entry = commands; entry->name; entry++) {
		char keys[HELP_KEYS_SIZE];

		if (strcmp(group, entry->group)) {
			group = entry->group;
			help_view_add_heading(help, group);
		}
		if (!keymap_describe(keymap, entry->name, keys, sizeof(keys)))
			snprintf(keys, sizeof(keys), ":%s", entry->name);
		help_view_add(help, keys, entry->help);
	}
}

/* As many in a line as it takes. */
static void add_names(struct help_view *help)
{
	char line[HELP_KEYS_SIZE] = "";
	size_t used = 0;

	help_view_add_heading(help, "Names: a colon, and one of these");
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (used + 1 + strlen(entry->name) > NAMES_WIDTH) {
			help_view_add(help, line, "");
			used = 0;
		}
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s", used ? " " : "",
					 entry->name);
	}
	help_view_add(help, line, "");
}

/* What an htop hand presses, where that is something else here. */
static const struct {
	const char *key, *command, *text;
} from_htop[] = {
	{ "k", "signal", "a signal to it" },
	{ "h", "help", "what you read" },
	{ "l", "files", "open files, as lsof" },
	{ "w", "details", "the whole command, and all else" },
	{ "i", "io-priority", "priority of its I/O" },
	{ "Y", "policy", "scheduling policy" },
	{ "N", "list", "a list by pid" },
	{ "C", "setup", "columns" },
	{ "s", "events", "no strace; forks, execs and exits" },
};

/* Both keys, as ever what they are now. */
static void add_from_htop(struct help_view *help, const struct keymap *keymap)
{
	help_view_add_heading(help, "From htop: its key, the one here");
	for (size_t i = 0; i < sizeof(from_htop) / sizeof(*from_htop); i++) {
		const char *label = keymap_label(keymap, from_htop[i].command, VIEW_TREE);
		char keys[HELP_KEYS_SIZE];

		snprintf(keys, sizeof(keys), "%-4s%s", from_htop[i].key, label ? label : "");
		help_view_add(help, keys, from_htop[i].text);
	}
}

static void add_legend(struct help_view *help, bool utf8)
{
	help_view_add_heading(help, "What a filter may say");
	help_view_add(help, "word", "in the command line or the name");
	help_view_add(help, "~\"cc|ld\"", "a regular expression");
	help_view_add(help, "user:alice", "also cmd: comm: pid: state: ...");
	help_view_add(help, "rss>100M", "also age<10s cpu>=50 exit!=0");
	help_view_add(help, "under:sshd", "below one of that name");
	help_view_add(help, "!word", "not; words are all to be true");
	help_view_add(help, "a | b (c d)", "or; what belongs together");
	help_view_add_heading(help, "Letters at the left");
	help_view_add(help, "F X", "forked; executed a program");
	help_view_add(help, utf8 ? "†" : "E", "exited, with how it ended");
	help_view_add(help, "U C", "changed its user; was renamed");
	help_view_add(help, "S T D", "began a session; traced; core dump");
	help_view_add_heading(help, "Title");
	help_view_add(help, "LIVE", "every process is seen by events");
	help_view_add(help, "STALE", "events were lost; being repaired");
	help_view_add(help, "DEAF", "no events come; a new try is made");
	help_view_add(help, "POLLING", "no events: the brief go unseen");
	help_view_add(help, "lost N", "events that were missed, exactly");
	help_view_add(help, "late N", "command lines read too late");
	help_view_add(help, "unacc N", "exits without the kernel's record");
}

void help_text_add(struct help_view *help, const struct keymap *keymap, bool utf8)
{
	add_tasks(help, keymap);
	add_from_htop(help, keymap);
	add_commands(help, keymap);
	add_names(help);
	add_legend(help, utf8);
}
