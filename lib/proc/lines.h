/* SPDX-License-Identifier: MIT */
/* A file of a process in lines, a buffer of it at a time. */
#ifndef PTREE_LINES_H
#define PTREE_LINES_H

#include "probe.h"

#define LINES_BYTES 65536

struct lines {
	const struct ptree_probe *probe;
	int fd;	  /* -1: none */
	char end; /* what ends a line: '\n', or NUL */
	char *buf;
	size_t from, to; /* what is left in it */
	bool is_over;
	bool is_skipping; /* the rest of a line that was too long */
};

/* 0, or an error of a probe. lines_close() may be called in either case. */
int lines_open(struct lines *lines, const struct ptree_probe *probe, const char *path, char end);
/*
 * The next line, without its end; of what is longer than the buffer the beginning, and is_cut is
 * set. As ptree_environment_next() returns; -EAGAIN after each buffer that was read.
 */
int lines_next(struct lines *lines, struct span *line, bool *is_cut);
void lines_close(struct lines *lines);

#endif
