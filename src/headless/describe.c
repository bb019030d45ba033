/* SPDX-License-Identifier: MIT */
/*
 * A process in words and in JSON, as all headless commands put it. It chooses no process and no
 * order.
 */
#include "headless/describe.h"

#include <poll.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)

bool describe_is_known(const struct ptree_node *node)
{
	return ptree_node_euid(node) != PTREE_UNKNOWN_ID;
}

/* ---- arguments ---- */

/* Programs that rewrite their command line leave NULs behind it. */
static size_t argv_size(const struct ptree_image *image)
{
	size_t size = image->argv_size;

	while (size && !image->argv[size - 1])
		size--;
	return size;
}

static bool has_argv(const struct ptree_image *image)
{
	return image && image->argv && argv_size(image) > 0;
}

static void put_arguments(struct output *output, const struct ptree_image *image, bool utf8)
{
	const char *at = image->argv;
	const char *end = at + argv_size(image);

	while (at < end) {
		size_t size = strnlen(at, (size_t)(end - at));

		output_safe(output, at, size, utf8);
		at += size;
		if (at++ < end)
			output_bytes(output, " ", 1);
	}
}

static const char *reason_for_none(enum ptree_argv_status status)
{
	switch (status) {
	case PTREE_ARGV_LATE:
		return " (arguments: read too late)";
	case PTREE_ARGV_FAILED:
		return " (arguments: not readable)";
	case PTREE_ARGV_PENDING:
		return " (arguments: not read yet)";
	case PTREE_ARGV_READ:
	case PTREE_ARGV_TRUNCATED:
	case PTREE_ARGV_NONE:
		break;
	}
	return "";
}

static void put_name(struct output *output, const struct ptree_node *node,
		     const struct ptree_image *image, bool utf8)
{
	const char *comm = image && image->comm[0] ? image->comm : "?";
	bool is_kernel_thread = ptree_node_is_kernel_thread(node);

	if (is_kernel_thread)
		output_bytes(output, "[", 1);
	output_safe(output, comm, strlen(comm), utf8);
	if (is_kernel_thread)
		output_bytes(output, "]", 1);
	else if (image)
		output_string(output, reason_for_none(image->argv_status));
}

void describe_command(struct output *output, const struct ptree_node *node,
		      const struct ptree_image *image, bool utf8)
{
	if (!has_argv(image)) {
		put_name(output, node, image, utf8);
		return;
	}
	put_arguments(output, image, utf8);
	if (image->argv_status == PTREE_ARGV_TRUNCATED)
		output_string(output, "... (cut)");
}

/* ---- users ---- */

void describe_user(struct output *output, struct ptree_users *users, uint32_t euid, bool utf8)
{
	const char *name = euid == PTREE_UNKNOWN_ID ? "?" : ptree_users_name_later(users, euid);

	if (name)
		output_safe(output, name, strlen(name), utf8);
	else
		output_format(output, "%u", euid);
}

/* Asks for all that are not known yet. */
static bool are_users_known(struct ptree_users *users, const struct ptree_tree *tree)
{
	struct ptree_nodes nodes = { 0 };
	bool are_known = true;

	ptree_tree_descendants(tree, 0, &nodes);
	for (size_t i = 0; i < nodes.count; i++) {
		uint32_t euid = ptree_node_euid(nodes.node[i]);

		if (euid != PTREE_UNKNOWN_ID && !ptree_users_name_later(users, euid))
			are_known = false;
	}
	ptree_nodes_clear(&nodes);
	return are_known;
}

void describe_await_users(struct ptree_users *users, const struct ptree_tree *tree, int timeout_ms)
{
	uint64_t deadline_ns = ptree_boot_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;

	while (!are_users_known(users, tree)) {
		struct pollfd answer = { .fd = ptree_users_fd(users), .events = POLLIN };
		uint64_t now_ns = ptree_boot_now_ns();

		if (now_ns >= deadline_ns)
			return;
		poll(&answer, 1, (int)((deadline_ns - now_ns) / NS_PER_MS) + 1);
		ptree_users_collect(users);
	}
}

/* ---- JSON ---- */

