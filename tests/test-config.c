/* SPDX-License-Identifier: MIT */
/* Command lines, taken apart or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config.h"
#include "config/option.h"

#include <errno.h>
#include <proctree.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX 32

/* Splits at spaces; "_" stands for an empty word. The words live in buf. */
static int split(char *buf, size_t size, const char *line, char **argv)
{
	int argc = 0;

	snprintf(buf, size, "proctop %s", line);
	for (char *word = strtok(buf, " "); word && argc < WORDS_MAX; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "_") ? word : word + 1;
	argv[argc] = NULL;
	return argc;
}

struct parsed {
	struct config config;
	char words[256], error[512];
	int result;
};

static void parse(struct parsed *parsed, const char *line)
{
	char *argv[WORDS_MAX + 1];
	int argc = split(parsed->words, sizeof(parsed->words), line, argv);

	parsed->error[0] = '\0';
	parsed->result =
	    config_parse(&parsed->config, argc, argv, parsed->error, sizeof(parsed->error));
}

static void parse_well(struct parsed *parsed, const char *line)
{
	parse(parsed, line);
	if (parsed->result)
		fail_msg("'%s': %s", line, parsed->error);
}

static void nothing_asks_for_the_live_monitor(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed, "");
	assert_int_equal(parsed.config.command, CONFIG_LIVE);
	assert_int_equal(parsed.config.highlight_ns, 3000000000);
	assert_int_equal(parsed.config.color, CONFIG_COLOR_AUTO);
	assert_int_equal(parsed.config.kinds, 0);
	assert_int_equal(parsed.config.duration_ns, 0);
	assert_int_equal(parsed.config.delay_ns, 0);
	assert_false(parsed.config.no_realtime);
	assert_null(parsed.config.filter);
	assert_false(parsed.config.poll || parsed.config.json || parsed.config.ascii);
	config_clear(&parsed.config);
}

static void every_option_of_the_live_monitor_arrives(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed,
		   "-u root --user=4294967294 -f cc --filter user:root -w sshd -w1 -H 0.25 "
		   "-d 0.5 --no-realtime --poll --summary --color=never --ascii --no-mouse "
		   "--group=session");
	assert_int_equal(parsed.config.uid_count, 2);
	assert_int_equal(parsed.config.uids[0], 0);
	assert_int_equal(parsed.config.uids[1], 4294967294);
	assert_string_equal(parsed.config.filter, "(cc) (user:root)");
	assert_int_equal(parsed.config.watch_count, 2);
	assert_string_equal(parsed.config.watches[0], "sshd");
	assert_string_equal(parsed.config.watches[1], "1");
	assert_int_equal(parsed.config.highlight_ns, 250000000);
	assert_int_equal(parsed.config.delay_ns, 500000000);
	assert_true(parsed.config.no_realtime);
	assert_int_equal(parsed.config.color, CONFIG_COLOR_NEVER);
	assert_true(parsed.config.poll && parsed.config.summary && parsed.config.ascii &&
		    parsed.config.no_mouse);
	assert_false(parsed.config.require_events);
	assert_int_equal(parsed.config.group, GROUP_SESSION);
	config_clear(&parsed.config);
	assert_null(parsed.config.uids);
}

static void an_order_may_be_only_begun(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed, "--sort=mem");
	assert_string_equal(parsed.config.sort->name, "sum-rss");
	config_clear(&parsed.config);
}

static void log_and_tree_have_their_own(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed, "log --json --events=fork,exit,unknown --events=exec --duration 10 "
			    "--require-events");
	assert_int_equal(parsed.config.command, CONFIG_LOG);
	assert_true(parsed.config.json && parsed.config.require_events);
	assert_int_equal(parsed.config.kinds, 1u << PTREE_EVENT_FORK | 1u << PTREE_EVENT_EXIT |
						  1u << PTREE_EVENT_UNKNOWN |
						  1u << PTREE_EVENT_EXEC);
	assert_int_equal(parsed.config.duration_ns, 10000000000);
	config_clear(&parsed.config);
	parse_well(&parsed, "log --events=rule --on=uid=0=>stop --on a=>mark");
	assert_int_equal(parsed.config.kinds, CONFIG_EVENTS_RULE);
	assert_int_equal(parsed.config.rule_count, 2);
	assert_string_equal(parsed.config.rules[0], "uid=0=>stop");
	assert_string_equal(parsed.config.rules[1], "a=>mark");
	config_clear(&parsed.config);
	parse_well(&parsed, "tree sshd --json --ascii -u root");
	assert_int_equal(parsed.config.command, CONFIG_TREE);
	assert_string_equal(parsed.config.target, "sshd");
	assert_true(parsed.config.json && parsed.config.ascii);
	config_clear(&parsed.config);
	parse_well(&parsed, "tree -- 4194304");
	assert_string_equal(parsed.config.target, "4194304");
	config_clear(&parsed.config);
}

