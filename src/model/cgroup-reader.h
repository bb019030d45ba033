/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CGROUP_READER_H
#define PROCTOP_CGROUP_READER_H

#include <proctree.h>

/*
 * Reads the cgroups of some processes, in a thread of its own: the kernel takes a lock for it that
 * others may hold for long. One batch is read at a time; one that is given up is left to itself.
 */
struct cgroup_reader;

#define CGROUP_BATCH_MAX 256

struct cgroup_answer {
	uint64_t id;
	uint64_t start_ns; /* with the pid, who it is */
	pid_t pid;
	int error;  /* of a probe; or -ENODATA */
	char *path; /* NULL with an error */
};

struct cgroup_batch {
	size_t count;
	struct cgroup_answer items[CGROUP_BATCH_MAX];
};
void cgroup_batch_free(struct cgroup_batch *batch); /* or NULL */

int cgroup_reader_new(struct cgroup_reader **reader, const char *proc_path);
void cgroup_reader_free(struct cgroup_reader *reader); /* or NULL; waits for nobody */

int cgroup_reader_fd(const struct cgroup_reader *reader);
/* Takes the batch, also with an error: -EAGAIN: too many hang already; -errno. */
int cgroup_reader_ask(struct cgroup_reader *reader, struct cgroup_batch *batch);
void cgroup_reader_give_up(struct cgroup_reader *reader);
/* The whole batch, or NULL: it is not there yet. */
struct cgroup_batch *cgroup_reader_collect(struct cgroup_reader *reader);

#endif
