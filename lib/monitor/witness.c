/* SPDX-License-Identifier: MIT */
/*
 * The witness; see witness.h. It reads and hands over: what an image is, is not its business.
 *
 * Testimonies go through a ring with one writer, the watcher that reads, and one taker, the owner:
 * nobody waits for a lock. The ring begins anew when it is empty and some of it was used, so that
 * in quiet times the same few pages serve.
 *
 * A read can hang for ever; see base/hand.h. While the watcher is at one it is not in the connector
 * and not in the ring, so that another one can go on with both, and with what was received already.
 *
 * In real time it must not take the machine: of each window it may use a part, and is an ordinary
 * thread for the rest.
 */
#include "witness.h"
#include "realtime.h"
#include "model/tree.h"
#include "proc/procfs.h"
#include "base/hand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (512u << 10)
#define RING_REUSED_BYTES (128u << 10)
#define RECEIVE_BUFFER_BYTES (8u << 20)
#define BATCH 32
#define STUCK_NS (20 * NS_PER_MS)
#define GIVE_UP_NS (100 * NS_PER_MS)
#define ABANDONED_MAX 8

/* Before who takes events: see monitor.h. */
#define REALTIME_PRIORITY 2
#define REALTIME_PER_CENT 40
/* One that was demoted is to be back in time for what comes after a pause. */
#define DEMOTED_MS 100

/* How many abandoned watchers there are. Outlives the witness for their sake. */
struct tally {
	atomic_int users, abandoned;
};

struct watcher {
	struct hand hand;
	struct witness *witness; /* not to be touched once released while reading */
	struct tally *tally;
	struct ptree_procfs *procfs;
	pthread_t thread;
	/* its own: */
	struct realtime realtime;
};

/* A testimony in the ring, followed by its text. A size of 0: go on at the ring's begin. */
struct record {
	uint32_t size; /* with the text, rounded up */
	struct witness_testimony testimony;
};

struct witness {
	struct ptree_connector *connector;
	struct witness_source source;
	struct tally *tally;
	struct watcher *watcher; /* NULL: none could be started */
	char *proc_path;
	size_t argv_max;
	int wake_fd, stop_fd;
	bool no_realtime;
	atomic_bool is_awaited, is_realtime;
	_Atomic uint64_t read, discarded;
	uint64_t abandoned;
	/* Received and not yet looked at: the watcher's. */
	struct ptree_event events[BATCH];
	int next_event, event_count;
	/* The ring: positions only grow; head is the watcher's, tail the owner's. */
	unsigned char *ring;
	_Atomic uint64_t head, tail;
	uint64_t taken; /* what tail becomes with the next take: a testimony is still borrowed */
};

/* ---- the ring ---- */

#define ALIGNMENT 16u

static uint32_t record_size(size_t text_size)
{
	return (uint32_t)((sizeof(struct record) + text_size + ALIGNMENT - 1) / ALIGNMENT *
			  ALIGNMENT);
}

static unsigned char *ring_at(const struct witness *witness, uint64_t position)
{
	return witness->ring + position % RING_BYTES;
}

/* Records are whole: one that does not fit before the ring's end goes to its begin. */
static bool push(struct witness *witness, const struct witness_testimony *testimony)
{
	uint64_t head = atomic_load_explicit(&witness->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&witness->tail, memory_order_acquire);
	struct record record = { .size = record_size(testimony->argv_size),
				 .testimony = *testimony };
	uint64_t left = RING_BYTES - head % RING_BYTES;
	/* What lies before it is all the room there is until the owner has followed. */
	bool is_drained = head == tail && head % RING_BYTES >= RING_REUSED_BYTES;
	bool skips = left != RING_BYTES && (left < record.size || is_drained);
	uint64_t at = skips ? head + left : head;
	const uint32_t none = 0;

	if (at + record.size > tail + RING_BYTES)
		return false;
	if (skips)
		memcpy(ring_at(witness, head), &none, sizeof(none));
	memcpy(ring_at(witness, at), &record, sizeof(record));
	if (testimony->argv_size)
		memcpy(ring_at(witness, at) + sizeof(record), testimony->argv,
		       testimony->argv_size);
	atomic_store_explicit(&witness->head, at + record.size, memory_order_seq_cst);
	return true;
}

bool witness_take(struct witness *witness, struct witness_testimony *testimony)
{
	uint64_t tail = witness->taken;
	struct record record;

	atomic_store_explicit(&witness->tail, tail, memory_order_release);
	if (tail == atomic_load_explicit(&witness->head, memory_order_seq_cst))
		return false;
	memcpy(&record.size, ring_at(witness, tail), sizeof(record.size));
	if (!record.size)
		tail += RING_BYTES - tail % RING_BYTES;
	memcpy(&record, ring_at(witness, tail), sizeof(record));
	*testimony = record.testimony;
	testimony->argv = (const char *)ring_at(witness, tail) + sizeof(record);
	witness->taken = tail + record.size;
	return true;
}

