/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other ends of a process's pipes and unix sockets: one walk over the descriptors of
 * all processes, however many ends there are. Of these only links are read, which wait for no file
 * system.
 */
#include "model/inspect-files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* ---- by inode ---- */

static int compare_files(const void *a, const void *b)
{
	const struct inspect_file *x = *(struct inspect_file *const *)a;
	const struct inspect_file *y = *(struct inspect_file *const *)b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

struct inspect_file **inspect_files_by_inode(const struct inspect_files *files)
{
	struct inspect_file **by_inode = calloc(files->count + 1, sizeof(struct inspect_file *));

	for (size_t i = 0; by_inode && i < files->count; i++)
		by_inode[i] = &files->list[i];
	if (by_inode)
		qsort(by_inode, files->count, sizeof(*by_inode), compare_files);
	return by_inode;
}

size_t inspect_files_find(const struct inspect_files *files, struct inspect_file *const *by_inode,
			  uint64_t inode)
{
	size_t low = 0, high = files->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (by_inode[middle]->inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int compare_ends(const void *a, const void *b)
{
	const struct inspect_end *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct inspect_end *find_end(const struct inspect_ends *ends, uint64_t inode)
{
	const struct inspect_end key = { .inode = inode };

	return ends->count ? bsearch(&key, ends->list, ends->count, sizeof(key), compare_ends)
			   : NULL;
}

/* ---- which ends ---- */

static void find_peer(struct inspect_file *file)
{
	if (file->kind == PTREE_DESCRIPTOR_PIPE)
		file->peer_inode = file->inode;
	else if (file->is_unix)
		file->is_elsewhere = ptree_unix_peer(file->inode, &file->peer_inode) == -ENOENT;
}

/* Each once. 0 or -ENOMEM. */
static int collect(struct inspect_ends *ends, struct inspect_files *files,
		   struct inspect_rows *rows)
{
	size_t kept = 0;

	ends->list = calloc(files->count + 1, sizeof(*ends->list));
	if (!ends->list)
		return -ENOMEM;
	for (size_t i = 0; i < files->count && inspect_rows_go_on(rows); i++) {
		find_peer(&files->list[i]);
		if (files->list[i].peer_inode)
			ends->list[ends->count++].inode = files->list[i].peer_inode;
	}
	qsort(ends->list, ends->count, sizeof(*ends->list), compare_ends);
	for (size_t i = 0; i < ends->count; i++) {
		if (!kept || ends->list[kept - 1].inode != ends->list[i].inode)
			ends->list[kept++].inode = ends->list[i].inode;
	}
	ends->count = kept;
	return 0;
}

/* ---- who holds them ---- */

static void take(struct inspect_holders *holders, struct ptree_procfs *procfs, pid_t pid)
{
	if (holders->count && holders->last == pid)
		return;
	holders->last = pid;
	if (holders->count < INSPECT_HOLDERS_MAX) {
		holders->list[holders->count].pid = pid;
		if (ptree_procfs_comm(procfs, pid, holders->list[holders->count].name))
			holders->list[holders->count].name[0] = '\0';
	}
	holders->count++;
}

static void take_holder(struct inspect_ends *ends, struct ptree_procfs *procfs, uint64_t inode,
			const struct ptree_holder *holder)
{
	struct inspect_end *end = find_end(ends, inode);
	uint32_t mode = holder->flags & O_ACCMODE;

	if (!end)
		return;
	if (mode != O_WRONLY)
		take(&end->readers, procfs, holder->pid);
	if (mode != O_RDONLY)
		take(&end->writers, procfs, holder->pid);
}

static int walk(struct inspect_ends *ends, struct inspect_rows *rows, struct ptree_procfs *procfs,
		const uint64_t *inodes)
{
	const struct ptree_search_options options = { .inodes = inodes,
						      .inode_count = ends->count };
	struct ptree_search *search;
	struct ptree_holder holder;
	size_t done, total, refused;
	int ret = ptree_search_open(&search, procfs, &options);

	if (ret)
		return ret;
	do {
		ret = ptree_search_next(search, &holder);
		if (ret == 1)
			take_holder(ends, procfs, ptree_search_inode(search), &holder);
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(rows));
	ptree_search_progress(search, &done, &total, &refused);
	ends->is_whole = !ret && !refused;
	ptree_search_close(search);
	return ret;
}

void inspect_ends_find(struct inspect_ends *ends, struct inspect_files *files,
		       struct inspect_rows *rows, struct ptree_procfs *procfs)
{
	uint64_t *inodes;

	ends->pid = files->pid;
	if (collect(ends, files, rows) || !ends->count)
		return;
	inodes = calloc(ends->count, sizeof(*inodes));
	if (!inodes)
		return;
	for (size_t i = 0; i < ends->count; i++)
		inodes[i] = ends->list[i].inode;
	walk(ends, rows, procfs, inodes);
	free(inodes);
}

void inspect_ends_clear(struct inspect_ends *ends)
{
	free(ends->list);
	*ends = (struct inspect_ends){ 0 };
}

/* ---- in words ---- */

static void put_holders(const struct inspect_ends *ends, struct listing *listing, const char *arrow,
			const struct inspect_holders *holders)
{
	unsigned named =
	    holders->count < INSPECT_HOLDERS_MAX ? holders->count : INSPECT_HOLDERS_MAX;

	listing_put(listing, " %s ", arrow);
	for (unsigned i = 0; i < named; i++) {
		listing_put(listing, "%s", i ? ", " : "");
		if (holders->list[i].pid == ends->pid)
			listing_put(listing, "itself");
		else
			listing_put(listing, "%s %d", holders->list[i].name, holders->list[i].pid);
	}
	if (holders->count > named)
		listing_put(listing, " and %u more", holders->count - named);
	else if (!named)
		listing_put(listing, "%s",
			    ends->is_whole ? "nobody" : "nobody who may be looked into");
}

void inspect_ends_put(const struct inspect_ends *ends, struct listing *listing,
		      const struct inspect_file *file)
{
	const struct inspect_end *end = file->peer_inode ? find_end(ends, file->peer_inode) : NULL;
	uint32_t mode = file->flags & O_ACCMODE;

	if (file->is_elsewhere)
		listing_put(listing, " -> not known: it is in another network namespace");
	if (!end || (!file->is_unix && !file->has_flags))
		return;
	if (file->is_unix || mode != O_RDONLY)
		put_holders(ends, listing, "->", &end->readers);
	if (!file->is_unix && mode != O_WRONLY)
		put_holders(ends, listing, "<-", &end->writers);
}
