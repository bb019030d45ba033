/* SPDX-License-Identifier: MIT */
/* Under whom a process is, in short. */
#include "views/ancestry.h"

#include <stdio.h>

/* Puts text before what is there, if all of it then fits into so many cells. */
static bool prepend(const struct area *area, char *out, size_t size, const char *text, int cells)
{
	char joined[256];
	int length = snprintf(joined, sizeof(joined), "%s%s", text, out);

	if (area_width(area, joined) > cells || length >= (int)size)
		return false;
	snprintf(out, size, "%s", joined);
	return true;
}

/* As many of the nearest as fit, the nearest one last: "…bash›make". */
void ancestry_describe(const struct area *area, const struct ptree_node *node, int cells, char *out,
		       size_t size)
{
	const char *more = area->utf8 ? "…" : "..", *joint = area->utf8 ? "›" : ">";
	const struct ptree_node *parent = ptree_node_parent(node);
	char name[PTREE_COMM_SIZE + 8];

	*out = '\0';
	for (; parent && ptree_node_pid(parent); parent = ptree_node_parent(parent)) {
		const struct ptree_node *above = ptree_node_parent(parent);
		int mark = above && ptree_node_pid(above) ? area_width(area, more) : 0;

		snprintf(name, sizeof(name), "%s%s", ptree_node_comm(parent), *out ? joint : "");
		if (!prepend(area, out, size, name, cells - mark))
			break;
	}
	if (parent && ptree_node_pid(parent))
		prepend(area, out, size, more, cells);
}
