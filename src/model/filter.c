/* SPDX-License-Identifier: MIT */
/*
 * Filter expressions: text -> a small parse tree -> does this process match. Pure: it reads the
 * tree, never /proc, and knows nothing of rows.
 *
 *   expression:  term...                    all of them
 *   term:        ["!" | "not"]... factor
 *   factor:      [field ":"] text           texts contain it, numbers are it; under: see below
 *
 * Text is bare or in double quotes, where \" and \\ stand for themselves. What a later grammar
 * will give a meaning ( | or ( ) and comparisons ) is refused unless it is quoted, so that an
 * expression that is accepted today keeps its meaning.
 */
#include "model/filter.h"
#include "model/field.h"
#include "model/memo.h"
#include "draw/text.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum expression_kind {
	EXPRESSION_ALL_OF, /* first and its siblings */
	EXPRESSION_WORD,   /* text: in the command line or the name */
	EXPRESSION_FIELD,
	EXPRESSION_UNDER, /* text: an ancestor's number or name */
};

struct expression {
	enum expression_kind kind;
	bool is_negated;
	struct expression *first, *next;
	const struct field *field;
	bool is_number;
	uint32_t number; /* the text as a number, if it is one */
	char *text;
	struct text_needle needle; /* the text, prepared */
	struct memo *under;	   /* what is below it, by parents and by origins */
};

struct filter {
	struct expression root;
};

/* ---- parsing ---- */

struct parser {
	const char *begin, *at;
	struct filter_error *error;
};

static int __attribute__((format(printf, 3, 4)))
reject(struct parser *parser, const char *where, const char *format, ...)
{
	va_list args;

	parser->error->offset = (size_t)(where - parser->begin);
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

static int reject_operator(struct parser *parser, const char *where)
{
	return reject(
	    parser, where,
	    "'%c' is not supported as an operator: expected words; quote it to search for it",
	    *where);
}

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
	if (!err && *parser->at && !isspace((unsigned char)*parser->at))
		err = reject_operator(parser, parser->at);
	if (err) {
		free(buf);
		return err;
	}
	*out = '\0';
	*text = buf;
	return 0;
}

