/* SPDX-License-Identifier: MIT */
/*
 * Who holds something: a walk over all processes, a descriptor, link or buffer at a time. By port,
 * or by the file of a unix socket, it first reads the sockets of each network namespace that
 * somebody is in, then looks for who has them open: a socket may be held from another namespace
 * than its own.
 */
#include "base/map.h"
#include "base/sized.h"
#include "descriptors.h"
#include "lines.h"
#include "maps.h"
#include "procfs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define PATH_BYTES (PATH_MAX + 16)
#define NAMESPACES_MAX 4096
#define SOCKETS_MAX 65536

enum stage {
	STAGE_NEXT,    /* another process is to be opened */
	STAGE_SOCKETS, /* first walk, by port: the sockets of its namespace */
	STAGE_LINKS,
	STAGE_DESCRIPTORS,
	STAGE_MAPS,
};

struct ptree_search {
	struct ptree_procfs *procfs;
	struct ptree_search_options options;
	char path[PATH_BYTES], deleted[PATH_BYTES + sizeof(PROBE_DELETED)];
	bool has_file;
	bool is_socket; /* the path is a unix socket's: its inode there is not the socket's own */
	uint64_t device, inode;
	pid_t *pids;
	size_t count, next;
	bool is_first_walk;
	size_t refused;
	struct map namespaces; /* inodes of those that were read */
	struct map sockets;    /* inode -> struct ptree_socket, of the port */
	struct map wanted;     /* the inodes that are looked for, if they are many */
	uint64_t found_inode;  /* of the descriptor that was told last */

	enum stage stage;
	struct ptree_probe *probe; /* of the process that is looked at */
	unsigned link;
	struct ptree_descriptors *descriptors;
	struct ptree_sockets *reading;
	struct lines maps;
};

/* ---- one process ---- */

static void leave_process(struct ptree_search *search)
{
	ptree_descriptors_close(search->descriptors);
	ptree_sockets_close(search->reading);
	if (search->stage == STAGE_MAPS)
		lines_close(&search->maps);
	ptree_probe_close(search->probe);
	search->descriptors = NULL;
	search->reading = NULL;
	search->probe = NULL;
	search->stage = STAGE_NEXT;
}

