/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_BY_COMMAND_H
#define PROCTOP_BY_COMMAND_H

#include "headless/log-line.h"

struct by_command;

struct by_command *by_command_new(void); /* NULL: no memory */
void by_command_free(struct by_command *commands);

/* Counts a fact for the command that it is about: a fork for who forked. node: as in log-line.h.
 */
void by_command_count(struct by_command *commands, const struct ptree_fact *fact,
		      const struct ptree_node *node);

/* A table, or an object each: those that used most CPU time first. */
void by_command_print(struct by_command *commands, const struct log_lines *lines);

#endif
