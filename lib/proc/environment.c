/* SPDX-License-Identifier: MIT */
/* The environment that a process was given, an entry at a time. */
#include "base/sized.h"
#include "lines.h"

#include <stdlib.h>

struct ptree_environment {
	struct lines lines;
};

int ptree_environment_open(struct ptree_environment **out, struct ptree_probe *probe)
{
	struct ptree_environment *environment = malloc(sizeof(*environment));
	int err;

	if (!environment)
		return -ENOMEM;
	err = lines_open(&environment->lines, probe, "environ", '\0');
	if (err)
		ptree_environment_close(environment);
	else
		*out = environment;
	return err;
}

int ptree_environment_next_sized(struct ptree_environment *environment,
				 struct ptree_variable *variable, size_t size)
{
	struct ptree_variable found = { 0 };
	struct span entry, name;
	int ret;

	do
		ret = lines_next(&environment->lines, &entry, &found.is_truncated);
	while (ret == 1 && !span_size(&entry)); /* titles that were written over leave NULs */
	if (ret != 1)
		return ret;
	if (span_take_until(&entry, '=', &name)) {
		found.value = entry.at;
		found.value_size = span_size(&entry);
	} else {
		name = entry;
	}
	found.name = name.at;
	found.name_size = span_size(&name);
	sized_write(variable, size, &found, sizeof(found));
	return 1;
}

void ptree_environment_close(struct ptree_environment *environment)
{
	if (!environment)
		return;
	lines_close(&environment->lines);
	free(environment);
}
