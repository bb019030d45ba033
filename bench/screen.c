/* SPDX-License-Identifier: MIT */
/*
 * Runs a program on a pseudo terminal and measures it from outside:
 *
 *   screen MARKER SECONDS KEYS COMMAND [ARG...]
 *
 * Prints, on one line: seconds until MARKER was on the screen; CPU in percent of one core over
 * SECONDS after it had settled ("-": until the end of stdin); its memory (RSS) in kB. Then it
 * types KEYS and passes on what the program says on stderr. The terminal is 80x24 and is read all
 * the time.
 */
#include "../tests/pty.h"

#include <dirent.h>
#include <inttypes.h>

#define SETTLE_S 2.0

/* Run time of all its threads, in ns, finer than ticks. */
static uint64_t run_time_ns(pid_t pid)
{
	char path[64];
	uint64_t total = 0;
	const struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		char file_path[400];
		uint64_t ns = 0;
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(file_path, sizeof(file_path), "%s/%s/schedstat", path, entry->d_name);
		file = fopen(file_path, "r");
		if (file && fscanf(file, "%" SCNu64, &ns) == 1)
			total += ns;
		if (file)
			fclose(file);
	}
	if (dir)
		closedir(dir);
	return total;
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

static void read_for(struct pty *pty, double seconds)
{
	double until = pty_now_s() + seconds;

	while (pty_now_s() < until) {
		pty->size = pty->seen = 0;
		if (!pty_read(pty, 50))
			return;
	}
}

static void read_until_end_of_stdin(struct pty *pty)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char text[256];

	do {
		pty->size = pty->seen = 0;
		pty_read(pty, 50);
	} while (poll(&in, 1, 0) <= 0 || read(STDIN_FILENO, text, sizeof(text)) > 0);
}

int main(int argc, char **argv)
{
	double begin = pty_now_s(), first, since;
	bool until_end = argc > 2 && !strcmp(argv[2], "-");
	uint64_t before_ns, after_ns;
	char text[1024];
	struct pty pty;
	int status;

	if (argc < 5) {
		fputs("usage: screen MARKER SECONDS KEYS COMMAND [ARG...]\n", stderr);
		return 2;
	}
	if (!pty_start(&pty, argv + 4, 24, 80, NULL))
		return 1;
	if (!pty_wait_for(&pty, argv[1], 30)) {
		fprintf(stderr, "screen: %s never showed '%s'\n", argv[4], argv[1]);
		pty_end(&pty);
		return 1;
	}
	first = pty_now_s() - begin;
	if (!until_end)
		read_for(&pty, SETTLE_S);
	before_ns = run_time_ns(pty.pid);
	since = pty_now_s();
	if (until_end)
		read_until_end_of_stdin(&pty);
	else
		read_for(&pty, strtod(argv[2], NULL));
	after_ns = run_time_ns(pty.pid);
	printf("%.3f %.2f %ld\n", first,
	       (double)(after_ns - before_ns) / 1e7 / (pty_now_s() - since), rss_kb(pty.pid));
	fflush(stdout);
	pty_keys(&pty, argv[3]);
	if (pty_wait_end(&pty, 10, &status) && pty_stderr(&pty, text, sizeof(text)))
		fputs(text, stderr);
	pty_end(&pty);
	return 0;
}
