/* SPDX-License-Identifier: MIT */
/* What may stand behind a command's name on the command line. */
#ifndef PROCTOP_VALUE_H
#define PROCTOP_VALUE_H

#include "ui/command.h"
#include "ui/completions.h"

struct value_kind {
	const char *syntax;   /* "SIGNAL" */
	const char *expected; /* what it has to be, for people */
	/* Offers what it may be, or parts of it; NULL: anything. */
	void (*complete)(const struct session *session, struct completions *completions);
	/* Does what the command does, with it. False, and nothing is done: it is none, and why. */
	bool (*take)(struct session *session, int argument, const char *text, char *error,
		     size_t size);
};

struct command_value {
	const char *command;
	const struct value_kind *kind;
	bool is_needed; /* without one the command means nothing */
};

/* Ends with a NULL command. */
extern const struct command_value command_values[];

/* NULL: it takes none. */
const struct command_value *value_of(const char *command);
/* The last word of a filter: a field's name, or what may be its text. */
void value_complete_filter(const struct session *session, struct completions *completions);

#endif
