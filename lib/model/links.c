/* SPDX-License-Identifier: MIT */
/*
 * Nodes and the links between them: the only file that changes a parent, child, origin or queue
 * link. It knows nobody, decides nothing, and no walk recurses.
 */
#include "links.h"

#include <errno.h>
#include <stdlib.h>

static bool is_present(const struct ptree_node *node)
{
	return node->fate == NODE_PRESENT;
}

/* ---- siblings ---- */

/* What a scan found has begun by the tick, so that many begin at once. */
static bool is_younger(const struct ptree_node *a, const struct ptree_node *b)
{
	if (a->begin_ns != b->begin_ns)
		return a->begin_ns > b->begin_ns;
	return a->pid != b->pid ? a->pid > b->pid : a->id > b->id;
}

static bool is_over_later(const struct ptree_node *a, const struct ptree_node *b)
{
	return a->over.over_key != b->over.over_key ? a->over.over_key > b->over.over_key
						    : a->id > b->id;
}

/* Both are in, or for, the same list. */
static bool is_behind(const struct ptree_node *a, const struct ptree_node *b)
{
	return is_present(a) ? is_younger(a, b) : is_over_later(a, b);
}

/* ---- offspring: only those who have some ---- */

/* links_reserve() was called. */
static struct offspring *some_offspring(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node->offspring)
		node->offspring = pool_get(&tree->offspring);
	return node->offspring;
}

/* The root keeps its own: whoever is left without a parent goes there, at any time. */
static void drop_offspring_if_none(struct ptree_tree *tree, struct ptree_node *node)
{
	const struct offspring *own = node->offspring;

	if (node == &tree->root || own->live_count || own->past.head || own->forked_count)
		return;
	pool_put(&tree->offspring, node->offspring);
	node->offspring = NULL;
}

/* ---- children ---- */

/*
 * The one that it is to stand behind; NULL: the head. Nearly all belong at the tail. What does not
 * comes in runs (a scan after the pids have wrapped, the orphans of one parent), so that the place
 * of the one before is near.
 */
static struct ptree_node *place_of(const struct offspring *siblings, const struct node_list *list,
				   const struct ptree_node *node)
{
	struct ptree_node *at = list->tail;

	if (!at || is_behind(node, at))
		return at;
	if (is_behind(list->head, node))
		return NULL;
	if (is_present(node) && siblings->inserted)
		at = siblings->inserted;
	while (is_behind(at, node))
		at = at->prev;
	while (at->next && is_behind(node, at->next))
		at = at->next;
	return at;
}

static void list_insert(struct node_list *list, struct ptree_node *node, struct ptree_node *before)
{
	node->prev = before;
	node->next = before ? before->next : list->head;
	if (node->next)
		node->next->prev = node;
	else
		list->tail = node;
	if (before)
		before->next = node;
	else
		list->head = node;
}

static void list_remove(struct node_list *list, struct ptree_node *node)
{
	if (node->prev)
		node->prev->next = node->next;
	else
		list->head = node->next;
	if (node->next)
		node->next->prev = node->prev;
	else
		list->tail = node->prev;
	node->prev = node->next = NULL;
}

void links_detach(struct ptree_tree *tree, struct ptree_node *node)
{
	struct offspring *siblings = node->parent->offspring;

	if (is_present(node)) {
		if (siblings->inserted == node)
			siblings->inserted = node->prev;
		list_remove(&siblings->live, node);
		if (--siblings->live_count == 0)
			links_unorphan(tree, node->parent);
	} else {
		list_remove(&siblings->past, node);
	}
	drop_offspring_if_none(tree, node->parent);
}

void links_attach(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent)
{
	struct offspring *siblings = some_offspring(tree, parent);
	struct node_list *list = is_present(node) ? &siblings->live : &siblings->past;

	node->parent = parent;
	list_insert(list, node, place_of(siblings, list, node));
	if (!is_present(node))
		return;
	if (node->next)
		siblings->inserted = node;
	siblings->live_count++;
	if (parent->has_ended)
		links_orphan(tree, parent);
}

/* ---- those whose parent is over ---- */

/* That one fact may make: a parent and an origin, for the process itself and for those it leaves.
 */
#define NEW_PARENTS_MAX 4

