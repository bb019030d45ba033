/* SPDX-License-Identifier: MIT */
/*
 * The lives of processes. A node is present (alive or a zombie) among its parent's live children,
 * or over, among its parent's past ones and in a queue until somebody says that it is to be
 * forgotten, or kept as an ancestor of those who came from it.
 */
#include "life.h"
#include "activity.h"
#include "image.h"
#include "links.h"
#include "rare.h"
#include "thread.h"
#include "usage.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>

int life_reserve(struct ptree_tree *tree)
{
	int err = links_reserve(tree);

	if (!err)
		err = usage_reserve(tree);
	/* one for the node itself, and one for each that it is charged to */
	return err ? err : rare_reserve(tree, 1 + USAGE_SUMMARIES_MAX);
}

static void count_present(struct ptree_tree *tree, const struct ptree_node *node, size_t by)
{
	if (node->is_zombie)
		tree->counts.zombies += by;
	else if (!node->has_ended)
		tree->counts.live += by;
	if (!node->has_ended && node->is_kernel_thread)
		tree->counts.kernel_threads += by;
}

/* ---- birth ---- */

static void take_birth(struct ptree_node *node, const struct ptree_fact *fact)
{
	node->id = fact->id;
	node->pid = fact->u.birth.pid;
	node->begin_ns = fact->u.birth.begin_ns;
	node->ruid = fact->u.birth.ruid;
	node->euid = fact->u.birth.euid;
	node->rgid = fact->u.birth.rgid;
	node->egid = fact->u.birth.egid;
	node->sid = fact->u.birth.sid;
	node->is_begin_exact = fact->u.birth.is_begin_exact;
	node->is_origin_told = fact->u.birth.is_origin_told;
	node->is_kernel_thread = fact->u.birth.is_kernel_thread;
	node->is_placeholder = fact->u.birth.is_placeholder;
	node->is_parent_first = fact->source == PTREE_FACT_TOLD;
}

struct ptree_node *life_begin(struct ptree_tree *tree, const struct ptree_fact *fact,
			      struct ptree_node *parent, struct ptree_node *origin)
{
	struct ptree_node *node = pool_get(&tree->nodes);

	take_birth(node, fact);
	if (fact->u.birth.tracer)
		rare_of(tree, node)->tracer = fact->u.birth.tracer;
	map_set(&tree->by_pid, (uint64_t)node->pid, node);
	map_set(&tree->by_id, node->id, node);
	links_attach(tree, node, parent);
	count_present(tree, node, 1);
	tree->placeholder_count += node->is_placeholder;
	if (!origin)
		return node;
	links_set_origin(tree, node, origin);
	if (fact->u.birth.image)
		image_share(node, origin->image);
	watch_inherit(tree, node, origin);
	return node;
}

/* Its place among its siblings depends on it. */
void life_set_begin(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns,
		    bool is_exact)
{
	struct ptree_node *parent = node->parent;

	links_detach(tree, node);
	node->begin_ns = begin_ns;
	node->is_begin_exact = is_exact;
	links_attach(tree, node, parent);
}

void life_set_known(struct ptree_tree *tree, struct ptree_node *node)
{
	tree->placeholder_count -= node->is_placeholder;
	node->is_placeholder = false;
}

void life_set_parent_unknown_since(struct ptree_node *node)
{
	node->is_parent_first = false;
	if (node->rare)
		node->rare->parent_ns = 0;
}

void life_set_kernel_thread(struct ptree_tree *tree, struct ptree_node *node, bool is)
{
	count_present(tree, node, (size_t)-1);
	node->is_kernel_thread = is;
	count_present(tree, node, 1);
}

void life_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin,
		     bool is_told)
{
	node->is_origin_told = is_told;
	if (node->origin == origin)
		return;
	links_set_origin(tree, node, origin);
	node->elided = 0;
	if (origin)
		watch_inherit(tree, node, origin);
}

void life_count_fork(struct ptree_tree *tree, struct ptree_node *parent)
{
	tree->counts.forks++;
	activity_note(tree, parent, ACTIVITY_FORK);
}

/* ---- another parent ---- */

void life_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	       uint64_t when_ns)
{
	struct rare *rare = node->rare;

	if (node->parent != &tree->root)
		rare->edges[rare->edge_count++] = (struct edge){ .parent_id = node->parent->id,
								 .from_ns = node_parent_ns(node),
								 .to_ns = when_ns };
	links_detach(tree, node);
	links_attach(tree, node, parent);
	node->is_parent_first = false;
	rare->parent_ns = when_ns;
}

/* ---- end ---- */

