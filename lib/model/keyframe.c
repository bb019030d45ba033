/* SPDX-License-Identifier: MIT */
/*
 * A whole tree as facts; keyframe-learn.c makes a tree of them again. The order of the facts is
 * such that each list is filled at its end: images; nodes, the present ones
 * by birth, then those that are over as they ended; parents in that order, too; origins by id; what
 * belongs to each; and the end.
 *
 * Until its parent is told a node is the root's, so that what is cut is a tree all the same.
 */
#include "keyframe.h"
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int put(struct ptree_facts *out, const struct ptree_fact *fact)
{
	return ptree_facts_append(out, fact);
}

/* ---- writing: nodes in order ---- */

struct list {
	const struct ptree_node **node;
	size_t count;
};

static int by_birth(const void *a, const void *b)
{
	const struct ptree_node *x = *(const struct ptree_node *const *)a;
	const struct ptree_node *y = *(const struct ptree_node *const *)b;
	bool is_present = x->fate == NODE_PRESENT;

	if (is_present != (y->fate == NODE_PRESENT))
		return is_present ? -1 : 1;
	if (!is_present && x->over.over_key != y->over.over_key)
		return (x->over.over_key > y->over.over_key) -
		       (x->over.over_key < y->over.over_key);
	if (!is_present)
		return (x->id > y->id) - (x->id < y->id);
	if (x->begin_ns != y->begin_ns)
		return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
	if (x->pid != y->pid)
		return (x->pid > y->pid) - (x->pid < y->pid);
	return (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
	const struct ptree_node *x = *(const struct ptree_node *const *)a;
	const struct ptree_node *y = *(const struct ptree_node *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static int list_all(const struct ptree_tree *tree, struct list *list)
{
	list->count = 0;
	list->node = reallocarray(NULL, tree->by_id.count + 1, sizeof(*list->node));
	if (!list->node)
		return -ENOMEM;
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		if (tree->by_id.slots[i].value)
			list->node[list->count++] = tree->by_id.slots[i].value;
	}
	return 0;
}

static int each(const struct ptree_tree *tree, const struct list *list, struct ptree_facts *out,
		int (*put_one)(const struct ptree_tree *tree, const struct ptree_node *node,
			       struct ptree_facts *out))
{
	int err = 0;

	for (size_t i = 0; i < list->count && !err; i++)
		err = put_one(tree, list->node[i], out);
	return err;
}

/* ---- writing: images ---- */

/* Which images were told, by id, and the first of them with each arguments, by the bytes' place. */
struct told_images {
	struct map by_id, by_words;
};

/* The image that was told with these arguments; else 0, and it is this one from now on. */
static int find_twin(struct told_images *told, const struct image *image, uint64_t *twin)
{
	uint64_t key = (uintptr_t)image->pub.argv;
	const struct image *other = key ? map_find(&told->by_words, key) : NULL;

	*twin = other ? other->pub.id : 0;
	return key && !other ? map_set(&told->by_words, key, (void *)(uintptr_t)image) : 0;
}

static int put_image(struct told_images *told, const struct image *image, struct ptree_facts *out)
{
	struct ptree_fact fact = {
		.kind = PTREE_FACT_KEPT_IMAGE,
		.source = PTREE_FACT_READ,
		.u.kept_image = { .id = image->pub.id,
				  .begin_ns = image->pub.begin_ns,
				  .read_ns = image->pub.read_ns,
				  .reader = image->reader,
				  .status = (uint8_t)image->pub.argv_status },
	};
	int err = find_twin(told, image, &fact.u.kept_image.twin);

	if (err)
		return err;
	if (!fact.u.kept_image.twin) {
		fact.u.kept_image.bytes = image->pub.argv;
		fact.u.kept_image.size = image->pub.argv_size;
	}
	memcpy(fact.u.kept_image.comm, image->pub.comm, PTREE_COMM_SIZE);
	return put(out, &fact);
}

static int put_images_of(struct told_images *told, const struct ptree_node *node,
			 struct ptree_facts *out)
{
	const struct past_image *past = node->past_images;
	int err = 0;

	for (const struct image *image = node->image; image && !err; image = image_before(&past)) {
		if (map_find(&told->by_id, image->pub.id))
			continue;
		err = map_set(&told->by_id, image->pub.id, told);
		if (!err)
			err = put_image(told, image, out);
	}
	return err;
}

/* Each image once. */
static int put_images(const struct list *list, struct ptree_facts *out)
{
	struct told_images told = { 0 };
	int err = 0;

	for (size_t i = 0; i < list->count && !err; i++)
		err = put_images_of(&told, list->node[i], out);
	map_clear(&told.by_id);
	map_clear(&told.by_words);
	return err;
}

/* ---- writing: nodes ---- */

static uint32_t flags_of(const struct ptree_tree *tree, const struct ptree_node *node)
{
	return (tree_latest(tree, node->pid) == node ? KEYFRAME_HAS_PID : 0) |
	       (node->is_begin_exact ? KEYFRAME_BEGIN_EXACT : 0) |
	       (node->is_origin_told ? KEYFRAME_ORIGIN_TOLD : 0) |
	       (node->has_ended ? KEYFRAME_ENDED : 0) |
	       (node->is_status_known ? KEYFRAME_STATUS_KNOWN : 0) |
	       (node->is_status_inferred ? KEYFRAME_STATUS_INFERRED : 0) |
	       (node->is_zombie ? KEYFRAME_ZOMBIE : 0) |
	       (node->is_leader_gone ? KEYFRAME_LEADER_GONE : 0) |
	       (node->is_kernel_thread ? KEYFRAME_KERNEL_THREAD : 0) |
	       (node->is_placeholder ? KEYFRAME_PLACEHOLDER : 0) |
	       (node->has_rate ? KEYFRAME_RATE_KNOWN : 0) |
	       (node->is_charged ? KEYFRAME_CHARGED : 0) |
	       (node->is_charged_failed ? KEYFRAME_CHARGED_FAILED : 0) |
	       (node->is_charged_final ? KEYFRAME_CHARGED_FINAL : 0) |
	       (node->is_parent_first ? KEYFRAME_PARENT_FIRST : 0);
}

static int put_node(const struct ptree_tree *tree, const struct ptree_node *node,
		    struct ptree_facts *out)
{
	const struct ptree_fact fact = {
		.kind = PTREE_FACT_KEPT_NODE,
		.source = PTREE_FACT_READ,
		.id = node->id,
		.u.kept_node = { .pid = node->pid,
				 .sid = node->sid,
				 .tracer = node_rare(node)->tracer,
				 .begin_ns = node->begin_ns,
				 .end_ns = node_over(node)->end_ns,
				 .parent_ns = node_parent_ns(node),
				 .change_ns = node->change_ns,
				 .sampled_ns = node->sampled_ns,
				 .over_key = node_over(node)->over_key,
				 .image = node->image ? node->image->pub.id : 0,
				 .exec_count = node->exec_count,
				 .elided = node->elided,
				 .status = node_over(node)->status,
				 .ruid = node->ruid,
				 .euid = node->euid,
				 .rgid = node->rgid,
				 .egid = node->egid,
				 .cpu_user_ns = node->cpu_user_ns,
				 .cpu_system_ns = node->cpu_system_ns,
				 .rss_bytes = node_sample(node)->rss_bytes,
				 .cpu_permille = node_sample(node)->cpu_permille,
				 .change = node->change,
				 .fate = node->fate,
				 .state = node_sample(node)->state,
				 .flags = flags_of(tree, node),
				 .waited_cpu_ns = node_rare(node)->waited_cpu_ns,
				 .users_ns = node_rare(node)->users_ns,
				 .nice = node_sample(node)->nice,
				 .priority = node_sample(node)->priority,
				 .pgrp = node_sample(node)->pgrp,
				 .tty = node_sample(node)->tty,
				 .virtual_bytes = node_sample(node)->virtual_bytes,
				 .minor_faults = node_sample(node)->minor_faults,
				 .major_faults = node_sample(node)->major_faults },
	};

	return put(out, &fact);
}

static int put_parent(const struct ptree_tree *tree, const struct ptree_node *node,
		      struct ptree_facts *out)
{
	const struct ptree_fact fact = { .kind = PTREE_FACT_KEPT_PARENT,
					 .source = PTREE_FACT_READ,
					 .id = node->id,
					 .u.parent = node->parent->id };

	return node->parent == &tree->root ? 0 : put(out, &fact);
}

static int put_origin(const struct ptree_tree *tree, const struct ptree_node *node,
		      struct ptree_facts *out)
{
	const struct ptree_fact fact = { .kind = PTREE_FACT_KEPT_ORIGIN,
					 .source = PTREE_FACT_READ,
					 .id = node->id,
					 .u.origin.id = node->origin ? node->origin->id : 0 };

	(void)tree;
	return node->origin ? put(out, &fact) : 0;
}

/* ---- writing: what belongs to each ---- */

static int put_thread(const struct ptree_thread *thread, struct ptree_facts *out)
{
	struct ptree_fact fact = { .kind = PTREE_FACT_KEPT_THREAD,
				   .source = PTREE_FACT_READ,
				   .id = thread->node->id,
				   .u.thread = { .id = thread->id,
						 .tid = thread->tid,
						 .begin_ns = thread->begin_ns,
						 .sampled_ns = thread->sampled_ns,
						 .cpu_ns = thread->cpu_ns,
						 .cpu_permille = thread->cpu_permille } };

	memcpy(fact.u.thread.comm, thread->comm, PTREE_COMM_SIZE);
	return put(out, &fact);
}

/* The last one of the list is the oldest. */
static int put_threads(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct ptree_thread *thread = node_rare(node)->threads;
	int err = 0;

	while (thread && thread->next)
		thread = thread->next;
	for (; thread && !err; thread = thread->prev)
		err = put_thread(thread, out);
	return err;
}

static int put_past_image(const struct ptree_node *node, const struct image *image,
			  struct ptree_facts *out)
{
	return put(out, &(struct ptree_fact){ .kind = PTREE_FACT_KEPT_PAST_IMAGE,
					      .source = PTREE_FACT_READ,
					      .id = node->id,
					      .u.image.id = image->pub.id });
}

static int put_past_images(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct image **images;
	size_t count = 0;
	int err = 0;

	if (!node->past_images)
		return 0;
	images = reallocarray(NULL, node->image_count, sizeof(*images));
	if (!images)
		return -ENOMEM;
	for (const struct past_image *past = node->past_images; past; past = past->older)
		images[count++] = past->image;
	while (count && !err)
		err = put_past_image(node, images[--count], out);
	free(images);
	return err;
}

static int put_edges(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct rare *rare = node_rare(node);
	int err = 0;

	for (uint32_t i = 0; i < rare->edge_count && !err; i++) {
		const struct edge *edge = &rare->edges[i];
		const struct ptree_fact fact = {
			.kind = PTREE_FACT_KEPT_EDGE,
			.source = PTREE_FACT_READ,
			.id = node->id,
			.u.edge = { edge->parent_id, edge->from_ns, edge->to_ns },
		};

		err = put(out, &fact);
	}
	return err;
}

static int put_account(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct account *account = node->account;

	if (!account)
		return 0;
	return put(out, &(struct ptree_fact){
			    .kind = PTREE_FACT_KEPT_ACCOUNT,
			    .source = PTREE_FACT_READ,
			    .id = node->id,
			    .u.kept_account = { .cpu_user_ns = account->cpu_user_ns,
						.cpu_system_ns = account->cpu_system_ns,
						.cpu_run_ns = account->cpu_run_ns,
						.elapsed_ns = account->elapsed_ns,
						.max_rss_bytes = account->max_rss_bytes,
						.read_bytes = account->read_bytes,
						.write_bytes = account->write_bytes,
						.charged_ns = account->charged_ns,
						.known = account->known,
						.tasks = account->tasks,
						.is_elapsed_whole = account->is_elapsed_whole } });
}

static void put_count(unsigned char *to, uint32_t count)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (unsigned char)(count >> 8 * i);
}

static int put_summary(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct ptree_summary *summary = node_rare(node)->summary;
	unsigned char commands[PTREE_SUMMARY_COMMANDS * KEYFRAME_COMMAND_BYTES];

	if (!summary)
		return 0;
	for (unsigned i = 0; i < summary->command_count; i++) {
		memcpy(commands + i * KEYFRAME_COMMAND_BYTES, summary->commands[i].comm,
		       PTREE_COMM_SIZE);
		put_count(commands + i * KEYFRAME_COMMAND_BYTES + PTREE_COMM_SIZE,
			  summary->commands[i].count);
	}
	return put(
	    out, &(struct ptree_fact){ .kind = PTREE_FACT_KEPT_SUMMARY,
				       .source = PTREE_FACT_READ,
				       .id = node->id,
				       .u.summary = { .gone = summary->gone,
						      .failed = summary->failed,
						      .cpu_ns = summary->cpu_ns,
						      .cpu_unknown = summary->cpu_unknown,
						      .command_count = summary->command_count,
						      .commands = commands,
						      .commands_size = summary->command_count *
								       KEYFRAME_COMMAND_BYTES } });
}

static int put_activity(const struct ptree_node *node, struct ptree_facts *out)
{
	const struct activity *activity = node->activity;

	if (!activity)
		return 0;
	return put(
	    out, &(struct ptree_fact){
		     .kind = PTREE_FACT_KEPT_ACTIVITY,
		     .source = PTREE_FACT_READ,
		     .id = node->id,
		     .u.kept_activity = { .forks_per_ks = activity->pub.forks_per_ks,
					  .execs_per_ks = activity->pub.execs_per_ks,
					  .failures_per_ks = activity->pub.failures_per_ks,
					  .exited_cpu_permille = activity->pub.exited_cpu_permille,
					  .cpu_ns = activity->cpu_ns,
					  .failed_ns = activity->failed_ns,
					  .forks = activity->forks,
					  .execs = activity->execs,
					  .failures = activity->failures } });
}

static int put_belongings(const struct ptree_tree *tree, const struct ptree_node *node,
			  struct ptree_facts *out)
{
	int err = put_threads(node, out);

	(void)tree;
	if (!err)
		err = put_past_images(node, out);
	if (!err)
		err = put_edges(node, out);
	if (!err)
		err = put_account(node, out);
	if (!err)
		err = put_summary(node, out);
	return err ? err : put_activity(node, out);
}

/* ---- writing: all ---- */

static int put_user(uint32_t uid, const char *name, struct ptree_facts *out)
{
	return put(out, &(struct ptree_fact){ .kind = PTREE_FACT_USER,
					      .source = PTREE_FACT_READ,
					      .u.user = { uid, name, strlen(name) } });
}

static int put_users(const struct ptree_tree *tree, struct ptree_facts *out)
{
	int err = 0;

	for (size_t i = 0; i < tree->user_names.capacity && !err; i++) {
		const struct map_slot *slot = &tree->user_names.slots[i];

		if (slot->value)
			err = put_user((uint32_t)(slot->key - 1), slot->value, out);
	}
	return err;
}

static int put_last_facts(const struct ptree_tree *tree, struct ptree_facts *out)
{
	struct ptree_fact fact;
	int err = 0;

	for (unsigned kind = 1; kind < KEPT_FACTS && !err; kind++) {
		if (ptree_tree_last_fact(tree, (enum ptree_fact_kind)kind, &fact))
			err = put(out, &fact);
	}
	return err ? err : put_users(tree, out);
}

static int put_end(const struct ptree_tree *tree, struct ptree_facts *out)
{
	const struct ptree_tree_counts *counts = &tree->counts;
	struct ptree_fact fact = { .kind = PTREE_FACT_KEPT,
				   .source = PTREE_FACT_READ,
				   .u.kept = { .next_id = tree->next_id,
					       .next_key = tree->next_key,
					       .gone = counts->gone,
					       .forks = counts->forks,
					       .execs = counts->execs,
					       .exits = counts->exits,
					       .failures = counts->failures,
					       .exited_more_ns = tree->exited_more_ns } };

	memcpy(fact.u.kept.exited_cpu_ns, counts->exited_cpu_ns, sizeof(fact.u.kept.exited_cpu_ns));
	return put(out, &fact);
}

static int put_nodes(const struct ptree_tree *tree, struct list *list, struct ptree_facts *out)
{
	int err;

	qsort(list->node, list->count, sizeof(*list->node), by_birth);
	err = put_images(list, out);
	if (!err)
		err = each(tree, list, out, put_node);
	if (!err)
		err = each(tree, list, out, put_parent);
	qsort(list->node, list->count, sizeof(*list->node), by_id);
	if (!err)
		err = each(tree, list, out, put_origin);
	return err ? err : each(tree, list, out, put_belongings);
}

int ptree_tree_snapshot(const struct ptree_tree *tree, struct ptree_facts *facts)
{
	size_t before = facts->size;
	struct list list;
	int err = list_all(tree, &list);

	if (err)
		return err;
	err = put_last_facts(tree, facts);
	if (!err)
		err = put_nodes(tree, &list, facts);
	if (!err)
		err = put_belongings(tree, &tree->root, facts);
	if (!err)
		err = put_end(tree, facts);
	free(list.node);
	if (err)
		facts->size = before;
	return err;
}
