/* SPDX-License-Identifier: MIT */
/* A person's file: options as on the command line, which has the last word, and keys. */
#include "config/option.h"
#include "model/filter.h"
#include "model/array.h"
#include "draw/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define WARNINGS_MAX 100
#define NO_FILE "none"

void config_warn(struct config *config, unsigned line, const char *text)
{
	char where[16] = "", path[256];
	char *longer;

	if (config->warning_count++ >= WARNINGS_MAX)
		return;
	if (line)
		snprintf(where, sizeof(where), ":%u", line);
	if (config->file_path)
		text_safe(path, sizeof(path), config->file_path, strlen(config->file_path),
			  text_is_utf8());
	else
		snprintf(path, sizeof(path), "proctop");
	if (asprintf(&longer, "%s%s%s: %s\n", config->warnings ? config->warnings : "", path, where,
		     text) < 0)
		return;
	free(config->warnings);
	config->warnings = longer;
}

static bool is_flag_value(const char *value)
{
	return !strcmp(value, "yes") || !strcmp(value, "no");
}

/* Those that a command line has the last word about: the file's then say nothing. */
static int take_line_option(const struct parse *parse, const struct option_info *option,
			    const char *value)
{
	const unsigned not_there = 1u << OPTION_HELP | 1u << OPTION_VERSION | 1u << OPTION_CONFIG;

	if (!(option->commands & LIVE) || not_there & 1u << (option - config_options))
		return config_reject(parse, "%s: not an option of the file", option->name);
	if (parse->config->given & 1u << (option - config_options))
		return 0;
	if (option->argument)
		return config_take_option(parse, option, value);
	if (!is_flag_value(value))
		return config_reject(parse, "%s: expected yes or no", option->name);
	return *value == 'y' ? config_take_option(parse, option, NULL) : 0;
}

static const struct option_info *find_long_option(const char *name)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!strcmp(config_options[i].name, name))
			return &config_options[i];
	}
	return NULL;
}

static int take_key(struct config *config, const struct config_line *line)
{
	if (array_reserve(&config->keys, &config->key_capacity, config->key_count + 1,
			  sizeof(*config->keys)))
		return -ENOMEM;
	config->keys[config->key_count++] = (struct config_key){
		.line = line->number,
		.keys = line->name + strlen("key ") + strspn(line->name + strlen("key "), " \t"),
		.command = line->value,
	};
	return 0;
}

/* "filter NAME = EXPR", "columns NAME = LIST": what is kept by name. */
static struct kept *kept_of(struct config *config, const struct config_line *line,
			    const char **name)
{
	static const char filter[] = "filter ", columns[] = "columns ";
	struct kept *kept = NULL;
	size_t size = 0;

	if (line->name && !strncmp(line->name, filter, strlen(filter))) {
		kept = &config->filters;
		size = strlen(filter);
	} else if (line->name && !strncmp(line->name, columns, strlen(columns))) {
		kept = &config->column_sets;
		size = strlen(columns);
	}
	*name = kept ? line->name + size + strspn(line->name + size, " \t") : NULL;
	return kept;
}

/* What is wrong in it is found when all names are known. */
static int take_kept_line(const struct parse *parse, const struct config_line *line)
{
	const char *name;
	struct kept *kept = kept_of(parse->config, line, &name);

	if (!kept)
		return -EINVAL;
	if (!*name || name[kept_name_size(name)])
		return config_reject_value(parse, "names", name,
					   "one: expected letters, digits, _ and -");
	return kept_set(kept, name, line->value, line->number);
}

static int take_line(const struct parse *parse, const struct config_line *line)
{
	const struct option_info *option;

	if (!line->name)
		return config_reject(parse, "expected OPTION = VALUE");
	if (!strncmp(line->name, "key ", strlen("key ")))
		return take_key(parse->config, line);
	option = find_long_option(line->name);
	if (!option)
		return config_reject_value(parse, "options", line->name, "one of them");
	return take_line_option(parse, option, line->value);
}

