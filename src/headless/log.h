/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_H
#define PROCTOP_LOG_H

#include "config/config.h"

/* Prints events as they happen. Exit code and error as of app_run(). */
int log_run(const struct config *config, char *error, size_t error_size);

#endif
