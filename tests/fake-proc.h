/* SPDX-License-Identifier: MIT */
/*
 * Makes directories that look like /proc. Include it after cmocka.h: what fails here fails the
 * test.
 */
#ifndef FAKE_PROC_H
#define FAKE_PROC_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An empty directory that everybody may look into; malloc()ed. */
static inline char *fake_root_new(void)
{
	const char *base = getenv("TMPDIR");
	char *path;

	if (!base) /* thousands of small files are quicker in memory */
		base = access("/dev/shm", W_OK | X_OK) ? "/tmp" : "/dev/shm";
	assert_true(asprintf(&path, "%s/fake-proc-XXXXXX", base) > 0);
	assert_non_null(mkdtemp(path));
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static inline int fake_remove_one(const char *path, const struct stat *file, int type,
				  struct FTW *ftw)
{
	(void)file;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void fake_root_free(char *root)
{
	assert_int_equal(nftw(root, fake_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(root);
}

static inline void fake_path(char *out, size_t size, const char *root, const char *path)
{
	assert_true((size_t)snprintf(out, size, "%s/%s", root, path) < size);
}

/* Makes the directories that lead to the path, too. */
static inline void fake_directories(const char *root, const char *path)
{
	char whole[512];

	fake_path(whole, sizeof(whole), root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
}

static inline void fake_file(const char *root, const char *path, const void *bytes, size_t size)
{
	char whole[512];
	int fd;

	fake_directories(root, path);
	fake_path(whole, sizeof(whole), root, path);
	fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	assert_int_equal(close(fd), 0);
}

static inline void fake_text(const char *root, const char *path, const char *text)
{
	fake_file(root, path, text, strlen(text));
}

static inline void fake_fifo(const char *root, const char *path)
{
	char whole[512];

	fake_directories(root, path);
	fake_path(whole, sizeof(whole), root, path);
	assert_int_equal(mkfifo(whole, 0644), 0);
}

/* A line of stat as the kernel writes it, with as many threads in that state. */
static inline void fake_stat(const char *root, int pid, const char *comm, char state, int threads,
			     unsigned flags)
{
	char path[64], line[512];

	snprintf(path, sizeof(path), "%d/stat", pid);
	snprintf(line, sizeof(line),
		 "%d (%s) %c 7 8 9 34816 -1 %u 10 11 12 13 250 50 14 15 20 0 %d 0 4200 "
		 "1000000 300 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 "
		 "0 0 0 0\n",
		 pid, comm, state, flags, threads);
	fake_text(root, path, line);
}

#endif
