/* SPDX-License-Identifier: MIT */
/* The time that is shown; see moment.h. */
#include "model/moment.h"

#include <malloc.h>
#include <stddef.h>

void moment_clear(struct moment *moment)
{
	ptree_tree_free(moment->stopped_tree);
	moment->stopped_tree = NULL;
}

uint64_t moment_shown_ns(const struct moment *moment)
{
	return moment->stopped_ns ? moment->stopped_ns : moment->now_ns;
}

static int copy_tree(struct ptree_tree **copy, const struct ptree_tree *tree)
{
	const struct ptree_tree_options options = { 0 };
	struct ptree_facts facts = { 0 };
	int err = ptree_tree_snapshot(tree, &facts);

	*copy = NULL;
	if (!err)
		err = ptree_tree_new(copy, &options);
	if (!err)
		err = ptree_tree_learn_all(*copy, facts.bytes, facts.size);
	ptree_facts_clear(&facts);
	if (err) {
		ptree_tree_free(*copy);
		*copy = NULL;
	}
	malloc_trim(0); /* the facts were as much as the tree */
	return err;
}

int moment_stop(struct moment *moment, const struct ptree_tree *live)
{
	int err = moment->stopped_tree ? 0 : copy_tree(&moment->stopped_tree, live);

	if (err)
		return err;
	ptree_tree_feed_end(live, &moment->stopped_at);
	moment->tree = moment->stopped_tree;
	moment->stopped_ns = moment->now_ns;
	return 0;
}

void moment_go_on(struct moment *moment, struct ptree_tree *live)
{
	moment->tree = live;
	moment->stopped_ns = 0;
	moment_clear(moment);
	malloc_trim(0);
}

uint64_t moment_new_since(const struct moment *moment, const struct ptree_tree *live)
{
	struct ptree_tree_counts then, now;

	ptree_tree_get_counts(moment->tree, &then);
	ptree_tree_get_counts(live, &now);
	return now.forks - then.forks;
}

int moment_glow(const struct moment *moment, uint64_t changed_ns, int steps)
{
	uint64_t shown_ns = moment_shown_ns(moment);
	uint64_t age_ns;

	if (!changed_ns || !moment->glow_ns || (moment->stopped_ns && changed_ns > shown_ns))
		return 0;
	age_ns = shown_ns > changed_ns ? shown_ns - changed_ns : 0;
	if (age_ns >= moment->glow_ns)
		return 0;
	return steps - (int)(age_ns * (uint64_t)steps / moment->glow_ns);
}
