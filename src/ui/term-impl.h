/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TERM_IMPL_H
#define PROCTOP_TERM_IMPL_H

/* What the files of the terminal share, and nobody else knows: curses. */
#include "ui/escape.h"
#include "ui/outlet.h"
#include "ui/term.h"

#include <curses.h>
#include <stdio.h>
#include <termios.h>

#define CELLS_MAX 4096 /* of a row; more columns than that stay empty */

struct terminal {
	SCREEN *screen;
	FILE *in, *out;	      /* out: the descriptor that curses writes to */
	struct outlet outlet; /* its descriptor, of the terminal, is non-blocking */
	int tty_flags;	      /* to be restored if that one is stdout itself; -1: it is not */
	struct termios saved, raw;
	struct canvas *shown; /* what curses was last told */
	cchar_t *line;
	int rows, cols;
	int colors;
	int cursor_y, cursor_x;
	bool is_stale; /* curses must be told everything */
	bool has_mouse;
	struct escape escape; /* the sequence that is being read */
	bool is_pasting;      /* keys are what somebody pastes */
	uint64_t pasted_ms;   /* when the last of it came */
	bool has_pending;     /* a code was read too far: */
	int pending_result;
	wint_t pending_code;
};

/* Moves what curses wrote into the outlet. */
void term_collect(struct terminal *term);

#endif
