/* SPDX-License-Identifier: MIT */
/* Writes JSON. It knows its grammar and UTF-8, and nothing of processes. */
#include "headless/json.h"

#include <assert.h>
#include <string.h>

#define REPLACEMENT 0xfffd

void json_init(struct json *json, struct output *output)
{
	*json = (struct json){ .output = output };
}

/* ---- structure ---- */

static void begin_value(struct json *json, const char *name)
{
	assert(json->levels[json->depth].is_object == (name != NULL));
	if (json->levels[json->depth].has_members)
		output_bytes(json->output, ",", 1);
	json->levels[json->depth].has_members = json->depth > 0;
	if (!name)
		return;
	output_bytes(json->output, "\"", 1);
	output_string(json->output, name);
	output_bytes(json->output, "\":", 2);
}

static void end_value(struct json *json)
{
	if (!json->depth)
		output_bytes(json->output, "\n", 1);
}

static void open_level(struct json *json, const char *name, bool is_object)
{
	begin_value(json, name);
	assert(json->depth < JSON_DEPTH_MAX);
	json->depth++;
	json->levels[json->depth].is_object = is_object;
	json->levels[json->depth].has_members = false;
	output_bytes(json->output, is_object ? "{" : "[", 1);
}

void json_object(struct json *json, const char *name)
{
	open_level(json, name, true);
}

void json_array(struct json *json, const char *name)
{
	open_level(json, name, false);
}

void json_end(struct json *json)
{
	assert(json->depth > 0);
	output_bytes(json->output, json->levels[json->depth].is_object ? "}" : "]", 1);
	json->depth--;
	end_value(json);
}

/* ---- strings ---- */

/* The lead byte of a sequence, and what may follow it. */
struct lead {
	unsigned char first, last; /* lead bytes */
	unsigned char more;	   /* bytes that follow */
	unsigned char low, high;   /* the first of them; others are 80 to bf */
	unsigned char mask;	   /* bits of the value in the lead byte */
};

/* Table 3-7 of the Unicode standard: no overlong form, no surrogate, nothing above U+10FFFF. */
static const struct lead leads[] = {
	{ 0xc2, 0xdf, 1, 0x80, 0xbf, 0x1f }, { 0xe0, 0xe0, 2, 0xa0, 0xbf, 0x0f },
	{ 0xe1, 0xec, 2, 0x80, 0xbf, 0x0f }, { 0xed, 0xed, 2, 0x80, 0x9f, 0x0f },
	{ 0xee, 0xef, 2, 0x80, 0xbf, 0x0f }, { 0xf0, 0xf0, 3, 0x90, 0xbf, 0x07 },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf, 0x07 }, { 0xf4, 0xf4, 3, 0x80, 0x8f, 0x07 },
};

static const struct lead *find_lead(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

/* Takes a code point, or the longest beginning of one that is not: that is one U+FFFD. */
static uint32_t take_code_point(const unsigned char **at, const unsigned char *end)
{
	const struct lead *lead = find_lead(**at);
	uint32_t value = lead ? **at & lead->mask : 0;

	++*at;
	if (!lead)
		return REPLACEMENT;
	for (unsigned i = 0; i < lead->more; i++, ++*at) {
		unsigned char low = i ? 0x80 : lead->low;
		unsigned char high = i ? 0xbf : lead->high;

		if (*at == end || **at < low || **at > high)
			return REPLACEMENT;
		value = value << 6 | (**at & 0x3f);
	}
	return value;
}

static void put_escape(struct output *output, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	const char escape[] = { '\\',
				'u',
				digits[unit >> 12 & 15],
				digits[unit >> 8 & 15],
				digits[unit >> 4 & 15],
				digits[unit & 15] };

	output_bytes(output, escape, sizeof(escape));
}

static void put_code_point(struct output *output, uint32_t value)
{
	if (value < 0x10000) {
		put_escape(output, value);
		return;
	}
	put_escape(output, 0xd800 + ((value - 0x10000) >> 10));
	put_escape(output, 0xdc00 + ((value - 0x10000) & 0x3ff));
}

static void put_control(struct output *output, unsigned char byte)
{
	switch (byte) {
	case '"':
		output_bytes(output, "\\\"", 2);
		break;
	case '\\':
		output_bytes(output, "\\\\", 2);
		break;
	case '\n':
		output_bytes(output, "\\n", 2);
		break;
	case '\t':
		output_bytes(output, "\\t", 2);
		break;
	default:
		put_escape(output, byte);
	}
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

void json_string(struct json *json, const char *name, const char *bytes, size_t size)
{
	const unsigned char *at = (const unsigned char *)(size ? bytes : "");
	const unsigned char *end = at + size;
	const unsigned char *run;

	begin_value(json, name);
	output_bytes(json->output, "\"", 1);
	while (at < end) {
		for (run = at; at < end && is_plain(*at); at++)
			;
		output_bytes(json->output, (const char *)run, (size_t)(at - run));
		if (at < end && *at >= 0x80)
			put_code_point(json->output, take_code_point(&at, end));
		else if (at < end)
			put_control(json->output, *at++);
	}
	output_bytes(json->output, "\"", 1);
	end_value(json);
}

void json_text(struct json *json, const char *name, const char *text)
{
	if (text)
		json_string(json, name, text, strlen(text));
	else
		json_null(json, name);
}

/* ---- the others ---- */

static void put_word(struct json *json, const char *name, const char *word, size_t size)
{
	begin_value(json, name);
	output_bytes(json->output, word, size);
	end_value(json);
}

/* By hand: a line of a log has twenty numbers. */
static void put_number(struct json *json, const char *name, bool is_negative, uint64_t magnitude)
{
	char digits[24];
	char *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude);
	if (is_negative)
		*--at = '-';
	put_word(json, name, at, (size_t)(digits + sizeof(digits) - at));
}

void json_integer(struct json *json, const char *name, int64_t value)
{
	put_number(json, name, value < 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_unsigned(struct json *json, const char *name, uint64_t value)
{
	put_number(json, name, false, value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	put_word(json, name, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *name)
{
	put_word(json, name, "null", 4);
}
