/* SPDX-License-Identifier: MIT */
/* The environment of a process, a line a variable, in the order that it has. */
#include "model/inspect-rows.h"

#include <errno.h>
#include <string.h>

#define NAME_BYTES ((size_t)1 << 10)
#define VALUE_BYTES ((size_t)4 << 10)

static void list_variable(struct listing *listing, const struct ptree_variable *variable)
{
	size_t name_size = variable->name_size < NAME_BYTES ? variable->name_size : NAME_BYTES;
	char name[NAME_BYTES + 1];

	memcpy(name, variable->name, name_size);
	name[name_size] = '=';
	listing_begin(listing, LISTING_INLINE, name, name_size + (variable->value != NULL));
	if (!variable->value) {
		listing_put(listing, " (there is no = in it)");
		return;
	}
	inspect_put(listing, variable->value, variable->value_size, VALUE_BYTES);
	if (variable->is_truncated)
		listing_put(listing, " (and more)");
	if (inspect_is_secret(variable->name, variable->name_size, variable->value,
			      variable->value_size))
		listing_set_secret(listing);
}

void inspect_read_environment(struct inspect_reading *reading, struct ptree_probe *probe)
{
	struct ptree_environment *environment;
	struct ptree_variable variable;
	struct inspect_rows rows;
	int ret = ptree_environment_open(&environment, probe);

	inspect_rows_begin(&rows, reading);
	if (ret) {
		inspect_rows_end(&rows, ret);
		return;
	}
	do {
		ret = ptree_environment_next(environment, &variable);
		if (ret == 1) {
			struct listing *listing = inspect_rows_add(&rows);

			if (listing)
				list_variable(listing, &variable);
		}
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(&rows));
	ptree_environment_close(environment);
	inspect_rows_end(&rows, ret < 0 ? ret : 0);
}
