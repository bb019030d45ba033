/* SPDX-License-Identifier: MIT */
/*
 * proctop tree: one picture of the process tree, a line a process, from one scan of /proc. No
 * process is merged with another unless a short picture is asked for, and this one is left out.
 *
 * The lines are laid out in a list first, in the order in which they are printed, so that no walk
 * recurses however deep the tree is.
 */
#include "headless/tree-dump.h"
#include "config/exit-codes.h"
#include "headless/describe.h"
#include "headless/tree-columns.h"
#include "headless/tree-dump-impl.h"
#include "draw/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCAN_PATIENCE_MS 10000
#define USERS_PATIENCE_MS 1000
#define ARGV_MAX_BYTES (2u << 20) /* of all the arguments that an exec takes by default */

static int fail(char *error, size_t size, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return EXIT_FAILED;
}

/* ---- layout ---- */

static int push_children(struct tree_dump *dump, const struct ptree_node *node, size_t parent,
			 unsigned depth)
{
	size_t first = dump->pending.count;

	for (node = ptree_node_first_child(node); node; node = ptree_node_next_sibling(node)) {
		const struct tree_line line = { .node = node, .parent = parent, .depth = depth };
		int err =
		    ptree_node_pid(node) == getpid() ? 0 : tree_lines_push(&dump->pending, &line);

		if (err)
			return err;
	}
	tree_lines_sort_by_age(&dump->pending, first);
	return 0;
}

static void set_usage(struct tree_line *line)
{
	struct ptree_usage usage;

	ptree_node_usage(line->node, &usage);
	line->sum_cpu_ns = usage.cpu_ns;
	line->sum_rss_bytes = usage.rss_bytes;
}

static bool is_match(const struct tree_dump *dump, const struct ptree_node *node)
{
	const struct filter_context context = { .tree = dump->tree,
						.users = dump->users,
						.sources = &dump->sources.sources,
						.now_ns = dump->now_ns };

	return selection_has(&dump->selection, &context, node);
}

/* Moves what is pending into its place, with all that is below. */
static int lay_out(struct tree_dump *dump)
{
	while (dump->pending.count) {
		struct tree_line line = dump->pending.at[--dump->pending.count];
		int err;

		set_usage(&line);
		tree_sources_read(&dump->sources, line.node);
		line.is_match = is_match(dump, line.node);
		err = tree_lines_push(&dump->lines, &line);
		if (!err)
			err = push_children(dump, line.node, dump->lines.count - 1, line.depth + 1);
		if (err)
			return err;
	}
	return 0;
}

static bool has_ancestor_named(const struct ptree_node *node, const char *name)
{
	for (node = ptree_node_parent(node); node; node = ptree_node_parent(node)) {
		if (ptree_node_is_named(node, name))
			return true;
	}
	return false;
}

/* Each that is called so, but not once more below another one. */
static int push_named(struct tree_dump *dump, const char *name)
{
	struct ptree_nodes found = { 0 };
	int err = ptree_tree_find_command(dump->tree, name, &found);

	for (size_t i = 0; i < found.count && err >= 0; i++) {
		const struct tree_line line = { .node = found.node[i], .parent = NO_LINE };

		if (ptree_node_pid(line.node) != getpid() && !has_ancestor_named(line.node, name))
			err = tree_lines_push(&dump->pending, &line);
	}
	ptree_nodes_clear(&found);
	tree_lines_sort_by_age(&dump->pending, 0);
	return err < 0 ? err : 0;
}

/* The lines of those above it, from the top down. Not by pending: what else is below them is not
   asked for. */
static int lay_out_above(struct tree_dump *dump, pid_t pid)
{
	struct ptree_nodes chain = { 0 };
	int err = ptree_tree_ancestry(dump->tree, pid, false, &chain);

	for (size_t i = chain.count; i-- > 1 && err >= 0;) {
		struct tree_line line = { .node = chain.node[i],
					  .parent =
					      dump->lines.count ? dump->lines.count - 1 : NO_LINE,
					  .depth = (unsigned)dump->lines.count,
					  .is_above = true };

		tree_sources_read(&dump->sources, line.node);
		line.is_match = is_match(dump, line.node);
		if (ptree_node_pid(line.node))
			err = tree_lines_push(&dump->lines, &line);
	}
	ptree_nodes_clear(&chain);
	return err < 0 ? err : 0;
}

