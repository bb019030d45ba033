/* SPDX-License-Identifier: MIT */
/*
 * Reads entries of /proc, or of a directory that looks like it, and parses them. The only state is
 * the directory's descriptor, and some in reserve, so threads may share it. Nothing is cached, and
 * nothing here decides which process is read or when.
 *
 * Whatever an entry turns out to be, opening it never waits. Reading cmdline can: it takes the
 * target's memory lock.
 */
#include "procfs.h"
#include "base/units.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 48
#define STAT_BYTES 2048
#define PIDFD_INFO_BYTES 512
#define STATUS_BYTES 1024 /* what is looked for stands before the lines that can be long */
#define COMM_BYTES 128	  /* kernel threads show up to 64 */
#define ARGV_MAX_BYTES 4096
#define THREADS_ASKED_MAX 8

/* include/linux/sched.h */
#define KERNEL_PF_EXITING 0x00000004u
#define KERNEL_PF_KTHREAD 0x00200000u

/* As many as the two threads of a scan have open at once: each a task folder or a file, and one of
   them the list of all processes. */
#define RESERVED 3

/* Descriptors that are given up when the program around us has none left, for as long as one of
   ours is open. Which they are does not matter: all are of the directory. */
struct reserve {
	atomic_int fd[RESERVED]; /* -1: given up, or never had */
};

struct ptree_procfs {
	int fd;
	struct procfs_units units;
	struct reserve *reserve;
};

/* ---- clocks ---- */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t ptree_boot_now_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

uint64_t ptree_boot_offset_ns(void)
{
	uint64_t least = UINT64_MAX;

	/* Being interrupted between the two readings only ever adds: the least is the truest. */
	for (int i = 0; i < 4; i++) {
		uint64_t monotonic_ns = clock_ns(CLOCK_MONOTONIC);
		uint64_t offset_ns = clock_ns(CLOCK_BOOTTIME) - monotonic_ns;

		if (offset_ns < least)
			least = offset_ns;
	}
	return least;
}

/* ---- parsing ---- */

static bool parse_number(const char **at, const char *end, int64_t *value)
{
	bool is_negative = *at < end && **at == '-';
	const char *digit = *at + is_negative;
	int64_t sum = 0;

	if (digit == end || *digit < '0' || *digit > '9')
		return false;
	for (; digit < end && *digit >= '0' && *digit <= '9'; digit++) {
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, *digit - '0', &sum))
			return false;
	}
	*value = is_negative ? -sum : sum;
	*at = digit;
	return true;
}

static bool parse_byte(const char **at, const char *end, char byte)
{
	if (*at == end || **at != byte)
		return false;
	++*at;
	return true;
}

static bool is_within(int64_t value, int64_t least, int64_t most)
{
	return value >= least && value <= most;
}

/* The fields of stat after the state, as far as they matter. */
enum {
	STAT_PPID = 0,
	STAT_PGRP = 1,
	STAT_SID = 2,
	STAT_TTY = 3,
	STAT_FLAGS = 5,
	STAT_MINFLT = 6,
	STAT_MAJFLT = 8,
	STAT_UTIME = 10,
	STAT_STIME = 11,
	STAT_CUTIME = 12, /* of children that it waited for */
	STAT_CSTIME = 13,
	STAT_PRIORITY = 14,
	STAT_NICE = 15,
	STAT_THREADS = 16,
	STAT_START = 18,
	STAT_VSIZE = 19,
	STAT_RSS = 20,
	STAT_FIELDS = 21,
};

static bool parse_fields(const char *at, const char *end, int64_t field[STAT_FIELDS])
{
	for (int i = 0; i < STAT_FIELDS; i++) {
		if (!parse_byte(&at, end, ' ') || !parse_number(&at, end, &field[i]))
			return false;
	}
	/* More follows, or the last number may have been cut. */
	return at < end && (*at == ' ' || *at == '\n');
}

static bool are_fields_sane(const int64_t field[STAT_FIELDS], const struct procfs_units *units)
{
	return is_within(field[STAT_PPID], 0, INT_MAX) && is_within(field[STAT_PGRP], 0, INT_MAX) &&
	       is_within(field[STAT_SID], 0, INT_MAX) &&
	       is_within(field[STAT_TTY], INT_MIN, UINT32_MAX) &&
	       is_within(field[STAT_FLAGS], 0, UINT32_MAX) &&
	       is_within(field[STAT_THREADS], 1, INT_MAX) &&
	       is_within(field[STAT_UTIME], 0, INT64_MAX) &&
	       is_within(field[STAT_STIME], 0, INT64_MAX) &&
	       is_within(field[STAT_START], 0, INT64_MAX) &&
	       is_within(field[STAT_RSS], 0, INT64_MAX / (int64_t)units->page_bytes);
}

