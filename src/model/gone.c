/* SPDX-License-Identifier: MIT */
/* Reading what is over from the tree; see gone.h. Which of it has rows is decided elsewhere. */
#include "model/gone.h"
#include "model/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What can be looked at to learn whether anything lives: then it is taken to. */
#define WALK_MAX 4096
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

void gone_clear(struct gone *gone)
{
	free(gone->nodes);
	*gone = (struct gone){ 0 };
}

static bool has_match(const struct gone *gone)
{
	return gone->match && match_is_set(gone->match);
}

bool gone_is_over(const struct ptree_node *node)
{
	return ptree_node_has_ended(node) && !ptree_node_is_zombie(node);
}

const struct ptree_node *gone_above(const struct gone *gone, const struct ptree_node *node)
{
	return node_above(node, gone->by_origin);
}

/* ---- walks ---- */

bool gone_push(struct gone *gone, const struct ptree_node *node)
{
	size_t wanted = gone->capacity ? 2 * gone->capacity : 64;
	const struct ptree_node **bigger;

	if (gone->count == gone->capacity) {
		bigger = reallocarray(gone->nodes, wanted, sizeof(const struct ptree_node *));
		if (!bigger)
			return false;
		gone->nodes = bigger;
		gone->capacity = wanted;
	}
	gone->nodes[gone->count++] = node;
	return true;
}

const struct ptree_node *gone_first(const struct gone *gone, const struct ptree_node *parent)
{
	const struct ptree_node *node =
	    gone->by_origin ? ptree_node_last_forked(parent) : ptree_node_last_exited(parent);

	return node && !gone_is_over(node) ? gone_next(gone, node) : node;
}

const struct ptree_node *gone_next(const struct gone *gone, const struct ptree_node *node)
{
	do {
		node =
		    gone->by_origin ? ptree_node_prev_forked(node) : ptree_node_prev_exited(node);
	} while (node && !gone_is_over(node));
	return node;
}

bool gone_has_inside(const struct gone *gone, const struct ptree_node *node)
{
	return gone_first(gone, node) != NULL;
}

/* Of whom nobody knows who forked it, and whose parent is over: it stands below that one. */
static bool has_orphan(const struct ptree_node *node)
{
	const struct ptree_node *at = ptree_node_first_child(node);

	while (at && ptree_node_origin(at))
		at = ptree_node_next_sibling(at);
	return at;
}

/* Whether all that came from it, in any generation, is over. Walks may stand within walks: each
   leaves the stack as it found it. */
static bool has_no_living_forks(struct gone *gone, const struct ptree_node *node)
{
	size_t bottom = gone->count, looks = 0;
	bool is_alive = !gone_push(gone, node);

	while (gone->count > bottom && !is_alive) {
		const struct ptree_node *parent = gone->nodes[--gone->count];
		const struct ptree_node *at = ptree_node_last_forked(parent);

		is_alive = has_orphan(parent);
		for (; at && !is_alive; at = ptree_node_prev_forked(at))
			is_alive = !gone_is_over(at) || ++looks > WALK_MAX ||
				   (ptree_node_last_forked(at) && !gone_push(gone, at));
	}
	gone->count = bottom;
	return !is_alive;
}

bool gone_is_above_orphans(const struct gone *gone, const struct ptree_node *node)
{
	const struct ptree_node *at;

	for (size_t i = 0; (at = ptree_tree_orphaning(gone->tree, i)); i++) {
		while (at && at != node && gone_is_over(at))
			at = ptree_node_parent(at);
		if (at == node)
			return true;
	}
	return false;
}

bool gone_is_job(struct gone *gone, const struct ptree_node *node)
{
	if (!gone_is_over(node))
		return false;
	if (gone->by_origin)
		return has_no_living_forks(gone, node);
	return !ptree_node_first_child(node) && !gone_is_above_orphans(gone, node);
}

/* ---- what one is ---- */

struct jobs_line gone_line(const struct ptree_node *node)
{
	/* Those of whom nobody saw the begin come last: 0 wraps to the largest. */
	return (struct jobs_line){ .key = ptree_node_begin_ns(node) - 1,
				   .tie = (uint64_t)ptree_node_pid(node) };
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * FNV_PRIME;
	return hash;
}

uint64_t gone_alike(const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	uint32_t status = UINT32_MAX;
	bool is_fork = column_is_mere_fork(node);
	uint64_t hash = FNV_BASIS;

	ptree_node_exit_status(node, &status);
	hash = hash_bytes(hash, &status, sizeof(status));
	hash = hash_bytes(hash, &is_fork, sizeof(is_fork));
	if (image && image->argv_size && !is_fork)
		return hash_bytes(hash, image->argv, image->argv_size);
	return image ? hash_bytes(hash, image->comm, strlen(image->comm)) : hash;
}

static uint64_t cpu_of(const struct ptree_node *node, bool *is_known)
{
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	*is_known = usage.is_final;
	return usage.cpu_ns;
}

static bool has_failed(const struct ptree_node *node)
{
	uint32_t status;

	return ptree_node_exit_status(node, &status) && status;
}

/* ---- sums ---- */

