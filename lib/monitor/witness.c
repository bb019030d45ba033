/* SPDX-License-Identifier: MIT */
/*
 * The witness; see witness.h. It reads and hands over: what an image is, is not its business.
 *
 * Testimonies go through a ring with one writer, the hand that reads, and one taker, the owner:
 * nobody waits for a lock. The ring begins anew when it is empty and some of it was used, so that
 * in quiet times the same few pages serve.
 *
 * A read can hang for ever. The hand says so by its state, which both sides change only by
 * compare-and-swap: whoever finds it READING and makes it RELEASED has the hand abandoned, which
 * then touches nothing but its own until it is gone. While the state is READING the hand is not
 * in the connector and not in the ring, so that another one can go on with both, and with what was
 * received already.
 *
 * In real time it must not take the machine: of each window it may use a part, and is an ordinary
 * thread for the rest.
 */
#include "witness.h"
#include "model/tree.h"
#include "proc/procfs.h"
#include "base/start-thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (512u << 10)
#define RING_REUSED_BYTES (128u << 10)
#define RECEIVE_BUFFER_BYTES (8u << 20)
#define BATCH 32
#define STUCK_NS (20 * NS_PER_MS)
#define GIVE_UP_NS (100 * NS_PER_MS)
#define ABANDONED_MAX 8

#define SLICE_NS (NS_PER_MS / 10)
#define WINDOW_NS (100 * NS_PER_MS)
#define REALTIME_PER_WINDOW_NS (WINDOW_NS * 2 / 5)
#define CHECK_NS (WINDOW_NS / 32)
/* One that was demoted is to be back in time for what comes after a pause. */
#define DEMOTED_MS 100

enum hand_state {
	IDLE,	  /* not reading */
	READING,  /* may hang */
	RELEASED, /* told to go; it was not reading, and is awaited, or was, and goes alone */
};

/* How many abandoned hands there are. Outlives the witness for their sake. */
struct tally {
	atomic_int users, abandoned;
};

