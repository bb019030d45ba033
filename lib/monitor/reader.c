/* SPDX-License-Identifier: MIT */
/*
 * Reading what can hang, off the main thread. Which process to read, and what to make of it, is up
 * to the asker.
 *
 * A job is an item: allocated when it is submitted, it passes from the queue to a thread to the
 * results and is freed when it is collected, so that no answer can be lost for want of memory.
 *
 * The reader counts its users, which are the owner and the threads: whoever leaves last takes it
 * down. A thread that is stuck is abandoned: its item is taken from it and another thread replaces
 * it. It touches nothing but its own until it finds, under the lock, that nobody waits for it.
 */
#include "reader.h"
#include "base/start-thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define GIVE_UP_NS UINT64_C(2000000000)

struct item {
	struct item *next;
	struct reader_result result;
};

struct queue {
	struct item *first, *last;
};

/* One thread. */
struct hand {
	struct reader *reader;
	struct hand *next;
	struct item *item; /* what it reads; NULL: it is idle, or the item was taken from it */
	uint64_t since_ns;
	bool is_abandoned; /* no longer among reader->hands */
};

struct reader {
	struct ptree_procfs *procfs;
	struct reader_source source;
	size_t argv_max;
	int wake_fd;
	unsigned hands_wanted;
	size_t pending; /* the owner's: submitted and not collected */
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	/* under the lock: */
	unsigned users;
	unsigned idle, stuck;
	unsigned hand_count;
	struct hand *hands;
	struct queue jobs, results;
	bool is_closed;
	bool is_awaited; /* the owner was woken and has not come yet */
};

/* ---- queues ---- */

static void push_front(struct queue *queue, struct item *item)
{
	item->next = queue->first;
	queue->first = item;
	if (!item->next)
		queue->last = item;
}

static void push_back(struct queue *queue, struct item *item)
{
	item->next = NULL;
	if (queue->first)
		queue->last->next = item;
	else
		queue->first = item;
	queue->last = item;
}

static struct item *pop(struct queue *queue)
{
	struct item *item = queue->first;

	if (item)
		queue->first = item->next;
	return item;
}

static void free_item(struct item *item)
{
	free(item->result.argv);
	free(item);
}

static void clear_queue(struct queue *queue)
{
	struct item *item;

	while ((item = pop(queue)))
		free_item(item);
}

/* ---- life; these are called with the lock ---- */

static void destroy(struct reader *reader)
{
	ptree_procfs_close(reader->procfs);
	if (reader->wake_fd >= 0)
		close(reader->wake_fd);
	pthread_cond_destroy(&reader->has_work);
	pthread_mutex_destroy(&reader->lock);
	free(reader);
}

/* Gives the lock back; the reader may be gone then. */
static void leave(struct reader *reader)
{
	bool is_last = --reader->users == 0;

	pthread_mutex_unlock(&reader->lock);
	if (is_last)
		destroy(reader);
}

static void unlink_hand(struct reader *reader, struct hand *hand)
{
	struct hand **link = &reader->hands;

	while (*link != hand)
		link = &(*link)->next;
	*link = hand->next;
	reader->hand_count--;
}

static void wake_owner(struct reader *reader)
{
	const uint64_t one = 1;

	/* It fails when the counter is full, and then the owner is about to come anyway. */
	reader->is_awaited = reader->is_awaited || write(reader->wake_fd, &one, sizeof(one)) > 0;
}

static void deliver(struct reader *reader, struct item *item)
{
	push_back(&reader->results, item);
	wake_owner(reader);
}

/* ---- the threads ---- */

static void read_argv(struct reader *reader, struct reader_result *result, bool may_hang)
{
	int err = -EBUSY;

	if (may_hang)
		err = reader->source.argv(reader->procfs, result->job.pid, reader->argv_max,
					  &result->argv, &result->argv_size, &result->argv_status);
	if (err)
		result->argv_status = err == -ESRCH ? PTREE_ARGV_LATE : PTREE_ARGV_FAILED;
	result->error = err;
}

