/* SPDX-License-Identifier: MIT */
/*
 * Runs a program on a pseudo terminal of 80x24, or SIZE=COLSxROWS in the environment, which is read
 * all the time, and measures it from outside:
 *
 *   screen idle MARKER SECONDS COMMAND [ARG...]
 *	seconds until MARKER was on the screen; CPU in percent of one core over SECONDS after it
 *	had settled; its memory (RSS) in kB
 *   screen during LOAD MARKER COMMAND [ARG...]
 *	waits for MARKER, or if that is empty a moment; runs the shell command LOAD to its end, and
 *	waits until the program has caught up; CPU in seconds from the begin of LOAD on; RSS in kB
 *	at its begin, at its half and at the end; open file descriptors at its begin and at the end
 *   screen keys COUNT MARKER KEY ANSWER KEY2 ANSWER2 COMMAND [ARG...]
 *	types the two keys alternately, COUNT in all, at irregular intervals; milliseconds until
 *	the ANSWER to a key came: the median and the 99th percentile; keys without an answer. It
 *	looks at a real-time priority, where it may, so that it does not measure its own waiting
 *   screen echo
 *	a program for that: says READY, and answers each key with ">", at a real-time priority,
 *	too. What it takes is the terminal's: the kernel's own threads carry what is typed and shown
 *
 * The figures are printed on one line. Then ^C ends the program, and what it said on stderr is
 * passed on.
 *
 * An ANSWER must be text that only the key can cause, or a redraw on the way would be taken for it.
 * curses sends the cells that changed and no others: so proctop's mark of the selected row, which
 *is sent when the selection moves and at no other time, tells that j or k was obeyed; and of a page
 *of help that goes up or down, a heading that is nowhere on the screen before.
 */
#include "../tests/pty.h"

#include <dirent.h>
#include <sched.h>
#include <termios.h>

#define START_S 30
#define SETTLE_S 3.0
#define MOMENT_S 0.2
#define CATCH_UP_S 4.0
#define BUSY 0.25 /* of a core: it has not caught up yet */
#define SAMPLE_S 0.25
#define SAMPLES_MAX 400000
#define ANSWER_S 10
#define KEYS_PRIORITY 3
#define ECHO_PRIORITY 1
#define LEAST_PAUSE_MS 5
#define PAUSE_SPREAD_MS 90

/* ---- what is looked at ---- */

/* Of all its threads, also those that are over. */
static double cpu_s(pid_t pid)
{
	struct timespec used = { 0 };
	clockid_t clock;

	if (!clock_getcpuclockid(pid, &clock))
		clock_gettime(clock, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static long rss_kb(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "VmRSS:", 6))
			kb = strtol(line + 6, NULL, 10);
	}
	if (file)
		fclose(file);
	return kb;
}

static int descriptors(pid_t pid)
{
	char path[64];
	const struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

/* ---- the terminal ---- */

/* Reads and forgets. */
static void read_for(struct pty *pty, double seconds)
{
	double until = pty_now_s() + seconds;

	do {
		pty->size = pty->seen = 0;
		if (!pty_read(pty, 20))
			return;
	} while (pty_now_s() < until);
}

static bool start(struct pty *pty, const char *marker, char **argv)
{
	const char *size = getenv("SIZE");
	unsigned short rows = 24, cols = 80;

	if (size && sscanf(size, "%hux%hu", &cols, &rows) != 2) {
		fprintf(stderr, "screen: SIZE is COLSxROWS, as in 160x50\n");
		return false;
	}
	if (!pty_start(pty, argv, rows, cols, NULL))
		return false;
	if (!*marker || pty_wait_for(pty, marker, START_S))
		return true;
	fprintf(stderr, "screen: %s never showed '%s'\n", argv[0], marker);
	pty_end(pty);
	return false;
}

static void finish(struct pty *pty)
{
	char text[1024];
	int status;

	putchar('\n');
	fflush(stdout);
	pty_keys(pty, "\003");
	if (pty_wait_end(pty, 10, &status) && pty_stderr(pty, text, sizeof(text)))
		fputs(text, stderr);
	pty_end(pty);
}

/* ---- idle ---- */

static int measure_idle(const char *marker, double seconds, char **argv)
{
	double begin_s = pty_now_s(), first_s, before_s, since_s;
	struct pty pty;

	if (!start(&pty, marker, argv))
		return 1;
	first_s = pty_now_s() - begin_s;
	read_for(&pty, SETTLE_S);
	before_s = cpu_s(pty.pid);
	since_s = pty_now_s();
	read_for(&pty, seconds);
	printf("%.3f %.2f %ld", first_s,
	       (cpu_s(pty.pid) - before_s) / (pty_now_s() - since_s) * 100, rss_kb(pty.pid));
	finish(&pty);
	return 0;
}

/* ---- during a load ---- */

/* Until it rests, or nearly; a screen goes on drawing for a while. */
static void catch_up(struct pty *pty)
{
	double deadline_s = pty_now_s() + CATCH_UP_S;
	double used_s, before_s;

	do {
		before_s = cpu_s(pty->pid);
		read_for(pty, MOMENT_S);
		used_s = cpu_s(pty->pid) - before_s;
	} while (used_s > BUSY * MOMENT_S && pty_now_s() < deadline_s);
}

static pid_t run_load(const char *load)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	execl("/bin/sh", "sh", "-c", load, NULL);
	_exit(127);
}

