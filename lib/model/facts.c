/* SPDX-License-Identifier: MIT */
/*
 * The one door. A fact is checked, then what it needs is reserved, and only then something changes:
 * so a fact that is refused has changed nothing. Nothing here weighs, guesses, limits or asks for
 * the time; who does is a translator.
 */
#include "activity.h"
#include "feed.h"
#include "image.h"
#include "keyframe.h"
#include "life.h"
#include "links.h"
#include "rare.h"
#include "thread.h"
#include "usage.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NS (UINT64_MAX >> 2) /* 146 years: sums of a few of them do not wrap */

static struct ptree_node *node_or_root(struct ptree_tree *tree, uint64_t id)
{
	return id ? tree_node(tree, id) : &tree->root;
}

static bool is_new_id(const struct ptree_tree *tree, uint64_t id)
{
	return id >= tree->next_id && id < UINT64_MAX;
}

static void use_id(struct ptree_tree *tree, uint64_t id)
{
	if (id >= tree->next_id)
		tree->next_id = id + 1;
}

/* ---- the machine and the source ---- */

static int learn_about_all(struct ptree_tree *tree, struct ptree_node **node,
			   const struct ptree_fact *fact)
{
	struct ptree_facts kept = { 0 };
	int err = ptree_facts_append(&kept, fact);

	(void)node;
	if (err)
		return err == -E2BIG ? -EINVAL : err;
	ptree_facts_clear(&tree->last[fact->kind].bytes);
	tree->last[fact->kind].bytes = kept;
	return 0;
}

static int learn_of_a_moment(struct ptree_tree *tree, struct ptree_node **node,
			     const struct ptree_fact *fact)
{
	(void)tree;
	(void)node;
	(void)fact;
	return 0;
}

static int learn_user(struct ptree_tree *tree, struct ptree_node **node,
		      const struct ptree_fact *fact)
{
	uint64_t key = (uint64_t)fact->u.user.uid + 1;
	char *name = malloc(fact->u.user.size + 1);
	char *before = map_find(&tree->user_names, key);

	(void)node;
	if (!name)
		return -ENOMEM;
	if (fact->u.user.size)
		memcpy(name, fact->u.user.name, fact->u.user.size);
	name[fact->u.user.size] = '\0';
	if (map_set(&tree->user_names, key, name)) {
		free(name);
		return -ENOMEM;
	}
	free(before);
	return 0;
}

static int learn_tick(struct ptree_tree *tree, struct ptree_node **node,
		      const struct ptree_fact *fact)
{
	(void)node;
	if (!fact->u.interval_ns || fact->u.interval_ns > LONGEST_NS || fact->time_ns > LONGEST_NS)
		return -EINVAL;
	activity_tick(tree, fact->time_ns, fact->u.interval_ns);
	return 0;
}

/* ---- birth ---- */

static int check_birth(struct ptree_tree *tree, const struct ptree_fact *fact,
		       const struct ptree_node *parent, const struct ptree_node *origin)
{
	if (!is_new_id(tree, fact->id) || fact->u.birth.pid <= 0 || !parent)
		return -EINVAL;
	if (tree_live(tree, fact->u.birth.pid) || (fact->u.birth.origin && !origin))
		return -EINVAL;
	if (fact->u.birth.image &&
	    (!origin || !origin->image || origin->image->pub.id != fact->u.birth.image))
		return -EINVAL;
	return 0;
}

static int learn_birth(struct ptree_tree *tree, struct ptree_node **node,
		       const struct ptree_fact *fact)
{
	struct ptree_node *parent = node_or_root(tree, fact->u.birth.parent);
	struct ptree_node *origin = tree_node(tree, fact->u.birth.origin);
	int err = check_birth(tree, fact, parent, origin);

	if (err)
		return err;
	if (map_reserve(&tree->by_pid, 1) || map_reserve(&tree->by_id, 1) ||
	    pool_reserve(&tree->nodes, 1) || life_reserve(tree))
		return -ENOMEM;
	*node = life_begin(tree, fact, parent, origin);
	use_id(tree, fact->id);
	if (fact->source == PTREE_FACT_TOLD)
		life_count_fork(tree, parent);
	return 0;
}

