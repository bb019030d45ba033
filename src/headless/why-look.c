/* SPDX-License-Identifier: MIT */
/*
 * Looks into a process, in a thread: where its program is may be a file system that does not
 * answer, or the lock of its memory may never be free. A thread that hangs is left to itself, and
 * what it had found until then is the answer.
 */
#include "headless/aside.h"
#include "headless/why-impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INODES_MAX 65536
#define PATIENCE_NS UINT64_C(2000000000)

#define QUICK_PIECES (1u << PTREE_PIECE_TTY | 1u << PTREE_PIECE_CGROUPS | 1u << PTREE_PIECE_LOGIN)
#define STAGES 3

/* First what waits for nobody, last what most often waits for ever. */
static const uint32_t pieces[STAGES] = {
	QUICK_PIECES,
	QUICK_PIECES | 1u << PTREE_PIECE_EXE,
	QUICK_PIECES | 1u << PTREE_PIECE_EXE | 1u << PTREE_PIECE_EXE_FILE,
};

struct look {
	pid_t pid;
	uint64_t start_ns;
	int found;		   /* stages; locked, as are those that are found */
	struct why_answer listens; /* of it what it listens on */
	struct ptree_details details[STAGES];
};

/* ---- what it listens on ---- */

static int compare_inodes(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The inodes of its sockets, sorted. Returns how many, or an error of a probe. */
static ssize_t collect_sockets(struct ptree_probe *probe, uint64_t **out)
{
	struct ptree_descriptors *descriptors;
	struct ptree_descriptor descriptor;
	uint64_t *inodes = NULL;
	size_t count = 0;
	int ret = ptree_descriptors_open(&descriptors, probe);

	if (ret)
		return ret;
	while ((ret = ptree_descriptors_next(descriptors, &descriptor)) == 1 || ret == -EAGAIN) {
		uint64_t *bigger;

		if (ret != 1 || descriptor.kind != PTREE_DESCRIPTOR_SOCKET || count == INODES_MAX)
			continue;
		bigger = reallocarray(inodes, count + 1, sizeof(*inodes));
		if (!bigger) {
			ret = -ENOMEM;
			break;
		}
		inodes = bigger;
		inodes[count++] = descriptor.inode;
	}
	ptree_descriptors_close(descriptors);
	if (ret) {
		free(inodes);
		return ret;
	}
	if (count)
		qsort(inodes, count, sizeof(*inodes), compare_inodes);
	*out = inodes;
	return (ssize_t)count;
}

static void keep_listening(struct why_answer *answer, const struct ptree_socket *socket)
{
	size_t at = answer->listen_count;

	if (at == WHY_LISTENS_MAX)
		return;
	answer->listens[at] = *socket;
	if (socket->path) {
		snprintf(answer->listen_paths[at], sizeof(answer->listen_paths[at]), "%s",
			 socket->path);
		answer->listens[at].path = answer->listen_paths[at];
	}
	answer->listen_count++;
}

static int match_sockets(struct why_answer *answer, struct ptree_probe *probe,
			 const uint64_t *inodes, size_t count)
{
	struct ptree_sockets *sockets;
	struct ptree_socket socket;
	int ret = ptree_sockets_open(&sockets, probe);

	if (ret)
		return ret;
	while ((ret = ptree_sockets_next(sockets, &socket)) == 1 || ret == -EAGAIN) {
		if (ret == 1 && socket.is_listening &&
		    bsearch(&socket.inode, inodes, count, sizeof(*inodes), compare_inodes))
			keep_listening(answer, &socket);
	}
	ptree_sockets_close(sockets);
	return ret;
}

static int find_listening(struct why_answer *answer, struct ptree_probe *probe)
{
	uint64_t *inodes = NULL;
	ssize_t count = collect_sockets(probe, &inodes);
	int err = count < 0 ? (int)count : 0;

	if (!err && inodes)
		err = match_sockets(answer, probe, inodes, (size_t)count);
	free(inodes);
	return err;
}

/* ---- the thread ---- */

static void tell(struct aside *aside, struct look *look, int found)
{
	aside_lock(aside);
	look->found = found;
	aside_tell(aside);
	aside_unlock(aside);
}

static void free_look(void *of)
{
	struct look *look = of;

	for (int i = 0; i < STAGES; i++)
		ptree_details_clear(&look->details[i]);
	free(look);
}

static void find_stages(struct aside *aside, struct look *look, struct ptree_probe *probe)
{
	int err = ptree_probe_details(probe, pieces[0], &look->details[0]);

	look->listens.listens_error = err ? err : find_listening(&look->listens, probe);
	for (int i = 1; i < STAGES; i++) {
		tell(aside, look, i);
		ptree_probe_details(probe, pieces[i], &look->details[i]);
	}
}

static void run(struct aside *aside, void *of)
{
	struct look *look = of;
	struct ptree_procfs *procfs = NULL;
	struct ptree_probe *probe = NULL;
	int err = ptree_procfs_open(&procfs, NULL);

	if (!err)
		err = ptree_probe_open(&probe, procfs, look->pid, look->start_ns);
	look->listens.listens_error = err;
	if (!err)
		find_stages(aside, look, probe);
	ptree_probe_close(probe);
	ptree_procfs_close(procfs);
	tell(aside, look, STAGES);
}

/* ---- who waits for it ---- */

/* What is quick is waited for as long as it takes: it may be much. */
static void await(struct aside *aside, const struct look *look)
{
	uint64_t end_ns = 0, now_ns;

	while (look->found < STAGES) {
		now_ns = ptree_boot_now_ns();
		if (!end_ns && look->found)
			end_ns = now_ns + PATIENCE_NS;
		if (end_ns && now_ns >= end_ns)
			break;
		aside_wait(aside, aside_steps(aside), end_ns ? end_ns - now_ns : PATIENCE_NS);
	}
}

static void take(struct look *look, struct why_answer *answer)
{
	struct ptree_details *details = &look->details[look->found - 1];

	answer->details = *details;
	*details = (struct ptree_details){ 0 };
	answer->hangs = look->found < STAGES;
	answer->listens_error = look->listens.listens_error;
	answer->listen_count = look->listens.listen_count;
	memcpy(answer->listen_paths, look->listens.listen_paths, sizeof(answer->listen_paths));
	for (size_t i = 0; i < answer->listen_count; i++) {
		answer->listens[i] = look->listens.listens[i];
		if (answer->listens[i].path)
			answer->listens[i].path = answer->listen_paths[i];
	}
}

void why_look(struct why_answer *answer)
{
	static const struct aside_kind kind = { run, free_look };
	struct look *look = calloc(1, sizeof(*look));
	struct aside *aside;
	int err;

	answer->listens_error = -ENOMEM;
	if (!look)
		return;
	look->pid = answer->target->pid;
	look->start_ns = ptree_node_begin_ns(answer->node);
	err = aside_start(&aside, &kind, look);
	if (err) {
		answer->listens_error = err;
		return;
	}
	aside_lock(aside);
	await(aside, look);
	take(look, answer);
	aside_leave(aside);
}
