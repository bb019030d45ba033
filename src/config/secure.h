/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SECURE_H
#define PROCTOP_SECURE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What one who may more than the one who started it must do before all else: refuse to be setuid or
 * setgid, and drop what of the environment changes which files are read or written. False: refused,
 * and error says why.
 */
bool secure_start(char *error, size_t size);

#endif
