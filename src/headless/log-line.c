/* SPDX-License-Identifier: MIT */
/*
 * One fact as a line of text or of JSON, and what the tree was when it learned it. What is told and
 * when is not decided here.
 */
#include "headless/log-line.h"
#include "model/column.h"
#include "model/events.h"
#include "headless/describe.h"
#include "model/summary.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define ANCESTORS_IN_TEXT 2

static const char *event_name(const struct ptree_fact *fact, enum ptree_event_kind kind)
{
	return fact->kind == PTREE_FACT_COMPARED ? "resync" : ptree_event_kind_name(kind);
}

static bool is_about_process(enum ptree_event_kind kind)
{
	return kind != PTREE_EVENT_LOST && kind != PTREE_EVENT_UNKNOWN;
}

/* The image that an exec replaced; NULL if it is not known. */
static const struct ptree_image *image_before(const struct ptree_node *node,
					      const struct ptree_fact *fact)
{
	const struct ptree_image *image =
	    fact->kind == PTREE_FACT_IMAGE ? ptree_node_image_at(node, fact->time_ns - 1) : NULL;

	return image && image->comm[0] ? image : NULL;
}

/* Of what happened beside the first scan the tree knows already what came of it. */
static const struct ptree_image *image_of(const struct ptree_node *node,
					  const struct ptree_fact *fact)
{
	const struct ptree_image *image = ptree_node_image_at(node, fact->time_ns);

	return image ? image : ptree_node_image(node, 0);
}

/* Of one that is over. False if its begin is not known. */
static bool elapsed(const struct ptree_node *node, const struct ptree_usage *usage, uint64_t *ns)
{
	if (!usage->is_final && !ptree_node_is_begin_exact(node) && !describe_is_known(node))
		return false;
	*ns = usage->elapsed_ns;
	return true;
}

static bool is_root(const struct ptree_node *node)
{
	return !node || ptree_node_pid(node) == 0;
}

static void put_hex(struct output *output, const struct ptree_fact *fact)
{
	const unsigned char *bytes = fact->u.unknown.bytes;

	for (size_t i = 0; i < fact->u.unknown.byte_count; i++)
		output_format(output, "%02x", bytes[i]);
}

/* ---- text ---- */

void log_line_local_time(const struct log_lines *lines, uint64_t boot_ns)
{
	uint64_t real_ns = boot_ns + lines->real_offset_ns;
	time_t seconds = (time_t)(real_ns / NS_PER_S);
	struct tm local = { 0 };

	localtime_r(&seconds, &local);
	output_format(lines->output, "%02d:%02d:%02d.%03u", local.tm_hour, local.tm_min,
		      local.tm_sec, (unsigned)(real_ns % NS_PER_S / NS_PER_MS));
}

static void put_comm(const struct log_lines *lines, const char *comm)
{
	output_safe(lines->output, comm, strlen(comm), lines->utf8);
}

/* The nearest ancestors, the nearest one last: "...bash>make(31007)". Of a fork who did it has been
   named already. */
void log_line_ancestors(const struct log_lines *lines, const struct ptree_node *node,
			bool names_parent)
{
	const struct ptree_node *chain[ANCESTORS_IN_TEXT];
	const struct ptree_node *parent = ptree_node_parent(node);
	size_t count = 0;

	for (; !is_root(parent) && count < ANCESTORS_IN_TEXT; parent = ptree_node_parent(parent))
		chain[count++] = parent;
	if (!count)
		return;
	output_string(lines->output, "  ");
	if (!is_root(parent))
		output_string(lines->output, lines->utf8 ? "…" : "...");
	while (count--) {
		put_comm(lines, ptree_node_name(chain[count]));
		if (count)
			output_string(lines->output, lines->utf8 ? "›" : ">");
		else if (names_parent)
			output_format(lines->output, "(%d)", ptree_node_pid(chain[count]));
	}
}

