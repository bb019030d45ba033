/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_RULES_H
#define PROCTOP_RULES_H

#include "model/id-set.h"
#include "model/rule.h"

#define RULES_MAX 64

/*
 * Rules over a tree: who comes to match. A process does when a fact about it, or the time, makes
 * it match that did not before; then not again until it has ceased to. Whoever is forked begins as
 * the one who forked it: what that one matches it matches already. proctop itself and whatever
 * comes from it match nothing.
 */
struct rules {
	struct rule *at;
	struct id_set *matching; /* of each rule: who matches it now */
	size_t count;
	struct id_set unread;	  /* who was there at the beginning, but not what they run */
	struct ptree_nodes nodes; /* for a look at all of them */
	uint64_t begun_ns;	  /* who began before was there already */
	uint64_t looked_ns;	  /* when all were looked at last */
	bool is_look_due;	  /* something has changed for more than one of them */
	bool changes_with_time, looks_above;
};

/* In which they are looked at, and who is told. The tree has just learned what is new. */
struct rules_context {
	const struct ptree_tree *tree;
	struct ptree_users *users; /* or NULL */
	uint64_t now_ns;	   /* boot time: of the fact, or of a look at all */
	pid_t own;		   /* proctop's */
	void (*matches)(void *to, const struct rule *rule, const struct ptree_node *node,
			uint64_t time_ns);
	void *to;
};

/* Takes one more. 0; -EINVAL with *error set, -ENOMEM. */
int rules_add(struct rules *rules, const char *text, struct rule_error *error);
void rules_clear(struct rules *rules);

/* What is there now. Who began before since_ns and matches does so already. 0 or -ENOMEM. */
int rules_begin(struct rules *rules, const struct rules_context *context, uint64_t since_ns);
/* A fact that the tree has learned. 0 or -ENOMEM. */
int rules_learn(struct rules *rules, const struct rules_context *context,
		const struct ptree_fact *fact);
/* All of them, after facts were missed or what changes with time has changed. 0 or -ENOMEM. */
int rules_look(struct rules *rules, const struct rules_context *context);
/* When that is due; UINT64_MAX: not before a fact says so. */
uint64_t rules_next_ns(const struct rules *rules);

/* One of them has given up since the last time that this was asked; NULL: none. */
const struct rule *rules_given_up(struct rules *rules);

#endif
