/* SPDX-License-Identifier: MIT */
/* What comes again when a parent has waited; see waited-io.h. */
#include "model/waited-io.h"

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

static void subtract(uint64_t *told, uint64_t *found)
{
	uint64_t less = *told < *found ? *told : *found;

	*told -= less;
	*found -= less;
}

void waited_io_subtract(struct waited_io *waited, uint64_t parent, uint64_t looked_ns,
			uint64_t *read_bytes, uint64_t *written_bytes)
{
	size_t kept = 0;

	for (size_t i = 0; i < waited->count; i++) {
		__typeof__(waited->items[0]) item = waited->items[i];

		if (item.parent == parent) {
			subtract(&item.read_bytes, read_bytes);
			subtract(&item.written_bytes, written_bytes);
		}
		if (item.parent == parent && ((!item.read_bytes && !item.written_bytes) ||
					      looked_ns > item.noted_ns + LATE_NS))
			continue;
		waited->items[kept++] = item;
	}
	waited->count = kept;
}