/* Of more names than there is room for the rarest makes place, and its count stays. */
static void count_command(struct ptree_summary *to, const char *comm, uint32_t count)
{
	unsigned at = 0;

	if (!*comm)
		return;
	while (at < to->command_count && strcmp(to->commands[at].comm, comm) != 0)
		at++;
	if (at == PTREE_SUMMARY_COMMANDS)
		at--;
	else if (at == to->command_count)
		to->command_count++;
	memcpy(to->commands[at].comm, comm, strlen(comm) + 1);
	to->commands[at].count += count;
	for (; at && to->commands[at - 1].count < to->commands[at].count; at--) {
		__typeof__(to->commands[0]) rarer = to->commands[at - 1];

		to->commands[at - 1] = to->commands[at];
		to->commands[at] = rarer;
	}
}

/* Its name, or if nobody read it in time that of its program, as the tree's own summaries do. */
static void name_of(const struct ptree_node *node, char name[PTREE_COMM_SIZE])
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	const char *program = image ? image->argv : NULL, *slash;
	size_t length = program ? strnlen(program, image->argv_size) : 0;

	snprintf(name, PTREE_COMM_SIZE, "%s", image ? image->comm : "");
	if (*name || !length)
		return;
	slash = memrchr(program, '/', length);
	if (slash) {
		length -= (size_t)(slash + 1 - program);
		program = slash + 1;
	}
	snprintf(name, PTREE_COMM_SIZE, "%.*s", (int)length, program);
}

void gone_add_one(struct ptree_summary *to, const struct ptree_node *node)
{
	char name[PTREE_COMM_SIZE];
	bool is_known;

	to->gone++;
	to->failed += has_failed(node);
	to->cpu_ns += cpu_of(node, &is_known);
	to->cpu_unknown += !is_known;
	name_of(node, name);
	count_command(to, name, 1);
}

void gone_add(struct ptree_summary *to, const struct ptree_summary *from)
{
	to->gone += from->gone;
	to->failed += from->failed;
	to->cpu_ns += from->cpu_ns;
	to->cpu_unknown += from->cpu_unknown;
	for (unsigned i = 0; i < from->command_count; i++)
		count_command(to, from->commands[i].comm, from->commands[i].count);
}

static uint64_t less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

void gone_subtract(struct ptree_summary *from, const struct ptree_summary *what)
{
	unsigned kept = 0;

	from->gone = less(from->gone, what->gone);
	from->failed = less(from->failed, what->failed);
	from->cpu_ns = less(from->cpu_ns, what->cpu_ns);
	from->cpu_unknown = less(from->cpu_unknown, what->cpu_unknown);
	for (unsigned i = 0; i < from->command_count; i++) {
		for (unsigned j = 0; j < what->command_count; j++) {
			if (!strcmp(from->commands[i].comm, what->commands[j].comm))
				from->commands[i].count = (uint32_t)less(from->commands[i].count,
									 what->commands[j].count);
		}
		if (from->commands[i].count)
			from->commands[kept++] = from->commands[i];
	}
	from->command_count = kept;
}

/* All that is kept below it, one by one, but for what still has something living below it.
   Returns how many there are, whether they match or not. */
static uint32_t add_kept(struct gone *gone, struct ptree_summary *to, const struct ptree_node *node,
			 bool only_matching)
{
	size_t bottom = gone->count;
	bool is_over = gone_is_over(node);
	uint32_t kept = 0;

	gone_push(gone, node);
	while (gone->count > bottom) {
		const struct ptree_node *parent = gone->nodes[--gone->count];
		const struct ptree_node *at = gone_first(gone, parent);

		for (; at; at = gone_next(gone, at)) {
			/* Below what has nothing living below it nobody has. */
			if (parent == node && !is_over && !gone_is_job(gone, at))
				continue;
			kept++;
			if (!only_matching || match_node(gone->match, gone->tree, at))
				gone_add_one(to, at);
			if (gone_has_inside(gone, at))
				gone_push(gone, at);
		}
	}
	return kept;
}

/* All that is over below it, also what is no longer kept, where that is known. */
static void add_below(struct gone *gone, struct ptree_summary *to, const struct ptree_node *node)
{
	const struct ptree_summary *summary = ptree_node_summary(node);

	if (gone->by_origin)
		add_kept(gone, to, node, false);
	else if (summary)
		gone_add(to, summary);
}

void gone_add_below(struct gone *gone, struct ptree_summary *to, const struct ptree_node *node)
{
	if (has_match(gone))
		add_kept(gone, to, node, true);
	else
		add_below(gone, to, node);
}

static void count_matching(struct gone *gone, struct job *job, const struct ptree_node *node)
{
	struct ptree_summary matching = { 0 };

	job->kept = 1 + add_kept(gone, &matching, node, true);
	job->matching = (uint32_t)matching.gone + match_node(gone->match, gone->tree, node);
}

struct job gone_job(struct gone *gone, const struct ptree_node *node)
{
	struct ptree_summary all = { 0 };
	struct job job = { .id = ptree_node_id(node),
			   .newest = ptree_node_id(node),
			   .line = gone_line(node),
			   .alike = gone_alike(node),
			   .end_ns = ptree_node_end_ns(node),
			   .first_end_ns = ptree_node_end_ns(node),
			   .count = 1,
			   .has_failed = has_failed(node) };

	gone_add_one(&all, node);
	add_below(gone, &all, node);
	job.processes = all.gone;
	job.failed = all.failed;
	job.cpu_ns = all.cpu_ns;
	job.cpu_unknown = all.cpu_unknown;
	if (has_match(gone))
		count_matching(gone, &job, node);
	return job;
}
