/* SPDX-License-Identifier: MIT */
/*
 * What processes do of late: forks, execs, failures, and the CPU time of what ended below them. An
 * activity is there only while there is something to tell, so that a tick costs nothing for those
 * that do nothing.
 */
#include "activity.h"

#include <errno.h>

/* Rates lose half of their weight in this time. */
#define HALF_LIFE_NS (4 * NS_PER_S)
#define PER_KS 1000
#define FAILURE_KEPT_NS (120 * NS_PER_S)

struct activity *activity_of(struct ptree_tree *tree, struct ptree_node *node)
{
	struct activity *activity = node->activity;

	if (activity)
		return activity;
	activity = pool_get(&tree->activities);
	if (!activity)
		return NULL;
	activity->node = node;
	activity->next = tree->active;
	if (activity->next)
		activity->next->prev = activity;
	tree->active = activity;
	node->activity = activity;
	return activity;
}

void activity_release(struct ptree_tree *tree, struct ptree_node *node)
{
	struct activity *activity = node->activity;

	if (!activity)
		return;
	if (activity->next)
		activity->next->prev = activity->prev;
	if (activity->prev)
		activity->prev->next = activity->next;
	else
		tree->active = activity->next;
	node->activity = NULL;
	pool_put(&tree->activities, activity);
}

void activity_note(struct ptree_tree *tree, struct ptree_node *node, enum activity_kind kind)
{
	struct activity *activity = activity_of(tree, node);

	if (!activity)
		return;
	switch (kind) {
	case ACTIVITY_FORK:
		activity->forks++;
		break;
	case ACTIVITY_EXEC:
		activity->execs++;
		break;
	case ACTIVITY_FAILURE:
		activity->failures++;
		break;
	}
}

void activity_add_cpu(struct ptree_tree *tree, struct ptree_node *node, uint64_t cpu_ns)
{
	struct activity *activity = cpu_ns ? activity_of(tree, node) : NULL;

	if (activity)
		activity->cpu_ns += cpu_ns;
}

void activity_pass_on(struct ptree_tree *tree, struct ptree_node *from, struct ptree_node *to)
{
	struct activity *old = from->activity;
	struct activity *activity = old ? activity_of(tree, to) : NULL;

	if (activity) {
		activity->cpu_ns += old->cpu_ns;
		activity->forks += old->forks;
		activity->execs += old->execs;
		activity->failures += old->failures;
		if (old->failed_ns > activity->failed_ns)
			activity->failed_ns = old->failed_ns;
		activity->pub.forks_per_ks += old->pub.forks_per_ks;
		activity->pub.execs_per_ks += old->pub.execs_per_ks;
		activity->pub.failures_per_ks += old->pub.failures_per_ks;
	}
	activity_release(tree, from);
}

/* A moving average whose older part is worth 1 / (1 + interval / half-life) of the whole. */
static uint32_t smooth(uint32_t rate, uint32_t count, uint64_t interval_ns)
{
	uint64_t now = (uint64_t)count * PER_KS * NS_PER_S / interval_ns;
	uint64_t old_weight = HALF_LIFE_NS, new_weight = interval_ns;

	return (uint32_t)((rate * old_weight + now * new_weight) / (old_weight + new_weight));
}

static void end_interval(struct activity *activity, uint64_t interval_ns)
{
	struct ptree_activity *pub = &activity->pub;

	pub->forks_per_ks = smooth(pub->forks_per_ks, activity->forks, interval_ns);
	pub->execs_per_ks = smooth(pub->execs_per_ks, activity->execs, interval_ns);
	pub->failures_per_ks = smooth(pub->failures_per_ks, activity->failures, interval_ns);
	pub->exited_cpu_permille = (uint32_t)(activity->cpu_ns * 1000 / interval_ns);
	activity->cpu_ns = 0;
	activity->forks = activity->execs = activity->failures = 0;
}

/* A fork in a quarter of an hour is not worth a word, but for some time one that failed is. */
static bool is_quiet(const struct activity *activity, uint64_t now_ns)
{
	const struct ptree_activity *pub = &activity->pub;

	if (activity->failed_ns && now_ns < activity->failed_ns + FAILURE_KEPT_NS)
		return false;
	return pub->forks_per_ks + pub->execs_per_ks + pub->failures_per_ks < 2 &&
	       !pub->exited_cpu_permille;
}

void activity_tick(struct ptree_tree *tree, uint64_t now_ns, uint64_t interval_ns)
{
	struct activity *activity, *next;

	if (tree->active)
		tree->usage_generation++;
	for (activity = tree->active; activity; activity = next) {
		next = activity->next;
		if (activity->failures)
			activity->failed_ns = now_ns;
		end_interval(activity, interval_ns);
		if (is_quiet(activity, now_ns))
			activity_release(tree, activity->node);
	}
}

const struct ptree_activity *ptree_node_activity(const struct ptree_node *node)
{
	return node->activity ? &node->activity->pub : NULL;
}

const struct ptree_node *ptree_tree_first_active(const struct ptree_tree *tree)
{
	return tree->active ? tree->active->node : NULL;
}

const struct ptree_node *ptree_node_next_active(const struct ptree_node *node)
{
	return node->activity && node->activity->next ? node->activity->next->node : NULL;
}
