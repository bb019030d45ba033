/* SPDX-License-Identifier: MIT */
/*
 * Sampling; see sampler.h. Only stat is read, which never waits for the process; what the figures
 * mean is usage.c's affair.
 *
 * A round: the hot ones, then the trickle, then, if the machine's busy time is not explained by
 * what was found, a sweep over all. What a sweep cannot explain either (processes that came and
 * went unaccounted, other pid namespaces) is accepted: only more than that leads to the next.
 */
#include "sampler.h"
#include "model/observe.h"
#include "model/usage.h"
#include "proc/procfs.h"

#include <errno.h>
#include <stdlib.h>

/* Of samples that found nothing: read at every tick, every 2nd, 4th, 8th, and then not any more. */
#define IDLE_SAMPLES_MAX 4
#define TRICKLE_READS 32
#define TRICKLE_SLOTS 128
#define HOT_MAX 16384
/* A sweep is worth its cost for this much of one CPU, and this part of what the machine does. */
#define UNEXPLAINED_PERMILLE 100
#define UNEXPLAINED_PART 5
/* Of a sweep's own duration: how long to leave /proc alone after it. */
#define SWEEP_PAUSE 10
#define ACCEPTED_FOR_NS (30 * NS_PER_S)

static int grow(struct sampler *sampler)
{
	size_t capacity = sampler->hot_capacity ? 2 * sampler->hot_capacity : 64;
	struct sampler_hot *bigger = reallocarray(sampler->hot, capacity, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	sampler->hot = bigger;
	sampler->hot_capacity = capacity;
	return 0;
}

/* A place in hot, as the map has it; NULL: it is not hot. */
static void *place_in_map(size_t at)
{
	return (void *)(uintptr_t)(at + 1);
}

static struct sampler_hot *find_hot(const struct sampler *sampler, uint64_t id)
{
	uintptr_t place = (uintptr_t)map_find(&sampler->hot_places, id);

	return place ? &sampler->hot[place - 1] : NULL;
}

static bool is_hot(const struct sampler *sampler, const struct ptree_node *node)
{
	return find_hot(sampler, node->id);
}

/* Those that find no place have their turn in the trickle, or in a sweep. */
void sampler_wake(struct sampler *sampler, const struct ptree_node *node)
{
	struct sampler_hot *hot = find_hot(sampler, node->id);

	if (hot)
		hot->idle = 0;
	if (hot || node->has_ended || sampler->hot_count >= HOT_MAX ||
	    (sampler->hot_count == sampler->hot_capacity && grow(sampler)) ||
	    map_set(&sampler->hot_places, node->id, place_in_map(sampler->hot_count)))
		return;
	sampler->hot[sampler->hot_count++] = (struct sampler_hot){ .id = node->id };
}

/* The last one takes its place. */
static void remove_hot(struct sampler *sampler, size_t at)
{
	map_remove(&sampler->hot_places, sampler->hot[at].id);
	sampler->hot[at] = sampler->hot[--sampler->hot_count];
	if (at < sampler->hot_count) /* replaces: cannot fail */
		map_set(&sampler->hot_places, sampler->hot[at].id, place_in_map(at));
}

void sampler_clear(struct sampler *sampler)
{
	free(sampler->hot);
	map_clear(&sampler->hot_places);
	*sampler = (struct sampler){ 0 };
}

/* ---- reading one ---- */

/* Returns the CPU time that it used since it was read before. */
static uint64_t sample(struct sampler *sampler, struct ptree_node *node)
{
	uint64_t before_ns = usage_sampled_cpu_ns(node), now_ns;
	struct ptree_process process = { 0 };

	sampler->reads++;
	if (procfs_read_stat(sampler->procfs, node->pid, &process) ||
	    !tree_is_same(node, process.start_ns) ||
	    (process.state == 'Z' && process.thread_count <= 1))
		return 0;
	observe_usage(sampler->tree, node, &process, sampler->idle_until_ns);
	now_ns = usage_sampled_cpu_ns(node);
	return now_ns > before_ns ? now_ns - before_ns : 0;
}

static bool is_readable(const struct ptree_node *node)
{
	return node && !node->has_ended && !node->is_placeholder;
}

/* ---- the hot ones ---- */

static bool is_due(const struct sampler *sampler, const struct sampler_hot *hot)
{
	return !(sampler->ticks & ((UINT64_C(1) << hot->idle) - 1));
}

/* False: it is not hot any more. */
static bool sample_hot(struct sampler *sampler, struct sampler_hot *hot)
{
	struct ptree_node *node = tree_node(sampler->tree, hot->id);
	uint64_t used_ns;

	if (!is_readable(node))
		return false;
	if (!is_due(sampler, hot))
		return true;
	used_ns = sample(sampler, node);
	sampler->explained_ns += used_ns;
	hot->idle = used_ns ? 0 : hot->idle + 1;
	return hot->idle < IDLE_SAMPLES_MAX;
}

static bool work_on_hot(struct sampler *sampler)
{
	if (sampler->at >= sampler->hot_end)
		return false;
	if (sample_hot(sampler, &sampler->hot[sampler->at])) {
		sampler->at++;
		return true;
	}
	remove_hot(sampler, sampler->at);
	/* Of those that have had no turn yet the one that took its place may be one, too. */
	if (sampler->hot_end > sampler->hot_count)
		sampler->hot_end = sampler->hot_count;
	return true;
}

/* ---- everybody ---- */

/* What it used was not in a round's sum before, so it is worth looking at again. */
static void sample_cold(struct sampler *sampler, struct ptree_node *node)
{
	uint64_t used_ns = sample(sampler, node);

	sampler->explained_ns += used_ns;
	if (used_ns)
		sampler_wake(sampler, node);
}

static void trickle(struct sampler *sampler)
{
	const struct map *nodes = &sampler->tree->by_id;
	size_t slots = nodes->capacity < TRICKLE_SLOTS ? nodes->capacity : TRICKLE_SLOTS;
	unsigned reads = 0;

	for (size_t i = 0; i < slots && reads < TRICKLE_READS; i++) {
		struct ptree_node *node;

		if (sampler->trickle_at >= nodes->capacity)
			sampler->trickle_at = 0;
		node = nodes->slots[sampler->trickle_at++].value;
		if (!is_readable(node) || is_hot(sampler, node))
			continue;
		sample_cold(sampler, node);
		reads++;
	}
}

/* A map that grows meanwhile shuffles its slots: some are then met twice, and some not at all,
   which have their turn in the next. */
static bool work_on_sweep(struct sampler *sampler)
{
	const struct map *nodes = &sampler->tree->by_id;
	struct ptree_node *node;

	while (sampler->at < nodes->capacity) {
		node = nodes->slots[sampler->at++].value;
		if (is_readable(node) && !is_hot(sampler, node) &&
		    node->sampled_ns < sampler->sweep_begin_ns) {
			sample_cold(sampler, node);
			return true;
		}
	}
	return false;
}

/* ---- what is not explained ---- */

static uint64_t permille(uint64_t used_ns, uint64_t interval_ns)
{
	return interval_ns ? used_ns * 1000 / interval_ns : 0;
}

/* What processes used since the last tick, as the machine counts it: parts of 1000 of one CPU. */
static uint64_t busy_permille(const struct sampler *sampler)
{
	struct ptree_cpu_share share;

	if (!ptree_host_cpu_share(sampler->host, SIZE_MAX, &share))
		return 0;
	return (uint64_t)(share.user + share.nice + share.system) *
	       ptree_host_cpu_count(sampler->host);
}

static uint64_t unexplained_permille(const struct sampler *sampler)
{
	uint64_t interval_ns, busy = busy_permille(sampler), explained;

	ptree_host_sampled_ns(sampler->host, &interval_ns);
	explained = permille(sampler->explained_ns, interval_ns);
	return busy > explained ? busy - explained : 0;
}

static bool is_much(const struct sampler *sampler, uint64_t unexplained)
{
	return unexplained > sampler->accepted_permille + UNEXPLAINED_PERMILLE &&
	       unexplained > sampler->accepted_permille + busy_permille(sampler) / UNEXPLAINED_PART;
}

static bool may_sweep(const struct sampler *sampler, uint64_t now_ns)
{
	uint64_t took_ns = sampler->sweep_end_ns - sampler->sweep_begin_ns;

	return now_ns >= sampler->sweep_end_ns + SWEEP_PAUSE * took_ns;
}

static void begin_sweep(struct sampler *sampler, uint64_t now_ns)
{
	sampler->phase = SAMPLER_SWEEP;
	sampler->at = 0;
	sampler->sweep_begin_ns = now_ns;
	sampler->sweeps++;
	/* Until then they did nothing worth mentioning. */
	sampler->idle_until_ns = sampler->explained_until_ns;
}

static void end_sweep(struct sampler *sampler)
{
	sampler->phase = SAMPLER_RESTING;
	sampler->sweep_end_ns = ptree_boot_now_ns();
	sampler->idle_until_ns = 0;
	sampler->accepted_permille = unexplained_permille(sampler);
	sampler->explained_until_ns = sampler->tick_ns;
}

#define HOT_KEPT 1024

/* After the first scan all are hot, and few stay so: what they needed is given back. Nobody's place
   changes; without memory for less it stays as it is. */
static void give_back_places(struct sampler *sampler)
{
	struct map places = { 0 };
	struct sampler_hot *smaller;

	if (sampler->hot_capacity <= HOT_KEPT || sampler->hot_count > sampler->hot_capacity / 8 ||
	    map_reserve(&places, sampler->hot_count))
		return;
	for (size_t i = 0; i < sampler->hot_count; i++)
		map_set(&places, sampler->hot[i].id, place_in_map(i));
	map_clear(&sampler->hot_places);
	sampler->hot_places = places;
	smaller = reallocarray(sampler->hot, HOT_KEPT + sampler->hot_count, sizeof(*smaller));
	if (!smaller)
		return;
	sampler->hot = smaller;
	sampler->hot_capacity = HOT_KEPT + sampler->hot_count;
}

static void end_round(struct sampler *sampler)
{
	uint64_t now_ns = ptree_boot_now_ns();
	uint64_t unexplained = unexplained_permille(sampler);

	sampler->phase = SAMPLER_RESTING;
	give_back_places(sampler);
	if (now_ns > sampler->sweep_end_ns + ACCEPTED_FOR_NS &&
	    unexplained < sampler->accepted_permille)
		sampler->accepted_permille = unexplained;
	if (!is_much(sampler, unexplained))
		sampler->explained_until_ns = sampler->tick_ns;
	else if (may_sweep(sampler, now_ns))
		begin_sweep(sampler, now_ns);
}

/* ---- rounds ---- */

void sampler_tick(struct sampler *sampler, uint64_t now_ns)
{
	if (sampler->phase != SAMPLER_RESTING)
		return;
	ptree_host_sample(sampler->host);
	ptree_tree_tick(sampler->tree, now_ns);
	sampler->ticks++;
	sampler->tick_ns = now_ns;
	sampler->explained_ns = sampler->tree->exited_more_ns - sampler->exited_before_ns;
	sampler->exited_before_ns = sampler->tree->exited_more_ns;
	sampler->phase = SAMPLER_HOT;
	sampler->at = 0;
	sampler->hot_end = sampler->hot_count;
}

static void step(struct sampler *sampler)
{
	switch (sampler->phase) {
	case SAMPLER_HOT:
		if (!work_on_hot(sampler))
			sampler->phase = SAMPLER_TRICKLE;
		break;
	case SAMPLER_TRICKLE:
		trickle(sampler);
		end_round(sampler);
		break;
	case SAMPLER_SWEEP:
		if (!work_on_sweep(sampler))
			end_sweep(sampler);
		break;
	case SAMPLER_RESTING:
		break;
	}
}

bool sampler_work(struct sampler *sampler, uint64_t deadline_ns)
{
	for (unsigned i = 1; sampler->phase != SAMPLER_RESTING; i++) {
		step(sampler);
		if (i % 16 == 0 && ptree_boot_now_ns() >= deadline_ns)
			break;
	}
	return sampler->phase != SAMPLER_RESTING;
}
