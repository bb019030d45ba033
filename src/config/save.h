/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CONFIG_SAVE_H
#define PROCTOP_CONFIG_SAVE_H

#include <stddef.h>

struct config_setting {
	const char *name, *value; /* value NULL: it is left alone */
};

/*
 * Puts settings into a person's file: the last line that says so is changed, or one is added; all
 * other lines, and the file's mode, stay as they are. It is the old one or the new one, whatever
 * happens meanwhile. A missing folder is made. 0, or -errno with error in words.
 */
int config_save(const char *path, const struct config_setting *settings, size_t count, char *error,
		size_t size);

/* A file that only its owner reads: the old one or this one, whatever happens meanwhile. A missing
   folder is made. What is there and is no regular file is left alone: -EEXIST. 0, or -errno. */
int config_write(const char *path, const char *text);

#endif
