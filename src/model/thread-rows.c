/* SPDX-License-Identifier: MIT */
/*
 * Rows of threads, where they are shown: each stands below its process, before whoever else does,
 * by its tid. They match as the process does.
 */
#include "model/rows-impl.h"

#include <errno.h>
#include <stdlib.h>

static bool are_shown(const struct rows *rows, uint32_t process)
{
	return rows->scope.shows_threads && !rows->scope.is_list && process != NO_CANDIDATE &&
	       !candidate_of(rows, process)->is_ghost;
}

static struct candidate candidate_of_thread(const struct rows *rows, uint32_t process, uint64_t id,
					    pid_t tid, uint64_t begin_ns)
{
	const struct candidate *above = candidate_of(rows, process);

	return (struct candidate){
		.row = { .id = id, .process = above->row.id, .pid = tid, .is_thread = true },
		.job = NO_JOB,
		.changed_ns = begin_ns,
		.change = PTREE_CHANGE_FORKED,
		.is_match = above->is_match
	};
}

/* ---- all of a process ---- */

static int compare_tids(const void *a, const void *b)
{
	const struct ptree_thread *x = *(const struct ptree_thread *const *)a;
	const struct ptree_thread *y = *(const struct ptree_thread *const *)b;

	return (ptree_thread_tid(x) > ptree_thread_tid(y)) -
	       (ptree_thread_tid(x) < ptree_thread_tid(y));
}

/* By tid. NULL: no memory. */
static const struct ptree_thread **list(const struct ptree_node *node, size_t *count)
{
	const struct ptree_thread *thread = ptree_node_first_thread(node), **threads;

	*count = 0;
	threads = reallocarray(NULL, ptree_node_thread_count(node) + 1,
			       sizeof(const struct ptree_thread *));
	if (!threads)
		return NULL;
	for (; thread; thread = ptree_thread_next(thread))
		threads[(*count)++] = thread;
	if (*count)
		qsort(threads, *count, sizeof(const struct ptree_thread *), compare_tids);
	return threads;
}

/* Collected, it is the last of all, and counted later. */
static int show_one(struct rows *rows, uint32_t process, const struct candidate *thread,
		    uint32_t before, bool is_collected)
{
	uint32_t handle = is_collected ? lineup_append(&rows->lineup, thread, process)
				       : lineup_add(&rows->lineup, thread, process, before);
	struct candidate *added;

	if (handle == NO_CANDIDATE)
		return -ENOMEM;
	added = candidate_of(rows, handle);
	added->is_closed = collect_wants_closed(rows, added);
	return 0;
}

static int show_all(struct rows *rows, uint32_t process, const struct ptree_node *node,
		    bool is_collected)
{
	uint32_t before = is_collected ? NO_CANDIDATE : lineup_first_child(&rows->lineup, process);
	const struct ptree_thread **threads;
	size_t count;
	int err = 0;

	if (!are_shown(rows, process) || !ptree_node_first_thread(node))
		return 0;
	threads = list(node, &count);
	if (!threads)
		return -ENOMEM;
	for (size_t i = 0; i < count && !err; i++) {
		const struct candidate thread = candidate_of_thread(
		    rows, process, ptree_thread_id(threads[i]), ptree_thread_tid(threads[i]),
		    ptree_thread_begin_ns(threads[i]));

		err = show_one(rows, process, &thread, before, is_collected);
	}
	free(threads);
	return err;
}

int threads_collect(struct rows *rows, uint32_t process, const struct ptree_node *node)
{
	return show_all(rows, process, node, true);
}

int threads_show(struct rows *rows, uint32_t process, const struct ptree_node *node)
{
	return show_all(rows, process, node, false);
}

static uint32_t first_of(const struct rows *rows, uint32_t process)
{
	uint32_t first = lineup_first_child(&rows->lineup, process);

	return first != NO_CANDIDATE && candidate_of(rows, first)->row.is_thread ? first
										 : NO_CANDIDATE;
}

void threads_hide(struct rows *rows, uint32_t process)
{
	uint32_t thread;

	while ((thread = first_of(rows, process)) != NO_CANDIDATE)
		lineup_remove(&rows->lineup, thread);
}

int threads_renew(struct rows *rows, uint64_t process)
{
	const struct ptree_node *node = ptree_tree_find_id(rows->gone.tree, process);
	uint32_t handle = lineup_find(&rows->lineup, process, false);

	if (!rows->scope.shows_threads || handle == NO_CANDIDATE)
		return 0;
	threads_hide(rows, handle);
	return node ? threads_show(rows, handle, node) : 0;
}

/* ---- one of them ---- */

struct search {
	const struct rows *rows;
	pid_t tid;
};

static enum lineup_answer is_behind(uint32_t handle, const void *what)
{
	const struct search *search = what;
	const struct row *row = &candidate_of(search->rows, handle)->row;

	return row->is_thread && row->pid < search->tid ? LINEUP_BEFORE : LINEUP_AFTER;
}

int threads_begin(struct rows *rows, const struct ptree_fact *fact)
{
	uint32_t process = lineup_find(&rows->lineup, fact->id, false);
	const struct search search = { rows, fact->u.thread.tid };
	struct candidate thread;

	if (!are_shown(rows, process) ||
	    lineup_find(&rows->lineup, fact->u.thread.id, false) != NO_CANDIDATE)
		return 0;
	thread = candidate_of_thread(rows, process, fact->u.thread.id, fact->u.thread.tid,
				     fact->u.thread.begin_ns);
	return show_one(rows, process, &thread,
			lineup_place(&rows->lineup, process, is_behind, &search), false);
}

void threads_end(struct rows *rows, const struct ptree_fact *fact)
{
	uint32_t thread = lineup_find(&rows->lineup, fact->u.thread.id, false);

	if (thread != NO_CANDIDATE && candidate_of(rows, thread)->row.is_thread)
		lineup_remove(&rows->lineup, thread);
}

/* ---- what they match ---- */

void threads_set_match(struct rows *rows, uint32_t process, bool is_match)
{
	uint32_t thread = first_of(rows, process);

	for (; thread != NO_CANDIDATE && candidate_of(rows, thread)->row.is_thread;
	     thread = candidate_of(rows, thread)->next)
		lineup_set_match(&rows->lineup, thread, is_match, false);
}

void threads_put_match(struct rows *rows, uint32_t process, bool is_match)
{
	uint32_t thread = first_of(rows, process);

	for (; thread != NO_CANDIDATE && candidate_of(rows, thread)->row.is_thread;
	     thread = candidate_of(rows, thread)->next)
		candidate_of(rows, thread)->is_match = is_match;
}
