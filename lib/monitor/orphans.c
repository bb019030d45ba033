/* SPDX-License-Identifier: MIT */
/*
 * New parents for orphans; see orphans.h. Who is settled leaves the tree's set, and the last one of
 * it takes the place: so a place is asked for again after a success, and the next one after a
 * failure.
 */
#include "orphans.h"
#include "model/tree.h"

#include <errno.h>

#define PER_TURN 32
#define WAIT_MIN_NS (10 * NS_PER_MS)
#define WAIT_MAX_NS (4 * NS_PER_S)

static bool settle(struct orphans *orphans, struct ptree_tree *tree, struct ptree_procfs *procfs,
		   pid_t child)
{
	struct ptree_node *node = tree_latest(tree, child);
	pid_t ppid;
	int err = ptree_procfs_parent(procfs, child, &ppid);

	orphans->asked++;
	if (!err)
		return !ptree_tree_adopt(tree, child, ppid);
	/* A zombie was seen in /proc, so that it is not hidden: it is reaped. Who lives is gone as
	   well, and its own exit is on the way; or is hidden. */
	if (err != -ESRCH || !node || !node->is_zombie)
		return false;
	ptree_tree_set_zombie(tree, node->id, false);
	return true;
}

static bool settle_new(struct orphans *orphans, struct ptree_tree *tree,
		       struct ptree_procfs *procfs, uint64_t deadline_ns)
{
	unsigned asked = 0;
	pid_t child;

	for (; ptree_tree_orphaned(tree, orphans->in_vain, &child); asked++) {
		if (asked >= PER_TURN && ptree_boot_now_ns() >= deadline_ns)
			return false;
		if (!settle(orphans, tree, procfs, child))
			orphans->in_vain++;
	}
	return true;
}

static void settle_some_again(struct orphans *orphans, struct ptree_tree *tree,
			      struct ptree_procfs *procfs)
{
	size_t turns = orphans->in_vain < PER_TURN ? orphans->in_vain : PER_TURN;
	pid_t child;

	for (; turns && orphans->in_vain; turns--) {
		if (orphans->next >= orphans->in_vain)
			orphans->next = 0;
		if (!ptree_tree_orphaned(tree, orphans->next, &child))
			break;
		if (!settle(orphans, tree, procfs, child)) {
			orphans->next++;
			continue;
		}
		orphans->wait_ns = 0;
		if (orphans->in_vain > tree->orphaned_count)
			orphans->in_vain = tree->orphaned_count;
	}
}

static void put_off(struct orphans *orphans, uint64_t now_ns)
{
	orphans->wait_ns = orphans->wait_ns ? 2 * orphans->wait_ns : WAIT_MIN_NS;
	if (orphans->wait_ns > WAIT_MAX_NS)
		orphans->wait_ns = WAIT_MAX_NS;
	orphans->due_ns = now_ns + orphans->wait_ns;
}

bool orphans_settle(struct orphans *orphans, struct ptree_tree *tree, struct ptree_procfs *procfs,
		    uint64_t now_ns, uint64_t deadline_ns)
{
	size_t before;

	/* Others' exits settle some, too. */
	if (orphans->in_vain > tree->orphaned_count)
		orphans->in_vain = tree->orphaned_count;
	before = orphans->in_vain;
	if (before && now_ns >= orphans->due_ns) {
		settle_some_again(orphans, tree, procfs);
		put_off(orphans, now_ns);
	}
	if (!settle_new(orphans, tree, procfs, deadline_ns))
		return false;
	if (!before && orphans->in_vain) {
		orphans->wait_ns = 0;
		put_off(orphans, now_ns);
	}
	return true;
}
