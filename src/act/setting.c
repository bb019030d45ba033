/* SPDX-License-Identifier: MIT */
/*
 * Changes how processes are scheduled; see setting.h.
 *
 * For this the kernel has interfaces by number only. The target's pidfd is held, and tells directly
 * before that the process has not been waited for, and directly after whether that is still so. The
 * window that remains is the one call between: if the process ends, is waited for, and its number
 * is given away within it, the newcomer gets the setting. The check after it then says that this
 * may have happened; nothing is called done that was not. A zombie keeps its number, so that it
 * takes a parent that waits just then, and a whole round of the numbers. The same holds for its
 * threads, whose ids are looked for again in its own directory.
 */
#include "act/setting.h"
#include "act/setting-impl.h"
#include "act/rights.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS_MAX 8 /* threads that are born meanwhile inherit it from those that have it */
#define IO_SHIFT 13
#define IO_OF_PROCESS 1

/* ---- one thread ---- */

static int get_nice(pid_t tid, int *nice)
{
	errno = 0;
	*nice = getpriority(PRIO_PROCESS, (id_t)tid);
	return *nice == -1 ? -errno : 0;
}

static int set_nice(const struct setting *setting, pid_t tid)
{
	int nice = 0;
	int err = setting->is_relative ? get_nice(tid, &nice) : 0;

	if (err)
		return err;
	nice += setting->level;
	nice = nice < NICE_LEAST ? NICE_LEAST : nice > NICE_MOST ? NICE_MOST : nice;
	return setpriority(PRIO_PROCESS, (id_t)tid, nice) ? -errno : 0;
}

static int set_policy(const struct setting *setting, pid_t tid)
{
	const struct sched_param param = { .sched_priority = setting->level };

	return sched_setscheduler(tid, setting->class, &param) ? -errno : 0;
}

static int set_io(const struct setting *setting, pid_t tid)
{
	int priority = setting->class << IO_SHIFT | setting->level;

	return syscall(SYS_ioprio_set, IO_OF_PROCESS, tid, priority) ? -errno : 0;
}

static int set_cpus(const struct setting *setting, pid_t tid)
{
	unsigned long mask[SETTING_CPUS / 8 / sizeof(unsigned long)];

	memset(mask, 0, sizeof(mask));
	for (size_t cpu = 0; cpu < setting->cpu_count; cpu++) {
		if (setting->cpus[cpu / 8] >> cpu % 8 & 1)
			mask[cpu / (8 * sizeof(*mask))] |= 1ul << cpu % (8 * sizeof(*mask));
	}
	return syscall(SYS_sched_setaffinity, tid, sizeof(mask), mask) < 0 ? -errno : 0;
}

static int set_with_rights(const struct setting *setting, pid_t tid)
{
	switch (setting->kind) {
	case SETTING_NICE:
		return set_nice(setting, tid);
	case SETTING_IO_PRIORITY:
		return set_io(setting, tid);
	case SETTING_CPUS_ALLOWED:
		return set_cpus(setting, tid);
	case SETTING_POLICY:
		return set_policy(setting, tid);
	}
	return -EINVAL;
}

static int set(const struct setting *setting, pid_t tid)
{
	struct rights rights;
	int err = rights_drop(&rights);

	if (!err)
		err = set_with_rights(setting, tid);
	rights_restore(&rights);
	return err;
}

/* ---- what it is now ---- */

static void read_cpus(pid_t pid, char *out, size_t size)
{
	unsigned long mask[SETTING_CPUS / 8 / sizeof(unsigned long)];
	unsigned char cpus[SETTING_CPUS / 8] = { 0 };
	long bytes = syscall(SYS_sched_getaffinity, pid, sizeof(mask), mask);

	for (long cpu = 0; cpu < bytes * 8; cpu++) {
		if (mask[(size_t)cpu / (8 * sizeof(*mask))] >> (size_t)cpu % (8 * sizeof(*mask)) &
		    1)
			cpus[cpu / 8] |= (unsigned char)(1 << cpu % 8);
	}
	if (bytes > 0)
		setting_format_cpus(cpus, (size_t)bytes * 8, out, size);
}

void setting_read(enum setting_kind kind, pid_t pid, char *out, size_t size)
{
	struct sched_param param;
	int value;

	*out = '\0';
	switch (kind) {
	case SETTING_NICE:
		if (!get_nice(pid, &value))
			snprintf(out, size, "%s%d", value < 0 ? "=" : "", value);
		break;
	case SETTING_IO_PRIORITY:
		value = (int)syscall(SYS_ioprio_get, IO_OF_PROCESS, pid);
		if (value >= 0)
			setting_format_io(value >> IO_SHIFT, value & ((1 << IO_SHIFT) - 1), out,
					  size);
		break;
	case SETTING_CPUS_ALLOWED:
		read_cpus(pid, out, size);
		break;
	case SETTING_POLICY:
		value = sched_getscheduler(pid);
		if (value >= 0 && !sched_getparam(pid, &param))
			setting_format_policy(value & ~SCHED_RESET_ON_FORK, param.sched_priority,
					      out, size);
		break;
	}
}

