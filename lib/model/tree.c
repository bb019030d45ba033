/* SPDX-License-Identifier: MIT */
/*
 * Nodes and the links between them: the only file that changes a parent, child, origin or queue
 * link. It does no I/O, and no walk recurses.
 *
 * A node is present (alive or a zombie) among its parent's live children, or ended, among its
 * parent's past ones. An ended node waits in the queue until the limits of the history reach it.
 * Then it is forgotten, unless something kept was forked by it: as an ancestor it stays, but of a
 * long chain of ended ancestors with one kept child each the middle is elided.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_EXITED_MAX 20000
#define FAILED_PART 10 /* of these, so much are failures that the others do not push out */
#define DEFAULT_EXITED_AGE_NS (600 * NS_PER_S)
#define CHAIN_KEPT 32
#define SHUFFLE_MAX 256

struct ptree_node *tree_latest(const struct ptree_tree *tree, pid_t pid)
{
	return pid > 0 ? map_find(&tree->by_pid, (uint64_t)pid) : NULL;
}

struct ptree_node *tree_live(const struct ptree_tree *tree, pid_t pid)
{
	struct ptree_node *node = tree_latest(tree, pid);

	return node && !node->has_ended ? node : NULL;
}

struct ptree_node *tree_present(const struct ptree_tree *tree, pid_t pid)
{
	struct ptree_node *node = tree_latest(tree, pid);

	return node && node->fate == NODE_PRESENT ? node : NULL;
}

/* ---- links among siblings ---- */

static void list_append(struct node_list *list, struct ptree_node *node)
{
	node->next = NULL;
	node->prev = list->tail;
	if (list->tail)
		list->tail->next = node;
	else
		list->head = node;
	list->tail = node;
}

/* What a scan found has begun by the tick, so that many begin at once. */
static bool is_younger(const struct ptree_node *a, const struct ptree_node *b)
{
	return a->begin_ns != b->begin_ns ? a->begin_ns > b->begin_ns : a->pid > b->pid;
}

/*
 * Among live children, by birth. Most come in that order; a scan by several threads shuffles them
 * a little. One that is out of order by more than that stays where it is found.
 */