static int learn_date(struct ptree_tree *tree, struct ptree_node **node,
		      const struct ptree_fact *fact)
{
	struct ptree_node *parent = tree_node(tree, fact->u.date.parent);
	bool is_fork =
	    fact->kind == PTREE_FACT_REDATED && fact->source == PTREE_FACT_TOLD && fact->is_news;

	if (fact->kind == PTREE_FACT_FILLED && !(*node)->is_placeholder)
		return -EINVAL;
	if (fact->u.date.parent && !parent)
		return -EINVAL;
	if (life_reserve(tree))
		return -ENOMEM;
	life_set_known(tree, *node);
	if (fact->kind == PTREE_FACT_FILLED)
		life_set_parent_unknown_since(*node);
	life_set_begin(tree, *node, fact->u.date.begin_ns, fact->u.date.is_exact);
	if (is_fork || (fact->kind == PTREE_FACT_FILLED && fact->source == PTREE_FACT_TOLD))
		life_count_fork(tree, parent ? parent : &tree->root);
	return 0;
}

static int learn_origin(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	struct ptree_node *origin = tree_node(tree, fact->u.origin.id);

	if (fact->u.origin.id && (!origin || links_is_forked_from(origin, *node)))
		return -EINVAL;
	if (links_reserve(tree))
		return -ENOMEM;
	life_set_origin(tree, *node, origin, fact->u.origin.is_told);
	return 0;
}

static int learn_move(struct ptree_tree *tree, struct ptree_node **node,
		      const struct ptree_fact *fact)
{
	struct ptree_node *parent = node_or_root(tree, fact->u.parent);

	if (!parent || parent == (*node)->parent || links_is_below(parent, *node) ||
	    node_rare(*node)->edge_count == UINT16_MAX)
		return -EINVAL;
	if (links_reserve(tree) || !rare_of(tree, *node))
		return -ENOMEM;
	if ((*node)->parent != &tree->root && rare_reserve_edge(tree, *node))
		return -ENOMEM;
	life_move(tree, *node, parent, fact->time_ns);
	return 0;
}

/* ---- what it is ---- */

static int learn_kernel_thread(struct ptree_tree *tree, struct ptree_node **node,
			       const struct ptree_fact *fact)
{
	life_set_kernel_thread(tree, *node, fact->u.flag);
	return 0;
}

static int learn_ids(struct ptree_tree *tree, struct ptree_node **node,
		     const struct ptree_fact *fact)
{
	(void)tree;
	if (fact->kind == PTREE_FACT_USERS) {
		(*node)->ruid = fact->u.ids.real;
		(*node)->euid = fact->u.ids.effective;
	} else {
		(*node)->rgid = fact->u.ids.real;
		(*node)->egid = fact->u.ids.effective;
	}
	return 0;
}

static int learn_session(struct ptree_tree *tree, struct ptree_node **node,
			 const struct ptree_fact *fact)
{
	(void)tree;
	(*node)->sid = fact->u.pid;
	return 0;
}

static int learn_tracer(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	if (fact->u.pid == node_rare(*node)->tracer)
		return 0;
	if (!rare_of(tree, *node))
		return -ENOMEM;
	(*node)->rare->tracer = fact->u.pid;
	return 0;
}

/* ---- what it runs ---- */

/* It is a process of one task then, whichever of them called it. */
static void exec(struct ptree_tree *tree, struct ptree_node *node)
{
	thread_remove_all(tree, node);
	node->is_leader_gone = false;
	node->exec_count++;
	tree->counts.execs++;
	activity_note(tree, node, ACTIVITY_EXEC);
}

static int learn_image(struct ptree_tree *tree, struct ptree_node **node,
		       const struct ptree_fact *fact)
{
	struct image *image;

	if (!is_new_id(tree, fact->u.image.id) || (*node)->image_count == UINT16_MAX)
		return -EINVAL;
	if (pool_reserve(&tree->activities, 1))
		return -ENOMEM;
	image = image_new(tree, fact->u.image.id, fact->u.image.begin_ns);
	if (!image)
		return -ENOMEM;
	if (image_push(tree, *node, image)) {
		image_unref(tree, image);
		return -ENOMEM;
	}
	use_id(tree, fact->u.image.id);
	image_keep(tree, *node, fact->u.image.kept);
	if (fact->source == PTREE_FACT_TOLD)
		exec(tree, *node);
	else
		(*node)->exec_count++;
	return 0;
}

