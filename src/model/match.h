/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_MATCH_H
#define PROCTOP_MATCH_H

#include <proctree.h>

struct filter;
struct sources;

/* What a person wants to see of the tree. All of it is borrowed. */
struct match {
	struct ptree_users *users;
	const struct filter *filter; /* NULL: everything */
	const uint32_t *uids;	     /* only these users; count 0: all */
	size_t uid_count;
	uint64_t now_ns;	       /* boot time: the moment that is looked at */
	const struct sources *sources; /* NULL: there are none */
	pid_t ignored_pid; /* the filter never matches this one: its own words are there */
};

/* False: everything matches. */
bool match_is_set(const struct match *match);
bool match_node(const struct match *match, const struct ptree_tree *tree,
		const struct ptree_node *node);

#endif
