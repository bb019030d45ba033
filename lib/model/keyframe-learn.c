/* SPDX-License-Identifier: MIT */
/*
 * A tree made of a snapshot's facts. They are a stranger's: what is not possible is refused, so
 * that whatever was taken is a tree.
 */
#include "keyframe.h"
#include "activity.h"
#include "image.h"
#include "links.h"
#include "rare.h"
#include "thread.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHANGE_MAX PTREE_CHANGE_EXITED

static void use_id(struct ptree_tree *tree, uint64_t id)
{
	if (id >= tree->next_id)
		tree->next_id = id + 1;
}

static struct image *kept_image(const struct ptree_tree *tree, uint64_t id)
{
	return id ? map_find(&tree->kept_images, id) : NULL;
}

static int check_image(const struct ptree_tree *tree, const struct ptree_fact *fact)
{
	uint64_t id = fact->u.kept_image.id, twin = fact->u.kept_image.twin;

	if (!id || id == UINT64_MAX || kept_image(tree, id) ||
	    fact->u.kept_image.status > PTREE_ARGV_FAILED ||
	    fact->u.kept_image.size > UINT32_MAX / 2)
		return -EINVAL;
	return twin && (!kept_image(tree, twin) || fact->u.kept_image.size) ? -EINVAL : 0;
}

static int learn_image(struct ptree_tree *tree, const struct ptree_fact *fact)
{
	const struct image *twin = kept_image(tree, fact->u.kept_image.twin);
	const char *bytes = twin ? twin->pub.argv : fact->u.kept_image.bytes;
	size_t size = twin ? twin->pub.argv_size : fact->u.kept_image.size;
	uint64_t id = fact->u.kept_image.id;
	struct words *words = NULL;
	struct image *image;

	if (check_image(tree, fact))
		return -EINVAL;
	if (map_reserve(&tree->kept_images, 1) || pool_reserve(&tree->images, 1) ||
	    words_get(&words, twin, bytes, size))
		return -ENOMEM;
	image = image_new(tree, id, fact->u.kept_image.begin_ns);
	map_set(&tree->kept_images, id, image);
	image_take_argv(image, fact->u.kept_image.read_ns,
			(enum ptree_argv_status)fact->u.kept_image.status, words, size);
	image_set_comm(image, fact->time_ns, fact->u.kept_image.comm);
	image->reader = fact->u.kept_image.reader;
	use_id(tree, id);
	return 0;
}

static int learn_past_image(struct ptree_tree *tree, struct ptree_node *node,
			    const struct ptree_fact *fact)
{
	struct image *image = kept_image(tree, fact->u.image.id);

	if (!image || !node->image || node->image_count == UINT16_MAX)
		return -EINVAL;
	if (image_add_past(tree, node, image))
		return -ENOMEM;
	image->refs++;
	return 0;
}

static bool is_possible_end(const struct ptree_fact *fact)
{
	uint32_t flags = fact->u.kept_node.flags;
	bool has_ended = flags & KEYFRAME_ENDED, is_zombie = flags & KEYFRAME_ZOMBIE;
	bool is_present = fact->u.kept_node.fate == NODE_PRESENT;

	return fact->u.kept_node.fate <= NODE_ANCESTOR && is_present == (!has_ended || is_zombie) &&
	       has_ended == (fact->u.kept_node.end_ns != 0) && (has_ended || !is_zombie) &&
	       (has_ended || (flags & KEYFRAME_HAS_PID && !(flags & KEYFRAME_STATUS_KNOWN)));
}

static int check_node(const struct ptree_tree *tree, const struct ptree_fact *fact,
		      const struct image *image)
{
	pid_t pid = fact->u.kept_node.pid;

	if (!fact->id || fact->id == UINT64_MAX || tree_node(tree, fact->id) || pid <= 0 ||
	    fact->u.kept_node.over_key == UINT64_MAX || fact->u.kept_node.change > CHANGE_MAX ||
	    !usage_is_possible(fact->u.kept_node.nice, fact->u.kept_node.priority) ||
	    !is_possible_end(fact) || (fact->u.kept_node.image && !image))
		return -EINVAL;
	return fact->u.kept_node.flags & KEYFRAME_HAS_PID && tree_latest(tree, pid) ? -EINVAL : 0;
}

