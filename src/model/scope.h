/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SCOPE_H
#define PROCTOP_SCOPE_H

#include "model/filter.h"
#include "model/match.h"

#define WATCH_ITEMS_MAX 32
#define WATCH_SETS_MAX 16
#define WATCH_NAME_SIZE 64
#define SCOPE_FILTER_SIZE 1024

/* What somebody watches: one process, or every one of a name. */
struct watch_item {
	char name[WATCH_NAME_SIZE]; /* "" : by id */
	uint64_t id;
	pid_t pid;
};

struct watch_set {
	struct watch_item items[WATCH_ITEMS_MAX];
	size_t count;
};

/*
 * Of what all views show their part: under whom, whose, matching what. It is all zero at first;
 * most of it is never touched, and then takes no memory.
 */
struct scope {
	struct watch_set watch[WATCH_SETS_MAX]; /* a stack: the last one is in force */
	size_t watch_depth;
	const struct kept *filter_names; /* borrowed; NULL: none */
	struct filter *filter;
	char filter_text[SCOPE_FILTER_SIZE];
	bool is_other_typed; /* a wrong one, which is not in force */
	uint32_t *uids;	     /* only these users */
	size_t uid_count;
	uint64_t version; /* another one after every change */
};

void scope_clear(struct scope *scope);
/* Somebody has narrowed it in whatever way. */
bool scope_is_narrowed(const struct scope *scope);
/* Filter and users; it borrows from the scope. */
struct match scope_match(const struct scope *scope, struct ptree_users *users, uint64_t now_ns);
bool scope_has(const struct scope *scope, const struct match *match, const struct ptree_tree *tree,
	       const struct ptree_node *node);

/* What is wrong with it is said in error, empty if nothing is; the last good filter then stays in
   force. */
bool scope_set_filter(struct scope *scope, const char *text, struct filter_error *error);
void scope_set_users(struct scope *scope, const uint32_t *uids, size_t count);

/* Watching takes effect in a tree when it is told. */
const struct watch_set *scope_watched(const struct scope *scope); /* NULL: everything */
void scope_watch_only(struct scope *scope, const struct watch_item *item);
bool scope_watch_also(struct scope *scope, const struct watch_item *item); /* false: too many */
bool scope_watch_back(struct scope *scope); /* false: everything is shown already */
void scope_watch_in(const struct scope *scope, struct ptree_tree *tree);

#endif