static int learn_shared(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	const struct ptree_node *origin = (*node)->origin;

	(void)tree;
	if (!origin || !origin->image || origin->image->pub.id != fact->u.image.id ||
	    (*node)->image)
		return -EINVAL;
	image_share(*node, origin->image);
	return 0;
}

/* The image that a text is about: one of its own, or a copy that is made of the present one. */
static int image_of(struct ptree_tree *tree, struct ptree_node *node, uint64_t id,
		    struct image **image)
{
	int err;

	*image = image_find(node, id);
	if (*image)
		return 0;
	if (!is_new_id(tree, id))
		return -EINVAL;
	err = image_make_own(tree, node, id);
	if (err)
		return err;
	use_id(tree, id);
	*image = node->image;
	return 0;
}

static int learn_name(struct ptree_tree *tree, struct ptree_node **node,
		      const struct ptree_fact *fact)
{
	struct image *image;
	int err = image_of(tree, *node, fact->u.name.image, &image);

	if (err)
		return err;
	image_set_comm(image, fact->time_ns, fact->u.name.comm);
	watch_check_name(tree, *node);
	return 0;
}

static int check_arguments(const struct ptree_fact *fact)
{
	return fact->u.arguments.status > PTREE_ARGV_FAILED ||
		       fact->u.arguments.size > UINT32_MAX / 2
		   ? -EINVAL
		   : 0;
}

static int learn_arguments(struct ptree_tree *tree, struct ptree_node **node,
			   const struct ptree_fact *fact)
{
	const struct image *twin = (*node)->parent->image;
	struct words *words = NULL;
	struct image *image;
	int err = check_arguments(fact);

	if (!err)
		err = words_get(&words, twin, fact->u.arguments.bytes, fact->u.arguments.size);
	if (!err)
		err = image_of(tree, *node, fact->u.arguments.image, &image);
	if (err) {
		words_put(words);
		return err;
	}
	image_take_argv(image, fact->u.arguments.read_ns,
			(enum ptree_argv_status)fact->u.arguments.status, words,
			fact->u.arguments.size);
	image->reader = fact->u.arguments.reader;
	watch_check_name(tree, *node);
	return 0;
}

static int learn_image_date(struct ptree_tree *tree, struct ptree_node **node,
			    const struct ptree_fact *fact)
{
	struct image *image;
	int err = pool_reserve(&tree->activities, 1);

	if (!err)
		err = image_of(tree, *node, fact->u.image.id, &image);
	if (err)
		return err;
	image->pub.begin_ns = fact->u.image.begin_ns;
	if (fact->source == PTREE_FACT_TOLD && fact->is_news)
		exec(tree, *node);
	return 0;
}

/* ---- its tasks ---- */

static int learn_thread(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	pid_t tid = fact->u.thread.tid;
	int err;

	if (!is_new_id(tree, fact->u.thread.id) || tid <= 0 || (*node)->has_ended ||
	    map_find(&tree->by_tid, (uint64_t)tid))
		return -EINVAL;
	err = thread_add(tree, *node, fact->u.thread.id, tid, fact->u.thread.begin_ns,
			 fact->u.thread.comm);
	if (!err)
		use_id(tree, fact->u.thread.id);
	return err;
}

static struct ptree_thread *find_thread(struct ptree_tree *tree, const struct ptree_node *node,
					const struct ptree_fact *fact)
{
	struct ptree_thread *thread = thread_find(tree, node, fact->u.thread.tid);

	return thread && thread->id == fact->u.thread.id ? thread : NULL;
}

static int learn_thread_name(struct ptree_tree *tree, struct ptree_node **node,
			     const struct ptree_fact *fact)
{
	struct ptree_thread *thread = find_thread(tree, *node, fact);

	if (!thread)
		return -EINVAL;
	thread_set_comm(thread, fact->u.thread.comm);
	return 0;
}

