/* SPDX-License-Identifier: MIT */
/*
 * Who comes to match which rule; see rules.h. A fact is a reason to look at its process, and at
 * those who share the program that it names. What it changes for others in the tree (a name above
 * them), and what changes with time, is found by looking at all that live, now and then.
 */
#include "model/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>

#define NS_PER_S UINT64_C(1000000000)
#define LOOK_NS (NS_PER_S / 4) /* between two looks at all of them */
#define TEXT_PATIENCE_NS (NS_PER_S / 10)

int rules_add(struct rules *rules, const char *text, struct rule_error *error)
{
	struct rule rule;
	int err;

	if (rules->count == RULES_MAX) {
		error->offset = 0;
		snprintf(error->text, sizeof(error->text), "expected no more than %d rules",
			 RULES_MAX);
		return -EINVAL;
	}
	if (!rules->at) {
		rules->at = calloc(RULES_MAX, sizeof(*rules->at));
		rules->matching = calloc(RULES_MAX, sizeof(*rules->matching));
	}
	if (!rules->at || !rules->matching)
		return -ENOMEM;
	err = rule_parse(&rule, text, error);
	if (err)
		return err;
	rules->changes_with_time |= filter_changes_with_time(rule.filter);
	rules->looks_above |= filter_looks_above(rule.filter);
	rules->at[rules->count++] = rule;
	return 0;
}

void rules_clear(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		rule_clear(&rules->at[i]);
		id_set_clear(&rules->matching[i]);
	}
	free(rules->at);
	free(rules->matching);
	id_set_clear(&rules->unread);
	ptree_nodes_clear(&rules->nodes);
	*rules = (struct rules){ 0 };
}

/* ---- one process ---- */

static const struct ptree_node *step_up(const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	return origin ? origin : ptree_node_parent(node);
}

/* What proctop started; who began before that was its shell's, which then became proctop. */
static bool is_proctops(const struct rules *rules, const struct rules_context *context,
			const struct ptree_node *node, const struct ptree_node *below)
{
	return ptree_node_pid(node) == context->own &&
	       (!below || ptree_node_begin_ns(below) >= rules->begun_ns);
}

/* proctop, or what comes from it. A mixed walk could meet a circle: none is longer than all there
   is. */
static bool is_own(const struct rules *rules, const struct rules_context *context,
		   const struct ptree_node *node)
{
	const struct ptree_node *by_parent = node, *below = NULL;
	struct ptree_tree_counts counts;
	size_t left;

	ptree_tree_get_counts(context->tree, &counts);
	left = counts.live + counts.zombies + counts.exited + 1;
	for (; node && left--; below = node, node = step_up(node)) {
		if (is_proctops(rules, context, node, below))
			return true;
	}
	for (below = NULL; by_parent; below = by_parent, by_parent = ptree_node_parent(by_parent)) {
		if (is_proctops(rules, context, by_parent, below))
			return true;
	}
	return false;
}

static int update(struct rules *rules, size_t i, const struct rules_context *context,
		  const struct ptree_node *node, bool did_match, bool is_silent)
{
	const struct filter_context look = { .tree = context->tree,
					     .users = context->users,
					     .now_ns = context->now_ns };
	bool matches = filter_matches(rules->at[i].filter, &look, node);
	uint64_t id = ptree_node_id(node);

	if (!matches) {
		id_set_remove(&rules->matching[i], id);
		return 0;
	}
	if (id_set_add(&rules->matching[i], id))
		return -ENOMEM;
	if (!did_match && !is_silent && !is_own(rules, context, node))
		context->matches(context->to, &rules->at[i], node, context->now_ns);
	return 0;
}

static bool is_text_pending(const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	return image && !ptree_node_has_ended(node) &&
	       (image->argv_status == PTREE_ARGV_PENDING || ptree_node_is_comm_old(node));
}

/* An exec is told before its name and arguments are known, and what is not known must not look like
   what is not so: but not for longer than that. */
static bool is_text_awaited(const struct rules_context *context, const struct ptree_node *node)
{
	return is_text_pending(node) &&
	       context->now_ns < ptree_node_image(node, 0)->begin_ns + TEXT_PATIENCE_NS;
}

/* Whether there is nothing to say of it, or not yet. */
static bool is_passed_over(struct rules *rules, const struct rules_context *context,
			   const struct ptree_node *node)
{
	bool is_awaited = is_text_awaited(context, node);

	rules->is_look_due |= is_awaited;
	return is_awaited || !ptree_node_pid(node);
}

/* What one was at the beginning may become known only later: that is no news. */
static bool was_so_before(struct rules *rules, const struct ptree_node *node)
{
	bool is_unread = id_set_has(&rules->unread, ptree_node_id(node));

	if (is_unread && !is_text_pending(node))
		id_set_remove(&rules->unread, ptree_node_id(node));
	return is_unread;
}

static int look_at(struct rules *rules, const struct rules_context *context,
		   const struct ptree_node *node, bool is_silent)
{
	int err = 0;

	if (is_passed_over(rules, context, node))
		return 0;
	is_silent |= was_so_before(rules, node);
	for (size_t i = 0; i < rules->count && !err; i++)
		err = update(rules, i, context, node,
			     id_set_has(&rules->matching[i], ptree_node_id(node)), is_silent);
	return err;
}

/* It begins as a copy of who forked it. */
static int look_at_new(struct rules *rules, const struct rules_context *context,
		       const struct ptree_node *node)
{
	const struct ptree_node *forker = step_up(node);
	bool is_silent;
	int err = 0;

	if (is_passed_over(rules, context, node))
		return 0;
	is_silent = was_so_before(rules, node);
	for (size_t i = 0; i < rules->count && !err; i++) {
		const struct id_set *matching = &rules->matching[i];
		bool did_match = id_set_has(matching, ptree_node_id(node)) ||
				 (forker && id_set_has(matching, ptree_node_id(forker)));

		err = update(rules, i, context, node, did_match, is_silent);
	}
	return err;
}