/* ---- why not ---- */

/* The target's own limit counts, not the asker's. */
static rlim_t limit_of(pid_t pid, int resource)
{
	struct rlimit limit = { 0 };

	prlimit(pid, (__rlimit_resource_t)resource, NULL, &limit);
	return limit.rlim_cur;
}

static void explain_refusal(const struct setting *setting, pid_t pid, int err, char *words)
{
	size_t size = SETTING_WORDS_SIZE;

	if (setting->kind == SETTING_NICE && err == -EACCES && !limit_of(pid, RLIMIT_NICE))
		snprintf(words, size, "not permitted: a lower one takes CAP_SYS_NICE");
	else if (setting->kind == SETTING_NICE && err == -EACCES)
		snprintf(words, size, "not permitted: below %d it takes CAP_SYS_NICE",
			 NICE_MOST + 1 - (int)limit_of(pid, RLIMIT_NICE));
	else if (setting->kind == SETTING_POLICY && setting->level)
		snprintf(words, size,
			 "not permitted: RLIMIT_RTPRIO is %llu; more takes CAP_SYS_NICE",
			 (unsigned long long)limit_of(pid, RLIMIT_RTPRIO));
	else if (setting->kind == SETTING_IO_PRIORITY && setting->class == IO_REALTIME)
		snprintf(words, size, "not permitted: rt takes CAP_SYS_NICE or CAP_SYS_ADMIN");
	else
		snprintf(words, size, "not permitted: another user's takes CAP_SYS_NICE");
}

static void explain(const struct setting *setting, pid_t pid, int err, char *words)
{
	size_t size = SETTING_WORDS_SIZE;

	if (err == -EPERM || err == -EACCES)
		explain_refusal(setting, pid, err, words);
	else if (err == -ESRCH)
		snprintf(words, size, "was gone already");
	else if (err == -EINVAL && setting->kind == SETTING_CPUS_ALLOWED)
		snprintf(words, size, "none of these CPUs is there for it");
	else if (err == -EINVAL)
		snprintf(words, size, "the kernel refuses that for it");
	else
		snprintf(words, size, "%s", strerror(-err));
}

/* ---- all threads ---- */

struct round {
	pid_t *done; /* of those before */
	size_t done_count;
	size_t fresh;
	int err; /* the first one */
};

static bool was_done(const struct round *round, pid_t tid)
{
	for (size_t i = 0; i < round->done_count; i++) {
		if (round->done[i] == tid)
			return true;
	}
	return false;
}

/* What ends meanwhile has no need of it. */
static void set_one(const struct setting *setting, const struct target *target, pid_t tid,
		    struct round *round)
{
	int err;

	if (was_done(round, tid))
		return;
	round->fresh++;
	err = target_holds_pid(target) ? set(setting, tid) : -ESRCH;
	if (err && !round->err && (err != -ESRCH || tid == target->pid))
		round->err = err;
}

/* Again until a round finds no thread that is new. */
static int set_all(const struct setting *setting, const struct target *target,
		   struct ptree_procfs *procfs)
{
	struct round round = { 0 };

	for (int i = 0; i < ROUNDS_MAX; i++) {
		pid_t *tids = NULL;
		ssize_t count = ptree_procfs_tasks(procfs, target->pid, &tids);

		if (count < 0) {
			free(round.done);
			return (int)count;
		}
		round.fresh = 0;
		for (ssize_t at = 0; at < count; at++)
			set_one(setting, target, tids[at], &round);
		free(round.done);
		round.done = tids;
		round.done_count = (size_t)count;
		if (!round.fresh || round.err || setting->is_relative)
			break;
	}
	free(round.done);
	return round.err;
}

int setting_apply(const struct setting *setting, const struct target *target,
		  struct ptree_procfs *procfs, char words[SETTING_WORDS_SIZE])
{
	int err = target->is_confirmed ? 0 : -EAGAIN;

	if (!err)
		err = target_holds_pid(target) ? set_all(setting, target, procfs) : -ESRCH;
	if (err) {
		explain(setting, target->pid, err, words);
		return err;
	}
	if (!target_holds_pid(target)) {
		snprintf(words, SETTING_WORDS_SIZE,
			 "ended meanwhile: if its pid was given away at once, that one has it");
		return -ESRCH;
	}
	snprintf(words, SETTING_WORDS_SIZE, "now ");
	setting_read(setting->kind, target->pid, words + 4, SETTING_WORDS_SIZE - 4);
	return 0;
}
