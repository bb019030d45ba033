/* SPDX-License-Identifier: MIT */
/*
 * Figures that cost to read: of whom and how often they are read, what they say, and what a filter
 * and an order know of them.
 */
#include "screen.h"

#include "model/field.h"
#include "model/readings.h"

#include <poll.h>

#define MS UINT64_C(1000000)

static struct readings *readings_of(struct screen *screen)
{
	return screen->session.scene.world.readings;
}

static void put_io(struct screen *screen, pid_t pid, uint64_t read_bytes, uint64_t written_bytes)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: %llu\nwrite_bytes: %llu\n"
		 "cancelled_write_bytes: 0\n",
		 (unsigned long long)read_bytes, (unsigned long long)written_bytes);
	write_file(screen->root, pid, "io", text, strlen(text));
}

static void put_pss(struct screen *screen, pid_t pid, uint64_t kib)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "1000-2000 ---p 00000000 00:00 0 [rollup]\nRss: %llu kB\nPss: %llu kB\n"
		 "Private_Clean: 0 kB\nPrivate_Dirty: 4 kB\nSwapPss: 0 kB\n",
		 (unsigned long long)kib, (unsigned long long)kib);
	write_file(screen->root, pid, "smaps_rollup", text, strlen(text));
}

static void put_all(struct screen *screen)
{
	for (size_t i = 0; i < sizeof(fakes) / sizeof(*fakes); i++) {
		complete_stat(screen->root, fakes[i].pid);
		put_io(screen, fakes[i].pid, 4096, 0);
		put_pss(screen, fakes[i].pid, 1000 + (uint64_t)fakes[i].pid);
	}
}

/* As the loop does it, for so many tenths of a second of the test's time; a tick is a second. */
static void pass(struct screen *screen, int tenths)
{
	struct pollfd fd = { .fd = readings_fd(readings_of(screen)), .events = POLLIN };
	uint64_t *now_ns = &screen->session.scene.moment.now_ns;

	for (int i = 0; i < tenths; i++) {
		draw(screen);
		session_read_beyond(&screen->session);
		poll(&fd, 1, 20);
		session_read_beyond(&screen->session);
		*now_ns += 100 * MS;
	}
	draw(screen);
}

static const struct reading *reading_of(struct screen *screen, pid_t pid)
{
	return readings_find(readings_of(screen), id_of(screen, pid));
}

static void choose(struct screen *screen, const char *list)
{
	char error[768];

	assert_true(
	    columns_parse(&screen->session.panes.tree->columns, list, NULL, error, sizeof(error)));
}

static void nothing_is_read_that_nobody_asks_for(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 100);
	pass(screen, 20);
	assert_null(reading_of(screen, 300));
	assert_true(readings_next_ns(readings_of(screen)) == UINT64_MAX);
	choose(screen, "pid,pss");
	pass(screen, 5);
	assert_non_null(reading_of(screen, 300));
	choose(screen, "pid");
	pass(screen, 5);
	assert_null(reading_of(screen, 300));
}

static void cells_have_what_was_read(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 100);
	choose(screen, "pid,pss,read,io-read");
	draw(screen);
	expect_on_screen(screen, "\n      300                 "); /* not yet */
	pass(screen, 5);
	expect_on_screen(screen, "\n      300 1.3M   4K       "); /* no rate of one reading */
	put_io(screen, 300, 4096 + (UINT64_C(10) << 20), 0);
	usleep(1100000); /* the rate is by the kernel's clock */
	pass(screen, 20);
	assert_true(reading_of(screen, 300)->has_rates);
	assert_int_equal(reading_of(screen, 201)->read_per_s, 0);
	assert_int_equal(reading_of(screen, 300)->figures.read_bytes, 4096 + (10 << 20));
}

#define MIB (UINT64_C(1) << 20)

/* The greatest rate of writing that was told of one while time passed. */
static uint64_t most_written(struct screen *screen, pid_t pid, int tenths)
{
	uint64_t most = 0;

	for (int i = 0; i < tenths; i++) {
		pass(screen, 1);
		if (reading_of(screen, pid)->written_per_s > most)
			most = reading_of(screen, pid)->written_per_s;
	}
	return most;
}

static void show_writes(struct screen *screen)
{
	put_all(screen);
	resize(screen, 24, 100);
	choose(screen, "pid,io-write");
}

/* Has written and been told so, and is over. */
static void end_who_wrote(struct screen *screen)
{
	show_writes(screen);
	put_io(screen, 300, 4096, 100 * MIB);
	pass(screen, 5);
	exit_ago(screen, 0, 300, 0);
}

/* The kernel adds to a process what its children had that it waited for: no I/O of now. */
static void what_a_child_did_is_not_its_parents_again(void **state)
{
	struct screen *screen = *state;

	show_writes(screen);
	pass(screen, 5);
	put_io(screen, 300, 4096, 100 * MIB);
	usleep(1100000); /* rates are by the kernel's clock */
	assert_true(most_written(screen, 300, 20) > 10 * MIB);
	exit_ago(screen, 0, 300, 0);
	put_io(screen, 201, 3 * 4096, 101 * MIB); /* one of them is its own */
	usleep(1100000);
	assert_in_range(most_written(screen, 201, 40), 1, MIB);
	assert_int_equal(reading_of(screen, 201)->figures.written_bytes, 101 * MIB);
}

