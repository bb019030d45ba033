/* SPDX-License-Identifier: MIT */
#ifndef PTREE_USAGE_H
#define PTREE_USAGE_H

#include "tree.h"

/* What one end or record is charged to: so many ancestors that are over, the next, and the root. */
#define USAGE_ANCESTORS_MAX 64
#define USAGE_SUMMARIES_MAX (USAGE_ANCESTORS_MAX + 2)

/* After it, what follows from an end cannot fail for want of memory. -ENOMEM. */
int usage_reserve(struct ptree_tree *tree);

/* Whether a node has room for these two; of a process they always fit. */
static inline bool usage_is_possible(int nice, int priority)
{
	return nice == (int8_t)nice && priority == (int16_t)priority;
}
/* Where it waited for children rare_reserve() was called. */
void usage_sample(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *fact);
int usage_account(struct ptree_tree *tree, struct ptree_node *node,
		  const struct ptree_accounting *record); /* -ENOMEM */

uint64_t usage_sampled_cpu_ns(const struct ptree_node *node);
uint64_t usage_cpu_ns(const struct ptree_node *node); /* the best that is known */
bool usage_is_final(const struct ptree_node *node);

/* It is over, and counts among its parent's; or it is not over after all. */
void usage_charge(struct ptree_tree *tree, struct ptree_node *node);
void usage_uncharge(struct ptree_tree *tree, struct ptree_node *node);
/* Its status, or what it used, became known only after its end. */
void usage_recharge(struct ptree_tree *tree, struct ptree_node *node);
void usage_release(struct ptree_tree *tree, struct ptree_node *node);

#endif
