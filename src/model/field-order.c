/* SPDX-License-Identifier: MIT */
/* Finding a property by its name, and properties as orders of siblings. */
#include "model/field-impl.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct field *field_find(const char *name, size_t size)
{
	for (const struct field *field = fields; field->name; field++) {
		if (strlen(field->name) == size && !memcmp(field->name, name, size))
			return field;
	}
	return NULL;
}

/* ---- comparing ---- */

/* The beginning of a text as a number, so that the smaller comes first. */
static uint64_t key_of_text(const char *text, size_t size)
{
	uint64_t key = 0;

	for (size_t i = 0; i < 8; i++)
		key = key << 8 | (i < size ? (unsigned char)text[i] : 0);
	return key < FIELD_KEY_MAX ? FIELD_KEY_MAX - key : 1;
}

/* With what is over below it. */
uint64_t field_key_of_time(const struct column_context *context __attribute__((unused)),
			   const struct column_subject *subject)
{
	const struct ptree_summary *summary = ptree_node_summary(subject->node);
	struct ptree_usage usage;

	ptree_node_usage(subject->node, &usage);
	return usage.cpu_ns + (summary ? summary->cpu_ns : 0) +
	       (summary || usage.known & PTREE_USAGE_CPU);
}

/*
 * Those of one cgroup together, by the beginning of its last name, whatever is above that: the
 * beginnings of paths are all alike. What else the path says is 16 bits of a sum.
 */
uint64_t field_key_of_cgroup(const struct column_context *context,
			     const struct column_subject *subject)
{
	struct field_value value;
	const char *name;
	uint32_t sum = 0;
	size_t size;

	if (!field_get_cgroup(context, subject, &value))
		return 0;
	name = memrchr(value.text, '/', value.size);
	name = name ? name + 1 : value.text;
	size = (size_t)(value.text + value.size - name);
	for (size_t i = 0; i < value.size; i++)
		sum = sum * 31 + (unsigned char)value.text[i];
	sum = (sum ^ sum >> 16) & 0xffff;
	return (key_of_text(name, size < 6 ? size : 6) & ~UINT64_C(0xffff)) | sum | 1;
}

/* What does something first, then what needs somebody to look at it. */
uint64_t field_key_of_state(const struct column_context *context,
			    const struct column_subject *subject)
{
	static const char order[] = "RDZTtXPKWNSI";
	struct field_value value;
	const char *found;

	if (!field_get_state(context, subject, &value))
		return 0;
	found = strchr(order, (int)value.number);
	return (size_t)(order + sizeof(order) - (found ? found : order + sizeof(order) - 1));
}

uint64_t field_sort_key_of_number(const struct field *sort, uint64_t number)
{
	number = number < FIELD_KEY_MAX ? number : FIELD_KEY_MAX - 1;
	return sort->sorts_up ? FIELD_KEY_MAX - number : number + 1;
}

uint64_t field_sort_key(const struct field *sort, const struct column_context *context,
			const struct column_subject *subject)
{
	struct field_value value = { 0 };

	if (sort->sort_key)
		return sort->sort_key(context, subject);
	if (!field_get(sort, context, subject, &value))
		return 0;
	if (sort->kind == FIELD_TEXT || sort->kind == FIELD_ARGUMENTS)
		return key_of_text(value.text, value.size);
	return field_sort_key_of_number(sort, value.number);
}

uint64_t field_sort_key_of_sums(const struct field *sort, const struct column_subject *subject)
{
	static const struct column_context nobody = { .now_ns = 0 };

	return sort->is_of_sums ? field_sort_key(sort, &nobody, subject) : 0;
}

/* ---- orders ---- */

/* It has no place among those that are always offered. */
static bool is_only_a_column(const struct field *field)
{
	return field->width && !field->sort_place && !field->is_birth_order;
}

