/* SPDX-License-Identifier: MIT */
/* What stat, status, limits and their like say of one process, as pure functions; see details.h. */
#include "details.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define KB_BYTES 1024
#define LIMIT_NAME_WIDTH 25 /* fs/proc/base.c: "%-25s %-20s %-20s %-10s\n" */

static bool is_at_end(const struct span *left)
{
	return left->at == left->end;
}

/* ---- stat ---- */

/* Fields are counted from the parent on, as in proc(5) from 4. */
enum {
	FIELD_TPGID = 8 - 4,
	FIELD_MINFLT = 10 - 4,
	FIELD_MAJFLT = 12 - 4,
	FIELD_NICE = 19 - 4,
	FIELD_PROCESSOR = 39 - 4,
	FIELD_RT_PRIORITY = 40 - 4,
	FIELD_POLICY = 41 - 4,
	FIELD_COUNT,
};

static bool is_id(int64_t value)
{
	return value >= 0 && value <= INT_MAX;
}

static bool are_sane(const struct details_stat *stat)
{
	return stat->foreground_pgrp >= -1 && stat->foreground_pgrp <= INT_MAX &&
	       stat->minor_faults >= 0 && stat->major_faults >= 0 && stat->nice >= -20 &&
	       stat->nice <= 19 && is_id(stat->last_cpu) && is_id(stat->realtime_priority) &&
	       is_id(stat->policy);
}

int details_parse_stat(struct span text, struct details_stat *out)
{
	struct details_stat stat = { 0 };
	int64_t *const wanted[FIELD_COUNT] = {
		[FIELD_TPGID] = &stat.foreground_pgrp,
		[FIELD_MINFLT] = &stat.minor_faults,
		[FIELD_MAJFLT] = &stat.major_faults,
		[FIELD_NICE] = &stat.nice,
		[FIELD_PROCESSOR] = &stat.last_cpu,
		[FIELD_RT_PRIORITY] = &stat.realtime_priority,
		[FIELD_POLICY] = &stat.policy,
	};
	/* The name is raw and may hold anything, what follows it only letters and numbers. */
	const char *after = span_size(&text) ? memrchr(text.at, ')', span_size(&text)) : NULL;

	if (!after)
		return -EBADMSG;
	text.at = after + 1;
	span_skip_blanks(&text);
	span_take_word(&text); /* the state */
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct span word;

		span_skip_blanks(&text);
		word = span_take_word(&text);
		if (is_at_end(&text) ||
		    (wanted[i] && (!span_take_integer(&word, wanted[i]) || !is_at_end(&word))))
			return -EBADMSG;
	}
	if (!are_sane(&stat))
		return -EBADMSG;
	*out = stat;
	return 0;
}

/* ---- status ---- */

static bool find_number(struct span text, const char *key, uint64_t max, uint64_t *value)
{
	struct span rest;

	if (!span_find_line(text, key, &rest))
		return false;
	span_skip_blanks(&rest);
	return span_take_number(&rest, value) && is_at_end(&rest) && *value <= max;
}

