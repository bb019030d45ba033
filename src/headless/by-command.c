/* SPDX-License-Identifier: MIT */
/*
 * What each command did, added up: forks, execs, how many are over, how many of them failed, and
 * what they used. A name is that of the image when it was, which may be a rename later.
 * Names are limited: whoever makes up new ones without end is counted as one.
 */
#include "headless/by-command.h"
#include "model/column.h"
#include "headless/describe.h"
#include "model/events.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 10000
#define NAME_CELLS 16
#define OTHERS "(others)"

struct tally {
	char name[PTREE_COMM_SIZE];
	uint64_t forks, execs, exits, failures;
	uint64_t cpu_ns, elapsed_ns;
	uint64_t unaccounted; /* exits without the kernel's record: their CPU time is not known */
};

struct by_command {
	void *by_name;		/* tsearch(3) tree of struct tally */
	struct tally **tallies; /* the same, as they came */
	size_t count, capacity;
	bool has_failed; /* for want of memory something was not counted */
};

static int compare_names(const void *a, const void *b)
{
	const struct tally *x = a;
	const struct tally *y = b;

	return strcmp(x->name, y->name);
}

struct by_command *by_command_new(void)
{
	return calloc(1, sizeof(struct by_command));
}

void by_command_free(struct by_command *commands)
{
	if (!commands)
		return;
	tdestroy(commands->by_name, free);
	free(commands->tallies);
	free(commands);
}

/* ---- counting ---- */

static int make_room(struct by_command *commands)
{
	size_t capacity = commands->capacity ? 2 * commands->capacity : 64;
	struct tally **bigger;

	if (commands->count < commands->capacity)
		return 0;
	bigger = reallocarray(commands->tallies, capacity, sizeof(struct tally *));
	if (!bigger)
		return -1;
	commands->tallies = bigger;
	commands->capacity = capacity;
	return 0;
}

static struct tally *add(struct by_command *commands, const struct tally *key)
{
	struct tally *tally = make_room(commands) ? NULL : malloc(sizeof(*tally));

	if (!tally)
		return NULL;
	*tally = *key;
	if (!tsearch(tally, &commands->by_name, compare_names)) {
		free(tally);
		return NULL;
	}
	commands->tallies[commands->count++] = tally;
	return tally;
}

/* NULL: no memory. */
static struct tally *find(struct by_command *commands, const char *name)
{
	struct tally key = { 0 };
	struct tally *const *found;

	snprintf(key.name, sizeof(key.name), "%s", *name ? name : "?");
	found = tfind(&key, &commands->by_name, compare_names);
	if (!found && commands->count >= COMMANDS_MAX - 1) {
		snprintf(key.name, sizeof(key.name), "%s", OTHERS);
		found = tfind(&key, &commands->by_name, compare_names);
	}
	return found ? *found : add(commands, &key);
}

static struct tally *tally_at(struct by_command *commands, const struct ptree_node *node,
			      uint64_t boot_ns)
{
	const struct ptree_image *image = ptree_node_image_at(node, boot_ns);

	const char *later = ptree_node_is_comm_old(node) ? "" : ptree_node_comm(node);

	return find(commands, image && image->comm[0] ? image->comm : later);
}

static void count_exit(struct tally *tally, const struct ptree_node *node)
{
	struct ptree_usage usage;
	uint32_t status;

	ptree_node_usage(node, &usage);
	tally->exits++;
	tally->failures += ptree_node_exit_status(node, &status) && status;
	tally->elapsed_ns += usage.elapsed_ns;
	tally->unaccounted += !usage.is_final;
	if (usage.is_final)
		tally->cpu_ns += usage.cpu_ns;
}

static const struct ptree_node *who_forked(const struct ptree_node *node)
{
	const struct ptree_node *origin = ptree_node_origin(node);

	return origin ? origin : ptree_node_parent(node);
}

