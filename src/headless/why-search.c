/* SPDX-License-Identifier: MIT */
/* Who holds a file or a port, and how far the search is; that is all it prints. */
#include "headless/aside.h"
#include "headless/why-impl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define SILENT_NS (500 * NS_PER_MS)
#define BETWEEN_NS (100 * NS_PER_MS)
#define PATIENCE_NS (5000 * NS_PER_MS) /* for one step */

int why_add_target(struct why_targets *targets, pid_t pid, uint64_t start_ns)
{
	if (!targets->at || targets->count == targets->capacity) {
		size_t capacity = targets->capacity ? 2 * targets->capacity : 8;
		struct why_target *bigger =
		    reallocarray(targets->at, capacity, sizeof(*targets->at));

		if (!bigger)
			return -ENOMEM;
		targets->at = bigger;
		targets->capacity = capacity;
	}
	targets->at[targets->count++] = (struct why_target){ .pid = pid, .start_ns = start_ns };
	return 0;
}

/* The search tells a process's holds one after the other. */
static int add_holder(struct why_targets *targets, const struct ptree_holder *holder)
{
	struct why_target *target = targets->count ? &targets->at[targets->count - 1] : NULL;

	if (!target || target->pid != holder->pid || target->start_ns != holder->start_ns) {
		int err = why_add_target(targets, holder->pid, holder->start_ns);

		if (err)
			return err;
		target = &targets->at[targets->count - 1];
	}
	if (target->hold_count < WHY_HOLDS_MAX)
		target->holds[target->hold_count] = (struct why_hold){
			.hold = holder->hold,
			.number = holder->number,
			.flags = holder->flags,
			.is_deleted = holder->is_deleted,
			.has_socket = holder->has_socket,
			.socket = holder->socket,
		};
	target->hold_count++;
	return 0;
}

/* ---- the thread ---- */

/* A process may not answer, nor may the file's file system, and then nor does the search. */
struct hunt {
	char *file; /* or NULL: the port */
	uint16_t port;
	bool must_exist;
	struct ptree_procfs *procfs;
	struct ptree_search *search;
	/* Locked: */
	struct why_targets targets; /* found so far */
	size_t done, total;
	int result;
};

static void free_hunt(void *of)
{
	struct hunt *hunt = of;

	ptree_search_close(hunt->search);
	ptree_procfs_close(hunt->procfs);
	free(hunt->targets.at);
	free(hunt->file);
	free(hunt);
}

/* The path as the kernel would say it; of a file that is gone that of its directory is enough. */
static char *absolute_path(const char *file)
{
	char *path = realpath(file, NULL), *directory, *whole = NULL;
	const char *slash = strrchr(file, '/');

	if (path || errno != ENOENT)
		return path;
	if (asprintf(&whole, "%.*s/.", slash ? (int)(slash - file) : 1, slash ? file : ".") < 0)
		return NULL;
	directory = realpath(whole, NULL);
	free(whole);
	if (!directory || asprintf(&path, "%s/%s", strcmp(directory, "/") ? directory : "",
				   slash ? slash + 1 : file) < 0)
		path = NULL;
	free(directory);
	return path;
}

/* 1: there is nothing to look for. */
static int begin(struct hunt *hunt)
{
	struct ptree_search_options options = { .port = hunt->port, .except = getpid() };
	char *path = NULL;
	int err = ptree_procfs_open(&hunt->procfs, NULL);

	if (err)
		return err;
	if (hunt->file && hunt->must_exist && access(hunt->file, F_OK))
		return 1;
	if (hunt->file) {
		errno = 0;
		path = absolute_path(hunt->file);
		if (!path)
			return errno ? -errno : -ENOMEM;
	}
	options.path = path;
	err = ptree_search_open(&hunt->search, hunt->procfs, &options);
	free(path);
	return err;
}

/* True: it goes on. */
static bool take_step(struct aside *aside, struct hunt *hunt, int ret,
		      const struct ptree_holder *holder)
{
	bool is_wanted;

	aside_lock(aside);
	if (ret == 1)
		ret = add_holder(&hunt->targets, holder) ? -ENOMEM : -EAGAIN;
	ptree_search_progress(hunt->search, &hunt->done, &hunt->total, &hunt->targets.refused);
	hunt->targets.sockets = ptree_search_socket_count(hunt->search);
	hunt->result = ret == -EAGAIN ? 0 : ret;
	is_wanted = aside_tell(aside);
	aside_unlock(aside);
	return ret == -EAGAIN && is_wanted;
}

static void run(struct aside *aside, void *of)
{
	struct hunt *hunt = of;
	struct ptree_holder holder;
	int err = begin(hunt);

	if (err) {
		aside_lock(aside);
		hunt->result = err < 0 ? err : 0;
		aside_unlock(aside);
		return;
	}
	while (take_step(aside, hunt, ptree_search_next(hunt->search, &holder), &holder))
		;
}

/* ---- progress ---- */

struct progress {
	bool is_wanted, is_shown;
	uint64_t next_ns;
};

static void show_progress(struct progress *progress, const struct hunt *hunt)
{
	uint64_t now_ns = ptree_boot_now_ns();

	if (now_ns < progress->next_ns || !progress->is_wanted)
		return;
	fprintf(stderr, "\rlooking for it: %zu of %zu processes\033[K", hunt->done, hunt->total);
	progress->is_shown = true;
	progress->next_ns = now_ns + BETWEEN_NS;
}

static void hide_progress(const struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
}

/* False: it gets no further. */
static bool await(struct aside *aside, const struct hunt *hunt, struct progress *progress)
{
	uint64_t steps = aside_steps(aside), since_ns = ptree_boot_now_ns();

	while (!aside_is_over(aside)) {
		uint64_t now_ns = ptree_boot_now_ns();

		if (steps != aside_steps(aside))
			since_ns = now_ns;
		else if (now_ns - since_ns > PATIENCE_NS)
			return false;
		steps = aside_steps(aside);
		show_progress(progress, hunt);
		aside_wait(aside, steps, BETWEEN_NS);
	}
	return true;
}

static int search(struct why_targets *targets, struct hunt *hunt)
{
	static const struct aside_kind kind = { run, free_hunt };
	const char *term = getenv("TERM");
	struct progress progress = {
		.is_wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
		.next_ns = ptree_boot_now_ns() + SILENT_NS,
	};
	struct aside *aside;
	int err = aside_start(&aside, &kind, hunt);

	if (err)
		return err;
	aside_lock(aside);
	hunt->targets.hangs = !await(aside, hunt, &progress);
	hunt->targets.looked_into = hunt->done;
	hunt->targets.total = hunt->total;
	free(targets->at);
	*targets = hunt->targets;
	hunt->targets = (struct why_targets){ 0 };
	err = targets->hangs ? 0 : hunt->result;
	aside_leave(aside);
	hide_progress(&progress);
	return err;
}

int why_search_file(struct why_targets *targets, const char *file, bool must_exist)
{
	struct hunt *hunt = calloc(1, sizeof(*hunt));

	if (hunt)
		hunt->file = strdup(file);
	if (!hunt || !hunt->file) {
		free(hunt);
		return -ENOMEM;
	}
	hunt->must_exist = must_exist;
	return search(targets, hunt);
}

int why_search_port(struct why_targets *targets, uint16_t port)
{
	struct hunt *hunt = calloc(1, sizeof(*hunt));

	if (!hunt)
		return -ENOMEM;
	hunt->port = port;
	return search(targets, hunt);
}
