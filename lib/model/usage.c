/* SPDX-License-Identifier: MIT */
/*
 * What processes use: sampled while they live, told by the kernel's accounting when they are over.
 * What one has used is charged to its parent when it ends, with all that was charged to it: so the
 * sums over a subtree lose nothing when those below come and go.
 *
 * The kernel has two figures for CPU time. utime and stime count in ticks (4 ms where CONFIG_HZ is
 * 250): most short-lived processes have 0, and others more than they lived. The scheduler's
 * (cpu_run_virtual_total) is in ns and misses the last time slice. The larger one is nearer, but
 * not by more than such a slice, and no process used more than its threads lived.
 */
#include "base/sized.h"
#include "usage.h"
#include "activity.h"
#include "node.h"
#include "rare.h"
#include "summary.h"

#include <errno.h>
#include <string.h>

#define LONGEST_TICK_NS (10 * NS_PER_MS) /* CONFIG_HZ is 100 at least */

int usage_reserve(struct ptree_tree *tree)
{
	int err = pool_reserve(&tree->summaries, USAGE_SUMMARIES_MAX);

	if (!err)
		err = rare_reserve(tree, USAGE_SUMMARIES_MAX);
	return err ? err : pool_reserve(&tree->activities, 1);
}

/* ---- samples ---- */

uint64_t usage_sampled_cpu_ns(const struct ptree_node *node)
{
	uint64_t cpu_ns;

	return __builtin_add_overflow(node->cpu_user_ns, node->cpu_system_ns, &cpu_ns) ? UINT64_MAX
										       : cpu_ns;
}

static void set_rate(struct ptree_node *node, uint64_t used_ns, uint64_t interval_ns)
{
	double rate = (double)used_ns * 1000 / (double)interval_ns;

	node->sample.cpu_permille = rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
	node->has_rate = true;
}

void usage_sample(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *fact)
{
	uint64_t before_ns = usage_sampled_cpu_ns(node), now_ns;

	node->sample = (struct sample){ .rss_bytes = fact->u.sample.rss_bytes,
					.virtual_bytes = fact->u.sample.virtual_bytes,
					.minor_faults = fact->u.sample.minor_faults,
					.major_faults = fact->u.sample.major_faults,
					.cpu_permille = node->sample.cpu_permille,
					.pgrp = fact->u.sample.pgrp,
					.tty = fact->u.sample.tty,
					.priority = (int16_t)fact->u.sample.priority,
					.nice = (int8_t)fact->u.sample.nice,
					.state = fact->u.sample.state };
	tree->usage_generation++;
	if (!fact->u.sample.has_cpu)
		return;
	node->cpu_user_ns = fact->u.sample.cpu_user_ns;
	node->cpu_system_ns = fact->u.sample.cpu_system_ns;
	if (fact->u.sample.waited_cpu_ns || node->rare)
		rare_of(tree, node)->waited_cpu_ns = fact->u.sample.waited_cpu_ns;
	node->sampled_ns = fact->time_ns;
	now_ns = usage_sampled_cpu_ns(node);
	if (fact->u.sample.interval_ns)
		set_rate(node, now_ns > before_ns ? now_ns - before_ns : 0,
			 fact->u.sample.interval_ns);
}

uint64_t ptree_tree_usage_generation(const struct ptree_tree *tree)
{
	return tree->usage_generation;
}

/* ---- the kernel's accounting ---- */

static void add_task(struct account *account, const struct ptree_accounting *record)
{
	account->cpu_user_ns += record->cpu_user_ns;
	account->cpu_system_ns += record->cpu_system_ns;
	account->cpu_run_ns += record->cpu_run_ns;
	account->read_bytes += record->read_bytes;
	account->write_bytes += record->write_bytes;
	if (record->max_rss_bytes > account->max_rss_bytes)
		account->max_rss_bytes = record->max_rss_bytes;
	if (record->elapsed_ns > account->elapsed_ns && !account->is_elapsed_whole)
		account->elapsed_ns = record->elapsed_ns;
	account->tasks++;
}

