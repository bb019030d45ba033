/* SPDX-License-Identifier: MIT */
/* What a view keeps to, in words, so that it is not taken for all there is. */
#include "views/scope.h"

#include <stdio.h>
#include <string.h>

void scope_words_watched(const struct scene *scene, bool utf8, char *out, size_t size)
{
	const struct watch_set *set = scope_watched(&scene->scope);
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; set && i < set->count && used < size; i++) {
		const struct watch_item *item = &set->items[i];
		const struct ptree_node *node = scene_node(scene, item->id);
		const char *over = utf8 ? "†" : "+";

		if (item->name[0])
			used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
						 item->name);
		else
			used +=
			    (size_t)snprintf(out + used, size - used, "%s%s(%d)%s", i ? " " : "",
					     node ? ptree_node_comm(node) : "?", item->pid,
					     node && !ptree_node_has_ended(node) ? "" : over);
	}
}

void scope_words_users(const struct scene *scene, char *out, size_t size)
{
	const struct scope *scope = &scene->scope;
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < scope->uid_count && used < size; i++) {
		const char *name = ptree_users_name_later(scene->world.users, scope->uids[i]);

		if (name)
			used +=
			    (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", name);
		else
			used += (size_t)snprintf(out + used, size - used, "%s%u", i ? " " : "",
						 scope->uids[i]);
	}
}

void scope_words(const struct scene *scene, bool utf8, char *out, size_t size)
{
	const struct scope *scope = &scene->scope;
	char text[SCOPE_WORDS_SIZE];
	size_t used = 0;

	*out = '\0';
	if (scope->watch_depth) {
		scope_words_watched(scene, utf8, text, sizeof(text));
		used = (size_t)snprintf(out, size, " under %s", text);
	}
	if (scope->uid_count && used < size) {
		scope_words_users(scene, text, sizeof(text));
		used +=
		    (size_t)snprintf(out + used, size - used, "%s of %s", used ? "," : "", text);
	}
	if (scope->filter && used < size)
		snprintf(out + used, size - used, "%s matching %s", used ? "," : "",
			 scope->filter_text);
}

void scope_draw_title(const struct scene *scene, const struct area *area, int y, const char *title)
{
	struct style style = area_style(area, THEME_STATE_WARNING);
	size_t size = strlen(title);
	char text[600];
	int x;

	scope_words(scene, area->utf8, text, sizeof(text));
	if ((int)size + area_width(area, text) > area->cols)
		size = strcspn(title, ",");
	x = area_put_cut(area, y, 0, area->cols, title, size, area_style(area, THEME_TITLE));
	area_puts_cut(area, y, x, area->cols - x, text, style);
}