static int learn_thread_sample(struct ptree_tree *tree, struct ptree_node **node,
			       const struct ptree_fact *fact)
{
	struct ptree_thread *thread = find_thread(tree, *node, fact);

	if (!thread || !fact->u.thread.sampled_ns)
		return -EINVAL;
	thread->begin_ns = fact->u.thread.begin_ns;
	thread->sampled_ns = fact->u.thread.sampled_ns;
	thread->cpu_ns = fact->u.thread.cpu_ns;
	thread->cpu_permille = fact->u.thread.cpu_permille;
	return 0;
}

static int learn_thread_end(struct ptree_tree *tree, struct ptree_node **node,
			    const struct ptree_fact *fact)
{
	struct ptree_thread *thread = find_thread(tree, *node, fact);

	if (!thread)
		return -EINVAL;
	thread_remove(tree, thread);
	return 0;
}

static int learn_leader(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	(void)tree;
	(*node)->is_leader_gone = fact->u.flag;
	return 0;
}

/* ---- its end ---- */

static int learn_end(struct ptree_tree *tree, struct ptree_node **node,
		     const struct ptree_fact *fact)
{
	if ((*node)->has_ended != (fact->kind == PTREE_FACT_STATUS) || !fact->u.end.end_ns)
		return -EINVAL;
	if (life_reserve(tree))
		return -ENOMEM;
	if (fact->kind == PTREE_FACT_ENDED)
		life_end(tree, *node, fact);
	else
		life_set_status(tree, *node, fact);
	return 0;
}

static int learn_revival(struct ptree_tree *tree, struct ptree_node **node,
			 const struct ptree_fact *fact)
{
	(void)fact;
	if (!(*node)->has_ended || tree_latest(tree, (*node)->pid) != *node)
		return -EINVAL;
	if (life_reserve(tree))
		return -ENOMEM;
	life_revive(tree, *node);
	return 0;
}

static int learn_zombie(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	bool is_zombie = fact->kind == PTREE_FACT_ZOMBIE;

	if (!(*node)->has_ended || (*node)->is_zombie == is_zombie)
		return -EINVAL;
	if (life_reserve(tree))
		return -ENOMEM;
	life_set_zombie(tree, *node, is_zombie);
	return 0;
}

static int learn_retained(struct ptree_tree *tree, struct ptree_node **node,
			  const struct ptree_fact *fact)
{
	(void)fact;
	if ((*node)->fate != NODE_QUEUED)
		return -EINVAL;
	life_retain(tree, *node);
	return 0;
}

static int learn_forgotten(struct ptree_tree *tree, struct ptree_node **node,
			   const struct ptree_fact *fact)
{
	(void)fact;
	if ((*node)->fate == NODE_PRESENT)
		return -EINVAL;
	if (life_reserve(tree))
		return -ENOMEM;
	life_forget(tree, *node);
	*node = NULL;
	return 0;
}

/* ---- what it uses ---- */

static bool is_possible_record(const struct ptree_accounting *record)
{
	return record->cpu_user_ns <= LONGEST_NS && record->cpu_system_ns <= LONGEST_NS &&
	       record->cpu_run_ns <= LONGEST_NS && record->elapsed_ns <= LONGEST_NS;
}

static int learn_accounting(struct ptree_tree *tree, struct ptree_node **node,
			    const struct ptree_fact *fact)
{
	if (!is_possible_record(&fact->u.accounting))
		return -EINVAL;
	return usage_account(tree, *node, &fact->u.accounting);
}

static int learn_sample(struct ptree_tree *tree, struct ptree_node **node,
			const struct ptree_fact *fact)
{
	if ((*node)->has_ended || fact->u.sample.cpu_user_ns > LONGEST_NS ||
	    fact->u.sample.cpu_system_ns > LONGEST_NS ||
	    !usage_is_possible(fact->u.sample.nice, fact->u.sample.priority))
		return -EINVAL;
	if (fact->u.sample.waited_cpu_ns && rare_reserve(tree, 1))
		return -ENOMEM;
	usage_sample(tree, *node, fact);
	return 0;
}

/* ---- the door ---- */

/* node: the one that the fact is about; of a birth NULL, and afterwards the new one. */
struct lesson {
	int (*learn)(struct ptree_tree *tree, struct ptree_node **node,
		     const struct ptree_fact *fact);
	enum ptree_change_kind change; /* what it is to those who look, if it is news */
	bool is_of_node;
	bool is_of_usage; /* nothing that a tree without figures shows */
};