/* What a child did that lived too shortly to be read is told of who waited for it. */
static void what_nobody_saw_is_told_of_who_waited(void **state)
{
	struct screen *screen = *state;

	show_writes(screen);
	pass(screen, 5);
	put_io(screen, 201, 4096, 100 * MIB);
	usleep(1100000);
	assert_true(most_written(screen, 201, 20) > 10 * MIB);
}

/* Nor of what it does meanwhile: all that the child did comes at once, or it has not come. */
static void what_has_not_come_yet_is_not_taken_away(void **state)
{
	struct screen *screen = *state;

	end_who_wrote(screen);
	put_io(screen, 201, 4096, 20 * MIB);
	usleep(1100000);
	assert_true(most_written(screen, 201, 40) > 5 * MIB);
}

/* So a parent that does not wait is not robbed of what it does itself later. */
static void what_was_not_waited_for_is_not_missing_later(void **state)
{
	struct screen *screen = *state;

	end_who_wrote(screen);
	for (int i = 0; i < 4; i++) {
		usleep(300000);
		pass(screen, 10);
	}
	put_io(screen, 201, 4096, 100 * MIB);
	usleep(1100000);
	assert_true(most_written(screen, 201, 40) > 10 * MIB);
}

static uint64_t io_below(struct screen *screen, pid_t pid)
{
	return readings_io_below(readings_of(screen), id_of(screen, pid));
}

static void sums_have_what_those_below_do(void **state)
{
	struct screen *screen = *state;
	const struct rows *rows = screen->session.panes.tree->rows;
	bool was_seen = false;

	put_all(screen);
	resize(screen, 9, 100); /* not all that is added up has a row that is seen */
	choose(screen, "pid,sum-io");
	say(screen, "sort sum-io");
	pass(screen, 5);
	put_io(screen, 300, 4096, 100 * MIB);
	put_io(screen, 4, 4096 + MIB, 0);
	usleep(1100000);
	for (int i = 0; i < 40; i++) {
		uint64_t written =
		    reading_of(screen, 300) ? reading_of(screen, 300)->written_per_s : 0;

		assert_true(io_below(screen, 100) == written && io_below(screen, 201) == written);
		assert_int_equal(io_below(screen, 110), 0);
		if (written) {
			was_seen = true;
			assert_int_equal(rows_at(rows, 0)->pid, 1);
			assert_int_equal(rows_at(rows, 1)->pid, 100);
		}
		pass(screen, 1);
	}
	assert_true(was_seen);
	exit_ago(screen, 0, 300, 0);
	pass(screen, 30);
	assert_int_equal(io_below(screen, 100), 0);
}

static void a_group_has_the_io_of_its_processes(void **state)
{
	struct screen *screen = *state;
	bool was_seen = false;

	put_all(screen);
	resize(screen, 24, 100);
	choose(screen, "io-write,sum-io");
	say(screen, "group command");
	say(screen, "sort sum-io");
	pass(screen, 5);
	put_io(screen, 110, 4096, 20 * MIB);
	put_io(screen, 100, 4096, 100 * MIB);
	put_io(screen, 200, 4096, 100 * MIB);
	usleep(1100000);
	for (int i = 0; i < 20 && !was_seen; i++) {
		char written[16], sum[16], name[16];
		char *text;

		pass(screen, 1);
		text = dump_rows(screen);
		was_seen = sscanf(text, "> %15s %15s \\ %15s", written, sum, name) == 3 &&
			   strchr(written, 'M') && !strcmp(written, sum) && !strcmp(name, "sshd");
		free(text);
	}
	assert_true(was_seen);
}

static void only_what_is_seen_is_read(void **state)
{
	struct screen *screen = *state;
	uint32_t top;

	put_all(screen);
	resize(screen, 10, 100);
	choose(screen, "pid,pss");
	pass(screen, 5);
	top = screen->session.panes.tree->cursor.top;
	for (uint32_t i = 0; i < rows_count(screen->session.panes.tree->rows); i++) {
		const struct row *row = rows_at(screen->session.panes.tree->rows, i);
		bool is_seen =
		    i >= top && i < top + (uint32_t)screen->session.panes.tree->view.body_rows;

		assert_int_equal(readings_find(readings_of(screen), row->process) != NULL, is_seen);
	}
	type(screen, "G");
	pass(screen, 5);
	assert_non_null(readings_find(readings_of(screen),
				      rows_at(screen->session.panes.tree->rows,
					      rows_count(screen->session.panes.tree->rows) - 1)
					  ->process));
}