static bool is_ours(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

/* Goes on with the next one, unless it is about us. */
static int give_up(struct ptree_search *search, int err)
{
	leave_process(search);
	search->refused += err == -EACCES && !search->is_first_walk;
	return is_ours(err) ? err : -EAGAIN;
}

static int hold(const struct ptree_search *search, enum ptree_hold how, struct ptree_holder *holder)
{
	*holder = (struct ptree_holder){ .pid = ptree_probe_pid(search->probe),
					 .start_ns = ptree_probe_start_ns(search->probe),
					 .hold = how,
					 .number = -1 };
	return 1;
}

/* ---- sockets of a port ---- */

static bool is_wanted(const struct ptree_search *search, const struct ptree_socket *socket)
{
	if (search->is_socket)
		return socket->path && socket->inode && !strcmp(socket->path, search->path) &&
		       (socket->is_listening || socket->type == SOCK_DGRAM);
	if (socket->protocol > PTREE_PROTOCOL_UDP6 || !socket->inode ||
	    socket->local_port != search->options.port)
		return false;
	return socket->is_listening || search->options.any_state;
}

static int keep_socket(struct ptree_search *search, const struct ptree_socket *socket)
{
	struct ptree_socket *copy;

	if (map_find(&search->sockets, socket->inode) || search->sockets.count == SOCKETS_MAX)
		return 0;
	copy = malloc(sizeof(*copy));
	if (!copy || map_set(&search->sockets, socket->inode, copy)) {
		free(copy);
		return -ENOMEM;
	}
	*copy = *socket;
	copy->path = socket->path ? search->path : NULL;
	return 0;
}

static int read_sockets(struct ptree_search *search)
{
	struct ptree_socket socket;
	int ret, err = 0;

	while ((ret = ptree_sockets_next(search->reading, &socket)) == 1 && !err)
		err = is_wanted(search, &socket) ? keep_socket(search, &socket) : 0;
	if (err || is_ours(ret))
		return err ? err : ret;
	if (ret != -EAGAIN)
		leave_process(search);
	return -EAGAIN;
}

/* Of each namespace once. */
static int start_sockets(struct ptree_search *search)
{
	struct statx space;
	int err = probe_stat(search->probe, "ns/net", &space);

	if (err || map_find(&search->namespaces, space.stx_ino) ||
	    search->namespaces.count == NAMESPACES_MAX)
		return give_up(search, err);
	err = ptree_sockets_open(&search->reading, search->probe);
	if (!err)
		err = map_set(&search->namespaces, space.stx_ino, search);
	if (err)
		return give_up(search, err);
	search->stage = STAGE_SOCKETS;
	return -EAGAIN;
}

/* ---- files ---- */

static bool is_file(const struct ptree_search *search, const struct statx *file)
{
	return search->has_file && file->stx_ino == search->inode &&
	       makedev(file->stx_dev_major, file->stx_dev_minor) == search->device;
}

static bool is_deleted_name(const struct ptree_search *search, const char *target)
{
	return !strcmp(target, search->deleted);
}

static int start_maps(struct ptree_search *search)
{
	int err;

	if (!search->options.path || search->options.no_maps)
		return give_up(search, 0);
	err = lines_open(&search->maps, search->probe, "maps", '\n');
	if (err) {
		lines_close(&search->maps);
		return give_up(search, err == -EACCES ? 0 : err);
	}
	search->stage = STAGE_MAPS;
	return -EAGAIN;
}

static int next_map(struct ptree_search *search, struct ptree_holder *holder)
{
	struct maps_line map;
	struct span line;
	bool is_cut;
	int ret;

	while ((ret = lines_next(&search->maps, &line, &is_cut)) == 1) {
		if (!maps_parse_line(line, &map) || !map.inode)
			continue;
		if (!span_is(&map.name, search->path) && !span_is(&map.name, search->deleted))
			continue;
		hold(search, PTREE_HOLD_MAP, holder);
		holder->is_deleted = span_is(&map.name, search->deleted);
		leave_process(search); /* once is enough */
		return 1;
	}
	return ret == -EAGAIN ? ret : give_up(search, ret);
}

static const struct {
	const char *path;
	enum ptree_hold hold;
} links[] = {
	{ "exe", PTREE_HOLD_EXE },
	{ "cwd", PTREE_HOLD_CWD },
	{ "root", PTREE_HOLD_ROOT },
};
#define LINK_COUNT (sizeof(links) / sizeof(links[0]))

static int start_descriptors(struct ptree_search *search)
{
	int err = ptree_descriptors_open(&search->descriptors, search->probe);

	if (err)
		return give_up(search, err);
	search->stage = STAGE_DESCRIPTORS;
	return -EAGAIN;
}

static int next_link(struct ptree_search *search, struct ptree_holder *holder)
{
	char target[PATH_BYTES + 64];
	struct statx file;
	unsigned link = search->link++;

	if (link == LINK_COUNT)
		return start_descriptors(search);
	/* Everybody is in the root; that is no answer. */
	if (links[link].hold == PTREE_HOLD_ROOT && !strcmp(search->path, "/"))
		return -EAGAIN;
	if (!probe_stat(search->probe, links[link].path, &file) && is_file(search, &file))
		return hold(search, links[link].hold, holder);
	if (probe_read_link(search->probe, links[link].path, target, sizeof(target)) > 0 &&
	    is_deleted_name(search, target)) {
		hold(search, links[link].hold, holder);
		holder->is_deleted = true;
		return 1;
	}
	return -EAGAIN;
}

/* ---- descriptors ---- */

static bool matches_target(struct ptree_search *search, int number, const char *target,
			   const struct ptree_socket **socket)
{
	uint64_t inode = 0;
	char path[32];
	struct statx file;

	if (search->options.path && !search->is_socket) {
		if (*target != '/')
			return false;
		snprintf(path, sizeof(path), "fd/%d", number);
		return is_deleted_name(search, target) ||
		       (search->has_file && !probe_stat(search->probe, path, &file) &&
			is_file(search, &file));
	}
	descriptors_parse_target(span_of(target, strlen(target)), &inode);
	if (!inode)
		return false;
	search->found_inode = inode;
	if (search->options.inode)
		return inode == search->options.inode;
	if (search->options.inode_count)
		return map_find(&search->wanted, inode);
	*socket = map_find(&search->sockets, inode);
	return *socket;
}

static int next_descriptor(struct ptree_search *search, struct ptree_holder *holder)
{
	const struct ptree_socket *socket = NULL;
	struct ptree_descriptor descriptor;
	char *target;
	int number;
	int ret = descriptors_next_link(search->descriptors, &number, &target);

	if (!ret)
		return start_maps(search);
	if (ret != 1)
		return ret == -EAGAIN ? ret : give_up(search, ret);
	if (!matches_target(search, number, target, &socket))
		return -EAGAIN;
	descriptors_describe(search->descriptors, &descriptor);
	hold(search, PTREE_HOLD_DESCRIPTOR, holder);
	holder->number = number;
	holder->flags = descriptor.flags;
	holder->is_deleted = descriptor.is_deleted;
	if (socket) {
		holder->has_socket = true;
		holder->socket = *socket;
	}
	return 1;
}

/* ---- the walk ---- */

static int start_process(struct ptree_search *search)
{
	pid_t pid;
	int err;

	if (search->next == search->count) {
		if (!search->is_first_walk)
			return 0;
		search->is_first_walk = false;
		search->next = 0;
		return -EAGAIN;
	}
	pid = search->pids[search->next++];
	if (pid == search->options.except && !search->is_first_walk)
		return -EAGAIN;
	err = ptree_probe_open(&search->probe, search->procfs, pid, 0);
	if (err)
		return give_up(search, err);
	if (search->is_first_walk)
		return start_sockets(search);
	search->link = 0;
	if (!search->options.path)
		return start_descriptors(search);
	search->stage = STAGE_LINKS;
	return -EAGAIN;
}

int ptree_search_next_sized(struct ptree_search *search, struct ptree_holder *out, size_t size)
{
	struct ptree_holder holder;
	int ret = 0;

	switch (search->stage) {
	case STAGE_NEXT:
		ret = start_process(search);
		break;
	case STAGE_SOCKETS:
		ret = read_sockets(search);
		break;
	case STAGE_LINKS:
		ret = next_link(search, &holder);
		break;
	case STAGE_DESCRIPTORS:
		ret = next_descriptor(search, &holder);
		break;
	case STAGE_MAPS:
		ret = next_map(search, &holder);
		break;
	}
	if (ret == 1)
		sized_write(out, size, &holder, sizeof(holder));
	return ret;
}

void ptree_search_progress(const struct ptree_search *search, size_t *done, size_t *total,
			   size_t *refused)
{
	*done = search->is_first_walk ? 0 : search->next;
	*total = search->count;
	*refused = search->refused;
}

uint64_t ptree_search_inode(const struct ptree_search *search)
{
	return search->found_inode;
}

size_t ptree_search_socket_count(const struct ptree_search *search)
{
	return search->sockets.count;
}

/* ---- life ---- */

static int take_path(struct ptree_search *search)
{
	const char *path = search->options.path;
	struct statx file;

	if (*path != '/')
		return -EINVAL;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(search->path, path);
	strcpy(search->deleted, path);
	strcat(search->deleted, PROBE_DELETED);
	search->options.path = search->path;
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &file) == 0) {
		search->has_file = true;
		search->device = makedev(file.stx_dev_major, file.stx_dev_minor);
		search->inode = file.stx_ino;
		search->is_socket = S_ISSOCK(file.stx_mode);
	}
	return 0;
}