static void wake_owner(struct witness *witness)
{
	const uint64_t one = 1;
	ssize_t written;

	if (!atomic_load_explicit(&witness->is_awaited, memory_order_seq_cst))
		return;
	atomic_store(&witness->is_awaited, false);
	written = write(witness->wake_fd, &one, sizeof(one));
	(void)written; /* it fails when the counter is full, and then it wakes all the same */
}

void witness_await(struct witness *witness)
{
	atomic_store_explicit(&witness->is_awaited, true, memory_order_seq_cst);
	/* What came before it was awaited was not announced. */
	if (witness->taken != atomic_load_explicit(&witness->head, memory_order_seq_cst))
		wake_owner(witness);
}

/* ---- the scheduler ---- */

static void publish(struct watcher *watcher)
{
	atomic_store(&watcher->witness->is_realtime, watcher->realtime.is_on);
}

static void begin_realtime(struct watcher *watcher)
{
	if (watcher->witness->no_realtime)
		realtime_be_ordinary();
	else
		realtime_begin(&watcher->realtime, REALTIME_PRIORITY, REALTIME_PER_CENT);
	publish(watcher);
}

static void keep_within_share(struct watcher *watcher)
{
	if (realtime_keep(&watcher->realtime, ptree_boot_now_ns()))
		publish(watcher);
}

/* ---- the watcher ---- */

static void leave(struct tally *tally)
{
	if (atomic_fetch_sub(&tally->users, 1) == 1)
		free(tally);
}

static void free_watcher(struct watcher *watcher)
{
	ptree_procfs_close(watcher->procfs);
	leave(watcher->tally);
	free(watcher);
}

/* The arguments go with the memory, the name with the pid. False: it took so long that nobody
   waits for it any more, and there may be no witness. */
static bool read_texts(struct watcher *watcher, struct witness_testimony *testimony, char **argv)
{
	struct witness *witness = watcher->witness;
	const struct witness_source source = witness->source;
	size_t argv_max = witness->argv_max;

	testimony->read_ns = ptree_boot_now_ns();
	if (!hand_begin(&watcher->hand, testimony->read_ns)) {
		testimony->error = -ECANCELED;
		return true; /* the owner waits for it to stop */
	}
	testimony->error = source.argv(watcher->procfs, testimony->pid, argv_max, argv,
				       &testimony->argv_size, &testimony->argv_status);
	/* Where others may run first, every microsecond spent here is one too late for the next. */
	if (watcher->realtime.is_on)
		testimony->has_comm =
		    !ptree_procfs_comm(watcher->procfs, testimony->pid, testimony->comm);
	return hand_end(&watcher->hand);
}

/* False: nobody waits for this watcher any more. */
static bool testify(struct watcher *watcher, const struct ptree_event *event)
{
	struct witness_testimony testimony = {
		.cpu = event->cpu, .seq = event->seq, .time_ns = event->time_ns, .pid = event->tgid
	};
	struct witness *witness = watcher->witness;
	char *argv = NULL;

	if (!read_texts(watcher, &testimony, &argv)) {
		free(argv);
		return false;
	}
	if (testimony.error == -ECANCELED) /* the next watcher, or a reader, is asked */
		return true;
	if (testimony.error)
		testimony.argv_status =
		    testimony.error == -ESRCH ? PTREE_ARGV_LATE : PTREE_ARGV_FAILED;
	testimony.argv = argv;
	atomic_fetch_add(&witness->read, 1);
	if (!push(witness, &testimony))
		atomic_fetch_add(&witness->discarded, 1);
	wake_owner(witness);
	free(argv);
	return true;
}

static void receive(struct witness *witness)
{
	int count = ptree_connector_receive(witness->connector, witness->events, BATCH, 0);

	witness->next_event = 0;
	witness->event_count = count > 0 ? count : 0;
}

/* First what another one left. False: abandoned. */
static bool take_events(struct watcher *watcher)
{
	struct witness *witness = watcher->witness;

	if (witness->next_event == witness->event_count)
		receive(witness);
	while (witness->next_event < witness->event_count && !hand_is_released(&watcher->hand)) {
		const struct ptree_event event = witness->events[witness->next_event++];

		if (event.kind == PTREE_EVENT_EXEC && !testify(watcher, &event))
			return false;
		keep_within_share(watcher);
	}
	return true;
}

/* False: abandoned. */
static bool watch(struct watcher *watcher)
{
	struct witness *witness = watcher->witness;
	struct pollfd fds[] = {
		{ .fd = ptree_connector_fd(witness->connector), .events = POLLIN },
		{ .fd = witness->stop_fd, .events = POLLIN },
	};

	begin_realtime(watcher);
	do {
		if (!take_events(watcher))
			return false;
		if (!hand_is_released(&watcher->hand))
			poll(fds, 2, realtime_is_demoted(&watcher->realtime) ? DEMOTED_MS : -1);
		if (realtime_is_demoted(&watcher->realtime))
			keep_within_share(watcher);
	} while (!hand_is_released(&watcher->hand) && !fds[1].revents);
	return true;
}

