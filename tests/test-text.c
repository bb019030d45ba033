/* SPDX-License-Identifier: MIT */
/* What reaches a terminal: text, the grid it is drawn on, and the line editor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "draw/canvas.h"
#include "ui/prompt.h"
#include "ui/term.h"
#include "draw/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static const struct style plain = { .fg = -1, .bg = -1 };

struct sample {
	const char *bytes;
	size_t size;
	const char *safe; /* NULL: only the invariants are checked */
};

#define SAMPLE(bytes, safe)                                                                        \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, safe                                                     \
	}

static const struct sample samples[] = {
	SAMPLE("plain text", "plain text"),
	SAMPLE("", ""),
	SAMPLE("\x1b]52;c;aGk=\a", "\\x1b]52;c;aGk=\\a"),
	SAMPLE("\x1b[2J", "\\x1b[2J"),
	SAMPLE("a\nb\tc\rd", "a\\nb\\tc\\rd"),
	SAMPLE("nul\0in", "nul\\x00in"),
	SAMPLE("\x9b"
	       "31m",
	       "\\x9b31m"),
	SAMPLE("\xc2\x9b"
	       "31m",
	       "\\u{9B}31m"),
	SAMPLE("\x7f", "\\x7f"),
	SAMPLE("\xe2\x80\xae"
	       "abc",
	       "\\u{202E}abc"),
	SAMPLE("\xe2\x80\x8b", "\\u{200B}"),
	SAMPLE("\xef\xbb\xbf", "\\u{FEFF}"),
	SAMPLE("\xc2\xad", "\\u{AD}"),
	SAMPLE("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", "\xf0\x9f\x91\xa8\\u{200D}"
							       "\xf0\x9f\x91\xa9"),
	SAMPLE("\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac"),
	SAMPLE("e\xcc\x81", "e\xcc\x81"),
	SAMPLE("\xcc\x81", "\\u{301}"),
	SAMPLE("\xc0\xaf", "\\xc0\\xaf"),	   /* overlong */
	SAMPLE("\xed\xa0\x80", "\\xed\\xa0\\x80"), /* a surrogate */
	SAMPLE("\xe6\x97", "\\xe6\\x97"),	   /* cut off */
	SAMPLE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	SAMPLE("\xee\x80\x80", "\\u{E000}"),
	SAMPLE("\xf0\x9f\x8f\xbd", "\\u{1F3FD}"),
	SAMPLE("\xd7\x90\xd7\x91", "\xd7\x90\xd7\x91"),
};

#define SAMPLE_COUNT (sizeof(samples) / sizeof(*samples))

/* Valid in the locale, printable throughout, and as wide as it says. */
static void check_safe(const char *bytes, size_t size)
{
	char safe[8192];
	wchar_t wide[8192];
	size_t length = text_safe(safe, sizeof(safe), bytes, size, true);
	size_t count;
	int width = 0;

	assert_true(length < sizeof(safe));
	assert_int_equal(length, strlen(safe));
	count = mbstowcs(wide, safe, 8192);
	assert_true(count != (size_t)-1);
	for (size_t i = 0; i < count; i++) {
		assert_true(wcwidth(wide[i]) >= 0);
		width += wcwidth(wide[i]);
	}
	assert_int_equal(width, text_width(bytes, size, true));
}

static void hostile_text_is_shown_and_not_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_COUNT; i++) {
		char safe[512];

		check_safe(samples[i].bytes, samples[i].size);
		text_safe(safe, sizeof(safe), samples[i].bytes, samples[i].size, true);
		assert_string_equal(safe, samples[i].safe);
	}
}

static void any_three_bytes_are_safe(void **state)
{
	static const unsigned char interesting[] = { 0x00, 0x1b, 0x20, 0x41, 0x7f, 0x80, 0x9b,
						     0xad, 0xc2, 0xcc, 0xe2, 0xef, 0xf0, 0xff };
	char bytes[3];

	(void)state;
	for (int first = 0; first < 256; first++) {
		for (int second = 0; second < 256; second++) {
			for (size_t i = 0; i < sizeof(interesting); i++) {
				bytes[0] = (char)first;
				bytes[1] = (char)second;
				bytes[2] = (char)interesting[i];
				check_safe(bytes, 3);
			}
		}
	}
}

static void a_thousand_marks_do_not_pile_up(void **state)
{
	char bytes[2001] = "e";

	(void)state;
	for (int i = 0; i < 1000; i++)
		memcpy(bytes + 1 + 2 * i, "\xcc\x81", 2);
	check_safe(bytes, 400);
	assert_int_equal(text_width(bytes, sizeof(bytes), true), 1 + (1000 - 4) * 7);
}

static void without_utf8_only_ascii_is_left(void **state)
{
	char safe[512];

	(void)state;
	for (size_t i = 0; i < SAMPLE_COUNT; i++) {
		text_safe(safe, sizeof(safe), samples[i].bytes, samples[i].size, false);
		for (const char *at = safe; *at; at++)
			assert_in_range((unsigned char)*at, ' ', '~');
	}
}

