/* SPDX-License-Identifier: MIT */
/* How to get each property of a process. */
#include "model/cgroups.h"
#include "model/field-impl.h"
#include "model/readings.h"

#include <string.h>
#include <sys/wait.h>

/* Few values depend on who looks, and when. */
#define GETTER(name)                                                                               \
	bool name(const struct column_context *context __attribute__((unused)),                    \
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

GETTER(field_get_pid)
{
	return set_number(value, (uint64_t)(subject->thread ? ptree_thread_tid(subject->thread)
							    : ptree_node_pid(subject->node)));
}

/* Those that are under nobody say so in /proc; those that nobody has seen there say nothing. */
GETTER(field_get_ppid)
{
	const struct ptree_node *parent = ptree_node_parent(subject->node);
	pid_t ppid = !subject->ppid && parent ? ptree_node_pid(parent) : subject->ppid;

	set_number(value, (uint64_t)ppid);
	return ppid || ptree_node_euid(subject->node) != PTREE_UNKNOWN_ID;
}

GETTER(field_get_origin)
{
	const struct ptree_node *origin = ptree_node_origin(subject->node);

	return origin && set_number(value, (uint64_t)ptree_node_pid(origin));
}

GETTER(field_get_is_origin_inferred)
{
	return set_number(value, ptree_node_is_origin_inferred(subject->node));
}

GETTER(field_get_uid)
{
	set_number(value, ptree_node_euid(subject->node));
	return is_process(subject) && value->number != PTREE_UNKNOWN_ID;
}

GETTER(field_get_user)
{
	const char *name;

	if (!field_get_uid(context, subject, value))
		return false;
	name =
	    context->users ? ptree_users_name_later(context->users, (uint32_t)value->number) : NULL;
	set_text(value, name, name ? strlen(name) : 0);
	return true;
}

/* NULL: that piece of it was not read. */
static const struct reading *reading_of(const struct column_context *context,
					const struct column_subject *subject,
					enum ptree_piece piece)
{
	const struct reading *reading =
	    context->sources && is_process(subject)
		? readings_find(context->sources->readings, ptree_node_id(subject->node))
		: NULL;

	return reading && reading->figures.known & 1u << piece ? reading : NULL;
}

/* Events tell it when it changes, and else nobody. */
static uint32_t real_uid(const struct column_context *context, const struct column_subject *subject)
{
	uint32_t uid = ptree_node_ruid(subject->node);
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_CREDENTIALS);

	return uid == PTREE_UNKNOWN_ID && reading ? reading->figures.ruid : uid;
}

GETTER(field_get_real_user)
{
	const char *name = NULL;

	set_number(value, real_uid(context, subject));
	if (!is_process(subject) || value->number == PTREE_UNKNOWN_ID)
		return false;
	if (context->users)
		name = ptree_users_name_later(context->users, (uint32_t)value->number);
	set_text(value, name, name ? strlen(name) : 0);
	return true;
}

GETTER(field_get_comm)
{
	const struct ptree_image *image = image_of(subject);
	const char *name = subject->thread ? ptree_thread_comm(subject->thread) : NULL;

	if (subject->is_summary)
		return false;
	if (name && *name)
		return set_text(value, name, strlen(name));
	return image && set_text(value, ptree_image_name(image), strlen(ptree_image_name(image)));
}

GETTER(field_get_arguments)
{
	const struct ptree_image *image = image_of(subject);

	if (!image)
		return false;
	set_text(value, image->argv, image->argv_size);
	return image->argv_status == PTREE_ARGV_READ || image->argv_status == PTREE_ARGV_TRUNCATED;
}

GETTER(field_get_arguments_status)
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

GETTER(field_get_state)
{
	struct ptree_usage usage;

	ptree_node_usage(subject->node, &usage);
	set_number(value, ptree_node_is_zombie(subject->node) ? 'Z' : (unsigned char)usage.state);
	return is_process(subject) && value->number;
}

