/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ON_RULES_H
#define PROCTOP_ON_RULES_H

#include <stdint.h>

struct config;
struct session;

/*
 * The rules of a session: what it says, marks, stops or runs when a process comes to match. Without
 * any all of these do nothing.
 */

int on_rules_open(struct session *session, const struct config *config); /* 0 or -ENOMEM */
void on_rules_free(struct session *session);

/* Reads what has happened since the last time, for a bounded time, also while the picture stands
   still. */
void on_rules_turn(struct session *session);
uint64_t on_rules_next_ns(const struct session *session); /* UINT64_MAX: nothing is due */

#endif