/* Tasks that ended before anybody listened are among those that can have used so much. */
static void count_unheard(struct account *account)
{
	uint64_t cpu_ns = account->cpu_user_ns + account->cpu_system_ns, tasks;

	if (account->cpu_run_ns > cpu_ns)
		cpu_ns = account->cpu_run_ns;
	tasks = account->elapsed_ns ? cpu_ns / account->elapsed_ns + 1 : 0;
	if (account->tasks && tasks > account->tasks)
		account->tasks = tasks < UINT32_MAX ? (uint32_t)tasks : UINT32_MAX;
}

/* The sums of all tasks hold those, too, that ended before anybody listened. */
static void take_process(struct account *account, const struct ptree_accounting *record)
{
	uint64_t run_ns = account->cpu_run_ns;
	uint64_t both_ns = account->cpu_user_ns + account->cpu_system_ns;

	if (record->known & PTREE_ACCOUNTING_CPU &&
	    record->cpu_user_ns + record->cpu_system_ns > both_ns) {
		account->cpu_user_ns = record->cpu_user_ns;
		account->cpu_system_ns = record->cpu_system_ns;
	}
	if (record->known & PTREE_ACCOUNTING_RUN && record->cpu_run_ns > account->cpu_run_ns)
		account->cpu_run_ns = record->cpu_run_ns;
	if (record->known & PTREE_ACCOUNTING_ELAPSED) {
		account->elapsed_ns = record->elapsed_ns;
		account->is_elapsed_whole = true;
	}
	if (account->cpu_run_ns > run_ns || account->cpu_user_ns + account->cpu_system_ns > both_ns)
		count_unheard(account);
}

int usage_account(struct ptree_tree *tree, struct ptree_node *node,
		  const struct ptree_accounting *record)
{
	if (usage_reserve(tree) || (!node->account && pool_reserve(&tree->accounts, 1)))
		return -ENOMEM;
	if (!node->account)
		node->account = pool_get(&tree->accounts);
	if (record->is_process)
		take_process(node->account, record);
	else
		add_task(node->account, record);
	node->account->known |= record->known;
	if (node->has_ended)
		usage_recharge(tree, node);
	return 0;
}

bool usage_is_final(const struct ptree_node *node)
{
	return node->has_ended && node->account && node->account->tasks;
}

/* A task that was alone lived as long as its process. */
static uint64_t elapsed_ns(const struct ptree_node *node)
{
	const struct account *account = node->account;

	if (node->has_ended && account && account->known & PTREE_ACCOUNTING_ELAPSED &&
	    (account->tasks == 1 || account->is_elapsed_whole))
		return account->elapsed_ns;
	if (node->begin_ns && node_over(node)->end_ns > node->begin_ns)
		return node->over.end_ns - node->begin_ns;
	return account ? account->elapsed_ns : 0;
}

/*
 * Ticks are a guess: on a busy machine they can be half as much again. What the scheduler measured
 * (sum_exec_runtime) is exact, but for what was run since the last tick. Of one with threads the
 * two may be about different ones of them.
 */
static uint64_t accounted_cpu_ns(const struct account *account)
{
	uint64_t ticks_ns = account->cpu_user_ns + account->cpu_system_ns;
	bool is_alone = account->tasks == 1 && !account->is_elapsed_whole;

	if (account->known & PTREE_ACCOUNTING_RUN && is_alone &&
	    ticks_ns > account->cpu_run_ns + LONGEST_TICK_NS)
		return account->cpu_run_ns + LONGEST_TICK_NS;
	return account->cpu_run_ns > ticks_ns ? account->cpu_run_ns : ticks_ns;
}

static uint64_t final_cpu_ns(const struct ptree_node *node)
{
	const struct account *account = node->account;
	uint64_t cpu_ns = accounted_cpu_ns(account);
	uint64_t most_ns = elapsed_ns(node) * account->tasks;

	if (most_ns && cpu_ns > most_ns)
		cpu_ns = most_ns;
	/* Threads that ended before anybody listened may have been sampled. */
	return cpu_ns > usage_sampled_cpu_ns(node) ? cpu_ns : usage_sampled_cpu_ns(node);
}

