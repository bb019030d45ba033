/* SPDX-License-Identifier: MIT */
/*
 * What a process has: how to get each property, and in one table what it is called, how it is
 * shown, compared and written. To add a property is to add a row.
 */
#include "model/field.h"
#include "draw/text.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define DAY_NS (86400 * NS_PER_S)
#define WIDE_COLS 100
#define ON_WISH INT_MAX /* a column that is there for those who choose it */

/* ---- getting ---- */

/* Few values depend on who looks, and when. */
#define GETTER(name)                                                                               \
	static bool name(const struct column_context *context __attribute__((unused)),             \
			 const struct column_subject *subject, struct field_value *value)

static bool set_number(struct field_value *value, uint64_t number)
{
	value->number = number;
	return true;
}

static bool set_text(struct field_value *value, const char *text, size_t size)
{
	value->text = text;
	value->size = size;
	return text && size;
}

static bool is_process(const struct column_subject *subject)
{
	return !subject->thread && !subject->is_summary;
}

static const struct ptree_image *image_of(const struct column_subject *subject)
{
	return subject->image ? subject->image : ptree_node_image(subject->node, 0);
}

GETTER(get_pid)
{
	return set_number(value, (uint64_t)(subject->thread ? ptree_thread_tid(subject->thread)
							    : ptree_node_pid(subject->node)));
}

/* Those that are under nobody say so in /proc; those that nobody has seen there say nothing. */
GETTER(get_ppid)
{
	const struct ptree_node *parent = ptree_node_parent(subject->node);
	pid_t ppid = !subject->ppid && parent ? ptree_node_pid(parent) : subject->ppid;

	set_number(value, (uint64_t)ppid);
	return ppid || ptree_node_euid(subject->node) != PTREE_UNKNOWN_ID;
}

GETTER(get_origin)
{
	const struct ptree_node *origin = ptree_node_origin(subject->node);

	return origin && set_number(value, (uint64_t)ptree_node_pid(origin));
}

GETTER(get_is_origin_inferred)
{
	return set_number(value, ptree_node_is_origin_inferred(subject->node));
}

GETTER(get_uid)
{
	set_number(value, ptree_node_euid(subject->node));
	return is_process(subject) && value->number != PTREE_UNKNOWN_ID;
}

GETTER(get_user)
{
	const char *name;

	if (!get_uid(context, subject, value))
		return false;
	name =
	    context->users ? ptree_users_name_later(context->users, (uint32_t)value->number) : NULL;
	set_text(value, name, name ? strlen(name) : 0);
	return true;
}

GETTER(get_comm)
{
	const struct ptree_image *image = image_of(subject);

	return image && set_text(value, ptree_image_name(image), strlen(ptree_image_name(image)));
}

GETTER(get_arguments)
{
	const struct ptree_image *image = image_of(subject);

	if (!image)
		return false;
	set_text(value, image->argv, image->argv_size);
	return image->argv_status == PTREE_ARGV_READ || image->argv_status == PTREE_ARGV_TRUNCATED;
}

GETTER(get_arguments_status)
{
	static const char *const names[] = {
		[PTREE_ARGV_PENDING] = "pending",     [PTREE_ARGV_READ] = "read",
		[PTREE_ARGV_TRUNCATED] = "truncated", [PTREE_ARGV_LATE] = "late",
		[PTREE_ARGV_NONE] = "none",	      [PTREE_ARGV_FAILED] = "failed",
	};
	const struct ptree_image *image = image_of(subject);
	const char *name = image ? names[image->argv_status] : NULL;

	return name && set_text(value, name, strlen(name));
}

GETTER(get_state)
{
	struct ptree_usage usage;

	ptree_node_usage(subject->node, &usage);
	set_number(value, ptree_node_is_zombie(subject->node) ? 'Z' : (unsigned char)usage.state);
	return is_process(subject) && value->number;
}

GETTER(get_cpu)
{
	struct ptree_usage usage;
	uint32_t permille;
	uint64_t cpu_ns;

	if (subject->thread)
		return ptree_thread_usage(subject->thread, &cpu_ns, &permille) &&
		       permille != PTREE_UNKNOWN_ID && set_number(value, permille);
	ptree_node_usage(subject->node, &usage);
	set_number(value, usage.cpu_permille);
	return is_process(subject) && usage.known & PTREE_USAGE_RATE;
}

