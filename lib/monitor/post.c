/* SPDX-License-Identifier: MIT */
/*
 * A post of the witness; see post.h. It reads and hands over: what an image is, is not its
 * business.
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
#include "post.h"
#include "realtime.h"
#include "model/tree.h"
#include "proc/procfs.h"
#include "base/hand.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (512u << 10)
#define RING_REUSED_BYTES (32u << 10)
#define RECEIVE_BUFFER_BYTES (8u << 20)
#define BATCH 32
#define STUCK_NS (20 * NS_PER_MS)
#define GIVE_UP_NS (100 * NS_PER_MS)
#define ABANDONED_MAX 8

/* Before who takes events: see monitor.h. */
#define REALTIME_PRIORITY 2
/* Of its CPU, which is all that it takes anything from; and of a core, where one does for all. */
#define REALTIME_PER_CENT_EACH 20
#define REALTIME_PER_CENT_ALL 40
/* One that was demoted is to be back in time for what comes after a pause. */
#define DEMOTED_MS 100

struct tally {
	atomic_int users, abandoned;
};

struct watcher {
	struct hand hand;
	struct post *post; /* not to be touched once released while reading */
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

struct post {
	struct ptree_connector *connector;
	struct witness_source source;
	struct tally *tally;
	struct watcher *watcher; /* NULL: none could be started */
	char *proc_path;
	size_t argv_max;
	struct post_place place;
	int wake_fd, stop_fd;
	bool no_realtime;
	sem_t begun; /* up with each watcher that has begun to watch */
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

static unsigned char *ring_at(const struct post *post, uint64_t position)
{
	return post->ring + position % RING_BYTES;
}

/* Records are whole: one that does not fit before the ring's end goes to its begin. */
static bool push(struct post *post, const struct witness_testimony *testimony)
{
	uint64_t head = atomic_load_explicit(&post->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&post->tail, memory_order_acquire);
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
		memcpy(ring_at(post, head), &none, sizeof(none));
	memcpy(ring_at(post, at), &record, sizeof(record));
	if (testimony->argv_size)
		memcpy(ring_at(post, at) + sizeof(record), testimony->argv, testimony->argv_size);
	atomic_store_explicit(&post->head, at + record.size, memory_order_seq_cst);
	return true;
}

bool post_take(struct post *post, struct witness_testimony *testimony)
{
	uint64_t tail = post->taken;
	struct record record;

	atomic_store_explicit(&post->tail, tail, memory_order_release);
	if (tail == atomic_load_explicit(&post->head, memory_order_seq_cst))
		return false;
	memcpy(&record.size, ring_at(post, tail), sizeof(record.size));
	if (!record.size)
		tail += RING_BYTES - tail % RING_BYTES;
	memcpy(&record, ring_at(post, tail), sizeof(record));
	*testimony = record.testimony;
	testimony->argv = (const char *)ring_at(post, tail) + sizeof(record);
	post->taken = tail + record.size;
	return true;
}

static void wake_owner(struct post *post)
{
	const uint64_t one = 1;
	ssize_t written;

	if (!atomic_load_explicit(&post->is_awaited, memory_order_seq_cst))
		return;
	atomic_store(&post->is_awaited, false);
	written = write(post->wake_fd, &one, sizeof(one));
	(void)written; /* it fails when the counter is full, and then it wakes all the same */
}

void post_await(struct post *post)
{
	atomic_store_explicit(&post->is_awaited, true, memory_order_seq_cst);
	/* What came before it was awaited was not announced. */
	if (post->taken != atomic_load_explicit(&post->head, memory_order_seq_cst))
		wake_owner(post);
}

/* ---- the scheduler ---- */

/* CPUs in order. If they went away meanwhile, the thread runs where it may. */
static void run_at(pthread_t thread, const int *cpus, unsigned count)
{
	size_t max = (size_t)cpus[count - 1] + 1, size = CPU_ALLOC_SIZE(max);
	cpu_set_t *set = CPU_ALLOC(max);

	if (!set)
		return;
	CPU_ZERO_S(size, set);
	for (unsigned i = 0; i < count; i++)
		CPU_SET_S((size_t)cpus[i], size, set);
	pthread_setaffinity_np(thread, size, set);
	CPU_FREE(set);
}

static void run_anywhere(pthread_t thread, const struct post_place *place)
{
	if (place->count > 1)
		run_at(thread, place->cpus, place->count);
}

/* An ordinary thread would wait for its turn where it stays, and goes where it need not. */
static void settle_at_place(struct watcher *watcher)
{
	const struct post_place *place = &watcher->post->place;
	bool is_on = watcher->realtime.is_on;

	atomic_store(&watcher->post->is_realtime, is_on);
	if (is_on && place->count > 1 && !hand_is_released(&watcher->hand))
		run_at(pthread_self(), &place->cpus[place->number], 1);
	else
		run_anywhere(pthread_self(), place);
}

static void begin_realtime(struct watcher *watcher)
{
	const struct post *post = watcher->post;

	if (post->no_realtime)
		realtime_be_ordinary();
	else
		realtime_begin(&watcher->realtime, REALTIME_PRIORITY,
			       post->place.count > 1 ? REALTIME_PER_CENT_EACH
						     : REALTIME_PER_CENT_ALL);
	settle_at_place(watcher);
}

static void keep_within_share(struct watcher *watcher)
{
	if (realtime_keep(&watcher->realtime, ptree_boot_now_ns()))
		settle_at_place(watcher);
}

/* ---- the watcher ---- */

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (tally)
		atomic_store(&tally->users, 1);
	return tally;
}

void tally_leave(struct tally *tally)
{
	if (tally && atomic_fetch_sub(&tally->users, 1) == 1)
		free(tally);
}

static void free_watcher(struct watcher *watcher)
{
	ptree_procfs_close(watcher->procfs);
	tally_leave(watcher->tally);
	free(watcher);
}

/* The arguments go with the memory, the name with the pid. False: it took so long that nobody
   waits for it any more, and there may be no witness. */
static bool read_texts(struct watcher *watcher, struct witness_testimony *testimony, char **argv)
{
	struct post *post = watcher->post;
	const struct witness_source source = post->source;
	size_t argv_max = post->argv_max;

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
	struct post *post = watcher->post;
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
	atomic_fetch_add(&post->read, 1);
	if (!push(post, &testimony))
		atomic_fetch_add(&post->discarded, 1);
	wake_owner(post);
	free(argv);
	return true;
}

static void receive(struct post *post)
{
	int count = ptree_connector_receive(post->connector, post->events, BATCH, 0);

	post->next_event = 0;
	post->event_count = count > 0 ? count : 0;
}

/* First what another one left. False: abandoned. */
static bool take_events(struct watcher *watcher)
{
	struct post *post = watcher->post;

	if (post->next_event == post->event_count)
		receive(post);
	while (post->next_event < post->event_count && !hand_is_released(&watcher->hand)) {
		const struct ptree_event event = post->events[post->next_event++];

		if (event.kind == PTREE_EVENT_EXEC && !testify(watcher, &event))
			return false;
		keep_within_share(watcher);
	}
	return true;
}

/* False: abandoned. */
static bool watch(struct watcher *watcher)
{
	struct post *post = watcher->post;
	struct pollfd fds[] = {
		{ .fd = ptree_connector_fd(post->connector), .events = POLLIN },
		{ .fd = post->stop_fd, .events = POLLIN },
	};

	begin_realtime(watcher);
	sem_post(&post->begun);
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

static int start_watcher(struct post *post)
{
	struct watcher *watcher = calloc(1, sizeof(*watcher));
	int err;

	if (!watcher)
		return -ENOMEM;
	watcher->post = post;
	watcher->tally = post->tally;
	atomic_fetch_add(&watcher->tally->users, 1);
	err = ptree_procfs_open(&watcher->procfs, post->proc_path);
	if (!err)
		err = start_thread(&watcher->thread, HAND_NAME_PREFIX "exec", HAND_STACK_SMALL, run,
				   watcher);
	if (err) {
		free_watcher(watcher);
		return err;
	}
	post->watcher = watcher;
	return 0;
}

/* Leaves one that is reading to itself; another one stops within moments. */
static void release_watcher(struct post *post)
{
	struct watcher *watcher = post->watcher;
	const uint64_t one = 1;
	uint64_t count;
	pthread_t thread;
	ssize_t written;

	if (!watcher)
		return;
	thread = watcher->thread;
	atomic_fetch_add(&post->tally->abandoned, 1);
	if (hand_release(&watcher->hand)) {
		pthread_detach(thread);
	} else {
		atomic_fetch_sub(&post->tally->abandoned, 1);
		/* Its CPU may be somebody's who runs before it, for ever. */
		run_anywhere(thread, &post->place);
		written = write(post->stop_fd, &one, sizeof(one));
		pthread_join(thread, NULL);
		written += read(post->stop_fd, &count, sizeof(count));
		(void)written; /* a new eventfd takes a 1, and gives it back */
		free_watcher(watcher);
	}
	post->watcher = NULL;
}

/*
 * The filter runs where the event is sent, so the CPU is the event's. The first post takes the
 * rest, whatever CPUs there are or come to be.
 */
static int narrow(const struct post *post)
{
	const struct post_place *place = &post->place;
	struct sock_filter code[POST_CPUS_MAX + 3];
	struct sock_fprog filter = { .filter = code };
	unsigned first = place->number ? place->number : 1;
	unsigned last = place->number ? place->number : place->count - 1;
	unsigned size = 0;

	code[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    (uint32_t)(SKF_AD_OFF + SKF_AD_CPU));
	for (unsigned i = first; i <= last; i++)
		code[size++] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)place->cpus[i], last - i + 1, 0);
	/* Here come those of no CPU of these, and there the others. */
	code[size++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, place->number ? 0 : UINT32_MAX);
	code[size++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, place->number ? UINT32_MAX : 0);
	filter.len = (unsigned short)size;
	return setsockopt(ptree_connector_fd(post->connector), SOL_SOCKET, SO_ATTACH_FILTER,
			  &filter, sizeof(filter)) < 0
		   ? -errno
		   : 0;
}