uint64_t usage_cpu_ns(const struct ptree_node *node)
{
	return usage_is_final(node) ? final_cpu_ns(node) : usage_sampled_cpu_ns(node);
}

/* ---- charging ---- */

static struct ptree_summary *summary_of(struct ptree_tree *tree, struct ptree_node *node)
{
	struct rare *rare = rare_of(tree, node);

	if (rare && !rare->summary)
		rare->summary = pool_get(&tree->summaries);
	return rare ? rare->summary : NULL;
}

static unsigned lifetime_class(const struct ptree_node *node)
{
	uint64_t age_ns = elapsed_ns(node);

	if (!node->begin_ns || (!node->is_begin_exact && !age_ns))
		return 3;
	return age_ns < NS_PER_S ? 0 : age_ns < 10 * NS_PER_S ? 1 : age_ns < 60 * NS_PER_S ? 2 : 3;
}

/* One process's own part of what its ancestors sum up. */
static struct ptree_summary part_of(const struct ptree_node *node)
{
	struct ptree_summary part = {
		.gone = 1,
		.failed = node_has_failed(node),
		.cpu_ns = usage_cpu_ns(node),
		.cpu_unknown = !usage_is_final(node),
	};
	char name[PTREE_COMM_SIZE];

	node_name(node, name);
	if (name[0])
		summary_count_command(&part, name, 1);
	return part;
}

/* What ended ancestors had was passed on at their end, so that what comes later goes past them. */
static void add_to_ancestors(struct ptree_tree *tree, struct ptree_node *node,
			     const struct ptree_summary *part)
{
	struct ptree_node *ancestor = node->parent;

	for (unsigned i = 0; ancestor && i < USAGE_ANCESTORS_MAX; i++) {
		struct ptree_summary *summary = summary_of(tree, ancestor);

		if (summary)
			summary_add(summary, part);
		if (!ancestor->has_ended)
			return;
		ancestor = ancestor->parent;
	}
	if (ancestor && summary_of(tree, &tree->root))
		summary_add(tree->root.rare->summary, part);
}

static struct ptree_node *first_present_ancestor(struct ptree_node *node)
{
	struct ptree_node *ancestor = node->parent;

	for (unsigned i = 0;
	     ancestor && ancestor->parent && ancestor->has_ended && i < USAGE_ANCESTORS_MAX; i++)
		ancestor = ancestor->parent;
	return ancestor;
}

/* What its ancestors have of it: of one that lives what was sampled. */
static uint64_t charged_ns(const struct ptree_node *node)
{
	return node->is_charged && node->is_charged_final && node->account
		   ? node->account->charged_ns
		   : usage_sampled_cpu_ns(node);
}

/* What it used since it was last sampled was nobody's yet. */
static void charge_cpu(struct ptree_tree *tree, struct ptree_node *node, uint64_t cpu_ns)
{
	uint64_t before_ns = charged_ns(node);
	uint64_t more_ns = cpu_ns > before_ns ? cpu_ns - before_ns : 0;
	struct ptree_node *heir = first_present_ancestor(node);

	/* One that nobody knew until its end used most of it before anybody looked. */
	if (!node->is_begin_exact && !node->sampled_ns)
		return;
	tree->exited_more_ns += more_ns;
	if (heir)
		activity_add_cpu(tree, heir, more_ns);
	tree->counts.exited_cpu_ns[lifetime_class(node)] += node->is_charged	   ? more_ns
							    : node->is_begin_exact ? cpu_ns
										   : more_ns;
}

