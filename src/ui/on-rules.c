/* SPDX-License-Identifier: MIT */
/*
 * Rules in the live monitor; see on-rules.h. The monitor's tree is ahead of its facts by the time
 * they are read, and a rule must not see what a process has become since: so there is another one
 * here, which learns each fact just before the rules do. It costs as much memory as the first,
 * where there are rules.
 */
#include "ui/on-rules.h"
#include "act/reaction.h"
#include "config/config.h"
#include "model/rules.h"
#include "ui/session.h"
#include "draw/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define BUDGET_NS (NS_PER_S / 250)
#define FACTS_BETWEEN_CLOCKS 64
#define MARKED_MAX 4096

/* What is to be said: the last of it, and how much came before that was not. */
struct saying {
	char text[240];
	bool is_error;
	uint64_t count, said_ns;
};

struct on_rules {
	struct session *session; /* whose it is */
	struct rules rules;
	struct reactions reactions;
	struct ptree_tree *then; /* NULL: the first scan is not done yet */
	struct ptree_feed_reader reader;
	struct saying saying;
	uint64_t begin_ns, bell_ns;
	bool has_more; /* than there was time for */
};

/* ---- saying ---- */

static void note(struct on_rules *on, bool is_error, const char *text)
{
	snprintf(on->saying.text, sizeof(on->saying.text), "%s", text);
	on->saying.is_error = is_error;
	on->saying.count++;
}

/* Once a second: what comes faster nobody reads. */
static void say(struct on_rules *on, uint64_t now_ns)
{
	struct saying *saying = &on->saying;

	if (!saying->count || now_ns < saying->said_ns + NS_PER_S)
		return;
	if (saying->count > 1)
		session_say(on->session, saying->is_error, "%llu at once, the last: %s",
			    (unsigned long long)saying->count, saying->text);
	else
		session_say(on->session, saying->is_error, "%s", saying->text);
	saying->count = 0;
	saying->said_ns = now_ns;
}

/* Who it is, behind what is said about it. */
static void note_match(struct on_rules *on, const struct rule *rule, const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	const char *words = rule->words ? rule->words : rule->text;
	size_t size = rule->words ? strlen(words) : rule->expression_size;
	char line[160], command[128], safe[96], text[240];

	if (image && image->argv && image->argv_size)
		text_join_argv(line, sizeof(line), image->argv, image->argv_size);
	else
		snprintf(line, sizeof(line), "%s", ptree_node_name(node));
	text_safe(safe, sizeof(safe), words, size, text_is_utf8());
	text_safe(command, sizeof(command), line, strlen(line), text_is_utf8());
	snprintf(text, sizeof(text), "%s: %d %s", safe, ptree_node_pid(node), command);
	note(on, false, text);
}

static void note_result(void *to, const struct rule *rule, pid_t pid, bool is_error,
			const char *words)
{
	struct on_rules *on = to;
	char safe[96], text[240];

	if (!is_error && rule->action == RULE_RUN)
		return; /* that it ran was said */
	text_safe(safe, sizeof(safe), rule->text, strlen(rule->text), text_is_utf8());
	snprintf(text, sizeof(text), "%d %.120s: %s", pid, words, safe);
	note(on, is_error, text);
}

static void note_left_out(struct on_rules *on, uint64_t now_ns)
{
	uint64_t count = reactions_take_left_out(&on->reactions, now_ns);
	char text[64];

	if (!count)
		return;
	snprintf(text, sizeof(text), "rules: %llu left out: too many at once",
		 (unsigned long long)count);
	note(on, true, text);
}

static void note_given_up(struct on_rules *on)
{
	const struct rule *rule = rules_given_up(&on->rules);
	char safe[96], text[240];

	if (!rule)
		return;
	text_safe(safe, sizeof(safe), rule->text, strlen(rule->text), text_is_utf8());
	snprintf(text, sizeof(text), "a pattern costs too much, and matches no more: %s", safe);
	note(on, true, text);
}

/* ---- what is done ---- */

static void mark(struct session *session, uint64_t id)
{
	struct id_set *marked = &session->panes.tree->marked;

	if (marked->count == MARKED_MAX)
		id_set_remove(marked, marked->ids[0]);
	id_set_add(marked, id); /* without memory it is only said */
	session->needs_redraw = true;
}

static void ring(struct on_rules *on, uint64_t now_ns)
{
	if (on->bell_ns && now_ns < on->bell_ns + NS_PER_S)
		return;
	on->bell_ns = now_ns;
	on->session->wants_bell = true;
}

static void take_match(void *to, const struct rule *rule, const struct ptree_node *node,
		       uint64_t time_ns)
{
	struct on_rules *on = to;
	struct scene *scene = &on->session->scene;

	(void)time_ns;
	if (rule->action == RULE_MARK)
		mark(on->session, ptree_node_id(node));
	else if (rule->action == RULE_BELL)
		ring(on, scene->moment.now_ns);
	note_match(on, rule, node);
	reactions_take(&on->reactions, rule, node, scene->world.tree, scene->world.users);
}

/* ---- following ---- */

static struct rules_context context_of(struct on_rules *on, uint64_t now_ns)
{
	return (struct rules_context){ .tree = on->then,
				       .users = on->session->scene.world.users,
				       .now_ns = now_ns,
				       .own = getpid(),
				       .matches = take_match,
				       .to = on };
}

