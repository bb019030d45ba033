/* SPDX-License-Identifier: MIT */
/*
 * proctop why: who forked a process, through what, since when; or who holds a file or a port, and
 * the same of those. From one picture of /proc: no event was seen, and the answer says so.
 */
#include "headless/why.h"
#include "config/exit-codes.h"
#include "headless/describe.h"
#include "headless/why-impl.h"
#include "draw/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCAN_PATIENCE_MS 10000
#define USERS_PATIENCE_MS 1000
#define ARGV_MAX_BYTES (2u << 20)
#define SAME_BEGIN_NS UINT64_C(50000000) /* as of ptree_probe_open() */

struct why_command {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_users *users;
	struct ptree_procfs *procfs;
	struct why_targets targets;
	struct output output;
	bool utf8;
};

static int fail(char *error, size_t size, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return EXIT_FAILED;
}

/* ---- one process ---- */

/* NULL: it is over by now, or its pid another one's. Who came after the picture is added to it. */
static const struct ptree_node *find_node(struct why_command *command,
					  const struct why_target *target)
{
	const struct ptree_node *node = ptree_tree_find(command->tree, target->pid);
	uint64_t begin_ns, apart_ns;

	if (!node && ptree_tree_resolve(command->tree, command->procfs, target->pid, &node))
		return NULL;
	begin_ns = ptree_node_begin_ns(node);
	apart_ns =
	    begin_ns > target->start_ns ? begin_ns - target->start_ns : target->start_ns - begin_ns;
	return !target->start_ns || apart_ns <= SAME_BEGIN_NS ? node : NULL;
}

/* False if there is nobody any more. */
static bool print_one(struct why_command *command, const struct why_target *target, bool is_first)
{
	struct why_answer *answer = calloc(1, sizeof(*answer));
	const struct ptree_node *node = find_node(command, target);
	struct why_facts facts = { .login_uid = PTREE_UNKNOWN_ID,
				   .login_session = PTREE_UNKNOWN_ID };

	if (!answer) {
		command->output.has_failed = true;
		return true;
	}
	if (!node) {
		free(answer);
		return false;
	}
	answer->tree = command->tree;
	answer->users = command->users;
	answer->target = target;
	answer->node = node;
	why_look(answer);
	why_take_details(&facts, &answer->details);
	why_find(&answer->why, node, &facts);
	if (!is_first && !command->config->json)
		output_string(&command->output, "\n");
	if (command->config->json)
		why_print_json(&command->output, answer);
	else
		why_print_text(&command->output, answer, command->utf8);
	ptree_details_clear(&answer->details);
	free(answer);
	return true;
}

/* ---- who is meant ---- */

static bool is_pid(const char *target)
{
	return !target[strspn(target, "0123456789")];
}

static int add_named(struct why_command *command, const char *name)
{
	struct ptree_nodes found = { 0 };
	int err = ptree_tree_find_command(command->tree, name, &found);

	for (size_t i = 0; i < found.count && err >= 0; i++) {
		if (ptree_node_pid(found.node[i]) != getpid())
			err = why_add_target(&command->targets, ptree_node_pid(found.node[i]),
					     ptree_node_begin_ns(found.node[i]));
	}
	ptree_nodes_clear(&found);
	return err < 0 ? err : 0;
}

static int find_targets(struct why_command *command)
{
	const char *target = command->config->target;
	int err;

	if (*target == ':')
		return why_search_port(&command->targets, (uint16_t)strtoul(target + 1, NULL, 10));
	if (strchr(target, '/'))
		return why_search_file(&command->targets, target, false);
	if (is_pid(target)) {
		pid_t pid = (pid_t)strtol(target, NULL, 10);

		return ptree_tree_find(command->tree, pid)
			   ? why_add_target(&command->targets, pid, 0)
			   : 0;
	}
	err = add_named(command, target);
	if (!err && !command->targets.count)
		err = why_search_file(&command->targets, target, true);
	return err;
}

/* ---- all of it ---- */

static void describe_missing(const struct why_command *command, char *error, size_t size)
{
	const struct why_targets *targets = &command->targets;
	const char *target = command->config->target;
	struct output text = { .fd = -1 };

	if (targets->sockets)
		output_string(&text, "somebody listens, but who may not be seen: port ");
	else if (*target == ':')
		output_string(&text, "no process listens on port ");
	else if (strchr(target, '/'))
		output_string(&text, "no process holds the file ");
	else
		output_string(&text, is_pid(target) ? "no process has the pid "
						    : "no process or file has the name ");
	output_safe(&text, target + (*target == ':'), strlen(target + (*target == ':')), false);
	if (targets->refused)
		output_format(&text, " (%zu of all processes may not be looked into: it takes %s)",
			      targets->refused, ptree_piece_privilege(PTREE_PIECE_DESCRIPTORS));
	snprintf(error, size, "%.*s", (int)text.size, text.bytes ? text.bytes : "");
	output_clear(&text);
}

/* Others may hold it, too. */
static void describe_hang(const struct why_targets *targets, char *error, size_t size)
{
	if (!targets->total) {
		snprintf(error, size,
			 "the search was given up: the file system of the file does "
			 "not answer");
		return;
	}
	snprintf(error, size,
		 "the search was given up: a process does not answer (%zu of %zu were looked into)",
		 targets->looked_into, targets->total);
}

static int show(struct why_command *command, char *error, size_t size)
{
	bool has_printed = false;
	int err = find_targets(command);

	if (err)
		return fail(error, size, "cannot look for it", err);
	describe_await_users(command->users, command->tree, USERS_PATIENCE_MS);
	for (size_t i = 0; i < command->targets.count; i++)
		has_printed |= print_one(command, &command->targets.at[i], !has_printed);
	err = output_flush(&command->output, -1, -1);
	if (err && err != -EPIPE)
		return fail(error, size, "cannot write", err);
	if (command->targets.hangs)
		describe_hang(&command->targets, error, size);
	else if (!has_printed)
		describe_missing(command, error, size);
	return command->targets.hangs || !has_printed ? EXIT_FAILED : EXIT_OK;
}

static int start(struct why_command *command)
{
	const struct ptree_monitor_options options = { .poll_only = true,
						       .argv_max = ARGV_MAX_BYTES };
	int err = ptree_procfs_open(&command->procfs, NULL);

	if (!err)
		err = ptree_users_new(&command->users);
	if (!err)
		err = ptree_monitor_new(&command->monitor, &options);
	if (err)
		return err;
	command->tree = ptree_monitor_tree(command->monitor);
	err = ptree_monitor_wait_ready(command->monitor, true, SCAN_PATIENCE_MS);
	return err == -ETIMEDOUT ? 0 : err;
}

int why_run(const struct config *config, char *error, size_t error_size)
{
	struct why_command command = {
		.config = config,
		.output.fd = STDOUT_FILENO,
		.utf8 = !config->ascii && text_is_utf8(),
	};
	int err = start(&command);
	int code = err ? fail(error, error_size, "cannot read the processes", err)
		       : show(&command, error, error_size);

	ptree_monitor_free(command.monitor);
	ptree_users_free(command.users);
	ptree_procfs_close(command.procfs);
	free(command.targets.at);
	output_clear(&command.output);
	return code;
}
