/* SPDX-License-Identifier: MIT */
/* Columns beside a printed tree; see tree-columns.h. */
#include "headless/tree-columns.h"
#include "headless/describe.h"
#include "draw/text.h"

#include <string.h>

#define WIDE_COLS 250

static void put_spaces(struct output *output, int count)
{
	for (; count > 0; count--)
		output_bytes(output, " ", 1);
}

/* What is too wide pushes the rest to the right: nothing is cut where lines may be long. */
static void put_cell(struct output *output, const struct field *field, const char *text, bool utf8)
{
	size_t size = strlen(text);
	int space = field_width(field, WIDE_COLS) - (int)text_width(text, size, utf8);
	bool is_right_aligned = field_is_right_aligned(field);

	put_spaces(output, is_right_aligned ? space : 0);
	output_safe(output, text, size, utf8);
	put_spaces(output, 1 + (is_right_aligned || space < 0 ? 0 : space));
}

void tree_columns_put_titles(struct output *output, const struct columns *columns, bool utf8)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct field *field = columns->fields[i];

		put_cell(output, field,
			 utf8 || !field->ascii_title ? field->title : field->ascii_title, utf8);
	}
	output_string(output, "COMMAND\n");
}

void tree_columns_put(struct output *output, const struct columns *columns,
		      const struct column_context *context, const struct column_subject *subject)
{
	for (size_t i = 0; i < columns->count; i++) {
		struct column_text text = { .role = THEME_NORMAL };

		field_show(columns->fields[i], context, subject, &text);
		put_cell(output, columns->fields[i], text.text, context->utf8);
	}
}

static bool has_arguments(const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	return image && image->argv_size && !ptree_node_is_zombie(node);
}

void tree_columns_put_command(struct output *output, const struct ptree_node *node, bool utf8)
{
	bool is_kernel_thread = ptree_node_is_kernel_thread(node);
	const char *comm = ptree_node_name(node);

	if (has_arguments(node)) {
		describe_command(output, node, ptree_node_image(node, 0), utf8);
	} else {
		output_string(output, is_kernel_thread ? "[" : "");
		output_safe(output, comm, strlen(comm), utf8);
		output_string(output, is_kernel_thread ? "]" : "");
	}
	output_string(output, ptree_node_is_zombie(node) ? " <defunct>\n" : "\n");
}
