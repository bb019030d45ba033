/* SPDX-License-Identifier: MIT */
/* The lines of the tree, as text, beside columns, in short, or as JSON. */
#include "headless/describe.h"
#include "headless/tree-columns.h"
#include "headless/tree-dump-impl.h"
#include "draw/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES 65536

/* ---- text ---- */

static void put_branches(struct tree_dump *dump, const struct tree_line *line)
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

static struct column_subject subject_of(const struct tree_line *line)
{
	return (struct column_subject){
		.node = line->node,
		.has_sums = !line->is_above,	      /* not all that is below was looked at */
		.sum_cpu_permille = PTREE_UNKNOWN_ID, /* one picture has no rates */
		.sum_cpu_ns = line->sum_cpu_ns,
		.sum_rss_kib = line->sum_rss_bytes / 1024,
	};
}

static void put_columns(struct tree_dump *dump, const struct tree_line *line)
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

static void put_beside_columns(struct tree_dump *dump, const struct tree_line *line)
{
	put_columns(dump, line);
	put_branches(dump, line);
	tree_columns_put_command(&dump->output, line->node, dump->utf8);
}

/* "make(4711) alice make -j4" */
static void put_text(struct tree_dump *dump, const struct tree_line *line)
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
static void put_short(struct tree_dump *dump, const struct tree_line *line)
{
	const char *comm = ptree_node_name(line->node);

	put_branches(dump, line);
	if (line->count > 1)
		output_format(&dump->output, "%u*[", line->count);
	output_safe(&dump->output, comm, strlen(comm), dump->utf8);
	output_string(&dump->output, line->count > 1 ? "]\n" : "\n");
}

/* ---- JSON ---- */

static void put_json(struct tree_dump *dump, const struct tree_line *line)
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

static unsigned greatest_depth(const struct tree_lines *lines)
{
	unsigned depth = 0;

	for (size_t i = 0; i < lines->count; i++)
		depth = lines->at[i].depth > depth ? lines->at[i].depth : depth;
	return depth;
}

static void put_line(struct tree_dump *dump, const struct tree_line *line)
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

int tree_dump_print(struct tree_dump *dump)
{
	int err = 0;

	dump->is_last_at = calloc(greatest_depth(&dump->lines) + 1, sizeof(bool));
	if (!dump->is_last_at)
		return -ENOMEM;
	if (dump->config->columns.count)
		tree_columns_put_titles(&dump->output, &dump->config->columns, dump->utf8);
	for (size_t i = 0; i < dump->lines.count && !err; i++) {
		const struct tree_line *line = &dump->lines.at[i];

		if (line->is_shown)
			put_line(dump, line);
		if (dump->output.size >= BATCH_BYTES)
			err = output_flush(&dump->output, -1, -1);
	}
	return err ? err : output_flush(&dump->output, -1, -1);
}
