/* SPDX-License-Identifier: MIT */
/* Which group a process is in, and the table of groups; see group.h. */
#include "model/group.h"
#include "model/array.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define FNV_PRIME UINT64_C(0x100000001b3)
#define TEXT_ID_BIT (UINT64_C(1) << 59)
#define NUMBER_ID_SHIFT 40

static const char *const names[GROUP_BY_COUNT] = {
	[GROUP_NONE] = "none",		 [GROUP_USER] = "user",	      [GROUP_UNIT] = "unit",
	[GROUP_CONTAINER] = "container", [GROUP_SESSION] = "session", [GROUP_COMMAND] = "command",
};

const char *group_by_name(enum group_by by)
{
	return names[by];
}

bool group_by_find(const char *name, enum group_by *by)
{
	for (int i = 0; i < GROUP_BY_COUNT; i++) {
		if (strcasecmp(names[i], name) != 0)
			continue;
		*by = (enum group_by)i;
		return true;
	}
	return false;
}

/* ---- keys ---- */

/* Numbers have 32 bits; what has none has one more. */
static struct group_key key_of_number(enum group_by by, uint64_t number)
{
	uint64_t code = number >= GROUP_RANK_UNREAD ? UINT64_C(1) << 32 | (number & 3) : number;

	return (struct group_key){ .id = GROUP_ID_BIT | (uint64_t)by << NUMBER_ID_SHIFT | code,
				   .rank = number };
}

/* Names are a stranger's: with the seed nobody can choose one that falls together with another. */
static uint64_t hash_of(uint64_t seed, const char *text)
{
	uint64_t hash = seed;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME ^ hash >> 29;
	hash = (hash ^ hash >> 32 ^ seed) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 31;
}

static struct group_key key_of_text(enum group_by by, uint64_t seed, const char *text)
{
	uint64_t hash = hash_of(seed + by, text) & (TEXT_ID_BIT - 1);

	return (struct group_key){ .id = GROUP_ID_BIT | TEXT_ID_BIT | hash, .name = text };
}

static uint64_t number_of_user(const struct ptree_node *node)
{
	uint32_t uid = ptree_node_euid(node);

	return uid == PTREE_UNKNOWN_ID ? GROUP_RANK_UNKNOWN : uid;
}

/* /proc says 0 of kernel threads and of sessions of another namespace; who was not seen there has
   no user either. */
static uint64_t number_of_session(const struct ptree_node *node)
{
	pid_t sid = ptree_node_sid(node);

	if (sid > 0)
		return (uint64_t)sid;
	return ptree_node_euid(node) != PTREE_UNKNOWN_ID ? GROUP_RANK_NONE : GROUP_RANK_UNKNOWN;
}

static struct group_key key_of_cgroup(enum group_by by, const struct cgroups *cgroups,
				      uint64_t seed, const struct ptree_node *node)
{
	struct cgroup_names cgroup;
	enum cgroup_state state = cgroups_find(cgroups, ptree_node_id(node), &cgroup);
	const char *name;

	if (state != CGROUP_READ)
		return key_of_number(by, state == CGROUP_UNREAD ? GROUP_RANK_UNREAD
								: GROUP_RANK_UNKNOWN);
	name = by == GROUP_UNIT ? cgroup.unit : cgroup.container;
	return *name ? key_of_text(by, seed, name) : key_of_number(by, GROUP_RANK_NONE);
}

bool group_by_asks_cgroups(enum group_by by)
{
	return by == GROUP_UNIT || by == GROUP_CONTAINER;
}

struct group_key group_key(enum group_by by, const struct cgroups *cgroups, uint64_t seed,
			   const struct ptree_node *node)
{
	switch (by) {
	case GROUP_NONE:
		break;
	case GROUP_USER:
		return key_of_number(by, number_of_user(node));
	case GROUP_UNIT:
	case GROUP_CONTAINER:
		return key_of_cgroup(by, cgroups, seed, node);
	case GROUP_SESSION:
		return key_of_number(by, number_of_session(node));
	case GROUP_COMMAND:
		return key_of_text(by, seed, ptree_node_comm(node));
	}
	return (struct group_key){ .id = 0 };
}

/* ---- the table ---- */

void groups_init(struct groups *groups)
{
	*groups = (struct groups){ .free = NO_GROUP };
	/* Without it the ids are those of every other run. */
	if (getrandom(&groups->seed, sizeof(groups->seed), GRND_NONBLOCK) < 0)
		groups->seed = 1;
}

static void free_name(struct group_item *group)
{
	free((void *)(uintptr_t)group->key.name);
	group->key.name = NULL;
}

void groups_empty(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		free_name(&groups->items[i]);
	}
	groups->count = 0;
	groups->free = NO_GROUP;
}

void groups_clear(struct groups *groups)
{
	groups_empty(groups);
	free(groups->items);
	groups->items = NULL;
	groups->capacity = 0;
}

static uint32_t reserve(struct groups *groups)
{
	uint32_t group = groups->free;

	if (group != NO_GROUP) {
		groups->free = groups->items[group].holders;
		return group;
	}
	if (array_reserve(&groups->items, &groups->capacity, groups->count + 1,
			  sizeof(*groups->items)))
		return NO_GROUP;
	return (uint32_t)groups->count++;
}

static void give_back(struct groups *groups, uint32_t group)
{
	groups->items[group] = (struct group_item){ .holders = groups->free };
	groups->free = group;
}

uint32_t groups_add(struct groups *groups, const struct group_key *key)
{
	uint32_t group = reserve(groups);
	char *name = key->name ? strdup(key->name) : NULL;

	if (group == NO_GROUP || (key->name && !name)) {
		if (group != NO_GROUP)
			give_back(groups, group);
		free(name);
		return NO_GROUP;
	}
	groups->items[group] = (struct group_item){ { key->id, key->rank, name }, .holders = 1 };
	return group;
}

void groups_hold(struct groups *groups, uint32_t group)
{
	groups->items[group].holders++;
}

void groups_let_go(struct groups *groups, uint32_t group)
{
	if (--groups->items[group].holders)
		return;
	free_name(&groups->items[group]);
	give_back(groups, group);
}

int group_compare(const struct group_key *x, const struct group_key *y)
{
	int order = 0;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->name && y->name)
		order = strcmp(x->name, y->name);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}
