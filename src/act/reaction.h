/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_REACTION_H
#define PROCTOP_REACTION_H

#include "act/run-program.h"
#include "act/stopping.h"
#include "model/rule.h"

/* What came of it, in words: "stopped", "exit 3". */
typedef void reactions_said(void *to, const struct rule *rule, pid_t pid, bool is_error,
			    const char *words);

/* What rules do to processes, or start, when one comes to match. Of a screen, and of lines, it
   knows nothing. Zeroed but for what its owner sets there is nothing; clear it in the end. */
struct reactions {
	struct stopping stopping;
	struct programs programs;
	uint64_t left_out; /* programs that were not started, and processes not stopped: too many */
	uint64_t left_out_said, said_ns;
	bool is_silent; /* set by its owner: what programs print goes nowhere, else to stderr */
	reactions_said *said; /* as is this */
	void *to;
};

/* A process has come to match; of a rule that neither stops nor runs it does nothing. node: as it
   was then; tree: the one that is kept current. The rule must outlive the reactions. */
void reactions_take(struct reactions *reactions, const struct rule *rule,
		    const struct ptree_node *node, const struct ptree_tree *tree,
		    struct ptree_users *users);

/* What is due; it does not wait. */
void reactions_turn(struct reactions *reactions, const struct ptree_tree *tree, uint64_t now_ns);
uint64_t reactions_next_ns(const struct reactions *reactions, uint64_t now_ns);
/* How many were left out, if that was not said yet; at most once a second. 0: there is nothing to
   say. */
uint64_t reactions_take_left_out(struct reactions *reactions, uint64_t now_ns);

void reactions_clear(struct reactions *reactions);

#endif
