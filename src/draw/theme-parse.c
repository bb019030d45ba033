/* SPDX-License-Identifier: MIT */
/* Lines of themes: what is to look how. */
#include "draw/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT (-1)
#define WORDS_MAX 8
#define WORD_SIZE 16

static const char *const role_names[THEME_ROLE_COUNT] = {
	[THEME_NORMAL] = "normal",
	[THEME_DIM] = "dim",
	[THEME_TITLE] = "title",
	[THEME_STATE_GOOD] = "good",
	[THEME_STATE_WARNING] = "warning",
	[THEME_STATE_BAD] = "bad",
	[THEME_COLUMN_TITLE] = "column-title",
	[THEME_TREE_LINE] = "tree-line",
	[THEME_PID] = "pid",
	[THEME_USER_ROOT] = "root",
	[THEME_USER_OWN] = "own-user",
	[THEME_USER_0] = "user-1",
	[THEME_USER_0 + 1] = "user-2",
	[THEME_USER_0 + 2] = "user-3",
	[THEME_USER_0 + 3] = "user-4",
	[THEME_USER_0 + 4] = "user-5",
	[THEME_USER_LAST] = "user-6",
	[THEME_DIRECTORY] = "directory",
	[THEME_PROGRAM] = "program",
	[THEME_ARGUMENTS] = "arguments",
	[THEME_GONE] = "gone",
	[THEME_SUCCESS] = "success",
	[THEME_FAILURE] = "failure",
	[THEME_COUNT] = "count",
	[THEME_METER_LOW] = "meter-low",
	[THEME_METER_MIDDLE] = "meter-middle",
	[THEME_METER_HIGH] = "meter-high",
	[THEME_MATCH] = "match",
	[THEME_SELECTED] = "selected",
	[THEME_SCOPE_LABEL] = "scope-label",
	[THEME_FOOTER_KEY] = "footer-key",
	[THEME_FOOTER_LABEL] = "footer-label",
	[THEME_ERROR] = "error",
	[THEME_PROMPT] = "prompt",
};

static const char *const glow_names[THEME_GLOW_COUNT] = {
	[THEME_GLOW_FORK] = "glow-fork",   [THEME_GLOW_EXEC] = "glow-exec",
	[THEME_GLOW_EXIT] = "glow-exit",   [THEME_GLOW_FAILURE] = "glow-failure",
	[THEME_GLOW_OTHER] = "glow-other",
};

const char *theme_name_at(size_t number)
{
	if (number < THEME_ROLE_COUNT)
		return role_names[number];
	number -= THEME_ROLE_COUNT;
	return number < THEME_GLOW_COUNT ? glow_names[number] : NULL;
}

/* ---- words ---- */

struct words {
	char at[WORDS_MAX][WORD_SIZE];
	size_t count;
};

/* False: more or longer ones than any line has. */
static bool split(const char *value, struct words *words)
{
	for (words->count = 0;; words->count++) {
		size_t size;

		value += strspn(value, " \t");
		size = strcspn(value, " \t");
		if (!size)
			return true;
		if (words->count == WORDS_MAX || size >= WORD_SIZE)
			return false;
		memcpy(words->at[words->count], value, size);
		words->at[words->count][size] = '\0';
		value += size;
	}
}

/* ---- colours ---- */

static const char *const color_names[] = { "black", "red",     "green", "yellow",
					   "blue",  "magenta", "cyan",	"white" };

static bool read_number(const char *word, int base, size_t digits, int32_t *number)
{
	char *end;
	long value = strtol(word, &end, base);

	if (*end || end == word || (digits && strlen(word) != digits) || *word == '-' ||
	    *word == '+')
		return false;
	*number = (int32_t)value;
	return value >= 0 && value <= 0xffffff;
}

static bool read_color(const char *word, int32_t *color)
{
	if (!strcmp(word, "default")) {
		*color = DEFAULT;
		return true;
	}
	for (int i = 0; i < 8; i++) {
		if (!strcmp(word, color_names[i])) {
			*color = i;
			return true;
		}
	}
	if (*word == '#') {
		if (!read_number(word + 1, 16, 6, color))
			return false;
		*color |= STYLE_RGB;
		return true;
	}
	return read_number(word, 10, 0, color) && *color < 256;
}

/* ---- styles ---- */

static uint16_t attribute_of(const char *word)
{
	return !strcmp(word, "bold")	    ? STYLE_BOLD
	       : !strcmp(word, "dim")	    ? STYLE_DIM
	       : !strcmp(word, "underline") ? STYLE_UNDERLINE
	       : !strcmp(word, "reverse")   ? STYLE_REVERSE
					    : 0;
}

static bool read_style(const struct words *words, struct style *style)
{
	bool has_fg = false, has_bg = false;

	*style = (struct style){ DEFAULT, DEFAULT, 0 };
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->at[i];
		bool is_on = !strcmp(word, "on");

		if (attribute_of(word)) {
			style->attrs |= attribute_of(word);
		} else if (is_on && !has_bg && i + 1 < words->count &&
			   read_color(words->at[i + 1], &style->bg)) {
			has_bg = true;
			i++;
		} else if (!is_on && !has_fg && read_color(word, &style->fg)) {
			has_fg = true;
		} else {
			return false;
		}
	}
	return words->count > 0;
}

/* A letter, and backgrounds from fresh to faded. */
static bool read_glow(const struct words *words, struct glow *glow)
{
	if (words->count != 1 + GLOW_LEVELS || !read_color(words->at[0], &glow->letter))
		return false;
	for (int i = 0; i < GLOW_LEVELS; i++) {
		if (!read_color(words->at[1 + i], &glow->background[GLOW_LEVELS - 1 - i]))
			return false;
	}
	return true;
}

static bool is_there(const struct theme *theme, int32_t color)
{
	return color == DEFAULT || theme->colors >= 256 || color < theme->colors;
}

/* ---- lines ---- */

static int find(const char *const *names, int count, const char *name)
{
	int i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static bool reject(char *error, size_t size, const char *expected)
{
	snprintf(error, size, "%s", expected);
	return false;
}

static bool set_glow(struct theme *theme, int which, const struct words *words, char *error,
		     size_t size)
{
	struct glow glow;

	if (!read_glow(words, &glow))
		return reject(error, size,
			      "expected five colours: of the letter, and of the background from "
			      "fresh to faded");
	if (theme->colors >= 256)
		theme_set_glow(theme, (enum theme_glow)which, glow);
	return true;
}

static bool set_style(struct theme *theme, int role, const struct words *words, char *error,
		      size_t size)
{
	struct style style;

	if (!read_style(words, &style))
		return reject(error, size,
			      "expected a colour (0 to 255, #rrggbb, red, ..., default), \"on\" "
			      "another one, bold, dim, underline, reverse");
	if (is_there(theme, style.fg) && is_there(theme, style.bg))
		theme_set_style(theme, (enum theme_role)role, style);
	return true;
}

bool theme_set(struct theme *theme, const char *name, const char *value, char *error, size_t size)
{
	int role = find(role_names, THEME_ROLE_COUNT, name);
	int glow = find(glow_names, THEME_GLOW_COUNT, name);
	struct words words;

	if (role == THEME_ROLE_COUNT && glow == THEME_GLOW_COUNT)
		return reject(error, size, "no part of the screen is called so");
	if (!split(value, &words))
		words.count = 0;
	return role < THEME_ROLE_COUNT ? set_style(theme, role, &words, error, size)
				       : set_glow(theme, glow, &words, error, size);
}
