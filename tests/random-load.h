/* SPDX-License-Identifier: MIT */
/*
 * A random load for a tree: events, scans, samples and records in every wrong order, of a few
 * processes and threads. The same seed makes the same load.
 */
#ifndef TESTS_RANDOM_LOAD_H
#define TESTS_RANDOM_LOAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../lib/model/tree.h"

#include <stdio.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define PIDS 60
#define TIDS 80

static inline struct ptree_tree *new_tree(size_t exited_max, size_t feed_bytes)
{
	const struct ptree_tree_options options = { .exited_max = exited_max,
						    .feed_bytes = feed_bytes };
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, &options), 0);
	return tree;
}

struct load {
	struct ptree_tree *tree;
	uint32_t seed;
	uint64_t now_ns;
};

static inline uint32_t draw(struct load *load, uint32_t below)
{
	load->seed = load->seed * 1664525u + 1013904223u;
	return (load->seed >> 8) % below;
}

static inline pid_t draw_pid(struct load *load)
{
	return (pid_t)(1 + draw(load, PIDS));
}

static inline pid_t draw_tid(struct load *load)
{
	return (pid_t)(1000 + draw(load, TIDS));
}

static inline uint32_t draw_status(struct load *load)
{
	static const uint32_t statuses[] = { 0, 0, 0, 256, 44 << 8, 9, 0x8b };

	return statuses[draw(load, sizeof(statuses) / sizeof(statuses[0]))];
}

static inline struct ptree_event draw_event(struct load *load)
{
	static const enum ptree_event_kind kinds[] = {
		PTREE_EVENT_FORK, PTREE_EVENT_FORK, PTREE_EVENT_FORK,	  PTREE_EVENT_EXIT,
		PTREE_EVENT_EXIT, PTREE_EVENT_EXIT, PTREE_EVENT_EXEC,	  PTREE_EVENT_EXEC,
		PTREE_EVENT_UID,  PTREE_EVENT_GID,  PTREE_EVENT_SID,	  PTREE_EVENT_PTRACE,
		PTREE_EVENT_COMM, PTREE_EVENT_COMM, PTREE_EVENT_COREDUMP, PTREE_EVENT_UNKNOWN,
		PTREE_EVENT_LOST,
	};
	pid_t pid = draw_pid(load);
	struct ptree_event event = { .kind = kinds[draw(load, sizeof(kinds) / sizeof(kinds[0]))],
				     .time_ns = load->now_ns,
				     .pid = pid,
				     .tgid = pid };

	if (draw(load, 5) == 0) /* older than what is known */
		event.time_ns -= draw(load, 100) * MS;
	if (draw(load, 3) == 0)
		event.pid = draw_tid(load);
	event.parent_tgid = event.parent_pid = (pid_t)draw(load, PIDS);
	if (event.kind == PTREE_EVENT_UID || event.kind == PTREE_EVENT_GID) {
		event.u.id.real = draw(load, 3);
		event.u.id.effective = draw(load, 3);
	} else if (event.kind == PTREE_EVENT_EXIT) {
		event.u.exit.status = draw_status(load);
	} else if (event.kind == PTREE_EVENT_COMM) {
		snprintf(event.u.comm, sizeof(event.u.comm), "n%u", draw(load, 9));
	} else if (event.kind == PTREE_EVENT_PTRACE) {
		event.u.ptrace.tracer_tgid = draw_pid(load);
	} else if (event.kind == PTREE_EVENT_LOST) {
		event.u.lost.count = 1 + draw(load, 9);
	}
	return event;
}

static inline struct ptree_process draw_process(struct load *load)
{
	static const char states[] = "SSSRRDZ";
	struct ptree_process process = { .pid = draw_pid(load),
					 .ppid = (pid_t)draw(load, PIDS),
					 .read_ns = load->now_ns - draw(load, 50) * MS,
					 .sid = (pid_t)draw(load, 3),
					 .state = states[draw(load, sizeof(states) - 1)],
					 .thread_count = 1 + draw(load, 2),
					 .is_kernel_thread = draw(load, 9) == 0,
					 .euid = draw(load, 3),
					 .rss_bytes = 4096u * draw(load, 4),
					 .cpu_user_ns = draw(load, 4) * 10 * MS,
					 .waited_cpu_ns = draw(load, 3) * 10 * MS,
					 .ruid = PTREE_UNKNOWN_ID };
	const struct ptree_node *node = tree_latest(load->tree, process.pid);

	process.start_ns = node && draw(load, 4) ? node->begin_ns / (10 * MS) * 10 * MS
						 : process.read_ns - draw(load, 500) * MS;
	if (draw(load, 2))
		process.ruid = process.rgid = process.egid = draw(load, 3);
	snprintf(process.comm, sizeof(process.comm), "n%u", draw(load, 9));
	return process;
}

