/* SPDX-License-Identifier: MIT */
/* Rules in the log; see log-rules.h. Who comes to match is model/rules.c's. */
#include "headless/log-rules.h"
#include "act/reaction.h"
#include "headless/describe.h"
#include "model/rules.h"
#include "draw/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

struct log_rules {
	struct rules rules;
	const struct log_lines *lines;
	struct ptree_monitor *monitor;
	struct reactions reactions;
	uint64_t begin_ns, bell_ns;
	bool is_begun;
};

/* ---- lines ---- */

static void put_text(const struct log_lines *lines, const struct rule *rule,
		     const struct ptree_node *node, uint64_t time_ns)
{
	const char *words = rule->words ? rule->words : rule->text;

	log_line_local_time(lines, time_ns);
	output_format(lines->output, " rule %d ", ptree_node_pid(node));
	describe_command(lines->output, node, ptree_node_image(node, 0), lines->utf8);
	output_string(lines->output, lines->utf8 ? "  ⇒ " : "  => ");
	output_safe(lines->output, words, strlen(words), lines->utf8);
	log_line_ancestors(lines, node, true);
	output_bytes(lines->output, "\n", 1);
}

/* The members that all lines about rules begin with. */
static struct ptree_json *begin_json(const struct log_lines *lines, const char *event,
				     const struct rule *rule, uint64_t time_ns)
{
	struct ptree_json *json = &lines->output->json;

	ptree_json_object(json, NULL);
	ptree_json_text(json, "event", event);
	log_line_time(lines, json, time_ns);
	ptree_json_text(json, "rule", rule->text);
	ptree_json_text(json, "action", rule_action_name(rule->action));
	return json;
}

static void end_json(const struct log_lines *lines, struct ptree_json *json)
{
	ptree_json_end(json);
	output_json(lines->output);
}

static void put_json(const struct log_lines *lines, const struct rule *rule,
		     const struct ptree_node *node, uint64_t time_ns)
{
	const struct column_subject subject = { .node = node, .image = ptree_node_image(node, 0) };
	struct ptree_json *json = begin_json(lines, "rule", rule, time_ns);

	ptree_json_text(json, "text", rule->words);
	describe_json(json, &subject, lines->users, FIELD_IN_EVENT);
	log_line_ancestry(json, node);
	end_json(lines, json);
}

static void say_result(void *to, const struct rule *rule, pid_t pid, bool is_error,
		       const char *words)
{
	const struct log_rules *log = to;
	uint64_t now_ns = ptree_boot_now_ns();

	if (log->lines->json) {
		struct ptree_json *json = begin_json(log->lines, "rule_result", rule, now_ns);

		ptree_json_integer(json, "pid", pid);
		ptree_json_bool(json, "failed", is_error);
		ptree_json_text(json, "result", words);
		end_json(log->lines, json);
		return;
	}
	log_line_local_time(log->lines, now_ns);
	output_format(log->lines->output, " rule %d %s: %s", pid, rule_action_name(rule->action),
		      words);
	output_string(log->lines->output, log->lines->utf8 ? "  ⇒ " : "  => ");
	output_safe(log->lines->output, rule->text, strlen(rule->text), log->lines->utf8);
	output_bytes(log->lines->output, "\n", 1);
}

static void say_left_out(struct log_rules *log, bool is_last)
{
	uint64_t now_ns = ptree_boot_now_ns();
	const struct log_lines *lines = log->lines;
	uint64_t count = reactions_take_left_out(&log->reactions, is_last ? UINT64_MAX : now_ns);

	if (!count)
		return;
	if (lines->json) {
		struct ptree_json *json = &lines->output->json;

		ptree_json_object(json, NULL);
		ptree_json_text(json, "event", "rule_left_out");
		log_line_time(lines, json, now_ns);
		ptree_json_unsigned(json, "count", count);
		end_json(lines, json);
		return;
	}
	log_line_local_time(lines, now_ns);
	output_format(lines->output, " rule %llu left out: too many at once\n",
		      (unsigned long long)count);
}

/* ---- what is done ---- */

/* Not into the output, which somebody reads. */
static void ring(struct log_rules *log, uint64_t now_ns)
{
	if (!isatty(STDERR_FILENO) || now_ns < log->bell_ns + NS_PER_S)
		return;
	log->bell_ns = now_ns;
	if (write(STDERR_FILENO, "\a", 1) < 0)
		log->bell_ns = 0;
}

