/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CONFIG_FILE_H
#define PROCTOP_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A file of lines "NAME = VALUE". Empty lines and those that begin with # say nothing. It may be
 * anything: what is no such file of a reasonable size is refused, what is no such line is kept
 * without a name.
 */
struct config_line {
	unsigned number;   /* from 1 on */
	const char *name;  /* NULL: it is no such line */
	const char *value; /* without the space around it */
};

struct config_file {
	char *text; /* the lines point into it */
	struct config_line *lines;
	size_t count, capacity;
};

#define CONFIG_FILE_BYTES_MAX ((size_t)1 << 20)

/* Where a person's file is, whether or not there is one. False: there is no home. */
bool config_file_find(char *path, size_t size);

/* Likewise where proctop itself keeps what is not to be lost between two sessions. */
bool config_state_find(char *path, size_t size, const char *name);

/*
 * 0; -ENOENT; -ENOMEM; else error says in words, without the path, why it is not read: it is no
 * regular file, too large, cannot be opened, holds bytes that are no text, or, for root, others
 * could write it.
 */
int config_file_read(struct config_file *file, const char *path, char *error, size_t size);
/* The whole text, as it stands there; it is the caller's to free(). As above. */
int config_file_read_text(const char *path, char **text, char *error, size_t size);
/* The same of a text. 0 or -ENOMEM. */
int config_file_parse(struct config_file *file, const char *text);
void config_file_clear(struct config_file *file);

#endif
