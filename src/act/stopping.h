/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_STOPPING_H
#define PROCTOP_STOPPING_H

#include "act/target.h"

#define STOPPING_MAX 64

/* One that is to stand still as soon as it is sure who it is. */
struct stop {
	struct target target;
	const void *why; /* the caller's */
};

/*
 * Processes that are made to stand still without being asked about: so never pid 1, the kernel's
 * threads, proctop or what it comes from. Zeroed it is empty; clear it in the end.
 */
struct stopping {
	struct ptree_procfs *procfs;
	struct stop at[STOPPING_MAX];
	size_t count;
};

/* 0; -EPERM: it is one of those; -ENOBUFS: too many wait; or as target_open(). tree: the one that
   is kept current. */
int stopping_add(struct stopping *stopping, const struct ptree_tree *tree, uint64_t id,
		 const void *why);

/* What came of one: 0, it stands still; -ESRCH, it was over before; or as target_signal(). */
typedef void stopping_said(void *to, const void *why, pid_t pid, int err);

/* Who is sure by now, or over. */
void stopping_step(struct stopping *stopping, const struct ptree_tree *tree, uint64_t now_ns,
		   stopping_said *said, void *to);
uint64_t stopping_next_ns(const struct stopping *stopping, uint64_t now_ns);
void stopping_clear(struct stopping *stopping);

#endif
