/* SPDX-License-Identifier: MIT */
/*
 * What filter expressions mean: operators, comparisons, values as people write them, regular
 * expressions and what they may cost. Random ones are compared with a simple evaluator of the
 * test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/kept.h"
#include "model/filter.h"
#include "model/pattern.h"
#include "model/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define NOW_NS (1000 * NS_PER_S)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct sample {
	pid_t pid, ppid;
	uint32_t euid;
	const char *comm, *line; /* the arguments, by spaces */
	char state;
	uint64_t rss_bytes, age_s;
};

static const struct sample samples[] = {
	{ 1, 0, 0, "systemd", "/sbin/init splash", 'S', 12 << 20, 999 },
	{ 10, 1, 0, "sshd", "/usr/sbin/sshd -D", 'S', 8 << 20, 900 },
	{ 20, 10, 1000, "bash", "-bash", 'S', 4 << 20, 600 },
	{ 30, 20, 1000, "make", "make -j4 ALL", 'R', 2 << 20, 60 },
	{ 40, 30, 1000, "cc1", "cc1 -quiet main.c -o main.o", 'R', 200 << 20, 1 },
	{ 41, 30, 1000, "cc1", "cc1 -quiet Util.C -o util.o", 'D', 100 << 20, 2 },
	{ 50, 1, 999, "postgres", "postgres: writer process", 'S', 64 << 20, 800 },
};

static struct ptree_tree *new_tree(void)
{
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		struct ptree_process process = { .pid = sample->pid,
						 .ppid = sample->ppid,
						 .state = sample->state,
						 .thread_count = 1,
						 .start_ns = NOW_NS - sample->age_s * NS_PER_S,
						 .read_ns = NOW_NS,
						 .rss_bytes = sample->rss_bytes,
						 .euid = sample->euid,
						 .ruid = PTREE_UNKNOWN_ID,
						 .argv_status = PTREE_ARGV_READ };
		char argv[128];

		snprintf(process.comm, sizeof(process.comm), "%s", sample->comm);
		process.argv_size = (size_t)snprintf(argv, sizeof(argv), "%s", sample->line) + 1;
		for (size_t at = 0; at < process.argv_size; at++)
			argv[at] = argv[at] == ' ' ? '\0' : argv[at];
		process.argv = argv;
		assert_int_equal(ptree_tree_observe(tree, &process), 0);
	}
	return tree;
}

static int setup(void **state)
{
	*state = new_tree();
	return 0;
}

static int teardown(void **state)
{
	ptree_tree_free(*state);
	return 0;
}

static struct filter *compile(const char *expression)
{
	struct filter_error error;
	struct filter *filter = NULL;

	if (filter_compile(&filter, expression, &error))
		fail_msg("'%s': %s at %zu", expression, error.text, error.offset);
	return filter;
}

static bool has(const struct filter *filter, const struct ptree_tree *tree, pid_t pid)
{
	const struct filter_context context = { .tree = tree, .now_ns = NOW_NS };
	const struct ptree_node *node = ptree_tree_find_latest(tree, pid);

	assert_non_null(node);
	return filter_matches(filter, &context, node);
}

static void expect(const struct ptree_tree *tree, const char *expression, const char *expected)
{
	struct filter *filter = compile(expression);
	char found[64] = "";

	for (size_t i = 0; i < COUNT(samples); i++) {
		size_t used = strlen(found);

		if (has(filter, tree, samples[i].pid))
			snprintf(found + used, sizeof(found) - used, "%s%d", used ? " " : "",
				 samples[i].pid);
	}
	filter_free(filter);
	if (strcmp(found, expected) != 0)
		fail_msg("'%s' matches %s, not %s", expression, found, expected);
}

static void alternatives_and_parentheses(void **state)
{
	expect(*state, "sshd | bash", "10 20");
	expect(*state, "sshd or bash", "10 20");
	expect(*state, "sshd|bash", "10 20");
	expect(*state, "cc1 main.c | bash", "20 40");
	expect(*state, "(cc1 | make) quiet", "40 41");
	expect(*state, "cc1 (main.c|Util)", "40 41");
	expect(*state, "!(cc1 | make | user:0)", "20 50");
	expect(*state, "!!(bash)", "20");
	expect(*state, "not (sshd or not user:0)", "1");
	expect(*state, "((((make))))", "30");
	expect(*state, "under:sshd (state:R | state:D)", "30 40 41");
	expect(*state, "--quiet=1 | \"(x)\"", ""); /* text, as nothing of it is a field */
}

