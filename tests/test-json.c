/* SPDX-License-Identifier: MIT */
/* JSON as it is written: the grammar, and strings of any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "headless/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_output(struct output *output, const char *expected)
{
	output_json(output);
	output_bytes(output, "", 1);
	assert_string_equal(output->bytes, expected);
	output_clear(output);
}

static void a_line_has_its_commas_and_its_newline(void **state)
{
	struct output output = { .fd = -1 };

	(void)state;
	ptree_json_object(&output.json, NULL);
	ptree_json_integer(&output.json, "a", 1);
	ptree_json_array(&output.json, "b");
	ptree_json_null(&output.json, NULL);
	ptree_json_bool(&output.json, NULL, true);
	ptree_json_object(&output.json, NULL);
	ptree_json_end(&output.json);
	ptree_json_array(&output.json, NULL);
	ptree_json_bool(&output.json, NULL, false);
	ptree_json_end(&output.json);
	ptree_json_end(&output.json);
	ptree_json_text(&output.json, "c", "d");
	ptree_json_text(&output.json, "e", NULL);
	ptree_json_end(&output.json);
	assert_output(&output, "{\"a\":1,\"b\":[null,true,{},[false]],\"c\":\"d\",\"e\":null}\n");
}

static void each_value_at_the_top_is_a_line(void **state)
{
	struct output output = { .fd = -1 };

	(void)state;
	ptree_json_integer(&output.json, NULL, 1);
	ptree_json_object(&output.json, NULL);
	ptree_json_end(&output.json);
	ptree_json_text(&output.json, NULL, "x");
	assert_output(&output, "1\n{}\n\"x\"\n");
}

static void arguments_are_as_many_as_the_kernel_gave(void **state)
{
	struct output output = { .fd = -1 };

	(void)state;
	ptree_json_arguments(&output.json, NULL, NULL, 0);
	ptree_json_arguments(&output.json, NULL, "", 1);
	ptree_json_arguments(&output.json, NULL, "a\0\0b", 5);
	ptree_json_arguments(&output.json, NULL, "a\0cut", 4);
	assert_output(&output, "[]\n[\"\"]\n[\"a\",\"\",\"b\"]\n[\"a\",\"cu\"]\n");
}

static void numbers_are_whole_at_both_ends(void **state)
{
	struct output output = { .fd = -1 };

	(void)state;
	ptree_json_integer(&output.json, NULL, 0);
	ptree_json_integer(&output.json, NULL, -7);
	ptree_json_integer(&output.json, NULL, INT64_MIN);
	ptree_json_integer(&output.json, NULL, INT64_MAX);
	ptree_json_unsigned(&output.json, NULL, UINT64_MAX);
	assert_output(&output, "0\n-7\n-9223372036854775808\n9223372036854775807\n"
			       "18446744073709551615\n");
}

static void strings_are_ascii_whatever_the_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} samples[] = {
#define SAMPLE(bytes, json) { bytes, sizeof(bytes) - 1, json }
		SAMPLE("", ""),
		SAMPLE("plain ~", "plain ~"),
		SAMPLE("\"\\\n\t", "\\\"\\\\\\n\\t"),
		SAMPLE("a\0b", "a\\u0000b"),
		SAMPLE("\x1b[31m\x7f", "\\u001b[31m\\u007f"),
		SAMPLE("\xc3\xa9", "\\u00e9"),
		SAMPLE("\xe2\x82\xac", "\\u20ac"),
		SAMPLE("\xf0\x9f\x98\x80", "\\ud83d\\ude00"),
		SAMPLE("\xf4\x8f\xbf\xbf", "\\udbff\\udfff"),
		/* one replacement for each longest beginning of a character that is not one */
		SAMPLE("\xff", "\\ufffd"),
		SAMPLE("\x80\x80", "\\ufffd\\ufffd"),
		SAMPLE("\xc0\xaf", "\\ufffd\\ufffd"),
		SAMPLE("\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd"),
		SAMPLE("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"),
		SAMPLE("\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"),
		SAMPLE("\xf0\x9f\x98", "\\ufffd"),
		SAMPLE("\xe2\x82"
		       "A",
		       "\\ufffdA"),
		SAMPLE("\xf1\x80\x80\xe1\x80\xc2\x62", "\\ufffd\\ufffd\\ufffdb"),
		SAMPLE("\xc3\xc3\xa9", "\\ufffd\\u00e9"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct output output = { .fd = -1 };
		char expected[64];
		char *exact = malloc(samples[i].size + 1); /* no byte more may be read */

		assert_non_null(exact);
		exact = realloc(exact, samples[i].size ? samples[i].size : 1);
		assert_non_null(exact);
		memcpy(exact, samples[i].bytes, samples[i].size);
		ptree_json_string(&output.json, NULL, exact, samples[i].size);
		snprintf(expected, sizeof(expected), "\"%s\"\n", samples[i].json);
		free(exact);
		assert_output(&output, expected);
	}
}

