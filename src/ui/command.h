/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COMMAND_H
#define PROCTOP_COMMAND_H

struct session;

/* Something a person can ask for. The help screen and the footer are made from this table. */
struct command_entry {
	const char *name;
	const char *group;
	const char *help;
	const char *label; /* one word for the footer; NULL: it is not there */
	void (*run)(struct session *session, int argument);
	int argument; /* unless its key says another one */
};

/* Ends with a NULL name. */
extern const struct command_entry commands[];

const struct command_entry *command_find(const char *name);
/* argument: 0: its own. */
void command_run(const char *name, struct session *session, int argument);

#endif
