/* SPDX-License-Identifier: MIT */
/*
 * A scan: threads that read every entry of /proc, and the batches in which they hand them over.
 * What the entries mean is up to the one who takes them.
 *
 * The first thread reads the list of processes, starts the helpers, and joins them when nothing is
 * left to draw. So the list is written before anyone else reads it, and the owner has one thread to
 * join. The lock is held for moments only, once a batch.
 */
#include "scan.h"
#include "base/hand.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BATCH_SIZE 64
#define HELPERS_MAX 7
#define THREAD_NAME HAND_NAME_PREFIX "scan"
#define DESCRIPTOR_WAIT_NS 1000000
#define DESCRIPTOR_TRIES 10

struct batch {
	struct batch *next;
	size_t count, taken;
	struct scan_entry entries[BATCH_SIZE];
};

struct scan {
	struct ptree_procfs *procfs;
	unsigned what;
	unsigned helpers;
	int wake_fd;
	uint64_t start_ns;
	pthread_t leader;
	pid_t *pids;
	atomic_size_t pid_count, next, done;
	atomic_int error;
	atomic_bool is_stopping;
	pthread_mutex_t lock;
	/* under the lock: */
	struct batch *first, *last;
	bool is_over, is_awaited; /* is_awaited: the owner was woken and has not come yet */
};

void scan_entry_clear(struct scan_entry *entry)
{
	ptree_process_clear(&entry->process);
	free(entry->tids);
	*entry = (struct scan_entry){ 0 };
}

static void free_batch(struct batch *batch)
{
	for (size_t i = batch->taken; i < batch->count; i++)
		scan_entry_clear(&batch->entries[i]);
	free(batch);
}

/* ---- the threads ---- */

/* Called with the lock. */
static void wake_owner(struct scan *scan)
{
	const uint64_t one = 1;

	/* It fails when the counter is full, and then the owner is about to come anyway. */
	scan->is_awaited = scan->is_awaited || write(scan->wake_fd, &one, sizeof(one)) > 0;
}

static void hand_over(struct scan *scan, struct batch *batch)
{
	pthread_mutex_lock(&scan->lock);
	if (scan->first)
		scan->last->next = batch;
	else
		scan->first = batch;
	scan->last = batch;
	wake_owner(scan);
	pthread_mutex_unlock(&scan->lock);
}

/* The first error is the one that is kept. */
static void note_error(struct scan *scan, int error)
{
	int none = 0;

	if (error != -ESRCH && error != -EACCES && error != -EBADMSG && error != -EIO)
		atomic_compare_exchange_strong(&scan->error, &none, error);
}

/* Others' files take up the last descriptors for moments only. True: try once more. */
static bool await_descriptor(const struct scan *scan, int error, unsigned *tries)
{
	const struct timespec moment = { .tv_nsec = DESCRIPTOR_WAIT_NS };

	if ((error != -EMFILE && error != -ENFILE) || scan->is_stopping ||
	    ++*tries > DESCRIPTOR_TRIES)
		return false;
	nanosleep(&moment, NULL);
	return true;
}

static bool read_entry(struct scan *scan, pid_t pid, struct scan_entry *entry)
{
	unsigned tries = 0;
	ssize_t count = 0;
	int err;

	do
		err = ptree_procfs_read(scan->procfs, pid, scan->what, &entry->process);
	while (err && await_descriptor(scan, err, &tries));
	if (err) {
		note_error(scan, err);
		return false;
	}
	entry->tids = NULL;
	do
		count = entry->process.thread_count > 1
			    ? ptree_procfs_tasks(scan->procfs, pid, &entry->tids)
			    : 0;
	while (count < 0 && await_descriptor(scan, (int)count, &tries));
	if (count < 0)
		note_error(scan, (int)count);
	entry->tid_count = count > 0 ? (size_t)count : 0;
	return true;
}

static void read_batch(struct scan *scan, const pid_t *pids, size_t count)
{
	struct batch *batch = malloc(sizeof(*batch));

	if (!batch) {
		note_error(scan, -ENOMEM);
		return;
	}
	batch->next = NULL;
	batch->count = batch->taken = 0;
	for (size_t i = 0; i < count && !scan->is_stopping; i++)
		batch->count += read_entry(scan, pids[i], &batch->entries[batch->count]);
	if (batch->count)
		hand_over(scan, batch);
	else
		free(batch);
}

