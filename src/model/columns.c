/* SPDX-License-Identifier: MIT */
/* Which columns there are; see columns.h. */
#include "model/columns.h"
#include "draw/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LEAST_COMMAND_COLS 20
#define DEFAULT "default"
#define SEPARATORS ", \t"

static bool is_among(const struct field *const *all, size_t count, const struct field *field)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i] == field)
			return true;
	}
	return false;
}

bool columns_have(const struct columns *columns, const struct field *field)
{
	return is_among(columns->fields, columns->count, field);
}

/* ---- as text ---- */

static bool reject(const char *name, size_t length, char *error, size_t size)
{
	char safe[40];
	size_t used;

	text_safe(safe, sizeof(safe), name, length, text_is_utf8());
	used = (size_t)snprintf(error, size,
				"no column is called '%s': expected " DEFAULT ", or some of", safe);

	for (const struct field *field = fields; field->name && used < size; field++) {
		if (field->width)
			used += (size_t)snprintf(error + used, size - used, " %s", field->name);
	}
	return false;
}

/* It is no column, but people who know ps name it. */
static bool is_command(const char *name, size_t length)
{
	static const char *const names[] = { "cmd", "command", "args" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strlen(names[i]) == length && !strncasecmp(names[i], name, length))
			return true;
	}
	return false;
}

static bool reject_command(const char *why, char *error, size_t size)
{
	snprintf(error, size, "the command always comes last%s", why);
	return false;
}

static bool parse_name(struct columns *columns, const char *name, size_t length, char *error,
		       size_t size)
{
	const struct field *field = field_find(name, length);

	if (!field || !field->width)
		return reject(name, length, error, size);
	if (!columns_have(columns, field) && columns->count < COLUMNS_MAX)
		columns->fields[columns->count++] = field;
	return true;
}

static bool parse_names(struct columns *columns, const char *list, char *error, size_t size)
{
	bool has_command = false;

	for (;;) {
		size_t length;

		list += strspn(list, SEPARATORS);
		length = strcspn(list, SEPARATORS);
		if (!length)
			break;
		if (is_command(list, length))
			has_command = true;
		else if (!parse_name(columns, list, length, error, size))
			return false;
		else if (has_command)
			return reject_command("", error, size);
		list += length;
	}
	if (has_command && !columns->count)
		return reject_command(": name a column before it", error, size);
	return columns->count || reject("", 0, error, size);
}

static bool reject_name(const char *list, char *error, size_t size)
{
	char safe[40];

	text_safe(safe, sizeof(safe), list, strlen(list), text_is_utf8());
	snprintf(error, size, "no columns are kept as '%s'", safe);
	return false;
}

bool columns_parse(struct columns *columns, const char *list, const struct kept *kept, char *error,
		   size_t size)
{
	struct columns parsed = { .count = 0 };

	if (*list == '@') {
		const char *name = list + 1;

		list = kept_find(kept, name, strlen(name));
		if (!list)
			return reject_name(name - 1, error, size);
	}
	if (strcmp(list, DEFAULT) != 0 && !parse_names(&parsed, list, error, size))
		return false;
	*columns = parsed;
	return true;
}

size_t columns_format(const struct columns *columns, char *out, size_t size)
{
	size_t used = 0;

	if (!columns->count)
		return (size_t)snprintf(out, size, DEFAULT);
	for (size_t i = 0; i < columns->count; i++)
		used +=
		    (size_t)snprintf(used < size ? out + used : NULL, used < size ? size - used : 0,
				     "%s%s", i ? "," : "", columns->fields[i]->name);
	return used;
}

/* ---- on a screen ---- */

static size_t defaults(int screen_cols, const struct field *shown[COLUMNS_MAX])
{
	size_t count = 0;

	for (const struct field *field = fields; field->name && count < COLUMNS_MAX; field++) {
		if (field_is_shown(field, screen_cols))
			shown[count++] = field;
	}
	return count;
}

size_t columns_shown(const struct columns *columns, int screen_cols,
		     const struct field *shown[COLUMNS_MAX])
{
	int room = screen_cols - LEAST_COMMAND_COLS;
	size_t count = 0;

	if (!columns->count)
		return defaults(screen_cols, shown);
	for (; count < columns->count; count++) {
		room -= field_width(columns->fields[count], screen_cols) + 1;
		if (room < 0)
			break;
		shown[count] = columns->fields[count];
	}
	return count;
}

static bool has(const struct field *const *shown, size_t count, const struct field *field)
{
	size_t i = 0;

	while (i < count && shown[i] != field)
		i++;
	return i < count;
}

size_t columns_without_sums(const struct field **shown, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		const char *name = shown[i]->own;
		const struct field *own = name ? field_find(name, strlen(name)) : NULL;

		if (!own)
			shown[left++] = shown[i];
		else if (!has(shown, left, own) && !has(shown + i, count - i, own))
			shown[left++] = own;
	}
	return left;
}