static void take_place_among_the_past(struct ptree_tree *tree, struct ptree_node *node)
{
	node->over.over_key = tree->next_key++;
	links_enqueue(tree, node);
}

/* Moves a node between its parent's live and past children. */
static void set_present(struct ptree_tree *tree, struct ptree_node *node, bool present)
{
	struct ptree_node *parent = node->parent;

	if ((node->fate == NODE_PRESENT) == present)
		return;
	links_detach(tree, node);
	if (!present) {
		take_place_among_the_past(tree, node);
	} else {
		if (node->fate == NODE_QUEUED)
			links_dequeue(tree, node);
		node->fate = NODE_PRESENT;
	}
	links_attach(tree, node, parent);
}

static void take_end(struct ptree_node *node, const struct ptree_fact *fact)
{
	node->over.end_ns = fact->u.end.end_ns;
	node->over.status = fact->u.end.status;
	node->is_status_known = fact->u.end.is_status_known;
	node->is_status_inferred = fact->u.end.is_status_inferred;
}

void life_end(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *fact)
{
	count_present(tree, node, (size_t)-1);
	thread_remove_all(tree, node);
	node->has_ended = true;
	node->over = (struct over){ 0 };
	node->is_zombie = false;
	node->is_leader_gone |= fact->u.end.is_status_known;
	take_end(node, fact);
	usage_charge(tree, node);
	life_set_known(tree, node);
	set_present(tree, node, false);
	links_orphan(tree, node);
}

/* It goes to the end of the queue that it now belongs to. */
void life_set_status(struct ptree_tree *tree, struct ptree_node *node,
		     const struct ptree_fact *fact)
{
	struct ptree_node *parent = node->parent;

	take_end(node, fact);
	usage_recharge(tree, node);
	if (node->fate != NODE_QUEUED)
		return;
	links_detach(tree, node);
	links_dequeue(tree, node);
	take_place_among_the_past(tree, node);
	links_attach(tree, node, parent);
}

/* What was sampled gave way to its end: until it is sampled again that is not known. */
void life_revive(struct ptree_tree *tree, struct ptree_node *node)
{
	usage_uncharge(tree, node);
	count_present(tree, node, (size_t)-1);
	set_present(tree, node, true);
	node->has_ended = false;
	node->is_zombie = false;
	node->is_status_known = node->is_status_inferred = false;
	node->sample = (struct sample){ 0 };
	node->has_rate = false;
	count_present(tree, node, 1);
	links_unorphan(tree, node);
}

void life_set_zombie(struct ptree_tree *tree, struct ptree_node *node, bool is_zombie)
{
	count_present(tree, node, (size_t)-1);
	node->is_zombie = is_zombie;
	count_present(tree, node, 1);
	set_present(tree, node, is_zombie);
}

/* ---- forgetting ---- */

void life_retain(struct ptree_tree *tree, struct ptree_node *node)
{
	links_dequeue(tree, node);
	node->fate = NODE_ANCESTOR;
}

static void move_to_root(struct ptree_tree *tree, struct ptree_node *child)
{
	links_detach(tree, child);
	links_attach(tree, child, &tree->root);
}

static void move_children_to_root(struct ptree_tree *tree, const struct ptree_node *node)
{
	while (node_offspring(node)->live.head)
		move_to_root(tree, node_offspring(node)->live.head);
	while (node_offspring(node)->past.head)
		move_to_root(tree, node_offspring(node)->past.head);
}

/* Whoever forked the one that is left out has forked these, with so many between them. */
static void leave_out(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_node *child;

	while ((child = node_offspring(node)->last_forked)) {

		links_set_origin(tree, child, node->origin);
		child->elided += 1 + node->elided;
		watch_inherit(tree, child, node);
	}
}

void life_free(struct ptree_tree *tree, struct ptree_node *node)
{
	thread_remove_all(tree, node);
	usage_release(tree, node);
	image_drop_all(tree, node);
	if (node_rare(node)->leaving)
		pool_put(&tree->leavings, node->rare->leaving);
	rare_release(tree, node);
}

void life_forget(struct ptree_tree *tree, struct ptree_node *node)
{
	if (node->fate == NODE_QUEUED)
		links_dequeue(tree, node);
	tree->counts.gone++;
	leave_out(tree, node);
	move_children_to_root(tree, node);
	links_set_origin(tree, node, NULL);
	links_detach(tree, node);
	life_free(tree, node);
	if (tree_latest(tree, node->pid) == node)
		map_remove(&tree->by_pid, (uint64_t)node->pid);
	map_remove(&tree->by_id, node->id);
	pool_put(&tree->nodes, node);
}