static void put_exit(const struct log_lines *lines, const struct ptree_node *node)
{
	char age[32] = "", cpu[32] = "", words[64] = "how is not known";
	const char *mark = "", *inferred = "";
	struct ptree_usage usage;
	uint64_t elapsed_ns;
	uint32_t status;

	ptree_node_usage(node, &usage);
	if (elapsed(node, &usage, &elapsed_ns))
		column_format_age(age, sizeof(age), elapsed_ns,
				  usage.is_final || ptree_node_is_begin_exact(node));
	if (usage.is_final)
		column_format_cpu(cpu, sizeof(cpu), &usage);
	if (ptree_node_exit_status(node, &status)) {
		mark = !lines->utf8 ? "" : status ? "✗ " : "✓";
		if (status)
			ptree_status_format(status, words, sizeof(words));
		else
			snprintf(words, sizeof(words), "%s", lines->utf8 ? "" : "ok");
		if (ptree_node_is_status_inferred(node))
			inferred = " (inferred)";
	}
	output_format(lines->output, "  %s%s%s%s%s%s%s%s", age, age[0] ? " " : "",
		      cpu[0] ? "cpu " : "", cpu, cpu[0] ? " " : "", mark, words, inferred);
}

static void put_parent(const struct log_lines *lines, const struct ptree_node *node)
{
	const struct ptree_node *parent = ptree_node_origin(node);

	if (!parent)
		parent = ptree_node_parent(node);
	if (is_root(parent))
		return;
	output_string(lines->output, lines->utf8 ? " ← " : " <- ");
	put_comm(lines, ptree_node_name(parent));
	output_format(lines->output, "(%d)", ptree_node_pid(parent));
}

static void put_exec(const struct log_lines *lines, const struct ptree_fact *fact,
		     const struct ptree_node *node)
{
	const struct ptree_image *before = image_before(node, fact);

	if (!before)
		return;
	output_string(lines->output, "  was ");
	put_comm(lines, before->comm);
}

static void put_details(const struct log_lines *lines, const struct ptree_fact *fact,
			enum ptree_event_kind kind, const struct ptree_node *node)
{
	switch (kind) {
	case PTREE_EVENT_EXEC:
		put_exec(lines, fact, node);
		break;
	case PTREE_EVENT_EXIT:
		put_exit(lines, node);
		break;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		output_format(lines->output, "  now %u, real %u", fact->u.ids.effective,
			      fact->u.ids.real);
		break;
	case PTREE_EVENT_SID:
		output_string(lines->output, "  leads a new session");
		break;
	case PTREE_EVENT_PTRACE:
		if (fact->u.pid)
			output_format(lines->output, "  traced by %d", fact->u.pid);
		else
			output_string(lines->output, "  traced no more");
		break;
	case PTREE_EVENT_COMM:
		output_string(lines->output, "  now called ");
		put_comm(lines, fact->u.name.comm);
		break;
	case PTREE_EVENT_COREDUMP:
		output_string(lines->output, "  begins a core dump");
		break;
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		break;
	}
}

static void put_process(const struct log_lines *lines, const struct ptree_fact *fact,
			enum ptree_event_kind kind, const struct ptree_node *node)
{
	output_format(lines->output, " %d", ptree_node_pid(node));
	if (kind == PTREE_EVENT_FORK) {
		put_parent(lines, node);
	} else {
		output_bytes(lines->output, " ", 1);
		describe_command(lines->output, node, image_of(node, fact), lines->utf8);
	}
	put_details(lines, fact, kind, node);
	log_line_ancestors(lines, node, kind != PTREE_EVENT_FORK);
}

static void put_no_process(const struct log_lines *lines, const struct ptree_fact *fact)
{
	if (fact->kind == PTREE_FACT_COMPARED) {
		output_string(lines->output, " compared with /proc after a loss");
	} else if (fact->kind == PTREE_FACT_LOST) {
		output_format(lines->output, " %llu events", (unsigned long long)fact->u.count);
	} else {
		output_format(lines->output, " kind 0x%08x, %u bytes: ", fact->u.unknown.what,
			      fact->u.unknown.size);
		put_hex(lines->output, fact);
	}
}

static void put_text(const struct log_lines *lines, const struct ptree_fact *fact,
		     enum ptree_event_kind kind, const struct ptree_node *node)
{
	log_line_local_time(lines, fact->time_ns);
	output_format(lines->output, " %-4s", event_name(fact, kind));
	if (is_about_process(kind))
		put_process(lines, fact, kind, node);
	else
		put_no_process(lines, fact);
	output_bytes(lines->output, "\n", 1);
}