int links_reserve(struct ptree_tree *tree)
{
	size_t capacity = tree->orphaned_capacity ? 2 * tree->orphaned_capacity : 16;
	struct ptree_node **bigger;

	if (pool_reserve(&tree->offspring, NEW_PARENTS_MAX))
		return -ENOMEM;
	if (tree->orphaned_count + 2 <= tree->orphaned_capacity)
		return 0;
	bigger = reallocarray(tree->orphaned, capacity, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	tree->orphaned = bigger;
	tree->orphaned_capacity = capacity;
	return 0;
}

void links_orphan(struct ptree_tree *tree, struct ptree_node *parent)
{
	struct offspring *children = parent->offspring;

	if (!children || children->orphan_place || !children->live_count)
		return;
	tree->orphaned[tree->orphaned_count++] = parent;
	children->orphan_place = tree->orphaned_count;
}

void links_unorphan(struct ptree_tree *tree, struct ptree_node *parent)
{
	struct offspring *children = parent->offspring;
	struct ptree_node *last;

	if (!children || !children->orphan_place)
		return;
	last = tree->orphaned[--tree->orphaned_count];
	tree->orphaned[children->orphan_place - 1] = last;
	last->offspring->orphan_place = children->orphan_place;
	children->orphan_place = 0;
}

/* ---- origins ---- */

static void unlink_origin(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_node *origin = node->origin;

	if (!origin)
		return;
	if (node->fork_next)
		node->fork_next->fork_prev = node->fork_prev;
	else
		origin->offspring->last_forked = node->fork_prev;
	if (node->fork_prev)
		node->fork_prev->fork_next = node->fork_next;
	node->fork_prev = node->fork_next = NULL;
	origin->offspring->forked_count--;
	node->origin = NULL;
	drop_offspring_if_none(tree, origin);
}

static void link_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin)
{
	struct offspring *forked = some_offspring(tree, origin);
	struct ptree_node *older = forked->last_forked, *younger = NULL;

	while (older && older->id > node->id) {
		younger = older;
		older = older->fork_prev;
	}
	node->origin = origin;
	node->fork_prev = older;
	node->fork_next = younger;
	if (older)
		older->fork_next = node;
	if (younger)
		younger->fork_prev = node;
	else
		forked->last_forked = node;
	forked->forked_count++;
}

void links_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin)
{
	unlink_origin(tree, node);
	if (origin)
		link_origin(tree, node, origin);
}

/* ---- the queues of ended nodes ---- */

static struct node_list *queue_of(struct ptree_tree *tree, const struct ptree_node *node)
{
	return node->is_in_failed_queue ? &tree->failed_queue : &tree->queue;
}

void links_enqueue(struct ptree_tree *tree, struct ptree_node *node)
{
	struct node_list *queue;
	struct ptree_node *before, *after = NULL;

	node->is_in_failed_queue = node->is_status_known && node->over.status;
	node->fate = NODE_QUEUED;
	queue = queue_of(tree, node);
	for (before = queue->tail; before && is_over_later(before, node);
	     before = before->over.queue_prev)
		after = before;
	node->over.queue_prev = before;
	node->over.queue_next = after;
	if (before)
		before->over.queue_next = node;
	else
		queue->head = node;
	if (after)
		after->over.queue_prev = node;
	else
		queue->tail = node;
	tree->counts.exited++;
	tree->failed_count += node->is_in_failed_queue;
}

void links_dequeue(struct ptree_tree *tree, struct ptree_node *node)
{
	struct node_list *queue = queue_of(tree, node);

	if (node->over.queue_prev)
		node->over.queue_prev->over.queue_next = node->over.queue_next;
	else
		queue->head = node->over.queue_next;
	if (node->over.queue_next)
		node->over.queue_next->over.queue_prev = node->over.queue_prev;
	else
		queue->tail = node->over.queue_prev;
	node->over.queue_prev = node->over.queue_next = NULL;
	tree->counts.exited--;
	tree->failed_count -= node->is_in_failed_queue;
	node->is_in_failed_queue = false;
}

/* ---- circles ---- */

bool links_is_below(const struct ptree_node *node, const struct ptree_node *ancestor)
{
	if (!ancestor->offspring)
		return node == ancestor;
	for (; node; node = node->parent) {
		if (node == ancestor)
			return true;
	}
	return false;
}

bool links_is_forked_from(const struct ptree_node *node, const struct ptree_node *origin)
{
	if (!origin->offspring)
		return node == origin;
	for (; node; node = node->origin) {
		if (node == origin)
			return true;
	}
	return false;
}
