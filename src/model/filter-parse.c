/* SPDX-License-Identifier: MIT */
/*
 * Filter expressions: text -> a small tree.
 *
 *   any:         all { ("|" | "or") all }
 *   all:         term...
 *   term:        ["!" | "not"]... ( "(" any ")" | factor )
 *   factor:      [field comparison | "~"] text | "@" name
 *   comparison:  ":" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
 *
 * Text is bare, up to a space or one of | ( ), or in double quotes, where \" and \\ stand for
 * themselves. Without a field it is looked for in the command line. A name stands for the filter
 * that is kept by it, as if in parentheses.
 */
#include "model/expression.h"
#include "model/kept.h"
#include "model/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 50
#define NAMED_MAX 8 /* names within names */

struct parser {
	const char *begin, *at;
	struct filter_error *error;
	const struct kept *names;
	int depth; /* of parentheses */
	int named; /* of names within names */
};

static int __attribute__((format(printf, 3, 4)))
reject(struct parser *parser, const char *where, const char *format, ...)
{
	va_list args;

	parser->error->offset = (size_t)(where - parser->begin);
	parser->error->is_unknown_name = false;
	va_start(args, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

static void skip_space(struct parser *parser)
{
	while (*parser->at && isspace((unsigned char)*parser->at))
		parser->at++;
}

static bool ends_word(char c)
{
	return !c || isspace((unsigned char)c) || strchr("|()", c);
}

static bool is_word(const struct parser *parser, const char *word)
{
	size_t size = strlen(word);

	return !strncmp(parser->at, word, size) && ends_word(parser->at[size]);
}

/* ---- text ---- */

/* Takes what is between quotes, appending to out. The parser stands at the first one. */
static int read_quoted(struct parser *parser, char **out)
{
	const char *begin = parser->at++;

	for (; *parser->at && *parser->at != '"'; parser->at++) {
		if (parser->at[0] == '\\' && (parser->at[1] == '"' || parser->at[1] == '\\'))
			parser->at++;
		*(*out)++ = *parser->at;
	}
	if (!*parser->at)
		return reject(parser, begin, "this quote is not closed: expected another '\"'");
	parser->at++;
	return 0;
}

/* Reads bare and quoted pieces up to the end of the word. *text is malloc()ed. */
static int read_text(struct parser *parser, char **text)
{
	char *buf = malloc(strlen(parser->at) + 1);
	char *out = buf;
	int err = buf ? 0 : -ENOMEM;

	while (!err && !ends_word(*parser->at)) {
		if (*parser->at == '"')
			err = read_quoted(parser, &out);
		else
			*out++ = *parser->at++;
	}
	if (err) {
		free(buf);
		return err;
	}
	*out = '\0';
	*text = buf;
	return 0;
}

/* ---- fields ---- */

/* All that there are, in the order of the table. */
static void list_fields(char *out, size_t size)
{
	size_t used = 0;

	for (const struct field *field = fields; field->name && used < size; field++) {
		if (field->is_filter)
			used += (size_t)snprintf(out + used, size - used, "%s, ", field->name);
	}
	if (used < size)
		snprintf(out + used - 2, size - used + 2, " or " EXPRESSION_UNDER_NAME);
}

static int reject_field(struct parser *parser, size_t size)
{
	char names[640];

	list_fields(names, sizeof(names));
	return reject(parser, parser->at,
		      "no field '%.*s': quote it to search for it, or expected %s",
		      size < 32 ? (int)size : 32, parser->at, names);
}

static bool find_field(const struct parser *parser, size_t size, struct expression *term)
{
	const size_t under = strlen(EXPRESSION_UNDER_NAME);

	if (size == under && !memcmp(parser->at, EXPRESSION_UNDER_NAME, size)) {
		term->kind = EXPRESSION_UNDER;
		return true;
	}
	term->kind = EXPRESSION_FIELD;
	term->field = field_find(parser->at, size);
	return term->field && term->field->is_filter;
}

static size_t comparison_size(const char *sign, enum comparison *comparison)
{
	static const struct {
		char sign[3];
		uint8_t comparison;
	} signs[] = {
		{ "!=", COMPARE_IS_NOT }, { "<=", COMPARE_AT_MOST }, { ">=", COMPARE_AT_LEAST },
		{ ":", COMPARE_HAS },	  { "=", COMPARE_IS },	     { "<", COMPARE_LESS },
		{ ">", COMPARE_MORE },	  { "~", COMPARE_LIKE },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (strncmp(sign, signs[i].sign, strlen(signs[i].sign)) != 0)
			continue;
		*comparison = (enum comparison)signs[i].comparison;
		return strlen(signs[i].sign);
	}
	return 0;
}

/* Takes "name:" if the word begins so. "--jobs=4" is text, as what begins with a letter is not. */
static int read_field(struct parser *parser, struct expression *term)
{
	size_t size = strspn(parser->at, "abcdefghijklmnopqrstuvwxyz_-");
	size_t sign = comparison_size(parser->at + size, &term->comparison);

	term->kind = EXPRESSION_WORD;
	if (!size && term->comparison == COMPARE_LIKE && sign) {
		parser->at += sign;
		return 0;
	}
	if (!size || !sign || !isalpha((unsigned char)*parser->at)) {
		term->comparison = COMPARE_HAS;
		return 0;
	}
	if (!find_field(parser, size, term))
		return reject_field(parser, size);
	parser->at += size + sign;
	if (*parser->at == '=' &&
	    (term->comparison == COMPARE_IS || term->comparison == COMPARE_IS_NOT))
		return reject(parser, parser->at, "expected a value: one '=' is enough");
	return 0;
}

/* ---- what a field can be compared with ---- */

static bool is_text(enum field_kind kind)
{
	return kind == FIELD_TEXT || kind == FIELD_ARGUMENTS || kind == FIELD_USER ||
	       kind == FIELD_TTY || kind == FIELD_NAMESPACES;
}

/* Of what is measured, "is about" and "is exactly" would be two questions. */
static bool is_measured(enum field_kind kind)
{
	return kind == FIELD_PERMILLE || kind == FIELD_RATE || kind == FIELD_BYTES ||
	       kind == FIELD_BYTE_RATE || kind == FIELD_DURATION;
}

bool filter_field_is_measured(const struct field *field)
{
	return is_measured(field->kind);
}

static bool has_order(enum field_kind kind)
{
	return is_measured(kind) || kind == FIELD_NUMBER || kind == FIELD_SIGNED ||
	       kind == FIELD_PID;
}

static const char *comparisons_of(enum field_kind kind)
{
	return is_measured(kind) ? "<, <=, >, >=, = or !="
	       : has_order(kind) ? ":, =, !=, <, <=, > or >="
	       : is_text(kind)	 ? ":, =, != or ~"
				 : ":, = or !=";
}

static bool can_compare(enum field_kind kind, enum comparison comparison)
{
	switch (comparison) {
	case COMPARE_HAS:
		return !is_measured(kind);
	case COMPARE_IS:
	case COMPARE_IS_NOT:
		return true;
	case COMPARE_LIKE:
		return is_text(kind);
	case COMPARE_LESS:
	case COMPARE_AT_MOST:
	case COMPARE_MORE:
	case COMPARE_AT_LEAST:
		break;
	}
	return has_order(kind);
}

static int check_comparison(struct parser *parser, const char *sign, const struct expression *term)
{
	if (term->kind == EXPRESSION_UNDER && term->comparison != COMPARE_HAS)
		return reject(parser, sign, "expected ':' after '" EXPRESSION_UNDER_NAME "'");
	if (term->kind == EXPRESSION_FIELD && !can_compare(term->field->kind, term->comparison))
		return reject(parser, sign, "expected %s after '%s'",
			      comparisons_of(term->field->kind), term->field->name);
	return 0;
}

static int compile_pattern(struct parser *parser, const char *where, struct expression *term)
{
	size_t offset = 0;
	char message[128];
	int err = pattern_compile(&term->pattern, term->text, &offset, message, sizeof(message));

	/* Quotes and what they hide may stand before it; that it is there is near enough. */
	if (err == -EINVAL)
		return reject(parser,
			      where + (*where == '"') + offset < parser->at
				  ? where + (*where == '"') + offset
				  : where,
			      "no regular expression: %s", message);
	return err == -EOPNOTSUPP ? reject(parser, where, "%s", message) : err;
}

/* A user is a name where it is no number. */
static int check_number(struct parser *parser, const char *where, struct expression *term)
{
	enum field_kind kind = term->field->kind;
	bool is_pid_0 = false;

	term->is_number = quantity_read(kind, term->text, &term->number);
	is_pid_0 = term->is_number && !term->number && !strcmp(term->field->name, "pid");
	if (kind == FIELD_STATE ? term->text[strspn(term->text, "RSDTtZXIKWPN")] != '\0'
				: !is_text(kind) && (!term->is_number || is_pid_0))
		return reject(parser, where, "expected %s after '%.*s'", quantity_expected(kind),
			      (int)(where - term->begin), term->begin);
	return 0;
}

static int check_value(struct parser *parser, const char *where, struct expression *term)
{
	text_needle_init(&term->needle, term->text);
	if (!*term->text && term->kind == EXPRESSION_WORD && term->comparison == COMPARE_HAS)
		return reject(parser, where, "expected text between the quotes");
	if (!*term->text && term->kind == EXPRESSION_WORD)
		return reject(parser, where, "expected a regular expression after '~'");
	if (!*term->text)
		return reject(parser, where, "expected a value after '%.*s'",
			      (int)(where - term->begin), term->begin);
	if (term->comparison == COMPARE_LIKE)
		return compile_pattern(parser, where, term);
	if (term->kind == EXPRESSION_FIELD)
		return check_number(parser, where, term);
	term->is_number = quantity_read(FIELD_PID, term->text, &term->number);
	return 0;
}

static int read_factor(struct parser *parser, struct expression *term)
{
	const char *where, *begin = parser->at;
	int err = read_field(parser, term);

	if (err)
		return err;
	where = parser->at;
	term->begin = begin;
	if (where > begin && term->kind != EXPRESSION_WORD)
		err = check_comparison(parser, begin + strcspn(begin, ":=!<>~"), term);
	if (!err)
		err = read_text(parser, &term->text);
	return err ? err : check_value(parser, where, term);
}

/* ---- together ---- */

static int read_any(struct parser *parser, struct expression *any);
static int read_whole(struct parser *parser, struct expression *root);

static bool take_negation(struct parser *parser)
{
	if (*parser->at == '!')
		parser->at++;
	else if (is_word(parser, "not"))
		parser->at += strlen("not");
	else
		return false;
	skip_space(parser);
	return true;
}

static bool take_or(struct parser *parser)
{
	if (*parser->at == '|')
		parser->at++;
	else if (is_word(parser, "or"))
		parser->at += strlen("or");
	else
		return false;
	skip_space(parser);
	return true;
}

static bool is_at_or(const struct parser *parser)
{
	return *parser->at == '|' || is_word(parser, "or");
}

static int read_group(struct parser *parser, struct expression *group)
{
	const char *begin = parser->at++;
	int err;

	if (parser->depth == DEPTH_MAX)
		return reject(parser, begin, "more than %d parentheses are open", DEPTH_MAX);
	skip_space(parser);
	if (*parser->at == ')')
		return reject(parser, parser->at, "expected something between the parentheses");
	parser->depth++;
	err = read_any(parser, group);
	parser->depth--;
	if (err)
		return err;
	if (*parser->at != ')')
		return reject(parser, begin, "this is not closed: expected a ')'");
	parser->at++;
	return 0;
}

static int reject_name(struct parser *parser, const char *begin, size_t size)
{
	reject(parser, begin, "no filter is kept as '@%.*s': quote it to search for it",
	       size < 32 ? (int)size : 32, begin + 1);
	parser->error->is_unknown_name = true;
	return -EINVAL;
}

static bool is_name(const struct parser *parser)
{
	size_t size = *parser->at == '@' ? kept_name_size(parser->at + 1) : 0;

	return size && ends_word(parser->at[1 + size]);
}

/* "@name": what is wrong in it is said of the name. */
static int read_named(struct parser *parser, struct expression *group)
{
	const char *begin = parser->at;
	size_t size = kept_name_size(begin + 1);
	const char *text = kept_find(parser->names, begin + 1, size);
	struct filter_error within = { 0 };
	struct parser inner = { .begin = text,
				.at = text,
				.error = &within,
				.names = parser->names,
				.named = parser->named + 1 };
	int err;

	if (!text)
		return reject_name(parser, begin, size);
	if (parser->named == NAMED_MAX)
		return reject(parser, begin, "more than %d filters name each other", NAMED_MAX);
	err = read_whole(&inner, group);
	parser->at += 1 + size;
	if (err != -EINVAL)
		return err;
	reject(parser, begin, "in '%.*s': %.300s", size < 32 ? (int)size + 1 : 32, begin,
	       within.text);
	parser->error->is_unknown_name = within.is_unknown_name;
	return err;
}

static int read_term(struct parser *parser, struct expression *term)
{
	const char *begin = parser->at;
	bool is_negated = false;
	int err;

	while (take_negation(parser))
		is_negated = !is_negated;
	if (!*parser->at || *parser->at == ')' || is_at_or(parser))
		return reject(parser, begin, "expected something to negate after this");
	if (is_name(parser))
		err = read_named(parser, term);
	else
		err = *parser->at == '(' ? read_group(parser, term) : read_factor(parser, term);
	term->is_negated = is_negated;
	return err;
}

static int append(struct expression ***end, struct expression **term)
{
	*term = calloc(1, sizeof(**term));
	if (!*term)
		return -ENOMEM;
	**end = *term;
	*end = &(*term)->next;
	return 0;
}

static int read_all(struct parser *parser, struct expression *all)
{
	struct expression **end = &all->first;
	int err = 0;

	all->kind = EXPRESSION_ALL_OF;
	for (skip_space(parser); *parser->at && *parser->at != ')' && !is_at_or(parser) && !err;
	     skip_space(parser)) {
		struct expression *term;

		err = append(&end, &term);
		if (!err)
			err = read_term(parser, term);
		if (!err && term->kind == EXPRESSION_UNDER) /* without memory it takes longer */
			term->under = calloc(2, sizeof(*term->under));
	}
	return err;
}

static int read_any(struct parser *parser, struct expression *any)
{
	struct expression **end = &any->first;
	const char *sign = parser->at;
	struct expression *all;
	int err;

	any->kind = EXPRESSION_ANY_OF;
	if (is_at_or(parser))
		return reject(parser, parser->at, "expected something before this");
	do {
		err = append(&end, &all);
		if (!err)
			err = read_all(parser, all);
		if (!err && !all->first && all != any->first)
			return reject(parser, sign, "expected something after this");
		sign = parser->at;
	} while (!err && take_or(parser));
	return err;
}

static int read_whole(struct parser *parser, struct expression *root)
{
	int err;

	skip_space(parser);
	err = read_any(parser, root);
	if (!err && *parser->at)
		err = reject(parser, parser->at, "nothing is open that this ')' could close");
	return err;
}

int expression_parse(struct expression *root, const char *text, const struct kept *names,
		     struct filter_error *error)
{
	struct parser parser = { .begin = text, .at = text, .error = error, .names = names };

	return read_whole(&parser, root);
}

/* As deep as parentheses may be. */
void expression_clear(struct expression *expression)
{
	struct expression *next;

	for (struct expression *at = expression->first; at; at = next) {
		next = at->next;
		expression_clear(at);
		free(at);
	}
	text_needle_clear(&expression->needle);
	for (int i = 0; i < 2 && expression->under; i++)
		memo_clear(&expression->under[i]);
	pattern_free(expression->pattern);
	free(expression->under);
	free(expression->text);
	*expression = (struct expression){ 0 };
}
