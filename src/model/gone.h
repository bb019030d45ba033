/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_GONE_H
#define PROCTOP_GONE_H

#include "model/above.h"
#include "model/jobs.h"
#include "model/match.h"

#include <proctree.h>

/* How what is over is read: below whom it stands, and what of it counts. Borrowed, but nodes. */
struct gone {
	const struct ptree_tree *tree;
	const struct match *match; /* NULL: everything */
	bool by_origin;
	const struct ptree_node **nodes; /* a stack for walks; free it with gone_clear() */
	size_t count, capacity;
};

void gone_clear(struct gone *gone);
/* False: no memory. Whoever pushes pops until the count is as it was. */
bool gone_push(struct gone *gone, const struct ptree_node *node);

/* Whom it stands below; see above.h. */
const struct ptree_node *gone_above(const struct gone *gone, const struct ptree_node *node);

/* Over, and no zombie. */
bool gone_is_over(const struct ptree_node *node);
/* A child of it is over and has left children that nobody has adopted yet; or a child's child, and
   so on, as long as these are over. */
bool gone_is_above_orphans(const struct gone *gone, const struct ptree_node *node);
/* Over, and so is all that comes from it, as far as is drawn. */
bool gone_is_job(struct gone *gone, const struct ptree_node *node);
/* It has something over below it that is kept. */
bool gone_has_inside(const struct gone *gone, const struct ptree_node *node);

/* Those of one's children that are over, from the latest on. */
const struct ptree_node *gone_first(const struct gone *gone, const struct ptree_node *parent);
const struct ptree_node *gone_next(const struct gone *gone, const struct ptree_node *node);

/* The line of birth: what a scan found has begun by the tick, so that the pid decides then. */
struct jobs_line gone_line(const struct ptree_node *node);

/* The same for those that share a row: a hash of command and status. */
uint64_t gone_alike(const struct ptree_node *node);

/* A job of its own, as far as the node tells it; above is 0. */
struct job gone_job(struct gone *gone, const struct ptree_node *node);

/* Adds one that is over, or what is over below one. With a filter those count that match and are
   kept, in lineage those that are kept; else all. */
void gone_add_one(struct ptree_summary *to, const struct ptree_node *node);
void gone_add_below(struct gone *gone, struct ptree_summary *to, const struct ptree_node *node);
void gone_add(struct ptree_summary *to, const struct ptree_summary *from);
void gone_subtract(struct ptree_summary *from, const struct ptree_summary *what);

#endif