static void help_and_version_come_before_what_follows(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed, "--help --nonsense");
	assert_int_equal(parsed.config.command, CONFIG_HELP);
	config_clear(&parsed.config);
	parse_well(&parsed, "log -V");
	assert_int_equal(parsed.config.command, CONFIG_VERSION);
	config_clear(&parsed.config);
}

static void what_is_asked_why_is_a_process_a_port_or_a_file(void **state)
{
	static const char *const subjects[] = { "1", "sshd", ":22", "/tmp/x", "./0", "-/x" };
	struct parsed parsed;
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(subjects); i++) {
		snprintf(line, sizeof(line), "why --json -- %s", subjects[i]);
		parse_well(&parsed, line);
		assert_int_equal(parsed.config.command, CONFIG_WHY);
		assert_true(parsed.config.json);
		assert_string_equal(parsed.config.target, subjects[i]);
		config_clear(&parsed.config);
	}
}

static void what_is_not_understood_is_refused_in_words(void **state)
{
	static const struct {
		const char *line, *text;
	} samples[] = {
		{ "log --duration=1e9", "--duration: '1e9' is not a number of seconds: expected" },
		{ "log --duration=0x10", "'0x10' is not a number of seconds" },
		{ "log --duration=-1", "'-1' is not a number of seconds" },
		{ "log --duration=+1", "'+1' is not a number of seconds" },
		{ "log --duration=", "'' is not a number of seconds" },
		{ "log --duration=1s", "'1s' is not a number of seconds" },
		{ "log --duration=1.", "'1.' is not a number of seconds" },
		{ "log --duration=.5", "'.5' is not a number of seconds" },
		{ "log --duration=1.5.5", "'1.5.5' is not a number of seconds" },
		{ "log --duration=0.0000000001", "is not a number of seconds" },
		{ "log --duration=99999999999999999999", "is not a number of seconds" },
		{ "log --duration=1000000001", "is not a number of seconds" },
		{ "log --duration=nan", "'nan' is not a number of seconds" },
		{ "log --duration=0", "and not 0" },
		{ "--delay=0", "and no less than 0.1" },
		{ "-d 0.05", "and no less than 0.1" },
		{ "--delay=fast", "'fast' is not a number of seconds" },
		{ "log --delay=1", "delay" },
		{ "tree --no-realtime", "no-realtime" },
		{ "--no-realtime=1", "no-realtime" },
		{ "log --duration=0.0", "and not 0" },
		{ "log --duration", "--duration: expected SECONDS after it" },
		{ "-H 1,5", "--highlight: '1,5' is not a number of seconds" },
		{ "-H", "--highlight: expected SECONDS after it" },
		{ "-H -3", "'-3' is not a number of seconds" },
		{ "-u nosuchuser", "--user: 'nosuchuser' is not a user here: expected" },
		{ "-u 4294967295", "'4294967295' is not a user here" },
		{ "-u -1", "'-1' is not a user here" },
		{ "-u 0x0", "'0x0' is not a user here" },
		{ "-u _", "'' is not a user here" },
		{ "-w 0", "--watch: '0' is not a pid or a name: expected" },
		{ "-w -5", "'-5' is not a pid or a name" },
		{ "-w 2147483648", "'2147483648' is not a pid or a name" },
		{ "-w _", "'' is not a pid or a name" },
		{ "-f foo:", "--filter: no field 'foo'" },
		{ "log --on", "--on: expected RULE after it" },
		{ "log --on _", "--on: expected '=>'" },
		{ "log --on foo:=>bell", "--on: no field 'foo'" },
		{ "log --on a=>run", "run: expected a program" },
		{ "tree --on a=>bell", "--on: not an option of proctop tree: expected with" },
		{ "-f a|", "expected something after this" },
		{ "-f a -f \" -f b\"", "not closed" },
		{ "--meters=guests",
		  "--meters: no meter is called 'guests': expected default, none" },
		{ "--meters=", "--meters: no meter is called ''" },
		{ "--graphs=ascii", "--graphs: 'ascii' is not one of auto, braille and block" },
		{ "--sort=use", "--sort: 'use' may be: user, user-time" },
		{ "--sort=", "--sort: '' is not an order: expected birth, CPU" },
		{ "log --meters=cpu", "--meters: not an option of proctop log" },
		{ "tree --columns=guests",
		  "--columns: no column is called 'guests': expected default" },
		{ "tree --columns=cmd,pid", "--columns: the command always comes last" },
		{ "--columns=command", "--columns: the command always comes last: name a column" },
		{ "tree --columns=pid --json", "--columns: not with --json" },
		{ "tree -s 1 --short --columns=@a", "--columns: not with --short" },
		{ "log --columns=pid", "--columns: not an option of proctop log" },
		{ "--group=colour", "--group: 'colour' is not one of them: expected none, user" },
		{ "log --group=user", "group" },
		{ "--color=red", "--color: 'red' is not one of auto, always and never" },
		{ "log --events=fork,", "--events: 'fork,' is not a list of events: expected" },
		{ "log --events=", "'' is not a list of events" },
		{ "log --events=ack", "'ack' is not a list of events" },
		{ "log --events=lost", "'lost' is not a list of events" },
		{ "log --events=fork,,exit", "is not a list of events" },
		{ "log --events=Fork", "is not a list of events" },
		{ "--nonsense", "options: '--nonsense' is not one of them" },
		{ "-x", "options: '-x' is not one of them" },
		{ "--summary=yes", "--summary: takes no value" },
		{ "--json",
		  "--json: not an option of the live monitor: expected with proctop tree" },
		{ "tree --poll", "--poll: not an option of proctop tree: expected with" },
		{ "tree -w 1", "--watch: not an option of proctop tree" },
		{ "log --ascii", "--ascii: not an option of proctop log" },
		{ "foo", "commands: 'foo' is not one of tree, log and why, which come first" },
		{ "why", "proctop why: expected PID, NAME, :PORT or FILE after it" },
		{ "why :70000", "proctop why: ':70000' is not a port: expected a number from 1 to "
				"65535 behind the colon" },
		{ "why 0",
		  "proctop why: '0' is not a pid or a name: expected a number from 1 on, or "
		  "what a process is called" },
		{ "--poll log", "'log' is not one of tree, log and why, which come first" },
		{ "log foo", "proctop log: 'foo' is not expected" },
		{ "tree 0", "proctop tree: '0' is not a pid or a name" },
		{ "tree a b", "proctop tree: 'b' is not expected" },
		{ "tree --json --json=1", "--json: takes no value" },
		{ "--poll --require-events", "--poll: not with --require-events" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct parsed parsed = { .config.command = CONFIG_VERSION };

		parse(&parsed, samples[i].line);
		if (parsed.result != -EINVAL || !strstr(parsed.error, samples[i].text))
			fail_msg("'%s': %d %s", samples[i].line, parsed.result, parsed.error);
		assert_int_equal(parsed.config.command, CONFIG_VERSION);
	}
}

static void a_filters_error_has_a_caret(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "-f user:x|)");
	assert_int_equal(parsed.result, -EINVAL);
	assert_non_null(strstr(parsed.error, "\n  user:x|)\n        ^"));
}

