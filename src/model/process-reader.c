/* SPDX-License-Identifier: MIT */
/*
 * A thread for each batch; see process-reader.h. What it shares with who asked is counted, and
 * whoever leaves last frees it, as in inspect.c.
 */
#include "model/process-reader.h"
#include "model/side-thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREADS_MAX 3 /* those that hang included */
#define NS_PER_MS UINT64_C(1000000)
#define BATCH_NS (500 * NS_PER_MS) /* what was not read by then is left out */

struct process_reader {
	int wake_fd;
	const char *name; /* of threads */
	char *proc_path;  /* or NULL */
	pthread_mutex_t lock;
	/* under the lock: */
	unsigned users;		      /* its owner, and the threads */
	uint64_t reading;	      /* whom of it the thread is at */
	struct process_batch *asked;  /* only compared: it is the thread's */
	struct process_batch *answer; /* to be collected */
};

/* What a thread has. */
struct reading {
	struct process_reader *reader;
	struct process_batch *batch;
};

void process_batch_free(struct process_batch *batch)
{
	for (size_t i = 0; batch && i < batch->count; i++)
		free(batch->items[i].cgroup);
	free(batch);
}

/* ---- life ---- */

/* With the lock, which it gives back. */
static void leave(struct process_reader *reader)
{
	bool is_last = --reader->users == 0;

	pthread_mutex_unlock(&reader->lock);
	if (!is_last)
		return;
	process_batch_free(reader->answer);
	close(reader->wake_fd);
	pthread_mutex_destroy(&reader->lock);
	free(reader->proc_path);
	free(reader);
}

int process_reader_new(struct process_reader **out, const char *name, const char *proc_path)
{
	struct process_reader *reader = calloc(1, sizeof(*reader));
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
	reader->name = name;
	reader->users = 1;
	*out = reader;
	return 0;
}

void process_reader_free(struct process_reader *reader)
{
	if (!reader)
		return;
	pthread_mutex_lock(&reader->lock);
	reader->asked = NULL;
	leave(reader);
}

int process_reader_fd(const struct process_reader *reader)
{
	return reader->wake_fd;
}

/* ---- the thread ---- */

/* What is read through. */
struct source {
	struct ptree_procfs *procfs;
	uint64_t own[PROCESS_NAMESPACE_COUNT]; /* proctop's namespaces; 0: not known */
};

/* In the order of PROCESS_NAMESPACES. */
static const char *const namespace_kinds[PROCESS_NAMESPACE_COUNT] = { "mnt",	"pid", "net",
								      "ipc",	"uts", "user",
								      "cgroup", "time" };

static void read_own(struct source *source)
{
	struct ptree_details details = { 0 };
	struct ptree_probe *probe;

	if (ptree_probe_open(&probe, source->procfs, getpid(), 0))
		return;
	if (!ptree_probe_details(probe, 1u << PTREE_PIECE_NAMESPACES, &details)) {
		for (size_t i = 0; i < PROCESS_NAMESPACE_COUNT; i++)
			source->own[i] = ptree_details_namespace(&details, namespace_kinds[i]);
		ptree_details_clear(&details);
	}
	ptree_probe_close(probe);
}

static int open_source(struct source *source, const char *proc_path, uint32_t pieces)
{
	int err = ptree_procfs_open(&source->procfs, proc_path);

	if (!err && pieces & 1u << PTREE_PIECE_NAMESPACES)
		read_own(source);
	return err;
}

static uint32_t other_namespaces(const struct source *source, const struct ptree_details *details)
{
	uint32_t others = 0;

	for (size_t i = 0; i < PROCESS_NAMESPACE_COUNT; i++) {
		uint64_t inode = ptree_details_namespace(details, namespace_kinds[i]);

		others |= (uint32_t)(inode && source->own[i] && inode != source->own[i]) << i;
	}
	return others;
}

static void note_statuses(const struct ptree_details *details, uint32_t pieces,
			  struct process_figures *figures)
{
	for (unsigned i = 0; i < PTREE_PIECE_COUNT; i++) {
		uint8_t status = details->status[i];

		if (!(pieces & 1u << i))
			continue;
		if (status == PTREE_PIECE_KNOWN)
			figures->known |= 1u << i;
		else if (status == PTREE_PIECE_NONE || status == PTREE_PIECE_REFUSED ||
			 status == PTREE_PIECE_UNSUPPORTED)
			figures->refused |= 1u << i;
	}
}

static void take_figures(const struct source *source, const struct ptree_details *details,
			 struct process_answer *answer)
{
	struct process_figures *figures = &answer->figures;
	const char *path = ptree_details_cgroup(details);