static void every_byte_alone_is_one_json_string(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		struct output output = { .fd = -1 };
		const char c = (char)byte;

		ptree_json_string(&output.json, NULL, &c, 1);
		output_json(&output);
		assert_in_range(output.size, 4, 9);
		for (size_t i = 0; i + 1 < output.size; i++)
			assert_in_range((unsigned char)output.bytes[i], 0x20, 0x7e);
		output_clear(&output);
	}
}

static void what_would_be_no_json_is_swallowed_and_said(void **state)
{
	struct ptree_json json = { 0 };

	(void)state;
	ptree_json_end(&json);
	assert_true(json.has_failed);
	ptree_json_clear(&json);
	ptree_json_object(&json, NULL);
	ptree_json_null(&json, NULL);
	assert_true(json.has_failed);
	ptree_json_clear(&json);
	for (int i = 0; i <= PTREE_JSON_DEPTH_MAX; i++) {
		assert_false(json.has_failed);
		ptree_json_array(&json, NULL);
	}
	assert_true(json.has_failed);
	ptree_json_clear(&json);
}

static void assert_fact_json(const struct ptree_fact *fact, const char *expected)
{
	struct ptree_json json = { 0 };

	ptree_fact_json(fact, &json, NULL);
	assert_false(json.has_failed);
	assert_int_equal(json.size, strlen(expected));
	assert_memory_equal(json.bytes, expected, json.size);
	ptree_json_clear(&json);
}

static void a_fact_is_an_object_with_its_members(void **state)
{
	(void)state;
	assert_fact_json(&(struct ptree_fact){ .kind = PTREE_FACT_USERS,
					       .time_ns = 7,
					       .id = 3,
					       .is_news = true,
					       .u.ids = { 0, PTREE_UNKNOWN_ID } },
			 "{\"fact\":\"users\",\"kind\":22,\"time_ns\":7,\"source\":\"told\","
			 "\"news\":true,\"past\":false,\"node\":3,"
			 "\"values\":{\"real\":0,\"effective\":null}}\n");
	assert_fact_json(
	    &(struct ptree_fact){ .kind = PTREE_FACT_ARGUMENTS,
				  .source = PTREE_FACT_READ,
				  .id = 3,
				  .u.arguments = { 9, 8, 3, PTREE_ARGV_READ, "a\0b", 4 } },
	    "{\"fact\":\"arguments\",\"kind\":30,\"time_ns\":0,\"source\":\"read\","
	    "\"news\":false,\"past\":false,\"node\":3,\"values\":{\"image\":9,"
	    "\"read_ns\":8,\"reader\":3,\"status\":1,\"argv\":[\"a\",\"b\"]}}\n");
	assert_fact_json(
	    &(struct ptree_fact){
		.kind = 4000, .source = PTREE_FACT_INFERRED, .more = "\x01\xff", .more_size = 2 },
	    "{\"fact\":\"unknown\",\"kind\":4000,\"time_ns\":0,"
	    "\"source\":\"inferred\",\"news\":false,\"past\":false,\"node\":null,"
	    "\"values\":{\"more\":\"01ff\"}}\n");
}

