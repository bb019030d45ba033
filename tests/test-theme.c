/* SPDX-License-Identifier: MIT */
/* Themes: those that there are, files of one's own, and every way in which one can be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/theme-file.h"
#include "draw/palette.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool are_alike(const struct theme *a, const struct theme *b)
{
	for (int i = 0; i < THEME_ROLE_COUNT; i++) {
		const struct style *one = &a->styles[i], *other = &b->styles[i];

		if (one->fg != other->fg || one->bg != other->bg || one->attrs != other->attrs)
			return false;
	}
	for (int i = 0; i < THEME_GLOW_COUNT; i++) {
		if (a->glows[i].letter != b->glows[i].letter ||
		    memcmp(a->glows[i].background, b->glows[i].background,
			   sizeof(a->glows[i].background)) != 0)
			return false;
	}
	return true;
}

static void set(struct theme *theme, const char *name, const char *value)
{
	char error[256];

	if (!theme_set(theme, name, value, error, sizeof(error)))
		fail_msg("%s = %s: %s", name, value, error);
}

static void every_theme_loads_on_every_terminal(void **state)
{
	static const int colors[] = { 0, 8, 256, 1 << 24 };

	(void)state;
	for (const struct theme_text *text = theme_texts; text->name; text++) {
		for (size_t i = 0; i < 4; i++) {
			struct theme theme, plain;
			char error[256];

			theme_init(&plain, colors[i]);
			theme_init(&theme, colors[i]);
			if (theme_load(&theme, text->name, error, sizeof(error)))
				fail_msg("%s: %s", text->name, error);
			if (!colors[i])
				assert_int_equal(theme.styles[THEME_FAILURE].fg, -1);
			if (colors[i] == 256 && strcmp(text->name, "default") != 0)
				assert_false(are_alike(&theme, &plain));
		}
	}
}

/* It is there for people to copy, and says all that a theme can. */
static void the_file_of_the_default_theme_is_the_default(void **state)
{
	struct theme theme, plain;
	const struct theme_text *text = theme_texts;
	char error[256], line[64];

	(void)state;
	theme_init(&plain, 256);
	theme_init(&theme, 256);
	assert_int_equal(theme_load(&theme, "default", error, sizeof(error)), 0);
	assert_true(are_alike(&theme, &plain));
	while (strcmp(text->name, "default") != 0)
		text++;
	for (size_t i = 0; theme_name_at(i); i++) {
		snprintf(line, sizeof(line), "\n%s = ", theme_name_at(i));
		if (!strstr(text->text, line))
			fail_msg("it does not say:%s", line);
	}
}

static void styles_are_colours_and_attributes(void **state)
{
	struct theme theme;
	const struct style *title = &theme.styles[THEME_TITLE];

	(void)state;
	theme_init(&theme, 256);
	set(&theme, "title", "bold");
	assert_int_equal(title->fg, -1);
	assert_int_equal(title->attrs, STYLE_BOLD);
	set(&theme, "title", " 12  on 200 underline reverse dim ");
	assert_int_equal(title->fg, 12);
	assert_int_equal(title->bg, 200);
	assert_int_equal(title->attrs, STYLE_UNDERLINE | STYLE_REVERSE | STYLE_DIM);
	set(&theme, "title", "on cyan red");
	assert_int_equal(title->fg, 1);
	assert_int_equal(title->bg, 6);
	set(&theme, "title", "default");
	assert_int_equal(title->fg, -1);
	set(&theme, "title", "#ff0000 on #5f87af"); /* the nearest ones */
	assert_int_equal(title->fg, 196);
	assert_int_equal(title->bg, 67);
	set(&theme, "glow-fork", "1 2 3 4 5");
	assert_int_equal(theme.glows[THEME_GLOW_FORK].letter, 1);
	assert_int_equal(theme_glow_background(&theme, PTREE_CHANGE_FORKED, false, GLOW_LEVELS), 2);
	assert_int_equal(theme_glow_background(&theme, PTREE_CHANGE_FORKED, false, 1), 5);
}

static void a_terminal_of_true_colours_gets_them(void **state)
{
	struct theme theme;

	(void)state;
	theme_init(&theme, 1 << 24);
	set(&theme, "title", "#123456 on 196");
	assert_int_equal(theme.styles[THEME_TITLE].fg, 0x123456);
	assert_int_equal(theme.styles[THEME_TITLE].bg, 0xff0000);
	set(&theme, "title", "red on 244");
	assert_int_equal(theme.styles[THEME_TITLE].fg, 1);
	assert_int_equal(theme.styles[THEME_TITLE].bg, 0x808080);
	assert_int_equal(palette_color(-1, 1 << 24), -1);
}

