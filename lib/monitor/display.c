/* SPDX-License-Identifier: MIT */
/*
 * The tree as text for machines and people: a process's ancestry as a chain or as JSON, and a
 * picture in the manner of pstree. All of it is built in memory; bytes that came from processes
 * leave escaped.
 */
#include "model/tree.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_control(unsigned char byte)
{
	return byte < 0x20 || byte == 0x7f;
}

/* Bytes above ASCII pass: whether they are valid UTF-8 is for the one who shows them to judge. */
static void append_escaped_bytes(struct text *text, const char *bytes, size_t size,
				 const char *special)
{
	for (const char *end = bytes + size; bytes < end; bytes++) {
		unsigned char byte = (unsigned char)*bytes;

		if (is_control(byte))
			text_format(text, "\\x%02x", byte);
		else if (strchr(special, byte))
			text_format(text, "\\%c", byte);
		else
			text_append(text, bytes, 1);
	}
}

static void append_escaped(struct text *text, const char *string, const char *special)
{
	append_escaped_bytes(text, string, strlen(string), special);
}

static const char *user_of(const struct ptree_node *node, struct ptree_users *users, char *buf,
			   size_t size)
{
	if (node->euid == PTREE_UNKNOWN_ID)
		return "";
	if (users)
		return ptree_users_name(users, node->euid);
	snprintf(buf, size, "%u", node->euid);
	return buf;
}

/* ---- chains ---- */

/* Who is asked, and how. */
struct chain {
	const struct ptree_tree *tree;
	struct ptree_users *users; /* may be NULL */
	unsigned what;		   /* PTREE_CHAIN_* */
	struct ptree_nodes nodes;
};

/* False: it has none, or none that could be read in time. */
static bool arguments_of(const struct ptree_node *node, const char **argv, size_t *size)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	if (!image || !image->argv_size || image->argv_status == PTREE_ARGV_NONE)
		return false;
	*argv = image->argv;
	*size = image->argv_size;
	return true;
}

/* As one would type it, more or less: a blank between two. */
static void append_arguments(struct text *text, const struct ptree_node *node)
{
	const char *argv;
	size_t size, length;

	if (!arguments_of(node, &argv, &size)) {
		append_escaped(text, ptree_node_name(node), "|;\\");
		return;
	}
	for (;;) {
		length = strnlen(argv, size);
		append_escaped_bytes(text, argv, length, "|;\\");
		if (length + 1 >= size)
			break;
		text_string(text, " ");
		argv += length + 1;
		size -= length + 1;
	}
}

static void append_link(struct text *text, const struct chain *chain, const struct ptree_node *node)
{
	char uid[16];

	text_format(text, "%s%d|", text->size ? ";" : "", node->pid);
	if (chain->what & PTREE_CHAIN_ARGUMENTS)
		append_arguments(text, node);
	else
		append_escaped(text, ptree_node_name(node), "|;\\");
	text_string(text, "|");
	append_escaped(text, user_of(node, chain->users, uid, sizeof(uid)), "|;\\");
}

static void put_arguments(struct ptree_json *json, const struct ptree_node *node)
{
	const char *argv;
	size_t size;

	if (arguments_of(node, &argv, &size))
		ptree_json_arguments(json, "argv", argv, size);
	else
		ptree_json_null(json, "argv");
}

static void put_link(struct ptree_json *json, const struct chain *chain,
		     const struct ptree_node *node)
{
	char uid[16];

	ptree_json_object(json, NULL);
	ptree_json_integer(json, "pid", node->pid);
	ptree_json_integer(json, "ppid", node->parent ? node->parent->pid : 0);
	ptree_json_text(json, "cmd", ptree_node_name(node));
	ptree_json_text(json, "user", user_of(node, chain->users, uid, sizeof(uid)));
	if (chain->what & PTREE_CHAIN_ARGUMENTS)
		put_arguments(json, node);
	ptree_json_end(json);
}

static int find_chain(struct chain *chain, pid_t pid)
{
	int count =
	    ptree_tree_ancestry(chain->tree, pid, chain->what & PTREE_CHAIN_ORIGINS, &chain->nodes);

	if (count < 0)
		ptree_nodes_clear(&chain->nodes);
	return count;
}

