/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_DUMP_IMPL_H
#define PROCTOP_TREE_DUMP_IMPL_H

/* What tree-dump.c asks for and lays out, and tree-print.c prints. */
#include "headless/output.h"
#include "headless/selection.h"
#include "headless/tree-dump.h"
#include "headless/tree-lines.h"
#include "headless/tree-sources.h"

struct tree_dump {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_users *users;
	struct selection selection;
	struct tree_sources sources;
	struct output output;
	struct tree_lines lines;
	struct tree_lines pending; /* a stack: laid out when all above them is */
	bool *is_last_at;	   /* of the line being printed: per depth of its ancestors */
	uint64_t now_ns, real_offset_ns;
	bool utf8;
};

/* All lines that are shown. 0, -ENOMEM or what writing failed with. */
int tree_dump_print(struct tree_dump *dump);

#endif
