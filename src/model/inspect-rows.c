/* SPDX-License-Identifier: MIT */
/*
 * Rows on their way from a thread to the screen; see inspect-rows.h. Who reads goes on to the end,
 * so that it can be said how many there are, but keeps no more than so many rows and bytes.
 */
#include "model/inspect-rows.h"

#include <stdlib.h>

#define NS_PER_MS UINT64_C(1000000)
#define FIRST_NS (20 * NS_PER_MS) /* what is read by then comes at once */
#define BETWEEN_NS (100 * NS_PER_MS)

static void new_batch(struct inspect_rows *rows)
{
	rows->batch = calloc(1, sizeof(*rows->batch));
}

void inspect_rows_begin(struct inspect_rows *rows, struct inspect_reading *reading)
{
	*rows =
	    (struct inspect_rows){ .reading = reading, .due_ns = ptree_boot_now_ns() + FIRST_NS };
	new_batch(rows);
}

struct listing *inspect_rows_add(struct inspect_rows *rows)
{
	rows->done++;
	if (!rows->batch || rows->kept == INSPECT_ROWS_MAX ||
	    rows->bytes + rows->batch->listing.size >= INSPECT_BYTES_MAX)
		return NULL;
	rows->kept++;
	return &rows->batch->listing;
}

static void tell(struct inspect_rows *rows)
{
	struct inspection *batch = rows->batch;

	batch->done = rows->done;
	batch->left_out = rows->done > rows->kept ? rows->done - rows->kept : 0;
	rows->bytes += batch->listing.size;
	rows->batch = NULL;
	inspect_tell(rows->reading, batch);
}

void inspect_rows_tell(struct inspect_rows *rows)
{
	if (!rows->batch)
		return;
	tell(rows);
	if (inspect_is_wanted(rows->reading))
		new_batch(rows);
	rows->due_ns = ptree_boot_now_ns() + BETWEEN_NS;
}

bool inspect_rows_go_on(struct inspect_rows *rows)
{
	if (rows->batch && ptree_boot_now_ns() >= rows->due_ns)
		inspect_rows_tell(rows);
	return rows->batch;
}

void inspect_rows_replace(struct inspect_rows *rows)
{
	if (!rows->batch)
		return;
	listing_clear(&rows->batch->listing);
	rows->batch->replaces = true;
	rows->kept = rows->bytes = 0;
	rows->done = 0;
}

void inspect_rows_end(struct inspect_rows *rows, int err)
{
	if (!rows->batch)
		return;
	rows->batch->is_last = true;
	rows->batch->error = err;
	tell(rows);
}

void inspect_put(struct listing *listing, const char *bytes, size_t size, size_t most)
{
	listing_put_bytes(listing, bytes, size < most ? size : most);
	if (size > most)
		listing_put(listing, "... (%zu bytes)", size);
}
