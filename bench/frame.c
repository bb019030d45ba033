/* SPDX-License-Identifier: MIT */
/*
 * What a frame costs over so many processes, without a kernel and without a terminal: events go in,
 * views are updated and drawn on a canvas. Prints times; what is fast enough is for the reader to
 * say.
 */
#include "ui/input.h"
#include "ui/session.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define S UINT64_C(1000000000)
#define FRAMES 300
#define FAMILY 50 /* a parent and its children */
#define FIRST_PID 1000

struct stage {
	char root[64];
	struct ptree_monitor *monitor;
	struct ptree_users *users;
	struct session session;
	struct keymap_state keys;
	struct canvas *canvas;
	uint64_t now_ns;
	pid_t next_pid;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "frame: %s: %s\n", what, strerror(-ret));
	exit(1);
}

/* ---- a machine ---- */

static void apply(struct stage *stage, enum ptree_event_kind kind, pid_t parent, pid_t pid)
{
	struct ptree_event event = { .kind = kind,
				     .time_ns = stage->now_ns,
				     .pid = pid,
				     .tgid = pid,
				     .parent_pid = parent,
				     .parent_tgid = parent };

	must(ptree_tree_apply(stage->session.scene.world.tree, &event), "apply");
}

static void name(struct stage *stage, pid_t pid, const char *comm)
{
	struct ptree_event event = {
		.kind = PTREE_EVENT_COMM, .time_ns = stage->now_ns, .pid = pid, .tgid = pid
	};

	snprintf(event.u.comm, sizeof(event.u.comm), "%s", comm);
	must(ptree_tree_apply(stage->session.scene.world.tree, &event), "name");
}

/* What somebody looks at. */
struct mode {
	const char *name;
	bool is_flat; /* all below one */
	bool has_threads, has_exits;
	struct rows_scope choice;
};

/* In a tenth of them ten more, or an end. */
static void add_more(struct stage *stage, pid_t pid, const struct mode *mode)
{
	for (int i = 0; mode->has_threads && i < 10; i++) {
		struct ptree_event event = { .kind = PTREE_EVENT_FORK,
					     .time_ns = stage->now_ns,
					     .pid = stage->next_pid++,
					     .tgid = pid };

		must(ptree_tree_apply(stage->session.scene.world.tree, &event), "thread");
	}
	if (mode->has_exits)
		apply(stage, PTREE_EVENT_EXIT, 1, pid);
}

/* Families under init, or all under one. */
static void populate(struct stage *stage, int count, const struct mode *mode)
{
	const unsigned names = mode->has_exits ? 100000 : 997;
	pid_t parent = 1;

	for (int i = 0; i < count; i++) {
		pid_t pid = stage->next_pid++;
		char comm[16];

		stage->now_ns += 1000;
		if (i % FAMILY == 0 && (!mode->is_flat || !i)) {
			apply(stage, PTREE_EVENT_FORK, 1, pid);
			parent = pid;
		} else {
			apply(stage, PTREE_EVENT_FORK, parent, pid);
		}
		snprintf(comm, sizeof(comm), "worker%u", (unsigned)i % names);
		name(stage, pid, comm);
		if (i % 10 == 9)
			add_more(stage, pid, mode);
	}
}

