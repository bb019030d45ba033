/* SPDX-License-Identifier: MIT */
/* What a process may do, where it is kept apart from others, and who comes first. */
#include "model/details.h"

#include <string.h>

#define CAPABILITIES_MAX 64
#define GROUPS_MAX 32
#define FEW 8 /* so many that it lacks are named rather than those that it has */

/* ---- rights ---- */

static void put_capabilities(struct listing *listing, uint64_t mask)
{
	const char *separator = "";

	for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
		const char *name = ptree_capability_name(i);

		if (!(mask >> i & 1))
			continue;
		if (name)
			listing_put(listing, "%s%s", separator,
				    strncmp(name, "CAP_", 4) ? name : name + 4);
		else
			listing_put(listing, "%s%u", separator, i);
		separator = " ";
	}
}

/* Of all that are known here: more are no news. */
static unsigned count_missing(uint64_t mask)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < CAPABILITIES_MAX && ptree_capability_name(i); i++)
		missing += !(mask >> i & 1);
	return missing;
}

static uint64_t all_known(void)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < CAPABILITIES_MAX && ptree_capability_name(i); i++)
		mask |= UINT64_C(1) << i;
	return mask;
}

static void list_mask(struct listing *listing, const char *label, uint64_t mask)
{
	listing_row(listing, label);
	if (!mask) {
		listing_put(listing, "none");
	} else if (!count_missing(mask)) {
		listing_put(listing, "all of them");
	} else if (count_missing(mask) <= FEW) {
		listing_put(listing, "all but ");
		put_capabilities(listing, all_known() & ~mask);
	} else {
		put_capabilities(listing, mask);
	}
}

static void list_capabilities(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "capable of", PTREE_PIECE_CAPABILITIES);
	uint64_t effective;

	if (!details)
		return;
	effective = details->capabilities[PTREE_CAPABILITIES_EFFECTIVE];
	list_mask(listing, "capable of", effective);
	if (details->capabilities[PTREE_CAPABILITIES_PERMITTED] != effective)
		list_mask(listing, "permitted",
			  details->capabilities[PTREE_CAPABILITIES_PERMITTED]);
	if (details->capabilities[PTREE_CAPABILITIES_AMBIENT])
		list_mask(listing, "handed on", details->capabilities[PTREE_CAPABILITIES_AMBIENT]);
	if (count_missing(details->capabilities[PTREE_CAPABILITIES_BOUNDING]))
		list_mask(listing, "at most", details->capabilities[PTREE_CAPABILITIES_BOUNDING]);
}

static void list_groups(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "groups", PTREE_PIECE_GROUPS);

	if (!details || !details->group_count)
		return;
	listing_row(listing, "groups");
	for (uint32_t i = 0; i < details->group_count && i < GROUPS_MAX; i++)
		listing_put(listing, "%s%u", i ? " " : "", details->groups[i]);
	if (details->group_count > GROUPS_MAX)
		listing_put(listing, " and %u more", details->group_count - GROUPS_MAX);
}

static void list_confinement(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "new rights", PTREE_PIECE_NO_NEW_PRIVS);

	if (details) {
		listing_row(listing, "new rights");
		listing_put(listing, "%s",
			    details->no_new_privs ? "none by setuid programs (no_new_privs)"
						  : "by setuid programs");
	}
	details = details_piece(listing, input, "seccomp", PTREE_PIECE_SECCOMP);
	if (!details)
		return;
	listing_row(listing, "seccomp");
	if (details->seccomp_mode == 2)
		listing_put(listing, "filtered, %u filters", details->seccomp_filters);
	else
		listing_put(listing, details->seccomp_mode ? "strict" : "off");
}

/* ---- namespaces ---- */

