/* SPDX-License-Identifier: MIT */
/* What was asked for, put into a session; see setting-up.h. */
#include "ui/setting-up.h"
#include "config/exit-codes.h"
#include "ui/on-rules.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READY_PATIENCE_MS 5000

/* ---- watching ---- */

static bool is_pid(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static int watch_pid(struct session *session, const char *text, char *error, size_t size)
{
	long pid = strtol(text, NULL, 10);
	const struct ptree_node *node =
	    pid > INT_MAX ? NULL : ptree_tree_find(session->scene.world.tree, (pid_t)pid);
	struct watch_item item = { .pid = (pid_t)pid };

	if (!node) {
		snprintf(error, size, "--watch: no process has the pid %s", text);
		return EXIT_FAILED;
	}
	item.id = ptree_node_id(node);
	session_watch_also(session, &item);
	return EXIT_OK;
}

static int watch(struct session *session, const struct config *config, char *error, size_t size)
{
	for (size_t i = 0; i < config->watch_count; i++) {
		const char *text = config->watches[i];
		struct watch_item item = { 0 };
		int code = EXIT_OK;

		if (i == WATCH_ITEMS_MAX || strlen(text) >= sizeof(item.name)) {
			snprintf(error, size, "--watch: at most %d, of less than %d bytes each",
				 WATCH_ITEMS_MAX, WATCH_NAME_SIZE);
			return EXIT_USAGE;
		}
		if (is_pid(text)) {
			ptree_monitor_wait_ready(session->scene.world.monitor, false,
						 READY_PATIENCE_MS);
			code = watch_pid(session, text, error, size);
		} else {
			memcpy(item.name, text, strlen(text));
			session_watch_also(session, &item);
		}
		if (code)
			return code;
	}
	return EXIT_OK;
}

/* ---- all of it ---- */

/* What is wrong is a warning, as it is of the file's other lines. */
static int bind_keys(struct session *session, struct config *config)
{
	char error[160];

	for (size_t i = 0; i < config->key_count; i++) {
		const struct config_key *key = &config->keys[i];
		int err =
		    keymap_bind(&session->keymap, key->keys, key->command, error, sizeof(error));

		if (err == -ENOMEM)
			return err;
		if (err)
			config_warn(config, key->line, error);
	}
	return 0;
}

/* The first of them; all are on stderr. */
void setting_up_say_warnings(struct session *session, const struct config *config)
{
	const char *end = config->warnings ? strchr(config->warnings, '\n') : NULL;

	if (!end)
		return;
	if (config->warning_count > 1)
		session_say(session, true, "%.*s (and %zu more)", (int)(end - config->warnings),
			    config->warnings, config->warning_count - 1);
	else
		session_say(session, true, "%.*s", (int)(end - config->warnings), config->warnings);
}

/* Filters are kept for the next session, where there is a home. */
static bool find_kept_filters(char path[PATH_MAX])
{
	return config_state_find(path, PATH_MAX, "filters");
}

int setting_up(struct session *session, struct config *config, char *error, size_t size)
{
	char path[PATH_MAX];
	int err = bind_keys(session, config);

	if (!err)
		err = on_rules_open(session, config);
	if (err) {
		snprintf(error, size, "cannot start: %s", strerror(-err));
		return EXIT_FAILED;
	}
	setting_up_say_warnings(session, config);
	if (find_kept_filters(path))
		history_read(&session->histories[SESSION_PROMPT_FILTER], path);
	session->scene.moment.glow_ns = config->highlight_ns;
	session->config_path = config->file_path;
	session->filter_names = &config->filters;
	session->column_sets = &config->column_sets;
	session->scene.scope.filter_names = &config->filters;
	session->panes.tree->columns = config->columns;
	session->scene.meters = config->meters;
	session->panes.tree->choice.sort = config->sort;
	session->panes.tree->choice.group = config->group;
	if (config->filter && !session_set_filter(session, config->filter)) {
		snprintf(error, size, "--filter: %.200s", session->filter_error.text);
		return EXIT_USAGE;
	}
	scope_set_users(&session->scene.scope, config->uids, config->uid_count);
	return watch(session, config, error, size);
}

/* Where that fails nothing is lost that one would miss enough to be told on leaving. */
void setting_up_keep(const struct session *session)
{
	char path[PATH_MAX];

	if (find_kept_filters(path))
		history_keep(&session->histories[SESSION_PROMPT_FILTER], path);
}
