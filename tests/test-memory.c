/* SPDX-License-Identifier: MIT */
/*
 * Without memory: the Nth allocation fails, for every N. Linked with --wrap for the allocator; a
 * leak is for the sanitizer or valgrind to find. A load is repeated until it needs no more than
 * what it was given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake-proc.h"
#include "../lib/model/tree.h"

#include <errno.h>
#include <stdatomic.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);

/* The allocator has no object to keep this in. Allocations until one fails; negative: none does. */
static _Atomic long left = -1;

static bool is_refused(void)
{
	return left >= 0 && atomic_fetch_sub(&left, 1) == 0;
}

void *__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return is_refused() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return is_refused() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text)
{
	return is_refused() ? NULL : __real_strdup(text);
}

/* Runs it with the Nth allocation failing until none fails any more. Returns how many did. */
static long fail_each(void (*load)(const char *root), const char *root)
{
	long n = 0;
	bool has_failed = true;

	for (; has_failed; n++) {
		left = n;
		load(root);
		has_failed = left < 0;
		left = -1;
	}
	return n - 1;
}

static void expect(int ret)
{
	assert_true(ret >= 0 || ret == -ENOMEM || ret == -ESRCH);
}

/* ---- the tree ---- */

static void apply_all(struct ptree_tree *tree)
{
	struct ptree_event event = { .kind = PTREE_EVENT_FORK, .parent_pid = 1, .parent_tgid = 1 };

	for (pid_t pid = 10; pid < 200; pid++) {
		event.kind = PTREE_EVENT_FORK;
		event.time_ns += 100;
		event.tgid = pid & ~3;
		event.pid = pid;
		expect(ptree_tree_apply(tree, &event));
		event.kind = pid & 1 ? PTREE_EVENT_EXEC : PTREE_EVENT_COMM;
		snprintf(event.u.comm, sizeof(event.u.comm), "p%d", pid);
		event.pid = event.tgid;
		expect(ptree_tree_apply(tree, &event));
		event.kind = pid & 1 ? PTREE_EVENT_PTRACE : PTREE_EVENT_UID;
		event.u.ptrace.tracer_tgid = pid; /* or the effective user */
		expect(ptree_tree_apply(tree, &event));
		event.kind = PTREE_EVENT_EXIT;
		event.pid = pid;
		if (pid % 7 == 0)
			expect(ptree_tree_apply(tree, &event));
		event.parent_tgid = event.parent_pid = pid - 4;
	}
}

static void observe_all(struct ptree_tree *tree)
{
	const pid_t tids[] = { 50, 1050, 1051 };
	char argv[] = "one\0two";
	struct ptree_process process = { .start_ns = 5,
					 .read_ns = NS_PER_S,
					 .state = 'S',
					 .comm = "seen",
					 .argv = argv,
					 .argv_size = sizeof(argv),
					 .argv_status = PTREE_ARGV_READ };

	for (process.pid = 1; process.pid < 60; process.pid++) {
		process.ppid = process.pid / 2;
		expect(ptree_tree_observe(tree, &process));
	}
	process.pid = 50;
	expect(ptree_tree_observe_tasks(tree, &process, tids, 3));
	expect(ptree_tree_adopt(tree, 50, 1));
	ptree_tree_sweep(tree, NS_PER_S);
}

static void query_all(struct ptree_tree *tree)
{
	struct ptree_nodes nodes = { 0 };
	char *text = NULL;

	expect(ptree_tree_watch_name(tree, "seen", 0));
	expect(ptree_tree_children(tree, 1, &nodes));
	expect(ptree_tree_siblings(tree, 50, &nodes));
	expect(ptree_tree_descendants(tree, 1, &nodes));
	expect(ptree_tree_ancestry(tree, 50, true, &nodes));
	expect(ptree_tree_find_command(tree, "seen", &nodes));
	ptree_nodes_clear(&nodes);
	if (!ptree_tree_chain_text(tree, 50, PTREE_CHAIN_ARGUMENTS, NULL, &text))
		free(text);
	if (!ptree_tree_chain_json(tree, 50, PTREE_CHAIN_ARGUMENTS, NULL, &text))
		free(text);
	if (!ptree_tree_display(tree, 0, true, &text))
		free(text);
}

static void live_a_trees_life(const char *root)
{
	const struct ptree_tree_options options = { .exited_max = 8, .feed_bytes = 4096 };
	struct ptree_tree *tree;
	int err = ptree_tree_new(&tree, &options);

	(void)root;
	expect(err);
	if (err)
		return;
	observe_all(tree);
	apply_all(tree);
	query_all(tree);
	ptree_tree_expire(tree, UINT64_MAX);
	ptree_tree_free(tree);
}

