/* SPDX-License-Identifier: MIT */
/* Who holds a file or a port, and how far the search is. It prints nothing else. */
#include "headless/why-impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define SILENT_NS (500 * NS_PER_MS)
#define BETWEEN_NS (100 * NS_PER_MS)

int why_add_target(struct why_targets *targets, pid_t pid, uint64_t start_ns)
{
	if (targets->count == targets->capacity) {
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

/* ---- progress ---- */

struct progress {
	bool is_wanted, is_shown;
	uint64_t next_ns;
};

static void show_progress(struct progress *progress, const struct ptree_search *search)
{
	uint64_t now_ns = progress->is_wanted ? ptree_boot_now_ns() : 0;
	size_t done, total, refused;

	if (now_ns < progress->next_ns || !progress->is_wanted)
		return;
	ptree_search_progress(search, &done, &total, &refused);
	fprintf(stderr, "\rlooking for it: %zu of %zu processes\033[K", done, total);
	progress->is_shown = true;
	progress->next_ns = now_ns + BETWEEN_NS;
}

static void hide_progress(const struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
}

int why_search(struct why_targets *targets, struct ptree_procfs *procfs,
	       const struct ptree_search_options *options)
{
	const char *term = getenv("TERM");
	struct progress progress = {
		.is_wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
		.next_ns = ptree_boot_now_ns() + SILENT_NS,
	};
	struct ptree_search *search;
	struct ptree_holder holder;
	size_t done, total;
	int ret = ptree_search_open(&search, procfs, options);

	if (ret)
		return ret;
	do {
		ret = ptree_search_next(search, &holder);
		if (ret == 1)
			ret = add_holder(targets, &holder) ? -ENOMEM : -EAGAIN;
		show_progress(&progress, search);
	} while (ret == -EAGAIN);
	hide_progress(&progress);
	ptree_search_progress(search, &done, &total, &targets->refused);
	targets->sockets = ptree_search_socket_count(search);
	ptree_search_close(search);
	return ret;
}
