/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COMMAND_H
#define PROCTOP_COMMAND_H

#include "ui/session.h"

/* Something a person can ask for. The help screen and the footer are made from this table. */
struct command_entry {
	const char *name;
	const char *group;
	const char *help;
	const char *label; /* one word for the footer; NULL: it is not there */
	void (*run)(struct session *session);
};

/* Ends with a NULL name. */
extern const struct command_entry commands[];

const struct command_entry *command_find(const char *name);

/* z1 to z9. */
void command_fold_at_depth(struct session *session, uint32_t depth);
/* A digit begins a pid. */
void command_begin_pid(struct session *session, char digit);
/* A key while a prompt is open. */
void command_prompt_key(struct session *session, const struct key *key);
/* mark_x: where the fold mark of the row under the pointer is, or -1. */
void command_mouse(struct session *session, const struct key *key, int mark_x);

#endif
