/* SPDX-License-Identifier: MIT */
/* Rates and shares over the last ticks. It draws nothing and asks for no time. */
#include "model/meters.h"
#include "model/churn.h"

#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define WINDOW 10
/* So many more processes in so many ticks, and so large a part more, are not just a busy day. */
#define GROWTH_TICKS 5
#define GROWTH_LEAST 300
#define GROWTH_PART 4

static uint32_t per_second(uint64_t now, uint64_t before, uint64_t interval_ns)
{
	uint64_t more = now > before ? now - before : 0;

	return (uint32_t)((more * NS_PER_S + interval_ns / 2) / interval_ns);
}

static unsigned place(const struct meters *meters, unsigned back)
{
	return (meters->ticks - 1 - back) % METERS_HISTORY;
}

static uint64_t busy_ns(const struct ptree_host *host)
{
	struct ptree_cpu_times times;

	if (!ptree_host_cpu_times(host, SIZE_MAX, &times))
		return 0;
	return times.user_ns + times.nice_ns + times.system_ns + times.irq_ns + times.softirq_ns;
}

/* Without a second sample there is no rate: 0. */
static void note_transfer(struct meters *meters, const struct ptree_host *host,
			  enum ptree_channel channel, enum meters_rate in, enum meters_rate out)
{
	struct ptree_transfer transfer = { .has_rates = false };
	unsigned at = place(meters, 0);

	if (!ptree_host_transfer(host, channel, &transfer) || !transfer.has_rates)
		transfer.in_bytes_per_s = transfer.out_bytes_per_s = 0;
	meters->rates[in][at] = (uint32_t)((transfer.in_bytes_per_s + 1023) / 1024);
	meters->rates[out][at] = (uint32_t)((transfer.out_bytes_per_s + 1023) / 1024);
}

static void note_parts(struct meters *meters, const struct ptree_host *host)
{
	unsigned at = (meters->ticks - 1) % METERS_LONG_HISTORY;
	struct ptree_cpu_share share = { 0 };
	struct ptree_memory memory = { 0 };
	uint64_t used = 0;

	ptree_host_cpu_share(host, SIZE_MAX, &share);
	if (ptree_host_memory(host, &memory))
		used = memory.total_bytes - memory.available_bytes;
	meters->parts[METERS_CPU][at] = share.busy;
	meters->parts[METERS_MEMORY][at] =
	    (uint16_t)(memory.total_bytes ? (double)used * 1000 / (double)memory.total_bytes : 0);
}

static void find_spawner(struct meters *meters, const struct ptree_tree *tree)
{
	const struct ptree_node *busiest;

	meters->spawner_id = 0;
	if (!churn_rank(tree, &busiest, 1))
		return;
	meters->spawner_id = ptree_node_id(busiest);
	meters->spawner_forks_per_ks = ptree_node_activity(busiest)->forks_per_ks;
}

static void find_bomb(struct meters *meters, const struct ptree_tree *tree, uint64_t now_ns)
{
	uint32_t now = meters->live[place(meters, 0)], before;
	const struct ptree_node *node;

	meters->bomb_id = 0;
	meters->bomb_growth = 0;
	if (meters->ticks <= GROWTH_TICKS)
		return;
	before = meters->live[place(meters, GROWTH_TICKS)];
	if (now < before + GROWTH_LEAST || now < before + before / GROWTH_PART)
		return;
	node = churn_common_ancestor(tree, now_ns - GROWTH_TICKS * NS_PER_S);
	meters->bomb_id = node ? ptree_node_id(node) : 0;
	meters->bomb_growth = now - before;
}

void meters_tick(struct meters *meters, const struct ptree_tree *tree,
		 const struct ptree_host *host, uint64_t now_ns)
{
	uint64_t interval_ns = now_ns - meters->tick_ns;
	struct ptree_tree_counts now;
	unsigned at;

	ptree_tree_get_counts(tree, &now);
	if (meters->tick_ns && now_ns > meters->tick_ns) {
		meters->ticks++;
		at = place(meters, 0);
		meters->rates[METERS_FORKS][at] =
		    per_second(now.forks, meters->before.forks, interval_ns);
		meters->rates[METERS_EXECS][at] =
		    per_second(now.execs, meters->before.execs, interval_ns);
		meters->rates[METERS_FAILURES][at] =
		    per_second(now.failures, meters->before.failures, interval_ns);
		note_transfer(meters, host, PTREE_CHANNEL_DISK, METERS_DISK_READ,
			      METERS_DISK_WRITTEN);
		note_transfer(meters, host, PTREE_CHANNEL_NETWORK, METERS_NET_RECEIVED,
			      METERS_NET_SENT);
		note_parts(meters, host);
		meters->live[at] = (uint32_t)now.live;
		meters->busy_ns[at] = busy_ns(host);
		memcpy(meters->exited_cpu_ns[at], now.exited_cpu_ns,
		       sizeof(meters->exited_cpu_ns[at]));
		find_spawner(meters, tree);
		find_bomb(meters, tree, now_ns);
	}
	meters->before = now;
	meters->tick_ns = now_ns;
}

uint32_t meters_rate(const struct meters *meters, enum meters_rate which, unsigned back)
{
	if (back >= meters->ticks || back >= METERS_HISTORY)
		return 0;
	return meters->rates[which][place(meters, back)];
}

uint32_t meters_part(const struct meters *meters, enum meters_part which, unsigned back)
{
	if (back >= meters->ticks || back >= METERS_LONG_HISTORY)
		return 0;
	return meters->parts[which][(meters->ticks - 1 - back) % METERS_LONG_HISTORY];
}

bool meters_lifetimes(const struct meters *meters, uint32_t permille[METERS_LIFETIMES])
{
	unsigned now, before;
	uint64_t busy;

	if (meters->ticks < 3)
		return false;
	now = place(meters, 0);
	before = place(meters, meters->ticks > WINDOW ? WINDOW : meters->ticks - 1);
	busy = meters->busy_ns[now] - meters->busy_ns[before];
	if (busy < NS_PER_S / 20 || meters->busy_ns[now] < meters->busy_ns[before])
		return false;
	for (unsigned i = 0; i < METERS_LIFETIMES; i++) {
		uint64_t most = meters->exited_cpu_ns[now][i];
		uint64_t least = meters->exited_cpu_ns[before][i];
		/* It is taken back of one that turns out not to be over. */
		uint64_t used = most > least ? most - least : 0;

		permille[i] = used >= busy ? 1000 : (uint32_t)(used * 1000 / busy);
	}
	return true;
}
