/* SPDX-License-Identifier: MIT */
/* Descriptors that wake; see wakeups.h. */
#include "wakeups.h"
#include "base/units.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

int wakeups_watch(struct wakeups *wakeups, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(wakeups->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

void wakeups_mute(struct wakeups *wakeups, int fd, bool is_muted)
{
	struct epoll_event event = { .events = is_muted ? 0 : EPOLLIN, .data.fd = fd };

	epoll_ctl(wakeups->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

bool wakeups_take(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

void wakeups_wake(struct wakeups *wakeups)
{
	ssize_t written = write(wakeups->wake_fd, &(uint64_t){ 1 }, sizeof(uint64_t));

	(void)written; /* it fails when the counter is full, and then it wakes all the same */
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S) };
}

void wakeups_hold(struct wakeups *wakeups, uint64_t wait_ns)
{
	const struct itimerspec due = { .it_value = to_timespec(wait_ns) };

	timerfd_settime(wakeups->hold_fd, 0, &due, NULL);
}

/* interval_ns 0: it is set later. */
static int open_timer(struct wakeups *wakeups, int *fd, uint64_t interval_ns)
{
	const struct itimerspec every = { .it_interval = to_timespec(interval_ns),
					  .it_value = to_timespec(interval_ns) };

	*fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (*fd < 0 || timerfd_settime(*fd, 0, &every, NULL))
		return -errno;
	return wakeups_watch(wakeups, *fd);
}

int wakeups_open(struct wakeups *wakeups, uint64_t tick_ns, uint64_t sample_ns)
{
	int err;

	*wakeups = (struct wakeups){ -1, -1, -1, -1, -1 };
	wakeups->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (wakeups->epoll_fd < 0)
		return -errno;
	wakeups->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wakeups->wake_fd < 0)
		return -errno;
	err = wakeups_watch(wakeups, wakeups->wake_fd);
	if (!err)
		err = open_timer(wakeups, &wakeups->hold_fd, 0);
	if (!err)
		err = open_timer(wakeups, &wakeups->tick_fd, tick_ns);
	if (!err)
		err = open_timer(wakeups, &wakeups->sample_fd, sample_ns);
	return err;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void wakeups_close(struct wakeups *wakeups)
{
	close_fd(wakeups->sample_fd);
	close_fd(wakeups->hold_fd);
	close_fd(wakeups->tick_fd);
	close_fd(wakeups->wake_fd);
	close_fd(wakeups->epoll_fd);
}