void usage_charge(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_summary part;
	struct ptree_node *heir = first_present_ancestor(node);
	uint64_t part_cpu_ns;

	if (node->is_charged || node->is_placeholder)
		return;
	part = part_of(node);
	part_cpu_ns = part.cpu_ns;
	charge_cpu(tree, node, part.cpu_ns);
	if (node_rare(node)->summary)
		summary_add(&part, node->rare->summary);
	add_to_ancestors(tree, node, &part);
	node->is_charged = true;
	node->is_charged_failed = node_has_failed(node);
	node->is_charged_final = usage_is_final(node);
	if (node->is_charged_final)
		node->account->charged_ns = part_cpu_ns;
	tree->counts.exits++;
	if (heir && node_has_failed(node)) {
		tree->counts.failures++;
		activity_note(tree, heir, ACTIVITY_FAILURE);
	}
	if (heir)
		activity_pass_on(tree, node, heir);
	else
		activity_release(tree, node);
}

static void subtract(struct ptree_summary *from, const struct ptree_summary *part)
{
	from->gone -= from->gone >= part->gone ? part->gone : from->gone;
	from->failed -= from->failed >= part->failed ? part->failed : from->failed;
	from->cpu_ns -= from->cpu_ns >= part->cpu_ns ? part->cpu_ns : from->cpu_ns;
	from->cpu_unknown -=
	    from->cpu_unknown >= part->cpu_unknown ? part->cpu_unknown : from->cpu_unknown;
}

static void subtract_from_ancestors(struct ptree_node *node, const struct ptree_summary *part)
{
	struct ptree_node *ancestor = node->parent;

	for (unsigned i = 0; ancestor && i < USAGE_ANCESTORS_MAX; i++) {
		if (node_rare(ancestor)->summary)
			subtract(ancestor->rare->summary, part);
		ancestor = ancestor->has_ended ? ancestor->parent : NULL;
	}
}

/* As charge_cpu() counted it. */
static void uncount_cpu(struct ptree_tree *tree, const struct ptree_node *node)
{
	uint64_t *sum = &tree->counts.exited_cpu_ns[lifetime_class(node)];
	uint64_t counted_ns = charged_ns(node);

	if (!node->is_begin_exact)
		counted_ns = node->sampled_ns ? counted_ns - usage_sampled_cpu_ns(node) : 0;
	*sum -= *sum >= counted_ns ? counted_ns : *sum;
}

/* The name that was counted stays so: it is a rarity, and was there. */
void usage_uncharge(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_summary part;

	if (!node->is_charged)
		return;
	part = part_of(node);
	part.failed = node->is_charged_failed;
	part.cpu_ns = charged_ns(node);
	part.cpu_unknown = !node->is_charged_final;
	if (node_rare(node)->summary)
		summary_add(&part, node->rare->summary);
	subtract_from_ancestors(node, &part);
	uncount_cpu(tree, node);
	tree->counts.exits -= tree->counts.exits > 0;
	tree->counts.failures -= node->is_charged_failed && tree->counts.failures;
	node->is_charged = false;
}

void usage_recharge(struct ptree_tree *tree, struct ptree_node *node)
{
	uint64_t cpu_ns = usage_cpu_ns(node);
	struct ptree_summary part = {
		.failed = node_has_failed(node) && !node->is_charged_failed,
		.cpu_ns = cpu_ns > charged_ns(node) ? cpu_ns - charged_ns(node) : 0,
	};
	const struct ptree_summary unknown = { .cpu_unknown = 1 };
	struct ptree_node *heir = first_present_ancestor(node);

	if (!node->is_charged)
		return;
	charge_cpu(tree, node, cpu_ns);
	add_to_ancestors(tree, node, &part);
	if (usage_is_final(node) && !node->is_charged_final) {
		subtract_from_ancestors(node, &unknown);
		node->is_charged_final = true;
	}
	if (part.failed) {
		tree->counts.failures++;
		if (heir)
			activity_note(tree, heir, ACTIVITY_FAILURE);
	}
	node->is_charged_failed |= part.failed;
	if (node->is_charged_final && node->account)
		node->account->charged_ns = cpu_ns;
	tree->usage_generation++;
}

void usage_release(struct ptree_tree *tree, struct ptree_node *node)
{
	activity_release(tree, node);
	if (node->account)
		pool_put(&tree->accounts, node->account);
	node->account = NULL;
	if (!node_rare(node)->summary)
		return;
	pool_put(&tree->summaries, node->rare->summary);
	node->rare->summary = NULL;
}

