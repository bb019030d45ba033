/* SPDX-License-Identifier: MIT */
/* Writes JSON. It knows its grammar and UTF-8, and nothing of processes. */
#include "proctree.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 512

#define REPLACEMENT 0xfffd

void ptree_json_clear(struct ptree_json *json)
{
	free(json->bytes);
	*json = (struct ptree_json){ 0 };
}

/* ---- bytes ---- */

static bool make_room(struct ptree_json *json, size_t count)
{
	size_t capacity = json->capacity ? json->capacity : FIRST_CAPACITY;
	char *bigger;

	if (json->has_failed)
		return false;
	if (count <= json->capacity - json->size)
		return true;
	while (capacity - json->size < count && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	bigger = capacity - json->size < count ? NULL : realloc(json->bytes, capacity);
	json->has_failed = !bigger;
	if (!bigger)
		return false;
	json->bytes = bigger;
	json->capacity = capacity;
	return true;
}

static void put(struct ptree_json *json, const char *bytes, size_t count)
{
	if (!count || !make_room(json, count))
		return;
	memcpy(json->bytes + json->size, bytes, count);
	json->size += count;
}

/* ---- structure ---- */

static void begin_value(struct ptree_json *json, const char *name)
{
	if (json->levels[json->depth].is_object != (name != NULL)) {
		json->has_failed = true;
		return;
	}
	if (json->levels[json->depth].has_members)
		put(json, ",", 1);
	json->levels[json->depth].has_members = json->depth > 0;
	if (!name)
		return;
	put(json, "\"", 1);
	put(json, name, strlen(name));
	put(json, "\":", 2);
}

static void end_value(struct ptree_json *json)
{
	if (!json->depth)
		put(json, "\n", 1);
}

static void open_level(struct ptree_json *json, const char *name, bool is_object)
{
	begin_value(json, name);
	if (json->depth == PTREE_JSON_DEPTH_MAX || json->has_failed) {
		json->has_failed = true;
		return;
	}
	json->depth++;
	json->levels[json->depth].is_object = is_object;
	json->levels[json->depth].has_members = false;
	put(json, is_object ? "{" : "[", 1);
}

void ptree_json_object(struct ptree_json *json, const char *name)
{
	open_level(json, name, true);
}

void ptree_json_array(struct ptree_json *json, const char *name)
{
	open_level(json, name, false);
}

void ptree_json_end(struct ptree_json *json)
{
	if (!json->depth || json->has_failed) {
		json->has_failed = true;
		return;
	}
	put(json, json->levels[json->depth].is_object ? "}" : "]", 1);
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

static void put_escape(struct ptree_json *json, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	const char escape[] = { '\\',
				'u',
				digits[unit >> 12 & 15],
				digits[unit >> 8 & 15],
				digits[unit >> 4 & 15],
				digits[unit & 15] };

	put(json, escape, sizeof(escape));
}

static void put_code_point(struct ptree_json *json, uint32_t value)
{
	if (value < 0x10000) {
		put_escape(json, value);
		return;
	}
	put_escape(json, 0xd800 + ((value - 0x10000) >> 10));
	put_escape(json, 0xdc00 + ((value - 0x10000) & 0x3ff));
}

static void put_control(struct ptree_json *json, unsigned char byte)
{
	switch (byte) {
	case '"':
		put(json, "\\\"", 2);
		break;
	case '\\':
		put(json, "\\\\", 2);
		break;
	case '\n':
		put(json, "\\n", 2);
		break;
	case '\t':
		put(json, "\\t", 2);
		break;
	default:
		put_escape(json, byte);
	}
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

void ptree_json_string(struct ptree_json *json, const char *name, const char *bytes, size_t size)
{
	const unsigned char *at = (const unsigned char *)(size ? bytes : "");
	const unsigned char *end = at + size;
	const unsigned char *run;

	begin_value(json, name);
	put(json, "\"", 1);
	while (at < end) {
		for (run = at; at < end && is_plain(*at); at++)
			;
		put(json, (const char *)run, (size_t)(at - run));
		if (at < end && *at >= 0x80)
			put_code_point(json, take_code_point(&at, end));
		else if (at < end)
			put_control(json, *at++);
	}
	put(json, "\"", 1);
	end_value(json);
}

void ptree_json_hex(struct ptree_json *json, const char *name, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;

	begin_value(json, name);
	put(json, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		const char hex[] = { digits[at[i] >> 4], digits[at[i] & 15] };

		put(json, hex, sizeof(hex));
	}
	put(json, "\"", 1);
	end_value(json);
}

void ptree_json_text(struct ptree_json *json, const char *name, const char *text)
{
	if (text)
		ptree_json_string(json, name, text, strlen(text));
	else
		ptree_json_null(json, name);
}

void ptree_json_arguments(struct ptree_json *json, const char *name, const char *argv, size_t size)
{
	ptree_json_array(json, name);
	while (size) {
		size_t length = strnlen(argv, size);
		size_t step = length < size ? length + 1 : length;

		ptree_json_string(json, NULL, argv, length);
		argv += step;
		size -= step;
	}
	ptree_json_end(json);
}

/* ---- the others ---- */

static void put_word(struct ptree_json *json, const char *name, const char *word, size_t size)
{
	begin_value(json, name);
	put(json, word, size);
	end_value(json);
}

/* By hand: a line of a log has twenty numbers. */
static void put_number(struct ptree_json *json, const char *name, bool is_negative,
		       uint64_t magnitude)
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

void ptree_json_integer(struct ptree_json *json, const char *name, int64_t value)
{
	put_number(json, name, value < 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void ptree_json_unsigned(struct ptree_json *json, const char *name, uint64_t value)
{
	put_number(json, name, false, value);
}

void ptree_json_bool(struct ptree_json *json, const char *name, bool value)
{
	put_word(json, name, value ? "true" : "false", value ? 4 : 5);
}

void ptree_json_null(struct ptree_json *json, const char *name)
{
	put_word(json, name, "null", 4);
}
