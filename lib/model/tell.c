/* SPDX-License-Identifier: MIT */
/* Facts as the translators tell them; see tell.h. */
#include "tell.h"
#include "limits.h"
#include "links.h"

#include <errno.h>
#include <string.h>

struct ptree_fact tell_about(const struct ptree_node *node, enum ptree_fact_kind kind,
			     enum ptree_fact_source source, uint64_t time_ns)
{
	return (struct ptree_fact){
		.kind = kind, .source = source, .time_ns = time_ns, .id = node ? node->id : 0
	};
}

/* ---- birth, parents, end ---- */

struct ptree_node *tell_birth(struct ptree_tree *tree, struct ptree_fact *birth)
{
	birth->id = tree->next_id;
	return ptree_tree_learn(tree, birth) ? NULL : tree_node(tree, birth->id);
}

struct ptree_node *tell_of_somebody(struct ptree_tree *tree, pid_t pid, uint64_t now_ns)
{
	struct ptree_fact birth = {
		.kind = PTREE_FACT_APPEARED,
		.source = PTREE_FACT_INFERRED,
		.time_ns = now_ns,
		.u.birth = { .pid = pid,
			     .ruid = PTREE_UNKNOWN_ID,
			     .euid = PTREE_UNKNOWN_ID,
			     .rgid = PTREE_UNKNOWN_ID,
			     .egid = PTREE_UNKNOWN_ID,
			     .is_placeholder = true },
	};
	struct ptree_node *node = tree_live(tree, pid);

	if (pid <= 0)
		return &tree->root;
	if (node)
		return node;
	node = tell_birth(tree, &birth);
	if (node)
		node->evidence.event_ns = now_ns;
	return node;
}

int tell_end(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_fact *end)
{
	int err = ptree_tree_learn(tree, end);

	if (!err)
		limits_keep(tree, node, end->time_ns);
	return err;
}

/* One of which nothing was ever known is nothing to remember. */
int tell_end_unseen(struct ptree_tree *tree, struct ptree_node *node, uint64_t end_ns, bool is_news)
{
	struct ptree_fact end = tell_about(node, PTREE_FACT_ENDED, PTREE_FACT_INFERRED, end_ns);

	end.is_news = is_news;
	end.u.end.end_ns = node->is_placeholder || !end_ns ? 1 : end_ns;
	return tell_end(tree, node, &end);
}

int tell_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	      enum ptree_fact_source source, uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_MOVED, source, when_ns);

	if (node->parent == parent || links_is_below(parent, node))
		return 0;
	fact.u.parent = parent->id;
	return ptree_tree_learn(tree, &fact);
}

/* An inferred origin could close a circle only if /proc lied; a told one is newer than its child.
 */
int tell_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin,
		bool is_told, uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(
	    node, PTREE_FACT_ORIGIN, is_told ? PTREE_FACT_TOLD : PTREE_FACT_INFERRED, when_ns);

	if (origin == &tree->root)
		origin = NULL;
	if (origin && links_is_forked_from(origin, node))
		origin = node->origin;
	if (origin == node->origin && node->is_origin_told == is_told)
		return 0;
	fact.u.origin.id = origin ? origin->id : 0;
	fact.u.origin.is_told = is_told;
	return ptree_tree_learn(tree, &fact);
}

/* ---- what it is ---- */

int tell_users(struct ptree_tree *tree, struct ptree_node *node, uint32_t ruid, uint32_t euid,
	       uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_USERS, PTREE_FACT_READ, when_ns);

	if (node->ruid == ruid && node->euid == euid)
		return 0;
	fact.u.ids.real = ruid;
	fact.u.ids.effective = euid;
	return ptree_tree_learn(tree, &fact);
}

int tell_groups(struct ptree_tree *tree, struct ptree_node *node, uint32_t rgid, uint32_t egid,
		uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_GROUPS, PTREE_FACT_READ, when_ns);

	if (node->rgid == rgid && node->egid == egid)
		return 0;
	fact.u.ids.real = rgid;
	fact.u.ids.effective = egid;
	return ptree_tree_learn(tree, &fact);
}

int tell_session(struct ptree_tree *tree, struct ptree_node *node, pid_t sid, uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_SESSION, PTREE_FACT_READ, when_ns);

	fact.u.pid = sid;
	return node->sid == sid ? 0 : ptree_tree_learn(tree, &fact);
}