/* ---- JSON ---- */

void log_line_time(const struct log_lines *lines, struct ptree_json *json, uint64_t boot_ns)
{
	uint64_t real_ns = boot_ns + lines->real_offset_ns;
	time_t seconds = (time_t)(real_ns / NS_PER_S);
	struct tm utc = { 0 };
	char text[80];

	gmtime_r(&seconds, &utc);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", utc.tm_year + 1900,
		 utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		 (unsigned)(real_ns % NS_PER_S));
	ptree_json_text(json, "time", text);
	ptree_json_unsigned(json, "boot_ns", boot_ns);
}

static void json_exit(struct ptree_json *json, const struct ptree_node *node)
{
	struct ptree_usage usage;
	uint64_t elapsed_ns;
	uint32_t status = 0;
	bool is_known = ptree_node_exit_status(node, &status);

	if (is_known && WIFEXITED(status))
		ptree_json_integer(json, "exit_code", WEXITSTATUS(status));
	else
		ptree_json_null(json, "exit_code");
	if (is_known && WIFSIGNALED(status))
		ptree_json_integer(json, "signal", WTERMSIG(status));
	else
		ptree_json_null(json, "signal");
	if (is_known)
		ptree_json_bool(json, "core_dumped", WIFSIGNALED(status) && WCOREDUMP(status));
	else
		ptree_json_null(json, "core_dumped");
	ptree_json_bool(json, "status_inferred", ptree_node_is_status_inferred(node));
	ptree_node_usage(node, &usage);
	if (elapsed(node, &usage, &elapsed_ns))
		ptree_json_unsigned(json, "elapsed_ns", elapsed_ns);
	else
		ptree_json_null(json, "elapsed_ns");
}

static void json_tracer(struct ptree_json *json, pid_t tracer)
{
	if (tracer)
		ptree_json_integer(json, "tracer_pid", tracer);
	else
		ptree_json_null(json, "tracer_pid");
}

static void json_details(struct ptree_json *json, const struct ptree_fact *fact,
			 enum ptree_event_kind kind, const struct ptree_node *node)
{
	const struct ptree_image *before;

	switch (kind) {
	case PTREE_EVENT_EXEC:
		before = image_before(node, fact);
		ptree_json_text(json, "previous_comm", before ? before->comm : NULL);
		break;
	case PTREE_EVENT_EXIT:
		json_exit(json, node);
		break;
	case PTREE_EVENT_UID:
		ptree_json_unsigned(json, "real_uid", fact->u.ids.real);
		ptree_json_unsigned(json, "effective_uid", fact->u.ids.effective);
		break;
	case PTREE_EVENT_GID:
		ptree_json_unsigned(json, "real_gid", fact->u.ids.real);
		ptree_json_unsigned(json, "effective_gid", fact->u.ids.effective);
		break;
	case PTREE_EVENT_SID:
		ptree_json_integer(json, "sid", fact->u.pid);
		break;
	case PTREE_EVENT_PTRACE:
		json_tracer(json, fact->u.pid);
		break;
	case PTREE_EVENT_COMM:
		ptree_json_text(json, "new_comm", fact->u.name.comm);
		break;
	case PTREE_EVENT_COREDUMP:
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		break;
	}
}

#define ANCESTRY_MAX 128 /* a chain that forks itself for ever would make lines without end */

void log_line_ancestry(struct ptree_json *json, const struct ptree_node *node)
{
	unsigned left = ANCESTRY_MAX;

	ptree_json_array(json, "ancestry");
	for (node = ptree_node_parent(node); !is_root(node) && left--;
	     node = ptree_node_parent(node)) {
		const char *name = ptree_node_is_comm_old(node) ? "" : ptree_node_name(node);

		ptree_json_object(json, NULL);
		ptree_json_integer(json, "pid", ptree_node_pid(node));
		ptree_json_text(json, "comm", name[0] ? name : NULL);
		ptree_json_end(json);
	}
	ptree_json_end(json);
	ptree_json_bool(json, "ancestry_cut", !is_root(node));
}