static const char *argv_status_name(const struct ptree_image *image)
{
	if (!image)
		return NULL;
	switch (image->argv_status) {
	case PTREE_ARGV_PENDING:
		return "pending";
	case PTREE_ARGV_READ:
		return "read";
	case PTREE_ARGV_TRUNCATED:
		return "truncated";
	case PTREE_ARGV_LATE:
		return "late";
	case PTREE_ARGV_NONE:
		return "none";
	case PTREE_ARGV_FAILED:
		return "failed";
	}
	return NULL;
}

static bool is_argv_known(const struct ptree_image *image)
{
	return image && (image->argv_status == PTREE_ARGV_READ ||
			 image->argv_status == PTREE_ARGV_TRUNCATED);
}

/* Every argument, empty ones, too; the NUL that ends the last one does not begin another. */
static void put_argv(struct json *json, const struct ptree_image *image)
{
	const char *at = image->argv;
	const char *end = at ? at + image->argv_size : at;

	json_array(json, "argv");
	while (at < end) {
		size_t size = strnlen(at, (size_t)(end - at));

		json_string(json, NULL, at, size);
		at += size + 1;
	}
	json_end(json);
}

static void put_user(struct json *json, const struct ptree_node *node, struct ptree_users *users)
{
	uint32_t euid = ptree_node_euid(node);

	if (euid == PTREE_UNKNOWN_ID) {
		json_null(json, "uid");
		json_null(json, "user");
		return;
	}
	json_unsigned(json, "uid", euid);
	json_text(json, "user", ptree_users_name_later(users, euid));
}

/* Those that are under nobody say so in /proc; those that nobody has seen there say nothing. */
static void put_parent(struct json *json, const struct ptree_node *node, pid_t ppid)
{
	const struct ptree_node *parent = ptree_node_parent(node);

	if (!ppid && parent)
		ppid = ptree_node_pid(parent);
	if (ppid || describe_is_known(node))
		json_integer(json, "ppid", ppid);
	else
		json_null(json, "ppid");
}

static void put_origin(struct json *json, const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	if (origin)
		json_integer(json, "origin_pid", ptree_node_pid(origin));
	else
		json_null(json, "origin_pid");
	json_bool(json, "origin_inferred", ptree_node_is_origin_inferred(node));
}

void describe_json(struct json *json, const struct ptree_node *node, pid_t ppid,
		   const struct ptree_image *image, struct ptree_users *users)
{
	const char *comm = image ? image->comm : "";

	json_integer(json, "pid", ptree_node_pid(node));
	put_parent(json, node, ppid);
	put_origin(json, node);
	put_user(json, node, users);
	json_text(json, "comm", comm[0] ? comm : NULL);
	if (is_argv_known(image))
		put_argv(json, image);
	else
		json_null(json, "argv");
	json_text(json, "argv_status", argv_status_name(image));
}

static void put_if(struct json *json, const char *name, uint64_t value, bool is_known)
{
	if (is_known)
		json_unsigned(json, name, value);
	else
		json_null(json, name);
}

void describe_usage_json(struct json *json, const struct ptree_node *node, bool of_live)
{
	struct ptree_usage usage;
	bool is_split;

	ptree_node_usage(node, &usage);
	/* What was sampled of one that is over is not what it used. */
	if (ptree_node_has_ended(node) && !usage.is_final)
		usage.known = 0;
	is_split = usage.known & PTREE_USAGE_CPU_SPLIT;
	put_if(json, "cpu_ns", usage.cpu_ns, usage.known & PTREE_USAGE_CPU);
	put_if(json, "cpu_user_ns", usage.cpu_user_ns, is_split);
	put_if(json, "cpu_system_ns", usage.cpu_system_ns, is_split);
	if (of_live) {
		const char state[] = { ptree_node_is_zombie(node) ? 'Z' : usage.state, '\0' };

		json_text(json, "state", state[0] ? state : NULL);
		put_if(json, "rss_bytes", usage.rss_bytes, usage.known & PTREE_USAGE_RSS);
		return;
	}
	put_if(json, "max_rss_bytes", usage.max_rss_bytes, usage.known & PTREE_USAGE_MAX_RSS);
	put_if(json, "read_bytes", usage.read_bytes, usage.known & PTREE_USAGE_IO);
	put_if(json, "write_bytes", usage.write_bytes, usage.known & PTREE_USAGE_IO);
}