/* Then is now. */
static int catch_up(struct on_rules *on)
{
	/* The monitor's tree says when something is to be forgotten. */
	const struct ptree_tree_options options = { .exited_max = SIZE_MAX };
	const struct ptree_tree *live = on->session->scene.world.tree;
	struct ptree_facts facts = { 0 };
	struct ptree_tree *tree = NULL;
	int err = ptree_tree_new(&tree, &options);

	if (!err)
		err = ptree_tree_snapshot(live, &facts);
	if (!err)
		err = ptree_tree_learn_all(tree, facts.bytes, facts.size);
	ptree_facts_clear(&facts);
	if (err) {
		ptree_tree_free(tree);
		return err;
	}
	ptree_tree_free(on->then);
	on->then = tree;
	ptree_tree_feed_end(live, &on->reader);
	return 0;
}

static int begin(struct on_rules *on)
{
	struct ptree_monitor_status status;
	struct rules_context context;
	int err;

	ptree_monitor_get_status(on->session->scene.world.monitor, &status);
	if (status.state == PTREE_MONITOR_STARTING)
		return 0;
	err = catch_up(on);
	if (err)
		return err;
	context = context_of(on, on->session->scene.moment.now_ns);
	return rules_begin(&on->rules, &context, on->begin_ns);
}

static int look(struct on_rules *on)
{
	struct rules_context context = context_of(on, on->session->scene.moment.now_ns);

	return rules_look(&on->rules, &context);
}

/* The feed dropped what was not read in time. */
static int go_on_after_loss(struct on_rules *on)
{
	uint64_t before = on->reader.news;
	char text[96];
	int err = catch_up(on);

	if (err)
		return err;
	snprintf(text, sizeof(text), "rules: %llu events were not looked at in time",
		 (unsigned long long)(on->reader.news - before));
	note(on, true, text);
	return look(on);
}

static int learn(struct on_rules *on, const struct ptree_fact *fact)
{
	struct rules_context context =
	    context_of(on, fact->time_ns ? fact->time_ns : on->session->scene.moment.now_ns);

	/* What cannot be is passed over, as it would be anywhere. */
	if (ptree_tree_learn(on->then, fact) == -ENOMEM)
		return -ENOMEM;
	return rules_learn(&on->rules, &context, fact);
}

static int follow(struct on_rules *on)
{
	const struct ptree_tree *live = on->session->scene.world.tree;
	uint64_t end_ns = ptree_boot_now_ns() + BUDGET_NS;
	struct ptree_fact fact;
	int ret = 1, err = 0;

	for (unsigned i = 1; ret > 0 && !err; i++) {
		ret = ptree_tree_feed_read(live, &on->reader, &fact);
		if (ret > 0)
			err = learn(on, &fact);
		if (i % FACTS_BETWEEN_CLOCKS == 0 && ptree_boot_now_ns() >= end_ns)
			break;
	}
	on->has_more = ret > 0;
	return ret == -EOVERFLOW && !err ? go_on_after_loss(on) : err;
}

/* ---- the session's ---- */

static int advance(struct on_rules *on, uint64_t now_ns)
{
	int err;

	if (!on->then)
		return begin(on);
	err = follow(on);
	if (!err && rules_next_ns(&on->rules) <= now_ns)
		err = look(on);
	return err;
}

void on_rules_turn(struct session *session)
{
	struct on_rules *on = session->on_rules;
	uint64_t now_ns = session->scene.moment.now_ns;

	if (!on)
		return;
	if (advance(on, now_ns) == -ENOMEM)
		note(on, true, "rules: there is no memory: something may have been missed");
	reactions_turn(&on->reactions, session->scene.world.tree, now_ns);
	note_left_out(on, now_ns);
	note_given_up(on);
	say(on, now_ns);
}

uint64_t on_rules_next_ns(const struct session *session)
{
	const struct on_rules *on = session->on_rules;
	uint64_t now_ns = session->scene.moment.now_ns;
	uint64_t next_ns, reactions_ns;

	if (!on || !on->then)
		return UINT64_MAX; /* the monitor tells of the end of its scan */
	if (on->has_more)
		return 0;
	next_ns = rules_next_ns(&on->rules);
	reactions_ns = reactions_next_ns(&on->reactions, now_ns);
	if (reactions_ns < next_ns)
		next_ns = reactions_ns;
	if (on->saying.count && on->saying.said_ns + NS_PER_S < next_ns)
		next_ns = on->saying.said_ns + NS_PER_S;
	return next_ns;
}

void on_rules_free(struct session *session)
{
	struct on_rules *on = session->on_rules;

	if (!on)
		return;
	reactions_clear(&on->reactions);
	rules_clear(&on->rules);
	ptree_tree_free(on->then);
	free(on);
	session->on_rules = NULL;
}

int on_rules_open(struct session *session, const struct config *config)
{
	struct rule_error ignored; /* they were checked when they were given */
	struct on_rules *on;
	int err = 0;

	if (!config->rule_count)
		return 0;
	on = calloc(1, sizeof(*on));
	if (!on)
		return -ENOMEM;
	session->on_rules = on;
	on->session = session;
	on->begin_ns = session->scene.moment.now_ns;
	on->reactions.is_silent = true;
	on->reactions.said = note_result;
	on->reactions.to = on;
	for (size_t i = 0; i < config->rule_count && !err; i++)
		err = rules_add(&on->rules, config->rules[i], &ignored);
	return err;
}
