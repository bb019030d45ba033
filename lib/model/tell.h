/* SPDX-License-Identifier: MIT */
#ifndef PTREE_TELL_H
#define PTREE_TELL_H

#include "tree.h"

/*
 * What the translators of events and of scans have in common. Each builds facts and has the tree
 * learn them; what is so already is no fact. 0 or -ENOMEM, or a node, which is NULL without memory.
 */

struct ptree_fact tell_about(const struct ptree_node *node, enum ptree_fact_kind kind,
			     enum ptree_fact_source source, uint64_t time_ns);

struct ptree_node *tell_birth(struct ptree_tree *tree, struct ptree_fact *birth);
/* Who has that pid; where nobody is known, somebody must have it. 0: the root. */
struct ptree_node *tell_of_somebody(struct ptree_tree *tree, pid_t pid, uint64_t now_ns);
/* It is over; then older ones are forgotten as the limits want it. */
int tell_end(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *end);
/* The same of one of which nobody saw how it ended. */
int tell_end_unseen(struct ptree_tree *tree, struct ptree_node *node, uint64_t end_ns,
		    bool is_news);
int tell_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	      enum ptree_fact_source source, uint64_t when_ns);
int tell_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin,
		bool is_told, uint64_t when_ns);
int tell_users(struct ptree_tree *tree, struct ptree_node *node, uint32_t ruid, uint32_t euid,
	       uint64_t when_ns);
int tell_groups(struct ptree_tree *tree, struct ptree_node *node, uint32_t rgid, uint32_t egid,
		uint64_t when_ns);
int tell_session(struct ptree_tree *tree, struct ptree_node *node, pid_t sid, uint64_t when_ns);
int tell_kernel_thread(struct ptree_tree *tree, struct ptree_node *node, bool is, uint64_t when_ns);
int tell_leader(struct ptree_tree *tree, struct ptree_node *node, bool is_gone, uint64_t when_ns);
int tell_thread_end(struct ptree_tree *tree, struct ptree_thread *thread,
		    enum ptree_fact_source source, uint64_t when_ns);

/* The image whose text may change for this process alone: the present one, or one to be made. */
uint64_t tell_own_image(const struct ptree_tree *tree, const struct ptree_node *node);
int tell_name(struct ptree_tree *tree, struct ptree_node *node, uint64_t image,
	      const char comm[PTREE_COMM_SIZE], uint64_t when_ns);
int tell_arguments(struct ptree_tree *tree, struct ptree_node *node, uint64_t image,
		   uint64_t read_ns, enum ptree_argv_status status, const char *argv, size_t size);

/* What became known of a process was true of those that it had forked, too. */
int tell_heirs(struct ptree_tree *tree, struct ptree_node *node, uint64_t when_ns);

#endif