struct hand {
	struct witness *witness; /* not to be touched once released while reading */
	struct tally *tally;
	struct ptree_procfs *procfs;
	pthread_t thread;
	atomic_int state;
	_Atomic uint64_t since_ns;
	/* its own: */
	uint64_t window_ns, window_cpu_ns, checked_ns;
	bool is_realtime;
	bool is_allowed; /* it was in real time before */
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
	struct hand *hand; /* NULL: none could be started */
	char *proc_path;
	size_t argv_max;
	int wake_fd, stop_fd;
	bool no_realtime;
	atomic_bool is_awaited, is_realtime;
	_Atomic uint64_t read, discarded;
	uint64_t abandoned;
	/* Received and not yet looked at: the hand's. */
	struct ptree_event events[BATCH];
	int next_event, event_count;
	/* The ring: positions only grow; head is the hand's, tail the owner's. */
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

/* struct sched_attr, which glibc 2.36 does not have. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Since 6.12 the runtime of an ordinary thread is its slice: the shorter, the sooner it runs. */
static void be_ordinary(void)
{
	struct scheduling wanted = { .size = sizeof(wanted),
				     .policy = SCHED_OTHER,
				     .nice = getpriority(PRIO_PROCESS, 0),
				     .runtime = SLICE_NS };

	syscall(SYS_sched_setattr, 0, &wanted, 0);
}

static bool be_realtime(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
}

static void set_realtime(struct hand *hand, bool realtime)
{
	if (realtime && be_realtime()) {
		hand->is_realtime = hand->is_allowed = true;
	} else {
		hand->is_realtime = false;
		be_ordinary();
	}
	atomic_store(&hand->witness->is_realtime, hand->is_realtime);
}

static bool is_demoted(const struct hand *hand)
{
	return hand->is_allowed && !hand->is_realtime;
}

static uint64_t own_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

/* Looks at the clock with each read, and at what it used only now and then, which costs more. */
static void keep_within_share(struct hand *hand)
{
	uint64_t now_ns = ptree_boot_now_ns();

	if (hand->witness->no_realtime)
		return;
	if (now_ns >= hand->window_ns + WINDOW_NS) {
		hand->window_ns = hand->checked_ns = now_ns;
		hand->window_cpu_ns = own_cpu_ns();
		if (is_demoted(hand))
			set_realtime(hand, true);
	} else if (hand->is_realtime && now_ns >= hand->checked_ns + CHECK_NS) {
		hand->checked_ns = now_ns;
		if (own_cpu_ns() > hand->window_cpu_ns + REALTIME_PER_WINDOW_NS)
			set_realtime(hand, false);
	}
}

/* ---- a hand ---- */

static void leave(struct tally *tally)
{
	if (atomic_fetch_sub(&tally->users, 1) == 1)
		free(tally);
}

static void free_hand(struct hand *hand)
{
	ptree_procfs_close(hand->procfs);
	leave(hand->tally);
	free(hand);
}

static bool change_state(struct hand *hand, int from, int to)
{
	return atomic_compare_exchange_strong(&hand->state, &from, to);
}

/* The arguments go with the memory, the name with the pid. False: it took so long that nobody
   waits for it any more, and there may be no witness. */
static bool read_texts(struct hand *hand, struct witness_testimony *testimony, char **argv)
{
	struct witness *witness = hand->witness;
	const struct witness_source source = witness->source;
	size_t argv_max = witness->argv_max;

	testimony->read_ns = ptree_boot_now_ns();
	atomic_store(&hand->since_ns, testimony->read_ns);
	if (!change_state(hand, IDLE, READING)) {
		testimony->error = -ECANCELED;
		return true; /* the owner waits for the hand to stop */
	}
	testimony->error = source.argv(hand->procfs, testimony->pid, argv_max, argv,
				       &testimony->argv_size, &testimony->argv_status);
	/* Where others may run first, every microsecond spent here is one too late for the next. */
	if (hand->is_realtime)
		testimony->has_comm =
		    !ptree_procfs_comm(hand->procfs, testimony->pid, testimony->comm);
	return change_state(hand, READING, IDLE);
}

/* False: nobody waits for this hand any more. */
static bool testify(struct hand *hand, const struct ptree_event *event)
{
	struct witness_testimony testimony = {
		.cpu = event->cpu, .seq = event->seq, .time_ns = event->time_ns, .pid = event->tgid
	};
	struct witness *witness = hand->witness;
	char *argv = NULL;

	if (!read_texts(hand, &testimony, &argv)) {
		free(argv);
		return false;
	}
	if (testimony.error == -ECANCELED) /* the next hand, or a reader, is asked */
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

static bool is_released(struct hand *hand)
{
	return atomic_load(&hand->state) == RELEASED;
}

static void receive(struct witness *witness)
{
	int count = ptree_connector_receive(witness->connector, witness->events, BATCH, 0);

	witness->next_event = 0;
	witness->event_count = count > 0 ? count : 0;
}

/* First what another hand left. False: abandoned. */
static bool take_events(struct hand *hand)
{
	struct witness *witness = hand->witness;

	if (witness->next_event == witness->event_count)
		receive(witness);
	while (witness->next_event < witness->event_count && !is_released(hand)) {
		const struct ptree_event event = witness->events[witness->next_event++];

		if (event.kind == PTREE_EVENT_EXEC && !testify(hand, &event))
			return false;
		keep_within_share(hand);
	}
	return true;
}

/* False: abandoned. */
static bool watch(struct hand *hand)
{
	struct witness *witness = hand->witness;
	struct pollfd fds[] = {
		{ .fd = ptree_connector_fd(witness->connector), .events = POLLIN },
		{ .fd = witness->stop_fd, .events = POLLIN },
	};

	set_realtime(hand, !witness->no_realtime);
	do {
		if (!take_events(hand))
			return false;
		if (!is_released(hand))
			poll(fds, 2, is_demoted(hand) ? DEMOTED_MS : -1);
		if (is_demoted(hand))
			keep_within_share(hand);
	} while (!is_released(hand) && !fds[1].revents);
	return true;
}

static void *run(void *argument)
{
	struct hand *hand = argument;

	pthread_setname_np(pthread_self(), "proctree-exec");
	if (watch(hand))
		return NULL; /* its owner joins and frees it */
	atomic_fetch_sub(&hand->tally->abandoned, 1);
	free_hand(hand);
	return NULL;
}

/* ---- the owner's side ---- */

static int start_hand(struct witness *witness)
{
	struct hand *hand = calloc(1, sizeof(*hand));
	int err;

	if (!hand)
		return -ENOMEM;
	hand->witness = witness;
	hand->tally = witness->tally;
	atomic_fetch_add(&hand->tally->users, 1);
	err = ptree_procfs_open(&hand->procfs, witness->proc_path);
	if (!err)
		err = start_thread(&hand->thread, run, hand);
	if (err) {
		free_hand(hand);
		return err;
	}
	witness->hand = hand;
	return 0;
}

/* Leaves a hand that is reading to itself; another one stops within moments. */
static void release_hand(struct witness *witness)
{
	struct hand *hand = witness->hand;
	const uint64_t one = 1;
	uint64_t count;
	pthread_t thread;
	ssize_t written;

	if (!hand)
		return;
	thread = hand->thread;
	atomic_fetch_add(&witness->tally->abandoned, 1);
	if (atomic_exchange(&hand->state, RELEASED) == READING) {
		pthread_detach(thread);
	} else {
		atomic_fetch_sub(&witness->tally->abandoned, 1);
		written = write(witness->stop_fd, &one, sizeof(one));
		pthread_join(thread, NULL);
		written += read(witness->stop_fd, &count, sizeof(count));
		(void)written; /* a new eventfd takes a 1, and gives it back */
		free_hand(hand);
	}
	witness->hand = NULL;
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
		err = start_hand(witness);
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
	release_hand(witness);
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

static bool has_read_for(const struct hand *hand, uint64_t now_ns, uint64_t most_ns)
{
	return atomic_load(&hand->state) == READING &&
	       now_ns > atomic_load(&hand->since_ns) + most_ns;
}

bool witness_is_stuck(const struct witness *witness, uint64_t now_ns)
{
	return !witness->hand || has_read_for(witness->hand, now_ns, STUCK_NS);
}

void witness_check(struct witness *witness, uint64_t now_ns)
{
	if (witness->hand && has_read_for(witness->hand, now_ns, GIVE_UP_NS) &&
	    atomic_load(&witness->tally->abandoned) < ABANDONED_MAX) {
		release_hand(witness);
		witness->abandoned++;
	}
	if (!witness->hand)
		start_hand(witness); /* what cannot be started now is tried at the next check */
}

void witness_get_stats(const struct witness *witness, struct witness_stats *stats)
{
	*stats = (struct witness_stats){ .is_realtime = atomic_load(&witness->is_realtime),
					 .read = atomic_load(&witness->read),
					 .discarded = atomic_load(&witness->discarded),
					 .abandoned = witness->abandoned };
}
