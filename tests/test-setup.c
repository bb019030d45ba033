/* SPDX-License-Identifier: MIT */
/* What the setup looks like on screens of three sizes: the dialog in its frame, and its keys. */
#include "screen.h"

struct box {
	int y, x, rows, cols;
};

static bool has_mark(const struct screen *screen, int y, int x, const char *mark)
{
	const struct cell *cell = canvas_cell(screen->canvas, y, x);

	return cell && cell->size == strlen(mark) && !memcmp(cell->bytes, mark, cell->size);
}

/* Where the only frame on the screen is. */
static struct box box_on(const struct screen *screen)
{
	struct box box = { .rows = 1, .cols = 1 };

	while (box.y < screen->canvas->rows && !has_mark(screen, box.y, box.x, "┌")) {
		if (++box.x >= screen->canvas->cols) {
			box.y++;
			box.x = 0;
		}
	}
	while (box.x + box.cols < screen->canvas->cols &&
	       !has_mark(screen, box.y, box.x + box.cols - 1, "┐"))
		box.cols++;
	while (box.y + box.rows < screen->canvas->rows &&
	       !has_mark(screen, box.y + box.rows - 1, box.x, "└"))
		box.rows++;
	return box;
}

/* All of the dialog, and nothing else of the screen. */
static void expect_dialog(struct screen *screen, const char *expected)
{
	char text[8192];
	size_t size = 0;
	struct box box;

	draw(screen);
	box = box_on(screen);
	for (int y = box.y; y < box.y + box.rows; y++) {
		for (int x = box.x; x < box.x + box.cols; x++) {
			const struct cell *cell = canvas_cell(screen->canvas, y, x);

			memcpy(text + size, cell->bytes, cell->size);
			size += cell->size;
		}
		text[size++] = '\n';
	}
	text[size] = '\0';
	if (strcmp(text, expected))
		printf("got:\n%s\nexpected:\n%s\n", text, expected); /* cmocka's would be cut */
	assert_string_equal(text, expected);
}

static void expect_keys(struct screen *screen, const char *expected)
{
	expect_lines(screen, screen->canvas->rows - 1, 1, expected);
}

/* ---- columns ---- */

static void columns_at_80x24(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "S");
	expect_dialog(screen, "┌ columns ───────────────────────┐\n"
			      "│> [x] PID       pid             │\n"
			      "│  [x] USER      user            │\n"
			      "│  [x] S         state           │\n"
			      "│  [x] CPU%      cpu             │\n"
			      "│  [x] ΣCPU      sum-cpu         │\n"
			      "│  [x] ΣRSS      sum-rss         │\n"
			      "│  [x] AGE       age             │\n"
			      "│  [ ] PPID      ppid            │\n"
			      "│  [ ] ORIGIN    origin          │\n"
			      "│  [ ] UID       uid             │\n"
			      "│  [ ] RUSER     real-user       │\n"
			      "│  [ ] COMM      comm            │\n"
			      "│  [ ] START     start           │\n"
			      "│  [ ] SID       session         │\n"
			      "│  [ ] TTY       tty             │\n"
			      "└─────────────────────── 1 of 46 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order TabMeters dDefault wWrite EscBack\n");
}

static void columns_at_160x50(void **state)
{
	struct screen *screen = *state;

	resize(screen, 50, 160);
	type(screen, "S");
	expect_dialog(screen, "┌ columns ───────────────────────┐\n"
			      "│> [x] PID       pid             │\n"
			      "│  [x] USER      user            │\n"
			      "│  [x] S         state           │\n"
			      "│  [x] CPU%      cpu             │\n"
			      "│  [x] ΣCPU      sum-cpu         │\n"
			      "│  [x] RSS       rss             │\n"
			      "│  [x] ΣRSS      sum-rss         │\n"
			      "│  [x] THR       threads         │\n"
			      "│  [x] TIME      time            │\n"
			      "│  [x] AGE       age             │\n"
			      "│  [ ] PPID      ppid            │\n"
			      "│  [ ] ORIGIN    origin          │\n"
			      "│  [ ] UID       uid             │\n"
			      "│  [ ] RUSER     real-user       │\n"
			      "│  [ ] COMM      comm            │\n"
			      "│  [ ] START     start           │\n"
			      "│  [ ] SID       session         │\n"
			      "│  [ ] TTY       tty             │\n"
			      "│  [ ] RSS%      rss-share       │\n"
			      "│  [ ] PSS       pss             │\n"
			      "│  [ ] SWAP      swap            │\n"
			      "│  [ ] SHR       shared          │\n"
			      "│  [ ] UTIME     user-time       │\n"
			      "│  [ ] STIME     system-time     │\n"
			      "│  [ ] PEAK      max-rss         │\n"
			      "│  [ ] READ      read            │\n"
			      "│  [ ] WRITE     written         │\n"
			      "│  [ ] IO-R      io-read         │\n"
			      "│  [ ] IO-W      io-write        │\n"
			      "│  [ ] IO        io              │\n"
			      "│  [ ] ΣIO       sum-io          │\n"
			      "│  [ ] EXIT      exit            │\n"
			      "│  [ ] SIGNAL    signal          │\n"
			      "│  [ ] NI        nice            │\n"
			      "│  [ ] PRI       priority        │\n"
			      "│  [ ] PGRP      group           │\n"
			      "│  [ ] VIRT      virtual         │\n"
			      "│  [ ] MINFLT    minor-faults    │\n"
			      "│  [ ] MAJFLT    major-faults    │\n"
			      "│  [ ] FAULTS    faults          │\n"
			      "│  [ ] FORK/s    forks           │\n"
			      "└─────────────────────── 1 of 46 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order TabMeters dDefault wWrite EscBack\n");
}