void by_command_count(struct by_command *commands, const struct ptree_fact *fact,
		      const struct ptree_node *node)
{
	enum ptree_event_kind kind;
	struct tally *tally;

	if (!node || !event_kind_of(fact, &kind))
		return;
	if (kind == PTREE_EVENT_FORK)
		node = who_forked(node);
	else if (kind != PTREE_EVENT_EXEC && kind != PTREE_EVENT_EXIT)
		return;
	if (!node || !ptree_node_pid(node))
		return;
	tally = tally_at(commands, node, fact->time_ns);
	commands->has_failed |= !tally;
	if (!tally)
		return;
	tally->forks += kind == PTREE_EVENT_FORK;
	tally->execs += kind == PTREE_EVENT_EXEC;
	if (kind == PTREE_EVENT_EXIT)
		count_exit(tally, node);
}

/* ---- printing ---- */

static int compare_cost(const void *a, const void *b)
{
	const struct tally *x = *(struct tally *const *)a;
	const struct tally *y = *(struct tally *const *)b;
	uint64_t done_x = x->forks + x->execs + x->exits;
	uint64_t done_y = y->forks + y->execs + y->exits;

	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns < y->cpu_ns ? 1 : -1;
	if (done_x != done_y)
		return done_x < done_y ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* What is known of it; more than that, if not all is. */
static void format_cpu(const struct tally *tally, char *out, size_t size)
{
	char time[16] = "?";

	*out = '\0';
	if (!tally->exits)
		return;
	if (tally->cpu_ns)
		column_format_time(time, sizeof(time), tally->cpu_ns);
	snprintf(out, size, "%s%s", time, tally->cpu_ns && tally->unaccounted ? "+" : "");
}

static void put_name(const struct log_lines *lines, const char *name)
{
	int width = (int)text_width(name, strlen(name), lines->utf8);

	output_safe(lines->output, name, strlen(name), lines->utf8);
	output_format(lines->output, "%*s", width < NAME_CELLS ? NAME_CELLS - width : 0, "");
}

static void put_row(const struct log_lines *lines, const struct tally *tally)
{
	char cpu[24], elapsed[16] = "";

	format_cpu(tally, cpu, sizeof(cpu));
	if (tally->exits)
		column_format_time(elapsed, sizeof(elapsed), tally->elapsed_ns);
	put_name(lines, tally->name);
	output_format(lines->output, " %8llu %8llu %8llu %8llu %7s %8s\n",
		      (unsigned long long)tally->forks, (unsigned long long)tally->execs,
		      (unsigned long long)tally->exits, (unsigned long long)tally->failures, cpu,
		      elapsed);
}

static void put_object(const struct log_lines *lines, const struct tally *tally)
{
	struct ptree_json *json = &lines->output->json;

	ptree_json_object(json, NULL);
	ptree_json_text(json, "event", "command");
	log_line_time(lines, json, ptree_boot_now_ns());
	ptree_json_text(json, "comm", tally->name);
	ptree_json_unsigned(json, "forks", tally->forks);
	ptree_json_unsigned(json, "execs", tally->execs);
	ptree_json_unsigned(json, "exits", tally->exits);
	ptree_json_unsigned(json, "failures", tally->failures);
	if (tally->exits && !tally->cpu_ns)
		ptree_json_null(json, "cpu_ns");
	else
		ptree_json_unsigned(json, "cpu_ns", tally->cpu_ns);
	ptree_json_unsigned(json, "elapsed_ns", tally->elapsed_ns);
	ptree_json_unsigned(json, "unaccounted", tally->unaccounted);
	ptree_json_end(json);
	output_json(lines->output);
}

void by_command_print(struct by_command *commands, const struct log_lines *lines)
{
	lines->output->has_failed |= commands->has_failed;
	if (commands->count)
		qsort(commands->tallies, commands->count, sizeof(struct tally *), compare_cost);
	if (!lines->json)
		output_format(lines->output, "%-*s %8s %8s %8s %8s %7s %8s\n", NAME_CELLS,
			      "COMMAND", "FORKS", "EXECS", "EXITS", "FAILED", "CPU", "ELAPSED");
	for (size_t i = 0; i < commands->count; i++) {
		if (lines->json)
			put_object(lines, commands->tallies[i]);
		else
			put_row(lines, commands->tallies[i]);
	}
}
