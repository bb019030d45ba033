/* SPDX-License-Identifier: MIT */
/*
 * Records of the kernel's accounting that wait for their EXIT; see accounting.h.
 *
 * A pid can be used again before its record is asked for, and either side can lose messages. So
 * the records of a task are a queue, the oldest first, and one that lived longer than its process
 * can have is not this one's: it belongs to an exit that was lost.
 */
#include "accounting.h"

#include <errno.h>

#define WAITING_MAX 16384
#define WAITING_NS (10 * NS_PER_S)
#define BATCH 64
/* The kernel takes the one figure a little before, the other a little after the event's time. */
#define SLACK_NS (100 * NS_PER_MS)

struct waiting {
	struct waiting *next; /* in the order of arrival */
	struct waiting *prev;
	struct waiting *newer; /* of the same task */
	uint64_t since_ns;
	struct ptree_accounting task;
	struct ptree_accounting process; /* pid 0: none */
};

void accounting_open(struct accounting *accounting)
{
	accounting_close(accounting);
	pool_init(&accounting->pool, sizeof(struct waiting));
	accounting->error = ptree_taskstats_open(&accounting->taskstats, 0);
}

void accounting_close(struct accounting *accounting)
{
	struct ptree_taskstats_stats stats;

	if (accounting->taskstats) {
		ptree_taskstats_get_stats(accounting->taskstats, &stats);
		accounting->dropped_before += stats.dropped + stats.malformed;
	}
	ptree_taskstats_close(accounting->taskstats);
	accounting->taskstats = NULL;
	accounting->unmatched += accounting->count;
	map_clear(&accounting->waiting);
	pool_clear(&accounting->pool);
	accounting->first = accounting->last = NULL;
	accounting->count = 0;
}

static void unlink_waiting(struct accounting *accounting, struct waiting *waiting)
{
	if (waiting->prev)
		waiting->prev->next = waiting->next;
	else
		accounting->first = waiting->next;
	if (waiting->next)
		waiting->next->prev = waiting->prev;
	else
		accounting->last = waiting->prev;
	accounting->count--;
}

/* Removes the oldest record of a task. */
static void drop_oldest_of(struct accounting *accounting, struct waiting *waiting)
{
	uint64_t key = (uint64_t)waiting->task.pid;

	if (waiting->newer)
		map_set(&accounting->waiting, key, waiting->newer); /* replaces: cannot fail */
	else
		map_remove(&accounting->waiting, key);
	unlink_waiting(accounting, waiting);
	pool_put(&accounting->pool, waiting);
}

/* The oldest record of all is the oldest of its task, too. */
static void make_room(struct accounting *accounting)
{
	while (accounting->count >= WAITING_MAX) {
		accounting->unmatched++;
		drop_oldest_of(accounting, accounting->first);
	}
}

static int add(struct accounting *accounting, const struct ptree_accounting *record,
	       uint64_t now_ns)
{
	struct waiting *oldest = map_find(&accounting->waiting, (uint64_t)record->pid);
	struct waiting *waiting = pool_get(&accounting->pool);

	if (!waiting ||
	    (!oldest && map_set(&accounting->waiting, (uint64_t)record->pid, waiting))) {
		if (waiting)
			pool_put(&accounting->pool, waiting);
		return -ENOMEM;
	}
	waiting->task = *record;
	waiting->since_ns = now_ns;
	while (oldest && oldest->newer)
		oldest = oldest->newer;
	if (oldest)
		oldest->newer = waiting;
	waiting->prev = accounting->last;
	if (waiting->prev)
		waiting->prev->next = waiting;
	else
		accounting->first = waiting;
	accounting->last = waiting;
	accounting->count++;
	return 0;
}

static int keep(struct accounting *accounting, const struct ptree_accounting *record,
		uint64_t now_ns)
{
	if (record->pid <= 0)
		return 0;
	/* The sums of a process follow the record of its last task at once. */
	if (record->is_process) {
		if (accounting->last)
			accounting->last->process = *record;
		return 0;
	}
	make_room(accounting);
	return add(accounting, record, now_ns);
}

void accounting_expire(struct accounting *accounting, uint64_t now_ns)
{
	while (accounting->first && accounting->first->since_ns + WAITING_NS < now_ns) {
		accounting->unmatched++;
		drop_oldest_of(accounting, accounting->first);
	}
}

int accounting_drain(struct accounting *accounting, uint64_t now_ns)
{
	struct ptree_accounting records[BATCH];
	int result = 0;
	int count;

	if (!accounting->taskstats)
		return 0;
	while ((count = ptree_taskstats_receive(accounting->taskstats, records, BATCH)) > 0) {
		for (int i = 0; i < count; i++) {
			int err = keep(accounting, &records[i], now_ns);

			result = result ? result : err;
		}
	}
	return result;
}

static bool is_possible(const struct ptree_accounting *record, uint64_t lived_ns)
{
	return !lived_ns || !(record->known & PTREE_ACCOUNTING_ELAPSED) ||
	       record->elapsed_ns <= lived_ns + SLACK_NS;
}

unsigned accounting_take(struct accounting *accounting, pid_t tid, uint64_t lived_ns,
			 struct ptree_accounting records[2])
{
	struct waiting *waiting;
	unsigned count = 1;

	if (!accounting->taskstats)
		return 0;
	while ((waiting = map_find(&accounting->waiting, (uint64_t)tid)) &&
	       !is_possible(&waiting->task, lived_ns)) {
		accounting->unmatched++;
		drop_oldest_of(accounting, waiting);
	}
	if (!waiting) {
		accounting->missing++;
		return 0;
	}
	accounting->joined++;
	records[0] = waiting->task;
	if (waiting->process.pid)
		records[count++] = waiting->process;
	drop_oldest_of(accounting, waiting);
	return count;
}

uint64_t accounting_lost(const struct accounting *accounting)
{
	struct ptree_taskstats_stats stats = { 0 };

	if (accounting->taskstats)
		ptree_taskstats_get_stats(accounting->taskstats, &stats);
	return accounting->dropped_before + stats.dropped + stats.malformed;
}
