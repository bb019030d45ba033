/* SPDX-License-Identifier: MIT */
/* Which of the exited processes are still zombies; see reaping.h. */
#include "reaping.h"
#include "model/exit.h"
#include "model/tree.h"

#include <errno.h>
#include <stdlib.h>

/* Most parents wait at once; those that have not after this long may take their time. */
#define GRACE_NS (300 * NS_PER_MS)
#define ZOMBIES_PER_LOOK 32
#define EXITS_PER_LOOK 64

void reaping_exit_seen(struct reaping *reaping, uint64_t id, uint64_t seen_ns)
{
	size_t at = (reaping->exit_first + reaping->exit_count) % REAPING_EXITS_MAX;

	if (reaping->exit_count == REAPING_EXITS_MAX) {
		reaping->has_overflowed = true;
		return;
	}
	reaping->exits[at].id = id;
	reaping->exits[at].seen_ns = seen_ns;
	reaping->exit_count++;
}

void reaping_zombie_seen(struct reaping *reaping, uint64_t id)
{
	if (reaping->zombies.count == reaping->zombies.capacity) {
		size_t capacity = reaping->zombies.capacity ? 2 * reaping->zombies.capacity : 32;
		uint64_t *bigger = realloc(reaping->zombies.id, capacity * sizeof(*bigger));

		if (!bigger)
			return; /* the next scan finds it again */
		reaping->zombies.id = bigger;
		reaping->zombies.capacity = capacity;
	}
	reaping->zombies.id[reaping->zombies.count++] = id;
}

/* -ESRCH: it is not in /proc any more. Other errors say nothing about it. */
static int read_state(struct ptree_procfs *procfs, const struct ptree_node *node, char *state)
{
	struct ptree_process process;
	int err = ptree_procfs_read(procfs, node->pid, 0, &process);

	if (err)
		return err;
	*state = process.state;
	ptree_process_clear(&process);
	return node->has_ended && process.start_ns > node->over.end_ns ? -ESRCH : 0;
}

/* What cannot be read now, for another reason than that it is gone, is what it was. */
static bool is_zombie_in_proc(struct ptree_procfs *procfs, const struct ptree_node *node)
{
	char state;
	int err = read_state(procfs, node, &state);

	return err ? err != -ESRCH && node->is_zombie : state == 'Z';
}

/*
 * A scan can see a thread whose exit was read before the scan's entry: the process then seems to
 * live on without its leader.
 */
static void look_at_leaderless(struct ptree_tree *tree, struct ptree_procfs *procfs,
			       struct ptree_node *node)
{
	char state;

	if (node->is_leader_gone && read_state(procfs, node, &state) == -ESRCH)
		exit_finish_leaderless(tree, node);
}

static void look_at_exit(struct reaping *reaping, struct ptree_tree *tree,
			 struct ptree_procfs *procfs, uint64_t id)
{
	struct ptree_node *node = map_find(&tree->by_id, id);

	if (!node || node->is_zombie)
		return;
	if (!node->has_ended) {
		look_at_leaderless(tree, procfs, node);
	} else if (is_zombie_in_proc(procfs, node)) {
		ptree_tree_set_zombie(tree, node->id, true);
		reaping_zombie_seen(reaping, id);
	}
}

/* Each is a file to be opened, and in a storm there are ten thousand in a second. */
bool reaping_look_at_exits(struct reaping *reaping, struct ptree_tree *tree,
			   struct ptree_procfs *procfs, uint64_t now_ns)
{
	for (int looks = 0; reaping->exit_count; looks++) {
		size_t at = reaping->exit_first;

		if (now_ns < reaping->exits[at].seen_ns + GRACE_NS)
			break;
		if (looks == EXITS_PER_LOOK)
			return false;
		reaping->exit_first = (at + 1) % REAPING_EXITS_MAX;
		reaping->exit_count--;
		look_at_exit(reaping, tree, procfs, reaping->exits[at].id);
	}
	return true;
}

static void look_at_zombie(struct reaping *reaping, struct ptree_tree *tree,
			   struct ptree_procfs *procfs, size_t index)
{
	struct ptree_node *node = map_find(&tree->by_id, reaping->zombies.id[index]);

	if (node && node->is_zombie && is_zombie_in_proc(procfs, node))
		return;
	if (node)
		ptree_tree_set_zombie(tree, node->id, false);
	reaping->zombies.id[index] = reaping->zombies.id[--reaping->zombies.count];
}

void reaping_look_at_zombies(struct reaping *reaping, struct ptree_tree *tree,
			     struct ptree_procfs *procfs)
{
	size_t looks = reaping->zombies.count;

	for (looks = looks < ZOMBIES_PER_LOOK ? looks : ZOMBIES_PER_LOOK; looks; looks--) {
		if (reaping->zombies.next >= reaping->zombies.count)
			reaping->zombies.next = 0;
		if (reaping->zombies.count)
			look_at_zombie(reaping, tree, procfs, reaping->zombies.next++);
	}
}

void reaping_clear(struct reaping *reaping)
{
	free(reaping->zombies.id);
	*reaping = (struct reaping){ 0 };
}
