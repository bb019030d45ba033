/* SPDX-License-Identifier: MIT */
/* SIGSTOP for those that a rule is about; see stopping.h. */
#include "act/stopping.h"
#include "act/guard.h"

#include <errno.h>
#include <signal.h>

#define INIT_PID 1
#define AGAIN_NS UINT64_C(10000000) /* until one is old enough to tell who it is */

/* Whom no rule stops. */
static int check(const struct ptree_tree *tree, const struct ptree_node *node)
{
	struct guard guard;
	int err = guard_init(&guard, tree);

	if (!err && (ptree_node_pid(node) <= INIT_PID || ptree_node_is_kernel_thread(node) ||
		     guard_is_own(&guard, ptree_node_pid(node))))
		err = -EPERM;
	guard_clear(&guard);
	return err;
}

int stopping_add(struct stopping *stopping, const struct ptree_tree *tree, uint64_t id,
		 const void *why)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, id);
	struct stop *stop;
	int err = node ? check(tree, node) : -ESRCH;

	if (!err && stopping->count == STOPPING_MAX)
		err = -ENOBUFS;
	if (!err && !stopping->procfs)
		err = ptree_procfs_open(&stopping->procfs, NULL);
	if (err)
		return err;
	stop = &stopping->at[stopping->count];
	stop->why = why;
	err = target_open(&stop->target, stopping->procfs, node);
	if (!err && stop->target.is_kernel_thread)
		err = -EPERM;
	if (err)
		target_close(&stop->target);
	else
		stopping->count++;
	return err;
}

void stopping_step(struct stopping *stopping, const struct ptree_tree *tree, uint64_t now_ns,
		   stopping_said *said, void *to)
{
	size_t left = 0;

	for (size_t i = 0; i < stopping->count; i++) {
		struct stop stop = stopping->at[i];
		int err = target_confirm(&stop.target, tree, now_ns);

		if (err == -EAGAIN) {
			stopping->at[left++] = stop;
			continue;
		}
		if (!err)
			err = target_signal(&stop.target, SIGSTOP);
		said(to, stop.why, stop.target.pid, err);
		target_close(&stop.target);
	}
	stopping->count = left;
}

uint64_t stopping_next_ns(const struct stopping *stopping, uint64_t now_ns)
{
	return stopping->count ? now_ns + AGAIN_NS : UINT64_MAX;
}

void stopping_clear(struct stopping *stopping)
{
	for (size_t i = 0; i < stopping->count; i++)
		target_close(&stopping->at[i].target);
	if (stopping->procfs)
		ptree_procfs_close(stopping->procfs);
	*stopping = (struct stopping){ .count = 0 };
}
