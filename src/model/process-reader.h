/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PROCESS_READER_H
#define PROCTOP_PROCESS_READER_H

#include <proctree.h>

/*
 * Reads some of what /proc says of some processes, in a thread of its own, since any of it can wait
 * for ever. One batch is read at a time; one that is given up is left to itself.
 */
struct process_reader;

/* Namespaces, a letter and a bit for each in this order: mnt, pid, net, ipc, uts, user, cgroup and
   time. */
#define PROCESS_NAMESPACES "mpniuUct"
#define PROCESS_NAMESPACE_COUNT 8

struct process_figures {
	uint32_t known;	  /* mask of 1u << PTREE_PIECE_* */
	uint32_t refused; /* likewise: it has none, or may not be seen, and that will not change */
	uint32_t ruid;
	uint32_t namespaces;	   /* those that are not proctop's own */
	uint64_t read_ns, took_ns; /* boot time just before, and for how long */
	uint64_t pss_bytes, swap_bytes, shared_bytes;
	uint64_t read_bytes, written_bytes;
};

struct process_answer {
	uint64_t id;
	uint64_t start_ns; /* with the pid, who it is */
	pid_t pid;
	uint32_t pieces; /* what is asked for: mask of 1u << PTREE_PIECE_* */
	int error;	 /* of a probe: nothing is known */
	char *cgroup;	 /* its path, malloc()ed; NULL: not asked for, or not known */
	struct process_figures figures;
};

#define PROCESS_BATCH_MAX 256

struct process_batch {
	size_t count;
	struct process_answer items[PROCESS_BATCH_MAX];
};
void process_batch_free(struct process_batch *batch); /* or NULL */

/* name: of its threads, 15 bytes at most; static. proc_path: NULL for /proc. */
int process_reader_new(struct process_reader **reader, const char *name, const char *proc_path);
void process_reader_free(struct process_reader *reader); /* or NULL; waits for nobody */

int process_reader_fd(const struct process_reader *reader);
/* Takes the batch, also with an error: -EAGAIN: too many hang already; -errno. */
int process_reader_ask(struct process_reader *reader, struct process_batch *batch);
/* Whom of the batch it is at: who hangs, if it takes too long. 0: nobody. */
uint64_t process_reader_at(struct process_reader *reader);
void process_reader_give_up(struct process_reader *reader);
/* The batch, or NULL: it is not there yet. Where reading takes long it is cut short, after one at
   least: who is not in it any more may be asked for again. */
struct process_batch *process_reader_collect(struct process_reader *reader);

/* The same at once, for who may wait; -errno if it cannot even begin. */
int process_reader_read_now(const struct process_reader *reader, struct process_answer *answer);

#endif
