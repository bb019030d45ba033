/* SPDX-License-Identifier: MIT */
/*
 * The tasks of a process other than its leader: a set of tids, never a counter, because an exec
 * from a thread makes a tid vanish without an event.
 */
#include "thread.h"
#include "rare.h"

#include <errno.h>
#include <string.h>

void thread_set_comm(struct ptree_thread *thread, const char comm[PTREE_COMM_SIZE])
{
	memcpy(thread->comm, comm, PTREE_COMM_SIZE);
	thread->comm[PTREE_COMM_SIZE - 1] = '\0';
}

static void link_thread(struct ptree_node *node, struct ptree_thread *thread)
{
	thread->node = node;
	thread->next = node->rare->threads;
	if (thread->next)
		thread->next->prev = thread;
	node->rare->threads = thread;
	node->rare->thread_count++;
}

int thread_add(struct ptree_tree *tree, struct ptree_node *node, uint64_t id, pid_t tid,
	       uint64_t begin_ns, const char comm[PTREE_COMM_SIZE])
{
	struct ptree_thread *thread = rare_of(tree, node) ? pool_get(&tree->threads) : NULL;

	if (!thread)
		return -ENOMEM;
	if (map_set(&tree->by_tid, (uint64_t)tid, thread)) {
		pool_put(&tree->threads, thread);
		return -ENOMEM;
	}
	thread->id = id;
	thread->tid = tid;
	thread->begin_ns = begin_ns;
	thread->cpu_permille = PTREE_UNKNOWN_ID;
	thread_set_comm(thread, comm);
	link_thread(node, thread);
	tree->counts.threads++;
	return 0;
}

struct ptree_thread *thread_find(const struct ptree_tree *tree, const struct ptree_node *node,
				 pid_t tid)
{
	struct ptree_thread *thread = tid > 0 ? map_find(&tree->by_tid, (uint64_t)tid) : NULL;

	return thread && thread->node == node ? thread : NULL;
}

void thread_remove(struct ptree_tree *tree, struct ptree_thread *thread)
{
	struct ptree_node *node = thread->node;

	if (thread->prev)
		thread->prev->next = thread->next;
	else
		node->rare->threads = thread->next;
	if (thread->next)
		thread->next->prev = thread->prev;
	node->rare->thread_count--;
	tree->counts.threads--;
	map_remove(&tree->by_tid, (uint64_t)thread->tid);
	pool_put(&tree->threads, thread);
}

void thread_remove_all(struct ptree_tree *tree, struct ptree_node *node)
{
	while (node_rare(node)->threads)
		thread_remove(tree, node->rare->threads);
}

const struct ptree_thread *ptree_tree_find_thread(const struct ptree_tree *tree, pid_t tid)
{
	return tid > 0 ? map_find(&tree->by_tid, (uint64_t)tid) : NULL;
}

size_t ptree_node_thread_count(const struct ptree_node *node)
{
	return node_rare(node)->thread_count;
}

const struct ptree_thread *ptree_node_first_thread(const struct ptree_node *node)
{
	return node_rare(node)->threads;
}

const struct ptree_thread *ptree_thread_next(const struct ptree_thread *thread)
{
	return thread->next;
}

uint64_t ptree_thread_id(const struct ptree_thread *thread)
{
	return thread->id;
}

pid_t ptree_thread_tid(const struct ptree_thread *thread)
{
	return thread->tid;
}

uint64_t ptree_thread_begin_ns(const struct ptree_thread *thread)
{
	return thread->begin_ns;
}

uint64_t ptree_thread_usage(const struct ptree_thread *thread, uint64_t *cpu_ns,
			    uint32_t *cpu_permille)
{
	*cpu_ns = thread->cpu_ns;
	*cpu_permille = thread->cpu_permille;
	return thread->sampled_ns;
}

const char *ptree_thread_comm(const struct ptree_thread *thread)
{
	return thread->comm;
}
