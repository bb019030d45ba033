/* SPDX-License-Identifier: MIT */
/*
 * The details of one process, a piece after the other. That a piece is refused or missing costs
 * that piece. What pointers lead to is in one chain of blocks, so that a caller who was compiled
 * with fewer members frees those that it does not know, too.
 */
#include "details.h"
#include "base/sized.h"
#include "probe.h"
#include "procfs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_BYTES 2048
#define SMALL_BYTES 4096
#define STATUS_BYTES_MAX ((size_t)1 << 20) /* 65,536 groups of ten digits */
#define CGROUP_BYTES_MAX ((size_t)1 << 18)
#define CGROUPS_MAX 64
#define TARGET_BYTES (PATH_MAX + 64)

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct reading {
	struct ptree_probe *probe;
	struct ptree_details *details;
	uint32_t what;
};

/* ---- memory ---- */

static void *take_block(struct ptree_details *details, size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->next = details->memory;
	details->memory = block;
	return block->bytes;
}

/* With a NUL; NULL: no memory. */
static const char *keep_text(struct ptree_details *details, struct span text)
{
	char *copy = take_block(details, span_size(&text) + 1);

	if (copy)
		memcpy(copy, text.at, span_size(&text));
	return copy;
}

void ptree_details_clear(struct ptree_details *details)
{
	struct block *block = details->memory;

	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	details->memory = NULL;
	memset(details->status, PTREE_PIECE_UNREAD, sizeof(details->status));
}

static bool wants(const struct reading *reading, uint32_t pieces)
{
	return reading->what & pieces;
}

static void set_status(struct reading *reading, enum ptree_piece piece, int err)
{
	if (wants(reading, PIECE(piece)))
		reading->details->status[piece] = (uint8_t)ptree_piece_status_of(err);
}

/* ---- stat ---- */

static int take_stat(struct ptree_details *details, const char *buf, size_t size,
		     const struct procfs_units *units)
{
	struct ptree_process process;
	struct details_stat more;
	uint32_t flags;
	int err = procfs_parse_stat(buf, size, units, &process, &flags);

	if (!err)
		err = details_parse_stat(span_of(buf, size), &more);
	if (err)
		return err;
	details->pid = process.pid;
	details->ppid = process.ppid;
	details->pgrp = process.pgrp;
	details->sid = process.sid;
	details->foreground_pgrp = (pid_t)more.foreground_pgrp;
	details->state = process.state;
	details->is_kernel_thread = process.is_kernel_thread;
	details->threads = process.thread_count;
	details->start_ns = process.start_ns;
	details->cpu_user_ns = process.cpu_user_ns;
	details->cpu_system_ns = process.cpu_system_ns;
	details->waited_cpu_ns = process.waited_cpu_ns;
	details->minor_faults = (uint64_t)more.minor_faults;
	details->major_faults = (uint64_t)more.major_faults;
	details->policy = (uint32_t)more.policy;
	details->realtime_priority = (uint32_t)more.realtime_priority;
	details->nice = (int32_t)more.nice;
	details->last_cpu = (uint32_t)more.last_cpu;
	details->tty_device = process.tty;
	return 0;
}

static int read_stat(struct reading *reading)
{
	char buf[STAT_BYTES];
	ssize_t size;
	int err;

	reading->details->read_ns = ptree_boot_now_ns();
	size = probe_read_into(reading->probe, "stat", buf, sizeof(buf));
	if (size < 0)
		return (int)size;
	err = take_stat(reading->details, buf, (size_t)size, probe_units(reading->probe));
	if (err)
		return err;
	set_status(reading, PTREE_PIECE_SCHEDULING, 0);
	set_status(reading, PTREE_PIECE_FAULTS, 0);
	return 0;
}

/* ---- status ---- */

#define STATUS_PIECES                                                                              \
	(PIECE(PTREE_PIECE_CREDENTIALS) | PIECE(PTREE_PIECE_GROUPS) | PIECE(PTREE_PIECE_UMASK) |   \
	 PIECE(PTREE_PIECE_CAPABILITIES) | PIECE(PTREE_PIECE_NO_NEW_PRIVS) |                       \
	 PIECE(PTREE_PIECE_SECCOMP) | PIECE(PTREE_PIECE_AFFINITY) | PIECE(PTREE_PIECE_MEMORY) |    \
	 PIECE(PTREE_PIECE_RSS_KINDS) | PIECE(PTREE_PIECE_SWITCHES))

