/* SPDX-License-Identifier: MIT */
/* Lines of a file that may be long, a read(2) at a time; see lines.h. */
#include "lines.h"
#include "procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lines_open(struct lines *lines, const struct ptree_probe *probe, const char *path, char end)
{
	*lines = (struct lines){ .probe = probe, .fd = -1, .end = end };
	lines->buf = malloc(LINES_BYTES);
	if (!lines->buf)
		return -ENOMEM;
	lines->fd = probe_open_file(probe, path, PROCFS_FILE);
	return lines->fd < 0 ? lines->fd : 0;
}

void lines_close(struct lines *lines)
{
	if (lines->fd >= 0)
		probe_close_file(lines->probe, lines->fd);
	lines->fd = -1;
	free(lines->buf);
	lines->buf = NULL;
}

/* 1: a line; 0: more must be read first. */
static int take_line(struct lines *lines, struct span *line, bool *is_cut)
{
	struct span left = span_of(lines->buf + lines->from, lines->to - lines->from);
	bool is_whole = span_take_until(&left, lines->end, line);
	bool is_rest = lines->is_skipping;

	if (!is_whole && !lines->is_over && span_size(&left) < LINES_BYTES && !is_rest)
		return 0;
	if (!is_whole) {
		*line = left;
		left.at = left.end;
		lines->is_skipping = !lines->is_over;
	} else {
		lines->is_skipping = false;
	}
	*is_cut = !is_whole && !lines->is_over;
	lines->from = (size_t)(left.at - lines->buf);
	return !is_rest && (is_whole || span_size(line));
}

static int read_more(struct lines *lines)
{
	ssize_t got;

	memmove(lines->buf, lines->buf + lines->from, lines->to - lines->from);
	lines->to -= lines->from;
	lines->from = 0;
	got = procfs_read_once(lines->fd, lines->buf + lines->to, LINES_BYTES - lines->to);
	if (got < 0)
		return probe_explain(lines->probe, (int)got);
	lines->to += (size_t)got;
	lines->is_over = !got;
	return -EAGAIN;
}

int lines_next(struct lines *lines, struct span *line, bool *is_cut)
{
	while (lines->from < lines->to) {
		bool was_skipping = lines->is_skipping;

		if (take_line(lines, line, is_cut))
			return 1;
		if (!was_skipping)
			break;
	}
	return lines->is_over ? 0 : read_more(lines);
}