static void list_insert_by_birth(struct node_list *list, struct ptree_node *node)
{
	struct ptree_node *before = list->tail;

	for (int i = 0; before && is_younger(before, node) && i < SHUFFLE_MAX; i++)
		before = before->prev;
	if (before == list->tail || (before && is_younger(before, node))) {
		list_append(list, node);
		return;
	}
	node->prev = before;
	node->next = before ? before->next : list->head;
	node->next->prev = node;
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

static bool is_present(const struct ptree_node *node)
{
	return node->fate == NODE_PRESENT;
}

static void orphaned_remove(struct ptree_tree *tree, struct ptree_node *parent)
{
	struct ptree_node *last;

	if (parent->orphan_index == NOT_ORPHANED)
		return;
	last = tree->orphaned[--tree->orphaned_count];
	tree->orphaned[parent->orphan_index] = last;
	last->orphan_index = parent->orphan_index;
	parent->orphan_index = NOT_ORPHANED;
}

/* Without memory the children stay where they are until the next scan finds their parent. */
static void orphaned_add(struct ptree_tree *tree, struct ptree_node *parent)
{
	if (parent->orphan_index != NOT_ORPHANED)
		return;
	if (tree->orphaned_count == tree->orphaned_capacity) {
		size_t capacity = tree->orphaned_capacity ? 2 * tree->orphaned_capacity : 16;
		struct ptree_node **bigger = realloc(tree->orphaned, capacity * sizeof(*bigger));

		if (!bigger)
			return;
		tree->orphaned = bigger;
		tree->orphaned_capacity = capacity;
	}
	parent->orphan_index = (uint32_t)tree->orphaned_count;
	tree->orphaned[tree->orphaned_count++] = parent;
}

static void detach(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_node *parent = node->parent;

	if (!is_present(node)) {
		list_remove(&parent->past, node);
		return;
	}
	list_remove(&parent->live, node);
	if (--parent->live_count == 0)
		orphaned_remove(tree, parent);
}

static void attach(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent)
{
	node->parent = parent;
	if (!is_present(node)) {
		list_append(&parent->past, node);
		return;
	}
	list_insert_by_birth(&parent->live, node);
	parent->live_count++;
	if (parent->has_ended)
		orphaned_add(tree, parent);
}

/* ---- origins ---- */

static void unlink_origin(struct ptree_node *node)
{
	struct ptree_node *origin = node->origin;

	if (!origin)
		return;
	if (node->fork_next)
		node->fork_next->fork_prev = node->fork_prev;
	else
		origin->last_forked = node->fork_prev;
	if (node->fork_prev)
		node->fork_prev->fork_next = node->fork_next;
	node->fork_prev = node->fork_next = NULL;
	origin->forked_count--;
	node->origin = NULL;
}

static void link_origin(struct ptree_node *node, struct ptree_node *origin)
{
	node->origin = origin;
	if (!origin)
		return;
	node->fork_prev = origin->last_forked;
	if (origin->last_forked)
		origin->last_forked->fork_next = node;
	origin->last_forked = node;
	origin->forked_count++;
}

/* ---- the queues of ended nodes ---- */

static struct node_list *queue_of(struct ptree_tree *tree, const struct ptree_node *node)
{
	return node->is_in_failed_queue ? &tree->failed_queue : &tree->queue;
}

static void queue_append(struct ptree_tree *tree, struct ptree_node *node)
{
	struct node_list *queue;

	node->is_in_failed_queue = node->is_status_known && node->status;
	queue = queue_of(tree, node);
	node->fate = NODE_QUEUED;
	node->queue_next = NULL;
	node->queue_prev = queue->tail;
	if (queue->tail)
		queue->tail->queue_next = node;
	else
		queue->head = node;
	queue->tail = node;
	tree->counts.exited++;
	tree->failed_count += node->is_in_failed_queue;
}

static void queue_remove(struct ptree_tree *tree, struct ptree_node *node)
{
	struct node_list *queue = queue_of(tree, node);

	if (node->queue_prev)
		node->queue_prev->queue_next = node->queue_next;
	else
		queue->head = node->queue_next;
	if (node->queue_next)
		node->queue_next->queue_prev = node->queue_prev;
	else
		queue->tail = node->queue_prev;
	node->queue_prev = node->queue_next = NULL;
	tree->counts.exited--;
	tree->failed_count -= node->is_in_failed_queue;
}

/* ---- forgetting ---- */

static void release(struct ptree_tree *tree, struct ptree_node *node)
{
	thread_remove_all(tree, node);
	usage_release(tree, node);
	image_unref(tree, node->image);
	free(node->edges);
	if (tree_latest(tree, node->pid) == node)
		map_remove(&tree->by_pid, (uint64_t)node->pid);
	map_remove(&tree->by_id, node->id);
	pool_put(&tree->nodes, node);
}

static void move_list_to_root(struct ptree_tree *tree, struct node_list *list)
{
	while (list->head) {
		struct ptree_node *child = list->head;

		detach(tree, child);
		attach(tree, child, &tree->root);
	}
}

/* Removes one ended node from which nothing kept was forked. Returns its origin. */
static struct ptree_node *forget_one(struct ptree_tree *tree, struct ptree_node *node)
{
	struct ptree_node *origin = node->origin;

	if (node->fate == NODE_QUEUED)
		queue_remove(tree, node);
	feed_push(tree, PTREE_CHANGE_FORGOTTEN, node, node->end_ns, NULL);
	tree->counts.gone++;
	move_list_to_root(tree, &node->live);
	move_list_to_root(tree, &node->past);
	unlink_origin(node);
	detach(tree, node);
	release(tree, node);
	return origin;
}

static bool is_link_of_chain(const struct ptree_node *node)
{
	return node && node->fate == NODE_ANCESTOR && node->forked_count == 1;
}

/* Takes the node out of a chain that is longer than what is kept of it. */
static void elide_if_deep(struct ptree_tree *tree, struct ptree_node *node)
{
	const struct ptree_node *above = node;
	struct ptree_node *child = node->last_forked;
	struct ptree_node *origin = node->origin;

	for (unsigned i = 0; i < CHAIN_KEPT; i++) {
		if (!is_link_of_chain(above))
			return;
		above = above->origin;
	}
	unlink_origin(child);
	child->elided += 1 + node->elided;
	unlink_origin(node);
	link_origin(child, origin);
	forget_one(tree, node);
}

/* Forgets an ended node, or keeps it as an ancestor; then the ancestors kept only for it. */
static void forget(struct ptree_tree *tree, struct ptree_node *node)
{
	while (node && node->fate != NODE_PRESENT && node->forked_count == 0) {
		struct ptree_node *origin = forget_one(tree, node);

		node = origin && origin->fate == NODE_ANCESTOR ? origin : NULL;
	}
	if (!node || node->fate == NODE_PRESENT)
		return;
	if (node->fate == NODE_QUEUED) {
		queue_remove(tree, node);
		node->fate = NODE_ANCESTOR;
	}
	if (node->forked_count == 1)
		elide_if_deep(tree, node);
}

static void expire_queue(struct ptree_tree *tree, struct node_list *queue, uint64_t now_ns)
{
	uint64_t age_ns = tree->options.exited_age_ns;

	while (queue->head && queue->head->end_ns < now_ns &&
	       now_ns - queue->head->end_ns > age_ns) {
		forget(tree, queue->head);
		tree->generation++;
	}
}

void ptree_tree_expire(struct ptree_tree *tree, uint64_t now_ns)
{
	expire_queue(tree, &tree->queue, now_ns);
	expire_queue(tree, &tree->failed_queue, now_ns);
}

/* A storm of either kind leaves the other its place. The one that has just ended stays. */
static void keep_within_limit(struct ptree_tree *tree, const struct ptree_node *latest)
{
	size_t failed_max = tree->options.exited_max / FAILED_PART;

	while (tree->counts.exited > tree->options.exited_max) {
		bool from_failed = tree->failed_count > failed_max || !tree->queue.head;
		struct ptree_node *oldest =
		    from_failed ? tree->failed_queue.head : tree->queue.head;

		if (oldest == latest)
			oldest = from_failed ? tree->queue.head : tree->failed_queue.head;
		if (!oldest || oldest == latest)
			return;
		forget(tree, oldest);
	}
}

/* ---- what the rest of the library asks for ---- */

struct ptree_node *tree_add(struct ptree_tree *tree, pid_t pid, struct ptree_node *parent,
			    uint64_t begin_ns)
{
	struct ptree_node *node;

	if (map_reserve(&tree->by_pid, 1) || map_reserve(&tree->by_id, 1))
		return NULL;
	node = pool_get(&tree->nodes);
	if (!node)
		return NULL;
	node->id = tree->next_id++;
	node->pid = pid;
	node->begin_ns = begin_ns;
	node->orphan_index = NOT_ORPHANED;
	node->ruid = node->euid = node->rgid = node->egid = PTREE_UNKNOWN_ID;
	map_set(&tree->by_pid, (uint64_t)pid, node);
	map_set(&tree->by_id, node->id, node);
	attach(tree, node, parent);
	node->parent_ns = begin_ns;
	tree->counts.live++;
	tree->generation++;
	return node;
}

struct ptree_node *tree_live_or_placeholder(struct ptree_tree *tree, pid_t pid, uint64_t now_ns)
{
	struct ptree_node *node;

	if (pid <= 0)
		return &tree->root;
	node = tree_live(tree, pid);
	if (node)
		return node;
	node = tree_add(tree, pid, &tree->root, 0);
	if (node) {
		node->is_placeholder = true;
		node->event_ns = now_ns;
		tree->placeholder_count++;
	}
	return node;
}

void tree_set_known(struct ptree_tree *tree, struct ptree_node *node)
{
	tree->placeholder_count -= node->is_placeholder;
	node->is_placeholder = false;
}

static bool is_forked_from(const struct ptree_node *node, const struct ptree_node *candidate)
{
	for (; node; node = node->origin) {
		if (node == candidate)
			return true;
	}
	return false;
}

/* An inferred origin could close a circle only if /proc lied; a told one is newer than its child.
 */
void tree_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin)
{
	if (origin == &tree->root)
		origin = NULL;
	if (origin == node->origin || origin == node ||
	    (origin && node->forked_count && is_forked_from(origin, node)))
		return;
	unlink_origin(node);
	link_origin(node, origin);
	node->elided = 0;
}

