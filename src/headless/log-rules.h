/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_RULES_H
#define PROCTOP_LOG_RULES_H

#include "config/config.h"
#include "headless/log-line.h"

/*
 * The rules of a log: lines about who comes to match, and what is done then. then: the log's own
 * tree, as it was when what is printed happened; what is done is done in the monitor's. All but
 * log_rules_new() take NULL: there are none.
 */
struct log_rules;

/* lines and monitor are borrowed. *rules is NULL if the config has none. 0 or a negative errno. */
int log_rules_new(struct log_rules **rules, const struct config *config,
		  const struct log_lines *lines, struct ptree_monitor *monitor);
void log_rules_free(struct log_rules *rules);

/* At first: what is there now. Later: facts were missed. 0 or -ENOMEM. */
int log_rules_look(struct log_rules *rules, const struct ptree_tree *then);
/* A fact that then has just learned. 0 or -ENOMEM. */
int log_rules_learn(struct log_rules *rules, const struct ptree_tree *then,
		    const struct ptree_fact *fact);
/* What time makes due; it does not wait. 0 or -ENOMEM. */
int log_rules_turn(struct log_rules *rules, const struct ptree_tree *then);
/* What was not said yet. */
void log_rules_end(struct log_rules *rules);
uint64_t log_rules_next_ns(const struct log_rules *rules); /* UINT64_MAX: nothing */

#endif
