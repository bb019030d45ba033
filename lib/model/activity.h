/* SPDX-License-Identifier: MIT */
#ifndef PTREE_ACTIVITY_H
#define PTREE_ACTIVITY_H

#include "tree.h"

enum activity_kind { ACTIVITY_FORK, ACTIVITY_EXEC, ACTIVITY_FAILURE };

/* Where there is none yet, one is made; the caller has reserved it. */
struct activity *activity_of(struct ptree_tree *tree, struct ptree_node *node);
void activity_note(struct ptree_tree *tree, struct ptree_node *node, enum activity_kind kind);
void activity_add_cpu(struct ptree_tree *tree, struct ptree_node *node, uint64_t cpu_ns);
/* What the one was doing goes on in the other's name. */
void activity_pass_on(struct ptree_tree *tree, struct ptree_node *from, struct ptree_node *to);
void activity_tick(struct ptree_tree *tree, uint64_t now_ns, uint64_t interval_ns);
void activity_release(struct ptree_tree *tree, struct ptree_node *node);

#endif
