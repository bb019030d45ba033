/* SPDX-License-Identifier: MIT */
/*
 * Any text as a filter expression. An error must point into it and say something; what compiles
 * must match in a tree without harm. The same of the text as a rule.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/filter.h"
#include "model/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void observe(struct ptree_tree *tree, pid_t pid, pid_t ppid, const char *name)
{
	struct ptree_process process = { .pid = pid,
					 .ppid = ppid,
					 .state = 'S',
					 .thread_count = 1,
					 .start_ns = (uint64_t)pid,
					 .read_ns = 1000,
					 .ruid = PTREE_UNKNOWN_ID,
					 .argv_status = PTREE_ARGV_READ,
					 .argv = (char *)(uintptr_t)name,
					 .argv_size = strlen(name) + 1 };

	strncpy(process.comm, name, sizeof(process.comm) - 1);
	require(ptree_tree_observe(tree, &process) == 0);
}

static void match_all(const struct filter *filter)
{
	struct filter_context context = { .now_ns = 2000 };
	struct ptree_tree *tree;

	require(ptree_tree_new(&tree, NULL) == 0);
	context.tree = tree;
	observe(tree, 1, 0, "init");
	observe(tree, 2, 1, "a");
	observe(tree, 3, 2, "user:root \xff\x1b");
	for (pid_t pid = 1; pid <= 3; pid++)
		filter_matches(filter, &context, ptree_tree_find(tree, pid));
	filter_looks_above(filter);
	filter_changes_with_time(filter);
	filter_is_given_up(filter);
	ptree_tree_free(tree);
}

static void take_rule(const char *text)
{
	struct rule_error error = { .offset = SIZE_MAX };
	struct rule rule;
	int err = rule_parse(&rule, text, &error);

	if (err) {
		require(error.offset <= strlen(text) && error.text[0]);
		require(memchr(error.text, '\0', sizeof(error.text)) != NULL);
		return;
	}
	require(!strcmp(rule.text, text) && rule.expression_size < strlen(text));
	require((rule.action == RULE_RUN) == (rule.argv != NULL));
	for (char **word = rule.argv; word && *word; word++)
		require(strlen(*word) < strlen(text));
	rule_clear(&rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *expression = malloc(size + 1);
	struct filter_error error = { .offset = SIZE_MAX };
	struct filter *filter;
	int err;

	require(expression != NULL);
	memcpy(expression, data, size);
	expression[size] = '\0';
	err = filter_compile(&filter, expression, &error);
	if (err) {
		require(error.offset <= strlen(expression) && error.text[0]);
		require(memchr(error.text, '\0', sizeof(error.text)) != NULL);
	} else {
		match_all(filter);
		filter_free(filter);
	}
	take_rule(expression);
	free(expression);
	return 0;
}
