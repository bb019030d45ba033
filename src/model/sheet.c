/* SPDX-License-Identifier: MIT */
/* What a dialog about processes says; see sheet.h. */
#include "model/sheet.h"

#include "model/array.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 200 /* beyond them nobody reads; they are counted */

void sheet_clear(struct sheet *sheet)
{
	free(sheet->lines);
	*sheet = (struct sheet){ 0 };
}

struct sheet_line *sheet_add(struct sheet *sheet)
{
	if (sheet->count == LINES_MAX ||
	    array_reserve(&sheet->lines, &sheet->capacity, sheet->count + 1, sizeof(*sheet->lines)))
		return NULL;
	sheet->lines[sheet->count] = (struct sheet_line){ 0 };
	return &sheet->lines[sheet->count++];
}

static size_t moved(size_t at, size_t count, int64_t by)
{
	int64_t last = count ? (int64_t)count - 1 : 0;
	int64_t to = (int64_t)at + by;

	return to < 0 ? 0 : to > last ? (size_t)last : (size_t)to;
}

void sheet_move(struct sheet *sheet, int64_t lines)
{
	if (sheet->stage == SHEET_CHOOSE)
		sheet->at = moved(sheet->at, sheet->choice_count, lines);
	else
		sheet->top = moved(sheet->top, sheet->count, lines);
}

const struct sheet_choice *sheet_chosen(const struct sheet *sheet)
{
	return sheet->at < sheet->choice_count ? &sheet->choices[sheet->at] : NULL;
}

bool sheet_type(struct sheet *sheet, uint32_t code)
{
	size_t length = strlen(sheet->input);

	if (code <= ' ' || code >= 0x7f || length + 1 == sizeof(sheet->input))
		return false;
	sheet->input[length] = (char)code;
	sheet->input[length + 1] = '\0';
	return true;
}

bool sheet_erase(struct sheet *sheet)
{
	size_t length = strlen(sheet->input);

	if (length)
		sheet->input[length - 1] = '\0';
	return length > 0;
}
