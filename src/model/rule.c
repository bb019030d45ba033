/* SPDX-License-Identifier: MIT */
/*
 * One rule, "EXPR => ACTION", taken apart. The expression is filter-parse.c's. The arguments of a
 * program are quoted as for a shell, but no shell is started: what one would do more with them is
 * refused, so that nobody relies on it.
 */
#include "model/field.h"
#include "model/rule.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARROW "=>"
#define SPACE " \t\n\r\v\f"
#define ARGUMENTS_MAX 256

static const char *const names[RULE_ACTION_COUNT] = {
	[RULE_MARK] = "mark", [RULE_BELL] = "bell", [RULE_LOG] = "log",
	[RULE_STOP] = "stop", [RULE_RUN] = "run",
};

const char *rule_action_name(enum rule_action action)
{
	return names[action];
}

void rule_clear(struct rule *rule)
{
	filter_free(rule->filter);
	free(rule->text);
	free(rule->words);
	free(rule->argv);
	free(rule->argv_text);
	*rule = (struct rule){ 0 };
}

struct parser {
	const char *text; /* all of it */
	struct rule_error *error;
};

static int reject(const struct parser *parser, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int reject(const struct parser *parser, const char *at, const char *format, ...)
{
	va_list args;

	parser->error->offset = (size_t)(at - parser->text);
	va_start(args, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

/* ---- the expression ---- */

/* The first one that is not between an expression's quotes. */
static const char *find_arrow(const char *text)
{
	bool is_quoted = false;

	for (const char *at = text; *at; at++) {
		if (is_quoted && at[0] == '\\' && at[1])
			at++;
		else if (*at == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && !strncmp(at, ARROW, strlen(ARROW)))
			return at;
	}
	return NULL;
}

static int take_expression(const struct parser *parser, struct rule *rule, const char *arrow)
{
	struct filter_error why = { 0 };
	const struct field *asking;
	char *expression;
	int err;

	if (parser->text + strspn(parser->text, SPACE) == arrow)
		return reject(parser, arrow, "nothing stands before '=>': expected an expression");
	expression = strndup(parser->text, (size_t)(arrow - parser->text));
	if (!expression)
		return -ENOMEM;
	err = filter_compile(&rule->filter, expression, &why);
	free(expression);
	asking = err ? NULL : filter_asking(rule->filter);
	if (asking)
		return reject(parser, parser->text,
			      "no event tells '%s', so that no rule can wait for it", asking->name);
	rule->expression_size = (size_t)(arrow - parser->text);
	while (rule->expression_size && strchr(SPACE, parser->text[rule->expression_size - 1]))
		rule->expression_size--;
	return err == -EINVAL ? reject(parser, parser->text + why.offset, "%s", why.text) : err;
}

/* ---- arguments ---- */

#define SHELLS_OWN "|&;<>()$`"

static int reject_shells_own(const struct parser *parser, const char *at)
{
	return reject(parser, at,
		      "no shell is started, which '%c' would be for: quote it with ' or \\, or "
		      "expected sh -c '...'",
		      *at);
}

/* Between single quotes all stands for itself. */
static int take_single(const struct parser *parser, const char **at, char **out)
{
	const char *begin = (*at)++;

	while (**at && **at != '\'')
		*(*out)++ = *(*at)++;
	if (!**at)
		return reject(parser, begin, "this quote is not closed: expected another \"'\"");
	++*at;
	return 0;
}

static int take_double(const struct parser *parser, const char **at, char **out)
{
	const char *begin = (*at)++;

	for (; **at && **at != '"'; ++*at) {
		if (**at == '$' || **at == '`')
			return reject_shells_own(parser, *at);
		if (**at == '\\' && (*at)[1] && strchr("\\\"$`", (*at)[1]))
			++*at;
		*(*out)++ = **at;
	}
	if (!**at)
		return reject(parser, begin, "this quote is not closed: expected another '\"'");
	++*at;
	return 0;
}

static int take_word(const struct parser *parser, const char **at, char **out)
{
	int err = 0;

	while (!err && **at && !strchr(SPACE, **at)) {
		if (**at == '\'')
			err = take_single(parser, at, out);
		else if (**at == '"')
			err = take_double(parser, at, out);
		else if (strchr(SHELLS_OWN, **at))
			err = reject_shells_own(parser, *at);
		else if (**at == '\\' && !(*at)[1])
			err = reject(parser, *at, "nothing stands behind this '\\'");
		else {
			*at += **at == '\\';
			*(*out)++ = *(*at)++;
		}
	}
	*(*out)++ = '\0';
	return err;
}

/* No word is longer than what it is made of, and its end takes the place of a space. */
static int take_arguments(const struct parser *parser, struct rule *rule, const char *at)
{
	size_t count = 0;
	char *out;
	int err = 0;

	at += strspn(at, SPACE);
	if (!*at)
		return reject(parser, at, "run: expected a program, and its arguments");
	rule->argv = calloc(ARGUMENTS_MAX + 1, sizeof(*rule->argv));
	out = rule->argv_text = malloc(strlen(at) + 1);
	if (!rule->argv || !out)
		return -ENOMEM;
	do {
		if (count == ARGUMENTS_MAX)
			return reject(parser, at, "run: expected no more than %d arguments",
				      ARGUMENTS_MAX - 1);
		rule->argv[count++] = out;
		err = take_word(parser, &at, &out);
		at += strspn(at, SPACE);
	} while (*at && !err);
	if (!err && !*rule->argv[0])
		err = reject(parser, parser->text, "run: expected a program's name, not ''");
	return err;
}

/* ---- the action ---- */

static bool find_action(const char *word, size_t size, enum rule_action *action)
{
	for (unsigned i = 0; i < RULE_ACTION_COUNT; i++) {
		if (strlen(names[i]) == size && !memcmp(names[i], word, size)) {
			*action = (enum rule_action)i;
			return true;
		}
	}
	return false;
}

static int take_words(struct rule *rule, const char *at)
{
	size_t size = strlen(at);

	while (size && strchr(SPACE, at[size - 1]))
		size--;
	if (!size)
		return 0;
	rule->words = strndup(at, size);
	return rule->words ? 0 : -ENOMEM;
}

static int take_action(const struct parser *parser, struct rule *rule, const char *at)
{
	const char *word = at + strspn(at, SPACE);
	size_t size = strcspn(word, SPACE);

	if (!find_action(word, size, &rule->action))
		return reject(parser, word,
			      "expected mark, bell, log TEXT, stop or run PROGRAM behind '=>'");
	at = word + size + strspn(word + size, SPACE);
	if (rule->action == RULE_LOG)
		return take_words(rule, at);
	if (rule->action == RULE_RUN)
		return take_arguments(parser, rule, at);
	if (*at)
		return reject(parser, at, "%s: expected nothing behind it",
			      rule_action_name(rule->action));
	return 0;
}

int rule_parse(struct rule *out, const char *text, struct rule_error *error)
{
	const struct parser parser = { text, error };
	const char *arrow = find_arrow(text);
	struct rule rule = { .text = NULL };
	int err;

	if (!arrow)
		return reject(&parser, text + strlen(text),
			      "expected '=>' and what is to be done: mark, bell, log TEXT, stop or "
			      "run PROGRAM");
	rule.text = strdup(text);
	err = rule.text ? take_expression(&parser, &rule, arrow) : -ENOMEM;
	if (!err)
		err = take_action(&parser, &rule, arrow + strlen(ARROW));
	if (err) {
		rule_clear(&rule);
		return err;
	}
	*out = rule;
	return 0;
}
