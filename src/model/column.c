/* SPDX-License-Identifier: MIT */
/* Figures, commands and endings as text. */
#include "model/column.h"
#include "draw/text.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

bool column_is_over(const struct column_context *context, const struct ptree_node *node)
{
	return ptree_node_has_ended(node) && ptree_node_end_ns(node) <= context->now_ns;
}

static bool has_same_argv(const struct ptree_image *a, const struct ptree_image *b)
{
	return a->argv_size == b->argv_size && !memcmp(a->argv, b->argv, a->argv_size);
}

/* Programs rewrite their arguments: then they are not the parent's any more. */
bool column_is_mere_fork(const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);
	const struct ptree_image *image = ptree_node_image(node, 0), *theirs;

	if (ptree_node_exec_count(node) || !ptree_node_is_begin_exact(node) || !image ||
	    ptree_node_is_kernel_thread(node))
		return false;
	if (!image->argv_size || !origin)
		return image->argv_size == 0 || image->read_ns <= ptree_node_begin_ns(node);
	for (unsigned back = 0; (theirs = ptree_node_image(origin, back)); back++) {
		if (has_same_argv(image, theirs))
			return true;
	}
	return false;
}

void column_format_age(char *out, size_t size, uint64_t age_ns, bool is_exact)
{
	uint64_t seconds = age_ns / NS_PER_S;
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (age_ns < 9995000000 && is_exact)
		snprintf(out, size, "%.2fs", (double)age_ns / (double)NS_PER_S);
	else if (age_ns < 9950000000)
		snprintf(out, size, "%.1fs", (double)age_ns / (double)NS_PER_S);
	else if (seconds < 60) /* what is nearly ten has no room for a fraction */
		snprintf(out, size, "%us", seconds < 10 ? 10 : (unsigned)seconds);
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
	if (ns < 9950000)
		snprintf(out, size, "%.1fms", (double)ns / (double)NS_PER_MS);
	else if (ns < NS_PER_S - NS_PER_MS / 2)
		snprintf(out, size, "%ums", (unsigned)((ns + NS_PER_MS / 2) / NS_PER_MS));
	else
		column_format_age(out, size, ns, true);
}

/* The kernel's tick, as it mostly is; one that lived for less used no more than it lived. */
#define TICK_NS (4 * NS_PER_MS)

void column_format_cpu(char *out, size_t size, const struct ptree_usage *usage)
{
	uint64_t most_ns = TICK_NS;

	/* Less than the last digit would be shown as nothing. */
	if (usage->known & PTREE_USAGE_CPU && usage->cpu_ns >= NS_PER_MS / 20) {
		column_format_time(out, size, usage->cpu_ns);
		return;
	}
	if (usage->known & PTREE_USAGE_ELAPSED && usage->elapsed_ns < most_ns)
		most_ns = usage->elapsed_ns;
	snprintf(out, size, "<%ums", (unsigned)((most_ns + NS_PER_MS - 1) / NS_PER_MS));
}

