/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_APP_H
#define PROCTOP_APP_H

#include "config/config.h"
#include "config/exit-codes.h"

/*
 * The live monitor. Returns an exit code; if it is not EXIT_OK, error says what failed, why and
 * what to do, for the one who prints it. The terminal is as it was before by then.
 */
int app_run(struct config *config, char *error, size_t error_size);

#endif
