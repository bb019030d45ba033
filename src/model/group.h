/* SPDX-License-Identifier: MIT */
/*
 * By what processes are put into groups, and which one each is in. It knows no rows: a group is its
 * key, and there is one as long as somebody is in it.
 */
#ifndef PROCTOP_GROUP_H
#define PROCTOP_GROUP_H

#include "model/cgroups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum group_by {
	GROUP_NONE,
	GROUP_USER, /* the effective one */
	GROUP_UNIT,
	GROUP_CONTAINER,
	GROUP_SESSION,
	GROUP_COMMAND,
};
#define GROUP_BY_COUNT 6

/* What no process's id has, and each group's. */
#define GROUP_ID_BIT (UINT64_C(1) << 60)

/* Ranks of what has no number of its own, behind all that have. */
#define GROUP_RANK_UNREAD (UINT64_MAX - 2)
#define GROUP_RANK_NONE (UINT64_MAX - 1) /* it is in none: a kernel thread has no session */
#define GROUP_RANK_UNKNOWN (UINT64_MAX)	 /* nobody has told */

struct group_key {
	uint64_t id;	  /* the same as long as the program runs */
	uint64_t rank;	  /* a uid or sid; groups stand by it, and then by their names */
	const char *name; /* NULL: the rank says it; borrowed from whom it was asked of */
};

/* Of a process, as the tree has it now. The seed makes ids of names that nobody can foresee. */
struct group_key group_key(enum group_by by, const struct cgroups *cgroups, uint64_t seed,
			   const struct ptree_node *node);

/* What one may say; "user", "none". */
#define GROUP_BY_WORDS "none, user, unit, container, session or command"
bool group_by_asks_cgroups(enum group_by by);
const char *group_by_name(enum group_by by);
bool group_by_find(const char *name, enum group_by *by);

/*
 * Those that there are, by numbers that stay as long as somebody holds one: who is in it, and its
 * row.
 */
struct group_item {
	struct group_key key; /* its name is this one's own */
	uint32_t holders;     /* of a free one the next free one */
	/* By what its row stands, where that is a sum over who is in it. */
	bool is_sorted; /* sort_key is what it was when somebody in it changed last */
	uint64_t sort_key;
};

struct groups {
	struct group_item *items;
	size_t count, capacity;
	uint32_t free;
	uint64_t seed;
};

#define NO_GROUP UINT32_MAX

void groups_init(struct groups *groups);
void groups_clear(struct groups *groups);
void groups_empty(struct groups *groups); /* keeps its memory, and the seed */
/* With one holder. NO_GROUP: no memory. */
uint32_t groups_add(struct groups *groups, const struct group_key *key);
void groups_hold(struct groups *groups, uint32_t group);
void groups_let_go(struct groups *groups, uint32_t group);
/* In what order they stand: less than 0, 0 only for the same one, more. */
int group_compare(const struct group_key *x, const struct group_key *y);

#endif
