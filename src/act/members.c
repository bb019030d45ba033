/* SPDX-License-Identifier: MIT */
/*
 * Who belongs to a delivery. Below somebody is who is below by parents; of those born since it was
 * opened also who is forked by a member, wherever it was handed to meanwhile.
 */
#include "act/delivery-impl.h"
#include "act/signals.h"

#include "model/array.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LIST_NS UINT64_C(200000000) /* while one chooses */
#define FDS_FOR_OTHERS 64
#define FDS_MOST 16384

int delivery_init(struct delivery *delivery, enum delivery_reach reach, bool by_origin)
{
	struct rlimit limit = { 0 };
	rlim_t room;

	*delivery =
	    (struct delivery){ .reach = reach, .by_origin = by_origin, .cgroup = { .dir_fd = -1 } };
	getrlimit(RLIMIT_NOFILE, &limit);
	room = limit.rlim_cur > FDS_MOST ? FDS_MOST : limit.rlim_cur;
	delivery->since_ns = ptree_boot_now_ns();
	delivery->fd_room = room > 2 * FDS_FOR_OTHERS ? room - FDS_FOR_OTHERS : 1;
	return ptree_procfs_open(&delivery->procfs, NULL);
}

void delivery_clear(struct delivery *delivery)
{
	members_thaw(delivery);
	for (size_t i = 0; i < delivery->count; i++)
		target_close(&delivery->members[i].target);
	cgroup_close(&delivery->cgroup);
	ptree_procfs_close(delivery->procfs);
	free(delivery->members);
	id_set_clear(&delivery->ids);
	*delivery = (struct delivery){ .cgroup = { .dir_fd = -1 } };
}

/* ---- pidfds ---- */

static void note_open(struct delivery *delivery, struct member *member)
{
	delivery->open_count += member->target.pidfd >= 0;
	members_close_spare(delivery, member);
}

int members_open(struct delivery *delivery, struct member *member)
{
	bool was_open = member->target.pidfd >= 0;
	int err = target_reopen(&member->target, delivery->procfs);

	if (!err && !was_open)
		delivery->open_count++;
	return err;
}

void members_close(struct delivery *delivery, struct member *member)
{
	delivery->open_count -= member->target.pidfd >= 0;
	target_close(&member->target);
}

void members_close_spare(struct delivery *delivery, struct member *member)
{
	if (delivery->open_count > delivery->fd_room)
		members_close(delivery, member);
}

/* ---- all of them ---- */

static bool has(const struct delivery *delivery, uint64_t id)
{
	return id_set_has(&delivery->ids, id);
}

static int append(struct delivery *delivery, const struct member *member)
{
	int err = array_reserve(&delivery->members, &delivery->capacity, delivery->count + 1,
				sizeof(*delivery->members));

	if (!err)
		err = id_set_add(&delivery->ids, member->target.id);
	if (err)
		return err;
	delivery->members[delivery->count++] = *member;
	return 0;
}

static void forget(struct delivery *delivery, size_t index)
{
	id_set_remove(&delivery->ids, delivery->members[index].target.id);
	members_close(delivery, &delivery->members[index]);
	delivery->count--;
	memmove(delivery->members + index, delivery->members + index + 1,
		(delivery->count - index) * sizeof(*delivery->members));
}

/* ---- who ---- */

static int add(struct delivery *delivery, const struct ptree_node *node, bool is_named)
{
	bool is_over = ptree_node_has_ended(node);
	struct member member = { .is_named = is_named, .is_bearer = is_over && !is_named };
	int err = target_open(&member.target, delivery->procfs, node);

	if (err == -ESRCH || is_over)
		member.outcome = MEMBER_GONE;
	member.error = err ? err : target_may_signal(&member.target, SIGTERM);
	if (member.error == -ESRCH)
		member.outcome = MEMBER_GONE;
	if (err)
		member.target.pidfd = -1;
	note_open(delivery, &member);
	err = append(delivery, &member);
	if (err)
		members_close(delivery, &member);
	delivery->changed_ns = ptree_boot_now_ns();
	return err;
}

