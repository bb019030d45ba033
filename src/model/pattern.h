/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PATTERN_H
#define PROCTOP_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Regular expressions in Perl's syntax, of PCRE2. Text is bytes of strangers, which need be no
 * UTF-8. What a pattern may cost is bounded, for a text and in all: one that costs too much is
 * given up, matches nothing from then on, and says so.
 */
struct pattern;

/* Without capitals case does not count. 0; -EINVAL: *offset and message say what is wrong with it;
   -ENOMEM; -EOPNOTSUPP: this program was built without. */
int pattern_compile(struct pattern **pattern, const char *text, size_t *offset, char *message,
		    size_t message_size);
void pattern_free(struct pattern *pattern); /* or NULL */

bool pattern_has(struct pattern *pattern, const char *text, size_t size);
/* The first place from there on, of at least a byte. */
bool pattern_find(struct pattern *pattern, const char *text, size_t size, size_t from, size_t *at,
		  size_t *length);
bool pattern_is_given_up(const struct pattern *pattern);

#endif
