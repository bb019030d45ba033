/* SPDX-License-Identifier: MIT */
/* Of what all views show their part; see scope.h. */
#include "model/scope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void scope_clear(struct scope *scope)
{
	filter_free(scope->filter);
	free(scope->uids);
}

bool scope_is_narrowed(const struct scope *scope)
{
	return scope->watch_depth || scope->filter || scope->uid_count;
}

struct match scope_match(const struct scope *scope, struct ptree_users *users, uint64_t now_ns)
{
	return (struct match){ .users = users,
			       .filter = scope->filter,
			       .uids = scope->uids,
			       .uid_count = scope->uid_count,
			       .now_ns = now_ns,
			       .ignored_pid = getpid() };
}

bool scope_has(const struct scope *scope, const struct match *match, const struct ptree_tree *tree,
	       const struct ptree_node *node)
{
	return (!scope->watch_depth || ptree_node_is_watched(node)) &&
	       match_node(match, tree, node);
}

/* ---- filter and users ---- */

bool scope_set_filter(struct scope *scope, const char *text, struct filter_error *error)
{
	struct filter *filter = NULL;
	int err;

	*error = (struct filter_error){ 0 };
	err = *text ? filter_compile_named(&filter, text, scope->filter_names, error) : 0;
	if (err && err != -EINVAL)
		snprintf(error->text, sizeof(error->text), "%s", strerror(-err));
	if (err)
		return false;
	filter_free(scope->filter);
	scope->filter = filter;
	snprintf(scope->filter_text, sizeof(scope->filter_text), "%s", text);
	scope->version++;
	return true;
}

void scope_set_users(struct scope *scope, const uint32_t *uids, size_t count)
{
	uint32_t *copy = NULL;

	if (count) {
		copy = malloc(count * sizeof(*copy));
		if (!copy)
			return;
		memcpy(copy, uids, count * sizeof(*copy));
	}
	free(scope->uids);
	scope->uids = copy;
	scope->uid_count = count;
	scope->version++;
}

/* ---- watching ---- */

const struct watch_set *scope_watched(const struct scope *scope)
{
	return scope->watch_depth ? &scope->watch[scope->watch_depth - 1] : NULL;
}

void scope_watch_only(struct scope *scope, const struct watch_item *item)
{
	if (scope->watch_depth == WATCH_SETS_MAX) {
		memmove(&scope->watch[0], &scope->watch[1],
			sizeof(scope->watch) - sizeof(scope->watch[0]));
		scope->watch_depth--;
	}
	scope->watch[scope->watch_depth++] = (struct watch_set){ .items = { *item }, .count = 1 };
	scope->version++;
}

bool scope_watch_also(struct scope *scope, const struct watch_item *item)
{
	struct watch_set *set;

	if (!scope->watch_depth) {
		scope_watch_only(scope, item);
		return true;
	}
	set = &scope->watch[scope->watch_depth - 1];
	if (set->count == WATCH_ITEMS_MAX)
		return false;
	set->items[set->count++] = *item;
	scope->version++;
	return true;
}

bool scope_watch_back(struct scope *scope)
{
	if (!scope->watch_depth)
		return false;
	scope->watch_depth--;
	scope->version++;
	return true;
}

void scope_watch_in(const struct scope *scope, struct ptree_tree *tree)
{
	const struct watch_set *set = scope_watched(scope);

	ptree_tree_unwatch_all(tree);
	for (size_t i = 0; set && i < set->count; i++) {
		if (set->items[i].name[0])
			ptree_tree_watch_name(tree, set->items[i].name, getpid());
		else
			ptree_tree_watch_id(tree, set->items[i].id);
	}
}