const struct field *field_sort_at(int place)
{
	int others = field_sort_count();

	for (const struct field *field = fields; field->name && place; field++) {
		if (field->sort_place ? field->sort_place == place
				      : is_only_a_column(field) && others++ == place)
			return field;
	}
	return NULL;
}

int field_sort_place(const struct field *sort)
{
	int place = 0;

	while (sort && place < field_sort_count_of_all() && field_sort_at(place) != sort)
		place++;
	return place;
}

int field_sort_count(void)
{
	int count = 1;

	for (const struct field *field = fields; field->name; field++)
		count += field->sort_place != 0;
	return count;
}

int field_sort_count_of_all(void)
{
	int count = field_sort_count();

	for (const struct field *field = fields; field->name; field++)
		count += is_only_a_column(field);
	return count;
}

const char *field_sort_name(const struct field *sort)
{
	if (!sort)
		return "birth";
	return sort->sort_name ? sort->sort_name : sort->name;
}

/* ---- finding one ---- */

/* As ps, top and htop call them. */
static const struct {
	const char *name, *sort;
} aliases[] = {
	{ "%cpu", "CPU" },	   { "pcpu", "CPU" },	  { "%mem", "memory" },
	{ "pmem", "memory" },	   { "res", "rss" },	  { "vsz", "virtual" },
	{ "cmd", "command" },	   { "args", "command" }, { "age", "birth" },
	{ "etime", "birth" },	   { "nlwp", "threads" }, { "pgid", "group" },
	{ "cputime", "CPU time" },
};

#define ALIAS_COUNT (sizeof(aliases) / sizeof(aliases[0]))

static const char *canonical(const char *name)
{
	for (size_t i = 0; i < ALIAS_COUNT; i++) {
		if (!strcasecmp(aliases[i].name, name))
			return aliases[i].sort;
	}
	return name;
}

static const char *field_name(const struct field *sort)
{
	return sort ? sort->name : "birth";
}

static const char *title(const struct field *sort)
{
	return sort && sort->title ? sort->title : "";
}

/* The place of the first that is called so; -1. */
static int place_called(const char *(*name_of)(const struct field *sort), const char *name)
{
	for (int place = 0; place < field_sort_count_of_all(); place++) {
		if (!strcasecmp(name_of(field_sort_at(place)), name))
			return place;
	}
	return -1;
}

static int place_exactly(const char *name)
{
	int place = place_called(field_sort_name, canonical(name));

	if (place < 0)
		place = place_called(field_name, name);
	return place < 0 ? place_called(title, name) : place;
}

/* Its name that begins so; NULL. The field's own is none where it means another order, as "cpu"
   does. */
static const char *name_beginning(const struct field *sort, const char *begin)
{
	const char *names[] = { field_sort_name(sort), field_name(sort) };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strncasecmp(names[i], begin, strlen(begin)) &&
		    field_sort_at(place_exactly(names[i])) == sort)
			return names[i];
	}
	return NULL;
}

int field_sorts_beginning(const char *begin, char *out, size_t size)
{
	size_t used = 0;
	int count = 0;

	*out = '\0';
	for (int place = 0; *begin && place < field_sort_count_of_all(); place++) {
		const char *name = name_beginning(field_sort_at(place), begin);

		if (!name)
			continue;
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", count ? ", " : "",
						 name);
		count++;
	}
	return count;
}

static int place_beginning(const char *begin)
{
	int found = -1;

	for (int place = 0; place < field_sort_count_of_all(); place++) {
		if (!name_beginning(field_sort_at(place), begin))
			continue;
		if (found >= 0)
			return -1;
		found = place;
	}
	return found;
}

bool field_find_sort(const char *name, const struct field **sort)
{
	int place = *name ? place_exactly(name) : -1;

	if (place < 0 && *name)
		place = place_beginning(name);
	if (place < 0)
		return false;
	*sort = field_sort_at(place);
	return true;
}

bool field_is_sort(const struct field *field, const struct field *sort)
{
	return sort ? field == sort : field->is_birth_order;
}
