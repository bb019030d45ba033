/* SPDX-License-Identifier: MIT */
#ifndef PTREE_FEED_H
#define PTREE_FEED_H

#include "tree.h"

int feed_init(struct feed *feed, size_t bytes); /* 0: none. -ENOMEM */
void feed_clear(struct feed *feed);
void feed_push(struct feed *feed, const struct ptree_fact *fact);

#endif