static void read_comm(struct reader *reader, struct reader_result *result)
{
	int err = ptree_procfs_comm(reader->procfs, result->job.pid, result->comm);

	result->has_comm = !err;
	/* Arguments that were read are no less true because the process is gone now. */
	if (!(result->job.what & READER_ARGV))
		result->error = err;
}

/* The process may have been another one all along, with the same pid. */
static void check_identity(struct reader *reader, struct reader_result *result)
{
	uint64_t start_ns;
	int err = ptree_procfs_start_time(reader->procfs, result->job.pid, &start_ns);

	if (!err && start_ns == result->job.start_ns)
		return;
	free(result->argv);
	result->argv = NULL;
	result->argv_size = 0;
	result->has_comm = false;
	result->error = err ? err : -ESRCH;
	if (result->job.what & READER_ARGV)
		result->argv_status = result->error == -ESRCH ? PTREE_ARGV_LATE : PTREE_ARGV_FAILED;
}

/* What vanishes first is read first: the arguments go with the memory, the name with the pid. */
static void do_job(struct reader *reader, struct reader_result *result, bool may_hang)
{
	if (result->job.what & READER_ARGV)
		read_argv(reader, result, may_hang);
	if (result->job.what & READER_COMM)
		read_comm(reader, result);
	if (result->job.start_ns && (result->has_comm || !result->error))
		check_identity(reader, result);
}

/* Called with the lock. False: there is nothing to do any more. */
static bool wait_for_job(struct hand *hand)
{
	struct reader *reader = hand->reader;

	while (!reader->is_closed && !reader->jobs.first) {
		reader->idle++;
		pthread_cond_wait(&reader->has_work, &reader->lock);
		reader->idle--;
	}
	if (reader->is_closed)
		return false;
	hand->item = pop(&reader->jobs);
	hand->since_ns = hand->item->result.read_ns = ptree_boot_now_ns();
	return true;
}

/* Called with the lock, which it gives back while it reads. False: it was given up meanwhile. */
static bool read_item(struct hand *hand)
{
	struct reader *reader = hand->reader;
	struct item *item = hand->item;
	struct reader_result result = item->result;
	bool may_hang = reader->stuck < READER_STUCK_MAX;

	pthread_mutex_unlock(&reader->lock);
	do_job(reader, &result, may_hang);
	pthread_mutex_lock(&reader->lock);
	if (hand->item != item) {
		free(result.argv);
		return false;
	}
	item->result = result;
	deliver(reader, item);
	hand->item = NULL;
	return true;
}

static void *run(void *argument)
{
	struct hand *hand = argument;
	struct reader *reader = hand->reader;

	pthread_setname_np(pthread_self(), "proctree-reader");
	pthread_mutex_lock(&reader->lock);
	while (wait_for_job(hand) && read_item(hand))
		;
	if (hand->is_abandoned)
		reader->stuck--;
	else
		unlink_hand(reader, hand);
	free(hand);
	leave(reader);
	return NULL;
}

/* Called with the lock. */
static int add_hand(struct reader *reader)
{
	struct hand *hand = calloc(1, sizeof(*hand));
	pthread_t thread;
	int err;

	if (!hand)
		return -ENOMEM;
	hand->reader = reader;
	err = start_thread(&thread, run, hand);
	if (err) {
		free(hand);
		return err;
	}
	pthread_detach(thread);
	hand->next = reader->hands;
	reader->hands = hand;
	reader->hand_count++;
	reader->users++;
	return 0;
}

/* Called with the lock. */
static int add_missing_hands(struct reader *reader)
{
	int err = 0;

	while (reader->hand_count < reader->hands_wanted && !err)
		err = add_hand(reader);
	return err;
}

/* ---- the owner's side ---- */

static int open_files(struct reader *reader, const char *procfs_path, int wake_fd)
{
	int err = ptree_procfs_open(&reader->procfs, procfs_path);

	if (err)
		return err;
	reader->wake_fd = fcntl(wake_fd, F_DUPFD_CLOEXEC, 0);
	return reader->wake_fd < 0 ? -errno : 0;
}

