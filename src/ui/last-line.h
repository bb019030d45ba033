/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LAST_LINE_H
#define PROCTOP_LAST_LINE_H

#include "ui/session.h"

/* What is typed, with what is wrong with it; a message; or the footer. */
struct session_cursor last_line_draw(const struct session *session);

/* The keys that people want most, of what is open. */
void footer_draw(const struct session *session, const struct area *area);
/* The command at that cell of it; NULL: none is there. */
const char *footer_command_at(const struct session *session, const struct area *area, int x);

#endif
