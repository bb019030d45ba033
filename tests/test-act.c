/* SPDX-License-Identifier: MIT */
/* What is typed of signals and settings, and what is asked for twice. Nothing is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "act/guard.h"
#include "act/setting.h"
#include "act/setting-impl.h"
#include "act/signals.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- signals ---- */

static const struct {
	const char *text;
	size_t count; /* 2: two or more */
	int first;
} signal_cases[] = {
	{ "TERM", 1, SIGTERM },
	{ "term", 1, SIGTERM },
	{ "SIGTERM", 1, SIGTERM },
	{ "sigterm", 1, SIGTERM },
	{ "SigTerm", 1, SIGTERM },
	{ "15", 1, SIGTERM },
	{ "9", 1, SIGKILL },
	{ "009", 1, SIGKILL },
	{ "te", 1, SIGTERM },
	{ "k", 1, SIGKILL },
	{ "sigk", 1, SIGKILL },
	{ "t", 2, SIGTERM },
	{ "st", 2, SIGSTOP },
	{ "usr", 2, SIGUSR1 },
	{ "usr2", 1, SIGUSR2 },
	{ "si", 2, SIGTERM },
	{ "SIG", 2, SIGTERM },
	{ "", 0, 0 },
	{ "SIG9", 0, 0 },
	{ "SIGSIGTERM", 0, 0 },
	{ "0", 0, 0 },
	{ "-9", 0, 0 },
	{ "+9", 0, 0 },
	{ "9 ", 0, 0 },
	{ " 9", 0, 0 },
	{ "9x", 0, 0 },
	{ "0x9", 0, 0 },
	{ "65", 0, 0 },
	{ "99999999999999999999", 0, 0 },
	{ "4294967305", 0, 0 },
	{ "32", 0, 0 },
	{ "33", 0, 0 },
	{ "TERMX", 0, 0 },
	{ "TERM ", 0, 0 },
	{ "RTMIN+99", 0, 0 },
	{ "RTMIN+-1", 0, 0 },
	{ "RTMAX-99", 0, 0 },
	{ "RTMAX-x", 0, 0 },
};

static void a_signal_is_a_name_a_number_or_its_first_letters(void **state)
{
	int found[SIGNALS_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(signal_cases); i++) {
		size_t count = signals_find(signal_cases[i].text, found);

		if (count > 2)
			count = 2;
		if (count != signal_cases[i].count)
			fail_msg("'%s': %zu", signal_cases[i].text, count);
		if (count)
			assert_int_equal(found[0], signal_cases[i].first);
	}
	assert_int_equal(signals_find("rtmin", found), 1);
	assert_int_equal(found[0], SIGRTMIN);
	assert_int_equal(signals_find("SIGRTMIN+3", found), 1);
	assert_int_equal(found[0], SIGRTMIN + 3);
	assert_int_equal(signals_find("RTMAX-1", found), 1);
	assert_int_equal(found[0], SIGRTMAX - 1);
	assert_int_equal(signals_find("rtmax", found), 1);
	assert_int_equal(found[0], SIGRTMAX);
}

static void term_comes_first_and_each_signal_is_found_by_its_own_name(void **state)
{
	int all[SIGNALS_MAX], found[SIGNALS_MAX];
	size_t count = signals_list(all);

	(void)state;
	assert_true(count > 60 && count <= SIGNALS_MAX);
	assert_int_equal(all[0], SIGTERM);
	for (size_t i = 0; i < count; i++) {
		char name[SIGNAL_NAME_SIZE], whole[32];

		signal_format(all[i], name);
		assert_int_equal(signals_find(name, found), 1);
		assert_int_equal(found[0], all[i]);
		snprintf(whole, sizeof(whole), "SIG%s", name);
		assert_int_equal(signals_find(whole, found), 1);
		assert_int_equal(found[0], all[i]);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(all[i], all[j]);
	}
}

/* ---- settings ---- */

