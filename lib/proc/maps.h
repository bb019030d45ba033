/* SPDX-License-Identifier: MIT */
/* The first line of each map, as a pure function. */
#ifndef PTREE_MAPS_H
#define PTREE_MAPS_H

#include "proctree.h"
#include "span.h"

struct maps_line {
	uint64_t size_bytes;
	bool is_readable, is_writable, is_executable, is_shared;
	uint64_t inode, device_major, device_minor;
	struct span name;
};

/* "5626a1e79000-5626a1ea8000 r--p 00000000 fe:00 247101    /usr/bin/bash"; false: it is none. */
bool maps_parse_line(struct span line, struct maps_line *map);

#endif
