/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_SOURCES_H
#define PROCTOP_TREE_SOURCES_H

#include "model/sources.h"

#include <proctree.h>

/*
 * What a printed tree says of processes beyond one scan: read one after the other, while nobody
 * waits for anything else, and as long as that takes.
 */
struct tree_sources {
	struct sources sources; /* what fields are given */
	struct cgroups *own_cgroups;
	struct readings *own_readings;
	uint32_t asks; /* mask of FIELD_ASKS() */
};

/* Nothing is read unless it is asked for. 0 or -errno. */
int tree_sources_init(struct tree_sources *sources, uint32_t asks,
		      const struct ptree_monitor *monitor);
void tree_sources_clear(struct tree_sources *sources);

void tree_sources_read(struct tree_sources *sources, const struct ptree_node *node);

#endif
