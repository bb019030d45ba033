/* SPDX-License-Identifier: MIT */
/* What links in fd and files in fdinfo say, as pure functions; and links without the rest. */
#ifndef PTREE_DESCRIPTORS_H
#define PTREE_DESCRIPTORS_H

#include "proctree.h"
#include "span.h"

/* Of a target that is no path: its kind, and the inode of "pipe:[123]" and "socket:[123]". */
enum ptree_descriptor_kind descriptors_parse_target(struct span target, uint64_t *inode);

/* Parses fdinfo: 0 or -EBADMSG. */
int descriptors_parse_info(struct span text, uint64_t *position, uint32_t *flags);

/* The next number and its target, which is borrowed, as it stands. As ptree_descriptors_next(). */
int descriptors_next_link(struct ptree_descriptors *descriptors, int *number, char **target);
/* The rest of the one that came last. */
void descriptors_describe(struct ptree_descriptors *descriptors,
			  struct ptree_descriptor *descriptor);

#endif
