/* SPDX-License-Identifier: MIT */
/*
 * Reading what can hang, off the main thread; see reader.h. The threads are a crew's. Which process
 * to read, and what to make of it, is up to the asker.
 */
#include "reader.h"
#include "base/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GIVE_UP_NS UINT64_C(2000000000)

struct item {
	struct crew_job crew; /* first */
	struct reader_result result;
};

/* What the threads use, and may outlive the reader. */
struct desk {
	struct ptree_procfs *procfs;
	struct reader_source source;
	size_t argv_max;
};

struct reader {
	struct crew *crew;
};

/* ---- the threads ---- */

static void read_argv(const struct desk *desk, struct reader_result *result, bool may_hang)
{
	int err = -EBUSY;

	if (may_hang)
		err = desk->source.argv(desk->procfs, result->job.pid, desk->argv_max,
					&result->argv, &result->argv_size, &result->argv_status);
	if (err)
		result->argv_status = err == -ESRCH ? PTREE_ARGV_LATE : PTREE_ARGV_FAILED;
	result->error = err;
}

static void read_comm(const struct desk *desk, struct reader_result *result)
{
	int err = ptree_procfs_comm(desk->procfs, result->job.pid, result->comm);

	result->has_comm = !err;
	/* Arguments that were read are no less true because the process is gone now. */
	if (!(result->job.what & READER_ARGV))
		result->error = err;
}

/* What has no memory cannot hang. */
static void read_name(const struct desk *desk, struct reader_result *result)
{
	char name[PTREE_NAME_SIZE];
	int err = ptree_procfs_name(desk->procfs, result->job.pid, name);

	result->error = err;
	result->has_comm = !err;
	if (err)
		return;
	memcpy(result->comm, name, PTREE_COMM_SIZE - 1);
	result->comm[PTREE_COMM_SIZE - 1] = '\0';
	if (strlen(name) < PTREE_COMM_SIZE)
		return;
	result->argv = strdup(name);
	result->argv_size = result->argv ? strlen(name) + 1 : 0;
}

/* The process may have been another one all along, with the same pid. */
static void check_identity(const struct desk *desk, struct reader_result *result)
{
	uint64_t start_ns;
	int err = ptree_procfs_start_time(desk->procfs, result->job.pid, &start_ns);

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
static void run(void *shared, struct crew_job *job, bool may_hang)
{
	const struct desk *desk = shared;
	struct reader_result *result = &((struct item *)job)->result;

	result->read_ns = job->since_ns;
	if (result->job.what & READER_ARGV)
		read_argv(desk, result, may_hang);
	if (result->job.what & READER_COMM)
		read_comm(desk, result);
	if (result->job.what & READER_NAME)
		read_name(desk, result);
	if (result->job.start_ns && (result->has_comm || !result->error))
		check_identity(desk, result);
}

/* ---- the owner's side ---- */

static void give_up(struct crew_job *job)
{
	struct reader_result *result = &((struct item *)job)->result;

	result->read_ns = job->since_ns;
	result->error = -ETIMEDOUT;
	if (result->job.what & READER_ARGV)
		result->argv_status = PTREE_ARGV_FAILED;
}

static void clear(struct crew_job *job)
{
	free(((struct item *)job)->result.argv);
}

static void free_desk(void *shared)
{
	struct desk *desk = shared;

	ptree_procfs_close(desk->procfs);
	free(desk);
}

static const struct crew_work reading = {
	.thread_name = HAND_NAME_PREFIX "reader",
	.stack_bytes = HAND_STACK_SMALL,
	.job_size = sizeof(struct item),
	.stuck_max = READER_STUCK_MAX,
	.give_up_ns = GIVE_UP_NS,
	.run = run,
	.give_up = give_up,
	.clear = clear,
	.free_shared = free_desk,
};

static int new_desk(struct desk **out, const char *procfs_path, size_t argv_max,
		    const struct reader_source *source)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	int err = desk ? ptree_procfs_open(&desk->procfs, procfs_path) : -ENOMEM;

	if (err) {
		free(desk);
		return err;
	}
	desk->source.argv = source ? source->argv : ptree_procfs_argv;
	desk->argv_max = argv_max;
	*out = desk;
	return 0;
}

int reader_new(struct reader **out, const char *procfs_path, unsigned threads, size_t argv_max,
	       int wake_fd, const struct reader_source *source)
{
	struct reader *reader = wake_fd < 0 ? NULL : calloc(1, sizeof(*reader));
	struct desk *desk;
	int err;

	if (!reader)
		return wake_fd < 0 ? -EBADF : -ENOMEM;
	err = new_desk(&desk, procfs_path, argv_max, source);
	if (!err)
		err = crew_new(&reader->crew, &reading, desk, threads, wake_fd);
	if (!err)
		err = crew_start(reader->crew);
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
	crew_free(reader->crew);
	free(reader);
}

int reader_submit(struct reader *reader, const struct reader_job *job, bool urgent)
{
	struct item *item;
	int err;

	if (crew_pending(reader->crew) >= READER_JOBS_MAX)
		return -ENOBUFS;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->result.job = *job;
	err = crew_submit(reader->crew, &item->crew, urgent);
	if (err)
		free(item);
	return err;
}

size_t reader_collect(struct reader *reader, struct reader_result *out, size_t max)
{
	struct crew_job *job = crew_collect(reader->crew, max);
	size_t count = 0;

	while (job) {
		struct crew_job *next = job->next;

		out[count++] = ((struct item *)job)->result;
		free(job);
		job = next;
	}
	return count;
}

size_t reader_pending(struct reader *reader)
{
	return crew_pending(reader->crew);
}

void reader_check(struct reader *reader, uint64_t now_ns)
{
	crew_check(reader->crew, now_ns);
}
