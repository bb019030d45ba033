/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ACTING_H
#define PROCTOP_ACTING_H

#include "act/delivery.h"
#include "act/setting.h"

#include <stdint.h>

struct session;
struct acting;

/*
 * Acting on processes: between the dialog that asks, and what is done. Opened it holds the
 * processes that the dialog names, whatever the list does meanwhile. It goes on when the dialog is
 * closed while something is on its way.
 */

/* Opens the dialog of a signal or a setting, with what stands in its line; NULL: nothing. */
void acting_open_signal(struct session *session, enum delivery_reach reach, const char *text);
void acting_open_setting(struct session *session, enum setting_kind kind, const char *text);
void acting_free(struct session *session);

/* Keys in the dialog. */
void acting_type(struct session *session, uint32_t code);
void acting_erase(struct session *session);
void acting_enter(struct session *session);
void acting_toggle_freeze(struct session *session);
void acting_change_nice(struct session *session, int by);
bool acting_back(struct session *session); /* false: nothing but the dialog to go back from */

/* Does what is due, taking in events meanwhile. 0, or what ptree_monitor_dispatch() says. */
int acting_turn(struct session *session);
uint64_t acting_next_ns(const struct session *session); /* UINT64_MAX: never */

#endif
