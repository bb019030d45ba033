/* SPDX-License-Identifier: MIT */
/* A tree as text, to be compared with another's; see dump.h. */
#include "dump.h"
#include "image.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
	const struct ptree_node *x = *(const struct ptree_node *const *)a;
	const struct ptree_node *y = *(const struct ptree_node *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static void put_bytes(struct text *text, const char *bytes, size_t size)
{
	text_string(text, "'");
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte > ' ' && byte < 0x7f)
			text_append(text, bytes + i, 1);
		else
			text_format(text, "\\%02x", byte);
	}
	text_string(text, "'");
}

/* ---- lists ---- */

static void put_siblings(struct text *text, const char *name, const struct node_list *list)
{
	const struct ptree_node *before = NULL;

	text_format(text, " %s:", name);
	for (const struct ptree_node *node = list->head; node; before = node, node = node->next)
		text_format(text, "%s%" PRIu64, node->prev == before ? " " : " !", node->id);
	if (list->tail != before)
		text_string(text, " !tail");
}

static void put_forked(struct text *text, const struct ptree_node *node)
{
	text_format(text, " forked %u:", node_offspring(node)->forked_count);
	for (const struct ptree_node *n = node_offspring(node)->last_forked; n; n = n->fork_prev)
		text_format(text, " %" PRIu64, n->id);
}

static void put_threads(struct text *text, const struct ptree_node *node)
{
	text_format(text, " threads %u:", node_rare(node)->thread_count);
	for (const struct ptree_thread *t = node_rare(node)->threads; t; t = t->next) {
		text_format(text, " %" PRIu64 "=%d@%" PRIu64, t->id, t->tid, t->begin_ns);
		text_format(text, "/%" PRIu64 ":%" PRIu64 ":%u", t->sampled_ns, t->cpu_ns,
			    t->cpu_permille);
		put_bytes(text, t->comm, strlen(t->comm));
	}
}

static void put_queue(struct text *text, const char *name, const struct node_list *queue)
{
	text_format(text, "%s:", name);
	for (const struct ptree_node *node = queue->head; node; node = node->over.queue_next)
		text_format(text, " %" PRIu64, node->id);
	text_string(text, "\n");
}

/* ---- a node ---- */

static void put_images(struct text *text, const struct ptree_node *node)
{
	const struct past_image *past = node->past_images;

	text_format(text, " images %u:", node->image_count);
	for (const struct image *image = node->image; image; image = image_before(&past)) {
		text_format(text, " %" PRIu64 "@%" PRIu64 " read %" PRIu64 " by %" PRIu64 " %d",
			    image->pub.id, image->pub.begin_ns, image->pub.read_ns, image->reader,
			    (int)image->pub.argv_status);
		put_bytes(text, image->pub.comm, strlen(image->pub.comm));
		put_bytes(text, image->pub.argv, image->pub.argv_size);
	}
}

static void put_edges(struct text *text, const struct ptree_node *node)
{
	const struct rare *rare = node_rare(node);

	text_string(text, " edges:");
	for (uint32_t i = 0; i < rare->edge_count; i++)
		text_format(text, " %" PRIu64 "@%" PRIu64 "-%" PRIu64, rare->edges[i].parent_id,
			    rare->edges[i].from_ns, rare->edges[i].to_ns);
}

static void put_summary(struct text *text, const struct ptree_summary *summary)
{
	if (!summary)
		return;
	text_format(text, " summary %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, summary->gone,
		    summary->failed, summary->cpu_ns, summary->cpu_unknown);
	for (unsigned i = 0; i < summary->command_count; i++) {
		text_format(text, " %u", summary->commands[i].count);
		put_bytes(text, summary->commands[i].comm, strlen(summary->commands[i].comm));
	}
}

static void put_account(struct text *text, const struct account *account)
{
	if (!account)
		return;
	text_format(text, " account %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
		    account->cpu_user_ns, account->cpu_system_ns, account->cpu_run_ns,
		    account->elapsed_ns);
	text_format(text, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %x %u %d",
		    account->max_rss_bytes, account->read_bytes, account->write_bytes,
		    account->charged_ns, account->known, account->tasks, account->is_elapsed_whole);
}

static void put_activity(struct text *text, const struct activity *activity)
{
	if (!activity)
		return;
	text_format(text, " activity %u %u %u %u", activity->pub.forks_per_ks,
		    activity->pub.execs_per_ks, activity->pub.failures_per_ks,
		    activity->pub.exited_cpu_permille);
	text_format(text, " %" PRIu64 " %" PRIu64 " %u %u %u", activity->cpu_ns,
		    activity->failed_ns, activity->forks, activity->execs, activity->failures);
}

static void put_flags(struct text *text, const struct ptree_node *node)
{
	const bool flags[] = {
		node->is_begin_exact,	node->is_origin_told,	  node->has_ended,
		node->is_status_known,	node->is_status_inferred, node->is_zombie,
		node->is_leader_gone,	node->is_kernel_thread,	  node->is_placeholder,
		node->has_rate,		node->is_charged,	  node->is_charged_failed,
		node->is_charged_final, node->is_in_failed_queue, node->is_parent_first
	};

	text_string(text, " flags ");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		text_string(text, flags[i] ? "1" : "0");
}