static int check(const struct ptree_search_options *options)
{
	int count = (options->path != NULL) + (options->port != 0) + (options->inode != 0) +
		    (options->inode_count != 0);

	return count == 1 ? 0 : -EINVAL;
}

static int take_inodes(struct ptree_search *search)
{
	int err = 0;

	for (size_t i = 0; i < search->options.inode_count && !err; i++) {
		if (search->options.inodes[i])
			err = map_set(&search->wanted, search->options.inodes[i], search);
	}
	search->options.inodes = NULL; /* the caller's */
	return err;
}

int ptree_search_open_sized(struct ptree_search **out, struct ptree_procfs *procfs,
			    const struct ptree_search_options *options, size_t size)
{
	struct ptree_search *search = calloc(1, sizeof(*search));
	ssize_t count;
	int err;

	if (!search)
		return -ENOMEM;
	search->procfs = procfs;
	err = sized_read(&search->options, sizeof(search->options), options, size);
	if (!err)
		err = check(&search->options);
	if (!err && search->options.path)
		err = take_path(search);
	if (!err)
		err = take_inodes(search);
	if (!err) {
		count = ptree_procfs_pids(procfs, &search->pids);
		err = count < 0 ? (int)count : 0;
		search->count = count < 0 ? 0 : (size_t)count;
	}
	search->is_first_walk = search->options.port || search->is_socket;
	if (err)
		ptree_search_close(search);
	else
		*out = search;
	return err;
}

void ptree_search_close(struct ptree_search *search)
{
	if (!search)
		return;
	leave_process(search);
	for (size_t i = 0; i < search->sockets.capacity; i++)
		free(search->sockets.slots[i].value);
	map_clear(&search->sockets);
	map_clear(&search->namespaces);
	map_clear(&search->wanted);
	free(search->pids);
	free(search);
}
