/* SPDX-License-Identifier: MIT */
#ifndef PTREE_KEYFRAME_H
#define PTREE_KEYFRAME_H

#include "tree.h"

/* A name of a summary and its count. */
#define KEYFRAME_COMMAND_BYTES (PTREE_COMM_SIZE + 4u)

/* The flags of a kept node. */
enum {
	KEYFRAME_HAS_PID = 1, /* it is the latest with this pid */
	KEYFRAME_BEGIN_EXACT = 2,
	KEYFRAME_ORIGIN_TOLD = 4,
	KEYFRAME_ENDED = 8,
	KEYFRAME_STATUS_KNOWN = 16,
	KEYFRAME_STATUS_INFERRED = 32,
	KEYFRAME_ZOMBIE = 64,
	KEYFRAME_LEADER_GONE = 128,
	KEYFRAME_KERNEL_THREAD = 256,
	KEYFRAME_PLACEHOLDER = 512,
	KEYFRAME_RATE_KNOWN = 1024,
	KEYFRAME_CHARGED = 2048,
	KEYFRAME_CHARGED_FAILED = 4096,
	KEYFRAME_CHARGED_FINAL = 8192,
	KEYFRAME_PARENT_FIRST = 16384, /* parent_ns is begin_ns, and stays so */
};

/* One of PTREE_FACT_KEPT_*. As ptree_tree_learn(); *node is left alone. */
int keyframe_learn(struct ptree_tree *tree, struct ptree_node **node,
		   const struct ptree_fact *fact);
/* What a snapshot that was never ended has left behind. */
void keyframe_clear(struct ptree_tree *tree);

#endif