static void set_flags(struct ptree_node *node, uint32_t flags)
{
	node->is_begin_exact = (flags & KEYFRAME_BEGIN_EXACT) != 0;
	node->is_origin_told = (flags & KEYFRAME_ORIGIN_TOLD) != 0;
	node->has_ended = (flags & KEYFRAME_ENDED) != 0;
	node->is_status_known = (flags & KEYFRAME_STATUS_KNOWN) != 0;
	node->is_status_inferred = (flags & KEYFRAME_STATUS_INFERRED) != 0;
	node->is_zombie = (flags & KEYFRAME_ZOMBIE) != 0;
	node->is_leader_gone = (flags & KEYFRAME_LEADER_GONE) != 0;
	node->is_kernel_thread = (flags & KEYFRAME_KERNEL_THREAD) != 0;
	node->is_placeholder = (flags & KEYFRAME_PLACEHOLDER) != 0;
	node->has_rate = (flags & KEYFRAME_RATE_KNOWN) != 0;
	node->is_charged = (flags & KEYFRAME_CHARGED) != 0;
	node->is_charged_failed = (flags & KEYFRAME_CHARGED_FAILED) != 0;
	node->is_charged_final = (flags & KEYFRAME_CHARGED_FINAL) != 0;
	node->is_parent_first = (flags & KEYFRAME_PARENT_FIRST) != 0;
}

static void set_sample(struct sample *sample, const struct ptree_fact *fact)
{
	*sample = (struct sample){ .rss_bytes = fact->u.kept_node.rss_bytes,
				   .virtual_bytes = fact->u.kept_node.virtual_bytes,
				   .minor_faults = fact->u.kept_node.minor_faults,
				   .major_faults = fact->u.kept_node.major_faults,
				   .cpu_permille = fact->u.kept_node.cpu_permille,
				   .pgrp = fact->u.kept_node.pgrp,
				   .tty = fact->u.kept_node.tty,
				   .priority = (int16_t)fact->u.kept_node.priority,
				   .nice = (int8_t)fact->u.kept_node.nice,
				   .state = fact->u.kept_node.state };
}

static void set_over(struct over *over, const struct ptree_fact *fact)
{
	*over = (struct over){ .end_ns = fact->u.kept_node.end_ns,
			       .over_key = fact->u.kept_node.over_key,
			       .status = fact->u.kept_node.status };
}

static void set_values(struct ptree_node *node, const struct ptree_fact *fact)
{
	node->id = fact->id;
	node->pid = fact->u.kept_node.pid;
	node->sid = fact->u.kept_node.sid;
	node->begin_ns = fact->u.kept_node.begin_ns;
	node->change_ns = fact->u.kept_node.change_ns;
	node->sampled_ns = fact->u.kept_node.sampled_ns;
	node->exec_count = fact->u.kept_node.exec_count;
	node->elided = fact->u.kept_node.elided;
	node->ruid = fact->u.kept_node.ruid;
	node->euid = fact->u.kept_node.euid;
	node->rgid = fact->u.kept_node.rgid;
	node->egid = fact->u.kept_node.egid;
	node->cpu_user_ns = fact->u.kept_node.cpu_user_ns;
	node->cpu_system_ns = fact->u.kept_node.cpu_system_ns;
	node->change = fact->u.kept_node.change;
	node->fate = fact->u.kept_node.fate;
	set_flags(node, fact->u.kept_node.flags);
	if (node->has_ended)
		set_over(&node->over, fact);
	else
		set_sample(&node->sample, fact);
}

static void set_rare_values(struct ptree_tree *tree, struct ptree_node *node,
			    const struct ptree_fact *fact)
{
	uint64_t parent_ns = node->is_parent_first ? 0 : fact->u.kept_node.parent_ns;
	struct rare *rare;

	if (!fact->u.kept_node.tracer && !fact->u.kept_node.waited_cpu_ns &&
	    !fact->u.kept_node.users_ns && !parent_ns)
		return;
	rare = rare_of(tree, node);
	rare->parent_ns = parent_ns;
	rare->tracer = fact->u.kept_node.tracer;
	rare->waited_cpu_ns = fact->u.kept_node.waited_cpu_ns;
	rare->users_ns = fact->u.kept_node.users_ns;
}

static void count(struct ptree_tree *tree, const struct ptree_node *node)
{
	tree->counts.zombies += node->is_zombie;
	tree->counts.live += !node->has_ended;
	tree->counts.kernel_threads += !node->has_ended && node->is_kernel_thread;
	tree->placeholder_count += node->is_placeholder;
}

