/* SPDX-License-Identifier: MIT */
/*
 * What taskstats.c offers to tests only.
 */
#ifndef PTREE_TASKSTATS_H
#define PTREE_TASKSTATS_H

#include "proctree.h"

#define PTREE_TASKSTATS_MAX_SOCKETS 64

/*
 * Receives from non-blocking netlink sockets that somebody else opened, without registering: what
 * arrives from trusted_port (the kernel's is 0) goes the way of the kernel's own datagrams. family:
 * the type of messages that hold records. Owns the descriptors from then on; on failure they stay
 * the caller's. Errors: -EINVAL for a count of 0 or too many, -ENOMEM, those of epoll_create(2).
 */
int ptree_taskstats_adopt(struct ptree_taskstats **taskstats, const int *fds, unsigned count,
			  uint32_t trusted_port, uint16_t family);

/*
 * Writes the CPUs at the places first, first + 1, ... of a list such as "0-3,8-11", count of them
 * at most, as a list of their own. Returns how many they are, 0 beyond the end; -EBADMSG for
 * something else than a list in ascending order; -EMSGSIZE if size is too small.
 */
int ptree_cpulist_slice(const char *list, unsigned first, unsigned count, char *out, size_t size);

#endif
