/* SPDX-License-Identifier: MIT */
/* A person's file: where it is, what it says, what the command line says instead, and every way in
   which it can be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config.h"
#include "config/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
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

	read_text(fixture,
		  "# mine\n\n  delay = 2.5\nhighlight=0\r\nno-mouse = yes\nascii = no\n"
		  "filter = user:root (cc | ld)\nfilter = age<10s\nuser = 0\nuser = 1\n"
		  "watch = sshd\nsummary = yes\non = exit=1 => bell\non = uid=0=>log a = b");
	expect_warnings(fixture, 0, "");
	assert_true(config->delay_ns == 2500000000);
	assert_true(config->highlight_ns == 0);
	assert_true(config->no_mouse && config->summary);
	assert_false(config->ascii || config->poll);
	assert_string_equal(config->filter, "(user:root (cc | ld)) (age<10s)");
	assert_int_equal(config->uid_count, 2);
	assert_int_equal(config->watch_count, 1);
	assert_string_equal(config->watches[0], "sshd");
	assert_int_equal(config->rule_count, 2);
	assert_string_equal(config->rules[0], "exit=1 => bell");
	assert_string_equal(config->rules[1], "uid=0=>log a = b");
}

static void filters_are_kept_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct config *config = &fixture->config;
	static const char text[] = "filter = @web\nfilter web = comm=nginx | @php\n"
				   "filter  php = comm~\"php-fpm.*\"\nfilter bad = rss>x\n"
				   "filter worse = @bad\nfilter no name = x\nfilter = @none\n"
				   "filter php = comm:php\n";

	read_text(fixture, text);
	assert_int_equal(config->filters.count, 2);
	assert_string_equal(kept_find(&config->filters, "php", 3), "comm:php");
	assert_string_equal(config->filter, "@web");
	assert_int_equal(config->warning_count, 4);
	expect_warnings(fixture, 4, ":4: filter bad: expected ");
	expect_warnings(fixture, 4, ":5: filter worse: ");
	expect_warnings(fixture, 4, ":6: names: 'no name' is not one");
	expect_warnings(fixture, 4, ":7: --filter: no filter is kept as '@none'");

	assert_int_equal(read_with(fixture, "--filter=user:0 @php", NULL), 0);
	assert_string_equal(config->filter, "user:0 @php");
	assert_int_equal(read_with(fixture, "--filter=@nobody", NULL), -EINVAL);
	if (!strstr(fixture->error, "--filter: no filter is kept as '@nobody'"))
		fail_msg("%s", fixture->error);
}

static void the_command_line_has_the_last_word(void **state)
{
	struct fixture *fixture = *state;
	const char *text =
	    "delay = 2\nfilter = make\nuser = 0\nrequire-events = yes\ncolor = never\n"
	    "group = user\n";

	write_bytes(fixture, text, strlen(text));
	assert_int_equal(read_with(fixture, "--delay=5", "--filter=cc"), 0);
	assert_true(fixture->config.delay_ns == 5000000000);
	assert_string_equal(fixture->config.filter, "cc");
	assert_int_equal(fixture->config.uid_count, 1);
	assert_int_equal(fixture->config.group, GROUP_USER);
	assert_int_equal(fixture->config.color, CONFIG_COLOR_NEVER);
	assert_int_equal(read_with(fixture, "--poll", "--color=always"), 0);
	assert_true(fixture->config.poll);
	write_bytes(fixture, "on = a => bell\n", 15);
	assert_int_equal(read_with(fixture, "--on=b => mark", "--on=c => stop"), 0);
	assert_int_equal(fixture->config.rule_count, 2);
	assert_string_equal(fixture->config.rules[0], "b => mark");
	write_bytes(fixture, text, strlen(text));
	assert_int_equal(read_with(fixture, "--poll", "--color=always"), 0);
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
		{ "on = uid=0", "--on: expected '=>'" },
		{ "on = foo:1 => bell", "--on: no field 'foo'" },
		{ "on = uid=0 => run a | b", "--on: no shell is started" },
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
	assert_int_equal(config_parse(&fixture->config, 2, (char **)(uintptr_t)none, fixture->error,
				      sizeof(fixture->error)),
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

/* ---- keeping ---- */

static void expect_file(const struct fixture *fixture, const char *text)
{
	char found[1024] = "";
	int fd = open(fixture->path, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, found, sizeof(found) - 1) >= 0);
	close(fd);
	assert_string_equal(found, text);
}

static int save(struct fixture *fixture, const char *columns, const char *theme)
{
	const struct config_setting settings[] = { { "columns", columns }, { "theme", theme } };

	return config_save(fixture->path, settings, 2, fixture->error, sizeof(fixture->error));
}

