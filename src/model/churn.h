/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CHURN_H
#define PROCTOP_CHURN_H

#include <proctree.h>

/* A program that its parent starts again and again, and that fails each time. */
struct churn_loop {
	unsigned times;	   /* in a row, of those that are kept */
	uint64_t every_ns; /* from one begin to the next, on average */
	uint32_t status;   /* how it ended the last time */
	char comm[PTREE_COMM_SIZE];
};

/* False if its latest children are no such thing, or it has stopped. */
bool churn_find_loop(const struct ptree_node *parent, uint64_t now_ns, struct churn_loop *loop);

/* Those that fork, the busiest first. Returns how many, max at most. */
size_t churn_rank(const struct ptree_tree *tree, const struct ptree_node **out, size_t max);

/*
 * The lowest process under which nearly all of those are that began since then; NULL if there is
 * none, or only the first of all.
 */
const struct ptree_node *churn_common_ancestor(const struct ptree_tree *tree, uint64_t since_ns);

#endif
