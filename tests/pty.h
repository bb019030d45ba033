/* SPDX-License-Identifier: MIT */
/* A program on a pseudo terminal of the test's own: keys in, bytes out. */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct pty {
	int fd;	      /* the terminal's side */
	int slave_fd; /* kept open, so that its modes can be looked at after the end */
	int err_fd;   /* what it writes to stderr */
	pid_t pid;
	struct termios before;
	char *bytes; /* all that it sent */
	size_t size, capacity;
	size_t seen; /* up to here nothing is looked for any more */
};

static inline double pty_now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void pty_resize(const struct pty *pty, int rows, int cols)
{
	const struct winsize size = { .ws_row = (unsigned short)rows,
				      .ws_col = (unsigned short)cols };

	ioctl(pty->fd, TIOCSWINSZ, &size);
}

/* stderr goes to a pipe. before_exec: run in the child, or NULL. */
static inline bool pty_start(struct pty *pty, char *const argv[], int rows, int cols,
			     void (*before_exec)(void))
{
	int err_pipe[2];

	*pty = (struct pty){ .fd = -1 };
	if (openpty(&pty->fd, &pty->slave_fd, NULL, NULL, NULL) || pipe(err_pipe))
		return false;
	fcntl(pty->fd, F_SETFD, FD_CLOEXEC);
	fcntl(pty->slave_fd, F_SETFD, FD_CLOEXEC);
	fcntl(err_pipe[0], F_SETFD, FD_CLOEXEC);
	pty_resize(pty, rows, cols);
	tcgetattr(pty->slave_fd, &pty->before);
	pty->err_fd = err_pipe[0];
	pty->pid = fork();
	if (pty->pid)
		return close(err_pipe[1]) == 0 && pty->pid > 0;
	dup2(err_pipe[1], STDERR_FILENO);
	if (err_pipe[1] != STDERR_FILENO)
		close(err_pipe[1]);
	setsid();
	ioctl(pty->slave_fd, TIOCSCTTY, 0);
	dup2(pty->slave_fd, STDIN_FILENO);
	dup2(pty->slave_fd, STDOUT_FILENO);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	if (before_exec)
		before_exec();
	execv(argv[0], argv);
	_exit(127);
}

/* Reads what there is, for so long at most. False: the other side is gone. */
static inline bool pty_read(struct pty *pty, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = pty->fd, .events = POLLIN };
	ssize_t got;

	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return true;
	if (pty->capacity - pty->size < 65536) {
		pty->capacity = 2 * pty->capacity + 131072;
		pty->bytes = realloc(pty->bytes, pty->capacity);
		if (!pty->bytes)
			abort();
	}
	got = read(pty->fd, pty->bytes + pty->size, pty->capacity - pty->size - 1);
	if (got <= 0)
		return false;
	pty->size += (size_t)got;
	pty->bytes[pty->size] = '\0';
	return true;
}

/* Waits until it has sent the text, and looks on behind it the next time. */
static inline bool pty_wait_for(struct pty *pty, const char *text, double seconds)
{
	double deadline = pty_now_s() + seconds;

	do {
		char *found =
		    pty->size > pty->seen
			? memmem(pty->bytes + pty->seen, pty->size - pty->seen, text, strlen(text))
			: NULL;

		if (found) {
			pty->seen = (size_t)(found - pty->bytes) + strlen(text);
			return true;
		}
	} while (pty_now_s() < deadline && pty_read(pty, 20));
	return false;
}

static inline void pty_keys(const struct pty *pty, const char *keys)
{
	ssize_t ignored = write(pty->fd, keys, strlen(keys));

	(void)ignored;
}

/* Waits for it to end, reading on; false if it does not, and then it is killed. */
static inline bool pty_wait_end(struct pty *pty, double seconds, int *status)
{
	double deadline = pty_now_s() + seconds;

	while (pty_now_s() < deadline) {
		if (waitpid(pty->pid, status, WNOHANG) == pty->pid) {
			pty->pid = -1;
			while (pty_read(pty, 0) &&
			       poll(&(struct pollfd){ .fd = pty->fd, .events = POLLIN }, 1, 0) > 0)
				;
			return true;
		}
		if (pty->fd < 0 || !pty_read(pty, 10))
			poll(NULL, 0, 10);
	}
	return false;
}

static inline size_t pty_stderr(const struct pty *pty, char *out, size_t size)
{
	ssize_t got = read(pty->err_fd, out, size - 1);

	out[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

static inline bool pty_is_restored(const struct pty *pty)
{
	struct termios now;

	return !tcgetattr(pty->slave_fd, &now) && now.c_iflag == pty->before.c_iflag &&
	       now.c_oflag == pty->before.c_oflag && now.c_cflag == pty->before.c_cflag &&
	       now.c_lflag == pty->before.c_lflag &&
	       !memcmp(now.c_cc, pty->before.c_cc, sizeof(now.c_cc));
}

static inline void pty_end(struct pty *pty)
{
	if (pty->pid > 0) {
		kill(pty->pid, SIGKILL);
		waitpid(pty->pid, NULL, 0);
	}
	if (pty->fd >= 0)
		close(pty->fd);
	close(pty->slave_fd);
	close(pty->err_fd);
	free(pty->bytes);
}

#endif
