/* SPDX-License-Identifier: MIT */
/* What parsing and applying of settings share. */
#ifndef PROCTOP_SETTING_IMPL_H
#define PROCTOP_SETTING_IMPL_H

#include <stddef.h>

#define NICE_LEAST (-20)
#define NICE_MOST 19

/* The kernel's classes of I/O. */
enum { IO_NONE, IO_REALTIME, IO_BEST_EFFORT, IO_IDLE };

/* In words that setting_parse() takes. */
void setting_format_io(int class, int level, char *out, size_t size);
void setting_format_policy(int policy, int level, char *out, size_t size);
void setting_format_cpus(const unsigned char *cpus, size_t count, char *out, size_t size);

#endif