static int keep_groups(struct ptree_details *details, struct span text)
{
	struct span left = text;
	uint32_t count = 0, group;
	uint32_t *groups;

	while (details_next_group(&left, &group))
		count++;
	groups = take_block(details, count * sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		details_next_group(&text, &groups[i]);
	details->groups = groups;
	details->group_count = count;
	return 0;
}

/* Memory is missing where there is none; the rest where the kernel is too old. */
static int missing(const struct ptree_details *details, unsigned piece, uint32_t found)
{
	bool has_memory = found & PIECE(PTREE_PIECE_MEMORY);

	if (piece != PTREE_PIECE_MEMORY && (piece != PTREE_PIECE_RSS_KINDS || has_memory))
		return -EOPNOTSUPP;
	return details->is_kernel_thread || details->state == 'Z' || details->state == 'X'
		   ? -ENODATA
		   : -EOPNOTSUPP;
}

static int take_status(struct reading *reading, struct span text)
{
	struct ptree_details *details = reading->details;
	struct span groups = text, cpus = text;
	uint32_t found = details_parse_status(text, details, &groups, &cpus);
	int err = 0;

	for (unsigned piece = 0; piece < PTREE_PIECE_COUNT; piece++) {
		if (PIECE(piece) & STATUS_PIECES)
			set_status(reading, (enum ptree_piece)piece,
				   PIECE(piece) & found ? 0 : missing(details, piece, found));
	}
	if (found & PIECE(PTREE_PIECE_GROUPS))
		err = keep_groups(details, groups);
	if (!err && found & PIECE(PTREE_PIECE_AFFINITY)) {
		details->allowed_cpus = keep_text(details, cpus);
		err = details->allowed_cpus ? 0 : -ENOMEM;
	}
	return err;
}

static int read_status(struct reading *reading)
{
	char *bytes;
	size_t size;
	int err = probe_read(reading->probe, "status", STATUS_BYTES_MAX, &bytes, &size);

	if (err) {
		for (unsigned piece = 0; piece < PTREE_PIECE_COUNT; piece++) {
			if (PIECE(piece) & STATUS_PIECES)
				set_status(reading, (enum ptree_piece)piece, err);
		}
		return err;
	}
	err = take_status(reading, span_of(bytes, size));
	free(bytes);
	return err;
}

/* ---- links ---- */

static int keep_link(struct reading *reading, const char *link, char *target, const char **out)
{
	struct ptree_details *details = reading->details;
	ssize_t size = probe_read_link(reading->probe, link, target, TARGET_BYTES);

	if (size < 0)
		return (int)size;
	*out = keep_text(details, span_of(target, (size_t)size));
	return *out ? 0 : -ENOMEM;
}

/* Whether what runs is what is at its path now. */
static int compare_exe(struct reading *reading, const char *path)
{
	struct ptree_details *details = reading->details;
	struct statx running, there;
	int err = probe_stat(reading->probe, "exe", &running);

	if (err)
		return err;
	err = probe_stat_path(reading->probe, path, &there);
	if (err == -ENOENT || err == -ENOTDIR)
		return 0; /* there is none */
	if (err)
		return procfs_error(-err);
	details->exe_is_replaced = !probe_is_same_file(&running, &there) ||
				   running.stx_mtime.tv_sec != there.stx_mtime.tv_sec ||
				   running.stx_mtime.tv_nsec != there.stx_mtime.tv_nsec;
	return 0;
}

static int read_exe(struct reading *reading)
{
	struct ptree_details *details = reading->details;
	char target[TARGET_BYTES];
	ssize_t size = probe_read_link(reading->probe, "exe", target, sizeof(target));

	if (size < 0) {
		set_status(reading, PTREE_PIECE_EXE_FILE, (int)size);
		return (int)size;
	}
	details->exe_is_deleted = probe_take_deleted(reading->probe, "exe", target);
	details->exe_path = keep_text(details, span_of(target, strlen(target)));
	if (!details->exe_path)
		return -ENOMEM;
	if (wants(reading, PIECE(PTREE_PIECE_EXE_FILE)))
		set_status(reading, PTREE_PIECE_EXE_FILE, compare_exe(reading, target));
	return 0;
}

static int read_cwd(struct reading *reading)
{
	char target[TARGET_BYTES];

	return keep_link(reading, "cwd", target, &reading->details->cwd);
}

static int read_root(struct reading *reading)
{
	char target[TARGET_BYTES];

	return keep_link(reading, "root", target, &reading->details->root);
}

static int add_namespace(struct reading *reading, const char *kind)
{
	struct ptree_details *details = reading->details;
	struct ptree_namespace *space = &details->namespaces[details->namespace_count];
	struct span name = span_of(kind, strlen(kind));
	char path[64], target[64];
	ssize_t size;

	if (*kind == '.' || span_size(&name) >= sizeof(space->kind) ||
	    details->namespace_count == PTREE_NAMESPACE_MAX)
		return 0;
	snprintf(path, sizeof(path), "ns/%.*s", (int)span_size(&name), kind);
	size = probe_read_link(reading->probe, path, target, sizeof(target));
	/* pid_for_children is none until there is a first child in it. */
	if (size == -EOPNOTSUPP || size == -ENODATA)
		return 0;
	if (size < 0)
		return (int)size;
	if (!details_parse_namespace(span_of(target, (size_t)size), &space->inode))
		return 0;
	span_copy(&name, space->kind, sizeof(space->kind));
	details->namespace_count++;
	return 0;
}

static int read_namespaces(struct reading *reading)
{
	const struct dirent *entry;
	DIR *dir;
	int err = probe_open_directory(reading->probe, "ns", &dir);

	if (err)
		return err;
	while (!err && (entry = readdir(dir)))
		err = add_namespace(reading, entry->d_name);
	probe_close_directory(reading->probe, dir);
	return err;
}

/* ---- others ---- */

static int read_tty(struct reading *reading)
{
	struct ptree_details *details = reading->details;
	char drivers[SMALL_BYTES], name[128];
	ssize_t size;

	if (!details->tty_device)
		return -ENODATA;
	size =
	    procfs_read_path(probe_procfs(reading->probe), "tty/drivers", drivers, sizeof(drivers));
	if (!details_tty_name(span_of(drivers, size < 0 ? 0 : (size_t)size), details->tty_device,
			      name, sizeof(name)))
		return -EOPNOTSUPP;
	details->tty = keep_text(details, span_of(name, strlen(name)));
	return details->tty ? 0 : -ENOMEM;
}

static int read_limits(struct reading *reading)
{
	struct ptree_details *details = reading->details;
	char buf[SMALL_BYTES];
	ssize_t size = probe_read_into(reading->probe, "limits", buf, sizeof(buf));

	if (size < 0)
		return (int)size;
	details->limit_count =
	    details_parse_limits(span_of(buf, (size_t)size), details->limits, PTREE_LIMIT_MAX);
	return details->limit_count ? 0 : -EBADMSG;
}

static int read_integer(struct reading *reading, const char *path, int64_t *value)
{
	char buf[64];
	ssize_t size = probe_read_into(reading->probe, path, buf, sizeof(buf));
	struct span text = span_of(buf, size < 0 ? 0 : (size_t)size);

	if (size < 0)
		return (int)size;
	return span_take_integer(&text, value) ? 0 : -EBADMSG;
}

static int read_oom(struct reading *reading)
{
	int64_t score, adjustment;
	int err = read_integer(reading, "oom_score", &score);

	if (!err)
		err = read_integer(reading, "oom_score_adj", &adjustment);
	if (err)
		return err;
	if (score < 0 || score > INT32_MAX || adjustment < -1000 || adjustment > 1000)
		return -EBADMSG;
	reading->details->oom_score = (int32_t)score;
	reading->details->oom_score_adj = (int32_t)adjustment;
	return 0;
}

static int read_login(struct reading *reading)
{
	int64_t uid, session;
	int err = read_integer(reading, "loginuid", &uid);

	if (!err)
		err = read_integer(reading, "sessionid", &session);
	if (err)
		return err;
	if (uid < 0 || uid > UINT32_MAX || session < 0 || session > UINT32_MAX)
		return -EBADMSG;
	reading->details->login_uid = (uint32_t)uid;
	reading->details->login_session = (uint32_t)session;
	return 0;
}

static int keep_cgroups(struct ptree_details *details, struct span text)
{
	struct ptree_cgroup *cgroups = take_block(details, CGROUPS_MAX * sizeof(*cgroups));
	struct details_cgroup line;
	uint32_t count = 0;

	if (!cgroups)
		return -ENOMEM;
	while (count < CGROUPS_MAX && details_next_cgroup(&text, &line)) {
		struct ptree_cgroup *cgroup = &cgroups[count++];

		cgroup->hierarchy = line.hierarchy;
		cgroup->controllers = keep_text(details, line.controllers);
		cgroup->path = keep_text(details, line.path);
		if (!cgroup->controllers || !cgroup->path)
			return -ENOMEM;
	}
	details->cgroups = cgroups;
	details->cgroup_count = count;
	return 0;
}

static int read_cgroups(struct reading *reading)
{
	char *bytes;
	size_t size;
	int err = probe_read(reading->probe, "cgroup", CGROUP_BYTES_MAX, &bytes, &size);

	if (err)
		return err;
	err = keep_cgroups(reading->details, span_of(bytes, size));
	free(bytes);
	return err;
}

static int read_pss(struct reading *reading)
{
	char buf[SMALL_BYTES];
	ssize_t size = probe_read_into(reading->probe, "smaps_rollup", buf, sizeof(buf));

	if (size < 0)
		return (int)size;
	/* Of those without memory older kernels make an empty file. */
	if (!size)
		return -ENODATA;
	return details_parse_pss(span_of(buf, (size_t)size), reading->details);
}

static int read_io(struct reading *reading)
{
	char buf[SMALL_BYTES];
	ssize_t size = probe_read_into(reading->probe, "io", buf, sizeof(buf));

	if (size < 0)
		return (int)size;
	return details_parse_io(span_of(buf, (size_t)size), reading->details);
}

/* ---- all of it ---- */

/* Those with a reader of their own. EXE_FILE comes with EXE. */
static const struct {
	enum ptree_piece piece;
	int (*read)(struct reading *reading);
} readers[] = {
	{ PTREE_PIECE_EXE, read_exe },
	{ PTREE_PIECE_CWD, read_cwd },
	{ PTREE_PIECE_ROOT, read_root },
	{ PTREE_PIECE_TTY, read_tty },
	{ PTREE_PIECE_LIMITS, read_limits },
	{ PTREE_PIECE_OOM, read_oom },
	{ PTREE_PIECE_CGROUPS, read_cgroups },
	{ PTREE_PIECE_LOGIN, read_login },
	{ PTREE_PIECE_NAMESPACES, read_namespaces },
	{ PTREE_PIECE_PSS, read_pss },
	{ PTREE_PIECE_IO, read_io },
};

/* What is about us rather than about a piece. */
static bool is_ours(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

/* Pieces fail by themselves. Returns what is about us, or about all of them. */
static int read_all(struct reading *reading)
{
	int err = read_stat(reading);

	if (err)
		return err == -ENODATA || err == -EOPNOTSUPP ? -ESRCH : err;
	if (wants(reading, STATUS_PIECES))
		err = read_status(reading);
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]) && !is_ours(err); i++) {
		if (!wants(reading, PIECE(readers[i].piece)))
			continue;
		err = readers[i].read(reading);
		set_status(reading, readers[i].piece, err);
	}
	return is_ours(err) ? err : 0;
}