GETTER(field_get_cpu)
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

GETTER(field_get_sum_cpu)
{
	return subject->has_sums && subject->sum_cpu_permille != PTREE_UNKNOWN_ID &&
	       set_number(value, subject->sum_cpu_permille);
}

GETTER(field_get_sum_rss)
{
	return subject->has_sums && set_number(value, subject->sum_rss_kib * 1024);
}

GETTER(field_get_sum_time)
{
	return subject->has_sums && set_number(value, subject->sum_cpu_ns);
}

GETTER(field_get_threads)
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

GETTER(field_get_rss)
{
	struct ptree_usage usage;

	return get_usage(subject, PTREE_USAGE_RSS, &usage) && set_number(value, usage.rss_bytes);
}

/* Kernel threads have none of it. */
GETTER(field_get_rss_share)
{
	uint64_t memory_bytes = context->sources ? context->sources->memory_bytes : 0;

	if (!memory_bytes || ptree_node_is_kernel_thread(subject->node) ||
	    !field_get_rss(context, subject, value))
		return false;
	return set_number(value, value->number * 1000 / memory_bytes);
}

GETTER(field_get_time)
{
	struct ptree_usage usage;
	uint32_t permille;

	if (subject->thread)
		return ptree_thread_usage(subject->thread, &value->number, &permille);
	return get_usage(subject, PTREE_USAGE_CPU, &usage) && set_number(value, usage.cpu_ns);
}

GETTER(field_get_session)
{
	return set_number(value, (uint64_t)ptree_node_sid(subject->node));
}

GETTER(field_get_begin)
{
	set_number(value, subject->thread ? ptree_thread_begin_ns(subject->thread)
					  : ptree_node_begin_ns(subject->node));
	return true;
}

GETTER(field_get_age)
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
	field_get_begin(context, subject, &begin);
	return begin.number && set_number(value, end_ns > begin.number ? end_ns - begin.number : 0);
}

/* Of what is over, if it was seen to end. */
static bool get_status(const struct column_subject *subject, uint32_t *status)
{
	return is_process(subject) && ptree_node_has_ended(subject->node) &&
	       ptree_node_exit_status(subject->node, status);
}

GETTER(field_get_exit)
{
	uint32_t status;

	return get_status(subject, &status) && WIFEXITED(status) &&
	       set_number(value, (uint64_t)WEXITSTATUS(status));
}

GETTER(field_get_signal)
{
	uint32_t status;

	return get_status(subject, &status) && WIFSIGNALED(status) &&
	       set_number(value, (uint64_t)WTERMSIG(status));
}

static bool get_stat(const struct column_subject *subject, struct ptree_usage *usage)
{
	return get_usage(subject, PTREE_USAGE_STAT, usage);
}

GETTER(field_get_nice)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) && set_number(value, FIELD_ZERO + (uint64_t)usage.nice);
}

GETTER(field_get_priority)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) &&
	       set_number(value, FIELD_ZERO + (uint64_t)usage.priority);
}

GETTER(field_get_group)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) && set_number(value, (uint64_t)usage.pgrp);
}

GETTER(field_get_tty)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) && usage.tty && set_number(value, usage.tty);
}

GETTER(field_get_faults)
{
	struct ptree_usage usage;

	return get_stat(subject, &usage) &&
	       set_number(value, usage.minor_faults + usage.major_faults);
}

/* Who has no activity does nothing of late. */
static bool get_activity(const struct column_context *context, const struct column_subject *subject,
			 struct ptree_activity *out)
{
	const struct ptree_activity *activity = ptree_node_activity(subject->node);

	*out = activity ? *activity : (struct ptree_activity){ 0 };
	return context->sources && context->sources->has_activity && is_process(subject) &&
	       !ptree_node_has_ended(subject->node);
}

GETTER(field_get_forks)
{
	struct ptree_activity activity;

	return get_activity(context, subject, &activity) &&
	       set_number(value, activity.forks_per_ks);
}