static int learn_node(struct ptree_tree *tree, const struct ptree_fact *fact)
{
	struct image *image = kept_image(tree, fact->u.kept_node.image);
	struct ptree_node *node;

	if (check_node(tree, fact, image))
		return -EINVAL;
	if (map_reserve(&tree->by_pid, 1) || map_reserve(&tree->by_id, 1) ||
	    pool_reserve(&tree->nodes, 1) || rare_reserve(tree, 1))
		return -ENOMEM;
	node = pool_get(&tree->nodes);
	set_values(node, fact);
	set_rare_values(tree, node, fact);
	image_share(node, image);
	map_set(&tree->by_id, node->id, node);
	if (fact->u.kept_node.flags & KEYFRAME_HAS_PID)
		map_set(&tree->by_pid, (uint64_t)node->pid, node);
	if (node->fate == NODE_QUEUED)
		links_enqueue(tree, node);
	links_attach(tree, node, &tree->root);
	count(tree, node);
	use_id(tree, node->id);
	if (node_over(node)->over_key >= tree->next_key)
		tree->next_key = node->over.over_key + 1;
	return 0;
}

static int learn_parent(struct ptree_tree *tree, struct ptree_node *node,
			const struct ptree_fact *fact)
{
	struct ptree_node *parent = tree_node(tree, fact->u.parent);

	if (!parent || node->parent != &tree->root || links_is_below(parent, node))
		return -EINVAL;
	if (links_reserve(tree))
		return -ENOMEM;
	links_detach(tree, node);
	links_attach(tree, node, parent);
	return 0;
}

static int learn_origin(struct ptree_tree *tree, struct ptree_node *node,
			const struct ptree_fact *fact)
{
	struct ptree_node *origin = tree_node(tree, fact->u.origin.id);

	if (!origin || node->origin || links_is_forked_from(origin, node))
		return -EINVAL;
	links_set_origin(tree, node, origin);
	return 0;
}

static int learn_thread(struct ptree_tree *tree, struct ptree_node *node,
			const struct ptree_fact *fact)
{
	uint64_t id = fact->u.thread.id;
	struct ptree_thread *latest = node_rare(node)->threads;
	int err;

	if (!id || id == UINT64_MAX || fact->u.thread.tid <= 0 || node->has_ended ||
	    (latest && latest->id >= id) || map_find(&tree->by_tid, (uint64_t)fact->u.thread.tid))
		return -EINVAL;
	err = thread_add(tree, node, id, fact->u.thread.tid, fact->u.thread.begin_ns,
			 fact->u.thread.comm);
	if (err)
		return err;
	latest = node->rare->threads;
	latest->sampled_ns = fact->u.thread.sampled_ns;
	latest->cpu_ns = fact->u.thread.cpu_ns;
	latest->cpu_permille = fact->u.thread.cpu_permille;
	use_id(tree, id);
	return 0;
}

static int learn_edge(struct ptree_tree *tree, struct ptree_node *node,
		      const struct ptree_fact *fact)
{
	if (node_rare(node)->edge_count == UINT16_MAX)
		return -EINVAL;
	if (rare_reserve_edge(tree, node))
		return -ENOMEM;
	node->rare->edges[node->rare->edge_count++] =
	    (struct edge){ fact->u.edge.parent, fact->u.edge.from_ns, fact->u.edge.to_ns };
	return 0;
}

static int learn_account(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_fact *fact)
{
	if (node->account)
		return -EINVAL;
	node->account = pool_get(&tree->accounts);
	if (!node->account)
		return -ENOMEM;
	*node->account = (struct account){
		.cpu_user_ns = fact->u.kept_account.cpu_user_ns,
		.cpu_system_ns = fact->u.kept_account.cpu_system_ns,
		.cpu_run_ns = fact->u.kept_account.cpu_run_ns,
		.elapsed_ns = fact->u.kept_account.elapsed_ns,
		.max_rss_bytes = fact->u.kept_account.max_rss_bytes,
		.read_bytes = fact->u.kept_account.read_bytes,
		.write_bytes = fact->u.kept_account.write_bytes,
		.charged_ns = fact->u.kept_account.charged_ns,
		.known = fact->u.kept_account.known,
		.tasks = fact->u.kept_account.tasks,
		.is_elapsed_whole = fact->u.kept_account.is_elapsed_whole,
	};
	return 0;
}