static void what_was_given_is_escaped_in_errors(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "-u \x1b[31m");
	assert_int_equal(parsed.result, -EINVAL);
	assert_null(strchr(parsed.error, '\x1b'));
	assert_non_null(strstr(parsed.error, "\\x1b[31m"));
}

static void a_name_that_begins_with_a_digit_is_a_name(void **state)
{
	struct parsed parsed;

	(void)state;
	parse_well(&parsed, "-w 7z");
	assert_string_equal(parsed.config.watches[0], "7z");
	config_clear(&parsed.config);
}

/* One that a line of help is about, with the letter. */
static const char *find_line(const char *help, const char *option)
{
	const char *line = strstr(help, option);

	assert_non_null(line);
	return line;
}

static void the_help_names_every_option_with_its_commands(void **state)
{
	char *help = NULL;
	size_t size;
	FILE *file = open_memstream(&help, &size);
	const char *log_heading;

	(void)state;
	assert_non_null(file);
	config_print_help(file);
	assert_int_equal(fclose(file), 0);
	assert_memory_equal(help, "Usage: proctop ", 15);
	find_line(help, "-u, --user=NAME|UID ");
	find_line(help, "-H, --highlight=SECONDS ");
	find_line(help, "    --no-mouse ");
	log_heading = find_line(help, "Options of proctop log:\n");
	assert_true(find_line(help, "--duration=SECONDS") > log_heading);
	assert_true(find_line(help, "--user=NAME|UID") < log_heading);
	for (const char *line = help; *line; line = strchr(line, '\n') + 1)
		assert_in_range(strcspn(line, "\n"), 0, 90);
	free(help);
}

/* A row without either would overwrite what is at the begin. */
static void each_option_sets_something(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		assert_non_null(config_options[i].name);
		assert_true(!config_options[i].take == (config_options[i].flag != 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asks_for_the_live_monitor),
		cmocka_unit_test(each_option_sets_something),
		cmocka_unit_test(every_option_of_the_live_monitor_arrives),
		cmocka_unit_test(an_order_may_be_only_begun),
		cmocka_unit_test(log_and_tree_have_their_own),
		cmocka_unit_test(help_and_version_come_before_what_follows),
		cmocka_unit_test(what_is_asked_why_is_a_process_a_port_or_a_file),
		cmocka_unit_test(what_is_not_understood_is_refused_in_words),
		cmocka_unit_test(a_filters_error_has_a_caret),
		cmocka_unit_test(what_was_given_is_escaped_in_errors),
		cmocka_unit_test(a_name_that_begins_with_a_digit_is_a_name),
		cmocka_unit_test(the_help_names_every_option_with_its_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