static void a_persons_own_lines_stay(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(save(fixture, "pid,rss", NULL), 0);
	expect_file(fixture, "columns = pid,rss\n");
	write_bytes(fixture, "# mine\n\n  columns=pid # old\nnonsense\ncolumnsx = 1\nkey F3 = quit",
		    63);
	assert_int_equal(save(fixture, "pid,user", "light"), 0);
	expect_file(fixture, "# mine\n\ncolumns = pid,user\nnonsense\ncolumnsx = 1\nkey F3 = quit\n"
			     "theme = light\n");
	assert_int_equal(save(fixture, NULL, "mono"), 0);
	expect_file(fixture, "# mine\n\ncolumns = pid,user\nnonsense\ncolumnsx = 1\nkey F3 = quit\n"
			     "theme = mono\n");
	/* The last one is what holds. */
	write_bytes(fixture, "theme = a\ntheme = b\n", 20);
	assert_int_equal(save(fixture, NULL, "c"), 0);
	expect_file(fixture, "theme = a\ntheme = c\n");
	write_bytes(fixture, "", 0);
	assert_int_equal(save(fixture, "pid", NULL), 0);
	expect_file(fixture, "columns = pid\n");
}

static size_t count_files(const struct fixture *fixture)
{
	DIR *dir = opendir(fixture->dir);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void links_and_modes_stay(void **state)
{
	struct fixture *fixture = *state;
	char target[128];
	struct stat stat;

	snprintf(target, sizeof(target), "%s/dotfile", fixture->dir);
	write_bytes(fixture, "delay = 2\n", 10);
	assert_int_equal(rename(fixture->path, target), 0);
	assert_int_equal(chmod(target, 0640), 0);
	assert_int_equal(symlink(target, fixture->path), 0);
	assert_int_equal(save(fixture, "pid", NULL), 0);
	assert_int_equal(lstat(fixture->path, &stat), 0);
	assert_true(S_ISLNK(stat.st_mode));
	assert_int_equal(lstat(target, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0640);
	expect_file(fixture, "delay = 2\ncolumns = pid\n");
	assert_int_equal(count_files(fixture), 2);
	unlink(target);
}

static void missing_folders_are_made(void **state)
{
	struct fixture *fixture = *state;
	const struct config_setting setting = { "columns", "pid" };
	char path[160];

	snprintf(path, sizeof(path), "%s/a/b/config", fixture->dir);
	assert_int_equal(config_save(path, &setting, 1, fixture->error, sizeof(fixture->error)), 0);
	assert_int_equal(unlink(path), 0);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void what_cannot_be_written_stays_the_old_one(void **state)
{
	struct fixture *fixture = *state;
	const struct config_setting setting = { "columns", "pid" };
	struct rlimit limit, before;

	write_bytes(fixture, "delay = 2\n\0", 11);
	assert_int_equal(save(fixture, "pid", NULL), -EINVAL);
	assert_string_equal(fixture->error, "is no text");
	write_bytes(fixture, "delay = 2\n", 10);
	/* As on a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 5;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(save(fixture, "pid", NULL), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &before);
	expect_file(fixture, "delay = 2\n");
	assert_int_equal(count_files(fixture), 1);
	assert_true(config_save("/proc/nothing/here", &setting, 1, fixture->error,
				sizeof(fixture->error)) < 0);
	assert_true(fixture->error[0]);
	unlink(fixture->path);
	assert_int_equal(mkdir(fixture->path, 0700), 0);
	assert_int_equal(save(fixture, "pid", NULL), -EINVAL);
	assert_string_equal(fixture->error, "is no regular file");
}

/* What somebody was killed over. */
static void remove_others(const struct fixture *fixture)
{
	DIR *dir = opendir(fixture->dir);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

/* Killed at any moment: old or new, never half. */
static void it_is_the_old_one_or_the_new_one(void **state)
{
	struct fixture *fixture = *state;
	struct config_file file;

	write_bytes(fixture, "columns = pid,user,rss\ndelay = 2\n", 33);
	for (int round = 0; round < 60; round++) {
		const struct timespec moment = { .tv_nsec = 100000L * (round % 20) };
		pid_t pid = fork();

		if (!pid) {
			for (int i = 0;; i++)
				save(fixture, i % 2 ? "pid,user,rss" : "threads", NULL);
		}
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		assert_int_equal(
		    config_file_read(&file, fixture->path, fixture->error, sizeof(fixture->error)),
		    0);
		assert_int_equal(file.count, 2);
		assert_true(!strcmp(file.lines[0].value, "threads") ||
			    !strcmp(file.lines[0].value, "pid,user,rss"));
		assert_string_equal(file.lines[1].value, "2");
		config_file_clear(&file);
	}
	remove_others(fixture);
}

int main(void)
{
#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		FILE_TEST(options_stand_there_as_on_the_command_line),
		FILE_TEST(filters_are_kept_by_name),
		FILE_TEST(the_command_line_has_the_last_word),
		FILE_TEST(keys_are_kept_for_those_who_know_them),
		FILE_TEST(a_wrong_line_is_named_and_passed_over),
		FILE_TEST(many_wrong_lines_are_counted),
		FILE_TEST(what_is_no_text_is_refused),
		FILE_TEST(what_is_no_file_is_refused),
		FILE_TEST(a_gibibyte_is_not_read),
		FILE_TEST(root_reads_nothing_that_others_could_write),
		FILE_TEST(what_is_not_there_is_missed_only_by_who_named_it),
		FILE_TEST(a_persons_own_lines_stay),
		FILE_TEST(links_and_modes_stay),
		FILE_TEST(missing_folders_are_made),
		FILE_TEST(what_cannot_be_written_stays_the_old_one),
		FILE_TEST(it_is_the_old_one_or_the_new_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