static void columns_at_40x10(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "S");
	expect_dialog(screen, "┌ columns ───────────────────────┐\n"
			      "│> [x] PID       pid             │\n"
			      "│  [x] AGE       age             │\n"
			      "│  [ ] PPID      ppid            │\n"
			      "│  [ ] ORIGIN    origin          │\n"
			      "│  [ ] UID       uid             │\n"
			      "└─────────────────────── 1 of 46 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order EscBack\n");
}

static void the_selected_column_is_in_sight(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "Sjjjjjjjj");
	expect_dialog(screen, "┌ columns ───────────────────────┐\n"
			      "│  [ ] UID       uid             │\n"
			      "│  [ ] USER      user            │\n"
			      "│  [ ] RUSER     real-user       │\n"
			      "│  [ ] COMM      comm            │\n"
			      "│> [ ] START     start           │\n"
			      "└─────────────────────── 9 of 46 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order EscBack\n");
}

static void the_last_column_is_in_sight(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "SG");
	expect_dialog(screen, "┌ columns ───────────────────────┐\n"
			      "│  [ ] EXEC/s    execs           │\n"
			      "│  [ ] CGROUP    cgroup          │\n"
			      "│  [ ] UNIT      unit            │\n"
			      "│  [ ] CONTAINER container       │\n"
			      "│> [ ] NS        namespaces      │\n"
			      "└────────────────────── 46 of 46 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order EscBack\n");
}

/* ---- meters ---- */

static void meters_at_80x24(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "S\t");
	expect_dialog(screen, "┌ meters ──────────────────────────────────┐\n"
			      "│> [x] cpu           how busy all CPUs are │\n"
			      "│  [x] memory        used, and cache       │\n"
			      "│  [x] swap          used                  │\n"
			      "│  [x] forks         in a second           │\n"
			      "│  [x] execs         in a second           │\n"
			      "│  [x] failures      in a second           │\n"
			      "│  [x] tasks         running, zombies      │\n"
			      "│  [x] pressure      how long they wait    │\n"
			      "│  [x] short-lived   part of the CPU       │\n"
			      "│  [x] threads       of all processes      │\n"
			      "│  [x] spawner       who forks most        │\n"
			      "│  [x] longer-lived  part of the CPU       │\n"
			      "│  [x] cores         each CPU              │\n"
			      "│  [x] history       CPU, memory: graphs   │\n"
			      "│  [ ] disk-read     in a second           │\n"
			      "└───────────────────────────────── 1 of 19 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order TabMeters dDefault wWrite EscBack\n");
}

static void meters_at_160x50(void **state)
{
	struct screen *screen = *state;

	resize(screen, 50, 160);
	type(screen, "S\t");
	expect_dialog(screen, "┌ meters ──────────────────────────────────┐\n"
			      "│> [x] cpu           how busy all CPUs are │\n"
			      "│  [x] memory        used, and cache       │\n"
			      "│  [x] swap          used                  │\n"
			      "│  [x] forks         in a second           │\n"
			      "│  [x] execs         in a second           │\n"
			      "│  [x] failures      in a second           │\n"
			      "│  [x] tasks         running, zombies      │\n"
			      "│  [x] pressure      how long they wait    │\n"
			      "│  [x] short-lived   part of the CPU       │\n"
			      "│  [x] threads       of all processes      │\n"
			      "│  [x] spawner       who forks most        │\n"
			      "│  [x] longer-lived  part of the CPU       │\n"
			      "│  [x] cores         each CPU              │\n"
			      "│  [x] history       CPU, memory: graphs   │\n"
			      "│  [ ] disk-read     in a second           │\n"
			      "│  [ ] disk-write    in a second           │\n"
			      "│  [ ] net-receive   in a second           │\n"
			      "│  [ ] net-send      in a second           │\n"
			      "│  [ ] load          of 1, 5, 15 minutes   │\n"
			      "└──────────────────────────────────────────┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order TabMeters dDefault wWrite EscBack\n");
}

static void meters_at_40x10(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "S\t");
	expect_dialog(screen, "┌ meters ──────────────────────────────┐\n"
			      "│> [x] cpu           how busy all CPUs…│\n"
			      "│  [x] memory        used, and cache   │\n"
			      "│  [x] swap          used              │\n"
			      "│  [x] forks         in a second       │\n"
			      "│  [x] execs         in a second       │\n"
			      "└───────────────────────────── 1 of 19 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order EscBack\n");
}

static void the_last_meter_is_in_sight(void **state)
{
	struct screen *screen = *state;

	resize(screen, 10, 40);
	type(screen, "S\tG");
	expect_dialog(screen, "┌ meters ──────────────────────────────┐\n"
			      "│  [ ] disk-read     in a second       │\n"
			      "│  [ ] disk-write    in a second       │\n"
			      "│  [ ] net-receive   in a second       │\n"
			      "│  [ ] net-send      in a second       │\n"
			      "│> [ ] load          of 1, 5, 15 minut…│\n"
			      "└──────────────────────────── 19 of 19 ┘\n");
	expect_keys(screen, "EnterChoose jkMove <>Order EscBack\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(columns_at_80x24),
		SCREEN_TEST(columns_at_160x50),
		SCREEN_TEST(columns_at_40x10),
		SCREEN_TEST(the_selected_column_is_in_sight),
		SCREEN_TEST(the_last_column_is_in_sight),
		SCREEN_TEST(meters_at_80x24),
		SCREEN_TEST(meters_at_160x50),
		SCREEN_TEST(meters_at_40x10),
		SCREEN_TEST(the_last_meter_is_in_sight),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
