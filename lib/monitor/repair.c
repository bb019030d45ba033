/* SPDX-License-Identifier: MIT */
/* When to read all of /proc, and what that means to the tree; see repair.h. */
#include "repair.h"
#include "model/tree.h"
#include "told.h"

#define SCAN_THREADS 2
/* After a loss that none has followed for so long the next scan is not put off any more. */
#define LOSSES_OVER_NS (300 * NS_PER_MS)
/* So many scans in a row that were not whole, and something stands in the way. */
#define FAILED_MAX 5
/* Of a scan's own duration: how long to leave /proc alone after it; and what that is at least. */
#define REPAIR_PAUSE 3
#define REPAIR_PAUSE_MIN_NS (50 * NS_PER_MS)
#define POLL_PAUSE 20
#define POLL_PAUSE_MIN_NS (NS_PER_S / 2)
#define CHECK_PAUSE_MIN_NS (2 * NS_PER_S)
/* Events this much younger than a scan's start prove that those from before it have been read. */
#define ORDER_SLACK_NS (200 * NS_PER_MS)

/* ---- when ---- */

void repair_note_loss(struct repair *repair)
{
	repair->is_needed = true;
	repair->loss_ns = ptree_boot_now_ns();
}

void repair_forget_losses(struct repair *repair)
{
	repair->is_needed = false;
}

int repair_scan(struct repair *repair)
{
	int err = scan_start(&repair->scan, repair->procfs, 0, SCAN_THREADS, repair->wake_fd);

	if (err) {
		repair->scan = NULL;
		repair->end_ns = ptree_boot_now_ns(); /* try again, but not at once */
		return err;
	}
	repair->is_for_loss = repair->is_needed;
	repair->is_needed = false;
	return 0;
}

/* Boot time until which /proc is to be left alone. */
static uint64_t rested_ns(const struct repair *repair, uint64_t pause, uint64_t least_ns)
{
	uint64_t rest_ns = repair->duration_ns * pause;

	return repair->end_ns + (rest_ns > least_ns ? rest_ns : least_ns);
}

/* Boot time at which the next scan may begin. While losses go on it is to leave /proc alone now and
   then; of the last one it is to make good at once. */
static uint64_t due_ns(const struct repair *repair)
{
	uint64_t rest_over_ns = rested_ns(repair, REPAIR_PAUSE, REPAIR_PAUSE_MIN_NS);
	uint64_t losses_over_ns = repair->loss_ns + LOSSES_OVER_NS;

	return rest_over_ns < losses_over_ns ? rest_over_ns : losses_over_ns;
}

/* What it has read already was before the loss. While losses go on there is no point in that. */
static bool is_outdated(const struct repair *repair, uint64_t now_ns)
{
	return repair->scan && scan_start_ns(repair->scan) < repair->loss_ns &&
	       now_ns >= repair->loss_ns + LOSSES_OVER_NS;
}

void repair_go_on(struct repair *repair, uint64_t now_ns)
{
	if (is_outdated(repair, now_ns)) {
		scan_free(repair->scan);
		repair->scan = NULL;
	}
	if (!repair->scan && now_ns >= due_ns(repair))
		repair_scan(repair);
}

uint64_t repair_wait_ns(const struct repair *repair, uint64_t now_ns)
{
	uint64_t until_ns = repair->scan ? repair->loss_ns + LOSSES_OVER_NS : due_ns(repair);

	return until_ns > now_ns ? until_ns - now_ns : 1;
}

/* One that failed is done again at once: the tick is pause enough. */
void repair_poll(struct repair *repair, uint64_t now_ns)
{
	if (!repair->scan &&
	    (repair->failed || now_ns >= rested_ns(repair, POLL_PAUSE, POLL_PAUSE_MIN_NS)))
		repair_scan(repair);
}

void repair_check(struct repair *repair, uint64_t now_ns)
{
	size_t unknown = repair->tree->placeholder_count;

	if (unknown < repair->unknown_left)
		repair->unknown_left = unknown;
	if (!repair->reaping->has_overflowed && unknown <= repair->unknown_left)
		return;
	if (repair->scan || now_ns < rested_ns(repair, POLL_PAUSE, CHECK_PAUSE_MIN_NS))
		return;
	repair->reaping->has_overflowed = false;
	repair_scan(repair);
}

