/* SPDX-License-Identifier: MIT */
/* Regular expressions; see pattern.h. */
#include "model/pattern.h"

#include <errno.h>
#include <stdio.h>

#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Steps in one text: some tenths of a millisecond. Those that reach it are few, or it is hopeless.
 */
#define MATCH_LIMIT 20000
#define HEAP_LIMIT_KIB 1024
#define GIVEN_UP_MAX 32
#define PATTERN_BYTES_MAX 4096

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	unsigned given_up; /* texts */
};

/* \S, \W and the like are no capitals. */
static bool has_capitals(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text >= 'A' && *text <= 'Z')
			return true;
	}
	return false;
}

static uint32_t options_of(const char *text)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

	return has_capitals(text) ? options : options | PCRE2_CASELESS;
}

static int compile(struct pattern *pattern, const char *text, size_t *offset, char *message,
		   size_t message_size)
{
	PCRE2_SIZE at = 0;
	int error = 0;

	if (strlen(text) > PATTERN_BYTES_MAX) {
		*offset = PATTERN_BYTES_MAX;
		snprintf(message, message_size, "longer than %d bytes", PATTERN_BYTES_MAX);
		return -EINVAL;
	}
	pattern->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options_of(text),
				      &error, &at, NULL);
	if (pattern->code)
		return 0;
	if (error == PCRE2_ERROR_NOMEMORY)
		return -ENOMEM;
	*offset = at < strlen(text) ? at : strlen(text);
	if (pcre2_get_error_message(error, (PCRE2_UCHAR *)message, message_size) < 0)
		snprintf(message, message_size, "error %d", error);
	return -EINVAL;
}

int pattern_compile(struct pattern **out, const char *text, size_t *offset, char *message,
		    size_t message_size)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	int err = pattern ? compile(pattern, text, offset, message, message_size) : -ENOMEM;

	if (!err) {
		pattern->data = pcre2_match_data_create(1, NULL);
		pattern->limits = pcre2_match_context_create(NULL);
		err = pattern->data && pattern->limits ? 0 : -ENOMEM;
	}
	if (err) {
		pattern_free(pattern);
		return err;
	}
	pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT_KIB);
	pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE); /* without it takes longer */
	*out = pattern;
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_match_context_free(pattern->limits);
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
	free(pattern);
}

bool pattern_is_given_up(const struct pattern *pattern)
{
	return pattern->given_up >= GIVEN_UP_MAX;
}

static bool matches(struct pattern *pattern, const char *text, size_t size, size_t from,
		    uint32_t options)
{
	int result;

	if (pattern_is_given_up(pattern))
		return false;
	result = pcre2_match(pattern->code, (PCRE2_SPTR)text, size, from, options, pattern->data,
			     pattern->limits);
	if (result < PCRE2_ERROR_PARTIAL)
		pattern->given_up++;
	return result >= 0;
}

bool pattern_has(struct pattern *pattern, const char *text, size_t size)
{
	return matches(pattern, text, size, 0, 0);
}

bool pattern_find(struct pattern *pattern, const char *text, size_t size, size_t from, size_t *at,
		  size_t *length)
{
	const PCRE2_SIZE *found = pcre2_get_ovector_pointer(pattern->data);

	/* \K can have it end before it begins. */
	if (!matches(pattern, text, size, from, PCRE2_NOTEMPTY) || found[1] <= found[0])
		return false;
	*at = found[0];
	*length = found[1] - found[0];
	return true;
}

#else

int pattern_compile(struct pattern **pattern, const char *text, size_t *offset, char *message,
		    size_t message_size)
{
	(void)pattern;
	(void)text;
	*offset = 0;
	snprintf(message, message_size, "this proctop was built without regular expressions");
	return -EOPNOTSUPP;
}

void pattern_free(struct pattern *pattern)
{
	(void)pattern;
}

bool pattern_has(struct pattern *pattern, const char *text, size_t size)
{
	(void)pattern;
	(void)text;
	(void)size;
	return false;
}

bool pattern_find(struct pattern *pattern, const char *text, size_t size, size_t from, size_t *at,
		  size_t *length)
{
	(void)from;
	(void)at;
	(void)length;
	return pattern_has(pattern, text, size);
}

bool pattern_is_given_up(const struct pattern *pattern)
{
	(void)pattern;
	return false;
}
#endif
