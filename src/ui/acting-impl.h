/* SPDX-License-Identifier: MIT */
/* Between what is done and what is said of it: acting.c and acting-words.c. */
#ifndef PROCTOP_ACTING_IMPL_H
#define PROCTOP_ACTING_IMPL_H

#include "act/guard.h"
#include "ui/acting.h"
#include "ui/session.h"
#include "views/sheet.h"

struct acting {
	struct delivery delivery; /* for settings: who it is about */
	struct guard guard;
	bool is_setting, freezes;
	enum setting_kind kind;
	struct setting setting;
	char (*said)[SETTING_WORDS_SIZE]; /* of each that a setting was for; NULL: none was made */
	bool is_applying;
	int number; /* the signal that is asked for twice, or sent */
	uint64_t next_ns, refreshed_ns;
};

struct sheet *acting_sheet(struct session *session); /* NULL: the dialog is closed */
void acting_refresh(struct session *session);

#endif