/* Who forked it, also if a scan has shown it elsewhere since. 0: nobody that is known. */
static pid_t forker_of(const struct ptree_tree *tree, const struct ptree_fact *fact)
{
	const struct ptree_node *parent;

	if (fact->kind != PTREE_FACT_REDATED || fact->source != PTREE_FACT_TOLD)
		return 0;
	parent = ptree_tree_find_id(tree, fact->u.date.parent);
	return parent ? ptree_node_pid(parent) : 0;
}

static void json_process(const struct log_lines *lines, struct ptree_json *json,
			 const struct ptree_fact *fact, enum ptree_event_kind kind,
			 const struct ptree_tree *tree, const struct ptree_node *node)
{
	const struct column_subject subject = { .node = node,
						.image = image_of(node, fact),
						.ppid = forker_of(tree, fact) };

	ptree_json_bool(json, "inferred", fact->source != PTREE_FACT_TOLD);
	describe_json(json, &subject, lines->users, FIELD_IN_EVENT);
	log_line_ancestry(json, node);
	json_details(json, fact, kind, node);
	if (kind == PTREE_EVENT_EXIT)
		describe_json(json, &subject, lines->users, FIELD_IN_EXIT);
}

static void json_raw(struct ptree_json *json, const struct ptree_fact *fact)
{
	ptree_json_unsigned(json, "kind", fact->u.unknown.what);
	ptree_json_unsigned(json, "size", fact->u.unknown.size);
	ptree_json_hex(json, "raw", fact->u.unknown.bytes, fact->u.unknown.byte_count);
}

static void put_json(const struct log_lines *lines, const struct ptree_fact *fact,
		     enum ptree_event_kind kind, const struct ptree_tree *tree,
		     const struct ptree_node *node)
{
	struct ptree_json *json = &lines->output->json;

	ptree_json_object(json, NULL);
	ptree_json_text(json, "event", event_name(fact, kind));
	log_line_time(lines, json, fact->time_ns);
	if (is_about_process(kind))
		json_process(lines, json, fact, kind, tree, node);
	else if (fact->kind == PTREE_FACT_LOST)
		ptree_json_unsigned(json, "count", fact->u.count);
	else if (kind == PTREE_EVENT_UNKNOWN)
		json_raw(json, fact);
	ptree_json_end(json);
	output_json(lines->output);
}

void log_line_fact(const struct log_lines *lines, const struct ptree_fact *fact,
		   const struct ptree_tree *tree, const struct ptree_node *node)
{
	enum ptree_event_kind kind;

	if (!event_kind_of(fact, &kind) || (is_about_process(kind) && !node))
		return;
	if (lines->json)
		put_json(lines, fact, kind, tree, node);
	else
		put_text(lines, fact, kind, node);
}

void log_line_summary(const struct log_lines *lines, const struct ptree_monitor_status *status)
{
	struct ptree_json *json = &lines->output->json;

	ptree_json_object(json, NULL);
	ptree_json_text(json, "event", "summary");
	log_line_time(lines, json, ptree_boot_now_ns());
	ptree_json_unsigned(json, "events", status->events);
	ptree_json_unsigned(json, "lost", status->lost);
	ptree_json_unsigned(json, "execs", status->execs);
	ptree_json_unsigned(json, "argv_read", status->argv_read);
	ptree_json_unsigned(json, "argv_late", status->argv_late);
	ptree_json_bool(json, "realtime", status->is_realtime);
	ptree_json_bool(json, "accounting", !status->accounting_error);
	ptree_json_unsigned(json, "accounted", status->accounted);
	ptree_json_unsigned(json, "unaccounted", status->unaccounted);
	ptree_json_unsigned(json, "accounting_lost", status->accounting_lost);
	ptree_json_unsigned(json, "resyncs", status->resyncs);
	ptree_json_text(json, "mode", summary_mode(status->state));
	ptree_json_text(json, "reason",
			status->state == PTREE_MONITOR_POLLING
			    ? ptree_monitor_reason_text(status->reason)
			    : NULL);
	ptree_json_end(json);
	output_json(lines->output);
}
