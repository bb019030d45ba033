/* SPDX-License-Identifier: MIT */
/*
 * Starting programs and looking after them; see run-program.h. fork() and no vfork(): a program on
 * a file system that hangs must not make proctop wait for its exec. Between fork and exec only what
 * is safe in a child of a program with threads is called.
 */
#include "act/run-program.h"
#include "act/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_EACH (NS_PER_S / PROGRAMS_A_SECOND)
#define LOOK_NS (NS_PER_S / 20) /* at those that run: nothing else need tell of their end */
#define CANNOT_RUN 127
#define OWN_PREFIX "PROCTOP_"

/* ---- how many ---- */

static bool take_room(struct programs *programs, uint64_t now_ns)
{
	uint64_t waited_ns = programs->room_ns ? now_ns - programs->room_ns : NS_PER_S;

	programs->room += waited_ns < NS_PER_S ? waited_ns : NS_PER_S;
	if (programs->room > NS_PER_S)
		programs->room = NS_PER_S;
	programs->room_ns = now_ns;
	if (programs->room < NS_EACH || programs->count == PROGRAMS_MAX)
		return false;
	programs->room -= NS_EACH;
	return true;
}

/* ---- the child ---- */

/* Ours, but for what another proctop said, and these. free() it, not what it points to. */
static char **join_environment(char *const *more)
{
	size_t count = 0, used = 0;
	char **joined;

	for (char **at = environ; at && *at; at++)
		count++;
	for (char *const *at = more; *at; at++)
		count++;
	joined = calloc(count + 1, sizeof(*joined));
	if (!joined)
		return NULL;
	for (char **at = environ; at && *at; at++) {
		if (strncmp(*at, OWN_PREFIX, strlen(OWN_PREFIX)) != 0)
			joined[used++] = *at;
	}
	for (; *more; more++)
		joined[used++] = *more;
	return joined;
}

static int redirect(bool is_silent)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return -errno;
	if (is_silent && dup2(null, STDERR_FILENO) < 0)
		return -errno;
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -errno;
	if (null > STDERR_FILENO)
		close(null);
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void become(char *const *argv, char *const *environment, bool is_silent,
			     int error_fd)
{
	int err;

	setsid(); /* what is typed is for proctop */
	reset_signals();
	err = redirect(is_silent);
	if (!err)
		err = rights_give_up();
	if (!err) {
		execvpe(argv[0], argv, environment);
		err = -errno;
	}
	if (write(error_fd, &err, sizeof(err)) < 0)
		_exit(CANNOT_RUN); /* either way */
	_exit(CANNOT_RUN);
}

/* ---- starting ---- */

static int start(struct program *program, char *const *argv, char *const *environment,
		 bool is_silent)
{
	int pipe_fds[2];
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pid = fork();
	if (!pid)
		become(argv, environment, is_silent, pipe_fds[1]);
	close(pipe_fds[1]);
	if (pid < 0) {
		close(pipe_fds[0]);
		return -errno;
	}
	program->pid = pid;
	program->error_fd = pipe_fds[0];
	return 0;
}

int programs_start(struct programs *programs, char *const *argv, char *const *environment,
		   bool is_silent, const void *why, pid_t about, uint64_t now_ns)
{
	struct program *program;
	char **joined;
	int err;

	if (!take_room(programs, now_ns))
		return -EBUSY;
	program = &programs->at[programs->count];
	*program = (struct program){ .about = about, .why = why };
	joined = join_environment(environment);
	err = joined ? start(program, argv, joined, is_silent) : -ENOMEM;
	free(joined);
	if (!err)
		programs->count++;
	return err;
}

/* ---- their ends ---- */

/* Whoever started proctop may have it ignore SIGCHLD: then nobody knows how it ended. */
static bool has_ended(const struct program *program, int *status)
{
	pid_t pid;

	do
		pid = waitpid(program->pid, status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		*status = 0;
	return pid != 0;
}

void programs_step(struct programs *programs, programs_said *said, void *to)
{
	size_t left = 0;

	for (size_t i = 0; i < programs->count; i++) {
		struct program program = programs->at[i];
		int status = 0, err = 0;

		if (!has_ended(&program, &status)) {
			programs->at[left++] = program;
			continue;
		}
		if (read(program.error_fd, &err, sizeof(err)) != sizeof(err))
			err = 0;
		close(program.error_fd);
		said(to, program.why, program.about, err, status);
	}
	programs->count = left;
}

uint64_t programs_next_ns(const struct programs *programs, uint64_t now_ns)
{
	return programs->count ? now_ns + LOOK_NS : UINT64_MAX;
}

void programs_clear(struct programs *programs)
{
	for (size_t i = 0; i < programs->count; i++)
		close(programs->at[i].error_fd);
	*programs = (struct programs){ .count = 0 };
}
