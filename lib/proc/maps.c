/* SPDX-License-Identifier: MIT */
/*
 * The maps of a process, summed by what they are of. The file is read in pieces; kept is a sum for
 * each name, for so many names and no more.
 */
#include "maps.h"
#include "base/map.h"
#include "base/sized.h"
#include "details.h"
#include "lines.h"

#include <stdlib.h>

struct sum {
	struct ptree_mapping mapping; /* its name is the sum's */
	struct sum *next_alike;	      /* another name with the same hash */
	char name[];
};

struct ptree_maps {
	struct lines lines;
	bool has_usage;
	struct map by_hash;
	struct sum *sums[PTREE_MAPPING_MAX + 1];
	size_t count;
	struct sum *last; /* whom the lines of usage are about */
	size_t next;	  /* to be told; only once all is read */
	bool is_read;
	uint64_t maps;
};

/* ---- parsing ---- */

static bool take_permissions(struct span *line, struct maps_line *map)
{
	struct span word = span_take_word(line);

	if (span_size(&word) != 4)
		return false;
	map->is_readable = word.at[0] == 'r';
	map->is_writable = word.at[1] == 'w';
	map->is_executable = word.at[2] == 'x';
	map->is_shared = word.at[3] == 's';
	return true;
}

bool maps_parse_line(struct span line, struct maps_line *map)
{
	uint64_t from, to, offset;

	if (!span_take_hex(&line, &from) || !span_take(&line, "-") || !span_take_hex(&line, &to) ||
	    to < from || !span_take(&line, " ") || !take_permissions(&line, map) ||
	    !span_take(&line, " ") || !span_take_hex(&line, &offset) || !span_take(&line, " ") ||
	    !span_take_hex(&line, &map->device_major) || !span_take(&line, ":") ||
	    !span_take_hex(&line, &map->device_minor) || !span_take(&line, " ") ||
	    !span_take_number(&line, &map->inode))
		return false;
	span_skip_blanks(&line);
	map->size_bytes = to - from;
	map->name = line;
	return true;
}

/* ---- sums ---- */

/* FNV-1a; never 0. */
static uint64_t hash_of(struct span name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; name.at < name.end; name.at++)
		hash = (hash ^ (unsigned char)*name.at) * UINT64_C(1099511628211);
	return hash | 1;
}

static struct sum *add_sum(struct ptree_maps *maps, struct span name, uint64_t hash)
{
	struct sum *sum = calloc(1, sizeof(*sum) + span_size(&name) + 1);

	if (!sum)
		return NULL;
	sum->next_alike = map_find(&maps->by_hash, hash);
	if (map_set(&maps->by_hash, hash, sum)) {
		free(sum);
		return NULL;
	}
	memcpy(sum->name, name.at, span_size(&name));
	sum->mapping.name = sum->name;
	sum->mapping.has_usage = maps->has_usage;
	maps->sums[maps->count++] = sum;
	return sum;
}

static struct sum *find_sum(struct ptree_maps *maps, struct span name)
{
	uint64_t hash = hash_of(name);
	struct sum *sum = map_find(&maps->by_hash, hash);

	while (sum && !span_is(&name, sum->name))
		sum = sum->next_alike;
	if (sum)
		return sum;
	if (maps->count >= PTREE_MAPPING_MAX && !span_is(&name, "..."))
		return find_sum(maps, span_of("...", 3));
	return add_sum(maps, name, hash);
}

static void add(uint64_t *sum, uint64_t more)
{
	if (__builtin_add_overflow(*sum, more, sum))
		*sum = UINT64_MAX;
}

static int add_map(struct ptree_maps *maps, const struct maps_line *map)
{
	struct sum *sum = find_sum(maps, map->name);
	struct ptree_mapping *mapping;

	if (!sum)
		return -ENOMEM;
	mapping = &sum->mapping;
	mapping->count++;
	mapping->is_readable |= map->is_readable;
	mapping->is_writable |= map->is_writable;
	mapping->is_executable |= map->is_executable;
	mapping->is_shared |= map->is_shared;
	add(&mapping->size_bytes, map->size_bytes);
	maps->last = sum;
	maps->maps++;
	return 0;
}