static void text_that_is_cut_is_not_cut_within_a_piece(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(text_safe(out, sizeof(out), "abc\x1bxyz", 7, true), 10);
	assert_string_equal(out, "abc\\x1b");
	assert_int_equal(text_safe(out, 6, "abc\x1bxyz", 7, true), 10);
	assert_string_equal(out, "abc");
	assert_int_equal(text_safe(out, 6, "abc\xe6\x97\xa5", 6, true), 6);
	assert_string_equal(out, "abc");
}

static void searching_is_caseless_unless_an_upper_case_letter_is_asked_for(void **state)
{
	static const char argv[] = "Make\0-j4\0\xc3\x84rger";

	(void)state;
	assert_true(text_contains(argv, sizeof(argv), "make"));
	assert_false(text_contains(argv, sizeof(argv), "MAKE"));
	assert_true(text_contains(argv, sizeof(argv), "Make"));
	assert_true(text_contains(argv, sizeof(argv), "make -j"));
	assert_true(text_contains(argv, sizeof(argv), "\xc3\xa4rg"));
	assert_true(text_contains(argv, sizeof(argv), ""));
	assert_false(text_contains("", 0, "x"));
	assert_false(text_contains("\xff\xfe", 2, "\xc3\xa4"));
}

static void arguments_become_one_line(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(text_join_argv(out, sizeof(out), "a\0b\0", 4), 3);
	assert_string_equal(out, "a b");
	assert_int_equal(text_join_argv(out, sizeof(out), "a\0\0\0", 4), 1);
	assert_int_equal(text_join_argv(out, 3, "abcdef", 6), 2);
	assert_string_equal(out, "ab");
	assert_int_equal(text_join_argv(out, sizeof(out), NULL, 0), 0);
}

/* ---- the canvas ---- */

static void expect_canvas(const struct canvas *canvas, const char *expected)
{
	char *text = canvas_dump(canvas);

	assert_string_equal(text, expected);
	free(text);
	for (int y = 0; y < canvas->rows; y++) {
		int width = 0;

		for (int x = 0; x < canvas->cols; x++)
			width += canvas_cell(canvas, y, x)->width;
		assert_int_equal(width, canvas->cols);
	}
}

static void drawing_is_clipped_on_every_side(void **state)
{
	struct canvas *canvas = canvas_new(2, 6, true);

	(void)state;
	assert_int_equal(canvas_puts(canvas, 0, -2, -1, "abcdefghij", plain), 8);
	assert_int_equal(canvas_puts(canvas, 1, 4, -1, "xyz", plain), 2);
	assert_int_equal(canvas_puts(canvas, 2, 0, -1, "out", plain), 0);
	assert_int_equal(canvas_puts(canvas, -1, 0, -1, "out", plain), 0);
	assert_int_equal(canvas_puts(canvas, 1, 0, 2, "abc", plain), 2);
	expect_canvas(canvas, "cdefgh\nab  xy\n");
	canvas_free(canvas);
}

static void a_wide_character_is_never_halved(void **state)
{
	struct canvas *canvas = canvas_new(1, 5, true);

	(void)state;
	canvas_puts(canvas, 0, 0, -1, "ab\xe6\x97\xa5\xe6\x97\xa5", plain);
	expect_canvas(canvas, "ab\xe6\x97\xa5\n");
	canvas_puts(canvas, 0, 3, 1, "x", plain);
	expect_canvas(canvas, "ab x\n");
	canvas_puts(canvas, 0, 2, -1, "\xe6\x97\xa5", plain);
	canvas_puts(canvas, 0, 2, 1, "y", plain);
	expect_canvas(canvas, "aby\n");
	canvas_puts(canvas, 0, 1, -1, "\xe6\x97\xa5", plain);
	canvas_puts(canvas, 0, 2, -1, "\xe6\x97\xa5", plain);
	expect_canvas(canvas, "a \xe6\x97\xa5\n");
	canvas_puts(canvas, 0, -1, -1, "\xe6\x97\xa5", plain);
	expect_canvas(canvas, "  \xe6\x97\xa5\n");
	canvas_free(canvas);
}

static void escapes_may_be_cut(void **state)
{
	struct canvas *canvas = canvas_new(1, 6, true);

	(void)state;
	assert_int_equal(canvas_put(canvas, 0, 0, 3, "\x1b", 1, plain), 3);
	expect_canvas(canvas, "\\x1\n");
	canvas_free(canvas);
}

static void an_empty_canvas_is_legal(void **state)
{
	struct canvas *canvas = canvas_new(0, 0, true);

	(void)state;
	canvas_puts(canvas, 0, 0, -1, "x", plain);
	canvas_fill(canvas, 0, 0, 5, 5, plain);
	canvas_tint(canvas, 0, 0, 5, 1, 0);
	expect_canvas(canvas, "");
	assert_int_equal(canvas_resize(canvas, 1, 1), 0);
	canvas_puts(canvas, 0, 0, -1, "\xe6\x97\xa5", plain);
	expect_canvas(canvas, "\n");
	canvas_free(canvas);
}