/* ---- reading ---- */

const struct ptree_summary *ptree_node_summary(const struct ptree_node *node)
{
	const struct ptree_summary *summary = node_rare(node)->summary;

	return summary && summary->gone ? summary : NULL;
}

/* User and system time of the ticks, stretched to what is known of both together. */
static void split_cpu(const struct ptree_node *node, struct ptree_usage *usage)
{
	const struct account *account = node->account;
	uint64_t user_ns = account->cpu_user_ns, both_ns = user_ns + account->cpu_system_ns;

	if (!both_ns || both_ns < user_ns)
		return;
	usage->known |= PTREE_USAGE_CPU_SPLIT;
	usage->cpu_user_ns =
	    (uint64_t)((double)usage->cpu_ns * ((double)user_ns / (double)both_ns));
	usage->cpu_system_ns = usage->cpu_ns - usage->cpu_user_ns;
}

static void read_final(const struct ptree_node *node, struct ptree_usage *usage)
{
	const struct account *account = node->account;

	usage->is_final = true;
	usage->cpu_ns = final_cpu_ns(node);
	if (usage->cpu_ns) {
		usage->known |= PTREE_USAGE_CPU;
		split_cpu(node, usage);
	}
	if (account->known & PTREE_ACCOUNTING_MEMORY) {
		usage->known |= PTREE_USAGE_MAX_RSS;
		usage->max_rss_bytes = account->max_rss_bytes;
	}
	if (account->known & PTREE_ACCOUNTING_IO) {
		usage->known |= PTREE_USAGE_IO;
		usage->read_bytes = account->read_bytes;
		usage->write_bytes = account->write_bytes;
	}
}

static void read_sampled(const struct ptree_node *node, struct ptree_usage *usage)
{
	if (!usage_sampled_cpu_ns(node)) /* less than a tick, or nothing */
		return;
	usage->known |= PTREE_USAGE_CPU | PTREE_USAGE_CPU_SPLIT;
	usage->cpu_user_ns = node->cpu_user_ns;
	usage->cpu_system_ns = node->cpu_system_ns;
	usage->cpu_ns = usage_sampled_cpu_ns(node);
}

static void read_stat(const struct ptree_node *node, struct ptree_usage *usage)
{
	usage->known |= PTREE_USAGE_STAT;
	usage->nice = (int32_t)node->sample.nice;
	usage->priority = node->sample.priority;
	usage->pgrp = node->sample.pgrp;
	usage->tty = node->sample.tty;
	usage->virtual_bytes = node->sample.virtual_bytes;
	usage->minor_faults = node->sample.minor_faults;
	usage->major_faults = node->sample.major_faults;
}

static void read_usage(const struct ptree_node *node, struct ptree_usage *usage)
{
	*usage = (struct ptree_usage){ .sampled_ns = node->sampled_ns };
	if (usage_is_final(node))
		read_final(node, usage);
	else
		read_sampled(node, usage);
	if (node->sampled_ns && !node->has_ended) {
		usage->known |= PTREE_USAGE_WAITED;
		usage->waited_cpu_ns = node_rare(node)->waited_cpu_ns;
	}
	if (node->has_ended && elapsed_ns(node)) {
		usage->known |= PTREE_USAGE_ELAPSED;
		usage->elapsed_ns = elapsed_ns(node);
	}
	if (node->has_ended)
		return;
	if (node->sampled_ns && node->sample.state)
		read_stat(node, usage);
	usage->state = node->sample.state;
	usage->cpu_permille = node->sample.cpu_permille;
	usage->rss_bytes = node->sample.rss_bytes;
	usage->known |=
	    (node->sample.state ? PTREE_USAGE_RSS : 0) | (node->has_rate ? PTREE_USAGE_RATE : 0);
}

void ptree_node_usage_sized(const struct ptree_node *node, struct ptree_usage *usage, size_t size)
{
	struct ptree_usage whole;

	read_usage(node, &whole);
	sized_write(usage, size, &whole, sizeof(whole));
}