GETTER(get_sum_cpu)
{
	return subject->has_sums && subject->sum_cpu_permille != PTREE_UNKNOWN_ID &&
	       set_number(value, subject->sum_cpu_permille);
}

GETTER(get_sum_rss)
{
	return subject->has_sums && set_number(value, subject->sum_rss_kib * 1024);
}

GETTER(get_sum_time)
{
	return subject->has_sums && set_number(value, subject->sum_cpu_ns);
}

GETTER(get_threads)
{
	set_number(value, ptree_node_thread_count(subject->node) + 1);
	return is_process(subject);
}

/* What was sampled of one that is over is not what it used. */
static bool get_usage(const struct column_subject *subject, unsigned wanted,
		      struct ptree_usage *usage)
{
	ptree_node_usage(subject->node, usage);
	return is_process(subject) && usage->known & wanted &&
	       (usage->is_final || !ptree_node_has_ended(subject->node));
}

GETTER(get_rss)
{
	struct ptree_usage usage;

	return get_usage(subject, PTREE_USAGE_RSS, &usage) && set_number(value, usage.rss_bytes);
}

GETTER(get_time)
{
	struct ptree_usage usage;
	uint32_t permille;

	if (subject->thread)
		return ptree_thread_usage(subject->thread, &value->number, &permille);
	return get_usage(subject, PTREE_USAGE_CPU, &usage) && set_number(value, usage.cpu_ns);
}

GETTER(get_session)
{
	return set_number(value, (uint64_t)ptree_node_sid(subject->node));
}

GETTER(get_begin)
{
	set_number(value, subject->thread ? ptree_thread_begin_ns(subject->thread)
					  : ptree_node_begin_ns(subject->node));
	return true;
}

GETTER(get_age)
{
	const struct ptree_node *node = subject->node;
	bool is_over = column_is_over(context, node);
	uint64_t end_ns = is_over ? ptree_node_end_ns(node) : context->now_ns;
	struct field_value begin;
	struct ptree_usage usage;

	if (subject->is_summary)
		return false;
	ptree_node_usage(node, &usage);
	if (is_over && usage.is_final && !subject->thread)
		return set_number(value, usage.elapsed_ns);
	get_begin(context, subject, &begin);
	return begin.number && set_number(value, end_ns > begin.number ? end_ns - begin.number : 0);
}

/* Of what is over, if it was seen to end. */
static bool get_status(const struct column_subject *subject, uint32_t *status)
{
	return is_process(subject) && ptree_node_has_ended(subject->node) &&
	       ptree_node_exit_status(subject->node, status);
}

GETTER(get_exit)
{
	uint32_t status;

	return get_status(subject, &status) && WIFEXITED(status) &&
	       set_number(value, (uint64_t)WEXITSTATUS(status));
}

GETTER(get_signal)
{
	uint32_t status;

	return get_status(subject, &status) && WIFSIGNALED(status) &&
	       set_number(value, (uint64_t)WTERMSIG(status));
}

static bool get_stat(const struct column_subject *subject, struct ptree_usage *usage)
{
	return get_usage(subject, PTREE_USAGE_STAT, usage);
}

GETTER(get_nice)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) && set_number(value, FIELD_ZERO + (uint64_t)usage.nice);
}

GETTER(get_priority)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) &&
	       set_number(value, FIELD_ZERO + (uint64_t)usage.priority);
}

GETTER(get_group)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) && set_number(value, (uint64_t)usage.pgrp);
}

GETTER(get_is_kernel_thread)
{
	return set_number(value, ptree_node_is_kernel_thread(subject->node));
}

GETTER(get_is_zombie)
{
	return set_number(value, ptree_node_is_zombie(subject->node));
}

bool field_get(const struct field *field, const struct column_context *context,
	       const struct column_subject *subject, struct field_value *value)
{
	struct ptree_usage usage;

	if (field->get)
		return field->get(context, subject, value);
	if (!get_usage(subject, field->usage, &usage))
		return false;
	memcpy(&value->number, (const char *)&usage + field->usage_at, sizeof(value->number));
	return true;
}

/* ---- showing ---- */

#define SHOWER(name)                                                                               \
	static void name(const struct column_context *context,                                     \
			 const struct column_subject *subject, struct column_text *cell)

