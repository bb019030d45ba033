/* SPDX-License-Identifier: MIT */
/*
 * Threads that look into a process; see inspect.h. A thread lives for one request. What it shares
 * with who asked is counted, and whoever leaves last frees it: so a thread that hangs for ever
 * costs its stack and a few bytes, and hurts nobody.
 */
#include "model/inspect.h"
#include "model/side-thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREADS_MAX 4 /* those that hang included */

/* What all threads of an inspector have in common. */
struct inspector {
	int wake_fd;
	char *proc_path; /* or NULL */
	inspect_function *read;
	pthread_mutex_t lock;
	/* under the lock: */
	unsigned users;			 /* its owner, and the threads */
	struct inspect_reading *asked;	 /* that is waited for, which forgets itself */
	struct inspection *first, *last; /* to be collected */
};

/* What a thread has. */
struct inspect_reading {
	struct inspector *inspector;
	struct inspect_request request;
};

void inspection_free(struct inspection *inspection)
{
	if (!inspection)
		return;
	ptree_details_clear(&inspection->details);
	ptree_details_clear(&inspection->own);
	listing_clear(&inspection->listing);
	free(inspection->argv);
	free(inspection->samples.list);
	free(inspection);
}

/* ---- life ---- */

/* With the lock. */
static void drop_answers(struct inspector *inspector)
{
	struct inspection *next;

	for (struct inspection *at = inspector->first; at; at = next) {
		next = at->next;
		inspection_free(at);
	}
	inspector->first = inspector->last = NULL;
}

/* With the lock, which it gives back. */
static void leave(struct inspector *inspector)
{
	bool is_last = --inspector->users == 0;

	pthread_mutex_unlock(&inspector->lock);
	if (!is_last)
		return;
	drop_answers(inspector);
	close(inspector->wake_fd);
	pthread_mutex_destroy(&inspector->lock);
	free(inspector->proc_path);
	free(inspector);
}

int inspector_new(struct inspector **out, const char *proc_path, inspect_function *read_process)
{
	struct inspector *inspector = calloc(1, sizeof(*inspector));
	int err;

	if (!inspector)
		return -ENOMEM;
	inspector->proc_path = proc_path ? strdup(proc_path) : NULL;
	inspector->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = proc_path && !inspector->proc_path ? -ENOMEM : inspector->wake_fd < 0 ? -errno : 0;
	if (err) {
		if (inspector->wake_fd >= 0)
			close(inspector->wake_fd);
		free(inspector->proc_path);
		free(inspector);
		return err;
	}
	pthread_mutex_init(&inspector->lock, NULL);
	inspector->read = read_process;
	inspector->users = 1;
	*out = inspector;
	return 0;
}

void inspector_free(struct inspector *inspector)
{
	if (!inspector)
		return;
	pthread_mutex_lock(&inspector->lock);
	inspector->asked = NULL;
	leave(inspector);
}

int inspector_fd(const struct inspector *inspector)
{
	return inspector->wake_fd;
}

bool inspector_take_wake(struct inspector *inspector)
{
	uint64_t count;

	return read(inspector->wake_fd, &count, sizeof(count)) == sizeof(count);
}

/* ---- the threads ---- */

static void wake(const struct inspector *inspector)
{
	uint64_t one = 1;
	ssize_t written = write(inspector->wake_fd, &one, sizeof(one));

	(void)written; /* it is full: it is readable */
}

void inspect_tell(struct inspect_reading *reading, struct inspection *inspection)
{
	struct inspector *inspector = reading->inspector;
	bool is_awaited;

	pthread_mutex_lock(&inspector->lock);
	is_awaited = inspector->asked == reading;
	if (is_awaited) {
		inspection->next = NULL;
		if (inspector->first)
			inspector->last->next = inspection;
		else
			inspector->first = inspection;
		inspector->last = inspection;
		wake(inspector);
	}
	pthread_mutex_unlock(&inspector->lock);
	if (!is_awaited)
		inspection_free(inspection);
}

bool inspect_is_wanted(const struct inspect_reading *reading)
{
	struct inspector *inspector = reading->inspector;
	bool is_wanted;

	pthread_mutex_lock(&inspector->lock);
	is_wanted = inspector->asked == reading;
	pthread_mutex_unlock(&inspector->lock);
	return is_wanted;
}

static void free_reading(struct inspect_reading *reading)
{
	free(reading->request.before.list);
	free(reading);
}

static void *run(void *argument)
{
	struct inspect_reading *reading = argument;
	struct inspector *inspector = reading->inspector;

	pthread_setname_np(pthread_self(), "proctop-inspect");
	inspector->read(reading, inspector->proc_path, &reading->request);
	pthread_mutex_lock(&inspector->lock);
	if (inspector->asked == reading)
		inspector->asked = NULL;
	free_reading(reading);
	leave(inspector);
	return NULL;
}

/* ---- who asks ---- */

void inspector_give_up(struct inspector *inspector)
{
	pthread_mutex_lock(&inspector->lock);
	inspector->asked = NULL;
	drop_answers(inspector);
	pthread_mutex_unlock(&inspector->lock);
}

int inspector_ask(struct inspector *inspector, struct inspect_request *request)
{
	struct inspect_reading *reading;
	int err;

	inspector_give_up(inspector);
	reading = calloc(1, sizeof(*reading));
	if (!reading) {
		free(request->before.list);
		request->before = (struct inspect_samples){ 0 };
		return -ENOMEM;
	}
	reading->inspector = inspector;
	reading->request = *request;
	request->before = (struct inspect_samples){ 0 };
	pthread_mutex_lock(&inspector->lock);
	err = inspector->users > THREADS_MAX ? -EAGAIN : side_thread_start(run, reading);
	if (err) {
		free_reading(reading);
	} else {
		inspector->asked = reading;
		inspector->users++;
	}
	pthread_mutex_unlock(&inspector->lock);
	return err;
}

struct inspection *inspector_collect(struct inspector *inspector)
{
	struct inspection *inspection;

	pthread_mutex_lock(&inspector->lock);
	inspection = inspector->first;
	if (inspection)
		inspector->first = inspection->next;
	pthread_mutex_unlock(&inspector->lock);
	return inspection;
}
