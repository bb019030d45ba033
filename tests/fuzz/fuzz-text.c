/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as text for a terminal: what comes out is valid UTF-8 without a control character, as
 * wide as it says, and no piece is larger than its room.
 */
#include "draw/text.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_piece(const struct text_piece *piece)
{
	char bytes[TEXT_PIECE_SIZE + 1];
	wchar_t wide[TEXT_PIECE_SIZE + 1];
	size_t count;
	int width = 0;

	require(piece->size > 0 && piece->size <= TEXT_PIECE_SIZE);
	memcpy(bytes, piece->bytes, piece->size);
	bytes[piece->size] = '\0';
	count = mbstowcs(wide, bytes, TEXT_PIECE_SIZE + 1);
	require(count != (size_t)-1);
	for (size_t i = 0; i < count; i++) {
		require(wcwidth(wide[i]) >= 0);
		width += wcwidth(wide[i]);
	}
	require(width == piece->width);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct text_piece piece;
	char safe[256];

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 0;
	while (text_next(&at, end, true, &piece))
		check_piece(&piece);
	require(at == end);
	text_safe(safe, sizeof(safe), (const char *)data, size, true);
	require(strlen(safe) < sizeof(safe));
	text_contains((const char *)data, size, "\xc3\xa4");
	text_contains((const char *)data, size, "a B");
	return 0;
}
