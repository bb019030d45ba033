/* SPDX-License-Identifier: MIT */
#ifndef PTREE_QUERY_H
#define PTREE_QUERY_H

#include "proctree.h"

int nodes_append(struct ptree_nodes *nodes, const struct ptree_node *node);

#endif