static void numbers_compare(void **state)
{
	expect(*state, "pid>=41", "41 50");
	expect(*state, "pid>41", "50");
	expect(*state, "pid<=10", "1 10");
	expect(*state, "pid<10", "1");
	expect(*state, "pid=20", "20");
	expect(*state, "pid:20", "20");
	expect(*state, "ppid=30", "40 41");
	expect(*state, "uid!=0 uid!=1000", "50");
	expect(*state, "user!=1000", "1 10 50");
	expect(*state, "threads<=1 pid<20", "1 10");
}

static void sizes_and_times_have_units(void **state)
{
	expect(*state, "rss>100M", "40");
	expect(*state, "rss>=100M", "40 41");
	expect(*state, "rss>=100MiB rss<0.5G", "40 41");
	expect(*state, "rss<=2048k", "30");
	expect(*state, "rss=4194304", "20");
	expect(*state, "age<10s", "40 41");
	expect(*state, "age<1.5", "40");
	expect(*state, "age>=10m", "1 10 20 50");
	expect(*state, "age>14m59s", "1 10");
	expect(*state, "age>1d", "");
}

static void states_are_letters(void **state)
{
	expect(*state, "state:RD", "30 40 41");
	expect(*state, "state=D", "41");
	expect(*state, "state!=S", "30 40 41");
}

static void text_is_or_is_not(void **state)
{
	expect(*state, "comm=cc1", "40 41");
	expect(*state, "comm=cc", "");
	expect(*state, "comm!=cc1 under:make", "");
	expect(*state, "comm=CC1", "");
	expect(*state, "cmd=\"/usr/sbin/sshd -d\"", "10"); /* smart case, here too */
	expect(*state, "cmd=\"/usr/sbin/sshd\"", "");
}

static void how_it_ended_is_known_of_what_is_over(void **state)
{
	struct ptree_tree *tree = *state;
	const struct ptree_event failed = { .kind = PTREE_EVENT_EXIT,
					    .time_ns = NOW_NS,
					    .pid = 40,
					    .tgid = 40,
					    .u.exit.status = 2 << 8 };
	const struct ptree_event killed = { .kind = PTREE_EVENT_EXIT,
					    .time_ns = NOW_NS,
					    .pid = 30,
					    .tgid = 30,
					    .u.exit.status = 9 };

	expect(tree, "exit>=0", "");
	assert_int_equal(ptree_tree_apply(tree, &failed), 0);
	assert_int_equal(ptree_tree_apply(tree, &killed), 0);
	expect(tree, "exit>=1", "40");
	expect(tree, "exit=0", "");
	expect(tree, "signal=KILL", "30");
	expect(tree, "signal:sigkill", "30");
	expect(tree, "signal=9", "30");
	expect(tree, "signal!=TERM", "30");
	expect(tree, "!signal=KILL", "1 10 20 40 41 50"); /* unknown is not KILL either */
}

#ifdef HAVE_PCRE2
static void a_regular_expression_looks_at_the_line(void **state)
{
	expect(*state, "cmd~\"cc1|make\"", "30 40 41");
	expect(*state, "~\"^make -j\\d+ \"", "30");
	expect(*state, "comm~^cc1$", "40 41");
	expect(*state, "~util\\.c", "41");
	expect(*state, "~Util", "41");
	expect(*state, "~UTIL", "");
	expect(*state, "~\\Qmain.c\\E", "40");
	expect(*state, "~\\S+\\.C", "41");    /* a capital counts */
	expect(*state, "~\\S+\\.c", "40 41"); /* and this is none */
	expect(*state, "~\"\\.[cC] -o\"", "40 41");
	expect(*state, "!~\"\\w+ -\" state:S", "1 20 50");
	expect(*state, "user~.", "");
}