static const struct lesson lessons[] = {
	[PTREE_FACT_CLOCK] = { .learn = learn_about_all },
	[PTREE_FACT_SOURCE] = { .learn = learn_about_all },
	[PTREE_FACT_LOST] = { .learn = learn_of_a_moment },
	[PTREE_FACT_COMPARED] = { .learn = learn_of_a_moment },
	[PTREE_FACT_UNHEARD_OF] = { .learn = learn_of_a_moment },
	[PTREE_FACT_USER] = { .learn = learn_user },
	[PTREE_FACT_HOST] = { .learn = learn_about_all, .is_of_usage = true },
	[PTREE_FACT_TICK] = { .learn = learn_tick, .is_of_usage = true },
	[PTREE_FACT_APPEARED] = { .learn = learn_birth, .change = PTREE_CHANGE_FORKED },
	[PTREE_FACT_FILLED] = { .learn = learn_date,
				.change = PTREE_CHANGE_FORKED,
				.is_of_node = true },
	[PTREE_FACT_REDATED] = { .learn = learn_date,
				 .change = PTREE_CHANGE_FORKED,
				 .is_of_node = true },
	[PTREE_FACT_ORIGIN] = { .learn = learn_origin, .is_of_node = true },
	[PTREE_FACT_MOVED] = { .learn = learn_move, .is_of_node = true },
	[PTREE_FACT_KERNEL_THREAD] = { .learn = learn_kernel_thread, .is_of_node = true },
	[PTREE_FACT_USERS] = { .learn = learn_ids,
			       .change = PTREE_CHANGE_CREDENTIALS,
			       .is_of_node = true },
	[PTREE_FACT_GROUPS] = { .learn = learn_ids,
				.change = PTREE_CHANGE_CREDENTIALS,
				.is_of_node = true },
	[PTREE_FACT_SESSION] = { .learn = learn_session,
				 .change = PTREE_CHANGE_SESSION,
				 .is_of_node = true },
	[PTREE_FACT_TRACER] = { .learn = learn_tracer,
				.change = PTREE_CHANGE_TRACED,
				.is_of_node = true },
	[PTREE_FACT_CORE_DUMP] = { .learn = learn_of_a_moment,
				   .change = PTREE_CHANGE_COREDUMP,
				   .is_of_node = true },
	[PTREE_FACT_IMAGE] = { .learn = learn_image,
			       .change = PTREE_CHANGE_EXECED,
			       .is_of_node = true },
	[PTREE_FACT_SHARED] = { .learn = learn_shared, .is_of_node = true },
	[PTREE_FACT_NAME] = { .learn = learn_name,
			      .change = PTREE_CHANGE_RENAMED,
			      .is_of_node = true },
	[PTREE_FACT_ARGUMENTS] = { .learn = learn_arguments, .is_of_node = true },
	[PTREE_FACT_IMAGE_DATED] = { .learn = learn_image_date,
				     .change = PTREE_CHANGE_EXECED,
				     .is_of_node = true },
	[PTREE_FACT_THREAD_BEGAN] = { .learn = learn_thread, .is_of_node = true },
	[PTREE_FACT_THREAD_NAMED] = { .learn = learn_thread_name, .is_of_node = true },
	[PTREE_FACT_THREAD_ENDED] = { .learn = learn_thread_end, .is_of_node = true },
	[PTREE_FACT_THREAD_SAMPLED] = { .learn = learn_thread_sample,
					.is_of_node = true,
					.is_of_usage = true },
	[PTREE_FACT_LEADER] = { .learn = learn_leader, .is_of_node = true },
	[PTREE_FACT_ENDED] = { .learn = learn_end,
			       .change = PTREE_CHANGE_EXITED,
			       .is_of_node = true },
	[PTREE_FACT_STATUS] = { .learn = learn_end,
				.change = PTREE_CHANGE_EXITED,
				.is_of_node = true },
	[PTREE_FACT_REVIVED] = { .learn = learn_revival, .is_of_node = true },
	[PTREE_FACT_ZOMBIE] = { .learn = learn_zombie, .is_of_node = true },
	[PTREE_FACT_REAPED] = { .learn = learn_zombie, .is_of_node = true },
	[PTREE_FACT_ACCOUNTED] = { .learn = learn_accounting,
				   .is_of_node = true,
				   .is_of_usage = true },
	[PTREE_FACT_SAMPLED] = { .learn = learn_sample, .is_of_node = true, .is_of_usage = true },
	[PTREE_FACT_RETAINED] = { .learn = learn_retained, .is_of_node = true },
	[PTREE_FACT_FORGOTTEN] = { .learn = learn_forgotten, .is_of_node = true },
	[PTREE_FACT_KEPT_IMAGE] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_NODE] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_PAST_IMAGE] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_PARENT] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_ORIGIN] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_THREAD] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_EDGE] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_ACCOUNT] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_SUMMARY] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT_ACTIVITY] = { .learn = keyframe_learn },
	[PTREE_FACT_KEPT] = { .learn = keyframe_learn },
};
#define LESSON_COUNT (sizeof(lessons) / sizeof(lessons[0]))