static uint32_t take_count(const unsigned char *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static int learn_summary(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_fact *fact)
{
	const unsigned char *commands = fact->u.summary.commands;
	uint32_t command_count = fact->u.summary.command_count;
	struct ptree_summary *summary;

	if (node_rare(node)->summary || command_count > PTREE_SUMMARY_COMMANDS ||
	    fact->u.summary.commands_size != command_count * KEYFRAME_COMMAND_BYTES)
		return -EINVAL;
	summary = rare_of(tree, node) ? pool_get(&tree->summaries) : NULL;
	if (!summary)
		return -ENOMEM;
	*summary = (struct ptree_summary){ .gone = fact->u.summary.gone,
					   .failed = fact->u.summary.failed,
					   .cpu_ns = fact->u.summary.cpu_ns,
					   .cpu_unknown = fact->u.summary.cpu_unknown,
					   .command_count = command_count };
	for (uint32_t i = 0; i < command_count; i++, commands += KEYFRAME_COMMAND_BYTES) {
		memcpy(summary->commands[i].comm, commands, PTREE_COMM_SIZE - 1);
		summary->commands[i].count = take_count(commands + PTREE_COMM_SIZE);
	}
	node->rare->summary = summary;
	return 0;
}

static int learn_activity(struct ptree_tree *tree, struct ptree_node *node,
			  const struct ptree_fact *fact)
{
	struct activity *activity;

	if (node->activity)
		return -EINVAL;
	if (pool_reserve(&tree->activities, 1))
		return -ENOMEM;
	activity = activity_of(tree, node);
	activity->pub = (struct ptree_activity){
		.forks_per_ks = fact->u.kept_activity.forks_per_ks,
		.execs_per_ks = fact->u.kept_activity.execs_per_ks,
		.failures_per_ks = fact->u.kept_activity.failures_per_ks,
		.exited_cpu_permille = fact->u.kept_activity.exited_cpu_permille,
	};
	activity->cpu_ns = fact->u.kept_activity.cpu_ns;
	activity->failed_ns = fact->u.kept_activity.failed_ns;
	activity->forks = fact->u.kept_activity.forks;
	activity->execs = fact->u.kept_activity.execs;
	activity->failures = fact->u.kept_activity.failures;
	return 0;
}

void keyframe_clear(struct ptree_tree *tree)
{
	for (size_t i = 0; i < tree->kept_images.capacity; i++)
		image_unref(tree, tree->kept_images.slots[i].value);
	map_clear(&tree->kept_images);
}

static int learn_end(struct ptree_tree *tree, const struct ptree_fact *fact)
{
	struct ptree_tree_counts *counts = &tree->counts;

	if (fact->u.kept.next_id < tree->next_id || fact->u.kept.next_key < tree->next_key)
		return -EINVAL;
	keyframe_clear(tree);
	tree->next_id = fact->u.kept.next_id;
	tree->next_key = fact->u.kept.next_key;
	counts->gone = fact->u.kept.gone;
	counts->forks = fact->u.kept.forks;
	counts->execs = fact->u.kept.execs;
	counts->exits = fact->u.kept.exits;
	counts->failures = fact->u.kept.failures;
	memcpy(counts->exited_cpu_ns, fact->u.kept.exited_cpu_ns, sizeof(counts->exited_cpu_ns));
	tree->exited_more_ns = fact->u.kept.exited_more_ns;
	tree->usage_generation++;
	tree->is_begun = true;
	return 0;
}

static int learn_of_node(struct ptree_tree *tree, struct ptree_node *node,
			 const struct ptree_fact *fact)
{
	switch (fact->kind) {
	case PTREE_FACT_KEPT_PAST_IMAGE:
		return learn_past_image(tree, node, fact);
	case PTREE_FACT_KEPT_PARENT:
		return learn_parent(tree, node, fact);
	case PTREE_FACT_KEPT_ORIGIN:
		return learn_origin(tree, node, fact);
	case PTREE_FACT_KEPT_THREAD:
		return learn_thread(tree, node, fact);
	case PTREE_FACT_KEPT_EDGE:
		return learn_edge(tree, node, fact);
	case PTREE_FACT_KEPT_ACCOUNT:
		return learn_account(tree, node, fact);
	}
	return -EINVAL;
}

int keyframe_learn(struct ptree_tree *tree, struct ptree_node **unused,
		   const struct ptree_fact *fact)
{
	struct ptree_node *node = fact->id ? tree_node(tree, fact->id) : &tree->root;

	(void)unused;
	if (tree->is_begun)
		return -EINVAL;
	if (fact->kind == PTREE_FACT_KEPT_IMAGE)
		return learn_image(tree, fact);
	if (fact->kind == PTREE_FACT_KEPT_NODE)
		return learn_node(tree, fact);
	if (fact->kind == PTREE_FACT_KEPT)
		return learn_end(tree, fact);
	if (!node)
		return -EINVAL;
	if (fact->kind == PTREE_FACT_KEPT_SUMMARY)
		return learn_summary(tree, node, fact);
	if (fact->kind == PTREE_FACT_KEPT_ACTIVITY)
		return learn_activity(tree, node, fact);
	return fact->id ? learn_of_node(tree, node, fact) : -EINVAL;
}
