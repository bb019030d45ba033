/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SIGNALS_H
#define PROCTOP_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>

#define SIGNALS_MAX 64
#define SIGNAL_NAME_SIZE 16

/* "TERM", "RTMIN+3". */
void signal_format(int number, char out[SIGNAL_NAME_SIZE]);
/* What it means to a process that does nothing about it: "Terminated"; "" if nothing is known. */
const char *signal_meaning(int number);
/* Whoever gets it is expected to end: then it is waited for. */
bool signal_is_to_end(int number);

/* All that can be sent, those first that people send most. Returns how many. */
size_t signals_list(int numbers[SIGNALS_MAX]);

/*
 * Which signals a text may mean: a number, a name or the first letters of some, with or without
 * SIG, RTMIN+n, RTMAX-n; case does not count. Returns how many, with numbers in the order of the
 * list; 1 is an answer. A whole name is one, whatever else begins with it.
 */
size_t signals_find(const char *text, int numbers[SIGNALS_MAX]);

#endif
