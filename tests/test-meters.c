/* SPDX-License-Identifier: MIT */
/* The meters of a machine that is told what it has: how they stand on screens of any size. */
#include "screen.h"

#include "views/meters-impl.h"

#include <sys/stat.h>

#define CPUS 128

static void write_at_root(const struct screen *screen, const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", screen->root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Each CPU is busy for a part of the time that grows with its number. */
static void write_stat(const struct screen *screen, unsigned cpus, unsigned round)
{
	char text[CPUS * 64], *at = text;
	unsigned busy = 0;

	for (unsigned i = 0; i < cpus; i++)
		busy += 1000 * i / cpus;
	at += sprintf(at, "cpu %u 0 0 %u 0 0 0 0\n", round * busy, round * (1000 * cpus - busy));
	for (unsigned i = 0; i < cpus; i++)
		at += sprintf(at, "cpu%u %u 0 0 %u 0 0 0 0\n", i, round * (1000 * i / cpus),
			      round * (1000 - 1000 * i / cpus));
	strcpy(at, "processes 1\nprocs_running 3\n");
	write_at_root(screen, "stat", text);
}

/* 16 GiB, of which 4 are used and 8 are cache; no swap. */
static void be_a_machine(struct screen *screen, unsigned cpus)
{
	/* The monitor's, as what samples it in time. */
	struct ptree_host *host =
	    (struct ptree_host *)(uintptr_t)ptree_monitor_host(screen->monitor);

	write_at_root(screen, "meminfo",
		      "MemTotal: 16777216 kB\nMemFree: 4194304 kB\nMemAvailable: 12582912 kB\n"
		      "Buffers: 0 kB\nCached: 8388608 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
	write_at_root(screen, "loadavg", "1.25 0.50 12.00 1/2 3\n");
	for (unsigned round = 1; round < 3; round++) {
		write_stat(screen, cpus, round);
		assert_int_equal(ptree_host_sample(host), 0);
	}
}

/* Seconds go by, by which it has a history. */
static void tick(struct screen *screen, int seconds)
{
	struct world *world = &screen->session.scene.world;

	while (seconds--) {
		screen->session.scene.moment.now_ns += S;
		world_tick(world, screen->session.scene.moment.now_ns);
	}
	draw(screen);
}

static void choose(struct screen *screen, const char *list)
{
	char error[384];

	if (!meter_choice_parse(&screen->session.scene.meters, list, error, sizeof(error)))
		fail_msg("%s", error);
}

static void what_is_cached_is_not_what_is_used(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	be_a_machine(screen, 1);
	expect_on_screen(screen, "MEM▕███▌░░░░░░    ▏  4.0/16G");
	expect_on_screen(screen, "SWP▕              ▏     none");
	screen->canvas->ascii_marks = true;
	expect_on_screen(screen, "MEM[####......    ]  4.0/16G");
}

static void many_cpus_have_a_cell_each(void **state)
{
	struct screen *screen = *state;
	struct area area;

	be_a_machine(screen, CPUS);
	resize(screen, 40, 80);
	area = area_of(screen->canvas);
	assert_int_equal(meter_core_lines(&screen->session.scene, &area), 2);
	expect_on_screen(
	    screen,
	    "cpu ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▅\n"
	    "    ▅▅▅▅▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇████████████████\n");
	resize(screen, 40, 160);
	area = area_of(screen->canvas);
	assert_int_equal(meter_core_lines(&screen->session.scene, &area), 1);
	resize(screen, 24, 80); /* low: they are left out */
	expect_lines(screen, 5, 1, "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n");
}

static void some_cpus_have_bars_in_lines(void **state)
{
	struct screen *screen = *state;
	struct area area;

	be_a_machine(screen, 8);
	resize(screen, 40, 80);
	area = area_of(screen->canvas);
	assert_int_equal(meter_core_lines(&screen->session.scene, &area), 2);
	expect_on_screen(screen, "  0▕         ▏   0%   1▕█▏       ▏  13%");
	expect_on_screen(screen, "  6▕██████▊  ▏  75%   7▕███████▉ ▏  88%\n");
}

static void tall_screens_have_graphs(void **state)
{
	struct screen *screen = *state;

	be_a_machine(screen, 8);
	resize(screen, 60, 80);
	tick(screen, 4);
	expect_lines(
	    screen, 7, 4,
	    "CPU                                     MEM\n"
	    " 44%                                     25%\n"
	    "                                     ⢰⣶\n"
	    "                                     ⢸⣿                                      ⢸⣿\n");
	screen->canvas->block_graphs = true;
	expect_lines(
	    screen, 9, 2,
	    "                                    ▆▆▆\n"
	    "                                    ███                                     ███\n");
	screen->canvas->ascii_marks = true;
	expect_lines(
	    screen, 9, 2,
	    "                                    ***\n"
	    "                                    ###                                     ###\n");
}

static void one_chooses(void **state)
{
	struct screen *screen = *state;

	be_a_machine(screen, 8);
	resize(screen, 24, 80);
	choose(screen, "load,tasks,net-receive");
	expect_lines(
	    screen, 2, 3,
	    "net rx    0                                         load 1.25 0.50 12.00\n"
	    "                                                    running    3  zombies    0\n"
	    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n");
	choose(screen, "none");
	expect_lines(screen, 2, 1, "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n");
	choose(screen, "history");
	resize(screen, 30, 80);
	tick(screen, 3);
	expect_lines(screen, 2, 2,
		     "CPU                                     MEM\n"
		     " 44%                                     25%\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(what_is_cached_is_not_what_is_used),
		SCREEN_TEST(many_cpus_have_a_cell_each),
		SCREEN_TEST(some_cpus_have_bars_in_lines),
		SCREEN_TEST(tall_screens_have_graphs),
		SCREEN_TEST(one_chooses),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
