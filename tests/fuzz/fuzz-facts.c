/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a list of facts, learned by a tree. What is not a fact is refused; what was refused
 * has changed nothing and was not fed; whatever was learned is a tree, which can be dumped, walked,
 * and made again of its snapshot; and what is encoded again is the same.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/dump.h"
#include "proctree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

/* The bytes of this version's facts mean the same again. */
static void check_encoding(const struct ptree_fact *fact)
{
	struct ptree_facts once = { 0 }, twice = { 0 };
	struct ptree_fact again;
	size_t at = 0;

	require(ptree_facts_append(&once, fact) == 0);
	require(ptree_facts_next(once.bytes, once.size, &at, &again) == 1);
	require(at == once.size);
	require(ptree_facts_append(&twice, &again) == 0);
	require(once.size == twice.size && memcmp(once.bytes, twice.bytes, once.size) == 0);
	ptree_facts_clear(&once);
	ptree_facts_clear(&twice);
}

static char *dump(const struct ptree_tree *tree)
{
	char *text;

	require(tree_dump(tree, &text) == 0);
	return text;
}

static int learn(struct ptree_tree *tree, const struct ptree_fact *fact)
{
	struct ptree_feed_reader before, after;
	char *was = dump(tree), *is;
	int ret;

	ptree_tree_feed_end(tree, &before);
	ret = ptree_tree_learn(tree, fact);
	ptree_tree_feed_end(tree, &after);
	require(ret == 0 || ret == -EINVAL);
	require(after.next == before.next + (ret == 0));
	if (ret) {
		is = dump(tree);
		require(strcmp(was, is) == 0);
		free(is);
	}
	free(was);
	return ret;
}

static void read_node(const struct ptree_tree *tree, const struct ptree_node *node)
{
	const unsigned everything = PTREE_CHAIN_ORIGINS | PTREE_CHAIN_ARGUMENTS;
	pid_t pid = ptree_node_pid(node);
	struct ptree_usage usage;
	char *chain;

	if (ptree_tree_chain_text(tree, pid, everything, NULL, &chain) == 0)
		free(chain);
	if (ptree_tree_chain_json(tree, pid, everything, NULL, &chain) == 0)
		free(chain);
	ptree_node_usage(node, &usage);
	ptree_node_image_at(node, UINT64_MAX);
	ptree_node_image(node, 15);
	require(ptree_node_parent(node) != NULL);
	ptree_tree_is_under_command(tree, pid, "name");
}

static void walk(const struct ptree_tree *tree)
{
	struct ptree_nodes all = { 0 };
	char *picture;

	require(ptree_tree_descendants(tree, 0, &all) >= 0);
	for (size_t i = 0; i < all.count; i++)
		read_node(tree, all.node[i]);
	ptree_nodes_clear(&all);
	require(ptree_tree_display(tree, 0, true, &picture) == 0);
	free(picture);
}

/* A snapshot that never ended is no whole one: of its images some may be nobody's. */
static void check_snapshot(const struct ptree_tree *tree, const char *expected)
{
	struct ptree_facts facts = { 0 };
	struct ptree_tree *copy;
	char *is;

	require(ptree_tree_new(&copy, NULL) == 0);
	require(ptree_tree_snapshot(tree, &facts) == 0);
	require(ptree_tree_learn_all(copy, facts.bytes, facts.size) == 0);
	is = dump(copy);
	require(strcmp(expected, is) == 0);
	free(is);
	ptree_tree_free(copy);
	ptree_facts_clear(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ptree_tree_options options = { .feed_bytes = 4096 };
	struct ptree_tree *tree;
	struct ptree_fact fact;
	size_t at = 0, before;
	char *text;
	int ret;

	require(ptree_tree_new(&tree, &options) == 0);
	for (before = 0; (ret = ptree_facts_next(data, size, &at, &fact)) != 0; before = at) {
		require(at <= size);
		if (ret == 1) {
			check_encoding(&fact);
			learn(tree, &fact);
		} else {
			require(ret == -EBADMSG);
			if (at == before)
				break;
		}
	}
	walk(tree);
	text = dump(tree);
	check_snapshot(tree, text);
	free(text);
	ptree_tree_free(tree);
	return 0;
}
