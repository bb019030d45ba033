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
	return image && image->argv && image->argv_status != PTREE_ARGV_NONE &&
	       argv_size(image) > 0;
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
	const char *name = image && image->comm[0] ? ptree_image_name(image) : "?";
	bool is_kernel_thread = ptree_node_is_kernel_thread(node);

	if (is_kernel_thread)
		output_bytes(output, "[", 1);
	output_safe(output, name, strlen(name), utf8);
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

static bool is_user_known(struct ptree_users *users, uint32_t uid)
{
	return uid == PTREE_UNKNOWN_ID || ptree_users_name_later(users, uid);
}

/* Asks for all that are not known yet. */
static bool are_users_known(struct ptree_users *users, const struct ptree_tree *tree)
{
	struct ptree_nodes nodes = { 0 };
	bool are_known = true;

	ptree_tree_descendants(tree, 0, &nodes);
	for (size_t i = 0; i < nodes.count; i++) {
		are_known &= is_user_known(users, ptree_node_euid(nodes.node[i]));
		are_known &= is_user_known(users, ptree_node_ruid(nodes.node[i]));
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

static void put_text(struct ptree_json *json, const char *name, const struct field_value *value)
{
	if (value->text)
		ptree_json_string(json, name, value->text, value->size);
	else
		ptree_json_null(json, name);
}

static void put_value(struct ptree_json *json, const struct field *field,
		      const struct field_value *value)
{
	const char letter = (char)value->number;

	switch (field->kind) {
	case FIELD_FLAG:
		ptree_json_bool(json, field->json, value->number);
		break;
	case FIELD_STATE:
		ptree_json_string(json, field->json, &letter, 1);
		break;
	case FIELD_USER:
	case FIELD_TEXT:
		put_text(json, field->json, value);
		break;
	case FIELD_SIGNED:
		ptree_json_integer(json, field->json, (int64_t)(value->number - FIELD_ZERO));
		break;
	case FIELD_ARGUMENTS:
		ptree_json_arguments(json, field->json, value->text, value->size);
		break;
	case FIELD_NUMBER:
	case FIELD_PID:
	case FIELD_SIGNAL:
	case FIELD_PERMILLE:
	case FIELD_RATE:
	case FIELD_NAMESPACES:
	case FIELD_TTY:
	case FIELD_BYTES:
	case FIELD_BYTE_RATE:
	case FIELD_DURATION:
	case FIELD_BOOT_TIME:
		ptree_json_unsigned(json, field->json, value->number);
		break;
	}
}

void describe_json(struct ptree_json *json, const struct column_subject *subject,
		   struct ptree_users *users, int where)
{
	const struct column_context context = { .users = users };

	for (const struct field *field = fields; field->name; field++) {
		struct field_value value = { 0 };

		if (!(field->json_in & where))
			continue;
		if (field_get(field, &context, subject, &value))
			put_value(json, field, &value);
		else
			ptree_json_null(json, field->json);
	}
}