static void a_wrong_one_says_where(void **state)
{
	static const struct {
		const char *expression;
		size_t offset;
	} wrong[] = {
		{ "make ~\"a(b\"", 10 }, { "~[z-a]", 4 }, { "cmd~*x", 4 }, { "~", 1 },
		{ "cmd~", 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct filter_error error = { 0 };
		struct filter *filter;

		assert_int_equal(filter_compile(&filter, wrong[i].expression, &error), -EINVAL);
		if (error.offset != wrong[i].offset)
			fail_msg("'%s': %s at %zu", wrong[i].expression, error.text, error.offset);
	}
}

static void a_kept_filter_stands_for_itself_in_parentheses(void **state)
{
	static const char *const texts[][2] = {
		{ "builds", "make | comm:cc" },
		{ "not-builds", "!@builds" },
		{ "a", "@b" },
		{ "b", "x @a" },
		{ "broken", "rss>x" },
		{ "empty", "" },
	};
	static const struct {
		const char *expression;
		size_t offset;
		const char *text;
		bool is_unknown;
	} wrong[] = {
		{ "make @web", 5, "no filter is kept as '@web': quote it to search for it", true },
		{ "(@broken)", 1, "in '@broken': expected", false },
		{ "@a", 0, "filters name each other", false },
	};
	struct ptree_tree *tree = *state;
	struct kept names = { 0 };
	struct filter_error error;
	struct filter *filter, *spelled;

	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(kept_set(&names, texts[i][0], texts[i][1], 0), 0);
	assert_int_equal(filter_compile_named(&filter, "user:0 !@not-builds", &names, &error), 0);
	spelled = compile("user:0 (make | comm:cc)");
	for (size_t i = 0; i < COUNT(samples); i++)
		assert_int_equal(has(filter, tree, samples[i].pid),
				 has(spelled, tree, samples[i].pid));
	filter_free(filter);
	filter_free(spelled);
	assert_int_equal(filter_compile_named(&filter, "@empty", &names, &error), 0);
	assert_true(has(filter, tree, samples[0].pid));
	filter_free(filter);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(filter_compile_named(&filter, wrong[i].expression, &names, &error),
				 -EINVAL);
		if (error.offset != wrong[i].offset || !strstr(error.text, wrong[i].text) ||
		    error.is_unknown_name != wrong[i].is_unknown)
			fail_msg("'%s': %s at %zu", wrong[i].expression, error.text, error.offset);
	}
	kept_clear(&names);
	/* In quotes, in the midst of a word, or no name at all: text. */
	filter_free(compile("\"@web\" alice@web @ @1.2 @@"));
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void an_evil_pattern_costs_a_bounded_time_and_is_said(void **state)
{
	static const char *const evil[] = { "(a+)+$", "(a|aa)+$", "(.*)*\\1x", "(a*)*b" };
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	for (size_t i = 0; i < COUNT(evil); i++) {
		double begin_ms = now_ms();
		struct pattern *pattern;
		char message[128];
		size_t offset;

		assert_int_equal(
		    pattern_compile(&pattern, evil[i], &offset, message, sizeof(message)), 0);
		for (int j = 0; j < 10000; j++)
			pattern_has(pattern, text, sizeof(text));
		assert_true(pattern_is_given_up(pattern) || now_ms() - begin_ms < 1000);
		assert_true(now_ms() - begin_ms < 3000);
		assert_false(pattern_has(pattern, "a", 1) && pattern_is_given_up(pattern));
		pattern_free(pattern);
	}
}

static void bytes_that_are_no_text_are_matched_around(void **state)
{
	static const char text[] = "\xff\xfe before \xc3\x28 after\x80";
	struct pattern *pattern;
	char message[128];
	size_t offset;

	(void)state;
	assert_int_equal(
	    pattern_compile(&pattern, "before .*|after", &offset, message, sizeof(message)), 0);
	assert_true(pattern_has(pattern, text, sizeof(text) - 1));
	assert_false(pattern_has(pattern, "\xff\xff\xff", 3));
	assert_false(pattern_has(pattern, "", 0));
	pattern_free(pattern);
	assert_int_equal(pattern_compile(&pattern, "\\C", &offset, message, sizeof(message)),
			 -EINVAL);
}

static void ten_thousand_lines_take_ten_milliseconds(void **state)
{
	static const char line[] = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -I. main.c -o x.s";
	struct pattern *pattern;
	char message[128];
	size_t offset;
	double begin_ms;

	(void)state;
	assert_int_equal(
	    pattern_compile(&pattern, "cc1 .*(foo|bar)\\.[ch]", &offset, message, sizeof(message)),
	    0);
	begin_ms = now_ms();
	for (int i = 0; i < 10000; i++)
		assert_false(pattern_has(pattern, line, sizeof(line) - 1));
	print_message("# 10,000 lines: %.1f ms\n", now_ms() - begin_ms);
	assert_true(now_ms() - begin_ms < 1000); /* a sanitizer's build, a busy machine */
	pattern_free(pattern);
}
#endif

static void values_are_read_as_people_write_them(void **state)
{
	static const struct {
		enum field_kind kind;
		const char *text;
		uint64_t value;
	} good[] = {
		{ FIELD_BYTES, "0", 0 },
		{ FIELD_BYTES, "1K", 1024 },
		{ FIELD_BYTES, "1kB", 1024 },
		{ FIELD_BYTES, "1KiB", 1024 },
		{ FIELD_BYTES, "1.5k", 1536 },
		{ FIELD_BYTES, "512B", 512 },
		{ FIELD_BYTES, "2T", UINT64_C(2) << 40 },
		{ FIELD_DURATION, "1", NS_PER_S },
		{ FIELD_DURATION, "1.5s", NS_PER_S * 3 / 2 },
		{ FIELD_DURATION, "250ms", NS_PER_S / 4 },
		{ FIELD_DURATION, "1h30m", 5400 * NS_PER_S },
		{ FIELD_DURATION, "1w2d", 9 * 86400 * NS_PER_S },
		{ FIELD_DURATION, "10us5ns", 10005 },
		{ FIELD_PERMILLE, "50", 500 },
		{ FIELD_PERMILLE, "2.5%", 25 },
		{ FIELD_SIGNAL, "SIGTERM", 15 },
		{ FIELD_SIGNAL, "term", 15 },
		{ FIELD_SIGNAL, "40", 40 },
		{ FIELD_FLAG, "yes", 1 },
		{ FIELD_FLAG, "no", 0 },
		{ FIELD_PID, "2147483647", INT32_MAX },
	};
	static const struct {
		enum field_kind kind;
		const char *text;
	} bad[] = {
		{ FIELD_BYTES, "" },
		{ FIELD_BYTES, "M" },
		{ FIELD_BYTES, "1X" },
		{ FIELD_BYTES, "1.M" },
		{ FIELD_BYTES, "1..2" },
		{ FIELD_BYTES, "-1" },
		{ FIELD_BYTES, "1 M" },
		{ FIELD_BYTES, "99999999T" },
		{ FIELD_BYTES, "1MM" },
		{ FIELD_DURATION, "1h30" },
		{ FIELD_DURATION, "s" },
		{ FIELD_DURATION, "1M" },
		{ FIELD_DURATION, "99999999999w" },
		{ FIELD_SIGNAL, "0" },
		{ FIELD_SIGNAL, "65" },
		{ FIELD_SIGNAL, "SIG" },
		{ FIELD_FLAG, "1" },
		{ FIELD_PID, "2147483648" },
		{ FIELD_PERMILLE, "5%%" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		uint64_t value = 12345;

		if (!quantity_read(good[i].kind, good[i].text, &value) || value != good[i].value)
			fail_msg("'%s' is %llu", good[i].text, (unsigned long long)value);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t value;

		if (quantity_read(bad[i].kind, bad[i].text, &value))
			fail_msg("'%s' is %llu", bad[i].text, (unsigned long long)value);
	}
}

/* ---- random expressions ---- */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

struct text {
	char at[4096];
	size_t size;
};

static void put(struct text *text, const char *what)
{
	text->size +=
	    (size_t)snprintf(text->at + text->size, sizeof(text->at) - text->size, "%s", what);
	assert_true(text->size < sizeof(text->at));
}

/* A factor as text, and whom it matches as a bit for each sample. */
static uint32_t put_factor(struct text *text, uint32_t *seed)
{
	static const char *const signs[] = { "=", "!=", "<", "<=", ">", ">=" };
	const struct sample *about = &samples[next(seed) % COUNT(samples)];
	uint32_t what = next(seed) % 4, sign = next(seed) % 6, mask = 0;
	uint64_t value = what == 0   ? (uint64_t)about->pid
			 : what == 1 ? about->rss_bytes >> 20
				     : about->age_s;
	char written[64];

	if (what == 3) {
		snprintf(written, sizeof(written), next(seed) % 2 ? "comm:%s" : "comm=%s",
			 about->comm);
		for (size_t i = 0; i < COUNT(samples); i++)
			mask |= (uint32_t)!strcmp(samples[i].comm, about->comm) << i;
		put(text, written);
		return mask;
	}
	snprintf(written, sizeof(written), "%s%s%llu%s",
		 what == 0   ? "pid"
		 : what == 1 ? "rss"
			     : "age",
		 signs[sign], (unsigned long long)value, what == 1 ? "M" : "");
	put(text, written);
	for (size_t i = 0; i < COUNT(samples); i++) {
		uint64_t has = what == 0   ? (uint64_t)samples[i].pid
			       : what == 1 ? samples[i].rss_bytes >> 20
					   : samples[i].age_s;
		const bool answers[] = { has == value, has != value,
					 has<value, has <= value, has> value, has >= value };

		mask |= (uint32_t)answers[sign] << i;
	}
	return mask;
}

static uint32_t put_any(struct text *text, uint32_t *seed, int depth);

static uint32_t put_term(struct text *text, uint32_t *seed, int depth)
{
	bool is_negated = next(seed) % 4 == 0;
	uint32_t mask;

	if (is_negated)
		put(text, next(seed) % 2 ? "!" : "not ");
	if (depth > 0 && next(seed) % 3 == 0) {
		put(text, next(seed) % 2 ? "(" : "( ");
		mask = put_any(text, seed, depth - 1);
		put(text, ")");
	} else {
		mask = put_factor(text, seed);
	}
	return is_negated ? ~mask : mask;
}

static uint32_t put_any(struct text *text, uint32_t *seed, int depth)
{
	uint32_t any = 0;

	for (uint32_t i = 0, alternatives = 1 + next(seed) % 3; i < alternatives; i++) {
		uint32_t all = UINT32_MAX;

		if (i)
			put(text, next(seed) % 2 ? "|" : " or ");
		for (uint32_t j = 0, terms = 1 + next(seed) % 3; j < terms; j++) {
			if (j)
				put(text, " ");
			all &= put_term(text, seed, depth);
		}
		any |= all;
	}
	return any;
}

static void random_expressions_mean_what_they_say(void **state)
{
	for (uint32_t round = 1; round <= 3000; round++) {
		uint32_t seed = round, mask;
		struct text text = { .size = 0 };
		struct filter *filter;

		mask = put_any(&text, &seed, 3);
		filter = compile(text.at);
		for (size_t i = 0; i < COUNT(samples); i++) {
			if (has(filter, *state, samples[i].pid) != (mask >> i & 1))
				fail_msg("round %u: '%s' and %d", round, text.at, samples[i].pid);
		}
		filter_free(filter);
	}
}

static void what_a_filter_depends_on_is_known(void **state)
{
	struct filter *filter = compile("a (b | !(age<10s))");

	(void)state;
	assert_true(filter_changes_with_time(filter));
	assert_false(filter_looks_above(filter));
	filter_free(filter);
	filter = compile("a | (b | under:x)");
	assert_false(filter_changes_with_time(filter));
	assert_true(filter_looks_above(filter));
	assert_false(filter_is_given_up(filter));
	filter_free(filter);
}

int main(void)
{
#define LANGUAGE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		LANGUAGE_TEST(alternatives_and_parentheses),
		LANGUAGE_TEST(numbers_compare),
		LANGUAGE_TEST(sizes_and_times_have_units),
		LANGUAGE_TEST(states_are_letters),
		LANGUAGE_TEST(text_is_or_is_not),
		LANGUAGE_TEST(how_it_ended_is_known_of_what_is_over),
#ifdef HAVE_PCRE2
		LANGUAGE_TEST(a_regular_expression_looks_at_the_line),
		LANGUAGE_TEST(a_wrong_one_says_where),
		LANGUAGE_TEST(a_kept_filter_stands_for_itself_in_parentheses),
		LANGUAGE_TEST(an_evil_pattern_costs_a_bounded_time_and_is_said),
		LANGUAGE_TEST(bytes_that_are_no_text_are_matched_around),
		LANGUAGE_TEST(ten_thousand_lines_take_ten_milliseconds),
#endif
		LANGUAGE_TEST(values_are_read_as_people_write_them),
		LANGUAGE_TEST(random_expressions_mean_what_they_say),
		LANGUAGE_TEST(what_a_filter_depends_on_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
