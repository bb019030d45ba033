/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SHELL_QUOTE_H
#define PROCTOP_SHELL_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * NUL-separated arguments as one line that a shell (bash, zsh, ksh) reads as exactly these words,
 * whatever bytes are in them, and that is safe to paste: without control characters or line breaks.
 * utf8: characters beyond ASCII may stand as they are. malloc()ed in *out, NUL-terminated. Returns
 * its size, or -ENOMEM.
 */
long shell_quote(const char *argv, size_t argv_size, bool utf8, char **out);

#endif
