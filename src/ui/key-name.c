/* SPDX-License-Identifier: MIT */
/* What keys are called. */
#include "ui/key-name.h"
#include "ui/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{ "Space", ' ' },
	{ "Enter", TERM_KEY_ENTER },
	{ "Esc", TERM_KEY_ESC },
	{ "Tab", TERM_CTRL('I') },
	{ "Backspace", TERM_KEY_BACKSPACE },
	{ "Del", TERM_KEY_DELETE },
	{ "Up", TERM_KEY_UP },
	{ "Down", TERM_KEY_DOWN },
	{ "Left", TERM_KEY_LEFT },
	{ "Right", TERM_KEY_RIGHT },
	{ "S-Left", TERM_KEY_SHIFT_LEFT },
	{ "S-Right", TERM_KEY_SHIFT_RIGHT },
	{ "PgUp", TERM_KEY_PAGE_UP },
	{ "PgDn", TERM_KEY_PAGE_DOWN },
	{ "Home", TERM_KEY_HOME },
	{ "End", TERM_KEY_END },
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

void key_name(uint32_t code, char *out, size_t size)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (names[i].code == code) {
			snprintf(out, size, "%s", names[i].name);
			return;
		}
	}
	if (code >= TERM_KEY_F1 && code <= TERM_KEY_F12)
		snprintf(out, size, "F%u", code - TERM_KEY_F1 + 1);
	else if (code > ' ' && code < 0x7f)
		snprintf(out, size, "%c", (int)code);
	else if (code < ' ')
		snprintf(out, size, "^%c", (int)code + '@');
	else
		snprintf(out, size, "this key");
}

static bool parse_function_key(const char *text, uint32_t *code)
{
	unsigned long number;
	char *end;

	if (text[0] != 'F' || text[1] < '1' || text[1] > '9')
		return false;
	number = strtoul(text + 1, &end, 10);
	if (*end || number > 12)
		return false;
	*code = TERM_KEY_F1 + (uint32_t)number - 1;
	return true;
}

static bool parse_control(const char *text, uint32_t *code)
{
	char letter = text[0] == '^' ? text[1] : '\0';

	if (letter >= 'a' && letter <= 'z')
		letter = (char)(letter - 'a' + 'A');
	if (letter < '@' || letter > '_' || text[2])
		return false;
	*code = TERM_CTRL(letter);
	return true;
}

static bool parse_character(const char **at, uint32_t *code)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t size = mbrtowc(&character, *at, strlen(*at), &state);

	if (!size || size == (size_t)-1 || size == (size_t)-2 || character <= L' ' ||
	    character == 0x7f)
		return false;
	*code = (uint32_t)character;
	*at += size;
	return true;
}

bool key_parse(const char *text, uint32_t codes[KEYMAP_SEQUENCE_MAX])
{
	memset(codes, 0, KEYMAP_SEQUENCE_MAX * sizeof(*codes));
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (!strcasecmp(text, names[i].name)) {
			codes[0] = names[i].code;
			return true;
		}
	}
	if (parse_function_key(text, &codes[0]) || parse_control(text, &codes[0]))
		return true;
	if (!parse_character(&text, &codes[0]))
		return false;
	return !*text || (parse_character(&text, &codes[1]) && !*text);
}