static void put_permille(const struct column_context *context, uint64_t permille,
			 struct column_text *cell)
{
	column_format_permille(cell->text, sizeof(cell->text), (uint32_t)permille, context->utf8);
	cell->role = permille < 10 ? THEME_DIM : THEME_NORMAL;
}

static void put_bytes(uint64_t bytes, struct column_text *cell)
{
	column_format_bytes(cell->text, sizeof(cell->text), bytes);
	cell->role = bytes < 1024 * 1024 ? THEME_DIM : THEME_NORMAL;
}

static void put_duration(uint64_t ns, struct column_text *cell)
{
	column_format_time(cell->text, sizeof(cell->text), ns);
	cell->role = ns < NS_PER_S ? THEME_DIM : THEME_NORMAL;
}

static void put_number(uint64_t number, struct column_text *cell)
{
	if (number < 10000)
		snprintf(cell->text, sizeof(cell->text), "%u", (unsigned)number);
	else
		snprintf(cell->text, sizeof(cell->text), "%lluk",
			 (unsigned long long)number / 1000);
	cell->role = number <= 1 ? THEME_DIM : THEME_NORMAL;
}

static void put_pid(uint64_t pid, struct column_text *cell)
{
	snprintf(cell->text, sizeof(cell->text), "%d", (int)pid);
	cell->role = THEME_PID;
}

static void put_user(const struct column_context *context, const struct field_value *value,
		     struct column_text *cell)
{
	uint32_t uid = (uint32_t)value->number;

	if (value->text)
		snprintf(cell->text, sizeof(cell->text), "%.*s", (int)value->size, value->text);
	else
		snprintf(cell->text, sizeof(cell->text), "%u", uid);
	cell->role = theme_user(uid, context->own_uid);
}

static void put_state(uint64_t state, struct column_text *cell)
{
	snprintf(cell->text, sizeof(cell->text), "%c", (char)state);
	cell->role = state == 'R'   ? THEME_STATE_GOOD
		     : state == 'D' ? THEME_STATE_WARNING
		     : state == 'Z' ? THEME_STATE_BAD
				    : THEME_DIM;
}

static void put_signal(uint64_t number, struct column_text *cell)
{
	const char *name = sigabbrev_np((int)number);

	if (name)
		snprintf(cell->text, sizeof(cell->text), "%s", name);
	else
		snprintf(cell->text, sizeof(cell->text), "%u", (unsigned)number);
	cell->role = THEME_FAILURE;
}

static void put_text(const struct field_value *value, struct column_text *cell)
{
	snprintf(cell->text, sizeof(cell->text), "%.*s", (int)value->size, value->text);
}

static void put_arguments(const struct field_value *value, struct column_text *cell)
{
	size_t size = text_join_argv(cell->text, sizeof(cell->text) - 1, value->text, value->size);

	cell->text[size] = '\0';
}

static void put_value(enum field_kind kind, const struct column_context *context,
		      const struct field_value *value, struct column_text *cell)
{
	switch (kind) {
	case FIELD_NUMBER:
	case FIELD_FLAG:
		put_number(value->number, cell);
		break;
	case FIELD_PID:
		put_pid(value->number, cell);
		break;
	case FIELD_USER:
		put_user(context, value, cell);
		break;
	case FIELD_STATE:
		put_state(value->number, cell);
		break;
	case FIELD_SIGNAL:
		put_signal(value->number, cell);
		break;
	case FIELD_SIGNED:
		snprintf(cell->text, sizeof(cell->text), "%lld",
			 (long long)(value->number - FIELD_ZERO));
		break;
	case FIELD_PERMILLE:
		put_permille(context, value->number, cell);
		break;
	case FIELD_BYTES:
		put_bytes(value->number, cell);
		break;
	case FIELD_DURATION:
	case FIELD_BOOT_TIME:
		put_duration(value->number, cell);
		break;
	case FIELD_TEXT:
		put_text(value, cell);
		break;
	case FIELD_ARGUMENTS:
		put_arguments(value, cell);
		break;
	}
}

SHOWER(show_pid)
{
	struct field_value value = { 0 };

	get_pid(context, subject, &value);
	put_pid(value.number, cell);
	if (subject->is_summary)
		snprintf(cell->text, sizeof(cell->text), context->utf8 ? "∅" : "+");
}

