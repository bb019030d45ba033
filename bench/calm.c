/* SPDX-License-Identifier: MIT */
/*
 * How calm the screen is under a load, and how much of it lives:
 *
 *   calm COLSxROWS SECONDS NAME HOLD LOAD COMMAND [ARG...]
 *
 * runs COMMAND in a terminal of that size (tmux is the emulator), the shell command LOAD beside it,
 * and looks at the screen every 33 ms. HOLD, keys or "", are typed before: "jj" makes the cursor
 * somebody's. NAME: of the processes (comm) of which one must be on the screen in each look in
 * which one has been alive for 100 ms. Prints on one line:
 *
 *   looks; looks with such a process, and in how many of them one was on the screen (per cent);
 *   the share of rows that live, as the median of looks in which enough lived for two thirds of
 *   the rows, and the least of nineteen in twenty of those in which enough lived for half;
 *   the share of all looks, as the median; looks a second in which a row stood on another line
 *   though no living row above it came or went; looks in which the selected row's line changed,
 *   and in how many of these it could have stayed
 *
 * Blank lines, and those that only sum up, are no rows. A figure that no look tells is "-".
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 33000000
#define ROWS_MAX 512
#define LINE_SIZE 2048
#define LOOKS_MAX 20000
#define PIDS_MAX 65536
#define ALIVE_TICKS 10 /* 100 ms */
#define DRAWN_TICKS 6  /* two looks */
#define START_S 20
#define ANSWER_S 20

extern char **environ;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "calm: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- the terminal: tmux in control mode, so that a look starts no process ---- */

struct screen {
	char socket[64];
	FILE *commands, *answers;
	pid_t pid;
	int rows;
	char lines[ROWS_MAX][LINE_SIZE];
	int count;
};

/* Reads up to the end of an answer; its lines are the screen's if they are wanted. */
static bool read_answer(struct screen *screen, bool wanted)
{
	char line[LINE_SIZE];
	bool is_inside = false;

	if (wanted)
		screen->count = 0;
	while (fgets(line, sizeof(line), screen->answers)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "%end", 4) || !strncmp(line, "%error", 6))
			return line[2] == 'n';
		if (!strncmp(line, "%begin", 6))
			is_inside = true;
		else if (is_inside && wanted && screen->count < ROWS_MAX)
			memcpy(screen->lines[screen->count++], line, sizeof(line));
	}
	return false;
}

static bool ask(struct screen *screen, bool wanted, const char *command)
{
	alarm(ANSWER_S);
	fprintf(screen->commands, "%s\n", command);
	fflush(screen->commands);
	return read_answer(screen, wanted);
}

static bool look(struct screen *screen)
{
	return ask(screen, true, "capture-pane -p");
}

/* It must not stay behind when nobody waits for it any more. */
static const char *socket_of_tmux;

static void give_up(int number)
{
	static const char text[] = "calm: the terminal does not answer\n";

	(void)number;
	if (write(2, text, sizeof(text) - 1) < 0 || fork() == 0)
		execlp("tmux", "tmux", "-L", socket_of_tmux, "kill-server", (char *)NULL);
	_exit(1);
}

static void spawn_tmux(struct screen *screen, const char *const words[])
{
	posix_spawn_file_actions_t actions;
	int to[2], from[2];
	char *argv[16];
	size_t count = 0;

	for (; words[count] && count < 15; count++)
		argv[count] = strdup(words[count]);
	argv[count] = NULL;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to[0], 0);
	posix_spawn_file_actions_adddup2(&actions, from[1], 1);
	errno = posix_spawnp(&screen->pid, "tmux", &actions, NULL, argv, environ);
	if (errno)
		die("tmux");
	posix_spawn_file_actions_destroy(&actions);
	while (count)
		free(argv[--count]);
	close(to[0]);
	close(from[1]);
	screen->commands = fdopen(to[1], "w");
	screen->answers = fdopen(from[0], "r");
	if (!screen->commands || !screen->answers)
		die("fdopen");
}

