/* SPDX-License-Identifier: MIT */
/* New parents for orphans; see orphans.h. */
#include "orphans.h"
#include "model/tree.h"

#define ORPHANS_PER_TURN 32

static bool settle(struct ptree_tree *tree, struct ptree_procfs *procfs, pid_t child)
{
	struct ptree_node *node = tree_latest(tree, child);
	pid_t ppid;
	int err = ptree_procfs_parent(procfs, child, &ppid);

	if (!err)
		return !ptree_tree_adopt(tree, child, ppid);
	if (!node || !node->is_zombie)
		return false; /* gone as well: its own exit is on the way */
	ptree_tree_set_zombie(tree, node->id, false);
	return true;
}

/* Those that cannot be settled wait for the next turn; the others only if time is over. */
bool orphans_settle(struct ptree_tree *tree, struct ptree_procfs *procfs, uint64_t deadline_ns)
{
	unsigned settled = 0;
	size_t skip = 0;
	pid_t child;

	while (skip < ORPHANS_PER_TURN && ptree_tree_orphaned(tree, skip, &child)) {
		if (settled >= ORPHANS_PER_TURN && ptree_boot_now_ns() >= deadline_ns)
			return false;
		if (settle(tree, procfs, child))
			settled++;
		else
			skip++;
	}
	return true;
}