GETTER(field_get_execs)
{
	struct ptree_activity activity;

	return get_activity(context, subject, &activity) &&
	       set_number(value, activity.execs_per_ks);
}

/* The names are the sources' own, until they are turned. */
static bool get_cgroup(const struct column_context *context, const struct column_subject *subject,
		       struct cgroup_names *names)
{
	return context->sources && context->sources->cgroups && is_process(subject) &&
	       cgroups_find(context->sources->cgroups, ptree_node_id(subject->node), names) ==
		   CGROUP_READ;
}

GETTER(field_get_cgroup)
{
	struct cgroup_names names;

	return get_cgroup(context, subject, &names) &&
	       set_text(value, names.path, strlen(names.path));
}

GETTER(field_get_unit)
{
	struct cgroup_names names;

	return get_cgroup(context, subject, &names) &&
	       set_text(value, names.unit, strlen(names.unit));
}

GETTER(field_get_container)
{
	struct cgroup_names names;

	return get_cgroup(context, subject, &names) &&
	       set_text(value, names.container, strlen(names.container));
}

GETTER(field_get_pss)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_PSS);

	return reading && set_number(value, reading->figures.pss_bytes);
}

GETTER(field_get_swap)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_MEMORY);

	return reading && set_number(value, reading->figures.swap_bytes);
}

GETTER(field_get_shared)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_RSS_KINDS);

	return reading && set_number(value, reading->figures.shared_bytes);
}

GETTER(field_get_io_read)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_IO);

	return reading && reading->has_rates && set_number(value, reading->read_per_s);
}

GETTER(field_get_io_write)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_IO);

	return reading && reading->has_rates && set_number(value, reading->written_per_s);
}

GETTER(field_get_io)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_IO);

	return reading && reading->has_rates &&
	       set_number(value, reading->read_per_s + reading->written_per_s);
}

/* Somebody below it may do some of whom it is known while its own is not. */
GETTER(field_get_sum_io)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_IO);
	uint64_t bytes =
	    context->sources && is_process(subject)
		? readings_io_below(context->sources->readings, ptree_node_id(subject->node))
		: 0;

	return ((reading && reading->has_rates) || bytes) && !ptree_node_has_ended(subject->node) &&
	       set_number(value, bytes);
}

/* Of what is over by the kernel's account of it; it may have a reading from before. */
static bool get_final_io(const struct column_subject *subject, struct ptree_usage *usage)
{
	return get_usage(subject, PTREE_USAGE_IO, usage);
}

GETTER(field_get_read)
{
	const struct reading *reading;
	struct ptree_usage usage;

	if (get_final_io(subject, &usage))
		return set_number(value, usage.read_bytes);
	reading = ptree_node_has_ended(subject->node)
		      ? NULL
		      : reading_of(context, subject, PTREE_PIECE_IO);
	return reading && set_number(value, reading->figures.read_bytes);
}

GETTER(field_get_written)
{
	const struct reading *reading;
	struct ptree_usage usage;

	if (get_final_io(subject, &usage))
		return set_number(value, usage.write_bytes);
	reading = ptree_node_has_ended(subject->node)
		      ? NULL
		      : reading_of(context, subject, PTREE_PIECE_IO);
	return reading && set_number(value, reading->figures.written_bytes);
}

/* A letter for each; "-" where all are proctop's own. */
GETTER(field_get_namespaces)
{
	const struct reading *reading = reading_of(context, subject, PTREE_PIECE_NAMESPACES);

	return reading && set_number(value, reading->figures.namespaces);
}

GETTER(field_get_is_kernel_thread)
{
	return set_number(value, ptree_node_is_kernel_thread(subject->node));
}

GETTER(field_get_is_zombie)
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

bool field_get_part(const struct field *field, const struct column_context *context,
		    const struct column_subject *subject, struct field_value *value)
{
	return field->get_part ? field->get_part(context, subject, value)
			       : field_get(field, context, subject, value);
}
