/* SPDX-License-Identifier: MIT */
/* Filter and users together: is a process among what somebody wants to see? */
#include "model/match.h"
#include "model/filter.h"

bool match_is_set(const struct match *match)
{
	return match->filter || match->uid_count;
}

static bool has_user(const struct match *match, const struct ptree_node *node)
{
	for (size_t i = 0; i < match->uid_count; i++) {
		if (ptree_node_euid(node) == match->uids[i])
			return true;
	}
	return match->uid_count == 0;
}

bool match_node(const struct match *match, const struct ptree_tree *tree,
		const struct ptree_node *node)
{
	const struct filter_context context = { .tree = tree,
						.users = match->users,
						.now_ns = match->now_ns,
						.sources = match->sources };

	if (match->filter && ptree_node_pid(node) == match->ignored_pid)
		return false;
	return has_user(match, node) &&
	       (!match->filter || filter_matches(match->filter, &context, node));
}
