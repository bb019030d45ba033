/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ANCESTRY_H
#define PROCTOP_ANCESTRY_H

#include "draw/area.h"

/* As many of the nearest ancestors as fit into so many cells, the nearest one last: "…bash›make".
 */
void ancestry_describe(const struct area *area, const struct ptree_node *node, int cells, char *out,
		       size_t size);

#endif