static bool find_number32(struct span text, const char *key, uint32_t *out)
{
	uint64_t value;

	if (!find_number(text, key, UINT32_MAX, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

static bool find_mask(struct span text, const char *key, uint64_t *mask)
{
	struct span rest;
	uint64_t value;

	if (!span_find_line(text, key, &rest))
		return false;
	span_skip_blanks(&rest);
	if (!span_take_hex(&rest, &value) || !is_at_end(&rest))
		return false;
	*mask = value;
	return true;
}

bool details_find_kb(struct span text, const char *key, uint64_t *bytes)
{
	struct span rest;
	uint64_t kb;

	if (!span_find_line(text, key, &rest))
		return false;
	span_skip_blanks(&rest);
	if (!span_take_number(&rest, &kb) || !span_is(&rest, " kB") || kb > UINT64_MAX / KB_BYTES)
		return false;
	*bytes = kb * KB_BYTES;
	return true;
}

/* All four or none. */
static bool find_ids(struct span text, const char *key, uint32_t ids[4])
{
	uint64_t found[4];
	struct span rest;

	if (!span_find_line(text, key, &rest))
		return false;
	for (int i = 0; i < 4; i++) {
		span_skip_blanks(&rest);
		if (!span_take_number(&rest, &found[i]) || found[i] > UINT32_MAX)
			return false;
	}
	for (int i = 0; i < 4; i++)
		ids[i] = (uint32_t)found[i];
	return is_at_end(&rest);
}

static bool find_umask(struct span text, uint32_t *out)
{
	struct span rest;
	uint32_t value = 0;

	if (!span_find_line(text, "Umask:", &rest))
		return false;
	span_skip_blanks(&rest);
	if (is_at_end(&rest))
		return false;
	for (; rest.at < rest.end; rest.at++) {
		if (*rest.at < '0' || *rest.at > '7' || value > 0777)
			return false;
		value = value * 8 + (uint32_t)(*rest.at - '0');
	}
	*out = value;
	return true;
}

static bool find_capabilities(struct span text, uint64_t sets[PTREE_CAPABILITY_SETS])
{
	uint64_t found[PTREE_CAPABILITY_SETS] = { 0 };

	if (!find_mask(text, "CapInh:", &found[PTREE_CAPABILITIES_INHERITABLE]) ||
	    !find_mask(text, "CapPrm:", &found[PTREE_CAPABILITIES_PERMITTED]) ||
	    !find_mask(text, "CapEff:", &found[PTREE_CAPABILITIES_EFFECTIVE]) ||
	    !find_mask(text, "CapBnd:", &found[PTREE_CAPABILITIES_BOUNDING]))
		return false;
	find_mask(text, "CapAmb:", &found[PTREE_CAPABILITIES_AMBIENT]);
	memcpy(sets, found, sizeof(found));
	return true;
}

static bool find_memory(struct span text, struct ptree_details *details)
{
	uint64_t rss, size;

	if (!details_find_kb(text, "VmRSS:", &rss) || !details_find_kb(text, "VmSize:", &size))
		return false;
	details->rss_bytes = rss;
	details->size_bytes = size;
	details_find_kb(text, "VmHWM:", &details->peak_rss_bytes);
	details_find_kb(text, "VmPeak:", &details->peak_size_bytes);
	details_find_kb(text, "VmSwap:", &details->swap_bytes);
	return true;
}

static bool find_rss_kinds(struct span text, struct ptree_details *details)
{
	uint64_t anonymous, file, shared;

	if (!details_find_kb(text, "RssAnon:", &anonymous) ||
	    !details_find_kb(text, "RssFile:", &file) ||
	    !details_find_kb(text, "RssShmem:", &shared))
		return false;
	details->rss_anonymous_bytes = anonymous;
	details->rss_file_bytes = file;
	details->rss_shared_bytes = shared;
	return true;
}

static bool find_switches(struct span text, struct ptree_details *details)
{
	uint64_t voluntary, involuntary;

	if (!find_number(text, "voluntary_ctxt_switches:", UINT64_MAX, &voluntary) ||
	    !find_number(text, "nonvoluntary_ctxt_switches:", UINT64_MAX, &involuntary))
		return false;
	details->voluntary_switches = voluntary;
	details->involuntary_switches = involuntary;
	return true;
}

static bool find_list(struct span text, const char *key, struct span *list)
{
	struct span rest;

	if (!span_find_line(text, key, &rest))
		return false;
	span_skip_blanks(&rest);
	*list = rest;
	return true;
}

uint32_t details_parse_status(struct span text, struct ptree_details *details, struct span *groups,
			      struct span *allowed_cpus)
{
	uint32_t found = 0, flag;
	uint32_t uids[4], gids[4];

	if (find_ids(text, "Uid:", uids) && find_ids(text, "Gid:", gids)) {
		memcpy(details->uids, uids, sizeof(uids));
		memcpy(details->gids, gids, sizeof(gids));
		found |= PIECE(PTREE_PIECE_CREDENTIALS);
	}
	if (find_list(text, "Groups:", groups))
		found |= PIECE(PTREE_PIECE_GROUPS);
	if (find_umask(text, &details->umask))
		found |= PIECE(PTREE_PIECE_UMASK);
	if (find_capabilities(text, details->capabilities))
		found |= PIECE(PTREE_PIECE_CAPABILITIES);
	if (find_number32(text, "NoNewPrivs:", &flag)) {
		details->no_new_privs = flag;
		found |= PIECE(PTREE_PIECE_NO_NEW_PRIVS);
	}
	if (find_number32(text, "Seccomp:", &details->seccomp_mode)) {
		find_number32(text, "Seccomp_filters:", &details->seccomp_filters);
		found |= PIECE(PTREE_PIECE_SECCOMP);
	}
	if (find_list(text, "Cpus_allowed_list:", allowed_cpus))
		found |= PIECE(PTREE_PIECE_AFFINITY);
	if (find_memory(text, details))
		found |= PIECE(PTREE_PIECE_MEMORY);
	if (find_rss_kinds(text, details))
		found |= PIECE(PTREE_PIECE_RSS_KINDS);
	if (find_switches(text, details))
		found |= PIECE(PTREE_PIECE_SWITCHES);
	return found;
}

bool details_next_group(struct span *groups, uint32_t *group)
{
	uint64_t number;

	span_skip_blanks(groups);
	if (!span_take_number(groups, &number) || number > UINT32_MAX)
		return false;
	*group = (uint32_t)number;
	return true;
}

/* ---- limits ---- */

static bool take_limit(struct span *line, uint64_t *limit)
{
	struct span word;

	span_skip_blanks(line);
	word = span_take_word(line);
	if (span_is(&word, "unlimited")) {
		*limit = PTREE_UNLIMITED;
		return true;
	}
	return span_take_number(&word, limit) && is_at_end(&word);
}

static bool parse_limit(struct span line, struct ptree_limit *limit)
{
	struct span name = { .at = line.at, .end = line.at + LIMIT_NAME_WIDTH };
	struct span unit;
	struct ptree_limit found = { 0 };

	if (span_size(&line) <= LIMIT_NAME_WIDTH)
		return false;
	line.at = name.end;
	while (name.end > name.at && name.end[-1] == ' ')
		name.end--;
	if (is_at_end(&name) || memchr(name.at, '\0', span_size(&name)) ||
	    !take_limit(&line, &found.soft) || !take_limit(&line, &found.hard))
		return false;
	span_skip_blanks(&line);
	unit = span_take_word(&line);
	span_copy(&name, found.name, sizeof(found.name));
	span_copy(&unit, found.unit, sizeof(found.unit));
	*limit = found;
	return true;
}

uint32_t details_parse_limits(struct span text, struct ptree_limit *limits, uint32_t max)
{
	uint32_t count = 0;
	struct span line;

	while (count < max && span_take_line(&text, &line))
		count += parse_limit(line, &limits[count]);
	return count;
}

/* ---- cgroup, namespaces ---- */

static bool parse_cgroup(struct span line, struct details_cgroup *cgroup)
{
	uint64_t hierarchy;

	if (!span_take_number(&line, &hierarchy) || hierarchy > UINT32_MAX ||
	    !span_take(&line, ":") || !span_take_until(&line, ':', &cgroup->controllers) ||
	    !span_starts_with(&line, "/"))
		return false;
	cgroup->hierarchy = (uint32_t)hierarchy;
	cgroup->path = line;
	return true;
}

bool details_next_cgroup(struct span *text, struct details_cgroup *cgroup)
{
	struct details_cgroup found;
	struct span line;

	while (span_take_line(text, &line)) {
		if (parse_cgroup(line, &found)) {
			*cgroup = found;
			return true;
		}
	}
	return false;
}

bool details_parse_namespace(struct span target, uint64_t *inode)
{
	struct span kind;
	uint64_t number;

	if (!span_take_until(&target, ':', &kind) || is_at_end(&kind) || !span_take(&target, "[") ||
	    !span_take_number(&target, &number) || !span_is(&target, "]"))
		return false;
	*inode = number;
	return true;
}

/* ---- smaps_rollup, io ---- */

int details_parse_pss(struct span text, struct ptree_details *details)
{
	uint64_t pss, clean = 0, dirty = 0, huge = 0;

	if (!details_find_kb(text, "Pss:", &pss))
		return -EBADMSG;
	details->pss_bytes = pss;
	details_find_kb(text, "Pss_Anon:", &details->pss_anonymous_bytes);
	details_find_kb(text, "Pss_File:", &details->pss_file_bytes);
	details_find_kb(text, "Pss_Shmem:", &details->pss_shared_bytes);
	details_find_kb(text, "SwapPss:", &details->swap_pss_bytes);
	details_find_kb(text, "Private_Clean:", &clean);
	details_find_kb(text, "Private_Dirty:", &dirty);
	details_find_kb(text, "Private_Hugetlb:", &huge);
	if (__builtin_add_overflow(clean, dirty, &clean) ||
	    __builtin_add_overflow(clean, huge, &clean))
		clean = UINT64_MAX;
	details->private_bytes = clean;
	return 0;
}

int details_parse_io(struct span text, struct ptree_details *details)
{
	static const char *const keys[] = { "rchar:",
					    "wchar:",
					    "syscr:",
					    "syscw:",
					    "read_bytes:",
					    "write_bytes:",
					    "cancelled_write_bytes:" };
	uint64_t value[7];

	for (int i = 0; i < 7; i++) {
		if (!find_number(text, keys[i], UINT64_MAX, &value[i]))
			return -EBADMSG;
	}
	details->read_characters = value[0];
	details->written_characters = value[1];
	details->read_calls = value[2];
	details->write_calls = value[3];
	details->read_bytes = value[4];
	details->written_bytes = value[5];
	details->cancelled_bytes = value[6];
	return 0;
}

/* ---- terminals ---- */

/* include/linux/kdev_t.h: new_encode_dev(). */
static uint32_t major_of(uint32_t device)
{
	return (device >> 8) & 0xfff;
}

static uint32_t minor_of(uint32_t device)
{
	return (device & 0xff) | ((device >> 12) & 0xfff00);
}

struct driver {
	struct span node; /* "/dev/ttyS" */
	uint64_t major, first, last;
	struct span type;
};

/* "serial               /dev/ttyS       4 64-95 serial" */
static bool parse_driver(struct span line, struct driver *driver)
{
	span_take_word(&line);
	span_skip_blanks(&line);
	driver->node = span_take_word(&line);
	span_skip_blanks(&line);
	if (!span_take_number(&line, &driver->major))
		return false;
	span_skip_blanks(&line);
	if (!span_take_number(&line, &driver->first))
		return false;
	driver->last = driver->first;
	if (span_take(&line, "-") && !span_take_number(&line, &driver->last))
		return false;
	span_skip_blanks(&line);
	driver->type = line;
	return span_starts_with(&driver->node, "/dev/");
}

/* Those of the kernel's own have no numbers behind their names, but virtual consoles, from 1 on. */
static bool name_device(const struct driver *driver, uint32_t minor, char *name, size_t size)
{
	int length = (int)span_size(&driver->node);
	unsigned number = (unsigned)(minor - driver->first);

	if (length > 64)
		return false;
	if (span_starts_with(&driver->type, "system") && driver->first == driver->last)
		snprintf(name, size, "%.*s", length, driver->node.at);
	else if (span_ends_with(&driver->node, "/pts"))
		snprintf(name, size, "%.*s/%u", length, driver->node.at, number);
	else
		snprintf(name, size, "%.*s%u", length, driver->node.at,
			 driver->major == 4 && driver->first == 1 ? minor : number);
	return true;
}

bool details_tty_name(struct span drivers, uint32_t device, char *name, size_t size)
{
	uint32_t major = major_of(device), minor = minor_of(device);
	struct driver driver;
	struct span line;

	while (span_take_line(&drivers, &line)) {
		if (parse_driver(line, &driver) && driver.major == major && minor >= driver.first &&
		    minor <= driver.last)
			return name_device(&driver, minor, name, size);
	}
	if (major < 136 || major > 143) /* Documentation/admin-guide/devices.txt */
		return false;
	snprintf(name, size, "/dev/pts/%u", minor + ((major - 136) << 8));
	return true;
}
