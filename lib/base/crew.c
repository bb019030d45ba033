/* SPDX-License-Identifier: MIT */
/*
 * Jobs that may hang, off the main thread; see crew.h. What they are is up to the user.
 *
 * The crew counts its users, which are the owner and the threads: whoever leaves last takes it
 * down. A thread works on a copy of its job, so that the owner can take the job itself from it.
 */
#include "crew.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct queue {
	struct crew_job *first, *last;
};

/* One thread. */
struct member {
	struct hand hand;
	struct crew *crew;
	struct member *next;
	struct crew_job *job;  /* what it is at; NULL: nothing, or it was taken from it */
	struct crew_job *copy; /* its own */
	bool is_replaced;      /* no longer among crew->members */
};

struct crew {
	const struct crew_work *work;
	void *shared;
	int wake_fd;
	bool is_own_fd;
	size_t pending; /* the owner's */
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	/* under the lock: */
	unsigned users;
	unsigned idle, stuck;
	unsigned members_max;
	unsigned member_count;
	struct member *members;
	struct queue jobs, done;
	bool is_closed;
	bool is_awaited; /* the owner was woken and has not come yet */
};

/* ---- queues ---- */

static void push_front(struct queue *queue, struct crew_job *job)
{
	job->next = queue->first;
	queue->first = job;
	if (!job->next)
		queue->last = job;
}

static void push_back(struct queue *queue, struct crew_job *job)
{
	job->next = NULL;
	if (queue->first)
		queue->last->next = job;
	else
		queue->first = job;
	queue->last = job;
}

static struct crew_job *pop(struct queue *queue)
{
	struct crew_job *job = queue->first;

	if (job)
		queue->first = job->next;
	return job;
}

static void clear_queue(const struct crew *crew, struct queue *queue)
{
	struct crew_job *job;

	while ((job = pop(queue))) {
		crew->work->clear(job);
		free(job);
	}
}

/* ---- life; these are called with the lock ---- */

static void destroy(struct crew *crew)
{
	clear_queue(crew, &crew->jobs);
	clear_queue(crew, &crew->done); /* answers that came after the end */
	crew->work->free_shared(crew->shared);
	if (crew->wake_fd >= 0)
		close(crew->wake_fd);
	pthread_cond_destroy(&crew->has_work);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}

/* Gives the lock back; the crew may be gone then. */
static void leave(struct crew *crew)
{
	bool is_last = --crew->users == 0;

	pthread_mutex_unlock(&crew->lock);
	if (is_last)
		destroy(crew);
}

static void unlink_member(struct crew *crew, const struct member *member)
{
	struct member **link = &crew->members;

	while (*link != member)
		link = &(*link)->next;
	*link = member->next;
	crew->member_count--;
}

static void wake_owner(struct crew *crew)
{
	const uint64_t one = 1;

	/* It fails when the counter is full, and then the owner is about to come anyway. */
	crew->is_awaited = crew->is_awaited || write(crew->wake_fd, &one, sizeof(one)) > 0;
}

static void deliver(struct crew *crew, struct crew_job *job)
{
	push_back(&crew->done, job);
	wake_owner(crew);
}

/* ---- the threads ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Called with the lock. False: there is nothing to do any more. */
static bool wait_for_job(struct member *member)
{
	struct crew *crew = member->crew;

	while (!crew->is_closed && !crew->jobs.first) {
		crew->idle++;
		pthread_cond_wait(&crew->has_work, &crew->lock);
		crew->idle--;
	}
	if (crew->is_closed)
		return false;
	member->job = pop(&crew->jobs);
	member->job->since_ns = now_ns();
	return hand_begin(&member->hand, member->job->since_ns);
}

/* Called with the lock. The answer is there, and somebody waits for it. */
static void hand_over(struct member *member)
{
	struct crew_job *job = member->job;

	memcpy(job, member->copy, member->crew->work->job_size);
	member->job = NULL;
	deliver(member->crew, job);
}

/* Called with the lock, which it gives back while it is at it. False: it was let go meanwhile. */
static bool do_job(struct member *member)
{
	struct crew *crew = member->crew;
	bool may_hang = crew->stuck < crew->work->stuck_max;

	memcpy(member->copy, member->job, crew->work->job_size);
	pthread_mutex_unlock(&crew->lock);
	crew->work->run(crew->shared, member->copy, may_hang);
	pthread_mutex_lock(&crew->lock);
	if (member->job)
		hand_over(member);
	else
		crew->work->clear(member->copy);
	return hand_end(&member->hand);
}

static void free_member(struct member *member)
{
	free(member->copy);
	free(member);
}

static void *run(void *argument)
{
	struct member *member = argument;
	struct crew *crew = member->crew;

	pthread_mutex_lock(&crew->lock);
	while (wait_for_job(member) && do_job(member))
		;
	if (member->is_replaced)
		crew->stuck--;
	else
		unlink_member(crew, member);
	free_member(member);
	leave(crew);
	return NULL;
}

static struct member *new_member(struct crew *crew)
{
	struct member *member = calloc(1, sizeof(*member));

