/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CLIPBOARD_H
#define PROCTOP_CLIPBOARD_H

#include <stddef.h>

/* xterm's sequences have 100,000 bytes at most; others follow it. */
#define CLIPBOARD_MAX 74994

/*
 * The control sequence (OSC 52) that has a terminal take a text into its clipboard. malloc()ed in
 * *out. Returns its size, -E2BIG for more than CLIPBOARD_MAX, -ENOMEM.
 */
long clipboard_sequence(const char *text, size_t size, char **out);

#endif