/* How often the thread asked: each reading opens the file anew, and finds another one. */
static void what_does_not_change_is_read_more_rarely(void **state)
{
	struct screen *screen = *state;
	uint64_t last_ns = 0;
	int readings = 0;

	put_all(screen);
	resize(screen, 24, 100);
	choose(screen, "pid,pss");
	for (int i = 0; i < 600; i++) { /* a minute */
		pass(screen, 1);
		if (reading_of(screen, 300) &&
		    reading_of(screen, 300)->figures.read_ns != last_ns) {
			last_ns = reading_of(screen, 300)->figures.read_ns;
			readings++;
		}
	}
	/* At about 0, 1, 3, 7, 15, 30 and 59 s. */
	assert_true(readings >= 5 && readings <= 8);
}

static void what_is_refused_is_asked_for_once(void **state)
{
	struct screen *screen = *state;
	char path[128];

	put_all(screen);
	snprintf(path, sizeof(path), "%s/300/smaps_rollup", screen->root);
	assert_int_equal(unlink(path), 0);
	resize(screen, 24, 100);
	choose(screen, "pid,pss,read");
	pass(screen, 5);
	expect_on_screen(screen, "\n      300        4K ");
	assert_true(reading_of(screen, 300)->figures.refused & 1u << PTREE_PIECE_PSS);
	put_pss(screen, 300, 1);
	pass(screen, 50);
	expect_on_screen(screen, "\n      300        4K ");
}

static void a_filter_has_all_read(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 100);
	type(screen, "\\pss>1250K\r");
	draw(screen);
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).matching, 0);
	pass(screen, 20);
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).matching, 1);
	put_pss(screen, 110, 2000);
	pass(screen, 400);
	assert_int_equal(rows_tally(screen->session.panes.tree->rows).matching, 2);
}

static void an_order_has_all_read(void **state)
{
	struct screen *screen = *state;
	const struct rows *rows = screen->session.panes.tree->rows;

	put_all(screen);
	resize(screen, 24, 100);
	say(screen, "sort pss");
	screen->session.panes.tree->choice.is_list = true;
	pass(screen, 20);
	assert_int_equal(rows_at(rows, 0)->pid, 300);
	assert_int_equal(rows_at(rows, 1)->pid, 201);
	put_pss(screen, 110, 2000);
	pass(screen, 400);
	assert_int_equal(rows_at(rows, 0)->pid, 110);
	assert_int_equal(rows_at(rows, 1)->pid, 300);
}

static void a_picture_that_is_stopped_keeps_what_was_read(void **state)
{
	struct screen *screen = *state;
	uint64_t read_ns;

	put_all(screen);
	resize(screen, 24, 100);
	choose(screen, "pid,pss");
	pass(screen, 5);
	read_ns = reading_of(screen, 300)->figures.read_ns;
	session_stop(&screen->session);
	pass(screen, 100);
	assert_int_equal(reading_of(screen, 300)->figures.read_ns, read_ns);
	expect_on_screen(screen, "\n      300 1.3M ");
}

/* What cannot be answered holds up nobody, and is asked again late. */
static void one_that_hangs_holds_up_nobody(void **state)
{
	struct screen *screen = *state;
	char path[128];

	put_all(screen);
	snprintf(path, sizeof(path), "%s/201/stat", screen->root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	resize(screen, 24, 100);
	choose(screen, "pid,pss");
	pass(screen, 40);
	expect_on_screen(screen, "\n      201      ");
	assert_int_equal(reading_of(screen, 201)->figures.known, 0);
	assert_true(reading_of(screen, 300)->figures.known);
	put_pss(screen, 300, 2048);
	pass(screen, 50);
	expect_on_screen(screen, "\n      300 2.0M ");
}

/* Beyond what is kept those that are not seen are dropped. */
static void entries_are_bounded(void **state)
{
	struct screen *screen = *state;
	const struct readings_wish wish = { .pieces = 1u << PTREE_PIECE_PSS };
	struct readings *readings;
	uint64_t now_ns = 100 * S;

	assert_int_equal(readings_new(&readings, screen->root), 0);
	for (uint64_t id = 1; id < 20000; id++) {
		readings_see(readings, id, now_ns);
		now_ns += 10 * MS;
		readings_turn(readings, screen->session.scene.world.tree, &wish, now_ns);
	}
	assert_true(readings_count(readings) < 2000);
	readings_free(readings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(nothing_is_read_that_nobody_asks_for),
		SCREEN_TEST(cells_have_what_was_read),
		SCREEN_TEST(what_a_child_did_is_not_its_parents_again),
		SCREEN_TEST(what_nobody_saw_is_told_of_who_waited),
		SCREEN_TEST(what_has_not_come_yet_is_not_taken_away),
		SCREEN_TEST(what_was_not_waited_for_is_not_missing_later),
		SCREEN_TEST(sums_have_what_those_below_do),
		SCREEN_TEST(a_group_has_the_io_of_its_processes),
		SCREEN_TEST(only_what_is_seen_is_read),
		SCREEN_TEST(what_does_not_change_is_read_more_rarely),
		SCREEN_TEST(what_is_refused_is_asked_for_once),
		SCREEN_TEST(a_filter_has_all_read),
		SCREEN_TEST(an_order_has_all_read),
		SCREEN_TEST(a_picture_that_is_stopped_keeps_what_was_read),
		SCREEN_TEST(one_that_hangs_holds_up_nobody),
		SCREEN_TEST(entries_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