SHOWER(show_rss)
{
	struct field_value value = { 0 };

	if (!ptree_node_is_kernel_thread(subject->node) && get_rss(context, subject, &value))
		put_bytes(value.number, cell);
}

SHOWER(show_sum_rss)
{
	struct field_value value = { 0 };

	if (!subject->is_summary && get_sum_rss(context, subject, &value) && value.number)
		put_bytes(value.number, cell);
}

static void show_time_of_gone(const struct column_subject *subject, struct column_text *cell)
{
	struct ptree_usage usage;

	cell->role = THEME_GONE;
	ptree_node_usage(subject->node, &usage);
	if (usage.is_final)
		column_format_cpu(cell->text, sizeof(cell->text), &usage);
}

/* Less than the kernel's tick is told as such, once it was sampled at all. */
SHOWER(show_time)
{
	struct field_value value = { 0 };
	struct ptree_usage usage;
	bool is_known;

	if (subject->is_summary)
		return;
	if (!subject->thread && column_is_over(context, subject->node)) {
		show_time_of_gone(subject, cell);
		return;
	}
	ptree_node_usage(subject->node, &usage);
	is_known = get_time(context, subject, &value);
	if (is_known && (value.number || !subject->thread)) {
		put_duration(value.number, cell);
	} else if (subject->thread ? is_known : usage.sampled_ns != 0) {
		snprintf(cell->text, sizeof(cell->text), "<10ms");
		cell->role = THEME_DIM;
	}
}

SHOWER(show_age)
{
	bool is_over = column_is_over(context, subject->node);
	struct field_value value = { 0 };
	struct ptree_usage usage;

	if (subject->is_summary)
		return;
	cell->role = is_over ? THEME_GONE : THEME_NORMAL;
	ptree_node_usage(subject->node, &usage);
	if (!get_age(context, subject, &value))
		snprintf(cell->text, sizeof(cell->text), "?");
	else if (is_over && usage.is_final && !subject->thread)
		column_format_time(cell->text, sizeof(cell->text), value.number);
	else
		column_format_age(cell->text, sizeof(cell->text), value.number,
				  is_over && ptree_node_is_begin_exact(subject->node));
}

/* The time of the day; of what began longer ago than that the date. */
SHOWER(show_begin)
{
	struct field_value value = { 0 };
	struct tm local;
	time_t when;
	bool is_today;

	if (subject->is_summary || !get_begin(context, subject, &value) || !value.number)
		return;
	when = (time_t)((value.number + context->real_offset_ns) / NS_PER_S);
	is_today = context->now_ns < value.number + DAY_NS;
	if (localtime_r(&when, &local))
		strftime(cell->text, sizeof(cell->text), is_today ? "%H:%M:%S" : "%b %e", &local);
	cell->role = THEME_DIM;
}

void field_show(const struct field *field, const struct column_context *context,
		const struct column_subject *subject, struct column_text *cell)
{
	struct field_value value = { 0 };

	if (field->is_of_living && subject->node && column_is_over(context, subject->node))
		return;
	if (field->show)
		field->show(context, subject, cell);
	else if (field_get(field, context, subject, &value))
		put_value(field->kind, context, &value, cell);
}

void field_show_value(const struct field *field, const struct column_context *context,
		      const struct field_value *value, struct column_text *cell)
{
	put_value(field->kind, context, value, cell);
}

bool field_is_shown(const struct field *field, int screen_cols)
{
	return field->width && screen_cols >= field->least_screen_width;
}

int field_width(const struct field *field, int screen_cols)
{
	return field->narrow_width && screen_cols < WIDE_COLS ? field->narrow_width : field->width;
}

bool field_is_right_aligned(const struct field *field)
{
	return field->kind != FIELD_USER && field->kind != FIELD_STATE &&
	       field->kind != FIELD_TEXT && field->kind != FIELD_ARGUMENTS;
}

/* ---- comparing ---- */

/* The beginning of a name as a number, so that the smaller comes first. */
static uint64_t key_of_name(const struct column_subject *subject)
{
	const char *text = ptree_node_comm(subject->node);
	uint64_t key = 0;

	for (int i = 0; i < 8; i++) {
		key = key << 8 | (unsigned char)*text;
		text += *text != '\0';
	}
	return UINT64_MAX - key;
}

