/* SPDX-License-Identifier: MIT */
#ifndef PTREE_WAKEUPS_H
#define PTREE_WAKEUPS_H

#include "proctree.h"

/* What wakes a monitor: the descriptors that are behind its one. */
struct wakeups {
	int epoll_fd;  /* -1: not open, as of all of them */
	int wake_fd;   /* an eventfd: a thread, or the monitor itself, has something */
	int tick_fd;   /* every second */
	int hold_fd;   /* once, when something has waited for long enough */
	int sample_fd; /* when usage is to be sampled */
};

/* On failure close what is open all the same. */
int wakeups_open(struct wakeups *wakeups, uint64_t tick_ns, uint64_t sample_ns);
void wakeups_close(struct wakeups *wakeups);

/* One that somebody else owns. */
int wakeups_watch(struct wakeups *wakeups, int fd);
/* Whether it wakes, for now. It is one of those that are watched. */
void wakeups_mute(struct wakeups *wakeups, int fd, bool is_muted);
/* It was signalled since the last time. */
bool wakeups_take(int fd);
void wakeups_wake(struct wakeups *wakeups);
/* From now; instead of what was set before. */
void wakeups_hold(struct wakeups *wakeups, uint64_t wait_ns);

#endif
