/* SPDX-License-Identifier: MIT */
#ifndef PTREE_OBSERVE_H
#define PTREE_OBSERVE_H

#include "tree.h"

/*
 * A reading of a live process, of a scan or of a sample; what found nothing new is no fact.
 * idle_until_ns: nobody who was not sampled did anything before it; 0: that is not known.
 */
int observe_usage(struct ptree_tree *tree, struct ptree_node *node,
		  const struct ptree_process *process, uint64_t idle_until_ns);

#endif