int ptree_probe_details_sized(struct ptree_probe *probe, uint32_t what, struct ptree_details *out,
			      size_t size)
{
	struct ptree_details *details = calloc(1, sizeof(*details));
	struct reading reading = { .probe = probe, .details = details, .what = what };
	int err;

	if (!details)
		return -ENOMEM;
	if (!what)
		reading.what = UINT32_MAX;
	if (wants(&reading, PIECE(PTREE_PIECE_EXE_FILE)))
		reading.what |= PIECE(PTREE_PIECE_EXE);
	details->login_uid = details->login_session = PTREE_UNKNOWN_ID;
	err = read_all(&reading);
	if (err)
		ptree_details_clear(details);
	else
		sized_write(out, size, details, sizeof(*details));
	free(details);
	return err;
}

const char *ptree_details_cgroup(const struct ptree_details *details)
{
	const char *best = NULL;
	int best_rank = -1;

	for (uint32_t i = 0; i < details->cgroup_count; i++) {
		const struct ptree_cgroup *cgroup = &details->cgroups[i];
		int rank = !strcmp(cgroup->controllers, "name=systemd") ? 2 : 1;

		if (!cgroup->hierarchy)
			rank = 3;
		if (!strcmp(cgroup->path, "/"))
			rank = 0;
		if (rank > best_rank) {
			best_rank = rank;
			best = cgroup->path;
		}
	}
	return best;
}

uint64_t ptree_details_namespace(const struct ptree_details *details, const char *kind)
{
	for (uint32_t i = 0; i < details->namespace_count; i++) {
		if (!strcmp(details->namespaces[i].kind, kind))
			return details->namespaces[i].inode;
	}
	return 0;
}