static void forget(struct rules *rules, uint64_t id)
{
	for (size_t i = 0; i < rules->count; i++)
		id_set_remove(&rules->matching[i], id);
	id_set_remove(&rules->unread, id);
}

/* ---- those who share an image ---- */

static bool runs(const struct ptree_node *node, uint64_t image)
{
	const struct ptree_image *present = node ? ptree_node_image(node, 0) : NULL;

	return present && present->id == image;
}

/* The next one below top in the order of who forked whom, among those that run the image. */
static const struct ptree_node *next_sharer(const struct ptree_node *top,
					    const struct ptree_node *node, uint64_t image)
{
	const struct ptree_node *next = ptree_node_last_forked(node);

	for (;;) {
		for (; next; next = ptree_node_prev_forked(next)) {
			if (runs(next, image))
				return next;
		}
		if (node == top)
			return NULL;
		next = ptree_node_prev_forked(node);
		node = ptree_node_origin(node);
		if (!node)
			return NULL;
	}
}

/* A text is of all who run the image: those who were forked share it until they run another. */
static int look_at_sharers(struct rules *rules, const struct rules_context *context,
			   const struct ptree_node *node, uint64_t image)
{
	const struct ptree_node *top = node;
	int err;

	while (runs(top, image) && runs(ptree_node_origin(top), image))
		top = ptree_node_origin(top);
	if (!runs(top, image))
		return 0;
	err = look_at(rules, context, top, false);
	for (node = next_sharer(top, top, image); node && !err;
	     node = next_sharer(top, node, image))
		err = look_at_new(rules, context, node);
	return err;
}

/* ---- facts ---- */

/* It says something of those below, too, if there are any. */
static bool concerns_those_below(const struct ptree_fact *fact, const struct ptree_node *node)
{
	switch (fact->kind) {
	case PTREE_FACT_NAME:
	case PTREE_FACT_ARGUMENTS:
	case PTREE_FACT_IMAGE:
	case PTREE_FACT_SHARED:
	case PTREE_FACT_ORIGIN:
	case PTREE_FACT_MOVED:
	case PTREE_FACT_FILLED:
		return ptree_node_first_child(node) || ptree_node_last_forked(node);
	}
	return false;
}

static int look_at_told(struct rules *rules, const struct rules_context *context,
			const struct ptree_fact *fact, const struct ptree_node *node)
{
	int err;

	if (fact->kind == PTREE_FACT_IMAGE)
		id_set_remove(&rules->unread, ptree_node_id(node));
	err = fact->kind == PTREE_FACT_APPEARED ? look_at_new(rules, context, node)
						: look_at(rules, context, node, false);

	if (err)
		return err;
	if (fact->kind == PTREE_FACT_NAME)
		return look_at_sharers(rules, context, node, fact->u.name.image);
	if (fact->kind == PTREE_FACT_ARGUMENTS)
		return look_at_sharers(rules, context, node, fact->u.arguments.image);
	return 0;
}

int rules_learn(struct rules *rules, const struct rules_context *context,
		const struct ptree_fact *fact)
{
	const struct ptree_node *node;

	if (fact->kind == PTREE_FACT_USER)
		rules->is_look_due = true; /* whose name is asked for */
	if (!fact->id || !rules->count)
		return 0;
	node = ptree_tree_find_id(context->tree, fact->id);
	if (!node) {
		forget(rules, fact->id);
		return 0;
	}
	if (rules->looks_above && concerns_those_below(fact, node))
		rules->is_look_due = true;
	return look_at_told(rules, context, fact, node);
}

/* ---- all of them ---- */

static int list_all(struct rules *rules, const struct rules_context *context)
{
	int err = ptree_tree_descendants(context->tree, 0, &rules->nodes);

	for (size_t i = 0; i < rules->count; i++)
		id_set_drop_forgotten(&rules->matching[i], context->tree);
	id_set_drop_forgotten(&rules->unread, context->tree);
	rules->looked_ns = context->now_ns;
	rules->is_look_due = false;
	return err == -ENOMEM ? err : 0;
}

int rules_begin(struct rules *rules, const struct rules_context *context, uint64_t since_ns)
{
	int err = list_all(rules, context);

	rules->begun_ns = since_ns;
	for (size_t i = 0; i < rules->nodes.count && !err; i++) {
		const struct ptree_node *node = rules->nodes.node[i];
		bool was_there = ptree_node_begin_ns(node) < since_ns;

		if (was_there && is_text_pending(node))
			err = id_set_add(&rules->unread, ptree_node_id(node));
		if (!err)
			err = look_at(rules, context, node, was_there);
	}
	return err;
}

int rules_look(struct rules *rules, const struct rules_context *context)
{
	int err = list_all(rules, context);

	for (size_t i = 0; i < rules->nodes.count && !err; i++)
		err = look_at(rules, context, rules->nodes.node[i], false);
	return err;
}

uint64_t rules_next_ns(const struct rules *rules)
{
	if (rules->is_look_due)
		return rules->looked_ns + LOOK_NS;
	return rules->changes_with_time ? rules->looked_ns + NS_PER_S : UINT64_MAX;
}

const struct rule *rules_given_up(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct rule *rule = &rules->at[i];

		if (!rule->has_given_up && filter_is_given_up(rule->filter)) {
			rule->has_given_up = true;
			return rule;
		}
	}
	return NULL;
}
