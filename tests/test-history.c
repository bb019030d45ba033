/* SPDX-License-Identifier: MIT */
/* What was typed, and the file that keeps it, in every way in which that can be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/history.h"
#include "config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[96];
	struct history history;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/proctop-history-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	snprintf(fixture->path, sizeof(fixture->path), "%s/proctop/filters", fixture->dir);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	char folder[80];

	history_clear(&fixture->history);
	snprintf(folder, sizeof(folder), "%s/proctop", fixture->dir);
	unlink(fixture->path);
	rmdir(fixture->path);
	rmdir(folder);
	assert_int_equal(rmdir(fixture->dir), 0); /* nothing was left beside it */
	free(fixture);
	return 0;
}

static void write_text(const struct fixture *fixture, const char *text)
{
	char folder[80];
	FILE *file;

	snprintf(folder, sizeof(folder), "%s/proctop", fixture->dir);
	mkdir(folder, 0700);
	file = fopen(fixture->path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	chmod(fixture->path, 0600);
}

static void expect_text(const struct fixture *fixture, const char *wanted)
{
	char error[128], *text;

	assert_int_equal(config_file_read_text(fixture->path, &text, error, sizeof(error)), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void each_line_is_there_once_and_the_latest_last(void **state)
{
	struct fixture *fixture = *state;
	struct history *history = &fixture->history;

	history_add(history, "a");
	history_add(history, "b");
	history_add(history, "  ");
	history_add(history, "");
	history_add(history, "a");
	assert_int_equal(history->count, 2);
	assert_string_equal(history->lines[0], "b");
	assert_string_equal(history->lines[1], "a");
	for (int i = 0; i < 2 * HISTORY_MAX; i++) {
		char line[16];

		snprintf(line, sizeof(line), "%d", i);
		history_add(history, line);
	}
	assert_int_equal(history->count, HISTORY_MAX);
	assert_int_equal(history->fresh, HISTORY_MAX);
	assert_string_equal(history->lines[0], "100");
}

static void what_is_fresh_is_added_to_what_others_kept(void **state)
{
	struct fixture *fixture = *state;
	struct stat stat_of_it;

	history_read(&fixture->history, fixture->path); /* there is none yet */
	assert_int_equal(history_keep(&fixture->history, fixture->path), 0);
	assert_int_not_equal(access(fixture->path, F_OK), 0); /* for nothing there is no file */
	history_add(&fixture->history, "user:alice");
	assert_int_equal(history_keep(&fixture->history, fixture->path), 0);
	expect_text(fixture, "user:alice\n");
	assert_int_equal(stat(fixture->path, &stat_of_it), 0);
	assert_int_equal(stat_of_it.st_mode & 07777, 0600);

	history_clear(&fixture->history);
	history_read(&fixture->history, fixture->path);
	assert_int_equal(fixture->history.count, 1);
	assert_int_equal(fixture->history.fresh, 0);
	history_add(&fixture->history, "cmd~\"cc|ld\"");
	write_text(fixture, "user:alice\nanother session's\ncmd~\"cc|ld\"\nits last\n");
	assert_int_equal(history_keep(&fixture->history, fixture->path), 0);
	expect_text(fixture, "user:alice\nanother session's\nits last\ncmd~\"cc|ld\"\n");
}

static void what_is_too_long_or_too_much_is_passed_over(void **state)
{
	struct fixture *fixture = *state;
	char *text = malloc(PROMPT_SIZE + 16);

	assert_non_null(text);
	memset(text, 'x', PROMPT_SIZE);
	strcpy(text + PROMPT_SIZE, "\n\n \nshort");
	write_text(fixture, text);
	free(text);
	history_read(&fixture->history, fixture->path);
	assert_int_equal(fixture->history.count, 1);
	assert_string_equal(fixture->history.lines[0], "short");
}

static void expect_left_alone(struct fixture *fixture)
{
	struct stat before, after;

	assert_int_equal(lstat(fixture->path, &before), 0);
	history_read(&fixture->history, fixture->path);
	assert_int_equal(fixture->history.count, 0);
	history_add(&fixture->history, "x");
	assert_int_equal(history_keep(&fixture->history, fixture->path), -EEXIST);
	assert_int_equal(lstat(fixture->path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	history_clear(&fixture->history);
}

static void what_is_no_file_is_left_alone(void **state)
{
	struct fixture *fixture = *state;

	write_text(fixture, "");
	unlink(fixture->path);
	assert_int_equal(mkdir(fixture->path, 0700), 0);
	expect_left_alone(fixture);
	rmdir(fixture->path);
	assert_int_equal(mkfifo(fixture->path, 0600), 0);
	expect_left_alone(fixture);
	unlink(fixture->path);
	assert_int_equal(symlink("/dev/full", fixture->path), 0);
	expect_left_alone(fixture);
}

/* Root does not read what others could write there, and then it is root's. */
static void of_a_file_that_others_could_write_root_reads_nothing(void **state)
{
	struct fixture *fixture = *state;

	if (geteuid())
		skip();
	write_text(fixture, "theirs\n");
	chmod(fixture->path, 0666);
	history_read(&fixture->history, fixture->path);
	assert_int_equal(fixture->history.count, 0);
	history_add(&fixture->history, "mine");
	assert_int_equal(history_keep(&fixture->history, fixture->path), 0);
	expect_text(fixture, "mine\n");
}

static void where_it_is(void **state)
{
	char path[128];

	(void)state;
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_true(config_state_find(path, sizeof(path), "filters"));
	assert_string_equal(path, "/s/proctop/filters");
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("HOME", "/h", 1);
	assert_true(config_state_find(path, sizeof(path), "filters"));
	assert_string_equal(path, "/h/.local/state/proctop/filters");
	unsetenv("HOME");
	assert_false(config_state_find(path, sizeof(path), "filters"));
}

#define HISTORY_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(each_line_is_there_once_and_the_latest_last),
		HISTORY_TEST(what_is_fresh_is_added_to_what_others_kept),
		HISTORY_TEST(what_is_too_long_or_too_much_is_passed_over),
		HISTORY_TEST(what_is_no_file_is_left_alone),
		HISTORY_TEST(of_a_file_that_others_could_write_root_reads_nothing),
		cmocka_unit_test(where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