static bool take_kb(struct span line, const char *key, uint64_t *sum)
{
	uint64_t kb;

	if (!span_take(&line, key))
		return false;
	span_skip_blanks(&line);
	if (span_take_number(&line, &kb) && kb <= UINT64_MAX / 1024)
		add(sum, kb * 1024);
	return true;
}

static void add_usage(struct ptree_mapping *mapping, struct span line)
{
	(void)(take_kb(line, "Rss:", &mapping->rss_bytes) ||
	       take_kb(line, "Pss:", &mapping->pss_bytes) ||
	       take_kb(line, "Private_Clean:", &mapping->private_bytes) ||
	       take_kb(line, "Private_Dirty:", &mapping->private_bytes) ||
	       take_kb(line, "Private_Hugetlb:", &mapping->private_bytes) ||
	       take_kb(line, "Swap:", &mapping->swap_bytes));
}

static int take_line(struct ptree_maps *maps, struct span line)
{
	struct maps_line map;

	if (maps_parse_line(line, &map))
		return add_map(maps, &map);
	if (maps->last)
		add_usage(&maps->last->mapping, line);
	return 0;
}

/* The largest first, and the rest last. */
static int compare(const void *left, const void *right)
{
	const struct ptree_mapping *a = &(*(struct sum *const *)left)->mapping;
	const struct ptree_mapping *b = &(*(struct sum *const *)right)->mapping;

	if (a->rss_bytes != b->rss_bytes)
		return a->rss_bytes < b->rss_bytes ? 1 : -1;
	if (a->size_bytes != b->size_bytes)
		return a->size_bytes < b->size_bytes ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* The kernel's word is taken: asking for each file would be as slow as it can get. */
static void take_deleted(struct sum *sum)
{
	struct span name = span_of(sum->name, strlen(sum->name));

	if (*sum->name != '/' || !span_ends_with(&name, PROBE_DELETED))
		return;
	sum->name[span_size(&name) - strlen(PROBE_DELETED)] = '\0';
	sum->mapping.is_deleted = true;
}

static void finish(struct ptree_maps *maps)
{
	if (maps->count)
		qsort(maps->sums, maps->count, sizeof(struct sum *), compare);
	for (size_t i = 0; i < maps->count; i++)
		take_deleted(maps->sums[i]);
	maps->is_read = true;
}

/* What is in the buffer, and then one read. */
static int read_piece(struct ptree_maps *maps)
{
	struct span line;
	bool is_cut;
	int ret;

	while ((ret = lines_next(&maps->lines, &line, &is_cut)) == 1) {
		ret = take_line(maps, line);
		if (ret)
			return ret;
	}
	if (!ret)
		finish(maps);
	return ret;
}

int ptree_maps_next_sized(struct ptree_maps *maps, struct ptree_mapping *mapping, size_t size)
{
	int ret = maps->is_read ? 0 : read_piece(maps);

	if (ret)
		return ret;
	if (maps->next == maps->count)
		return 0;
	sized_write(mapping, size, &maps->sums[maps->next++]->mapping, sizeof(*mapping));
	return 1;
}

uint64_t ptree_maps_count(const struct ptree_maps *maps)
{
	return maps->maps;
}

/* Reading smaps of what has no memory any more is ESRCH at the first read, not at the opening. */
int ptree_maps_open(struct ptree_maps **out, struct ptree_probe *probe)
{
	struct ptree_maps *maps = calloc(1, sizeof(*maps));
	int err;

	if (!maps)
		return -ENOMEM;
	maps->has_usage = true;
	err = lines_open(&maps->lines, probe, "smaps", '\n');
	if (err == -EOPNOTSUPP || err == -EACCES) {
		lines_close(&maps->lines);
		maps->has_usage = false;
		err = lines_open(&maps->lines, probe, "maps", '\n');
	}
	if (err)
		ptree_maps_close(maps);
	else
		*out = maps;
	return err;
}

void ptree_maps_close(struct ptree_maps *maps)
{
	if (!maps)
		return;
	lines_close(&maps->lines);
	for (size_t i = 0; i < maps->count; i++)
		free(maps->sums[i]);
	map_clear(&maps->by_hash);
	free(maps);
}
