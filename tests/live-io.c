/* SPDX-License-Identifier: MIT */
/*
 * What processes of the running kernel write, as the columns of I/O have it: in the sums while it
 * is written, and not again as the parent's when that one has waited. Needs the process connector,
 * and a working directory on a disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "live-monitor.h"

#include "model/readings.h"

#include <fcntl.h>
#include <time.h>

#define MIB (UINT64_C(1) << 20)
#define PIECE_BYTES (4 * MIB)
#define PIECES 30

enum { WRITER = 1, WAITER };

static void sleep_ms(long ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

/* Some 40 MB a second, for three seconds. */
static void write_pieces(void)
{
	static char piece[PIECE_BYTES]; /* without an allocation: see raw-thread.h */
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);

	for (int i = 0; i < PIECES && fd >= 0; i++) {
		if (pwrite(fd, piece, PIECE_BYTES, 0) != (ssize_t)PIECE_BYTES || fdatasync(fd))
			break;
		sleep_ms(100);
	}
	_exit(0);
}

static int wait_for_a_writer(struct live *live)
{
	pid_t writer = fork();

	if (writer == 0)
		write_pieces();
	live->oracle->pid[WRITER] = writer;
	live->oracle->pid[WAITER] = getpid();
	live->oracle->step = 1;
	waitpid(writer, NULL, 0);
	live->oracle->step = 2;
	wait_for_go(live);
	return 0;
}

/* The most that was told of one. */
struct most {
	uint64_t writer, waiter, below_waiter;
};

static uint64_t written(const struct live *live, const struct readings *readings, pid_t pid)
{
	const struct ptree_node *node = latest(live, pid);
	const struct reading *reading = node ? readings_find(readings, ptree_node_id(node)) : NULL;

	return reading && reading->has_rates ? reading->written_per_s : 0;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void look(struct live *live, struct readings *readings, struct most *most)
{
	const struct readings_wish wish = { .sums_io = true };
	const struct ptree_node *waiter = latest(live, live->oracle->pid[WAITER]);
	uint64_t of_waiter, below = 0;

	live_pump(live, 50);
	if (waiter) /* as a row that is on the screen */
		readings_see(readings, ptree_node_id(waiter), live_now_ns());
	readings_turn(readings, live->tree, &wish, live_now_ns());
	of_waiter = written(live, readings, live->oracle->pid[WAITER]);
	if (waiter)
		below = readings_io_below(readings, ptree_node_id(waiter));
	most->waiter = larger(most->waiter, of_waiter);
	most->writer = larger(most->writer, written(live, readings, live->oracle->pid[WRITER]));
	most->below_waiter = larger(most->below_waiter, below);
}

static void what_is_written_is_told_once(void **state)
{
	struct live *live = *state;
	struct readings *readings;
	struct most most = { 0 };
	uint64_t end_ns;
	pid_t pid;

	assert_int_equal(readings_new(&readings, NULL), 0);
	pid = start(live, wait_for_a_writer);
	for (end_ns = live_now_ns() + PATIENCE_NS;
	     live->oracle->step != 2 && live_now_ns() < end_ns;)
		look(live, readings, &most);
	for (end_ns = live_now_ns() + 4 * NS_PER_S; live_now_ns() < end_ns;)
		look(live, readings, &most);
	say_go(live);
	wait_for(pid);
	readings_free(readings);
	print_message("# MB/s at most: the writer %llu, below who waits %llu, who waits %llu\n",
		      (unsigned long long)(most.writer / MIB),
		      (unsigned long long)(most.below_waiter / MIB),
		      (unsigned long long)(most.waiter / MIB));
	if (!most.writer) {
		print_message("# no disk is written to here\n");
		skip();
	}
	assert_true(most.writer > 4 * MIB);
	assert_true(most.below_waiter >= most.writer);
	/* What the writer wrote after it was last read is told of who waited. */
	assert_true(most.waiter < most.writer * 3 / 2);
	assert_true(most.waiter < PIECES * PIECE_BYTES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_is_told_once, live_setup,
						live_teardown),
	};

	return cmocka_run_group_tests_name("live-io", tests, NULL, NULL);
}
