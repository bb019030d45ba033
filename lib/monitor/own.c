/* SPDX-License-Identifier: MIT */
/*
 * The library's own noise; see own.h. A thread of the library has its name before whoever started
 * it goes on (base/hand.h), or inherits it from one that has: so a look at the name tells whose a
 * new thread is. Of one that is over already its next event tells: the library's take their name,
 * too.
 */
#include "own.h"
#include "base/hand.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static bool is_our_name(const char *comm)
{
	return !strncmp(comm, HAND_NAME_PREFIX, sizeof(HAND_NAME_PREFIX) - 1);
}

void own_beat(struct own *own)
{
	own->beat_tid = gettid();
	own->beats++;
	prctl(PR_GET_NAME, own->beat_name);
	prctl(PR_SET_NAME, own->beat_name);
}

static bool take_beat(struct own *own, const struct ptree_event *event)
{
	if (!own->beats || event->pid != own->beat_tid || strcmp(event->u.comm, own->beat_name))
		return false;
	own->beats--;
	return true;
}

static bool is_remembered(const struct own *own, pid_t tid)
{
	return map_find(&own->tasks, (uint64_t)tid);
}

static void forget_doubtful(struct own *own, unsigned index)
{
	own->doubtful[index] = own->doubtful[--own->doubtful_count];
}

static bool find_doubtful(const struct own *own, pid_t tid, unsigned *index)
{
	for (*index = 0; *index < own->doubtful_count; ++*index) {
		if (own->doubtful[*index].pid == tid)
			return true;
	}
	return false;
}

/* For want of memory its end will be told as anybody's, and be that of a task nobody knows. */
static void remember(struct own *own, pid_t tid)
{
	unsigned index;

	map_set(&own->tasks, (uint64_t)tid, own);
	if (find_doubtful(own, tid, &index))
		forget_doubtful(own, index);
}

static bool take_birth(struct own *own, const struct ptree_event *event)
{
	char comm[PTREE_COMM_SIZE];
	unsigned index;

	map_remove(&own->tasks, (uint64_t)event->pid);
	if (find_doubtful(own, event->pid, &index))
		forget_doubtful(own, index);
	if (!ptree_procfs_task_comm(own->procfs, own->pid, event->pid, comm)) {
		if (is_our_name(comm))
			remember(own, event->pid);
		return is_our_name(comm);
	}
	if (own->doubtful_count == OWN_DOUBTFUL_MAX)
		return false;
	own->doubtful[own->doubtful_count++] = *event;
	return true;
}

static bool take_name(struct own *own, const struct ptree_event *event)
{
	if (take_beat(own, event))
		return true;
	if (event->pid == event->tgid || !is_our_name(event->u.comm))
		return false;
	remember(own, event->pid);
	return true;
}

bool own_is_noise(struct own *own, const struct ptree_event *event)
{
	bool is_ours;

	if (event->tgid != own->pid)
		return false;
	if (event->kind == PTREE_EVENT_COMM)
		return take_name(own, event);
	if (event->pid == event->tgid)
		return false;
	if (event->kind == PTREE_EVENT_FORK)
		return take_birth(own, event);
	is_ours = is_remembered(own, event->pid);
	if (event->kind == PTREE_EVENT_EXIT)
		map_remove(&own->tasks, (uint64_t)event->pid);
	return is_ours;
}

bool own_take_doubtful(struct own *own, const struct ptree_event *event, struct ptree_event *birth)
{
	unsigned index;

	if (event->tgid != own->pid || !find_doubtful(own, event->pid, &index))
		return false;
	*birth = own->doubtful[index];
	forget_doubtful(own, index);
	return true;
}

bool own_is_task(const struct own *own, pid_t tid)
{
	char comm[PTREE_COMM_SIZE];

	if (tid == own->pid)
		return false;
	return is_remembered(own, tid) ||
	       ptree_procfs_task_comm(own->procfs, own->pid, tid, comm) || is_our_name(comm);
}

void own_clear(struct own *own)
{
	map_clear(&own->tasks);
}
