/* SPDX-License-Identifier: MIT */
/* The maps of a process, summed by file, the largest first; before them all of them. */
#include "model/column.h"
#include "model/inspect-rows.h"

#include <errno.h>
#include <string.h>

#define NAME_BYTES ((size_t)1 << 10)

static void put_bytes(struct listing *listing, bool is_known, uint64_t bytes)
{
	char text[16];

	column_format_bytes(text, sizeof(text), bytes);
	listing_put_cell(listing, "%s", is_known ? text : "?");
}

static void list_sum(struct listing *listing, const struct ptree_mapping *mapping)
{
	listing_cells(listing);
	put_bytes(listing, mapping->has_usage, mapping->rss_bytes);
	put_bytes(listing, mapping->has_usage, mapping->pss_bytes);
	put_bytes(listing, true, mapping->size_bytes);
	put_bytes(listing, mapping->has_usage, mapping->swap_bytes);
	listing_put_cell(listing, "%u", mapping->count);
}

static void list_mapping(struct listing *listing, const struct ptree_mapping *mapping)
{
	list_sum(listing, mapping);
	if (!*mapping->name)
		listing_put(listing, "anonymous");
	else if (!strcmp(mapping->name, "..."))
		listing_put(listing, "all others");
	else
		inspect_put(listing, mapping->name, strlen(mapping->name), NAME_BYTES);
	if (!mapping->is_deleted)
		return;
	listing_put(listing, " (deleted)");
	listing_set_role(listing, THEME_STATE_WARNING);
}

static void add(struct ptree_mapping *total, const struct ptree_mapping *mapping)
{
	total->has_usage = mapping->has_usage && (total->has_usage || !total->count);
	total->count += mapping->count;
	total->size_bytes += mapping->size_bytes;
	total->rss_bytes += mapping->rss_bytes;
	total->pss_bytes += mapping->pss_bytes;
	total->swap_bytes += mapping->swap_bytes;
}

/* Nothing is told but how far it is until all is read; then all comes at once. */
static int read_all(struct ptree_maps *maps, struct inspect_rows *rows, struct listing *sums,
		    struct ptree_mapping *total)
{
	struct ptree_mapping mapping;
	size_t omitted = 0;
	int ret;

	do {
		ret = ptree_maps_next(maps, &mapping);
		if (ret == 1) {
			add(total, &mapping);
			if (sums->size < INSPECT_BYTES_MAX)
				list_mapping(sums, &mapping);
			else
				omitted += mapping.count;
		}
		rows->done = ptree_maps_count(maps);
		rows->kept = (size_t)rows->done - omitted;
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(rows));
	return ret;
}

void inspect_read_maps(struct inspect_reading *reading, struct ptree_probe *probe)
{
	struct ptree_mapping total = { 0 };
	struct listing sums = { 0 };
	struct inspect_rows rows;
	struct ptree_maps *maps;
	int ret = ptree_maps_open(&maps, probe);

	inspect_rows_begin(&rows, reading);
	if (!ret) {
		ret = read_all(maps, &rows, &sums, &total);
		ptree_maps_close(maps);
	}
	if (rows.batch && sums.count) {
		list_sum(&rows.batch->listing, &total);
		listing_put(&rows.batch->listing, "all of them");
		listing_set_role(&rows.batch->listing, THEME_COLUMN_TITLE);
		listing_append(&rows.batch->listing, &sums);
	}
	listing_clear(&sums);
	inspect_rows_end(&rows, ret < 0 ? ret : 0);
}
