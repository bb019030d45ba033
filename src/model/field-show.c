/* SPDX-License-Identifier: MIT */
/* Properties as cells: each kind of value, and the few that are shown otherwise than their kind. */
#include "model/field-impl.h"
#include "model/process-reader.h"
#include "draw/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define DAY_NS (86400 * NS_PER_S)
#define WIDE_COLS 100

#define SHOWER(name)                                                                               \
	void name(const struct column_context *context, const struct column_subject *subject,      \
		  struct column_text *cell)

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

/* Nothing is a dot, so that one sees who does something. */
static void put_byte_rate(const struct column_context *context, uint64_t bytes,
			  struct column_text *cell)
{
	if (bytes)
		put_bytes(bytes, cell);
	else
		put_permille(context, 0, cell);
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
		snprintf(cell->text, sizeof(cell->text), "%llu%c",
			 (unsigned long long)number / (number < 10000000 ? 1000 : 1000000),
			 number < 10000000 ? 'k' : 'M');
	cell->role = number <= 1 ? THEME_DIM : THEME_NORMAL;
}

static void put_rate(const struct column_context *context, uint64_t per_ks,
		     struct column_text *cell)
{
	if (!per_ks)
		snprintf(cell->text, sizeof(cell->text), "%s", context->utf8 ? "·" : "0");
	else if (per_ks < 9950)
		snprintf(cell->text, sizeof(cell->text), "%.1f", (double)per_ks / 1000);
	else
		snprintf(cell->text, sizeof(cell->text), "%llu",
			 (unsigned long long)(per_ks + 500) / 1000);
	cell->role = per_ks < 100 ? THEME_DIM : THEME_NORMAL;
}

#define TTY_MAJOR 4
#define TTY_SERIAL_FROM 64
#define TTY_AUX_MAJOR 5
#define TTY_CONSOLE 1
#define TTY_PTY_MAJOR 136

/* Numbers are for keeps: see the kernel's devices.txt. */
void field_format_tty(char *out, size_t size, uint32_t device)
{
	unsigned major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	if (major == TTY_PTY_MAJOR)
		snprintf(out, size, "pts/%u", minor);
	else if (major == TTY_MAJOR && minor < TTY_SERIAL_FROM)
		snprintf(out, size, "tty%u", minor);
	else if (major == TTY_MAJOR)
		snprintf(out, size, "ttyS%u", minor - TTY_SERIAL_FROM);
	else if (major == TTY_AUX_MAJOR && minor == TTY_CONSOLE)
		snprintf(out, size, "console");
	else
		snprintf(out, size, "%u:%u", major, minor);
}

void field_format_namespaces(char *out, uint64_t mask)
{
	char *end = out;

	for (size_t i = 0; i < PROCESS_NAMESPACE_COUNT; i++) {
		if (mask & 1u << i)
			*end++ = PROCESS_NAMESPACES[i];
	}
	if (end == out)
		*end++ = '-';
	*end = '\0';
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
	case FIELD_RATE:
		put_rate(context, value->number, cell);
		break;
	case FIELD_NAMESPACES:
		field_format_namespaces(cell->text, value->number);
		cell->role = value->number ? THEME_NORMAL : THEME_DIM;
		break;
	case FIELD_TTY:
		field_format_tty(cell->text, sizeof(cell->text), (uint32_t)value->number);
		break;
	case FIELD_BYTES:
		put_bytes(value->number, cell);
		break;
	case FIELD_BYTE_RATE:
		put_byte_rate(context, value->number, cell);
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

SHOWER(field_show_pid)
{
	struct field_value value = { 0 };

	field_get_pid(context, subject, &value);
	put_pid(value.number, cell);
	if (subject->is_summary)
		snprintf(cell->text, sizeof(cell->text), context->utf8 ? "∅" : "+");
}

SHOWER(field_show_rss)
{
	struct field_value value = { 0 };

	if (!ptree_node_is_kernel_thread(subject->node) && field_get_rss(context, subject, &value))
		put_bytes(value.number, cell);
}

SHOWER(field_show_sum_rss)
{
	struct field_value value = { 0 };

	if (!subject->is_summary && field_get_sum_rss(context, subject, &value) && value.number)
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
SHOWER(field_show_time)
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
	is_known = field_get_time(context, subject, &value);
	if (is_known && (value.number || !subject->thread)) {
		put_duration(value.number, cell);
	} else if (subject->thread ? is_known : usage.sampled_ns != 0) {
		snprintf(cell->text, sizeof(cell->text), "<10ms");
		cell->role = THEME_DIM;
	}
}

SHOWER(field_show_age)
{
	bool is_over = column_is_over(context, subject->node);
	struct field_value value = { 0 };
	struct ptree_usage usage;

	if (subject->is_summary)
		return;
	cell->role = is_over ? THEME_GONE : THEME_NORMAL;
	ptree_node_usage(subject->node, &usage);
	if (!field_get_age(context, subject, &value))
		snprintf(cell->text, sizeof(cell->text), "?");
	else if (is_over && usage.is_final && !subject->thread)
		column_format_time(cell->text, sizeof(cell->text), value.number);
	else
		column_format_age(cell->text, sizeof(cell->text), value.number,
				  is_over && ptree_node_is_begin_exact(subject->node));
}

/* The time of the day; of what began longer ago than that the date. */
SHOWER(field_show_begin)
{
	struct field_value value = { 0 };
	struct tm local;
	time_t when;
	bool is_today;

	if (subject->is_summary || !field_get_begin(context, subject, &value) || !value.number)
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
	       field->kind != FIELD_TEXT && field->kind != FIELD_NAMESPACES &&
	       field->kind != FIELD_TTY && field->kind != FIELD_ARGUMENTS;
}