/* With what is over below it. */
static uint64_t key_of_time(const struct column_subject *subject)
{
	const struct ptree_summary *summary = ptree_node_summary(subject->node);
	struct ptree_usage usage;

	ptree_node_usage(subject->node, &usage);
	return usage.cpu_ns + (summary ? summary->cpu_ns : 0);
}

/* ---- the table ---- */

/* Where the screen is narrow, the name of the program is worth more than all but the pid. */
const struct field fields[] = {
	{ .name = "pid",
	  .kind = FIELD_PID,
	  .get = get_pid,
	  .title = "PID",
	  .width = 7,
	  .show = show_pid,
	  .sort_name = "pid",
	  .sort_place = 5,
	  .sorts_up = true,
	  .is_filter = true,
	  .json = "pid",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "ppid",
	  .kind = FIELD_PID,
	  .title = "PPID",
	  .width = 7,
	  .least_screen_width = ON_WISH,
	  .get = get_ppid,
	  .is_filter = true,
	  .json = "ppid",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "origin",
	  .kind = FIELD_PID,
	  .title = "ORIGIN",
	  .width = 7,
	  .least_screen_width = ON_WISH,
	  .get = get_origin,
	  .is_filter = true,
	  .json = "origin_pid",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "origin-inferred",
	  .kind = FIELD_FLAG,
	  .get = get_is_origin_inferred,
	  .json = "origin_inferred",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "uid",
	  .kind = FIELD_NUMBER,
	  .title = "UID",
	  .width = 6,
	  .least_screen_width = ON_WISH,
	  .get = get_uid,
	  .is_filter = true,
	  .json = "uid",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "user",
	  .kind = FIELD_USER,
	  .get = get_user,
	  .title = "USER",
	  .width = 8,
	  .narrow_width = 6,
	  .least_screen_width = 56,
	  .sort_name = "user",
	  .sort_place = 6,
	  .sorts_up = true,
	  .is_filter = true,
	  .json = "user",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "comm",
	  .kind = FIELD_TEXT,
	  .get = get_comm,
	  .sort_name = "command",
	  .sort_place = 7,
	  .sort_key = key_of_name,
	  .is_filter = true,
	  .json = "comm",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "cmd",
	  .kind = FIELD_ARGUMENTS,
	  .get = get_arguments,
	  .is_filter = true,
	  .json = "argv",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "cmd-status",
	  .kind = FIELD_TEXT,
	  .get = get_arguments_status,
	  .json = "argv_status",
	  .json_in = FIELD_IN_EVENT | FIELD_IN_TREE },
	{ .name = "start",
	  .kind = FIELD_BOOT_TIME,
	  .title = "START",
	  .width = 8,
	  .least_screen_width = ON_WISH,
	  .show = show_begin,
	  .get = get_begin,
	  .json = "boot_ns",
	  .json_in = FIELD_IN_TREE },
	{ .name = "session",
	  .kind = FIELD_PID,
	  .title = "SID",
	  .width = 7,
	  .least_screen_width = ON_WISH,
	  .get = get_session,
	  .is_filter = true,
	  .json = "sid",
	  .json_in = FIELD_IN_TREE },
	{ .name = "state",
	  .kind = FIELD_STATE,
	  .get = get_state,
	  .title = "S",
	  .width = 1,
	  .least_screen_width = 66,
	  .is_filter = true,
	  .json = "state",
	  .json_in = FIELD_IN_TREE },
	{ .name = "cpu",
	  .kind = FIELD_PERMILLE,
	  .get = get_cpu,
	  .is_filter = true,
	  .title = "CPU%",
	  .width = 4,
	  .least_screen_width = 66,
	  .is_of_living = true },
	{ .name = "sum-cpu",
	  .kind = FIELD_PERMILLE,
	  .get = get_sum_cpu,
	  .title = "ΣCPU",
	  .ascii_title = "+CPU",
	  .width = 4,
	  .least_screen_width = 76,
	  .is_of_living = true,
	  .is_of_sums = true,
	  .sort_name = "CPU",
	  .sort_place = FIELD_SORT_CPU },
	{ .name = "rss",
	  .kind = FIELD_BYTES,
	  .get = get_rss,
	  .is_filter = true,
	  .title = "RSS",
	  .width = 4,
	  .least_screen_width = 110,
	  .is_of_living = true,
	  .show = show_rss,
	  .json = "rss_bytes",
	  .json_in = FIELD_IN_TREE },
	{ .name = "sum-rss",
	  .kind = FIELD_BYTES,
	  .get = get_sum_rss,
	  .title = "ΣRSS",
	  .ascii_title = "+RSS",
	  .width = 4,
	  .least_screen_width = 76,
	  .is_of_living = true,
	  .show = show_sum_rss,
	  .is_of_sums = true,
	  .sort_name = "memory",
	  .sort_place = FIELD_SORT_MEMORY,
	  .json = "subtree_rss_bytes",
	  .json_in = FIELD_IN_TREE },
	{ .name = "threads",
	  .kind = FIELD_NUMBER,
	  .get = get_threads,
	  .title = "THR",
	  .width = 4,
	  .adds_up = true,
	  .least_screen_width = 120,
	  .is_of_living = true,
	  .sort_name = "threads",
	  .sort_place = 4,
	  .is_filter = true,
	  .json = "threads",
	  .json_in = FIELD_IN_TREE },
	{ .name = "time",
	  .kind = FIELD_DURATION,
	  .get = get_time,
	  .is_filter = true,
	  .title = "TIME",
	  .width = 5,
	  .adds_up = true,
	  .least_screen_width = 120,
	  .show = show_time,
	  .sort_name = "CPU time",
	  .sort_place = FIELD_SORT_TIME,
	  .sorts_by_sum = true,
	  .sort_key = key_of_time,
	  .json = "cpu_ns",
	  .json_in = FIELD_IN_EXIT | FIELD_IN_TREE },
	{ .name = "user-time",
	  .kind = FIELD_DURATION,
	  .title = "UTIME",
	  .width = 5,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .usage = PTREE_USAGE_CPU_SPLIT,
	  .usage_at = offsetof(struct ptree_usage, cpu_user_ns),
	  .json = "cpu_user_ns",
	  .json_in = FIELD_IN_EXIT | FIELD_IN_TREE },
	{ .name = "system-time",
	  .kind = FIELD_DURATION,
	  .title = "STIME",
	  .width = 5,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .usage = PTREE_USAGE_CPU_SPLIT,
	  .usage_at = offsetof(struct ptree_usage, cpu_system_ns),
	  .json = "cpu_system_ns",
	  .json_in = FIELD_IN_EXIT | FIELD_IN_TREE },
	{ .name = "waited-time",
	  .kind = FIELD_DURATION,
	  .usage = PTREE_USAGE_WAITED,
	  .usage_at = offsetof(struct ptree_usage, waited_cpu_ns),
	  .json = "waited_cpu_ns",
	  .json_in = FIELD_IN_TREE },
	{ .name = "sum-time",
	  .kind = FIELD_DURATION,
	  .get = get_sum_time,
	  .json = "subtree_cpu_ns",
	  .json_in = FIELD_IN_TREE },
	{ .name = "max-rss",
	  .kind = FIELD_BYTES,
	  .title = "PEAK",
	  .width = 4,
	  .least_screen_width = ON_WISH,
	  .usage = PTREE_USAGE_MAX_RSS,
	  .usage_at = offsetof(struct ptree_usage, max_rss_bytes),
	  .is_filter = true,
	  .json = "max_rss_bytes",
	  .json_in = FIELD_IN_EXIT },
	{ .name = "read",
	  .kind = FIELD_BYTES,
	  .title = "READ",
	  .width = 4,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .usage = PTREE_USAGE_IO,
	  .usage_at = offsetof(struct ptree_usage, read_bytes),
	  .is_filter = true,
	  .json = "read_bytes",
	  .json_in = FIELD_IN_EXIT },
	{ .name = "written",
	  .kind = FIELD_BYTES,
	  .title = "WRITE",
	  .width = 5,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .usage = PTREE_USAGE_IO,
	  .usage_at = offsetof(struct ptree_usage, write_bytes),
	  .is_filter = true,
	  .json = "write_bytes",
	  .json_in = FIELD_IN_EXIT },
	{ .name = "age",
	  .kind = FIELD_DURATION,
	  .get = get_age,
	  .title = "AGE",
	  .width = 5,
	  .least_screen_width = 30,
	  .show = show_age,
	  .is_birth_order = true,
	  .is_filter = true,
	  .changes_with_time = true },
	{ .name = "exit",
	  .kind = FIELD_NUMBER,
	  .get = get_exit,
	  .title = "EXIT",
	  .width = 4,
	  .least_screen_width = ON_WISH,
	  .is_filter = true },
	{ .name = "signal",
	  .kind = FIELD_SIGNAL,
	  .get = get_signal,
	  .title = "SIGNAL",
	  .width = 6,
	  .least_screen_width = ON_WISH,
	  .is_filter = true },
	{ .name = "nice",
	  .kind = FIELD_SIGNED,
	  .get = get_nice,
	  .title = "NI",
	  .width = 3,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "priority",
	  .kind = FIELD_SIGNED,
	  .get = get_priority,
	  .title = "PRI",
	  .width = 4,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "group",
	  .kind = FIELD_PID,
	  .get = get_group,
	  .title = "PGRP",
	  .width = 7,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "virtual",
	  .kind = FIELD_BYTES,
	  .usage = PTREE_USAGE_STAT,
	  .usage_at = offsetof(struct ptree_usage, virtual_bytes),
	  .title = "VIRT",
	  .width = 4,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "minor-faults",
	  .kind = FIELD_NUMBER,
	  .usage = PTREE_USAGE_STAT,
	  .usage_at = offsetof(struct ptree_usage, minor_faults),
	  .title = "MINFLT",
	  .width = 6,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "major-faults",
	  .kind = FIELD_NUMBER,
	  .usage = PTREE_USAGE_STAT,
	  .usage_at = offsetof(struct ptree_usage, major_faults),
	  .title = "MAJFLT",
	  .width = 6,
	  .adds_up = true,
	  .least_screen_width = ON_WISH,
	  .is_of_living = true,
	  .is_filter = true },
	{ .name = "kernel-thread",
	  .kind = FIELD_FLAG,
	  .get = get_is_kernel_thread,
	  .is_filter = true,
	  .json = "kernel_thread",
	  .json_in = FIELD_IN_TREE },
	{ .name = "zombie",
	  .kind = FIELD_FLAG,
	  .get = get_is_zombie,
	  .is_filter = true,
	  .json = "zombie",
	  .json_in = FIELD_IN_TREE },
#ifdef FIELD_OF_A_TEST
	FIELD_OF_A_TEST,
#endif
	{ .name = NULL },
};