static void draw_batches(struct scan *scan)
{
	size_t total = scan->pid_count;

	while (!scan->is_stopping) {
		size_t at = atomic_fetch_add(&scan->next, BATCH_SIZE);
		size_t left = at < total ? total - at : 0;
		size_t count = left < BATCH_SIZE ? left : BATCH_SIZE;

		if (!count)
			break;
		read_batch(scan, scan->pids + at, count);
		scan->done += count;
	}
}

static void *help(void *argument)
{
	draw_batches(argument);
	return NULL;
}

static void list_pids(struct scan *scan)
{
	ssize_t count = ptree_procfs_pids(scan->procfs, &scan->pids);

	if (count < 0)
		atomic_store(&scan->error, (int)count);
	else
		scan->pid_count = (size_t)count;
}

/* Fewer helpers than wanted do as well, only later. */
static unsigned start_helpers(struct scan *scan, pthread_t helpers[HELPERS_MAX])
{
	unsigned started = 0;

	while (started < scan->helpers && scan->pid_count > (started + 1) * BATCH_SIZE &&
	       !start_thread(&helpers[started], THREAD_NAME, HAND_STACK_SMALL, help, scan))
		started++;
	return started;
}

static void *lead(void *argument)
{
	struct scan *scan = argument;
	pthread_t helpers[HELPERS_MAX];
	unsigned started;

	list_pids(scan);
	started = start_helpers(scan, helpers);
	draw_batches(scan);
	while (started)
		pthread_join(helpers[--started], NULL);
	pthread_mutex_lock(&scan->lock);
	scan->is_over = true;
	wake_owner(scan);
	pthread_mutex_unlock(&scan->lock);
	return NULL;
}

/* ---- the owner's side ---- */

int scan_start(struct scan **out, struct ptree_procfs *procfs, unsigned what, unsigned threads,
	       int wake_fd)
{
	struct scan *scan = threads ? calloc(1, sizeof(*scan)) : NULL;
	int err;

	if (!scan)
		return threads ? -ENOMEM : -EINVAL;
	scan->procfs = procfs;
	scan->what = what;
	scan->helpers = threads <= HELPERS_MAX ? threads - 1 : HELPERS_MAX;
	scan->wake_fd = wake_fd;
	scan->start_ns = ptree_boot_now_ns();
	pthread_mutex_init(&scan->lock, NULL);
	err = start_thread(&scan->leader, THREAD_NAME, HAND_STACK_SMALL, lead, scan);
	if (err) {
		pthread_mutex_destroy(&scan->lock);
		free(scan);
		return err;
	}
	*out = scan;
	return 0;
}

/* Called with the lock. */
static size_t take_from_first(struct scan *scan, struct scan_entry *out, size_t max)
{
	struct batch *batch = scan->first;
	size_t count = 0;

	while (count < max && batch->taken < batch->count)
		out[count++] = batch->entries[batch->taken++];
	if (batch->taken == batch->count) {
		scan->first = batch->next;
		free(batch);
	}
	return count;
}

size_t scan_take(struct scan *scan, struct scan_entry *out, size_t max)
{
	size_t count = 0;

	pthread_mutex_lock(&scan->lock);
	scan->is_awaited = false;
	while (count < max && scan->first)
		count += take_from_first(scan, out + count, max - count);
	if (scan->first)
		wake_owner(scan);
	pthread_mutex_unlock(&scan->lock);
	return count;
}

bool scan_is_done(struct scan *scan)
{
	bool is_done;

	pthread_mutex_lock(&scan->lock);
	is_done = scan->is_over && !scan->first;
	pthread_mutex_unlock(&scan->lock);
	return is_done;
}

int scan_error(struct scan *scan)
{
	return scan->error;
}

uint64_t scan_start_ns(const struct scan *scan)
{
	return scan->start_ns;
}

void scan_get_progress(struct scan *scan, size_t *done, size_t *total)
{
	*done = scan->done;
	*total = scan->pid_count;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	scan->is_stopping = true;
	pthread_join(scan->leader, NULL);
	while (scan->first) {
		struct batch *batch = scan->first;

		scan->first = batch->next;
		free_batch(batch);
	}
	pthread_mutex_destroy(&scan->lock);
	free(scan->pids);
	free(scan);
}
