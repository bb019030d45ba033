/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_WHY_COMMAND_H
#define PROCTOP_WHY_COMMAND_H

#include "config/config.h"

/* Prints why a process runs. Exit code and error as of app_run(). */
int why_run(const struct config *config, char *error, size_t error_size);

#endif
