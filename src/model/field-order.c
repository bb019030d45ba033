/* SPDX-License-Identifier: MIT */
/* Finding a property by its name, and properties as orders of siblings. */
#include "model/field-impl.h"

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

/* The beginning of a name as a number, so that the smaller comes first. */
uint64_t field_key_of_name(const struct column_subject *subject)
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
uint64_t field_key_of_time(const struct column_subject *subject)
{
	const struct ptree_summary *summary = ptree_node_summary(subject->node);
	struct ptree_usage usage;

	ptree_node_usage(subject->node, &usage);
	return usage.cpu_ns + (summary ? summary->cpu_ns : 0);
}

/* ---- orders ---- */

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
