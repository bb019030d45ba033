/* SPDX-License-Identifier: MIT */
/* Who belongs to a delivery: members.c, for delivery.c. */
#ifndef PROCTOP_DELIVERY_IMPL_H
#define PROCTOP_DELIVERY_IMPL_H

#include "act/delivery.h"

/* Who belongs to it now, if the tree has changed. 0 or -ENOMEM. */
int members_list(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns);

/* 0 if it is open, or as target_open(). */
int members_open(struct delivery *delivery, struct member *member);
void members_close(struct delivery *delivery, struct member *member);
/* If more are open than there is room for. */
void members_close_spare(struct delivery *delivery, struct member *member);

/* By a parent that is a member, too. */
void members_confirm_by_parent(struct delivery *delivery, const struct ptree_tree *tree,
			       struct member *member);
/* proctop, or what it comes from: it is not made stand still. */
bool members_is_own(const struct ptree_tree *tree, pid_t pid);

/*
 * A cgroup in which nobody is known to be no member is made stand still; those that are just being
 * born are not known. Then, when the tree has learned of these, it is seen whether it is exactly
 * theirs; if not it goes on.
 */
bool members_freeze_cgroup(struct delivery *delivery, const struct ptree_tree *tree);
bool members_are_frozen_cgroup(const struct delivery *delivery, const struct ptree_tree *tree);
void members_thaw_cgroup(struct delivery *delivery);
void members_thaw(struct delivery *delivery);

#endif
