/* SPDX-License-Identifier: MIT */
/*
 * Loads for tests and measurements, each bounded:
 *
 *   load sleepers N [COMMAND [ARG...]]	N sleeping children; runs COMMAND, or waits for the end of
 *					stdin, then ends them
 *   load forks N [SPAWNERS]		N children that exit at once, by so many spawners
 *   load execs N [SPAWNERS [RUN]]	the same, each executing this program: `load nothing RUN I`,
 *					with another I from 1 to N each
 *   load forks-per-second RATE SECONDS	such children at a steady pace
 *
 * and two yardsticks for what looks at them:
 *
 *   load read-proc			reads stat and cmdline of every process, and no more
 *   load seconds COMMAND [ARG...]	how long that takes, its output thrown away
 *
 * Says "ready" when the sleepers are there, and at the end of a storm how long it took. What execs
 * starts is short-lived only if this program is linked statically: half of the time is the dynamic
 * linker's otherwise.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MAX 100000000
#define SPAWNERS_MAX 1000
#define NS_PER_S 1000000000
#define NUMBER_SIZE 24

extern char **environ;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
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

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			fail("wait");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* ---- sleepers ---- */

static void wait_for_command(char **argv)
{
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		fail(argv[0]);
	if (wait_for(pid))
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

struct storm {
	const char *run; /* NULL: the children only exit */
	long count, spawners;
	float *lives_ms; /* of what was executed, in memory shared with the spawners */
};

static void fork_one(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		_exit(0);
	wait_for(pid);
}

/* Its life as its parent knows it: an upper bound, with the time to start it and to be told. */
static void exec_one(const struct storm *storm, long i)
{
	static char self[] = "/proc/self/exe", nothing[] = "nothing";
	char index[NUMBER_SIZE];
	char run[NUMBER_SIZE];
	char *const argv[] = { self, nothing, run, index, NULL };
	double begin_s;
	pid_t pid;

	snprintf(run, sizeof(run), "%s", storm->run);
	snprintf(index, sizeof(index), "%ld", i + 1);
	begin_s = now_s();
	if (posix_spawn(&pid, self, NULL, NULL, argv, environ))
		fail("spawn");
	wait_for(pid);
	storm->lives_ms[i] = (float)((now_s() - begin_s) * 1e3);
}

/* Every spawner takes its turn, so that all end at about the same time. */
static void spawn(const struct storm *storm, long first)
{
	for (long i = first; i < storm->count; i += storm->spawners) {
		if (storm->run)
			exec_one(storm, i);
		else
			fork_one();
	}
}

static int compare_floats(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;

	return (a > b) - (a < b);
}

static void share_lives(struct storm *storm)
{
	storm->lives_ms = mmap(NULL, (size_t)storm->count * sizeof(float), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (storm->lives_ms == MAP_FAILED)
		fail("memory");
}

static int run_storm(struct storm storm)
{
	double begin_s, took_s;

	if (storm.run)
		share_lives(&storm);
	begin_s = now_s();
	for (long i = 0; i < storm.spawners; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever ends the load ends all of it */
		spawn(&storm, i);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	took_s = now_s() - begin_s;
	printf("%ld processes in %.3f s", storm.count, took_s);
	if (storm.run) {
		qsort(storm.lives_ms, (size_t)storm.count, sizeof(float), compare_floats);
		printf(", median life %.3f ms", (double)storm.lives_ms[storm.count / 2]);
	}
	putchar('\n');
	return 0;
}

/* What the machine is too slow for is made up for, not left out. */
static int run_paced(long rate, long seconds)
{
	double begin_s = now_s();
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; i < rate * seconds; i++) {
		next.tv_nsec += NS_PER_S / rate;
		next.tv_sec += next.tv_nsec / NS_PER_S;
		next.tv_nsec %= NS_PER_S;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		fork_one();
	}
	printf("%ld processes in %.3f s\n", rate * seconds, now_s() - begin_s);
	return 0;
}

/* ---- yardsticks ---- */

static void read_file(int proc_fd, const char *pid, const char *name)
{
	char path[300], bytes[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", pid, name);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
		;
	if (fd >= 0)
		close(fd);
}

static int read_proc(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		fail("/proc");
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		read_file(dirfd(proc), entry->d_name, "stat");
		read_file(dirfd(proc), entry->d_name, "cmdline");
	}
	closedir(proc);
	return 0;
}

static int measure_seconds(char **argv)
{
	posix_spawn_file_actions_t actions;
	double begin_s;
	pid_t pid;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	begin_s = now_s();
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ))
		fail(argv[0]);
	code = wait_for(pid);
	printf("%.3f\n", now_s() - begin_s);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

static int usage(void)
{
	fputs(
	    "usage: load sleepers N [COMMAND...] | forks N [SPAWNERS] | execs N [SPAWNERS [RUN]]\n"
	    "       load forks-per-second RATE SECONDS | read-proc | seconds COMMAND...\n",
	    stderr);
	return 2;
}

static int run(int argc, char **argv)
{
	const char *what = argv[1];

	if (!strcmp(what, "read-proc"))
		return read_proc();
	if (argc < 3)
		return usage();
	if (!strcmp(what, "sleepers"))
		return run_sleepers(number(argv[2], 1000000), argv + 3);
	if (!strcmp(what, "seconds"))
		return measure_seconds(argv + 2);
	if (!strcmp(what, "forks-per-second") && argc == 4)
		return run_paced(number(argv[2], 100000), number(argv[3], 1000000));
	if (!strcmp(what, "forks") || !strcmp(what, "execs")) {
		const char *id = argc > 4 ? argv[4] : "0";

		return run_storm((struct storm){
		    .run = what[0] == 'e' ? id : NULL,
		    .count = number(argv[2], COUNT_MAX),
		    .spawners = argc > 3 ? number(argv[3], SPAWNERS_MAX) : 1,
		});
	}
	return usage();
}

int main(int argc, char **argv)
{
	/* First of all: this one's life is what is measured. */
	if (argc >= 2 && !strcmp(argv[1], "nothing"))
		return 0;
	return argc < 2 ? usage() : run(argc, argv);
}
