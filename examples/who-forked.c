/* SPDX-License-Identifier: MIT */
/*
 * Who forked a process (by default this one), and who forked that one, with whole command lines.
 * One picture of /proc tells parents; a monitor that saw the forks would tell of those that are
 * over, too, and the same question is then answered with their names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <proctree.h>

static int print_chain(struct ptree_tree *tree, pid_t pid)
{
	struct ptree_nodes chain = { 0 };
	int count = ptree_tree_ancestry(tree, pid, true, &chain);

	for (int i = 0; i < count; i++) {
		const struct ptree_node *node = chain.node[i];

		printf("%*s%s(%d)%s%s\n", 2 * i, "", ptree_node_name(node),
		       (int)ptree_node_pid(node), ptree_node_has_ended(node) ? ", over" : "",
		       ptree_node_is_origin_inferred(node) ? "" : ", seen to be forked");
	}
	ptree_nodes_clear(&chain);
	return count;
}

int main(int argc, char **argv)
{
	pid_t pid = argc > 1 ? (pid_t)atoi(argv[1]) : getpid();
	struct ptree_procfs *procfs = NULL;
	struct ptree_tree *tree = NULL;
	char *json;
	int err = ptree_tree_new(&tree, NULL);

	if (!err)
		err = ptree_procfs_open(&procfs, NULL);
	if (!err)
		err = ptree_tree_read_proc(tree, procfs, PTREE_READ_STATUS | PTREE_READ_ARGV);
	if (!err)
		err = print_chain(tree, pid) < 0 ? -3 : 0;
	if (!err && !ptree_tree_chain_json(tree, pid, PTREE_CHAIN_ORIGINS | PTREE_CHAIN_ARGUMENTS,
					   NULL, &json)) {
		puts(json);
		free(json);
	}
	if (err)
		fprintf(stderr, "%d: %s\n", (int)pid, strerror(-err));
	ptree_procfs_close(procfs);
	ptree_tree_free(tree);
	return err ? 1 : 0;
}