int delivery_name(struct delivery *delivery, const struct ptree_node *node)
{
	return has(delivery, ptree_node_id(node)) ? 0 : add(delivery, node, true);
}

static int add_new(struct delivery *delivery, const struct ptree_node *node)
{
	return has(delivery, ptree_node_id(node)) ? 0 : add(delivery, node, false);
}

static int add_children(struct delivery *delivery, const struct ptree_node *node)
{
	const struct ptree_node *child;
	int err = 0;

	for (child = ptree_node_first_child(node); child && !err;
	     child = ptree_node_next_sibling(child)) {
		if (!ptree_node_has_ended(child))
			err = add_new(delivery, child);
	}
	return err;
}

/* All that were born since it was opened, alive or not: one that is over may have forked, too. By
   lineage also those before that live. */
static int add_forked(struct delivery *delivery, const struct ptree_node *node)
{
	const struct ptree_node *child;
	int err = 0;

	for (child = ptree_node_last_forked(node); child && !err;
	     child = ptree_node_prev_forked(child)) {
		bool is_new = ptree_node_begin_ns(child) >= delivery->since_ns;
		bool is_link = is_new && ptree_node_last_forked(child);

		if (!is_new && !delivery->by_origin)
			break;
		if (is_link || !ptree_node_has_ended(child))
			err = add_new(delivery, child);
	}
	return err;
}

/* The array grows as it is walked: so all that is below is reached. */
static int list_subtree(struct delivery *delivery, const struct ptree_tree *tree)
{
	int err = 0;

	for (size_t i = 0; i < delivery->count && !err; i++) {
		const struct ptree_node *node =
		    ptree_tree_find_id(tree, delivery->members[i].target.id);

		if (node)
			err = add_children(delivery, node);
		if (node && !err)
			err = add_forked(delivery, node);
	}
	return err;
}

static bool is_group_named(const struct delivery *delivery, pid_t group)
{
	for (size_t i = 0; i < delivery->count; i++) {
		const struct member *member = &delivery->members[i];

		if (member->is_named && member->target.pgrp == group)
			return group > 0;
	}
	return false;
}

/* Who is in a group has no event. What getpgid() says of a pid is a hint; the target's own entry
   of /proc decides. */
static int list_groups(struct delivery *delivery, const struct ptree_tree *tree)
{
	struct ptree_nodes nodes = { 0 };
	int err = ptree_tree_descendants(tree, 0, &nodes);

	err = err == -ENOMEM ? err : 0;
	for (size_t i = 0; i < nodes.count && !err; i++) {
		const struct ptree_node *node = nodes.node[i];

		if (ptree_node_has_ended(node) || has(delivery, ptree_node_id(node)) ||
		    !is_group_named(delivery, getpgid(ptree_node_pid(node))))
			continue;
		err = add_new(delivery, node);
		if (!err &&
		    !is_group_named(delivery, delivery->members[delivery->count - 1].target.pgrp))
			forget(delivery, delivery->count - 1);
	}
	ptree_nodes_clear(&nodes);
	return err;
}

/* Whom it forked may live on elsewhere. */
static void become_bearer(struct delivery *delivery, struct member *member)
{
	members_close(delivery, member);
	member->is_bearer = true;
	member->outcome = MEMBER_GONE;
}

/* While one chooses: who is over is no member any more; of those that were named it is said. */
static void drop_ended(struct delivery *delivery, const struct ptree_tree *tree)
{
	for (size_t i = delivery->count; i--;) {
		struct member *member = &delivery->members[i];
		const struct ptree_node *node = ptree_tree_find_id(tree, member->target.id);

		if (node && !ptree_node_has_ended(node))
			continue;
		if (member->is_named)
			member->outcome = MEMBER_GONE;
		else if (node && delivery->reach == DELIVERY_SUBTREE &&
			 ptree_node_last_forked(node))
			become_bearer(delivery, member);
		else
			forget(delivery, i);
	}
}