	if (member)
		member->copy = malloc(crew->work->job_size);
	if (!member || !member->copy) {
		free(member);
		return NULL;
	}
	member->crew = crew;
	return member;
}

/* Called with the lock. */
static int add_member(struct crew *crew)
{
	struct member *member = new_member(crew);
	pthread_t thread;
	int err;

	if (!member)
		return -ENOMEM;
	err = start_thread(&thread, crew->work->thread_name, crew->work->stack_bytes, run, member);
	if (err) {
		free_member(member);
		return err;
	}
	pthread_detach(thread);
	member->next = crew->members;
	crew->members = member;
	crew->member_count++;
	crew->users++;
	return 0;
}

/* Called with the lock. Without answers that are given up every one may be waited for, so that
   those who wait are limited, too. */
static int add_missing(struct crew *crew, unsigned wanted)
{
	int err = 0;

	while (crew->member_count < wanted && !err) {
		if (!crew->work->give_up && crew->stuck >= crew->work->stuck_max)
			break;
		err = add_member(crew);
	}
	return err;
}

/* ---- the owner's side ---- */

int crew_new(struct crew **out, const struct crew_work *work, void *shared, unsigned threads,
	     int wake_fd)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	int err;

	if (!crew) {
		work->free_shared(shared);
		return -ENOMEM;
	}
	crew->work = work;
	crew->shared = shared;
	crew->members_max = threads;
	crew->users = 1;
	crew->is_own_fd = wake_fd == -1;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->has_work, NULL);
	crew->wake_fd = crew->is_own_fd ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)
					: fcntl(wake_fd, F_DUPFD_CLOEXEC, 0);
	if (crew->wake_fd < 0) {
		err = -errno;
		destroy(crew);
		return err;
	}
	*out = crew;
	return 0;
}

int crew_start(struct crew *crew)
{
	int err;

	pthread_mutex_lock(&crew->lock);
	err = add_missing(crew, crew->members_max);
	pthread_mutex_unlock(&crew->lock);
	return err;
}

/* Called with the lock. */
static void take_jobs_away(struct crew *crew)
{
	for (struct member *member = crew->members; member; member = member->next) {
		free(member->job);
		member->job = NULL;
	}
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->is_closed = true;
	clear_queue(crew, &crew->jobs);
	take_jobs_away(crew);
	pthread_cond_broadcast(&crew->has_work);
	leave(crew);
}

/* Called with the lock. One more thread than the jobs that are being done, if there may be. */
static int need_member(struct crew *crew)
{
	unsigned wanted = crew->member_count + 1;
	int err;

	if (crew->idle || crew->member_count >= crew->members_max)
		return 0;
	err = add_missing(crew, wanted);
	return crew->member_count || crew->stuck ? 0 : err;
}

int crew_submit(struct crew *crew, struct crew_job *job, bool is_first)
{
	bool is_idle;
	int err;

	pthread_mutex_lock(&crew->lock);
	err = need_member(crew);
	if (!err && is_first)
		push_front(&crew->jobs, job);
	else if (!err)
		push_back(&crew->jobs, job);
	is_idle = crew->idle;
	pthread_mutex_unlock(&crew->lock);
	if (err)
		return err;
	crew->pending++;
	if (is_idle) /* outside the lock, or who wakes up would run into it */
		pthread_cond_signal(&crew->has_work);
	return 0;
}

/* Called with the lock. */
static void clear_own_fd(struct crew *crew)
{
	uint64_t count;

	if (crew->is_own_fd && read(crew->wake_fd, &count, sizeof(count)) < 0)
		return; /* it was not signalled */
}

struct crew_job *crew_collect(struct crew *crew, size_t max)
{
	struct queue taken = { 0 };
	struct crew_job *job;

	pthread_mutex_lock(&crew->lock);
	crew->is_awaited = false;
	clear_own_fd(crew);
	for (size_t count = 0; count < max && (job = pop(&crew->done)); count++) {
		push_back(&taken, job);
		crew->pending--;
	}
	if (crew->done.first)
		wake_owner(crew);
	pthread_mutex_unlock(&crew->lock);
	return taken.first;
}

size_t crew_pending(const struct crew *crew)
{
	return crew->pending;
}

int crew_fd(const struct crew *crew)
{
	return crew->wake_fd;
}

/* Called with the lock. */
static void replace(struct crew *crew, struct member *member)
{
	hand_release(&member->hand);
	member->is_replaced = true;
	unlink_member(crew, member);
	crew->stuck++;
	if (!crew->work->give_up)
		return;
	crew->work->give_up(member->job);
	deliver(crew, member->job);
	member->job = NULL;
}

void crew_check(struct crew *crew, uint64_t at_ns)
{
	struct member *member, *next;
	unsigned wanted;

	if (!crew->pending)
		return;
	pthread_mutex_lock(&crew->lock);
	wanted = crew->jobs.first ? crew->members_max : crew->member_count;
	for (member = crew->members; member; member = next) {
		next = member->next;
		if (hand_is_late(&member->hand, at_ns, crew->work->give_up_ns))
			replace(crew, member);
	}
	add_missing(crew, wanted); /* what cannot be started now is tried at the next check */
	pthread_mutex_unlock(&crew->lock);
}
