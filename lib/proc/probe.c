/* SPDX-License-Identifier: MIT */
/*
 * A process's directory of /proc, opened once. Such a descriptor is the process's, not the pid's:
 * of one that is reaped everything under it is gone, whoever has the pid then. It keeps nothing
 * that was read but what says who it is.
 */
#include "probe.h"
#include "procfs.h"
#include "base/units.h"

#include <errno.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STAT_BYTES 2048
#define FIRST_BYTES ((size_t)4096)
/* Begins are as fine as a clock tick, and an event's is a little later than the kernel's. */
#define SAME_BEGIN_NS (50 * NS_PER_MS)
/* include/linux/sched.h */
#define KERNEL_PF_EXITING 0x00000004u

enum view {
	VIEW_UNKNOWN, /* nobody has asked yet */
	VIEW_OURS,    /* it has our mounts */
	VIEW_OTHER,
};

struct ptree_probe {
	struct ptree_procfs *procfs;
	int directory;
	pid_t pid;
	uint64_t start_ns;
	enum view view;
};

/* ---- errors ---- */

static int read_stat(const struct ptree_probe *probe, struct ptree_process *process,
		     uint32_t *flags)
{
	char buf[STAT_BYTES];
	int fd = procfs_open_at(probe->procfs, probe->directory, "stat", PROCFS_FILE);
	ssize_t size;

	if (fd < 0)
		return fd;
	size = procfs_read_once(fd, buf, sizeof(buf));
	probe_close_file(probe, fd);
	if (size < 0)
		return (int)size;
	return procfs_parse_stat(buf, (size_t)size, procfs_units(probe->procfs), process, flags);
}

/* What is not there: the process, what only living programs have, or a file of a later kernel. */
int probe_explain(const struct ptree_probe *probe, int error)
{
	struct ptree_process process;
	uint32_t flags;
	int err;

	if (error != -ESRCH)
		return error;
	err = read_stat(probe, &process, &flags);
	if (err)
		return err;
	if (process.is_kernel_thread || process.state == 'Z' || process.state == 'X' ||
	    flags & KERNEL_PF_EXITING)
		return -ENODATA;
	return -EOPNOTSUPP;
}

bool ptree_probe_is_there(const struct ptree_probe *probe)
{
	return faccessat(probe->directory, "stat", F_OK, 0) == 0;
}

/* ---- files ---- */

int probe_open_file(const struct ptree_probe *probe, const char *path, int flags)
{
	int fd = procfs_open_at(probe->procfs, probe->directory, path, flags);

	return fd < 0 ? probe_explain(probe, fd) : fd;
}

/* The process may go between the two: fdopendir() asks what it is, and the kernel says ENOENT. */
int probe_open_directory(const struct ptree_probe *probe, const char *path, DIR **out)
{
	int fd = probe_open_file(probe, path, PROCFS_DIRECTORY);
	DIR *directory;
	int err;

	if (fd < 0)
		return fd;
	directory = fdopendir(fd);
	if (!directory) {
		err = procfs_error(errno);
		probe_close_file(probe, fd);
		return probe_explain(probe, err);
	}
	*out = directory;
	return 0;
}

void probe_close_directory(const struct ptree_probe *probe, DIR *directory)
{
	closedir(directory);
	procfs_refill(probe->procfs);
}

void probe_close_file(const struct ptree_probe *probe, int fd)
{
	close(fd);
	procfs_refill(probe->procfs);
}

/* The kernel makes long files a page at a time, so that a short read is not the end. */
static ssize_t read_on(int fd, char *buf, size_t size)
{
	size_t done = 0;
	ssize_t got = 1;

	while (done < size && got > 0) {
		got = procfs_read_once(fd, buf + done, size - done);
		if (got > 0)
			done += (size_t)got;
	}
	return got < 0 ? got : (ssize_t)done;
}

ssize_t probe_read_into(const struct ptree_probe *probe, const char *path, char *buf, size_t size)
{
	int fd = probe_open_file(probe, path, PROCFS_FILE);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = read_on(fd, buf, size);
	probe_close_file(probe, fd);
	return got < 0 ? probe_explain(probe, (int)got) : got;
}

static int grow(char **bytes, size_t *capacity, size_t limit)
{
	size_t more = !*capacity ? FIRST_BYTES : *capacity > limit / 2 ? limit : *capacity * 2;
	char *bigger = realloc(*bytes, more);

	if (!bigger)
		return -ENOMEM;
	*bytes = bigger;
	*capacity = more;
	return 0;
}

