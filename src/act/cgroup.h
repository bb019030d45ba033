/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CGROUP_H
#define PROCTOP_CGROUP_H

#include "act/target.h"

/*
 * A cgroup of version 2 that can be stopped as one. What is in it can fork no more, however many
 * they are.
 */
struct cgroup {
	int dir_fd; /* negative: none */
};

/* The one that a process is in, if it can be frozen and has none below it. 0, or a negative errno;
   -ENOTSUP: there is none. */
int cgroup_open(struct cgroup *cgroup, struct ptree_procfs *procfs, const struct target *target);
void cgroup_close(struct cgroup *cgroup);

/* Those that are in it, malloc()ed. Their number, or a negative errno. */
ssize_t cgroup_pids(const struct cgroup *cgroup, pid_t **pids);

/* All of them stand still, or go on. 0, or a negative errno. */
int cgroup_freeze(const struct cgroup *cgroup, bool is_frozen);

#endif