static int set_up(struct post *post, const struct witness_options *options)
{
	const struct ptree_connector_options connector = {
		.receive_buffer_size = RECEIVE_BUFFER_BYTES,
		.no_enobufs = true,
		.kinds = 1u << PTREE_EVENT_EXEC,
	};
	int err;

	post->ring = malloc(RING_BYTES);
	if (options->proc_path)
		post->proc_path = strdup(options->proc_path);
	if (!post->ring || (options->proc_path && !post->proc_path))
		return -ENOMEM;
	post->wake_fd = fcntl(options->wake_fd, F_DUPFD_CLOEXEC, 0);
	post->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (post->wake_fd < 0 || post->stop_fd < 0)
		return -errno;
	err = ptree_connector_open(&post->connector, &connector);
	return err || post->place.count == 1 ? err : narrow(post);
}

int post_open(struct post **out, const struct witness_options *options,
	      const struct post_place *place, struct tally *tally)
{
	struct post *post = calloc(1, sizeof(*post));
	int err;

	if (!post)
		return -ENOMEM;
	post->wake_fd = post->stop_fd = -1;
	post->source.argv = options->source ? options->source->argv : ptree_procfs_argv;
	post->argv_max = options->argv_max;
	post->no_realtime = options->no_realtime;
	post->place = *place;
	post->tally = tally;
	sem_init(&post->begun, 0, 0);
	atomic_fetch_add(&tally->users, 1);
	err = set_up(post, options);
	if (!err)
		err = start_watcher(post);
	if (err)
		post_close(post);
	else
		*out = post;
	return err;
}