const struct field *field_find(const char *name, size_t size)
{
	for (const struct field *field = fields; field->name; field++) {
		if (strlen(field->name) == size && !memcmp(field->name, name, size))
			return field;
	}
	return NULL;
}

const struct field *field_sort_at(int place)
{
	for (const struct field *field = fields; field->name; field++) {
		if (field->sort_name && field->sort_place == place)
			return field;
	}
	return NULL;
}

int field_sort_place(const struct field *sort)
{
	return sort ? sort->sort_place : 0;
}

bool field_find_sort(const char *name, const struct field **sort)
{
	for (int place = 0; place < field_sort_count(); place++) {
		const struct field *field = field_sort_at(place);

		if (strcasecmp(field_sort_name(field), name) != 0 &&
		    (!field || strcmp(field->name, name) != 0))
			continue;
		*sort = field;
		return true;
	}
	return false;
}

int field_sort_count(void)
{
	int count = 1;

	for (const struct field *field = fields; field->name; field++)
		count += field->sort_name != NULL;
	return count;
}

const char *field_sort_name(const struct field *sort)
{
	return sort ? sort->sort_name : "birth";
}

bool field_is_sort(const struct field *field, const struct field *sort)
{
	return sort ? field == sort : field->is_birth_order;
}

uint64_t field_sort_key(const struct field *sort, const struct column_subject *subject)
{
	static const struct column_context nobody = { .now_ns = 0 };
	struct field_value value;

	if (sort->sort_key)
		return sort->sort_key(subject);
	if (!field_get(sort, &nobody, subject, &value))
		return 0;
	return sort->sorts_up ? UINT32_MAX - value.number : value.number;
}

uint64_t field_sort_key_of_sums(const struct field *sort, const struct column_subject *subject)
{
	return sort->is_of_sums ? field_sort_key(sort, subject) : 0;
}
