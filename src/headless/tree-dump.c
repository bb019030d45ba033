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
#include "headless/selection.h"
#include "headless/tree-columns.h"
#include "headless/tree-sources.h"
#include "draw/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCAN_PATIENCE_MS 10000
#define USERS_PATIENCE_MS 1000
#define ARGV_MAX_BYTES (2u << 20) /* of all the arguments that an exec takes by default */
#define BATCH_BYTES 65536
#define NO_LINE SIZE_MAX

struct line {
	const struct ptree_node *node;
	size_t parent; /* its line, or NO_LINE */
	unsigned depth;
	bool is_match;
	bool is_shown;			    /* a match, or above one */
	bool is_last;			    /* of its parent's children that are shown */
	bool is_above;			    /* only because its descendant was asked for */
	unsigned count;			    /* how many leaves it stands for */
	uint64_t sum_cpu_ns, sum_rss_bytes; /* with all that is below */
	bool has_shown_child;
};

struct lines {
	struct line *at;
	size_t count, capacity;
};

struct tree_dump {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_users *users;
	struct selection selection;
	struct tree_sources sources;
	struct output output;
	struct lines lines;
	struct lines pending; /* a stack: laid out when all above them is */
	bool *is_last_at;     /* of the line being printed: per depth of its ancestors */
	uint64_t now_ns, real_offset_ns;
	bool utf8;
};

static int fail(char *error, size_t size, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return EXIT_FAILED;
}

/* ---- layout ---- */

static int push(struct lines *lines, const struct line *line)
{
	if (lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? 2 * lines->capacity : 256;
		struct line *bigger = realloc(lines->at, capacity * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		lines->at = bigger;
		lines->capacity = capacity;
	}
	lines->at[lines->count++] = *line;
	return 0;
}

/* The youngest first, since the last one pushed is laid out first. */
static int compare_age(const void *left, const void *right)
{
	const struct ptree_node *a = ((const struct line *)left)->node;
	const struct ptree_node *b = ((const struct line *)right)->node;

	if (ptree_node_begin_ns(a) != ptree_node_begin_ns(b))
		return ptree_node_begin_ns(a) < ptree_node_begin_ns(b) ? 1 : -1;
	return ptree_node_pid(a) < ptree_node_pid(b) ? 1 : -1;
}

static void sort_pending(struct tree_dump *dump, size_t first)
{
	if (dump->pending.count > first)
		qsort(dump->pending.at + first, dump->pending.count - first, sizeof(struct line),
		      compare_age);
}

static int push_children(struct tree_dump *dump, const struct ptree_node *node, size_t parent,
			 unsigned depth)
{
	size_t first = dump->pending.count;

	for (node = ptree_node_first_child(node); node; node = ptree_node_next_sibling(node)) {
		const struct line line = { .node = node, .parent = parent, .depth = depth };
		int err = ptree_node_pid(node) == getpid() ? 0 : push(&dump->pending, &line);

		if (err)
			return err;
	}
	sort_pending(dump, first);
	return 0;
}

static void set_usage(struct line *line)
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
		struct line line = dump->pending.at[--dump->pending.count];
		int err;

		set_usage(&line);
		tree_sources_read(&dump->sources, line.node);
		line.is_match = is_match(dump, line.node);
		err = push(&dump->lines, &line);
		if (!err)
			err = push_children(dump, line.node, dump->lines.count - 1, line.depth + 1);
		if (err)
			return err;
	}
	return 0;
}

/* From the end: what is below has been seen before what is above it. */
static void sum_up(struct lines *lines)
{
	for (size_t i = lines->count; i-- > 0;) {
		const struct line *line = &lines->at[i];

		if (line->parent == NO_LINE)
			continue;
		lines->at[line->parent].sum_cpu_ns += line->sum_cpu_ns;
		lines->at[line->parent].sum_rss_bytes += line->sum_rss_bytes;
	}
}

static void choose_shown(struct lines *lines)
{
	for (size_t i = lines->count; i-- > 0;) {
		struct line *line = &lines->at[i];

		line->count = 1;
		line->is_shown = line->is_match || line->has_shown_child;
		if (line->parent != NO_LINE)
			lines->at[line->parent].has_shown_child |= line->is_shown;
	}
}

