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
static void append_escaped(struct text *text, const char *string, const char *special)
{
	for (; *string; string++) {
		unsigned char byte = (unsigned char)*string;

		if (is_control(byte))
			text_format(text, "\\x%02x", byte);
		else if (strchr(special, byte))
			text_format(text, "\\%c", byte);
		else
			text_append(text, string, 1);
	}
}

/* ASCII only: bytes that are not become U+FFFD, since names need not be UTF-8. */
static void append_json_string(struct text *text, const char *string)
{
	text_append(text, "\"", 1);
	for (; *string; string++) {
		unsigned char byte = (unsigned char)*string;

		if (byte == '"' || byte == '\\')
			text_format(text, "\\%c", byte);
		else if (is_control(byte))
			text_format(text, "\\u%04x", byte);
		else if (byte >= 0x80)
			text_string(text, "\\ufffd");
		else
			text_append(text, string, 1);
	}
	text_append(text, "\"", 1);
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

static void append_link(struct text *text, const struct ptree_node *node, struct ptree_users *users)
{
	char uid[16];

	text_format(text, "%s%d|", text->size ? ";" : "", node->pid);
	append_escaped(text, ptree_node_comm(node), "|;\\");
	text_string(text, "|");
	append_escaped(text, user_of(node, users, uid, sizeof(uid)), "|;\\");
}

static void append_json_link(struct text *text, const struct ptree_node *node,
			     struct ptree_users *users)
{
	char uid[16];

	text_format(text, "%s{\"pid\":%d,\"ppid\":%d,\"cmd\":", text->size > 1 ? "," : "",
		    node->pid, node->parent ? node->parent->pid : 0);
	append_json_string(text, ptree_node_comm(node));
	text_string(text, ",\"user\":");
	append_json_string(text, user_of(node, users, uid, sizeof(uid)));
	text_string(text, "}");
}

static int build_chain(const struct ptree_tree *tree, pid_t pid, struct ptree_users *users,
		       void (*append_one)(struct text *, const struct ptree_node *,
					  struct ptree_users *),
		       struct text *text)
{
	struct ptree_nodes chain = { 0 };
	int err = ptree_tree_ancestry(tree, pid, false, &chain);

	for (size_t i = 0; i < chain.count && err >= 0; i++)
		append_one(text, chain.node[i], users);
	ptree_nodes_clear(&chain);
	return err < 0 ? err : 0;
}

int ptree_tree_chain_text(const struct ptree_tree *tree, pid_t pid, struct ptree_users *users,
			  char **out)
{
	struct text text = { 0 };
	int err = build_chain(tree, pid, users, append_link, &text);

	if (!err)
		return text_finish(&text, out);
	free(text.bytes);
	return err;
}

int ptree_tree_chain_json(const struct ptree_tree *tree, pid_t pid, struct ptree_users *users,
			  char **out)
{
	struct text text = { 0 };
	int err;

	text_string(&text, "[");
	err = build_chain(tree, pid, users, append_json_link, &text);
	text_string(&text, "]");
	if (!err)
		return text_finish(&text, out);
	free(text.bytes);
	return err;
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
	append_escaped(&picture->text, ptree_node_comm(node), "\\");
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
