/* SPDX-License-Identifier: MIT */
#ifndef PTREE_SAMPLER_H
#define PTREE_SAMPLER_H

#include "model/tree.h"

/*
 * Which live process's usage is read next. Those that do something are hot and read at each tick,
 * less and less often when they turn out to do nothing, and then not at all but for a trickle over
 * everybody. Where the machine is busier than what was read explains, all are read at once.
 */
struct sampler {
	struct ptree_tree *tree; /* borrowed, as are the next two */
	struct ptree_procfs *procfs;
	struct ptree_host *host;
	struct sampler_hot {
		uint64_t id;
		unsigned idle; /* how many samples in a row found nothing */
	} * hot;
	size_t hot_count, hot_capacity;
	struct map hot_places; /* id -> its place in hot, and 1 more */
	uint64_t ticks;
	/* The round under way: */
	enum sampler_phase { SAMPLER_RESTING, SAMPLER_HOT, SAMPLER_TRICKLE, SAMPLER_SWEEP } phase;
	size_t at;	/* in hot, or in the tree's map */
	size_t hot_end; /* those that became hot later have their turn at the next tick */
	size_t trickle_at;
	uint64_t explained_ns; /* CPU time since the last tick that was found */
	/* What no process explained although all were read, per time: parts of 1000 of one CPU. */
	uint64_t accepted_permille;
	uint64_t explained_until_ns; /* until then all was explained */
	uint64_t tick_ns;	     /* the last one */
	uint64_t sweep_begin_ns, sweep_end_ns;
	uint64_t idle_until_ns;	   /* of the sweep under way: nobody else did anything before it */
	uint64_t exited_before_ns; /* of the tree's sum, at the last tick */
	uint64_t reads, sweeps;	   /* so far */
};

/* Does something: a new process, a new image. Or is looked at. */
void sampler_wake(struct sampler *sampler, const struct ptree_node *node);
/* Begins a round; the one under way goes on instead if there is one. */
void sampler_tick(struct sampler *sampler, uint64_t now_ns);
/* Goes on with it. True: there is more to do. */
bool sampler_work(struct sampler *sampler, uint64_t deadline_ns);
void sampler_clear(struct sampler *sampler);

#endif
