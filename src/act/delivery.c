/* SPDX-License-Identifier: MIT */
/*
 * The life of a delivery; see delivery.h. Who belongs to it is members.c's.
 *
 *   CHOOSING -> [FREEZING ->] SENDING -> [THAWING ->] WATCHING
 *
 * Freezing and sending go on until nobody new was met for QUIET_NS: births come through the tree,
 * which may hold them back for a while. Where the tree is polled it takes a look at /proc to learn
 * of any, and the time is longer.
 */
#include "act/delivery.h"
#include "act/delivery-impl.h"
#include "act/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define QUIET_NS (40 * NS_PER_MS)
#define QUIET_POLLING_NS (3000 * NS_PER_MS)
#define FREEZE_MAX_NS (10000 * NS_PER_MS) /* then it is sent all the same */
#define SEND_MAX_NS (10000 * NS_PER_MS)
#define STEP_NS (2 * NS_PER_MS)
#define WATCH_NS (20 * NS_PER_MS)
#define IDLE_NS (500 * NS_PER_MS)

void delivery_begin(struct delivery *delivery, int number, bool freezes, uint64_t now_ns)
{
	delivery->signal = number;
	delivery->freezes = freezes && delivery->reach == DELIVERY_SUBTREE;
	delivery->phase = delivery->freezes ? DELIVERY_FREEZING : DELIVERY_SENDING;
	delivery->changed_ns = delivery->sent_ns = now_ns;
}

void delivery_begin_again(struct delivery *delivery, int number, uint64_t now_ns)
{
	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];

		if (member->outcome == MEMBER_STAYS)
			member->outcome = MEMBER_WAITS;
	}
	delivery_begin(delivery, number, delivery->freezes, now_ns);
}

static bool is_polling(const struct ptree_tree *tree)
{
	struct ptree_fact fact;

	return ptree_tree_last_fact(tree, PTREE_FACT_SOURCE, &fact) &&
	       fact.u.source.state == PTREE_MONITOR_POLLING;
}

static bool is_quiet(const struct delivery *delivery, const struct ptree_tree *tree,
		     uint64_t now_ns)
{
	uint64_t quiet_ns = is_polling(tree) ? QUIET_POLLING_NS : QUIET_NS;

	return delivery->reach == DELIVERY_EACH || now_ns >= delivery->changed_ns + quiet_ns;
}

static uint64_t now(void)
{
	return ptree_boot_now_ns();
}

/* ---- one member ---- */

/* Ready to be acted on: open, and surely the one. Else its outcome says why it never will be, or it
   is asked again. */
static bool is_ready(struct delivery *delivery, const struct ptree_tree *tree,
		     struct member *member, uint64_t now_ns)
{
	int err = members_open(delivery, member);

	if (!err && !member->target.is_confirmed)
		members_confirm_by_parent(delivery, tree, member);
	if (!err)
		err = target_confirm(&member->target, tree, now_ns);
	if (err)
		members_close_spare(delivery, member);
	if (err == -EAGAIN || err == -EMFILE || err == -ENFILE || err == -ENOMEM)
		return false; /* later, perhaps */
	if (err == -ESRCH)
		member->outcome = MEMBER_GONE;
	else if (err)
		member->outcome = MEMBER_REFUSED;
	if (err)
		member->error = err;
	return !err;
}

static void note_sent(struct delivery *delivery, struct member *member, int err)
{
	member->sent_ns = delivery->changed_ns = now();
	member->error = err;
	member->outcome = !err ? MEMBER_SENT : err == -ESRCH ? MEMBER_GONE : MEMBER_REFUSED;
	members_close_spare(delivery, member);
}

static void freeze_one(struct delivery *delivery, struct member *member)
{
	bool was_stopped = member->target.state == 'T' || member->target.state == 't';

	member->is_settled = true;
	if (was_stopped)
		return;
	member->is_frozen = !target_signal(&member->target, SIGSTOP);
	delivery->changed_ns = now();
	members_close_spare(delivery, member);
}

/* ---- all of them ---- */

/* proctop itself comes last: it may be over then. */
static bool is_turn(const struct member *member, int turn)
{
	return (member->target.pid == getpid()) == turn;
}

static size_t freeze_all(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	size_t left = 0;

	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];

		if (member->outcome != MEMBER_WAITS || member->is_settled ||
		    members_is_own(tree, member->target.pid))
			continue;
		if (is_ready(delivery, tree, member, now_ns))
			freeze_one(delivery, member);
		else if (member->outcome == MEMBER_WAITS)
			left++;
	}
	return left;
}

static size_t send_all(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	size_t left = 0;

	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < delivery->count; i++) {
			struct member *member = &delivery->members[i];

			if (member->outcome != MEMBER_WAITS || !is_turn(member, turn))
				continue;
			if (is_ready(delivery, tree, member, now_ns)) {
				note_sent(delivery, member,
					  target_signal(&member->target, delivery->signal));
				delivery->went_to_each = true;
			} else if (member->outcome == MEMBER_WAITS)
				left++;
		}
	}
	return left;
}

/* ---- a process group at once ---- */

/* To all that the kernel finds in it, but for those who were not permitted before. */
static void mark_group_sent(struct delivery *delivery, pid_t group)
{
	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];
		bool is_refused = member->error == -EPERM && delivery->signal != SIGCONT;

		if (member->outcome == MEMBER_WAITS && member->target.pgrp == group)
			note_sent(delivery, member, is_refused ? -EPERM : 0);
	}
}

/*
 * The leader's pidfd stands for the group, also when the leader is a zombie. -EAGAIN: who it is is
 * not sure yet. Anything else: each is to be sent to.
 */
