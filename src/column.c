/* SPDX-License-Identifier: MIT */
/* Values turned into the text of cells. A column is a line of the table at the end. */
#include "column.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

bool column_is_over(const struct column_context *context, const struct ptree_node *node)
{
	return ptree_node_has_ended(node) && ptree_node_end_ns(node) <= context->now_ns;
}

void column_format_age(char *out, size_t size, uint64_t age_ns, bool is_exact)
{
	uint64_t seconds = age_ns / NS_PER_S;
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (seconds < 10 && is_exact)
		snprintf(out, size, "%.2fs", (double)age_ns / (double)NS_PER_S);
	else if (seconds < 10)
		snprintf(out, size, "%.1fs", (double)age_ns / (double)NS_PER_S);
	else if (seconds < 60)
		snprintf(out, size, "%us", (unsigned)seconds);
	else if (minutes < 60)
		snprintf(out, size, "%um%02u", (unsigned)minutes, (unsigned)(seconds % 60));
	else if (hours < 10)
		snprintf(out, size, "%uh%02um", (unsigned)hours, (unsigned)(minutes % 60));
	else if (days < 2)
		snprintf(out, size, "%uh", (unsigned)hours);
	else
		snprintf(out, size, "%lud", (unsigned long)days);
}

void column_format_time(char *out, size_t size, uint64_t ns)
{
	if (ns < 10 * NS_PER_MS)
		snprintf(out, size, "%.1fms", (double)ns / (double)NS_PER_MS);
	else if (ns < NS_PER_S)
		snprintf(out, size, "%ums", (unsigned)(ns / NS_PER_MS));
	else
		column_format_age(out, size, ns, true);
}

/* The kernel's tick, as it mostly is; one that lived for less used no more than it lived. */
#define TICK_NS (4 * NS_PER_MS)

void column_format_cpu(char *out, size_t size, const struct ptree_usage *usage)
{
	uint64_t most_ns = TICK_NS;

	if (usage->known & PTREE_USAGE_CPU && usage->cpu_ns) {
		column_format_time(out, size, usage->cpu_ns);
		return;
	}
	if (usage->known & PTREE_USAGE_ELAPSED && usage->elapsed_ns < most_ns)
		most_ns = usage->elapsed_ns;
	snprintf(out, size, "<%ums", (unsigned)((most_ns + NS_PER_MS - 1) / NS_PER_MS));
}

static void format_pid(const struct column_context *context, const struct ptree_node *node,
		       const struct ptree_thread *thread, struct column_text *out)
{
	(void)context;
	snprintf(out->text, sizeof(out->text), "%d",
		 thread ? ptree_thread_tid(thread) : ptree_node_pid(node));
	out->role = THEME_PID;
}

static void format_user(const struct column_context *context, const struct ptree_node *node,
			const struct ptree_thread *thread, struct column_text *out)
{
	uint32_t euid = ptree_node_euid(node);
	const char *name;

	if (thread || euid == PTREE_UNKNOWN_ID)
		return;
	name = ptree_users_name_later(context->users, euid);
	if (name)
		snprintf(out->text, sizeof(out->text), "%s", name);
	else
		snprintf(out->text, sizeof(out->text), "%u", euid);
	out->role = theme_user(euid, context->own_uid);
}

static void format_age(const struct column_context *context, const struct ptree_node *node,
		       const struct ptree_thread *thread, struct column_text *out)
{
	uint64_t begin_ns = thread ? ptree_thread_begin_ns(thread) : ptree_node_begin_ns(node);
	bool is_over = column_is_over(context, node);
	uint64_t end_ns = is_over ? ptree_node_end_ns(node) : context->now_ns;

	out->role = is_over ? THEME_GONE : THEME_NORMAL;
	if (!begin_ns)
		snprintf(out->text, sizeof(out->text), "?");
	else
		column_format_age(out->text, sizeof(out->text),
				  end_ns > begin_ns ? end_ns - begin_ns : 0,
				  is_over && ptree_node_is_begin_exact(node));
}

const struct column columns[] = {
	{ .name = "pid",
	  .title = "PID",
	  .width = 7,
	  .is_right_aligned = true,
	  .format = format_pid },
	{ .name = "user",
	  .title = "USER",
	  .width = 8,
	  .least_screen_width = 40,
	  .format = format_user },
	{ .name = "age",
	  .title = "AGE",
	  .width = 5,
	  .is_right_aligned = true,
	  .least_screen_width = 30,
	  .format = format_age },
	{ .name = NULL },
};

/* ---- the command ---- */

