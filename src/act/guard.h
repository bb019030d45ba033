/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_GUARD_H
#define PROCTOP_GUARD_H

#include "act/target.h"

#define GUARD_MANY 20 /* more than so many at once are asked for twice */

/* What people do by mistake, and regret: before it they are asked once more. */
struct guard {
	pid_t own;
	pid_t *ancestors; /* proctop's, init but for pid 1 */
	size_t ancestor_count;
	/* What was met so far. */
	size_t count, kernel_threads;
	pid_t ancestor; /* the nearest one that was met; 0: none */
	bool has_init, has_own;
};

/* Who is proctop, and what is above it. 0 or -ENOMEM. */
int guard_init(struct guard *guard, const struct ptree_tree *tree);
void guard_clear(struct guard *guard);

bool guard_is_own(const struct guard *guard, pid_t pid); /* proctop, or an ancestor of it */

/* Nothing was met yet; one more. */
void guard_begin(struct guard *guard);
void guard_meet(struct guard *guard, pid_t pid, bool is_kernel_thread);
/* Why to ask twice, "pid 1; proctop itself". False: there is no reason. */
bool guard_reason(const struct guard *guard, char *out, size_t size);

#endif