static const struct {
	enum setting_kind kind;
	const char *text;
	bool is_good, is_relative;
	int class, level;
} setting_cases[] = {
	{ SETTING_NICE, "0", true, false, 0, 0 },
	{ SETTING_NICE, "19", true, false, 0, 19 },
	{ SETTING_NICE, "=-20", true, false, 0, -20 },
	{ SETTING_NICE, "=5", true, false, 0, 5 },
	{ SETTING_NICE, "+1", true, true, 0, 1 },
	{ SETTING_NICE, "-1", true, true, 0, -1 },
	{ SETTING_NICE, "+39", true, true, 0, 39 },
	{ SETTING_NICE, "20", false, false, 0, 0 },
	{ SETTING_NICE, "=-21", false, false, 0, 0 },
	{ SETTING_NICE, "+40", false, false, 0, 0 },
	{ SETTING_NICE, "", false, false, 0, 0 },
	{ SETTING_NICE, "=", false, false, 0, 0 },
	{ SETTING_NICE, "-", false, false, 0, 0 },
	{ SETTING_NICE, "--1", false, false, 0, 0 },
	{ SETTING_NICE, "1 ", false, false, 0, 0 },
	{ SETTING_NICE, "1x", false, false, 0, 0 },
	{ SETTING_NICE, "0x1", false, false, 0, 0 },
	{ SETTING_NICE, "99999999999999999999", false, false, 0, 0 },
	{ SETTING_NICE, "4294967296", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "be:0", true, false, IO_BEST_EFFORT, 0 },
	{ SETTING_IO_PRIORITY, "BE:7", true, false, IO_BEST_EFFORT, 7 },
	{ SETTING_IO_PRIORITY, "be", true, false, IO_BEST_EFFORT, 4 },
	{ SETTING_IO_PRIORITY, "realtime:3", true, false, IO_REALTIME, 3 },
	{ SETTING_IO_PRIORITY, "idle", true, false, IO_IDLE, 0 },
	{ SETTING_IO_PRIORITY, "none", true, false, IO_NONE, 0 },
	{ SETTING_IO_PRIORITY, "be:8", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "be:-1", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "be:", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "idle:3", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, ":3", false, false, 0, 0 },
	{ SETTING_IO_PRIORITY, "be:1:1", false, false, 0, 0 },
	{ SETTING_POLICY, "other", true, false, SCHED_OTHER, 0 },
	{ SETTING_POLICY, "batch", true, false, SCHED_BATCH, 0 },
	{ SETTING_POLICY, "Idle", true, false, SCHED_IDLE, 0 },
	{ SETTING_POLICY, "fifo:1", true, false, SCHED_FIFO, 1 },
	{ SETTING_POLICY, "rr:99", true, false, SCHED_RR, 99 },
	{ SETTING_POLICY, "fifo", false, false, 0, 0 },
	{ SETTING_POLICY, "fifo:0", false, false, 0, 0 },
	{ SETTING_POLICY, "rr:100", false, false, 0, 0 },
	{ SETTING_POLICY, "other:1", false, false, 0, 0 },
	{ SETTING_POLICY, "", false, false, 0, 0 },
	{ SETTING_POLICY, "fifo:1 ", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, ",", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "0,", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "3-1", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "-1", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "0-", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "8192", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "0-99999999999", false, false, 0, 0 },
	{ SETTING_CPUS_ALLOWED, "0 1", false, false, 0, 0 },
};

static void a_setting_is_taken_whole_or_refused_with_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(setting_cases); i++) {
		struct setting setting = { .level = 4711 };
		char error[128] = "";
		int err = setting_parse(setting_cases[i].kind, setting_cases[i].text, &setting,
					error, sizeof(error));

		if ((err == 0) != setting_cases[i].is_good)
			fail_msg("%s '%s': %d %s", setting_title(setting_cases[i].kind),
				 setting_cases[i].text, err, error);
		if (err) {
			assert_int_equal(err, -EINVAL);
			assert_int_equal(setting.level, 4711);
			assert_true(*error);
			continue;
		}
		assert_int_equal(setting.is_relative, setting_cases[i].is_relative);
		assert_int_equal(setting.class, setting_cases[i].class);
		assert_int_equal(setting.level, setting_cases[i].level);
	}
}

