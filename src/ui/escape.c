/* SPDX-License-Identifier: MIT */
/*
 * The control sequences that terminfo has no name for: answers, reports, keys of other terminals.
 * They are taken whole, so that none of their bytes passes for a key, and the mouse is understood.
 * Pure: it reads no terminal and no clock.
 */
#include "ui/escape.h"

#define PATIENCE_MS 1000
/* Nobody types ESC and [ this fast; a slow line may well deliver them so far apart. */
#define LATE_MS 100
#define NUMBER_DIGITS_BOUND 10000 /* what has as many is not added to */
#define MODIFIERS 28u		  /* shift, meta, control */
#define X10_OFFSET 32
#define PASTE 200 /* bracketed paste: ESC [ 200 ~ ... ESC [ 201 ~ */
#define PASTE_END 201

bool escape_begin(struct escape *escape, uint32_t code, uint64_t now_ms)
{
	if (code != '[' && code != 'O')
		return false;
	*escape = (struct escape){ .state = code == '[' ? ESCAPE_CSI : ESCAPE_SS3,
				   .is_first = true,
				   .part_ms = now_ms };
	return true;
}

void escape_alone(struct escape *escape, uint64_t now_ms)
{
	*escape = (struct escape){ .part_ms = now_ms };
}

static enum escape_result end(struct escape *escape)
{
	*escape = (struct escape){ 0 };
	return ESCAPE_IS_PART;
}

static enum escape_result report(struct escape *escape, bool is_release, struct escape_mouse *mouse)
{
	*mouse = (struct escape_mouse){ .button = escape->numbers[0] & ~MODIFIERS,
					.x = (int)escape->numbers[1] - 1,
					.y = (int)escape->numbers[2] - 1,
					.is_release = is_release };
	end(escape);
	return mouse->x >= 0 && mouse->y >= 0 ? ESCAPE_IS_MOUSE : ESCAPE_IS_PART;
}

static void take_digit(struct escape *escape, uint32_t code)
{
	unsigned *number = &escape->numbers[escape->count];

	if (escape->count < ESCAPE_NUMBERS && *number < NUMBER_DIGITS_BOUND)
		*number = 10 * *number + (code - '0');
}

static enum escape_result take_tilde(struct escape *escape)
{
	unsigned number = escape->count || escape->is_sgr ? 0 : escape->numbers[0];

	end(escape);
	return number == PASTE	     ? ESCAPE_IS_PASTE
	       : number == PASTE_END ? ESCAPE_IS_PASTE_END
				     : ESCAPE_IS_PART;
}

static enum escape_result take_csi(struct escape *escape, uint32_t code, struct escape_mouse *mouse)
{
	bool is_first = escape->is_first;

	escape->is_first = false;
	if (code >= '0' && code <= '9')
		take_digit(escape, code);
	else if (code == ';')
		escape->count += escape->count < ESCAPE_NUMBERS;
	else if (code == '<' && is_first)
		escape->is_sgr = true;
	else if (code == 'M' && is_first)
		escape->state = ESCAPE_X10;
	else if (code >= 0x40 && escape->is_sgr && (code == 'M' || code == 'm'))
		return report(escape, code == 'm', mouse);
	else if (code == '~')
		return take_tilde(escape);
	else if (code >= 0x40)
		return end(escape);
	return ESCAPE_IS_PART;
}

static enum escape_result take_x10(struct escape *escape, uint32_t code, struct escape_mouse *mouse)
{
	escape->numbers[escape->count++] = code - X10_OFFSET;
	if (escape->count < ESCAPE_NUMBERS)
		return ESCAPE_IS_PART;
	return report(escape, (escape->numbers[0] & 3) == 3, mouse);
}

static bool is_late_begin(const struct escape *escape, uint64_t now_ms)
{
	return escape->state == ESCAPE_NONE && escape->part_ms &&
	       now_ms < escape->part_ms + LATE_MS;
}

enum escape_result escape_feed(struct escape *escape, uint32_t code, uint64_t now_ms,
			       struct escape_mouse *mouse)
{
	if (is_late_begin(escape, now_ms) && escape_begin(escape, code, now_ms))
		return ESCAPE_IS_PART;
	/* No byte of a sequence is a control character or beyond ASCII. */
	if (escape->state == ESCAPE_NONE || now_ms >= escape->part_ms + PATIENCE_MS ||
	    code < 0x20 || (escape->state != ESCAPE_X10 && code >= 0x7f)) {
		end(escape);
		return ESCAPE_IS_KEY;
	}
	escape->part_ms = now_ms;
	if (escape->state == ESCAPE_CSI)
		return take_csi(escape, code, mouse);
	if (escape->state == ESCAPE_X10)
		return take_x10(escape, code, mouse);
	return end(escape);
}
