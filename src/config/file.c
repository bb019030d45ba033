/* SPDX-License-Identifier: MIT */
/* Files of lines "NAME = VALUE"; see file.h. */
#include "config/file.h"
#include "model/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPACE " \t\r\v\f"

/* A relative folder is to be passed over, says the XDG Base Directory Specification. */
static bool find(char *path, size_t size, const char *variable, const char *at_home,
		 const char *name)
{
	const char *folder = getenv(variable);
	const char *home = getenv("HOME");
	int length = -1;

	if (folder && *folder == '/')
		length = snprintf(path, size, "%s/proctop/%s", folder, name);
	else if (home && *home == '/')
		length = snprintf(path, size, "%s/%s/proctop/%s", home, at_home, name);
	return length > 0 && (size_t)length < size;
}

bool config_file_find(char *path, size_t size)
{
	return find(path, size, "XDG_CONFIG_HOME", ".config", "config");
}

bool config_state_find(char *path, size_t size, const char *name)
{
	return find(path, size, "XDG_STATE_HOME", ".local/state", name);
}

/* ---- reading ---- */

static int refuse(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);
	return -EINVAL;
}

/* It could have root do what others want. */
static bool could_others_write(const struct stat *stat)
{
	return (stat->st_uid != 0 && stat->st_uid != geteuid()) ||
	       stat->st_mode & (S_IWGRP | S_IWOTH);
}

static int check(int fd, char *error, size_t size)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return refuse(error, size, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return refuse(error, size, "is no regular file");
	if ((uintmax_t)stat.st_size > CONFIG_FILE_BYTES_MAX)
		return refuse(error, size, "is larger than 1 MiB");
	if (geteuid() == 0 && could_others_write(&stat))
		return refuse(error, size, "is not root's alone: others could write it");
	return 0;
}

/* Also of one that grows: no more than that. */
static int read_all(int fd, char **out, size_t *out_size, char *error, size_t error_size)
{
	char *text = malloc(CONFIG_FILE_BYTES_MAX + 2);
	size_t size = 0;
	ssize_t got = 1;

	if (!text)
		return -ENOMEM;
	while (got > 0 && size <= CONFIG_FILE_BYTES_MAX) {
		got = read(fd, text + size, CONFIG_FILE_BYTES_MAX + 1 - size);
		if (got > 0)
			size += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (got < 0 || size > CONFIG_FILE_BYTES_MAX) {
		free(text);
		return refuse(error, error_size,
			      got < 0 ? strerror(errno) : "is larger than 1 MiB");
	}
	text[size] = '\0';
	*out = text;
	*out_size = size;
	return 0;
}

/* ---- lines ---- */

static char *trim(char *text)
{
	char *end;

	text += strspn(text, SPACE);
	end = text + strlen(text);
	while (end > text && strchr(SPACE, end[-1]))
		end--;
	*end = '\0';
	return text;
}

/* The first one, but for "key = = COMMAND": a key is one word, whatever it is. */
static char *find_sign(char *line)
{
	char *from = line, *sign;

	if (!strncmp(from, "key", 3) && from[3] && strchr(SPACE, from[3])) {
		from += 3 + strspn(from + 3, SPACE);
		from += strcspn(from, SPACE);
	}
	sign = strchr(from, '=');
	return sign ? sign : strchr(line, '=');
}

static struct config_line parse_line(char *text, unsigned number)
{
	struct config_line line = { .number = number };
	char *sign = find_sign(text);

	if (!sign)
		return line;
	*sign = '\0';
	line.name = trim(text);
	line.value = trim(sign + 1);
	if (!*line.name)
		line.name = NULL;
	return line;
}

static int add_line(struct config_file *file, char *text, unsigned number)
{
	char *line = trim(text);

	if (!*line || *line == '#')
		return 0;
	if (array_reserve(&file->lines, &file->capacity, file->count + 1, sizeof(*file->lines)))
		return -ENOMEM;
	file->lines[file->count++] = parse_line(line, number);
	return 0;
}

static int split(struct config_file *file)
{
	char *next = file->text;
	unsigned number = 1;
	int err = 0;

	for (char *line; !err && (line = strsep(&next, "\n")); number++)
		err = add_line(file, line, number);
	return err;
}

int config_file_read_text(const char *path, char **text, char *error, size_t size)
{
	/* A FIFO would wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *bytes = NULL;
	size_t length = 0;
	int err;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : refuse(error, size, strerror(errno));
	err = check(fd, error, size);
	if (!err)
		err = read_all(fd, &bytes, &length, error, size);
	close(fd);
	if (!err && strlen(bytes) != length)
		err = refuse(error, size, "is no text");
	if (err)
		free(bytes);
	else
		*text = bytes;
	return err;
}

int config_file_read(struct config_file *out, const char *path, char *error, size_t size)
{
	struct config_file file = { .count = 0 };
	int err = config_file_read_text(path, &file.text, error, size);

	if (!err)
		err = split(&file);
	if (err) {
		config_file_clear(&file);
		return err;
	}
	*out = file;
	return 0;
}

int config_file_parse(struct config_file *out, const char *text)
{
	struct config_file file = { .text = strdup(text) };
	int err = file.text ? split(&file) : -ENOMEM;

	if (err) {
		config_file_clear(&file);
		return err;
	}
	*out = file;
	return 0;
}

void config_file_clear(struct config_file *file)
{
	free(file->lines);
	free(file->text);
	*file = (struct config_file){ .count = 0 };
}