static void cpus_are_a_list_that_can_be_said_again(void **state)
{
	static const char *const cases[][2] = { { "0", "0" },	      { "0-3,6", "0-3,6" },
						{ "6,0-3", "0-3,6" }, { "1,1,1", "1" },
						{ "0-2,1-4", "0-4" }, { "8191", "8191" },
						{ "007", "7" },	      { "0,1,2,4,5", "0-2,4-5" },
						{ "63-64", "63-64" }, { "all", "0-8191" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct setting setting;
		char error[128], text[256];

		assert_int_equal(setting_parse(SETTING_CPUS_ALLOWED, cases[i][0], &setting, error,
					       sizeof(error)),
				 0);
		setting_format_cpus(setting.cpus, setting.cpu_count, text, sizeof(text));
		assert_string_equal(text, cases[i][1]);
		setting_format_cpus(setting.cpus, setting.cpu_count, text, 3); /* cut, not beyond */
	}
}

static void what_a_process_has_can_be_typed_again(void **state)
{
	static const enum setting_kind kinds[] = { SETTING_NICE, SETTING_IO_PRIORITY,
						   SETTING_CPUS_ALLOWED, SETTING_POLICY };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct setting setting;
		char text[256], error[128];

		setting_read(kinds[i], getpid(), text, sizeof(text));
		assert_true(*text);
		assert_int_equal(setting_parse(kinds[i], text, &setting, error, sizeof(error)), 0);
	}
}

/* ---- what is asked for twice ---- */

static void expect_reason(const struct guard *guard, const char *words)
{
	char reason[256];

	if (!guard_reason(guard, reason, sizeof(reason)))
		fail_msg("no reason for: %s", words);
	if (!strstr(reason, words))
		fail_msg("%s lacks: %s", reason, words);
}

static void what_one_would_regret_is_asked_for_twice(void **state)
{
	struct ptree_tree *tree;
	struct ptree_procfs *procfs;
	struct guard guard;
	char reason[256];

	(void)state;
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	assert_int_equal(ptree_tree_read_proc(tree, procfs, 0), 0);
	assert_int_equal(guard_init(&guard, tree), 0);
	guard_begin(&guard);
	for (int i = 0; i < GUARD_MANY; i++)
		guard_meet(&guard, 1000000 + i, false);
	assert_false(guard_reason(&guard, reason, sizeof(reason)));
	guard_meet(&guard, 1000000 + GUARD_MANY, false);
	expect_reason(&guard, "21 processes at once");
	guard_begin(&guard);
	guard_meet(&guard, 1, false);
	expect_reason(&guard, "pid 1");
	guard_begin(&guard);
	guard_meet(&guard, getpid(), false);
	expect_reason(&guard, "proctop itself");
	guard_begin(&guard);
	guard_meet(&guard, 4, true);
	expect_reason(&guard, "1 of the kernel's threads");
	if (getppid() > 1) {
		guard_begin(&guard);
		guard_meet(&guard, getppid(), false);
		expect_reason(&guard, "from which proctop comes");
		assert_true(guard_is_own(&guard, getppid()));
	}
	guard_reason(&guard, reason, 5); /* cut, not beyond */
	assert_true(strlen(reason) < 5);
	guard_clear(&guard);
	ptree_tree_free(tree);
	ptree_procfs_close(procfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_is_a_name_a_number_or_its_first_letters),
		cmocka_unit_test(term_comes_first_and_each_signal_is_found_by_its_own_name),
		cmocka_unit_test(a_setting_is_taken_whole_or_refused_with_words),
		cmocka_unit_test(cpus_are_a_list_that_can_be_said_again),
		cmocka_unit_test(what_a_process_has_can_be_typed_again),
		cmocka_unit_test(what_one_would_regret_is_asked_for_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
