/* SPDX-License-Identifier: MIT */
/* From a rule to the deed; see reaction.h. */
#include "act/reaction.h"
#include "draw/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define NS_PER_S UINT64_C(1000000000)
#define FACTS_MAX 9
#define LINE_SIZE 4097 /* of arguments the tree keeps 4,096 bytes */

static void say(const struct reactions *reactions, const struct rule *rule, pid_t pid,
		bool is_error, const char *format, ...) __attribute__((format(printf, 5, 6)));

static void say(const struct reactions *reactions, const struct rule *rule, pid_t pid,
		bool is_error, const char *format, ...)
{
	char words[160];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	reactions->said(reactions->to, rule, pid, is_error, words);
}

/* ---- standing still ---- */

static void say_stopped(void *to, const void *why, pid_t pid, int err)
{
	struct reactions *reactions = to;
	const struct rule *rule = why;

	if (!err)
		say(reactions, rule, pid, false, "stopped");
	else if (err == -ENOBUFS)
		reactions->left_out++;
	else if (err == -ESRCH)
		say(reactions, rule, pid, true, "was over before it could be stopped");
	else if (err == -EPERM)
		say(reactions, rule, pid, true, "not stopped: not permitted");
	else
		say(reactions, rule, pid, true, "not stopped: %s", strerror(-err));
}

static void stop(struct reactions *reactions, const struct rule *rule,
		 const struct ptree_node *node, const struct ptree_tree *tree)
{
	int err = stopping_add(&reactions->stopping, tree, ptree_node_id(node), rule);

	if (err == -EPERM)
		say(reactions, rule, ptree_node_pid(node), true,
		    "not stopped: no rule stops pid 1, what proctop comes from, or the kernel's "
		    "threads");
	else if (err)
		say_stopped(reactions, rule, ptree_node_pid(node), err);
}

/* ---- programs ---- */

struct facts {
	char *at[FACTS_MAX + 1];
	size_t count;
	bool has_failed;
};

/* What is not known has no variable. */
static void add(struct facts *facts, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct facts *facts, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&facts->at[facts->count], format, args) < 0) {
		facts->at[facts->count] = NULL;
		facts->has_failed = true;
	} else {
		facts->count++;
	}
	va_end(args);
}

static void add_users(struct facts *facts, const struct ptree_node *node, struct ptree_users *users)
{
	uint32_t euid = ptree_node_euid(node);
	const char *name;

	if (euid == PTREE_UNKNOWN_ID)
		return;
	name = users ? ptree_users_name_later(users, euid) : NULL;
	add(facts, "PROCTOP_UID=%u", euid);
	if (name)
		add(facts, "PROCTOP_USER=%s", name);
}

static void add_commands(struct facts *facts, const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	char line[LINE_SIZE];

	if (!ptree_node_is_comm_old(node) && *ptree_node_comm(node))
		add(facts, "PROCTOP_COMM=%s", ptree_node_comm(node));
	if (!image || !image->argv)
		return;
	text_join_argv(line, sizeof(line), image->argv, image->argv_size);
	add(facts, "PROCTOP_CMD=%s", line);
}

static void add_end(struct facts *facts, const struct ptree_node *node)
{
	uint32_t status;

	if (!ptree_node_exit_status(node, &status))
		return;
	if (WIFEXITED(status))
		add(facts, "PROCTOP_EXIT=%d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		add(facts, "PROCTOP_SIGNAL=%d", WTERMSIG(status));
}

static void add_all(struct facts *facts, const struct rule *rule, const struct ptree_node *node,
		    struct ptree_users *users)
{
	const struct ptree_node *parent = ptree_node_parent(node);

	add(facts, "PROCTOP_RULE=%s", rule->text);
	add(facts, "PROCTOP_PID=%d", ptree_node_pid(node));
	if (parent)
		add(facts, "PROCTOP_PPID=%d", ptree_node_pid(parent));
	add_users(facts, node, users);
	add_commands(facts, node);
	add_end(facts, node);
}

static void run(struct reactions *reactions, const struct rule *rule, const struct ptree_node *node,
		struct ptree_users *users)
{
	struct facts facts = { .count = 0 };
	int err;

	add_all(&facts, rule, node, users);
	err = facts.has_failed
		  ? -ENOMEM
		  : programs_start(&reactions->programs, rule->argv, facts.at, reactions->is_silent,
				   rule, ptree_node_pid(node), ptree_boot_now_ns());
	while (facts.count)
		free(facts.at[--facts.count]);
	if (err == -EBUSY)
		reactions->left_out++;
	else if (err)
		say(reactions, rule, ptree_node_pid(node), true, "cannot run it: %s",
		    strerror(-err));
}

static void say_ended(void *to, const void *why, pid_t about, int err, int status)
{
	const struct reactions *reactions = to;
	const struct rule *rule = why;
	char words[64] = "exit 0";

	if (err) {
		say(reactions, rule, about, true, "cannot run it: %s", strerror(-err));
		return;
	}
	if (status)
		ptree_status_format((uint32_t)status, words, sizeof(words));
	say(reactions, rule, about, status != 0, "%s", words);
}

/* ---- all of it ---- */

void reactions_take(struct reactions *reactions, const struct rule *rule,
		    const struct ptree_node *node, const struct ptree_tree *tree,
		    struct ptree_users *users)
{
	if (rule->action == RULE_STOP)
		stop(reactions, rule, node, tree);
	else if (rule->action == RULE_RUN)
		run(reactions, rule, node, users);
}

void reactions_turn(struct reactions *reactions, const struct ptree_tree *tree, uint64_t now_ns)
{
	stopping_step(&reactions->stopping, tree, now_ns, say_stopped, reactions);
	programs_step(&reactions->programs, say_ended, reactions);
}

uint64_t reactions_next_ns(const struct reactions *reactions, uint64_t now_ns)
{
	uint64_t stop_ns = stopping_next_ns(&reactions->stopping, now_ns);
	uint64_t program_ns = programs_next_ns(&reactions->programs, now_ns);
	uint64_t next_ns = stop_ns < program_ns ? stop_ns : program_ns;
	uint64_t say_ns = reactions->said_ns + NS_PER_S;

	if (reactions->left_out != reactions->left_out_said && say_ns < next_ns)
		next_ns = say_ns;
	return next_ns;
}

uint64_t reactions_take_left_out(struct reactions *reactions, uint64_t now_ns)
{
	uint64_t count = reactions->left_out - reactions->left_out_said;

	if (!count || now_ns < reactions->said_ns + NS_PER_S)
		return 0;
	reactions->said_ns = now_ns;
	reactions->left_out_said = reactions->left_out;
	return count;
}

void reactions_clear(struct reactions *reactions)
{
	stopping_clear(&reactions->stopping);
	programs_clear(&reactions->programs);
}
