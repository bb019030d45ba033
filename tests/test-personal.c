/* SPDX-License-Identifier: MIT */
/* A person's file: where it is, what it says, what the command line says instead, and every way in
   which it can be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[96];
	struct config config;
	char error[512];
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/proctop-personal-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	snprintf(fixture->path, sizeof(fixture->path), "%s/config", fixture->dir);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	config_clear(&fixture->config);
	unlink(fixture->path);
	rmdir(fixture->path);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

static void write_bytes(const struct fixture *fixture, const char *bytes, size_t size)
{
	int fd = open(fixture->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* With these words on the command line; the file is named there. */
static int read_with(struct fixture *fixture, const char *first, const char *second)
{
	char option[128];
	const char *words[] = { "proctop", option, first, second, NULL };
	int argc = 2 + (first != NULL) + (second != NULL);

	config_clear(&fixture->config);
	snprintf(option, sizeof(option), "--config=%s", fixture->path);
	assert_int_equal(config_parse(&fixture->config, argc, (char **)(uintptr_t)words,
				      fixture->error, sizeof(fixture->error)),
			 0);
	return config_read_file(&fixture->config, fixture->error, sizeof(fixture->error));
}

static void read_text(struct fixture *fixture, const char *text)
{
	write_bytes(fixture, text, strlen(text));
	if (read_with(fixture, NULL, NULL))
		fail_msg("%s", fixture->error);
}

static void expect_warnings(const struct fixture *fixture, size_t count, const char *text)
{
	const char *warnings = fixture->config.warnings ? fixture->config.warnings : "";

	if (fixture->config.warning_count != count || !strstr(warnings, text))
		fail_msg("%zu: %s", fixture->config.warning_count, warnings);
}

static void options_stand_there_as_on_the_command_line(void **state)
{
	struct fixture *fixture = *state;
	const struct config *config = &fixture->config;

	read_text(fixture, "# mine\n\n  delay = 2.5\nhighlight=0\r\nno-mouse = yes\nascii = no\n"
			   "filter = user:root (cc | ld)\nfilter = age<10s\nuser = 0\nuser = 1\n"
			   "watch = sshd\nsummary = yes");
	expect_warnings(fixture, 0, "");
	assert_true(config->delay_ns == 2500000000);
	assert_true(config->highlight_ns == 0);
	assert_true(config->no_mouse && config->summary);
	assert_false(config->ascii || config->poll);
	assert_string_equal(config->filter, "(user:root (cc | ld)) (age<10s)");
	assert_int_equal(config->uid_count, 2);
	assert_int_equal(config->watch_count, 1);
	assert_string_equal(config->watches[0], "sshd");
}

static void the_command_line_has_the_last_word(void **state)
{
	struct fixture *fixture = *state;
	const char *text =
	    "delay = 2\nfilter = make\nuser = 0\nrequire-events = yes\ncolor = never\n";

	write_bytes(fixture, text, strlen(text));
	assert_int_equal(read_with(fixture, "--delay=5", "--filter=cc"), 0);
	assert_true(fixture->config.delay_ns == 5000000000);
	assert_string_equal(fixture->config.filter, "cc");
	assert_int_equal(fixture->config.uid_count, 1);
	assert_int_equal(fixture->config.color, CONFIG_COLOR_NEVER);
	assert_int_equal(read_with(fixture, "--poll", "--color=always"), 0);
	assert_true(fixture->config.poll);
	assert_false(fixture->config.require_events);
	assert_int_equal(fixture->config.color, CONFIG_COLOR_ALWAYS);
	expect_warnings(fixture, 1, "poll: not with require-events");
}

static void keys_are_kept_for_those_who_know_them(void **state)
{
	struct fixture *fixture = *state;
	const struct config_key *keys;

	read_text(fixture, "key F9 = quit\nkey = = signal\nkey  dx =none\n");
	keys = fixture->config.keys;
	assert_int_equal(fixture->config.key_count, 3);
	assert_string_equal(keys[0].keys, "F9");
	assert_string_equal(keys[0].command, "quit");
	assert_int_equal(keys[0].line, 1);
	assert_string_equal(keys[1].keys, "=");
	assert_string_equal(keys[1].command, "signal");
	assert_string_equal(keys[2].keys, "dx");
	assert_string_equal(keys[2].command, "none");
}

