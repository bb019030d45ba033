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

#define PATH_SIZE 4200

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

/* Its path below that root, without the first slash. */
static bool read_path(pid_t pid, char path[PATH_SIZE])
{
	char name[64];
	bool is_found = false;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	file = fopen(name, "re");
	while (file && !is_found && fgets(path, PATH_SIZE, file)) {
		size_t length = strlen(path);

		if (strncmp(path, "0::/", 4) || path[length - 1] != '\n')
			continue;
		path[length - 1] = '\0';
		memmove(path, path + 4, length - 4);
		is_found = true;
	}
	if (file)
		fclose(file);
	return is_found;
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

int cgroup_open(struct cgroup *cgroup, pid_t pid)
{
	char path[PATH_SIZE];
	int root;

	cgroup->dir_fd = -1;
	if (!read_path(pid, path) || !*path || strstr(path, ".."))
		return -ENOTSUP;
	root = open_root();
	if (root < 0)
		return root;
	cgroup->dir_fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(root);
	if (cgroup->dir_fd < 0)
		return -errno;
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