static void a_tree_survives_every_failing_allocation(void **state)
{
	(void)state;
	assert_true(fail_each(live_a_trees_life, NULL) > 20);
}

/* ---- the monitor ---- */

static void live_a_monitors_life(const char *root)
{
	const struct ptree_monitor_options options = { .proc_path = root,
						       .poll_only = true,
						       .tree = { .feed_bytes = 4096 } };
	struct ptree_monitor *monitor;
	int err = ptree_monitor_new(&monitor, &options);

	assert_true(err == 0 || err == -ENOMEM || err == -EAGAIN);
	if (err)
		return;
	do
		err = ptree_monitor_wait_ready(monitor, true, 20000);
	while (err == -ENOMEM);
	assert_int_equal(err, 0);
	ptree_monitor_free(monitor);
}

static void a_monitor_survives_every_failing_allocation(void **state)
{
	char *root = fake_root_new();

	(void)state;
	for (int pid = 7; pid < 100; pid++)
		fake_stat(root, pid, "fake", 'S', 1, 0);
	fake_text(root, "50/cmdline", "fake");
	assert_true(fail_each(live_a_monitors_life, root) > 10);
	fake_root_free(root);
}

/* ---- a probe ---- */

static void expect_piece(int ret)
{
	assert_true(ret == 0 || ret == 1 || ret == -EAGAIN || ret == -ENOMEM);
}

static void read_pieces(struct ptree_probe *probe)
{
	struct ptree_environment *environment;
	struct ptree_variable variable;
	struct ptree_maps *maps;
	struct ptree_mapping mapping;
	struct ptree_tasks *tasks;
	struct ptree_task task;
	int ret = ptree_environment_open(&environment, probe);

	expect_piece(ret);
	if (!ret) {
		while ((ret = ptree_environment_next(environment, &variable)) == 1 ||
		       ret == -EAGAIN)
			;
		ptree_environment_close(environment);
	}
	expect_piece(ret = ptree_maps_open(&maps, probe));
	if (!ret) {
		while ((ret = ptree_maps_next(maps, &mapping)) == 1 || ret == -EAGAIN)
			;
		expect_piece(ret);
		ptree_maps_close(maps);
	}
	expect_piece(ret = ptree_tasks_open(&tasks, probe, 0));
	if (!ret) {
		while ((ret = ptree_tasks_next(tasks, &task)) == 1 || ret == -EAGAIN)
			;
		ptree_tasks_close(tasks);
	}
}

static void search_all(struct ptree_procfs *procfs)
{
	const struct ptree_search_options options = { .port = 22 };
	struct ptree_search *search;
	struct ptree_holder holder;
	int ret = ptree_search_open(&search, procfs, &options);

	expect_piece(ret);
	if (ret)
		return;
	while ((ret = ptree_search_next(search, &holder)) == 1 || ret == -EAGAIN)
		;
	expect_piece(ret);
	ptree_search_close(search);
}

static void live_a_probes_life(const char *root)
{
	struct ptree_procfs *procfs;
	struct ptree_probe *probe;
	struct ptree_details details;
	int err = ptree_procfs_open(&procfs, root);

	expect_piece(err);
	if (err)
		return;
	expect_piece(err = ptree_probe_open(&probe, procfs, 50, 0));
	if (!err) {
		expect_piece(err = ptree_probe_details(probe, 0, &details));
		if (!err)
			ptree_details_clear(&details);
		read_pieces(probe);
		ptree_probe_close(probe);
	}
	search_all(procfs);
	ptree_procfs_close(procfs);
}

static void a_probe_survives_every_failing_allocation(void **state)
{
	char *root = fake_root_new();

	(void)state;
	fake_stat(root, 50, "fake", 'S', 1, 0);
	fake_text(root, "50/task/50/stat", "50 (x) S 1\n");
	fake_text(root, "50/status", "Groups:\t1 2\nCpus_allowed_list:\t0\n");
	fake_text(root, "50/cgroup", "1:cpu:/a\n0::/b\n");
	fake_text(root, "50/environ", "A=1");
	fake_text(root, "50/smaps", "1000-2000 r--p 00000000 00:00 0 x\nRss: 4 kB\n");
	fake_text(root, "50/net/tcp",
		  "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 "
		  "0 17 1\n");
	fake_text(root, "50/ns/net", "");
	fake_text(root, "50/fd/none", "");
	assert_true(fail_each(live_a_probes_life, root) > 20);
	fake_root_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_survives_every_failing_allocation),
		cmocka_unit_test(a_monitor_survives_every_failing_allocation),
		cmocka_unit_test(a_probe_survives_every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
