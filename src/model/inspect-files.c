/* SPDX-License-Identifier: MIT */
/*
 * The open descriptors of a process. They are told as they are read; then again with what takes
 * longer: which sockets those are, and who is at the other ends of pipes and unix sockets.
 */
#include "model/inspect-files.h"
#include "model/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_BYTES ((size_t)1 << 10)
#define ADDRESS_BYTES 300
#define LINE_BYTES 700

/* ---- keeping them ---- */

static size_t keep_text(struct inspect_files *files, const char *text, size_t size)
{
	size_t at = files->text_size;

	if (array_reserve(&files->text, &files->text_capacity, at + size + 1, 1))
		return INSPECT_NO_TEXT;
	memcpy(files->text + at, text, size);
	files->text[at + size] = '\0';
	files->text_size += size + 1;
	return at;
}

static const char *text_at(const struct inspect_files *files, size_t at)
{
	return at == INSPECT_NO_TEXT ? NULL : files->text + at;
}

static int keep(struct inspect_files *files, const struct ptree_descriptor *descriptor)
{
	size_t size = strlen(descriptor->target);
	struct inspect_file *file;

	if (array_reserve(&files->list, &files->capacity, files->count + 1, sizeof(*files->list)))
		return -ENOMEM;
	file = &files->list[files->count++];
	*file = (struct inspect_file){ .number = descriptor->number,
				       .kind = descriptor->kind,
				       .is_deleted = descriptor->is_deleted,
				       .has_flags = descriptor->has_details,
				       .flags = descriptor->flags,
				       .socket_at = INSPECT_NO_TEXT };
	/* A pipe with a name has that file's inode, which is no pipe's. */
	if (*descriptor->target != '/' &&
	    (file->kind == PTREE_DESCRIPTOR_PIPE || file->kind == PTREE_DESCRIPTOR_SOCKET))
		file->inode = descriptor->inode;
	file->target_at =
	    keep_text(files, descriptor->target, size < TARGET_BYTES ? size : TARGET_BYTES);
	file->is_cut = size > TARGET_BYTES;
	return 0;
}

static void clear(struct inspect_files *files)
{
	free(files->list);
	free(files->text);
}

/* ---- a row ---- */

static const char *access_of(const struct inspect_file *file)
{
	if (!file->has_flags || file->flags & O_PATH)
		return "";
	switch (file->flags & O_ACCMODE) {
	case O_RDONLY:
		return "r";
	case O_WRONLY:
		return "w";
	default:
		return "rw";
	}
}

static void list_file(struct listing *listing, const struct inspect_files *files,
		      const struct inspect_file *file, const struct inspect_ends *ends)
{
	const char *socket = text_at(files, file->socket_at);
	const char *target = text_at(files, file->target_at);

	listing_cells(listing);
	listing_put_cell(listing, "%d", file->number);
	listing_put_cell(listing, "%s", ptree_descriptor_kind_name(file->kind));
	listing_put_cell(listing, "%s", access_of(file));
	if (socket || target)
		listing_put(listing, "%s%s", socket ? socket : target, file->is_cut ? "..." : "");
	if (file->is_deleted) {
		listing_put(listing, " (deleted)");
		listing_set_role(listing, THEME_STATE_WARNING);
	}
	if (ends)
		inspect_ends_put(ends, listing, file);
}

/* ---- sockets ---- */

static void describe_socket(const struct ptree_socket *socket, char out[LINE_BYTES])
{
	char local[ADDRESS_BYTES] = "", remote[ADDRESS_BYTES] = "";
	bool has_remote = socket->protocol <= PTREE_PROTOCOL_RAW6 && !socket->is_listening;

	ptree_socket_format(socket, false, local, sizeof(local));
	if (has_remote)
		ptree_socket_format(socket, true, remote, sizeof(remote));
	snprintf(out, LINE_BYTES, "%s%s%s%s%s%s%s", ptree_protocol_name(socket->protocol),
		 *socket->state ? " " : "", socket->state, *local ? " " : "", local,
		 *remote ? " -> " : "", remote);
}

static void take_socket(struct inspect_files *files, struct inspect_file *file,
			const struct ptree_socket *socket)
{
	char text[LINE_BYTES];

	describe_socket(socket, text);
	file->socket_at = keep_text(files, text, strlen(text));
	file->is_unix = socket->protocol == PTREE_PROTOCOL_UNIX;
}

/* All of the namespace are read for those that it has. */
static void read_sockets(struct inspect_files *files, struct inspect_rows *rows,
			 struct ptree_probe *probe)
{
	struct inspect_file **by_inode = inspect_files_by_inode(files);
	struct ptree_sockets *sockets;
	struct ptree_socket socket;
	int ret;

	if (!by_inode || ptree_sockets_open(&sockets, probe)) {
		free(by_inode);
		return;
	}
	do {
		ret = ptree_sockets_next(sockets, &socket);
		for (size_t i = ret == 1 ? inspect_files_find(files, by_inode, socket.inode) : 0;
		     ret == 1 && i < files->count && by_inode[i]->inode == socket.inode; i++) {
			if (socket.inode && by_inode[i]->kind == PTREE_DESCRIPTOR_SOCKET)
				take_socket(files, by_inode[i], &socket);
		}
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(rows));
	ptree_sockets_close(sockets);
	free(by_inode);
}

/* ---- all of them ---- */

static int read_descriptors(struct inspect_files *files, struct inspect_rows *rows,
			    struct ptree_probe *probe)
{
	struct ptree_descriptors *descriptors;
	struct ptree_descriptor descriptor;
	int ret = ptree_descriptors_open(&descriptors, probe);

	if (ret)
		return ret;
	do {
		ret = ptree_descriptors_next(descriptors, &descriptor);
		if (ret == 1) {
			struct listing *listing = inspect_rows_add(rows);

			if (listing && !keep(files, &descriptor))
				list_file(listing, files, &files->list[files->count - 1], NULL);
		}
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(rows));
	ptree_descriptors_close(descriptors);
	return ret;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct inspect_file *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static void list_anew(const struct inspect_files *files, struct inspect_rows *rows,
		      const struct inspect_ends *ends)
{
	uint64_t done = rows->done;

	inspect_rows_replace(rows);
	for (size_t i = 0; i < files->count; i++) {
		struct listing *listing = inspect_rows_add(rows);

		if (listing)
			list_file(listing, files, &files->list[i], ends);
	}
	rows->done = done;
}

static bool has_inodes(const struct inspect_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].inode)
			return true;
	}
	return false;
}

void inspect_read_files(struct inspect_reading *reading, struct ptree_procfs *procfs,
			struct ptree_probe *probe)
{
	struct inspect_files files = { .pid = ptree_probe_pid(probe) };
	struct inspect_ends ends = { 0 };
	struct inspect_rows rows;
	int ret;

	inspect_rows_begin(&rows, reading);
	ret = read_descriptors(&files, &rows, probe);
	if (files.count) /* those that were opened meanwhile come where they are read */
		qsort(files.list, files.count, sizeof(*files.list), compare_numbers);
	if (!ret && has_inodes(&files)) {
		inspect_rows_tell(&rows);
		read_sockets(&files, &rows, probe);
		list_anew(&files, &rows, NULL);
		inspect_rows_tell(&rows);
		inspect_ends_find(&ends, &files, &rows, procfs);
		list_anew(&files, &rows, &ends);
	}
	inspect_ends_clear(&ends);
	clear(&files);
	inspect_rows_end(&rows, ret < 0 ? ret : 0);
}