static void take_match(void *to, const struct rule *rule, const struct ptree_node *node,
		       uint64_t time_ns)
{
	struct log_rules *log = to;

	if (log->lines->json)
		put_json(log->lines, rule, node, time_ns);
	else
		put_text(log->lines, rule, node, time_ns);
	if (rule->action == RULE_BELL)
		ring(log, ptree_boot_now_ns());
	reactions_take(&log->reactions, rule, node, ptree_monitor_tree(log->monitor),
		       log->lines->users);
}

/* ---- looking ---- */

static struct rules_context context_of(struct log_rules *log, const struct ptree_tree *then,
				       uint64_t now_ns)
{
	return (struct rules_context){ .tree = then,
				       .users = log->lines->users,
				       .now_ns = now_ns,
				       .own = getpid(),
				       .matches = take_match,
				       .to = log };
}

int log_rules_look(struct log_rules *log, const struct ptree_tree *then)
{
	struct rules_context context;
	bool is_first;

	if (!log)
		return 0;
	context = context_of(log, then, ptree_boot_now_ns());
	is_first = !log->is_begun;
	log->is_begun = true;
	return is_first ? rules_begin(&log->rules, &context, log->begin_ns)
			: rules_look(&log->rules, &context);
}

int log_rules_learn(struct log_rules *log, const struct ptree_tree *then,
		    const struct ptree_fact *fact)
{
	struct rules_context context;

	if (!log)
		return 0;
	context = context_of(log, then, fact->time_ns ? fact->time_ns : ptree_boot_now_ns());
	return rules_learn(&log->rules, &context, fact);
}

static void say_given_up(struct log_rules *log)
{
	const struct rule *rule = rules_given_up(&log->rules);
	char text[128];

	if (!rule)
		return;
	text_safe(text, sizeof(text), rule->text, strlen(rule->text), log->lines->utf8);
	fprintf(stderr, "proctop: --on: a pattern costs too much, and matches no more: %s\n", text);
}

int log_rules_turn(struct log_rules *log, const struct ptree_tree *then)
{
	uint64_t now_ns = ptree_boot_now_ns();
	int err = 0;

	if (!log)
		return 0;
	reactions_turn(&log->reactions, ptree_monitor_tree(log->monitor), now_ns);
	say_left_out(log, false);
	if (log->is_begun && rules_next_ns(&log->rules) <= now_ns)
		err = log_rules_look(log, then);
	say_given_up(log);
	return err;
}

void log_rules_end(struct log_rules *log)
{
	if (!log)
		return;
	reactions_turn(&log->reactions, ptree_monitor_tree(log->monitor), ptree_boot_now_ns());
	say_left_out(log, true);
}

uint64_t log_rules_next_ns(const struct log_rules *log)
{
	uint64_t rules_ns, reactions_ns;

	if (!log || !log->is_begun)
		return UINT64_MAX;
	rules_ns = rules_next_ns(&log->rules);
	reactions_ns = reactions_next_ns(&log->reactions, ptree_boot_now_ns());
	return rules_ns < reactions_ns ? rules_ns : reactions_ns;
}

/* ---- beginning and end ---- */

/* They were checked when they were given. */
static int add_all(struct log_rules *log, const struct config *config)
{
	struct rule_error ignored;
	int err = 0;

	for (size_t i = 0; i < config->rule_count && !err; i++)
		err = rules_add(&log->rules, config->rules[i], &ignored);
	return err;
}

int log_rules_new(struct log_rules **out, const struct config *config,
		  const struct log_lines *lines, struct ptree_monitor *monitor)
{
	struct log_rules *log;
	int err;

	*out = NULL;
	if (!config->rule_count)
		return 0;
	log = calloc(1, sizeof(*log));
	if (!log)
		return -ENOMEM;
	log->lines = lines;
	log->monitor = monitor;
	log->reactions.said = say_result;
	log->reactions.to = log;
	log->begin_ns = ptree_boot_now_ns();
	err = add_all(log, config);
	if (err)
		log_rules_free(log);
	else
		*out = log;
	return err;
}

void log_rules_free(struct log_rules *log)
{
	if (!log)
		return;
	reactions_clear(&log->reactions);
	rules_clear(&log->rules);
	free(log);
}