/* ---- what it says ---- */

/* Our own threads are nobody's affair, those of the program that we are a part of are. */
static size_t drop_own(const struct repair *repair, pid_t *tids, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!own_is_task(repair->own, tids[i]))
			tids[kept++] = tids[i];
	}
	return kept;
}

static void observe_tasks(struct repair *repair, struct scan_entry *entry)
{
	if (entry->process.pid == repair->own->pid)
		entry->tid_count = drop_own(repair, entry->tids, entry->tid_count);
	if (entry->tids || entry->process.thread_count <= 1)
		ptree_tree_observe_tasks(repair->tree, &entry->process, entry->tids,
					 entry->tid_count);
}

static int take_entry(struct repair *repair, struct scan_entry *entry)
{
	const struct ptree_node *node = tree_latest(repair->tree, entry->process.pid);
	uint64_t known_zombie_id = node && node->is_zombie ? node->id : 0;
	int err = ptree_tree_observe(repair->tree, &entry->process);

	node = tree_latest(repair->tree, entry->process.pid);
	if (err || !node)
		return err;
	observe_tasks(repair, entry);
	if (node->is_zombie && node->id != known_zombie_id)
		reaping_zombie_seen(repair->reaping, node->id);
	return 0;
}

static void finish_whole(struct repair *repair, uint64_t began_ns)
{
	ptree_tree_sweep(repair->tree, began_ns);
	repair->unknown_left = repair->tree->placeholder_count;
	repair->failed = 0;
	if (repair->is_for_loss) {
		repair->count++;
		told_compared(repair->tree, repair->end_ns);
	}
}

static void finish_failed(struct repair *repair, int error)
{
	repair->unknown_left = 0;
	repair->failed++;
	repair->error = error;
	repair->loss_ns = repair->end_ns; /* again, but not at once */
}

static enum repair_outcome finish(struct repair *repair)
{
	uint64_t began_ns = scan_start_ns(repair->scan);
	int error = scan_error(repair->scan);

	scan_free(repair->scan);
	repair->scan = NULL;
	repair->end_ns = ptree_boot_now_ns();
	repair->duration_ns = repair->end_ns - began_ns;
	if (error < 0)
		finish_failed(repair, error);
	else
		finish_whole(repair, began_ns);
	texts_want_all_unknown(repair->texts);
	repair->is_for_loss = false;
	return error < 0 ? REPAIR_FAILED : REPAIR_WHOLE;
}

static int take_entries(struct repair *repair, uint64_t deadline_ns)
{
	struct scan_entry entries[64];
	size_t count;
	int result = 0;

	do {
		count = scan_take(repair->scan, entries, 64);
		for (size_t i = 0; i < count; i++) {
			int err = take_entry(repair, &entries[i]);

			result = result ? result : err;
			scan_entry_clear(&entries[i]);
		}
	} while (count && ptree_boot_now_ns() < deadline_ns);
	return result;
}

/* Everything from before the scan is in the tree. */
static bool is_past_start(const struct repair *repair, uint64_t read_until_ns)
{
	return read_until_ns > scan_start_ns(repair->scan) + ORDER_SLACK_NS;
}

int repair_take(struct repair *repair, uint64_t deadline_ns, uint64_t read_until_ns,
		enum repair_outcome *outcome)
{
	int err;

	*outcome = REPAIR_NONE;
	if (!repair->scan)
		return 0;
	err = take_entries(repair, deadline_ns);
	if (scan_is_done(repair->scan) && is_past_start(repair, read_until_ns))
		*outcome = finish(repair);
	return err;
}

int repair_error(const struct repair *repair)
{
	return repair->failed >= FAILED_MAX ? repair->error : 0;
}

void repair_clear(struct repair *repair)
{
	scan_free(repair->scan);
	repair->scan = NULL;
}