/* From the end, the first of each parent's children that is met is its last. */
static void find_last(struct lines *lines)
{
	bool has_top = false;

	for (size_t i = 0; i < lines->count; i++)
		lines->at[i].has_shown_child = false;
	for (size_t i = lines->count; i-- > 0;) {
		struct line *line = &lines->at[i];
		bool *has_sibling =
		    line->parent == NO_LINE ? &has_top : &lines->at[line->parent].has_shown_child;

		line->is_last = line->is_shown && !*has_sibling;
		*has_sibling |= line->is_shown;
	}
}

/* ---- short: leaves that are alike ---- */

/* Those that can be merged stand together, in the order of their lines. */
static int compare_leaves(const void *left, const void *right)
{
	const struct line *a = *(struct line *const *)left;
	const struct line *b = *(struct line *const *)right;
	int order;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	order = strcmp(ptree_node_name(a->node), ptree_node_name(b->node));
	return order ? order : (a > b) - (a < b);
}

static void merge_sorted(struct line **leaves, size_t count)
{
	struct line *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct line *line = leaves[i];

		if (first && first->parent == line->parent &&
		    !strcmp(ptree_node_name(first->node), ptree_node_name(line->node))) {
			first->count++;
			line->is_shown = false;
		} else {
			first = line;
		}
	}
}

/* The first of those that are alike stands for all. */
static int merge_leaves(struct lines *lines)
{
	struct line **leaves = calloc(lines->count + 1, sizeof(*leaves));
	size_t count = 0;

	if (!leaves)
		return -ENOMEM;
	for (size_t i = 0; i < lines->count; i++) {
		struct line *line = &lines->at[i];

		if (line->is_shown && !line->has_shown_child)
			leaves[count++] = line;
	}
	qsort(leaves, count, sizeof(struct line *), compare_leaves);
	merge_sorted(leaves, count);
	free(leaves);
	return 0;
}

/* ---- text ---- */

static void put_branches(struct tree_dump *dump, const struct line *line)
{
	static const char *const box[] = { "│ ", "  ", "├─", "└─" };
	static const char *const ascii[] = { "| ", "  ", "|-", "`-" };
	const char *const *pieces = dump->utf8 ? box : ascii;

	dump->is_last_at[line->depth] = line->is_last;
	for (unsigned depth = 1; depth < line->depth; depth++)
		output_string(&dump->output, pieces[dump->is_last_at[depth] ? 1 : 0]);
	if (line->depth)
		output_string(&dump->output, pieces[line->is_last ? 3 : 2]);
}

static void put_comm(struct tree_dump *dump, const struct ptree_node *node)
{
	bool is_kernel_thread = ptree_node_is_kernel_thread(node);
	const char *comm = ptree_node_name(node);

	output_string(&dump->output, is_kernel_thread ? "[" : "");
	output_safe(&dump->output, comm, strlen(comm), dump->utf8);
	output_format(&dump->output, "%s(%d)", is_kernel_thread ? "]" : "", ptree_node_pid(node));
}

static struct column_subject subject_of(const struct line *line)
{
	return (struct column_subject){
		.node = line->node,
		.has_sums = !line->is_above,	      /* not all that is below was looked at */
		.sum_cpu_permille = PTREE_UNKNOWN_ID, /* one picture has no rates */
		.sum_cpu_ns = line->sum_cpu_ns,
		.sum_rss_kib = line->sum_rss_bytes / 1024,
	};
}

static void put_columns(struct tree_dump *dump, const struct line *line)
{
	const struct column_context context = { .tree = dump->tree,
						.users = dump->users,
						.sources = &dump->sources.sources,
						.now_ns = dump->now_ns,
						.real_offset_ns = dump->real_offset_ns,
						.utf8 = dump->utf8 };
	const struct column_subject subject = subject_of(line);

	tree_columns_put(&dump->output, &dump->config->columns, &context, &subject);
}

static void put_beside_columns(struct tree_dump *dump, const struct line *line)
{
	put_columns(dump, line);
	put_branches(dump, line);
	tree_columns_put_command(&dump->output, line->node, dump->utf8);
}

