/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_RULE_H
#define PROCTOP_RULE_H

#include "model/filter.h"

/* What is to be done when a process comes to match. */
enum rule_action {
	RULE_MARK,
	RULE_BELL,
	RULE_LOG,
	RULE_STOP,
	RULE_RUN,
};
#define RULE_ACTION_COUNT 5

/* "EXPR => ACTION", taken apart. */
struct rule {
	char *text;		/* as it was given */
	size_t expression_size; /* so much of it, from its begin, is the expression */
	struct filter *filter;
	enum rule_action action;
	char *words;	   /* LOG's text, or NULL */
	char **argv;	   /* RUN's program and its arguments, ends with NULL; else NULL */
	char *argv_text;   /* they point into it */
	bool has_given_up; /* a pattern cost too much, and that was said */
};

struct rule_error {
	size_t offset;	/* into the text */
	char text[448]; /* what was expected */
};

/* 0; -EINVAL with *error set; -ENOMEM. */
int rule_parse(struct rule *rule, const char *text, struct rule_error *error);
void rule_clear(struct rule *rule);

const char *rule_action_name(enum rule_action action); /* as it is written */

#endif
