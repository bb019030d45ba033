/* SPDX-License-Identifier: MIT */
/* What the pages list, in what scope and of what time. It draws nothing. */
#include "model/page.h"
#include "model/column.h"

#include <string.h>

/* ---- lines ---- */

void page_move(struct page *page, int64_t lines)
{
	int64_t at = (int64_t)page->at + lines;
	int64_t last = page->count ? (int64_t)page->count - 1 : 0;

	page->at = at < 0 ? 0 : at > last ? (size_t)last : (size_t)at;
}

const struct page_line *page_selected(const struct page *page)
{
	return page->at < page->count ? &page->lines[page->at] : NULL;
}

static struct page_line *find_line(struct page *page, uint64_t key)
{
	for (size_t i = 0; i < page->count; i++) {
		if (page->lines[i].key == key)
			return &page->lines[i];
	}
	return NULL;
}

/* What was selected; 0: the first line, whatever it is. */
static uint64_t selected_key(const struct page *page)
{
	const struct page_line *line = page_selected(page);

	if (page->wanted)
		return page->wanted;
	return line && page->at ? line->key : 0;
}

static void select_key(struct page *page, uint64_t key)
{
	const struct page_line *line = key ? find_line(page, key) : NULL;

	if (line)
		page->at = (size_t)(line - page->lines);
	page->wanted = 0;
	page_move(page, 0);
}

static bool is_in_scope(const struct page_scope *scope, const struct ptree_node *node)
{
	return (!scope->only_watched || ptree_node_is_watched(node)) &&
	       match_node(&scope->match, scope->tree, node);
}

/* ---- spawners ---- */

static struct page_line describe_spawner(const struct ptree_node *node, uint64_t now_ns, bool utf8)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	const struct ptree_summary *summary = ptree_node_summary(node);
	struct page_line line = { .id = ptree_node_id(node), .key = ptree_node_id(node) };
	struct column_gone gone;

	if (activity)
		line.activity = *activity;
	if (summary) {
		gone = column_gone(node, summary);
		column_summary_text(utf8, &gone, line.summary, sizeof(line.summary));
	}
	churn_find_loop(node, now_ns, &line.loop);
	return line;
}

void page_list_spawners(struct page *page, const struct page_scope *scope, uint64_t now_ns,
			bool utf8)
{
	const struct ptree_node *nodes[PAGE_LINES_MAX];
	size_t count = churn_rank(scope->tree, nodes, PAGE_LINES_MAX);
	uint64_t key = selected_key(page);

	page->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (is_in_scope(scope, nodes[i]))
			page->lines[page->count++] = describe_spawner(nodes[i], now_ns, utf8);
	}
	select_key(page, key);
}

/* ---- failures ---- */

static uint64_t hash(uint64_t so_far, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size--)
		so_far = (so_far ^ *at++) * UINT64_C(0x100000001b3); /* FNV-1a */
	return so_far;
}

/* Never 0, nor an id: these are small. */
static uint64_t key_of_group(const struct ptree_node *node, uint32_t status)
{
	const struct ptree_node *parent = ptree_node_parent(node);
	const char *comm = ptree_node_comm(node);
	const char *above = parent ? ptree_node_comm(parent) : "";
	uint64_t key = UINT64_C(0xcbf29ce484222325);

	key = hash(key, comm, strlen(comm) + 1);
	key = hash(key, above, strlen(above) + 1);
	return hash(key, &status, sizeof(status)) | UINT64_C(1) << 63;
}

static void add_failure(struct page *page, const struct ptree_node *node, uint32_t status)
{
	uint64_t group = key_of_group(node, status);
	uint64_t key = page->group ? ptree_node_id(node) : group;
	struct page_line *line = page->group ? NULL : find_line(page, key);

	if (page->group && group != page->group)
		return;
	if (line)
		line->count++;
	else if (page->count < PAGE_LINES_MAX)
		page->lines[page->count++] =
		    (struct page_line){ .id = ptree_node_id(node),
					.key = key,
					.count = 1,
					.status = status,
					.end_ns = ptree_node_end_ns(node) };
}

void page_list_failures(struct page *page, const struct page_scope *scope)
{
	const struct ptree_node *node = ptree_tree_last_failed(scope->tree);
	uint64_t key = selected_key(page);
	uint32_t status;

	page->count = 0;
	for (; node; node = ptree_node_prev_failed(node)) {
		if (is_in_scope(scope, node) && ptree_node_exit_status(node, &status))
			add_failure(page, node, status);
	}
	select_key(page, key);
}

bool page_open_group(struct page *page)
{
	const struct page_line *line = page_selected(page);

	if (page->group || !line || line->count < 2)
		return false;
	page->group = line->key;
	page->at = page->top = 0;
	return true;
}

bool page_close_group(struct page *page)
{
	if (!page->group)
		return false;
	page->wanted = page->group;
	page->group = 0;
	return true;
}
