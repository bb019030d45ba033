/* SPDX-License-Identifier: MIT */
/* Commands by their names: found, completed, done. */
#ifndef PROCTOP_BY_NAME_H
#define PROCTOP_BY_NAME_H

#include "ui/command.h"
#include "ui/completions.h"

/* One that the line begins with: its name, another name of it, or enough of its first letters.
   NULL: none, or more than one. */
const struct command_entry *by_name_find(const char *line);

/*
 * Does what a line says. False: it was not understood, and nothing was done; then in words what was
 * expected, and *where in the line: behind the word that is wrong.
 */
bool by_name_run(struct session *session, const char *line, char *error, size_t size,
		 size_t *where);

/* What may stand at the end of the line: names, or values of the command. */
void by_name_complete(const struct session *session, const char *line, size_t size,
		      struct completions *completions);

/* "signal [SIGNAL]", as snprintf(). */
int by_name_describe(const struct command_entry *entry, char *out, size_t size);

#endif
