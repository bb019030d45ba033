/* SPDX-License-Identifier: MIT */
/*
 * Runs a command, and tells of it and of all that came from it what they ran and how they ended:
 * watch-command make -j4
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <proctree.h>

/* The child waits until it is watched, so that nothing is missed. */
static pid_t start(char **argv, int *gate)
{
	int pipe_fds[2];
	pid_t pid;
	char byte;

	if (pipe(pipe_fds))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(pipe_fds[1]);
		if (read(pipe_fds[0], &byte, 1) == 0) /* it was closed */
			execvp(argv[0], argv);
		_exit(127);
	}
	close(pipe_fds[0]);
	*gate = pipe_fds[1];
	return pid;
}

static void print_fact(const struct ptree_tree *tree, const struct ptree_fact *fact)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, fact->id);
	struct ptree_usage usage;
	char words[64] = "ended, how is not known";

	if (!node || !fact->is_news || !ptree_node_is_watched(node))
		return;
	if (fact->kind == PTREE_FACT_IMAGE) {
		/* What it runs now: the fact was read a moment after. */
		printf("%d runs %s\n", (int)ptree_node_pid(node), ptree_node_name(node));
	} else if (fact->kind == PTREE_FACT_ENDED) {
		if (fact->u.end.is_status_known)
			ptree_status_format(fact->u.end.status, words, sizeof(words));
		ptree_node_usage(node, &usage);
		printf("%d %s: %s, %.3f s\n", (int)ptree_node_pid(node), ptree_node_name(node),
		       words, (double)usage.elapsed_ns / 1e9);
	}
}

static void print_news(struct ptree_tree *tree, struct ptree_feed_reader *reader)
{
	struct ptree_fact fact;
	int got;

	while ((got = ptree_tree_feed_read(tree, reader, &fact)) != 0) {
		if (got > 0)
			print_fact(tree, &fact);
		else
			fprintf(stderr, "some of it was missed\n");
	}
}

static bool is_over(struct ptree_tree *tree, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, id);

	return !node || ptree_node_has_ended(node);
}

/* Until it is over in the tree, too. */
static void follow(struct ptree_monitor *monitor, uint64_t id, struct ptree_feed_reader *reader)
{
	struct ptree_tree *tree = ptree_monitor_tree(monitor);

	while (!is_over(tree, id)) {
		struct pollfd fd = { .fd = ptree_monitor_fd(monitor), .events = POLLIN };

		poll(&fd, 1, 1000);
		if (ptree_monitor_dispatch(monitor, 0) < 0)
			return;
		print_news(tree, reader);
	}
	ptree_monitor_settle(monitor);
	print_news(tree, reader);
}

int main(int argc, char **argv)
{
	const struct ptree_monitor_options options = { .tree = { .feed_bytes = 4 << 20 } };
	const struct ptree_node *node = NULL;
	struct ptree_feed_reader reader;
	struct ptree_monitor *monitor;
	int status, gate;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: %s COMMAND [ARGUMENT...]\n", argv[0]);
		return 2;
	}
	pid = start(argv + 1, &gate);
	if (pid < 0 || ptree_monitor_new(&monitor, &options) ||
	    ptree_monitor_wait_ready(monitor, false, 30000)) {
		fprintf(stderr, "cannot watch processes\n");
		return 1;
	}
	node = ptree_tree_find(ptree_monitor_tree(monitor), pid);
	if (node) {
		uint64_t id = ptree_node_id(node);

		ptree_tree_watch_id(ptree_monitor_tree(monitor), id);
		ptree_tree_feed_end(ptree_monitor_tree(monitor), &reader);
		close(gate);
		follow(monitor, id, &reader);
	} else {
		close(gate);
	}
	ptree_monitor_free(monitor);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
