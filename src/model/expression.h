/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_EXPRESSION_H
#define PROCTOP_EXPRESSION_H

#include "model/field.h"
#include "model/filter.h"
#include "model/memo.h"
#include "model/pattern.h"
#include "draw/text.h"

/* What a filter was parsed to; only filter.c and filter-parse.c know it. */
enum expression_kind {
	EXPRESSION_ALL_OF, /* first and its siblings */
	EXPRESSION_ANY_OF,
	EXPRESSION_WORD, /* in the command line or the name */
	EXPRESSION_FIELD,
	EXPRESSION_UNDER, /* text: an ancestor's number or name */
};

enum comparison {
	COMPARE_HAS, /* ":" */
	COMPARE_IS,
	COMPARE_IS_NOT,
	COMPARE_LESS,
	COMPARE_AT_MOST,
	COMPARE_MORE,
	COMPARE_AT_LEAST,
	COMPARE_LIKE, /* "~": a regular expression */
};

struct expression {
	enum expression_kind kind;
	enum comparison comparison;
	bool is_negated;
	struct expression *first, *next;
	const struct field *field;
	bool is_number;
	uint64_t number;   /* the text as the field's kind has it, if it is one */
	const char *begin; /* while it is parsed: where it stands */
	char *text;
	struct text_needle needle; /* the text, prepared */
	struct pattern *pattern;   /* LIKE */
	struct memo *under;	   /* what is below it, by parents and by origins */
};

#define EXPRESSION_UNDER_NAME "under"

/* 0; -EINVAL with *error set; -ENOMEM. What there is of it is freed by expression_clear(). */
int expression_parse(struct expression *root, const char *text, const struct kept *names,
		     struct filter_error *error);
void expression_clear(struct expression *expression);

#endif