/* The command's words as one, for tmux's shell. */
static void quote(char *out, size_t size, char *const argv[])
{
	size_t used = (size_t)snprintf(out, size, "exec");

	for (; *argv; argv++) {
		used += (size_t)snprintf(out + used, size - used, " '");
		for (const char *at = *argv; *at && used + 5 < size; at++)
			used += (size_t)snprintf(out + used, size - used,
						 *at == '\'' ? "'\\''" : "%c", *at);
		used += (size_t)snprintf(out + used, size - used, "'");
	}
}

static void start(struct screen *screen, const char *size, char *const argv[])
{
	char command[4096], cols[16], rows[16];
	const char *const tmux[] = { "tmux",	  "-L", screen->socket, "-f",
				     "/dev/null", "-C", "new-session",	"-x",
				     cols,	  "-y", rows,		command,
				     NULL };
	const char *by = strchr(size, 'x');
	char resize[64];

	if (!by)
		die(size);
	snprintf(cols, sizeof(cols), "%.*s", (int)(by - size), size);
	snprintf(rows, sizeof(rows), "%s", by + 1);
	screen->rows = atoi(rows);
	snprintf(screen->socket, sizeof(screen->socket), "calm-%d", getpid());
	quote(command, sizeof(command), argv);
	unsetenv("TMUX");
	socket_of_tmux = screen->socket;
	signal(SIGALRM, give_up);
	signal(SIGTERM, give_up);
	alarm(ANSWER_S);
	spawn_tmux(screen, tmux);
	if (!read_answer(screen, false))
		die("tmux said no");
	ask(screen, false, "set-option -g status off");
	ask(screen, false, "refresh-client -f no-output");
	snprintf(resize, sizeof(resize), "refresh-client -C %s,%s", cols, rows);
	ask(screen, false, resize);
}

static void finish(struct screen *screen)
{
	ask(screen, false, "kill-server");
	fclose(screen->commands);
	fclose(screen->answers);
	kill(screen->pid, SIGTERM); /* it may wait for a last word */
	waitpid(screen->pid, NULL, 0);
}

static bool wait_for(struct screen *screen, const char *text)
{
	double until = now_s() + START_S;

	while (now_s() < until) {
		if (look(screen)) {
			for (int i = 0; i < screen->count; i++) {
				if (strstr(screen->lines[i], text))
					return true;
			}
		}
		usleep(50000);
	}
	return false;
}

/* ---- what is on it ---- */

struct row {
	int line;
	pid_t pid;
	bool is_alive, is_selected;
};

struct picture {
	struct row rows[ROWS_MAX];
	int count;
};

/* Between the titles of the columns and the events, or the last lines; the selected row's line has
   none of the gutter's blanks. */
static void parse(const struct screen *screen, struct picture *picture)
{
	int from = 0, to = screen->rows - 1 - (screen->rows >= 20);

	picture->count = 0;
	while (from < to && !strstr(screen->lines[from], "PID"))
		from++;
	if (from == to) /* low screens do without them */
		from = 0;
	for (int y = from + 1; y < to && y < screen->count; y++) {
		const char *line = screen->lines[y];
		bool is_over = strncmp(line + 1, "†", strlen("†")) == 0;
		const char *pid = line + 1 + (is_over ? strlen("†") : 1);
		struct row *row = &picture->rows[picture->count];

		if (!strncmp(line, "── events", strlen("── events")))
			break;
		if (strlen(line) < 4)
			continue;
		pid += strspn(pid, " ");
		if (!isdigit((unsigned char)*pid))
			continue;
		*row = (struct row){ .line = y,
				     .pid = atoi(pid),
				     .is_alive = !is_over,
				     .is_selected = *line == '>' };
		picture->count++;
	}
}

static const struct row *find_row(const struct picture *picture, pid_t pid)
{
	for (int i = 0; i < picture->count; i++) {
		if (picture->rows[i].pid == pid)
			return &picture->rows[i];
	}
	return NULL;
}

/* ---- what is true ---- */

struct process {
	pid_t pid, ppid;
	unsigned long long start;
	char comm[32];
};

struct truth {
	struct process processes[PIDS_MAX];
	bool is_in_scope[PIDS_MAX];
	int count, in_scope;
};