static void put_values(struct text *text, const struct ptree_node *node)
{
	const struct sample *sample = node_sample(node);

	text_format(text, "%" PRIu64 " pid %d parent %" PRIu64 "@%" PRIu64 " origin %" PRIu64,
		    node->id, node->pid, node->parent ? node->parent->id : 0, node_parent_ns(node),
		    node->origin ? node->origin->id : 0);
	text_format(text, " begin %" PRIu64 " end %" PRIu64 " key %" PRIu64 " fate %d status %u",
		    node->begin_ns, node_over(node)->end_ns, node_over(node)->over_key, node->fate,
		    node_over(node)->status);
	text_format(text, " ids %x %x %x %x sid %d tracer %d", node->ruid, node->euid, node->rgid,
		    node->egid, node->sid, node_rare(node)->tracer);
	text_format(text, " change %d@%" PRIu64 " elided %u execs %u", node->change,
		    node->change_ns, node->elided, node->exec_count);
	text_format(text, " waited %" PRIu64 " users@%" PRIu64, node_rare(node)->waited_cpu_ns,
		    node_rare(node)->users_ns);
	text_format(text,
		    " nice %d %d pgrp %d tty %u virtual %" PRIu64 " faults %" PRIu64 " %" PRIu64,
		    sample->nice, sample->priority, sample->pgrp, sample->tty,
		    sample->virtual_bytes, sample->minor_faults, sample->major_faults);
	text_format(text, " cpu %" PRIu64 " %" PRIu64 " %u rss %" PRIu64 " state %d sampled %d",
		    node->cpu_user_ns, node->cpu_system_ns, sample->cpu_permille, sample->rss_bytes,
		    sample->state, node->sampled_ns != 0);
}

static void put_node(struct text *text, const struct ptree_tree *tree,
		     const struct ptree_node *node)
{
	put_values(text, node);
	put_flags(text, node);
	text_format(text, " latest %d waits %d", tree_latest(tree, node->pid) == node,
		    node_offspring(node)->orphan_place != 0);
	text_format(text, " live %u", node_offspring(node)->live_count);
	put_siblings(text, "present", &node_offspring(node)->live);
	put_siblings(text, "past", &node_offspring(node)->past);
	put_forked(text, node);
	put_threads(text, node);
	put_images(text, node);
	put_edges(text, node);
	put_account(text, node->account);
	put_summary(text, node_rare(node)->summary);
	put_activity(text, node->activity);
	text_string(text, "\n");
}

/* ---- the tree ---- */

static void put_counts(struct text *text, const struct ptree_tree *tree)
{
	const struct ptree_tree_counts *counts = &tree->counts;

	text_format(text, "counts %zu %zu %zu %zu %zu %" PRIu64, counts->live, counts->zombies,
		    counts->threads, counts->kernel_threads, counts->exited, counts->gone);
	text_format(text, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, counts->forks,
		    counts->execs, counts->exits, counts->failures);
	for (size_t i = 0; i < 4; i++)
		text_format(text, " %" PRIu64, counts->exited_cpu_ns[i]);
	text_format(text, " more %" PRIu64 " placeholders %zu failed %zu waiting %zu",
		    tree->exited_more_ns, tree->placeholder_count, tree->failed_count,
		    tree->orphaned_count);
	text_format(text, " ids %" PRIu64 " keys %" PRIu64 "\n", tree->next_id, tree->next_key);
}

static void put_last_facts(struct text *text, const struct ptree_tree *tree)
{
	for (size_t i = 0; i < KEPT_FACTS; i++) {
		const struct ptree_facts *kept = &tree->last[i].bytes;

		if (!kept->size)
			continue;
		text_format(text, "%s ", ptree_fact_kind_name((uint32_t)i));
		put_bytes(text, (const char *)kept->bytes, kept->size);
		text_string(text, "\n");
	}
}

/* In no order: the sum of what they are must do. */
static void put_users(struct text *text, const struct ptree_tree *tree)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < tree->user_names.capacity; i++) {
		const char *name = tree->user_names.slots[i].value;
		uint64_t hash = tree->user_names.slots[i].key;

		for (; name && *name; name++)
			hash = hash * 31 + (unsigned char)*name;
		sum += name ? hash : 0;
	}
	text_format(text, "users %zu %" PRIu64 "\n", tree->user_names.count, sum);
}

static void put_all(struct text *text, const struct ptree_tree *tree,
		    const struct ptree_node **nodes, size_t count)
{
	put_last_facts(text, tree);
	put_users(text, tree);
	put_counts(text, tree);
	put_queue(text, "queue", &tree->queue);
	put_queue(text, "failed", &tree->failed_queue);
	put_node(text, tree, &tree->root);
	for (size_t i = 0; i < count; i++)
		put_node(text, tree, nodes[i]);
}

int tree_dump(const struct ptree_tree *tree, char **out)
{
	const struct ptree_node **nodes = reallocarray(NULL, tree->by_id.count + 1, sizeof(*nodes));
	struct text text = { 0 };
	size_t count = 0;

	if (!nodes)
		return -ENOMEM;
	for (size_t i = 0; i < tree->by_id.capacity; i++) {
		if (tree->by_id.slots[i].value)
			nodes[count++] = tree->by_id.slots[i].value;
	}
	qsort(nodes, count, sizeof(*nodes), by_id);
	put_all(&text, tree, nodes, count);
	free(nodes);
	return text_finish(&text, out);
}
