/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SETTING_UP_H
#define PROCTOP_SETTING_UP_H

#include "config/config.h"
#include "ui/session.h"

/* What command line and file ask for, put into a session that was begun, which borrows from it.
   EXIT_OK, or another exit code with error in words. */
int setting_up(struct session *session, struct config *config, char *error, size_t size);
/* The first of them; all are on stderr. */
void setting_up_say_warnings(struct session *session, const struct config *config);
/* On leaving: what the next session is to know. */
void setting_up_keep(const struct session *session);

#endif
