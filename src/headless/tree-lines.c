/* SPDX-License-Identifier: MIT */
/* The list of lines; see tree-lines.h. What a line looks like is tree-print.c's. */
#include "headless/tree-lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tree_lines_push(struct tree_lines *lines, const struct tree_line *line)
{
	if (lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? 2 * lines->capacity : 256;
		struct tree_line *bigger = realloc(lines->at, capacity * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		lines->at = bigger;
		lines->capacity = capacity;
	}
	lines->at[lines->count++] = *line;
	return 0;
}

static int compare_age(const void *left, const void *right)
{
	const struct ptree_node *a = ((const struct tree_line *)left)->node;
	const struct ptree_node *b = ((const struct tree_line *)right)->node;

	if (ptree_node_begin_ns(a) != ptree_node_begin_ns(b))
		return ptree_node_begin_ns(a) < ptree_node_begin_ns(b) ? 1 : -1;
	return ptree_node_pid(a) < ptree_node_pid(b) ? 1 : -1;
}

void tree_lines_sort_by_age(struct tree_lines *lines, size_t first)
{
	if (lines->count > first)
		qsort(lines->at + first, lines->count - first, sizeof(struct tree_line),
		      compare_age);
}

/* From the end: what is below has been seen before what is above it. */
void tree_lines_sum_up(struct tree_lines *lines)
{
	for (size_t i = lines->count; i-- > 0;) {
		const struct tree_line *line = &lines->at[i];

		if (line->parent == NO_LINE)
			continue;
		lines->at[line->parent].sum_cpu_ns += line->sum_cpu_ns;
		lines->at[line->parent].sum_rss_bytes += line->sum_rss_bytes;
	}
}

void tree_lines_choose_shown(struct tree_lines *lines)
{
	for (size_t i = lines->count; i-- > 0;) {
		struct tree_line *line = &lines->at[i];

		line->count = 1;
		line->is_shown = line->is_match || line->has_shown_child;
		if (line->parent != NO_LINE)
			lines->at[line->parent].has_shown_child |= line->is_shown;
	}
}

/* From the end, the first of each parent's children that is met is its last. */
void tree_lines_find_last(struct tree_lines *lines)
{
	bool has_top = false;

	for (size_t i = 0; i < lines->count; i++)
		lines->at[i].has_shown_child = false;
	for (size_t i = lines->count; i-- > 0;) {
		struct tree_line *line = &lines->at[i];
		bool *has_sibling =
		    line->parent == NO_LINE ? &has_top : &lines->at[line->parent].has_shown_child;

		line->is_last = line->is_shown && !*has_sibling;
		*has_sibling |= line->is_shown;
	}
}

/* Those that can be merged stand together, in the order of their lines. */
static int compare_leaves(const void *left, const void *right)
{
	const struct tree_line *a = *(struct tree_line *const *)left;
	const struct tree_line *b = *(struct tree_line *const *)right;
	int order;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	order = strcmp(ptree_node_name(a->node), ptree_node_name(b->node));
	return order ? order : (a > b) - (a < b);
}

static void merge_sorted(struct tree_line **leaves, size_t count)
{
	struct tree_line *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct tree_line *line = leaves[i];

		if (first && first->parent == line->parent &&
		    !strcmp(ptree_node_name(first->node), ptree_node_name(line->node))) {
			first->count++;
			line->is_shown = false;
		} else {
			first = line;
		}
	}
}

int tree_lines_merge_leaves(struct tree_lines *lines)
{
	struct tree_line **leaves = calloc(lines->count + 1, sizeof(*leaves));
	size_t count = 0;

	if (!leaves)
		return -ENOMEM;
	for (size_t i = 0; i < lines->count; i++) {
		struct tree_line *line = &lines->at[i];

		if (line->is_shown && !line->has_shown_child)
			leaves[count++] = line;
	}
	qsort(leaves, count, sizeof(struct tree_line *), compare_leaves);
	merge_sorted(leaves, count);
	free(leaves);
	return 0;
}

void tree_lines_clear(struct tree_lines *lines)
{
	free(lines->at);
	*lines = (struct tree_lines){ 0 };
}