static void list_namespaces(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "namespaces", PTREE_PIECE_NAMESPACES);
	const struct ptree_details *own =
	    input->read[INSPECT_QUICK] ? &input->read[INSPECT_QUICK]->own : NULL;
	unsigned different = 0;

	if (!details || !own || !own->namespace_count)
		return;
	listing_row(listing, "namespaces");
	for (uint32_t i = 0; i < details->namespace_count; i++) {
		const struct ptree_namespace *space = &details->namespaces[i];

		if (space->inode == ptree_details_namespace(own, space->kind))
			continue;
		listing_put(listing, "%s%s", different ? " " : "its own: ", space->kind);
		different++;
	}
	if (!different)
		listing_put(listing, "the same as proctop's");
}

/* ---- limits ---- */

static void put_limit(struct listing *listing, uint64_t limit)
{
	if (limit == PTREE_UNLIMITED)
		listing_put(listing, "unlimited");
	else
		listing_put(listing, "%llu", (unsigned long long)limit);
}

/* "processes 100", "cpu time (seconds) 60": the unit, where the name does not end with it. */
static void put_limit_name(struct listing *listing, const struct ptree_limit *limit)
{
	const char *name = limit->name + (strncmp(limit->name, "Max ", 4) ? 0 : 4);
	size_t size = strlen(name), unit_size = strlen(limit->unit);
	bool has_unit = size >= unit_size && !strcmp(name + size - unit_size, limit->unit);

	if (has_unit || limit->soft == PTREE_UNLIMITED)
		listing_put(listing, "%s ", name);
	else
		listing_put(listing, "%s (%s) ", name, limit->unit);
}

/* Those of files and processes are met most; of the others what somebody has set. */
static bool matters(const struct ptree_limit *limit)
{
	static const char *const always[] = { "Max open files", "Max processes" };
	static const char *const set[] = {
		"Max cpu time",	    "Max file size",	 "Max data size",
		"Max resident set", "Max address space", "Max file locks"
	};

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++) {
		if (!strcmp(limit->name, always[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++) {
		if (!strcmp(limit->name, set[i]))
			return limit->soft != PTREE_UNLIMITED;
	}
	return !strcmp(limit->name, "Max core file size") && limit->soft;
}

static void list_limits(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "limits", PTREE_PIECE_LIMITS);

	for (uint32_t i = 0; details && i < details->limit_count; i++) {
		const struct ptree_limit *limit = &details->limits[i];

		if (!matters(limit))
			continue;
		listing_row(listing, "limit");
		put_limit_name(listing, limit);
		put_limit(listing, limit->soft);
		if (limit->hard != limit->soft) {
			listing_put(listing, ", can be raised to ");
			put_limit(listing, limit->hard);
		}
	}
}

/* ---- who comes first ---- */

static void list_scheduling(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "scheduled", PTREE_PIECE_SCHEDULING);

	if (details) {
		listing_row(listing, "scheduled");
		listing_put(listing, "%s, nice %d", ptree_policy_name(details->policy),
			    details->nice);
		if (details->realtime_priority)
			listing_put(listing, ", real-time priority %u", details->realtime_priority);
	}
	details = details_piece(listing, input, "may run on", PTREE_PIECE_AFFINITY);
	if (details && details->allowed_cpus) {
		listing_row(listing, "may run on");
		listing_put(listing, "CPU ");
		listing_put_bytes(listing, details->allowed_cpus, strlen(details->allowed_cpus));
	}
	details = details_piece(listing, input, "OOM score", PTREE_PIECE_OOM);
	if (!details)
		return;
	listing_row(listing, "OOM score");
	listing_put(listing, "%d", details->oom_score);
	if (details->oom_score_adj)
		listing_put(listing, ", of which somebody set %+d", details->oom_score_adj);
}

void details_list_rights(struct listing *listing, const struct details_input *input)
{
	const struct inspection *read = input->read[INSPECT_QUICK];

	if (!read || read->error)
		return;
	listing_heading(listing, "What it may do");
	list_capabilities(listing, input);
	list_groups(listing, input);
	list_confinement(listing, input);
	list_namespaces(listing, input);
	list_limits(listing, input);
	list_scheduling(listing, input);
}
