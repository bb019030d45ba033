/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ESCAPE_H
#define PROCTOP_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#define ESCAPE_NUMBERS 3

enum escape_state {
	ESCAPE_NONE,
	ESCAPE_CSI, /* ESC [, up to a final byte */
	ESCAPE_SS3, /* ESC O, and one byte */
	ESCAPE_X10, /* ESC [ M, and three bytes */
};

/*
 * A control sequence among the keys. Plain data; all zero is none. Times are in ms, of any clock: a
 * sequence that is not finished within a second never was one.
 */
struct escape {
	enum escape_state state;
	unsigned numbers[ESCAPE_NUMBERS];
	unsigned count;	       /* of numbers that are over */
	bool is_first, is_sgr; /* no byte yet; the first one was '<' */
	uint64_t part_ms;      /* when the last part came */
};

/* A report of the mouse: cells from 0 on. */
struct escape_mouse {
	unsigned button; /* as xterm counts, without the modifiers: 0 the left one, 64 and 65 the
			    wheel */
	int y, x;
	bool is_release;
};

enum escape_result {
	ESCAPE_IS_KEY,	/* no part of a sequence */
	ESCAPE_IS_PART, /* of a sequence that means nothing here */
	ESCAPE_IS_MOUSE,
	ESCAPE_IS_PASTE, /* what follows is pasted, up to: */
	ESCAPE_IS_PASTE_END,
};

/* What came right behind an ESC. False: the two are keys. */
bool escape_begin(struct escape *escape, uint32_t code, uint64_t now_ms);
/* An ESC came, and nothing behind it: a key, if not the rest of a sequence follows soon. */
void escape_alone(struct escape *escape, uint64_t now_ms);
/* Any other code. */
enum escape_result escape_feed(struct escape *escape, uint32_t code, uint64_t now_ms,
			       struct escape_mouse *mouse);

#endif