	note_statuses(details, answer->pieces, figures);
	figures->ruid = details->uids[PTREE_ID_REAL];
	figures->namespaces = other_namespaces(source, details);
	if (!source->own[0])
		figures->known &= ~(1u << PTREE_PIECE_NAMESPACES);
	figures->read_ns = details->read_ns;
	figures->pss_bytes = details->pss_bytes;
	figures->swap_bytes = details->swap_bytes;
	figures->shared_bytes = details->rss_file_bytes + details->rss_shared_bytes;
	figures->read_bytes = details->read_bytes;
	figures->written_bytes = details->written_bytes;
	if (path && answer->pieces & 1u << PTREE_PIECE_CGROUPS)
		answer->cgroup = strdup(path);
}

static void read_one(const struct source *source, struct process_answer *answer)
{
	struct ptree_details details = { 0 };
	uint64_t began_ns = ptree_boot_now_ns();
	struct ptree_probe *probe;

	answer->error = ptree_probe_open(&probe, source->procfs, answer->pid, answer->start_ns);
	if (answer->error)
		return;
	answer->error = ptree_probe_details(probe, answer->pieces, &details);
	if (!answer->error) {
		take_figures(source, &details, answer);
		ptree_details_clear(&details);
	}
	ptree_probe_close(probe);
	answer->figures.took_ns = ptree_boot_now_ns() - began_ns;
}

int process_reader_read_now(const struct process_reader *reader, struct process_answer *answer)
{
	struct source source = { .procfs = NULL };
	int err = open_source(&source, reader->proc_path, answer->pieces);

	if (err)
		return err;
	read_one(&source, answer);
	ptree_procfs_close(source.procfs);
	return 0;
}

static bool begin_one(struct process_reader *reader, const struct process_batch *batch, uint64_t id)
{
	bool answer;

	pthread_mutex_lock(&reader->lock);
	answer = reader->asked == batch;
	if (answer)
		reader->reading = id;
	pthread_mutex_unlock(&reader->lock);
	return answer;
}

static void read_batch(struct process_reader *reader, struct process_batch *batch)
{
	uint64_t end_ns = ptree_boot_now_ns() + BATCH_NS;
	struct source source = { .procfs = NULL };
	uint32_t pieces = 0;
	size_t done = 0;
	int err;

	for (size_t i = 0; i < batch->count; i++)
		pieces |= batch->items[i].pieces;
	err = open_source(&source, reader->proc_path, pieces);
	while (done < batch->count && begin_one(reader, batch, batch->items[done].id)) {
		if (err)
			batch->items[done].error = err;
		else
			read_one(&source, &batch->items[done]);
		done++;
		if (ptree_boot_now_ns() >= end_ns)
			break;
	}
	batch->count = done;
	if (!err)
		ptree_procfs_close(source.procfs);
}

static void wake(const struct process_reader *reader)
{
	uint64_t one = 1;
	ssize_t written = write(reader->wake_fd, &one, sizeof(one));

	(void)written; /* it is full: it is readable */
}

static void *run(void *argument)
{
	struct reading *reading = argument;
	struct process_reader *reader = reading->reader;
	struct process_batch *batch = reading->batch;

	free(reading);
	pthread_setname_np(pthread_self(), reader->name);
	read_batch(reader, batch);
	pthread_mutex_lock(&reader->lock);
	if (reader->asked == batch) {
		reader->asked = NULL;
		reader->answer = batch;
		batch = NULL;
		wake(reader);
	}
	leave(reader);
	process_batch_free(batch);
	return NULL;
}

/* ---- who asks ---- */

uint64_t process_reader_at(struct process_reader *reader)
{
	uint64_t id;

	pthread_mutex_lock(&reader->lock);
	id = reader->asked ? reader->reading : 0;
	pthread_mutex_unlock(&reader->lock);
	return id;
}

void process_reader_give_up(struct process_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->asked = NULL;
	process_batch_free(reader->answer);
	reader->answer = NULL;
	pthread_mutex_unlock(&reader->lock);
}

int process_reader_ask(struct process_reader *reader, struct process_batch *batch)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int err = reading ? 0 : -ENOMEM;

	process_reader_give_up(reader);
	if (!err) {
		*reading = (struct reading){ reader, batch };
		pthread_mutex_lock(&reader->lock);
		err = reader->users > THREADS_MAX ? -EAGAIN : side_thread_start(run, reading);
		if (!err) {
			reader->asked = batch;
			reader->users++;
		}
		pthread_mutex_unlock(&reader->lock);
	}
	if (err) {
		free(reading);
		process_batch_free(batch);
	}
	return err;
}

struct process_batch *process_reader_collect(struct process_reader *reader)
{
	struct process_batch *batch;
	uint64_t count;
	ssize_t taken = read(reader->wake_fd, &count, sizeof(count));

	(void)taken; /* whatever woke, the answer is looked for */
	pthread_mutex_lock(&reader->lock);
	batch = reader->answer;
	reader->answer = NULL;
	pthread_mutex_unlock(&reader->lock);
	return batch;
}
