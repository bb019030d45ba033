/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_FILTER_H
#define PROCTOP_FILTER_H

#include <proctree.h>

struct filter;

struct filter_error {
	size_t offset;	/* into the expression */
	char text[160]; /* what was expected */
};

/* 0; -EINVAL with *error set; -ENOMEM. An empty expression matches everything. */
int filter_compile(struct filter **filter, const char *expression, struct filter_error *error);
void filter_free(struct filter *filter);

bool filter_matches(const struct filter *filter, const struct ptree_tree *tree,
		    struct ptree_users *users, const struct ptree_node *node);

/* Whether one matches depends on those above it, too. */
bool filter_looks_above(const struct filter *filter);

#endif