static int push_pid(struct tree_dump *dump, const char *text)
{
	struct tree_line line = {
		.node = ptree_tree_find(dump->tree, (pid_t)strtol(text, NULL, 10)),
		.parent = NO_LINE,
	};
	int err = 0;

	if (!line.node || ptree_node_pid(line.node) == getpid())
		return 0;
	if (dump->config->ancestors)
		err = lay_out_above(dump, ptree_node_pid(line.node));
	if (err)
		return err;
	if (dump->lines.count)
		line.parent = dump->lines.count - 1;
	line.depth = (unsigned)dump->lines.count;
	return tree_lines_push(&dump->pending, &line);
}

static int push_tops(struct tree_dump *dump)
{
	const char *target = dump->config->target;

	if (!target)
		return push_children(dump, ptree_tree_root(dump->tree), NO_LINE, 0);
	if (target[strspn(target, "0123456789")])
		return push_named(dump, target);
	return push_pid(dump, target);
}

static uint32_t asks(const struct tree_dump *dump)
{
	const struct columns *columns = &dump->config->columns;
	uint32_t mask = dump->selection.filter ? filter_asks(dump->selection.filter) : 0;

	for (size_t i = 0; i < columns->count; i++)
		mask |= columns->fields[i]->asks;
	return mask;
}

static int start(struct tree_dump *dump)
{
	const struct ptree_monitor_options options = { .poll_only = true,
						       .argv_max = ARGV_MAX_BYTES };
	int err = selection_init(&dump->selection, dump->config);

	if (!err)
		err = ptree_users_new(&dump->users);
	if (!err)
		err = ptree_monitor_new(&dump->monitor, &options);
	if (err)
		return err;
	dump->tree = ptree_monitor_tree(dump->monitor);
	err = ptree_monitor_wait_ready(dump->monitor, true, SCAN_PATIENCE_MS);
	if (err && err != -ETIMEDOUT) /* a command line that cannot be read is shown so */
		return err;
	return tree_sources_init(&dump->sources, asks(dump), dump->monitor);
}

static int describe_missing(const struct config *config, char *error, size_t size)
{
	struct output safe = { .fd = -1 };

	output_safe(&safe, config->target, strlen(config->target), false);
	snprintf(error, size, "no process has the %s %.*s",
		 config->target[strspn(config->target, "0123456789")] ? "name" : "pid",
		 (int)safe.size, safe.bytes ? safe.bytes : "");
	output_clear(&safe);
	return EXIT_FAILED;
}

/* Added to boot time: the time since 1970. */
static uint64_t real_offset_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - ptree_boot_now_ns();
}

static int show(struct tree_dump *dump, char *error, size_t size)
{
	int err;

	describe_await_users(dump->users, dump->tree, USERS_PATIENCE_MS);
	dump->now_ns = ptree_boot_now_ns();
	dump->real_offset_ns = real_offset_ns();
	err = push_tops(dump);
	if (!err && !dump->pending.count && dump->config->target)
		return describe_missing(dump->config, error, size);
	if (!err)
		err = lay_out(dump);
	if (err)
		return fail(error, size, "cannot lay out the tree", err);
	tree_lines_sum_up(&dump->lines);
	tree_lines_choose_shown(&dump->lines);
	if (dump->config->is_short)
		err = tree_lines_merge_leaves(&dump->lines);
	if (err)
		return fail(error, size, "cannot lay out the tree", err);
	tree_lines_find_last(&dump->lines);
	err = tree_dump_print(dump);
	/* A reader that has seen enough is no failure. */
	return err && err != -EPIPE ? fail(error, size, "cannot write", err) : EXIT_OK;
}

static void clear(struct tree_dump *dump)
{
	ptree_monitor_free(dump->monitor);
	ptree_users_free(dump->users);
	selection_clear(&dump->selection);
	tree_sources_clear(&dump->sources);
	output_clear(&dump->output);
	tree_lines_clear(&dump->lines);
	tree_lines_clear(&dump->pending);
	free(dump->is_last_at);
}

int tree_dump_run(const struct config *config, char *error, size_t error_size)
{
	struct tree_dump dump = {
		.config = config,
		.output.fd = STDOUT_FILENO,
		.utf8 = !config->ascii && text_is_utf8(),
	};
	int err = start(&dump);
	int code = err ? fail(error, error_size, "cannot read the processes", err)
		       : show(&dump, error, error_size);

	clear(&dump);
	return code;
}
