/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_EXIT_CODES_H
#define PROCTOP_EXIT_CODES_H

/* Exit codes of the program. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_EVENTS = 3,
};

#endif
