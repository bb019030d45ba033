/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_TREE_DUMP_H
#define PROCTOP_TREE_DUMP_H

#include "config/config.h"

/* Prints the process tree once. Exit code and error as of app_run(). */
int tree_dump_run(const struct config *config, char *error, size_t error_size);

#endif