int members_list(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	bool is_choosing = delivery->phase == DELIVERY_CHOOSING;
	bool is_same = delivery->generation == ptree_tree_generation(tree) && delivery->steps > 1;

	/* Groups change without the tree. */
	if (is_same && delivery->reach != DELIVERY_GROUP)
		return 0;
	if (is_choosing && delivery->listed_ns && now_ns < delivery->listed_ns + LIST_NS)
		return 0;
	delivery->generation = ptree_tree_generation(tree);
	delivery->listed_ns = now_ns;
	if (is_choosing)
		drop_ended(delivery, tree);
	switch (delivery->reach) {
	case DELIVERY_EACH:
		return 0;
	case DELIVERY_SUBTREE:
		return list_subtree(delivery, tree);
	case DELIVERY_GROUP:
		return list_groups(delivery, tree);
	}
	return 0;
}

static struct member *find(struct delivery *delivery, uint64_t id)
{
	for (size_t i = 0; i < delivery->count; i++) {
		if (delivery->members[i].target.id == id)
			return &delivery->members[i];
	}
	return NULL;
}

void members_confirm_by_parent(struct delivery *delivery, const struct ptree_tree *tree,
			       struct member *member)
{
	const struct ptree_node *node = ptree_tree_find(tree, member->target.ppid);
	struct member *parent;

	if (delivery->reach != DELIVERY_SUBTREE || !node || !has(delivery, ptree_node_id(node)))
		return;
	parent = find(delivery, ptree_node_id(node));
	if (!parent || members_open(delivery, parent))
		return;
	target_confirm_by_parent(&member->target, &parent->target);
	members_close_spare(delivery, parent);
}

bool members_is_own(const struct ptree_tree *tree, pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find(tree, getpid());

	for (; node; node = ptree_node_parent(node)) {
		if (ptree_node_pid(node) == pid)
			return true;
	}
	return pid == getpid();
}

/* ---- standing still ---- */

static bool is_living_member(const struct delivery *delivery, const struct ptree_tree *tree,
			     pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find(tree, pid);

	return node && has(delivery, ptree_node_id(node));
}

static size_t count_living(const struct delivery *delivery, const struct ptree_tree *tree)
{
	size_t count = 0;

	for (size_t i = 0; i < delivery->count; i++) {
		const struct ptree_node *node =
		    ptree_tree_find_id(tree, delivery->members[i].target.id);

		count += node && !ptree_node_has_ended(node);
	}
	return count;
}

/* Nobody in it is known to be no member; is_settled: nor unknown, and all members are in it. */
static bool is_members_cgroup(const struct delivery *delivery, const struct ptree_tree *tree,
			      bool is_settled)
{
	pid_t *pids;
	ssize_t count = cgroup_pids(&delivery->cgroup, &pids);
	bool is_theirs = count > 0;

	for (ssize_t i = 0; i < count && is_theirs; i++) {
		bool is_unborn = !ptree_tree_find(tree, pids[i]) && !is_settled;

		is_theirs = (is_unborn || is_living_member(delivery, tree, pids[i])) &&
			    !members_is_own(tree, pids[i]);
	}
	free(pids);
	return is_theirs && (!is_settled || (size_t)count == count_living(delivery, tree));
}

bool members_freeze_cgroup(struct delivery *delivery, const struct ptree_tree *tree)
{
	if (!delivery->count ||
	    cgroup_open(&delivery->cgroup, delivery->procfs, &delivery->members[0].target))
		return false;
	return is_members_cgroup(delivery, tree, false) && !cgroup_freeze(&delivery->cgroup, true);
}

bool members_are_frozen_cgroup(const struct delivery *delivery, const struct ptree_tree *tree)
{
	return is_members_cgroup(delivery, tree, true);
}

/* ---- going on ---- */

void members_thaw_cgroup(struct delivery *delivery)
{
	if (delivery->cgroup_use == DELIVERY_CGROUP_FROZEN)
		cgroup_freeze(&delivery->cgroup, false);
	delivery->cgroup_use = DELIVERY_CGROUP_NONE;
}

void members_thaw(struct delivery *delivery)
{
	members_thaw_cgroup(delivery);
	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];

		if (member->is_frozen && !members_open(delivery, member))
			target_signal(&member->target, SIGCONT);
		member->is_frozen = member->is_settled = false;
		members_close_spare(delivery, member);
	}
}