/* Reads on until the load is over. How many samples were taken, at even distances. */
static size_t sample_rss(struct pty *pty, pid_t load, long *samples)
{
	size_t count = 0;
	double next_s = pty_now_s();
	int status;

	while (waitpid(load, &status, WNOHANG) == 0) {
		if (pty_now_s() >= next_s && count < SAMPLES_MAX) {
			samples[count++] = rss_kb(pty->pid);
			next_s += SAMPLE_S;
		}
		read_for(pty, 0);
	}
	return count;
}

static int measure_during(const char *load, const char *marker, char **argv)
{
	long *samples = calloc(SAMPLES_MAX, sizeof(*samples));
	int descriptors_before;
	struct pty pty;
	double before_s;
	size_t count;

	if (!samples || !start(&pty, marker, argv)) {
		free(samples);
		return 1;
	}
	read_for(&pty, MOMENT_S);
	catch_up(&pty);
	descriptors_before = descriptors(pty.pid);
	before_s = cpu_s(pty.pid);
	samples[0] = rss_kb(pty.pid);
	count = sample_rss(&pty, run_load(load), samples);
	catch_up(&pty);
	printf("%.3f %ld %ld %ld %d %d", cpu_s(pty.pid) - before_s, samples[0], samples[count / 2],
	       rss_kb(pty.pid), descriptors_before, descriptors(pty.pid));
	finish(&pty);
	free(samples);
	return 0;
}

/* ---- keys ---- */

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double percentile(const double *sorted, size_t count, size_t percent)
{
	return count ? sorted[(count - 1) * percent / 100] : 0;
}

/* Milliseconds, or less than 0. */
static double press(struct pty *pty, const char *key, const char *answer)
{
	double begin_s;

	read_for(pty, 0); /* what was sent before */
	pty->size = pty->seen = 0;
	begin_s = pty_now_s();
	pty_keys(pty, key);
	if (!pty_wait_for(pty, answer, ANSWER_S))
		return -1;
	return (pty_now_s() - begin_s) * 1e3;
}

static int measure_keys(size_t count, const char *marker, char **args)
{
	double *times_ms = calloc(count + 1, sizeof(*times_ms));
	unsigned short seed[3] = { 1, 2, 3 };
	size_t answered = 0;
	struct pty pty;

	if (!times_ms || !start(&pty, marker, args + 4)) {
		free(times_ms);
		return 1;
	}
	read_for(&pty, MOMENT_S);
	catch_up(&pty);
	for (size_t i = 0; i < count; i++) {
		const char *const *pair = (const char *const *)args + (i % 2 ? 2 : 0);
		double time_ms = press(&pty, pair[0], pair[1]);

		if (time_ms >= 0)
			times_ms[answered++] = time_ms;
		read_for(&pty, (LEAST_PAUSE_MS + erand48(seed) * PAUSE_SPREAD_MS) / 1e3);
	}
	qsort(times_ms, answered, sizeof(*times_ms), compare_doubles);
	printf("%.1f %.1f %zu", percentile(times_ms, answered, 50),
	       percentile(times_ms, answered, 99), count - answered);
	finish(&pty);
	free(times_ms);
	return 0;
}

/* What is started has no part in it. */
static void be_realtime(int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param);
}

static int echo(void)
{
	static const char answer[] = "\033[H>";
	struct termios raw;
	char key;

	be_realtime(ECHO_PRIORITY);
	if (tcgetattr(STDIN_FILENO, &raw))
		return 1;
	cfmakeraw(&raw);
	raw.c_lflag |= ISIG;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (write(STDOUT_FILENO, "READY\r\n", 7) != 7)
		return 1;
	while (read(STDIN_FILENO, &key, 1) == 1) {
		if (write(STDOUT_FILENO, answer, sizeof(answer) - 1) < 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "echo"))
		return echo();
	if (argc > 8 && !strcmp(argv[1], "keys"))
		be_realtime(KEYS_PRIORITY);
	if (argc > 4 && !strcmp(argv[1], "idle"))
		return measure_idle(argv[2], strtod(argv[3], NULL), argv + 4);
	if (argc > 4 && !strcmp(argv[1], "during"))
		return measure_during(argv[2], argv[3], argv + 4);
	if (argc > 8 && !strcmp(argv[1], "keys"))
		return measure_keys(strtoul(argv[2], NULL, 10), argv[3], argv + 4);
	fputs("usage: screen idle MARKER SECONDS COMMAND [ARG...]\n"
	      "       screen during LOAD MARKER COMMAND [ARG...]\n"
	      "       screen keys COUNT MARKER KEY ANSWER KEY2 ANSWER2 COMMAND [ARG...]\n"
	      "       screen echo\n",
	      stderr);
	return 2;
}
