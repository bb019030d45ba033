/* SPDX-License-Identifier: MIT */
/*
 * Why a process runs: up the lineage to the nearest one that runs others for a reason (cron, a
 * login, a container's shim), or else what its cgroup and its login say. Pure functions over a tree
 * and what was read of the process: it reads and prints nothing.
 */
#include "model/why.h"

#include <stdio.h>
#include <string.h>

/* ---- roles ---- */

static const struct {
	const char *name;
	enum why_role role;
} programs[] = {
	{ "cron", WHY_CRON },
	{ "CRON", WHY_CRON },
	{ "crond", WHY_CRON },
	{ "fcron", WHY_CRON },
	{ "anacron", WHY_CRON },
	{ "atd", WHY_AT },
	{ "sshd", WHY_SSHD },
	{ "sshd-session", WHY_SSHD },
	{ "dropbear", WHY_SSHD },
	{ "login", WHY_LOGIN },
	{ "getty", WHY_LOGIN },
	{ "agetty", WHY_LOGIN },
	{ "mingetty", WHY_LOGIN },
	{ "gdm-session-wor", WHY_LOGIN },
	{ "sddm-helper", WHY_LOGIN },
	{ "lightdm", WHY_LOGIN },
	{ "su", WHY_SWITCH },
	{ "sudo", WHY_SWITCH },
	{ "doas", WHY_SWITCH },
	{ "runuser", WHY_SWITCH },
	{ "pkexec", WHY_SWITCH },
	{ "tmux", WHY_TERMINAL },
	{ "tmux: server", WHY_TERMINAL },
	{ "screen", WHY_TERMINAL },
	{ "containerd-shim", WHY_CONTAINER },
	{ "conmon", WHY_CONTAINER },
	{ "lxc-start", WHY_CONTAINER },
	{ "systemd-nspawn", WHY_CONTAINER },
};

enum why_role why_role_of(const struct ptree_node *node)
{
	const char *comm = ptree_node_comm(node);

	if (ptree_node_pid(node) == 1)
		return WHY_INIT;
	if (!strcmp(comm, "systemd"))
		return WHY_USER_INIT;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!strcmp(comm, programs[i].name))
			return programs[i].role;
	}
	return WHY_PLAIN;
}

const char *why_role_name(enum why_role role)
{
	static const char *const names[] = {
		[WHY_PLAIN] = NULL,
		[WHY_INIT] = "init",
		[WHY_USER_INIT] = "user-init",
		[WHY_CRON] = "cron",
		[WHY_AT] = "at",
		[WHY_SSHD] = "sshd",
		[WHY_LOGIN] = "login",
		[WHY_SWITCH] = "switch",
		[WHY_TERMINAL] = "terminal",
		[WHY_CONTAINER] = "container",
	};

	return names[role];
}

/* ---- the lineage ---- */

/* Who forked it, if that is known; else who is its parent. */
static const struct ptree_node *step_up(const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	return origin ? origin : ptree_node_parent(node);
}

static void walk(struct why *why, const struct ptree_node *node)
{
	while (node && ptree_node_pid(node)) {
		const struct ptree_node *next = step_up(node);
		struct why_step *step = &why->steps[why->count];

		if (why->count == WHY_STEPS_MAX) {
			why->is_cut = true;
			return;
		}
		*step = (struct why_step){
			.id = ptree_node_id(node),
			.pid = ptree_node_pid(node),
			.role = why_role_of(node),
			.is_inferred =
			    !ptree_node_origin(node) || ptree_node_is_origin_inferred(node),
			.elided = ptree_node_elided(node),
		};
		why->count++;
		node = next;
	}
}

/* ---- the cause ---- */

static enum why_cause cause_of(enum why_role role)
{
	switch (role) {
	case WHY_CRON:
		return WHY_CRON_JOB;
	case WHY_AT:
		return WHY_AT_JOB;
	case WHY_SSHD:
		return WHY_SSH_LOGIN;
	case WHY_LOGIN:
		return WHY_CONSOLE_LOGIN;
	case WHY_CONTAINER:
		return WHY_IN_CONTAINER;
	case WHY_PLAIN:
	case WHY_INIT:
	case WHY_USER_INIT:
	case WHY_SWITCH:
	case WHY_TERMINAL:
		break;
	}
	return WHY_UNKNOWN;
}

/* The nearest one above it. What cron, sshd and their like are themselves is no cause of theirs. */
static void find_starter(struct why *why)
{
	for (size_t i = 1; i < why->count && !why->cause_step; i++) {
		why->cause = cause_of(why->steps[i].role);
		if (why->cause)
			why->cause_step = i;
		else if (why->steps[i].role == WHY_SWITCH && !why->switch_step)
			why->switch_step = i;
	}
}

/* Without anybody in the lineage the cgroup tells, then the login; both outlive who started it. */
static enum why_cause cause_of_facts(const struct why *why)
{
	const struct ptree_cgroup_owner *owner = &why->facts.owner;