static void every_kind_of_fact_can_be_written(void **state)
{
	struct ptree_json json = { 0 };

	(void)state;
	for (uint32_t kind = 0; kind < 80; kind++) {
		const struct ptree_fact fact = { .kind = kind };

		json.size = 0;
		ptree_fact_json(&fact, &json, NULL);
		assert_false(json.has_failed);
		assert_int_equal(json.depth, 0);
	}
	ptree_json_clear(&json);
}

static void output_is_written_whole_through_a_pipe(void **state)
{
	struct output output = { .fd = -1 };
	char line[32];
	int fds[2];
	size_t total = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(fds[0]);
		output.fd = fds[1];
		for (int i = 0; i < 20000; i++)
			output_format(&output, "%08d\n", i);
		_exit(output_flush(&output, -1, -1) ? 1 : 0);
	}
	close(fds[1]);
	FILE *reader = fdopen(fds[0], "r");
	assert_non_null(reader);
	while (fgets(line, sizeof(line), reader)) {
		assert_int_equal(strtol(line, NULL, 10), total);
		total++;
	}
	fclose(reader);
	assert_int_equal(total, 20000);
}

static void a_full_pipe_times_out_and_keeps_what_is_left(void **state)
{
	struct output output = { .fd = -1 };
	int fds[2];
	size_t before;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	output.fd = fds[1];
	for (int i = 0; i < 20000; i++)
		output_string(&output, "0123456789");
	before = output.size;
	assert_int_equal(output_flush(&output, -1, 0), -ETIMEDOUT);
	assert_in_range(output.size, 1, before - 1);
	close(fds[0]);
	close(fds[1]);
	output_clear(&output);
}

static void a_signal_ends_the_wait_for_a_full_pipe(void **state)
{
	struct output output = { .fd = -1 };
	int fds[2], stop[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(write(stop[1], "", 1), 1);
	output.fd = fds[1];
	for (int i = 0; i < 20000; i++)
		output_string(&output, "0123456789");
	assert_int_equal(output_flush(&output, stop[0], -1), -EINTR);
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		close(stop[i]);
	}
	output_clear(&output);
}

static void a_reader_that_is_gone_and_a_full_disk_are_errors(void **state)
{
	struct output output = { .fd = -1 };
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	output.fd = fds[1];
	output_string(&output, "x");
	assert_int_equal(output_flush(&output, -1, -1), -EPIPE);
	close(fds[1]);
	output.fd = open("/dev/full", O_WRONLY);
	if (output.fd >= 0)
		assert_int_equal(output_flush(&output, -1, -1), -ENOSPC);
	close(output.fd);
	output_clear(&output);
}

static void hostile_text_leaves_escaped(void **state)
{
	static const char bytes[] = "a\x1b]52;c;eA==\x07"
				    "\xc3\xa9\xff";
	struct output output = { .fd = -1 };

	(void)state;
	output_safe(&output, bytes, sizeof(bytes) - 1, false);
	assert_output(&output, "a\\x1b]52;c;eA==\\a\\xc3\\xa9\\xff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_its_commas_and_its_newline),
		cmocka_unit_test(each_value_at_the_top_is_a_line),
		cmocka_unit_test(arguments_are_as_many_as_the_kernel_gave),
		cmocka_unit_test(numbers_are_whole_at_both_ends),
		cmocka_unit_test(strings_are_ascii_whatever_the_bytes),
		cmocka_unit_test(every_byte_alone_is_one_json_string),
		cmocka_unit_test(what_would_be_no_json_is_swallowed_and_said),
		cmocka_unit_test(a_fact_is_an_object_with_its_members),
		cmocka_unit_test(every_kind_of_fact_can_be_written),
		cmocka_unit_test(output_is_written_whole_through_a_pipe),
		cmocka_unit_test(a_full_pipe_times_out_and_keeps_what_is_left),
		cmocka_unit_test(a_signal_ends_the_wait_for_a_full_pipe),
		cmocka_unit_test(a_reader_that_is_gone_and_a_full_disk_are_errors),
		cmocka_unit_test(hostile_text_leaves_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