int ptree_tree_chain_text(const struct ptree_tree *tree, pid_t pid, unsigned what,
			  struct ptree_users *users, char **out)
{
	struct chain chain = { .tree = tree, .users = users, .what = what };
	struct text text = { 0 };
	int count = find_chain(&chain, pid);

	if (count < 0)
		return count;
	for (int i = 0; i < count; i++)
		append_link(&text, &chain, chain.nodes.node[i]);
	ptree_nodes_clear(&chain.nodes);
	return text_finish(&text, out);
}

static int finish_json(struct ptree_json *json, char **out)
{
	if (json->has_failed) {
		ptree_json_clear(json);
		return -ENOMEM;
	}
	json->bytes[json->size - 1] = '\0'; /* instead of the newline */
	*out = json->bytes;
	return 0;
}

int ptree_tree_chain_json(const struct ptree_tree *tree, pid_t pid, unsigned what,
			  struct ptree_users *users, char **out)
{
	struct chain chain = { .tree = tree, .users = users, .what = what };
	struct ptree_json json = { 0 };
	int count = find_chain(&chain, pid);

	if (count < 0)
		return count;
	ptree_json_array(&json, NULL);
	for (int i = 0; i < count; i++)
		put_link(&json, &chain, chain.nodes.node[i]);
	ptree_json_end(&json);
	ptree_nodes_clear(&chain.nodes);
	return finish_json(&json, out);
}

/* ---- the picture ---- */

struct lines {
	const char *through, *space, *branch, *last;
};

static const struct lines box_lines = { "│ ", "  ", "├─", "└─" };
static const struct lines ascii_lines = { "| ", "  ", "|-", "`-" };

/* The indentation grows and shrinks with the depth; each level's width is remembered in bytes. */
struct picture {
	const struct lines *lines;
	struct text text, indent;
	size_t *widths;
	size_t depth, capacity;
};

static int push_level(struct picture *picture, const char *piece)
{
	if (picture->depth == picture->capacity) {
		size_t capacity = picture->capacity ? 2 * picture->capacity : 64;
		size_t *bigger = realloc(picture->widths, capacity * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		picture->widths = bigger;
		picture->capacity = capacity;
	}
	picture->widths[picture->depth++] = strlen(piece);
	text_string(&picture->indent, piece);
	return picture->indent.has_failed ? -ENOMEM : 0;
}

static void pop_level(struct picture *picture)
{
	picture->indent.size -= picture->widths[--picture->depth];
}

static void draw_line(struct picture *picture, const struct ptree_node *node, const char *joint)
{
	text_append(&picture->text, picture->indent.bytes ? picture->indent.bytes : "",
		    picture->indent.size);
	text_string(&picture->text, joint);
	append_escaped(&picture->text, ptree_node_name(node), "\\");
	text_format(&picture->text, "(%d)\n", node->pid);
}

static const struct ptree_node *next_in_walk(struct picture *picture, const struct ptree_node *node,
					     const struct ptree_node *top)
{
	while (node != top && !ptree_node_next_sibling(node)) {
		node = node->parent;
		if (node != top)
			pop_level(picture);
	}
	return node == top ? NULL : ptree_node_next_sibling(node);
}

static int draw_below(struct picture *picture, const struct ptree_node *top)
{
	const struct lines *lines = picture->lines;
	const struct ptree_node *node = ptree_node_first_child(top);

	while (node) {
		bool is_last = !ptree_node_next_sibling(node);
		const struct ptree_node *child = ptree_node_first_child(node);

		draw_line(picture, node, is_last ? lines->last : lines->branch);
		if (child && push_level(picture, is_last ? lines->space : lines->through))
			return -ENOMEM;
		node = child ? child : next_in_walk(picture, node, top);
	}
	return 0;
}

int ptree_tree_display(const struct ptree_tree *tree, pid_t pid, bool ascii, char **out)
{
	struct picture picture = { .lines = ascii ? &ascii_lines : &box_lines };
	const struct ptree_node *top = pid ? tree_present(tree, pid) : &tree->root;
	int err;

	if (!top)
		return -ESRCH;
	if (pid)
		draw_line(&picture, top, "");
	err = draw_below(&picture, top);
	if (err)
		picture.text.has_failed = true;
	free(picture.indent.bytes);
	free(picture.widths);
	return text_finish(&picture.text, out);
}