static void *run(void *argument)
{
	struct watcher *watcher = argument;

	if (watch(watcher))
		return NULL; /* its owner joins and frees it */
	atomic_fetch_sub(&watcher->tally->abandoned, 1);
	free_watcher(watcher);
	return NULL;
}

/* ---- the owner's side ---- */

static int start_watcher(struct witness *witness)
{
	struct watcher *watcher = calloc(1, sizeof(*watcher));
	int err;

	if (!watcher)
		return -ENOMEM;
	watcher->witness = witness;
	watcher->tally = witness->tally;
	atomic_fetch_add(&watcher->tally->users, 1);
	err = ptree_procfs_open(&watcher->procfs, witness->proc_path);
	if (!err)
		err = start_thread(&watcher->thread, HAND_NAME_PREFIX "exec", HAND_STACK_SMALL, run,
				   watcher);
	if (err) {
		free_watcher(watcher);
		return err;
	}
	witness->watcher = watcher;
	return 0;
}

/* Leaves one that is reading to itself; another one stops within moments. */
static void release_watcher(struct witness *witness)
{
	struct watcher *watcher = witness->watcher;
	const uint64_t one = 1;
	uint64_t count;
	pthread_t thread;
	ssize_t written;

	if (!watcher)
		return;
	thread = watcher->thread;
	atomic_fetch_add(&witness->tally->abandoned, 1);
	if (hand_release(&watcher->hand)) {
		pthread_detach(thread);
	} else {
		atomic_fetch_sub(&witness->tally->abandoned, 1);
		written = write(witness->stop_fd, &one, sizeof(one));
		pthread_join(thread, NULL);
		written += read(witness->stop_fd, &count, sizeof(count));
		(void)written; /* a new eventfd takes a 1, and gives it back */
		free_watcher(watcher);
	}
	witness->watcher = NULL;
}

static int set_up(struct witness *witness, const struct witness_options *options)
{
	const struct ptree_connector_options connector = {
		.receive_buffer_size = RECEIVE_BUFFER_BYTES,
		.no_enobufs = true,
		.kinds = 1u << PTREE_EVENT_EXEC,
	};

	witness->ring = malloc(RING_BYTES);
	witness->tally = calloc(1, sizeof(*witness->tally));
	if (options->proc_path)
		witness->proc_path = strdup(options->proc_path);
	if (!witness->ring || !witness->tally || (options->proc_path && !witness->proc_path))
		return -ENOMEM;
	atomic_store(&witness->tally->users, 1);
	witness->wake_fd = fcntl(options->wake_fd, F_DUPFD_CLOEXEC, 0);
	witness->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (witness->wake_fd < 0 || witness->stop_fd < 0)
		return -errno;
	return ptree_connector_open(&witness->connector, &connector);
}

int witness_open(struct witness **out, const struct witness_options *options)
{
	struct witness *witness = calloc(1, sizeof(*witness));
	int err;

	if (!witness)
		return -ENOMEM;
	witness->wake_fd = witness->stop_fd = -1;
	witness->source.argv = options->source ? options->source->argv : ptree_procfs_argv;
	witness->argv_max = options->argv_max;
	witness->no_realtime = options->no_realtime;
	err = set_up(witness, options);
	if (!err)
		err = start_watcher(witness);
	if (err)
		witness_close(witness);
	else
		*out = witness;
	return err;
}

void witness_close(struct witness *witness)
{
	if (!witness)
		return;
	release_watcher(witness);
	ptree_connector_close(witness->connector);
	if (witness->tally)
		leave(witness->tally);
	if (witness->wake_fd >= 0)
		close(witness->wake_fd);
	if (witness->stop_fd >= 0)
		close(witness->stop_fd);
	free(witness->proc_path);
	free(witness->ring);
	free(witness);
}

bool witness_is_stuck(const struct witness *witness, uint64_t now_ns)
{
	return !witness->watcher || hand_is_late(&witness->watcher->hand, now_ns, STUCK_NS);
}

void witness_check(struct witness *witness, uint64_t now_ns)
{
	if (witness->watcher && hand_is_late(&witness->watcher->hand, now_ns, GIVE_UP_NS) &&
	    atomic_load(&witness->tally->abandoned) < ABANDONED_MAX) {
		release_watcher(witness);
		witness->abandoned++;
	}
	if (!witness->watcher)
		start_watcher(witness); /* what cannot be started now is tried at the next check */
}

void witness_get_stats(const struct witness *witness, struct witness_stats *stats)
{
	*stats = (struct witness_stats){ .is_realtime = atomic_load(&witness->is_realtime),
					 .read = atomic_load(&witness->read),
					 .discarded = atomic_load(&witness->discarded),
					 .abandoned = witness->abandoned };
}
