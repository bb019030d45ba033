/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TARGET_H
#define PROCTOP_TARGET_H

#include <proctree.h>

/*
 * One process that something is to be done to: a node of the tree, and a pidfd that was compared
 * with it. A pidfd never is another process's, whoever gets its pid later; what has to be found out
 * is only whether the one that was opened is the node's.
 *
 * /proc tells when it began. That tells it from whoever had the pid before or has it later, unless
 * both began within TARGET_SAME_NS: so a young one is believed only once the tree knows that it
 * lived longer than that.
 */
#define TARGET_SAME_NS UINT64_C(50000000) /* an event comes a little after its fork */

struct target {
	uint64_t id;	   /* of the node */
	uint64_t begin_ns; /* as the tree knows it */
	uint64_t start_ns; /* as /proc says it; 0: it was never compared */
	uint64_t inode; /* of the pidfd, nobody else's until the next boot; 0: before Linux 6.9 */
	pid_t pid, ppid, pgrp, sid;
	int pidfd; /* negative: it is not open */
	bool is_begin_exact;
	bool is_confirmed; /* it is the node's process */
	bool is_kernel_thread;
	char state; /* when it was compared: R S D Z T ... */
};

/*
 * Opens and compares. -ESRCH: it is over, or its pid is another's; -ENOTSUP: /proc does not number
 * processes as this process does, or does not tell; -ENOSYS: the kernel (before 5.3) has no pidfds;
 * -EMFILE, -ENFILE, -ENOMEM. Whatever comes of it, the target may be closed.
 */
int target_open(struct target *target, struct ptree_procfs *procfs, const struct ptree_node *node);
/* Opens again one that was closed: by its inode, or as before. The same errors. */
int target_reopen(struct target *target, struct ptree_procfs *procfs);
void target_close(struct target *target);

/* It is the node's process, as far as the tree knows by now. 0; -EAGAIN: too young to tell, ask
   again; -ESRCH: the node is over, or forgotten. */
int target_confirm(struct target *target, const struct ptree_tree *tree, uint64_t now_ns);
/* It is a child of another target that lives: then it belongs to that, whichever child it is. */
bool target_confirm_by_parent(struct target *target, const struct target *parent);

/* It has not been waited for: nobody else has its pid. */
bool target_holds_pid(const struct target *target);
/* It is over, though perhaps not waited for. */
bool target_has_ended(const struct target *target);
/* 0, -EPERM, or -ESRCH; as kill(2) would say, and nothing is sent. */
int target_may_signal(const struct target *target, int number);

/* -EAGAIN: it is not confirmed. Else as kill(2). */
int target_signal(const struct target *target, int number);
/* The whole process group that it leads. -EINVAL: not before Linux 6.9. */
int target_signal_group(const struct target *target, int number);

#endif
