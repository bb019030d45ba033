/* SPDX-License-Identifier: MIT */
/* Who holds a file or a port, and how far the search is; that is all it prints. */
#include "headless/why-impl.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000
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

/* A process may not answer, and then nor does the search: it has a thread, which is left to itself
   if it gets no further. */
struct hunt {
	pthread_mutex_t lock;
	pthread_cond_t has_ended;
	struct ptree_procfs *procfs;
	struct ptree_search *search;
	struct why_targets targets; /* found so far */
	size_t done, total;
	uint64_t steps;
	int result; /* -EAGAIN: it goes on */
	bool is_left;
};

static void free_hunt(struct hunt *hunt)
{
	ptree_search_close(hunt->search);
	ptree_procfs_close(hunt->procfs);
	free(hunt->targets.at);
	pthread_cond_destroy(&hunt->has_ended);
	pthread_mutex_destroy(&hunt->lock);
	free(hunt);
}

/* True: it goes on. */
static bool take_step(struct hunt *hunt, int ret, const struct ptree_holder *holder)
{
	bool is_on;

	pthread_mutex_lock(&hunt->lock);
	if (ret == 1)
		ret = add_holder(&hunt->targets, holder) ? -ENOMEM : -EAGAIN;
	ptree_search_progress(hunt->search, &hunt->done, &hunt->total, &hunt->targets.refused);
	hunt->targets.sockets = ptree_search_socket_count(hunt->search);
	hunt->steps++;
	hunt->result = ret;
	is_on = ret == -EAGAIN && !hunt->is_left;
	pthread_mutex_unlock(&hunt->lock);
	return is_on;
}

static void *run(void *of)
{
	struct hunt *hunt = of;
	struct ptree_holder holder;
	bool is_left;

	while (take_step(hunt, ptree_search_next(hunt->search, &holder), &holder))
		;
	pthread_mutex_lock(&hunt->lock);
	is_left = hunt->is_left;
	pthread_cond_signal(&hunt->has_ended);
	pthread_mutex_unlock(&hunt->lock);
	if (is_left)
		free_hunt(hunt);
	return NULL;
}

static int start(struct hunt *hunt)
{
	pthread_attr_t detached;
	pthread_t thread;
	int err;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	hunt->result = -EAGAIN;
	err = pthread_create(&thread, &detached, run, hunt);
	pthread_attr_destroy(&detached);
	return -err;
}

static int new_hunt(struct hunt **out, const struct ptree_search_options *options)
{
	struct hunt *hunt = calloc(1, sizeof(*hunt));
	pthread_condattr_t clock;
	int err;

	if (!hunt)
		return -ENOMEM;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&hunt->lock, NULL);
	pthread_cond_init(&hunt->has_ended, &clock);
	pthread_condattr_destroy(&clock);
	err = ptree_procfs_open(&hunt->procfs, NULL);
	if (!err)
		err = ptree_search_open(&hunt->search, hunt->procfs, options);
	if (!err)
		err = start(hunt);
	if (err)
		free_hunt(hunt);
	else
		*out = hunt;
	return err;
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

static void wait_a_little(struct hunt *hunt)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)BETWEEN_NS;
	if (until.tv_nsec >= NS_PER_S) {
		until.tv_nsec -= NS_PER_S;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&hunt->has_ended, &hunt->lock, &until);
}

/* False: it gets no further. */
static bool await(struct hunt *hunt, struct progress *progress)
{
	uint64_t steps = hunt->steps, since_ns = ptree_boot_now_ns();

	while (hunt->result == -EAGAIN) {
		uint64_t now_ns = ptree_boot_now_ns();

		if (steps != hunt->steps)
			since_ns = now_ns;
		else if (now_ns - since_ns > PATIENCE_NS)
			return false;
		steps = hunt->steps;
		show_progress(progress, hunt);
		wait_a_little(hunt);
	}
	return true;
}

int why_search(struct why_targets *targets, const struct ptree_search_options *options)
{
	const char *term = getenv("TERM");
	struct progress progress = {
		.is_wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
		.next_ns = ptree_boot_now_ns() + SILENT_NS,
	};
	struct hunt *hunt = NULL;
	int err = new_hunt(&hunt, options);
	bool is_over;

	if (err)
		return err;
	pthread_mutex_lock(&hunt->lock);
	is_over = await(hunt, &progress);
	free(targets->at);
	*targets = hunt->targets;
	targets->looked_into = hunt->done;
	targets->total = hunt->total;
	targets->hangs = !is_over;
	hunt->targets = (struct why_targets){ 0 };
	hunt->is_left = !is_over;
	err = is_over ? hunt->result : 0;
	pthread_mutex_unlock(&hunt->lock);
	hide_progress(&progress);
	if (is_over)
		free_hunt(hunt);
	return err;
}