static bool read_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = 10 * value + (uint64_t)(*text - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

#define UNDER "under"

/* All that there are, in the order of the table. */
static void list_fields(char *out, size_t size)
{
	size_t used = 0;

	for (const struct field *field = fields; field->name && used < size; field++) {
		if (field->is_filter)
			used += (size_t)snprintf(out + used, size - used, "%s, ", field->name);
	}
	if (used < size)
		snprintf(out + used - 2, size - used + 2, " or " UNDER);
}

static int reject_field(struct parser *parser, size_t size)
{
	char names[128];

	list_fields(names, sizeof(names));
	return reject(parser, parser->at, "no field '%.*s': expected %s; quote it to search for it",
		      size < 32 ? (int)size : 32, parser->at, names);
}

static bool take_field(struct parser *parser, size_t size, struct expression *term)
{
	if (size == strlen(UNDER) && !memcmp(parser->at, UNDER, size)) {
		term->kind = EXPRESSION_UNDER;
	} else {
		term->field = field_find(parser->at, size);
		term->kind = EXPRESSION_FIELD;
		if (!term->field || !term->field->is_filter)
			return false;
	}
	parser->at += size + 1;
	return true;
}

/* Takes "name:" if the word begins so. */
static int read_field(struct parser *parser, struct expression *term)
{
	size_t size = strspn(parser->at, "abcdefghijklmnopqrstuvwxyz_-");
	char sign = parser->at[size];

	term->kind = EXPRESSION_WORD;
	if (sign && (strchr("=<>~", sign) || !strncmp(parser->at + size, "!=", 2)))
		return reject(parser, parser->at + size,
			      "comparing with '%c' is not supported: expected field:text; "
			      "quote it to search for it",
			      sign);
	if (!size || sign != ':')
		return 0;
	return take_field(parser, size, term) ? 0 : reject_field(parser, size);
}

static int check_number(struct parser *parser, const char *where, const struct expression *term)
{
	const char *name = term->field->name;

	if (term->field->kind == FIELD_PID &&
	    (!term->is_number || term->number > INT_MAX || (!term->number && !strcmp(name, "pid"))))
		return reject(parser, where, "expected a process's number after '%s:'", name);
	if (term->field->kind == FIELD_NUMBER && !term->is_number)
		return reject(parser, where, "expected a number after '%s:'", name);
	if (term->field->kind == FIELD_STATE && strlen(term->text) != 1)
		return reject(parser, where, "expected a letter after '%s:'", name);
	return 0;
}

static int check_value(struct parser *parser, const char *where, struct expression *term)
{
	text_needle_init(&term->needle, term->text);
	term->is_number = read_number(term->text, &term->number);
	if (!*term->text && term->kind == EXPRESSION_WORD)
		return reject(parser, where, "expected text between the quotes");
	if (!*term->text)
		return reject(parser, where, "expected a value after '%s:'",
			      term->kind == EXPRESSION_UNDER ? UNDER : term->field->name);
	return term->kind == EXPRESSION_FIELD ? check_number(parser, where, term) : 0;
}

static int read_factor(struct parser *parser, struct expression *term)
{
	const char *where;
	int err = read_field(parser, term);

	if (err)
		return err;
	where = parser->at;
	err = read_text(parser, &term->text);
	return err ? err : check_value(parser, where, term);
}

static bool is_word(const struct parser *parser, const char *word)
{
	size_t size = strlen(word);

	return !strncmp(parser->at, word, size) && ends_word(parser->at[size]);
}

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

static int read_term(struct parser *parser, struct expression *term)
{
	const char *begin = parser->at;

	while (take_negation(parser))
		term->is_negated = !term->is_negated;
	if (!*parser->at)
		return reject(parser, begin, "expected something to negate after this");
	if (is_word(parser, "or"))
		return reject(parser, parser->at,
			      "'or' is not supported as an operator; quote it to search for it");
	return read_factor(parser, term);
}

static int read_terms(struct parser *parser, struct expression *all)
{
	struct expression **end = &all->first;

	for (skip_space(parser); *parser->at; skip_space(parser)) {
		struct expression *term = calloc(1, sizeof(*term));
		int err;

		if (!term)
			return -ENOMEM;
		*end = term;
		end = &term->next;
		err = read_term(parser, term);
		if (!err &&
		    term->kind == EXPRESSION_UNDER) /* without memory it only takes longer */
			term->under = calloc(2, sizeof(*term->under));
		if (err)
			return err;
	}
	return 0;
}

int filter_compile(struct filter **out, const char *expression, struct filter_error *error)
{
	struct parser parser = { .begin = expression, .at = expression, .error = error };
	struct filter *filter = calloc(1, sizeof(*filter));
	int err;

	if (!filter)
		return -ENOMEM;
	filter->root.kind = EXPRESSION_ALL_OF;
	err = read_terms(&parser, &filter->root);
	if (err) {
		filter_free(filter);
		return err;
	}
	*out = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	struct expression *next;

	if (!filter)
		return;
	for (struct expression *term = filter->root.first; term; term = next) {
		next = term->next;
		text_needle_clear(&term->needle);
		for (int i = 0; i < 2 && term->under; i++)
			memo_clear(&term->under[i]);
		free(term->under);
		free(term->text);
		free(term);
	}
	free(filter);
}

/* ---- matching ---- */

struct subject {
	const struct ptree_tree *tree;
	struct ptree_users *users;
	const struct ptree_node *node;
};

static bool name_has(const struct ptree_node *node, const struct text_needle *needle)
{
	const char *name = ptree_node_is_comm_old(node) ? "" : ptree_node_name(node);

	return text_has(name, strlen(name), needle);
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

/* Where the arguments are not known, the name stands for them, as it does on the screen. */
static bool command_has(const struct ptree_node *node, const struct text_needle *needle)
{
	const char *argv;
	size_t size;

	return argv_of(node, &argv, &size) ? text_has(argv, size, needle) : name_has(node, needle);
}

static bool value_matches(const struct expression *term, const struct field_value *value)
{
	switch (term->field->kind) {
	case FIELD_USER:
		return (term->is_number && term->number == value->number) ||
		       (value->text && text_has(value->text, value->size, &term->needle));
	case FIELD_STATE:
		return (unsigned char)*term->text == value->number;
	case FIELD_TEXT:
		return text_has(value->text, value->size, &term->needle);
	case FIELD_NUMBER:
	case FIELD_PID:
	case FIELD_FLAG:
	case FIELD_PERMILLE:
	case FIELD_BYTES:
	case FIELD_DURATION:
	case FIELD_BOOT_TIME:
		return term->is_number && term->number == value->number;
	case FIELD_ARGUMENTS:
		break;
	}
	return false;
}

static bool field_matches(const struct subject *subject, const struct expression *term)
{
	const struct column_context context = { .tree = subject->tree, .users = subject->users };
	const struct column_subject process = { .node = subject->node };
	struct field_value value = { 0 };

	if (term->field->kind == FIELD_ARGUMENTS)
		return command_has(subject->node, &term->needle);
	return field_get(term->field, &context, &process, &value) && value_matches(term, &value);
}

static bool is_the_one(const struct ptree_node *node, const struct expression *term)
{
	if (term->is_number)
		return (uint32_t)ptree_node_pid(node) == term->number;
	return ptree_node_is_named(node, term->text);
}

static const struct ptree_node *step_up(const struct ptree_node *node, bool by_origin)
{
	const struct ptree_node *origin = by_origin ? ptree_node_origin(node) : NULL;

	return origin ? origin : ptree_node_parent(node);
}

/* Up to who is the one, or whose answer is known, or the top; *steps: how many were passed. A mixed
   walk by origins and parents could meet a circle: no chain is longer than all there is. */
static bool find_above(const struct subject *subject, const struct expression *term,
		       const struct memo *memo, bool by_origin, size_t *steps)
{
	const struct ptree_node *node = subject->node;
	struct ptree_tree_counts counts;
	bool answer = false;
	size_t most;

	ptree_tree_get_counts(subject->tree, &counts);
	most = counts.live + counts.zombies + counts.exited;
	for (*steps = 0; *steps <= most; ++*steps) {
		if (memo && memo_get(memo, ptree_node_id(node), &answer))
			return answer;
		node = step_up(node, by_origin);
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
		memo_enter(memo, subject->tree, ptree_tree_generation(subject->tree));
	answer = find_above(subject, term, memo, by_origin, &steps);
	for (size_t i = 0; memo && i <= steps && node && ptree_node_pid(node); i++) {
		memo_set(memo, ptree_node_id(node), answer);
		node = step_up(node, by_origin);
	}
	return answer;
}

static bool term_matches(const struct subject *subject, const struct expression *term)
{
	const struct ptree_node *node = subject->node;

	switch (term->kind) {
	case EXPRESSION_WORD:
		return name_has(node, &term->needle) || command_has(node, &term->needle);
	case EXPRESSION_FIELD:
		return field_matches(subject, term);
	case EXPRESSION_UNDER:
		return is_below(subject, term, false) || is_below(subject, term, true);
	case EXPRESSION_ALL_OF:
		break;
	}
	return false;
}

static bool all_match(const struct subject *subject, const struct expression *first)
{
	for (const struct expression *term = first; term; term = term->next) {
		if (term_matches(subject, term) == term->is_negated)
			return false;
	}
	return true;
}

bool filter_matches(const struct filter *filter, const struct ptree_tree *tree,
		    struct ptree_users *users, const struct ptree_node *node)
{
	const struct subject subject = { .tree = tree, .users = users, .node = node };

	return all_match(&subject, filter->root.first);
}

bool filter_looks_above(const struct filter *filter)
{
	for (const struct expression *term = filter->root.first; term; term = term->next) {
		if (term->kind == EXPRESSION_UNDER)
			return true;
	}
	return false;
}
