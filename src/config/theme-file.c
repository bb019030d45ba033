/* SPDX-License-Identifier: MIT */
/* Themes by name, or from files; see theme-file.h. */
#include "config/theme-file.h"
#include "config/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "themes"

/* All or nothing: half of a theme can be unreadable. */
static int take_lines(struct theme *theme, const struct config_file *file, const char *name,
		      char *error, size_t size)
{
	struct theme fresh;
	char why[192];

	theme_init(&fresh, theme->colors);
	for (size_t i = 0; i < file->count; i++) {
		const struct config_line *line = &file->lines[i];

		if (line->name && theme_set(&fresh, line->name, line->value, why, sizeof(why)))
			continue;
		snprintf(error, size, "%.128s:%u: %s", name, line->number,
			 line->name ? why : "expected NAME = STYLE");
		return -EINVAL;
	}
	*theme = fresh;
	return 0;
}

static int load_file(struct theme *theme, const char *path, char *error, size_t size)
{
	struct config_file file = { .count = 0 };
	char why[128];
	int err = config_file_read(&file, path, why, sizeof(why));

	if (err == -EINVAL)
		snprintf(error, size, "%.128s: %s", path, why);
	if (!err)
		err = take_lines(theme, &file, path, error, size);
	config_file_clear(&file);
	return err;
}

static int load_text(struct theme *theme, const struct theme_text *text, char *error, size_t size)
{
	struct config_file file = { .count = 0 };
	int err = config_file_parse(&file, text->text);

	if (!err)
		err = take_lines(theme, &file, text->name, error, size);
	config_file_clear(&file);
	return err;
}

/* Beside the person's config. */
static bool find_own(const char *name, char *path, size_t size)
{
	char config[PATH_MAX];
	char *slash;
	int length;

	if (!config_file_find(config, sizeof(config)))
		return false;
	slash = strrchr(config, '/');
	length = snprintf(path, size, "%.*s/" FOLDER "/%s", (int)(slash - config), config, name);
	return length > 0 && (size_t)length < size;
}

static int reject_name(const char *name, char *error, size_t size)
{
	size_t used =
	    (size_t)snprintf(error, size, "no theme is called '%.64s': expected a file, or", name);

	for (const struct theme_text *text = theme_texts; text->name && used < size; text++)
		used += (size_t)snprintf(error + used, size - used, "%s %s",
					 text == theme_texts ? "" : ",", text->name);
	return -EINVAL;
}

static int load_named(struct theme *theme, const char *name, char *error, size_t size)
{
	char path[PATH_MAX];
	int err = -ENOENT;

	if (*name && find_own(name, path, sizeof(path)))
		err = load_file(theme, path, error, size);
	if (err != -ENOENT)
		return err;
	for (const struct theme_text *text = theme_texts; text->name; text++) {
		if (!strcmp(text->name, name))
			return load_text(theme, text, error, size);
	}
	return reject_name(name, error, size);
}

int theme_load(struct theme *theme, const char *name, char *error, size_t size)
{
	int err = strchr(name, '/') ? load_file(theme, name, error, size)
				    : load_named(theme, name, error, size);

	if (err == -ENOENT) {
		snprintf(error, size, "%.128s: %s", name, strerror(ENOENT));
		err = -EINVAL;
	}
	if (err)
		theme_init(theme, theme->colors);
	return err;
}