static uint64_t ticks_to_ns(int64_t ticks, uint64_t ticks_per_s)
{
	uint64_t whole = (uint64_t)ticks / ticks_per_s;
	uint64_t rest = (uint64_t)ticks % ticks_per_s;

	if (whole >= UINT64_MAX / NS_PER_S)
		return UINT64_MAX;
	return whole * NS_PER_S + rest * NS_PER_S / ticks_per_s;
}

/* These two are signed in the kernel's own reckoning, and wrong is not worth refusing all. */
static uint64_t waited_ns(int64_t user_ticks, int64_t system_ticks, uint64_t ticks_per_s)
{
	uint64_t user_ns = user_ticks > 0 ? ticks_to_ns(user_ticks, ticks_per_s) : 0;
	uint64_t system_ns = system_ticks > 0 ? ticks_to_ns(system_ticks, ticks_per_s) : 0;

	return user_ns > UINT64_MAX - system_ns ? UINT64_MAX : user_ns + system_ns;
}

/* What nothing depends on is not worth refusing all for. */
static int32_t clamp(int64_t value, int32_t least, int32_t most)
{
	return value < least ? least : value > most ? most : (int32_t)value;
}

static uint64_t not_negative(int64_t value)
{
	return value > 0 ? (uint64_t)value : 0;
}

static void take_fields(struct ptree_process *process, const int64_t field[STAT_FIELDS],
			const struct procfs_units *units)
{
	process->ppid = (pid_t)field[STAT_PPID];
	process->pgrp = (pid_t)field[STAT_PGRP];
	process->sid = (pid_t)field[STAT_SID];
	process->tty = (uint32_t)field[STAT_TTY];
	process->is_kernel_thread = (uint32_t)field[STAT_FLAGS] & KERNEL_PF_KTHREAD;
	process->thread_count = (uint32_t)field[STAT_THREADS];
	process->start_ns = ticks_to_ns(field[STAT_START], units->ticks_per_s);
	process->cpu_user_ns = ticks_to_ns(field[STAT_UTIME], units->ticks_per_s);
	process->cpu_system_ns = ticks_to_ns(field[STAT_STIME], units->ticks_per_s);
	process->waited_cpu_ns =
	    waited_ns(field[STAT_CUTIME], field[STAT_CSTIME], units->ticks_per_s);
	process->rss_bytes = (uint64_t)field[STAT_RSS] * units->page_bytes;
	process->priority = clamp(field[STAT_PRIORITY], INT16_MIN, INT16_MAX);
	process->nice = clamp(field[STAT_NICE], INT8_MIN, INT8_MAX);
	process->virtual_bytes = not_negative(field[STAT_VSIZE]);
	process->minor_faults = not_negative(field[STAT_MINFLT]);
	process->major_faults = not_negative(field[STAT_MAJFLT]);
}

