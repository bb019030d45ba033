/* SPDX-License-Identifier: MIT */
#ifndef PTREE_SIZED_H
#define PTREE_SIZED_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Structs of a caller that was compiled with another version of the header. They only grow at their
 * end, and 0 means what was meant before there was a member.
 */

/* What the caller's does not reach is left out; what it has beyond ours becomes 0. */
static inline void sized_write(void *to, size_t to_size, const void *from, size_t from_size)
{
	size_t common = to_size < from_size ? to_size : from_size;

	memcpy(to, from, common);
	memset((char *)to + common, 0, to_size - common);
}

/* -E2BIG: it asks for something that is not known here. from may be NULL: all is 0. */
static inline int sized_read(void *to, size_t to_size, const void *from, size_t from_size)
{
	size_t common = to_size < from_size ? to_size : from_size;
	const char *more = from;

	memset(to, 0, to_size);
	if (!from)
		return 0;
	for (size_t i = to_size; i < from_size; i++) {
		if (more[i])
			return -E2BIG;
	}
	memcpy(to, from, common);
	return 0;
}

#endif
