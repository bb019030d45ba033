/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_KEY_READER_H
#define PROCTOP_KEY_READER_H

#include "ui/escape.h"
#include "ui/term.h"

/* What comes from a terminal one by one: a Unicode code point, or one of enum term_key already. */
struct keystroke {
	uint32_t code;
	bool is_key;
};

/* False: there is none now. */
typedef bool keystroke_source(void *what, struct keystroke *stroke);

/* Makes keys, pastes and the mouse out of that. All zero: nothing came yet. */
struct key_reader {
	struct escape escape; /* the sequence that is being read */
	bool is_pasting;      /* keys are what somebody pastes */
	uint64_t pasted_ms;   /* when the last of it came */
	bool has_pending;     /* one was read too far */
	struct keystroke pending;
};

/* The next key; false: there is none now. Without has_mouse its reports are passed over. */
bool key_reader_next(struct key_reader *reader, keystroke_source *source, void *what,
		     bool has_mouse, struct key *key);

#endif