static void a_tint_leaves_the_text(void **state)
{
	struct canvas *canvas = canvas_new(1, 4, true);

	(void)state;
	canvas_puts(canvas, 0, 0, -1, "abcd", (struct style){ 3, 4, STYLE_BOLD });
	canvas_tint(canvas, 0, 1, 2, 7, STYLE_REVERSE);
	canvas_tint(canvas, 0, 2, 1, -1, STYLE_DIM);
	expect_canvas(canvas, "abcd\n");
	assert_int_equal(canvas_cell(canvas, 0, 0)->style.bg, 4);
	assert_int_equal(canvas_cell(canvas, 0, 1)->style.bg, 7);
	assert_int_equal(canvas_cell(canvas, 0, 2)->style.attrs,
			 STYLE_BOLD | STYLE_REVERSE | STYLE_DIM);
	canvas_free(canvas);
}

/* ---- the line editor ---- */

static void a_line_is_edited_as_in_the_shell(void **state)
{
	struct prompt prompt = { 0 };

	(void)state;
	assert_true(prompt_insert(&prompt, 'a'));
	prompt_insert(&prompt, 0x65e5);
	prompt_insert(&prompt, 'b');
	assert_string_equal(prompt.text, "a\xe6\x97\xa5"
					 "b");
	assert_false(prompt_edit(&prompt, PROMPT_LEFT));
	assert_true(prompt_edit(&prompt, PROMPT_ERASE));
	assert_string_equal(prompt.text, "ab");
	prompt_edit(&prompt, PROMPT_BEGIN);
	prompt_edit(&prompt, PROMPT_DELETE);
	assert_string_equal(prompt.text, "b");
	prompt_set(&prompt, "one two  ");
	prompt_edit(&prompt, PROMPT_ERASE_WORD);
	assert_string_equal(prompt.text, "one ");
	prompt_edit(&prompt, PROMPT_ERASE_BEFORE);
	assert_string_equal(prompt.text, "");
	assert_false(prompt_edit(&prompt, PROMPT_ERASE));
	prompt_set(&prompt, "keep cut");
	for (int i = 0; i < 4; i++)
		prompt_edit(&prompt, PROMPT_LEFT);
	prompt_edit(&prompt, PROMPT_ERASE_AFTER);
	assert_string_equal(prompt.text, "keep");
	assert_false(prompt_insert(&prompt, TERM_KEY_F1));
	assert_false(prompt_insert(&prompt, 0x01f));
}

static void a_line_has_an_end(void **state)
{
	struct prompt prompt = { 0 };

	(void)state;
	for (int i = 0; i < 3 * PROMPT_SIZE; i++)
		prompt_insert(&prompt, i % 2 ? 'x' : 0x1f600);
	assert_true(prompt.size < PROMPT_SIZE);
	assert_int_equal(strlen(prompt.text), prompt.size);
}

static void a_long_line_shows_the_part_with_the_cursor(void **state)
{
	struct canvas *canvas = canvas_new(1, 10, true);
	struct area area = area_of(canvas);
	struct prompt prompt = { 0 };
	int cursor_x;

	(void)state;
	prompt_set(&prompt, "0123456789abcdef");
	prompt_draw(&prompt, &area, 0, 2, 8, PROMPT_NOWHERE, &cursor_x);
	expect_canvas(canvas, "  9abcdef\n");
	assert_int_equal(cursor_x, 9);
	prompt_edit(&prompt, PROMPT_BEGIN);
	prompt_draw(&prompt, &area, 0, 2, 8, PROMPT_NOWHERE, &cursor_x);
	expect_canvas(canvas, "  01234567\n");
	assert_int_equal(cursor_x, 2);
	canvas_free(canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text_is_shown_and_not_sent),
		cmocka_unit_test(any_three_bytes_are_safe),
		cmocka_unit_test(a_thousand_marks_do_not_pile_up),
		cmocka_unit_test(without_utf8_only_ascii_is_left),
		cmocka_unit_test(text_that_is_cut_is_not_cut_within_a_piece),
		cmocka_unit_test(searching_is_caseless_unless_an_upper_case_letter_is_asked_for),
		cmocka_unit_test(arguments_become_one_line),
		cmocka_unit_test(drawing_is_clipped_on_every_side),
		cmocka_unit_test(a_wide_character_is_never_halved),
		cmocka_unit_test(escapes_may_be_cut),
		cmocka_unit_test(an_empty_canvas_is_legal),
		cmocka_unit_test(a_tint_leaves_the_text),
		cmocka_unit_test(a_line_is_edited_as_in_the_shell),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(a_long_line_shows_the_part_with_the_cursor),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
