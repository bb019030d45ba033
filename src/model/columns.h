/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COLUMNS_H
#define PROCTOP_COLUMNS_H

#include "model/field.h"
#include "model/kept.h"

#define COLUMNS_MAX 64

/* Which columns there are, from the left; the command stands behind them. Without any it is those
   for which the screen has room. */
struct columns {
	const struct field *fields[COLUMNS_MAX];
	size_t count;
};

bool columns_have(const struct columns *columns, const struct field *field);
/* "pid,user,rss", or "default"; the command may be named behind them. False: error says what was
   expected, and nothing has changed. kept: what "@NAME" stands for, or NULL. */
bool columns_parse(struct columns *columns, const char *list, const struct kept *kept, char *error,
		   size_t size);
/* The same as text; as snprintf(). */
size_t columns_format(const struct columns *columns, char *out, size_t size);

/* Those that are on a screen of that width: of one's own the first that leave the command room. */
size_t columns_shown(const struct columns *columns, int screen_cols,
		     const struct field *shown[COLUMNS_MAX]);
/* In a list each has its own figures only: a column of sums over branches gives way to that of what
   is added up, or goes if there is one already. How many are left. */
size_t columns_without_sums(const struct field **shown, size_t count);

#endif