/* What it ran at the time that is shown. */
static const struct ptree_image *image_at(const struct column_context *context,
					  const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	const struct ptree_image *older;

	for (unsigned back = 1; image && image->begin_ns > context->now_ns; back++) {
		older = ptree_node_image(node, back);
		if (!older)
			break;
		image = older;
	}
	return image;
}

static void split_program(struct command *out)
{
	const char *end = memchr(out->line, ' ', out->size);
	size_t first = end ? (size_t)(end - out->line) : out->size;
	const char *slash = memrchr(out->line, '/', first);

	/* "sshd: /usr/sbin/sshd -D" or "a/" has no directory to tell from a program. */
	out->directory_size =
	    slash && slash + 1 < out->line + first ? (size_t)(slash + 1 - out->line) : 0;
	out->program_size = first - out->directory_size;
}

static void set_name(struct command *out, const char *name, const char *open, const char *close)
{
	int size = snprintf(out->line, sizeof(out->line), "%s%s%s", open, name, close);

	out->size = out->program_size = (size_t)size;
}

static const char *remark_on(enum ptree_argv_status status)
{
	switch (status) {
	case PTREE_ARGV_LATE:
		return "(arguments: read too late)";
	case PTREE_ARGV_FAILED:
		return "(arguments: not readable)";
	case PTREE_ARGV_TRUNCATED:
		return "... (cut)";
	case PTREE_ARGV_PENDING:
	case PTREE_ARGV_READ:
	case PTREE_ARGV_NONE:
		break;
	}
	return NULL;
}

/* The name of an image that was gone before it could be asked for is that of the one before. */
static const char *last_known_name(const struct ptree_node *node)
{
	const struct ptree_image *image;

	for (unsigned back = 0; (image = ptree_node_image(node, back)); back++) {
		if (image->comm[0])
			return image->comm;
	}
	return NULL;
}

static void describe_image(const struct ptree_node *node, const struct ptree_image *image,
			   struct command *out)
{
	const char *name = last_known_name(node);

	out->remark = remark_on(image->argv_status);
	if (image->argv_size) {
		out->size =
		    text_join_argv(out->line, sizeof(out->line), image->argv, image->argv_size);
		split_program(out);
	}
	if (out->size)
		return;
	if (image->comm[0])
		set_name(out, image->comm, "", "");
	else if (name)
		set_name(out, name, "(was ", ")");
	else
		set_name(out, "?", "", "");
}

void column_command(const struct column_context *context, const struct ptree_node *node,
		    const struct ptree_thread *thread, struct command *out)
{
	const struct ptree_image *image = image_at(context, node);

	out->directory_size = out->program_size = out->size = 0;
	out->remark = NULL;
	out->is_dim = column_is_over(context, node) || ptree_node_is_kernel_thread(node) || thread;
	if (thread) {
		const char *name = ptree_thread_comm(thread);

		set_name(out, *name ? name : ptree_node_comm(node), "{", "}");
	} else if (!image) {
		set_name(out, "?", "", "");
	} else if (ptree_node_is_kernel_thread(node)) {
		set_name(out, image->comm, "[", "]");
	} else {
		describe_image(node, image, out);
	}
}

bool column_ending(const struct column_context *context, const struct ptree_node *node,
		   struct column_text *out)
{
	uint32_t status;
	char words[COLUMN_TEXT_SIZE - 8];

	if (!column_is_over(context, node))
		return false;
	if (!ptree_node_exit_status(node, &status)) {
		snprintf(out->text, sizeof(out->text),
			 ptree_node_is_zombie(node) ? "zombie" : "ended unseen");
		out->role = THEME_GONE;
		return true;
	}
	ptree_status_format(status, words, sizeof(words));
	out->role = status ? THEME_FAILURE : THEME_SUCCESS;
	if (ptree_node_is_zombie(node))
		snprintf(out->text, sizeof(out->text), "zombie, %s", words);
	else if (!status)
		snprintf(out->text, sizeof(out->text), context->utf8 ? "✓" : "ok");
	else
		snprintf(out->text, sizeof(out->text), "%s %s", context->utf8 ? "✗" : "!", words);
	return true;
}

bool column_lineage(const struct column_context *context, const struct ptree_node *node, char *out,
		    size_t size)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	if (!origin || origin == ptree_node_parent(node) || ptree_node_is_origin_inferred(node))
		return false;
	snprintf(out, size, "%s was %s(%d)%s", context->utf8 ? "⤴" : "<-", ptree_node_comm(origin),
		 ptree_node_pid(origin),
		 !ptree_node_has_ended(origin) ? ""
		 : context->utf8	       ? "†"
					       : "+");
	return true;
}
