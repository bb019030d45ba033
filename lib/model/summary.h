/* SPDX-License-Identifier: MIT */
#ifndef PTREE_SUMMARY_H
#define PTREE_SUMMARY_H

#include "proctree.h"

void summary_add(struct ptree_summary *to, const struct ptree_summary *from);
void summary_count_command(struct ptree_summary *summary, const char *comm, uint32_t count);

#endif
