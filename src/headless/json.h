/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_JSON_H
#define PROCTOP_JSON_H

#include "headless/output.h"

#include <stdint.h>

#define JSON_DEPTH_MAX 16

/*
 * Writes JSON in ASCII, a value of the top level on a line. Commas come by themselves. Each value
 * has a name in an object and NULL in an array and at the top; names are plain ASCII literals.
 */
struct json {
	struct output *output; /* borrowed */
	unsigned depth;
	struct {
		bool is_object, has_members;
	} levels[JSON_DEPTH_MAX + 1];
};

void json_init(struct json *json, struct output *output);

void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
void json_end(struct json *json); /* of the innermost object or array */

/* Any bytes: what is not UTF-8 becomes U+FFFD. */
void json_string(struct json *json, const char *name, const char *bytes, size_t size);
void json_text(struct json *json, const char *name, const char *text); /* NULL: null */
void json_integer(struct json *json, const char *name, int64_t value);
void json_unsigned(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

#endif
