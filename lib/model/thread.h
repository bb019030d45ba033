/* SPDX-License-Identifier: MIT */
#ifndef PTREE_THREAD_H
#define PTREE_THREAD_H

#include "tree.h"

/* id: greater than all before. No other thread has the tid. -ENOMEM. */
int thread_add(struct ptree_tree *tree, struct ptree_node *node, uint64_t id, pid_t tid,
	       uint64_t begin_ns, const char comm[PTREE_COMM_SIZE]);
/* Of this process; NULL. */
struct ptree_thread *thread_find(const struct ptree_tree *tree, const struct ptree_node *node,
				 pid_t tid);
void thread_set_comm(struct ptree_thread *thread, const char comm[PTREE_COMM_SIZE]);
void thread_remove(struct ptree_tree *tree, struct ptree_thread *thread);
void thread_remove_all(struct ptree_tree *tree, struct ptree_node *node);

#endif