	if (why->facts.has_owner) {
		if (*owner->container)
			return WHY_IN_CONTAINER;
		if (*owner->user_unit)
			return WHY_USER_UNIT;
		if (*owner->session)
			return WHY_SESSION;
		if (*owner->unit)
			return WHY_UNIT;
	}
	if (why->facts.login_uid != PTREE_UNKNOWN_ID)
		return WHY_SESSION;
	if (why->count > 1 && why->steps[1].role == WHY_INIT && !why->steps[0].is_inferred)
		return WHY_STARTED_INIT;
	return WHY_UNKNOWN;
}

static bool is_any_inferred(const struct why *why)
{
	size_t end = why->cause_step ? why->cause_step : why->count ? why->count - 1 : 0;

	for (size_t i = 0; i < end; i++) {
		if (why->steps[i].is_inferred)
			return true;
	}
	return false;
}

void why_find(struct why *why, const struct ptree_node *node, const struct why_facts *facts)
{
	*why = (struct why){ .facts = { .login_uid = PTREE_UNKNOWN_ID,
					.login_session = PTREE_UNKNOWN_ID } };
	if (facts)
		why->facts = *facts;
	walk(why, node);
	if (ptree_node_pid(node) == 1)
		why->cause = WHY_FIRST;
	else if (ptree_node_is_kernel_thread(node))
		why->cause = WHY_KERNEL;
	else
		find_starter(why);
	if (!why->cause)
		why->cause = cause_of_facts(why);
	why->is_inferred = is_any_inferred(why);
}

void why_take_details(struct why_facts *facts, const struct ptree_details *details)
{
	const char *cgroup = ptree_details_cgroup(details);

	*facts =
	    (struct why_facts){ .login_uid = PTREE_UNKNOWN_ID, .login_session = PTREE_UNKNOWN_ID };
	if (cgroup) {
		facts->has_owner = true;
		ptree_cgroup_owner(cgroup, &facts->owner);
	}
	if (details->status[PTREE_PIECE_LOGIN] == PTREE_PIECE_KNOWN) {
		facts->login_uid = details->login_uid;
		facts->login_session = details->login_session;
	}
}

/* ---- in words ---- */

const char *why_cause_name(enum why_cause cause)
{
	static const char *const names[] = {
		[WHY_UNKNOWN] = "unknown",
		[WHY_FIRST] = "init",
		[WHY_KERNEL] = "kernel",
		[WHY_CRON_JOB] = "cron-job",
		[WHY_AT_JOB] = "at-job",
		[WHY_SSH_LOGIN] = "ssh-login",
		[WHY_CONSOLE_LOGIN] = "console-login",
		[WHY_IN_CONTAINER] = "container",
		[WHY_USER_UNIT] = "user-unit",
		[WHY_UNIT] = "unit",
		[WHY_SESSION] = "session",
		[WHY_STARTED_INIT] = "started-by-init",
	};

	return names[cause];
}

static int session_text(const struct why *why, char *out, size_t size)
{
	if (*why->facts.owner.session)
		return snprintf(out, size, "login session %s, of which nobody is above it",
				why->facts.owner.session);
	return snprintf(out, size, "a login (session %u), of which nobody is above it",
			why->facts.login_session);
}

static int unknown_text(const struct why *why, char *out, size_t size)
{
	if (why->count > 1 && why->steps[1].role == WHY_INIT)
		return snprintf(
		    out, size,
		    "not known: init started it, or who did is gone and left it to init");
	return snprintf(out, size, "not known beyond its lineage");
}

int why_cause_text(const struct why *why, char *out, size_t size)
{
	const struct ptree_cgroup_owner *owner = &why->facts.owner;

	switch (why->cause) {
	case WHY_FIRST:
		return snprintf(out, size, "the first process, started by the kernel");
	case WHY_KERNEL:
		return snprintf(out, size, "a thread of the kernel");
	case WHY_CRON_JOB:
		return snprintf(out, size, "a job of cron");
	case WHY_AT_JOB:
		return snprintf(out, size, "a job of at");
	case WHY_SSH_LOGIN:
		return snprintf(out, size, "a login over ssh");
	case WHY_CONSOLE_LOGIN:
		return snprintf(out, size, "a login at a console or display");
	case WHY_IN_CONTAINER:
		return snprintf(out, size, "a container of %s %s",
				*owner->runtime ? owner->runtime : "unknown name",
				owner->container);
	case WHY_USER_UNIT:
		return snprintf(out, size, "the user's unit %s", owner->user_unit);
	case WHY_UNIT:
		return snprintf(out, size, "the unit %s", owner->unit);
	case WHY_SESSION:
		return session_text(why, out, size);
	case WHY_STARTED_INIT:
		return snprintf(out, size, "started by init");
	case WHY_UNKNOWN:
		break;
	}
	return unknown_text(why, out, size);
}