static bool read_process(struct process *process, const char *name)
{
	char path[300], text[512];
	const char *open, *end;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	fd = open64(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (size <= 0)
		return false;
	text[size] = '\0';
	open = strchr(text, '(');
	end = strrchr(text, ')');
	if (!open || !end || end[2] == 'Z' || end[2] == 'X')
		return false;
	process->pid = atoi(text);
	snprintf(process->comm, sizeof(process->comm), "%.*s", (int)(end - open - 1), open + 1);
	return sscanf(end + 4,
		      "%d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		      &process->ppid, &process->start) == 2;
}

static void read_truth(struct truth *truth)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	truth->count = 0;
	while (dir && (entry = readdir(dir)) && truth->count < PIDS_MAX) {
		if (isdigit((unsigned char)*entry->d_name) &&
		    read_process(&truth->processes[truth->count], entry->d_name))
			truth->count++;
	}
	if (dir)
		closedir(dir);
}

static unsigned long long now_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (unsigned long long)now.tv_sec * 100 + (unsigned long long)now.tv_nsec / 10000000;
}

/* ---- figures ---- */

struct figures {
	int looks, wanted, shown;
	double two_thirds[LOOKS_MAX], half[LOOKS_MAX], all[LOOKS_MAX];
	int two_thirds_count, half_count, all_count;
	int moved, selection_moved, selection_moved_needlessly;
};

/* Marks those that living rows have below them, these included. Returns how many of them live, and
   have for so long that they could be drawn. */
static int mark_scope(struct truth *truth, const struct picture *picture)
{
	bool *is_in = truth->is_in_scope;
	unsigned long long ticks = now_ticks();
	int marked = 0, before = -1, count = 0;

	memset(is_in, 0, sizeof(truth->is_in_scope));
	while (marked != before) {
		before = marked;
		for (int i = 0; i < truth->count; i++) {
			const struct process *process = &truth->processes[i];
			const struct row *row = find_row(picture, process->pid);
			bool joins = row && row->is_alive;

			for (int j = 0; j < truth->count && !joins && !is_in[i]; j++)
				joins = is_in[j] && truth->processes[j].pid == process->ppid;
			if (is_in[i] || !joins)
				continue;
			is_in[i] = true;
			marked++;
			count += process->start + DRAWN_TICKS < ticks;
		}
	}
	return count;
}

/* Whether one of that name has been alive long enough, and one such is on the screen. */
static void judge_name(struct figures *figures, const struct truth *truth,
		       const struct picture *picture, const char *name)
{
	unsigned long long ticks = now_ticks();
	bool is_there = false, is_shown = false;

	for (int i = 0; i < truth->count; i++) {
		const struct process *process = &truth->processes[i];
		const struct row *row;

		if (!truth->is_in_scope[i] || strcmp(process->comm, name) ||
		    process->start + ALIVE_TICKS + 1 > ticks)
			continue;
		row = find_row(picture, process->pid);
		is_there = true;
		is_shown |= row && row->is_alive;
	}
	figures->wanted += is_there;
	figures->shown += is_there && is_shown;
}

static void judge_share(struct figures *figures, const struct truth *truth,
			const struct picture *picture)
{
	int alive = 0, in_scope = truth->in_scope;
	double share;

	for (int i = 0; i < picture->count; i++)
		alive += picture->rows[i].is_alive;
	if (!picture->count)
		return;
	share = (double)alive / picture->count;
	figures->all[figures->all_count++] = share;
	if (in_scope * 3 >= picture->count * 2)
		figures->two_thirds[figures->two_thirds_count++] = share;
	if (in_scope * 2 >= picture->count)
		figures->half[figures->half_count++] = share;
}

/* The living rows above are the same ones. */
static bool is_same_above(const struct picture *a, int above_a, const struct picture *b,
			  int above_b)
{
	int count_a = 0, count_b = 0;

	for (int i = 0; i < b->count && b->rows[i].line < above_b; i++)
		count_b += b->rows[i].is_alive;
	for (int i = 0; i < a->count && a->rows[i].line < above_a; i++) {
		const struct row *row = find_row(b, a->rows[i].pid);

		if (!a->rows[i].is_alive)
			continue;
		count_a++;
		if (!row || !row->is_alive || row->line >= above_b)
			return false;
	}
	return count_a == count_b;
}

