/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TERM_H
#define PROCTOP_TERM_H

#include "draw/canvas.h"

enum term_color {
	TERM_COLOR_AUTO, /* as the terminal and NO_COLOR say */
	TERM_COLOR_ALWAYS,
	TERM_COLOR_NEVER,
};

struct term_options {
	enum term_color color;
	bool mouse;
};

/* Keys that are no character. */
enum term_key {
	TERM_KEY_UP = 0x110000,
	TERM_KEY_DOWN,
	TERM_KEY_LEFT,
	TERM_KEY_RIGHT,
	TERM_KEY_SHIFT_LEFT,
	TERM_KEY_SHIFT_RIGHT,
	TERM_KEY_PAGE_UP,
	TERM_KEY_PAGE_DOWN,
	TERM_KEY_HOME,
	TERM_KEY_END,
	TERM_KEY_DELETE,
	TERM_KEY_BACKSPACE,
	TERM_KEY_F1,
	TERM_KEY_F12 = TERM_KEY_F1 + 11,
	TERM_KEY_MOUSE_CLICK,
	TERM_KEY_MOUSE_DRAG,	/* moved with the button held down */
	TERM_KEY_MOUSE_RELEASE, /* ... and let go */
	TERM_KEY_WHEEL_UP,
	TERM_KEY_WHEEL_DOWN,
	TERM_KEY_OTHER,
};

#define TERM_CTRL(letter) ((letter)&0x1f)
#define TERM_KEY_ESC 0x1b
#define TERM_KEY_ENTER '\r'

struct key {
	uint32_t code; /* a Unicode code point, control characters among them, or enum term_key */
	int mouse_y, mouse_x;
	bool is_pasted; /* nobody pressed it */
};

struct terminal;

/*
 * Takes the terminal on stdin and stdout. One at a time in a process. Errors, before anything was
 * touched, with all the reasons in words: -ENOTTY no terminal, -ENOTSUP one that cannot do this or
 * that terminfo does not know, -ENOMEM, -EMFILE, ...
 */
int term_open(struct terminal **term, const struct term_options *options, char *reason,
	      size_t size);

/* Gives it back as it was. Also done when the process dies of a fault. */
void term_close(struct terminal *term);

int term_in_fd(const struct terminal *term);
int term_out_fd(const struct terminal *term);

/* Bytes wait for the terminal: poll for writing, and draw nothing new meanwhile. */
bool term_has_output(const struct terminal *term);
/* Hands over what the terminal takes now. Never blocks. 0, or -EIO: it is gone. */
int term_flush(struct terminal *term);

/*
 * Asks the terminal to take a text into its clipboard; it does not say whether it did. 0, -ENOTSUP:
 * it would show what it is asked, -E2BIG, -ENOMEM.
 */
int term_copy(struct terminal *term, const char *text, size_t size);

/* The bell. 0 or -ENOMEM. */
int term_ring(struct terminal *term);

/* Draws what differs from the last time. A negative cursor is hidden. */
void term_blit(struct terminal *term, const struct canvas *canvas, int cursor_y, int cursor_x);
/* The next blit draws everything. */
void term_redraw(struct terminal *term);

/* 1 with a key, 0 if there is none now, -EIO: the terminal is gone. */
int term_read_key(struct terminal *term, struct key *key);

void term_get_size(const struct terminal *term, int *rows, int *cols);
/* Asks for the size again. True if it changed. */
bool term_resize(struct terminal *term);

/* To the shell's screen and back; the caller stops itself in between. */
void term_suspend(struct terminal *term);
void term_resume(struct terminal *term);

int term_colors(const struct terminal *term); /* 0, 8, 256 or more */

#endif
