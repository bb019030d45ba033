/* SPDX-License-Identifier: MIT */
#ifndef PTREE_USERS_H
#define PTREE_USERS_H

#include "proctree.h"

/*
 * As ptree_users_new(), with another name service: for tests that need one that hangs. It returns
 * a malloc()ed name, or NULL if there is none.
 */
int users_new(struct ptree_users **users, char *(*look_up)(uid_t uid));
/* Lets another thread ask, where one has hung for long by that time (boot time). */
void users_check(struct ptree_users *users, uint64_t now_ns);

/* The latest name found that was not taken yet; NULL: none. Borrowed as ptree_users_name()'s. */
const char *users_untold(const struct ptree_users *users, uid_t *uid);
void users_told(struct ptree_users *users); /* it is taken */

#endif
