/* SPDX-License-Identifier: MIT */
/*
 * A store of one's own that follows the feed of a monitor. Here it is another tree, which learns
 * each fact; it could as well be a data base, or a socket to another machine, that takes the facts
 * as bytes. Who is too slow is overtaken, hears of it, and begins anew with a snapshot.
 *
 * follow-feed [SECONDS [FEED-BYTES]]; ends with 0 if both trees are the same then.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proctree.h>

struct store {
	struct ptree_tree *copy;
	struct ptree_feed_reader reader;
	unsigned long long learned, begun;
};

/* Everything that the tree knows now, and what follows from now on. */
static int begin(struct store *store, const struct ptree_tree *tree)
{
	struct ptree_facts facts = { 0 };
	int err = ptree_tree_snapshot(tree, &facts);

	ptree_tree_free(store->copy);
	store->copy = NULL;
	if (!err)
		err = ptree_tree_new(&store->copy, NULL);
	if (!err)
		err = ptree_tree_learn_all(store->copy, facts.bytes, facts.size);
	ptree_facts_clear(&facts);
	ptree_tree_feed_end(tree, &store->reader);
	store->begun++;
	return err;
}

static int follow(struct store *store, const struct ptree_tree *tree)
{
	struct ptree_fact fact;
	int got;

	while ((got = ptree_tree_feed_read(tree, &store->reader, &fact)) > 0) {
		int err = ptree_tree_learn(store->copy, &fact);

		if (err)
			return err;
		store->learned++;
	}
	return got == -EOVERFLOW ? begin(store, tree) : got;
}

static bool is_same_process(const struct ptree_node *a, const struct ptree_node *b)
{
	return ptree_node_id(a) == ptree_node_id(b) && ptree_node_pid(a) == ptree_node_pid(b) &&
	       !strcmp(ptree_node_name(a), ptree_node_name(b)) &&
	       ptree_node_is_zombie(a) == ptree_node_is_zombie(b);
}

/* The same processes in the same order: siblings stand by their birth. */
static bool is_same(const struct ptree_tree *a, const struct ptree_tree *b)
{
	struct ptree_nodes left = { 0 }, right = { 0 };
	int count = ptree_tree_descendants(a, 0, &left);
	bool is = count > 0 && ptree_tree_descendants(b, 0, &right) == count;

	for (int i = 0; is && i < count; i++)
		is = is_same_process(left.node[i], right.node[i]);
	ptree_nodes_clear(&left);
	ptree_nodes_clear(&right);
	return is;
}

int main(int argc, char **argv)
{
	uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : 2;
	uint64_t end_ns = ptree_boot_now_ns() + seconds * UINT64_C(1000000000);
	struct ptree_monitor_options options = { 0 };
	struct ptree_monitor *monitor;
	struct store store = { 0 };
	bool same;
	int err;

	options.tree.feed_bytes = argc > 2 ? strtoull(argv[2], NULL, 10) : 1 << 20;
	err = ptree_monitor_new(&monitor, &options);
	if (!err)
		err = begin(&store, ptree_monitor_tree(monitor));
	while (!err && ptree_boot_now_ns() < end_ns) {
		struct pollfd fd = { .fd = ptree_monitor_fd(monitor), .events = POLLIN };

		poll(&fd, 1, 100);
		err = ptree_monitor_dispatch(monitor, 0);
		err = err < 0 ? err : follow(&store, ptree_monitor_tree(monitor));
	}
	if (err) {
		fprintf(stderr, "it ended: %s\n", strerror(-err));
		return 1;
	}
	same = is_same(store.copy, ptree_monitor_tree(monitor));
	printf("%llu facts learned, begun %llu times: %s\n", store.learned, store.begun,
	       same ? "the same" : "different");
	ptree_tree_free(store.copy);
	ptree_monitor_free(monitor);
	return same ? 0 : 1;
}