/* An ended child may still have live ones, which nobody has adopted yet. */
static bool is_below(const struct ptree_node *node, const struct ptree_node *ancestor)
{
	if (!ancestor->live.head && !ancestor->past.head)
		return node == ancestor;
	for (; node; node = node->parent) {
		if (node == ancestor)
			return true;
	}
	return false;
}

static void remember_edge(struct ptree_node *node, uint64_t when_ns)
{
	struct edge *bigger = realloc(node->edges, (node->edge_count + 1) * sizeof(*bigger));

	if (!bigger)
		return;
	node->edges = bigger;
	bigger[node->edge_count++] = (struct edge){ .parent_id = node->parent->id,
						    .from_ns = node->parent_ns,
						    .to_ns = when_ns };
}

void tree_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	       uint64_t when_ns)
{
	if (node->parent == parent || is_below(parent, node))
		return;
	if (node->parent != &tree->root)
		remember_edge(node, when_ns);
	detach(tree, node);
	attach(tree, node, parent);
	node->parent_ns = when_ns;
	tree->generation++;
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

/* Moves a node between its parent's live and past children. */
static void set_fate_present(struct ptree_tree *tree, struct ptree_node *node, bool present)
{
	struct ptree_node *parent = node->parent;

	if (is_present(node) == present)
		return;
	detach(tree, node);
	if (present) {
		if (node->fate == NODE_QUEUED)
			queue_remove(tree, node);
		node->fate = NODE_PRESENT;
	} else {
		queue_append(tree, node);
	}
	attach(tree, node, parent);
}

void tree_end(struct ptree_tree *tree, struct ptree_node *node, uint64_t end_ns)
{
	count_present(tree, node, (size_t)-1);
	thread_remove_all(tree, node);
	node->has_ended = true;
	node->is_zombie = false;
	/* One of which nothing was ever known is nothing to remember. */
	if (node->is_placeholder && !node->is_status_known)
		end_ns = 0;
	node->end_ns = end_ns ? end_ns : 1;
	usage_charge(tree, node);
	tree_set_known(tree, node);
	set_fate_present(tree, node, false);
	if (node->live_count)
		orphaned_add(tree, node);
	keep_within_limit(tree, node);
	tree->generation++;
}

void tree_end_status_told(struct ptree_tree *tree, struct ptree_node *node)
{
	if (node->fate != NODE_QUEUED || !node->status)
		return;
	queue_remove(tree, node);
	queue_append(tree, node);
}

void tree_revive(struct ptree_tree *tree, struct ptree_node *node)
{
	if (!node->has_ended)
		return;
	usage_uncharge(tree, node);
	count_present(tree, node, (size_t)-1);
	node->has_ended = false;
	node->is_zombie = false;
	node->is_status_known = false;
	node->end_ns = 0;
	count_present(tree, node, 1);
	set_fate_present(tree, node, true);
	orphaned_remove(tree, node);
	tree->generation++;
}

void tree_set_zombie(struct ptree_tree *tree, struct ptree_node *node, bool is_zombie)
{
	if (!node->has_ended || node->is_zombie == is_zombie)
		return;
	count_present(tree, node, (size_t)-1);
	node->is_zombie = is_zombie;
	count_present(tree, node, 1);
	set_fate_present(tree, node, is_zombie);
	tree->generation++;
}

/* ---- public ---- */

int ptree_tree_new(struct ptree_tree **out, const struct ptree_tree_options *options)
{
	struct ptree_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -ENOMEM;
	if (options)
		tree->options = *options;
	if (!tree->options.exited_max)
		tree->options.exited_max = DEFAULT_EXITED_MAX;
	if (!tree->options.exited_age_ns)
		tree->options.exited_age_ns = DEFAULT_EXITED_AGE_NS;
	if (feed_init(&tree->feed, tree->options.feed_size)) {
		free(tree);
		return -ENOMEM;
	}
	pool_init(&tree->nodes, sizeof(struct ptree_node));
	pool_init(&tree->threads, sizeof(struct ptree_thread));
	pool_init(&tree->images, sizeof(struct image));
	pool_init(&tree->accounts, sizeof(struct account));
	pool_init(&tree->summaries, sizeof(struct ptree_summary));
	pool_init(&tree->activities, sizeof(struct activity));
	tree->root.orphan_index = NOT_ORPHANED;
	tree->next_id = 1;
	*out = tree;
	return 0;
}

void ptree_tree_free(struct ptree_tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		struct ptree_node *node = tree->by_id.slots[i].value;

		if (!node)
			continue;
		free(node->edges);
		image_unref(tree, node->image);
	}
	map_clear(&tree->by_pid);
	map_clear(&tree->by_id);
	map_clear(&tree->by_tid);
	pool_clear(&tree->nodes);
	pool_clear(&tree->threads);
	pool_clear(&tree->images);
	pool_clear(&tree->accounts);
	pool_clear(&tree->summaries);
	pool_clear(&tree->activities);
	watch_clear_names(tree);
	free(tree->orphaned);
	free(tree->feed.ring);
	free(tree);
}

void ptree_tree_set_clock_offset(struct ptree_tree *tree, uint64_t offset_ns)
{
	tree->clock_offset_ns = offset_ns;
}

pid_t ptree_tree_orphaned(const struct ptree_tree *tree, size_t skip, pid_t *child)
{
	if (skip >= tree->orphaned_count)
		return 0;
	*child = tree->orphaned[skip]->live.head->pid;
	return tree->orphaned[skip]->pid;
}

int ptree_tree_set_zombie(struct ptree_tree *tree, uint64_t id, bool is_zombie)
{
	struct ptree_node *node = map_find(&tree->by_id, id);

	if (!node || !node->has_ended)
		return -ESRCH;
	tree_set_zombie(tree, node, is_zombie);
	return 0;
}