void post_wait_begun(struct post *post, const struct timespec *until)
{
	while (sem_clockwait(&post->begun, CLOCK_MONOTONIC, until) && errno == EINTR)
		;
}

void post_close(struct post *post)
{
	if (!post)
		return;
	release_watcher(post);
	ptree_connector_close(post->connector);
	tally_leave(post->tally);
	if (post->wake_fd >= 0)
		close(post->wake_fd);
	if (post->stop_fd >= 0)
		close(post->stop_fd);
	sem_destroy(&post->begun);
	free(post->proc_path);
	free(post->ring);
	free(post);
}

bool post_is_stuck(const struct post *post, uint64_t now_ns)
{
	return !post->watcher || hand_is_late(&post->watcher->hand, now_ns, STUCK_NS);
}

void post_check(struct post *post, uint64_t now_ns)
{
	if (post->watcher && hand_is_late(&post->watcher->hand, now_ns, GIVE_UP_NS) &&
	    atomic_load(&post->tally->abandoned) < ABANDONED_MAX) {
		release_watcher(post);
		post->abandoned++;
	}
	if (!post->watcher)
		start_watcher(post); /* what cannot be started now is tried at the next check */
}

void post_get_stats(const struct post *post, struct witness_stats *stats)
{
	*stats = (struct witness_stats){ .is_realtime = atomic_load(&post->is_realtime),
					 .read = atomic_load(&post->read),
					 .discarded = atomic_load(&post->discarded),
					 .abandoned = post->abandoned };
}