static void make_proc(struct stage *stage)
{
	char path[128];
	FILE *file;

	snprintf(stage->root, sizeof(stage->root), "/tmp/bench-frame.XXXXXX");
	must(mkdtemp(stage->root) ? 0 : -1, "mkdtemp");
	snprintf(path, sizeof(path), "%s/1", stage->root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/1/stat", stage->root);
	file = fopen(path, "w");
	must(file ? 0 : -1, "stat");
	fprintf(file, "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 1000 10 0\n");
	fclose(file);
}

static void open_stage(struct stage *stage, int rows, int cols)
{
	struct ptree_monitor_options options = { .poll_only = true,
						 .tree = { .feed_bytes = 1 << 20 } };

	make_proc(stage);
	options.proc_path = stage->root;
	must(ptree_monitor_new(&stage->monitor, &options), "monitor");
	must(ptree_monitor_wait_ready(stage->monitor, true, 10000), "first scan");
	must(ptree_users_new(&stage->users), "users");
	must(session_init(&stage->session, stage->monitor, stage->users), "session");
	ptree_tree_set_clock_offset(stage->session.scene.world.tree, 0);
	stage->session.scene.moment.glow_ns = 3 * S;
	stage->canvas = canvas_new(rows, cols, true);
	stage->now_ns = 100 * S;
	stage->next_pid = FIRST_PID;
}

static void close_stage(struct stage *stage)
{
	char command[128];

	canvas_free(stage->canvas);
	session_clear(&stage->session);
	ptree_monitor_free(stage->monitor);
	ptree_users_free(stage->users);
	snprintf(command, sizeof(command), "rm -rf '%s'", stage->root);
	must(system(command), "rm");
}

/* ---- measuring ---- */

static double draw(struct stage *stage)
{
	double before = now_ms();

	stage->session.scene.moment.now_ns = stage->now_ns;
	session_update(&stage->session, stage->canvas);
	session_draw(&stage->session);
	return now_ms() - before;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct times {
	double median, tenth; /* a tenth takes at least that long */
};

static struct times times_of(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (struct times){ values[count / 2], values[count - 1 - count / 10] };
}

/* One event, one frame: a fork, its exec, its exit, by turns, a tenth of a second apart. */
static struct times measure_events(struct stage *stage, pid_t parent)
{
	static const enum ptree_event_kind kinds[] = { PTREE_EVENT_FORK, PTREE_EVENT_EXEC,
						       PTREE_EVENT_EXIT };
	double times[FRAMES];

	for (int i = 0; i < FRAMES; i++) {
		if (i % 3 == 0)
			stage->next_pid++;
		stage->now_ns += S / 10;
		apply(stage, kinds[i % 3], parent, stage->next_pid);
		times[i] = draw(stage);
	}
	return times_of(times, FRAMES);
}

static void press(struct stage *stage, unsigned code)
{
	const struct key key = { .code = code };

	input_key(&stage->keys, &stage->session, &key);
}

/* Typed into a filter, which matches a part of all. */
static double measure_filter(struct stage *stage)
{
	static const char text[] = "worker12";
	double times[sizeof(text) - 1];

	press(stage, '\\');
	draw(stage);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		double before = now_ms();

		press(stage, (unsigned char)text[i]);
		times[i] = now_ms() - before + draw(stage);
	}
	press(stage, '\r');
	draw(stage);
	return times_of(times, sizeof(text) - 1).median;
}

static double measure_move(struct stage *stage)
{
	double times[FRAMES];

	for (int i = 0; i < FRAMES; i++) {
		double before = now_ms();

		press(stage, 'j');
		times[i] = now_ms() - before + draw(stage);
	}
	return times_of(times, FRAMES).median;
}

static struct stage *set_up(const struct mode *mode, int count)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct rows_scope *choice;

	must(stage ? 0 : -ENOMEM, "stage");
	open_stage(stage, 24, 80);
	choice = &stage->session.panes.tree->choice;
	choice->group = mode->choice.group;
	choice->by_origin = mode->choice.by_origin;
	choice->shows_threads = mode->choice.shows_threads;
	choice->exited = mode->choice.exited;
	populate(stage, count, mode);
	stage->now_ns += 60 * S;
	return stage;
}

static void tear_down(struct stage *stage)
{
	close_stage(stage);
	free(stage);
}

static void measure(const struct mode *mode, int count)
{
	struct stage *stage = set_up(mode, count);
	double first = draw(stage), move, key, by_time;
	struct times event = measure_events(stage, FIRST_PID), filtered, sorted;

	move = measure_move(stage);
	key = measure_filter(stage);
	filtered = measure_events(stage, FIRST_PID);
	press(stage, '\033');
	press(stage, 'P');
	draw(stage);
	sorted = measure_events(stage, FIRST_PID);
	press(stage, 'T');
	draw(stage);
	by_time = measure_events(stage, FIRST_PID).median;
	printf("%7d %-8s %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f\n", count, mode->name,
	       first, event.median, event.tenth, move, key, filtered.median, sorted.median,
	       by_time);
	fflush(stdout);
	tear_down(stage);
}

static const struct mode modes[] = {
	{ .name = "trees" },
	{ .name = "flat", .is_flat = true },
	{ .name = "user", .choice.group = GROUP_USER },
	{ .name = "command", .choice.group = GROUP_COMMAND },
	{ .name = "threads", .has_threads = true, .choice.shows_threads = true },
	{ .name = "lineage", .choice.by_origin = true },
	{ .name = "stay", .has_exits = true, .choice.exited = JOBS_STAY },
};

/* frame [MODE [COUNT]] */
int main(int argc, char **argv)
{
	static const int counts[] = { 1000, 10000, 100000 };
	int wanted = argc > 2 ? atoi(argv[2]) : 0;

	setlocale(LC_ALL, "C.UTF-8");
	puts("ms of CPU, 24x80, medians: the first frame; a frame after an event, and the slowest\n"
	     "tenth of these; a key that moves; a key in the filter; a frame after an event with\n"
	     "a filter, sorted by CPU, and by CPU time. In trees, or all below one; in groups by\n"
	     "user or command, folded; with threads, as many as processes; in lineage; with all\n"
	     "that is over, a tenth, each in a row of its own\n"
	     "    processes     first    event    tenth     move      key filtered   sorted  by "
	     "time");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (size_t j = 0; j < sizeof(modes) / sizeof(modes[0]); j++) {
			if ((argc < 2 || !strcmp(argv[1], modes[j].name)) &&
			    (!wanted || wanted == counts[i]))
				measure(&modes[j], counts[i]);
		}
	}
	return 0;
}
