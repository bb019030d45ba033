/* SPDX-License-Identifier: MIT */
/* What comes again when a parent has waited; see waited-io.h. */
#include "model/waited-io.h"

#include <stdbool.h>

#define LATE_NS UINT64_C(1000000000) /* who waits does so by then, or it is another's */

void waited_io_note(struct waited_io *waited, uint64_t parent, uint64_t now_ns, uint64_t read_bytes,
		    uint64_t written_bytes)
{
	size_t at =
	    waited->count < WAITED_IO_MAX ? waited->count++ : waited->next++ % WAITED_IO_MAX;

	waited->items[at].parent = parent;
	waited->items[at].noted_ns = now_ns;
	waited->items[at].read_bytes = read_bytes;
	waited->items[at].written_bytes = written_bytes;
}

void waited_io_subtract(struct waited_io *waited, uint64_t parent, uint64_t looked_ns,
			uint64_t *read_bytes, uint64_t *written_bytes)
{
	size_t kept = 0;

	for (size_t i = 0; i < waited->count; i++) {
		__typeof__(waited->items[0]) item = waited->items[i];
		/* All of it comes at once, or it has not come. */
		bool has_come = item.parent == parent && *read_bytes >= item.read_bytes &&
				*written_bytes >= item.written_bytes;

		if (has_come) {
			*read_bytes -= item.read_bytes;
			*written_bytes -= item.written_bytes;
		}
		if (has_come || (item.parent == parent && looked_ns > item.noted_ns + LATE_NS))
			continue;
		waited->items[kept++] = item;
	}
	waited->count = kept;
}
