/* SPDX-License-Identifier: MIT */
/*
 * Filters: does this process match. Pure: it reads the tree, never /proc, and knows nothing of
 * rows. The language is filter-parse.c's.
 */
#include "model/filter.h"
#include "model/above.h"
#include "model/expression.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 4097 /* of arguments the tree keeps 4,096 bytes */

struct filter {
	struct expression root;
};

int filter_compile_named(struct filter **out, const char *expression, const struct kept *names,
			 struct filter_error *error)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	int err = filter ? expression_parse(&filter->root, expression, names, error) : -ENOMEM;

	if (err) {
		filter_free(filter);
		return err;
	}
	*out = filter;
	return 0;
}

int filter_compile(struct filter **out, const char *expression, struct filter_error *error)
{
	return filter_compile_named(out, expression, NULL, error);
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	expression_clear(&filter->root);
	free(filter);
}

/* ---- text ---- */

struct subject {
	const struct filter_context *context;
	const struct ptree_node *node;
};

/* Exactly it; case counts where it has capitals. */
static bool text_is(const char *text, size_t size, const struct text_needle *needle)
{
	return size == needle->size && text_has(text, size, needle);
}

static bool text_compares(const struct expression *term, const char *text, size_t size)
{
	switch (term->comparison) {
	case COMPARE_LIKE:
		return pattern_has(term->pattern, text, size);
	case COMPARE_IS:
		return text_is(text, size, &term->needle);
	case COMPARE_IS_NOT:
		return !text_is(text, size, &term->needle);
	case COMPARE_HAS:
	case COMPARE_LESS:
	case COMPARE_AT_MOST:
	case COMPARE_MORE:
	case COMPARE_AT_LEAST:
		break;
	}
	return text_has(text, size, &term->needle);
}

static bool name_compares(const struct ptree_node *node, const struct expression *term)
{
	const char *name = ptree_node_is_comm_old(node) ? "" : ptree_node_name(node);

	return text_compares(term, name, strlen(name));
}

/* False if no arguments are known. */
static bool argv_of(const struct ptree_node *node, const char **argv, size_t *size)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	if (!image || !image->argv)
		return false;
	*argv = image->argv;
	*size = image->argv_size;
	while (*size && !image->argv[*size - 1])
		--*size;
	return *size > 0;
}

/* As a line, as one sees it. */
static bool line_is_like(const struct expression *term, const char *argv, size_t argv_size)
{
	char line[LINE_SIZE];
	size_t size = text_join_argv(line, sizeof(line), argv, argv_size);

	return pattern_has(term->pattern, line, size);
}

/* Where the arguments are not known, the name stands for them, as it does on the screen. */
static bool command_compares(const struct ptree_node *node, const struct expression *term)
{
	const char *argv;
	size_t size;

	if (!argv_of(node, &argv, &size))
		return name_compares(node, term);
	return term->comparison == COMPARE_LIKE ? line_is_like(term, argv, size)
						: text_compares(term, argv, size);
}

/* ---- fields ---- */

static bool number_compares(const struct expression *term, uint64_t number)
{
	switch (term->comparison) {
	case COMPARE_HAS:
	case COMPARE_IS:
		return number == term->number;
	case COMPARE_IS_NOT:
		return number != term->number;
	case COMPARE_LESS:
		return number < term->number;
	case COMPARE_AT_MOST:
		return number <= term->number;
	case COMPARE_MORE:
		return number > term->number;
	case COMPARE_AT_LEAST:
		return number >= term->number;
	case COMPARE_LIKE:
		break;
	}
	return false;
}

/* By its number, or by its name if that is known. */
static bool user_compares(const struct expression *term, const struct field_value *value)
{
	bool is_it = term->is_number && term->number == value->number;

	if (term->comparison == COMPARE_IS_NOT)
		return !is_it && !(value->text && text_is(value->text, value->size, &term->needle));
	if (is_it && term->comparison != COMPARE_LIKE)
		return true;
	return value->text && text_compares(term, value->text, value->size);
}

static bool value_compares(const struct expression *term, const struct field_value *value)
{
	char name[FIELD_TTY_SIZE];
	bool has_letter;

	switch (term->field->kind) {
	case FIELD_USER:
		return user_compares(term, value);
	case FIELD_STATE:
		has_letter = strchr(term->text, (int)value->number) != NULL;
		return has_letter == (term->comparison != COMPARE_IS_NOT);
	case FIELD_TEXT:
		return text_compares(term, value->text, value->size);
	case FIELD_NAMESPACES:
		field_format_namespaces(name, value->number);
		return text_compares(term, name, strlen(name));
	case FIELD_TTY:
		field_format_tty(name, sizeof(name), (uint32_t)value->number);
		return text_compares(term, name, strlen(name));
	case FIELD_NUMBER:
	case FIELD_PID:
	case FIELD_FLAG:
	case FIELD_SIGNAL:
	case FIELD_SIGNED:
	case FIELD_PERMILLE:
	case FIELD_RATE:
	case FIELD_BYTES:
	case FIELD_BYTE_RATE:
	case FIELD_DURATION:
	case FIELD_BOOT_TIME:
		return number_compares(term, value->number);
	case FIELD_ARGUMENTS:
		break;
	}
	return false;
}