/* "make(4711) alice make -j4" */
static void put_text(struct tree_dump *dump, const struct line *line)
{
	const struct ptree_node *node = line->node;

	put_branches(dump, line);
	put_comm(dump, node);
	output_bytes(&dump->output, " ", 1);
	describe_user(&dump->output, dump->users, ptree_node_euid(node), dump->utf8);
	if (ptree_node_is_zombie(node)) {
		output_string(&dump->output, " <defunct>");
	} else if (!ptree_node_is_kernel_thread(node)) {
		output_bytes(&dump->output, " ", 1);
		describe_command(&dump->output, node, ptree_node_image(node, 0), dump->utf8);
	}
	output_bytes(&dump->output, "\n", 1);
}

/* "make", "4*[worker]". */
static void put_short(struct tree_dump *dump, const struct line *line)
{
	const char *comm = ptree_node_name(line->node);

	put_branches(dump, line);
	if (line->count > 1)
		output_format(&dump->output, "%u*[", line->count);
	output_safe(&dump->output, comm, strlen(comm), dump->utf8);
	output_string(&dump->output, line->count > 1 ? "]\n" : "\n");
}

/* ---- JSON ---- */

static void put_json(struct tree_dump *dump, const struct line *line)
{
	const struct column_subject subject = subject_of(line);
	struct ptree_json *json = &dump->output.json;

	ptree_json_object(json, NULL);
	describe_json(json, &subject, dump->users, FIELD_IN_TREE);
	ptree_json_bool(json, "match", line->is_match);
	ptree_json_end(json);
	output_json(&dump->output);
}

/* ---- all of it ---- */

static unsigned greatest_depth(const struct lines *lines)
{
	unsigned depth = 0;

	for (size_t i = 0; i < lines->count; i++)
		depth = lines->at[i].depth > depth ? lines->at[i].depth : depth;
	return depth;
}

static void put_line(struct tree_dump *dump, const struct line *line)
{
	if (dump->config->json)
		put_json(dump, line);
	else if (dump->config->is_short)
		put_short(dump, line);
	else if (dump->config->columns.count)
		put_beside_columns(dump, line);
	else
		put_text(dump, line);
}

static int print_lines(struct tree_dump *dump)
{
	int err = 0;

	dump->is_last_at = calloc(greatest_depth(&dump->lines) + 1, sizeof(bool));
	if (!dump->is_last_at)
		return -ENOMEM;
	if (dump->config->columns.count)
		tree_columns_put_titles(&dump->output, &dump->config->columns, dump->utf8);
	for (size_t i = 0; i < dump->lines.count && !err; i++) {
		const struct line *line = &dump->lines.at[i];

		if (line->is_shown)
			put_line(dump, line);
		if (dump->output.size >= BATCH_BYTES)
			err = output_flush(&dump->output, -1, -1);
	}
	return err ? err : output_flush(&dump->output, -1, -1);
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
		const struct line line = { .node = found.node[i], .parent = NO_LINE };

		if (ptree_node_pid(line.node) != getpid() && !has_ancestor_named(line.node, name))
			err = push(&dump->pending, &line);
	}
	ptree_nodes_clear(&found);
	sort_pending(dump, 0);
	return err < 0 ? err : 0;
}

/* The lines of those above it, from the top down. Not by pending: what else is below them is not
   asked for. */
static int lay_out_above(struct tree_dump *dump, pid_t pid)
{
	struct ptree_nodes chain = { 0 };
	int err = ptree_tree_ancestry(dump->tree, pid, false, &chain);

	for (size_t i = chain.count; i-- > 1 && err >= 0;) {
		struct line line = { .node = chain.node[i],
				     .parent = dump->lines.count ? dump->lines.count - 1 : NO_LINE,
				     .depth = (unsigned)dump->lines.count,
				     .is_above = true };

		line.is_match = is_match(dump, line.node);
		if (ptree_node_pid(line.node))
			err = push(&dump->lines, &line);
	}
	ptree_nodes_clear(&chain);
	return err < 0 ? err : 0;
}

static int push_pid(struct tree_dump *dump, const char *text)
{
	struct line line = {
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
	return push(&dump->pending, &line);
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
	sum_up(&dump->lines);
	choose_shown(&dump->lines);
	if (dump->config->is_short)
		err = merge_leaves(&dump->lines);
	if (err)
		return fail(error, size, "cannot lay out the tree", err);
	find_last(&dump->lines);
	err = print_lines(dump);
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
	free(dump->lines.at);
	free(dump->pending.at);
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