/* What the command line says of the two holds. */
static void check_together(struct config *config)
{
	if (!config->poll || !config->require_events)
		return;
	config->poll = config->given & 1u << OPTION_POLL;
	config->require_events = config->given & 1u << OPTION_REQUIRE_EVENTS;
	config_warn(config, 0, "poll: not with require-events");
}

static void warn_of_kept(struct config *config, const char *what, const struct kept_text *text,
			 const char *why)
{
	char warning[1024];

	snprintf(warning, sizeof(warning), "%s %s: %s", what, text->name, why);
	config_warn(config, text->line, warning);
}

/* Those that are wrong are warnings, and gone; then those are wrong that name them. */
static int check_filters(struct config *config)
{
	for (size_t i = 0; i < config->filters.count;) {
		const struct kept_text *kept = &config->filters.items[i];
		struct filter_error why = { 0 };
		struct filter *filter;
		int err = filter_compile_named(&filter, kept->text, &config->filters, &why);

		if (err == -ENOMEM)
			return err;
		if (!err) {
			filter_free(filter);
			i++;
			continue;
		}
		warn_of_kept(config, "filter", kept, why.text);
		kept_remove(&config->filters, i);
		i = 0;
	}
	return 0;
}

static void check_column_sets(struct config *config)
{
	for (size_t i = 0; i < config->column_sets.count;) {
		const struct kept_text *kept = &config->column_sets.items[i];
		struct columns columns;
		char why[768];

		if (columns_parse(&columns, kept->text, NULL, why, sizeof(why))) {
			i++;
			continue;
		}
		warn_of_kept(config, "columns", kept, why);
		kept_remove(&config->column_sets, i);
	}
}

static int take_each(struct config *config, bool of_kept,
		     int (*take)(const struct parse *parse, const struct config_line *line))
{
	char error[1024];
	const struct parse parse = { config, error, sizeof(error) };

	for (size_t i = 0; i < config->file.count; i++) {
		const struct config_line *line = &config->file.lines[i];
		const char *name;
		bool is_kept = kept_of(config, line, &name);
		int err = is_kept == of_kept ? take(&parse, line) : 0;

		if (err == -ENOMEM)
			return err;
		if (err)
			config_warn(config, line->number, error);
	}
	return 0;
}

/* First what others name. */
static int take_lines(struct config *config)
{
	int err = take_each(config, true, take_kept_line);

	if (!err)
		err = check_filters(config);
	if (!err)
		check_column_sets(config);
	if (!err && config->command == CONFIG_LIVE)
		err = take_each(config, false, take_line);
	if (!err)
		check_together(config);
	return err;
}

static int read_file(struct config *config, char *error, size_t error_size)
{
	char path[PATH_MAX], why[128];
	int err;

	if (config->path && !strcmp(config->path, NO_FILE))
		return 0;
	if (config->path)
		snprintf(path, sizeof(path), "%s", config->path);
	else if (!config_file_find(path, sizeof(path)))
		return 0;
	config->file_path = strdup(path);
	if (!config->file_path)
		return -ENOMEM;
	err = config_file_read(&config->file, path, why, sizeof(why));
	if (err == -ENOENT && !config->path)
		return 0;
	if (err == -ENOENT)
		snprintf(why, sizeof(why), "%s", strerror(ENOENT));
	if (err && err != -ENOMEM && config->path) {
		const struct parse parse = { config, error, error_size };
		char safe[96];

		text_safe(safe, sizeof(safe), path, strlen(path), text_is_utf8());
		return config_reject(&parse, "--config: %s: %s", safe, why);
	}
	if (err && err != -ENOMEM) {
		config_warn(config, 0, why);
		return 0;
	}
	return err ? err : take_lines(config);
}

int config_read_file(struct config *config, char *error, size_t error_size)
{
	const struct parse parse = { config, error, error_size };
	int err = read_file(config, error, error_size);

	return err ? err : config_check_names(&parse);
}
