/* SPDX-License-Identifier: MIT */
/*
 * What the path of a cgroup says: systemd's unit, and the container. Pure functions over bytes. The
 * names are those that systemd(1), docker, podman, lxc, containerd, cri-o and kubernetes give.
 */
#include "base/sized.h"
#include "span.h"

#include "proctree.h"

#define CONTAINER_ID_SIZE 64

/* ---- words ---- */

static bool is_hex(const struct span *text, size_t size)
{
	if (span_size(text) != size)
		return false;
	for (const char *at = text->at; at < text->end; at++) {
		if (!((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f')))
			return false;
	}
	return true;
}

/* Takes both off, if there is something left between them. */
static bool strip(struct span *text, const char *prefix, const char *suffix)
{
	struct span rest = *text;

	if (!span_take(&rest, prefix) || !span_ends_with(&rest, suffix))
		return false;
	rest.end -= strlen(suffix);
	if (rest.at == rest.end)
		return false;
	*text = rest;
	return true;
}

static bool is_unit(const struct span *part)
{
	return span_ends_with(part, ".service") || span_ends_with(part, ".scope") ||
	       span_ends_with(part, ".socket") || span_ends_with(part, ".mount") ||
	       span_ends_with(part, ".swap");
}

/* ---- systemd ---- */

/* What would collide with the kernel's own names has a "_" before it. */
static void copy_unit(struct span part, char *out, size_t room)
{
	span_take(&part, "_");
	span_copy(&part, out, room);
}

static void take_uid(struct span part, uint32_t *uid)
{
	uint64_t number;

	if (strip(&part, "user-", ".slice") && span_take_number(&part, &number) &&
	    part.at == part.end && number < UINT32_MAX)
		*uid = (uint32_t)number;
}

static void take_unit(struct span part, struct ptree_cgroup_owner *owner)
{
	struct span session = part;

	if (!is_unit(&part))
		return;
	if (!*owner->unit) {
		copy_unit(part, owner->unit, sizeof(owner->unit));
		if (strip(&session, "session-", ".scope"))
			span_copy(&session, owner->session, sizeof(owner->session));
	} else if (!strncmp(owner->unit, "user@", 5)) {
		/* The innermost: units of the user's may have units in them. */
		copy_unit(part, owner->user_unit, sizeof(owner->user_unit));
	}
}

/* ---- containers ---- */

/* What runtimes put around an id, in their own parts and in scopes. Those of monitors are none. */
static const struct {
	const char *prefix, *suffix, *runtime;
} wrappings[] = {
	{ "docker-", ".scope", "docker" },
	{ "libpod-", ".scope", "podman" },
	{ "libpod-", "", "podman" },
	{ "cri-containerd-", ".scope", "containerd" },
	{ "crio-", ".scope", "cri-o" },
	{ "crio-", "", "cri-o" },
	{ "nerdctl-", ".scope", "containerd" },
};

/* After a part of these names comes one that is the id or name. */
static const struct {
	const char *parent, *runtime;
	bool is_name; /* any */
} parents[] = {
	{ "docker", "docker", false },	    { "lxc", "lxc", true },
	{ "lxc.payload", "lxc", true },	    { "libpod_parent", "podman", false },
	{ "default", "containerd", false },
};

static void set_container(struct ptree_cgroup_owner *owner, const char *runtime, struct span id)
{
	struct span name = span_of(runtime, strlen(runtime));

	span_copy(&name, owner->runtime, sizeof(owner->runtime));
	span_copy(&id, owner->container, sizeof(owner->container));
}

static bool take_wrapped(struct span part, struct ptree_cgroup_owner *owner)
{
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++) {
		struct span id = part;

		if (strip(&id, wrappings[i].prefix, wrappings[i].suffix) &&
		    is_hex(&id, CONTAINER_ID_SIZE)) {
			set_container(owner, wrappings[i].runtime, id);
			return true;
		}
	}
	return false;
}

/* "kubepods-burstable-pod1_2.slice:cri-containerd:ID", as containerd without systemd's driver. */
static bool take_colons(struct span part, struct ptree_cgroup_owner *owner)
{
	struct span slice, prefix;

	if (!span_take_until(&part, ':', &slice) || !span_take_until(&part, ':', &prefix) ||
	    part.at == part.end)
		return false;
	set_container(owner, span_is(&prefix, "crio") ? "cri-o" : "containerd", part);
	return true;
}

static bool take_machine(struct span part, struct ptree_cgroup_owner *owner)
{
	if (strip(&part, "lxc.payload.", "")) {
		set_container(owner, "lxc", part);
		return true;
	}
	if (strip(&part, "systemd-nspawn@", ".service") || strip(&part, "machine-", ".scope")) {
		set_container(owner, "nspawn", part);
		return true;
	}
	return false;
}

static bool take_child(struct span parent, struct span part, struct ptree_cgroup_owner *owner)
{
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (span_is(&parent, parents[i].parent) &&
		    (parents[i].is_name || is_hex(&part, CONTAINER_ID_SIZE))) {
			set_container(owner, parents[i].runtime, part);
			return true;
		}
	}
	return false;
}

/* "pod1234-..." of cgroupfs, "kubepods-burstable-pod1234_....slice" of systemd. */
static void take_pod(struct span part, struct ptree_cgroup_owner *owner)
{
	struct span pod = part;
	const char *found;

	if (strip(&pod, "kubepods", ".slice")) {
		found = memmem(pod.at, span_size(&pod), "-pod", 4);
		if (!found)
			return;
		pod.at = found + 4;
	} else if (!strip(&pod, "pod", "") || span_size(&pod) < 32) {
		return;
	}
	span_copy(&pod, owner->pod, sizeof(owner->pod));
	for (char *at = owner->pod; *at; at++)
		*at = *at == '_' ? '-' : *at;
}

static void take_container(struct span parent, struct span part, struct ptree_cgroup_owner *owner)
{
	struct span slice = part, ignored;

	if (span_take_until(&slice, ':', &ignored))
		take_pod(ignored, owner);
	else
		take_pod(part, owner);
	if (take_wrapped(part, owner) || take_child(parent, part, owner) ||
	    take_machine(part, owner) || take_colons(part, owner))
		return;
	if (is_hex(&part, CONTAINER_ID_SIZE))
		set_container(owner, *owner->pod ? "containerd" : "container", part);
}

/* ---- all of it ---- */

void ptree_cgroup_owner_sized(const char *path, struct ptree_cgroup_owner *out, size_t size)
{
	struct ptree_cgroup_owner owner = { .uid = PTREE_UNKNOWN_ID };
	struct span left = span_of(path, strlen(path));
	struct span parent = { .at = path, .end = path };

	if (span_ends_with(&left, " (deleted)"))
		left.end -= strlen(" (deleted)");
	while (left.at < left.end) {
		struct span part;

		if (!span_take_until(&left, '/', &part)) {
			part = left;
			left.at = left.end;
		}
		if (part.at == part.end || span_is(&part, ".."))
			continue;
		take_uid(part, &owner.uid);
		take_unit(part, &owner);
		take_container(parent, part, &owner);
		parent = part;
	}
	sized_write(out, size, &owner, sizeof(owner));
}
