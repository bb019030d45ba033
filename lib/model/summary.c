/* SPDX-License-Identifier: MIT */
/*
 * Summaries of processes that are over. Sums are exact; of the names the most common ones are
 * kept, by "space saving": a name without a place takes the rarest one's and its count, so that no
 * count is ever too small, and none of a name that is truly common is missing.
 */
#include "summary.h"

#include <string.h>

static unsigned find(const struct ptree_summary *summary, const char *comm)
{
	unsigned at = 0;

	while (at < summary->command_count &&
	       strncmp(summary->commands[at].comm, comm, PTREE_COMM_SIZE) != 0)
		at++;
	return at;
}

/* Moves a name that has grown to its place: the most common ones come first. */
static void sift_up(struct ptree_summary *summary, unsigned at)
{
	for (; at && summary->commands[at - 1].count < summary->commands[at].count; at--) {
		__typeof__(summary->commands[0]) rarer = summary->commands[at - 1];

		summary->commands[at - 1] = summary->commands[at];
		summary->commands[at] = rarer;
	}
}

void summary_count_command(struct ptree_summary *summary, const char *comm, uint32_t count)
{
	unsigned at = find(summary, comm);
	uint32_t *sum;

	if (at == PTREE_SUMMARY_COMMANDS)
		at--;
	else if (at == summary->command_count)
		summary->command_count++;
	if (strncmp(summary->commands[at].comm, comm, PTREE_COMM_SIZE) != 0) {
		memcpy(summary->commands[at].comm, comm, PTREE_COMM_SIZE);
		summary->commands[at].comm[PTREE_COMM_SIZE - 1] = '\0';
	}
	sum = &summary->commands[at].count;
	*sum = *sum > UINT32_MAX - count ? UINT32_MAX : *sum + count;
	sift_up(summary, at);
}

/* A name that has no place in a full list can have been as common there as the last that has. */
static void add_unlisted(struct ptree_summary *to, const struct ptree_summary *from)
{
	uint32_t least;

	if (from->command_count < PTREE_SUMMARY_COMMANDS)
		return;
	least = from->commands[PTREE_SUMMARY_COMMANDS - 1].count;
	for (unsigned i = 0; i < to->command_count; i++) {
		uint32_t *sum = &to->commands[i].count;

		if (find(from, to->commands[i].comm) == PTREE_SUMMARY_COMMANDS)
			*sum = *sum > UINT32_MAX - least ? UINT32_MAX : *sum + least;
		sift_up(to, i);
	}
}

void summary_add(struct ptree_summary *to, const struct ptree_summary *from)
{
	to->gone += from->gone;
	to->failed += from->failed;
	to->cpu_ns += from->cpu_ns;
	to->cpu_unknown += from->cpu_unknown;
	add_unlisted(to, from);
	for (unsigned i = 0; i < from->command_count; i++)
		summary_count_command(to, from->commands[i].comm, from->commands[i].count);
}