static int start_hands(struct reader *reader)
{
	int err;

	pthread_mutex_lock(&reader->lock);
	err = add_missing_hands(reader);
	pthread_mutex_unlock(&reader->lock);
	return err;
}

int reader_new(struct reader **out, const char *procfs_path, unsigned threads, size_t argv_max,
	       int wake_fd, const struct reader_source *source)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->source.argv = source ? source->argv : ptree_procfs_argv;
	reader->argv_max = argv_max;
	reader->hands_wanted = threads;
	reader->wake_fd = -1;
	reader->users = 1;
	pthread_mutex_init(&reader->lock, NULL);
	pthread_cond_init(&reader->has_work, NULL);
	err = open_files(reader, procfs_path, wake_fd);
	if (!err)
		err = start_hands(reader);
	if (err)
		reader_free(reader);
	else
		*out = reader;
	return err;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	pthread_mutex_lock(&reader->lock);
	reader->is_closed = true;
	clear_queue(&reader->jobs);
	clear_queue(&reader->results);
	for (struct hand *hand = reader->hands; hand; hand = hand->next) {
		free(hand->item);
		hand->item = NULL;
	}
	pthread_cond_broadcast(&reader->has_work);
	leave(reader);
}

int reader_submit(struct reader *reader, const struct reader_job *job, bool urgent)
{
	struct item *item;
	bool is_idle;

	if (reader->pending >= READER_JOBS_MAX)
		return -ENOBUFS;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->result.job = *job;
	reader->pending++;
	pthread_mutex_lock(&reader->lock);
	if (urgent)
		push_front(&reader->jobs, item);
	else
		push_back(&reader->jobs, item);
	is_idle = reader->idle;
	pthread_mutex_unlock(&reader->lock);
	if (is_idle) /* outside the lock, or who wakes up would run into it */
		pthread_cond_signal(&reader->has_work);
	return 0;
}

/* Called with the lock. */
static struct item *take_results(struct reader *reader, struct reader_result *out, size_t max,
				 size_t *count)
{
	struct queue done = { 0 };
	struct item *item;

	for (*count = 0; *count < max && (item = pop(&reader->results)); ++*count) {
		out[*count] = item->result;
		push_back(&done, item);
	}
	return done.first;
}

size_t reader_collect(struct reader *reader, struct reader_result *out, size_t max)
{
	struct item *item, *next;
	size_t count;

	pthread_mutex_lock(&reader->lock);
	reader->is_awaited = false;
	item = take_results(reader, out, max, &count);
	if (reader->results.first)
		wake_owner(reader);
	pthread_mutex_unlock(&reader->lock);
	for (; item; item = next) {
		next = item->next;
		free(item);
	}
	reader->pending -= count;
	return count;
}

size_t reader_pending(struct reader *reader)
{
	return reader->pending;
}

/* Called with the lock. */
static void give_up(struct reader *reader, struct hand *hand)
{
	struct reader_result *result = &hand->item->result;

	result->error = -ETIMEDOUT;
	if (result->job.what & READER_ARGV)
		result->argv_status = PTREE_ARGV_FAILED;
	deliver(reader, hand->item);
	hand->item = NULL;
	hand->is_abandoned = true;
	unlink_hand(reader, hand);
	reader->stuck++;
}

void reader_check(struct reader *reader, uint64_t now_ns)
{
	struct hand *hand, *next;

	if (!reader->pending)
		return;
	pthread_mutex_lock(&reader->lock);
	for (hand = reader->hands; hand; hand = next) {
		next = hand->next;
		if (hand->item && now_ns > hand->since_ns + GIVE_UP_NS)
			give_up(reader, hand);
	}
	add_missing_hands(reader); /* what cannot be started now is tried at the next check */
	pthread_mutex_unlock(&reader->lock);
}
