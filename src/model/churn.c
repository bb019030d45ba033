/* SPDX-License-Identifier: MIT */
/* Who spawns, and what comes to nothing: questions to the tree. It draws nothing. */
#include "model/churn.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define LOOP_LEAST 3
#define LOOKED_AT_MAX 64
#define SAMPLES_MAX 64
#define LEVELS_MAX 256
#define INIT_PID 1

/* ---- restart loops ---- */

static bool has_failed(const struct ptree_node *node, uint32_t *status)
{
	return ptree_node_exit_status(node, status) && *status;
}

/* A loop that has not come round for three times its period is over. */
static bool has_stopped(const struct ptree_node *latest, uint64_t every_ns, uint64_t now_ns)
{
	return now_ns > ptree_node_end_ns(latest) + 3 * every_ns + NS_PER_S;
}

/* The latest of its children that failed; others in between are no matter: a loop may well sleep.
 */
static const struct ptree_node *latest_failure(const struct ptree_node *parent, uint32_t *status)
{
	const struct ptree_node *node = ptree_node_last_exited(parent);

	for (unsigned i = 0; node && i < LOOKED_AT_MAX; i++) {
		if (has_failed(node, status))
			return node;
		node = ptree_node_prev_exited(node);
	}
	return NULL;
}

/* How often the same program ran, up to now, and failed each time; first: the earliest of these. */
static unsigned count_repeats(const struct ptree_node *parent, const struct ptree_node *latest,
			      const struct ptree_node **first)
{
	const char *comm = ptree_node_comm(latest);
	const struct ptree_node *node = ptree_node_last_exited(parent);
	unsigned times = 0;
	uint32_t status;

	for (unsigned i = 0; node && i < LOOKED_AT_MAX; i++, node = ptree_node_prev_exited(node)) {
		if (strcmp(ptree_node_comm(node), comm) != 0)
			continue;
		if (!has_failed(node, &status) ||
		    ptree_node_begin_ns(node) > ptree_node_begin_ns(*first))
			break;
		*first = node;
		times++;
	}
	return times;
}

bool churn_find_loop(const struct ptree_node *parent, uint64_t now_ns, struct churn_loop *loop)
{
	struct churn_loop found = { 0 };
	const struct ptree_node *latest = latest_failure(parent, &found.status);
	const struct ptree_node *first = latest;

	if (latest)
		found.times = count_repeats(parent, latest, &first);
	if (found.times < LOOP_LEAST)
		return false;
	found.every_ns =
	    (ptree_node_begin_ns(latest) - ptree_node_begin_ns(first)) / (found.times - 1);
	if (has_stopped(latest, found.every_ns, now_ns))
		return false;
	snprintf(found.comm, sizeof(found.comm), "%s", ptree_node_comm(latest));
	*loop = found;
	return true;
}

/* ---- spawners ---- */

static bool is_busier(const struct ptree_node *a, const struct ptree_node *b)
{
	uint32_t x = ptree_node_activity(a)->forks_per_ks;
	uint32_t y = ptree_node_activity(b)->forks_per_ks;

	return x != y ? x > y : ptree_node_id(a) < ptree_node_id(b);
}

/* One of whom nothing but a failure is remembered may be waiting to try again. */
static bool is_spawner(const struct ptree_node *node)
{
	const struct ptree_activity *activity = ptree_node_activity(node);

	return ptree_node_pid(node) && (activity->forks_per_ks || (!activity->execs_per_ks &&
								   !activity->exited_cpu_permille));
}

size_t churn_rank(const struct ptree_tree *tree, const struct ptree_node **out, size_t max)
{
	const struct ptree_node *node = ptree_tree_first_active(tree);
	size_t count = 0;

	for (; node && max; node = ptree_node_next_active(node)) {
		size_t at;

		if (!is_spawner(node))
			continue;
		if (count == max && !is_busier(node, out[count - 1]))
			continue;
		at = count < max ? count++ : count - 1;
		for (; at && is_busier(node, out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = node;
	}
	return count;
}

/* ---- where the new ones come from ---- */

static bool is_below(const struct ptree_node *node, const struct ptree_node *ancestor)
{
	for (unsigned i = 0; node && i < LEVELS_MAX; i++) {
		if (node == ancestor)
			return true;
		node = ptree_node_parent(node);
	}
	return false;
}

static size_t sample_youngest(const struct ptree_nodes *all, uint64_t since_ns,
			      const struct ptree_node *samples[SAMPLES_MAX])
{
	size_t count = 0;

	for (size_t i = all->count; i-- > 0 && count < SAMPLES_MAX;) {
		if (ptree_node_begin_ns(all->node[i]) > since_ns)
			samples[count++] = all->node[i];
	}
	return count;
}

static bool is_above_most(const struct ptree_node *ancestor, const struct ptree_node *const *nodes,
			  size_t count)
{
	size_t below = 0;

	for (size_t i = 0; i < count; i++)
		below += is_below(nodes[i], ancestor);
	return 10 * below >= 8 * count;
}

const struct ptree_node *churn_common_ancestor(const struct ptree_tree *tree, uint64_t since_ns)
{
	const struct ptree_node *samples[SAMPLES_MAX];
	const struct ptree_node *node = NULL;
	struct ptree_nodes all = { 0 };
	size_t count = 0;

	if (ptree_tree_descendants(tree, 0, &all) > 0)
		count = sample_youngest(&all, since_ns, samples);
	ptree_nodes_clear(&all);
	if (count)
		node = ptree_node_parent(samples[0]);
	for (unsigned i = 0; node && i < LEVELS_MAX; i++) {
		if (is_above_most(node, samples, count))
			break;
		node = ptree_node_parent(node);
	}
	return node && ptree_node_pid(node) > INIT_PID ? node : NULL;
}
