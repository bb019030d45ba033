/* SPDX-License-Identifier: MIT */
/*
 * A process to act on; see target.h. Signals are sent here and nowhere else, and by pidfd only.
 *
 * The order of opening is what makes it sure. First the pidfd: it is some process X that has the
 * pid. Then /proc's entry of that pid is read. Then the pidfd is asked which pid it has in that
 * /proc: as long as it has one X was not waited for, so that the pid was X's all the while, and so
 * was the entry.
 */
#include "act/target.h"
#include "act/rights.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define PIDFS_MAGIC 0x50494446	      /* statfs of a pidfd with an inode of its own */
#define TICK_NS (10 * NS_PER_MS)      /* of the start time in /proc */
#define NEWS_NS (50 * NS_PER_MS)      /* events may be held back before the tree learns them */
#define PIDFD_PROCESS_GROUP (1u << 2) /* Linux 6.9 */

static int open_pidfd(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	/* A thread's id, and one that nobody has any more but as a group, is no process's. */
	if (fd < 0)
		return errno == EINVAL || errno == ENOENT ? -ESRCH : -errno;
	return (int)fd;
}

static int send_signal(int pidfd, int number, unsigned flags)
{
	struct rights rights;
	int err = rights_drop(&rights);

	if (!err && syscall(SYS_pidfd_send_signal, pidfd, number, NULL, flags))
		err = -errno;
	rights_restore(&rights);
	return err;
}

static uint64_t inode_of(int pidfd)
{
	struct statfs fs;
	struct stat stat;

	if (fstatfs(pidfd, &fs) || fs.f_type != PIDFS_MAGIC || fstat(pidfd, &stat))
		return 0;
	return stat.st_ino;
}

static bool began_then(const struct target *target, uint64_t start_ns)
{
	uint64_t slack_ns = target->is_begin_exact ? TARGET_SAME_NS : TICK_NS - 1;
	uint64_t a = target->begin_ns, b = start_ns;

	return (a > b ? a - b : b - a) <= slack_ns;
}

static void take(struct target *target, const struct ptree_process *process)
{
	target->ppid = process->ppid;
	target->pgrp = process->pgrp;
	target->sid = process->sid;
	target->state = process->state;
	target->is_kernel_thread = process->is_kernel_thread;
}

static bool may_pass(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

/* That one of the pid that the node is about, or an error. */
static int compare(struct target *target, struct ptree_procfs *procfs, int pidfd)
{
	struct ptree_process process;
	uint64_t inode = inode_of(pidfd);
	int err = ptree_procfs_read(procfs, target->pid, 0, &process); /* nothing to clear */
	pid_t pid;

	if (err)
		return err;
	err = ptree_procfs_pidfd(procfs, pidfd, &pid);
	if (err)
		return err == -ESRCH || may_pass(err) ? err : -ENOTSUP;
	if (target->inode && inode != target->inode)
		return -ESRCH;
	if (pid != target->pid)
		return -ENOTSUP;
	if (target->start_ns ? process.start_ns != target->start_ns
			     : !began_then(target, process.start_ns))
		return -ESRCH;
	take(target, &process);
	target->start_ns = process.start_ns;
	target->inode = inode;
	return 0;
}

int target_reopen(struct target *target, struct ptree_procfs *procfs)
{
	int pidfd, err;

	if (target->pidfd >= 0)
		return 0;
	pidfd = open_pidfd(target->pid);
	if (pidfd < 0)
		return pidfd;
	err = compare(target, procfs, pidfd);
	if (err) {
		close(pidfd);
		return err;
	}
	target->pidfd = pidfd;
	return 0;
}

int target_open(struct target *target, struct ptree_procfs *procfs, const struct ptree_node *node)
{
	*target = (struct target){ .id = ptree_node_id(node),
				   .begin_ns = ptree_node_begin_ns(node),
				   .pid = ptree_node_pid(node),
				   .pidfd = -1,
				   .is_begin_exact = ptree_node_is_begin_exact(node) };
	if (target->pid <= 0 || !target->begin_ns)
		return -ESRCH; /* somebody's name, and nothing to compare with */
	if (ptree_node_has_ended(node) && !ptree_node_is_zombie(node))
		return -ESRCH;
	return target_reopen(target, procfs);
}

void target_close(struct target *target)
{
	if (target->pidfd >= 0)
		close(target->pidfd);
	target->pidfd = -1;
}

/* ---- who it is ---- */

/*
 * Whoever has the pid after the node's process began later than that ended. If that lived for
 * longer than what two times of begin may differ by, the comparison has told them apart; and it did
 * if the tree, which may be late by what it holds back, does not know of its end even then.
 */
int target_confirm(struct target *target, const struct ptree_tree *tree, uint64_t now_ns)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, target->id);

	if (!node || ptree_node_has_ended(node))
		return -ESRCH;
	if (target->is_confirmed)
		return 0;
	if (target->start_ns && now_ns >= target->begin_ns + TARGET_SAME_NS + TICK_NS + NEWS_NS)
		target->is_confirmed = true;
	return target->is_confirmed ? 0 : -EAGAIN;
}

/* The parent's pid was the parent's when the child's entry was read, if it is now: the parent was
   opened before. */
bool target_confirm_by_parent(struct target *target, const struct target *parent)
{
	if (target->start_ns && parent->is_confirmed && target->ppid == parent->pid &&
	    target_holds_pid(parent))
		target->is_confirmed = true;
	return target->is_confirmed;
}

bool target_holds_pid(const struct target *target)
{
	return target->pidfd >= 0 && send_signal(target->pidfd, 0, 0) != -ESRCH;
}

bool target_has_ended(const struct target *target)
{
	struct pollfd fd = { .fd = target->pidfd, .events = POLLIN };

	return target->pidfd >= 0 && poll(&fd, 1, 0) > 0;
}

/* ---- signals ---- */

/* SIGCONT may be sent within a session, whoever one is. */
int target_may_signal(const struct target *target, int number)
{
	int err = target->pidfd < 0 ? -ESRCH : send_signal(target->pidfd, 0, 0);

	if (err == -EPERM && number == SIGCONT && target->sid == getsid(0))
		return 0;
	return err;
}

int target_signal(const struct target *target, int number)
{
	if (target->pidfd < 0)
		return -ESRCH;
	return target->is_confirmed ? send_signal(target->pidfd, number, 0) : -EAGAIN;
}

int target_signal_group(const struct target *target, int number)
{
	if (target->pidfd < 0)
		return -ESRCH;
	return target->is_confirmed ? send_signal(target->pidfd, number, PIDFD_PROCESS_GROUP)
				    : -EAGAIN;
}
