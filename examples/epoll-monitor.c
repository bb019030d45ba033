/* SPDX-License-Identifier: MIT */
/*
 * A monitor among other descriptors of an epoll(7) loop: here a timer, at which it says how many
 * processes there are, for so many seconds (3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <proctree.h>

static int add(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_timer(void)
{
	const struct itimerspec each_second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd >= 0)
		timerfd_settime(fd, 0, &each_second, NULL);
	return fd;
}

static void say(struct ptree_monitor *monitor)
{
	struct ptree_tree_counts counts;
	struct ptree_monitor_status status;

	ptree_tree_get_counts(ptree_monitor_tree(monitor), &counts);
	ptree_monitor_get_status(monitor, &status);
	printf("%zu processes, %llu forks seen, %llu events lost%s\n", counts.live,
	       (unsigned long long)counts.forks, (unsigned long long)status.lost,
	       status.state == PTREE_MONITOR_POLLING ? ", polling" : "");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int ticks = argc > 1 ? atoi(argv[1]) : 3;
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC), timer_fd = open_timer();
	struct ptree_monitor *monitor;
	struct epoll_event event;
	uint64_t count;
	int err = ptree_monitor_new(&monitor, NULL);

	if (err) {
		fprintf(stderr, "cannot watch processes: %s\n", strerror(-err));
		return 1;
	}
	if (epoll_fd < 0 || timer_fd < 0 || add(epoll_fd, timer_fd) ||
	    add(epoll_fd, ptree_monitor_fd(monitor))) {
		perror("epoll");
		return 1;
	}
	while (ticks > 0 && epoll_wait(epoll_fd, &event, 1, -1) >= 0) {
		if (event.data.fd != timer_fd) {
			if (ptree_monitor_dispatch(monitor, 0) < 0)
				break;
		} else if (read(timer_fd, &count, sizeof(count)) > 0) {
			say(monitor);
			ticks--;
		}
	}
	ptree_monitor_free(monitor);
	close(timer_fd);
	close(epoll_fd);
	return ticks ? 1 : 0;
}
