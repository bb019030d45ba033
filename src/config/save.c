/* SPDX-License-Identifier: MIT */
/* Changing a person's file; see save.h. */
#include "config/save.h"
#include "config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPACE " \t\r\v\f"

/* ---- the new text ---- */

/* "name = ..." with any space, in the line that begins there. */
static bool is_line_of(const char *line, size_t length, const char *name)
{
	const char *end = line + length;
	size_t size = strlen(name);

	while (line < end && strchr(SPACE, *line))
		line++;
	if ((size_t)(end - line) <= size || memcmp(line, name, size) != 0)
		return false;
	line += size;
	while (line < end && strchr(SPACE, *line))
		line++;
	return line < end && *line == '=';
}

static size_t line_length(const char *line)
{
	return strcspn(line, "\n");
}

/* The last one holds. NULL: there is none. */
static const char *find_line(const char *text, const char *name)
{
	const char *found = NULL;

	for (const char *line = text; *line;) {
		size_t length = line_length(line);

		if (is_line_of(line, length, name))
			found = line;
		line += length + (line[length] != '\0');
	}
	return found;
}

/* A new text; the old one is freed. */
static int set(char **text, const struct config_setting *setting)
{
	const char *line = find_line(*text, setting->name);
	size_t before = line ? (size_t)(line - *text) : strlen(*text);
	const char *rest = line ? line + line_length(line) : "\n";
	bool needs_end = !line && before && (*text)[before - 1] != '\n';
	char *changed;

	if (asprintf(&changed, "%.*s%s%s = %s%s", (int)before, *text, needs_end ? "\n" : "",
		     setting->name, setting->value, rest) < 0)
		return -ENOMEM;
	free(*text);
	*text = changed;
	return 0;
}

/* ---- files ---- */

static int read_text(const char *path, char **text, mode_t *mode, char *error, size_t size)
{
	struct stat stat_of_old;
	int err = config_file_read_text(path, text, error, size);

	*mode = stat(path, &stat_of_old) ? 0600 : stat_of_old.st_mode & 07777;
	if (err == -ENOENT) {
		*text = strdup("");
		return *text ? 0 : -ENOMEM;
	}
	return err;
}

/* All folders above it, as far as they are missing. */
static int make_folders(const char *path)
{
	char above[PATH_MAX];
	size_t length = strlen(path);

	if (length >= sizeof(above))
		return -ENAMETOOLONG;
	for (size_t i = 1; i < length; i++) {
		if (path[i] != '/')
			continue;
		memcpy(above, path, i);
		above[i] = '\0';
		if (mkdir(above, 0700) && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t size = strlen(text);

	while (size) {
		ssize_t written = write(fd, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		size -= (size_t)written;
	}
	return 0;
}

/* Beside it first: what is renamed is whole, and on the disk. */
static int replace(const char *path, const char *text, mode_t mode)
{
	char beside[PATH_MAX];
	int fd, err;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, text);
	if (!err && (fchmod(fd, mode) || fsync(fd)))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(beside, path))
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

int config_save(const char *path, const struct config_setting *settings, size_t count, char *error,
		size_t size)
{
	char *real = NULL, *text = NULL;
	mode_t mode = 0;
	int err = make_folders(path);

	*error = '\0';
	if (!err) { /* a link stays one: what it leads to is changed */
		real = realpath(path, NULL);
		if (!real && errno != ENOENT)
			err = -errno;
	}
	if (!err)
		err = read_text(real ? real : path, &text, &mode, error, size);
	for (size_t i = 0; i < count && !err; i++) {
		if (settings[i].value)
			err = set(&text, &settings[i]);
	}
	if (!err)
		err = replace(real ? real : path, text, mode);
	if (err && !*error)
		snprintf(error, size, "%s", strerror(-err));
	free(text);
	free(real);
	return err;
}

int config_write(const char *path, const char *text)
{
	struct stat there;
	int err = make_folders(path);

	if (!err && !lstat(path, &there) && !S_ISREG(there.st_mode))
		err = -EEXIST;
	return err ? err : replace(path, text, 0600);
}