/* One that says what is known already is of the other two users, saved and of file systems. What of
   an earlier time is heard of late was a change then. */
static bool changes_users(const struct ptree_node *node, const struct lesson *lesson,
			  const struct ptree_fact *fact)
{
	uint32_t real = fact->u.ids.real, effective = fact->u.ids.effective;

	if (!node || lesson->change != PTREE_CHANGE_CREDENTIALS || !fact->is_news)
		return false;
	if (fact->is_past)
		return true;
	return fact->kind == PTREE_FACT_USERS ? node->ruid != real || node->euid != effective
					      : node->rgid != real || node->egid != effective;
}

static void note(struct ptree_tree *tree, struct ptree_node *node, const struct lesson *lesson,
		 const struct ptree_fact *fact)
{
	if (!lesson->is_of_usage)
		tree->generation++;
	if (!node || !fact->is_news || lesson->change == PTREE_CHANGE_NONE)
		return;
	node->change = (uint8_t)lesson->change;
	node->change_ns = fact->time_ns;
}

int ptree_tree_learn(struct ptree_tree *tree, const struct ptree_fact *fact)
{
	static const struct lesson unknown = { .learn = learn_of_a_moment };
	const struct lesson *lesson = fact->kind < LESSON_COUNT && lessons[fact->kind].learn
					  ? &lessons[fact->kind]
					  : &unknown;
	struct ptree_node *node = lesson->is_of_node ? tree_node(tree, fact->id) : NULL;
	bool are_other_users;
	int err = 0;

	if (lesson->is_of_node && !node)
		return -EINVAL;
	are_other_users = changes_users(node, lesson, fact);
	if (are_other_users && !rare_of(tree, node))
		return -ENOMEM;
	if (!fact->is_past)
		err = lesson->learn(tree, &node, fact);
	if (err)
		return err;
	note(tree, node, lesson, fact);
	if (are_other_users && node)
		node->rare->users_ns = fact->time_ns;
	tree->is_begun |= fact->kind >= PTREE_FACT_APPEARED && fact->kind <= PTREE_FACT_FORGOTTEN;
	feed_push(&tree->feed, fact);
	return 0;
}

int ptree_tree_learn_all(struct ptree_tree *tree, const void *bytes, size_t size)
{
	struct ptree_fact fact;
	size_t at = 0;
	int result;

	while ((result = ptree_facts_next(bytes, size, &at, &fact)) > 0) {
		result = ptree_tree_learn(tree, &fact);
		if (result)
			return result;
	}
	return result;
}

/* ---- what was learned of all ---- */

bool ptree_tree_last_fact(const struct ptree_tree *tree, enum ptree_fact_kind kind,
			  struct ptree_fact *fact)
{
	const struct ptree_facts *kept = kind < KEPT_FACTS ? &tree->last[kind].bytes : NULL;
	size_t at = 0;

	return kept && kept->size && ptree_facts_next(kept->bytes, kept->size, &at, fact) == 1;
}

const char *ptree_tree_user_name(const struct ptree_tree *tree, uint32_t uid)
{
	return map_find(&tree->user_names, (uint64_t)uid + 1);
}