static int read_whole(int fd, size_t limit, char **bytes, size_t *size)
{
	size_t capacity = 0;
	ssize_t got;

	*bytes = NULL;
	*size = 0;
	do {
		int err = grow(bytes, &capacity, limit);

		if (err)
			return err;
		got = read_on(fd, *bytes + *size, capacity - *size);
		if (got < 0)
			return (int)got;
		*size += (size_t)got;
	} while (*size == capacity && capacity < limit);
	return 0;
}

int probe_read(const struct ptree_probe *probe, const char *path, size_t limit, char **bytes,
	       size_t *size)
{
	int fd = probe_open_file(probe, path, PROCFS_FILE);
	char *found;
	size_t count;
	int err;

	if (fd < 0)
		return fd;
	err = read_whole(fd, limit, &found, &count);
	probe_close_file(probe, fd);
	if (err) {
		free(found);
		return probe_explain(probe, err);
	}
	*bytes = found;
	*size = count;
	return 0;
}

/* ---- links ---- */

ssize_t probe_read_link(const struct ptree_probe *probe, const char *path, char *buf, size_t size)
{
	ssize_t got = readlinkat(probe->directory, path, buf, size);

	if (got < 0)
		return probe_explain(probe, procfs_error(errno));
	if ((size_t)got == size)
		return -EBADMSG;
	buf[got] = '\0';
	return got;
}

int probe_stat(const struct ptree_probe *probe, const char *path, struct statx *file)
{
	if (statx(probe->directory, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, file) < 0)
		return probe_explain(probe, procfs_error(errno));
	return 0;
}

static enum view find_view(const struct ptree_probe *probe)
{
	char own[64], its[64];
	int root = procfs_directory(probe->procfs);
	ssize_t own_size = readlinkat(root, "self/ns/mnt", own, sizeof(own));
	ssize_t its_size = readlinkat(probe->directory, "ns/mnt", its, sizeof(its));

	if (own_size < 0 || its_size < 0 ||
	    (own_size == its_size && !memcmp(own, its, (size_t)own_size)))
		return VIEW_OURS;
	return VIEW_OTHER;
}

/* Links in the path lead to where they lead for the process, not for us. Since Linux 5.6. */
static int stat_in_root(const struct ptree_probe *probe, const char *path, struct statx *file)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int root = openat(probe->directory, "root", O_PATH | O_CLOEXEC);
	int fd, err = 0;

	if (root < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0 ||
	    statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, file) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	close(root);
	return err;
}

int probe_stat_path(struct ptree_probe *probe, const char *path, struct statx *file)
{
	if (*path != '/')
		return -ENOENT;
	if (probe->view == VIEW_UNKNOWN)
		probe->view = find_view(probe);
	if (probe->view == VIEW_OTHER)
		return stat_in_root(probe, path, file);
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, file) < 0 ? -errno : 0;
}

bool probe_is_same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor;
}

bool probe_take_deleted(struct ptree_probe *probe, const char *link, char *target)
{
	struct span name = span_of(target, strlen(target));
	struct statx file = { 0 }, named = { 0 };

	if (!span_ends_with(&name, PROBE_DELETED))
		return false;
	/* A file with names may have lost the one that it was opened by. */
	if (!probe_stat(probe, link, &file) && file.stx_nlink &&
	    !probe_stat_path(probe, target, &named) && probe_is_same_file(&file, &named))
		return false;
	target[span_size(&name) - strlen(PROBE_DELETED)] = '\0';
	return true;
}

/* ---- life ---- */

const struct ptree_procfs *probe_procfs(const struct ptree_probe *probe)
{
	return probe->procfs;
}

const struct procfs_units *probe_units(const struct ptree_probe *probe)
{
	return procfs_units(probe->procfs);
}

pid_t ptree_probe_pid(const struct ptree_probe *probe)
{
	return probe->pid;
}

uint64_t ptree_probe_start_ns(const struct ptree_probe *probe)
{
	return probe->start_ns;
}

static bool is_near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= SAME_BEGIN_NS;
}

static int identify(struct ptree_probe *probe, uint64_t start_ns)
{
	struct ptree_process process;
	uint32_t flags;
	int err = read_stat(probe, &process, &flags);

	if (err)
		return err;
	if (process.pid != probe->pid)
		return -EBADMSG;
	probe->start_ns = process.start_ns;
	return !start_ns || is_near(start_ns, process.start_ns) ? 0 : -ESRCH;
}

