/* SPDX-License-Identifier: MIT */
/* A tree filled from /proc on the caller's own thread: for those who want no monitor. */
#include "model/tree.h"

#include <errno.h>
#include <stdlib.h>

static int observe_one(struct ptree_tree *tree, struct ptree_procfs *procfs, pid_t pid,
		       unsigned what)
{
	struct ptree_process process;
	pid_t *tids = NULL;
	ssize_t count = 0;
	int err = ptree_procfs_read(procfs, pid, what, &process);

	if (err)
		return err;
	if (process.thread_count > 1)
		count = ptree_procfs_tasks(procfs, pid, &tids);
	err = ptree_tree_observe(tree, &process);
	if (!err && count >= 0)
		ptree_tree_observe_tasks(tree, &process, tids, (size_t)count);
	free(tids);
	ptree_process_clear(&process);
	return err;
}

/* Else processes that exist may be missing, and nobody may be ended for not having been seen. */
static bool is_entrys_own(int error)
{
	return error == -ESRCH || error == -EACCES || error == -EBADMSG || error == -EIO;
}

int ptree_tree_read_proc(struct ptree_tree *tree, struct ptree_procfs *procfs, unsigned what)
{
	uint64_t start_ns = ptree_boot_now_ns();
	pid_t *pids;
	ssize_t count = ptree_procfs_pids(procfs, &pids);
	int err = 0;

	if (count < 0)
		return (int)count;
	for (ssize_t i = 0; i < count && (!err || is_entrys_own(err)); i++)
		err = observe_one(tree, procfs, pids[i], what);
	free(pids);
	if (err && !is_entrys_own(err))
		return err;
	ptree_tree_sweep(tree, start_ns);
	return 0;
}

/* Adds the process and those above it that the tree does not have. */
static int observe_ancestry(struct ptree_tree *tree, struct ptree_procfs *procfs, pid_t pid)
{
	pid_t next = pid;

	/* Each step adds one that was not there or ends: no circle can keep it going. */
	while (next > 0) {
		const struct ptree_node *known = tree_live(tree, next);
		int err;

		if (known && !known->is_placeholder)
			break;
		err = observe_one(tree, procfs, next, 0);
		known = tree_live(tree, next);
		if (err && next == pid)
			return err;
		if (err || !known || known->is_placeholder)
			break;
		next = known->parent->pid;
	}
	return 0;
}

/* Turns the id of a thread into that of its process. */
static int find_process(struct ptree_procfs *procfs, pid_t *pid)
{
	struct ptree_process process;
	int err = ptree_procfs_read(procfs, *pid, PTREE_READ_STATUS, &process);

	if (!err && process.tgid)
		*pid = process.tgid;
	return err;
}

int ptree_tree_resolve(struct ptree_tree *tree, struct ptree_procfs *procfs, pid_t pid,
		       const struct ptree_node **node)
{
	const struct ptree_node *found = tree_live(tree, pid);
	int err = found ? 0 : find_process(procfs, &pid);

	if (!err)
		err = observe_ancestry(tree, procfs, pid);
	if (err)
		return err;
	found = tree_live(tree, pid);
	if (found)
		*node = found;
	return found ? 0 : -ESRCH;
}
