/* SPDX-License-Identifier: MIT */
/*
 * Loads for tests and measurements, each bounded:
 *
 *   load sleepers N [COMMAND [ARG...]]	N sleeping children; runs COMMAND, or waits for the end of
 *					stdin, then ends them
 *   load forks N [SPAWNERS]		N children that exit at once, by so many spawners
 *   load execs N [SPAWNERS]		the same, each executing this program as `load nothing`
 *
 * Says "ready" when the sleepers are there, and at the end of a storm how long it took.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long number(const char *text, long most)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || value < 1 || value > most) {
		fprintf(stderr, "load: '%s' is not a number from 1 to %ld\n", text, most);
		exit(2);
	}
	return value;
}

/* ---- sleepers ---- */

static void wait_for_command(char **argv)
{
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		fail(argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fprintf(stderr, "load: %s failed\n", argv[0]);
}

static void wait_for_end_of_input(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static int run_sleepers(long count, char **command)
{
	pid_t *pids = calloc((size_t)count, sizeof(*pids));

	if (!pids)
		fail("memory");
	for (long i = 0; i < count; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			fail("fork");
		if (!pids[i])
			for (;;)
				pause();
	}
	puts("ready");
	fflush(stdout);
	if (*command)
		wait_for_command(command);
	else
		wait_for_end_of_input();
	for (long i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	free(pids);
	return 0;
}

/* ---- storms ---- */

static void spawn_forks(long count)
{
	while (count--) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void spawn_execs(const char *self, long count)
{
	char *const argv[] = { strdup(self), strdup("nothing"), NULL };

	while (count--) {
		pid_t pid;

		if (posix_spawn(&pid, self, NULL, NULL, argv, environ))
			fail("spawn");
		waitpid(pid, NULL, 0);
	}
}

static int run_storm(const char *self, long count, long spawners)
{
	double begin = now_s();

	for (long i = 0; i < spawners; i++) {
		long share = count / spawners + (i < count % spawners);
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid)
			continue;
		if (self)
			spawn_execs(self, share);
		else
			spawn_forks(share);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	printf("%ld processes in %.3f s\n", count, now_s() - begin);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc >= 3 && !strcmp(argv[1], "sleepers"))
		return run_sleepers(number(argv[2], 1000000), argv + 3);
	if (argc >= 3 && !strcmp(argv[1], "forks"))
		return run_storm(NULL, number(argv[2], 100000000),
				 argv[3] ? number(argv[3], 1000) : 1);
	if (argc >= 3 && !strcmp(argv[1], "execs"))
		return run_storm("/proc/self/exe", number(argv[2], 100000000),
				 argv[3] ? number(argv[3], 1000) : 1);
	fputs("usage: load sleepers N [COMMAND...] | forks N [SPAWNERS] | execs N [SPAWNERS]\n",
	      stderr);
	return 2;
}