int ptree_probe_open(struct ptree_probe **out, struct ptree_procfs *procfs, pid_t pid,
		     uint64_t start_ns)
{
	struct ptree_probe *probe = malloc(sizeof(*probe));
	char path[16];
	int err;

	if (!probe)
		return -ENOMEM;
	*probe = (struct ptree_probe){ .procfs = procfs, .pid = pid };
	snprintf(path, sizeof(path), "%d", pid);
	err = procfs_open_at(procfs, procfs_directory(procfs), path, PROCFS_DIRECTORY);
	if (err < 0) {
		free(probe);
		return err;
	}
	probe->directory = err;
	err = identify(probe, start_ns);
	if (err)
		ptree_probe_close(probe);
	else
		*out = probe;
	return err;
}

void ptree_probe_close(struct ptree_probe *probe)
{
	if (!probe)
		return;
	probe_close_file(probe, probe->directory);
	free(probe);
}

/* ---- pieces ---- */

enum ptree_piece_status ptree_piece_status_of(int error)
{
	switch (error) {
	case 0:
		return PTREE_PIECE_KNOWN;
	case -ENODATA:
		return PTREE_PIECE_NONE;
	case -EACCES:
		return PTREE_PIECE_REFUSED;
	case -ESRCH:
		return PTREE_PIECE_GONE;
	case -EOPNOTSUPP:
		return PTREE_PIECE_UNSUPPORTED;
	default:
		return PTREE_PIECE_FAILED;
	}
}

/* Whatever a link or a file leads to in another's process asks for PTRACE_MODE_READ_FSCREDS
   (fs/proc/base.c); what is not readable to others by its mode asks for more before. */
#define TRACE "CAP_SYS_PTRACE"
#define TRACE_AND_READ "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"

static const struct {
	const char *name, *privilege;
} pieces[PTREE_PIECE_COUNT] = {
	[PTREE_PIECE_EXE] = { "exe", TRACE },
	[PTREE_PIECE_EXE_FILE] = { "exe-file", TRACE_AND_READ },
	[PTREE_PIECE_CWD] = { "cwd", TRACE },
	[PTREE_PIECE_ROOT] = { "root", TRACE },
	[PTREE_PIECE_TTY] = { "tty", NULL },
	[PTREE_PIECE_CREDENTIALS] = { "credentials", NULL },
	[PTREE_PIECE_GROUPS] = { "groups", NULL },
	[PTREE_PIECE_UMASK] = { "umask", NULL },
	[PTREE_PIECE_CAPABILITIES] = { "capabilities", NULL },
	[PTREE_PIECE_NO_NEW_PRIVS] = { "no-new-privs", NULL },
	[PTREE_PIECE_SECCOMP] = { "seccomp", NULL },
	[PTREE_PIECE_LIMITS] = { "limits", NULL },
	[PTREE_PIECE_OOM] = { "oom", NULL },
	[PTREE_PIECE_SCHEDULING] = { "scheduling", NULL },
	[PTREE_PIECE_AFFINITY] = { "affinity", NULL },
	[PTREE_PIECE_CGROUPS] = { "cgroups", NULL },
	[PTREE_PIECE_NAMESPACES] = { "namespaces", TRACE_AND_READ },
	[PTREE_PIECE_MEMORY] = { "memory", NULL },
	[PTREE_PIECE_RSS_KINDS] = { "rss-kinds", NULL },
	[PTREE_PIECE_PSS] = { "pss", TRACE },
	[PTREE_PIECE_IO] = { "io", TRACE_AND_READ },
	[PTREE_PIECE_FAULTS] = { "faults", NULL },
	[PTREE_PIECE_SWITCHES] = { "switches", NULL },
	[PTREE_PIECE_LOGIN] = { "login", NULL },
	[PTREE_PIECE_ENVIRONMENT] = { "environment", TRACE_AND_READ },
	[PTREE_PIECE_DESCRIPTORS] = { "descriptors", TRACE_AND_READ },
	[PTREE_PIECE_MAPS] = { "maps", TRACE },
	[PTREE_PIECE_WCHAN] = { "wchan", TRACE },
	[PTREE_PIECE_STACK] = { "stack", "CAP_SYS_ADMIN" },
};

const char *ptree_piece_name(enum ptree_piece piece)
{
	return (unsigned)piece < PTREE_PIECE_COUNT ? pieces[piece].name : "?";
}

const char *ptree_piece_privilege(enum ptree_piece piece)
{
	return (unsigned)piece < PTREE_PIECE_COUNT ? pieces[piece].privilege : NULL;
}
