/* SPDX-License-Identifier: MIT */
/* Rules of the program itself on a pseudo terminal, about real processes, with or without the
   connector. What they do in the log is rules.sh's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pty.h"

#include <dirent.h>
#include <sys/stat.h>

#define PATIENCE_S 20.0

struct fixture {
	char dir[64], config[96], made[96]; /* a folder; a person's file; what a program made */
	struct pty pty;
	pid_t pid; /* the process that comes to match; 0: none */
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/proctop-rules-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	snprintf(fixture->config, sizeof(fixture->config), "%s/config", fixture->dir);
	snprintf(fixture->made, sizeof(fixture->made), "%s/made", fixture->dir);
	*state = fixture;
	return 0;
}

static void end_process(struct fixture *fixture)
{
	if (!fixture->pid)
		return;
	kill(fixture->pid, SIGKILL);
	waitpid(fixture->pid, NULL, 0);
	fixture->pid = 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	end_process(fixture);
	unlink(fixture->config);
	unlink(fixture->made);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

static void start(struct fixture *fixture, const char *option)
{
	const char *path = getenv("PROCTOP");
	char *argv[] = { (char *)(uintptr_t)(path ? path : "./proctop"), (char *)(uintptr_t)option,
			 NULL };

	assert_true(pty_start(&fixture->pty, argv, 24, 120, NULL));
	assert_true(pty_wait_for(&fixture->pty, "COMMAND", PATIENCE_S));
	assert_true(pty_wait_for(&fixture->pty, "Help", PATIENCE_S));
}

static void leave(struct fixture *fixture)
{
	int status;

	pty_keys(&fixture->pty, "q");
	assert_true(pty_wait_end(&fixture->pty, PATIENCE_S, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(pty_is_restored(&fixture->pty));
}

/* It becomes this program under another name, as which it waits. */
static void start_process(struct fixture *fixture, const char *name)
{
	char *argv[] = { (char *)(uintptr_t)name, NULL };

	fixture->pid = fork();
	if (!fixture->pid) {
		execv("/proc/self/exe", argv);
		_exit(1);
	}
}

/* Reading on, since a terminal that is not read stops what is drawn. */
static bool await(struct fixture *fixture, bool (*is_so)(const struct fixture *fixture))
{
	double deadline = pty_now_s() + PATIENCE_S;

	while (!is_so(fixture)) {
		if (pty_now_s() > deadline)
			return false;
		pty_read(&fixture->pty, 20);
	}
	return true;
}

static bool has_been_made(const struct fixture *fixture)
{
	struct stat stat_of;

	return !stat(fixture->made, &stat_of) && stat_of.st_size;
}

static char state_of(pid_t pid)
{
	char path[64], text[512] = "", *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	end = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	fclose(file);
	return end ? end[2] : 0;
}

static bool stands_still(const struct fixture *fixture)
{
	return state_of(fixture->pid) == 'T';
}

static void the_bell_reaches_the_terminal(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "--on=cmd:proctop-rings => bell");
	assert_null(memchr(fixture->pty.bytes, '\a', fixture->pty.size));
	start_process(fixture, "proctop-rings");
	assert_true(pty_wait_for(&fixture->pty, "\a", PATIENCE_S));
	leave(fixture);
	pty_end(&fixture->pty);
}

static void who_is_marked_is_counted_above_the_rows(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "--on=cmd:proctop-marked => mark");
	start_process(fixture, "proctop-marked");
	assert_true(pty_wait_for(&fixture->pty, "MARKED", PATIENCE_S));
	leave(fixture);
	pty_end(&fixture->pty);
}

static bool has_zombie(pid_t parent)
{
	DIR *proc = opendir("/proc");
	bool found = false;
	struct dirent *entry;

	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)atoi(entry->d_name), ppid = 0;
		char path[64], text[512] = "", *end;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = pid ? fopen(path, "r") : NULL;
		if (!file)
			continue;
		end = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
		if (end && sscanf(end + 4, "%d", &ppid) == 1)
			found |= ppid == parent && end[2] == 'Z';
		fclose(file);
	}
	closedir(proc);
	return found;
}

static bool has_no_zombie(const struct fixture *fixture)
{
	return !has_zombie(fixture->pty.pid);
}

/* pty_wait_for() looks at what was sent of the message, which has the expression only. */
static void what_is_run_has_the_facts_and_leaves_the_screen_alone(void **state)
{
	struct fixture *fixture = *state;
	char option[256], text[128] = "", expected[128];
	FILE *file;

	snprintf(option, sizeof(option),
		 "--on=cmd:proctop-runs => run sh -c 'echo LOUD; echo LOUD >&2; "
		 "echo \"$PROCTOP_PID $PROCTOP_CMD\" >%s'",
		 fixture->made);
	start(fixture, option);
	start_process(fixture, "proctop-runs");
	assert_true(await(fixture, has_been_made));
	assert_true(await(fixture, has_no_zombie));
	leave(fixture);
	file = fopen(fixture->made, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	snprintf(expected, sizeof(expected), "%d proctop-runs\n", fixture->pid);
	assert_string_equal(text, expected);
	assert_null(memmem(fixture->pty.bytes, fixture->pty.size, "LOUD", 4));
	pty_end(&fixture->pty);
}

static void who_is_stopped_stands_still(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "--on=cmd:proctop-stops => stop");
	start_process(fixture, "proctop-stops");
	assert_true(await(fixture, stands_still));
	leave(fixture);
	pty_end(&fixture->pty);
}

static void write_config(const struct fixture *fixture, const char *text)
{
	FILE *file = fopen(fixture->config, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(fixture->config, 0600), 0);
}

static void a_persons_file_has_rules_and_wrong_ones_are_named(void **state)
{
	struct fixture *fixture = *state;
	char option[128], text[2048] = "";

	write_config(fixture, "on = cmd:proctop-none => mark\n"
			      "on = cmd:proctop-file rss>=1 => bell\n"
			      "on = nofield:1 => bell\n");
	snprintf(option, sizeof(option), "--config=%s", fixture->config);
	start(fixture, option);
	start_process(fixture, "proctop-file");
	assert_true(pty_wait_for(&fixture->pty, "\a", PATIENCE_S));
	leave(fixture);
	assert_true(pty_stderr(&fixture->pty, text, sizeof(text) - 1) > 0);
	if (!strstr(text, "config:3: --on: no field 'nofield'"))
		fail_msg("'%s'", text);
	pty_end(&fixture->pty);
}

#define RULE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		RULE_TEST(the_bell_reaches_the_terminal),
		RULE_TEST(who_is_marked_is_counted_above_the_rows),
		RULE_TEST(what_is_run_has_the_facts_and_leaves_the_screen_alone),
		RULE_TEST(who_is_stopped_stands_still),
		RULE_TEST(a_persons_file_has_rules_and_wrong_ones_are_named),
	};

	/* Run under another name it is a process that comes to match. */
	if (argc > 0 && !strncmp(argv[0], "proctop-", 8)) {
		alarm(120);
		for (;;)
			pause();
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