static void judge_moves(struct figures *figures, const struct picture *before,
			const struct picture *after)
{
	bool has_moved = false;

	for (int i = 0; i < before->count && !has_moved; i++) {
		const struct row *from = &before->rows[i];
		const struct row *to = find_row(after, from->pid);

		has_moved = to && to->line != from->line &&
			    is_same_above(before, from->line, after, to->line);
	}
	figures->moved += has_moved;
}

static const struct row *selected(const struct picture *picture)
{
	for (int i = 0; i < picture->count; i++) {
		if (picture->rows[i].is_selected)
			return &picture->rows[i];
	}
	return NULL;
}

/* It moves up when too few rows are left above it, so that it then stands as far below the first
   line as there are rows above. */
static void judge_selection(struct figures *figures, const struct picture *before,
			    const struct picture *after)
{
	const struct row *from = selected(before), *to = selected(after);

	if (!from || !to || from->pid != to->pid || from->line == to->line)
		return;
	figures->selection_moved++;
	figures->selection_moved_needlessly +=
	    to->line > from->line || to - after->rows != to->line - after->rows[0].line;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_quantile(const char *name, double *values, int count, double part)
{
	if (count < 20) {
		printf(" %s -", name);
		return;
	}
	qsort(values, (size_t)count, sizeof(*values), compare);
	printf(" %s %.0f%%", name, 100 * values[(int)((count - 1) * part)]);
}

static void print(struct figures *figures, double seconds)
{
	printf("looks %d", figures->looks);
	if (figures->wanted)
		printf(" shown %.1f%% of %d", 100.0 * figures->shown / figures->wanted,
		       figures->wanted);
	else
		printf(" shown -");
	print_quantile("live", figures->two_thirds, figures->two_thirds_count, 0.5);
	print_quantile("worst", figures->half, figures->half_count, 0.05);
	print_quantile("all", figures->all, figures->all_count, 0.5);
	printf(" moves %.1f/s selection %d, %d needlessly\n", figures->moved / seconds,
	       figures->selection_moved, figures->selection_moved_needlessly);
}

/* ---- all of it ---- */

static pid_t start_load(const char *load)
{
	pid_t pid = fork();
	int null;

	if (pid)
		return pid;
	setpgid(0, 0);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execl("/bin/sh", "sh", "-c", load, (char *)NULL);
	_exit(127);
}

static void take_looks(struct screen *screen, struct figures *figures, double seconds,
		       const char *name)
{
	static struct picture pictures[2];
	static struct truth truth;
	double begin = now_s(), next = begin;

	while (now_s() < begin + seconds && figures->looks < LOOKS_MAX) {
		struct picture *after = &pictures[figures->looks % 2];
		const struct picture *before = &pictures[(figures->looks + 1) % 2];
		double pause;

		read_truth(&truth);
		if (!look(screen))
			break;
		parse(screen, after);
		truth.in_scope = mark_scope(&truth, after);
		judge_name(figures, &truth, after, name);
		judge_share(figures, &truth, after);
		if (figures->looks)
			judge_moves(figures, before, after);
		if (figures->looks)
			judge_selection(figures, before, after);
		figures->looks++;
		next += LOOK_NS / 1e9;
		pause = next - now_s();
		if (pause > 0)
			usleep((useconds_t)(pause * 1e6));
		else
			next = now_s();
	}
}

int main(int argc, char **argv)
{
	static struct figures figures;
	static struct screen screen;
	double seconds, begin;
	char keys[256];
	pid_t load;

	if (argc < 7) {
		fputs("calm: see the head of its source for its words\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	seconds = atof(argv[2]);
	start(&screen, argv[1], argv + 6);
	if (!wait_for(&screen, "LIVE"))
		die("it never showed LIVE");
	load = start_load(argv[5]);
	sleep(1);
	for (const char *key = argv[4]; *key; key++) {
		snprintf(keys, sizeof(keys), "send-keys -l '%c'", *key);
		ask(&screen, false, keys);
	}
	usleep(200000);
	begin = now_s();
	take_looks(&screen, &figures, seconds, argv[3]);
	print(&figures, now_s() - begin);
	kill(-load, SIGKILL);
	waitpid(load, NULL, 0);
	finish(&screen);
	return 0;
}