static void what_a_terminal_has_not_changes_nothing(void **state)
{
	struct theme theme, plain;

	(void)state;
	theme_init(&plain, 8);
	theme_init(&theme, 8);
	set(&theme, "title", "200");
	set(&theme, "failure", "#ff0000");
	set(&theme, "glow-exec", "200 201 202 203 204");
	assert_true(are_alike(&theme, &plain));
	set(&theme, "title", "red bold");
	assert_int_equal(theme.styles[THEME_TITLE].fg, 1);
}

static void what_is_no_style_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"256",
		"-1",
		"red green",
		"on",
		"on on",
		"#12345",
		"#gggggg",
		"bolder",
		"1 on 2 on 3",
		"+1",
		"0x10",
		"1 2",
		"bold on",
		"on 2 3 4",
		"# 12345",
		"1.5",
		"bold dim underline reverse bold dim bold dim bold dim bold dim bold",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static const char *const wrong_glows[] = { "1", "1 2 3 4", "1 2 3 4 5 6", "1 2 3 4 x", "" };
	struct theme theme, plain;
	char error[256];

	(void)state;
	theme_init(&plain, 256);
	theme_init(&theme, 256);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (theme_set(&theme, "title", wrong[i], error, sizeof(error)))
			fail_msg("'%s' is a style", wrong[i]);
		assert_non_null(strstr(error, "expected a colour"));
	}
	for (size_t i = 0; i < sizeof(wrong_glows) / sizeof(*wrong_glows); i++) {
		assert_false(theme_set(&theme, "glow-exit", wrong_glows[i], error, sizeof(error)));
		assert_non_null(strstr(error, "expected five colours"));
	}
	assert_false(theme_set(&theme, "titel", "bold", error, sizeof(error)));
	assert_true(are_alike(&theme, &plain));
}

/* ---- files ---- */

static void write_theme(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void expect_refused(const char *name, const char *why)
{
	struct theme theme, plain;
	char error[256] = "";

	theme_init(&plain, 256);
	theme_init(&theme, 256);
	set(&theme, "title", "1");
	assert_int_equal(theme_load(&theme, name, error, sizeof(error)), -EINVAL);
	if (!strstr(error, why))
		fail_msg("%s: %s", name, error);
	assert_true(are_alike(&theme, &plain));
}

static void one_has_themes_of_ones_own(void **state)
{
	char dir[] = "/tmp/proctop-theme-XXXXXX", path[128], error[256];
	struct theme theme;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/proctop", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/proctop/themes", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/proctop/themes/mine", dir);
	theme_init(&theme, 256);

	write_theme(path, "# mine\ntitle = 99\n");
	assert_int_equal(theme_load(&theme, "mine", error, sizeof(error)), 0);
	assert_int_equal(theme.styles[THEME_TITLE].fg, 99);
	assert_int_equal(theme_load(&theme, path, error, sizeof(error)), 0);
	write_theme(path, "title = 99\nfailure = rot\n");
	expect_refused("mine", "/mine:2: expected a colour");
	write_theme(path, "title = 99\nnonsense\n");
	expect_refused("mine", "/mine:2: expected NAME = STYLE");
	write_theme(path, "tite = 99\n");
	expect_refused(path, "/mine:1: no part of the screen");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	expect_refused("mine", "is no regular file");
	rmdir(path);
	expect_refused("mine", "no theme is called 'mine': expected a file, or colour-blind, ");
	expect_refused(path, "No such file");
	expect_refused("", "no theme is called ''");

	*strrchr(path, '/') = '\0';
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
	unsetenv("XDG_CONFIG_HOME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_theme_loads_on_every_terminal),
		cmocka_unit_test(the_file_of_the_default_theme_is_the_default),
		cmocka_unit_test(styles_are_colours_and_attributes),
		cmocka_unit_test(a_terminal_of_true_colours_gets_them),
		cmocka_unit_test(what_a_terminal_has_not_changes_nothing),
		cmocka_unit_test(what_is_no_style_is_refused),
		cmocka_unit_test(one_has_themes_of_ones_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
