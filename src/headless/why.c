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
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCAN_PATIENCE_MS 10000
#define USERS_PATIENCE_MS 1000
#define ARGV_MAX_BYTES (2u << 20)
#define INODES_MAX 65536
#define SAME_BEGIN_NS UINT64_C(50000000) /* as of ptree_probe_open() */

#define PIECES                                                                                     \
	(1u << PTREE_PIECE_EXE | 1u << PTREE_PIECE_EXE_FILE | 1u << PTREE_PIECE_TTY |              \
	 1u << PTREE_PIECE_CGROUPS | 1u << PTREE_PIECE_LOGIN)

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

/* ---- what it listens on ---- */

static int compare_inodes(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The inodes of its sockets, sorted. Returns how many, or an error of a probe. */
static ssize_t collect_sockets(struct ptree_probe *probe, uint64_t **out)
{
	struct ptree_descriptors *descriptors;
	struct ptree_descriptor descriptor;
	uint64_t *inodes = NULL;
	size_t count = 0;
	int ret = ptree_descriptors_open(&descriptors, probe);

	if (ret)
		return ret;
	while ((ret = ptree_descriptors_next(descriptors, &descriptor)) == 1 || ret == -EAGAIN) {
		uint64_t *bigger;

		if (ret != 1 || descriptor.kind != PTREE_DESCRIPTOR_SOCKET || count == INODES_MAX)
			continue;
		bigger = reallocarray(inodes, count + 1, sizeof(*inodes));
		if (!bigger) {
			ret = -ENOMEM;
			break;
		}
		inodes = bigger;
		inodes[count++] = descriptor.inode;
	}
	ptree_descriptors_close(descriptors);
	if (ret) {
		free(inodes);
		return ret;
	}
	if (count)
		qsort(inodes, count, sizeof(*inodes), compare_inodes);
	*out = inodes;
	return (ssize_t)count;
}

static void keep_listening(struct why_answer *answer, const struct ptree_socket *socket)
{
	size_t at = answer->listen_count;

	if (at == WHY_LISTENS_MAX)
		return;
	answer->listens[at] = *socket;
	if (socket->path) {
		snprintf(answer->listen_paths[at], sizeof(answer->listen_paths[at]), "%s",
			 socket->path);
		answer->listens[at].path = answer->listen_paths[at];
	}
	answer->listen_count++;
}

static int match_sockets(struct why_answer *answer, struct ptree_probe *probe,
			 const uint64_t *inodes, size_t count)
{
	struct ptree_sockets *sockets;
	struct ptree_socket socket;
	int ret = count ? ptree_sockets_open(&sockets, probe) : 0;

	if (ret || !count)
		return ret;
	while ((ret = ptree_sockets_next(sockets, &socket)) == 1 || ret == -EAGAIN) {
		if (ret == 1 && socket.is_listening &&
		    bsearch(&socket.inode, inodes, count, sizeof(*inodes), compare_inodes))
			keep_listening(answer, &socket);
	}
	ptree_sockets_close(sockets);
	return ret;
}

static int find_listening(struct why_answer *answer, struct ptree_probe *probe)
{
	uint64_t *inodes = NULL;
	ssize_t count = collect_sockets(probe, &inodes);
	int err = count < 0 ? (int)count : match_sockets(answer, probe, inodes, (size_t)count);

	free(inodes);
	return err;
}

/* ---- one process ---- */

static void look_into(struct why_command *command, struct why_answer *answer)
{
	struct why_facts facts = { .login_uid = PTREE_UNKNOWN_ID,
				   .login_session = PTREE_UNKNOWN_ID };
	struct ptree_probe *probe;
	int err = ptree_probe_open(&probe, command->procfs, answer->target->pid,
				   ptree_node_begin_ns(answer->node));

	answer->listens_error = err;
	if (!err) {
		err = ptree_probe_details(probe, PIECES, &answer->details);
		if (!err)
			why_take_details(&facts, &answer->details);
		answer->listens_error = find_listening(answer, probe);
		ptree_probe_close(probe);
	}
	why_find(&answer->why, answer->node, &facts);
}

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
	look_into(command, answer);
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

/* The path as the kernel would say it; of a file that is gone that of its directory is enough. */
static char *absolute_path(const char *file)
{
	char *path = realpath(file, NULL), *directory, *whole = NULL;
	const char *slash = strrchr(file, '/');

	if (path || errno != ENOENT)
		return path;
	if (asprintf(&whole, "%.*s/.", slash ? (int)(slash - file) : 1, slash ? file : ".") < 0)
		return NULL;
	directory = realpath(whole, NULL);
	free(whole);
	if (!directory || asprintf(&path, "%s/%s", strcmp(directory, "/") ? directory : "",
				   slash ? slash + 1 : file) < 0)
		path = NULL;
	free(directory);
	return path;
}

static int add_holders(struct why_command *command, const char *file)
{
	struct ptree_search_options options = { .except = getpid() };
	char *path = absolute_path(file);
	int err;

	if (!path)
		return errno ? -errno : -ENOMEM;
	options.path = path;
	err = why_search(&command->targets, command->procfs, &options);
	free(path);
	return err;
}

static int add_listeners(struct why_command *command, const char *port)
{
	const struct ptree_search_options options = {
		.port = (uint16_t)strtoul(port, NULL, 10),
		.except = getpid(),
	};

	return why_search(&command->targets, command->procfs, &options);
}

static int find_targets(struct why_command *command)
{
	const char *target = command->config->target;
	int err;

	if (*target == ':')
		return add_listeners(command, target + 1);
	if (strchr(target, '/'))
		return add_holders(command, target);
	if (is_pid(target)) {
		pid_t pid = (pid_t)strtol(target, NULL, 10);

		return ptree_tree_find(command->tree, pid)
			   ? why_add_target(&command->targets, pid, 0)
			   : 0;
	}
	err = add_named(command, target);
	if (!err && !command->targets.count && access(target, F_OK) == 0)
		err = add_holders(command, target);
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

static int show(struct why_command *command, char *error, size_t size)
{
	bool has_printed = false;
	int err = find_targets(command);

	if (err)
		return fail(error, size, "cannot look for it", err);
	describe_await_users(command->users, command->tree, USERS_PATIENCE_MS);
	for (size_t i = 0; i < command->targets.count; i++)
		has_printed |= print_one(command, &command->targets.at[i], !has_printed);
	if (!has_printed) {
		describe_missing(command, error, size);
		return EXIT_FAILED;
	}
	err = output_flush(&command->output, -1, -1);
	return err && err != -EPIPE ? fail(error, size, "cannot write", err) : EXIT_OK;
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
