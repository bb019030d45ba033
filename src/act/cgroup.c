/* SPDX-License-Identifier: MIT */
/* Freezing a cgroup; see cgroup.h. */
#include "act/cgroup.h"

#include "model/array.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Where the unified hierarchy is, alone or beside those of version 1. */
static int open_root(void)
{
	static const char *const paths[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int fd = open(paths[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct statfs fs;

		if (fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -ENOTSUP;
}

/* The directory of the path of version 2 among them. */
static int open_directory(const struct ptree_details *details)
{
	const char *path = NULL;
	int root, fd;

	for (uint32_t i = 0; i < details->cgroup_count && !path; i++) {
		if (!details->cgroups[i].hierarchy)
			path = details->cgroups[i].path;
	}
	if (!path || path[0] != '/' || !path[1] || strstr(path, ".."))
		return -ENOTSUP;
	root = open_root();
	if (root < 0)
		return root;
	fd = openat(root, path + 1, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(root);
	return fd;
}

static int open_group_of(struct ptree_procfs *procfs, const struct target *target)
{
	struct ptree_details details = { 0 };
	struct ptree_probe *probe;
	int fd, err = ptree_probe_open(&probe, procfs, target->pid, target->start_ns);

	if (err)
		return err;
	err = ptree_probe_details(probe, 1u << PTREE_PIECE_CGROUPS, &details);
	fd = err ? err : open_directory(&details);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
	return fd;
}

static FILE *open_file(const struct cgroup *cgroup, const char *name)
{
	int fd = openat(cgroup->dir_fd, name, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/* None below it: what is in those would be frozen, too. */
static bool has_none_below(const struct cgroup *cgroup)
{
	FILE *file = open_file(cgroup, "cgroup.stat");
	bool is_lowest = false;
	char line[128];

	while (file && !is_lowest && fgets(line, sizeof(line), file))
		is_lowest = !strcmp(line, "nr_descendants 0\n");
	if (file)
		fclose(file);
	return is_lowest;
}

int cgroup_open(struct cgroup *cgroup, struct ptree_procfs *procfs, const struct target *target)
{
	cgroup->dir_fd = open_group_of(procfs, target);
	if (cgroup->dir_fd < 0)
		return cgroup->dir_fd;
	if (has_none_below(cgroup) && !faccessat(cgroup->dir_fd, "cgroup.freeze", W_OK, 0))
		return 0;
	cgroup_close(cgroup);
	return -ENOTSUP;
}

void cgroup_close(struct cgroup *cgroup)
{
	if (cgroup->dir_fd >= 0)
		close(cgroup->dir_fd);
	cgroup->dir_fd = -1;
}

ssize_t cgroup_pids(const struct cgroup *cgroup, pid_t **pids)
{
	FILE *file = open_file(cgroup, "cgroup.procs");
	size_t count = 0, capacity = 0;
	int err = file ? 0 : -errno;
	char line[32];

	*pids = NULL;
	while (!err && fgets(line, sizeof(line), file)) {
		err = array_reserve(pids, &capacity, count + 1, sizeof(**pids));
		if (!err)
			(*pids)[count++] = (pid_t)strtol(line, NULL, 10);
	}
	if (file)
		fclose(file);
	if (!err)
		return (ssize_t)count;
	free(*pids);
	*pids = NULL;
	return err;
}

int cgroup_freeze(const struct cgroup *cgroup, bool is_frozen)
{
	int fd = openat(cgroup->dir_fd, "cgroup.freeze", O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, is_frozen ? "1" : "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}
