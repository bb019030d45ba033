/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_QUANTITY_H
#define PROCTOP_QUANTITY_H

#include "model/field.h"

/*
 * A value as people write it, as the number that its field has: 40, 2.5% (of one CPU), 100M, 1h30m,
 * KILL, yes. False: it is none of that kind, or too large.
 */
bool quantity_read(enum field_kind kind, const char *text, uint64_t *number);

/* What is expected, in words: "a size like 100M". */
const char *quantity_expected(enum field_kind kind);

#endif