static int send_to_group(struct delivery *delivery, const struct ptree_tree *tree,
			 struct member *leader, uint64_t now_ns)
{
	bool was_ready = is_ready(delivery, tree, leader, now_ns);
	int err;

	if (!was_ready)
		return leader->outcome == MEMBER_WAITS ? -EAGAIN : -ESRCH;
	err = target_signal_group(&leader->target, delivery->signal);
	if (err && err != -EPERM)
		return err;
	delivery->went_at_once = true;
	mark_group_sent(delivery, leader->target.pgrp);
	return 0;
}

/* False: of some it is not sure yet. */
static bool send_to_groups(struct delivery *delivery, const struct ptree_tree *tree,
			   uint64_t now_ns)
{
	bool is_unsure = false;

	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];

		if (member->outcome == MEMBER_WAITS && member->target.pgrp == member->target.pid &&
		    send_to_group(delivery, tree, member, now_ns) == -EAGAIN)
			is_unsure = true;
	}
	return !is_unsure;
}

/* ---- phases ---- */

static void enter(struct delivery *delivery, enum delivery_phase phase)
{
	delivery->phase = phase;
	delivery->changed_ns = now();
	if (phase == DELIVERY_SENDING)
		delivery->sent_ns = delivery->changed_ns;
}

static void try_cgroup(struct delivery *delivery, const struct ptree_tree *tree)
{
	if (delivery->cgroup_use != DELIVERY_CGROUP_UNTRIED)
		return;
	delivery->cgroup_use =
	    members_freeze_cgroup(delivery, tree) ? DELIVERY_CGROUP_FROZEN : DELIVERY_CGROUP_NONE;
	delivery->changed_ns = now();
}

static void step_freezing(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	bool is_late = now_ns > delivery->sent_ns + FREEZE_MAX_NS;
	size_t left = 0;

	try_cgroup(delivery, tree);
	if (delivery->cgroup_use == DELIVERY_CGROUP_NONE)
		left = freeze_all(delivery, tree, now_ns);
	if ((left || !is_quiet(delivery, tree, now())) && !is_late)
		return;
	if (delivery->cgroup_use == DELIVERY_CGROUP_FROZEN &&
	    !members_are_frozen_cgroup(delivery, tree)) {
		members_thaw_cgroup(delivery); /* somebody else is in it: each by a signal */
		delivery->changed_ns = now();
		return;
	}
	delivery->froze_cgroup = delivery->cgroup_use == DELIVERY_CGROUP_FROZEN;
	enter(delivery, DELIVERY_SENDING);
}

static void step_sending(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	bool is_late = now_ns > delivery->sent_ns + SEND_MAX_NS;
	size_t left;

	if (delivery->reach == DELIVERY_GROUP && !send_to_groups(delivery, tree, now_ns) &&
	    !is_late)
		return;
	left = send_all(delivery, tree, now_ns);
	if ((!left && is_quiet(delivery, tree, now_ns)) || is_late)
		enter(delivery, delivery->freezes ? DELIVERY_THAWING : DELIVERY_WATCHING);
}

/* Who was told to stop stays so. */
static void step_thawing(struct delivery *delivery)
{
	if (delivery->signal != SIGSTOP)
		members_thaw(delivery);
	enter(delivery, DELIVERY_WATCHING);
}

static void watch_one(struct delivery *delivery, const struct ptree_tree *tree,
		      struct member *member, uint64_t now_ns)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, member->target.id);
	uint64_t end_ns = node && ptree_node_has_ended(node) ? ptree_node_end_ns(node) : 0;

	if (end_ns || !node || target_has_ended(&member->target)) {
		end_ns = end_ns ? end_ns : now_ns;
		member->outcome = MEMBER_ENDED;
		member->took_ns = end_ns > member->sent_ns ? end_ns - member->sent_ns : 0;
		members_close(delivery, member);
	} else if (signal_is_to_end(delivery->signal) &&
		   now_ns > member->sent_ns + DELIVERY_PATIENCE_NS) {
		member->outcome = MEMBER_STAYS;
	}
}

static void step_watching(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];

		if (member->outcome == MEMBER_SENT || member->outcome == MEMBER_STAYS)
			watch_one(delivery, tree, member, now_ns);
	}
}

int delivery_step(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns)
{
	int err = 0;

	delivery->steps++;
	if (delivery->phase != DELIVERY_WATCHING)
		err = members_list(delivery, tree, now_ns);
	switch (delivery->phase) {
	case DELIVERY_CHOOSING:
		break;
	case DELIVERY_FREEZING:
		step_freezing(delivery, tree, now_ns);
		break;
	case DELIVERY_SENDING:
		step_sending(delivery, tree, now_ns);
		break;
	case DELIVERY_THAWING:
		step_thawing(delivery);
		break;
	case DELIVERY_WATCHING:
		break;
	}
	if (delivery->phase >= DELIVERY_SENDING)
		step_watching(delivery, tree, now_ns);
	return err;
}

uint64_t delivery_next_ns(const struct delivery *delivery, uint64_t now_ns)
{
	struct delivery_tally tally;

	switch (delivery->phase) {
	case DELIVERY_CHOOSING:
		return now_ns + IDLE_NS;
	case DELIVERY_FREEZING:
	case DELIVERY_SENDING:
	case DELIVERY_THAWING:
		return now_ns + STEP_NS;
	case DELIVERY_WATCHING:
		break;
	}
	tally = delivery_tally(delivery);
	return now_ns + (tally.waiting ? WATCH_NS : IDLE_NS);
}