static void a_wrong_line_is_named_and_passed_over(void **state)
{
	static const struct {
		const char *line, *warning;
	} wrong[] = {
		{ "nonsense", "/config:2: expected OPTION = VALUE\n" },
		{ "= 3", "expected OPTION = VALUE" },
		{ "delya = 3", "options: 'delya' is not one of them\n" },
		{ "delay = fast", "--delay: 'fast' is not a number of seconds" },
		{ "delay =", "--delay: '' is not a number of seconds" },
		{ "no-mouse = maybe", "no-mouse: expected yes or no" },
		{ "json = yes", "json: not an option of the file" },
		{ "config = /x", "config: not an option of the file" },
		{ "help = yes", "help: not an option of the file" },
		{ "filter = (a", "--filter: this is not closed" },
		{ "user = nobody-of-the-kind", "is not a user here" },
		{ "\x1b[31m = 3", "\\x1b" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char text[256];

		snprintf(text, sizeof(text), "summary = yes\n%s\ndelay = 7\n", wrong[i].line);
		read_text(fixture, text);
		expect_warnings(fixture, 1, wrong[i].warning);
		expect_warnings(fixture, 1, "/config:2: ");
		assert_true(fixture->config.summary && fixture->config.delay_ns == 7000000000);
	}
}

static void many_wrong_lines_are_counted(void **state)
{
	struct fixture *fixture = *state;
	char *text = malloc(2 * 10000 + 1);

	for (size_t i = 0; i < 10000; i++)
		memcpy(text + 2 * i, "x\n", 3);
	read_text(fixture, text);
	free(text);
	expect_warnings(fixture, 10000, "/config:100: ");
	assert_null(strstr(fixture->config.warnings, "/config:101: "));
}

/* The name of no file, or what is wrong with it, is an error only where somebody named it. */
static void expect_refused(struct fixture *fixture, const char *why)
{
	char home[128];
	const char *words[] = { "proctop", NULL };

	assert_int_equal(read_with(fixture, NULL, NULL), -EINVAL);
	if (!strstr(fixture->error, why))
		fail_msg("%s", fixture->error);
	config_clear(&fixture->config);
	snprintf(home, sizeof(home), "%s/proctop", fixture->dir);
	setenv("XDG_CONFIG_HOME", fixture->dir, 1);
	assert_int_equal(mkdir(home, 0700), 0);
	snprintf(home, sizeof(home), "%s/proctop/config", fixture->dir);
	assert_int_equal(rename(fixture->path, home), 0);
	assert_int_equal(config_parse(&fixture->config, 1, (char **)(uintptr_t)words,
				      fixture->error, sizeof(fixture->error)),
			 0);
	assert_int_equal(config_read_file(&fixture->config, fixture->error, sizeof(fixture->error)),
			 0);
	expect_warnings(fixture, 1, why);
	assert_int_equal(rename(home, fixture->path), 0);
	snprintf(home, sizeof(home), "%s/proctop", fixture->dir);
	rmdir(home);
	unsetenv("XDG_CONFIG_HOME");
}

static void what_is_no_text_is_refused(void **state)
{
	write_bytes(*state, "delay = 3\n\0\x7f\x45LF", 15);
	expect_refused(*state, "is no text");
}

static void what_is_no_file_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdir(fixture->path, 0700), 0);
	expect_refused(fixture, "is no regular file");
	rmdir(fixture->path);
	assert_int_equal(mkfifo(fixture->path, 0600), 0);
	expect_refused(fixture, "is no regular file");
	unlink(fixture->path);
	assert_int_equal(symlink("/dev/zero", fixture->path), 0);
	expect_refused(fixture, "is no regular file");
	unlink(fixture->path);
	assert_int_equal(symlink(fixture->path, fixture->path), 0);
	assert_int_equal(read_with(fixture, NULL, NULL), -EINVAL);
	assert_non_null(strstr(fixture->error, "symbolic links"));
}

static void a_gibibyte_is_not_read(void **state)
{
	struct fixture *fixture = *state;

	write_bytes(fixture, "delay = 3\n", 10);
	assert_int_equal(truncate(fixture->path, 1 << 30), 0);
	expect_refused(fixture, "is larger than 1 MiB");
	assert_int_equal(truncate(fixture->path, 1 << 20), 0);
	expect_refused(fixture, "is no text");
}

static void root_reads_nothing_that_others_could_write(void **state)
{
	struct fixture *fixture = *state;

	if (geteuid() != 0)
		skip();
	write_bytes(fixture, "delay = 3\n", 10);
	assert_int_equal(chmod(fixture->path, 0622), 0);
	expect_refused(fixture, "others could write it");
	assert_int_equal(chmod(fixture->path, 0600), 0);
	assert_int_equal(chown(fixture->path, 65534, 65534), 0);
	expect_refused(fixture, "others could write it");
	assert_int_equal(chown(fixture->path, 0, 0), 0);
	assert_int_equal(read_with(fixture, NULL, NULL), 0);
	assert_true(fixture->config.delay_ns == 3000000000);
}

static void what_is_not_there_is_missed_only_by_who_named_it(void **state)
{
	struct fixture *fixture = *state;
	const char *words[] = { "proctop", NULL };
	const char *none[] = { "proctop", "--config=none", NULL };
	char path[256];

	assert_int_equal(read_with(fixture, NULL, NULL), -EINVAL);
	assert_non_null(strstr(fixture->error, "No such file"));
	config_clear(&fixture->config);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_int_equal(config_parse(&fixture->config, 1, (char **)(uintptr_t)words,
				      fixture->error, sizeof(fixture->error)),
			 0);
	assert_int_equal(config_read_file(&fixture->config, fixture->error, sizeof(fixture->error)),
			 0);
	assert_null(fixture->config.warnings);
	config_clear(&fixture->config);
	assert_int_equal(config_parse(&fixture->config, 2, (char **)(uintptr_t)none,
				      fixture->error, sizeof(fixture->error)),
			 0);
	assert_int_equal(config_read_file(&fixture->config, fixture->error, sizeof(fixture->error)),
			 0);
	assert_true(config_file_find(path, sizeof(path)));
	assert_string_equal(path, "/nonexistent/proctop/config");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "/home/alice", 1);
	assert_true(config_file_find(path, sizeof(path)));
	assert_string_equal(path, "/home/alice/.config/proctop/config");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	assert_false(config_file_find(path, sizeof(path)));
}

int main(void)
{
#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		FILE_TEST(options_stand_there_as_on_the_command_line),
		FILE_TEST(the_command_line_has_the_last_word),
		FILE_TEST(keys_are_kept_for_those_who_know_them),
		FILE_TEST(a_wrong_line_is_named_and_passed_over),
		FILE_TEST(many_wrong_lines_are_counted),
		FILE_TEST(what_is_no_text_is_refused),
		FILE_TEST(what_is_no_file_is_refused),
		FILE_TEST(a_gibibyte_is_not_read),
		FILE_TEST(root_reads_nothing_that_others_could_write),
		FILE_TEST(what_is_not_there_is_missed_only_by_who_named_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