static bool is_letter(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* As much of a name as there is room for, and NULs. */
static void take_name(char *name, size_t room, const char *from, size_t size)
{
	size_t kept = size < room ? size : room - 1;

	memset(name, 0, room);
	memcpy(name, from, kept);
}

int procfs_parse_stat(const char *buf, size_t size, const struct procfs_units *units,
		      struct ptree_process *process, uint32_t *flags)
{
	const char *at = buf, *end = buf + size;
	/* The name is raw and may hold anything, what follows it only letters and numbers. */
	const char *after = memrchr(buf, ')', size);
	int64_t field[STAT_FIELDS];
	int64_t pid;

	if (!parse_number(&at, end, &pid) || !is_within(pid, 1, INT_MAX))
		return -EBADMSG;
	if (!parse_byte(&at, end, ' ') || !parse_byte(&at, end, '(') || !after || after < at)
		return -EBADMSG;
	if (end - after < 3 || after[1] != ' ' || !is_letter(after[2]) ||
	    !parse_fields(after + 3, end, field))
		return -EBADMSG;
	/* The kernel could not look at its signals any more, so parent and session are made up. */
	if (field[STAT_THREADS] == 0)
		return -ESRCH;
	if (!are_fields_sane(field, units))
		return -EBADMSG;
	process->pid = (pid_t)pid;
	process->state = after[2];
	take_name(process->comm, sizeof(process->comm), at, (size_t)(after - at));
	take_name(process->name, sizeof(process->name), at, (size_t)(after - at));
	take_fields(process, field, units);
	*flags = (uint32_t)field[STAT_FLAGS];
	return 0;
}

/* What follows the key, in the first line that begins with it. NULL: there is none. */
static const char *find_line(const char *buf, const char *end, const char *key)
{
	size_t key_size = strlen(key);

	for (const char *at = buf; (size_t)(end - at) >= key_size; at++) {
		if (!memcmp(at, key, key_size))
			return at + key_size;
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
	}
	return NULL;
}

static bool parse_line(const char *buf, const char *end, const char *key, uint32_t *value,
		       int count)
{
	const char *at = find_line(buf, end, key);
	int64_t number;

	for (int i = 0; at && i < count; i++) {
		if (!parse_byte(&at, end, '\t') || !parse_number(&at, end, &number) ||
		    !is_within(number, 0, UINT32_MAX))
			return false;
		value[i] = (uint32_t)number;
	}
	/* More follows, or the last number may have been cut. */
	return at && at < end && (*at == '\t' || *at == '\n');
}

int procfs_parse_status(const char *buf, size_t size, struct ptree_process *process)
{
	const char *end = buf + size;
	uint32_t uid[2], gid[2], tracer; /* the first two are the real and the effective one */
	uint32_t tgid;

	if (!parse_line(buf, end, "Uid:", uid, 2) || !parse_line(buf, end, "Gid:", gid, 2) ||
	    !parse_line(buf, end, "TracerPid:", &tracer, 1) || tracer > INT_MAX)
		return -EBADMSG;
	process->ruid = uid[0];
	process->rgid = gid[0];
	process->egid = gid[1];
	process->tracer = (pid_t)tracer;
	if (parse_line(buf, end, "Tgid:", &tgid, 1) && tgid <= INT_MAX)
		process->tgid = (pid_t)tgid;
	return 0;
}

uint64_t procfs_ticks_ns(const struct ptree_procfs *procfs, uint64_t ticks)
{
	return ticks_to_ns((int64_t)ticks, procfs->units.ticks_per_s);
}

/* ---- files ---- */

/* What an errno says about an entry: that it is gone, is refused, is not what /proc has, or else
   about us. */
int procfs_error(int error)
{
	switch (error) {
	case ENOENT:
	case ESRCH:
		return -ESRCH;
	case EPERM: /* what hidepid=1 says */
	case EACCES:
		return -EACCES;
	case EAGAIN:
	case EINVAL:
	case EISDIR:
	case ELOOP:
	case ENOTDIR:
	case ENXIO:
		return -EBADMSG;
	default:
		return -error;
	}
}

/* ---- descriptors in reserve ---- */

static bool give_up_one(struct reserve *reserve)
{
	for (size_t i = 0; i < RESERVED; i++) {
		int fd = atomic_exchange(&reserve->fd[i], -1);

		if (fd >= 0) {
			close(fd);
			return true;
		}
	}
	return false;
}

/* Never the last one that there is: somebody has more need of it. -1: there is no other. */
static int spare_descriptor(int directory)
{
	int fd = fcntl(directory, F_DUPFD_CLOEXEC, 0);
	int last = fd < 0 ? -1 : fcntl(directory, F_DUPFD_CLOEXEC, 0);

	if (fd >= 0 && last < 0) {
		close(fd);
		return -1;
	}
	if (last >= 0)
		close(last);
	return fd;
}

/* After a file was closed; where there is nothing to spare it is tried again after the next. */
static void fill_reserve(struct reserve *reserve, int directory)
{
	for (size_t i = 0; i < RESERVED; i++) {
		int none = -1, fd;

		if (atomic_load(&reserve->fd[i]) >= 0)
			continue;
		fd = spare_descriptor(directory);
		if (fd < 0)
			return;
		if (!atomic_compare_exchange_strong(&reserve->fd[i], &none, fd))
			close(fd);
	}
}

int procfs_open_at(const struct ptree_procfs *procfs, int directory, const char *path, int flags)
{
	int fd = openat(directory, path, flags);

	while (fd < 0 && errno == EMFILE && give_up_one(procfs->reserve))
		fd = openat(directory, path, flags);
	return fd < 0 ? procfs_error(errno) : fd;
}

static int open_entry(const struct ptree_procfs *procfs, const char *path, int flags)
{
	return procfs_open_at(procfs, procfs->fd, path, flags);
}

static void close_entry(const struct ptree_procfs *procfs, int fd)
{
	close(fd);
	fill_reserve(procfs->reserve, procfs->fd);
}

int procfs_directory(const struct ptree_procfs *procfs)
{
	return procfs->fd;
}

const struct procfs_units *procfs_units(const struct ptree_procfs *procfs)
{
	return &procfs->units;
}

void procfs_refill(const struct ptree_procfs *procfs)
{
	fill_reserve(procfs->reserve, procfs->fd);
}

static int open_file(const struct ptree_procfs *procfs, const char *path)
{
	return open_entry(procfs, path, PROCFS_FILE);
}

/* The kernel makes these files at one go: a read that is not filled was the last. */
ssize_t procfs_read_once(int fd, void *buf, size_t size)
{
	ssize_t got;

	do {
		got = read(fd, buf, size);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? procfs_error(errno) : got;
}

static ssize_t read_file(const struct ptree_procfs *procfs, const char *path, char *buf,
			 size_t size)
{
	int fd = open_file(procfs, path);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = procfs_read_once(fd, buf, size);
	close_entry(procfs, fd);
	return got;
}

ssize_t procfs_read_path(const struct ptree_procfs *procfs, const char *path, char *buf,
			 size_t size)
{
	return read_file(procfs, path, buf, size);
}

static int read_stat(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process,
		     uint32_t *flags)
{
	char path[PATH_BYTES], buf[STAT_BYTES];
	ssize_t size;
	int err;

	snprintf(path, sizeof(path), "%d/stat", pid);
	size = read_file(procfs, path, buf, sizeof(buf));
	if (size < 0)
		return (int)size;
	err = procfs_parse_stat(buf, (size_t)size, &procfs->units, process, flags);
	if (err)
		return err;
	return process->pid == pid ? 0 : -EBADMSG;
}

int ptree_procfs_read_task(struct ptree_procfs *procfs, pid_t pid, pid_t tid,
			   struct ptree_process *task)
{
	char path[PATH_BYTES], buf[STAT_BYTES];
	uint64_t read_ns = ptree_boot_now_ns();
	uint32_t flags;
	ssize_t size;
	int err;

	snprintf(path, sizeof(path), "%d/task/%d/stat", pid, tid);
	size = read_file(procfs, path, buf, sizeof(buf));
	if (size < 0)
		return (int)size;
	*task = (struct ptree_process){ .read_ns = read_ns,
					.euid = PTREE_UNKNOWN_ID,
					.ruid = PTREE_UNKNOWN_ID,
					.rgid = PTREE_UNKNOWN_ID,
					.egid = PTREE_UNKNOWN_ID };
	err = procfs_parse_stat(buf, (size_t)size, &procfs->units, task, &flags);
	return err ? err : task->pid == tid ? 0 : -EBADMSG;
}

int procfs_read_stat(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process)
{
	uint32_t flags;

	process->read_ns = ptree_boot_now_ns();
	return read_stat(procfs, pid, process, &flags);
}

/* The last field is the 52nd; what has fewer is of a kernel that does not tell. */
static int parse_exit_code(const char *buf, size_t size, uint32_t *status)
{
	const char *at = memrchr(buf, ')', size), *end = buf + size;
	int64_t number;

	for (int field = 3; at && field <= 52; field++) {
		at = memchr(at, ' ', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return -EACCES;
	if (!parse_number(&at, end, &number) || !is_within(number, 0, UINT16_MAX))
		return -EBADMSG;
	*status = (uint32_t)number;
	return 0;
}

int procfs_read_zombie(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process,
		       uint32_t *status)
{
	char path[PATH_BYTES], buf[STAT_BYTES];
	uint32_t flags;
	ssize_t size;
	int err;

	snprintf(path, sizeof(path), "%d/stat", pid);
	size = read_file(procfs, path, buf, sizeof(buf));
	if (size < 0)
		return (int)size;
	err = procfs_parse_stat(buf, (size_t)size, &procfs->units, process, &flags);
	if (!err && (process->state != 'Z' || process->thread_count > 1))
		err = -ESRCH;
	if (!err)
		err = parse_exit_code(buf, (size_t)size, status);
	/* To those who may not trace it the kernel says 0, too. */
	return !err && !*status && geteuid() != 0 ? -EACCES : err;
}

static int read_status(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process)
{
	char path[PATH_BYTES], buf[STATUS_BYTES];
	ssize_t size;

	snprintf(path, sizeof(path), "%d/status", pid);
	size = read_file(procfs, path, buf, sizeof(buf));
	if (size < 0)
		return (int)size;
	return procfs_parse_status(buf, (size_t)size, process);
}

static int read_owner(const struct ptree_procfs *procfs, pid_t pid, struct ptree_process *process)
{
	char path[PATH_BYTES];
	struct stat owner;

	snprintf(path, sizeof(path), "%d", pid);
	if (fstatat(procfs->fd, path, &owner, AT_SYMLINK_NOFOLLOW) < 0)
		return procfs_error(errno);
	process->euid = owner.st_uid;
	return 0;
}

static int read_name(const struct ptree_procfs *procfs, const char *path, char *name, size_t room)
{
	char buf[COMM_BYTES];
	ssize_t size = read_file(procfs, path, buf, sizeof(buf));

	if (size < 0)
		return (int)size;
	if (size == 0 || buf[size - 1] != '\n')
		return -EBADMSG;
	take_name(name, room, buf, (size_t)size - 1);
	return 0;
}

/* ---- arguments ---- */

struct text {
	char *bytes;
	size_t size;
};

/* Keeps what was read so far and reads on, until the end or there are limit bytes. */
static int read_rest(int fd, size_t limit, struct text *text)
{
	size_t capacity = text->size;
	ssize_t got;

	do {
		char *bigger;

		capacity = capacity > limit / 2 ? limit : capacity * 2;
		bigger = realloc(text->bytes, capacity);
		if (!bigger)
			return -ENOMEM;
		text->bytes = bigger;
		got = procfs_read_once(fd, text->bytes + text->size, capacity - text->size);
		if (got < 0)
			return (int)got;
		text->size += (size_t)got;
	} while (got > 0 && text->size == capacity && text->size < limit);
	return 0;
}

static int check_regular(int fd)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return procfs_error(errno);
	return S_ISREG(file.st_mode) ? 0 : -EBADMSG;
}

/* Reads up to limit bytes. text->bytes is NULL if there are none; it stays so on failure. */
static int read_text(int fd, size_t limit, struct text *text)
{
	char buf[ARGV_MAX_BYTES + 1];
	size_t first = limit < sizeof(buf) ? limit : sizeof(buf);
	ssize_t got = procfs_read_once(fd, buf, first);
	struct text whole = { .size = (size_t)got };
	int err;

	if (got < 0)
		return (int)got;
	if (got == 0)
		return check_regular(fd); /* a FIFO without a writer looks empty, too */
	whole.bytes = malloc(whole.size);
	if (!whole.bytes)
		return -ENOMEM;
	memcpy(whole.bytes, buf, whole.size);
	err = whole.size == first && first < limit ? read_rest(fd, limit, &whole) : 0;
	if (err)
		free(whole.bytes);
	else
		*text = whole;
	return err;
}

/* One byte more than is to be kept, so that there is no guessing whether more followed. */
static int read_cmdline(const struct ptree_procfs *procfs, const char *path, size_t max,
			struct text *text)
{
	size_t limit = max < SSIZE_MAX ? max + 1 : SSIZE_MAX;
	int fd = open_file(procfs, path);
	int err;

	if (fd < 0)
		return fd;
	err = read_text(fd, limit, text);
	close_entry(procfs, fd);
	return err;
}

/* A leader that is over has let go of its memory. The threads that live on still hold it. */
static int read_cmdline_of_threads(struct ptree_procfs *procfs, pid_t pid, size_t max,
				   struct text *text)
{
	char path[PATH_BYTES];
	pid_t *tids;
	ssize_t count = ptree_procfs_tasks(procfs, pid, &tids);
	ssize_t end = count < THREADS_ASKED_MAX ? count : THREADS_ASKED_MAX;
	int err = 0;

	if (count < 0)
		return (int)count;
	for (ssize_t i = 0; i < end && !text->size && (!err || err == -ESRCH); i++) {
		snprintf(path, sizeof(path), "%d/task/%d/cmdline", pid, tids[i]);
		err = read_cmdline(procfs, path, max, text);
	}
	free(tids);
	return text->size || err == -ESRCH ? 0 : err;
}

/* Why a command line is empty: there is none, it is gone, or the leader alone has none. */
static int explain_empty(struct ptree_procfs *procfs, pid_t pid, size_t max, struct text *text,
			 enum ptree_argv_status *status)
{
	struct ptree_process process;
	uint32_t flags;
	int err = read_stat(procfs, pid, &process, &flags);
	bool is_over;

	if (err)
		return err;
	is_over = process.state == 'Z' || process.state == 'X' || flags & KERNEL_PF_EXITING;
	*status = is_over && !process.is_kernel_thread ? PTREE_ARGV_LATE : PTREE_ARGV_NONE;
	if (*status == PTREE_ARGV_LATE && process.thread_count > 1)
		return read_cmdline_of_threads(procfs, pid, max, text);
	return 0;
}

int ptree_procfs_argv(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		      enum ptree_argv_status *status)
{
	char path[PATH_BYTES];
	enum ptree_argv_status found = PTREE_ARGV_NONE;
	struct text text = { 0 };
	int err;

	snprintf(path, sizeof(path), "%d/cmdline", pid);
	err = read_cmdline(procfs, path, max, &text);
	if (!err && !text.size)
		err = explain_empty(procfs, pid, max, &text, &found);
	if (err)
		return err;
	if (text.size) {
		found = text.size > max ? PTREE_ARGV_TRUNCATED : PTREE_ARGV_READ;
		text.size = text.size > max ? max : text.size;
	}
	*argv = text.bytes;
	*size = text.size;
	*status = found;
	return 0;
}

/* ---- entries ---- */

/* Being refused the arguments does not make the rest less true. */
static int read_argv(struct ptree_procfs *procfs, struct ptree_process *process)
{
	int err = ptree_procfs_argv(procfs, process->pid, ARGV_MAX_BYTES, &process->argv,
				    &process->argv_size, &process->argv_status);

	if (err != -EACCES && err != -EIO && err != -EBADMSG)
		return err;
	process->argv_status = PTREE_ARGV_FAILED;
	return 0;
}

int ptree_procfs_read(struct ptree_procfs *procfs, pid_t pid, unsigned what,
		      struct ptree_process *process)
{
	struct ptree_process found = {
		.read_ns = ptree_boot_now_ns(),
		.ruid = PTREE_UNKNOWN_ID,
		.rgid = PTREE_UNKNOWN_ID,
		.egid = PTREE_UNKNOWN_ID,
	};
	uint32_t flags;
	int err = read_stat(procfs, pid, &found, &flags);

	if (!err)
		err = read_owner(procfs, pid, &found);
	if (!err && what & PTREE_READ_STATUS)
		err = read_status(procfs, pid, &found);
	if (found.is_kernel_thread)
		found.argv_status = PTREE_ARGV_NONE;
	else if (!err && what & PTREE_READ_ARGV)
		err = read_argv(procfs, &found);
	if (!err)
		*process = found;
	return err;
}

void ptree_process_clear(struct ptree_process *process)
{
	free(process->argv);
	*process = (struct ptree_process){ 0 };
}

int ptree_procfs_parent(struct ptree_procfs *procfs, pid_t pid, pid_t *ppid)
{
	struct ptree_process process;
	uint32_t flags;
	int err = read_stat(procfs, pid, &process, &flags);

	if (!err)
		*ppid = process.ppid;
	return err;
}

int ptree_procfs_start_time(struct ptree_procfs *procfs, pid_t pid, uint64_t *start_ns)
{
	struct ptree_process process;
	uint32_t flags;
	int err = read_stat(procfs, pid, &process, &flags);

	if (!err)
		*start_ns = process.start_ns;
	return err;
}

/* Of a pidfd fdinfo has a line more: fs/pidfs.c, pidfd_show_fdinfo(). */
int ptree_procfs_pidfd(struct ptree_procfs *procfs, int pidfd, pid_t *pid)
{
	char path[PATH_BYTES], buf[PIDFD_INFO_BYTES];
	const char *line;
	ssize_t size;
	long number;

	snprintf(path, sizeof(path), "self/fdinfo/%d", pidfd);
	size = read_file(procfs, path, buf, sizeof(buf) - 1);
	if (size < 0)
		return (int)size;
	buf[size] = '\0';
	line = strstr(buf, "\nPid:");
	if (!line)
		return -EOPNOTSUPP;
	number = strtol(line + strlen("\nPid:"), NULL, 10);
	if (number <= 0 || number > INT32_MAX)
		return -ESRCH;
	*pid = (pid_t)number;
	return 0;
}

int ptree_procfs_comm(struct ptree_procfs *procfs, pid_t pid, char comm[PTREE_COMM_SIZE])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%d/comm", pid);
	return read_name(procfs, path, comm, PTREE_COMM_SIZE);
}

int ptree_procfs_name(struct ptree_procfs *procfs, pid_t pid, char name[PTREE_NAME_SIZE])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%d/comm", pid);
	return read_name(procfs, path, name, PTREE_NAME_SIZE);
}

int ptree_procfs_task_comm(struct ptree_procfs *procfs, pid_t pid, pid_t tid,
			   char comm[PTREE_COMM_SIZE])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%d/task/%d/comm", pid, tid);
	return read_name(procfs, path, comm, PTREE_COMM_SIZE);
}