static inline void observe(struct load *load)
{
	const pid_t tids[] = { draw_pid(load), draw_tid(load), draw_tid(load) };
	struct ptree_process process = draw_process(load);
	char argv[] = "prog\0x";

	argv[5] = (char)('a' + draw(load, 5));
	if (draw(load, 3) == 0) {
		process.argv = argv;
		process.argv_size = sizeof(argv);
		process.argv_status = PTREE_ARGV_READ;
	}
	assert_int_equal(ptree_tree_observe(load->tree, &process), 0);
	if (draw(load, 2))
		ptree_tree_observe_tasks(load->tree, &process, tids, 3);
}

static inline void account(struct load *load)
{
	const struct ptree_accounting record = {
		.pid = draw(load, 2) ? draw_pid(load) : draw_tid(load),
		.is_process = draw(load, 5) == 0,
		.known = 2 * PTREE_ACCOUNTING_IO - 1,
		.cpu_user_ns = draw(load, 9) * MS,
		.cpu_run_ns = draw(load, 9999) * 1000,
		.elapsed_ns = draw(load, 999) * MS,
		.max_rss_bytes = draw(load, 99) * 4096u,
		.comm = "acct",
	};

	ptree_tree_account(load->tree, draw_pid(load), &record);
}

static inline void read_text(struct load *load)
{
	const struct ptree_node *node = tree_latest(load->tree, draw_pid(load));
	char argv[] = "read\0y", comm[PTREE_COMM_SIZE] = "r0";

	argv[5] = (char)('a' + draw(load, 9));
	comm[1] = (char)('0' + draw(load, 9));
	if (!node)
		return;
	if (draw(load, 2))
		ptree_tree_set_comm(load->tree, node->id, load->now_ns, comm);
	if (node->image)
		ptree_tree_set_argv(load->tree, node->id, node->image->pub.begin_ns, load->now_ns,
				    draw(load, 4) ? PTREE_ARGV_READ : PTREE_ARGV_LATE, argv,
				    sizeof(argv));
}

static inline void adopt(struct load *load)
{
	pid_t child;

	if (ptree_tree_orphaned(load->tree, 0, &child))
		ptree_tree_adopt(load->tree, child, draw(load, 3) ? draw_pid(load) : 0);
}

static inline void learn_of_all(struct load *load)
{
	const struct ptree_fact user = { .kind = PTREE_FACT_USER,
					 .time_ns = load->now_ns,
					 .u.user = { draw(load, 3), "somebody",
						     1 + draw(load, 8) } };
	const struct ptree_fact source = { .kind = PTREE_FACT_SOURCE,
					   .time_ns = load->now_ns,
					   .u.source = { .lost = draw(load, 9) } };
	const struct ptree_fact unknown = {
		.kind = 4711, .time_ns = load->now_ns, .more = "whatever", .more_size = 8
	};

	assert_int_equal(ptree_tree_learn(load->tree, &user), 0);
	assert_int_equal(ptree_tree_learn(load->tree, &source), 0);
	assert_int_equal(ptree_tree_learn(load->tree, &unknown), 0);
}

static inline void step(struct load *load)
{
	struct ptree_event event;
	struct ptree_process process;

	load->now_ns += draw(load, 40) * MS;
	switch (draw(load, 20)) {
	case 0:
		observe(load);
		break;
	case 1:
		account(load);
		break;
	case 2:
		read_text(load);
		break;
	case 3:
		adopt(load);
		break;
	case 4:
		process = draw_process(load);
		ptree_tree_sample(load->tree, &process);
		break;
	case 5:
		ptree_tree_tick(load->tree, load->now_ns);
		break;
	case 6:
		if (draw(load, 8) == 0)
			ptree_tree_sweep(load->tree, load->now_ns - 500 * MS);
		else
			ptree_tree_set_polling(load->tree, draw(load, 2));
		break;
	case 7:
		ptree_tree_expire(load->tree, load->now_ns);
		learn_of_all(load);
		break;
	default:
		event = draw_event(load);
		assert_int_equal(ptree_tree_apply(load->tree, &event), 0);
	}
}

#endif
