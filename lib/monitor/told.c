/* SPDX-License-Identifier: MIT */
/* Facts about the machine and about how the tree is kept current; see told.h. Without memory they
   are not told: the next ones are. */
#include "told.h"
#include "base/units.h"
#include "proc/procfs.h"
#include "proc/users.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CPUS_TOLD 1024

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void told_clock(struct ptree_tree *tree, const struct ptree_procfs *procfs)
{
	struct ptree_fact fact = { .kind = PTREE_FACT_CLOCK,
				   .source = PTREE_FACT_READ,
				   .time_ns = ptree_boot_now_ns() };
	size_t most = sizeof(fact.u.clock.boot_id) - 1;
	ssize_t size;

	fact.u.clock.real_offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME);
	size = procfs_read_path(procfs, "sys/kernel/random/boot_id", fact.u.clock.boot_id, most);
	fact.u.clock.boot_id[size > 0 ? size : 0] = '\0';
	fact.u.clock.boot_id[strcspn(fact.u.clock.boot_id, "\n")] = '\0';
	ptree_tree_learn(tree, &fact);
}

static bool is_known(const struct ptree_tree *tree, const struct ptree_fact *fact)
{
	struct ptree_fact last;

	return ptree_tree_last_fact(tree, PTREE_FACT_SOURCE, &last) &&
	       last.u.source.state == fact->u.source.state &&
	       last.u.source.reason == fact->u.source.reason &&
	       last.u.source.lost == fact->u.source.lost &&
	       last.u.source.execs == fact->u.source.execs &&
	       last.u.source.argv_read == fact->u.source.argv_read &&
	       last.u.source.argv_late == fact->u.source.argv_late;
}

void told_source(struct ptree_tree *tree, const struct ptree_monitor_status *status)
{
	const struct ptree_fact fact = {
		.kind = PTREE_FACT_SOURCE,
		.source = PTREE_FACT_READ,
		.time_ns = ptree_boot_now_ns(),
		.u.source = { .state = (uint8_t)status->state,
			      .reason = status->reason,
			      .lost = status->lost,
			      .execs = status->execs,
			      .argv_read = status->argv_read,
			      .argv_late = status->argv_late },
	};

	if (!is_known(tree, &fact))
		ptree_tree_learn(tree, &fact);
}

static void take_shares(const struct ptree_host *host, struct ptree_fact *fact)
{
	struct ptree_cpu_share share;

	if (!ptree_host_cpu_share(host, SIZE_MAX, &share))
		return;
	fact->u.host.user = share.user;
	fact->u.host.nice = share.nice;
	fact->u.host.system = share.system;
	fact->u.host.irq = share.irq;
	fact->u.host.steal = share.steal;
	fact->u.host.iowait = share.iowait;
	fact->u.host.busy = share.busy;
}

static void take_memory(const struct ptree_host *host, struct ptree_fact *fact)
{
	struct ptree_memory memory;

	if (!ptree_host_memory(host, &memory))
		return;
	fact->u.host.total_bytes = memory.total_bytes;
	fact->u.host.available_bytes = memory.available_bytes;
	fact->u.host.swap_total_bytes = memory.swap_total_bytes;
	fact->u.host.swap_free_bytes = memory.swap_free_bytes;
}

static void take_load(const struct ptree_host *host, struct ptree_fact *fact)
{
	double load[3];

	ptree_host_tasks(host, &fact->u.host.runnable, &fact->u.host.forks);
	if (!ptree_host_load(host, load))
		return;
	for (unsigned i = 0; i < 3; i++)
		fact->u.host.load[i] =
		    load[i] < UINT16_MAX / 100 ? (uint16_t)(load[i] * 100) : UINT16_MAX;
}

/* Returns the number of bytes. */
static size_t put_cpus(const struct ptree_host *host, unsigned char busy[2 * CPUS_TOLD])
{
	size_t count = ptree_host_cpu_count(host);

	count = count < CPUS_TOLD ? count : CPUS_TOLD;
	for (size_t i = 0; i < count; i++) {
		struct ptree_cpu_share share = { 0 };

		ptree_host_cpu_share(host, i, &share);
		busy[2 * i] = (unsigned char)share.busy;
		busy[2 * i + 1] = (unsigned char)(share.busy >> 8);
	}
	return 2 * count;
}

void told_host(struct ptree_tree *tree, const struct ptree_host *host)
{
	unsigned char busy[2 * CPUS_TOLD];
	struct ptree_fact fact = { .kind = PTREE_FACT_HOST,
				   .source = PTREE_FACT_READ,
				   .time_ns = ptree_host_sampled_ns(host, NULL) };
	struct ptree_fact last;

	if (ptree_tree_last_fact(tree, PTREE_FACT_HOST, &last) && last.time_ns == fact.time_ns)
		return;
	take_shares(host, &fact);
	take_memory(host, &fact);
	take_load(host, &fact);
	fact.u.host.cpu = busy;
	fact.u.host.cpu_size = put_cpus(host, busy);
	fact.u.host.cpus = (uint16_t)(fact.u.host.cpu_size / 2);
	ptree_tree_learn(tree, &fact);
}

void told_compared(struct ptree_tree *tree, uint64_t boot_ns)
{
	const struct ptree_fact fact = { .kind = PTREE_FACT_COMPARED,
					 .source = PTREE_FACT_INFERRED,
					 .is_news = true,
					 .time_ns = boot_ns };

	ptree_tree_learn(tree, &fact);
}

int ptree_tree_learn_users(struct ptree_tree *tree, struct ptree_users *users)
{
	struct ptree_fact fact = { .kind = PTREE_FACT_USER,
				   .source = PTREE_FACT_READ,
				   .time_ns = ptree_boot_now_ns() };
	int count = 0;

	for (; (fact.u.user.name = users_untold(users, &fact.u.user.uid)); count++) {
		fact.u.user.size = strlen(fact.u.user.name);
		if (ptree_tree_learn(tree, &fact))
			return -ENOMEM;
		users_told(users);
	}
	return count;
}
