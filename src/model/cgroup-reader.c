/* SPDX-License-Identifier: MIT */
/*
 * A thread for each batch; see cgroup-reader.h. What it shares with who asked is counted, and
 * whoever leaves last frees it, as in inspect.c.
 */
#include "model/cgroup-reader.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define STACK_BYTES ((size_t)256 << 10)
#define THREADS_MAX 3 /* those that hang included */

struct cgroup_reader {
	int wake_fd;
	char *proc_path; /* or NULL */
	pthread_mutex_t lock;
	/* under the lock: */
	unsigned users;		     /* its owner, and the threads */
	struct cgroup_batch *asked;  /* only compared: it is the thread's */
	struct cgroup_batch *answer; /* to be collected */
};

/* What a thread has. */
struct reading {
	struct cgroup_reader *reader;
	struct cgroup_batch *batch;
};

void cgroup_batch_free(struct cgroup_batch *batch)
{
	for (size_t i = 0; batch && i < batch->count; i++)
		free(batch->items[i].path);
	free(batch);
}

/* ---- life ---- */

/* With the lock, which it gives back. */
static void leave(struct cgroup_reader *reader)
{
	bool is_last = --reader->users == 0;

	pthread_mutex_unlock(&reader->lock);
	if (!is_last)
		return;
	cgroup_batch_free(reader->answer);
	close(reader->wake_fd);
	pthread_mutex_destroy(&reader->lock);
	free(reader->proc_path);
	free(reader);
}

int cgroup_reader_new(struct cgroup_reader **out, const char *proc_path)
{
	struct cgroup_reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->proc_path = proc_path ? strdup(proc_path) : NULL;
	reader->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = proc_path && !reader->proc_path ? -ENOMEM : reader->wake_fd < 0 ? -errno : 0;
	if (err) {
		if (reader->wake_fd >= 0)
			close(reader->wake_fd);
		free(reader->proc_path);
		free(reader);
		return err;
	}
	pthread_mutex_init(&reader->lock, NULL);
	reader->users = 1;
	*out = reader;
	return 0;
}

void cgroup_reader_free(struct cgroup_reader *reader)
{
	if (!reader)
		return;
	pthread_mutex_lock(&reader->lock);
	reader->asked = NULL;
	leave(reader);
}

int cgroup_reader_fd(const struct cgroup_reader *reader)
{
	return reader->wake_fd;
}

/* ---- the thread ---- */

static void read_one(struct ptree_procfs *procfs, struct cgroup_answer *answer)
{
	struct ptree_details details = { 0 };
	struct ptree_probe *probe;
	const char *path;

	answer->error = ptree_probe_open(&probe, procfs, answer->pid, answer->start_ns);
	if (answer->error)
		return;
	answer->error = ptree_probe_details(probe, 1u << PTREE_PIECE_CGROUPS, &details);
	if (!answer->error) {
		path = ptree_details_cgroup(&details);
		answer->path = path ? strdup(path) : NULL;
		answer->error = answer->path ? 0 : -ENODATA;
		ptree_details_clear(&details);
	}
	ptree_probe_close(probe);
}

static bool is_wanted(struct cgroup_reader *reader, const struct cgroup_batch *batch)
{
	bool answer;

	pthread_mutex_lock(&reader->lock);
	answer = reader->asked == batch;
	pthread_mutex_unlock(&reader->lock);
	return answer;
}

static void read_batch(struct cgroup_reader *reader, struct cgroup_batch *batch)
{
	struct ptree_procfs *procfs;
	int err = ptree_procfs_open(&procfs, reader->proc_path);

	for (size_t i = 0; i < batch->count && is_wanted(reader, batch); i++) {
		if (err)
			batch->items[i].error = err;
		else
			read_one(procfs, &batch->items[i]);
	}
	if (!err)
		ptree_procfs_close(procfs);
}

static void wake(const struct cgroup_reader *reader)
{
	uint64_t one = 1;
	ssize_t written = write(reader->wake_fd, &one, sizeof(one));

	(void)written; /* it is full: it is readable */
}

static void *run(void *argument)
{
	struct reading *reading = argument;
	struct cgroup_reader *reader = reading->reader;
	struct cgroup_batch *batch = reading->batch;

	free(reading);
	pthread_setname_np(pthread_self(), "proctop-cgroups");
	read_batch(reader, batch);
	pthread_mutex_lock(&reader->lock);
	if (reader->asked == batch) {
		reader->asked = NULL;
		reader->answer = batch;
		batch = NULL;
		wake(reader);
	}
	leave(reader);
	cgroup_batch_free(batch);
	return NULL;
}

/* It takes no signals: they are the program's affair. */
static int start_thread(struct reading *reading)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int err = pthread_attr_init(&attributes);

	if (err)
		return -err;
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, &attributes, run, reading);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -err;
}

/* ---- who asks ---- */

void cgroup_reader_give_up(struct cgroup_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->asked = NULL;
	cgroup_batch_free(reader->answer);
	reader->answer = NULL;
	pthread_mutex_unlock(&reader->lock);
}

int cgroup_reader_ask(struct cgroup_reader *reader, struct cgroup_batch *batch)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int err = reading ? 0 : -ENOMEM;

	cgroup_reader_give_up(reader);
	if (!err) {
		*reading = (struct reading){ reader, batch };
		pthread_mutex_lock(&reader->lock);
		err = reader->users > THREADS_MAX ? -EAGAIN : start_thread(reading);
		if (!err) {
			reader->asked = batch;
			reader->users++;
		}
		pthread_mutex_unlock(&reader->lock);
	}
	if (err) {
		free(reading);
		cgroup_batch_free(batch);
	}
	return err;
}

struct cgroup_batch *cgroup_reader_collect(struct cgroup_reader *reader)
{
	struct cgroup_batch *batch;
	uint64_t count;
	ssize_t taken = read(reader->wake_fd, &count, sizeof(count));

	(void)taken; /* whatever woke, the answer is looked for */
	pthread_mutex_lock(&reader->lock);
	batch = reader->answer;
	reader->answer = NULL;
	pthread_mutex_unlock(&reader->lock);
	return batch;
}