void column_format_bytes(char *out, size_t size, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double value = (double)bytes / 1024;
	unsigned unit = 0;

	while (value >= 999.5 && unit + 1 < sizeof(units) - 1) {
		value /= 1024;
		unit++;
	}
	snprintf(out, size, unit && value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

void column_format_count(char *out, size_t size, uint64_t count)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
	size_t used = 0;

	for (int i = 0; i < length && used + 2 < size; i++) {
		if (i && (length - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
}

void column_format_permille(char *out, size_t size, uint32_t permille, bool utf8)
{
	if (!permille)
		snprintf(out, size, "%s", utf8 ? "·" : "0");
	else if (permille < 100)
		snprintf(out, size, "%u.%u", permille / 10, permille % 10);
	else
		snprintf(out, size, "%u", (permille + 5) / 10);
}

/* ---- the command ---- */

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

void column_image(const struct ptree_node *node, const struct ptree_image *image,
		  struct command *out)
{
	const char *before = ptree_node_comm(node);

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
	else if (*before) /* it was gone before it could be asked for */
		set_name(out, before, "(was ", ")");
	else
		set_name(out, "?", "", "");
}

void column_command(const struct column_context *context, const struct ptree_node *node,
		    const struct ptree_thread *thread, struct command *out)
{
	const struct ptree_image *image = ptree_node_image_at(node, context->now_ns);

	out->directory_size = out->program_size = out->size = 0;
	out->remark = NULL;
	out->is_dim = column_is_over(context, node) || ptree_node_is_kernel_thread(node) || thread;
	if (thread) {
		const char *name = ptree_thread_comm(thread);

		set_name(out, *name ? name : ptree_node_comm(node), "{", "}");
	} else if (!image) {
		set_name(out, "?", "", "");
	} else if (ptree_node_is_kernel_thread(node)) {
		set_name(out, ptree_image_name(image), "[", "]");
	} else if (column_is_mere_fork(node)) {
		set_name(out, ptree_node_comm(node), context->utf8 ? "⑂ " : "fork of ", "");
		out->is_dim = true;
	} else {
		column_image(node, image, out);
	}
}

struct column_gone column_gone(const struct ptree_node *node, const struct ptree_summary *summary)
{
	struct column_gone gone = { .summary = summary };
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	if (summary->cpu_unknown >= summary->gone && usage.known & PTREE_USAGE_WAITED)
		gone.waited_cpu_ns = usage.waited_cpu_ns;
	return gone;
}

/* "" if nobody knows. */
static void format_gone_cpu(const struct column_gone *gone, char *out, size_t size)
{
	char time[16];

	*out = '\0';
	column_format_time(time, sizeof(time),
			   gone->waited_cpu_ns ? gone->waited_cpu_ns : gone->summary->cpu_ns);
	if (gone->waited_cpu_ns || gone->summary->cpu_ns)
		snprintf(out, size, "%s%s", gone->waited_cpu_ns ? "~" : "", time);
}

void column_summary_text(bool utf8, const struct column_gone *gone, char *out, size_t size)
{
	const struct ptree_summary *summary = gone->summary;
	const char *times = utf8 ? "×" : "x";
	char time[16];
	size_t used;

	used = (size_t)snprintf(out, size, "%llu gone", (unsigned long long)summary->gone);
	if (summary->failed && used < size)
		used +=
		    (size_t)snprintf(out + used, size - used, " %llu%s",
				     (unsigned long long)summary->failed, utf8 ? "✗" : " failed");
	format_gone_cpu(gone, time, sizeof(time));
	if (*time && used < size)
		used += (size_t)snprintf(out + used, size - used, " %s%s cpu", time,
					 summary->cpu_unknown && !gone->waited_cpu_ns ? "+" : "");
	for (unsigned i = 0; i < summary->command_count && used < size; i++)
		used +=
		    (size_t)snprintf(out + used, size - used, "%s%s%s%u", i ? " " : ": ",
				     summary->commands[i].comm, times, summary->commands[i].count);
}

/* Adds a piece if it fits whole; false if it did not. */
static bool add_suffix(bool utf8, char *out, size_t size, size_t cells, const char *piece)
{
	size_t used = strlen(out);

	if (text_width(out, used, utf8) + 1 + text_width(piece, strlen(piece), utf8) > cells ||
	    used + 1 + strlen(piece) >= size)
		return false;
	snprintf(out + used, size - used, " %s", piece);
	return true;
}

void column_suffix(bool utf8, const struct column_gone *gone, size_t cells, char *out, size_t size)
{
	const struct ptree_summary *summary = gone->summary;
	char piece[PTREE_COMM_SIZE + 24];
	bool fits = true;
	unsigned i;

	snprintf(out, size, "%s%llu", utf8 ? "†" : "+", (unsigned long long)summary->gone);
	if (summary->failed)
		snprintf(out + strlen(out), size - strlen(out), " %llu%s",
			 (unsigned long long)summary->failed, utf8 ? "✗" : "!");
	format_gone_cpu(gone, piece, sizeof(piece));
	if (*piece)
		fits = add_suffix(utf8, out, size, cells, piece);
	for (i = 0; fits && i < summary->command_count; i++) {
		snprintf(piece, sizeof(piece), "%s%s%u", summary->commands[i].comm,
			 utf8 ? "×" : "x", summary->commands[i].count);
		/* Room for the mark that there are more. */
		fits = add_suffix(utf8, out, size,
				  cells ? cells - (i + 1 < summary->command_count) : 0, piece);
	}
	if ((!fits || i < summary->command_count) && text_width(out, strlen(out), utf8) < cells &&
	    strlen(out) + 4 < size)
		strcat(out, utf8 ? "…" : "~");
}

bool column_cost(const struct column_context *context, const struct ptree_node *node,
		 const uint64_t *cpu_ns, bool is_unknown, char *out, size_t size)
{
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	if (!column_is_over(context, node) || is_unknown)
		return false;
	/* Below what the kernel can tell it is said how little it is at most. */
	if (*cpu_ns < NS_PER_MS / 20)
		column_format_cpu(out, size, &usage);
	else
		column_format_time(out, size, *cpu_ns);
	return true;
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