static bool field_compares(const struct subject *subject, const struct expression *term)
{
	const struct column_context context = { .tree = subject->context->tree,
						.users = subject->context->users,
						.sources = subject->context->sources,
						.now_ns = subject->context->now_ns };
	const struct column_subject process = { .node = subject->node };
	struct field_value value = { 0 };

	if (term->field->kind == FIELD_ARGUMENTS)
		return command_compares(subject->node, term);
	return field_get(term->field, &context, &process, &value) && value_compares(term, &value);
}

/* ---- above ---- */

static bool is_the_one(const struct ptree_node *node, const struct expression *term)
{
	if (term->is_number)
		return (uint64_t)ptree_node_pid(node) == term->number;
	return ptree_node_is_named(node, term->text);
}

/* Up to who is the one, or whose answer is known, or the top; *steps: how many were passed. */
static bool find_above(const struct subject *subject, const struct expression *term,
		       const struct memo *memo, bool by_origin, size_t *steps)
{
	const struct ptree_node *node = subject->node;
	size_t most = above_most(subject->context->tree);
	bool answer = false;

	for (*steps = 0; *steps <= most; ++*steps) {
		if (memo && memo_get(memo, ptree_node_id(node), &answer))
			return answer;
		node = node_above(node, by_origin);
		if (!node || !ptree_node_pid(node))
			return false;
		if (is_the_one(node, term))
			return true;
	}
	return false;
}

/* All that was passed on the way up has the same answer: whoever asks for one of them next finds
   it, so that a deep tree costs its size and not its square. */
static bool is_below(const struct subject *subject, const struct expression *term, bool by_origin)
{
	struct memo *memo = term->under ? &term->under[by_origin] : NULL;
	const struct ptree_node *node = subject->node;
	size_t steps;
	bool answer;

	if (memo)
		memo_enter(memo, subject->context->tree,
			   ptree_tree_generation(subject->context->tree));
	answer = find_above(subject, term, memo, by_origin, &steps);
	for (size_t i = 0; memo && i <= steps && node && ptree_node_pid(node); i++) {
		memo_set(memo, ptree_node_id(node), answer);
		node = node_above(node, by_origin);
	}
	return answer;
}

/* ---- all of it ---- */

static bool any_matches(const struct subject *subject, const struct expression *any);

static bool term_matches(const struct subject *subject, const struct expression *term)
{
	const struct ptree_node *node = subject->node;

	switch (term->kind) {
	case EXPRESSION_WORD:
		return name_compares(node, term) || command_compares(node, term);
	case EXPRESSION_FIELD:
		return field_compares(subject, term);
	case EXPRESSION_UNDER:
		return is_below(subject, term, false) || is_below(subject, term, true);
	case EXPRESSION_ANY_OF:
		return any_matches(subject, term);
	case EXPRESSION_ALL_OF:
		break;
	}
	return false;
}

static bool all_match(const struct subject *subject, const struct expression *all)
{
	for (const struct expression *term = all->first; term; term = term->next) {
		if (term_matches(subject, term) == term->is_negated)
			return false;
	}
	return true;
}

/* As deep as parentheses may be. */
static bool any_matches(const struct subject *subject, const struct expression *any)
{
	for (const struct expression *all = any->first; all; all = all->next) {
		if (all_match(subject, all))
			return true;
	}
	return false;
}

bool filter_matches(const struct filter *filter, const struct filter_context *context,
		    const struct ptree_node *node)
{
	const struct subject subject = { .context = context, .node = node };

	return any_matches(&subject, &filter->root);
}

/* ---- what it depends on ---- */

typedef bool property(const struct expression *expression);

static bool has_any(const struct expression *expression, property *has)
{
	if (has(expression))
		return true;
	for (const struct expression *at = expression->first; at; at = at->next) {
		if (has_any(at, has))
			return true;
	}
	return false;
}

static bool looks_above(const struct expression *expression)
{
	return expression->kind == EXPRESSION_UNDER;
}

static bool changes_with_time(const struct expression *expression)
{
	return expression->kind == EXPRESSION_FIELD && expression->field->changes_with_time;
}

static bool is_given_up(const struct expression *expression)
{
	return expression->pattern && pattern_is_given_up(expression->pattern);
}

bool filter_looks_above(const struct filter *filter)
{
	return has_any(&filter->root, looks_above);
}

bool filter_changes_with_time(const struct filter *filter)
{
	return has_any(&filter->root, changes_with_time);
}

bool filter_is_given_up(const struct filter *filter)
{
	return has_any(&filter->root, is_given_up);
}

/* As deep as parentheses may be. */
static uint32_t expression_asks(const struct expression *expression, const struct field **asking)
{
	bool is_field = expression->kind == EXPRESSION_FIELD;
	uint32_t asks = is_field ? expression->field->asks : 0;

	if (asks && !expression->field->is_told_too)
		*asking = expression->field;
	for (const struct expression *at = expression->first; at; at = at->next)
		asks |= expression_asks(at, asking);
	return asks;
}

uint32_t filter_asks(const struct filter *filter)
{
	const struct field *asking;

	return expression_asks(&filter->root, &asking);
}

const struct field *filter_asking(const struct filter *filter)
{
	const struct field *asking = NULL;

	expression_asks(&filter->root, &asking);
	return asking;
}