/* ---- directories ---- */

struct ids {
	pid_t *id;
	size_t count, capacity;
};

static int append_id(struct ids *ids, pid_t id)
{
	size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
	pid_t *bigger;

	if (ids->count == ids->capacity) {
		bigger = reallocarray(ids->id, capacity, sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		ids->id = bigger;
		ids->capacity = capacity;
	}
	ids->id[ids->count++] = id;
	return 0;
}

/* 0: the name is not that of a process or task. */
static pid_t parse_id(const char *name)
{
	const char *at = name, *end = name + strlen(name);
	int64_t id;

	if (*name == '0' || !parse_number(&at, end, &id) || at != end || !is_within(id, 1, INT_MAX))
		return 0;
	return (pid_t)id;
}

static int collect_ids(DIR *dir, struct ids *ids)
{
	const struct dirent *entry;
	int err = 0;

	while (errno = 0, !err && (entry = readdir(dir))) {
		pid_t id = parse_id(entry->d_name);

		if (id)
			err = append_id(ids, id);
	}
	return err || !errno ? err : procfs_error(errno);
}

static ssize_t read_ids(const struct ptree_procfs *procfs, const char *path, pid_t **out)
{
	int fd = open_entry(procfs, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct ids ids = { 0 };
	DIR *dir;
	int err;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		err = procfs_error(errno);
		close_entry(procfs, fd);
		return err;
	}
	err = collect_ids(dir, &ids);
	closedir(dir);
	fill_reserve(procfs->reserve, procfs->fd);
	if (err) {
		free(ids.id);
		return err;
	}
	*out = ids.id;
	return (ssize_t)ids.count;
}

ssize_t ptree_procfs_pids(struct ptree_procfs *procfs, pid_t **pids)
{
	return read_ids(procfs, ".", pids);
}

ssize_t ptree_procfs_tasks(struct ptree_procfs *procfs, pid_t pid, pid_t **tids)
{
	char path[PATH_BYTES];
	pid_t *found = NULL;
	ssize_t count;

	snprintf(path, sizeof(path), "%d/task", pid);
	count = read_ids(procfs, path, &found);
	if (count == 0)
		return -ESRCH; /* nobody without a task is alive; nothing was allocated */
	if (count > 0)
		*tids = found;
	return count;
}

/* ---- life ---- */

int ptree_procfs_open(struct ptree_procfs **procfs, const char *path)
{
	struct ptree_procfs *new = malloc(sizeof(*new));
	struct reserve *reserve = malloc(sizeof(*reserve));
	int err = new &&reserve ? 0 : -ENOMEM;

	if (!err) {
		new->fd = open(path ? path : "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = new->fd < 0 ? -errno : 0;
	}
	if (err) {
		free(reserve);
		free(new);
		return err;
	}
	for (size_t i = 0; i < RESERVED; i++)
		atomic_init(&reserve->fd[i], -1);
	new->reserve = reserve;
	new->units.ticks_per_s = (uint64_t)sysconf(_SC_CLK_TCK);
	new->units.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	*procfs = new;
	return 0;
}

void ptree_procfs_close(struct ptree_procfs *procfs)
{
	if (!procfs)
		return;
	while (give_up_one(procfs->reserve))
		;
	close(procfs->fd);
	free(procfs->reserve);
	free(procfs);
}
