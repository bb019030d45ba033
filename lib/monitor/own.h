/* SPDX-License-Identifier: MIT */
#ifndef PTREE_OWN_H
#define PTREE_OWN_H

#include "base/map.h"
#include "proctree.h"

#define OWN_DOUBTFUL_MAX 8

/*
 * What of this process is the library's own noise: its threads, which say so by their names, and
 * the heartbeat. All else that the program does, its threads and names included, is an event like
 * any other.
 */
struct own {
	pid_t pid;
	struct ptree_procfs *procfs; /* borrowed */
	struct map tasks;	     /* of the library; tid -> the struct own */
	/* New threads that were over when somebody looked: what they do next tells whose they are.
	 */
	struct ptree_event doubtful[OWN_DOUBTFUL_MAX];
	unsigned doubtful_count;
	pid_t beat_tid;
	char beat_name[PTREE_COMM_SIZE];
	unsigned beats; /* that have not been heard yet */
};

/* Makes an event: sets the name of this thread to what it is already. */
void own_beat(struct own *own);
/* It is nobody's affair. */
bool own_is_noise(struct own *own, const struct ptree_event *event);
/* The birth of a task that was thought to be noise until this event of its own; false: none. */
bool own_take_doubtful(struct own *own, const struct ptree_event *event, struct ptree_event *birth);
/* A task that a scan has listed is the library's, or is over by now. */
bool own_is_task(const struct own *own, pid_t tid);
void own_clear(struct own *own);

#endif
