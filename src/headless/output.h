/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_OUTPUT_H
#define PROCTOP_OUTPUT_H

#include <proctree.h>

/*
 * Bytes on their way to a file descriptor. After a failed allocation it swallows what follows and
 * says so at the next flush.
 */
struct output {
	int fd;
	char *bytes;
	size_t size, capacity;
	bool has_failed;
	struct ptree_json json; /* lines that are still being written */
};

void output_bytes(struct output *output, const char *bytes, size_t count);
void output_string(struct output *output, const char *string);
void output_format(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* 255 bytes at most */

/* Moves what is in json to the end of the others. */
void output_json(struct output *output);

/* What came from a process, made safe for a terminal. */
void output_safe(struct output *output, const char *bytes, size_t count, bool utf8);

/*
 * Writes everything, waiting for the reader if it must, but not longer than timeout_ms (-1: for
 * ever) at a time, nor once stop_fd (-1: none) is readable. 0; -EINTR stopped, -ETIMEDOUT,
 * -ENOMEM something is missing, or what write(2) says; what could not be written stays.
 */
int output_flush(struct output *output, int stop_fd, int timeout_ms);

void output_clear(struct output *output);

#endif
