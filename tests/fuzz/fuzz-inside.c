/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what /proc says inside one process: stat, status, limits, cgroup, namespaces, smaps,
 * io, fdinfo, lines of net and maps, and paths of cgroups. What is taken must be within its bounds;
 * what is refused must leave everything as it was.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proc/descriptors.h"
#include "proc/details.h"
#include "proc/maps.h"
#include "proc/sockets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void require_within(struct span part, struct span text)
{
	require(part.at <= part.end && part.at >= text.at && part.end <= text.end);
}

static void check_stat(struct span text)
{
	struct details_stat stat = { .nice = 99 };
	int err = details_parse_stat(text, &stat);

	require(!err || (err == -EBADMSG && stat.nice == 99));
	if (!err)
		require(stat.nice >= -20 && stat.nice <= 19 && stat.last_cpu >= 0);
}

static void check_status(struct span text)
{
	struct ptree_details details = { .umask = 7777 };
	struct span groups = text, cpus = text;
	uint32_t found = details_parse_status(text, &details, &groups, &cpus);
	uint32_t group;

	require(found & PIECE(PTREE_PIECE_UMASK) ? details.umask <= 07777 : details.umask == 7777);
	require_within(groups, text);
	require_within(cpus, text);
	while (details_next_group(&groups, &group))
		require_within(groups, text);
}

static void check_rows(struct span text)
{
	struct ptree_limit limits[3] = { 0 };
	struct details_cgroup cgroup;
	struct span left = text;
	uint64_t inode;
	uint32_t count = details_parse_limits(text, limits, 2);

	require(count <= 2 && !*limits[2].name);
	for (uint32_t i = 0; i < count; i++)
		require(*limits[i].name && memchr(limits[i].unit, 0, sizeof(limits[i].unit)));
	while (details_next_cgroup(&left, &cgroup)) {
		require_within(cgroup.path, text);
		require_within(cgroup.controllers, text);
		require(*cgroup.path.at == '/');
	}
	details_parse_namespace(text, &inode);
}

static void check_figures(struct span text)
{
	const struct ptree_details before = { .pss_bytes = 1, .read_calls = 2 };
	struct ptree_details details = before;
	char name[32];

	if (details_parse_pss(text, &details))
		require(details.pss_bytes == 1);
	if (details_parse_io(text, &details))
		require(details.read_calls == 2);
	for (uint32_t device = 0x400; device < 0x9000; device += 0x801) {
		if (details_tty_name(text, device, name, sizeof(name)))
			require(!strncmp(name, "/dev/", 5) && memchr(name, 0, sizeof(name)));
	}
}

static void check_lines(struct span text)
{
	char path[32];
	struct span line;

	while (span_take_line(&text, &line)) {
		struct ptree_socket socket = { 0 };
		struct maps_line map;
		char address[128];

		for (int i = 0; i < PTREE_PROTOCOL_COUNT; i++) {
			if (!sockets_parse((enum ptree_protocol)i, line, &socket, path,
					   sizeof(path)))
				continue;
			require(socket.state && (!socket.path || memchr(path, 0, sizeof(path))));
			require(ptree_socket_format(&socket, false, address, sizeof(address)) >= 0);
			require(ptree_socket_format(&socket, true, address, sizeof(address)) >= 0);
		}
		if (maps_parse_line(line, &map))
			require_within(map.name, line);
	}
}

static void check_descriptor(struct span text)
{
	uint64_t inode = 0, position = 5;
	uint32_t flags = 6;

	descriptors_parse_target(text, &inode);
	if (descriptors_parse_info(text, &position, &flags))
		require(position == 5 && flags == 6);
}

static void check_owner(const uint8_t *data, size_t size)
{
	struct ptree_cgroup_owner owner;
	char *path = malloc(size + 1);

	if (!path)
		return;
	memcpy(path, data, size);
	path[size] = '\0';
	ptree_cgroup_owner(path, &owner);
	require(memchr(owner.unit, 0, sizeof(owner.unit)) &&
		memchr(owner.pod, 0, sizeof(owner.pod)));
	require(memchr(owner.container, 0, sizeof(owner.container)) != NULL);
	require(!*owner.container == !*owner.runtime);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);

	check_stat(text);
	check_status(text);
	check_rows(text);
	check_figures(text);
	check_lines(text);
	check_descriptor(text);
	check_owner(data, size);
	return 0;
}