int tell_kernel_thread(struct ptree_tree *tree, struct ptree_node *node, bool is, uint64_t when_ns)
{
	struct ptree_fact fact =
	    tell_about(node, PTREE_FACT_KERNEL_THREAD, PTREE_FACT_READ, when_ns);

	fact.u.flag = is;
	return node->is_kernel_thread == is ? 0 : ptree_tree_learn(tree, &fact);
}

int tell_leader(struct ptree_tree *tree, struct ptree_node *node, bool is_gone, uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_LEADER, PTREE_FACT_INFERRED, when_ns);

	fact.u.flag = is_gone;
	return node->is_leader_gone == is_gone ? 0 : ptree_tree_learn(tree, &fact);
}

int tell_thread_end(struct ptree_tree *tree, struct ptree_thread *thread,
		    enum ptree_fact_source source, uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(thread->node, PTREE_FACT_THREAD_ENDED, source, when_ns);

	fact.u.thread.id = thread->id;
	fact.u.thread.tid = thread->tid;
	return ptree_tree_learn(tree, &fact);
}

/* ---- what it runs ---- */

uint64_t tell_own_image(const struct ptree_tree *tree, const struct ptree_node *node)
{
	return node->image && node->image->refs == 1 ? node->image->pub.id : tree->next_id;
}

int tell_name(struct ptree_tree *tree, struct ptree_node *node, uint64_t image,
	      const char comm[PTREE_COMM_SIZE], uint64_t when_ns)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_NAME, PTREE_FACT_READ, when_ns);

	fact.u.name.image = image;
	memcpy(fact.u.name.comm, comm, PTREE_COMM_SIZE);
	fact.u.name.comm[PTREE_COMM_SIZE - 1] = '\0';
	return ptree_tree_learn(tree, &fact);
}

int tell_arguments(struct ptree_tree *tree, struct ptree_node *node, uint64_t image,
		   uint64_t read_ns, enum ptree_argv_status status, const char *argv, size_t size)
{
	struct ptree_fact fact = tell_about(node, PTREE_FACT_ARGUMENTS, PTREE_FACT_READ, read_ns);

	fact.u.arguments.image = image;
	fact.u.arguments.read_ns = read_ns;
	fact.u.arguments.reader = node->id;
	fact.u.arguments.status = (uint8_t)status;
	fact.u.arguments.bytes = argv;
	fact.u.arguments.size = size;
	return ptree_tree_learn(tree, &fact);
}

/* ---- heirs ---- */

static struct ptree_node *next_forked(struct ptree_node *node, const struct ptree_node *top)
{
	if (node_offspring(node)->last_forked)
		return node_offspring(node)->last_forked;
	while (node != top && !node->fork_prev)
		node = node->origin;
	return node == top ? NULL : node->fork_prev;
}

/* Without an image it has not exec'd either, but its origin may have since. */
static int inherit_image(struct ptree_tree *tree, struct ptree_node *heir, uint64_t when_ns)
{
	const struct ptree_node *origin = heir->origin;
	struct ptree_fact fact = tell_about(heir, PTREE_FACT_SHARED, PTREE_FACT_INFERRED, when_ns);

	if (heir->image || !origin->image || origin->image->pub.begin_ns > heir->begin_ns)
		return 0;
	fact.u.image.id = origin->image->pub.id;
	return ptree_tree_learn(tree, &fact);
}

static int inherit_unknown(struct ptree_tree *tree, struct ptree_node *heir, uint64_t when_ns)
{
	const struct ptree_node *origin = heir->origin;
	int err = 0;

	if (heir->euid == PTREE_UNKNOWN_ID)
		err = tell_users(tree, heir, heir->ruid, origin->euid, when_ns);
	if (!err && !heir->sid)
		err = tell_session(tree, heir, origin->sid, when_ns);
	return err ? err : inherit_image(tree, heir, when_ns);
}

int tell_heirs(struct ptree_tree *tree, struct ptree_node *node, uint64_t when_ns)
{
	int err = 0;

	for (struct ptree_node *heir = next_forked(node, node); heir && !err;
	     heir = next_forked(heir, node))
		err = inherit_unknown(tree, heir, when_ns);
	return err;
}
